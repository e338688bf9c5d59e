"""Whether a trace is honest: every step follows from earlier ones by its rule."""

from decimal import Decimal

import pytest

from neurosim.trace.step import PHASES


def its_value(step):
    """What equals the value of the step: the same to the last bit, or of a softmax output, which the core works out
    with powers that cannot overflow, to rounding."""
    if step.rule != "softmax":
        return step.value
    rel, abs_ = (Decimal("1e-13"), 0) if isinstance(step.value, Decimal) else (1e-13, 1e-300)
    return pytest.approx(step.value, rel=rel, abs=abs_)


def check_rules(trace):
    """Every operand is an earlier step, and every rule makes the value of its step."""
    earlier = set()
    for step in trace:
        assert earlier.issuperset(step.operands), step
        assert step.address not in earlier and step.phase in PHASES and step.rule in trace.rules
        assert (step.phase == "given") == (not step.operands) == (step.rule == "given")
        assert trace.evaluate(step) == its_value(step), step
        earlier.add(step.address)
