"""Stopping: small objects that say after an epoch whether training should end.

They combine: `MaxEpochs(500) | LossBelow(0.01)` ends a run as soon as one of them does. What they look at is
the run: its `history`, and its `weight_change`, the largest change of a weight or bias in the last epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.registry import Named

if TYPE_CHECKING:
    from typing import Sequence, Union

    AnyStop = Union["Stop", Sequence["Stop"], None]  # one, several, or none


class Stop(Named):
    """The base of every stop. One that is a `goal` is what the run is for; one that is not only ends it."""

    goal = False

    def reached(self, run):
        """True if the run should end after its last epoch."""
        raise NotImplementedError(f"{type(self).__name__} has no reached(run)")

    def __or__(self, other):
        return AnyOf([self]) | other


class AnyOf(list):
    """Several stops, of which the first to be reached ends the run."""

    def __or__(self, other):
        return AnyOf([*self, *(other if isinstance(other, list) else [other])])


class MaxEpochs(Stop):
    """Ends when the history has so many epochs."""

    name = "max_epochs"
    parameters = ("epochs",)

    def __init__(self, epochs=100):
        self.epochs = checks.count(epochs, "epochs")

    def reached(self, run):
        return len(run.history) >= self.epochs


class WeightChangeBelow(Stop):
    """Ends when no weight or bias changed by as much in an epoch."""

    name = "weight_change_below"
    parameters = ("threshold",)

    def __init__(self, threshold=1e-4):
        self.threshold = checks.number(threshold, "threshold")

    def reached(self, run):
        return run.weight_change < self.threshold


class LossBelow(Stop):
    """Ends when the loss, or another column of the history such as "validation loss", is below the threshold."""

    name = "loss_below"
    goal = True
    parameters = ("threshold", "column")

    def __init__(self, threshold=0.01, column="loss"):
        self.threshold, self.column = checks.number(threshold, "threshold"), column

    def reached(self, run):
        return run.history[self.column][-1] < self.threshold


class ErrorRateBelow(Stop):
    """Ends when a smaller share of the examples than the threshold is misclassified after the epoch."""

    name = "error_rate_below"
    goal = True
    parameters = ("threshold",)

    def __init__(self, threshold=0.05):
        self.threshold = checks.number(threshold, "threshold")

    def reached(self, run):
        return run.error_rate < self.threshold


class Patience(Stop):
    """Ends when a column has not fallen by more than `least` below its best for so many epochs."""

    name = "patience"
    parameters = ("epochs", "column", "least")

    def __init__(self, epochs=10, column="loss", least=0):
        self.epochs, self.column = checks.count(epochs, "epochs"), column
        self.least = checks.number(least, "least")

    def reached(self, run):
        best, waited = None, 0
        for value in run.history[self.column]:
            if best is None or value < best - self.least:
                best, waited = value, 0
            else:
                waited += 1
        return waited >= self.epochs


def make_stops(given):
    """A list of stops from one, several, or None."""
    stops = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    for stop in stops:
        if not isinstance(stop, Stop):
            raise InputError(f"stop: expected objects such as LossBelow(0.01), got {stop!r}")
    return stops
