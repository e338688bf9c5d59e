"""The assertion for tests of your own code: right implementations pass, wrong ones fail with the right diagnosis."""

import math
import re

import pytest
from documents import GUIDE

from neurosim import SGD, InputError, Layer, Network
from neurosim.testing import assert_backprop_matches

EXAMPLES = [([0.5, -1.0], [0.0, 1.0]), ([1.0, 0.25], [1.0, 0.0])]
CHAPTER = GUIDE["testing"].read_text(encoding="utf-8")
ETA = 0.5


def net(hidden=2, **settings):
    hidden = Layer(hidden, "sigmoid", bias_initializer="uniform", **settings)
    return Network(2, [hidden, Layer(2, "sigmoid", bias_initializer="uniform")], seed=4)


# A backpropagation through sigmoids and half the squared error, with a switch for each mistake


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def turned(rows):
    return [list(column) for column in zip(*rows)]


def backprop(weights, biases, inputs, targets, mistake=None):
    """(outputs, deltas, weight gradients, bias gradients), each by layer."""
    outputs = [inputs]
    for matrix, row in zip(weights, biases):
        row = [0.0] * len(matrix) if row is None or mistake == "no bias" else row
        outputs.append([sigmoid(sum(w * a for w, a in zip(ws, outputs[-1])) + b) for ws, b in zip(matrix, row)])
    slopes = [[a * (1 - a) for a in layer] for layer in outputs]
    errors = [a - t for a, t in zip(outputs[-1], targets)]
    deltas = [[e if mistake == "no slope" else e * s for e, s in zip(errors, slopes[-1])]]
    for number in range(len(weights) - 1, 0, -1):
        matrix = weights[number]
        if mistake == "already updated":
            matrix = [[w - ETA * d * a for w, a in zip(ws, outputs[number])] for ws, d in zip(matrix, deltas[0])]
        if mistake != "not transposed":
            matrix = turned(matrix)
        back = [sum(w * d for w, d in zip(ws, deltas[0])) for ws in matrix]
        deltas.insert(0, [e if mistake == "no hidden slope" else e * s for e, s in zip(back, slopes[number])])
    gradients = [[[d * a for a in before] for d in layer] for layer, before in zip(deltas, outputs)]
    if mistake == "transposed gradients":
        gradients = [turned(matrix) for matrix in gradients]
    if mistake == "bias sign":
        return outputs, deltas, gradients, [[-d for d in layer] for layer in deltas]
    return outputs, deltas, gradients, [list(layer) for layer in deltas]


def mine(*arguments, mistake=None):
    _, deltas, weights, biases = backprop(*arguments, mistake=mistake)
    found = {}
    for number, (delta, matrix, row) in enumerate(zip(deltas, weights, biases), 1):
        found.update({f"delta{number}": delta, f"dW{number}": matrix, f"db{number}": row})
    return found


def message_of(function, network=None, examples=EXAMPLES, **settings):
    with pytest.raises(AssertionError) as caught:
        assert_backprop_matches(function, network or net(), examples, **settings)
    return str(caught.value)


# Right implementations


@pytest.mark.parametrize("hidden", [1, 2, 3])
def test_a_right_one_passes_in_whatever_form_it_answers(hidden):
    def pair(*arguments):
        return backprop(*arguments)[2:]

    def nielsen(*arguments):
        *_, weights, biases = backprop(*arguments)
        return [[[b] for b in row] for row in biases], weights

    def turned_where_it_shows(*arguments):
        *_, weights, biases = backprop(*arguments)
        return [turned(matrix) if len(matrix) != len(matrix[0]) else matrix for matrix in weights], biases

    def one_number(*arguments):
        return {"dE/dw[x2->h1]": backprop(*arguments)[2][0][0][1]}

    for function in (mine, pair, nielsen, turned_where_it_shows, one_number):
        assert_backprop_matches(function, net(hidden), EXAMPLES)


def test_a_pair_that_fits_in_either_order_is_read_in_both():
    network = Network(1, [Layer(1, weights=[[0.5]], biases=[0.25]), Layer(1, weights=[[-1.0]], biases=[0.5])])

    def nielsen(*arguments):
        *_, weights, biases = backprop(*arguments)
        return [[[b] for b in row] for row in biases], weights

    assert_backprop_matches(nielsen, network, [([2.0], [1.0])])
    assert_backprop_matches(lambda *arguments: nielsen(*arguments)[::-1], network, [([2.0], [1.0])])


def test_a_square_matrix_is_known_to_be_transposed_by_the_weights_beside_it():
    def columns(weights, *others):
        found = mine(weights, *others)
        for number in (1, 2):
            found[f"W{number}"], found[f"dW{number}"] = turned(weights[number - 1]), turned(found[f"dW{number}"])
        return found

    assert_backprop_matches(columns, net(), EXAMPLES)


@pytest.mark.parametrize("settings", [{"trainable_bias": False}, {"bias": False}], ids=str)
def test_bias_gradients_that_do_not_exist_are_left_out(settings):
    if "bias" in settings:
        network = Network(2, [Layer(3, "sigmoid", bias=False), Layer(2, "sigmoid")], seed=4)
    else:
        network = net(3, **settings)
    seen = []

    def pair(weights, biases, *others):
        seen.append(biases[0])
        *_, gradients, rows = backprop(weights, biases, *others)
        return gradients, [None, rows[1]]

    assert_backprop_matches(pair, network, EXAMPLES)
    assert_backprop_matches(mine, network, EXAMPLES)
    assert all((row is None) == ("bias" in settings) for row in seen)
    assert "only gradients of biases that are not trained" in message_of(lambda *_: {"db1": [1, 2, 3]}, network)


def test_the_function_may_change_its_lists():
    def greedy(weights, biases, inputs, targets):
        found = mine(weights, biases, inputs, targets)
        for matrix in weights:
            for row in matrix:
                row[:] = [0.0] * len(row)
        weights[0], biases[0][0] = [], 7.0
        inputs.clear()
        targets.clear()
        return found

    network, examples = net(), [(list(inputs), list(targets)) for inputs, targets in EXAMPLES]
    before = [list(neuron.weights) + [neuron.bias] for layer in network.layers for neuron in layer.neurons]
    assert_backprop_matches(greedy, network, examples)
    assert examples == EXAMPLES
    assert before == [list(neuron.weights) + [neuron.bias] for layer in network.layers for neuron in layer.neurons]


def test_updates_are_compared_too():
    def learns(weights, *others):
        found = mine(weights, *others)
        found["W2+"] = [[w - ETA * g for w, g in zip(*rows)] for rows in zip(weights[1], found["dW2"])]
        return found

    assert_backprop_matches(learns, net(), EXAMPLES, SGD(ETA))
    assert "the first w+[h1->o1]" in message_of(learns, optimizer=SGD(2 * ETA))


# Wrong ones


@pytest.mark.parametrize(
    "mistake, name",
    [
        ("no bias", "[no-bias]"), ("no slope", "[no-output-slope]"), ("no hidden slope", "[no-hidden-slope]"),
        ("already updated", "[weights-already-updated]"), ("not transposed", "[backward-not-transposed]"),
        ("transposed gradients", "[gradient-transposed]"), ("bias sign", "[bias-gradient]"),
    ],
)
def test_a_wrong_one_fails_with_its_diagnosis(mistake, name):
    message = message_of(lambda *arguments: mine(*arguments, mistake=mistake), optimizer=SGD(ETA))
    assert message.startswith("example 1 of 2:\n") and " wrong, the first " in message and name in message


def test_gradients_alone_are_enough():
    message = message_of(lambda *arguments: backprop(*arguments, mistake="no hidden slope")[2:])
    assert "[no-hidden-slope]" in message and "the first dE/dw[x1->h1]" in message


def test_the_first_example_that_fails_is_named():
    def positive_only(weights, biases, inputs, targets):
        return mine(weights, biases, [abs(x) for x in inputs], targets)

    assert message_of(positive_only, examples=EXAMPLES[::-1]).startswith("example 2 of 2:\n")


def test_a_number_that_is_a_little_off_fails_unless_the_tolerance_allows_it():
    def a_little_off(*arguments):
        return {name: [d * 1.000001 for d in row] for name, row in mine(*arguments).items() if name[:5] == "delta"}

    assert "wrong, the first delta[o1]" in message_of(a_little_off)
    assert_backprop_matches(a_little_off, net(), EXAMPLES, tolerance=1e-5)


def test_few_digits_are_no_excuse():
    """What is right as it is typed, 0 for 0.02, is wrong in a program."""
    assert "wrong, the first delta[h1]" in message_of(lambda *_: {"delta1": [0, 0.0]})


def test_a_convention_fails_and_is_told_as_one():
    def negated(*arguments):
        return {name: [-d for d in row] for name, row in mine(*arguments).items() if name[:5] == "delta"}

    message = message_of(negated)
    first, second = message.splitlines()[:2]
    assert first == "example 1 of 2: another convention than the network's, which conventions=True allows:"
    assert second.startswith("right: ")
    assert "a convention, no mistake: errors as t - a" in message
    assert_backprop_matches(negated, net(), EXAMPLES, conventions=True)


# What is no answer


@pytest.mark.parametrize(
    "returned, message",
    [
        (None, 'or a pair of weight gradients [2 x 2, 2 x 2] and bias gradients [2, 2], got None'),
        (0.5, ", got 0.5"), ([], ", got []"), ("dW", ", got 'dW'"), ([[1, 2], [3, 4]], ", got 2 x 2"),
        (([[[1, 2, 3]] * 2] * 2, [[1, 2]] * 2), ", got [[2 x 3, 2 x 3], 2 x 2]"),
        (([[[1, 2], [3]]] * 2, [[1, 2]] * 2), ", got [[[2, 1], [2, 1]], 2 x 2]"),
        (([[[1, 2]] * 2] * 2, None), ", got [[2 x 2, 2 x 2], None]"),
        (([[["x", 2]] * 2] * 2, [[1, 2]] * 2), "dE/dw[x1->h1]: expected a number, got 'x'"),
        ({}, "none were given"), ({"dW1": [[1, 2, 3]]}, "dW1: expected 2 rows of 2 numbers, got 1 of 3"),
        ({"dW1": None}, "dW1: expected numbers, got None"),
        ({"delta1": [1.0, None]}, "delta1: expected numbers, got [1.0, None]"),
        ({"dW9": [[1]]}, "dW9: there is no such list"),
        ({"delta1": [math.nan, 1.0]}, "delta[h1]: expected a number, got nan"),
        ({"nabla_w": [1]}, "unknown address 'nabla_w'"), ({1: 2}, "unknown address '1'"),
    ],
)
def test_what_is_no_gradient_is_told_in_one_line(returned, message):
    def odd(*_):
        return returned

    told = message_of(odd)
    assert told.startswith("example 1 of 2, what odd returned: ") and message in told and "\n" not in told


def test_what_the_function_raises_comes_through():
    with pytest.raises(ZeroDivisionError):
        assert_backprop_matches(lambda *_: 1 / 0, net(), EXAMPLES)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((None, net(), EXAMPLES), "my_function: expected a function, got None"),
        ((mine, None, EXAMPLES), "network: expected a Network, got None"),
        ((mine, net(), []), "examples: expected pairs of inputs and targets, got []"),
        ((mine, net(), 3), "examples: expected pairs of inputs and targets, got 3"),
        ((mine, net(), ([1, 2], [0, 1])), "example 1: expected a list of inputs and one of targets, got [1, 2]"),
        ((mine, net(), [([1], [0, 1])]), "example 1 of 1: inputs: expected 2 numbers, got 1"),
        ((mine, net(), EXAMPLES, None, -1), "tolerance must be at least 0 and below 1, got -1"),
    ],
)
def test_what_cannot_be_tested_is_refused(arguments, message):
    with pytest.raises(InputError, match=re.escape(message)):
        assert_backprop_matches(*arguments)


# Arrays


class Array:
    """What arrays have in common, those of a single number too."""

    def __init__(self, values):
        self.values = values

    def tolist(self):
        return self.values


def test_arrays_are_taken_wherever_they_are():
    def in_lists(*arguments):
        found = mine(*arguments)
        return {**found, "dW1": [Array(row) for row in found["dW1"]], "delta1": [Array(d) for d in found["delta1"]]}

    def in_arrays(*arguments):
        *_, weights, biases = backprop(*arguments)
        return Array([Array([Array(matrix) for matrix in weights]), [Array(row) for row in biases]])

    for function in (in_lists, in_arrays):
        assert_backprop_matches(function, net(), Array([Array([Array(x), t]) for x, t in EXAMPLES]).tolist())


def test_the_page_of_the_readme_with_numpy():
    pytest.importorskip("numpy", reason="NumPy is not installed")
    code = re.search(r"```py\n(.*?)```", CHAPTER, re.S)[1]
    names = {}
    exec(code, names)
    names["test_my_backprop"]()
    wrong = {}
    exec(code.replace("W2.T @", "W2.T**2 @").replace("* a2 * (1 - a2)", ""), wrong)
    with pytest.raises(AssertionError, match="wrong, the first delta"):
        wrong["test_my_backprop"]()


def test_numpy_arrays_in_every_place():
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed")

    def floats_of_32_bits(*arguments):
        *_, weights, biases = backprop(*arguments)
        return [[numpy.float32(b) for b in row] for row in biases], [numpy.array(matrix, "f") for matrix in weights]

    examples = [(numpy.array(inputs), numpy.array(targets)) for inputs, targets in EXAMPLES]
    assert_backprop_matches(floats_of_32_bits, net(3), examples, tolerance=1e-4)
    assert "numbers of 17 wrong" in message_of(floats_of_32_bits, net(3))
