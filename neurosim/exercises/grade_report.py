"""A grade: what each number of a sheet earned, and why, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.exercises.exercise import EXACT
from neurosim.support.number_text import number_text
from neurosim.support.records import documented
from neurosim.support.report import TableReport
from neurosim.support.tables import json_text, paragraph, table

if TYPE_CHECKING:
    from neurosim.diagnosis.diagnosis import Diagnosis
    from neurosim.exercises.exercise import Exercise

FORMAT = "neurosim-grade/1"
WORDS = {  # what a verdict is called
    "right": "right", "own": "right from your own numbers before it", "rounded": "right, but for rounding on the way",
    "follows": "right from the mistake before it", "slip": "a slip", "mistake": "a known mistake",
    "short": "too few digits to tell", "trivial": "no mark: your own number before it left nothing to work out",
    "wrong": "wrong", "blank": "blank",
}


@documented
class Mark(NamedTuple):
    """What one number earns.

    address:  what was asked
    verdict:  one of `WORDS`
    yours:    as it was typed, "" for a blank
    expected: what should stand there, from the person's own numbers; None where that is not said
    mark:     what it earns
    of:       what it could earn
    remark:   more about it in words, or ""
    """

    address: str
    verdict: str
    yours: str
    expected: float | None
    mark: float
    of: float
    remark: str


class Grade(TableReport):
    """The marks of one sheet; true if none was lost."""

    __slots__ = {
        "exercise": "the `Exercise`",
        "marks": "a `Mark` for each number that was asked, in the order of the work",
        "diagnosis": "the `Diagnosis` of the numbers that were given, or None if none was judged",
        "notes": "what else there is to say, a line each",
    }

    def __init__(self, exercise: Exercise, marks: list[Mark], diagnosis: Diagnosis | None, notes: list[str]) -> None:
        self.exercise, self.marks, self.diagnosis, self.notes = exercise, marks, diagnosis, notes

    @property
    def mark(self) -> float:
        """What all numbers earn together."""
        return sum(one.mark for one in self.marks)

    @property
    def mistakes(self) -> list[tuple[str, ...]]:
        """The names of each mistake that was made: its alternatives, the likeliest first."""
        return [] if self.diagnosis is None else self.diagnosis.mistakes

    def __bool__(self) -> bool:
        return self.mark >= self.exercise.marks

    def text(self, format: str = "simple", width: int | None = None, hide: bool = False) -> str:
        """The marks, a row for each number, and what was done; format "json" gives one object.

        hide: whether the right numbers are left out
        """
        if format == "json":
            return json_text(self._document(hide))
        total = f"{EXACT.format(self.mark)} of {EXACT.format(self.exercise.marks)} marks"
        title = f"Sheet {self.exercise.id}: {total}" if self.exercise.id else total
        headers = ["number", "yours", *([] if hide else ["should be"]), "mark", ""]
        rows = [
            [one.address, one.yours, *([] if hide else [self._shown(one)]), EXACT.format(one.mark), _words(one, hide)]
            for one in self.marks
        ]
        parts = [paragraph(title, format, width), table(rows, headers, format, width=width)]
        parts += [paragraph(note, format, width) for note in [*self._found(), *self.notes]]
        return "\n\n".join(parts)

    def _shown(self, mark):
        return "" if mark.expected is None else number_text(mark.expected, self.exercise.places)

    def _found(self):
        """A note for each mistake: what the numbers equal, and how to put it right."""
        diagnosis = self.diagnosis
        for found in () if diagnosis is None else diagnosis.found:
            where = f", from {self._first(found)} on" if self._first(found) else ""
            ways = [(found.equals, found.mend), *found.others]
            yield "\n".join(f"{'Or they equal' if index else f'Your numbers equal{where}'}: {equals}\n  To fix it: {mend}."
                            for index, (equals, mend) in enumerate(ways))

    def _first(self, found):
        return next((one.address for one in self.marks if one.address in found.explains), "")

    def _document(self, hide):
        numbers = [{**one._asdict(), "expected": None if hide else one.expected} for one in self.marks]
        return {
            "format": FORMAT, "sheet": self.exercise.id, "mark": self.mark, "of": self.exercise.marks, "numbers": numbers,
            "mistakes": self.mistakes, "conventions": [] if self.diagnosis is None else self.diagnosis.conventions,
            "notes": self.notes,
        }

    def __repr__(self) -> str:
        return f"<Grade: {EXACT.format(self.mark)} of {EXACT.format(self.exercise.marks)}>"


def _words(mark, hide):
    remark = "" if hide and mark.verdict == "slip" else mark.remark
    return ": ".join(filter(None, [WORDS[mark.verdict], remark]))
