"""Sweep: one training for every combination of settings."""

from __future__ import annotations

import itertools

from neurosim.support import checks


def sweep(train, executor=None, **choices):
    """Call `train` for every combination of the choices; return pairs (settings, result), in that order.

    choices: a list for each argument of `train`, such as seed=[1, 2, 3], rate=[0.1, 0.5].
    executor: any `concurrent.futures.Executor`; `train` must then be a function that it can send, and give a
    result that it can send back. The results are the same as without one.

    >>> sweep(pow, base=[2, 3], exp=[2])
    [({'base': 2, 'exp': 2}, 4), ({'base': 3, 'exp': 2}, 9)]
    """
    lists = [checks.as_list(values, name, of="choices") for name, values in choices.items()]
    settings = [dict(zip(choices, values)) for values in itertools.product(*lists)]
    if executor is None:
        return [(chosen, train(**chosen)) for chosen in settings]
    futures = [executor.submit(train, **chosen) for chosen in settings]
    return [(chosen, future.result()) for chosen, future in zip(settings, futures)]
