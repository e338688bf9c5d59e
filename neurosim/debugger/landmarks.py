"""Landmarks: an epoch, an update, a pass, an example, each by its number, and the pass to which it leads.

An example may stand behind one of the others, in whose epoch it is: `epoch 3 example 17`.
"""

from __future__ import annotations

from neurosim.support.errors import InputError, shorten

LONGEST = 18  # digits of a number, of which so many are far more than there are


def _epoch(timeline, number, present):
    _check(number, "epoch", "epochs", 1, timeline.epochs)
    return (number - 1) * timeline.settings.examples + 1


def _update(timeline, number, present):
    first = timeline.first_update
    if first is None:
        raise InputError("there is no update: nothing is learnt without an optimizer and targets")
    _check(number, "update", "updates", first, first + len(timeline) - 1)
    return timeline.passes_of(number - first)[0]


def _pass(timeline, number, present):
    _check(number, "pass", "passes", 1, timeline.passes)
    return number


def _example(timeline, number, present):
    if number not in timeline.numbers:
        kept = "; the others were kept for the test" if len(timeline.numbers) < max(timeline.numbers) else ""
        raise InputError(f"no example {number} goes through here; there are {len(timeline.numbers)}{kept}")
    epoch = timeline.example_of(present)[0]
    order = timeline.batches.plan.orders[epoch - 1]
    return _epoch(timeline, epoch, present) + list(order).index(timeline.numbers.index(number))


LANDMARKS = {"epoch": _epoch, "update": _update, "pass": _pass, "example": _example}


def _check(number, what, plural, first, last):
    if not first <= number <= last:
        there_are = f"there is only {what} {first}" if first == last else f"the {plural} are {first} to {last}"
        raise InputError(f"{what} {number}: {there_are}")


def pass_of(text, timeline, present):
    """The number of the pass to which landmarks lead, from the present pass; None for a text that names none."""
    words = text.split()
    if not words or words[0] not in LANDMARKS:
        return None
    for at, (word, number) in enumerate(zip(words[::2], [*words[1::2], ""])):
        if word not in LANDMARKS or not number.isdecimal() or at and LANDMARKS[word] is not _example:
            raise InputError(f"a place is written like epoch 3, update 50, pass 7 or epoch 3 example 2, got {shorten(text)}")
        present = LANDMARKS[word](timeline, int(number[:LONGEST]), present)
    return present
