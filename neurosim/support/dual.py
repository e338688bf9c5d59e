"""Dual numbers: a value and its slope, which ordinary arithmetic carries along.

    value  what the number is, such as 0.5933
    slope  how fast it grows with the one number that is varied, such as 0.2413

A dual number is value + slope * e, where e > 0 is infinitely small, so that e * e counts as 0. Sent through a
network in place of one weight w, as w + e, it comes out as the loss with the loss's derivative by that weight:
differentiation forwards, by other rules than backpropagation's, and exact but for rounding (Wengert 1964).

Dual numbers have the order of numbers with an infinitely small part: by value, and where the values are equal by
slope. So w + e takes the branch to the right of a kink, and w - e that to the left: each yields the slope on its side.
"""

from __future__ import annotations

from neurosim.support.numeric import as_kind, atan, erfc, exp, expm1, is_finite, log, log1p, magnitude, pi, sqrt, tanh


def _slope_of_tanh(x, y):
    power = exp(-2 * magnitude(x))  # 1 / cosh(x)^2, which 1 - y^2 knows less exactly where tanh is flat
    return 4 * power / ((1 + power) * (1 + power))


# Of each function that `numeric` asks a number for: the function, and its derivative from x and y = f(x).
FUNCTIONS = {
    "exp": (exp, lambda x, y: y),
    "ln": (log, lambda x, y: 1 / x),
    "sqrt": (sqrt, lambda x, y: 1 / (2 * y)),
    "expm1": (expm1, lambda x, y: exp(x)),
    "log1p": (log1p, lambda x, y: 1 / (1 + x)),
    "tanh": (tanh, _slope_of_tanh),
    "atan": (atan, lambda x, y: 1 / (1 + x * x)),
    "erfc": (erfc, lambda x, y: -2 * exp(0 - x * x) / sqrt(pi(x))),
}


class Accompanied:
    """What every number with something beside its `value` works out from the operations that its class has.

    `_sort_key` gives what stands for a number, of this class or another, in comparisons.
    """

    __slots__ = ()

    def __pow__(self, exponent):
        if isinstance(exponent, type(self)):
            return (exponent * self.ln()).exp()
        exponent = as_kind(exponent, self.value)
        return self.apply(lambda x: x**exponent, lambda x, y: exponent * x ** (exponent - 1) if exponent else 0)

    def __rpow__(self, base):
        return (self * log(as_kind(base, self.value))).exp()

    def __neg__(self):
        return 0 - self

    def __pos__(self):
        return self

    def __abs__(self):
        return magnitude(self)

    def __eq__(self, other):
        return self._sort_key(self) == self._sort_key(other)

    def __lt__(self, other):
        return self._sort_key(self) < self._sort_key(other)

    def __le__(self, other):
        return self._sort_key(self) <= self._sort_key(other)

    def __gt__(self, other):
        return self._sort_key(self) > self._sort_key(other)

    def __ge__(self, other):
        return self._sort_key(self) >= self._sort_key(other)


class Dual(Accompanied):
    """value + slope * e. Both parts may be any kind of number.

    >>> x = Dual(3.0, 1)
    >>> x * x - 1 / x
    Dual(8.666666666666666, 6.111111111111111)
    >>> Dual(0.0, 1) > 0 > Dual(0.0, -1)
    True
    """

    __slots__ = ("value", "slope")

    def __init__(self, value, slope=0):
        self.value, self.slope = value, slope

    # Arithmetic: the rules of school for sums, products and quotients. Another number has the slope 0.

    def __add__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        return Dual(self.value + as_kind(other, self.value), self.slope)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value - other.value, self.slope - other.slope)
        return Dual(self.value - as_kind(other, self.value), self.slope)

    def __rsub__(self, other):
        return Dual(as_kind(other, self.value) - self.value, 0 - self.slope)

    def __mul__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)
        other = as_kind(other, self.value)
        return Dual(self.value * other, self.slope * other)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, Dual):
            quotient = self.value / other.value
            return Dual(quotient, (self.slope - quotient * other.slope) / other.value)
        other = as_kind(other, self.value)
        return Dual(self.value / other, self.slope / other)

    def __rtruediv__(self, other):
        quotient = as_kind(other, self.value) / self.value
        return Dual(quotient, (0 - quotient * self.slope) / self.value)

    @staticmethod
    def _sort_key(number):
        """The value and, where the values are equal, the slope."""
        return (number.value, number.slope) if isinstance(number, Dual) else (number, 0)

    def is_finite(self):
        """True unless the value or the slope is infinite or not a number."""
        return is_finite(self.value) and is_finite(self.slope)

    def apply(self, function, derivative):
        """f(x), whose slope is f'(x) times that of x; what does not vary needs no derivative."""
        value = function(self.value)
        return Dual(value, self.slope if self.slope == 0 else derivative(self.value, value) * self.slope)

    def __repr__(self):
        return f"Dual({self.value!r}, {self.slope!r})"


def give_functions(number_class):
    """Give a class of numbers a method for each of the functions, through its own `apply`."""
    for name, (function, derivative) in FUNCTIONS.items():
        setattr(number_class, name, _method(function, derivative))


def _method(function, derivative):
    return lambda number: number.apply(function, derivative)


give_functions(Dual)
