"""What a person may have typed, such as the name of a unit, so that every form shows those very characters."""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import groupby

from neurosim.support.page import visible

# LaTeX, in pdflatex's standard fonts; signs that only the typewriter font has as they were typed are set in that.
LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\texttt{\char34}", "'": r"\texttt{\char13}", "`": r"\texttt{\char18}", "-": "{-}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}",
}
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
}
GREEK_NAMES = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho varsigma sigma tau upsilon "
    "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
).split()
GREEK = dict(zip("αβγδεζηθικλμνξπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", GREEK_NAMES))

# TeX in Markdown: no sign here means something to Markdown or to HTML, so it reaches MathJax or KaTeX untouched.
MATH_SIGNS = {
    "<": r"{\lt}", ">": r"{\gt}", "&": r"{\And}", "{": r"{\lbrace}", "}": r"{\rbrace}", "|": r"{\vert}",
    "\\": r"{\backslash}", "*": r"{\ast}", "[": r"{\lbrack}", "]": r"{\rbrack}",
}
# Of two dollar signs together readers think that the formula ends.
END_OF_FORMULA = re.compile(r"(?<=\$)(?=\$)")


def latex_text(text):
    """The text for LaTeX's text mode, all in ASCII; what pdflatex's own fonts lack is shown like U+65E5."""
    return "".join(map(_latex_character, visible(text)))


def _latex_character(character):
    if character in LATEX:
        return LATEX[character]
    if character.isascii():
        return character
    if character in GREEK:
        return rf"$\{GREEK[character]}$"
    letter, *marks = unicodedata.normalize("NFD", character)
    if len(marks) == 1 and letter.isascii() and marks[0] in ACCENTS:
        return rf"\{ACCENTS[marks[0]]}{{{letter}}}"
    return rf"\texttt{{U+{ord(character):04X}}}"


def latex_math(text):
    """The text upright in a formula of LaTeX's."""
    return rf"\text{{{latex_text(text)}}}"


def markdown_math(text):
    """The text upright in a formula that MathJax or KaTeX draws and Markdown has gone over before."""
    runs = groupby(visible(text), MATH_SIGNS.__contains__)
    return "".join(
        "".join(map(MATH_SIGNS.get, run)) if signs else "".join(map(_upright, END_OF_FORMULA.split("".join(run))))
        for signs, run in runs
    )


def _upright(run):
    r"""The characters in \text, or in \verb where one of them, such as # or _, means something to TeX."""
    usual = all(sign.isalnum() or sign in " ." or not sign.isascii() for sign in run)
    return rf"\text{{{run}}}" if usual else rf"\verb|{run}|"


def dot_text(text):
    """The text inside a label of Graphviz, between double quotes."""
    return visible(text).replace("&", "&amp;").replace("\\", r"\\").replace('"', r"\"")


def mermaid_text(text):
    """The text inside a label of Mermaid, between double quotes."""
    return "".join(sign if sign.isalnum() or sign in " .=-→" else f"#{ord(sign)};" for sign in visible(text))


def xml_text(text):
    """The text between two tags of XML, or in an attribute; signs that XML forbids are written as Python does."""
    return html.escape(visible(text))
