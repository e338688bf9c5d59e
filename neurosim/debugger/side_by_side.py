"""Numbers beside each other: before a change and after it, of two passes, or any two with what they were made of."""

from __future__ import annotations

from itertools import zip_longest

from neurosim.core.address import resolve, split_address
from neurosim.debugger.conditions import read_name
from neurosim.debugger.landmarks import pass_of
from neurosim.support.errors import InputError, UnknownNameError, shorten
from neurosim.support.number_text import told_apart
from neurosim.support.tables import table
from neurosim.trace.diff import MOST, compared, share_of
from neurosim.trace.diff_report import differences_table, share_text

WRITTEN = "diff is written like diff E@1 E@2, or diff pass 1 2 show o1 E"


def changes_text(session, diff, wanted, width):
    """What a what-if changes: of much the most, and what stops and what-ifs ask for; or all that is wanted."""
    asked = {*session.what_ifs, *(stop.text for stop in session.stops.values())}
    chosen = [
        found for number, found in enumerate(diff.most)
        if number < MOST or found.address in asked or found.address.partition("@")[0] == "E"
    ]
    if not diff:
        return "nothing changes here"
    names, count = ("was", "is"), len(diff.differences)
    return _wanted_text(diff, wanted, width, names) if wanted else differences_table(chosen, count, width=width, names=names)


def diff_text(session, argument, width):
    """What `diff` shows: of two passes all that differs, of two addresses what they were made of."""
    text, _, words = f"{argument} ".partition(" show ")
    if text.split()[:1] == ["pass"]:
        return _passes_text(session, text.split()[1:], wanted(session, words), width)
    if words:
        raise InputError("show goes with diff pass 1 2; two numbers are shown with all that they were made of")
    return _pair_text(*_two(session, text.strip()), width)


def wanted(session, words):
    """For each word, which is a unit, a quantity or an address without its pass, a function that tells what it means."""
    return [_named(session, word) for word in words.replace(",", " ").split()]


def _named(session, word):
    network, heads = session.trace.structure, session.timeline.heads
    units = [*network.input_names, *sum(network.layer_names, [])]
    word = resolve(word, heads) if word not in units else word  # of a unit all its numbers are meant
    if word in heads:
        return lambda address: word == address.partition("@")[0]
    if word not in [*units, *session.timeline.quantities]:
        known = dict.fromkeys([*units, *session.timeline.quantities, *heads])
        raise UnknownNameError("unit, quantity or address", word, known)

    def is_meant(address):
        quantity, place, _ = split_address(address)
        return word in (quantity, place.rpartition("->")[2])

    return is_meant


def _wanted_text(diff, wanted, width, names):
    chosen = [found for found in diff.most if any(is_meant(found.address) for is_meant in wanted)]
    if not chosen:
        return f"nothing of that differs; {len(diff.differences)} other numbers do"
    return differences_table(chosen, len(diff.differences), width=width, names=names, rest="other changes")


def _passes_text(session, numbers, wanted, width):
    if len(numbers) != 2:
        raise InputError(WRITTEN)
    passes = [pass_of(f"pass {number}", session.timeline, 1) for number in numbers]
    names = [f"pass {number}" for number in passes]
    diff = compared(*[_steps_of(session, number) for number in passes], session.trace.structure)
    return _wanted_text(diff, wanted, width, names) if wanted else diff.text(width=width, names=names)


def _steps_of(session, pass_number):
    """The steps of a pass that are known here, by their addresses without it."""
    batch, (present, index) = session.timeline.batches.plan.number_of_pass(pass_number), session.place
    known = session.timeline.batch(batch).steps[: index + 1 if batch == present else None] if batch <= present else []
    suffix = pass_number if session.timeline.passes > 1 else None
    steps = {step.address.partition("@")[0]: step for step in known if split_address(step.address)[2] == suffix}
    if all(step.phase == "given" for step in steps.values()):
        name = f"pass {pass_number}"
        raise InputError(f"{name} is not computed yet; goto {name} goes to its beginning, and until from there to its end")
    return steps


def _two(session, text):
    """For each of the two numbers that a text names, its step and those of its operands."""
    name, rest = read_name(text, session.timeline.quantities)
    first, second = (str(name), rest.strip()) if name is not None else (part.strip() for part in text.partition(" ")[::2])
    if not first or not second:
        raise InputError(f"{WRITTEN}, got {shorten(text)}")
    return [_steps(session, one) for one in (first, second)]


def _steps(session, text):
    """The step that a text names, if it is known here, and those of its operands, which its own batch has."""
    number, address = session.timeline.find(session.timeline.name(text), session.pass_number)
    session.timeline.value_at(number, address, session.place)
    trace = session.timeline.batch(number)
    return [trace[one] for one in (address, *trace[address].operands)]


def _pair_text(first, second, width):
    """Two numbers in a row, and under them their operands."""
    rows = [_row(*pair) for pair in zip_longest(first, second)]
    return table(rows, ("number", "value", "beside it", "its value", "change"), width=width)


def _row(first, second):
    if first is None or second is None:
        texts = told_apart((first or second).value)
        return (first.address, *texts, "", "", "") if first else ("", "", second.address, *texts, "")
    old, new = told_apart(first.value, second.value)
    change = share_text(share_of(first.value, second.value)) if first.value != second.value else ""
    return first.address, old, second.address, new, change
