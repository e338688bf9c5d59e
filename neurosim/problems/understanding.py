"""Understanding: what a table is taken for: its inputs, its target, what is left out, and why.

    table = read_table("houses.csv")
    understood = understand(table, target="price")
    print(understood.text())
    examples = understood.examples()
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections import Counter
from functools import partial
from itertools import groupby

from neurosim.problems.columns import NUMBERS, Unusable, is_text, kind_of, notation_of, plain_numbers, thousands_in
from neurosim.problems.examples import Examples
from neurosim.problems.table_file import is_missing
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, shorten, shown
from neurosim.support.number_text import number_text
from neurosim.support.page import page_width
from neurosim.support.report import Report

MOST_CLASSES = 20  # of a target column of whole numbers; with more of them it is a quantity
MISSING_CHOICES = ("refuse", "drop")
# What the leftmost column is called where it only tells rows apart.
COUNTER = re.compile(r"(id|index|unnamed\b.*)|.*([_ ]id|(?-i:Id|ID))", re.IGNORECASE)
FEWEST_COUNTED = 5  # rows, before a column without a name counts them
MOST_NAMED = 12  # columns of one kind; of more the first and the last are named
SIGNS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces or tabs"}
WHOLE = re.compile(r"[-+]?\d+(\.0*)?", re.ASCII)  # a number
HANGING = 10  # where the texts of the four lines begin


class Understanding(Report):
    """What the columns of a table are taken for."""

    __slots__ = {
        "table": "the `Table`",
        "kinds": "the kind of each column that is an input, by its name",
        "values": "the values of each input column, None for a missing one",
        "target": "the name of the target column, or None",
        "labels": "its texts, numbers as Python writes them and None for a missing one; or None without it",
        "classes": "the distinct labels, or None if they are quantities",
        "left_out": "why each column is no input, by its name",
        "notes": "what else is told, a line each",
        "refusals": "a message for each thing that has to be mended first",
        "kept": "the positions of the rows that are used, counted from 0",
    }

    def __init__(self, table, target=None):
        self.table, self.target = table, target
        self.kinds, self.values, self.left_out = {}, {}, {}
        self.labels = self.classes = None
        self.notes, self.refusals, self.kept = [], [], list(range(len(table.rows)))

    @property
    def dropped(self):
        """How many rows are left out because a cell is missing."""
        return len(self.table.rows) - len(self.kept)

    def examples(self):
        """The `Examples` that are learnt from. Raises InputError if something has to be mended first."""
        if self.refusals:
            raise InputError(self.refusals[0])
        table, kept, names = self.table, self.kept, list(self.kinds)
        columns = [self.values[name] for name in names]
        inputs = [[column[row] for column in columns] for row in kept]
        labels = None if self.labels is None else [self.labels[row] for row in kept]
        return Examples(names, inputs, self.target, labels, self.classes, list(self.kinds.values()), table.path,
                        [table.lines[row] for row in kept], [row + 1 for row in kept])

    def decimal_mark(self, thousands=None):
        """What the file has before decimals: a comma if a column of numbers has one there."""
        columns = [self.table.column(name) for name, kind in self.kinds.items() if kind == NUMBERS]
        texts = [[cell for cell in cells if not is_missing(cell)] for cells in columns]
        marks = {notation_of(cells, self.table.separator, thousands).decimal for cells in texts}
        return "," if "," in marks else "."

    def text(self, width=None, preparation=None):
        """What was understood, in four lines, and a line for whatever else is told.

        preparation: how the columns are scaled, if that is decided
        """
        lines = [
            ("rows", self._rows()), ("inputs", self._inputs(preparation) or "none"),
            ("target", self._target(preparation)), ("left out", self._left_out() or "nothing"),
            *(("note", note) for note in self.notes),
        ]
        hanging = {"initial_indent": "", "subsequent_indent": " " * HANGING, "break_long_words": False,
                   "break_on_hyphens": False}
        return "\n".join(
            textwrap.fill(f"{name:{HANGING}}{text}", page_width(width), **hanging) for name, text in lines
        )

    def _rows(self):
        table = self.table
        return ", ".join([
            f"{len(self.kept)} of {table.path}",
            *([f"{self.dropped} with missing cells left out"] if self.dropped else []),
            "with a header" if table.has_header else "no header",
            f"separated by {SIGNS[table.separator]}",
        ])

    def _inputs(self, preparation):
        scaling = "" if preparation is None else f", scaling {preparation.scaling}"
        told = []
        for kind, names in groupby(self.kinds, key=lambda name: self.kinds[name].description):
            names = list(names)
            if kind == NUMBERS.description:
                kind = f"{len(names)} numbers{scaling}" if len(names) > 1 else f"a number{scaling}"
            told.append(f"{self.columns(names)}: {kind}")
        return "; ".join(told)

    def _target(self, preparation):
        if self.target is None:
            return "none"
        target, labels = self.columns([self.target]), [self.labels[row] for row in self.kept] if self.labels else []
        labels = [label for label in labels if label is not None]
        if not labels:
            return f"{target}: nothing that can be learnt"
        classes = self.classes if preparation is None else preparation.classes
        if classes is not None:
            return f"{target}: {len(classes)} classes ({named(classes)})"
        numbers = list(map(float, labels))
        between = f"{target}: a quantity from {number_text(min(numbers))} to {number_text(max(numbers))}"
        if preparation is None or not preparation.scales_target:
            return between
        center, scale = number_text(preparation.target_center), number_text(preparation.target_scale)
        return f"{between}, learnt as (t - {center}) / {scale}"

    def _left_out(self):
        groups = {}
        for name, why in self.left_out.items():
            groups.setdefault(why, []).append(name)
        return "; ".join(f"{self.columns(names)} ({why})" for why, names in groups.items())

    def columns(self, names):
        """The names of columns, which without a header are numbers."""
        return named(names) if self.table.has_header else f"column{'s' * (len(names) > 1)} {named(names)}"


def named(names):
    """The names with commas between them; of many the first and the last."""
    names = list(map(shown, names))
    return ", ".join(names if len(names) <= MOST_NAMED else [*names[:3], "...", names[-1]])


def understand(table, target=None, inputs=None, ignore=(), missing="refuse", thousands=None, regression=False):
    """The `Understanding` of a `Table` to learn from.

    target: the name of the column to learn, or None for none
    inputs: the names of the columns to learn it from; None takes all that can be taken
    ignore: the names of columns that are no inputs
    missing: what becomes of a row without one of these, "refuse" or "drop"
    thousands: what stands between groups of three digits, of `columns.THOUSANDS`
    regression: take whole numbers as quantities

    Raises InputError for an unknown name; what is wrong in the table is among `refusals`.
    """
    checks.known("choice for missing cells", missing, MISSING_CHOICES)
    for name in [*ignore, *(inputs or ()), *([] if target is None else [target])]:
        checks.known(f"column in {table.path}", name, table.names)
    if target is not None and target in (inputs or ()):
        raise InputError(f"column {shorten(target)} is the target, so it is no input")
    if inputs is not None and len(set(inputs)) < len(inputs):
        raise InputError(f"inputs: a column stands twice in {shorten(inputs)}")
    found = Understanding(table, target)
    candidates = [name for name in table.names if name != target] if inputs is None else list(inputs)
    taken = {*candidates, target} - set(ignore)
    for name in [name for name in table.names if name not in taken]:
        found.left_out[name] = "ignored" if name in ignore else "no input"
    candidates = [name for name in candidates if name not in ignore]
    if inputs is None:
        candidates = _without_what_tells_rows_apart(found, candidates)
    _take_inputs(found, candidates, thousands)
    if target is not None:
        _take_target(found, thousands, regression)
    if not found.kinds and not found.refusals:
        found.refusals.append(f"{table.path}: there is no column to learn from")
    _look_for_missing(found, missing)
    _tell(found)
    return found


def _without_what_tells_rows_apart(found, names):
    """The names without those of empty columns, of a counter at the left, and of a text for each row; never the last."""
    table = found.table
    for name in list(names):
        cells = table.column(name)
        there = [cell for cell in cells if not is_missing(cell)]
        if plain_numbers(there) and name != table.names[0]:
            continue
        if not there:
            why = "empty"
        elif name == table.names[0] and _counts(name, cells, table):
            why = "without a name, tells rows apart" if table.has_header and name in table.unnamed else "tells rows apart"
        elif len(set(there)) == len(cells) > 1 and is_text(there, table.separator):
            why = "another text in every row"
        else:
            continue
        if len(names) > 1:
            names = [other for other in names if other != name]
            found.left_out[name] = why
    return names


def _counts(name, cells, table):
    """Whether the leftmost column holds whole numbers that only tell rows apart."""
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 16 for cell in cells):
        return False
    is_called_so = name not in table.unnamed and COUNTER.fullmatch(name)
    first = int(cells[0])
    if is_called_so or table.has_header and name in table.unnamed:
        return len(set(cells)) == len(cells)
    counts_up = [int(cell) for cell in cells] == list(range(first, first + len(cells)))
    return name in table.unnamed and len(cells) >= FEWEST_COUNTED and first in (0, 1) and counts_up


def _take_inputs(found, names, thousands):
    """Take each column for what it is; those that cannot be taken are refused together."""
    table, unusable = found.table, {}
    for name in names:
        cells = table.column(name)
        try:
            kind = kind_of(cells, table.separator, thousands)
            values = kind.read(cells, partial(table.place, column=name), table.separator, thousands)
        except Unusable as error:
            unusable[name] = str(error)
        except InputError as error:
            found.refusals.append(str(error))
        else:
            found.kinds[name], found.values[name] = kind, values
    if unusable:
        what = "; ".join(f"column {shorten(name)} holds {why}" for name, why in unusable.items())
        ignore = _typed(found, unusable)
        found.refusals.insert(0, f"{table.path}: {what}; leave out what is no number with --ignore {ignore}")
    found.refusals += _ambiguous(found, thousands)


def _typed(found, names):
    """These names behind those that are ignored already, as they are typed behind --ignore."""
    return shlex.quote(",".join([*(name for name, why in found.left_out.items() if why == "ignored"), *names]))


def _ambiguous(found, thousands):
    """A message for the first number such as 1.200 that may be a thousand, or one and a fifth."""
    table = found.table
    if thousands is not None:
        return []
    columns = {name: table.column(name) for name in [*found.kinds, *([found.target] if found.target else [])]}
    columns = {name: cells for name, cells in columns.items() if found.kinds.get(name, NUMBERS) == NUMBERS}
    marks = {name: notation_of([cell for cell in cells if not is_missing(cell)], table.separator).decimal
             for name, cells in columns.items()}
    if "," not in marks.values():
        return []
    clear = {marks[name] for name, cells in columns.items()
             if any(marks[name] in cell and not thousands_in(cell) for cell in cells)}
    for name, cells in columns.items():
        mark = marks[name]
        grouped = [row for row, cell in enumerate(cells) if mark in cell]
        is_unclear = mark not in clear and ("," in clear or mark == ",")
        if is_unclear and grouped and all(thousands_in(cells[row]) == mark for row in grouped):
            row, other = grouped[0], ".," [mark == "."]
            return [f"{table.place(row, name)}: {cells[row]} has a sign that may separate thousands or decimals; "
                    f"say --thousands {mark} or --thousands {other}"]
    return []


def _take_target(found, thousands, regression):
    """The labels of the target, and the classes that they are."""
    table, name = found.table, found.target
    cells = table.column(name)
    try:
        found.labels, found.classes = labels_of(
            cells, partial(table.place, column=name), table.separator, thousands, regression
        )
    except InputError as error:
        found.refusals.append(str(error))
        return
    if not any(label is not None for label in found.labels):
        found.refusals.append(f"{table.path}: column {shorten(name)} is empty, so there is nothing to learn; "
                              "say --target NAME")
    if found.classes is not None and len(found.classes) > MOST_CLASSES and 2 * len(found.classes) > len(cells):
        found.refusals.append(
            f"{table.path}: column {shorten(name)} has {len(found.classes)} different texts in {len(cells)} rows, "
            "too many to be learnt as classes; another column is learnt with --target NAME"
        )


def labels_of(cells, place, separator=",", thousands=None, regression=False):
    """(labels, classes): whole numbers written in one way, so that 1 and 1.0 are one class; None for quantities."""
    texts = [cell for cell in cells if not is_missing(cell)]
    if plain_numbers(texts) is None and not regression and _are_names(texts, separator, thousands):
        return [None if is_missing(cell) else cell for cell in cells], sorted(set(texts))
    values = NUMBERS.read(cells, place, separator, thousands)
    there = sorted({value for value in values if value is not None})
    if regression or not all(map(float.is_integer, there)):
        return [None if value is None else repr(value) for value in values], None
    labels = [None if value is None else str(int(value)) for value in values]
    is_quantity = len(there) > MOST_CLASSES or len(there) == len(texts) > 2
    return labels, None if is_quantity else [str(int(value)) for value in there]


def _are_names(texts, separator, thousands):
    """Whether labels that are not all numbers are names of classes: most are none, or there are few and some whole."""
    notation = notation_of(texts, separator, thousands)
    numbers = [text for text in texts if notation.takes(text) or thousands_in(text) is not None]
    if len(numbers) == len(texts):
        return False
    return 2 * len(numbers) < len(texts) or len(set(texts)) <= MOST_CLASSES and all(map(WHOLE.fullmatch, numbers))


def _look_for_missing(found, missing):
    """Leave out the rows that miss a cell, or refuse them with the first three places."""
    table = found.table
    columns = dict(found.values) if found.labels is None else {**found.values, found.target: found.labels}
    places = sorted((row, name) for name, values in columns.items() for row, value in enumerate(values) if value is None)
    if not places:
        return
    rows = {row for row, _ in places}
    if missing == "drop":
        found.kept = [row for row in found.kept if row not in rows]
        if not found.kept:
            name = Counter(name for _, name in places).most_common(1)[0][0]
            found.refusals.append(f"{table.path}: every row misses a cell, most of them in column {shorten(name)}: "
                                  f"leave it out with --ignore {_typed(found, [name])}")
        return
    some = ", ".join(f"line {table.lines[row]} in column {shorten(name)}" for row, name in places[:3])
    more = ", ..." if len(places) > 3 else ""
    cells = "1 cell is" if len(places) == 1 else f"{len(places)} cells are"
    lines = "its line" if len(places) == 1 else f"the {len(rows)} lines" if len(rows) > 1 else "the line"
    drop = f"leave {lines} out with --missing drop"
    often = [name for name, times in Counter(name for _, name in places).items() if 2 * times > len(table.rows)]
    if often and found.target not in often:
        drop = f"leave out what is mostly missing with --ignore {_typed(found, often)}, and other lines with --missing drop"
    found.refusals.append(f"{table.path}: {cells} missing: {some}{more}; {drop}")


def _tell(found):
    """Notes about columns and classes that teach little."""
    kept = found.kept
    constant = [name for name, values in found.values.items() if kept and len({values[row] for row in kept}) == 1]
    if constant and len(kept) > 1:
        found.notes.append(f"the same in all rows: {found.columns(constant)}")
    if found.classes is None or found.labels is None:
        return
    if all(label is None or _is_whole(label) for label in found.labels):
        found.notes.append(f"the numbers of {found.columns([found.target])} are taken as classes; --regression takes them "
                           "as quantities")
    times = Counter(found.labels[row] for row in kept)
    single = [label for label in found.classes if times[label] == 1]
    if single:
        found.notes.append(f"one row only of the class{'es' * (len(single) > 1)} {named(single)}")


def _is_whole(label):
    return WHOLE.fullmatch(label) is not None


def as_prepared(table, preparation, missing="refuse", thousands=None, needs_target=True):
    """The `Understanding` of a `Table` as a saved network's own file was understood.

    needs_target: or else the labels are left out as soon as one is missing, as they are where their column is not there

    Raises InputError for a column that is not there.
    """
    checks.known("choice for missing cells", missing, MISSING_CHOICES)
    found = Understanding(table, preparation.target if preparation.target in table.names else None)
    for name in preparation.columns:
        checks.known(f"column in {table.path}", name, table.names)
    found.left_out = {name: "not read" for name in table.names if name not in (*preparation.columns, found.target)}
    try:
        for name, kind in zip(preparation.columns, preparation.kinds):
            cells, place = table.column(name), partial(table.place, column=name)
            found.kinds[name], found.values[name] = kind, kind.read(cells, place, table.separator, thousands)
        if found.target is not None:
            cells, place = table.column(found.target), partial(table.place, column=found.target)
            labels = _labels_as_prepared(cells, place, preparation.classes, table.separator, thousands)
            if needs_target or None not in labels:
                found.labels, found.classes = labels, preparation.classes
    except InputError as error:
        found.refusals.append(str(error))
    found.refusals += _ambiguous(found, thousands)
    _look_for_missing(found, missing)
    return found


def _labels_as_prepared(cells, place, classes, separator, thousands):
    """The labels in the cells, None for a missing one; a class that is a number may be written in another way."""
    if classes is None:
        return [None if value is None else repr(value) for value in NUMBERS.read(cells, place, separator, thousands)]
    return [None if is_missing(cell) and cell not in classes else _label(cell, place(row), classes)
            for row, cell in enumerate(cells)]


def _label(cell, place, classes):
    if cell not in classes and WHOLE.fullmatch(cell):
        cell = cell.split(".")[0].lstrip("+")
    if cell not in classes:
        raise InputError(f"{place}: {UnknownNameError('class', cell, classes)}")
    return cell
