"""The methods that find a slope without backpropagation: dual numbers, and differences of floats or of Decimals.

A method takes a function that makes a list of numbers from one number x, and finds the slope of each of them at x.
"""

from __future__ import annotations

from contextlib import nullcontext
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any, NamedTuple

from neurosim.support.dual import Dual
from neurosim.support.scaled import Scaled, scale_of, value_of
from neurosim.support.numeric import as_kind, magnitude, one
from neurosim.support.records import documented


@documented
class Slope(NamedTuple):
    """The slope of a number.

    value: the slope
    left:  the slope on the left
    right: the slope on the right
    kink:  True where left and right are far apart
    scale: what its relative error is relative to
    at:    the number whose slope it is
    """

    value: Any
    left: Any
    right: Any
    kink: bool
    scale: Any
    at: Any


class Method:
    """The base of the methods.

    name, label: for the user to choose it by, and in sentences
    tolerance:   the relative error up to which two gradients agree
    measured:    what makes numbers whose scale can be told
    """

    name: str
    label: str
    tolerance: float
    measured: Any = Scaled

    def arithmetic(self):
        """The context in which this method calculates."""
        return nullcontext()

    def __reduce__(self):
        return _method, (self.name,)  # there is one of each

    def number(self, x):
        """The number as the method needs it."""
        return x

    def slopes(self, function, x):
        """The `Slope` of each number that the function makes of x."""
        raise NotImplementedError


class DualNumbers(Method):
    """Forward-mode differentiation: x + e and x - e go through the function. Exact but for rounding.

    The parts of the dual numbers are scaled numbers, so that a slope brings its scale.
    """

    name = "dual"
    label = "dual numbers"
    tolerance = 1e-12

    def slopes(self, function, x):
        """The `Slope` of each number that the function makes of x."""
        slope = Scaled(one(x))
        right, left = function(Dual(Scaled(x), slope)), function(Dual(Scaled(x), 0 - slope))
        return [self._slope(*pair) for pair in zip(left, right)]

    def _slope(self, left, right):
        left, right = (number if isinstance(number, Dual) else Dual(number) for number in (left, right))
        scale = max(scale_of(left.slope), scale_of(right.slope))
        jump, scale_of_jump = magnitude(value_of(right.value - left.value)), scale_of(right.value)
        left, right, value = 0 - value_of(left.slope), value_of(right.slope), value_of(right.value)
        tolerance = as_kind(self.tolerance, value)
        kink = jump > tolerance * scale_of_jump or magnitude(right - left) > tolerance * scale
        return Slope(right, left, right, kink, scale, value)


class CentralDifferences(Method):
    """(E(x + h) - E(x - h)) / 2h with two steps h, from which follow a better value and the error that it may have.

    Truncation goes with h^2, so that a third of what the two differ by is added to the narrow one (Richardson 1911),
    and the error is surely less than what they differ by, but for rounding: that of E, which goes with its scale,
    divided by h.
    """

    name = "central"
    label = "central differences"
    tolerance = 1e-6
    step: Any = 2.0**-16  # the wider one, times x where x is large
    epsilon: Any = 2.0**-52
    measured = staticmethod(lambda x: x)

    def slopes(self, function, x):
        """The `Slope` of each number that the function makes of x."""
        x = self.number(x)
        half = self.step * max(1, magnitude(x)) / 2
        points = [x + half * steps for steps in (-2, -1, 0, 1, 2)]
        values = list(map(function, points))
        try:
            ends = [map(scale_of, function(Scaled(points[0]))), map(scale_of, function(Scaled(points[-1])))]
        except (TypeError, AttributeError):  # from your own class that takes floats only
            ends = [map(magnitude, values[0]), map(magnitude, values[-1])]
        scales = map(max, *ends)
        return [self._slope(points, *row) for row in zip(zip(*values), scales)]

    def _slope(self, points, values, scale):
        (x0, x1, x, x3, x4), (y0, y1, y, y3, y4) = points, values
        wide, narrow = (y4 - y0) / (x4 - x0), (y3 - y1) / (x3 - x1)
        left, right = (y - y1) / (x - x1), (y3 - y) / (x3 - x)
        value = narrow + (narrow - wide) / 3
        noise = 64 * self.epsilon * max(scale, *map(magnitude, values)) / (x3 - x)
        uncertainty = magnitude(narrow - wide) + noise  # an error below it is tolerated by the scale
        # Where E is smooth, the slopes on both sides come together as the step gets smaller; at a kink they stay apart.
        apart, wide_apart = magnitude(right - left), magnitude((y4 - y) / (x4 - x) - (y - y0) / (x - x0))
        kink = 10 * apart > 7 * wide_apart and apart > noise and 1000 * apart > max(magnitude(left), magnitude(right))
        scale = max(magnitude(value), uncertainty / as_kind(self.tolerance, value))
        return Slope(value, left, right, kink, scale, y)


class DecimalDifferences(CentralDifferences):
    """The same at fifty digits, by which the error of the differences falls far below that of backprop's floats."""

    name = "decimal"
    label = "differences at 50 digits"
    tolerance = 1e-12
    step = Decimal("1e-12")
    epsilon = Decimal("1e-48")
    measured = Scaled

    def arithmetic(self):
        """The context in which this method calculates."""
        return localcontext(Context(prec=50))

    def number(self, x):
        """The number as it is typed: 0.1 is Decimal("0.1")."""
        if isinstance(x, Fraction):
            return Decimal(x.numerator) / x.denominator
        return Decimal(repr(x)) if isinstance(x, float) else Decimal(x)


METHODS: dict[str, Method] = {
    method.name: method for method in (DualNumbers(), CentralDifferences(), DecimalDifferences())
}


def _method(name):
    return METHODS[name]
