"""Printed pages whose numbers are not those of backpropagation, and what a diagnosis says of each.

The answers are the numbers of the page, with its digits; what follows from them is worked out in the comments.
"""

import pytest

import neurosim as ns
from neurosim import SGD, InputError, Layer, Network


def two_layers(first, second, biases=None, hidden="sigmoid", output="sigmoid", loss="half_squared_error"):
    first_biases, second_biases = biases or (None, None)
    return Network(2, [
        Layer(len(first), hidden, weights=first, biases=first_biases, bias=biases is not None),
        Layer(len(second), output, weights=second, biases=second_biases, bias=biases is not None),
    ], loss=loss)


def page(addresses, texts):
    """{address: text} from two texts with words side by side."""
    assert len(addresses.split()) == len(texts.split())
    return dict(zip(addresses.split(), texts.split()))


# S. Lynch, Dynamical Systems with Applications using Python, chapter 17, Program_17c.py: the target is 0, and with
# w -= eta (t - y) y (1 - y) h the weights of the output grow: 0.15 + 0.1 * 0.0588271580 * 0.3658644090 = 0.1521522763

LYNCH = page("a[o1] w+[h1->o1] w+[h2->o1]", "0.28729994077761756 0.1521522763401024 0.10215227634010242")


@pytest.fixture(scope="module")
def lynch():
    network = two_layers([[0.2, 0.25], [0.15, 0.3]], [[0.15, 0.1]], ([-1, -1], [-1]))
    return network.trace([1, 1], [0], SGD(0.1))


def test_lynch_goes_uphill_by_a_sign(lynch):
    diagnosis = lynch.diagnose(LYNCH)
    assert diagnosis.status == "mistake" and diagnosis.wrong == ["w+[h1->o1]", "w+[h2->o1]"]
    assert diagnosis.mistakes == [("delta-sign", "added-update")] and diagnosis.conventions == []
    assert "Give delta[o1] as well" in str(diagnosis)


def test_lynch_with_the_delta_of_the_program_is_one_mistake(lynch):
    """(t - y) y (1 - y) = -0.2873 * 0.2873 * 0.7127, which the program computes and does not print."""
    diagnosis = lynch.diagnose({"delta[o1]": "-0.05882715801", **LYNCH})
    assert diagnosis.mistakes == [("delta-sign",)] and diagnosis.wrong == ["delta[o1]"]


# Steven Miller, Mind: How to Build a Neural Network (Part One), 2015, the version before its correction: changes of
# weights are the delta divided by the outputs, and hidden deltas the delta divided by the weights, times f'. On top
# of that z[o1] is 1.235 from outputs of two places (exactly 1.2332), the error 0.7747 became 0.77, and 0.1344 was
# divided by 0.69997 for 0.68997.

MILLER = page(
    "a[h1] a[h2] a[h3] z[o1] a[o1] delta[o1] dE/dw[h1->o1] dE/dw[h2->o1] dE/dw[h3->o1]"
    " w+[h1->o1] w+[h2->o1] w+[h3->o1] delta[h1] delta[h2] delta[h3]"
    " w+[x1->h1] w+[x1->h2] w+[x1->h3] w+[x2->h1] w+[x2->h2] w+[x2->h3]",
    "0.73105857863 0.78583498304 0.68997448112 1.235 0.7746924929149283 -0.13439890643886018 -0.1838 -0.1710 -0.1920"
    " 0.1162 0.329 0.708 -0.088 -0.0452 -0.0319 0.712 0.3548 0.2681 0.112 0.8548 0.4681",
)


@pytest.fixture(scope="module")
def miller():
    network = two_layers([[0.8, 0.2], [0.4, 0.9], [0.3, 0.5]], [[0.3, 0.5, 0.9]])
    return network.trace([1, 1], [0], SGD(1))


def test_miller_with_slips_in_the_arithmetic_is_not_guessed_at(miller):
    diagnosis = miller.diagnose(MILLER)
    assert diagnosis.status == "unexplained" and diagnosis.wrong[0] == "z[o1]"
    assert diagnosis.mistakes == [] and diagnosis.conventions == ["errors as t - a, with updates that are added"]
    assert "the first z[o1]: 1.235, which should be 1.2332" in str(diagnosis)
    assert "No known mistake gives these numbers" in str(diagnosis)


def test_miller_without_the_slips_divides_where_it_should_multiply():
    """-0.1343989 / 0.6899745 = -0.1948 and 0.9 - 0.1948 = 0.705; a bias makes 1.235 of the sum 1.233212098.

    The delta is -0.77 * 0.1745444658, from an error that was rounded on the way.
    """
    output = Layer(1, weights=[[0.3, 0.5, 0.9]], biases=[0.001787902], trainable_bias=False)
    hidden = Layer(3, weights=[[0.8, 0.2], [0.4, 0.9], [0.3, 0.5]], bias=False)
    network = Network(2, [hidden, output], "half_squared_error")
    trace = network.trace([1, 1], [0], SGD(1))
    diagnosis = trace.diagnose({**MILLER, "a[o1]": "0.7746924929", "dE/da[o1]": "-0.77", "delta[o1]": "-0.1343989",
                                "dE/dw[h3->o1]": "-0.1948", "w+[h3->o1]": "0.705"})
    assert diagnosis.status == "mistake" and diagnosis.conventions == ["errors as t - a, with updates that are added"]
    assert {names[0] for names in diagnosis.mistakes} == {"divided-by-weight", "divided-by-input"}


# Chapter 5 of a book on control, Neural Networks for Control, page 184, figure 5.9: y = 0.0197 and dy = -0.0170 for
# the target 0.9. By the page's own numbers its hidden deltas are -5.1e-6 and .9526 * .0474 * -.0170 * -2 = 1.535e-3.

CONTROL = page(
    "z[h1] z[h2] a[h1] a[h2] z[o1] a[o1] delta[o1] delta[h1] delta[h2]",
    "8 3 0.9997 0.9526 -3.9055 0.0197 -0.0170 -5.098e-6 8.056e-4",
)


def test_control_book_misprints_one_hidden_delta():
    """.9997 * .0003 * -.0170 = -5.098e-6 follows from the rounded output, and so is right; 8.056e-4 does not."""
    trace = two_layers([[-1, 2], [2, 0]], [[1, -2]], ([3, 1], [-3])).trace([1, 3], [0.9])
    diagnosis = trace.diagnose(CONTROL)
    assert diagnosis.status == "slip" and diagnosis.slips == ["delta[h2]"] and diagnosis.mistakes == []
    assert "only delta[h2] is off: 8.056e-4, which should be 0.001535" in str(diagnosis).replace("0.00153472", "0.001535")
    assert trace.diagnose({**CONTROL, "delta[h2]": "1.535e-3"}).status == "right"


# Union College, the mathematics of chaos, exercise 44 of chapter 9, math.union.edu/research/chaos/Ch9_44Sol.html:
# units with a threshold at 0, errors t - a sent back through the weights without a derivative, w += e a

UNION = page(
    "z[h1] z[h2] z[o1] a[o1] delta[o1] delta[h1] delta[h2] w+[h1->o1] w+[h2->o1]"
    " w+[x1->h1] w+[x2->h1] w+[x1->h2] w+[x2->h2]",
    "3.7 0.7 -0.2 0 1 -1.6 1.4 -0.6 2.4 0.9 -0.4 0 3.5",
)
UNION_WEIGHTS = [[2.5, 1.2], [-1.4, 2.1]], [[-1.6, 1.4]]


class Through(ns.Activation):
    """A threshold whose errors go straight through."""

    formula = "1 if z > 0 else 0"
    derivative_formula = "1"

    def __call__(self, net_input):
        return 1.0 if net_input > 0 else 0.0

    def derivative(self, net_input, output):
        return 1.0


@pytest.mark.parametrize("output, loss", [(Through(), "half_squared_error"), ("step", "perceptron")])
def test_union_is_right_where_errors_go_straight_through(output, loss):
    trace = two_layers(*UNION_WEIGHTS, hidden=Through(), output=output, loss=loss).trace([1, 1], [1], SGD(1))
    diagnosis = trace.diagnose(UNION)
    assert diagnosis.status == "convention" and diagnosis.wrong == []
    assert diagnosis.conventions == ["errors as t - a, with updates that are added"]


@pytest.mark.parametrize("loss", ["perceptron", "half_squared_error"])
def test_union_is_right_with_steps_of_the_slope_1(loss):
    """The steps have no useful derivative, so that the network cannot be trained; it is judged as the page works it."""
    network = two_layers(*UNION_WEIGHTS, hidden="step", output="step", loss=loss)
    with pytest.raises(InputError, match="h1: step has no useful derivative"):
        network.trace([1, 1], [1], SGD(1))
    diagnosis = network.diagnose([1, 1], [1], UNION, SGD(1))
    assert diagnosis.status == "convention" and diagnosis.wrong == []
    note = "f' of step units is taken as 1, as textbooks do: they have no useful derivative"
    assert diagnosis.answers.notes == [note] and note in str(diagnosis)
