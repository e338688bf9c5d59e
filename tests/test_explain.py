"""Explain: the derivation from the loss down to a number, and the ledger of a weight's paths."""

import itertools
import json
import math
import random
from fractions import Fraction

import pytest
from recordings import recordings

import neurosim as ns
from neurosim import InputError, Layer, Network


def parameters_with_gradients(trace):
    """(what to ask for, its gradient's step) of every weight and bias in every pass."""
    for step in trace:
        quantity, _, rest = step.address.partition("[")
        if step.phase == "gradient":
            name = "w" if quantity.endswith("w") else "b"
            yield f"{name}[{rest}", step


def test_the_paths_add_up_to_the_gradient(pair_number, pair):
    for trace in recordings(pair_number, *pair)[1::2]:
        for address, gradient in parameters_with_gradients(trace):
            ledger = trace.explain(address, paths=None).ledger
            assert ledger.gradient is gradient and len(ledger.paths) == ledger.count
            products = [path.product for path in ledger.paths]
            size = max(1, max(map(abs, products)))
            assert abs(math.fsum(products) - gradient.value) <= 1e-12 * size
            assert abs(ledger.difference) <= 1e-12 * size and ledger.rest == 0
            for path in ledger.paths:
                assert math.prod(factor.value for factor in path.factors) == pytest.approx(path.product, rel=1e-12)
            assert [abs(product) for product in products] == sorted(map(abs, products), reverse=True)


@pytest.mark.parametrize("sizes", [(8, 8, 8, 8, 8), (3, 8, 1, 8, 2), (8, 8, 8), (2, 7, 5, 6, 1)])
def test_paths_as_enumerated_from_the_weights(sizes):
    """Every choice of one unit a layer is a path; its product is read off the neurons, not off the trace."""
    network = Network(sizes[0], [Layer(size, "tanh") for size in sizes[1:]], seed=5)
    draw = random.Random(5)
    inputs, targets = ([draw.uniform(-1, 1) for _ in range(size)] for size in (sizes[0], sizes[-1]))
    trace = network.trace(inputs, targets)
    network.forward(inputs)
    network.backward(targets)
    first = network.layers[0].neurons[0]
    products = []
    for units in itertools.product(*[layer.neurons for layer in network.layers[1:]]):
        way, product = [first, *units], inputs[0]
        for neuron in way:
            product *= 1 - neuron.output**2
        for number, (before, after) in enumerate(zip(way, way[1:])):
            product *= after.weights[network.layers[number].neurons.index(before)]
        products.append(product * way[-1].output_gradient)
    name = network.layer_names[0][0]
    ledger = trace.explain(f"x1->{name}", paths=None).ledger
    assert ledger.count == len(products) == math.prod(sizes[2:])
    assert sorted(path.product for path in ledger.paths) == pytest.approx(sorted(products), rel=1e-12, abs=1e-300)
    assert math.fsum(products) == pytest.approx(first.weight_gradients[0], rel=1e-12)
    few = trace.explain(f"x1->{name}", paths=3).ledger
    assert few.count == ledger.count and few.paths == ledger.paths[:3]
    assert few.rest == pytest.approx(math.fsum(path.product for path in ledger.paths[3:]), abs=1e-15)


def test_paths_of_fractions_add_up_exactly():
    network = Network(2, [Layer(3, "relu"), Layer(3, "leaky_relu"), Layer(2, "linear")], seed=2)
    trace = network.trace([1.0, 0.5], [1.0, 0.0]).replay(number=Fraction)
    for address, gradient in parameters_with_gradients(trace):
        ledger = trace.explain(address, paths=None).ledger
        assert ledger.total == sum(path.product for path in ledger.paths) == gradient.value


def test_a_large_network_has_its_largest_paths_and_the_sum_of_the_rest():
    network = Network(64, [Layer(32), Layer(32), Layer(10, "softmax")], "categorical_crossentropy", seed=1)
    draw = random.Random(1)
    trace = network.trace([draw.random() for _ in range(64)], [0, 1] + [0] * 8, ns.SGD(0.1))
    explanation = trace.explain("x5->h1.3")
    text = str(explanation)
    assert explanation.ledger.count == 320 and len(explanation.ledger.paths) == 20
    assert "the other 300" in text and "sum over all 320 paths" in text


def test_the_factor_that_makes_a_path_vanish_is_named():
    network = Network(1, [Layer(2, "relu", weights=[[1], [1]], biases=[0, -5]),
                          Layer(1, "linear", weights=[[1, 1]], biases=[0])])
    explanation = network.trace([2], [0]).explain("x1->h2")
    assert explanation.ledger.paths[0].product == 0
    assert explanation.ledger.paths[0].smallest.quantity == "f'[h2]"
    assert "vanishes: f'[h2] = 0" in str(explanation)


def test_the_derivation_of_a_weight_goes_from_the_loss_down_to_it():
    explanation = ns.built_in("mazur").trace().explain("x1->h1")
    assert [step.address for step in explanation.steps] == [
        "E[o1]", "E[o2]", "E", "dE/da[o1]", "f'[o1]", "delta[o1]", "dE/da[o2]", "f'[o2]", "delta[o2]",
        "dE/da[h1]", "f'[h1]", "delta[h1]", "dE/dw[x1->h1]", "w+[x1->h1]",
    ]
    assert (explanation.step.address, explanation.gradient.address, explanation.update.address) == (
        "w[x1->h1]", "dE/dw[x1->h1]", "w+[x1->h1]",
    )


@pytest.mark.parametrize(
    "asked, answered",
    [("h1", "delta[h1]"), ("x1", "a[x1]"), ("x1→h1", "w[x1->h1]"), ("w[x1->h1]", "w[x1->h1]"), (" E ", "E")],
)
def test_short_forms(asked, answered):
    assert ns.built_in("mazur").trace().explain(asked).step.address == answered


def test_short_forms_serve_a_trace_everywhere():
    trace = ns.built_in("mazur").trace()
    assert trace["h1"] is trace["delta[h1]"] and trace["x1 -> h1"] is trace["w[x1->h1]"]
    assert trace.affects("x1->h1") == trace.affects("w[x1->h1]") and trace.depends_on("h1") == trace.depends_on("delta[h1]")
    several = ns.built_in("wikipedia-nand").trace()
    assert several["o1@2"] is several["delta[o1]@2"]
    with pytest.raises(InputError, match=r"^delta\[o1\] is in several passes; say which, such as delta\[o1\]@1$"):
        several["o1"]


def test_what_is_unknown_keeps_the_number_of_its_pass():
    trace = ns.built_in("wikipedia-nand").trace()
    with pytest.raises(InputError, match=r"unknown address 'w\[x9->o1\]@3'; did you mean 'w\[x0->o1\]@3'"):
        trace.explain("x9->o1@3")
    with pytest.raises(InputError, match=r"unknown address 'z\[o9\]@3'; did you mean 'z\[o1\]@3'"):
        trace["z[o9]@3"]
    with pytest.raises(InputError, match=r"^delta@3 of what\? There is delta\[o1\]@3$"):
        trace["delta@3"]


def test_a_unit_without_a_backward_pass_is_asked_for_its_output():
    trace = ns.built_in("mazur").network.trace([[1, 2], [3, 4]])
    assert [step.address for step in trace.explain("h1@2").steps] == ["z[h1]@2", "a[h1]@2"]


def test_a_weight_in_several_passes_is_what_the_pass_read():
    trace = ns.built_in("wikipedia-nand").trace()
    explanation = trace.explain("x1->o1@3")
    assert (explanation.step.address, explanation.update.address) == ("w+[x1->o1]@2", "w+[x1->o1]@3")
    assert {address.address.partition("@")[2] for address in explanation.steps} == {"3"}


@pytest.mark.parametrize(
    "asked, message",
    [
        ("z[h9]", "unknown address 'z.h9.'"),
        ("x1->h9", "unknown address 'w.x1->h9.'; did you mean 'w.x1->h1.', 'w.x1->h2.' or 'w.x2->h1.'.$"),
        ("b[h1]", "b.h1. has no gradient: its unit's bias is not trained"),
        ("w[x1->h1]@7", "w.x1->h1. has no gradient in pass 7"),
        ("h1[", "unknown address 'h1.'; there are 56, such as 'b.h1.', 'z.h1.', 'a.h1.'$"),
    ],
)
def test_what_cannot_be_explained_is_refused(asked, message):
    with pytest.raises(InputError, match=message):
        ns.built_in("mazur").trace().explain(asked)
    with pytest.raises(InputError, match="has a gradient in several passes; say which, such as w.x1->o1.@1$"):
        ns.built_in("wikipedia-nand").trace().explain("x1->o1")
    with pytest.raises(InputError, match="has no gradient: the trace has no backward pass"):
        ns.built_in("mazur").network.trace([1, 2]).explain("x1->h1")


def test_explain_on_the_command_line(run, tmp_path):
    status, out, err = run("explain", "mazur", "x1->h1", "--decimals", "6")
    assert (status, err) == (0, "")
    assert out.startswith("w[x1->h1] = 0.150000, dE/dw[x1->h1] = 0.000439, w+[x1->h1] = 0.149781\n")
    path = tmp_path / "t.jsonl"
    ns.built_in("mazur").trace().save(path)
    assert run("explain", str(path), "x1->h1", "--decimals", "6")[1] == out
    document = json.loads(run("explain", "mazur", "x1→h1", "--format", "json")[1])
    assert document["gradient"]["value"] == pytest.approx(0.000438567734, rel=1e-8)
    assert [row["address"] for row in document["derivation"]][-1] == "w+[x1->h1]"
    # dE/dw as the page splits it: through o1, 0.055399425, and through o2, -0.019049119, times f' and x1
    by_hand = [0.055399425 * 0.241300709 * 0.05, -0.019049119 * 0.241300709 * 0.05]
    assert [row["product"] for row in document["paths"]["largest"]] == pytest.approx(by_hand, rel=1e-7)
    assert run("explain", "mazur", "delta[h3]")[2].startswith("neurosim: error: unknown address 'delta[h3]'")


def test_an_explanation_in_a_notebook_escapes_what_a_user_typed():
    network = Network(["<b>"], [Layer(1, "tanh")], seed=1)
    assert "w[&lt;b&gt;-&gt;o1]" in network.trace([1], [1]).explain("<b>->o1")._repr_html_()


def test_a_weight_that_is_not_read_is_told_as_that():
    trace = ns.built_in("mazur").trace().replay(values={"z[h1]": 1})
    with pytest.raises(InputError, match=r"^w\[x1->h1\] is not read: z\[h1\] was swapped for a given number$"):
        trace.explain("w[x1->h1]")
