"""Derivatives of formulas, beside those by dual numbers, which come by another way."""

import random

import pytest

from neurosim.formula.derivative import derivative
from neurosim.formula.formula import NotAFormula, formula
from neurosim.formula.values import function
from neurosim.support.dual import Dual
from neurosim.trace.rules import RULES


@pytest.mark.parametrize(
    "text", ["a", "2*a - b", "b - a", "a * (b - c) / 7", "-(b * a)", "a*b - c*(b + a*c)", "(b - a) / c", "1 - (a - b*a) * c"]
)
def test_by_a_name(text):
    names = sorted(formula(text).names)
    values = dict(zip(names, (0.3, -1.7, 2.9)))
    slope = function(derivative(formula(text), "a"), names)(*values.values())
    dual = function(formula(text), names)(*{**values, "a": Dual(values["a"], 1)}.values())
    assert slope == pytest.approx(dual.slope)


@pytest.mark.parametrize(
    "name",
    [
        "weighted_sum", "arriving_error", "delta", "softmax_delta", "weight_gradient", "mean_weight_gradient",
        "sum_bias_gradient",
    ],
)
def test_by_each_operand_of_a_rule(name):
    rule = RULES[name]
    count = len(rule.formula.names) - len(rule.formula.lists) + 3 * len(rule.formula.lists)
    draw = random.Random(name)
    values = [draw.uniform(-2, 2) for _ in range(count)]
    for index, value in enumerate(values):
        slope = function(rule.slope(count, index), range(count))(*values)
        varied = rule.evaluate(*values[:index], Dual(value, 1), *values[index + 1 :])
        assert slope == pytest.approx(varied.slope), index


@pytest.mark.parametrize("text", ["a*a", "a^2", "1 / a", "exp(a)", "b * (1 - a) / a", "max(0, a)"])
def test_what_is_not_linear_is_refused(text):
    with pytest.raises(NotAFormula, match="linear"):
        derivative(formula(text), "a")
