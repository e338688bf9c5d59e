"""The worked solution in Markdown, for GitHub and Jupyter: headings, and formulas that MathJax or KaTeX draws."""

from __future__ import annotations

from neurosim.formula.tex import Dialect
from neurosim.render.derivation import Derivation
from neurosim.render.escaping import markdown_math
from neurosim.render.worked import worked
from neurosim.support.tables import markdown_text

# Some readers go over formulas as over any other Markdown, where \\ is one backslash, < begins HTML, and a
# _ between brackets begins italics; so none of these is written.
MARKDOWN = Dialect(markdown_math, r"\lt", r"\gt", r"\cr")


def trace_markdown(trace, units=None, phases=None, decimals=None, terms=8):
    """The worked solution in Markdown, as `Trace.markdown` says."""
    solution = worked(trace, units, phases, decimals, terms)
    derivation = Derivation(MARKDOWN, decimals, terms)
    parts = [_heading(1, solution.title), " ".join(map(markdown_text, solution.remarks))]
    for section in solution.sections:
        parts.append(_heading(section.level + 1, section.title))
        if section.lines:
            parts.append(_block(derivation.rows(section.lines)))
    return "\n\n".join(parts)


def _heading(level, title):
    text = markdown_text(title).replace("#", r"\#")  # which at the end of a heading would be left out
    return f"{'#' * level} {text}"


def _block(steps):
    rows = [row for step in steps for row in step]
    rows = [f"{row} {MARKDOWN.newline}" for row in rows[:-1]] + rows[-1:]
    return "\n".join(["$$", r"\begin{aligned}", *rows, r"\end{aligned}", "$$"])
