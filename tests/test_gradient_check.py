"""check_gradients takes right gradients, finds wrong ones, names a wrong derivative, and knows kinks."""

import json
import math
from decimal import Decimal
from fractions import Fraction

import pytest
from random_networks import PAIRS, random_network

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.core.batch import Batch
from neurosim.core.neuron import Neuron
from neurosim.gradients.methods import METHODS as METHODS_BY_NAME

METHODS = list(METHODS_BY_NAME)
WITH_A_SLOPE = [pair for pair in PAIRS if pair[1] != "perceptron"]
EXAMPLES = [[0.3, 0.5], [0.1, -0.7], [-0.4, 0.2]], [[1], [0], [1]]


def small(hidden="tanh", loss="half_squared_error", output="sigmoid", **settings):
    return Network(2, [Layer(2, hidden), Layer(1, output, **settings)], loss=loss, seed=1)


# What is right agrees


@pytest.mark.parametrize("number, pair", list(enumerate(WITH_A_SLOPE)), ids=["-".join(pair) for pair in WITH_A_SLOPE])
def test_dual_numbers_and_backprop_agree_for_random_networks(number, pair, seeds):
    """Of depth 1 to 5, every activation inside; 2,500 of them with --long. The tolerance is 1e-12; rounding takes 1e-15."""
    for seed in seeds[:: 2 if len(seeds) > 4 else 4]:
        net, inputs, targets = random_network(1000 * seed + number, *pair, deepest=5)
        check = net.check_gradients(inputs, targets)
        assert check and not check.with_verdict("kink"), f"{seed}\n{check}"
        assert max(row.error for row in check.rows) < 1e-14


@pytest.mark.parametrize("method", ["central", "decimal"])
def test_the_other_methods_agree_too(method, seeds):
    for number, pair in enumerate(WITH_A_SLOPE[:: 30 // len(seeds) + 1]):
        net, inputs, targets = random_network(number, *pair, deepest=3)
        assert net.check_gradients(inputs, targets, method), pair


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("output, loss", [("sigmoid", "binary_crossentropy"), ("linear", "half_squared_error")])
def test_several_examples_are_reduced_as_in_a_batch(method, reduction, output, loss):
    net = small("tanh", loss, output)
    check = net.check_gradients(*EXAMPLES, method, reduction)
    assert check and len(check.rows) == 9
    batch = Batch(net, reduction)
    for inputs, targets in zip(*EXAMPLES):
        net.forward(inputs)
        net.backward(targets)
        batch.collect()
    batch.reduce()
    assert check["dE/dw[x2->h1]"].backprop == net["h1"].weight_gradients[1]
    assert check["dE/db[o1]"].backprop == net["o1"].bias_gradient


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_other_kinds_of_numbers_are_checked_in_kind(kind):
    net, inputs, targets = random_network(7, "leaky_relu", "half_squared_error", kind=kind, deepest=1)
    for method in METHODS if kind is Fraction else ("dual", "decimal"):
        assert net.check_gradients(inputs, targets, method)
    row = net.check_gradients(inputs, targets).rows[0]
    assert isinstance(row.independent, kind)
    if kind is Fraction:
        assert row.error == 0


def test_the_network_stays_as_it_was():
    net = small()
    before = [(list(neuron.weights), neuron.bias, neuron.output) for layer in net.layers for neuron in layer.neurons]
    net.check_gradients(*EXAMPLES)
    after = [(neuron.weights, neuron.bias, neuron.output) for layer in net.layers for neuron in layer.neurons]
    assert after == before


def test_biases_that_are_frozen_or_missing_are_left_out():
    net = Network(2, [Layer(1, trainable_bias=False, biases=[0.5]), Layer(1, bias=False), Layer(1)], seed=1)
    addresses = {row.address for row in net.check_gradients([1, 2], [1]).rows}
    assert addresses == {"dE/dw[x1->h1.1]", "dE/dw[x2->h1.1]", "dE/dw[h1.1->h2.1]", "dE/dw[h2.1->o1]", "dE/db[o1]"}


# What relative means


def test_the_error_is_relative_to_the_terms_of_which_a_gradient_is_a_difference():
    """dE/dw = 1 + 1e-9 - 1: of floats near 1, whose last digit is 2e-16, so that seven digits are right."""
    net = Network(1, [
        Layer(1, "linear", weights=[[1.0]], bias=False),
        Layer(2, "linear", weights=[[1.000000001], [1.0]], bias=False),
        Layer(1, "linear", weights=[[1.0, -1.0]], bias=False),
    ], loss="hinge")
    row = net.check_gradients([0.1], [-1])["dE/dw[x1->h1.1]"]
    assert abs(row.backprop - 1e-10) > 1e-18 and row.error < 1e-15


def test_a_vanishing_gradient_is_relative_to_itself():
    """A mistake of one part in 10^9 in a gradient of 1e-30 is still found: nothing has cancelled."""
    net = Network(1, [Layer(1, "linear", weights=[[1e-15]]), Layer(1, "linear", weights=[[1e-15]])])
    assert net.check_gradients([1.0], [1])["dE/dw[x1->h1]"].backprop == pytest.approx(-1e-15)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Neuron, "receive_from_next_layer", lambda neuron, weights, deltas: setattr(
            neuron, "output_gradient", (1 + 1e-9) * sum(w * d for w, d in zip(weights, deltas))))
        row = net.check_gradients([1.0], [1])["dE/dw[x1->h1]"]
        assert row.verdict == "differs" and row.error == pytest.approx(1e-9, rel=1e-3)


def test_saturated_units_agree_to_the_digits_that_are_left():
    """At z = 30, 1 - a has three digits left in a float: a (1 - a) and log(1 - a) know the slope no better."""
    net = Network(1, [Layer(1, weights=[[30.0]])], loss="binary_crossentropy")
    check = net.check_gradients([1.0], [0])
    row = check["dE/db[o1]"]
    assert check and abs(row.backprop - row.independent) > 1e-4
    assert net.check_gradients([1.0], [0], "decimal")["dE/db[o1]"].independent == pytest.approx(1, abs=1e-13)


# What is wrong differs: backpropagation with a mistake in it

MISTAKES = {
    "the derivative forgotten": (Neuron, "compute_delta", lambda self: setattr(self, "delta", self.output_gradient)),
    "the error of the last weight only": (
        Neuron, "receive_from_next_layer",
        lambda self, weights, deltas: setattr(self, "output_gradient", weights[-1] * deltas[-1]),
    ),
    "the wrong sign": (
        Neuron, "receive_from_loss",
        lambda self, loss, target, size: setattr(self, "output_gradient", 0 - loss.derivative(self.output, target, size)),
    ),
    "the net input in place of the output": (
        Neuron, "weight_gradients", property(lambda self: [self.delta * (x + 1) for x in self.inputs]),
    ),
    "a bias that counts for nothing": (Neuron, "bias_gradient", property(lambda self: self.delta * 0)),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_backprop_are_found(mistake, method, monkeypatch):
    net = Network(2, [Layer(3, "tanh"), Layer(2)], seed=1)
    assert net.check_gradients([0.3, 0.5], [1, 0], method)
    monkeypatch.setattr(*MISTAKES[mistake])
    check = net.check_gradients([0.3, 0.5], [1, 0], method)
    assert not check and not check.wrong
    assert check.rows[0].verdict == "differs" and check.rows[0].error > 0.01
    assert check.text(width=1000).splitlines()[-1].startswith(f"does not hold: {len(check.with_verdict('differs'))} of")


def test_a_softmax_delta_without_the_others_is_found(monkeypatch):
    net = small("tanh", "squared_error", "sigmoid").add(Layer(3, "softmax"))
    assert net.check_gradients([0.3, 0.5], [1, 0, 0])
    monkeypatch.setattr(
        Neuron, "compute_softmax_delta", lambda self, shared: setattr(self, "delta", self.output * self.output_gradient)
    )
    assert not net.check_gradients([0.3, 0.5], [1, 0, 0])


def test_a_sum_in_place_of_a_mean_is_found(monkeypatch):
    reduce = Batch.reduce

    def sum_up(batch):
        batch.reduction = "sum"
        reduce(batch)

    monkeypatch.setattr(Batch, "reduce", sum_up)
    assert not small().check_gradients(*EXAMPLES)
    assert small().check_gradients(*EXAMPLES, reduction="sum")


# Your own classes


class Cube(ns.Activation):
    def __call__(self, net_input):
        return net_input * net_input * net_input

    def derivative(self, net_input, output):
        return 3 * net_input * net_input


class CubeWithoutItsFactor(Cube):
    def derivative(self, net_input, output):
        return net_input * net_input


class SigmoidOfTheWrongArgument(ns.ACTIVATIONS["sigmoid"]):
    def derivative(self, net_input, output):
        return net_input * (1 - net_input)


class FourthPower(ns.Loss):
    def term(self, output, target, size):
        return (output - target) ** 4 / 4

    def derivative(self, output, target, size):
        return (output - target) ** 3


class FourthPowerOfTheOtherSign(FourthPower):
    def derivative(self, output, target, size):
        return (target - output) ** 3


class CancelsNothing(FourthPower):
    cancels_with = ("sigmoid",)


class FloatsOnly(ns.Activation):
    name = "bell"

    def __call__(self, net_input):
        return math.exp(-net_input * net_input)

    def derivative(self, net_input, output):
        return -2 * net_input * output


@pytest.mark.parametrize("method", METHODS)
def test_right_classes_of_one_s_own_agree(method):
    assert small(Cube, FourthPower()).check_gradients(*EXAMPLES, method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("own", [CubeWithoutItsFactor, SigmoidOfTheWrongArgument])
def test_a_wrong_derivative_of_an_activation_is_named(own, method):
    check = small(own).check_gradients(*EXAMPLES, method)
    assert not check and [(type(wrong.of), wrong.address[:2]) for wrong in check.wrong] == [(own, "f'")]
    assert f"the derivative of {own.__name__} is wrong: {check.wrong[0].address} = " in check.text(width=1000)
    assert "but a derivative is wrong" not in check.text(width=1000)  # since gradients differ as well


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_derivative_of_a_loss_is_named(method):
    check = small(loss=FourthPowerOfTheOtherSign()).check_gradients(*EXAMPLES, method)
    assert not check and [wrong.of.name for wrong in check.wrong] == ["FourthPowerOfTheOtherSign"]
    wrong = check.wrong[0]
    assert wrong.address.startswith("dE/da[o1]") and wrong.slope == pytest.approx(-wrong.given)


@pytest.mark.parametrize("method", METHODS)
def test_a_loss_that_only_says_that_it_cancels_is_named(method):
    check = small(loss=CancelsNothing()).check_gradients(*EXAMPLES, method)
    assert not check and "CancelsNothing does not cancel with the activation: delta[o1]@" in check.text(width=1000)
    assert small("tanh", CancelsNothing(), "tanh").check_gradients(*EXAMPLES, method)


def test_a_wrong_derivative_is_named_though_no_gradient_feels_it():
    hidden = Layer(1, CubeWithoutItsFactor(), weights=[[2.0]], bias=False)
    net = Network(1, [hidden, Layer(1, "linear", weights=[[0.0]])])
    check = net.check_gradients([1.0], [1])
    assert not check and not check.with_verdict("differs")
    assert check.text(width=1000).splitlines()[-1] == (
        "does not hold: 3 of 3 gradients agree with those by dual numbers to 1e-12, but a derivative is wrong"
    )


@pytest.mark.parametrize("method", ["dual", "decimal"])
def test_a_class_that_takes_floats_only_is_told_what_to_do(method):
    told = f"bell takes floats only .*, and the method '{method}' sends it other numbers; use exp, log, ... of neurosim"
    with pytest.raises(InputError, match=told):
        small(FloatsOnly).check_gradients(*EXAMPLES, method)
    assert small(FloatsOnly).check_gradients(*EXAMPLES, "central")


# Kinks


@pytest.mark.parametrize("method", METHODS)
def test_a_unit_on_its_kink_is_named(method):
    hidden = Layer(1, "relu", weights=[[1.0]], biases=[-1.0])
    net = Network(1, [hidden, Layer(1, "linear", weights=[[2.0]], bias=False)])
    check = net.check_gradients([1.0], [3], method)  # z = 0, and E = (2 relu(z) - 3)^2 / 2
    row = check["dE/dw[x1->h1]"]
    assert check and (row.verdict, row.note) == ("kink", "relu has a kink at z[h1]")
    assert (row.left, row.right, row.error) == (0, pytest.approx(-6, rel=1e-4), None) and row.backprop == 0
    assert check["dE/dw[h1->o1]"].verdict == "agrees"
    text = check.text(width=1000)
    assert "1 of 3 gradients agree" in text and "; 2 at a kink have none to compare with" in text
    assert "0 | -6" in check.text() if method == "dual" else "0.0 | -6.0" in check.text(decimals=1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "loss, weight, target", [("mean_absolute_error", 1.0, 1), ("hinge", 1.0, 1), ("mean_absolute_error", -0.5, -0.5)]
)
def test_a_loss_on_its_corner_is_named(loss, weight, target, method):
    net = Network(1, [Layer(1, "linear", weights=[[weight]], bias=False)], loss=loss)
    row = net.check_gradients([[0.5], [1.0]], [[1], [target]], method).rows[0]
    assert (row.verdict, row.note) == ("kink", f"{loss} has a kink at a[o1]@2")


@pytest.mark.parametrize("method", METHODS)
def test_a_jump_is_a_kink_as_well(method):
    class Stairs(ns.Activation):
        def __call__(self, net_input):
            return net_input if net_input < 1 else net_input + 1

        def derivative(self, net_input, output):
            return 1

    net = Network(1, [Layer(1, Stairs(), weights=[[1.0]], bias=False)])
    row = net.check_gradients([1.0], [0], method).rows[0]
    assert (row.verdict, row.note) == ("kink", "Stairs has a kink at z[o1]")


def test_two_kinks_that_make_up_for_each_other_are_still_kinks():
    """|w| as relu(w) + relu(-w) and then a relu of -|w|: 0 on both sides, with kinks on the way."""
    net = Network(1, [
        Layer(1, "linear", weights=[[0.0]], bias=False),
        Layer(2, "relu", weights=[[1.0], [-1.0]], bias=False),
        Layer(1, "linear", weights=[[1.0, -1.0]], bias=False),
    ])
    row = net.check_gradients([1.0], [1])["dE/dw[x1->h1.1]"]  # h2.1 - h2.2 = w, but backprop says 0
    assert (row.left, row.right, row.backprop) == (-1, -1, 0)
    assert (row.verdict, row.note) == ("kink", "relu has a kink at z[h2.1]")


def test_at_the_corner_where_a_weight_has_no_effect_there_is_no_kink():
    net = Network(1, [Layer(1, "relu", weights=[[1.0]], bias=False), Layer(1, "linear")], seed=1)
    assert net.check_gradients([0.0], [1])["dE/dw[x1->h1]"].verdict == "agrees"


@pytest.mark.parametrize("activation, loss, weights, targets", [
    ("sigmoid", "binary_crossentropy", [[40.0]], [0]),
    ("sigmoid", "binary_crossentropy", [[-800.0]], [1]),
    ("softmax", "categorical_crossentropy", [[0.0], [900.0]], [1, 0]),
])
def test_where_a_logarithm_of_zero_is_cut_off_there_is_no_slope(activation, loss, weights, targets):
    net = Network(1, [Layer(len(weights), activation, weights=weights)], loss=loss)
    check = net.check_gradients([1.0], targets)
    assert check and {row.note for row in check.rows} == {f"{loss} is cut off at a[o1]"}
    if weights != [[-800.0]]:
        assert not net.check_gradients([1.0], targets, "decimal").with_verdict("kink")


def test_an_output_below_the_smallest_that_the_loss_takes_is_no_mistake_of_the_loss():
    """Floats below 1e-300 count as 1e-300 under the logarithm; dual numbers do not."""
    net = Network(1, [Layer(1, "linear", weights=[[1e-305]], bias=False)], loss="categorical_crossentropy")
    check = net.check_gradients([1.0], [1])
    assert check and check.rows[0].note == "categorical_crossentropy is cut off at a[o1]"


# The methods themselves


def test_two_steps_are_better_than_one():
    """The wider difference of x^5 is wrong by 10 h^2 = 2e-9, the narrower by 6e-10; Richardson's by rounding alone."""
    slope = METHODS_BY_NAME["central"].slopes(lambda x: [x**5], 1.0)[0]
    assert slope.value == pytest.approx(5, abs=2e-10)
    assert abs(slope.value - 5) < slope.scale * 1e-6 < 1e-5  # what it claims of itself


def test_decimals_are_the_numbers_as_typed():
    number = METHODS_BY_NAME["decimal"].number
    assert number(0.1) == Decimal("0.1") and number(2) == 2 and number(Fraction(1, 8)) == Decimal("0.125")


# What can't be checked, and bad input


def test_what_cannot_be_trained_has_the_message_of_backward():
    with pytest.raises(InputError, match="h1: step has no useful derivative, so the layer cannot be trained"):
        small("step").check_gradients(*EXAMPLES)


@pytest.mark.parametrize("activation", ["step", "sign"])
def test_the_perceptron_rule_is_no_slope(activation):
    net = Network(2, [Layer(1, activation)], loss="perceptron", seed=1)
    with pytest.raises(InputError, match=f"o1: the delta of {activation} under the loss 'perceptron' is a rule"):
        net.check_gradients([1, 2], [1])


@pytest.mark.parametrize("call, message", [
    (lambda: small().check_gradients([1, 2], [1], "duel"), "unknown method 'duel'; did you mean 'dual'?"),
    (lambda: small().check_gradients([1, 2], [1], ["dual"]), r"unknown method \['dual'\]"),
    (lambda: small().check_gradients([1, 2], [1], reduction="avg"), "unknown reduction 'avg'"),
    (lambda: small().check_gradients([1], [1]), "inputs: expected 2 numbers, got 1"),
    (lambda: small().check_gradients([1, 2], [1, 0]), "targets: expected 1 number, got 2"),
    (lambda: small().check_gradients([1, 2], None), "targets: expected a list of numbers, got None"),
    (lambda: small().check_gradients([], []), "example 1: inputs: expected 2 numbers, got 0"),
    (lambda: small().check_gradients(*EXAMPLES[:1], EXAMPLES[1][:2]), "got 3 inputs and 2 targets"),
    (lambda: small().check_gradients([1, 2], [1])["dE/dw[x3->h1]"], r"unknown gradient 'dE/dw\[x3->h1\]'; did you mean"),
    (lambda: small().check_gradients([1, 2], [1]).text("simpel"), "unknown format 'simpel'"),
])
def test_bad_input_is_told_in_one_line(call, message):
    with pytest.raises(InputError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_number_that_breaks_is_named_with_its_example():
    net = Network(1, [Layer(1, "linear", weights=[[1e100]])])
    with pytest.raises(ns.NonFiniteError, match=r"z\[o1\] is not finite: inf, example 2"):
        net.check_gradients([[1.0], [1e300]], [[1], [1]])


# The command


def test_the_command(run):
    status, out, err = run("check", "mazur")
    assert (status, err) == (0, "") and out.endswith("8 of 8 gradients agree with those by dual numbers to 1e-12\n")
    for method in METHODS:
        assert run("check", "analytics-vidhya", "--method", method)[0] == 0
    assert "z[h1]" in run("check", "goodfellow-xor", "--inputs", "0,0", "--targets", "1")[1]


def test_the_command_in_json(run):
    status, out, _ = run("check", "mazur", "--format", "json")
    document = json.loads(out)
    assert status == 0 and document["holds"] is True and document["method"] == "dual"
    row = next(row for row in document["gradients"] if row["address"] == "dE/dw[h1->o1]")
    assert row["backprop"] == pytest.approx(0.082167041, abs=1e-9) == row["independent"]  # as printed on the page
    assert document["wrong_derivatives"] == []


def test_the_command_takes_a_loss_and_a_reduction(run):
    def gradient(*arguments):
        rows = json.loads(run("check", "analytics-vidhya", "--format", "json", *arguments)[1])["gradients"]
        return next(row["backprop"] for row in rows if row["address"] == "dE/db[o1]")

    assert gradient("--reduction", "sum") == gradient() == pytest.approx(3 * gradient("--reduction", "mean"))
    assert gradient("--loss", "squared_error") == pytest.approx(2 * gradient())


def test_the_command_ends_with_1_if_a_gradient_differs(run, monkeypatch):
    monkeypatch.setattr(Neuron, "compute_delta", lambda self: setattr(self, "delta", self.output_gradient))
    status, out, err = run("check", "mazur")
    assert (status, err) == (1, "") and "does not hold: 8 of 8 gradients differ" in out


@pytest.mark.parametrize("arguments, message", [
    (["mazur", "--method", "duel"], "unknown method 'duel'; did you mean 'dual'?"),
    (["mazur", "--reduction", "avg"], "unknown reduction 'avg'"),
    (["mazur", "--inputs", "1,2"], "gradients need targets; give some with --targets"),
    (["wikipedia-nand"], "the delta of step under the loss 'perceptron' is a rule"),
    (["mazur", "--loss", "cross"], "unknown loss 'cross'"),
])
def test_the_command_refuses_with_2(arguments, message, run):
    status, out, err = run("check", *arguments)
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1
