"""Activation functions: what a neuron makes of its net input, and the slope of that.

    z: net input of a neuron, such as 0.3775
    a: output of a neuron, f(z), such as 0.5933

Each class holds its formula beside the code that computes it. Formulas are written in `z`, `a` and the
parameters' names, with `^` for a power, so that they can be printed with numbers in place of the letters.
A class of your own needs the same five things: `name`, `formula`, `derivative_formula`, `__call__` and
`derivative`.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Callable

from neurosim.support import checks
from neurosim.support.errors import InputError, shorten
from neurosim.support.numeric import as_kind, atan, erfc, exp, expm1, log1p, magnitude, one, pi, sqrt, tanh, zero
from neurosim.support.registry import Named, Registry

if TYPE_CHECKING:
    from typing import Type, Union

    from neurosim.support.types import Description, Number

    AnyActivation = Union[str, Description, "Activation", Type["Activation"]]  # by name, by description, or an object


class Activation(Named):
    """The base of every activation.

    `differentiable` is False where the derivative is of no use in training (step, sign).
    `coupled` is True where one neuron's output depends on the others of its layer (softmax).
    `middle` is where the two classes of a single output part.
    """

    formula = ""
    derivative_formula = ""
    differentiable = True
    coupled = False
    middle: float = 0.5
    normaliser: Callable[..., Any]  # of a coupled one: what the neurons of a layer share

    def __call__(self, net_input: Number) -> Number:
        """f(z), the output of a neuron with this net input."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(net_input)")

    def derivative(self, net_input: Number, output: Number) -> Number:
        """f'(z), given both z and a = f(z), so that nobody has to guess which one is wanted."""
        raise NotImplementedError(f"{type(self).__name__} has no derivative(net_input, output)")


class Linear(Activation):
    """The identity: the output is the net input."""

    name = "linear"
    formula = "z"
    derivative_formula = "1"

    def __call__(self, net_input):
        return net_input

    def derivative(self, net_input, output):
        return 1


class Threshold(Activation):
    """1 above the threshold, `below` under it, and at exactly that what `at_threshold` says."""

    parameters: tuple[str, ...] = ("threshold", "at_threshold")
    derivative_formula = "0"
    differentiable = False
    below: int
    ties: tuple[int, ...] = ()

    def __init__(self, threshold=0, at_threshold=1):
        if at_threshold not in self.ties:
            *ties, last = map(str, self.ties)
            raise InputError(f"at_threshold must be {', '.join(ties)} or {last}, got {shorten(at_threshold)}")
        self.threshold, self.at_threshold = checks.number(threshold, "threshold"), at_threshold

    @property
    def values(self):
        """All outputs that there are."""
        return sorted({self.below, self.at_threshold, 1})

    @property
    def formula(self):
        if self.at_threshold == 1:
            return f"1 if z >= threshold else {self.below}"
        if self.at_threshold == self.below:
            return f"1 if z > threshold else {self.below}"
        return f"1 if z > threshold else {self.at_threshold} if z == threshold else {self.below}"

    def __call__(self, net_input):
        threshold = as_kind(self.threshold, net_input)
        if net_input == threshold:
            return zero(net_input) + self.at_threshold
        return one(net_input) if net_input > threshold else zero(net_input) + self.below

    def derivative(self, net_input, output):
        return 0


class Step(Threshold):
    """1 above the threshold and 0 below it; `at_threshold` (1 or 0) is the output at exactly that."""

    name = "step"
    below = 0
    ties = (0, 1)


class Sign(Threshold):
    """1 above the threshold and -1 below it; `at_threshold` (1, 0 or -1) is the output at exactly that.

    With a dead band it is the output also where z is no further from the threshold than `band` (Fausett, Fundamentals of
    Neural Networks, 2.3).
    """

    name = "sign"
    parameters = ("threshold", "at_threshold", "band")
    middle = 0
    below = -1
    ties = (-1, 0, 1)

    def __init__(self, threshold=0, at_threshold=1, band=0):
        super().__init__(threshold, at_threshold)
        self.band = checks.not_negative(band, "band")

    @property
    def formula(self):
        if not self.band:
            return super().formula
        return f"1 if z > threshold + band else {self.below} if z < threshold - band else {self.at_threshold}"

    def __call__(self, net_input):
        if self.band and magnitude(net_input - as_kind(self.threshold, net_input)) <= as_kind(self.band, net_input):
            return zero(net_input) + self.at_threshold
        return super().__call__(net_input)


class Sigmoid(Activation):
    """The logistic function, from 0 to 1."""

    name = "sigmoid"
    formula = "1 / (1 + exp(-z))"
    derivative_formula = "a * (1 - a)"

    def __call__(self, net_input):
        if net_input >= 0:
            return 1 / (1 + exp(0 - net_input))
        power = exp(net_input)  # the same, with a power that cannot overflow
        return power / (1 + power)

    def derivative(self, net_input, output):
        return output * (1 - output)


class BipolarSigmoid(Activation):
    """The logistic function stretched to -1 .. 1, which is tanh(z / 2)."""

    name = "bipolar_sigmoid"
    middle = 0
    formula = "2 / (1 + exp(-z)) - 1"
    derivative_formula = "(1 + a) * (1 - a) / 2"

    def __call__(self, net_input):
        return tanh(net_input / 2)

    def derivative(self, net_input, output):
        return (1 + output) * (1 - output) / 2


class HardSigmoid(Activation):
    """Three straight pieces in place of the sigmoid, with the slope 1/6 of Keras 3 and PyTorch."""

    name = "hard_sigmoid"
    formula = "min(1, max(0, (z + 3) / 6))"
    derivative_formula = "1 / 6 if -3 < z < 3 else 0"

    def __call__(self, net_input):
        if net_input <= -3:
            return zero(net_input)
        return one(net_input) if net_input >= 3 else (net_input + 3) / 6

    def derivative(self, net_input, output):
        return one(net_input) / 6 if -3 < net_input < 3 else zero(net_input)


class Tanh(Activation):
    """The hyperbolic tangent, from -1 to 1."""

    name = "tanh"
    middle = 0
    formula = "tanh(z)"
    derivative_formula = "1 - a^2"

    def __call__(self, net_input):
        return tanh(net_input)

    def derivative(self, net_input, output):
        return 1 - output * output


class Arctan(Activation):
    """The arc tangent, from -pi/2 to pi/2."""

    name = "arctan"
    middle = 0
    formula = "atan(z)"
    derivative_formula = "1 / (1 + z^2)"

    def __call__(self, net_input):
        return atan(net_input)

    def derivative(self, net_input, output):
        return 1 / (1 + net_input * net_input)


class Softsign(Activation):
    """z / (1 + |z|), from -1 to 1."""

    name = "softsign"
    middle = 0
    formula = "z / (1 + abs(z))"
    derivative_formula = "1 / (1 + abs(z))^2"

    def __call__(self, net_input):
        return net_input / (1 + magnitude(net_input))

    def derivative(self, net_input, output):
        reach = 1 + magnitude(net_input)
        return 1 / reach / reach


class ReLU(Activation):
    """The rectified linear unit; its derivative at 0 is taken as 0."""

    name = "relu"
    formula = "max(0, z)"
    derivative_formula = "1 if z > 0 else 0"

    def __call__(self, net_input):
        return net_input if net_input > 0 else zero(net_input)

    def derivative(self, net_input, output):
        return 1 if net_input > 0 else 0


class LeakyReLU(Activation):
    """A ReLU that lets a little through below 0: `alpha` times z (0.01, as Maas and others 2013)."""

    name = "leaky_relu"
    formula = "z if z > 0 else alpha * z"
    derivative_formula = "1 if z > 0 else alpha"
    parameters = ("alpha",)

    def __init__(self, alpha=0.01):
        self.alpha = checks.number(alpha, "alpha")

    def __call__(self, net_input):
        return net_input if net_input > 0 else as_kind(self.alpha, net_input) * net_input

    def derivative(self, net_input, output):
        return 1 if net_input > 0 else as_kind(self.alpha, net_input)


class ELU(Activation):
    """The exponential linear unit (Clevert and others 2015)."""

    name = "elu"
    formula = "z if z > 0 else alpha * (exp(z) - 1)"
    derivative_formula = "1 if z > 0 else alpha * exp(z)"
    parameters = ("alpha",)

    def __init__(self, alpha=1):
        self.alpha = checks.number(alpha, "alpha")

    def __call__(self, net_input):
        return net_input if net_input > 0 else as_kind(self.alpha, net_input) * expm1(net_input)

    def derivative(self, net_input, output):
        return 1 if net_input > 0 else as_kind(self.alpha, net_input) * exp(net_input)


class SELU(Activation):
    """The self-normalising ELU; alpha and scale from Klambauer and others 2017, appendix 1."""

    name = "selu"
    formula = "scale * z if z > 0 else scale * alpha * (exp(z) - 1)"
    derivative_formula = "scale if z > 0 else scale * alpha * exp(z)"
    alpha = 1.6732632423543772
    scale = 1.0507009873554805

    def __call__(self, net_input):
        alpha, scale = as_kind(self.alpha, net_input), as_kind(self.scale, net_input)
        return scale * net_input if net_input > 0 else scale * alpha * expm1(net_input)

    def derivative(self, net_input, output):
        alpha, scale = as_kind(self.alpha, net_input), as_kind(self.scale, net_input)
        return scale if net_input > 0 else scale * alpha * exp(net_input)


class Softplus(Activation):
    """A smooth ReLU, whose derivative is the sigmoid."""

    name = "softplus"
    formula = "log(1 + exp(z))"
    derivative_formula = "1 / (1 + exp(-z))"

    def __call__(self, net_input):
        if net_input > 0:  # the same, with a power that cannot overflow
            return net_input + log1p(exp(0 - net_input))
        return log1p(exp(net_input))

    def derivative(self, net_input, output):
        return sigmoid(net_input)


class Swish(Activation):
    """z times its sigmoid (Ramachandran and others 2017); also called SiLU."""

    name = "swish"
    formula = "z / (1 + exp(-z))"
    derivative_formula = "1 / (1 + exp(-z)) + a / (1 + exp(z))"

    def __call__(self, net_input):
        return net_input * sigmoid(net_input)

    def derivative(self, net_input, output):
        return sigmoid(net_input) + output * sigmoid(0 - net_input)


class GELU(Activation):
    """z times the share of a normal distribution below z (Hendrycks and Gimpel 2016), not approximated."""

    name = "gelu"
    formula = "z * erfc(-z / sqrt(2)) / 2"
    derivative_formula = "erfc(-z / sqrt(2)) / 2 + z * exp(-z^2 / 2) / sqrt(2 * pi)"

    def __call__(self, net_input):
        return net_input * self._share_below(net_input)

    def derivative(self, net_input, output):
        density = exp(0 - net_input * net_input / 2) / sqrt(2 * pi(net_input))
        return self._share_below(net_input) + net_input * density

    @staticmethod
    def _share_below(net_input):
        return erfc(0 - net_input / sqrt(one(net_input) * 2)) / 2


class Gaussian(Activation):
    """A bell, 1 at z = 0 and falling to 0 on both sides."""

    name = "gaussian"
    formula = "exp(-z^2)"
    derivative_formula = "-2 * z * a"

    def __call__(self, net_input):
        return exp(0 - net_input * net_input)

    def derivative(self, net_input, output):
        return -2 * (net_input * output)


class Exponential(Activation):
    """e to the power z, always positive: with the Poisson loss, a rate whose logarithm is z."""

    name = "exponential"
    formula = "exp(z)"
    derivative_formula = "a"

    def __call__(self, net_input):
        try:
            return exp(net_input)
        except OverflowError:
            return inf  # of which the check behind each pass tells the unit

    def derivative(self, net_input, output):
        return output


class Softmax(Activation):
    """Each neuron's share of its whole layer: the outputs are positive and sum to 1.

    The layer supplies the normaliser that its neurons share; a neuron without others has all of it.
    `derivative` is the neuron's own slope, a (1 - a); what the other outputs contribute to its delta
    is in `Neuron.compute_softmax_delta`.
    """

    name = "softmax"
    formula = "exp(z) / sum(exp(z_k))"
    derivative_formula = "a * (1 - a)"
    coupled = True

    def normaliser(self, net_inputs):
        """(shift, total): the largest net input, and the sum of exp(z_k - shift), which cannot overflow."""
        shift = max(net_inputs)
        return shift, sum([exp(z - shift) for z in net_inputs])

    def __call__(self, net_input, normaliser=None):
        shift, total = normaliser or self.normaliser([net_input])
        return exp(net_input - shift) / total

    def derivative(self, net_input, output):
        return output * (1 - output)


sigmoid = Sigmoid()

ACTIVATIONS = Registry(
    "activation",
    Activation,
    (
        Linear, Step, Sign, Sigmoid, BipolarSigmoid, HardSigmoid, Tanh, Arctan, Softsign, ReLU, LeakyReLU,
        ELU, SELU, Softplus, Swish, GELU, Gaussian, Exponential, Softmax,
    ),
    {
        "logistic": "sigmoid", "identity": "linear", "heaviside": "step", "signum": "sign", "silu": "swish",
        "exp": "exponential",
    },
)
