"""The mistakes that people make in hand-written backpropagation, as data: each a swap in the replay.

A mistake is a function from the `Positions` of a trace to its swaps, {address: (rule, operands)}; a mistake that
comes in several forms is a generator of (form, swaps). Where a mistake can't be made, it has none.

To add one, write its function in the module of the stage at which the first number goes wrong.
"""

from neurosim.diagnosis.mistakes.entry import MISTAKES, STAGES, Mistake

from neurosim.diagnosis.mistakes import forward  # isort: split
from neurosim.diagnosis.mistakes import output_deltas, slopes  # isort: split
from neurosim.diagnosis.mistakes import hidden_deltas  # isort: split
from neurosim.diagnosis.mistakes import gradients  # isort: split
from neurosim.diagnosis.mistakes import updates

__all__ = [
    "MISTAKES", "STAGES", "Mistake",
    "forward", "output_deltas", "slopes", "hidden_deltas", "gradients", "updates",
]
