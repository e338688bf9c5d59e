"""Paper arithmetic: numbers rounded as they are when worked by hand."""

from neurosim.errors import InputError, UnknownNameError
from neurosim.registry import Named, Registry
from neurosim.trace.address import split_address

HALVES = ("up", "even")
NOISE = 14  # significant digits of a float that are not rounding noise: 0.1 + 0.2 is 0.3 to a person


class Rounding(Named):
    """The base of both roundings. A value halfway between two goes away from 0 (`half="up"`, as by hand) or
    to the even digit (`half="even"`, as Python's `round`).

    A float is looked at through its first 14 significant digits, so that 0.029775 is halfway although the
    float beside it is not. Fractions and Decimals are rounded exactly.
    """

    parameters = ("count", "half")

    def __init__(self, count, half="up"):
        if not isinstance(count, int) or isinstance(count, bool) or not self.fewest <= count <= 1000:
            raise InputError(f"{self.name} must be a whole number of {self.fewest} or more, got {count!r}")
        if half not in HALVES:
            raise UnknownNameError("half", half, HALVES)
        self.count, self.half = count, half

    def __call__(self, value):
        """The value rounded, in its own kind of number."""
        from fractions import Fraction  # only now: most programs never round

        if not isinstance(value, (int, float)) and not hasattr(value, "as_integer_ratio"):
            raise InputError(f"a {type(value).__name__} cannot be rounded, got {value!r}")
        exact = Fraction(f"{value:.{NOISE - 1}e}") if isinstance(value, float) else Fraction(value)
        unit = Fraction(10) ** -self.places(exact)
        whole, rest = divmod(abs(exact), unit)
        if rest * 2 > unit or rest * 2 == unit and (self.half == "up" or whole % 2):
            whole += 1
        size = whole * unit
        return _in_kind_of(value, size if exact > 0 else -size)


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
    fewest = 0

    def places(self, exact):
        """How many decimal places are kept."""
        return self.count


class Digits(Rounding):
    """So many significant digits.

    >>> Digits(3)(0.00059326999), Digits(3)(1234.5)
    (0.000593, 1230.0)
    """

    name = "digits"
    fewest = 1

    def places(self, exact):
        """How many decimal places, or with a minus sign digits before the point, are kept."""
        exponent, size = 0, abs(exact)
        while size >= 10:
            size, exponent = size / 10, exponent + 1
        while 0 < size < 1:
            size, exponent = size * 10, exponent - 1
        return self.count - 1 - exponent


ROUNDINGS = Registry("rounding", Rounding, (Places, Digits))


def check_rounding(rounding):
    """Raise InputError unless `round_at` can use it."""
    choices = list(rounding.values()) if isinstance(rounding, dict) else [rounding]
    for choice in choices:
        if choice is not None and not callable(choice):
            raise InputError(f"rounding: expected Places(4), Digits(4) or such for some quantities, got {choice!r}")


def round_at(address, value, rounding):
    """The value as it is rounded at this address.

    rounding: None, a `Rounding` (or any function of a value), or a dict of such by address or quantity, in
    which what is not named is not rounded: {"a": Places(3), "delta[o1]": Places(4)}.
    """
    if isinstance(rounding, dict):
        quantity = split_address(address)[0]
        rounding = rounding.get(address, rounding.get(quantity))
    return value if rounding is None else rounding(value)
