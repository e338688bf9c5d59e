"""Files of answers: a JSON object, or CSV with an address and a number in each line; numbers as they were typed.

Between the cells of CSV stand commas, or else semicolons, where numbers may have decimal commas.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal, InvalidOperation

from neurosim.diagnosis.layer_lists import LAYERED
from neurosim.diagnosis.typed_numbers import with_point
from neurosim.support.errors import InputError, counted, shown
from neurosim.support.files import read_whole, strict_json, told_with

LONGEST_CELL = 10_000  # characters, of one that may be an address and a number
DIGIT = re.compile("[0-9?]")
ASSIGNED = re.compile(r"([^=\[]*(?:\[[^\]]*\])?[^=\[\]]*)=(.*)", re.DOTALL)  # z[h1] = 0.38


class Typed(Decimal):
    """A number of a JSON file, with its digits as they were typed."""

    __repr__ = Decimal.__str__


def read_answer_file(file, name):
    """The answers in an open binary file; `name` begins the messages."""
    with told_with(name):
        data = read_whole(file)
        if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            return _rows(data.decode("utf-8-sig"))
        try:
            return strict_json(data, parse_float=Typed, parse_int=Typed)
        except InvalidOperation:
            raise InputError("a number's exponent is too large") from None


def _rows(text):
    separator = ";" if all(";" in line for line in text.splitlines() if line.strip()) else ","
    answers = {}
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=None), delimiter=separator), 1):
        row = [cell.strip() for cell in row]
        if not any(row) or number == 1 and not DIGIT.search("".join(row)) and row[0] not in ("E", "eta"):
            continue  # a header
        assigned = ASSIGNED.fullmatch(row[0]) if len(row[0]) <= LONGEST_CELL else None
        if assigned:
            row = [assigned[1].strip(), assigned[2].strip(), *row[1:]]
        if len(row) > 2 and LAYERED.fullmatch(row[0]):
            listed = ", ".join(row[1:])
            row = [row[0], listed if listed.startswith(("[", "(")) else f"[{listed}]"]
        if len(row) != 2:
            wanted = "an address and a number with a comma between them, or a semicolon beside decimal commas"
            raise InputError(f"line {number}: expected {wanted}, got {counted(len(row), 'cell')}")
        if row[0] in answers:
            raise InputError(f"line {number}: {shown(row[0])} is given twice")
        answers[row[0]] = with_point(row[1]) if separator == ";" else row[1]
    return answers
