"""The sheet of an exercise, and its key: what stands on them, and their notations text, Markdown and LaTeX.

A page is a list of blocks; a notation is a table of functions, one for each kind of block.
"""

from __future__ import annotations

import csv
import io
from itertools import groupby
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple

from neurosim.core.address import split_address
from neurosim.diagnosis.typed_numbers import ways_to_write
from neurosim.exercises.drawing import latex_drawing, text_drawing
from neurosim.exercises.generator import EXACT, predicted, rounded
from neurosim.exercises.kinds import KINDS
from neurosim.render.escaping import latex_text
from neurosim.render.latex import LATEX, PREAMBLE
from neurosim.render.symbols import Symbols
from neurosim.support.checks import known
from neurosim.support.page import fold, page_width
from neurosim.support.records import documented
from neurosim.support.tables import json_text, markdown_text, table

if TYPE_CHECKING:
    from neurosim.exercises.exercise import Exercise
    from neurosim.exercises.practice import Practice

BLANK = "." * 10
LONG_TEXTS = "what was done"  # the header of a column of sentences
SHEET = "sheet"  # the key of the sheet's id in a file of answers
SECTIONS = {"given": "Find", "forward": "Forward pass", "loss": "Loss", "backward": "Backward pass", "gradient": "Gradients",
            "update": "Update"}

@documented
class Block(NamedTuple):
    """A part of a page.

    kind:    "title", "heading", "heading2", "column" (a heading that begins one), "text", "drawing", "table" or "blanks"
    content: a text; the `Exercise` that is drawn; (headers, rows); or rows of (address, marks)
    """

    kind: str
    content: Any


def sheet_text(exercise: Exercise, form: str = "text", width: int | None = None) -> str:
    """The student's sheet as "text", "markdown", "latex", or to fill in as "csv" or "json"."""
    known("form of a sheet", form, SHEET_FORMS)
    return SHEET_FORMS[form](exercise, page_width(width))


def key_text(exercise: Exercise, form: str = "text", width: int | None = None) -> str:
    """The key with full working as "text", "markdown" or "latex", or only its numbers as "csv" or "json"."""
    known("form of a key", form, KEY_FORMS)
    return KEY_FORMS[form](exercise, page_width(width))


def practice_text(practice: Practice, width: int | None = None) -> str:
    """An exercise in practice, with the numbers that are known so far."""
    exercise, blocks = practice.exercise, sheet_blocks(practice.exercise)
    blocks = [block for block in blocks[: [block.kind for block in blocks].index("column")] if block.kind != "title"]
    known = {**practice.shown, **practice.answers}
    if known:
        blocks += [Block("heading", "Worked so far"), Block("table", (["number", "value"], list(known.items())))]
    title = Block("title", exercise.kind.replace("-", " "))
    return _text_page([title, *blocks], page_width(width))


def answer_texts(exercise: Exercise) -> Dict[str, str]:
    """{address: the right answer at the digits that are asked}."""
    return {address: rounded(exercise.trace[address].value, exercise.places) for address in exercise.asked}


# What stands on a sheet


def sheet_blocks(exercise: Exercise) -> List[Block]:
    """The blocks of the student's sheet."""
    return [
        Block("title", _title(exercise)), Block("text", _task(exercise)), Block("drawing", exercise), Block("heading", "Given"),
        *_givens(exercise), Block("column", "Your numbers"), Block("text", _rules(exercise)), *_blanks(exercise),
    ]


def _title(exercise):
    name = exercise.kind.replace("-", " ") or exercise.problem.title
    return f"Sheet {exercise.id}: {name}" if exercise.id else name or "Exercise"


def _task(exercise):
    if exercise.kind in KINDS:
        return KINDS[exercise.kind].task
    return f"Work out {len(exercise.asked)} numbers of this network."


def _givens(exercise):
    """How the network is made, its numbers, the examples, and what else is given."""
    problem, network = exercise.problem, exercise.problem.network
    own = {address: exercise.computed[address].value for address in _own(exercise)}
    shown = {**dict(zip(own, alike(own.values()))), **dict.fromkeys(exercise.hidden, "?")}
    yield Block("text", "\n".join(_conventions(exercise)))
    for names, sources, layer in network.named_layers():
        biases = ["b"] if layer.has_bias else []
        rows = [
            [name, *[shown[f"w[{source}->{name}]"] for source in sources], *[shown[f"b[{name}]"] for _ in biases]]
            for name in names
        ]
        yield Block("table", ([layer.activation.label, *[f"from {source}" for source in sources], *biases], rows))
    outputs = network.layer_names[-1]
    targets = [] if _is_forward_only(exercise) else outputs
    columns = [alike(column) for column in zip(*problem.inputs)]
    columns += [alike([goals[outputs.index(name)] for goals in problem.targets]) for name in targets]
    rows = [[str(number), *row] for number, row in enumerate(zip(*columns), 1)]
    yield Block("table", (["example", *network.input_names, *[f"t[{name}]" for name in targets]], rows))
    if exercise.given:
        yield Block("text", "Go on from these numbers of the work, as they stand here:")
        yield Block("table", (["number", "value"], list(exercise.given.items())))


def alike(values):
    """The texts of some numbers with as many decimals as the longest of them has.

    >>> alike([0.5, 0.25]), alike([1, -1])
    (['0.50', '0.25'], ['1', '-1'])
    """
    places = max((len(EXACT.format(value).partition(".")[2]) for value in values), default=0)
    return [f"{value:.{places}f}" for value in values]


def _own(exercise):
    """The addresses of the network's own weights and biases."""
    return [step.address for step in exercise.computed if not step.operands and step.address[:2] in ("w[", "b[")]


def _is_forward_only(exercise):
    return all(exercise.computed[address].phase == "forward" for address in exercise.asked) or None in exercise.problem.targets


def _conventions(exercise):
    """Lines on the functions that are used, as far as what is asked needs them."""
    problem, network = exercise.problem, exercise.problem.network
    for label in dict.fromkeys(layer.activation.label for layer in network.layers):
        layer = next(layer for layer in network.layers if layer.activation.label == label)
        numbers = "".join(f", {name} = {getattr(layer.activation, name):g}" for name in layer.activation.parameters)
        yield f"{label}: a = {layer.activation.formula}{numbers}"
    phases = {exercise.computed[address].phase for address in exercise.asked}
    if _is_forward_only(exercise) or exercise.solves:
        return
    if network.loss.name != "perceptron":
        yield f"Loss: {network.loss.label}, E = {network.loss.formula}"
    else:
        yield "delta = a - t at the output"
    if phases - {"forward", "loss"}:
        yield "delta is dE/dz"
    if problem.optimizer is not None and phases & {"update", "given"}:
        yield _update(problem, "?" if "eta" in exercise.hidden else EXACT.format(problem.optimizer.learning_rate))


def _update(problem, eta):
    """How weights are updated: the optimizer's formulas, and the numbers in them."""
    optimizer = problem.optimizer
    numbers = {"eta": eta}
    for name in optimizer.parameters:
        value = getattr(optimizer, name)
        if name not in ("learning_rate", "schedule", "order") and value not in (0, None):
            numbers[name] = EXACT.format(value)
    of_what = "the mean of dE/dw over all examples" if problem.batch_size == "all" else "dE/dw"
    formulas = ", ".join(f"{quantity} = {text}" for quantity, text in optimizer.formulas.items())
    given = ", ".join(f"{name} = {value}" for name, value in numbers.items())
    return f"Update: {formulas}, where g is {of_what}; {given}; biases likewise; all deltas before any update"


def _rules(exercise):
    """The rounding rule, and how numbers may be written."""
    places = exercise.places
    marks = set(exercise.asked.values())
    follow = " Each number is judged from your own earlier ones, so a mistake costs once." if len(exercise.asked) > 1 else ""
    lines = [f"Give {places} decimals, rounded, and carry more of them on the way.{follow} {ways_to_write()}"]
    if exercise.solves:
        lines = [f"One decimal will do. {ways_to_write()}"]
    if any("@" in address for address in exercise.asked):
        lines.append("Behind @ stands the number of the pass: which example went through, counted on from epoch to epoch.")
    total = EXACT.format(exercise.marks)
    each = f", {EXACT.format(marks.pop())} for each number" if len(marks) == 1 < len(exercise.asked) else ""
    each = ", if all rows come out" if exercise.solves else each
    lines.append(f"Marks: {total}{each}")
    return "\n".join(lines)


def _blanks(exercise):
    """The questions in the order of the work, under a heading for each part of it."""
    def part(address):
        number = split_address(address)[2]
        phase = SECTIONS[exercise.computed[address].phase]
        return f"Pass {number}" if number else phase

    uneven = len(set(exercise.asked.values())) > 1
    order = sorted(exercise.asked, key=lambda address: split_address(address)[2] or 0)
    for title, addresses in groupby(order, part):
        rows = [list(row) for _, row in groupby(addresses, lambda address: _row(exercise, address))]
        yield Block("heading2", title)
        yield Block("blanks", [[(one, exercise.asked[one] if uneven else None) for one in row] for row in rows])


def _row(exercise, address):
    """What the numbers in one row have in common: their unit."""
    step = exercise.computed[address]
    quantity, place, _ = split_address(address)
    return place.rpartition("->")[2], quantity in ("E",), step.phase


# What stands on a key


def key_blocks(exercise: Exercise) -> List[Block]:
    """The blocks of the key before its working."""
    answers = answer_texts(exercise)
    rows = [[address, answers[address], EXACT.format(marks)] for address, marks in exercise.asked.items()]
    blocks = [Block("title", f"Key of {_title(exercise)[0].lower()}{_title(exercise)[1:]}"), Block("text", _task(exercise))]
    if exercise.solves:
        blocks.append(Block("text", "Any weights that bring all rows to their targets are right; these do:"))
    blocks.append(Block("table", (["number", "answer", "marks"], rows)))
    mistakes = _mistakes(exercise)
    if mistakes:
        blocks += [Block("heading", "Mistakes that show"), Block("table", (["first wrong", "is then", LONG_TEXTS], mistakes))]
    return blocks


def _mistakes(exercise):
    """Rows of a mistake's first wrong number and what was done; all that it may be where no asked number tells."""
    return [
        [address, text, "; or ".join(dict.fromkeys(map(_in_words, together)))]
        for together, address, text in predicted(exercise)
    ]


def _in_words(hypothesis):
    form = f" ({hypothesis.form})" if hypothesis.form else ""
    return f"{hypothesis.kind.equals}{form} [{hypothesis.kind.name}]"


# Text


def _text_page(blocks, width):
    return "\n\n".join(TEXT[block.kind](block.content, width) for block in blocks)


def _underlined(sign):
    return lambda text, width: "\n".join([text, sign * len(text)])


def _folded(text, width):
    return "\n".join(fold(line, width, "") for line in text.split("\n"))


def _text_blanks(rows, width):
    """The blanks of each row beside each other, as far as there is room."""
    cells = [[f"{address} = {BLANK}" + (f" ({EXACT.format(marks)})" if marks else "") for address, marks in row] for row in rows]
    room = max(len(cell) for row in cells for cell in row) + 3
    most, lines = max(width // room, 1), []
    for row in cells:
        for start in range(0, len(row), most):
            lines.append("".join(cell.ljust(room) for cell in row[start : start + most]).rstrip())
    return "\n\n".join(lines)


TEXT: Dict[str, Callable[[Any, int], str]] = {
    "title": _underlined("="), "heading": _underlined("-"), "heading2": lambda text, width: f"{text}:", "text": _folded,
    "drawing": lambda exercise, width: text_drawing(exercise.problem), "blanks": _text_blanks, "column": _underlined("-"),
    "table": lambda content, width: table(content[1], content[0], width=width),
}


def _text_key(exercise, width):
    working = exercise.trace.text(decimals=_working_places(exercise), width=width)
    return "\n\n".join([_text_page(key_blocks(exercise), width), working])


def _working_places(exercise):
    return exercise.places + 2


# Markdown


def _markdown_page(blocks, width):
    return "\n\n".join(MARKDOWN[block.kind](block.content) for block in blocks)


def _markdown_blanks(rows):
    cells = [[address, " " if marks is None else EXACT.format(marks)] for row in rows for address, marks in row]
    headers = ["number", "yours"]
    return table([[f"`{address}`", ""] for address, _ in cells], headers, "pipe")


MARKDOWN: Dict[str, Callable[[Any], str]] = {
    "title": lambda text: f"# {markdown_text(text)}", "heading": lambda text: f"## {markdown_text(text)}",
    "heading2": lambda text: f"### {markdown_text(text)}",
    "text": lambda text: "\n\n".join(map(markdown_text, text.split("\n"))),
    "column": lambda text: f"## {markdown_text(text)}",
    "drawing": lambda exercise: f"```text\n{text_drawing(exercise.problem)}\n```", "blanks": _markdown_blanks,
    "table": lambda content: table(content[1], content[0], "pipe"),
}


def _markdown_key(exercise, width):
    return "\n\n".join([_markdown_page(key_blocks(exercise), width), exercise.trace.markdown(decimals=_working_places(exercise))])


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
    head = " & ".join(map(latex_text, headers)) + r" \\ \hline"
    lines = [" & ".join(map(latex_text, row)) + r" \\" for row in rows]
    return "\n".join([rf"\par\vspace{{.5ex}}\begin{{tabular}}{{{'l' * len(headers)}}}", head, *lines, r"\end{tabular}\par"])


def _latex_blanks(rows):
    symbols, lines = Symbols(LATEX), []
    for row in rows:
        for address, marks in row:
            worth = rf"\hfill({EXACT.format(marks)})" if marks else ""
            lines.append(rf"\makebox[30mm][l]{{${symbols.address(address).tex}$ =}}\underline{{\hspace{{35mm}}}}{worth}\par\vspace{{1.3ex}}")
    return "\n".join(lines)


LATEX_FORMS: Dict[str, Callable[[Any], str]] = {
    "title": lambda text: rf"\section*{{\Large {latex_text(text)}}}", "heading": lambda text: rf"\section*{{{latex_text(text)}}}",
    "heading2": lambda text: rf"\subsection*{{{latex_text(text)}}}",
    "text": lambda text: "\n\n".join(map(latex_text, text.split("\n"))),
    "column": lambda text: rf"\newpage\section*{{{latex_text(text)}}}",
    "drawing": latex_drawing, "blanks": _latex_blanks, "table": _latex_table,
}


def _latex_key(exercise, width):
    working = exercise.trace.latex(decimals=_working_places(exercise), fragment=True)
    return _latex_page(key_blocks(exercise), 1, r"\section*{Working}" + "\n\n" + working)


# Files to fill in, and the key's numbers


def _csv(rows):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue().rstrip("\n")


def _csv_sheet(exercise, width):
    return _csv([(SHEET, exercise.id), *[(address, "") for address in exercise.asked]])


def _json_sheet(exercise, width):
    return json_text({SHEET: exercise.id, **dict.fromkeys(exercise.asked, "")})


def _csv_key(exercise, width):
    return _csv([(SHEET, exercise.id), *answer_texts(exercise).items()])


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
