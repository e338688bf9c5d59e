"""Every loss and its derivative against 80-digit arithmetic, also where probabilities are 0 and 1."""

import math
import random
from decimal import Decimal

import oracle
import pytest
from formula_values import evaluate
from oracle import close

from neurosim import ACTIVATIONS, LOSSES, InputError, Layer, Network

draw = random.Random(30)
LOGARITHMIC = ("binary_crossentropy", "categorical_crossentropy", "kl_divergence")
PROBABILITY = [draw.random() for _ in range(100)] + [1e-12, 1e-300, 1 - 1e-15, 0.5]


def points(name):
    """Hundreds of (output, target), inside and far outside the comfortable range."""
    if name in LOGARITHMIC:
        return [(a, t) for a in PROBABILITY for t in (0.0, 1.0, 0.25)]
    if name == "poisson":
        return [(a * scale, float(t)) for a in PROBABILITY for scale in (1, 1e3) for t in (0, 1, 7)]
    if name == "hinge":
        return [(draw.uniform(-3, 3), t) for _ in range(150) for t in (-1.0, 1.0)] + [(1e6, -1.0), (-1e6, -1.0)]
    wide = [(draw.uniform(-3, 3), draw.uniform(-3, 3)) for _ in range(200)]
    small = [(1 + draw.uniform(-1, 1) * 10.0 ** -draw.randint(1, 10), 1.0) for _ in range(50)]
    return [*wide, *small, (1000.0, -1000.0), (-1000.0, 1000.0), (0.0, 1000.0)]


@pytest.mark.parametrize("name", oracle.LOSSES)
def test_term(name):
    loss = LOSSES.make(name)
    for a, t in points(name):
        exact = oracle.value(oracle.LOSSES[name], a, t, 3)
        # Where t log(t) and t log(a) cancel, or a and t log(a), the rounding of each remains.
        # 1e-75 is what the oracle's own 80 digits leave.
        absolute = "1e-14" if name in ("kl_divergence", "poisson") else "1e-75"
        assert close(loss.term(a, t, 3), exact, "1e-13", absolute), (a, t)


@pytest.mark.parametrize("name", [name for name in oracle.LOSSES if name != "perceptron"])
def test_derivative(name):
    loss = LOSSES.make(name)
    for a, t in points(name):
        if a < 1e-29 or abs(a - t) < 1e-29 or name == "hinge" and abs(1 - t * a) < 1e-9:
            continue  # the oracle's step would leave the domain or cross a kink
        exact = oracle.slope(oracle.LOSSES[name], a, t, 3)
        assert close(loss.derivative(a, t, 3), exact, "1e-12", "3e-16"), (a, t)


@pytest.mark.parametrize("name", ["binary_crossentropy", "hinge", "huber", "log_cosh", "poisson"])
def test_as_a_mean_over_the_outputs_all_is_divided_by_their_number(name):
    mean, total = LOSSES.make({"name": name, "outputs": "mean"}), LOSSES.make(name)
    for a, t in points(name):
        assert mean.term(a, t, 3) == total.term(a, t, 3) / 3 and mean.derivative(a, t, 3) == total.derivative(a, t, 3) / 3
        assert mean.cancelled(a, t, 3) == (a - t) / 3


def test_cross_entropy_as_a_mean_over_the_outputs_cancels_where_a_sigmoid_is_full():
    """dE/dz = (a - t) / n holds also where a is 1 and dE/da would be a division by 0."""
    net = Network(1, [Layer(2, weights=[[1000], [0]], bias=False)], {"name": "binary_crossentropy", "outputs": "mean"})
    trace = net.trace([1], [0, 1])
    assert trace["delta[o1]"].value == 0.5 and trace["delta[o2]"].value == -0.25
    assert trace.text().count("(a[o1] - t[o1]) / 2") == 1


@pytest.mark.parametrize("a, t", [(0.5, 2.0), (1e-9, 1.0), (3.0, 0.0)])
def test_an_epsilon_in_the_logarithm_of_the_poisson_loss(a, t):
    """As PyTorch's poisson_nll_loss documents it: input - target * log(input + eps)."""
    loss = LOSSES.make({"name": "poisson", "epsilon": 1e-8})
    exact = oracle.value(lambda a, t: a - t * (a + Decimal("1e-8")).ln(), a, t)
    slope = oracle.slope(lambda a, t: a - t * (a + Decimal("1e-8")).ln(), a, t)
    assert close(loss.term(a, t, 1), exact, "1e-13", "1e-14") and close(loss.derivative(a, t, 1), slope, "1e-12", "3e-16")


@pytest.mark.parametrize("name", LOGARITHMIC)
def test_certainty_that_is_right_costs_nothing(name):
    loss = LOSSES.make(name)
    for certain in (0.0, 1.0):
        assert loss.term(certain, certain, 1) == 0
        assert math.isfinite(loss.derivative(certain, certain, 1))


def test_certainty_that_is_wrong_costs_the_logarithm_of_1e_300():
    worst = -math.log(1e-300)
    assert worst == pytest.approx(300 * 2.302585092994046)
    assert LOSSES.make("binary_crossentropy").term(0.0, 1.0, 1) == worst
    assert LOSSES.make("binary_crossentropy").term(1.0, 0.0, 1) == worst
    assert LOSSES.make("categorical_crossentropy").term(0.0, 1.0, 1) == worst
    assert LOSSES.make("kl_divergence").term(0.0, 1.0, 1) == worst
    for name in LOGARITHMIC:
        assert LOSSES.make(name).derivative(0.0, 1.0, 1) == -1 / 1e-300
        assert LOSSES.make(name).derivative(5e-324, 1.0, 1) > -math.inf


def test_losses_add_up_and_only_the_means_divide():
    outputs, targets = [0.5, 0.25], [0.0, 1.0]
    values = {name: LOSSES.make(name)(outputs, targets) for name in LOSSES if name != "hinge"}
    assert values["half_squared_error"] == (0.25 + 0.5625) / 2
    assert values["squared_error"] == 0.25 + 0.5625
    assert values["mean_squared_error"] == (0.25 + 0.5625) / 2
    assert values["mean_absolute_error"] == (0.5 + 0.75) / 2
    assert values["binary_crossentropy"] == pytest.approx(-math.log(0.5) - math.log(0.25))
    assert values["huber"] == (0.25 + 0.5625) / 2
    assert LOSSES.make("hinge")(outputs, [-1, 1]) == 1.5 + 0.75


def test_keras_xor_first_loss():
    """The chapter that trains XOR in Keras prints these first predictions, and the loss 0.6917 for them."""
    predictions, targets = [0.5, 0.43494844, 0.50295198, 0.42517585], [0, 1, 1, 0]
    assert LOSSES.make("binary_crossentropy")(predictions, targets) / 4 == pytest.approx(0.6917, abs=5e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_the_printed_formulas_are_what_is_computed(name):
    loss = LOSSES.make(name)
    for a, t in points(name)[:100]:
        letters = {"a": a, "t": t, "n": 3, "width": 1}
        if t > 0 or "log(t" not in loss.formula:
            assert evaluate(loss.formula, **letters) == pytest.approx(loss.term(a, t, 3), rel=1e-9, abs=1e-12)
        slope = evaluate(loss.derivative_formula, **letters)
        assert slope == pytest.approx(loss.derivative(a, t, 3), rel=1e-9, abs=1e-12)


def test_every_docstring_prints_the_formula():
    assert all("Formula: E = sum of" in cls.__doc__ for cls in LOSSES.values())


def test_huber_takes_its_width():
    wide = LOSSES["huber"](width=2)
    assert wide.term(5, 0, 1) == 2 * (5 - 1) and wide.derivative(-5, 0, 1) == -2 and wide.term(1, 0, 1) == 0.5
    with pytest.raises(InputError, match="width must be positive, got 0"):
        LOSSES["huber"](0)


@pytest.mark.parametrize(
    "name, targets, message",
    [
        ("binary_crossentropy", [0, 1.5], r"targets\[1\] must be between 0 and 1, got 1.5"),
        ("categorical_crossentropy", [-0.1, 1.1], r"targets\[0\] must be between 0 and 1, got -0.1"),
        ("categorical_crossentropy", [0.5, 0.4], "targets of softmax outputs must sum to 1, got 0.9"),
        ("hinge", [0, 1], r"targets\[0\] must be 1 or -1, got 0"),
        ("poisson", [2, -1], r"targets\[1\] must be 0 or more, got -1"),
        ("kl_divergence", [2, 0], r"targets\[0\] must be between 0 and 1, got 2"),
    ],
)
def test_targets_outside_the_loss_are_refused(name, targets, message):
    with pytest.raises(InputError, match=f"{name}: {message}"):
        LOSSES.make(name).check_targets(targets, ACTIVATIONS.make("softmax"))


@pytest.mark.parametrize("activation, targets, message", [
    ("step", [1, 7, 0], r"targets\[1\] must be 0 or 1, got 7"),
    ("step", [0.5], r"targets\[0\] must be 0 or 1, got 0.5"),
    ("step", [0, 1, -3], r"targets\[2\] must be 0 or 1, got -3"),
    ("sign", [1, 0], r"targets\[1\] must be -1 or 1, got 0"),
    ({"name": "sign", "at_threshold": 0}, [0, 2], r"targets\[1\] must be -1, 0 or 1, got 2"),
])
def test_the_perceptron_rule_takes_only_what_its_outputs_can_be(activation, targets, message):
    """Rosenblatt 1958: the rule stops where each output is its target, which one that no output has never is."""
    with pytest.raises(InputError, match=f"perceptron: {message}"):
        LOSSES.make("perceptron").check_targets(targets, ACTIVATIONS.make(activation))


def test_the_logarithm_of_a_negative_output_is_refused():
    for output, target in ((1.5, 0.5), (1.5, 1)):
        with pytest.raises(InputError, match="binary_crossentropy takes outputs between 0 and 1, got 1.5; use sigmoid"):
            LOSSES.make("binary_crossentropy").term(output, target, 1)
    for name, wanted in (("binary_crossentropy", "sigmoid"), ("kl_divergence", "softmax"), ("poisson", "softplus")):
        for target in (0, 1):
            with pytest.raises(InputError, match=f"{name} takes the logarithm of outputs, got -0.5; use {wanted}"):
                LOSSES.make(name).term(-0.5, target, 1)


def test_the_logarithm_of_an_exact_zero_stays_finite_for_every_kind_of_number():
    term = LOSSES.make("categorical_crossentropy").term(Decimal(0), 1, 1)
    assert abs(term - 300 * Decimal(10).ln()) < Decimal("1e-20")
