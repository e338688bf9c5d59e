"""The judge: what a person should have got at each address, from their own numbers before it.

A trace is worked out again with a person's answers in it, and perhaps with a mistake. Each step is judged from
the person's own upstream numbers; and since those are rounded, each result has a margin: how far it may lie off
only because of that.

    value:  what the step's rule makes of its operands, such as 0.5933
    margin: how far rounding on the way may have moved it, such as 0.00005
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from neurosim.support.numeric import is_finite
from neurosim.support.records import documented
from neurosim.trace.replay import in_order

SLACK = 1e-9  # times the size: answers with all digits may come from another order of summation


@documented
class Expected(NamedTuple):
    """What should stand at an address.

    value:  the number; None where the rule can't be applied
    margin: how far rounding before it may have moved it
    """

    value: Any
    margin: Any


@documented
class Cell(NamedTuple):
    """One step, ready to be worked out.

    address:  where it stands
    evaluate: the function from the operands' values to its own
    operands: the addresses that it reads
    """

    address: str
    evaluate: Callable[..., Any]
    operands: tuple[str, ...]


class Judge:
    """A trace with a person's answers in it.

    answers: {address: `Answer`}
    way:     half a unit of the last place to which the person rounded what they did not write down; 0 if they
             kept all digits there
    """

    def __init__(self, trace, answers, way=0.0):
        self.trace, self.answers, self.way = trace, answers, way
        self.cells = [Cell(step.address, trace.rules[step.rule].evaluate, step.operands) for step in trace]
        self.order = {cell.address: index for index, cell in enumerate(self.cells)}
        self.givens = {step.address: step.value for step in trace if not step.operands}
        self.expected, self.used = {}, {}
        for cell in self.cells:
            found = self._work_out(cell, self.used)
            self.expected[cell.address] = found
            self.used[cell.address] = self._as_used(cell, found)
        self.wrong = {address for address in answers if not self.agrees(address, self.expected[address])}

    def __reduce__(self):
        return type(self), (self.trace, self.answers, self.way)

    def with_swaps(self, swaps):
        """{address: `Expected`} of what comes out differently with the swaps, {address: (rule, operands)}, in it."""
        cells = self.cells
        if any(self.order[operand] > self.order[address] for address, (_, ops) in swaps.items() for operand in ops):
            cells = self._reordered(swaps)
        expected, changed, used = {}, set(), dict(self.used)
        for cell in cells:
            swap = swaps.get(cell.address)
            if swap is not None:
                rule, operands = swap
                evaluate = (self.trace.rules[rule] if isinstance(rule, str) else rule).evaluate
                cell = Cell(cell.address, evaluate, operands)
            elif changed.isdisjoint(cell.operands):
                continue
            found = self._work_out(cell, used)
            expected[cell.address] = found
            if self._reaches_further(cell.address):
                changed.add(cell.address)
                used[cell.address] = self._as_used(cell, found)
        return expected

    def wrong_with(self, expected):
        """The answers that are wrong where these came out differently."""
        other = {address for address in expected if address in self.answers}
        return (self.wrong - other) | {address for address in other if not self.agrees(address, expected[address])}

    def agrees(self, address, expected):
        """Whether an answer is what a person would have got, within its printed precision."""
        if expected.value is None:
            return False
        answer = self.answers[address]
        return abs(answer.value - expected.value) <= tolerance(answer, expected)

    def _reordered(self, swaps):
        steps = {step.address: step for step in self.trace}
        for address, (_, operands) in swaps.items():
            steps[address] = steps[address]._replace(operands=operands)
        return [self.cells[self.order[step.address]] for step in in_order(steps)]

    def _reaches_further(self, address):
        """Whether a change at an address changes what later steps read."""
        return address not in self.answers

    def _as_used(self, cell, found):
        """What later steps read: the person's own number, or else what they must have got."""
        answer = self.answers.get(cell.address)
        if answer is not None:
            return Expected(answer.value, answer.half_unit)
        return Expected(found.value, found.margin + self.way) if self.way and cell.operands else found

    def _work_out(self, cell, used):
        """What a rule makes of operands that each have a margin."""
        if not cell.operands:
            return Expected(self.givens[cell.address], 0.0)
        operands = [used[operand] for operand in cell.operands]
        values = [operand.value for operand in operands]
        if None in values:
            return Expected(None, 0.0)
        try:
            value, margin = cell.evaluate(*values), 0.0
            for index, operand in enumerate(operands):
                if operand.margin:
                    margin += _effect(cell.evaluate, values, index, operand.margin, value)
        except (ArithmeticError, ValueError):
            return Expected(None, 0.0)
        return Expected(value, margin) if is_finite(value) and is_finite(margin) else Expected(None, 0.0)


def _effect(evaluate, values, index, margin, value):
    """How far the result moves when one operand moves by its margin either way."""
    moved = list(values)
    effects = []
    for shift in (margin, -margin):
        moved[index] = values[index] + shift
        try:
            effects.append(abs(evaluate(*moved) - value))
        except (ArithmeticError, ValueError):  # such as the logarithm of an output that may have been 0
            effects.append(abs(value))
    return max(effects)


def tolerance(answer, expected):
    """How far an answer may lie from what is expected."""
    size = max(abs(answer.value), abs(expected.value))
    return (expected.margin + answer.half_unit) * (1 + 1e-6) + SLACK * size


class FullRun(Judge):
    """A trace as one unbroken computation with all digits, whose results alone were rounded: the sharpest judge."""

    def _as_used(self, cell, found):
        return found

    def _reaches_further(self, address):
        return True
