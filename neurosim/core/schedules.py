"""Schedules: the learning rate of each update.

    eta: the learning rate that the optimizer was given, such as 0.5
    k:   number of updates made before this one: 0, 1, 2, ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.numeric import as_kind
from neurosim.support.registry import Named, Registry

if TYPE_CHECKING:
    from typing import Type, Union

    from neurosim.support.types import Description, Number

    AnySchedule = Union[str, Description, "Schedule", Type["Schedule"]]  # by name, by description, or an object


class Schedule(Named):
    """The base of every schedule: `schedule(eta, k)` is the learning rate after k updates."""

    formula = "eta"

    def __call__(self, eta: Number, k: int) -> Number:
        """The learning rate of the update that k others came before."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(eta, k)")


class Constant(Schedule):
    """The same learning rate for every update."""

    name = "constant"

    def __call__(self, eta, k):
        return eta


class StepDecay(Schedule):
    """Multiplied by `factor` after every `every` updates."""

    name = "step"
    formula = "eta * factor^floor(k / every)"
    parameters = ("factor", "every")

    def __init__(self, factor=0.5, every=1000):
        self.factor, self.every = _factor(factor), checks.count(every, "every")

    def __call__(self, eta, k):
        return eta * as_kind(self.factor, eta) ** (k // self.every)


class Exponential(Schedule):
    """Multiplied by `factor` after every update."""

    name = "exponential"
    formula = "eta * factor^k"
    parameters = ("factor",)

    def __init__(self, factor=0.999):
        self.factor = _factor(factor)

    def __call__(self, eta, k):
        return eta * as_kind(self.factor, eta) ** k


class InverseTime(Schedule):
    """Divided by 1 + decay k, so that it falls like 1/t."""

    name = "inverse_time"
    formula = "eta / (1 + decay * k)"
    parameters = ("decay",)

    def __init__(self, decay=0.001):
        self.decay = checks.not_negative(decay, "decay")

    def __call__(self, eta, k):
        return eta / (1 + as_kind(self.decay, eta) * k)


def _factor(factor):
    if not 0 < checks.number(factor, "factor") <= 1:
        raise InputError(f"factor must be above 0 and at most 1, got {factor}")
    return factor


SCHEDULES = Registry("schedule", Schedule, (Constant, StepDecay, Exponential, InverseTime))
