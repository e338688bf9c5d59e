"""Stopping: small objects that say after an epoch whether training should end.

They combine: `MaxEpochs(500) | LossBelow(0.01)` ends a run as soon as one of them does. They look at the run's
`history`, and at its `weight_change`, the largest change of a weight or bias in the last epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.support import checks
from neurosim.support.errors import InputError, shorten
from neurosim.support.registry import Named

if TYPE_CHECKING:
    from typing import Sequence, Union

    from neurosim.support.types import Number
    from neurosim.training.run import Run

    AnyStop = Union["Stop", Sequence["Stop"], None]  # one, several, or none


class Stop(Named):
    """The base of every stop. A `goal` is what the run is meant to reach; any other stop just ends it."""

    goal = False

    def reached(self, run: Run) -> bool:
        """True if the run should end after its last epoch."""
        raise NotImplementedError(f"{type(self).__name__} has no reached(run)")

    def __or__(self, other: Stop | list[Stop]) -> AnyOf:
        return AnyOf([self]) | other


class AnyOf(list):
    """Several stops, of which the first to be reached ends the run."""

    def __or__(self, other: Stop | list[Stop]) -> AnyOf:
        return AnyOf([*self, *(other if isinstance(other, list) else [other])])


class MaxEpochs(Stop):
    """Ends when the history has this many epochs."""

    name = "max_epochs"
    parameters = ("epochs",)

    def __init__(self, epochs: int = 100) -> None:
        self.epochs = checks.count(epochs, "epochs")

    def reached(self, run: Run) -> bool:
        return len(run.history) >= self.epochs


class WeightChangeBelow(Stop):
    """Ends when no weight or bias changed by as much as the threshold in an epoch."""

    name = "weight_change_below"
    parameters = ("threshold",)

    def __init__(self, threshold: Number = 1e-4) -> None:
        self.threshold = checks.number(threshold, "threshold")

    def reached(self, run: Run) -> bool:
        return run.weight_change < self.threshold


class LossBelow(Stop):
    """Ends when the loss, or another column of the history such as "validation loss", is below the threshold."""

    name = "loss_below"
    goal = True
    parameters = ("threshold", "column")

    def __init__(self, threshold: Number = 0.01, column: str = "loss") -> None:
        self.threshold, self.column = checks.number(threshold, "threshold"), _column(column)

    def reached(self, run: Run) -> bool:
        return run.history[self.column][-1] < self.threshold


class ErrorRateBelow(Stop):
    """Ends when a smaller share of the examples than the threshold is misclassified after the epoch."""

    name = "error_rate_below"
    goal = True
    parameters = ("threshold",)

    def __init__(self, threshold: Number = 0.05) -> None:
        self.threshold = checks.number(threshold, "threshold")

    def reached(self, run: Run) -> bool:
        return run.error_rate < self.threshold


class Patience(Stop):
    """Ends when a column has not fallen by more than `least` below its best for this many epochs."""

    name = "patience"
    parameters = ("epochs", "column", "least")

    def __init__(self, epochs: int = 10, column: str = "loss", least: Number = 0) -> None:
        self.epochs, self.column = checks.count(epochs, "epochs"), _column(column)
        self.least = checks.number(least, "least")

    def reached(self, run: Run) -> bool:
        """What was found so far is kept with the run's history, so that each number is read only once."""
        values, memory = run.history[self.column], run.history._memory
        seen, best, waited = memory.get(self, (0, None, 0))
        for value in values[seen:]:
            if best is None or value < best - self.least:
                best, waited = value, 0
            else:
                waited += 1
        memory[self] = len(values), best, waited
        return waited >= self.epochs


def _column(name):
    if not isinstance(name, str):
        raise InputError(f"column: expected the name of a column of the history, got {shorten(name)}")
    return name


def make_stops(given):
    """A list of stops from one, several, or None."""
    stops = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    for stop in stops:
        if not isinstance(stop, Stop):
            raise InputError(f"stop: expected objects such as LossBelow(0.01), got {shorten(stop)}")
    return stops
