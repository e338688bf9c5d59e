"""The sheet of an exercise and its key in their notations: text, Markdown, LaTeX, and files to fill in.

A notation of a page is a table of functions, one for each kind of block.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Dict

from neurosim.exercises.drawing import latex_drawing, text_drawing
from neurosim.exercises.exercise import EXACT
from neurosim.exercises.sheet import LONG_TEXTS, SHEET, answer_texts, key_blocks, practice_blocks, sheet_blocks
from neurosim.formula.formula import formula
from neurosim.formula.tex import Notation
from neurosim.render.escaping import latex_text
from neurosim.render.latex import LATEX, PREAMBLE
from neurosim.render.symbols import Symbols
from neurosim.support.checks import known
from neurosim.support.page import fold, page_width
from neurosim.support.tables import csv_text, json_text, markdown_text, table

if TYPE_CHECKING:
    from neurosim.exercises.exercise import Exercise
    from neurosim.exercises.practice import Practice

BLANK = "." * 10
SYMBOLS = Symbols(LATEX)
ADDRESS = re.compile(r"[^\s\[]+\[[^\]]+\](@\d+)?|E")
UNIT = re.compile(r"[a-z]\d[\d.]*|b")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
MORE_PLACES = 2  # decimals of the working than were asked for


def sheet_text(exercise: Exercise, form: str = "text", width: int | None = None) -> str:
    """The student's sheet as "text", "markdown", "latex", or to fill in as "csv" or "json"."""
    known("form of a sheet", form, SHEET_FORMS)
    return SHEET_FORMS[form](exercise, page_width(width))


def key_text(exercise: Exercise, form: str = "text", width: int | None = None) -> str:
    """The key with full working as "text", "markdown" or "latex", or only its numbers as "csv" or "json"."""
    known("form of a key", form, KEY_FORMS)
    return KEY_FORMS[form](exercise, page_width(width))


def practice_text(practice: Practice, width: int | None = None) -> str:
    """An exercise in practice as text, with the numbers that are known so far."""
    return _text_page(practice_blocks(practice), page_width(width))


# Text


def _text_page(blocks, width):
    return "\n\n".join(TEXT[block.kind](block.content, width) for block in blocks)


def _underlined(sign):
    return lambda text, width: "\n".join([text, sign * len(text)])


def _folded(text, width):
    return "\n".join(fold(line, width, "") for line in text.split("\n"))


def _formula_lines(rows):
    """A line for each row of a text, formulas, and a text."""
    for before, formulas, behind in rows:
        yield before + ", ".join(f"{name} = {text}" for name, text in formulas.items()) + behind


def _text_blanks(rows, width):
    """The blanks of each row beside each other, as far as there is room."""
    cells = [
        [f"{address} = {BLANK}" + (f" ({EXACT.format(marks)})" if marks else "") for address, marks in row] for row in rows
    ]
    room = max(len(cell) for row in cells for cell in row) + 3
    most, lines = max(width // room, 1), []
    for row in cells:
        for start in range(0, len(row), most):
            lines.append("".join(cell.ljust(room) for cell in row[start : start + most]).rstrip())
    return "\n\n".join(lines)


TEXT: Dict[str, Callable[[Any, int], str]] = {
    "title": _underlined("="), "heading": _underlined("-"), "heading2": lambda text, width: f"{text}:", "text": _folded,
    "formulas": lambda rows, width: _folded("\n".join(_formula_lines(rows)), width),
    "drawing": lambda exercise, width: text_drawing(exercise.problem), "blanks": _text_blanks, "column": _underlined("-"),
    "table": lambda content, width: table(content[1], content[0], width=width),
}


def _text_key(exercise, width):
    working = exercise.trace.text(decimals=exercise.places + MORE_PLACES, width=width)
    return "\n\n".join([_text_page(key_blocks(exercise), width), working])


# Markdown


def _markdown_page(blocks, width):
    return "\n\n".join(MARKDOWN[block.kind](block.content) for block in blocks)


def _markdown_blanks(rows):
    cells = [(address, marks) for row in rows for address, marks in row]
    headers = ["number", "yours", *["marks" for _, marks in cells[:1] if marks]]
    rows = [[address, "", *[EXACT.format(marks) for _ in headers[2:]]] for address, marks in cells]
    return table(rows, headers, "pipe")


MARKDOWN: Dict[str, Callable[[Any], str]] = {
    "title": lambda text: f"# {markdown_text(text)}", "heading": lambda text: f"## {markdown_text(text)}",
    "heading2": lambda text: f"### {markdown_text(text)}",
    "text": lambda text: "\n\n".join(map(markdown_text, text.split("\n"))),
    "formulas": lambda rows: "\n\n".join(map(markdown_text, _formula_lines(rows))),
    "column": lambda text: f"## {markdown_text(text)}",
    "drawing": lambda exercise: f"```text\n{text_drawing(exercise.problem)}\n```", "blanks": _markdown_blanks,
    "table": lambda content: table(content[1], content[0], "pipe"),
}


def _markdown_key(exercise, width):
    working = exercise.trace.markdown(decimals=exercise.places + MORE_PLACES)
    return "\n\n".join([_markdown_page(key_blocks(exercise), width), working])


# LaTeX


def _latex_page(blocks, columns, working=""):
    parts = [LATEX_FORMS[block.kind](block.content) for block in blocks]
    preamble = PREAMBLE + r"\setlength{\tabcolsep}{4pt}\setlength{\columnsep}{8mm}" + "\n"
    return "\n\n".join([preamble + (r"\twocolumn" if columns == 2 else ""), *parts, working, r"\end{document}"])


def _latex_table(content):
    """A table; one whose last column is long texts as lines that pages may end between."""
    headers, rows = content
    if headers[-1] == LONG_TEXTS:
        return "\n".join(
            rf"\noindent\makebox[24mm][l]{{{latex_text(one)}}}\makebox[18mm][l]{{{latex_text(other)}}}"
            rf"\parbox[t]{{135mm}}{{{latex_text(words)}}}\par" for one, other, words in rows
        )
    head = " & ".join(map(_latex_cell, headers)) + r" \\ \hline"
    lines = [" & ".join(map(_latex_cell, row)) + r" \\" for row in rows]
    return "\n".join([rf"\par\vspace{{.5ex}}\begin{{tabular}}{{{'l' * len(headers)}}}", head, *lines, r"\end{tabular}\par"])


def _latex_cell(text):
    """A cell: addresses and units as they stand in formulas, and numbers with a minus sign."""
    word = text.removeprefix("from ")
    if ADDRESS.fullmatch(word):
        tex = f"${SYMBOLS.address(word).tex}$"
    elif UNIT.fullmatch(word):
        tex = f"${SYMBOLS.unit(word)}$"
    else:
        tex = f"${word}$" if NUMBER.fullmatch(word) else latex_text(word)
    return "from " * text.startswith("from ") + tex


def _latex_formulas(rows):
    """A paragraph for each row of a text, formulas, and a text."""
    notation, paragraphs = Notation(LATEX), []
    for before, formulas, behind in rows:
        typeset = [
            f"${SYMBOLS.address(name).tex} = {notation.write(formula(text), ()).tex}$" for name, text in formulas.items()
        ]
        paragraphs.append(latex_text(before) + ", ".join(typeset) + latex_text(behind))
    return "\n\n".join(paragraphs)


def _latex_blanks(rows):
    lines = []
    for row in rows:
        for address, marks in row:
            worth = rf"\hfill({EXACT.format(marks)})" if marks else ""
            label = rf"\makebox[30mm][l]{{${SYMBOLS.address(address).tex}$ =}}"
            lines.append(rf"{label}\underline{{\hspace{{35mm}}}}{worth}\par\vspace{{1.3ex}}")
    return "\n".join(lines)


LATEX_FORMS: Dict[str, Callable[[Any], str]] = {
    "title": lambda text: rf"\section*{{\Large {latex_text(text)}}}",
    "heading": lambda text: rf"\section*{{{latex_text(text)}}}",
    "heading2": lambda text: rf"\subsection*{{{latex_text(text)}}}",
    "text": lambda text: "\n\n".join(map(latex_text, text.split("\n"))),
    "column": lambda text: rf"\newpage\section*{{{latex_text(text)}}}",
    "formulas": _latex_formulas, "drawing": latex_drawing, "blanks": _latex_blanks, "table": _latex_table,
}


def _latex_key(exercise, width):
    working = exercise.trace.latex(decimals=exercise.places + MORE_PLACES, fragment=True)
    return _latex_page(key_blocks(exercise), 1, r"\section*{Working}" + "\n\n" + working)


# Files to fill in, and the key's numbers


def _csv_sheet(exercise, width):
    return csv_text((SHEET, exercise.id), [(address, "") for address in exercise.asked]).rstrip("\n")


def _json_sheet(exercise, width):
    return json_text({SHEET: exercise.id, **dict.fromkeys(exercise.asked, "")})


def _csv_key(exercise, width):
    return csv_text((SHEET, exercise.id), answer_texts(exercise).items()).rstrip("\n")


def _json_key(exercise, width):
    return json_text({SHEET: exercise.id, **answer_texts(exercise)})


SHEET_FORMS: Dict[str, Callable[[Exercise, int], str]] = {
    "text": lambda exercise, width: _text_page(sheet_blocks(exercise), width),
    "markdown": lambda exercise, width: _markdown_page(sheet_blocks(exercise), width),
    "latex": lambda exercise, width: _latex_page(sheet_blocks(exercise), 2), "csv": _csv_sheet, "json": _json_sheet,
}
KEY_FORMS: Dict[str, Callable[[Exercise, int], str]] = {
    "text": _text_key, "markdown": _markdown_key, "latex": _latex_key, "csv": _csv_key, "json": _json_key,
}
