"""The mistakes that people make in hand-written backpropagation, as data: each a swap in the replay.

A mistake is a function from the `Positions` of a trace to its swaps, {address: (rule, operands)}: the steps at which it
is made by another formula (`reworked`), or with other numbers for some names of their formula (`rewired`). One that
comes in several forms yields (form, swaps). Where a mistake can't be made, it has no swaps.

To add one, write its function in the module of the stage at which the first number goes wrong.
"""

from neurosim.diagnosis.mistakes.entry import MISTAKES, STAGES, Mistake

from neurosim.diagnosis.mistakes import forward  # isort: split
from neurosim.diagnosis.mistakes import losses  # isort: split
from neurosim.diagnosis.mistakes import output_deltas, slopes  # isort: split
from neurosim.diagnosis.mistakes import hidden_deltas  # isort: split
from neurosim.diagnosis.mistakes import gradients  # isort: split
from neurosim.diagnosis.mistakes import optimizers, updates

__all__ = [
    "MISTAKES", "STAGES", "Mistake",
    "forward", "losses", "output_deltas", "slopes", "hidden_deltas", "gradients", "updates", "optimizers",
]
