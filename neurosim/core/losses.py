"""Losses: how far the outputs are from the targets, and the slope of that.

    a: output of a neuron, such as 0.7514
    t: what that output should be, such as 0.01
    n: number of outputs of the network
    E: the loss, the sum of one term for each output

Each class holds the formula of one output's term beside the code that computes it; E is the sum of the
terms. The name says the factor: `mean_...` divides by the number of outputs, the others only add up.
A class of your own needs the same five things: `name`, `formula`, `derivative_formula`, `term` and
`derivative`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from neurosim.core.activations import Threshold
from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.numeric import as_kind, exp, expm1, log, log1p, magnitude, one, sign, tanh, zero
from neurosim.support.registry import Named, Registry

if TYPE_CHECKING:
    from typing import Type, Union

    from neurosim.core.activations import Activation
    from neurosim.support.types import Description, Number

    AnyLoss = Union[str, Description, "Loss", Type["Loss"]]  # by name, by description, or an object


class Loss(Named):
    """The base of every loss: adds up the terms of the outputs.

    `cancels_with` names the output activations whose derivative the loss's own cancels, so that
    dE/dz = a - t; computed that way nothing is lost to rounding, or to a division by 0.
    `only_with` names the output activations that the loss is made for, if it is not for all.
    `middle` is where the two classes of a single output part, if it is the loss that says so.
    """

    formula = ""
    derivative_formula = ""
    cancels_with: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()
    middle: float | None = None

    def __call__(self, outputs: Sequence[Number], targets: Sequence[Number]) -> Number:
        """E, the sum of the terms of all outputs."""
        size = len(outputs)
        return sum([self.term(a, t, size) for a, t in zip(outputs, targets)])

    def term(self, output: Number, target: Number, size: int) -> Number:
        """One output's share of E; `size` is the number of outputs."""
        raise NotImplementedError(f"{type(self).__name__} has no term(output, target, size)")

    def derivative(self, output: Number, target: Number, size: int) -> Number:
        """dE/da of one output."""
        raise NotImplementedError(f"{type(self).__name__} has no derivative(output, target, size)")

    def cancelled(self, output: Number, target: Number, size: int) -> Number:
        """dE/dz of one output whose activation `cancels_with` names."""
        return output - target

    def check_targets(self, targets: Sequence[Number], activation: Activation) -> None:
        """Raise InputError for targets that this loss is not defined for."""


class HalfSquaredError(Loss):
    """Half the sum of squares, so that dE/da is just the error.

    Formula: E = sum of (a - t)^2 / 2
    """

    name = "half_squared_error"
    formula = "(a - t)^2 / 2"
    derivative_formula = "a - t"

    def term(self, output, target, size):
        error = output - target
        return error * error / 2

    def derivative(self, output, target, size):
        return output - target


class SquaredError(Loss):
    """The sum of squares.

    Formula: E = sum of (a - t)^2
    """

    name = "squared_error"
    formula = "(a - t)^2"
    derivative_formula = "2 * (a - t)"

    def term(self, output, target, size):
        error = output - target
        return error * error

    def derivative(self, output, target, size):
        return 2 * (output - target)


class MeanSquaredError(Loss):
    """The sum of squares divided by the number of outputs.

    Formula: E = sum of (a - t)^2 / n
    """

    name = "mean_squared_error"
    formula = "(a - t)^2 / n"
    derivative_formula = "2 * (a - t) / n"

    def term(self, output, target, size):
        error = output - target
        return error * error / size

    def derivative(self, output, target, size):
        return 2 * (output - target) / size


class MeanAbsoluteError(Loss):
    """The sum of absolute errors divided by the number of outputs; its derivative at 0 is taken as 0.

    Formula: E = sum of |a - t| / n
    """

    name = "mean_absolute_error"
    formula = "abs(a - t) / n"
    derivative_formula = "sign(a - t) / n"

    def term(self, output, target, size):
        return magnitude(output - target) / size

    def derivative(self, output, target, size):
        return sign(output - target) / size


class OverOutputs(Loss):
    """The base of losses that add up the terms of the outputs or, as PyTorch and Keras do, take their mean.

    outputs: "sum" or "mean", in which both formulas are divided by the number of outputs.
    A class has `formula`, `derivative_formula`, `own_term` and `own_derivative` of the sum.
    """

    parameters: tuple[str, ...] = ("outputs",)

    def __init__(self, outputs="sum"):
        self.outputs = checks.known("reduction over the outputs", outputs, checks.REDUCTIONS)
        if outputs == "mean":
            self.formula, self.derivative_formula = f"({self.formula}) / n", f"({self.derivative_formula}) / n"

    def term(self, output, target, size):
        return self._share(self.own_term(output, target), size)

    def derivative(self, output, target, size):
        return self._share(self.own_derivative(output, target), size)

    def cancelled(self, output, target, size):
        return self._share(output - target, size)

    def _share(self, number, size):
        return number / size if self.outputs == "mean" else number


class BinaryCrossentropy(OverOutputs):
    """The surprise at independent yes-or-no targets, for outputs between 0 and 1.

    Formula: E = sum of -(t log(a) + (1 - t) log(1 - a)), with 0 log(0) = 0.
    An output of exactly 0 or 1 on the wrong side counts as 1e-300 away from it, so that one output's term is
    at most 690.8.
    """

    name = "binary_crossentropy"
    formula = "-(t * log(a) + (1 - t) * log(1 - a))"
    derivative_formula = "(1 - t) / (1 - a) - t / a"
    cancels_with = ("sigmoid",)

    def own_term(self, output, target):
        if output > 1:
            raise InputError(f"{self.name} takes outputs between 0 and 1, got {output}; use sigmoid outputs")
        log_of_rest = log1p(0 - output) if output < 1 else log(_above_zero(1 - output))
        return 0 - (_times_log(target, output, self) + (1 - target) * log_of_rest)

    def own_derivative(self, output, target):
        return _over(1 - target, 1 - output) - _over(target, output)

    def check_targets(self, targets, activation):
        _check_range(self, targets, 0, 1)


class CategoricalCrossentropy(Loss):
    """The surprise at the right class, for outputs that are the classes' probabilities.

    Formula: E = sum of -t log(a), with 0 log(0) = 0.
    An output of exactly 0 counts as 1e-300, so that one output's term is at most 690.8.
    """

    name = "categorical_crossentropy"
    formula = "-(t * log(a))"
    derivative_formula = "-t / a"
    cancels_with = ("softmax",)

    def term(self, output, target, size):
        return 0 - _times_log(target, output, self)

    def derivative(self, output, target, size):
        return 0 - _over(target, output)

    def check_targets(self, targets, activation):
        _check_distribution(self, targets, activation)


class Hinge(OverOutputs):
    """The margin that is missing to 1, for targets of 1 and -1; its derivative at the hinge is 0.

    Formula: E = sum of max(0, 1 - t a)
    """

    name = "hinge"
    middle = 0
    formula = "max(0, 1 - t * a)"
    derivative_formula = "-t if t * a < 1 else 0"

    def own_term(self, output, target):
        missing = 1 - target * output
        return missing if missing > 0 else zero(output)

    def own_derivative(self, output, target):
        return zero(output) - target if target * output < 1 else zero(output)

    def check_targets(self, targets, activation):
        _check_choice(self, targets, [1, -1])


class Huber(OverOutputs):
    """A square near the target and straight further out, from `width` (Huber's delta) on.

    Formula: E = sum of e^2 / 2 where |e| <= width, else width (|e| - width / 2), with e = a - t
    """

    name = "huber"
    formula = "(a - t)^2 / 2 if abs(a - t) <= width else width * (abs(a - t) - width / 2)"
    derivative_formula = "a - t if abs(a - t) <= width else width * sign(a - t)"
    parameters = ("width", "outputs")

    def __init__(self, width=1, outputs="sum"):
        self.width = checks.positive(width, "width")
        super().__init__(outputs)

    def own_term(self, output, target):
        error, width = output - target, as_kind(self.width, output)
        if magnitude(error) <= width:
            return error * error / 2
        return (2 * magnitude(error) - width) * width / 2

    def own_derivative(self, output, target):
        error, width = output - target, as_kind(self.width, output)
        return error if magnitude(error) <= width else sign(error) * width


class LogCosh(OverOutputs):
    """A smooth mixture of the square and the absolute error.

    Formula: E = sum of log(cosh(a - t))
    """

    name = "log_cosh"
    formula = "log(cosh(a - t))"
    derivative_formula = "tanh(a - t)"

    def own_term(self, output, target):
        size_of_error = magnitude(output - target)
        if size_of_error < 1:  # log(1 + 2 sinh(e/2)^2), accurate also for small errors
            sinh = (expm1(size_of_error / 2) - expm1(0 - size_of_error / 2)) / 2
            return log1p(2 * sinh * sinh)
        return size_of_error + log1p(exp(-2 * size_of_error)) - log(one(size_of_error) * 2)

    def own_derivative(self, output, target):
        return tanh(output - target)


class Poisson(OverOutputs):
    """For targets that are counts and outputs that are expected counts.

    Formula: E = sum of a - t log(a), with 0 log(0) = 0
    epsilon: PyTorch (1e-8) and Keras (1e-7) add one to the a in the logarithm.
    """

    name = "poisson"
    formula = "a - t * log(a)"
    derivative_formula = "1 - t / a"
    parameters = ("epsilon", "outputs")

    def __init__(self, epsilon=0, outputs="sum"):
        self.epsilon = checks.not_negative(epsilon, "epsilon")
        if epsilon:
            self.formula, self.derivative_formula = "a - t * log(a + epsilon)", "1 - t / (a + epsilon)"
        super().__init__(outputs)

    def own_term(self, output, target):
        return output - _times_log(target, output + as_kind(self.epsilon, output), self)

    def own_derivative(self, output, target):
        return 1 - _over(target, output + as_kind(self.epsilon, output))

    def check_targets(self, targets, activation):
        _check_range(self, targets, 0, None)


class KLDivergence(Loss):
    """The divergence of the outputs from the targets, both of them probabilities.

    Formula: E = sum of t log(t / a), with 0 log(0) = 0
    """

    name = "kl_divergence"
    formula = "t * log(t / a)"
    derivative_formula = "-t / a"
    cancels_with = ("softmax",)

    def term(self, output, target, size):
        target = zero(output) + target
        return _times_log(target, target, self) - _times_log(target, output, self)

    def derivative(self, output, target, size):
        return 0 - _over(target, output)

    def check_targets(self, targets, activation):
        _check_distribution(self, targets, activation)


class Perceptron(Loss):
    """The perceptron rule for step and sign outputs: the delta is a - t, so that w changes by eta (t - a) x.

    Formula: E = sum of |a - t|, which counts the wrong outputs of step units.
    A step has no slope to descend. The rule's a - t is the slope of the perceptron criterion
    (a - t)(z - threshold) instead (Rosenblatt 1958; Bishop, Pattern Recognition, 4.1.7).
    """

    name = "perceptron"
    formula = "abs(a - t)"
    derivative_formula = "sign(a - t)"
    cancels_with = only_with = ("step", "sign")

    def term(self, output, target, size):
        return magnitude(output - target)

    def derivative(self, output, target, size):
        return sign(output - target)

    def check_targets(self, targets, activation):
        if isinstance(activation, Threshold):
            _check_choice(self, targets, activation.values)


def _times_log(weight, probability, loss):
    """weight * log(probability), where 0 * log(0) is 0 and any other log(0) stays finite."""
    if probability < 0:
        raise InputError(
            f"{loss.name} takes the logarithm of outputs, got {probability}; "
            f"use {' or '.join(loss.cancels_with) or 'softplus'} outputs"
        )
    return zero(probability) if weight == 0 else weight * log(_above_zero(probability))


def _over(weight, probability):
    """weight / probability, where 0 / 0 is 0 and any other division by 0 stays finite."""
    return zero(probability) if weight == 0 else weight / _above_zero(probability)


def _above_zero(probability):
    """The probability, or 1e-300 in place of 0 and of floats so small that dividing by them overflows."""
    if isinstance(probability, float):
        return max(probability, 1e-300)
    return one(probability) / 10**300 if probability == 0 else probability


def _check_range(loss, targets, low, high):
    for index, target in enumerate(targets):
        if target < low or high is not None and target > high:
            wanted = f"between {low} and {high}" if high is not None else f"{low} or more"
            raise InputError(f"{loss.name}: targets[{index}] must be {wanted}, got {target}")


def _check_choice(loss, targets, values):
    *others, last = values
    for index, target in enumerate(targets):
        if target not in values:
            raise InputError(f"{loss.name}: targets[{index}] must be {', '.join(map(str, others))} or {last}, got {target}")


def _check_distribution(loss, targets, activation):
    """Probabilities; beside softmax outputs also summing to 1, or else delta would not be a - t."""
    _check_range(loss, targets, 0, 1)
    if activation.name in loss.cancels_with and magnitude(sum(targets) - 1) * 10**9 > 1:
        raise InputError(f"{loss.name}: targets of {activation.name} outputs must sum to 1, got {sum(targets)}")


LOSSES = Registry(
    "loss",
    Loss,
    (
        HalfSquaredError, SquaredError, MeanSquaredError, MeanAbsoluteError, BinaryCrossentropy,
        CategoricalCrossentropy, Hinge, Huber, LogCosh, Poisson, KLDivergence, Perceptron,
    ),
    {
        "mse": "mean_squared_error", "mae": "mean_absolute_error", "sse": "squared_error", "bce": "binary_crossentropy",
        "binary_cross_entropy": "binary_crossentropy", "cce": "categorical_crossentropy",
        "categorical_cross_entropy": "categorical_crossentropy", "kl": "kl_divergence", "logcosh": "log_cosh",
    },
)
