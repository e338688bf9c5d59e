"""Practice: one number at a time, judged at once, with hints, and a record of which rules are known.

Worked steps fade: of the first exercise of a kind the last third is asked, then two thirds, then all of it.
"""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING, Dict, NamedTuple

from neurosim.core.address import split_address
from neurosim.diagnosis.answers import read_answers
from neurosim.diagnosis.matching import places_of
from neurosim.diagnosis.search import diagnose_trace
from neurosim.diagnosis.typed_numbers import typed_number
from neurosim.exercises.exercise import made_since, what_it_says
from neurosim.exercises.generator import new_exercise
from neurosim.exercises.kinds import KINDS
from neurosim.exercises.marking import at_most
from neurosim.formula.formula import NotAFormula, formula
from neurosim.formula.values import function
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import check_keys, json_whole, one_line, read_whole, strict_json, told_with, write_atomically
from neurosim.support.number_text import number_text
from neurosim.support.records import documented
from neurosim.support.tables import json_text
from neurosim.trace.lines import formulas

if TYPE_CHECKING:
    from typing import Any

    from neurosim.exercises.exercise import Exercise

FORMAT = "neurosim-practice/1"
KNOWN = 3  # right answers in a row, without a hint, after which a rule counts as known
SHARES = (1 / 3, 2 / 3, 1)  # of the numbers that are asked in the first, the second and later exercises of a kind
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
WHOLE = re.compile(r"(?<![\w.])(\d+)(?![\w.])")
COARSE = 0.1  # of what a number says, that half a unit of its last digit may be
BUDGET = 3.0  # seconds that a wrong number may be looked into
SKILLS = {  # what a rule is called, and the rule in words; of a delta it depends on the layer
    "z": ("net input", "add up weight times input over all connections into the unit, and add its bias"),
    "a": ("output", "put the net input into the activation"),
    "E": ("loss", "put outputs and targets into the loss"),
    "output delta": ("delta of an output", "the loss's derivative by the output, times the activation's slope there; "
                     "where the two cancel, output minus target"),
    "hidden delta": ("delta of a hidden unit", "add up weight times delta over all connections that leave the unit, and "
                     "multiply by its own slope"),
    "dE/dw": ("gradient of a weight", "the delta of the unit that the weight enters, times the output that it carries"),
    "dE/db": ("gradient of a bias", "the delta of its unit"),
    "mean dE/dw": ("mean gradient of a weight", "the mean of its gradients over the examples"),
    "mean dE/db": ("mean gradient of a bias", "the mean of its gradients over the examples"),
    "velocity+": ("velocity", "momentum times the velocity before, minus the learning rate times the gradient"),
    "w+": ("new weight", "go against the gradient: the weight minus the learning rate times its gradient"),
    "b+": ("new bias", "the same step as a weight's; its gradient is the delta"),
}
WITH_VELOCITY = "add the new velocity"
HOW = {"own": " from your own numbers before it", "rounded": ", but for rounding on the way"}
HINT, SHORT = "; hint says how to get there", "too few digits to tell; give more of them"
PRACTISED = [name for name, kind in KINDS.items() if not {"w", "b", "eta"} & set(kind.asked)]


@documented
class Reply(NamedTuple):
    """What is said of a number.

    is_right: whether it is; None where that can't be told
    text:     more about it in words, behind "right" or "wrong"
    """

    is_right: bool | None
    text: str


class Record:
    """What a person can do.

    skills:  for each skill the right answers in a row, and how many of all were right
    done:    {kind: how many exercises of it are done}
    current: the exercise under way: its kind and seed, and the answers to it; or None
    """

    def __init__(
        self, skills: Dict[str, Dict[str, int]] | None = None, done: Dict[str, int] | None = None,
        current: Dict[str, Any] | None = None,
    ) -> None:
        self.skills, self.done, self.current = skills or {}, done or {}, current

    def note(self, skill: str, is_right: bool, hinted: bool) -> None:
        """Count an answer; a hint or a wrong one begins the row anew."""
        row = self.skills.setdefault(skill, {"row": 0, "right": 0, "asked": 0})
        row["asked"] += 1
        row["right"] += is_right and not hinted
        row["row"] = row["row"] + 1 if is_right and not hinted else 0

    def is_known(self, skill: str) -> bool:
        """Whether a skill was shown often enough in a row."""
        return self.skills.get(skill, {"row": 0})["row"] >= KNOWN

    def bars(self) -> list[tuple[str, str, str]]:
        """(skill, a bar, how many of how many were right) of each that was met."""
        bars = []
        for skill, row in self.skills.items():
            bar = "#" * min(row["row"], KNOWN) + "." * max(KNOWN - row["row"], 0) + " known" * self.is_known(skill)
            bars.append((SKILLS[skill][0], bar, f"{row['right']} of {row['asked']}"))
        return bars

    def next_kind(self) -> str:
        """The first kind with a skill that is not known, in the order of the table."""
        unknown = (name for name in PRACTISED if not all(map(self.is_known, skills_of(KINDS[name]))))
        return next(unknown, PRACTISED[sum(self.done.values()) % len(PRACTISED)])

    def save(self, path: Any) -> None:
        """Write the record to a file, whole or not at all."""
        document = {"format": FORMAT, "skills": self.skills, "done": self.done, "current": self.current}
        write_atomically(path, json_text(document) + "\n")


def read_record(file, name):
    """The `Record` in an open file."""
    with told_with(name):
        document = strict_json(read_whole(file))
        check_keys(document, "", ("format", "skills", "done", "current"), ("format", "skills", "done"))
        if document["format"] != FORMAT:
            raise InputError(f"format: expected {FORMAT!r}, got {shorten(document['format'])}")
        check_keys(document["skills"], "skills", SKILLS, ())
        for skill, row in document["skills"].items():
            check_keys(row, f"skills.{skill}", ("row", "right", "asked"), ("row", "right", "asked"))
            for key, count in row.items():
                json_whole(count, f"skills.{skill}.{key}")
        check_keys(document["done"], "done", KINDS, ())
        for kind, count in document["done"].items():
            json_whole(count, f"done.{kind}")
        current = document.get("current")
        if current is not None:
            check_keys(current, "current", ("kind", "seed", "answers"), ("kind", "seed", "answers"))
            checks.known("kind of exercise to practise", current["kind"], PRACTISED)
            one_line(current["seed"], "current.seed")
            check_keys(current["answers"], "current.answers", current["answers"], ())
            for address, text in current["answers"].items():
                typed_number(text, f"current.answers.{address}")
        return Record(document["skills"], document["done"], current)


def skills_of(kind):
    """The skills that an exercise of a kind takes."""
    deltas = ["output delta", "hidden delta"][: kind.layers.count("-")]
    asked = [deltas if quantity == "delta" else ["E" if quantity == "shares" else quantity] for quantity in kind.asked]
    return dict.fromkeys(skill for skills in asked for skill in skills)


def skill_of(exercise: Exercise, address: str) -> str:
    """The skill that a number takes, a key of `SKILLS`."""
    quantity, place, _ = split_address(address)
    if quantity == "delta":
        return "output delta" if place in exercise.computed.structure.layer_names[-1] else "hidden delta"
    return quantity


class Practice:
    """One exercise in practice.

    asked: the addresses that are asked, in the order of the work
    shown: {address: text} of the steps before them, which are worked
    """

    def __init__(self, exercise: Exercise, done: int = 0) -> None:
        self.exercise, order = exercise, list(exercise.asked)
        count = ceil(SHARES[min(done, len(SHARES) - 1)] * len(order))
        self.asked, first = order[len(order) - count :], order[: len(order) - count]
        self.shown = {address: number_text(exercise.trace[address].value, exercise.places) for address in first}
        self.answers: dict[str, str] = {}

    @property
    def question(self) -> str:
        """The address that is asked now, "" at the end."""
        return next((address for address in self.asked if address not in self.answers), "")

    def answer(self, text: str) -> Reply:
        """Judge what was typed for the question; a right number is kept.

        Raises InputError for what is no number, and no sum or product of numbers, and where nothing is asked any more.
        """
        address, number = self._asked(), at_most(typed(text, self.exercise.places), self.exercise.places)
        given = {**self.exercise.givens, **{one: float(value) for one, value in self.shown.items()}}
        read = read_answers(self.exercise.computed, {**self.answers, address: number}, given)
        read = read._replace(by_address={one: answer for one, answer in read.by_address.items() if one not in given})
        answer, own = read.by_address[address], self._own_trace()
        distance = abs(answer.value - own[address].value)
        is_coarse = answer.half_unit > COARSE * what_it_says(own, address)  # too short to tell a right one from others
        if is_coarse and distance > 0.5 * 10.0**-self.exercise.places:
            return Reply(None, SHORT) if distance <= answer.half_unit else Reply(False, HINT)
        diagnosis = diagnose_trace(self.exercise.computed, read, None, BUDGET)
        judged = diagnosis.numbers[address]
        if diagnosis.conventions:
            return Reply(None, f"right by another convention: {diagnosis.conventions[0]}; give it as the sheet says")
        if judged.verdict == "rounded" and places_of(judged.yours) < self.exercise.places:
            return Reply(None, SHORT)
        if judged.verdict in ("right", "own", "rounded", "coarse", "given"):
            self.answers[address] = number
            return Reply(True, HOW.get(judged.verdict, ""))
        for found in diagnosis.found:
            if address in found.explains:
                ways = [found.equals, *[equals for equals, _ in found.others]]
                return Reply(False, f": it equals {', or '.join(ways)}")
        is_slip = judged.verdict == "slip" and judged.remark
        return Reply(False, f": a slip? {judged.remark}" if is_slip else HINT)

    def _asked(self):
        if not self.question:
            raise InputError("nothing is asked any more")
        return self.question

    def hint(self, level: int) -> str:
        """A hint: 1 the rule in words, 2 its formula, 3 with numbers, 4 the value."""
        address, trace = self._asked(), self._own_trace()
        if level <= 1:
            skill = skill_of(self.exercise, address)
            reads = {split_address(operand)[0] for operand in self.exercise.computed[address].operands}
            return WITH_VELOCITY if "velocity+" in reads and skill in ("w+", "b+") else SKILLS[skill][1]
        if level >= 4:
            return f"{address} = {number_text(trace[address].value, self.exercise.places)}"
        since = made_since({*self.exercise.given, *self.shown, *self.answers}, self.exercise.computed, address)
        steps = [step for step in trace if step.operands and step.address in since]
        return "\n".join(f"{step.address} = {formulas(trace, step)[level - 2]}" for step in steps)

    def skip(self) -> str:
        """Take the value as it follows from the numbers so far; return it."""
        address = self._asked()
        self.answers[address] = number_text(self._own_trace()[address].value, self.exercise.places)
        return f"{address} = {self.answers[address]}"

    def _own_trace(self):
        """The trace as it goes on from the numbers so far."""
        values = {**self.exercise.givens, **{one: float(value) for one, value in self.shown.items()}}
        values.update((one, typed_number(text, one).value) for one, text in self.answers.items())
        return self.exercise.computed.replay(values)


def typed(text: str, places: int = 4) -> str:
    """The number in a text, as `diagnose` takes it: as it was typed, or what a sum or product comes to, so rounded."""
    try:
        return typed_number(text, "your number").text
    except InputError:
        try:
            text = WHOLE.sub(r"\1.0", DECIMAL_COMMA.sub(".", text))  # floats, whose powers come to an end
            return number_text(float(function(formula(text), ())()), places)
        except (NotAFormula, ArithmeticError, ValueError, TypeError):
            pass
        raise


def new_practice(record: Record, seed: Any, kind: str | None = None, skipped: int = 0) -> Practice:
    """The next exercise for a person: of this kind, or of the first one in which something is not known yet.

    One that is under way is gone on with. skipped: how many were left before their end
    """
    current = record.current
    if current is None or kind not in (None, current["kind"]):
        kind = record.next_kind() if kind is None else checks.known("kind of exercise to practise", kind, PRACTISED)
        current = {"kind": kind, "seed": f"{seed} {kind} {record.done.get(kind, 0)} {skipped}", "answers": {}}
        record.current = current
    practice = Practice(new_exercise(current["kind"], current["seed"]), record.done.get(current["kind"], 0))
    practice.answers = {address: text for address, text in current["answers"].items() if address in practice.asked}
    current["answers"] = practice.answers  # which grow with each one
    return practice
