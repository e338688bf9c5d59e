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
\begin{document}
\setlength{\abovedisplayskip}{0pt}
\setlength{\mathindent}{1em}
\setlength{\jot}{4pt}
"""
HEADINGS = {1: r"\section*", 2: r"\subsection*", 3: r"\subsubsection*"}
DEEPER = r"\medskip\textbf"


def trace_latex(trace, units=None, phases=None, decimals=None, terms=8, fragment=False):
    """The worked solution in LaTeX, as `Trace.latex` says."""
    solution = worked(trace, units, phases, decimals, terms)
    derivation = Derivation(LATEX, solution.accuracy, terms)
    parts = [] if fragment else [rf"\section*{{\LARGE {latex_text(solution.title)}}}"]
    parts.append("\n".join(map(latex_text, solution.remarks)))
    for section in solution.sections:
        parts.append(f"{HEADINGS.get(section.level, DEEPER)}{{{latex_text(section.title)}}}")
        if section.lines:
            parts.append(_block(derivation.rows(section.lines)))
    text = "\n\n".join(parts)
    return text if fragment else f"{PREAMBLE}\n{text}\n\n\\end{{document}}"


def _block(steps):
    """An align* of all steps, with a little space between those of several rows."""
    ends = [r" \\[1ex]" if len(step) > 1 else r" \\" for step in steps[:-1]] + [""]
    rows = [" \\\\\n".join(step) + end for step, end in zip(steps, ends)]
    return "\n".join([r"\begin{align*}", *rows, r"\end{align*}"])
