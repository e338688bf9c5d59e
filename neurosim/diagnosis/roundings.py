"""Roundings of what a person did not write down."""

from __future__ import annotations

from math import copysign, floor, log10
from typing import Any, Callable, NamedTuple

from neurosim.support.records import documented


@documented
class Rounding(NamedTuple):
    """A rounding of all that is not written.

    label: in words, such as "outputs to 3 places"
    apply: a function of an address and a value
    """

    label: str
    apply: Callable[[str, Any], Any]


def to_places(value, places, cut=False):
    """The value rounded half up, as by hand, or cut off; as it is where it is too large or too small for that in floats."""
    try:
        scale = 10.0**places
        return copysign(floor(abs(value) * scale * (1 + 1e-14) + (0.0 if cut else 0.5)) / scale, value)
    except OverflowError:
        return value


def to_digits(value, digits, cut=False):
    """The value rounded to so many significant digits, or cut off."""
    return to_places(value, digits - 1 - floor(log10(abs(value))), cut) if value else value


def roundings(judge, cut=False):
    """The `Rounding`s that a person may have used who writes as many digits as these, or who cuts numbers off."""
    found = []
    for places in range(2, 8):
        found.append(Rounding(f"outputs to {places} places", _of_outputs(places, cut)))
        if places >= judge.fewest_places:
            found.append(Rounding(f"everything to {places} places", _of_everything(to_places, places, cut)))
    for digits in range(max(2, judge.usual_digits), 6):
        found.append(Rounding(f"everything to {digits} digits", _of_everything(to_digits, digits, cut)))
    return [one._replace(label=f"{one.label}, cut off") for one in found] if cut else found


def _of_everything(to, count, cut):
    return lambda address, value: to(value, count, cut)


def _of_outputs(places, cut):
    return lambda address, value: to_places(value, places, cut) if address.startswith("a[") else value
