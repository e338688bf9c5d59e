"""Numbers of any kind as floats: what is compared with a threshold needs no exactness."""

from __future__ import annotations

import copy

from neurosim.support.numeric import is_number


def as_float(value):
    """The number as a float; infinite if it is beyond the floats."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def in_floats(thing):
    """A copy of an activation, a loss or the like, with floats for the exact numbers among its parameters."""
    thing = copy.copy(thing)
    own = getattr(thing, "__dict__", {})
    own.update({name: as_float(value) for name, value in own.items() if _is_exact(value)})
    return thing


def _is_exact(value):
    return is_number(value) and not isinstance(value, (int, float))
