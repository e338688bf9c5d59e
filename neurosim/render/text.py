"""The worked solution in plain text."""

from __future__ import annotations

from neurosim.render.worked import worked
from neurosim.support.page import fold, fold_formula, page_width
from neurosim.trace.lines import in_symbols, numbers_in

UNDERLINES = {0: "=", 1: "=", 2: "-"}  # by the level of the heading; deeper ones have none
BELOW = "    "  # in front of what stands under a label


def trace_text(trace, units=None, phases=None, decimals=None, terms=8, width=None):
    """The worked solution as text, as `Trace.text` says."""
    width = page_width(width)
    solution = worked(trace, units, phases, decimals, terms)
    parts = ["\n".join([*_heading(0, solution.title, width), fold("\n".join(solution.remarks), width)])]
    for section in solution.sections:
        parts.append("\n".join(_heading(section.level, section.title, width)))
        parts += _steps(section.lines, solution.accuracy, terms, width)
    return "\n\n".join(parts)


def _heading(level, title, width):
    underline = UNDERLINES.get(level)
    lines = fold(title if underline else f"{title}:", width, "").split("\n")
    return [*lines, underline * max(map(len, lines))] if underline else lines


def _steps(lines, accuracy, terms, width):
    """Each step's text, with what it equals beside its label or, if that is too wide for the page, under it.

    Those of one line each are put together.
    """
    steps = [(line.step.address, _equations(line, accuracy, terms)) for line in lines]
    label_width = max((len(label) for label, _ in steps), default=0)
    room = width - label_width - len("   ")
    columns = [[row for equation in equations for row in fold_formula(equation, room)] for _, equations in steps]
    if all(len(row) <= room for rows in columns for row in rows):
        texts = [_beside(label, rows, label_width) for (label, _), rows in zip(steps, columns)]
    else:
        texts = [_below(label, equations, width) for label, equations in steps]
    single = all("\n" not in text for text in texts)
    return ["\n".join(texts)] if single and texts else texts


def _equations(line, accuracy, terms):
    """The formula in symbols and in numbers, if it has one, and the value."""
    value = accuracy.text(line.step.address, line.step.value)
    ways = (in_symbols(line, terms), numbers_in(line.rule, accuracy.texts(line), terms))
    return [f"= {text}" for text in (*[way for way in ways if way and way != value], value)]


def _beside(label, rows, label_width):
    labels = [label] + [""] * (len(rows) - 1)
    return "\n".join(f"  {label:{label_width}} {row}" for label, row in zip(labels, rows))


def _below(label, equations, width):
    if len(equations) == 1 and len(label) + len(equations[0]) + len("   ") <= width:
        return f"  {label} {equations[0]}"
    rows = [row for equation in equations for row in fold_formula(equation, width - len(BELOW))]
    return "\n".join([f"  {label}", *[f"{BELOW}{row}" for row in rows]])
