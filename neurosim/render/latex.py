"""The worked solution in LaTeX: a document for pdflatex, or a fragment to put into your own."""

from __future__ import annotations

from neurosim.formula.tex import Dialect
from neurosim.render.derivation import Derivation
from neurosim.render.escaping import latex_math, latex_text
from neurosim.render.worked import worked

LATEX = Dialect(latex_math, "<", ">", r"\\")
PREAMBLE = r"""\documentclass[10pt,a4paper,fleqn]{article}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{3em}
\begin{document}
\setlength{\abovedisplayskip}{0pt}
\setlength{\mathindent}{1em}
\setlength{\jot}{4pt}
"""
HEADINGS = {1: r"\section*", 2: r"\subsection*", 3: r"\subsubsection*"}
DEEPER = r"\medskip\textbf"
PAGE = 36  # lines, a few fewer than there is room for
TALL = (r"\frac", r"\begin{cases}")  # what makes a row as high as two lines


def trace_latex(trace, units=None, phases=None, decimals=None, terms=8, fragment=False):
    """The worked solution in LaTeX, as `Trace.latex` says."""
    solution = worked(trace, units, phases, decimals, terms)
    derivation = Derivation(LATEX, solution.accuracy, terms)
    parts = [] if fragment else [rf"\section*{{\LARGE {latex_text(solution.title)}}}"]
    parts += map(latex_text, solution.remarks)
    for section in solution.sections:
        parts.append(_heading(section))
        if section.lines:
            parts.append(_block(derivation.rows(section.lines)))
    text = "\n\n".join(parts)
    return text if fragment else f"{PREAMBLE}\n{text}\n\n\\end{{document}}"


def _heading(section):
    """A heading, which never stands alone at the end of a page."""
    title = f"{{{latex_text(section.title)}}}"
    return f"{HEADINGS[section.level]}{title}" if section.level in HEADINGS else rf"{DEEPER}{title}\nopagebreak"


def _block(steps):
    """An align* of all steps, with a little space between those of several rows."""
    ends = [r" \\[1ex]" if len(step) > 1 else r" \\" for step in steps[:-1]] + [""]
    rows = [_on_one_page(step) + end for step, end in zip(steps, ends)]
    return "\n".join([r"\begin{align*}", *rows, r"\end{align*}"])


def _on_one_page(step):
    r"""The rows of a step, between which no page ends: \\* forbids it. A step that fills a page may go on in the next."""
    lines = sum(1 + any(tall in row for tall in TALL) for row in step)
    end = r" \\*" if lines <= PAGE else r" \\"
    return f"{end}\n".join(step)
