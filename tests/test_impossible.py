"""Numbers that no network could give are called so, and right ones never are."""

import json
import random
from math import exp

import pytest
from random_networks import random_network

import neurosim as ns
from neurosim import ACTIVATIONS, Layer, Network
from neurosim.diagnosis.impossible import impossible


def one_unit(activation, net_input, loss="half_squared_error"):
    """A network whose only unit has this net input for the input 1."""
    return Network(1, [Layer(1, activation, weights=[[net_input]], bias=False)], loss=loss)


@pytest.mark.parametrize("activation, net_input, wrong, why", [
    ("bipolar_sigmoid", 4, "1.963", "outside -1 to 1; 1 too large"),  # 2 / (1 + e^-4) - 1 = 0.9640
    ("bipolar_sigmoid", 4, "-1.964", "outside -1 to 1"),
    ("sigmoid", 0.8, "1.2", "outside 0 to 1"),  # 0.68997
    ("sigmoid", 0.8, "1.7", "outside 0 to 1; 1 too large"),
    ("sigmoid", 0.8, "1.6", "outside 0 to 1"),
    ("sigmoid", 0.8, "2", "outside 0 to 1"),  # too short to tell by how much
    ("sigmoid", 0.8, "120%", "outside 0 to 1"),
    ("sigmoid", 0.8, "-0.310", "outside 0 to 1; 1 too small"),
    ("sigmoid", 0.8, "2.690", "outside 0 to 1; 2 too large"),
    ("tanh", 1, "1.3", "outside -1 to 1"),
    ("relu", 0.5, "-0.1", "below 0"),
    ("arctan", 1, "1.70", "outside -1.5708 to 1.5708"),
    ("softplus", 1, "-0.2", "below 0"),
])
def test_an_output_outside_what_its_activation_gives(activation, net_input, wrong, why):
    diagnosis = one_unit(activation, net_input).diagnose([1], None, {"a[o1]": wrong})
    assert diagnosis.wrong == ["a[o1]"] and diagnosis.impossible == {"a[o1]": why}
    text = diagnosis.numbers["a[o1]"].yours.text
    assert f"a[o1] = {text}: {why}" in str(diagnosis)
    assert json.loads(diagnosis.text("json"))["impossible"] == {"a[o1]": why}


@pytest.mark.parametrize("activation, wrong", [
    ("sigmoid", "0.99"), ("leaky_relu", "-5.0"), ("linear", "7.5"), ("tanh", "-1.00"),
])
def test_an_output_that_may_be_is_not_called_so(activation, wrong):
    assert one_unit(activation, 0.3).diagnose([1], None, {"a[o1]": wrong}).impossible == {}


def test_a_rounded_1_is_not_above_1():
    diagnosis = one_unit("sigmoid", 7).diagnose([1], None, {"a[o1]": "1.00"})  # 0.99909
    assert diagnosis.status == "right" and diagnosis.impossible == {}


@pytest.mark.parametrize("loss, wrong", [("binary_crossentropy", "-0.9163"), ("half_squared_error", "-0.1800")])
def test_a_loss_is_never_negative(loss, wrong):
    """a = 0.6 for the target 0: -log(0.4) = 0.9163, and 0.6^2 / 2 = 0.18."""
    network = one_unit("sigmoid", 0.4054651, loss)
    why = "a loss is never negative: the sign, or brackets"
    diagnosis = network.diagnose([1], [0], {"a[o1]": "0.6", "E": wrong})
    assert diagnosis.impossible == {"E": why} and f"E = {wrong}: {why}" in str(diagnosis)
    assert network.diagnose([1], [0], {"a[o1]": "0.6", "E": "0.0163"}).impossible == {}


def test_a_loss_that_may_be_negative_is_not_called_so():
    """Poisson's a - t log(a) of a = 2, t = 3 is 2 - 3 log(2) = -0.0794; -t log(a) is negative where a is above 1."""
    for loss in ("poisson", "categorical_crossentropy"):
        assert one_unit("relu", 2, loss).diagnose([1], [1], {"a[o1]": "2.000", "E": "-0.5000"}).impossible == {}
    shares = one_unit("sigmoid", 2, "categorical_crossentropy").diagnose([1], [1], {"a[o1]": "0.8808", "E": "-0.5000"})
    assert list(shares.impossible) == ["E"]


def test_outputs_of_a_softmax_sum_to_1():
    network = Network(1, [Layer(3, "softmax", weights=[[0], [1], [2]], bias=False)])
    total = 1 + exp(1) + exp(2)
    right = {f"a[o{unit}]": f"{exp(unit - 1) / total:.4f}" for unit in (1, 2, 3)}  # 0.0900, 0.2447, 0.6652
    assert network.diagnose([1], None, right).impossible == {}
    wrong = {**right, "a[o2]": "0.3447"}
    assert network.diagnose([1], None, wrong).impossible == {"a[o2]": "the outputs of a softmax sum to 1, these to 1.0999"}
    assert network.diagnose([1], None, {**wrong, "a[o3]": "?"}).impossible == {}  # not all of them are there
    short = {**right, "a[o1]": "0.1", "a[o2]": "0.2747"}
    assert network.diagnose([1], None, short).impossible == {}  # to 1.0399, of which 0.05 are those of the short 0.1
    assert network.diagnose([1], None, {**right, "a[o2]": "1.2447"}).impossible == {"a[o2]": "outside 0 to 1; 1 too large"}
    others = {"a[o1]": "0.2447", "a[o2]": "0.0900", "a[o3]": "0.6652"}
    assert network.diagnose([1], None, others).impossible == {}  # wrong, and the sum is 1


def test_impossible_numbers_change_no_verdict():
    """What is right by a person's own impossible number stays right: 2*1.5 is z[o1]."""
    network = Network(1, [Layer(1, "sigmoid", weights=[[1]], bias=False), Layer(1, "linear", weights=[[2]], bias=False)])
    diagnosis = network.diagnose([1], None, {"z[h1]": "1.000", "a[h1]": "1.500", "z[o1]": "3.000", "a[o1]": "3.000"})
    assert diagnosis.status == "slip" and diagnosis.wrong == ["a[h1]"] and list(diagnosis.impossible) == ["a[h1]"]


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name not in ("step", "sign")])
def test_right_numbers_are_never_impossible(activation):
    """Whatever their verdict: here all of them are said to be wrong."""
    for seed in range(25):
        draw = random.Random(seed)
        network, inputs, targets = random_network(seed, activation, "half_squared_error")
        for decimals in (1, 2, 4, 9):
            trace = network.trace([10 ** draw.randint(-1, 2) * number for number in inputs], targets)
            right = trace.diagnose({step.address: f"{step.value:.{decimals}f}" for step in trace if step.operands})
            assert right.impossible == {}
            numbers = {address: number._replace(verdict="wrong") for address, number in right.numbers.items()}
            assert impossible(trace, numbers) == {}


def test_right_losses_are_never_impossible():
    for seed in range(150):
        network, inputs, targets = random_network(seed)
        trace = network.trace(inputs, targets)
        numbers = trace.diagnose({step.address: f"{step.value:.3f}" for step in trace if step.phase == "loss"}).numbers
        assert impossible(trace, {address: one._replace(verdict="wrong") for address, one in numbers.items()}) == {}


def test_impossible_numbers_of_the_command(run, tmp_path):
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("a[h1],1.5933\nz[h1],0.3775\na[h2],0.5969\n")  # 0.5933 on the page
    assert "a[h1] = 1.5933: outside 0 to 1; 1 too large" in run("diagnose", "mazur", str(numbers))[1]
    assert ns.built_in("mazur").trace().diagnose({"a[h1]": "0.5933"}).impossible == {}
