"""Initializers: where the weights start.

    fan_in:  number of connections that enter a neuron
    fan_out: number of neurons in its layer

Each draws one number at a time from `random.Random.random()`, whose sequence is the same for a seed on
every Python version; so are the weights. The normal ones turn two such numbers into one by Box and
Muller's formula. Limits and standard deviations: Glorot and Bengio 2010, He and others 2015,
LeCun and others 1998.
"""

from __future__ import annotations

from math import cos, log, pi, sqrt
from typing import TYPE_CHECKING

from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.registry import Named, Registry

if TYPE_CHECKING:
    from random import Random
    from typing import Type, Union

    from neurosim.support.types import Description, Number

    AnyInitializer = Union[str, Description, "Initializer", Type["Initializer"]]  # by name, by description, or an object


class Initializer(Named):
    """The base of every initializer: `draw(random, fan_in, fan_out)` gives one number."""

    def draw(self, random: Random, fan_in: int, fan_out: int) -> Number:
        """One starting weight, from a random.Random."""
        raise NotImplementedError(f"{type(self).__name__} has no draw(random, fan_in, fan_out)")


class Constant(Initializer):
    """The same number everywhere."""

    name = "constant"
    parameters = ("value",)

    def __init__(self, value=0):
        self.value = checks.number(value, "value")

    def draw(self, random, fan_in, fan_out):
        return self.value


class Zeros(Initializer):
    """0 everywhere."""

    name = "zeros"

    def draw(self, random, fan_in, fan_out):
        return 0


class Ones(Initializer):
    """1 everywhere."""

    name = "ones"

    def draw(self, random, fan_in, fan_out):
        return 1


class Uniform(Initializer):
    """Evenly spread from `low` up to, but not including, `high`."""

    name = "uniform"
    parameters = ("low", "high")

    def __init__(self, low=-0.5, high=0.5):
        if not checks.number(low, "low") < checks.number(high, "high"):
            raise InputError(f"uniform: low must be below high, got {low!r} and {high!r}")
        self.low, self.high = low, high

    def draw(self, random, fan_in, fan_out):
        return self.low + (self.high - self.low) * random.random()


class Normal(Initializer):
    """Normally distributed about `mean`."""

    name = "normal"
    parameters = ("mean", "standard_deviation")

    def __init__(self, mean=0.0, standard_deviation=0.05):
        self.mean = checks.number(mean, "mean")
        self.standard_deviation = checks.positive(standard_deviation, "standard_deviation")

    def draw(self, random, fan_in, fan_out):
        return self.mean + self.standard_deviation * _standard_normal(random)


class _ByConnections(Initializer):
    """About 0: within sqrt(numerator / connections) or, if `normal`, with that as the standard deviation."""

    numerator: int
    counts_fan_out = False
    normal = False

    def draw(self, random, fan_in, fan_out):
        spread = sqrt(self.numerator / (fan_in + fan_out if self.counts_fan_out else fan_in))
        return spread * (_standard_normal(random) if self.normal else 2 * random.random() - 1)


class GlorotUniform(_ByConnections):
    """Uniform within +-sqrt(6 / (fan_in + fan_out))."""

    name = "glorot_uniform"
    numerator = 6
    counts_fan_out = True


class GlorotNormal(_ByConnections):
    """Normal with standard deviation sqrt(2 / (fan_in + fan_out))."""

    name = "glorot_normal"
    numerator = 2
    counts_fan_out = True
    normal = True


class HeUniform(_ByConnections):
    """Uniform within +-sqrt(6 / fan_in)."""

    name = "he_uniform"
    numerator = 6


class HeNormal(_ByConnections):
    """Normal with standard deviation sqrt(2 / fan_in)."""

    name = "he_normal"
    numerator = 2
    normal = True


class LeCunUniform(_ByConnections):
    """Uniform within +-sqrt(3 / fan_in)."""

    name = "lecun_uniform"
    numerator = 3


class LeCunNormal(_ByConnections):
    """Normal with standard deviation sqrt(1 / fan_in)."""

    name = "lecun_normal"
    numerator = 1
    normal = True


def _standard_normal(random):
    """Box and Muller 1958: a normally distributed number from two evenly distributed ones."""
    return sqrt(-2 * log(1 - random.random())) * cos(2 * pi * random.random())


INITIALIZERS = Registry(
    "initializer",
    Initializer,
    (
        Zeros, Ones, Constant, Uniform, Normal, GlorotUniform, GlorotNormal, HeUniform, HeNormal,
        LeCunUniform, LeCunNormal,
    ),
)
