"""The best that outputs can do which are the same on all examples: what a network is worth that has learnt nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from neurosim.core import losses
from neurosim.health.saturation import reach

if TYPE_CHECKING:
    from typing import Sequence

    from neurosim.core.activations import Activation
    from neurosim.core.losses import Loss

HALVINGS = 60  # of the search, which each time keeps two thirds: (2/3)^60 is 3e-11


class Constant(NamedTuple):
    """The best constant outputs, their mean loss, and the least that outputs equal to the targets have.

    >>> from neurosim.core.activations import Linear
    >>> best_constant(losses.HalfSquaredError(), Linear(), [[1.0], [2.0], [6.0]])
    Constant(outputs=[3.0], loss=2.3333333333333335, least=0.0)
    """

    outputs: list[float]
    loss: float
    least: float


def best_constant(loss: Loss, activation: Activation, targets: Sequence[Sequence[float]]) -> Constant:
    """The constant outputs, within the reach of the activation, with the lowest mean loss on these targets.

    Softmax outputs depend on each other; for them it is the mean target, which is best for squares and cross-entropies
    where the targets sum to 1, as they should.
    """
    size = len(targets[0])
    find = _mean if activation.coupled else CLOSED_FORMS.get(type(loss), _searched)
    low, high = reach(activation)
    outputs = [_within(low, high, find(column, loss, size)) for column in zip(*targets)]
    of_constant = [float(loss(outputs, row)) for row in targets]
    least = [float(loss(row, row)) for row in targets]
    return Constant(outputs, sum(of_constant) / len(targets), sum(least) / len(targets))


def _within(low, high, value):
    """The value, or the end that it is beyond: of terms with one valley, the best that can be reached."""
    value = value if low is None else max(low, value)
    return value if high is None else min(high, value)


def _mean(targets, loss, size):
    return sum(targets) / len(targets)


def _median(targets, loss, size):
    return sorted(targets)[(len(targets) - 1) // 2]


def _searched(targets, loss, size):
    """By thirds, between the lowest target and the highest: terms that fall up to t and rise from there have one valley."""
    counts = Counter(targets)
    low, high = min(targets), max(targets)
    for _ in range(HALVINGS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _total(counts, loss, left, size) <= _total(counts, loss, right, size):
            high = right
        else:
            low = left
    return min((low, high), key=lambda output: _total(counts, loss, output, size))


def _total(counts, loss, output, size):
    return sum([count * loss.term(output, target, size) for target, count in counts.items()])


CLOSED_FORMS = {  # where the derivatives sum to 0
    losses.HalfSquaredError: _mean, losses.SquaredError: _mean, losses.MeanSquaredError: _mean,
    losses.BinaryCrossentropy: _mean, losses.Poisson: _mean,
    losses.MeanAbsoluteError: _median, losses.Perceptron: _median,
}
