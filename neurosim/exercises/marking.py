"""Marking: what each number of a person's sheet is, by the judge that judges anybody's numbers, and what it earns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.answers import read_answers
from neurosim.diagnosis.matching import hits, places_of
from neurosim.diagnosis.search import diagnose_trace
from neurosim.diagnosis.typed_numbers import is_blank
from neurosim.exercises.generator import EXACT, UNITS, rounded
from neurosim.exercises.sheet import SHEET
from neurosim.support.errors import InputError, counted, shorten
from neurosim.support.numeric import as_kind
from neurosim.support.records import documented
from neurosim.support.report import TableReport
from neurosim.support.tables import json_text, paragraph, table

if TYPE_CHECKING:
    from typing import Any, Mapping

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
        if mark.expected is None:
            return ""
        return rounded(mark.expected, self.exercise.places)

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


def grade(exercise: Exercise, answers: Mapping[str, Any], budget: float | None = None) -> Grade:
    """Mark a person's numbers, as `diagnose` takes them; with the sheet's id among them, or without.

    budget: seconds after which the search for mistakes ends
    Raises InputError for what is no number, for an address that the exercise does not have, and for another sheet's id.
    """
    if not hasattr(answers, "items"):
        raise InputError(f"answers: expected addresses with their numbers, got {shorten(answers)}")
    document = dict(answers)
    sheet = document.pop(SHEET, exercise.id)
    if str(sheet).strip() != exercise.id:
        raise InputError(f"these are the answers to sheet {shorten(str(sheet))[1:-1]}, and this is sheet {exercise.id}")
    document = {key: value for key, value in document.items() if not is_blank(value)}
    if not document:
        return Grade(exercise, [_blank(exercise, address) for address in exercise.asked], None, [])
    read = read_answers(exercise.computed, document)
    if exercise.solves:
        return _solved(exercise, read.by_address)
    worked = {address: answer for address, answer in read.by_address.items() if _is_worked(exercise, address)}
    given = {**exercise.givens, **read.given}
    diagnosis = None
    if worked:
        judged = read._replace(by_address=worked, given={place: as_kind(value, 0.0) for place, value in given.items()})
        diagnosis = diagnose_trace(exercise.computed, judged, None, budget)
    marks = _Marks(exercise, read.by_address, diagnosis)
    return Grade(exercise, [marks.mark(address) for address in exercise.asked], diagnosis, marks.notes())


def _is_worked(exercise, address):
    """Whether a number is one of the work, and not one that the sheet gives or has lost."""
    return bool(exercise.computed[address].operands) and address not in exercise.given


def _blank(exercise, address):
    return Mark(address, "blank", "", exercise.trace[address].value, 0.0, exercise.asked[address], "")


def _solved(exercise, answers):
    """Marks for weights of which any will do: all of them, or none."""
    missing = [address for address in exercise.asked if address not in answers]
    values = {address: answers[address].value for address in exercise.asked if address in answers}
    trace, wrong = exercise.computed.replay(values), []
    for number, targets in enumerate(exercise.problem.targets, 1):
        for name, target in zip(trace.structure.layer_names[-1], targets):
            output = trace[make_address("a", name, number if len(exercise.problem.targets) > 1 else None)]
            if output.value != target:
                wrong.append(f"{output.address} is {EXACT.format(output.value)}, and should be {EXACT.format(target)}")
    verdict = "wrong" if wrong or missing else "right"
    share = exercise.scheme[verdict]
    marks = [
        Mark(address, verdict, answers[address].text, None, share * of, of, "") if address in answers
        else _blank(exercise, address)._replace(expected=None) for address, of in exercise.asked.items()
    ]
    return Grade(exercise, marks, None, [] if missing else wrong)


class _Marks:
    """The marks of the numbers of one sheet.

    answers: {address: `Answer`}
    """

    def __init__(self, exercise, answers, diagnosis):
        self.exercise, self.answers, self.diagnosis = exercise, answers, diagnosis
        self.half = 0.5 * 10.0**-exercise.places
        self.first, self.follows = {}, {}
        for found in () if diagnosis is None else diagnosis.found:
            explained = [address for address in exercise.asked if address in found.explains]
            for address in explained[:1]:
                self.first.setdefault(address, found)
            for address in explained[1:]:
                self.follows.setdefault(address, found)
        self.own = self._own_trace()

    def _own_trace(self):
        """The trace as it goes on from the person's own numbers; None if it does not."""
        if self.diagnosis is None:
            return None
        written = {
            address: answer.value for address, answer in self.answers.items() if _is_worked(self.exercise, address)
        }
        try:
            return self.exercise.computed.replay({**self.exercise.givens, **written})
        except (InputError, ArithmeticError):
            return None

    def mark(self, address):
        """The `Mark` of one number."""
        if address not in self.answers:
            return _blank(self.exercise, address)
        answer, of = self.answers[address], self.exercise.asked[address]
        verdict, expected, remark = self._verdict(address, answer)
        return Mark(address, verdict, answer.text, expected, self.exercise.scheme[verdict] * of, of, remark)

    def _verdict(self, address, answer):
        """(verdict, what should stand there, remark)"""
        right = self.exercise.trace[address].value
        if self.diagnosis is None or address not in self.diagnosis.numbers:  # one that was lost
            return "right" if hits(answer, right) and not self._is_short(answer, right) else "wrong", right, ""
        number = self.diagnosis.numbers[address]
        expected = right if number.expected is None else number.expected
        names = self._names(address)
        if number.verdict == "wrong" and address in self.first:
            return "mistake", expected, names
        if number.verdict == "wrong" and address in self.follows:
            return ("trivial", expected, "") if self._is_trivial(address) else ("follows", expected, names)
        if number.verdict in ("right", "own", "rounded", "coarse", "given"):
            if self._is_short(answer, expected):
                return "short", expected, f"give {counted(self.exercise.places, 'decimal')}"
            verdict = "right" if number.verdict in ("coarse", "given") else number.verdict
            if verdict == "right" and not hits(answer, right):
                verdict = "own"
            if verdict == "own" and self._is_trivial(address):
                return "trivial", expected, ""
            return verdict, expected, ""
        return number.verdict, expected, number.remark

    def _names(self, address):
        found = self.first.get(address) or self.follows.get(address)
        return " or ".join(found.names) if found else ""

    def _is_short(self, answer, expected):
        """Whether it has fewer decimals than were asked for, and they would not be zeros."""
        return places_of(answer) < self.exercise.places and abs(answer.value - expected) > self.half * (1 + 1e-6)

    def _is_trivial(self, address):
        """Whether the person's own numbers left nothing to work out in a step, and the right ones do.

        Such as a product with their 0, or the slope of a unit that is saturated by their net input. A perceptron's table
        has such steps anyway.
        """
        right = self.exercise.trace
        if self.own is None or right.structure.loss.name == "perceptron":
            return False
        if self._moves(self.own, address) >= self.half or self._moves(right, address) <= UNITS * self.half:
            return False
        return split_address(address)[0] == "a" or any(
            self._moves(self.own, one) < self.half < self._moves(right, one) for one in self._written_before(address)
        )

    def _written_before(self, address):
        """The addresses of the person's numbers that a step goes on from, through what is unwritten."""
        pending, found = list(self.exercise.computed[address].operands), []
        for one in pending:
            if one in self.answers:
                found.append(one)
            else:
                pending += [operand for operand in self.exercise.computed[one].operands if operand not in pending]
        return found

    def _moves(self, trace, address):
        """How far a number is from saying nothing: from 0, from the old weight, or of an output from a flat activation."""
        quantity, place, _ = split_address(address)
        value = trace[address].value
        step = self.exercise.computed[address]
        if quantity in ("w+", "b+"):
            old = [trace[one].value for one in step.operands if one.startswith(quantity[0])]
            return max((abs(value - one) for one in old), default=abs(value))
        if quantity == "a" and step.operands:
            layers = zip(trace.structure.layer_names, trace.structure.layers)
            activation = next(layer.activation for names, layer in layers if place in names)
            if activation.differentiable and not activation.coupled:
                return abs(activation.derivative(trace[step.operands[0]].value, value))
        return abs(value)

    def notes(self):
        """What else there is to say of the sheet."""
        if self.diagnosis is None:
            return []
        diagnosis = self.diagnosis
        notes = [f"A convention, which costs nothing: {convention}." for convention in diagnosis.conventions]
        return [*notes, *diagnosis.answers.notes]
