"""The marks of a class: what each file earned, as text, as CSV, and as a page for each student."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Tuple

from neurosim.diagnosis.typed_numbers import typed_number
from neurosim.exercises.exercise import EXACT
from neurosim.support.errors import InputError, counted, shown
from neurosim.support.files import read_whole, told_with
from neurosim.support.records import documented
from neurosim.support.report import TableReport
from neurosim.support.tables import csv_text, paragraph, plain, table

if TYPE_CHECKING:
    from typing import Mapping

BY_HAND = "by hand"
BLANK = "nothing is filled in"  # the note on a file that is only that
COLUMNS = ("sheet", "student", "file", "mark", "of", BY_HAND, "final", "note")
GONE = "the file is not there any more"
LONGEST_NOTE = 300  # characters
LONGEST_NAME = 60  # of a student, in the name of a page
OTHER_SIGNS = re.compile(r"[^\w .-]")  # than those of a file's name


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
        gone = self._gone()
        if gone:
            told = f"marks set by hand for files that are not there any more: {', '.join(file for _, file in gone)}"
            parts.append(paragraph(shown(told, LONGEST_NOTE), format, width))
        problems = [(row.file, row.note) for row in self.rows if row.note]
        if problems:
            parts.append(table(problems, ("file", "note"), format, width=width))
        return "\n\n".join(parts)

    def _count(self, marked):
        """How many files were marked, and with how many marks."""
        if not marked:
            return "no file could be marked"
        finals = [(float(self._final(row)), row.of) for row in marked if self._final(row)]
        if not finals:
            return f"{counted(len(marked), 'file')} marked, none of them finally"
        most = EXACT.format(max(of for _, of in finals))
        whole = sum(final >= of for final, of in finals)
        mean = sum(final for final, _ in finals) / len(finals)
        return f"{counted(len(marked), 'file')} marked, on average {mean:.1f} of {most} marks; {whole} with all"

    def _missing(self):
        """A line on the students of whom there is no file."""
        handed_in = {row.sheet for row in self.rows}
        missing = [student for sheet, student in self.students.items() if sheet not in handed_in and student]
        return [f"nothing was handed in by: {shown('; '.join(missing), LONGEST_NOTE)}"] if missing else []

    def _gone(self):
        """(sheet, file) of each mark that was set by hand for a file that is not there any more."""
        return sorted(self.by_hand.keys() - {(row.sheet, row.file) for row in self.rows})

    def _by_hand(self, row):
        return self.by_hand.get((row.sheet, row.file), "")

    def _final(self, row):
        """The mark that counts, as a text: that set by hand, or what the file earned if nothing is noted about it."""
        mark = "" if row.mark is None or row.note not in ("", BLANK) else EXACT.format(row.mark)
        return self._by_hand(row) or mark

    def pages(self) -> dict[str, str]:
        """{name of a file: the page for a student} of every file that was marked."""
        found: dict[str, str] = {}
        for row in self.rows:
            if row.feedback:
                student = self.students.get(row.sheet, "")
                name = OTHER_SIGNS.sub("_", f"{student[:LONGEST_NAME]} {row.sheet}".strip())
                number = sum(one.partition(" (")[0] == name for one in found)
                told = [f"For {student}"] if student else []
                told += [f"Note: {row.note}"] if row.note else []
                found[f"{name} ({number + 1})" if number else name] = "\n\n".join([*told, row.feedback])
        return {f"{name}.txt": text for name, text in found.items()}

    def csv(self) -> str:
        """The marks as CSV, a row for each file: sheet, student, file, mark, of, by hand, final, note, and each number."""
        addresses = list(dict.fromkeys(address for row in self.rows for address in row.marks))
        rows = []
        for row in self.rows:
            mark = "" if row.mark is None else EXACT.format(row.mark)
            marks = [EXACT.format(row.marks[address]) if address in row.marks else "" for address in addresses]
            rows.append([row.sheet, self.students.get(row.sheet, ""), row.file, mark,
                         "" if row.of is None else EXACT.format(row.of), self._by_hand(row), self._final(row), row.note,
                         *marks])
        for sheet, file in self._gone():
            mark = self.by_hand[sheet, file]
            rows.append([sheet, self.students.get(sheet, ""), file, "", "", mark, mark, GONE, *[""] * len(addresses)])
        return csv_text((*COLUMNS, *addresses), rows)


def read_by_hand(file, name):
    """{(sheet, file): mark} of the marks that were set by hand in an open CSV file of marks.

    A spreadsheet's apostrophe before a text that begins like a formula is none of the name.
    """
    with told_with(name):
        text = read_whole(file).decode("utf-8-sig")
        separator = ";" if "," not in text.partition("\n")[0] else ","  # which a spreadsheet with decimal commas writes
        reader = csv.DictReader(io.StringIO(text, newline=None), delimiter=separator, restval="")
        rows = list(reader)
        if not {"sheet", "file", "of", BY_HAND} <= {*(reader.fieldnames or ())}:
            raise InputError(f"expected a file of marks with the columns sheet, file, of and {BY_HAND}")
        return {
            (plain(row["sheet"]), plain(row["file"])): _checked_mark(row) for row in rows if (row[BY_HAND] or "").strip()
        }


def _checked_mark(row):
    """The mark set by hand in a row, as a text."""
    place = f"{BY_HAND}, {row['file']}"
    number = typed_number(row[BY_HAND].strip(), place).value
    most = typed_number(row["of"], place).value if row["of"] else number
    if not 0 <= number <= most:
        raise InputError(f"{place}: expected a mark from 0 to {EXACT.format(most)}, got {shown(row[BY_HAND].strip())}")
    return EXACT.format(number)
