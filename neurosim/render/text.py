"""The worked solution in plain text."""

from __future__ import annotations

from neurosim.render.worked import worked
from neurosim.support.number_text import number_text
from neurosim.support.page import fold, fold_formula, page_width, visible
from neurosim.trace.lines import in_numbers, in_symbols

UNDERLINES = {0: "=", 1: "=", 2: "-"}  # by the level of the heading; deeper ones have none


def trace_text(trace, units=None, phases=None, decimals=None, terms=8, width=None):
    """The worked solution as text, as `Trace.text` says."""
    width = page_width(width)
    solution = worked(trace, units, phases, decimals, terms)
    parts = [fold("\n".join([*_heading(0, solution.title), *solution.remarks]), width)]
    for section in solution.sections:
        parts.append("\n".join(_heading(section.level, section.title)))
        parts += _steps(section.lines, decimals, terms, width)
    return visible("\n\n".join(parts), kept="\n")


def _heading(level, title):
    underline = UNDERLINES.get(level)
    return [title, underline * len(title)] if underline else [f"{title}:"]


def _steps(lines, decimals, terms, width):
    """Each step's text; those of one line each are put together."""
    label_width = max((len(line.step.address) for line in lines), default=0)
    steps = []
    for line in lines:
        value = number_text(line.step.value, decimals)
        ways = [text for text in (in_symbols(line, terms), in_numbers(line, terms, decimals)) if text != value]
        rows = [row for text in (*filter(None, ways), value) for row in fold_formula(f"= {text}", width - label_width - 3)]
        labels = [line.step.address] + [""] * (len(rows) - 1)
        steps.append("\n".join(f"  {label:{label_width}} {row}" for label, row in zip(labels, rows)))
    single = all("\n" not in step for step in steps)
    return ["\n".join(steps)] if single and steps else steps
