"""A diagnosis as text: what is right, each mistake with one step worked in full, the slips, and what to give as well."""

from __future__ import annotations

from collections import Counter

from neurosim.diagnosis.conventions import CONVENTIONS
from neurosim.diagnosis.matching import places_of
from neurosim.support.errors import counted
from neurosim.support.number_text import number_text, told_apart
from neurosim.support.page import equation, page_width
from neurosim.support.tables import json_text, paragraph, table

FORMAT = "neurosim-diagnosis/1"
MOST_PLACES = 12  # of a number that should stand there
LARGEST = 1e12  # number that is written with all digits before its point
MOST_LISTED = 6  # addresses that are named one by one
MOST_WRONG = 10  # wrong numbers that are listed where nothing explains them


def diagnosis_text(diagnosis, format="simple", width=None):
    """The report of a diagnosis, as `Diagnosis.text` says."""
    if format == "json":
        return _json(diagnosis)
    width = page_width(width)
    first = (_headline, _impossible, _rounded, _short, _notes)
    parts = [
        "\n".join([line for lines in first for line in lines(diagnosis)]),
        *_findings(diagnosis, width), *_left(diagnosis), *_rivals(diagnosis),
    ]
    texts = [paragraph(part, format, width) for part in filter(None, parts)]
    if diagnosis.status == "unexplained":
        texts.append(_table(diagnosis, format, width))
    texts += [paragraph(part, format, width) for part in filter(None, [_to_give(diagnosis), _not_searched(diagnosis)])]
    return "\n\n".join(texts)


def mutation_table(trace, mutated, format="simple", decimals=None, width=None):
    """What a mistake changes: a row for each number that comes out otherwise."""
    rows = [
        (step.address, trace[step.address].value, step.value)
        for step in mutated
        if step.operands and step.value != trace[step.address].value
    ]
    if decimals is None and any(number_text(right) == number_text(wrong) for _, right, wrong in rows):
        decimals = "all"
    return table(rows, ("address", "right", "with the mistake"), format, decimals, width=width)


def mistakes_table(found, format="simple", width=None):
    """A row for each mistake of these hypotheses: its name, its forms, and what its numbers equal."""
    forms = {}
    for hypothesis in found:
        forms.setdefault(hypothesis.kind, []).append(hypothesis.form)
    rows = [(kind.name, kind.stage, ", ".join(filter(None, names)), kind.equals) for kind, names in forms.items()]
    return table(rows, ("mistake", "first wrong", "forms", "the numbers equal"), format, width=width)


def _listed(addresses):
    more = len(addresses) - MOST_LISTED
    return ", ".join(addresses[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _with_verdict(diagnosis, *verdicts):
    return [address for address, number in diagnosis.numbers.items() if number.verdict in verdicts]


# What is right, and what is off


def _headline(diagnosis):
    numbers, wrong = diagnosis.numbers, diagnosis.wrong
    if diagnosis.status == "coarse":
        return [f"too coarse: {counted(len(numbers), 'number')} with too few digits to prove anything; give more of them"]
    if not wrong:
        return [f"right: {counted(len(numbers), 'number')}, to the digits given{_how(numbers)}"] if diagnosis else []
    first, lines = wrong[0], []
    if diagnosis.status == "slip":
        alone = "only " if len(wrong) == 1 else ""
        lines = [f"{alone}{address} is off{_slip(diagnosis, address)}" for address in wrong]
        again = _made_from(diagnosis, wrong)
        if again:
            lines.append(f"worked out rightly, but from what is off, so do it again: {_listed(again)}")
        return [*lines, "the other numbers are right"] if len(again) + len(wrong) < len(numbers) else lines
    order = list(numbers)
    off = ("wrong", "slip", "coarse")
    before = [address for address in order[: order.index(first)] if numbers[address].verdict not in off]
    what = _yours_and_right(numbers[first])
    lines = [f"{counted(len(wrong), 'number')} of {len(numbers)} wrong, the first {first}: {what}"]
    if before:
        lines.append(f"right before it: {_listed(before)}")
    return lines


def _made_from(diagnosis, wrong):
    """The addresses of the own numbers that were worked out from these."""
    made = set(wrong)
    for step in diagnosis.trace:
        if not made.isdisjoint(step.operands):
            made.add(step.address)
    return [address for address in _with_verdict(diagnosis, "own") if address in made]


def _how(numbers):
    """How those numbers come out that are not just the exact ones."""
    ways = Counter()
    for number in numbers.values():
        if number.verdict == "own":
            ways["from your own numbers before them"] += 1
        elif number.verdict == "rounded":
            ways[f"with {number.remark}".replace("with rounded", "rounded")] += 1
    return "; of these " * bool(ways) + ", ".join(f"{number} {way}" for way, number in ways.items())


def _yours_and_right(number):
    if number.expected is None:
        return f"{number.yours.text}, which cannot be worked out"
    return f"{number.yours.text}, which should be {_shown(number)}"


def _slip(diagnosis, address):
    number = diagnosis.numbers[address]
    return f": {number.yours.text}, which should be {_shown(number, 0)}" + f" ({number.remark})" * bool(number.remark)


def _shown(number, more=1):
    """What is expected, with as many decimals as the answer has, and so many more."""
    places = places_of(number.yours)
    if "e" in number.yours.text.lower() or not places or places > MOST_PLACES or abs(number.expected) > LARGEST:
        return number_text(number.expected)
    return number_text(number.expected, min(places + more, MOST_PLACES))


def _impossible(diagnosis):
    """A line for each wrong number that no network could give."""
    lines = [f"{address} = {diagnosis.numbers[address].yours.text}: {why}" for address, why in diagnosis.impossible.items()]
    more = len(lines) - MOST_LISTED
    return [*lines[:MOST_LISTED], *[f"and {more} more such"] * (more > 0)]


def _short(diagnosis):
    """A line about numbers that are too short to prove anything."""
    coarse = [
        address for address in _with_verdict(diagnosis, "coarse")
        if number_text(diagnosis.numbers[address].expected) != number_text(diagnosis.numbers[address].yours.value)
    ]
    if not coarse or diagnosis.status == "coarse":
        return []
    shown = [f"{address} = {diagnosis.numbers[address].yours.text}" for address in coarse]
    return [f"with too few digits to prove anything: {_listed(shown)}"]


def _rounded(diagnosis):
    """A line about numbers that are right but for rounding on the way, with what they are exactly."""
    rounded = {address: diagnosis.numbers[address] for address in _with_verdict(diagnosis, "rounded")}
    shown = [f"{address} = {number.yours.text} for {_shown(number)}" for address, number in rounded.items()]
    return [f"rounded on the way: {_listed(shown)}"] if shown else []


def _notes(diagnosis):
    conventions = [f"a convention, no mistake: {one}{_meant(one)}" for one in diagnosis.conventions]
    return [*diagnosis.answers.notes, *conventions]


def _meant(convention):
    """What is done here in place of a convention, which may have a form behind it."""
    return next((f"; {kind.mend}" for kind in CONVENTIONS.values() if convention.startswith(kind.equals)), "")


# What was found


def _findings(diagnosis, width):
    if diagnosis.status != "mistake":
        return []
    wrong = diagnosis.wrong
    parts = ["\n".join(_finding(diagnosis, found, width)) for found in diagnosis.found]
    explained = {address for found in diagnosis.found for address in found.explains}
    whole = {1: "the wrong number", 2: "both wrong numbers"}.get(len(wrong), f"all {len(wrong)} wrong numbers")
    what = whole if explained >= set(wrong) else f"{len(explained)} of the {len(wrong)} wrong numbers"
    parts.append(f"{'This explains' if len(parts) == 1 else 'Together they explain'} {what}.")
    return parts


def _finding(diagnosis, found, width):
    yield f"Your numbers equal: {found.equals}"
    for word, texts in (("wrong:", found.wrong), ("right:", found.right)):
        label = f"  {word} {found.address}"
        texts = [text for text, following in zip(texts, [*texts[1:], None]) if text != following]
        line = " = ".join([label, *texts])
        yield line if len(line) <= width else equation(label, texts, width)
    if found.address in diagnosis.numbers:
        yield f"  yours: {found.address} = {diagnosis.numbers[found.address].yours.text}"
    yield f"To fix it: {found.mend}."
    for equals, mend in found.others:
        yield f"Or they equal: {equals}"
        yield f"To fix it: {mend}."


def _left(diagnosis):
    """The slips beside a mistake, and what nothing explains."""
    if diagnosis.status != "mistake":
        return []
    explained = {address for found in diagnosis.found for address in found.explains}
    others = [address for address in _with_verdict(diagnosis, "wrong") if address not in explained]
    lines = [f"Besides, {address} is off{_slip(diagnosis, address)}." for address in diagnosis.slips]
    lines += [f"Besides, {address} is {_yours_and_right(diagnosis.numbers[address])}." for address in others]
    return ["\n".join(lines)]


def _rivals(diagnosis):
    if diagnosis.status != "undecided":
        return []
    lines = ["Your numbers fit each of these, and can't tell them apart:"]
    lines += [f"  {number}. {rival}" for number, rival in enumerate(diagnosis.rivals, 1)]
    if diagnosis.ask is None:
        lines.append("No other number of this computation would: they are the same in all of it.")
        lines += [
            f"To fix it if it is {equals}: {mend}." for found in diagnosis.found
            for equals, mend in ((found.equals, found.mend), *found.others)
        ]
    return ["\n".join(lines)]


def _to_give(diagnosis):
    if diagnosis.ask is not None:
        by_text = {}
        for number, (text, story) in enumerate(zip(told_apart(*diagnosis.ask.values), diagnosis.ask.stories), 1):
            by_text.setdefault(text, []).append(str(number) if diagnosis.status == "undecided" else story)
        ways = ", ".join(f"{text} with {' or '.join(stories)}" for text, stories in by_text.items())
        return f"Give {diagnosis.ask.address} as well: it is {ways}."
    if diagnosis.status != "unexplained" or not diagnosis.wrong:
        return ""
    trace, first = diagnosis.trace, diagnosis.wrong[0]
    missing = [
        operand for operand in dict.fromkeys(trace[first].operands)
        if trace[operand].operands and operand not in diagnosis.numbers
    ]
    made = f"{first} is made from {'them' if len(missing) > 1 else 'it'}"
    return f"Give {_listed(missing)} as well: {made}." if missing else ""


def _not_searched(diagnosis):
    return f"Not searched for want of time: {diagnosis.skipped}." if diagnosis.skipped else ""


def _table(diagnosis, format, width):
    wrong = diagnosis.wrong
    rows = [
        (address, number.yours.text, "" if number.expected is None else _shown(number), number.remark)
        for address, number in ((address, diagnosis.numbers[address]) for address in wrong[:MOST_WRONG])
    ]
    headers = ["address", "yours", "from your own numbers before it", "slip"]
    if not any(row[-1] for row in rows):
        headers, rows = headers[:-1], [row[:-1] for row in rows]
    more = [paragraph(f"and {len(wrong) - len(rows)} more", format, width)] * (len(wrong) > len(rows))
    tried = "mistake that was tried" if diagnosis.skipped else "known mistake"
    none = paragraph(f"No {tried} gives these numbers, nor do two of them together.", format, width)
    return "\n\n".join([none, table(rows, headers, format, width=width), *more])


def _json(diagnosis):
    ask = diagnosis.ask
    return json_text({
        "format": FORMAT,
        "status": diagnosis.status,
        "numbers": [
            {
                "address": address, "verdict": number.verdict, "yours": number.yours.text, "expected": number.expected,
                "remark": number.remark,
            }
            for address, number in diagnosis.numbers.items()
        ],
        "notes": diagnosis.answers.notes,
        "conventions": diagnosis.conventions,
        "mistakes": diagnosis.mistakes,
        "found": [found._asdict() for found in diagnosis.found],
        "slips": diagnosis.slips,
        "impossible": diagnosis.impossible,
        "rivals": diagnosis.rivals,
        "ask": ask and {**ask._asdict(), "command": ask.command},
        "skipped": diagnosis.skipped,
    })
