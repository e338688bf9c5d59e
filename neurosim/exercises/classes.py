"""A class: a sheet of its own for each student, and the marking of all that they hand in.

A sheet's numbers are drawn by a hash of a secret and the student, so that its id tells nobody how to draw them again.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
import os
import zipfile
from collections import Counter
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Tuple

from neurosim.diagnosis.typed_numbers import is_blank, typed_number
from neurosim.exercises.exercise import Exercise, exercise_of, exercise_text
from neurosim.exercises.generator import EXACT, new_exercise
from neurosim.exercises.handed_in import read_handed_in
from neurosim.exercises.marking import grade
from neurosim.exercises.sheet import SHEET, answer_texts
from neurosim.support.errors import InputError, counted, shorten, shown
from neurosim.support.files import check_keys, json_list, one_line, strict_json, told_with, write_atomically
from neurosim.support.records import documented
from neurosim.support.report import TableReport
from neurosim.support.tables import csv_text, paragraph, table

if TYPE_CHECKING:
    from typing import Callable, Iterable, Mapping

    from neurosim.support.types import Executor

FORMAT = "neurosim-class/1"
HEADERS = ("student", "students", "id", "name", "email", "user", "username", "login")  # of a first column
LARGEST = 1_000_000  # bytes of a file of answers
MOST_FILES = 10_000  # in a zip
ENDS = (".json", ".csv", ".txt", ".md")
DIGITS = 10  # of a sheet's id
LONGEST_NOTE = 300  # characters
BY_HAND = "by hand"
COLUMNS = ("sheet", "student", "file", "mark", "of", BY_HAND, "final", "note")
ALIKE = 0.8  # of the numbers, that must be another sheet's for the answers to be called that one's
FEWEST = 3  # numbers that must be


class Class:
    """The sheets of a class: `students`, {sheet's id: student}, and `exercises`, {sheet's id: `Exercise`}."""

    def __init__(self, students: Mapping[str, str], exercises: Mapping[str, Exercise]) -> None:
        self.students, self.exercises = dict(students), dict(exercises)

    def save(self, path: Any) -> None:
        """Write the class to a file, which says which student has which sheet."""
        sheets = [
            f'{{"student": {json.dumps(self.students[name], ensure_ascii=False)}, "exercise": {exercise_text(exercise)}}}'
            for name, exercise in self.exercises.items()
        ]
        write_atomically(path, f'{{"format": "{FORMAT}", "sheets": [\n' + ",\n".join(sheets) + "\n]}\n")


def new_class(students: Iterable[str], secret: str, kind: str, **settings: Any) -> Class:
    """A sheet for each student.

    students: what tells them apart, such as names or numbers
    secret:   with which nobody else can draw the sheets again
    settings: those of `new_exercise`

    Raises InputError for a student who stands there twice, for an empty secret, and as `new_exercise` does.
    """
    if not secret:
        raise InputError("secret: expected a text that students don't know")
    named, exercises = {}, {}
    for student in students:
        sheet, seed = (_hash(secret, f"{purpose} {kind} {student}") for purpose in (SHEET, "seed"))
        if sheet[:DIGITS] in named:
            raise InputError(f"students: {shorten(student)} is there twice")
        named[sheet[:DIGITS]] = student
        exercises[sheet[:DIGITS]] = new_exercise(kind, seed, id=sheet[:DIGITS], **settings)
    if not named:
        raise InputError("students: there are none")
    return Class(named, exercises)


def _hash(secret, text):
    return hmac.new(secret.encode(), text.encode(), sha256).hexdigest()


def read_students(file, name):
    """The students in the first column of an open CSV file, without a header."""
    with told_with(name):
        rows = list(csv.reader(io.StringIO(file.read(LARGEST).decode("utf-8-sig"), newline=None)))
        cells = [row[0].strip() for row in rows if row and row[0].strip()]
        return [one_line(cell, "student") for cell in cells[bool(cells) and cells[0].lower() in HEADERS :]]


def read_class(file, name):
    """The `Class` in an open file: of a class, or of a single exercise."""
    with told_with(name):
        document = strict_json(file.read())
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            exercise = exercise_of(document)
            return Class({exercise.id: ""}, {exercise.id: exercise})
        check_keys(document, "", ("format", "sheets"), ("sheets",))
        students, exercises = {}, {}
        for index, sheet in enumerate(json_list(document["sheets"], "sheets")):
            check_keys(sheet, f"sheets[{index}]", ("student", "exercise"), ("student", "exercise"))
            with told_with(f"sheets[{index}]"):
                exercise = exercise_of(sheet["exercise"])
            students[exercise.id], exercises[exercise.id] = one_line(sheet["student"], "student"), exercise
        return Class(students, exercises)


# Marking


@documented
class Row(NamedTuple):
    """What a file that was handed in earned.

    sheet:    the id of its sheet, "" where it is not known
    file:     its name
    mark:     what it earned, None where it could not be marked
    of:       what it could have earned, likewise
    marks:    {address: mark}
    mistakes: the names of each mistake, its alternatives together
    note:     what is wrong with the file, or what there is to say
    feedback: the page for the student
    """

    sheet: str
    file: str
    mark: float | None
    of: float | None
    marks: Dict[str, float]
    mistakes: List[Tuple[str, ...]]
    note: str
    feedback: str


class ClassReport(TableReport):
    """The marks of a class; true if every file could be read."""

    __slots__ = {
        "students": "{sheet's id: student}",
        "rows": "a `Row` for each file that was handed in, in the order of their names",
        "by_hand": "{(sheet, file): mark} of those that a person set, as texts",
    }

    def __init__(self, students: Mapping[str, str], rows: list[Row], by_hand: Mapping[tuple[str, str], str]) -> None:
        self.students, self.rows, self.by_hand = dict(students), rows, dict(by_hand)

    def __bool__(self) -> bool:
        return all(row.mark is not None for row in self.rows)

    def text(self, format: str = "simple", width: int | None = None) -> str:
        """How many were marked, the mistakes that were made and how often, and the files that could not be read."""
        marked = [row for row in self.rows if row.mark is not None]
        parts = [paragraph("\n".join([self._count(marked), *self._missing()]), format, width)]
        counts = Counter(" or ".join(names) for row in marked for names in row.mistakes)
        if counts:
            parts.append(table([(str(count), name) for name, count in counts.most_common()], ("sheets", "mistake"), format,
                               width=width))
        problems = [(row.file, row.note) for row in self.rows if row.note]
        if problems:
            parts.append(table(problems, ("file", "note"), format, width=width))
        return "\n\n".join(parts)

    def _count(self, marked):
        """How many files were marked, and with how many marks."""
        if not marked:
            return "no file could be marked"
        finals = [float(self._by_hand(row) or row.mark) for row in marked]
        most = EXACT.format(max(row.of for row in marked))
        whole = sum(final >= row.of for final, row in zip(finals, marked))
        mean = sum(finals) / len(finals)
        return f"{counted(len(marked), 'file')} marked, on average {mean:.1f} of {most} marks; {whole} with all"

    def _missing(self):
        """A line on the students of whom there is no file."""
        handed_in = {row.sheet for row in self.rows}
        missing = [student for sheet, student in self.students.items() if sheet not in handed_in and student]
        return [f"nothing was handed in by: {shown(', '.join(missing), LONGEST_NOTE)}"] if missing else []

    def _by_hand(self, row):
        return self.by_hand.get((row.sheet, row.file), "")

    def csv(self) -> str:
        """The marks as CSV, a row for each file: sheet, student, file, mark, of, by hand, final, note, and each number."""
        addresses = list(dict.fromkeys(address for row in self.rows for address in row.marks))
        rows = []
        for row in self.rows:
            by_hand = self._by_hand(row)
            mark = "" if row.mark is None else EXACT.format(row.mark)
            marks = [EXACT.format(row.marks[address]) if address in row.marks else "" for address in addresses]
            rows.append([row.sheet, self.students.get(row.sheet, ""), row.file, mark,
                         "" if row.of is None else EXACT.format(row.of), by_hand, by_hand or mark, row.note, *marks])
        return csv_text((*COLUMNS, *addresses), rows)


def grade_all(
    sheets: Class, folder: str, executor: Executor | None = None, hide: bool = False, budget: float | None = None,
    by_hand: Mapping[tuple[str, str], str] | None = None, progress: Callable[[int, int], None] | None = None,
) -> ClassReport:
    """Mark every file of a folder, and every one in its zips; a file that is broken is its own row's problem.

    executor: any `concurrent.futures.Executor`; the marks are the same as without
    hide:     whether the pages for students leave the right numbers out
    by_hand:  marks that a person set, which are kept
    progress: is called with how many files are marked, and how many there are
    """
    files, rows, waiting = list(submissions(folder)), [], []
    texts = {sheet: exercise_text(exercise) for sheet, exercise in sheets.exercises.items()}
    for name, data in files:
        document, note = _read(data, name) if isinstance(data, bytes) else ({}, data)
        sheet, why = _sheet_of(document, name, sheets)
        note = note or why
        waiting.append(
            partial(Row, sheet, name, None, None, {}, [], note, "") if note
            else _begun(executor, grade_one, texts[sheet], name, document, hide, budget)
        )
    keys = {sheet: answer_texts(exercise) for sheet, exercise in sheets.exercises.items()}
    for (name, data), result in zip(files, waiting):
        rows.append(_compared(result(), data, keys, sheets))
        if progress:
            progress(len(rows), len(files))
    return ClassReport(sheets.students, _told_of_twins(rows), by_hand or {})


def _begun(executor, function, *arguments):
    """What gives the function's result when it is called: from an executor that has begun, or worked out then."""
    return partial(function, *arguments) if executor is None else executor.submit(function, *arguments).result


def grade_one(text, name, document, hide, budget):
    """The `Row` of one file, for the exercise of this text."""
    exercise = exercise_of(json.loads(text))
    try:
        marked = grade(exercise, document, budget)
    except InputError as error:
        return Row(exercise.id, name, None, None, {}, [], shown(str(error), LONGEST_NOTE), "")
    marks = {one.address: one.mark for one in marked.marks}
    return Row(exercise.id, name, marked.mark, exercise.marks, marks, marked.mistakes, "", marked.text(width=80, hide=hide))


def submissions(folder: str) -> Iterator[tuple[str, bytes | str]]:
    """(name, bytes) of every file of answers under a folder, and in its zips; or (name, why it can't be read)."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            shown_name = os.path.relpath(path, folder).replace(os.sep, "/")
            if name.startswith("."):
                continue
            try:
                if name.lower().endswith(".zip"):
                    yield from _zipped(path, shown_name)
                elif name.lower().endswith(ENDS):
                    if os.path.isfile(path) and os.path.getsize(path) <= LARGEST:
                        with open(path, "rb") as file:
                            yield shown_name, file.read(LARGEST)
                    else:
                        yield shown_name, "too large for a file of answers" if os.path.isfile(path) else "no file"
                else:
                    yield shown_name, f"expected a file that ends in {', '.join(ENDS)} or .zip"
            except OSError as error:
                yield shown_name, error.strerror or str(error)


def _zipped(path, name):
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith(ENDS)]
            members = [one for one in members if not os.path.basename(one.filename).startswith(".")]
            if not members or len(members) > MOST_FILES:
                yield name, "a zip without a file of answers" if not members else "a zip of too many files"
                return
            for one in sorted(members, key=lambda one: one.filename):
                inside = f"{name}/{shown(one.filename)}"
                if one.file_size > LARGEST:
                    yield inside, "too large for a file of answers"
                    continue
                try:
                    with archive.open(one) as file:
                        yield inside, file.read(LARGEST)
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, OSError) as error:
                    yield inside, f"can't be unpacked: {error}"
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        yield name, f"no zip that can be read: {error}"


def _read(data, name):
    """(answers, what is wrong with them)"""
    try:
        document = read_handed_in(io.BytesIO(data), os.path.basename(name))
    except InputError as error:
        return {}, shown(str(error), LONGEST_NOTE)
    return (document, "") if isinstance(document, dict) else ({}, "expected addresses with their numbers")


def _sheet_of(document, name, sheets):
    """(the id of the sheet that a file is of, why that is not known)"""
    said = str(document.get(SHEET, "")).strip()
    if said in sheets.exercises:
        return said, ""
    if said:
        return "", f"there is no sheet {shorten(said)[1:-1]}"
    in_name = [sheet for sheet in sheets.exercises if sheet and sheet in name]
    if len(in_name) == 1:
        return in_name[0], ""
    if len(sheets.exercises) == 1:
        return next(iter(sheets.exercises)), ""
    return "", f"it doesn't say which sheet it is of; its first line should be {SHEET},ID"


def _compared(row, data, keys, sheets):
    """The row, with a note if few of its numbers are right and they are those of another sheet."""
    if row.mark is None or 2 * row.mark > row.of or len(keys) == 1:
        return row
    document, _ = _read(data, row.file)
    for sheet, key in keys.items():
        if sheet != row.sheet and _fits(document, key):
            whose = f", which is {sheets.students[sheet]}'s" if sheets.students[sheet] else ""
            return row._replace(note=f"these numbers are those of sheet {sheet}{whose}")
    return row


def _fits(document, key):
    """Whether nearly all numbers of a file are those of a key."""
    right = given = 0
    for address, typed in document.items():
        if address in key and not is_blank(typed):
            try:
                number = typed_number(typed, address)
            except InputError:
                continue
            given += 1
            right += abs(number.value - float(key[address])) <= 10.0**-number.places
    return right >= FEWEST and right >= ALIKE * given


def _told_of_twins(rows):
    """The rows, with a note on each file beside which there is another for the same sheet."""
    files = {}
    for row in rows:
        if row.sheet:
            files.setdefault(row.sheet, []).append(row.file)
    return [
        row._replace(note="; ".join(filter(None, [row.note, f"{len(files[row.sheet])} files for this sheet"])))
        if len(files.get(row.sheet, [])) > 1 else row for row in rows
    ]


def read_by_hand(file, name):
    """{(sheet, file): mark} of the marks that were set by hand in an open CSV file of marks."""
    with told_with(name):
        rows = list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"), newline=None)))
        if rows and not {"sheet", "file", BY_HAND} <= rows[0].keys():
            raise InputError(f"expected a file of marks with the columns sheet, file and {BY_HAND}")
        kept = {(row["sheet"], row["file"]): row[BY_HAND].strip() for row in rows if (row[BY_HAND] or "").strip()}
        for place, mark in kept.items():
            typed_number(mark, f"{BY_HAND}, {place[1]}")
        return kept
