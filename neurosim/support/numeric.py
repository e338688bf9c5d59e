"""exp, log, sqrt and their relatives for any kind of number, and the one dot product.

A float goes to `math`. Any other number is asked for its own method (`exp`, `ln` and `sqrt`, as
`decimal.Decimal` has them); what it lacks is worked out from those three. So `Fraction` and `Decimal`,
or a class of your own with `+ - * /` and comparison, flow through the same network code.
"""

from __future__ import annotations

import math
import sys
from operator import mul
from typing import TYPE_CHECKING, Any, Sequence

from neurosim.support.errors import InputError

if TYPE_CHECKING:
    from neurosim.support.types import Number

# dot(p, q): the sum of p_i * q_i over two sequences of equal length. Half of all time is spent in it.
# CPython 3.12 and later have it three times as fast, and rounded once instead of at every term: the last
# digits of a float may differ between versions.
if sys.version_info >= (3, 12):
    from math import sumprod as dot
else:

    def dot(p: Sequence[Any], q: Sequence[Any]) -> Any:
        """The sum of p_i * q_i."""
        return sum(map(mul, p, q))


def exp(x: Number) -> Number:
    """e to the power x; too large for a float raises OverflowError."""
    if isinstance(x, float):
        return math.exp(x)
    return _own(x, "exp")


def log(x: Number) -> Number:
    """The natural logarithm of x > 0."""
    if isinstance(x, float):
        return math.log(x)
    return _own(x, "ln", "log")


def sqrt(x: Number) -> Number:
    """The square root of x >= 0."""
    if isinstance(x, float):
        return math.sqrt(x)
    return _own(x, "sqrt")


def expm1(x: Number) -> Number:
    """exp(x) - 1, accurate also near 0 (Kahan's correction where the number has no method)."""
    if isinstance(x, float):
        return math.expm1(x)
    if hasattr(x, "expm1") or not hasattr(x, "exp"):
        return _own(x, "expm1")
    power = exp(x)
    if power == 1:
        return x
    return power - 1 if power - 1 == -1 else (power - 1) * x / log(power)


def log1p(x: Number) -> Number:
    """log(1 + x), accurate also near 0 (Kahan's correction where the number has no method)."""
    if isinstance(x, float):
        return math.log1p(x)
    if hasattr(x, "log1p") or not hasattr(x, "exp"):
        return _own(x, "log1p")
    sum_ = 1 + x
    return x if sum_ == 1 else log(sum_) * x / (sum_ - 1)


def tanh(x: Number) -> Number:
    """The hyperbolic tangent of x."""
    if isinstance(x, float):
        return math.tanh(x)
    if hasattr(x, "tanh") or not hasattr(x, "exp"):
        return _own(x, "tanh")
    fall = expm1(-2 * magnitude(x))
    size = (0 - fall) / (fall + 2)
    return size if x >= 0 else 0 - size


def atan(x: Number) -> Number:
    """The angle, in radians, whose tangent is x."""
    if isinstance(x, float):
        return math.atan(x)
    if hasattr(x, "atan") or not hasattr(x, "exp"):
        return _own(x, "atan")
    for _ in range(3):  # three half angles bring any x below 0.2
        x = x / (1 + sqrt(1 + x * x))
    power, total, n = x, x, 1
    while True:  # x - x^3/3 + x^5/5 - ...
        power, n = 0 - power * x * x, n + 2
        if total + power / n == total:
            return 8 * total
        total = total + power / n


def erfc(x: Number) -> Number:
    """The complementary error function, 1 - erf(x).

    Without a method of the number's own: the series 7.1.6 of Abramowitz and Stegun below x = 1, the
    continued fraction 7.1.14 from there on.
    """
    if isinstance(x, float):
        return math.erfc(x)
    if hasattr(x, "erfc") or not hasattr(x, "exp"):
        return _own(x, "erfc")
    if x < 0:
        return 2 - erfc(0 - x)
    scale = exp(0 - x * x) / sqrt(pi(x))
    if x < 1:
        term, total, n = 2 * x, 2 * x, 1
        while total + term != total:
            n = n + 2
            term = term * 2 * x * x / n
            total = total + term
        return 1 - scale * total
    fraction = c = x  # x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...))), by the method of Lentz 1976
    d, n, last = zero(x), 0, zero(x)
    while fraction != last:
        n = n + 1
        d = 1 / (x + d * n / 2)
        c = x + n / (2 * c)
        last, fraction = fraction, fraction * c * d
    return scale / fraction


def pi(like: Number) -> Number:
    """The number pi, as precise as the kind of number that `like` is."""
    return 4 * atan(one(like)) if hasattr(like, "exp") else math.pi


def zero(like: Number) -> Number:
    """0, of the same kind of number as `like`; NaN if `like` is not finite."""
    return like - like


def one(like: Number) -> Number:
    """1, of the same kind of number as `like`."""
    return like - like + 1


def magnitude(x: Number) -> Number:
    """The absolute value of x, asking only for comparison and subtraction."""
    return x if x >= 0 else 0 - x


def sign(x: Number) -> Number:
    """1, -1 or 0, of the same kind of number as x."""
    return one(x) if x > 0 else zero(x) - 1 if x < 0 else zero(x)


def as_kind(constant: Any, like: Any) -> Any:
    """The constant as typed, in the kind of number that `like` is: 0.01 beside a Decimal is Decimal("0.01").

    Exact numbers (those that know their integer ratio: `Decimal`, `Fraction`) do not mix with floats, or
    lose their exactness by it. Every other kind takes the constant as it is.
    """
    if isinstance(like, (float, int)) or not isinstance(constant, float):
        return constant
    return type(like)(repr(constant)) if hasattr(like, "as_integer_ratio") else constant


def is_number(x):
    """True for whatever can be a weight or an input: it has subtraction, division and an order."""
    if isinstance(x, (float, int)):
        return True
    if isinstance(x, complex) or hasattr(x, "__len__"):
        return False
    return hasattr(x, "__sub__") and hasattr(x, "__truediv__")


def is_finite(x):
    """True unless x is infinite or not a number."""
    if isinstance(x, float):
        return math.isfinite(x)
    if hasattr(x, "is_finite"):
        return x.is_finite()
    return zero(x) == 0


def _own(x, *names):
    """What the number's own method gives, by the first name that it has, or else `math`, for an int or a Fraction."""
    for name in names:
        if hasattr(x, name):
            return getattr(x, name)()
    try:
        return getattr(math, names[-1])(x)
    except TypeError:
        raise InputError(f"numbers of the kind {type(x).__name__} have no {names[0]}(), and are no floats") from None
