"""The trace is honest: each value is the neuron's own, and each rule makes it from its operands."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from parameters import parameters
from random_networks import PAIRS, random_network, targets_for
from rule_check import check_rules

import neurosim as ns
from neurosim import SGD, InputError, Layer, Network, UnknownNameError
from neurosim.core.address import make_address, split_address
from neurosim.core.batch import train_batch
from neurosim.trace.rules import RULES
from neurosim.trace.step import PHASES


def two_examples(seed, output, loss):
    """A random network and two examples that fit it."""
    network, inputs, targets = random_network(seed, output, loss)
    draw = random.Random(seed)
    other = [draw.uniform(-1, 1) for _ in inputs]
    return network, [inputs, other], [targets, targets_for(draw, network)]


@pytest.mark.parametrize("output, loss", PAIRS)
@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
def test_each_rule_applied_to_its_operands_gives_the_value(output, loss, order, seeds):
    for seed in seeds:
        network, inputs, targets = two_examples(seed, output, loss)
        check_rules(network.trace(inputs, targets, SGD(0.1, order)))


@pytest.mark.parametrize("output, loss", PAIRS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_each_rule_of_a_batch_gives_the_value(output, loss, reduction):
    network, inputs, targets = two_examples(8, output, loss)
    trace = network.trace(inputs, targets, SGD(0.1), batch_size="all", reduction=reduction, epochs=2)
    check_rules(trace)
    assert f"{reduction} E@2" in trace and f"{reduction} E@4" in trace


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_rules_are_exact_for_exact_numbers(kind):
    for seed in range(30):
        for output, loss in (("linear", "half_squared_error"), ("relu", "mean_squared_error"), ("step", "perceptron")):
            network, inputs, targets = random_network(seed, output, loss, kind)
            if kind is Fraction:
                for layer in network.layers[:-1]:
                    layer.activation = ns.ACTIVATIONS.make("relu")
                    for neuron in layer.neurons:
                        neuron.activation = layer.activation
            trace = network.trace(inputs, targets, SGD(0.1))
            check_rules(trace)
            assert all(isinstance(step.value, (kind, int)) for step in trace)


def recorded(network, inputs, targets, optimizer):
    """What the neurons hold after an untraced pass and update, by address, read one by one."""
    before = {}
    for names, sources, layer in zip(network.layer_names, [network.input_names, *network.layer_names], network.layers):
        for name, neuron in zip(names, layer.neurons):
            before.update({f"w[{source}->{name}]": weight for source, weight in zip(sources, neuron.weights)})
            if neuron.bias is not None:
                before[f"b[{name}]"] = neuron.bias
    network.forward(inputs)
    found = {"E": network.backward(targets), "eta": optimizer.learning_rate, **before}
    found.update({f"a[{name}]": value for name, value in zip(network.input_names, inputs)})
    found.update({f"t[{name}]": value for name, value in zip(network.layer_names[-1], targets)})
    gradients = {}
    for names, sources, layer in zip(network.layer_names, [network.input_names, *network.layer_names], network.layers):
        for name, neuron in zip(names, layer.neurons):
            found.update({f"z[{name}]": neuron.net_input, f"a[{name}]": neuron.output, f"delta[{name}]": neuron.delta})
            if neuron.output_gradient is not None:
                found[f"dE/da[{name}]"] = neuron.output_gradient
            gradients.update(
                {f"dE/dw[{source}->{name}]": value for source, value in zip(sources, neuron.weight_gradients)}
            )
            if neuron.trainable_bias:
                gradients[f"dE/db[{name}]"] = neuron.bias_gradient
    network.update(optimizer)
    for names, sources, layer in zip(network.layer_names, [network.input_names, *network.layer_names], network.layers):
        for name, neuron in zip(names, layer.neurons):
            found.update({f"w+[{source}->{name}]": weight for source, weight in zip(sources, neuron.weights)})
            if neuron.trainable_bias:
                found[f"b+[{name}]"] = neuron.bias
            if optimizer.order == "sequential":  # the update has computed the deltas again
                found[f"delta[{name}]"] = neuron.delta
                if neuron.output_gradient is not None:
                    found[f"dE/da[{name}]"] = neuron.output_gradient
    if optimizer.order == "simultaneous":
        found.update(gradients)
    return found


@pytest.mark.parametrize("output, loss", PAIRS)
@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
def test_each_value_is_the_neuron_s_own(output, loss, order, seeds):
    for seed in seeds:
        network, inputs, targets = random_network(seed, output, loss)
        trace = network.trace(inputs, targets, SGD(0.1, order))
        values = {step.address: step.value for step in trace}
        found = recorded(network, inputs, targets, SGD(0.1, order))
        assert {address: values.get(address) for address in found} == found
        only_in_the_trace = {split_address(address)[0] for address in values.keys() - found.keys()}
        gradients = set() if order == "simultaneous" else {"dE/dw", "dE/db"}
        assert only_in_the_trace <= {"f'", "E", "exp", "S", "largest z", *gradients}


@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
def test_a_traced_update_leaves_exactly_the_weights_of_an_untraced_one(order):
    for seed in range(40):
        network, inputs, targets = random_network(seed)
        before = network.copy()
        after = network.trace(inputs, targets, SGD(0.3, order)).after
        assert parameters(network) == parameters(before)  # tracing changes nothing
        network.forward(inputs)
        network.backward(targets)
        network.update(SGD(0.3, order))
        assert parameters(after) == parameters(network)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_traced_batch_leaves_exactly_the_weights_of_an_untraced_one(reduction):
    for seed in range(20):
        network, inputs, targets = two_examples(seed, "tanh", "squared_error")
        after = network.trace(inputs, targets, SGD(0.3), batch_size=2, reduction=reduction).after
        train_batch(network, inputs, targets, SGD(0.3), reduction)
        assert parameters(after) == parameters(network)


# What stands in it


def one_by_one(**settings):
    net = Network(1, [Layer(1, "linear", weights=[[2.0]], biases=[0.0])])
    return net.trace([[1], [3]], [[1], [1]], SGD(0.5), **settings)


def test_the_steps_of_a_single_pass_have_no_suffix_and_come_in_the_order_of_the_algorithm():
    net = Network(1, [Layer(1, "linear", weights=[[2.0]], biases=[0.0])])
    assert [step.address for step in net.trace([1], [1], SGD(0.5))] == [
        "w[x1->o1]", "b[o1]", "eta", "a[x1]", "t[o1]", "z[o1]", "a[o1]", "E[o1]", "E", "dE/da[o1]", "f'[o1]",
        "delta[o1]", "dE/dw[x1->o1]", "dE/db[o1]", "w+[x1->o1]", "b+[o1]",
    ]


def test_the_next_pass_reads_the_weights_of_the_last_update():
    trace = one_by_one()
    assert trace["z[o1]@1"].operands == ("w[x1->o1]", "a[x1]@1", "b[o1]")
    assert trace["z[o1]@2"].operands == ("w+[x1->o1]@1", "a[x1]@2", "b+[o1]@1")
    assert trace["w+[x1->o1]@2"].operands == ("w+[x1->o1]@1", "eta", "dE/dw[x1->o1]@2")


def test_a_batch_has_one_gradient_and_one_update_after_its_last_pass():
    trace = one_by_one(batch_size=2)
    assert "w+[x1->o1]@1" not in trace
    step = trace["mean dE/dw[x1->o1]@2"]
    assert step.operands == ("delta[o1]@1", "a[x1]@1", "delta[o1]@2", "a[x1]@2")
    assert step.value == (1 * 1 + 5 * 3) / 2  # outputs 2 and 6, targets 1
    assert trace["w+[x1->o1]@2"].value == 2 - 0.5 * 8


def test_a_sequential_update_shows_that_the_hidden_delta_reads_the_new_weight():
    net = Network(1, [Layer(1), Layer(1)], seed=1)
    for order, weight in (("simultaneous", "w[h1->o1]"), ("sequential", "w+[h1->o1]")):
        assert net.trace([1], [1], SGD(0.5, order))["dE/da[h1]"].operands == (weight, "delta[o1]")


def test_without_targets_it_ends_with_the_forward_pass_and_without_an_optimizer_with_the_gradients():
    net = Network(1, [Layer(1)], seed=1)
    assert {step.phase for step in net.trace([1])} == {"given", "forward"}
    assert {step.phase for step in net.trace([1], [1])} == set(PHASES) - {"update"}


def test_cancelled_deltas_name_their_rule():
    net = Network(1, [Layer(2, "softmax")], loss="categorical_crossentropy", seed=1)
    trace = net.trace([1], [0, 1])
    assert trace["delta[o1]"].rule == "cancelled_delta" and "dE/da[o1]" not in trace
    net.loss = ns.LOSSES.make("squared_error")
    assert net.trace([1], [0, 1])["delta[o1]"].rule == "softmax_delta"


def test_there_are_about_twenty_five_rules_and_each_reads_as_text():
    assert 15 <= len(RULES) <= 30
    assert all(str(rule.formula) for rule in RULES.values() if rule.name != "given")


def test_steps_are_frozen():
    step = one_by_one()["z[o1]@1"]
    with pytest.raises(AttributeError):
        step.value = 3
    assert step._replace(value=3).value == 3


# Finding steps


def test_the_arrow_may_be_typed_as_a_character():
    trace = one_by_one()
    assert trace["w[x1→o1]"] is trace["w[x1->o1]"]


@pytest.mark.parametrize(
    "address, message",
    [
        ("z[o2]@1", "unknown address 'z.o2.@1'; did you mean 'z.o1.@1'?"),
        ("z[o1]", "z.o1. is in several passes; say which, such as z.o1.@1"),
        ("z[o1]@one", "is not an address"),
        ("z[o1", "is not an address"),
    ],
)
def test_an_address_that_is_not_there_gets_the_nearest_one(address, message):
    with pytest.raises(InputError, match=message):
        one_by_one()[address]


def test_an_unknown_address_is_also_a_key_error():
    with pytest.raises(KeyError):
        one_by_one()["q"]


def test_only_takes_units_and_phases():
    net = Network(2, [Layer(2), Layer(1)], seed=1)
    trace = net.trace([1, 2], [1], SGD(0.1))
    assert {step.unit for step in trace.only(units=["h2"])} == {"h2"}
    assert {step.phase for step in trace.only(phases=["backward", "loss"])} == {"backward", "loss"}
    with pytest.raises(UnknownNameError, match="unknown unit 'h3'; choose from x1, x2, h1, h2, o1"):
        trace.only(units=["h3"])
    with pytest.raises(UnknownNameError, match="unknown phase 'backwards'; did you mean 'backward'"):
        trace.only(phases=["backwards"])


def test_addresses_go_apart_and_together():
    for address in ("E", "eta", "E@3", "z[h1]", "w[x1->h1.2]", "mean dE/dw[a->b]@12", "f'[1]"):
        assert make_address(*split_address(address)) == address


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([1], None, SGD(0.1)), "an update needs targets"),
        (([[1], [2]], [[1]]), "expected targets for 2 examples, got 1"),
        (([1], [1], SGD(0.1), 0), 'batch_size .or "all". must be a whole number of 1 or more, got 0'),
        (([1], [1], SGD(0.1), 1, "median"), "unknown reduction 'median'"),
        (([1], [1], "sgdd"), "unknown optimizer 'sgdd'; did you mean 'sgd'"),
    ],
)
def test_what_cannot_be_traced_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Network(1, [Layer(1)], seed=1).trace(*arguments)


def test_a_number_that_is_not_finite_is_told_with_its_example_and_epoch():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]])])
    with pytest.raises(ns.NonFiniteError) as caught:
        net.trace([[1], [1e200]], [[0], [0]], SGD(1e200), epochs=2)
    assert (caught.value.example, caught.value.epoch) == (2, 1)
    assert "example 2, epoch 1" in str(caught.value)


def test_the_steps_of_a_softmax_unit_come_with_the_sum_that_it_shares():
    trace = Network(1, [Layer(2, "softmax"), Layer(2, "softmax")], seed=1).trace([1])
    shown = [step.address for step in trace.only(["o1"], ["forward"])]
    assert shown == ["z[o1]", "exp[o1]", "S[o]", "a[o1]"]


@pytest.mark.parametrize("address", [["x1"], {}, None, 3, ("a",)])
def test_what_is_no_address_at_all_is_an_unknown_one(address):
    with pytest.raises(InputError, match="unknown address"):
        Network(1, [Layer(1)], seed=1).trace([1.0])[address]
