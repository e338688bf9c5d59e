"""The worked solution in Markdown, for GitHub and Jupyter: headings, and formulas that MathJax or KaTeX draws."""

from __future__ import annotations

import re

from neurosim.formula.tex import Dialect
from neurosim.render.derivation import Derivation
from neurosim.render.escaping import markdown_math
from neurosim.render.worked import worked
from neurosim.support.tables import markdown_text

LINK_OR_HEADING = re.compile(r"[\[\]#]")
# Some readers go over formulas as over any other Markdown, where \\ is one backslash, < begins HTML, and a
# _ between brackets begins italics; so none of these is written.
MARKDOWN = Dialect(markdown_math, r"\lt", r"\gt", r"\cr")


def trace_markdown(trace, units=None, phases=None, decimals=None, terms=8, weights_by=None):
    """The worked solution in Markdown, as `Trace.markdown` says."""
    solution = worked(trace, units, phases, decimals, terms, weights_by)
    derivation = Derivation(MARKDOWN, solution.accuracy, terms)
    parts = [_heading(1, solution.title), *map(_text, solution.remarks)]
    for section in solution.sections:
        parts.append(_heading(section.level + 1, section.title))
        rows = derivation.rows_of_section(section, solution.layers)
        parts += [_block(rows)] if rows else []
    return "\n\n".join(parts)


def _heading(level, title):
    return f"{'#' * level} {_text(title)}"


def _text(text):
    """The text between formulas, where no [ begins a link, and no # ends a heading."""
    return LINK_OR_HEADING.sub(r"\\\g<0>", markdown_text(text))


def _block(steps):
    rows = [row for step in steps for row in step]
    rows = [f"{row} {MARKDOWN.newline}" for row in rows[:-1]] + rows[-1:]
    return "\n".join(["$$", r"\begin{aligned}", *rows, r"\end{aligned}", "$$"])
