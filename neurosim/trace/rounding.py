"""Paper arithmetic: numbers rounded as they are when worked by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from neurosim.core.address import split_address
from neurosim.support.errors import InputError, UnknownNameError
from neurosim.support.numeric import is_finite
from neurosim.support.registry import Named, Registry

if TYPE_CHECKING:
    from fractions import Fraction
    from typing import Any, Callable, Mapping, Union

    Round = Callable[[Any], Any]  # such as Places(4): from a value to the rounded one
    AnyRounding = Union[Round, Mapping[str, Round], None]

HALVES = ("up", "even", "cut")
NOISE = 14  # significant digits of a float that are not rounding noise: 0.1 + 0.2 is 0.3 to a person


class Rounding(Named):
    """The base of both roundings. A value halfway between two goes away from 0 (`half="up"`, as by hand) or
    to the even digit (`half="even"`, as Python's `round`); with `half="cut"` the further digits are left off,
    as they are where a long number is copied from a display.

    A float is looked at through its first 14 significant digits if fewer are kept, so that 0.029775 is halfway
    although the float beside it is not. Fractions and Decimals are rounded exactly.
    """

    parameters = ("count", "half")

    fewest = 0

    def __init__(self, count: int, half: str = "up") -> None:
        if not isinstance(count, int) or isinstance(count, bool) or not self.fewest <= count <= 1000:
            raise InputError(f"{self.name} must be a whole number of {self.fewest} or more, got {count!r}")
        if half not in HALVES:
            raise UnknownNameError("half", half, HALVES)
        self.count, self.half = count, half

    def __call__(self, value: Any) -> Any:
        """The value rounded, in its own kind of number."""
        from fractions import Fraction  # only now: most programs never round

        if not hasattr(value, "as_integer_ratio"):
            raise InputError(f"a {type(value).__name__} cannot be rounded, got {value!r}")
        if not is_finite(value):
            raise InputError(f"{value} cannot be rounded")
        exact = Fraction(float.__repr__(value) if isinstance(value, float) else value)
        if isinstance(value, float) and self.places(exact) + _exponent(exact) + 1 < NOISE:
            exact = Fraction(f"{value:.{NOISE - 1}e}")
        unit = Fraction(10) ** -self.places(exact)
        whole, rest = divmod(abs(exact), unit)
        if self.half != "cut" and (rest * 2 > unit or rest * 2 == unit and (self.half == "up" or whole % 2)):
            whole += 1
        size = whole * unit
        return _in_kind_of(value, size if exact > 0 else -size)

    def places(self, exact: Fraction) -> int:
        """How many decimal places of this number are kept."""
        raise NotImplementedError


def _in_kind_of(value, exact):
    if isinstance(value, int):
        return int(exact) if exact.denominator == 1 else float(exact)
    if isinstance(value, float):
        return float(exact)
    return type(value)(exact.numerator) / exact.denominator


class Places(Rounding):
    """So many decimal places.

    >>> Places(4)(0.59326999), Places(2)(0.125), Places(2, half="even")(0.125)
    (0.5933, 0.13, 0.12)
    """

    name = "places"

    def places(self, exact: Fraction) -> int:
        """How many decimal places are kept."""
        return self.count


class Digits(Rounding):
    """So many significant digits.

    >>> Digits(3)(0.00059326999), Digits(3)(1234.5)
    (0.000593, 1230.0)
    """

    name = "digits"
    fewest = 1

    def places(self, exact: Fraction) -> int:
        """How many decimal places, or with a minus sign digits before the point, are kept."""
        return self.count - 1 - _exponent(exact)


ROUNDINGS = Registry("rounding", Rounding, (Places, Digits))


def _exponent(exact):
    """The power of ten of a Fraction's first digit: 3 for 1234.5, -4 for 0.00059, and 0 for 0."""
    if not exact:
        return 0
    bits = exact.numerator.bit_length() - exact.denominator.bit_length()
    exponent = math.floor((bits - 1) * math.log10(2))
    while abs(exact) >= type(exact)(10) ** (exponent + 1):
        exponent += 1
    return exponent


def checked_rounding(rounding, trace):
    """The rounding as `round_at` takes it, its addresses written as in the trace.

    Raises InputError for what cannot round, and for quantities and addresses that the trace does not compute.
    """
    if not isinstance(rounding, dict):
        return _checked(rounding)
    computed = {split_address(step.address)[0] for step in trace if step.operands}
    return {_checked_key(key, computed, trace): _checked(choice) for key, choice in rounding.items()}


def _checked(choice):
    if choice is not None and (not callable(choice) or isinstance(choice, type)):
        raise InputError(f"rounding: expected Places(4), Digits(4) or such for some quantities, got {choice!r}")
    return choice


def _checked_key(key, computed, trace):
    if key in computed:
        return key
    if "[" not in str(key) and key not in trace:
        raise UnknownNameError("quantity to round", key, sorted(computed))
    step = trace[key]
    if not step.operands:
        raise InputError(f"{step.address} is given, so it is not rounded")
    return step.address


def round_at(address, value, rounding):
    """The value as it is rounded at this address.

    rounding: None, a `Rounding` (or any function of a value), or a dict of these by address or quantity, such as
    {"a": Places(3), "delta[o1]": Places(4)}; what it does not name is not rounded.
    """
    rounding = rounding_at(address, rounding)
    return value if rounding is None else rounding(value)


def rounding_at(address, rounding):
    """What rounds the value at this address, or None."""
    if isinstance(rounding, dict):
        return rounding.get(address, rounding.get(split_address(address)[0]))
    return rounding
