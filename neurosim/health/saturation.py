"""Where an activation is flat. A neuron that stays there learns little or nothing: delta = dE/da * f'(z).

Flat parts are found by trying the activation out, so this also works for a class of your own.
"""

from __future__ import annotations

from neurosim.health.life import DIED, REVIVED, SATURATED, UNSATURATED
from neurosim.support.numeric import is_finite, magnitude

FAR = 1e12  # as good as infinite for a net input
BOUNDED = 1e4  # an output that is larger than this so far out has no bound
TRIED = (-FAR, *[number / 64 for number in range(-640, 641)], FAR)

ROUNDING = 1e-9  # of two slopes that are equal

MARGIN = 0.01  # a saturated output is closer to where it ends than this share of the largest output
SATURATED_SHARE = 0.9  # a saturated neuron is so on this share of the examples


class Off:
    """A neuron, as with ReLU, that learns nothing where z <= 0; it is dead if that holds for all examples."""

    begins, ends = DIED, REVIVED
    criterion = "z <= 0"
    share = 1

    def holds(self, net_input, output):
        """True if it is so on one example."""
        return net_input <= 0


class Saturated:
    """A neuron, such as sigmoid or tanh, whose output is close to a bound on nine of ten examples."""

    begins, ends = SATURATED, UNSATURATED
    share = SATURATED_SHARE

    def __init__(self, low, high, largest):
        self.low, self.high = low, high  # far to the left and far to the right, which are equal under a bell
        self.margin = MARGIN * largest
        lower, upper = f"{low + self.margin:.4g}", f"{high - self.margin:.4g}"
        self.criterion = f"abs(a) > {upper}" if low == -high else f"a outside [{lower}, {upper}]"
        if low == high:
            self.criterion = f"a within {self.margin:.4g} of {low:.4g}"

    def holds(self, net_input, output):
        """True if it is so on one example."""
        return magnitude(float(output) - self.low) < self.margin or magnitude(self.high - float(output)) < self.margin


def flat_part(activation):
    """How a neuron with this activation can be flat: an `Off`, a `Saturated`, or None if neither can be.

    >>> from neurosim.core.activations import ReLU, Tanh
    >>> flat_part(ReLU()).criterion, flat_part(Tanh()).criterion
    ('z <= 0', 'abs(a) > 0.99')
    """
    if activation.coupled or not activation.differentiable:
        return None
    low, high = _try(activation, [-FAR, FAR])
    if _slopes(activation, [-FAR, -1.0, -1 / 64, 0.0]) == [0, 0, 0, 0] and _slopes(activation, [1.0]) != [0]:
        return Off()
    if max(abs(low), abs(high)) > BOUNDED:
        return None
    return Saturated(low, high, max(map(abs, _try(activation, TRIED))))


def reach(activation):
    """(lowest, highest) output that the activation comes to; None where there is no bound.

    >>> from neurosim.core.activations import ReLU, Sigmoid
    >>> reach(Sigmoid()), reach(ReLU())
    ((0.0, 1.0), (0.0, None))
    """
    if activation.coupled:
        return 0.0, 1.0
    outputs = _try(activation, TRIED)
    low, high = min(outputs), max(outputs)
    return low if low > -BOUNDED else None, high if high < BOUNDED else None


def is_rectifier(activation):
    """True for ReLU and its like, which do not let negative net inputs through as they do positive ones."""
    slopes = None if activation.coupled else _slopes(activation, [-1.0, 1.0])
    return slopes is not None and abs(abs(slopes[0]) - abs(slopes[1])) > ROUNDING


def _try(activation, net_inputs):
    """The outputs; infinite where the activation cannot go so far out."""
    outputs = []
    for net_input in net_inputs:
        try:
            output = float(activation(net_input))
        except ArithmeticError:
            output = float("nan")
        outputs.append(output if is_finite(output) else net_input * FAR)
    return outputs


def _slopes(activation, net_inputs):
    try:
        return [activation.derivative(net_input, activation(net_input)) for net_input in net_inputs]
    except ArithmeticError:
        return None
