"""Marking: what each number of a person's sheet is, by the judge that judges anybody's numbers, and what it earns."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.answers import Answers, read_answers
from neurosim.diagnosis.matching import places_of
from neurosim.diagnosis.search import diagnose_trace
from neurosim.diagnosis.typed_numbers import is_blank, typed_number
from neurosim.exercises.exercise import EXACT, made_since, what_it_says
from neurosim.exercises.generator import UNITS
from neurosim.exercises.grade_report import Grade, Mark
from neurosim.exercises.sheet import SHEET
from neurosim.support.errors import InputError, counted, shorten, shown
from neurosim.support.typed_lists import is_typed_list

if TYPE_CHECKING:
    from typing import Any, Mapping

    from neurosim.exercises.exercise import Exercise

LARGEST = 1e6  # in size, of a number that is looked at and carried on
JUDGED = {"coarse": "right", "given": "right"}  # verdicts of a diagnosis that are others here


def grade(exercise: Exercise, answers: Mapping[str, Any], budget: float | None = None) -> Grade:
    """Mark a person's numbers, as `diagnose` takes them; with the sheet's id among them, or without.

    What can't be read as a number is wrong, and nothing else is the worse for it. Decimals beyond those that were asked for
    are rounded away.

    What is not asked does not count, and nothing is taken as given but what the sheet gives.

    budget: seconds after which the search for mistakes ends
    Raises InputError for an address that the exercise does not have, and for another sheet's id.
    """
    if not hasattr(answers, "items"):
        raise InputError(f"answers: expected addresses with their numbers, got {shorten(answers)}")
    document = dict(answers)
    sheet = str(document.pop(SHEET, exercise.id)).strip()
    if sheet != exercise.id.strip():
        raise InputError(f"these are the answers to sheet {shown(sheet)}, and this is sheet {exercise.id}")
    document = {key: value for key, value in document.items() if not is_blank(value) and key != "given"}
    unread = {key: value for key, value in document.items() if key in exercise.asked and not _is_number(value)}
    document = {key: at_most(value, exercise.places) for key, value in document.items() if key not in unread}
    read = read_answers(exercise.computed, document) if document else Answers({}, [])
    asked = {address: answer for address, answer in read.by_address.items() if address in exercise.asked}
    unread.update((address, answer.text) for address, answer in asked.items() if abs(answer.value) > LARGEST)
    read = read._replace(by_address={address: answer for address, answer in asked.items() if address not in unread})
    marking = Marking(exercise, read, unread, budget)
    return marking.of_weights() if exercise.solves else marking.grade()


def _is_list(value):
    return is_typed_list(value) if isinstance(value, str) else hasattr(value, "__len__")


def _is_number(value):
    try:
        return _is_list(value) or bool(typed_number(value, ""))
    except InputError:
        return False


def at_most(value, places):
    """What was typed with no more decimals than were asked for; lists stay as they are."""
    if _is_list(value):
        return value
    number = typed_number(value, "")
    if number.kind != "decimal" or number.places <= places:
        return value
    return f"{number.decimal.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


class Marking:
    """The marking of one sheet.

    answers:   {address: `Answer`}
    unread:    {address: what was typed} of what is no number
    diagnosis: the `Diagnosis` of the numbers that were worked out; None if there are none
    first, following: {address: `Found`} of the first number that a mistake makes wrong, and of the others
    """

    def __init__(self, exercise, read, unread, budget):
        self.exercise, self.answers, self.unread, self.diagnosis = exercise, read.by_address, unread, None
        self.right, self.half = exercise.trace, 0.5 * 10.0**-exercise.places
        self.worked = {
            address: answer for address, answer in self.answers.items()
            if exercise.computed[address].operands and address not in exercise.given
        }
        if self.worked:
            judged = read._replace(by_address=self.worked, given=exercise.givens)
            self.diagnosis = diagnose_trace(exercise.computed, judged, None, budget)
        self.first, self.following = {}, {}
        for found in () if self.diagnosis is None else self.diagnosis.found:
            explained = [address for address in exercise.asked if address in found.explains]
            self.first.update((address, found) for address in explained[:1] if address not in self.first)
            self.following.update((address, found) for address in explained[1:])
        self.own = self._own_trace()

    def grade(self):
        """The `Grade`: each number by itself."""
        notes = []
        if self.diagnosis is not None:
            notes = [f"A convention, which costs nothing: {one}." for one in self.diagnosis.conventions]
            notes += self.diagnosis.answers.notes
        return Grade(self.exercise, [self._mark(address) for address in self.exercise.asked], self.diagnosis, notes)

    def of_weights(self):
        """The `Grade` of weights of which any will do: all marks if every example comes out, or none."""
        asked, answers, problem = self.exercise.asked, self.answers, self.exercise.problem
        missing = [address for address in asked if address not in answers]
        trace, wrong = self.right.replay({one: answers[one].value for one in asked if one in answers}), []
        for number, targets in enumerate(problem.targets, 1):
            for name, target in zip(trace.structure.layer_names[-1], targets):
                output = trace[make_address("a", name, number if len(problem.targets) > 1 else None)]
                if output.value != target:
                    told = f"{output.address} is {EXACT.format(output.value)}, and should be {EXACT.format(target)}"
                    wrong.append(told)
        verdict = "wrong" if wrong or missing else "right"
        marks = [self._earned(one, "blank" if one in missing else verdict)._replace(expected=None) for one in asked]
        return Grade(self.exercise, marks, None, [] if missing else wrong)

    def _mark(self, address):
        if address in self.unread:
            mark = self._earned(address, "wrong", "no number that can stand there")
            return mark._replace(yours=shown(str(self.unread[address])))
        if address not in self.answers:
            return self._earned(address, "blank")
        if address not in self.worked:  # what the sheet has lost
            is_right = self._agrees(address, self.right[address].value)
            return self._earned(address, "right" if is_right else "wrong")
        return self._earned(address, *self._verdict(address))

    def _earned(self, address, verdict, remark=""):
        of, typed = self.exercise.asked[address], self.answers[address].text if address in self.answers else ""
        mark = self.exercise.scheme.get(verdict, 0) * of
        return Mark(address, verdict, typed, self._expected(address), mark, of, remark)

    def _expected(self, address):
        """What should stand there: the right number, or what follows from the person's own where those are others."""
        right = self.right[address].value
        number = None if self.diagnosis is None else self.diagnosis.numbers.get(address)
        return right if number is None or number.expected is None or self._agrees(address, right) else number.expected

    def _agrees(self, address, value):
        """Whether a number is this one at the digits that are asked, with fewer only where the others are zeros."""
        answer = self.answers[address]
        allowed = max(answer.half_unit, self.half) if places_of(answer) >= self.exercise.places else self.half
        return abs(answer.value - value) <= allowed * (1 + 1e-6)

    def _verdict(self, address):
        """(verdict, remark) of a number that was worked out."""
        number = self.diagnosis.numbers[address]
        verdict, remark = JUDGED.get(number.verdict, number.verdict), number.remark if number.verdict == "slip" else ""
        if verdict == "wrong" and address in self.first:
            verdict, remark = "mistake", " or ".join(self.first[address].names)
        elif verdict == "wrong" and address in self.following:
            verdict, remark = "follows", " or ".join(self.following[address].names)
        elif verdict in ("right", "own") and not self._agrees(address, self.right[address].value):
            verdict, remark = "own" if self._agrees(address, self._expected(address)) else "short", ""
        if verdict in ("follows", "rounded") and self._is_short(address):
            verdict = "short"
        if verdict == "short":
            return verdict, f"give {counted(self.exercise.places, 'decimal')}"
        if verdict == "follows" and self._says_nothing(address):
            return "trivial", ""
        if verdict == "own" and self._had_nothing_to_do(address):
            return "trivial", ""
        return verdict, remark

    def _is_short(self, address):
        """Whether it has fewer decimals than the right number, as it is asked."""
        places, asked, right = places_of(self.answers[address]), self.exercise.places, self.right[address].value
        return places < asked and abs(round(right, places) - right) > self.half

    # Numbers for which there was nothing to work out

    def _own_trace(self):
        """The trace as it goes on from the person's own numbers; None if it does not."""
        try:
            return self.exercise.computed.replay(
                {**self.exercise.givens, **{address: answer.value for address, answer in self.worked.items()}}
            )
        except (InputError, ArithmeticError):
            return None

    def _says_nothing(self, address):
        """Whether a number is 0, or the old weight again, where the right one or what was to follow says something."""
        if self.own is None:
            return False
        typed = self.own[address].value
        should = max(self._moves(self.right, address), abs(self._expected(address) - typed))
        return min(abs(typed), self._moves(self.own, address)) < self.half and should > UNITS * self.half

    def _had_nothing_to_do(self, address):
        """Whether the person's own 0, saturated unit or right output left nothing to work out, and the right number does."""
        if self.own is None or self._moves(self.own, address) >= self.half:
            return False
        if self._moves(self.right, address) <= UNITS * self.half:
            return False
        if split_address(address)[0] == "a" or self.right.structure.loss.name == "perceptron":
            return True
        trace = self.exercise.computed
        since = made_since(self.worked, trace, address)
        before = [operand for one in since for operand in trace[one].operands if operand in self.worked]
        return any(self._moves(self.own, one) < self.half < self._moves(self.right, one) for one in before)

    def _moves(self, trace, address):
        """How much a number says; an output that of a flat activation less than it seems."""
        quantity, place, _ = split_address(address)
        step = self.exercise.computed[address]
        if quantity == "a" and step.operands:
            activation = trace.structure[place].activation
            if activation.differentiable and not activation.coupled:
                return abs(activation.derivative(trace[step.operands[0]].value, trace[address].value))
        return what_it_says(trace, address, self.exercise.computed)
