"""Bad input gets one clear line that names the place, and changes nothing."""

import copy
import io
import json
import math
import pickle
import re
from contextlib import redirect_stdout
from decimal import Decimal
from fractions import Fraction

import pytest
from data_files import IRIS
from parameters import bits
from written_problem import EXAMPLE, read

import neurosim as ns
from neurosim import SGD, InputError, Layer, Network, NonFiniteError, UnknownNameError
from neurosim.cli import main
from neurosim.core.activations import Linear
from neurosim.core.batch import train_batch
from neurosim.core.examples import checked_examples
from neurosim.problems.problem_file import read_problem


def net(**settings):
    network = Network(2, [Layer(2, **settings), Layer(1)], seed=1)
    network.forward([1, 2])
    network.backward([1])
    return network


# The API: what is called, the start of the message

API = {
    "no inputs": (lambda: Network(0), "inputs must be a whole number of 1 or more, got 0"),
    "negative inputs": (lambda: Network(-2), "inputs must be a whole number"),
    "an input count of True": (lambda: Network(True), "inputs must be a whole number of 1 or more, got True"),
    "a fractional input count": (lambda: Network(2.5), "inputs: expected a list"),
    "an empty list of names": (lambda: Network([]), "number of inputs must be"),
    "a name twice": (lambda: Network(["a", "a"]), r"inputs\[1\]: the name 'a' is taken"),
    "a name with a space": (lambda: Network(["a b"]), r"inputs\[0\]: expected a printable name without spaces, got 'a b'"),
    "a name with an arrow": (lambda: Network(["a->b"]), r"inputs\[0\]: a name cannot contain '->'"),
    "a name that is a number": (lambda: Network([1]), r"inputs\[0\]: expected a printable name without spaces, got 1"),
    "names as one text": (lambda: Network("xy"), "inputs: expected a list of names, got 'xy'"),
    "a seed of text": (lambda: Network(1, seed="one"), "seed must be a whole number, got 'one'"),
    "an unknown loss": (lambda: Network(1, loss="cross"), "unknown loss 'cross'"),
    "a misspelt loss": (
        lambda: Network(1, loss="half_squared_eror"), "unknown loss 'half_squared_eror'; did you mean 'half_squared_error'"
    ),
    "a loss of the wrong class": (lambda: Network(1, loss=3), "expected a loss, by name or as an object"),
    "a misspelt activation": (lambda: Layer(1, "sigmod"), "unknown activation 'sigmod'; did you mean 'sigmoid'?"),
    "an activation of None": (lambda: Layer(1, None), "expected an activation, by name or as an object"),
    "an unknown setting": (
        lambda: Layer(1, {"name": "elu", "alfa": 1}), "activation 'elu' has no setting 'alfa'; did you mean 'alpha'?"
    ),
    "a setting that is no number": (
        lambda: Layer(1, {"name": "elu", "alpha": [1]}), "activation 'elu': alpha: expected a number, got"
    ),
    "a description without a name": (lambda: Layer(1, {"alpha": 1}), 'activation: expected a "name"'),
    "a misspelt initializer": (lambda: Layer(1, initializer="glorot"), "unknown initializer 'glorot'"),
    "no neurons": (lambda: Layer(0), "size of a layer must be a whole number of 1 or more, got 0"),
    "a size of text": (lambda: Layer("3"), "size of a layer must be a whole number of 1 or more, got '3'"),
    "too few weight rows": (lambda: Layer(2, weights=[[1, 2]]), "weights: expected 2, one for each neuron, got 1"),
    "weights of text": (lambda: Layer(1, weights="abc"), "weights: expected a list of lists, got 'abc'"),
    "a flat weight list": (lambda: Layer(2, weights=[1, 2]), r"weights\[0\]: expected a list of numbers, got 1"),
    "a ragged weight row": (
        lambda: Network(2, [Layer(2, weights=[[1, 2], [3]])]), "layer 1, neuron 2: expected 2 weights, got 1"
    ),
    "transposed weights": (
        lambda: Layer(2, weights=[[1, 2], [3, 4], [5, 6]]),
        "weights: expected 2, one for each neuron, got 3; is the matrix transposed?",
    ),
    "a weight of text": (
        lambda: Network(2, [Layer(1, weights=[[1, "2"]])]), r"layer 1, neuron 1: weights\[1\]: expected a number, got '2'"
    ),
    "a weight of NaN": (
        lambda: Network(1, [Layer(1, weights=[[math.nan]])]), r"layer 1, neuron 1: weights\[0\]: expected a finite number"
    ),
    "too many biases": (lambda: Layer(1, biases=[1, 2]), "biases: expected 1, one for each neuron, got 2"),
    "an infinite bias": (lambda: Layer(1, biases=[math.inf]), r"biases\[0\]: expected a finite number, got inf"),
    "biases without bias": (lambda: Layer(1, biases=[1], bias=False), "biases were given to a layer with bias=False"),
    "too few names": (lambda: Layer(2, names=["a"]), "names: expected 2, one for each neuron, got 1"),
    "a layer that is none": (lambda: Network(1).add(3), "expected a Layer, got 3"),
    "a learning rate of 0": (lambda: SGD(0), "learning_rate must be positive, got 0"),
    "a learning rate of NaN": (lambda: SGD(math.nan), "learning_rate: expected a finite number, got nan"),
    "a learning rate of text": (lambda: SGD("fast"), "learning_rate: expected a number, got 'fast'"),
    "a misspelt order": (lambda: SGD(1, "sequental"), "unknown update order 'sequental'; did you mean 'sequential'?"),
    "a bias where biases belong": (
        lambda: Layer(2, bias=0.5), r"bias must be True or False, got 0.5; numbers go to biases="
    ),
    "a frozen flag of text": (lambda: Layer(2, trainable_bias="no"), "trainable_bias must be True or False, got 'no'"),
    "a layer where a list belongs": (lambda: Network(2, Layer(1)), "layers: expected a list of Layers, got Layer"),
    "a parameter of text": (lambda: ns.ACTIVATIONS["leaky_relu"]("x"), "alpha: expected a number, got 'x'"),
    "a width of text": (lambda: Network(1, loss={"name": "huber", "width": "x"}), "loss 'huber': width: expected a number"),
    "a constant of NaN": (lambda: ns.INITIALIZERS["constant"](math.nan), "value: expected a finite number, got nan"),
    "a batch of nothing": (lambda: train_batch(net(), [], [], SGD(1)), "a batch needs examples"),
    "a batch without all targets": (lambda: train_batch(net(), [[1, 2]], [], SGD(1)), "a batch needs examples, each with"),
    "a table of two terms": (lambda: net().trace([1, 2]).table(terms=2), "terms must be 3 or more, got 2"),
    "an unknown unit": (lambda: net()["h3"], "unknown unit 'h3'; choose from h1, h2, o1"),
    "an input taken for a neuron": (lambda: net()["x1"], "'x1' is an input; only neurons have"),
}


@pytest.mark.parametrize("call, message", API.values(), ids=API)
def test_the_api_says_what_is_wrong(call, message):
    with pytest.raises(InputError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_kinds_of_numbers_that_do_not_mix_are_refused():
    network = Network(1, [Layer(1, weights=[[0.5]])])
    with pytest.raises(InputError, match="numbers of the kinds float and Decimal do not mix: unsupported operand"):
        network.forward([Decimal(1)])
    network.forward([1.0])
    network.backward([1])
    before = bits(network)
    with pytest.raises(InputError, match="numbers of the kinds float and Decimal do not mix"):
        network.update(SGD(Decimal("0.5")))
    assert bits(network) == before


def test_numbers_beyond_their_kind_are_refused():
    network = Network(1, [Layer(1, "linear", weights=[[10**299]], biases=[0.5])])
    with pytest.raises(InputError, match="the arithmetic failed with OverflowError: int too large"):
        network.forward([10**299])


def test_nothing_is_learnt_from_a_pass_that_failed():
    network = Network(1, [Layer(1, weights=[[1e10]]), Layer(1)], seed=1)
    with pytest.raises(NonFiniteError):
        network.forward([1e300])
    with pytest.raises(InputError, match="backward needs a forward pass first"):
        network.backward([1])
    with pytest.raises(InputError, match="update needs a backward pass first"):
        network.update(SGD(1))


def test_a_network_that_does_not_come_into_being_leaves_its_layers_free():
    layer = Layer(1)
    with pytest.raises(InputError):
        Network(2, [layer, 5])
    assert Network(2, [layer])["o1"] is layer.neurons[0]


def test_an_example_that_does_not_fit_is_numbered_in_a_trace():
    with pytest.raises(InputError, match="example 2: inputs: expected 2 numbers, got 1"):
        net().trace([[1, 2], [3]])


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"inputs": [[1, 2]], "targets": [[1], [2]]}, "targets: expected 1, one for each example, got 2"),
        ({"optimizer": "sdg"}, "unknown optimizer 'sdg'; did you mean 'sgd'"),
        ({"batch_size": "some"}, "batch_size .or .all.. must be a whole number"),
        ({"title": 5}, "title: expected printable text"),
        ({"source": "a\nb"}, "source: expected printable text in one line"),
    ],
)
def test_a_problem_checks_what_it_holds(settings, message):
    with pytest.raises(InputError, match=message):
        ns.Problem(net(), **settings)


@pytest.mark.parametrize("path", [None, "a\0b", 3.5])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(InputError, match="expected the path of a file"):
        ns.load(path)


def test_a_batch_that_was_reduced_needs_a_new_forward_pass():
    network = Network(1, [Layer(1)], seed=1)
    train_batch(network, [[1], [2]], [[0], [1]], SGD(0.1))
    with pytest.raises(InputError, match="backward needs a forward pass first"):
        network.backward([1])


def test_weights_set_by_hand_must_fit():
    network = Network(2, [Layer(1)], seed=1)
    network["o1"].weights = [1.0]
    with pytest.raises(InputError, match="weights of o1: expected 2 numbers, got 1"):
        network.forward([1, 2])


def test_an_update_that_fails_half_way_is_undone():
    class Failing(SGD):
        def new_bias(self, neuron):
            if neuron is network["o1"]:
                raise RuntimeError
            return super().new_bias(neuron)

    network = net()
    before = bits(network)
    for order in ("simultaneous", "sequential"):
        with pytest.raises(RuntimeError):
            network.update(Failing(0.1, order))
        assert bits(network) == before


def test_outputs_and_losses_that_overflow_are_named():
    network = Network(1, [Layer(1, {"name": "leaky_relu", "alpha": 1e300}, weights=[[-1e100]])])
    with pytest.raises(NonFiniteError, match=r"a\[o1\] is not finite: -inf"):
        network.forward([1])
    network = Network(1, [Layer(1, "linear", weights=[[1e200]])])
    network.forward([1])
    with pytest.raises(NonFiniteError, match="^E is not finite: inf"):
        network.backward([0])


def test_a_gradient_that_overflows_is_named_in_the_trace():
    network = Network(1, [Layer(1, "linear", weights=[[1e-160]], bias=False)])
    with pytest.raises(NonFiniteError, match=r"dE/dw\[x1->o1\] is not finite: -inf"):
        network.trace([1e160], [1e150])


# Calls on a network, which must stay as it was

CALLS = {
    "too few inputs": (lambda n: n.forward([1]), "inputs: expected 2 numbers, got 1"),
    "too many inputs": (lambda n: n.forward([1, 2, 3]), "inputs: expected 2 numbers, got 3"),
    "a single number": (lambda n: n.forward(1), "inputs: expected a list of numbers, got 1"),
    "None": (lambda n: n.forward(None), "inputs: expected a list of numbers, got None"),
    "text in the inputs": (lambda n: n.forward([1, "2"]), r"inputs\[1\]: expected a number, got '2'"),
    "None in the inputs": (lambda n: n.forward([None, 2]), r"inputs\[0\]: expected a number, got None"),
    "a list in the inputs": (lambda n: n.forward([[1, 2], 3]), r"inputs\[0\]: expected a number, got \[1, 2\]"),
    "a complex number": (lambda n: n.forward([1j, 2]), r"inputs\[0\]: expected a number, got 1j"),
    "a mapping": (lambda n: n.forward({"x1": 1, "x2": 2}), "inputs: expected a list of numbers, got {"),
    "NaN in the inputs": (lambda n: n.forward([1, math.nan]), r"a\[x2\] is not finite: nan"),
    "infinity in the inputs": (lambda n: n.forward([-math.inf, 1]), r"a\[x1\] is not finite: -inf"),
    "too many targets": (lambda n: n.backward([1, 2]), "targets: expected 1 number, got 2"),
    "NaN in the targets": (lambda n: n.backward([math.nan]), r"t\[o1\] is not finite: nan"),
    "an unknown optimizer": (lambda n: n.update("sgdd"), "unknown optimizer 'sgdd'; did you mean 'sgd'"),
    "a rate as an optimizer": (lambda n: n.update(0.5), "expected an optimizer"),
    "a class that is no optimizer": (lambda n: n.update(Layer), "expected an optimizer"),
    "a whole number beyond floats": (lambda n: n.forward([10**400, 1]), r"inputs\[0\]: expected a finite number, got 1000"),
    "an update that overflows": (lambda n: n.update(SGD(1e308 * 1.7)), r"[wb]\+\[.*\] is not finite: (-?inf|nan)"),
    "a layer twice": (lambda n: n.add(n.layers[0]), "already part of a network"),
    "a layer that does not fit": (
        lambda n: n.add(Layer(1, weights=[[1, 2]])), "layer 3, neuron 1: expected 1 weight, got 2"
    ),
    "a name that is taken": (lambda n: n.add(Layer(1, names=["x1"])), "names: two units cannot both be called 'x1'"),
}


@pytest.mark.parametrize("call, message", CALLS.values(), ids=CALLS)
def test_a_refused_call_leaves_the_network_as_it_was(call, message):
    network = Network(2, [Layer(2), Layer(1)], seed=1)
    network.forward([1e5, 2e5])
    network.backward([1e9])
    before, names, loss = bits(network), copy.deepcopy(network.layer_names), network.loss
    outputs = [neuron.output for layer in network.layers for neuron in layer.neurons]
    with pytest.raises(InputError, match=message) as caught:
        call(network)
    assert "\n" not in str(caught.value)
    assert (bits(network), network.layer_names, network.loss) == (before, names, loss)
    assert [neuron.output for layer in network.layers for neuron in layer.neurons] == outputs
    assert len(network.layers) == 2


ORDER = {
    "forward without layers": (lambda: Network(1).forward([1]), "the network has no layers"),
    "backward without forward": (lambda: Network(1, [Layer(1)]).backward([1]), "backward needs a forward pass first"),
    "update without backward": (lambda: Network(1, [Layer(1)]).update(SGD(1)), "update needs a backward pass first"),
}


@pytest.mark.parametrize("call, message", ORDER.values(), ids=ORDER)
def test_steps_out_of_order_are_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize("name", ["step", "sign"])
def test_a_hidden_layer_without_a_derivative_refuses_to_train(name):
    network = Network(1, [Layer(2, name), Layer(1)], seed=1)
    network.forward([1])
    with pytest.raises(InputError, match=f"h1: {name} has no useful derivative, so the layer cannot be trained"):
        network.backward([1])


def test_a_step_output_trains_under_the_perceptron_rule_only():
    network = Network(1, [Layer(1, "step")], seed=1)
    network.forward([1])
    with pytest.raises(InputError, match="o1: step has no useful derivative.* except as the output under .*'perceptron'"):
        network.backward([1])
    network = Network(1, [Layer(1)], "perceptron", seed=1)
    network.forward([1])
    with pytest.raises(InputError, match="the loss 'perceptron' needs step or sign outputs, not sigmoid"):
        network.backward([1])


def test_a_net_input_that_overflows_is_named_though_the_output_is_finite():
    network = Network(1, [Layer(2, weights=[[1.0], [1e300]]), Layer(1)], seed=1)
    with pytest.raises(NonFiniteError, match=r"z\[h2\] is not finite: inf") as caught:
        network.forward([1e300])
    assert (caught.value.quantity, caught.value.unit, caught.value.value) == ("z", "h2", math.inf)


def test_a_delta_that_overflows_is_named():
    network = Network(1, [Layer(1, "linear", weights=[[1e200]]), Layer(1, "linear", weights=[[1e200]], bias=False)])
    network.forward([1e-100])
    with pytest.raises(NonFiniteError, match=r"delta\[h1\] is not finite"):
        network.backward([0])


def test_infinities_that_cancel_are_named():
    network = Network(1, [Layer(2, "linear", weights=[[1e300], [-1e300]])])
    with pytest.raises(NonFiniteError, match=r"z\[o1\] is not finite: inf"):
        network.forward([1e300])


def test_an_infinite_output_behind_a_weight_of_0_is_named():
    steep = Layer(1, {"name": "leaky_relu", "alpha": 1e300}, weights=[[-1e100]])
    network = Network(1, [steep, Layer(1, "linear", weights=[[0.0]])])
    with pytest.raises(NonFiniteError, match=r"a\[h1\] is not finite: -inf"):
        network.forward([1])


def test_finite_numbers_whose_sum_overflows_are_no_error(monkeypatch):
    layer, forward, passes = Layer(2, "linear", weights=[[1e308], [1e308]], bias=False), Network.forward, []
    monkeypatch.setattr(Network, "forward", lambda network, inputs: passes.append(inputs) or forward(network, inputs))
    network = Network(1, [layer], "huber")
    assert network.forward([1]) == [1e308, 1e308]
    network.backward([1e308, 1e308])
    network.update(SGD(1))
    network.fit([[1]], [[1e308, 1e308]], epochs=3)
    assert layer.weights == [[1e308], [1e308]]
    assert len(passes) == 2  # by hand, and at the beginning of fit: no epoch was run again with guards


def test_numbers_that_do_not_add_up_are_looked_at_one_by_one():
    class AsFloat(ns.Activation):
        def __call__(self, net_input):
            return float(net_input)

    network = Network(1, [Layer(1, AsFloat(), weights=[[Decimal(3)]], bias=False), Layer(1, "linear", weights=[[0.5]])])
    assert network.forward([Decimal(2)]) == [3.0]
    network["o1"].weights = [math.inf]
    with pytest.raises(NonFiniteError, match=r"z\[o1\] is not finite: inf"):
        network.forward([Decimal(2)])


@pytest.mark.parametrize("arguments, named, message", [
    ((), {}, "missing 1 required positional argument: 'inputs'"),
    (([1, 2], [1]), {}, "positional arguments"),
    (([1, 2],), {"inputs": [1, 2]}, "multiple values for argument 'inputs'"),
    (([1, 2],), {"input": [1, 2]}, "unexpected keyword argument 'input'"),
])
def test_a_step_called_with_other_arguments_is_a_type_error(arguments, named, message):
    with pytest.raises(TypeError, match=message):
        net().forward(*arguments, **named)


@pytest.mark.parametrize("numbers", [[0.5, 1.5], [1, 2], (0.5, 1.5)])
def test_rows_are_copied_before_they_are_learnt_from(numbers):
    inputs, targets = checked_examples(net(), [numbers], [[0.5]])
    assert inputs == [list(numbers)] and inputs[0] is not numbers and targets == [[0.5]]


@pytest.mark.parametrize("rows, message", [
    ([[0.5, 1.5], [10**301, 0]], r"example 2: inputs\[0\]: expected a finite number, got 1000"),
    ([[0.5, 1.5], [math.inf, -math.inf]], r"a\[x1\] is not finite: inf, example 2"),
    ([[0.5, 1.5], [0.5]], "example 2: inputs: expected 2 numbers, got 1"),
    ([[0.5, 1.5], [0.5, "1"]], r"example 2: inputs\[1\]: expected a number, got '1'"),
    ([[0.5, 1.5], "12"], "example 2: inputs: expected a list of numbers, got '12'"),
])
def test_a_wrong_row_among_lists_of_floats_is_named(rows, message):
    with pytest.raises(InputError, match=message):
        net().fit(rows, [[0.5], [0.5]])


def test_an_unknown_name_is_also_a_key_error():
    with pytest.raises(KeyError) as caught:
        net()["q"]
    assert isinstance(caught.value, UnknownNameError) and str(caught.value) == "unknown unit 'q'; choose from h1, h2, o1"


# Problem files: a change to a good one, the place and the message

def changed(*path, to):
    """The example file with one entry replaced, or left out if `to` is None."""
    document = json.loads(EXAMPLE)
    here = document
    for key in path[:-1]:
        here = here[key]
    if to is None:
        del here[path[-1]]
    else:
        here[path[-1]] = to
    return json.dumps(document)


def deep(lists):
    """So many lists in each other."""
    return json.loads("[" * lists + "]" * lists)


WEIGHTS = ("layers", 1, "neurons", 0, "weights")
FILES = {
    "not JSON": ('{"format": ', "line 1, column 12: not JSON"),
    "empty": ("", "not JSON"),
    "a list": ("[]", "expected an object in braces, got []"),
    "another format": (changed("format", to="neurosim/9"), "format: expected 'neurosim/1', got 'neurosim/9'"),
    "no layers key": (changed("layers", to=None), "the key 'layers' is missing"),
    "no layers": (changed("layers", to=[]), "layers: expected at least one layer"),
    "layers of text": (changed("layers", to="two"), "layers: expected a list in brackets, got 'two'"),
    "a misspelt key": (changed("optimiser", to={}), "unknown key 'optimiser'; did you mean 'optimizer'?"),
    "a misspelt layer key": (
        changed("layers", 0, "activaton", to="relu"), "layers[0]: unknown key 'activaton'; did you mean 'activation'?"
    ),
    "a misspelt neuron key": (
        changed("layers", 0, "neurons", 1, "wieghts", to=[]),
        "layers[0].neurons[1]: unknown key 'wieghts'; did you mean 'weights'?"
    ),
    "a misspelt activation": (
        changed("layers", 1, "activation", to="sigmod"),
        "layers[1].activation: unknown activation 'sigmod'; did you mean 'sigmoid'?"
    ),
    "a layer of text": (changed("layers", 0, to="relu"), "layers[0]: expected an object in braces, got 'relu'"),
    "no neurons": (changed("layers", 0, "neurons", to=[]), "layers[0].neurons: expected at least one neuron"),
    "neither neurons nor size": (
        changed("layers", 0, "neurons", to=None),
        "layers[0]: expected one of the keys neurons, weights, size; there is none"
    ),
    "both neurons and size": (
        changed("layers", 0, "size", to=2),
        "layers[0]: expected one of the keys neurons, weights, size; neurons and size exclude each other"
    ),
    "too many weights": (changed(*WEIGHTS, to=[1, 2, 3]), "layers[1].neurons[0].weights: expected 2 numbers, got 3"),
    "a ragged row": (changed(*WEIGHTS, to=[1]), "layers[1].neurons[0].weights: expected 2 numbers, got 1"),
    "a weight of text": (changed(*WEIGHTS, to=[1, "x"]), "layers[1].neurons[0].weights[1]: expected a number, got 'x'"),
    "a weight of true": (changed(*WEIGHTS, to=[True, 1]), "layers[1].neurons[0].weights[0]: expected a number, got True"),
    "a weight of null": (changed(*WEIGHTS, to=[[], 1]), "layers[1].neurons[0].weights[0]: expected a number, got []"),
    "NaN": (EXAMPLE.replace("0.15", "NaN"), "NaN is not a number that JSON knows"),
    "Infinity": (EXAMPLE.replace("0.15", "-Infinity"), "-Infinity is not a number that JSON knows"),
    "an overflowing float": (
        EXAMPLE.replace("0.15", "1e999"), "layers[0].neurons[0].weights[0]: the number is too large for a float"
    ),
    "a huge whole number": (
        EXAMPLE.replace("0.15", "9" * 400), "layers[0].neurons[0].weights[0]: the number is too large for a float"
    ),
    "a whole number of 5000 digits": (
        EXAMPLE.replace("0.15", "9" * 5000), "it, line 7, column 31: a number of more than 400 digits"
    ),
    "401 digits behind the point": (EXAMPLE.replace("0.15", "0." + "1" * 401), "a number of more than 400 digits"),
    "a list 65 deep": (changed("training", to=deep(64)), "nested too deeply: 64 lists and objects in each other are"),
    "a bias here and not there": (
        changed("layers", 0, "neurons", 1, "bias", to=None),
        "layers[0].neurons[1]: give every neuron of a layer a bias, or none"
    ),
    "a bias of text": (
        changed("layers", 0, "neurons", 0, "bias", to="b"), "layers[0].neurons[0].bias: expected a number, got 'b'"
    ),
    "a frozen flag of text": (
        changed("layers", 0, "trainable_bias", to="no"), "layers[0].trainable_bias: expected true or false, got 'no'"
    ),
    "names that clash": (
        changed("layers", 0, "names", to=["x1", "b"]), "layers[0]: names: two units cannot both be called 'x1'"
    ),
    "inputs of true": (changed("inputs", to=True), "inputs must be a whole number of 1 or more, got True"),
    "inputs of text": (changed("inputs", to="x1"), "inputs: expected a list in brackets, got 'x1'"),
    "a billion inputs": (changed("inputs", to=10**9), "inputs: 1000000000 of them; 2000000 are the most"),
    "a billion neurons": (changed("layers", 0, to={"size": 10**9}), "layers: layer 1 has 1000000000 units; 10000 are"),
    "a network too wide": (
        changed("layers", to=[{"size": 3000}] * 12),
        "layers: together they have 99006000 connections; 2000000 are the most, so make layers smaller"
    ),
    "a network too deep": (changed("layers", to=[{"size": 1}] * 1001), "layers: 1001 of them; 1000 are the most"),
    "a size of text": (changed("layers", 0, to={"size": "2"}), "layers[0]: size of a layer must be a whole number"),
    "an unknown loss": (changed("loss", to="cross"), "loss: unknown loss 'cross'"),
    "a negative learning rate": (
        changed("optimizer", "learning_rate", to=-1), "optimizer 'sgd': learning_rate must be positive, got -1"
    ),
    "a learning rate of text": (
        changed("optimizer", "learning_rate", to="x"), "optimizer 'sgd': learning_rate: expected a number"
    ),
    "an unknown optimizer": (changed("optimizer", to="sdg"), "optimizer: unknown optimizer 'sdg'; did you mean 'sgd'?"),
    "a misspelt rate": (
        changed("optimizer", "learnin_rate", to=1), "has no setting 'learnin_rate'; did you mean 'learning_rate'?"
    ),
    "too few example inputs": (changed("examples", 0, "inputs", to=[1]), "examples[0].inputs: expected 2 numbers, got 1"),
    "too many targets": (changed("examples", 0, "targets", to=[1, 2, 3]), "examples[0].targets: expected 2 numbers, got 3"),
    "a target of text": (changed("examples", 0, "targets", to=[1, "1"]), "examples[0].targets[1]: expected a number"),
    "an example without inputs": (changed("examples", 0, "inputs", to=None), "examples[0]: the key 'inputs' is missing"),
    "an example that is a list": (changed("examples", 0, to=[1, 2]), "examples[0]: expected an object in braces"),
    "a title of numbers": (changed("title", to=5), "title: expected printable text in one line, got 5"),
    "a seed of null": (EXAMPLE.replace('"title"', '"seed": null, "title"'), "seed must be a whole number, got None"),
    "neurons of text": (
        changed("layers", 0, "neurons", to="two"), "layers[0].neurons: expected a list in brackets, got 'two'"
    ),
    "neurons of null": (
        json.dumps({**json.loads(EXAMPLE), "layers": [{"neurons": None}]}), "layers[0].neurons: expected a list"
    ),
    "an alpha of text": (changed("layers", 0, "activation", to={"name": "elu", "alpha": "x"}), "alpha: expected a number"),
    "a huge alpha": (changed("layers", 0, "activation", to={"name": "elu", "alpha": 10**350}), "alpha: expected a finite"),
    "a surrogate": (EXAMPLE.replace('"x1"', '"\\ud800"'), "inputs[0]: expected a printable name"),
    "a title of two lines": (changed("title", to="a\nb"), "title: expected printable text in one line"),
    "a seed of true": (changed("seed", to=True), "seed must be a whole number, got True"),
    "a seed of text": (changed("seed", to="one"), "seed must be a whole number, got 'one'"),
    "a batch size of 0": (changed("batch_size", to=0), 'batch_size (or "all") must be a whole number of 1 or more, got 0'),
    "an unknown reduction": (changed("reduction", to="max"), "reduction: unknown reduction 'max'"),
    "a key twice": (EXAMPLE.replace('"loss"', '"title": "again", "loss"'), "the key 'title' stands twice in one object"),
    "a deep document": ("[" * 100_000, "nested too deeply"),
    "deep weights": (
        changed(*WEIGHTS, to=None).replace('"bias": 0.6}', '"weights": ' + "[" * 50_000 + "}", 1), "nested too deeply"
    ),
}


@pytest.mark.parametrize("text, message", FILES.values(), ids=FILES)
def test_a_file_is_read_strictly(text, message):
    with pytest.raises(InputError) as caught:
        read(text)
    assert message in str(caught.value) and "\n" not in str(caught.value) and len(str(caught.value)) < 300
    assert str(caught.value).startswith("it")


@pytest.mark.parametrize("data", [b"\xff\xfe{}", b'{"format": "\x80"}'])
def test_bytes_that_are_not_text_are_refused(data):
    with pytest.raises(InputError, match="it: not text in UTF-8, at byte"):
        read_problem(io.BytesIO(data), "it")


def test_every_cut_of_a_file_is_refused():
    for end in range(len(EXAMPLE) - 1):
        with pytest.raises(InputError):
            read(EXAMPLE[:end])


# The command line: status 2 and one line, never a traceback

COMMANDS = {
    "an unknown command": (["trce", "mazur"], "unknown command 'trce'; did you mean 'trace'?"),
    "no source": (["trace"], "the following arguments are required: SOURCE"),
    "an unknown source": (["trace", "mazr"], "'mazr' is neither a file nor a built-in example; did you mean 'mazur'?"),
    "a missing file": (["trace", "missing.json"], "missing.json: No such file or directory"),
    "a folder": (["summary", "./"], "./: Is a directory"),
    "an unknown option": (["trace", "mazur", "--input", "1,2"], "unrecognized arguments: --input"),
    "inputs of text": (
        ["trace", "mazur", "--inputs", "a,b"], "--inputs: expected numbers with commas between them, got 'a,b'"
    ),
    "too few inputs": (["trace", "mazur", "--inputs", "1"], "inputs: expected 2 numbers, got 1"),
    "infinite inputs": (["predict", "mazur", "--inputs", "1,inf"], "a[x2] is not finite: inf"),
    "too few targets": (["trace", "mazur", "--targets", "1"], "targets: expected 2 numbers, got 1"),
    "targets for more examples": (["trace", "mazur", "--targets", "1,1;0,0"], "--targets: expected 1 examples, got 2"),
    "a rate of text": (["trace", "mazur", "--learning-rate", "fast"], "--learning-rate: expected a number, got 'fast'"),
    "a negative rate": (["trace", "mazur", "--learning-rate", "-1"], "learning_rate must be positive, got -1.0"),
    "an update without targets": (
        ["trace", "mazur", "--inputs", "1,2", "--learning-rate", "1"], "an update needs targets; give some with --targets"
    ),
    "an unknown optimizer": (["trace", "mazur", "--optimizer", "sdg"], "unknown optimizer 'sdg'; did you mean 'sgd'?"),
    "an unknown order": (["trace", "mazur", "--order", "random"], "unknown update order 'random'"),
    "an unknown loss": (
        ["trace", "mazur", "--loss", "squared_eror"], "unknown loss 'squared_eror'; did you mean 'squared_error'?"
    ),
    "a loss that does not fit": (["trace", "mazur", "--loss", "hinge"], "hinge: targets[0] must be 1 or -1, got 0.01"),
    "steps that are not there": (
        ["trace", "mazur", "--inputs", "1,0", "--phase", "loss"],
        "the trace has no such steps: it goes through given, forward; the later phases need --targets"
    ),
    "too few terms": (["trace", "mazur", "--terms", "1"], "terms must be 3 or more, got 1"),
    "too many decimals to predict": (["predict", "mazur", "--decimals", "99999999999"], "decimals must be a whole number"),
    "no source at all like it": (
        ["trace", "nope"], "error: 'nope' is neither a file nor a built-in example; neurosim list names them\n"
    ),
    "a source much like one": (["trace", "mazzur"], "nor a built-in example; did you mean 'mazur'?"),
    "a form of a mistake without": (
        ["mutate", "mazur", "--mistake", "no-output-slope", "--form", "x"],
        "unknown form of no-output-slope 'x'; there are none\n",
    ),
    "a script with rounding": (
        ["trace", "mazur", "--as", "python", "--places", "4"], "--places does not go with --as python: the script works"
    ),
    "decimals that are no number": (["trace", "mazur", "--decimals", "x"], "expected a whole number or all, got 'x'"),
    "an unknown unit": (["trace", "mazur", "--only", "h1,h9"], "unknown unit 'h9'"),
    "an unknown phase": (["trace", "mazur", "--phase", "forwards"], "unknown phase 'forwards'; did you mean 'forward'?"),
    "negative decimals": (["trace", "mazur", "--decimals", "-1"], "a whole number of 0 or more or all, got"),
    "too many decimals": (
        ["trace", "mazur", "--decimals", "1000"], "decimals must be a whole number from 0 to 100, or \"all\", got 1000"
    ),
    "an unknown format": (["trace", "mazur", "--format", "simpel"], "unknown format 'simpel'; did you mean 'simple'?"),
    "an output in no folder": (["trace", "mazur", "-o", "no/such/folder/t.txt"], "folder/t.txt: there is no such folder"),
    "two dashes for a setting": (["trace", "mazur", "--set=--"], "expected an address and a number"),
    "two dashes for a seed": (["train", "mazur", "--seed=--"], "--seed: expected a whole number, got '--'"),
    "two dashes for seconds": (["train", "mazur", "--save-every=--"], "--save-every: expected seconds, got '--'"),
    "two dashes for sizes": (["train", "mazur", "--layers=--"], "--layers: expected a whole number, got '--'"),
    "two dashes for a unit": (["train", "mazur", "--record=--"], "unknown unit '--'"),
    "two dashes for a file": (["trace", "--", "--"], "'--' is neither a file nor a built-in example"),
    "seconds that are none": (["train", "mazur", "--save-every", "nan"], "expected seconds, 0 or more, got 'nan'"),
    "seconds before now": (["train", "mazur", "--save-every=-5"], "expected seconds, 0 or more, got '-5'"),
    "endless seconds": (["diagnose", "mazur", "--budget", "inf"], "expected seconds, 0 or more, got 'inf'"),
    "a format of a report without a table": (
        ["diagnose", "mazur", "--answer", "E=0.3", "--format", "jsn"], "unknown format 'jsn'; did you mean 'json'?"
    ),
    "an output without a name": (["trace", "mazur", "-o", ""], "expected the path of a file, got '': it is empty"),
    "a network without a name": (["train", "mazur", "--save", ""], "expected the path of a file, got '': it is empty"),
    "layers too large for the memory": (
        ["train", IRIS, "--layers", "9" * 20], "layers: layer 1 has 99999999999999999999 units; 10000 are the most"
    ),
    "layers too large together": (
        ["train", IRIS, "--layers", "2000,2000"],
        "layers: together they have 4014000 connections; 2000000 are the most, so make layers smaller",
    ),
    "list with an unknown word": (["list", "no-such"], "no built-in example has 'no-such' in its name"),
}


@pytest.mark.parametrize("arguments, message", COMMANDS.values(), ids=COMMANDS)
def test_the_command_line_answers_in_one_line(arguments, message, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith("neurosim: error: ") and message in captured.err


ADDRESSES = {
    "z[h9]": "unknown address 'z[h9]'; did you mean 'z[h1]', 'z[h2]' or 'z[o1]'?",
    "Delta[h1]": "unknown address 'Delta[h1]'; did you mean 'delta[h1]'?",
    "z[h1]@2": "unknown address 'z[h1]@2'; did you mean 'z[h1]'?",
    "w[x1->h11]": "unknown address 'w[x1->h11]'; did you mean 'w[x1->h1]', 'w[x2->h1]' or 'w[x1->h2]'?",
    "w[q]": "unknown address 'w[q]'; choose from w[x1->h1], w[x2->h1], w[x1->h2], w[x2->h2], w[h1->o1], w[h2->o1]",
    "detla[h1]": "unknown address 'detla[h1]'; did you mean 'delta[h1]', 'delta[o1]' or 'dE/da[h1]'?",
    "z": "z of what? There is z[h1], z[h2], z[o1]",
    "dE/da@1": "dE/da of what? There is dE/da[o1], dE/da[h1], dE/da[h2]",
    "S": "unknown address 'S'; the quantities are w, b, eta, a, t, z, E, dE/da, f', delta, dE/dw, dE/db, w+, b+",
}


@pytest.mark.parametrize("address, message", ADDRESSES.items())
def test_an_unknown_address_is_answered_with_what_is_near(address, message):
    trace = Network(2, [Layer(2), Layer(1)], seed=1).trace([1, 0], [1], ns.SGD(0.1))
    for ask in (trace.__getitem__, lambda address: trace.replay(values={address: 1}),
                lambda address: trace.diagnose({address: 1})):
        with pytest.raises(UnknownNameError) as caught:
            ask(address)
        assert str(caught.value) == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_the_debugger_and_explain_say_the_same():
    net = Network(2, [Layer(2), Layer(1)], seed=1)
    for address in ("z[h9]", "z"):
        with pytest.raises(UnknownNameError) as caught:
            net.trace([1, 0], [1]).explain(address)
        assert str(caught.value) == ADDRESSES[address]
    with redirect_stdout(io.StringIO()), pytest.raises(InputError) as caught:
        net.debug([1, 0], [1], commands=["print z[h9]"])
    assert str(caught.value) == f"command 1, 'print z[h9]': {ADDRESSES['z[h9]']}"


@pytest.mark.parametrize(
    "text, message",
    [
        ("h3", "unknown unit or quantity 'h3'; choose from x1, x2, h1, h2, o1, w, b, a, "),
        ("detla", "unknown unit or quantity 'detla'; did you mean 'delta'?"),
    ],
)
def test_what_explain_takes_for_a_unit(text, message):
    with pytest.raises(UnknownNameError) as caught:
        Network(2, [Layer(2), Layer(1)], seed=1).trace([1, 0], [1]).explain(text)
    assert str(caught.value).startswith(message)


def test_a_long_choice_is_not_listed_whole():
    with pytest.raises(UnknownNameError) as caught:
        ns.built_in("mazur").trace().mutate("nope")
    choice = "there are [0-9]+, such as '[-a-z]+', '[-a-z]+', '[-a-z]+'"
    assert re.fullmatch(f"unknown mistake 'nope'; {choice}", str(caught.value))


def test_there_are_at_least_sixty_kinds():
    assert len(API) + len(CALLS) + len(ORDER) + len(FILES) + len(COMMANDS) >= 60


def test_fractions_and_integers_are_welcome():
    assert Network(2, [Layer(1, "linear", weights=[[1, 1]])]).forward([Fraction(1, 2), True]) == [Fraction(3, 2)]
    assert ns.SGD(Fraction(1, 2)).learning_rate == Fraction(1, 2)


def test_nothing_can_be_learnt_from_a_pass_that_failed_halfway():
    class Once(Linear):
        """Fails at the fifth of its calls, as does one whose arithmetic overflows."""

        calls = 0

        def __call__(self, net_input):
            self.calls += 1
            if self.calls == 5:
                raise OverflowError("too large")
            return net_input

    net = Network(1, [Layer(1, Once(), weights=[[1.0]]), Layer(2, "linear", weights=[[1.0], [1.0]])])
    net.layers[1].activation = net.layers[0].activation
    net.forward([1.0])
    with pytest.raises(InputError, match="the arithmetic failed with OverflowError"):
        net.forward([2.0])
    with pytest.raises(InputError, match="backward needs a forward pass first"):
        net.backward([0.0, 0.0])


def test_nothing_can_be_learnt_from_a_pass_whose_loss_is_infinite():
    net = Network(1, [Layer(1, "linear", weights=[[1e160]], bias=False)])
    net.forward([1.0])
    with pytest.raises(NonFiniteError, match="^E is not finite: inf"):
        net.backward([0.0])
    with pytest.raises(InputError, match="update needs a backward pass first"):
        net.update(SGD(0.1))
    assert net["o1"].weights == [1e160]


def test_a_mean_loss_that_overflows_is_refused_though_no_loss_does():
    net = Network(1, [Layer(1, "linear", weights=[[0.0]], bias=False)])
    with pytest.raises(NonFiniteError, match="^(E|loss) is not finite: inf"):
        net.fit([[0.0]] * 4, [[1e154]] * 4)


def test_the_weights_and_biases_of_a_layer_cannot_become_none():
    net = Network(1, [Layer(1)])
    for name in ("weights", "biases"):
        with pytest.raises(InputError, match=f"{name}: expected a list of .*, got None"):
            setattr(net.layers[0], name, None)
