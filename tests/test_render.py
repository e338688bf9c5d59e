"""Numbers, tables and what a notebook shows."""

import json
import math
import random
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from formula_values import evaluate
from random_networks import PAIRS, random_network

import neurosim as ns
from neurosim import SGD, InputError, Layer, Network
from neurosim.formula.formula import formula
from neurosim.support.number_text import factor_text, number_text
from neurosim.support.tables import table


@pytest.mark.parametrize(
    "value, text",
    [
        (0.3775, "0.3775"), (0.5932699921071872, "0.59327"), (2.0, "2"), (-1.5, "-1.5"), (0, "0"), (True, "True"),
        (4.3856773447434685e-4, "0.000438568"), (1.5e-7, "1.5e-07"), (-0.0, "0"), (1e300, "1e+300"),
        (Fraction(1, 3), "1/3"), (Fraction(4, 2), "2"), (Decimal("0.12345678901234"), "0.123457"),
    ],
)
def test_six_significant_digits_unless_asked(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (0.1 + 0.2, "0.30000000000000004"), (2.0, "2"), (-0.0, "0"), (1e300, "1e+300"), (Fraction(1, 3), "1/3"), (7, "7"),
        (Decimal("0.12345678901234"), "0.12345678901234"),
    ],
)
def test_all_digits_when_asked(value, text):
    assert number_text(value, "all") == text


@pytest.mark.parametrize(
    "value, text",
    [(0.3775, "0.378"), (2, "2.000"), (-0.0001, "0.000"), (Fraction(2, 3), "0.667"), (Decimal(1) / 7, "0.143")],
)
def test_decimals_when_asked(value, text):
    assert number_text(value, decimals=3) == text


def test_a_factor_with_a_sign_or_a_stroke_stands_in_brackets():
    assert [factor_text(x) for x in (-0.5, Fraction(1, 3), 0.5, -0.0)] == ["(-0.5)", "(1/3)", "0.5", "0"]


def test_a_number_of_a_kind_of_its_own_is_written_by_itself():
    class Kind:
        def __str__(self):
            return "seven"

    assert number_text(Kind()) == "seven"


def test_long_sums_lose_their_middle_at_any_depth():
    def shortened(text, terms):
        return str(formula(text).shortened(terms))

    assert shortened("a + b + c", 3) == "a + b + c"
    assert shortened("a + b + c + d", 3) == "a + b + ... + d"
    assert shortened("exp(z) / (exp(a) + exp(b) + exp(c) + exp(d))", 3) == "exp(z) / (exp(a) + exp(b) + ... + exp(d))"
    assert shortened("a + b - x + c + d - y", 3) == "a + b - x + ... + d - y"
    assert shortened("a + b + c + d", None) == "a + b + c + d"


def test_every_format_of_tabulate_draws_a_table():
    import tabulate

    for name in tabulate.tabulate_formats:
        if name in ("latex_raw", "unsafehtml"):  # which escape nothing
            with pytest.raises(InputError, match="^unknown format"):
                table([("a", 0.25)], ("name", "value"), name)
        else:
            assert "0.25" in table([("a", 0.25)], ("name", "value"), name)
    assert json.loads(table([("a", 0.25)], ("name", "value"), "json")) == [{"name": "a", "value": 0.25}]


def test_texts_that_look_like_numbers_stay_as_they_are():
    assert "007" in table([("007", 1.0)], ("unit", "value"))


@pytest.mark.parametrize("output, loss", [pair for pair in PAIRS if "softmax" not in pair])
def test_a_reader_can_redo_every_line_on_a_calculator(output, loss):
    """The column "with numbers", typed into a calculator at 17 digits, gives the column "value"."""
    for seed in range(3):
        network, inputs, targets = random_network(seed, output, loss)
        trace = network.trace(inputs, targets, SGD(0.1))
        rows = json.loads(trace.table(format="json", terms=None))
        for row, step in zip(rows, trace):
            if step.phase == "given" or "log(0" in row["with numbers"]:
                continue
            texts = [repr(trace[operand].value) for operand in step.operands]
            texts = [f"({text})" if text.startswith("-") else text for text in texts]
            formula = trace.rules[step.rule].text(texts)
            assert evaluate(formula) == pytest.approx(step.value, rel=1e-9, abs=1e-12), row
            assert "[" not in row["with numbers"]
            # and with the nine digits that are printed, to about as many
            close = evaluate(row["with numbers"])
            assert close == pytest.approx(step.value, rel=1e-5, abs=1e-5), row


def test_the_table_shows_what_each_line_is_made_of():
    net = Network(2, [Layer(1, "linear", weights=[[3, -4]], biases=[5])])
    lines = net.trace([1, 2]).table(width=120).splitlines()
    assert lines[0].split() == ["#", "phase", "address", "formula", "with", "numbers", "value"]
    assert re.split(r"\s\s+", lines[-2].strip()) == [
        "6", "forward", "z[o1]", "w[x1->o1]*a[x1] + w[x2->o1]*a[x2] + b[o1]", "3*1 + (-4)*2 + 5", "0",
    ]


def test_fractions_are_shown_as_fractions():
    net = Network(1, [Layer(1, "linear", weights=[[Fraction(1, 3)]], bias=False)])
    assert "(1/3)*(1/2)" in net.trace([Fraction(1, 2)]).table()


@pytest.mark.parametrize("decimals", [-1, 101, "3", 2.0])
def test_impossible_decimals_are_refused(decimals):
    with pytest.raises(InputError, match="decimals must be a whole number from 0 to 100"):
        Network(1, [Layer(1)], seed=1).trace([1]).table(decimals=decimals)


# Summaries


def test_the_summary_of_the_keras_xor_network():
    """The chapter that trains XOR in Keras prints 30 + 11 = 41 parameters for 2-10-1."""
    text = Network(2, [Layer(10, "tanh"), Layer(1)], seed=1).summary()
    assert [line.split()[-2:] for line in text.splitlines()[3:5]] == [["30", "tanh"], ["11", "sigmoid"]]
    assert text.endswith("total parameters: 41\ntrainable: 41\nfrozen: 0")


def test_frozen_biases_are_counted_and_missing_ones_are_not():
    text = Network(3, [Layer(2, trainable_bias=False), Layer(1, bias=False)], seed=1).summary()
    assert text.endswith("total parameters: 10\ntrainable: 8\nfrozen: 2")


def test_a_network_without_layers_has_a_summary():
    assert "total parameters: 0" in Network(3).summary()


def test_a_notebook_shows_tables_with_what_a_person_typed_escaped():
    net = Network(["<b>", "a_1$&"], [Layer(1)], seed=1)
    assert "<table>" in net._repr_html_() and "&lt;b&gt;" in net._repr_html_()
    html = net.trace([1, 2])._repr_html_()
    assert "a[&lt;b&gt;]" in html and "a_1$&amp;" in html and "<b>" not in html


def test_many_random_numbers_read_back_to_six_digits():
    draw = random.Random(3)
    for _ in range(500):
        value = draw.uniform(-1, 1) * 10 ** draw.randint(-20, 20)
        assert math.isclose(float(number_text(value)), value, rel_tol=5.1e-6)


def test_reprs_name_what_they_are():
    net = Network(1, [Layer(1)], seed=1)
    trace = net.trace([1])
    assert repr(trace) == "<Trace of <Network 1-1: sigmoid; half_squared_error>: 5 steps>"
    assert repr(trace.rules["weighted_sum"]) == "<Rule weighted_sum>"
    assert "mazur" not in repr(ns.Problem(net)) and repr(ns.Problem(net)).startswith("<Problem without title: <Network")
