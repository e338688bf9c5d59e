"""The mistakes that people make in hand-written backpropagation, as data: each a swap in the replay.

A mistake is a function from the `Anatomy` of a trace to its swaps, {address: (rule, operands)}; a mistake that
comes in several forms is a generator of (form, swaps). Where a mistake can't be made, it has none.

To add one, write its function in the module of the stage at which the first number goes wrong.
"""

from neurosim.check.mistakes.entry import MISTAKES, STAGES, Mistake, changed_result

# The modules enter their mistakes when they are imported: here, in the order of the stages.
from neurosim.check.mistakes import forward  # isort: skip
from neurosim.check.mistakes import output_deltas, slopes  # isort: skip
from neurosim.check.mistakes import hidden_deltas  # isort: skip
from neurosim.check.mistakes import gradients  # isort: skip
from neurosim.check.mistakes import updates  # isort: skip

__all__ = [
    "MISTAKES", "STAGES", "Mistake", "changed_result",
    "forward", "output_deltas", "slopes", "hidden_deltas", "gradients", "updates",
]  # fmt: skip
