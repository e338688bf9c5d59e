"""The core: forward, backward and update of explicit neurons."""

import random
import sys

import pytest
from parameters import parameters
from random_networks import PAIRS, random_network

import neurosim as ns
from neurosim import SGD, InputError, Layer, Network


def two_two_one():
    return Network(2, [Layer(2, weights=[[1, 2], [3, 4]], biases=[5, 6]), Layer(1, weights=[[7, 8]], biases=[9])])


# Forward


def test_a_weight_list_has_one_entry_for_each_connection_in_the_order_of_the_layer_before():
    net = Network(["p", "q"], [Layer(1, "linear", weights=[[10, 1]], bias=False)])
    assert net.forward([2, 3]) == [23]
    assert net["o1"].inputs == [2, 3]


def test_forward_always_returns_a_list():
    assert Network(1, [Layer(1, "linear", weights=[[1]])]).forward([4]) == [4]


def test_a_second_pass_does_not_remember_the_first():
    net = two_two_one()
    first = net.forward([0.1, 0.2])
    net.forward([9, 9])
    assert net.forward([0.1, 0.2]) == first


def test_layers_are_built_one_by_one_as_in_the_question_and_answer():
    net = Network(2).add(Layer(3)).add(Layer(1, "linear"))
    assert [len(neuron.weights) for neuron in net.layers[0].neurons] == [2, 2, 2]
    assert len(net["o1"].weights) == 3


def test_inputs_may_be_anything_that_can_be_listed():
    class Array:
        def tolist(self):
            return [1.0, 2.0]

    net = Network(2, [Layer(1, "linear", weights=[[1, 1]])])
    assert net.forward((1, 2)) == net.forward(range(1, 3)) == net.forward(Array()) == [3]


# Names


def test_units_of_one_hidden_layer_are_h1_and_of_several_h1_1():
    assert Network(2, [Layer(2), Layer(1)]).layer_names == [["h1", "h2"], ["o1"]]
    assert Network(1, [Layer(2), Layer(1), Layer(2)]).layer_names == [["h1.1", "h1.2"], ["h2.1"], ["o1", "o2"]]
    assert Network(1, [Layer(1)]).layer_names == [["o1"]]


def test_units_are_found_by_their_own_names():
    net = Network(["1"], [Layer(2, names=["4", "5"]), Layer(1, names=["6"])])
    assert net["5"] is net.layers[0].neurons[1] and net["6"] is net.layers[1].neurons[0]


# Backward: against the definition of a slope, by central differences

WITH_A_SLOPE = [pair for pair in PAIRS if pair[1] != "perceptron"]  # whose delta is a rule: test_perceptron_rule


@pytest.mark.parametrize("output, loss", WITH_A_SLOPE)
def test_gradients_are_the_slopes_of_the_loss(output, loss, seeds):
    for seed in seeds:
        net, inputs, targets = random_network(seed, output, loss)
        net.forward(inputs)
        net.backward(targets)
        for layer in net.layers:
            for neuron in layer.neurons:
                for index, gradient in enumerate([*neuron.weight_gradients, neuron.bias_gradient]):
                    if index == len(neuron.weights) and neuron.bias is None:
                        continue
                    assert gradient == pytest.approx(slope(net, neuron, index, inputs, targets), rel=2e-4, abs=2e-6)


def slope(net, neuron, index, inputs, targets, step=1e-6):
    """dE by one weight, or by the bias, which stands behind the weights."""
    losses = []
    for change in (step, -step):
        copy = net.copy()
        place = next((i, j) for i, layer in enumerate(net.layers) for j, n in enumerate(layer.neurons) if n is neuron)
        other = copy.layers[place[0]].neurons[place[1]]
        if index == len(other.weights):
            other.bias += change
        else:
            other.weights[index] += change
        losses.append(copy.loss(copy.forward(inputs), targets))
    return (losses[0] - losses[1]) / (2 * step)


def test_softmax_delta_is_the_jacobian_times_the_output_gradient():
    """delta_j = sum over k of dE/da_k * a_k (d_jk - a_j), written out with the whole matrix."""
    net = Network(2, [Layer(4, "softmax")], loss="squared_error", seed=3)
    a = net.forward([0.3, -0.8])
    net.backward([0, 1, 0, 0])
    g = [2 * (output - target) for output, target in zip(a, [0, 1, 0, 0])]
    for j, neuron in enumerate(net.layers[0].neurons):
        assert neuron.delta == pytest.approx(sum(g[k] * a[k] * ((j == k) - a[j]) for k in range(4)), rel=1e-13)


@pytest.mark.parametrize(
    "activation, loss", [("sigmoid", "binary_crossentropy"), ("softmax", "categorical_crossentropy")]
)
def test_where_loss_and_activation_cancel_delta_is_exact_even_when_saturated(activation, loss):
    net = Network(1, [Layer(2, activation, weights=[[-1000], [1000]])], loss=loss)
    assert net.forward([1]) == [0, 1]
    net.backward([1, 0])
    assert [net["o1"].delta, net["o2"].delta] == [-1, 1] and net["o1"].output_gradient is None


# Update


def test_update_goes_against_the_gradient():
    net = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])])
    net.forward([1, 2])
    assert net.backward([15]) == 0.5  # (16 - 15)^2 / 2
    net.update(SGD(0.5))
    assert parameters(net) == [([2.5, 3.0], 4.5)]


def test_simultaneous_update_uses_the_old_weights_and_sequential_the_new_ones():
    for order, weight_used in (("simultaneous", 3), ("sequential", 3 - 0.1 * 10 * 2)):
        net = Network(1, [Layer(1, "linear", weights=[[2]], bias=False), Layer(1, "linear", weights=[[3]], bias=False)])
        net.forward([1])  # 2, then 6
        net.backward([-4])  # delta 10
        net.update(SGD(0.1, order))
        assert net["h1"].weights == [2 - 0.1 * (weight_used * 10 * 1)]
        assert net["o1"].weights == [1]


def test_mazur_long_run_needs_sequential_updates():
    """The older text of the page: E = 0.291027924 after one update and 0.000035085 after 10,000."""
    from printed import printed

    from neurosim.problems.catalogue import built_in

    problem = built_in("mazur")
    net, inputs, targets = problem.network, problem.inputs[0], problem.targets[0]
    for number in range(1, 10_001):
        net.forward(inputs)
        net.backward(targets)
        net.update(SGD(0.5, "sequential"))
        if number == 1:
            assert net.loss(net.forward(inputs), targets) == printed("0.291027924")
    assert net.forward(inputs) == printed("0.015912196", "0.984065734")
    assert net.loss(net.forward(inputs), targets) == printed("0.000035085")


def test_frozen_biases_stay_and_missing_ones_are_none():
    net = Network(1, [Layer(1, trainable_bias=False, biases=[0.5]), Layer(1, bias=False)], seed=1)
    net.forward([1])
    net.backward([0])
    net.update(SGD(1))
    assert net["h1"].bias == 0.5 and net["o1"].bias is None


def test_perceptron_rule():
    """w changes by eta (t - a) x, and the bias by eta (t - a): Rosenblatt's rule."""
    for activation, wrong, right in (("step", 0, 1), ("sign", -1, 1)):
        net = Network(2, [Layer(1, activation, weights=[[-1.0, 0.5]], biases=[0.0])], loss="perceptron")
        assert net.forward([2, 1]) == [wrong]
        net.backward([right])
        net.update(SGD(0.1))
        assert net["o1"].weights == pytest.approx([-1 + 0.1 * (right - wrong) * 2, 0.5 + 0.1 * (right - wrong) * 1])
        assert net["o1"].bias == pytest.approx(0.1 * (right - wrong))


def test_mitchell_and_unit():
    """Mitchell, Machine Learning, 4.4.1: w0 = -0.8 and w1 = w2 = 0.5 make a sign unit compute AND."""
    net = Network(2, [Layer(1, "sign", weights=[[0.5, 0.5]], biases=[-0.8])], loss="perceptron")
    assert [net.forward(x) for x in ([0, 0], [0, 1], [1, 0], [1, 1])] == [[-1], [-1], [-1], [1]]


# Records, copies and what is shown


def test_a_new_pass_forgets_the_deltas_of_the_last():
    net = two_two_one()
    net.forward([1, 2])
    net.backward([0])
    net.forward([1, 2])
    assert net["h1"].delta is None and net["o1"].output_gradient is None


def test_a_copy_is_independent():
    net = two_two_one()
    copy = net.copy()
    copy["h1"].weights[0] = 100
    copy.add(Layer(1))
    assert net["h1"].weights == [1, 2] and len(net.layers) == 2


def test_the_lists_that_were_given_are_not_the_network_s_own():
    weights, biases, inputs = [[1.0, 2.0]], [3.0], [1.0, 1.0]
    net = Network(2, [Layer(1, "linear", weights=weights, biases=biases)])
    net.forward(inputs)
    inputs[0] = weights[0][0] = 50.0
    biases[0] = 50.0
    assert net["o1"].inputs == [1, 1] and net["o1"].weights == [1, 2] and net["o1"].bias == 3


def test_reprs_are_short():
    net = two_two_one()
    assert repr(net) == "<Network 2-2-1: sigmoid, sigmoid; half_squared_error>"
    assert repr(net["h1"]) == "Neuron(weights=[1, 2], bias=5, activation='sigmoid')"
    assert repr(net.layers[0]) == "Layer(2, 'sigmoid')"
    assert repr(Layer(2, "relu", bias=False)) == "Layer(2, 'relu', bias=False)"
    assert repr(SGD(0.5)) == "SGD(learning_rate=0.5)"
    assert repr(Network(784, [Layer(1)], seed=1)["o1"]).count(",") < 8


def test_an_update_leaves_every_neuron_with_its_connections():
    draw = random.Random(5)
    for _ in range(200):
        net, inputs, targets = random_network(draw.randrange(10**6))
        lengths = [len(weights) for weights, _ in parameters(net)]
        net.forward(inputs)
        net.backward(targets)
        net.update(ns.SGD(0.01))
        assert [len(weights) for weights, _ in parameters(net)] == lengths


# What can be assigned


def test_assigned_weights_and_biases_are_used():
    net = two_two_one()
    net.layers[0].weights, net.layers[0].biases = ((1, 0), (0, 1)), [3, 4]
    assert net.layers[0].weights == [[1, 0], [0, 1]] and net["h2"].weights == [0, 1] and net["h2"].bias == 4
    assert net.layers[0].biases == [3, 4]


@pytest.mark.parametrize(
    "attribute, value, message",
    [
        ("weights", [[1, 2, 3], [4, 5, 6]], "neuron 1: expected 2 weights, got 3"),
        ("weights", [[1, 2]], "weights: expected 2, one for each neuron, got 1"),
        ("weights", [[1, 2], [3, "x"]], r"neuron 2: weights\[1\]: expected a number, got 'x'"),
        ("biases", [1], "biases: expected 2, one for each neuron, got 1"),
        ("activation", "reluu", "did you mean 'relu'"),
    ],
)
def test_what_cannot_be_assigned_to_a_layer_is_refused_at_once(attribute, value, message):
    net = two_two_one()
    before = net.layers[0].weights, net.layers[0].biases, net["h1"].activation
    with pytest.raises(ns.InputError, match=message):
        setattr(net.layers[0], attribute, value)
    assert (net.layers[0].weights, net.layers[0].biases, net["h1"].activation) == before


def test_a_layer_that_no_network_has_added_has_no_weights_yet():
    with pytest.raises(ns.InputError, match="a layer has no weights or biases until it is added to a network"):
        Layer(1).weights = [[1]]


def test_an_assigned_activation_is_that_of_the_neurons():
    net = two_two_one()
    net.layers[0].activation = "relu"
    assert net["h1"].activation is net["h2"].activation is net.layers[0].activation == ns.ACTIVATIONS.make("relu")


def test_an_assigned_loss_is_made_or_refused_at_once():
    net = two_two_one()
    net.loss = "squared_error"
    assert net.loss == ns.LOSSES.make("squared_error")
    with pytest.raises(ns.InputError, match="expected a loss, by name or as an object of a subclass of Loss, got 5"):
        net.loss = 5
    assert net.loss == ns.LOSSES.make("squared_error")


@pytest.mark.parametrize("thing", [two_two_one(), two_two_one().layers[0], two_two_one()["h1"]], ids=repr)
def test_a_misspelt_attribute_is_refused(thing):
    with pytest.raises(AttributeError):
        thing.wieghts = [[1]]


# Calls by keyword, and names


def test_the_three_steps_take_their_arguments_by_keyword():
    net, same = two_two_one(), two_two_one()
    assert net.forward(inputs=[1, 2]) == same.forward([1, 2]) and net.backward(targets=[1]) == same.backward([1])
    net.update(optimizer=SGD(0.5))
    same.update(SGD(0.5))
    assert parameters(net) == parameters(same)


def lines_run(call):
    """How many lines of the package a call runs."""
    count = 0

    def tracer(frame, event, argument):
        nonlocal count
        count += event == "line"
        return tracer if "neurosim" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def test_the_work_of_building_a_network_grows_with_its_layers_and_no_faster():
    few, many = (lines_run(lambda: Network(1, [Layer(1) for _ in range(size)], seed=1)) for size in (50, 200))
    assert many < 4.5 * few


def test_layers_that_are_added_one_by_one_have_the_names_of_layers_that_are_given_at_once():
    for size in range(1, 6):
        one_by_one = Network(1, seed=1)
        for _ in range(size):
            one_by_one.add(Layer(2))
        assert one_by_one.layer_names == Network(1, [Layer(2) for _ in range(size)], seed=1).layer_names


def test_a_name_that_a_refused_layer_would_have_taken_is_still_free():
    net = Network(1, [Layer(1, names=["a"])], seed=1)
    with pytest.raises(ns.InputError, match="two units cannot both be called 'a'"):
        net.add(Layer(2, names=["b", "a"]))
    assert net.add(Layer(1, names=["b"])).layer_names == [["a"], ["b"]]


def test_a_name_that_a_former_output_layer_gives_up_is_free():
    net = Network(1, [Layer(1)], seed=1).add(Layer(1, names=["o1"]))
    assert net.layer_names == [["h1"], ["o1"]]


@pytest.mark.parametrize("weights", [5, None])
def test_weights_that_are_no_list_are_refused_by_the_next_pass(weights):
    net = Network(2, [Layer(1)], seed=1)
    net["o1"].weights = weights
    with pytest.raises(InputError, match=f"weights of o1: expected a list of 2 numbers, got {weights}"):
        net.forward([1, 2])
