"""The page that text is written on: how wide it is, what is folded to fit it, and which signs could harm it."""

from __future__ import annotations

import html
import os
import re
import textwrap

from neurosim.support.errors import InputError, shorten

WIDTH = 100  # characters of a line that goes to no terminal
NARROWEST = 20
# A formula goes on in the next line before one of these.
OPERATORS = re.compile(r" (?=(?:[-+*/]|[<>=]+|if|else|and|or) )|(?<=,) ")


def page_width(width=None):
    """The width that was asked for, or what the variable COLUMNS says, or 100 characters."""
    if width is None:
        return max(columns() or WIDTH, NARROWEST)
    if not isinstance(width, int) or isinstance(width, bool) or width < NARROWEST:
        raise InputError(f"width must be a whole number of {NARROWEST} or more, got {shorten(width)}")
    return width


def columns():
    """What the variable COLUMNS says, or 0."""
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def visible(text, kept=""):
    r"""The text with every sign that can't be seen, or that steers a terminal, written as Python does: \x1b, \u202e.

    kept: such signs that stay as they are, as the end of a line does in a text of several

    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign in kept else sign.encode("unicode_escape").decode("ascii") for sign in text
    )


def preformatted(text):
    """The text as a piece of HTML that keeps its lines and spaces."""
    return f'<pre style="font-family: monospace; word-break: normal;">{html.escape(text)}</pre>'  # unlike in notebooks


def fold(text, width, hanging="  "):
    """The text with each line that is too long broken at spaces; what follows stands a little further in.

    >>> print(fold("w[x1->h1] is given, and nothing changes it", 24))
    w[x1->h1] is given, and
      nothing changes it
    """
    lines = []
    for line in text.split("\n"):
        if len(line) <= width:
            lines.append(line)
            continue
        words = line.lstrip(" ")
        indent = " " * (len(line) - len(words))
        lines += textwrap.wrap(
            words, width, initial_indent=indent, subsequent_indent=indent + hanging, break_long_words=False,
            break_on_hyphens=False, expand_tabs=False,
        )
    return "\n".join(lines)


def equation(label, texts, width):
    """A label, and behind it these texts under each other, each after its =; below it where there is no room behind.

    >>> print(equation("z[o1]", ["w[x1->o1]*a[x1]", "3*2", "6"], 30))
    z[o1] = w[x1->o1]*a[x1]
          = 3*2
          = 6
    """
    links = [f"= {text}" for text in texts]
    longest = max((len(piece) for link in links for piece in fold_formula(link, 0)), default=0)
    if len(label) + 1 + longest > width:
        return "\n".join([label, *[f"  {line}" for link in links for line in fold_formula(link, width - 2)]])
    lines = [line for link in links for line in fold_formula(link, width - len(label) - 1)]
    return "\n".join(f"{start} {line}" for start, line in zip([label, *[" " * len(label)] * len(lines)], lines))


def fold_formula(text, width):
    """The lines of formulas, each broken before an operator where it is too long; what follows stands further in.

    An operator outside of brackets is the better place, if it doesn't leave the line half empty.

    >>> fold_formula("= w[x1->h1]*a[x1] + b[h1]", 20)
    ['= w[x1->h1]*a[x1]', '  + b[h1]']
    >>> fold_formula("= w - eta*m_hat / (sqrt(v_hat) + 1e-08)", 30)
    ['= w - eta*m_hat', '  / (sqrt(v_hat) + 1e-08)']
    """
    return [line for formula in text.split("\n") for line in _formula_lines(OPERATORS.split(formula), width)]


def _formula_lines(pieces, width):
    lines, line, depths, depth = [], [], [], 0  # depths: in how many brackets each piece of the line begins
    for piece in pieces:
        line.append(piece)
        depths.append(depth)
        depth += piece.count("(") - piece.count(")")
        while len(" ".join(line)) > width and len(line) > 1:
            place = _break(line, depths, width)
            lines.append(" ".join(line[:place]))
            line, depths = [f"  {line[place]}", *line[place + 1 :]], depths[place:]
    return [*lines, " ".join(line)]


def _break(line, depths, width):
    """The index of the piece that goes into the next line."""
    half_full = [index for index in range(1, len(line)) if len(" ".join(line[:index])) >= width / 2]
    return min(half_full, key=lambda index: (depths[index], -index), default=len(line) - 1)
