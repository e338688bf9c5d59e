"""Whether a trace is honest: every step follows from earlier ones by its rule."""

from neurosim.trace.step import PHASES


def check_rules(trace):
    """Every operand is an earlier step, and every rule makes the value of its step."""
    earlier = set()
    for step in trace:
        assert earlier.issuperset(step.operands), step
        assert step.address not in earlier and step.phase in PHASES and step.rule in trace.rules
        assert (step.phase == "given") == (not step.operands) == (step.rule == "given")
        assert trace.evaluate(step) == step.value, step
        earlier.add(step.address)
