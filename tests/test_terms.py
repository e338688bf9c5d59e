"""Terms: what a number is the sum of. They add up to it, by exact arithmetic too, and the largest are shown."""

import json
import random
from fractions import Fraction

import pytest
from recordings import recordings

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.formula.formula import formula
from neurosim.support.number_text import product_text
from neurosim.trace.lines import formulas
from neurosim.trace.terms import terms_of, terms_of_difference


def check(terms):
    values = [term.value for term in terms.terms]
    size = max(1, *map(abs, values))
    assert abs(sum(values) - terms.value) <= 1e-9 * size, terms
    assert sum(term.share for term in terms.terms) == pytest.approx(1) or not any(values)
    assert [abs(value) for value in values] == sorted(map(abs, values), reverse=True)
    for term in terms.terms:
        assert term.sign or term.value >= 0 or term.formula.kind in ("operand", "sum", "power", "call", "choice"), term
        if term.sign and term.value != 0:
            signs = term.sign.split(", ")
            assert (-1) ** len(signs) * term.value > 0


def test_the_terms_add_up_to_the_number(pair_number, pair):
    """Of every number of random networks, and of the differences of some."""
    draw = random.Random(pair_number)
    for trace in recordings(pair_number, *pair)[1::2]:
        for step in trace:
            for terms in terms_of(trace, step) if step.phase != "update" else ():
                check(terms)
        steps = [step for step in trace if step.phase in ("forward", "loss", "backward")]
        for _ in range(20):
            one = draw.choice(steps)
            alike = [step for step in steps if step.rule == one.rule]
            for other in (draw.choice(alike), draw.choice(steps)):
                (terms,) = terms_of_difference(trace, "difference", one, other)
                assert terms.value == one.value - other.value
                check(terms)


def test_fractions_add_up_exactly():
    network = Network(2, [Layer(3, "relu"), Layer(2, "linear")], seed=2)
    trace = network.trace([[1.0, 0.5], [0.25, 1.0]], [[1.0, 0.0], [0.5, 0.5]], ns.SGD(0.5), batch_size=2)
    trace = trace.replay(number=Fraction)
    sums = [terms for step in trace for terms in terms_of(trace, step)]
    assert {"z[h1]@1", "dE/da[h1]@1", "mean E@2", "mean dE/dw[x1->h1]@2"} <= {terms.address for terms in sums}
    for terms in sums:
        assert sum(term.value for term in terms.terms) == terms.value
    first, second = trace["z[o1]@1"], trace["z[o2]@1"]
    (terms,) = terms_of_difference(trace, "difference", first, second)
    assert sum(term.value for term in terms.terms) == first.value - second.value
    assert sum(term.share for term in terms.terms) == 1


def test_a_hidden_delta_as_the_page_splits_it():
    """Mazur: the error arrives at h1 as 0.055399425 through o1 and -0.019049119 through o2, together 0.036350306."""
    product, arriving = ns.built_in("mazur").trace().explain("h1").terms
    assert (product.address, arriving.address) == ("delta[h1]", "dE/da[h1]")
    assert arriving.value == pytest.approx(0.036350306, abs=1e-9)
    assert [(term.symbols, term.sign) for term in arriving.terms] == [
        ("w[h1->o1]*delta[o1]", ""), ("w[h1->o2]*delta[o2]", "delta[o2] < 0"),
    ]
    assert [term.value for term in arriving.terms] == pytest.approx([0.055399425, -0.019049119], abs=1e-9)
    assert arriving.terms[0].share == pytest.approx(0.055399425 / (0.055399425 + 0.019049119))


def test_the_factor_that_gives_a_product_its_sign():
    layers = Layer(1, "tanh", weights=[[1.0]], biases=[0.0]), Layer(1, "linear", weights=[[-2.0]], biases=[0.0])
    network = Network(1, layers)
    explanation = network.trace([1.0], [-5.0]).explain("h1")  # a[o1] > t[o1], so that delta[o1] > 0, and the weight is < 0
    assert "delta[h1] = dE/da[h1] * f'[h1] is negative because dE/da[h1] < 0." in str(explanation)
    assert explanation.terms[1].terms[0].sign == "w[h1->o1] < 0"
    dead = Network(1, [Layer(1, "relu", weights=[[-1.0]], biases=[0.0]), Layer(1, "linear", weights=[[1.0]], biases=[0.0])])
    assert "is 0 because f'[h1] = 0." in str(dead.trace([1.0], [1.0]).explain("h1"))


def test_what_a_formula_has_no_number_for_is_explained_without_terms():
    """log(1 - a) where a is 1, which the loss computes in a safer way than it reads."""
    network = Network(1, [Layer(1, "sigmoid", weights=[[100.0]], biases=[0.0])] * 1, "binary_crossentropy")
    trace = network.trace([[1.0], [0.5]], [[1.0], [0.0]])
    assert trace["a[o1]@1"].value == 1 and trace.explain("E[o1]@1").terms == []
    (terms,) = trace.explain("E[o1]@1 - E[o1]@2").terms
    assert [term.symbols for term in terms.terms] == ["-E[o1]@2", "E[o1]@1"]


def test_what_two_sums_have_in_common_stands_outside():
    trace = ns.built_in("mazur").trace()
    (terms,) = trace.explain("z[o1] - z[o2]").terms
    assert [term.symbols for term in terms.terms] == [
        "(w[h2->o1] - w[h2->o2])*a[h2]", "(w[h1->o1] - w[h1->o2])*a[h1]", "b[o1] - b[o2]",
    ]
    assert terms.terms[0].value == pytest.approx((0.45 - 0.55) * 0.596884378, rel=1e-8)  # of the page
    assert trace.explain("z[o1]-z[o2]").step == trace.explain(" z[o1]  -  z[o2]").step
    assert trace.explain("x1->h1 - x1->h2").step.value == trace["w[x1->h1]"].value - trace["w[x1->h2]"].value
    several = ns.built_in("wikipedia-nand").trace()
    (terms,) = several.explain("z[o1]@2 - z[o1]@1").terms  # the same unit with other inputs, or other weights
    assert terms.value == several["z[o1]@2"].value - several["z[o1]@1"].value


@pytest.mark.parametrize("asked, message", [
    ("z[o1] - z[o9]", "unknown address 'z.o9.'"), ("z[o1] - z[o2] - E", "is not an address"),
    ("z[o1] - ", "is not an address|unknown"),
])
def test_what_is_no_difference_is_refused(asked, message):
    with pytest.raises(InputError, match=message):
        ns.built_in("mazur").trace().explain(asked)


def test_the_derivation_goes_as_deep_as_is_said():
    explain = ns.built_in("mazur").trace().explain
    assert [step.address for step in explain("h1", depth=0).steps] == ["delta[h1]"]
    assert [step.address for step in explain("h1", depth=1).steps] == ["dE/da[h1]", "f'[h1]", "delta[h1]"]
    assert [step.address for step in explain("h1", depth=2).steps] == [
        "delta[o1]", "delta[o2]", "dE/da[h1]", "f'[h1]", "delta[h1]",
    ]
    assert explain("h1", depth=99).steps == [step for step in explain("h1").steps if step.phase != "loss"]
    for depth in (-1, 1.5, True):
        with pytest.raises(InputError, match="^depth must be a whole number of 0 or more, got "):
            explain("h1", depth=depth)


def digit():
    draw = random.Random(1)
    network = Network(64, [Layer(12, "tanh"), Layer(10, "softmax")], "categorical_crossentropy", seed=1)
    return network.trace([draw.random() for _ in range(64)], [0] * 7 + [1] + [0] * 2, ns.SGD(0.1))


def test_a_sum_that_is_cut_shows_its_largest_terms():
    trace = digit()
    symbols, numbers = formulas(trace, trace["E"], terms=3)
    assert symbols == "E[o1] + E[o2] + E[o8] + ..." and numbers.startswith("0 + 0 + ")  # all others are 0
    step = trace["z[h3]"]
    products = [trace[w].value * trace[a].value for w, a in zip(step.operands[:-1:2], step.operands[1::2])]
    largest = sorted(range(64), key=lambda index: -abs(products[index]))[:5]
    kept = [f"w[x{index + 1}->h3]*a[x{index + 1}]" for index in sorted(largest)]
    symbols, numbers = formulas(trace, step, terms=5)
    assert [piece for piece in symbols.split(" + ") if piece != "..."] == kept
    values = [f"{trace[piece.split('*')[0]].value:.6g}" for piece in kept]
    shown = [piece.split("*")[0].strip("()") for piece in numbers.split(" + ") if piece != "..."]
    assert shown == values
    assert trace.table(units="o1", phases="loss").count("...") == 0


def test_the_dots_are_where_the_last_term_is_left_out():
    sizes = {"a": 1, "b": 5, "c": 2, "d": 7, "e": 0}
    short = formula("a + b + c + d + e").shortened(2, lambda term: sizes[str(term)])
    assert str(short) == "b + d + ..."
    assert str(formula("a + b + c + d").shortened(2, lambda term: sizes[str(term)])) == "b + ... + d"
    assert str(formula("a + b + c + d").shortened(2)) == "a + ... + d"


def test_products_keep_two_significant_digits():
    assert product_text(-4.26e-9, 6) == "-4.3e-09" and product_text(Fraction(1, 10**9), 6) == "1e-09"
    assert product_text(1.26e-6, 6) == "1.3e-06" and product_text(1.26e-5, 6) == "0.000013"
    assert product_text(0.5, 0) == "0.5" and product_text(7.0, 0) == "7" and product_text(0.0123, 4) == "0.0123"
    layers = Layer(1, "sigmoid", weights=[[20.0]], biases=[0.0]), Layer(1, "linear", weights=[[1e-4]], biases=[0.0])
    network = Network(1, layers)
    text = network.trace([1.0], [1.0]).explain("x1->h1").text(decimals=6)
    ledger = text[text.index("one path"):]
    assert "0.000000" not in ledger and "-2.1e-13" in ledger  # a[x1] * f'[h1] * w[h1->o1] * dE/da[o1], f' = e^-20


def test_the_terms_on_the_command_line_and_in_the_debugger(run, tmp_path):
    path = tmp_path / "digit.jsonl"
    digit().save(path)
    status, out, err = run("explain", str(path), "z[o10] - z[o8]", "--depth", "0", "--terms", "4")
    assert (status, err) == (0, "")
    assert "z[o10] - z[o8] is the sum of 13 terms; the 4 largest (a share is of the sum of all their sizes):" in out
    assert "the other 9" in out
    document = json.loads(run("explain", str(path), "z[o10] - z[o8]", "--format", "json")[1])
    (terms,) = document["terms"]
    assert len(terms["terms"]) == 13 and sum(term["value"] for term in terms["terms"]) == pytest.approx(document["value"])
    commands = ("goto w+[x1->h1]", "explain z[o1] - z[o2] depth 1", "explain h1 depth 1")
    out = run("debug", "mazur", *[option for command in commands for option in ("--command", command)])[1]
    assert "(w[h1->o1] - w[h1->o2])*a[h1]" in out and "w[h1->o2]*delta[o2]" in out and "z[h1] " not in out
