"""What your own activation, loss, optimizer or initializer is made from, at one short address.

    from neurosim.custom import Activation, exp

The functions take any kind of number: a float, a `Fraction`, a `Decimal`, or a class that computes like them.
"""

from neurosim.core.activations import Activation
from neurosim.core.initializers import Initializer
from neurosim.core.losses import Loss
from neurosim.core.optimizers import Optimizer, UpdateRule
from neurosim.core.schedules import Schedule
from neurosim.support.numeric import (
    as_kind,
    atan,
    dot,
    erfc,
    exp,
    expm1,
    log,
    log1p,
    magnitude,
    one,
    pi,
    sign,
    sqrt,
    tanh,
    zero,
)
from neurosim.support.types import Number

__all__ = [
    "Activation", "Initializer", "Loss", "Number", "Optimizer", "Schedule", "UpdateRule",
    "as_kind", "atan", "dot", "erfc", "exp", "expm1", "log", "log1p", "magnitude", "one", "pi", "sign", "sqrt", "tanh",
    "zero",
]
