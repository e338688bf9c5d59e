"""Sweep: one training for every combination of settings."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from neurosim.support import checks
from neurosim.support.errors import InputError, shorten

if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, TypeVar

    from neurosim.support.types import Executor

    Result = TypeVar("Result")


def sweep(
    train: Callable[..., Result], executor: Executor | None = None, **choices: Iterable[Any]
) -> list[tuple[dict[str, object], Result]]:
    """Call `train` for every combination of the choices; return pairs (settings, result), in that order.

    choices: a list for each argument of `train`, such as seed=[1, 2, 3], rate=[0.1, 0.5].
    executor: any `concurrent.futures.Executor`; `train` must then be a function that it can send, and give a
    result that it can send back. The results are the same as without one.

    >>> sweep(pow, base=[2, 3], exp=[2])
    [({'base': 2, 'exp': 2}, 4), ({'base': 3, 'exp': 2}, 9)]
    """
    check_executor(executor)
    lists = [checks.as_list(values, name, of="choices") for name, values in choices.items()]
    settings = [dict(zip(choices, values)) for values in itertools.product(*lists)]
    if executor is None:
        return [(chosen, train(**chosen)) for chosen in settings]
    futures = [executor.submit(train, **chosen) for chosen in settings]
    return [(chosen, future.result()) for chosen, future in zip(settings, futures)]


def check_executor(executor):
    """Raise InputError unless this is None or can be given functions to call, as an executor can."""
    if executor is not None and not hasattr(executor, "submit"):
        raise InputError(f"executor: expected a concurrent.futures.Executor, got {shorten(executor)}")
