"""exp, log and their relatives for numbers that math does not know."""

import math
import operator
import random
from decimal import Decimal, localcontext
from fractions import Fraction

import oracle
import pytest

from neurosim.support import numeric

draw = random.Random(10)
POINTS = [draw.uniform(-6, 6) for _ in range(40)] + [1e-20, -1e-9, 3.0, 25.0, -25.0, 0.0]
BY_MATH = {
    "exp": math.exp, "expm1": math.expm1, "log1p": math.log1p, "tanh": math.tanh, "atan": math.atan, "erfc": math.erfc,
    "sqrt": math.sqrt, "log": math.log,
}


def points(name):
    if name in ("sqrt", "log", "log1p"):
        return [abs(x) + 1e-3 for x in POINTS]
    return POINTS


@pytest.mark.parametrize("name", BY_MATH)
def test_floats_go_to_math(name):
    for x in points(name):
        assert getattr(numeric, name)(x) == BY_MATH[name](x)


@pytest.mark.parametrize("name", BY_MATH)
@pytest.mark.parametrize("digits", [28, 50])
def test_decimals_keep_the_precision_of_the_context(name, digits):
    for x in points(name):
        with localcontext() as context:
            context.prec = digits
            value = getattr(numeric, name)(Decimal(x))
            context.prec = digits + 30
            wanted = getattr(numeric, name)(Decimal(x))  # the same at more digits: the rounding shows
        assert abs(value - wanted) <= abs(wanted) * Decimal(10) ** (4 - digits)
        assert float(wanted) == pytest.approx(BY_MATH[name](x), rel=1e-13)


def test_atan_and_erfc_of_decimals_against_other_formulas():
    with localcontext(oracle.CONTEXT):
        for x in (0.1, 1.0, 2.5, 4.0, -7.0):
            assert abs(numeric.atan(Decimal(x)) - oracle.atan(Decimal(x))) < Decimal("1e-75")
            share = 2 * oracle.normal_share_below(-Decimal(x) * Decimal(2).sqrt())
            assert abs(numeric.erfc(Decimal(x)) - share) < Decimal("1e-75")
        assert abs(numeric.pi(Decimal(1)) - oracle.pi()) < Decimal("1e-75")


def test_fractions_and_whole_numbers_use_math():
    assert numeric.exp(Fraction(1, 2)) == math.exp(0.5) and numeric.tanh(1) == math.tanh(1)


def test_dot_is_the_sum_of_products():
    p, q = [1.5, -2.0, 0.25], [4.0, 0.5, 8.0]
    assert numeric.dot(p, q) == sum(map(operator.mul, p, q)) == 7
    assert numeric.dot([], []) == 0
    assert numeric.dot([Fraction(1, 3)], [Fraction(3, 7)]) == Fraction(1, 7)
    assert numeric.dot([Decimal("0.1")] * 3, [1, 1, 1]) == Decimal("0.3")


def test_constants_take_the_kind_of_their_neighbour():
    assert numeric.as_kind(0.01, Decimal(1)) == Decimal("0.01")
    assert numeric.as_kind(0.1, Fraction(1)) == Fraction(1, 10)
    assert isinstance(numeric.as_kind(0.1, 2.0), float)
    assert numeric.as_kind(Fraction(1, 3), Decimal(1)) == Fraction(1, 3)


@pytest.mark.parametrize("value", [1, 1.5, Fraction(1, 2), Decimal("1e400"), 10**400])
def test_numbers(value):
    assert numeric.is_number(value) and numeric.is_finite(value)


@pytest.mark.parametrize("value", ["1", None, [1.0], 1j, {}, b"1"])
def test_not_numbers(value):
    assert not numeric.is_number(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, Decimal("NaN"), Decimal("Infinity")])
def test_not_finite(value):
    assert not numeric.is_finite(value)
