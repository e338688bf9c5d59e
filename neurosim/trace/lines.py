"""The steps that are to be shown, with their formulas in symbols and in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from neurosim.support.number_text import in_brackets, number_text
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.trace.rules import Rule
    from neurosim.trace.step import Step


@documented
class Line(NamedTuple):
    """A step that is to be shown.

    number: of the step in the whole trace, from 1
    step:   the `Step` itself
    rule:   the `Rule` that made it
    values: of its operands
    """

    number: int | None
    step: Step
    rule: Rule
    values: list[Any]


def chosen_lines(trace, units=None, phases=None):
    """A `Line` for each step that belongs to these units and phases; None means all."""
    return lines_of(trace, trace.only(units, phases))


def lines_of(trace, steps):
    """A `Line` for each of these steps of the trace, in its order."""
    chosen = {step.address for step in steps}
    return [
        Line(number, step, trace.rules[step.rule], [trace[operand].value for operand in step.operands])
        for number, step in enumerate(trace, 1)
        if step.address in chosen
    ]


def in_symbols(line, terms=None):
    """The formula with addresses in it; of a given, nothing."""
    return line.rule.text(line.step.operands, None, terms, line.values)


def in_numbers(line, terms=None, decimals=None):
    """The formula with numbers in it; of a given, nothing."""
    return numbers_in(line.rule, [number_text(value, decimals) for value in line.values], terms, line.values)


def numbers_in(rule, texts, terms=None, values=()):
    """The formula of a rule with the texts of numbers in it; where it is shortened, with the largest terms."""
    return rule.text(texts, [in_brackets(text) for text in texts], terms, values)


def formulas(trace, step, decimals=None, terms=8):
    """The formula of one step with addresses in it, and with numbers.

    >>> from neurosim import Layer, Network
    >>> trace = Network(1, [Layer(1, "linear", weights=[[3]], biases=[-5])]).trace([2])
    >>> formulas(trace, trace["z[o1]"])
    ('w[x1->o1]*a[x1] + b[o1]', '3*2 + (-5)')
    """
    line = Line(None, step, trace.rules[step.rule], [trace[operand].value for operand in step.operands])
    return in_symbols(line, terms), in_numbers(line, terms, decimals)
