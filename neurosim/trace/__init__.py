"""The trace: every number of a computation as a step that says which rule made it from which others."""

from neurosim.trace.recorder import trace
from neurosim.trace.rules import RULES, Rule
from neurosim.trace.step import PHASES, Step, Trace

__all__ = ["PHASES", "RULES", "Rule", "Step", "Trace", "trace"]
