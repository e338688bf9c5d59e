"""Dual numbers against closed forms and 80-digit arithmetic, and the scales of rounded numbers against exact ones."""

import math
import random
from decimal import Decimal, localcontext
from fractions import Fraction

import oracle
import pytest
from oracle import close

from neurosim import ACTIVATIONS, LOSSES
from neurosim.support.dual import FUNCTIONS, Dual
from neurosim.support.scaled import Scaled, scale_of, value_of
from neurosim.support import numeric

draw = random.Random(40)
POINTS = [draw.uniform(-5, 5) for _ in range(40)] + [1e-12, -1e-9, 20.0, -18.0]
POSITIVE = [abs(x) for x in POINTS]
EXACT = {  # each function once more, in Decimals
    "exp": (Decimal.exp, POINTS),
    "log": (Decimal.ln, POSITIVE),
    "sqrt": (Decimal.sqrt, POSITIVE),
    "expm1": (lambda x: x.exp() - 1, POINTS),
    "log1p": (lambda x: (1 + x).ln(), POSITIVE),
    "tanh": (oracle.ACTIVATIONS["tanh"], POINTS),
    "atan": (oracle.atan, POINTS),
    "erfc": (lambda x: 2 * oracle.normal_share_below(-x * Decimal(2).sqrt()), POINTS),
}


def test_the_table_of_functions_is_whole():
    assert {"log" if name == "ln" else name for name in FUNCTIONS} == set(EXACT)


@pytest.mark.parametrize("name", EXACT)
def test_slopes_of_the_elementary_functions(name):
    exact, points = EXACT[name]
    for x in points:
        number = getattr(numeric, name)(Dual(x, 3))
        assert number.value == getattr(numeric, name)(x)
        assert close(number.slope / 3, oracle.slope(exact, x), "1e-14", "1e-45"), x  # the oracle's own error


@pytest.mark.parametrize(
    "function, slope",
    [
        (lambda x: x * x * x - 2 * x + 1, lambda x: 3 * x * x - 2),
        (lambda x: (1 + x) / (2 - x), lambda x: 3 / (2 - x) ** 2),
        (lambda x: 1 / x, lambda x: -1 / x**2),
        (lambda x: x / 4 - (3 - x), lambda x: 1.25),
        (lambda x: -x + +x - abs(x), lambda x: -math.copysign(1, x)),
        (lambda x: x**3, lambda x: 3 * x**2),
        (lambda x: x**-2, lambda x: -2 * x**-3),
        (lambda x: x**0, lambda x: 0),
        (lambda x: 2**x, lambda x: 2**x * math.log(2)),
        (lambda x: (x * x) ** x, lambda x: (x * x) ** x * (math.log(x * x) + 2)),
        (lambda x: sum([x, x, 1]), lambda x: 2),
    ],
)
def test_arithmetic_has_the_slopes_of_school(function, slope):
    for x in POINTS[:40]:
        number = function(Dual(x, 1))
        assert number.value == pytest.approx(function(x), rel=1e-14)
        assert number.slope == pytest.approx(slope(x), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", oracle.ACTIVATIONS)
def test_slopes_of_the_activations(name):
    activation = ACTIVATIONS.make(name)
    for z in POINTS:
        assert close(activation(Dual(z, 1)).slope, oracle.slope(oracle.ACTIVATIONS[name], z), "1e-13", "1e-16"), z


@pytest.mark.parametrize("name", oracle.LOSSES)
def test_slopes_of_the_losses(name):
    term = LOSSES.make(name).term
    for a in (0.25, 0.5, 0.875):
        slope = term(Dual(a, 1), 1, 3).slope
        assert close(slope, oracle.slope(oracle.LOSSES[name], a, 1, 3), "1e-14", "0")


def test_a_dual_number_keeps_its_kind():
    third = Dual(Fraction(1, 3), 1)
    assert (third * third / 2).slope == Fraction(1, 3)
    assert ACTIVATIONS.make("leaky_relu")(Dual(Fraction(-1), 1)).slope == Fraction(1, 100)
    with localcontext() as context:
        context.prec = 50
        slope = ACTIVATIONS.make("tanh")(Dual(Decimal(1), 1)).slope
        assert abs(slope - oracle.slope(oracle.ACTIVATIONS["tanh"], 1)) < Decimal("1e-48")


# Order: the slope is infinitely small beside the value


def test_numbers_are_ordered_by_value_and_then_by_slope():
    assert Dual(1.0, 5) < Dual(2.0, -5) and Dual(2.0, -5) > 1 and 3 > Dual(2.0, 9)
    assert Dual(0.0, -1) < 0 < Dual(0.0, 1) and Dual(0.0, -1) <= 0 <= Dual(0.0, 1)
    assert Dual(0.0, 0) == 0 and Dual(0.0, 1) != 0 and Dual(1.0, 2) == Dual(1.0, 2)
    assert max(Dual(1.0, 1), 1) == Dual(1.0, 1) and not Dual(1.0, 1) <= 1 and not Dual(1.0, -1) >= 1


@pytest.mark.parametrize(
    "name, kink, left, right",
    [("relu", 0, 0, 1), ("leaky_relu", 0, 0.01, 1), ("hard_sigmoid", -3, 0, 1 / 6), ("hard_sigmoid", 3, 1 / 6, 0)],
)
def test_either_side_of_a_kink_has_its_slope(name, kink, left, right):
    activation = ACTIVATIONS.make(name)
    assert activation(Dual(float(kink), 1)).slope == right
    assert -activation(Dual(float(kink), -1)).slope == left


def test_either_side_of_a_loss_s_corner_has_its_slope():
    for name, a, left, right in (("mean_absolute_error", 1.0, -1, 1), ("hinge", 1.0, -1, 0), ("huber", 2.0, 1, 1)):
        term = LOSSES.make(name).term
        assert (-term(Dual(a, -1), 1, 1).slope, term(Dual(a, 1), 1, 1).slope) == (left, right)


def test_a_step_jumps_between_its_sides():
    step = ACTIVATIONS.make("step")
    assert (step(Dual(0.0, -1)).value, step(Dual(0.0, 1)).value) == (0, 1)


def test_what_does_not_vary_has_no_kink():
    assert ACTIVATIONS.make("relu")(Dual(0.0, 0)).slope == 0
    assert numeric.sqrt(Dual(0.0, 0)) == 0


def test_a_dual_number_is_finite_in_both_parts():
    assert numeric.is_finite(Dual(1.0, 2.0))
    assert not numeric.is_finite(Dual(math.inf, 0.0)) and not numeric.is_finite(Dual(0.0, math.nan))


# Scales


def test_the_scale_is_the_size_where_nothing_cancels():
    assert scale_of(numeric.exp(Scaled(0.5)) * 3 / 2) == pytest.approx(math.exp(0.5) * 1.5)
    assert scale_of(Scaled(2.0)) == scale_of(-2.0) == 2


def test_the_scale_of_a_difference_is_that_of_its_terms():
    assert scale_of(Scaled(1.000000001) - 1) == 1.000000001
    assert scale_of((Scaled(1e8) + 1 - 1e8) * 5) == 5 * (1e8 + 1)
    x = Scaled(3.0)
    assert scale_of(numeric.zero(x)) == 0 and scale_of(numeric.one(x)) == 1


def test_two_zeros_that_are_not_sure_make_a_zero_that_is_less_unsure():
    """(1 - 1)(1 - 1): each may be as much as 1e-16, so that the product may be 1e-32."""
    zero = Scaled(1.0) - 1
    assert scale_of(zero * zero) == 2.0**-52


def random_formula(draw):
    """A random formula of additions, products, quotients and functions, much of which cancels."""
    functions = [
        lambda x: numeric.exp(x / 4), numeric.tanh, numeric.atan, numeric.expm1, numeric.erfc,
        lambda x: x * x, lambda x: 1 - x, lambda x: 4 * x - 1, lambda x: x / 3, lambda x: x * x - x,
        lambda x: 1 / (2 + x * x), numeric.log1p, lambda x: numeric.sqrt(1 + x * x),
    ]
    return [draw.choice(functions) for _ in range(draw.randint(2, 9))]


def test_rounding_goes_no_further_than_the_scale_says():
    for seed in range(400):
        chosen = random.Random(seed)
        formula, x = random_formula(chosen), chosen.uniform(0.01, 2)
        number, exact = Scaled(x), Decimal(x)
        with localcontext() as context:
            context.prec = 60
            try:
                for function in formula:
                    number, exact = function(number), function(exact)
            except (ValueError, OverflowError, ArithmeticError):
                continue  # it led out of the domain of the logarithm
            error = abs(Decimal(value_of(number)) - exact)
            assert error <= 50 * Decimal(2.0**-53) * Decimal(scale_of(number)), seed
            assert scale_of(number) >= abs(value_of(number))
