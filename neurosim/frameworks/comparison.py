"""A training step that was seen elsewhere, compared with the textbook's: what departs first, and what it equals."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from neurosim.frameworks.judged import diagnosed
from neurosim.frameworks.seen import BY_EXAMPLE, BY_UNIT, GIVEN, Departure, departure
from neurosim.support.errors import InputError, counted
from neurosim.support.number_text import number_text, told_apart
from neurosim.support.page import page_width
from neurosim.support.report import TableReport
from neurosim.support.tables import json_text, paragraph, table

if TYPE_CHECKING:
    from neurosim.diagnosis.diagnosis import Diagnosis
    from neurosim.frameworks.seen import Step

FORMAT = "neurosim-comparison/1"
MOST = 10  # departures that are listed
WAY = 50  # times as much as one number is what a whole pass may lose
FEWEST = 2  # numbers that show a common factor
FORWARD = ("w", "b"), ("z", "a")
BACKWARD = ("dE/da", "delta"), ("dE/dw", "dE/db"), ("w+", "b+")  # layer by layer from the last
NOT_CLEARED = (
    "gradients-not-cleared", "gradients added to those that were there before the step",
    "clear them before each step: optimizer.zero_grad()",
)
FROZEN = (
    "not-updated", "weights that the update leaves as they are",
    "see that a gradient arrives, that optimizer.step() is called, and that it has these parameters",
)


class Comparison(TableReport):
    """What departs in a training step; true if nothing does."""

    __slots__ = {
        "step": "what was seen",
        "departures": "a `Departure` for each number that is not what its own operands give, in the order of the trace",
        "diagnosis": "the `Diagnosis` of the first one, or None",
        "equals": "what the numbers equal, or no text",
        "mend": "how to put it right, or no text",
        "names": "of the mistakes that were recognised",
        "notes": "what is a convention and no mistake",
        "is_of_two": "whether two steps were compared, of which the second's numbers are expected",
    }

    def __init__(
        self, step: Step, departures: list[Departure], diagnosis: Diagnosis | None = None, equals: str = "", mend: str = "",
        names: tuple[str, ...] = (), notes: list[str] | None = None, is_of_two: bool = False,
    ) -> None:
        self.step, self.departures, self.diagnosis = step, departures, diagnosis
        self.equals, self.mend, self.names, self.notes, self.is_of_two = equals, mend, names, notes or [], is_of_two

    def __bool__(self) -> bool:
        return not self.departures

    @property
    def first(self) -> Departure | None:
        """The first number that departs."""
        return self.departures[0] if self.departures else None

    @property
    def address(self) -> str:
        """Its address, or no text."""
        return self.step.address(self.departures[0]) if self.departures else ""

    @property
    def place(self) -> str:
        """What its unit is called there, such as "fc1[3]", or no text."""
        return self.step.place(self.departures[0]) if self.departures else ""

    def text(self, format: str = "simple", width: int | None = None, most: int | None = MOST) -> str:
        """The first number that departs and what it equals, then a table of what departs; format "json" gives one object.

        most: how many rows the table has; None means all
        """
        width = page_width(width)
        if format == "json":
            return self._json()
        if not self.departures:
            many = f"{counted(self.step.count, 'number')} of {counted(len(self.step.layers), 'layer')}"
            lines = [f"right: {many}, {'the same in both' if self.is_of_two else 'each from those before it'}"]
            return paragraph("\n".join([*lines, *self.notes]), format, width)
        found = self.departures[0]
        seen, expected = _shown(found)
        departs, against = ("differs", "in the other") if self.is_of_two else ("departs", "from your own numbers")
        before = "" if self.is_of_two else " before it"
        what = f"it is {seen}, and {against}{before} {expected}"
        lines = [f"{self.address} (your {self.place}) is the first number that {departs}: {what}"]
        lines += [f"It equals: {self.equals}", f"To fix it: {self.mend}."] if self.equals else []
        parts = [paragraph("\n".join([*lines, *self.notes]), format, width)]
        if len(self.departures) > 1:
            rows = [(self.step.address(one), self.step.place(one), *_shown(one)) for one in self.departures[:most]]
            more = len(self.departures) - len(rows)
            parts.append(table(rows, ("address", "yours", "is", against), format, width=width))
            parts += [paragraph(f"and {counted(more, 'more number')}", format, width)] * (more > 0)
        return "\n\n".join(parts)

    def _json(self):
        return json_text({
            "format": FORMAT,
            "same": bool(self),
            "departures": [self._record(one) for one in self.departures],
            "equals": self.equals, "mend": self.mend, "mistakes": self.names, "notes": self.notes,
        })

    def _record(self, one):
        address, place = self.step.address(one), self.step.place(one)
        seen, expected = (value if isfinite(value) else str(value) for value in (one.seen, one.expected))
        return {"address": address, "place": place, "seen": seen, "expected": expected}

    def __repr__(self) -> str:
        return f"<Comparison: {f'{self.address} departs' if self.departures else 'right'}>"


def compared(step: Step, other: Step | None = None) -> Comparison:
    """The `Comparison` of a step, or of two steps with each other."""
    notes = _notes(step)
    if other is not None:
        return Comparison(step, list(differences(step, other)), notes=notes, is_of_two=True)
    departures = list(step.departures())
    if not departures:
        return Comparison(step, [], notes=notes)
    first = departures[0]
    if not isfinite(first.seen):
        return Comparison(step, departures, None, "no finite number, of finite ones", "look at their size", notes=notes)
    for (name, equals, mend), holds in ((NOT_CLEARED, _are_not_cleared), (FROZEN, _are_left)):
        if holds(step, departures):
            return Comparison(step, departures, None, equals, mend, (name,), notes)
    diagnosis = diagnosed(step, departures)
    equals, mend, names = _in_words(departures, diagnosis)
    return Comparison(step, departures, diagnosis, equals, mend, names, notes)


def _in_words(departures, diagnosis):
    """(what the numbers equal, how to put it right, the names of the mistakes), as far as that is known."""
    if diagnosis is not None and diagnosis.found:
        found = diagnosis.found[0]
        return found.equals, found.mend, found.names
    if diagnosis is not None and diagnosis.conventions:
        return diagnosis.conventions[0], "name it, or change it: it is a convention", ()
    ratio = _ratio(departures)
    return (f"{number_text(ratio)} times what they should be", "look for a factor", ()) if ratio else ("", "", ())


def _ratio(departures):
    """The one factor of all numbers of the quantity and the unit that depart first, if it is one; else None."""
    first = departures[0]
    alike = [one for one in departures if one[:3] == first[:3]]
    ratios = [one.seen / one.expected for one in alike if one.expected]
    if len(alike) < FEWEST or len(ratios) < len(alike) or not all(map(isfinite, ratios)):
        return None
    ratio = sum(ratios) / len(ratios)
    return ratio if all(abs(one - ratio) <= abs(ratio - 1) / 100 for one in ratios) else None


def _notes(step):
    """What is a convention, or was done on purpose, and no mistake."""
    notes = []
    if step.share != 1:
        notes.append(f"dE/da and deltas there are 1/{step.examples} of one example's: the loss is a mean over the batch")
    notes += step.notes
    if not all(isfinite(value) for rows in (step.layers[0].inputs, step.targets or ()) for row in rows for value in row):
        notes.append("numbers that are not finite came in with the inputs or the targets, and are passed on")
    unreached = [layer.label for layer in step.layers if layer.deltas is None and layer.label and step.shows_gradients]
    if unreached and len(unreached) == len(step.layers):
        notes.append("nothing went backward, so only the pass forward is judged")
    elif unreached:
        notes.append(f"no gradient arrived at {', '.join(unreached)}: frozen, or cut off as by detach()?")
    if any(layer.used_weight_gradients or layer.used_bias_gradients for layer in step.layers):
        notes.append("gradients were changed before the update, as clipping does; new weights are judged from those")
    return notes


def _are_not_cleared(step, departures):
    """Whether gradients are those that there should be and those that were there before."""
    alike = [one for one in departures if one.quantity in ("dE/dw", "dE/db")]
    return departures[0] in alike and all(_is_sum(step, one) for one in alike)


def _is_sum(step, one):
    layer = step.layers[one.layer]
    left = layer.left_weight_gradients if one.source is not None else layer.left_bias_gradients
    if left is None:
        return False
    before = left[one.unit] if one.source is None else left[one.unit][one.source]
    return abs(one.seen - one.expected - before) <= 10 * step.bits * max(abs(one.seen), abs(before))


def _are_left(step, departures):
    """Whether all that departs are weights that stay as they were."""
    return all(one.quantity in ("w+", "b+") and one.seen == _old(step.layers[one.layer], one) for one in departures)


def _old(layer, one):
    return layer.biases[one.unit] if one.source is None else layer.weights[one.unit][one.source]


def _shown(found):
    return told_apart(found.seen, found.expected)


def differences(step: Step, other: Step) -> Any:
    """Where the numbers of two steps differ, in the order of the trace: what is seen in the first, expected the second's."""
    if _sizes(step) != _sizes(other):
        raise InputError("two steps can be compared that have layers of the same sizes, and as many examples")
    bits = WAY * max(step.bits, other.bits)
    indices = range(len(step.layers))
    for quantities, order in (*[(pair, indices) for pair in FORWARD], *[(pair, indices[::-1]) for pair in BACKWARD]):
        for index in order:
            for quantity in quantities:
                yield from _differing(quantity, index, step.layers[index], other.layers[index], bits)


def _sizes(step):
    return [step.examples, *[(len(layer.weights), len(layer.weights[0])) for layer in step.layers]]


def _differing(quantity, index, mine, its, bits):
    name = {**BY_EXAMPLE, **BY_UNIT, **GIVEN}[quantity]
    pairs = getattr(mine, name), getattr(its, name)
    if None in pairs:
        return
    rows = [[one if isinstance(one, list) else [one] for one in rows] for rows in pairs]
    largest = max((abs(value) for row in rows[1] for value in row), default=0.0)
    for number, both in enumerate(zip(*rows)):
        for place, (value, wanted) in enumerate(zip(*both)):
            if not abs(value - wanted) <= bits * largest:
                yield departure(quantity, index, number, place, value, wanted)
