"""A class: a sheet of its own for each student, and the marking of all that they hand in.

A sheet's numbers are drawn by a hash of a secret and the student, so that its id tells nobody how to draw them again.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
import os
import re
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from neurosim.diagnosis.typed_numbers import is_blank, typed_number
from neurosim.exercises.class_report import BLANK, LONGEST_NOTE, ClassReport, Row
from neurosim.exercises.exercise import Exercise, exercise_of, exercise_text
from neurosim.exercises.generator import new_exercise
from neurosim.exercises.handed_in import read_handed_in
from neurosim.exercises.marking import grade
from neurosim.exercises.sheet import SHEET, answer_texts
from neurosim.exercises.submissions import submissions
from neurosim.support.errors import InputError, shorten, shown
from neurosim.support.files import check_keys, json_list, one_line, read_whole, strict_json, told_with, write_atomically

if TYPE_CHECKING:
    from typing import Callable, Iterable, Mapping

    from neurosim.support.types import Executor

FORMAT = "neurosim-class/1"
HEADERS = ("student", "students", "id", "name", "surname", "email", "user", "username", "login")  # words of a first cell
DIGITS = 10  # of a sheet's id
MOST_NUMBERS = 5000  # in a file of answers
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
    if not one_line(secret, "secret"):
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
        rows = list(csv.reader(io.StringIO(read_whole(file).decode("utf-8-sig"), newline=None)))
        cells = [row[0].strip() for row in rows if row and row[0].strip()]
        has_header = not {*HEADERS}.isdisjoint(re.findall(r"\w+", cells[0].lower())) if cells else False
        return [one_line(cell, "student") for cell in cells[has_header:]]


def read_class(file, name):
    """The `Class` in an open file: of a class, or of a single exercise."""
    with told_with(name):
        document = strict_json(read_whole(file))
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            exercise = exercise_of(document)
            return Class({exercise.id: ""}, {exercise.id: exercise})
        check_keys(document, "", ("format", "sheets"), ("sheets",))
        students, exercises = {}, {}
        for index, sheet in enumerate(json_list(document["sheets"], "sheets")):
            check_keys(sheet, f"sheets[{index}]", ("student", "exercise"), ("student", "exercise"))
            with told_with(f"sheets[{index}]"):
                exercise = exercise_of(sheet["exercise"])
            if exercise.id in exercises:
                raise InputError(f"sheets[{index}]: the id {shown(exercise.id)} is there twice")
            students[exercise.id], exercises[exercise.id] = one_line(sheet["student"], "student"), exercise
        if not exercises:
            raise InputError("sheets: there are none")
        return Class(students, exercises)


# Marking


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
    waiting, rows = [], []
    texts = {sheet: exercise_text(exercise) for sheet, exercise in sheets.exercises.items()}
    for name, data in submissions(folder):
        document, note = _read(data, name) if isinstance(data, bytes) else ({}, data)
        sheet, why = _sheet_of(document, name, sheets)
        result = (
            partial(Row, sheet, name, None, None, {}, [], note or why, "") if note or why
            else _begun(executor, grade_one, texts[sheet], name, document, hide, budget)
        )
        waiting.append((document, result))
    keys = {sheet: answer_texts(exercise) for sheet, exercise in sheets.exercises.items()}
    for document, result in waiting:
        rows.append(_compared(result(), document, keys, sheets))
        if progress:
            progress(len(rows), len(waiting))
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
    marks, page = {one.address: one.mark for one in marked.marks}, marked.text(width=80, hide=hide)
    note = BLANK if all(one.verdict == "blank" for one in marked.marks) else ""
    return Row(exercise.id, name, marked.mark, exercise.marks, marks, marked.mistakes, note, page)


def _read(data, name):
    """(answers, what is wrong with them)"""
    try:
        document = read_handed_in(io.BytesIO(data), os.path.basename(name))
    except InputError as error:
        return {}, shown(str(error).removeprefix(os.path.basename(name)).lstrip(":, "), LONGEST_NOTE)
    return ({}, "too many numbers") if len(document) > MOST_NUMBERS else (document, "")


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


def _compared(row, document, keys, sheets):
    """The row, with a note if few of its numbers are right and they are those of another sheet."""
    if row.mark is None or 2 * row.mark > row.of or len(keys) == 1:
        return row
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
    """The rows, with a note on each marked file beside which there is another for the same sheet."""
    files = {}
    for row in rows:
        if row.mark is not None and row.note != BLANK:
            files.setdefault(row.sheet, []).append(row.file)

    def told(row):
        others = [file for file in files.get(row.sheet, ()) if file != row.file and row.mark is not None]
        note = f"for this sheet there is also {', '.join(others)}" if others else ""
        return row._replace(note="; ".join(filter(None, [row.note, note])))

    return [told(row) for row in rows]
