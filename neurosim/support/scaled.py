"""Scaled numbers: a value, and the scale that its rounding has to be measured by.

    value  what the number is, such as 1e-9
    scale  the largest number whose last digits show in it, such as 1, if it is 1.000000001 - 1

Floats carry about sixteen digits of the numbers that were added up, not of what is left of them: 1e-9 made as a
difference of numbers near 1 is right to seven digits. The scale says how far two right workings of a number may lie
apart. It is the number's own size where nothing cancels, and never less.

An exact number has the scale 0, and what is made from it that of its own rounding. The scale follows the rules by
which a change in an operand changes a result, with the largest in place of the sum: that of x + y is the largest of
scale(x), scale(y) and |x + y|, that of x y the largest of |x y|, |x| scale(y) and |y| scale(x), that of f(x) the larger
of |f(x)| and |f'(x)| scale(x). (After the running error analysis of Higham, Accuracy and Stability of Numerical
Algorithms, 3.3; that adds where this takes the largest, so as to bound every rounding.)
"""

from __future__ import annotations

import sys

from neurosim.support.dual import Accompanied, give_functions
from neurosim.support.numeric import as_kind, is_finite, magnitude, zero

EPSILON, SMALLEST_NORMAL = sys.float_info.epsilon, sys.float_info.min  # 2.2e-16 and 2.2e-308


class Scaled(Accompanied):
    """A number that knows its scale.

    >>> small = Scaled(1.000000001) - 1
    >>> round(small.value, 12), small.scale
    (1e-09, 1.000000001)
    """

    __slots__ = ("value", "scale")

    def __init__(self, value, scale=None):
        self.value, self.scale = value, magnitude(value) if scale is None else scale

    def _parts(self, other):
        if isinstance(other, Scaled):
            return other.value, other.scale
        other = as_kind(other, self.value)
        return other, magnitude(other)

    def __add__(self, other):
        value, scale = self._parts(other)
        return _total(self.value + value, self.scale, scale)

    __radd__ = __add__

    def __sub__(self, other):
        if other is self:  # how `numeric` makes a zero, every digit of which is right
            return Scaled(self.value - self.value)
        value, scale = self._parts(other)
        return _total(self.value - value, self.scale, scale)

    def __rsub__(self, other):
        value, scale = self._parts(other)
        return _total(value - self.value, self.scale, scale)

    def __mul__(self, other):
        value, scale = self._parts(other)
        size, own_size = _size(value, scale), _size(self.value, self.scale)
        product = self.value * value
        return _rounded(product, max(magnitude(product), self.scale * size, scale * own_size))

    __rmul__ = __mul__

    def __truediv__(self, other):
        return _quotient(self.value, self.scale, *self._parts(other))

    def __rtruediv__(self, other):
        return _quotient(*self._parts(other), self.value, self.scale)

    @staticmethod
    def _sort_key(number):
        """The value alone."""
        return value_of(number)

    def is_finite(self):
        """True unless the value is infinite or not a number."""
        return is_finite(self.value)

    def apply(self, function, derivative):
        """f(x), with the scale of x stretched by f'(x)."""
        value = function(self.value)
        if self.scale == 0:
            return Scaled(value)
        return _rounded(value, max(magnitude(value), magnitude(derivative(self.value, value)) * self.scale))

    def __repr__(self):
        return f"Scaled({self.value!r}, {self.scale!r})"


def _total(value, *scales):
    return Scaled(value, max(magnitude(value), *scales))


def _rounded(value, scale):
    """A number that was rounded: a float below the smallest normal one has lost digits."""
    return Scaled(value, max(scale, SMALLEST_NORMAL) if isinstance(value, float) else scale)


def _size(value, scale):
    """The size of a number. A float is sure only down to its last digit: 1 - 1 may be as much as 1e-16."""
    return max(magnitude(value), EPSILON * scale) if isinstance(value, float) else magnitude(value)


def _quotient(value, scale, divisor, divisor_scale):
    quotient, size = value / divisor, magnitude(divisor)
    scale = zero(quotient) + scale  # a whole number is none of its kind yet, and would be divided as a float
    return _rounded(quotient, max(magnitude(quotient), scale / size, divisor_scale * magnitude(quotient) / size))


def value_of(number):
    """The value of a number, scaled or not."""
    return number.value if isinstance(number, Scaled) else number


def scale_of(number):
    """The scale of a number; without one it is the number's size."""
    return number.scale if isinstance(number, Scaled) else magnitude(number)


give_functions(Scaled)
