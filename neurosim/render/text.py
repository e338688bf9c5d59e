"""The worked solution in plain text."""

from __future__ import annotations

from neurosim.render.matrices import equation_text
from neurosim.render.worked import worked
from neurosim.support.page import equation, fold, page_width
from neurosim.trace.lines import Line, in_symbols, numbers_in

UNDERLINES = {0: "=", 1: "=", 2: "-"}  # by the level of the heading; deeper ones have none
INDENT = "  "  # of the steps under a heading


def trace_text(trace, units=None, phases=None, decimals=None, terms=8, width=None, weights_by=None):
    """The worked solution as text, as `Trace.text` says."""
    width = page_width(width)
    solution = worked(trace, units, phases, decimals, terms, weights_by)
    parts = ["\n".join([*_heading(0, solution.title, width), fold("\n".join(solution.remarks), width)])]
    for section in solution.sections:
        parts.append("\n".join(_heading(section.level, section.title, width)))
        for each in section.equations:
            if isinstance(each, Line):
                parts += _steps([each], solution.accuracy, terms, width)
                continue
            rows = equation_text(each, solution.layers, solution.accuracy, terms, width - len(INDENT))
            parts.append("\n".join(f"{INDENT}{row}" for row in rows))
        parts += _steps(section.lines, solution.accuracy, terms, width)
    return "\n\n".join(parts)


def _heading(level, title, width):
    underline = UNDERLINES.get(level)
    lines = fold(title if underline else f"{title}:", width, "").split("\n")
    return [*lines, underline * max(map(len, lines))] if underline else lines


def _steps(lines, accuracy, terms, width):
    """Each step's text; those of one line each are put together."""
    label_width = max((len(line.step.address) for line in lines), default=0)
    steps = []
    for line in lines:
        text = equation(line.step.address.ljust(label_width), _texts(line, accuracy, terms), width - len(INDENT))
        steps.append("\n".join(f"{INDENT}{row}".rstrip() for row in text.split("\n")))
    single = all("\n" not in step for step in steps)
    return ["\n".join(steps)] if single and steps else steps


def _texts(line, accuracy, terms):
    """What a step equals: its formula in symbols and in numbers, if it has one, and its value."""
    value = accuracy.text(line.step.address, line.step.value)
    ways = (in_symbols(line, terms), numbers_in(line.rule, accuracy.texts(line), terms, line.values))
    return [*[way for way in ways if way and way != value], value]
