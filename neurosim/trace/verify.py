"""Verify: is a trace true? Every number must be its rule applied to its operands, and none may be missing."""

from __future__ import annotations

import copy
from collections import ChainMap
from typing import NamedTuple

from neurosim.core.address import layer_place, make_address, split_address
from neurosim.support.errors import InputError, nearest, shorten, shown
from neurosim.support.numeric import as_kind, is_finite, is_number, magnitude
from neurosim.support.page import fold, page_width
from neurosim.support.records import documented
from neurosim.support.report import Report
from neurosim.support.scaled import Scaled, scale_of
from neurosim.trace.parameters import parameters, put_parameters
from neurosim.trace.recorder import Plan
from neurosim.trace.step import PHASES

NOISE = 1e-15  # times the scale and the number of operands: versions of Python differ so much in a sum's last digits
LONGEST_NUMBER = 120  # characters of a number that a message repeats
FIRST_LINE = 2  # of a trace file that holds a step; the header stands above it
MOST_OPERANDS = 8  # of which a message tells


@documented
class Break(NamedTuple):
    """A step that is wrong.

    address: of the step
    reason:  in a few words, such as "wrong value"
    message: what is wrong, in one line
    """

    address: str
    reason: str
    message: str


class Verdict(Report):
    """What `verify` found; true if the trace is."""

    __slots__ = {
        "steps": "how many there are",
        "breaks": "a `Break` for each step that is wrong by itself or missing, in the order of the trace",
        "consequence": "a sentence on what later steps made of the first wrong value, or no text",
    }

    def __init__(self, steps: int, breaks: list[Break], consequence: str = "") -> None:
        self.steps, self.breaks, self.consequence = steps, breaks, consequence

    def __bool__(self) -> bool:
        return not self.breaks

    def text(self, width: int | None = None) -> str:
        """Whether the trace is true, and a line for each break."""
        if self:
            said = f"true: each of the {self.steps} steps is its rule applied to its operands, and none is missing"
            return fold(said, page_width(width))
        lines = [f"not true, first at {self.breaks[0].address}: {self.breaks[0].message}"]
        if self.consequence:
            lines.append(self.consequence)
        if len(self.breaks) > 1:
            lines.append(f"{len(self.breaks) - 1} more:")
            lines += [f"  {break_.address}: {break_.message}" for break_ in self.breaks[1:]]
        return fold("\n".join(lines), page_width(width))

    def __repr__(self) -> str:
        return f"<Verdict: {'true' if self else f'{len(self.breaks)} breaks'}>"


def verify(trace):
    """Check a trace step by step, as `Trace.verify` says."""
    found, from_wrong, from_right = _check_each(trace)
    order = {step.address: number for number, step in enumerate(trace)}
    known = {break_.address for break_ in found}
    found += [break_ for break_ in _check_against_recording(trace) if break_.address not in known]
    found.sort(key=lambda break_: order.get(break_.address, len(order)))  # what is missing comes last
    return Verdict(len(trace), found, _consequence(trace, found, from_wrong, from_right))


def check_whole(trace, name):
    """Raise InputError for a step that is wrong whatever its value, or missing, with the line of the file of this name."""
    network = trace.structure
    count = len(network.layer_names)
    places = {*network.input_names, *sum(network.layer_names, []), *[layer_place(index, count) for index in range(count)]}
    everywhere, earlier, lines = {step.address for step in trace}, {}, {}
    for line, step in enumerate(trace, FIRST_LINE):
        _, message = _shape_problem(trace, step, earlier, everywhere) or _reading_problem(trace, step, places) or ("", "")
        if message:
            raise InputError(f"{name}, line {line}: {step.address}: {message}")
        earlier[step.address], lines[step.address] = step.value, line
    for break_ in _check_against_recording(trace):
        end = f"line {FIRST_LINE + len(trace)}: the trace ends here;"
        where = f"line {lines[break_.address]}:" if break_.address in lines else end
        raise InputError(f"{name}, {where} {break_.address}: {break_.message}")


def _reading_problem(trace, step, places):
    """(reason, message) of what stands in the way of showing a step, or None."""
    if not places.issuperset(filter(None, split_address(step.address)[1].split("->"))):
        return "unknown unit", "the network has no such unit"
    try:
        trace.rules[step.rule].text(step.operands)
    except (IndexError, TypeError, ValueError):
        return "wrong operands", f"the rule {shorten(step.rule)} cannot be applied to {_listed(step.operands)}"
    return None


def _check_each(trace):
    """The breaks, and the addresses of later steps that follow from a wrong value, and of those that use the right one."""
    breaks, from_wrong, from_right = [], set(), set()
    values, right = {}, {}  # of the steps so far: as they stand, and of the broken ones as they should be
    everywhere = dict.fromkeys(step.address for step in trace)  # in their order, as a message names them
    for step in trace:
        problem = _shape_problem(trace, step, values, everywhere)
        if problem is None and step.operands:
            problem = _value_problem(trace, step, values)
            reads_a_break = not right.keys().isdisjoint(step.operands)
            fits_right = reads_a_break and not _value_problem(trace, step, ChainMap(right, values))
            if problem and fits_right:
                from_right.add(step.address)
                problem = None
            elif problem:
                right[step.address] = _evaluated(trace, step, [values[operand] for operand in step.operands])
            elif not fits_right and (reads_a_break or not from_wrong.isdisjoint(step.operands)):
                from_wrong.add(step.address)  # where it fits both, it says nothing
        if problem is not None:
            breaks.append(Break(step.address, *problem))
        values.setdefault(step.address, step.value)
    return breaks, from_wrong, from_right


def _shape_problem(trace, step, earlier, everywhere):
    """(reason, message) of what is wrong with a step before its value is looked at, or None."""
    if step.address in earlier:
        return "duplicate address", "stands twice in the trace"
    if step.phase not in PHASES:
        return "unknown phase", f"unknown phase {shorten(step.phase)}{nearest(step.phase, PHASES)}"
    if step.rule not in trace.rules:
        return "unknown rule", f"unknown rule {shorten(step.rule)}{nearest(step.rule, trace.rules)}"
    if not is_number(step.value) or isinstance(step.value, bool):
        return "not a number", f"its value {shorten(step.value)} is not a number"
    if not is_finite(step.value):
        return "not finite", f"its value is not finite: {shown(str(step.value))}"
    if step.rule == "given" and step.operands:
        return "given with operands", f"is given, yet reads {_listed(step.operands)}"
    if not step.operands and (step.phase != "given" or step.rule != "given"):
        return "comes from nowhere", f"comes from nowhere: a step of the phase {step.phase!r} without operands"
    if step.operands and step.phase == "given":
        return "given with a rule", f"is in the phase 'given', yet has the rule {shorten(step.rule)}"
    for operand in step.operands:
        if operand == step.address:
            return "reads itself", "reads itself"
        if operand not in everywhere:
            return "missing operand", f"reads {operand}, which is not in the trace{nearest(operand, everywhere)}"
        if operand not in earlier:
            if step.address in trace.depends_on(operand):
                return "circle", f"reads {operand}, which is itself made from {step.address}"
            return "later operand", f"reads {operand}, which comes later"
    return None


def _listed(operands):
    """The addresses, of many the first ones."""
    return ", ".join(operands if len(operands) <= MOST_OPERANDS else [*operands[:MOST_OPERANDS], "..."])


def _evaluated(trace, step, values):
    """The value that the step's rule makes of these operands' values; None if it can't be applied to them."""
    try:
        return trace.rounded(step.address, trace.rules[step.rule].evaluate(*values))
    except (ArithmeticError, TypeError, ValueError, IndexError):
        return None


def _value_problem(trace, step, known):
    """(reason, message) if a step's value is not what its rule makes of the known values of its operands, or None."""
    values = [known[operand] for operand in step.operands]
    expected = _evaluated(trace, step, values)
    if expected is None:
        return "wrong operands", f"the rule {shorten(step.rule)} cannot be applied to {_listed(step.operands)}"
    if step.value == expected or abs(step.value - expected) <= _noise(trace, step, expected, values):
        return None
    found, right = shorten(step.value, LONGEST_NUMBER), shorten(expected, LONGEST_NUMBER)
    return "wrong value", f"its value is {found}, but the rule {shorten(step.rule)} makes {right} of its operands"


def _noise(trace, step, expected, values):
    """How far two correct workings of a step may lie apart in their last digits; 0 for fractions, which are exact."""
    if hasattr(expected, "denominator"):
        return 0
    worked_out = _evaluated(trace, step, [Scaled(value, 0) for value in values])  # the operands themselves are given
    scale = magnitude(expected) if worked_out is None else max(magnitude(expected), scale_of(worked_out))
    return as_kind(NOISE, expected) * (10 + len(values)) * scale


def _consequence(trace, breaks, from_wrong, from_right):
    """What the steps after the first wrong value made of it."""
    if not breaks or breaks[0].reason != "wrong value":
        return ""
    after = set(trace.affects(breaks[0].address))
    wrong, right = len(after & from_wrong), len(after & from_right)
    if not wrong and not right:
        return "no later step is made from it"
    if not wrong:
        return "the later steps that read it use the right number, so only this value was written down wrong"
    if not right:
        return f"the later steps that are made from it ({wrong}) follow from the wrong number"
    return f"of the later steps that are made from it, {wrong} follow from the wrong number and others do not"


def _check_against_recording(trace):
    """Breaks where the steps, their rules or operands are not those of a recording of the same examples."""
    try:
        expected = _record_again(trace)
    except _Missing as missing:
        return [_missing(missing.address)]
    except InputError as error:
        return [Break("the trace", "cannot be recorded", f"its givens cannot be recorded again: {error}")]
    breaks = []
    for step in trace:
        if step.address not in expected:
            breaks.append(Break(step.address, "unknown address", _unknown(step, expected)))
            continue
        other = expected[step.address]
        for part, old, new in (("phase", other.phase, step.phase), ("rule", other.rule, step.rule)):
            if old != new:
                message = f"has the {part} {shorten(new)} where {shorten(old)} belongs"
                breaks.append(Break(step.address, f"wrong {part}", message))
                break
        else:
            if other.operands != step.operands:
                breaks.append(Break(step.address, "wrong operands", _other_operands(step.operands, other.operands)))
    return breaks + [_missing(step.address) for step in expected if step.address not in trace]


class _Missing(InputError):
    """A given that a recording can't begin without."""

    def __init__(self, address):
        super().__init__(f"{address} is missing")
        self.address = address


def _missing(address):
    return Break(address, "missing step", "is missing")


def _unknown(step, expected):
    known = [other.address for other in expected]
    return f"a computation of this network has no such step{nearest(step.address, known)}"


def _other_operands(operands, expected):
    for number, (given, wanted) in enumerate(zip(operands, expected), 1):
        if given != wanted:
            return f"its operand {number} is {given} where {wanted} belongs"
    return f"has {len(operands)} operands where {len(expected)} belong"


def _record_again(trace):
    """The trace of the same network on the same examples, with the same settings and rounding."""
    settings, network = trace.settings, trace.network.copy()
    optimizer = copy.copy(settings.optimizer)
    if optimizer is not None:
        optimizer.memory = {}
        givens = [step for step in trace if step.phase == "given"]
        put_parameters(parameters(givens), network, optimizer)
    numbers = [split_address(step.address)[2] for step in trace]
    passes = max([number for number in numbers if number], default=1)
    epochs = -(-passes // settings.examples)
    given = {step.address.partition("[")[0] for step in trace if step.phase == "given" and "[" in step.address}
    count = settings.examples
    inputs = _rows(trace, "a", network.input_names, count, epochs)
    quantity = "t" if "t" in given else "dE/da" if "dE/da" in given else "t" if optimizer is not None else None
    goals = _rows(trace, quantity, network.layer_names[-1], count, epochs) if quantity else None
    targets, output_gradients = (None, goals) if quantity == "dE/da" else (goals, None)
    orders = [range(epoch * count, (epoch + 1) * count) for epoch in range(epochs)]
    plan = Plan(network, inputs, targets, optimizer, settings.batch_size, settings.reduction, epochs, False, orders,
                output_gradients)
    again = plan.trace()
    return again if trace.rounding is None else again.replay(rounding=trace.rounding)


def _rows(trace, quantity, names, count, epochs):
    """What is given in all passes; where they are missing behind the first epoch, those of the epoch before."""
    rows, several = [], count * epochs > 1
    for number in range(1, count * epochs + 1):
        addresses = [make_address(quantity, name, number if several else None) for name in names]
        missing = [address for address in addresses if address not in trace]
        if missing and number <= count:
            raise _Missing(missing[0])
        rows.append(rows[-count] if missing else [trace[address].value for address in addresses])
    return rows
