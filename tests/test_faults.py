"""The faults of the question "how do I implement backpropagation for a medium-sized network?", shown absent.

Each test fails on code with the fault that it names.
"""

import math

import pytest

from neurosim import SGD, Layer, Network
from neurosim.core.activations import sigmoid


def test_lists_are_not_class_attributes_shared_by_all_layers():
    first, second = Network(2, [Layer(1)], seed=1), Network(2, [Layer(3), Layer(1)], seed=2)
    assert len(first.layers) == 1 and len(second.layers) == 2
    assert second.layers[0].neurons is not second.layers[1].neurons
    assert len(second.layers[0].neurons) == 3 and len(first.layers[0].neurons) == 1
    one, other = Layer(2), Layer(2)
    assert one.neurons is not other.neurons


def test_sigmoid_has_its_minus_sign():
    assert sigmoid(2.0) == pytest.approx(1 / (1 + math.exp(-2)))
    assert sigmoid(2.0) > sigmoid(-2.0)


def test_there_is_a_weight_row_for_each_neuron_and_not_for_each_input():
    net = Network(3, [Layer(2)])
    assert [len(neuron.weights) for neuron in net.layers[0].neurons] == [3, 3]
    given = Network(3, [Layer(2, weights=[[1, 2, 3], [4, 5, 6]])])
    assert given["o2"].weights == [4, 5, 6]


def test_outputs_are_not_appended_to_those_of_the_last_pass():
    net = Network(2, [Layer(3), Layer(2)], seed=1)
    first, second = net.forward([2.0, 1.0]), net.forward([-1.0, 0.5])
    assert len(first) == len(second) == 2 and first != second
    assert second == Network(2, [Layer(3), Layer(2)], seed=1).forward([-1.0, 0.5])


def test_a_layer_s_inputs_are_not_the_list_that_its_outputs_grow():
    net = Network(2, [Layer(2), Layer(2), Layer(2)], seed=1)
    given = [2.0, 1.0]
    net.forward(given)
    assert given == [2.0, 1.0]
    for layer, layer_before in zip(net.layers[1:], net.layers):
        for neuron in layer.neurons:
            assert neuron.inputs == [unit.output for unit in layer_before.neurons]
            assert len(neuron.inputs) == len(neuron.weights)


def test_an_input_is_one_number_and_not_the_whole_list():
    net = Network(3, [Layer(1, "linear", weights=[[1, 10, 100]], bias=False)])
    assert net.forward([1, 2, 3]) == [321]
    trace = net.trace([1, 2, 3])
    assert [trace[f"a[x{i}]"].value for i in (1, 2, 3)] == [1, 2, 3]


def test_the_error_is_reduced_to_one_number_and_the_weights_against_it():
    net = Network(2, [Layer(4, "tanh"), Layer(2)], seed=3)
    losses = []
    for _ in range(200):
        net.forward([2.0, 1.0])
        losses.append(net.backward([0.2, 0.7]))
        net.update(SGD(0.5))
    assert all(isinstance(loss, float) for loss in losses)
    assert all(after < before for before, after in zip(losses, losses[1:])) and losses[-1] < 1e-6
