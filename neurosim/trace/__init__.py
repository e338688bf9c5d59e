"""The trace: every number of a computation as a step that says which rule made it from which others."""

from neurosim.trace.explain import Explanation, explain
from neurosim.trace.files import load_trace, save_trace
from neurosim.trace.ledger import Ledger, Path
from neurosim.trace.recorder import trace
from neurosim.trace.replay import affects, depends_on, replay
from neurosim.trace.rounding import Digits, Places
from neurosim.trace.rules import RULES, Rule
from neurosim.trace.step import PHASES, Step, Trace
from neurosim.trace.verify import Verdict, verify

__all__ = [
    "PHASES", "RULES", "Digits", "Explanation", "Ledger", "Path", "Places", "Rule", "Step", "Trace", "Verdict",
    "affects", "depends_on", "explain", "load_trace", "replay", "save_trace", "trace", "verify",
]  # fmt: skip
