"""The worked solution in LaTeX: a document for pdflatex, or a fragment to put into your own."""

from __future__ import annotations

from neurosim.formula.tex import ROOM, Dialect
from neurosim.render.derivation import Derivation
from neurosim.render.escaping import latex_math, latex_text
from neurosim.render.worked import worked

LATEX = Dialect(latex_math, "<", ">", r"\\")
# Small margins and headings, and no empty line under these, so that a pass of a 2-2-2 takes two pages.
PREAMBLE = r"""\documentclass[10pt,a4paper,fleqn]{article}
\usepackage[hmargin=15mm,vmargin=10mm,includefoot,footskip=6mm]{geometry}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\emergencystretch}{3em}
\makeatletter
\renewcommand\section{\@startsection{section}{1}{0pt}{1ex plus 1ex}{.3ex}{\large\bfseries}}
\renewcommand\subsection{\@startsection{subsection}{2}{0pt}{.7ex plus 1ex}{.2ex}{\small\bfseries}}
\renewcommand\subsubsection{\@startsection{subsubsection}{3}{0pt}{.4ex plus 1ex}{.1ex}{\footnotesize\bfseries}}
\makeatother
\begin{document}\small
\setlength{\abovedisplayskip}{\dimexpr 3pt-\baselineskip\relax}
\setlength{\belowdisplayskip}{0pt}
\setlength{\mathindent}{1em}
\setlength{\jot}{3pt}
"""
HEADINGS = {1: r"\section*", 2: r"\subsection*", 3: r"\subsubsection*"}
DEEPER = r"\medskip\textbf"
WIDE = 53  # em: a line of its own page
PAGE = 36  # lines, a few fewer than there is room for
TALL = (r"\frac", r"\begin{cases}")  # what makes a row as high as two lines


def trace_latex(trace, units=None, phases=None, decimals=None, terms=8, fragment=False, weights_by=None):
    """The worked solution in LaTeX, as `Trace.latex` says."""
    solution = worked(trace, units, phases, decimals, terms, weights_by)
    derivation = Derivation(LATEX, solution.accuracy, terms, ROOM if fragment else WIDE, compact=True)
    parts = [] if fragment else [rf"\section*{{\LARGE {latex_text(solution.title)}}}"]
    parts += map(latex_text, solution.remarks)
    above = []
    for section in solution.sections:
        rows = derivation.rows_of_section(section, solution.layers)
        if section.level > 1 and not rows:
            above.append(section)  # shares a line with the first heading under it
            continue
        parts.append(_heading([*above, section]))
        above = []
        if rows:
            parts.append(_block(rows))
    text = "\n\n".join(parts)
    return text if fragment else f"{PREAMBLE}\n{text}\n\n\\end{{document}}"


def _heading(sections):
    """One or several headings in a line, which never stands alone at the end of a page."""
    title, level = f"{{{', '.join(latex_text(section.title) for section in sections)}}}", sections[0].level
    return f"{HEADINGS[level]}{title}" if level in HEADINGS else rf"{DEEPER}{title}\nopagebreak"


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
