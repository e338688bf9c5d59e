"""Every activation and its derivative against 80-digit arithmetic, near and far."""

import math
import sys
import random
import re
from decimal import Decimal

import oracle
import pytest
from formula_values import evaluate
from oracle import close

from neurosim import ACTIVATIONS, InputError

draw = random.Random(20)
NEAR = [draw.uniform(-10, 10) for _ in range(150)] + [draw.uniform(-1, 1) * 10.0 ** -draw.randint(1, 12) for _ in range(50)]
FAR = [sign * z for z in (11.5, 17.0, 30.1, 36.9, 41.0, 88.8, 300.0, 709.5, 745.2, 1000.0) for sign in (1, -1)]
POINTS = [*NEAR, *FAR]
LARGEST = sys.float_info.max
KINKED = {"hard_sigmoid": (-3, 3), "relu": (0,), "leaky_relu": (0,), "elu": (0,), "selu": (0,)}


@pytest.mark.parametrize("name", oracle.ACTIVATIONS)
def test_value(name):
    activation = ACTIVATIONS.make(name)
    for z in POINTS:
        exact = oracle.value(oracle.ACTIVATIONS[name], z)
        if exact > LARGEST:
            assert activation(z) == math.inf  # and the pass is refused
            continue
        # 1e-307 is what underflow to 0 may cost; hard_sigmoid adds 3 to a small z and rounds there.
        assert close(activation(z), exact, "1e-13", "1e-307"), z


@pytest.mark.parametrize("name", oracle.ACTIVATIONS)
def test_derivative(name):
    activation = ACTIVATIONS.make(name)
    for z in POINTS:
        if any(abs(z - kink) < 1e-20 for kink in KINKED.get(name, ())) or activation(z) == math.inf:
            continue
        exact = oracle.slope(oracle.ACTIVATIONS[name], z)
        # a (1 - a) and its like know the slope only as well as 1 - a, so to 2e-16 absolutely.
        assert close(activation.derivative(z, activation(z)), exact, "1e-13", "5e-16"), z


def test_step_and_sign():
    for z in POINTS:
        assert ACTIVATIONS.make("step")(z) == (z > 0)
        assert ACTIVATIONS.make("sign")(z) == math.copysign(1, z)


def test_at_the_threshold_the_tie_decides():
    step, sign = ACTIVATIONS["step"], ACTIVATIONS["sign"]
    assert (step()(0.0), step(at_threshold=0)(0.0), step(0.5)(0.5), step(0.5, 0)(0.5)) == (1, 0, 1, 0)
    assert [sign(at_threshold=tie)(0.0) for tie in (-1, 0, 1)] == [-1, 0, 1]
    assert [sign(2, tie)(2.0) for tie in (-1, 0, 1)] == [-1, 0, 1]


def test_kinks_take_the_derivative_from_below():
    assert [ACTIVATIONS.make(name).derivative(0.0, 0.0) for name in ("relu", "leaky_relu", "elu")] == [0, 0.01, 1]


@pytest.mark.parametrize("net_inputs", [[1.0, 2.0, 3.0], [1000.0, 999.0, -1000.0], [-1000.0, -1001.0], [0.25] * 7])
def test_softmax_is_the_share_of_exponentials(net_inputs):
    softmax = ACTIVATIONS.make("softmax")
    normaliser = softmax.normaliser(net_inputs)
    outputs = [softmax(z, normaliser) for z in net_inputs]
    total = sum(oracle.value(Decimal.exp, z) for z in net_inputs)
    for z, output in zip(net_inputs, outputs):
        assert close(output, oracle.value(Decimal.exp, z) / total, "1e-15", "1e-307")
    assert math.fsum(outputs) == pytest.approx(1, abs=1e-15)


def test_softmax_alone_has_everything():
    assert ACTIVATIONS.make("softmax")(-3.7) == 1


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_the_printed_formulas_are_what_is_computed(name):
    activation = ACTIVATIONS.make(name)
    constants = {word: getattr(activation, word) for word in re.findall(r"[a-z_]\w*", activation.formula + " alpha") if
                 hasattr(activation, word)}
    for z in [*NEAR[:100], 0.0, 3.0, -3.0]:
        a = activation(z)
        assert evaluate(activation.formula, z=z, **constants) == pytest.approx(a, rel=1e-9, abs=1e-12)
        slope = evaluate(activation.derivative_formula, z=z, a=a, **constants)
        assert slope == pytest.approx(activation.derivative(z, a), rel=1e-9, abs=1e-12)


def test_parameters_are_kept_and_shown():
    leaky = ACTIVATIONS.make({"name": "leaky_relu", "alpha": 0.2})
    assert leaky(-10.0) == -2 and leaky.label == "leaky_relu(alpha=0.2)" and repr(leaky) == "LeakyReLU(alpha=0.2)"
    assert leaky == ACTIVATIONS["leaky_relu"](0.2) != ACTIVATIONS["leaky_relu"]()
    assert ACTIVATIONS.describe(leaky) == {"name": "leaky_relu", "alpha": 0.2}
    assert ACTIVATIONS.describe(ACTIVATIONS["leaky_relu"]()) == "leaky_relu"


def test_all_named_activations_are_there():
    assert list(ACTIVATIONS) == (
        "linear step sign sigmoid bipolar_sigmoid hard_sigmoid tanh arctan softsign relu leaky_relu elu selu "
        "softplus swish gelu gaussian exponential softmax"
    ).split()


@pytest.mark.parametrize("name, settings", [("step", {"at_threshold": 2}), ("sign", {"at_threshold": 0.5})])
def test_an_impossible_tie_is_refused(name, settings):
    with pytest.raises(InputError, match="at_threshold must be"):
        ACTIVATIONS[name](**settings)
