"""A trace as cells that are worked out again, only as far as something in it changes.

A run is the trace with something else in it: a person's own numbers, swapped rules, rounding on the way.

    expected: what a cell's rule makes of what it reads, such as 0.5933; None where the rule can't be applied
    used:     what later cells read: the person's own number, or else what is expected, perhaps rounded
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import isfinite
from typing import Any, List, NamedTuple

from neurosim.support.records import documented


@documented
class Run(NamedTuple):
    """A trace worked out in one way; both lists go by the index of the cell.

    expected: what each rule makes of what it reads
    used:     what later cells read
    """

    expected: List[Any]
    used: List[Any]


class Cells:
    """The steps of a trace by their index.

    swaps are everywhere {index: (function, indices of what it reads)}.
    """

    def __init__(self, trace, wanted):
        """`wanted`: the addresses whose numbers are asked for; what leads to none of them is not worked out."""
        self.trace = trace
        self.addresses = [step.address for step in trace]
        self.index = {address: index for index, address in enumerate(self.addresses)}
        self.rules = [trace.rules[step.rule].evaluate if step.operands else None for step in trace]
        self.operands = [tuple(self.index[operand] for operand in step.operands) for step in trace]
        self.wanted = [self.index[address] for address in wanted]
        leads = self.leading_to(self.wanted)
        self.leads = [index in leads for index in range(len(self.addresses))]  # to a wanted one
        self.readers = [[] for _ in self.addresses]
        for index, operands in enumerate(self.operands):
            if self.leads[index]:
                for operand in operands:
                    self.readers[operand].append(index)
        values = [step.value for step in trace]
        self.recorded = Run(values, values)

    def leading_to(self, indices, stops=()):
        """The indices of these cells and of those that lead to them, not through cells that are stops."""
        return _closed(indices, self.operands, stops)

    def led_to_by(self, indices):
        """The indices of these cells and of those that they lead to."""
        return _closed(indices, self.readers)

    def swaps(self, swaps):
        """{address: (rule, addresses)} as swaps by index."""
        return {
            self.index[address]: (
                (self.trace.rules[rule] if isinstance(rule, str) else rule).evaluate,
                tuple(self.index[operand] for operand in operands),
            )
            for address, (rule, operands) in swaps.items()
        }

    def run(self, own, rounding=None):
        """The `Run` with a person's numbers, {index: number}, and what is unwritten rounded by a function."""
        if rounding is None:
            return self.merged(self.recorded, *self.changed(self.recorded, {}, own, None, own))
        expected, used = list(self.recorded.expected), list(self.recorded.used)
        for index, value in own.items():
            used[index] = value  # of a given too, which is not worked out below
        for index, operands in enumerate(self.operands):
            if operands and self.leads[index]:
                expected[index] = _applied(self.rules[index], [used[operand] for operand in operands])
                used[index] = own.get(index, _rounded(rounding, self.addresses[index], expected[index]))
        return Run(expected, used)

    def run_without(self, run, own, left_out):
        """A run with fewer own numbers: those at the indices `left_out` are worked out, and `own` are the others."""
        return self.merged(run, *self.changed(run, {}, own, None, {index: run.expected[index] for index in left_out}))

    @staticmethod
    def merged(run, expected, used):
        """The run with these changes."""
        if not expected and not used:
            return run
        both = Run(list(run.expected), list(run.used))
        for old, new in zip(both, (expected, used)):
            for index, value in new.items():
                old[index] = value
        return both

    def changed(self, run, swaps, own, rounding=None, put=None):
        """({index: expected}, {index: used}) of the cells that come out differently with swaps in a run.

        own: the numbers that later cells read in place of what is expected
        put: {index: number} of what is read otherwise than in the run from the start
        """
        expected = {}
        used = {index: value for index, value in (put or {}).items() if value != run.used[index]}
        if any(operand > index for index, (_, operands) in swaps.items() for operand in operands):
            return self._changed_in_other_order(run, swaps, own, rounding, expected, used)
        queue = [*swaps, *(reader for index in used for reader in self.readers[index])]
        heapify(queue)
        last = -1
        while queue:
            index = heappop(queue)
            if index != last:
                last = index
                if self._work_out(index, run, swaps, own, rounding, expected, used):
                    for reader in self.readers[index]:
                        heappush(queue, reader)
        return expected, used

    def _work_out(self, index, run, swaps, own, rounding, expected, used):
        """Work out one cell; whether what later ones read of it is another number."""
        function, operands = swaps[index] if index in swaps else (self.rules[index], self.operands[index])
        value = _applied(function, [used[operand] if operand in used else run.used[operand] for operand in operands])
        expected[index] = value
        if index in own:
            return False
        if rounding is not None:
            value = _rounded(rounding, self.addresses[index], value)
        if value == run.used[index]:
            return False
        used[index] = value
        return True

    def _changed_in_other_order(self, run, swaps, own, rounding, expected, used):
        """The same where a swapped cell reads one that used to come after it."""
        dirty, pending = set(), [*swaps, *(reader for index in used for reader in self.readers[index])]
        while pending:
            index = pending.pop()
            if index not in dirty:
                dirty.add(index)
                pending += self.readers[index]
        for index in self._in_order(dirty, swaps):
            operands = swaps[index][1] if index in swaps else self.operands[index]
            if index in swaps or not used.keys().isdisjoint(operands):
                self._work_out(index, run, swaps, own, rounding, expected, used)
        return expected, used

    def _in_order(self, dirty, swaps):
        """The dirty cells, each behind those that it reads; ValueError if they read each other in a circle."""
        done, ordered = set(), []
        for start in sorted(dirty):
            path = [start]
            while path:
                index = path[-1]
                if index in done:
                    path.pop()
                    continue
                operands = swaps[index][1] if index in swaps else self.operands[index]
                missing = [operand for operand in operands if operand in dirty and operand not in done]
                if not missing:
                    done.add(path.pop())
                    ordered.append(index)
                elif missing[0] in path:
                    raise ValueError("a circle")
                else:
                    path.append(missing[0])
        return ordered

    def margin(self, index, swaps, run, used, halves, way):
        """How far rounding of what is unwritten, by `way` each, may have moved a cell; `halves` are of own numbers."""
        before, pending = set(), [index]
        while pending:
            for operand in self._reads(pending.pop(), swaps):
                if operand not in before and operand not in halves and self._reads(operand, swaps):
                    before.add(operand)
                    pending.append(operand)
        margins = {}
        for one in (*sorted(before), index):
            values, total = [used[i] if i in used else run.used[i] for i in self._reads(one, swaps)], 0.0
            function = swaps[one][0] if one in swaps else self.rules[one]
            value = _applied(function, values)
            for place, operand in enumerate(self._reads(one, swaps)):
                moved = halves.get(operand, margins.get(operand, 0.0))
                if moved and value is not None:
                    other = _applied(function, [*values[:place], values[place] + moved, *values[place + 1 :]])
                    total += abs(value) if other is None else abs(other - value)
            margins[one] = total + (way if one != index else 0.0)
        return margins[index]

    def _reads(self, index, swaps):
        return swaps[index][1] if index in swaps else self.operands[index]


def joined(all_swaps):
    """Several {place: swap} in one; None if two of them swap at the same place."""
    together = {}
    for swaps in all_swaps:
        if not together.keys().isdisjoint(swaps):
            return None
        together.update(swaps)
    return together


def _closed(indices, following, stops=()):
    found, pending = set(indices), list(indices)
    while pending:
        for index in following[pending.pop()]:
            if index not in found and index not in stops:
                found.add(index)
                pending.append(index)
    return found


def _applied(function, values):
    """What a rule makes of these numbers, which a person may have chosen; None if it can make nothing of them."""
    if None in values:
        return None
    try:
        value = function(*values)
        return value if isfinite(value) else None
    except (ArithmeticError, ValueError, TypeError):
        return None


def _rounded(rounding, address, value):
    return value if value is None else rounding(address, value)
