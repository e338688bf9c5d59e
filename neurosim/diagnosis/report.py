"""A diagnosis as text: what is right, what the numbers equal, one step worked in full, and how to put it right."""

from __future__ import annotations

from neurosim.diagnosis.diagnosis import combined
from neurosim.support.number_text import number_text, told_apart
from neurosim.support.page import equation, page_width
from neurosim.support.tables import json_text, paragraph, table
from neurosim.trace.lines import numbers_in

MOST_WRONG = 10  # wrong numbers that are listed where nothing explains them
MOST_ASKED = 6  # numbers that would show more
TERMS = 8


def diagnosis_text(diagnosis, format="simple", width=None):
    """The report of a diagnosis, as `Diagnosis.text` says."""
    if format == "json":
        return _json(diagnosis)
    conventions = [f"a convention, no mistake: {one.equals}; {one.kind.mend}" for one in diagnosis.conventions]
    notes = [*diagnosis.answers.notes, *conventions]
    if diagnosis.status == "right":
        right = f"right: {_count(len(diagnosis.answers.by_address), 'number')}, to the digits given"
        return paragraph("\n".join([right, *notes]), format, width)
    explained = diagnosis.status == "explained"
    width = page_width(width)
    why = paragraph(_explained(diagnosis, width), format, width) if explained else _unexplained(diagnosis, format, width)
    said = [_first_wrong(diagnosis), *["\n".join(notes)] * bool(notes)]
    return "\n\n".join([*[paragraph(text, format, width) for text in said], why])


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


def _count(number, word):
    return f"{number} {word}{'s' * (number != 1)}"


def _first_wrong(diagnosis):
    """The first number that differs, and what stands before it and is right."""
    answers = diagnosis.answers.by_address
    first = diagnosis.wrong[0]
    order = [step.address for step in diagnosis.trace if step.address in answers]
    before = order[: order.index(first)]
    expected = diagnosis._judge.expected[first].value
    value = "cannot be worked out" if expected is None else f"should be {_shown(expected, answers[first])}"
    lines = [f"{_count(len(diagnosis.wrong), 'number')} of {len(answers)} wrong, the first {first}:"
             f" {answers[first].text}, which {value}"]
    if before:
        lines.append(f"right before it: {', '.join(before[:6])}{f' and {len(before) - 6} more' * (len(before) > 6)}")
    return "\n".join(lines)


def _shown(value, answer):
    """A number with as many decimals as the answer has, and one more."""
    point = answer.text.partition(".")[2]
    if "e" in answer.text.lower() or not point:
        return number_text(value)
    return number_text(value, min(len(point) + 1, 12))


def _explained(diagnosis, width):
    if len(diagnosis.explanations) > 1:
        return _alternatives(diagnosis)
    mistakes = [hypothesis for hypothesis in diagnosis.explanations[0] if not hypothesis.is_convention]
    parts = [_report(diagnosis, hypothesis, width) for hypothesis in mistakes]
    wrong = len(diagnosis.wrong)
    all_of_them = "the wrong number" if wrong == 1 else f"all {wrong} wrong numbers"
    parts.append(f"{'This explains' if len(mistakes) == 1 else 'Together they explain'} {all_of_them}.")
    return "\n\n".join(parts)


def _report(diagnosis, hypothesis, width):
    worked = _worked(diagnosis, hypothesis, _worked_address(diagnosis, hypothesis), width)
    equals = f"Your numbers equal: {hypothesis.equals}  [{hypothesis.kind.name}]"
    return "\n".join([equals, *worked, f"To fix it: {hypothesis.kind.mend}."])


def _worked_address(diagnosis, hypothesis):
    """One step that the mistake changes: best one that was answered and is wrong."""
    swapped = [step.address for step in diagnosis.trace if step.address in hypothesis.swaps]
    best_first = (diagnosis.wrong, diagnosis.answers.by_address, swapped)
    return next(address for candidates in best_first for address in swapped if address in candidates)


def _worked(diagnosis, hypothesis, address, width):
    """The wrong term and the right term, in symbols and with the person's own numbers."""
    trace, answers, judge = diagnosis.trace, diagnosis.answers.by_address, diagnosis._judge
    wrong_rule, wrong_operands = hypothesis.swaps[address]
    wrong_rule = trace.rules[wrong_rule] if isinstance(wrong_rule, str) else wrong_rule
    step = trace[address]
    changed = judge.with_swaps(combined(diagnosis.explanations[0]))
    used = {**judge.used, **{other: found for other, found in changed.items() if other not in answers}}
    rows = []
    right = ("right:", trace.rules[step.rule], step.operands)
    for word, rule, operands in (("wrong:", wrong_rule, wrong_operands), right):
        values = [used[operand].value for operand in operands]
        known = [operand if v is None else number_text(v) for operand, v in zip(operands, values)]
        symbols, numbers = rule.text(operands, terms=TERMS), numbers_in(rule, known, TERMS)
        label, texts = f"  {word} {address}", [symbols, numbers, _result(rule, values)]
        line = " = ".join([label, *texts])
        rows.append(line if len(line) <= width else equation(label, texts, width))
    if address in answers:
        rows.append(f"  yours: {address} = {answers[address].text}")
    return rows


def _result(rule, values):
    """What a rule makes of a person's own numbers, which may not be those that it can be applied to."""
    try:
        return "no number" if None in values else number_text(rule.evaluate(*values))
    except (ArithmeticError, ValueError):  # such as the logarithm of an output given as 0
        return "no number"


def _alternatives(diagnosis):
    lines = ["Your numbers equal those of each of these, and can't tell them apart:"]
    for number, found in enumerate(diagnosis.explanations, 1):
        for hypothesis in found:
            if not hypothesis.is_convention:
                lines.append(f"  {number}. {hypothesis.equals}  [{hypothesis.kind.name}]")
                lines.append(f"     To fix it: {hypothesis.kind.mend}.")
    separating = diagnosis.separating()
    if separating is None:
        lines.append("No other number of this computation would: they are the same in all of it.")
    else:
        address, values = separating
        by_each = ", ".join(f"{text} with {number}" for number, text in enumerate(told_apart(*values), 1))
        lines.append(f"Give {address} as well: it is {by_each}.")
    return "\n".join(lines)


def _unexplained(diagnosis, format, width):
    answers, expected = diagnosis.answers.by_address, diagnosis._judge.expected
    rows = []
    for address in diagnosis.wrong[:MOST_WRONG]:
        answer, value = answers[address], expected[address].value
        rows.append((address, answer.text, "" if value is None else _shown(value, answer)))
    text = table(rows, ("address", "yours", "from your own numbers before it"), format, width=width)
    more = len(diagnosis.wrong) - len(rows)
    lines = [paragraph("No known mistake gives these numbers, nor do two of them together.", format, width), text]
    return "\n\n".join([*lines, *[f"and {more} more"] * (more > 0), *_what_to_give(diagnosis, format, width)])


def _what_to_give(diagnosis, format, width):
    """A line about the numbers that the first wrong one is made from, and that were not given; none if all were."""
    trace, first = diagnosis.trace, diagnosis.wrong[0]
    missing = [
        operand for operand in dict.fromkeys(trace[first].operands)
        if trace[operand].operands and operand not in diagnosis.answers.by_address
    ]
    more = f" and {len(missing) - MOST_ASKED} more" * (len(missing) > MOST_ASKED)
    made = f"{first} is made from {'them' if len(missing) > 1 else 'it'}"
    return [paragraph(f"Give {', '.join(missing[:MOST_ASKED])}{more} as well: {made}.", format, width)] if missing else []


def _json(diagnosis):
    answers, expected = diagnosis.answers.by_address, diagnosis._judge.expected
    separating = diagnosis.separating()
    document = {
        "status": diagnosis.status,
        "notes": diagnosis.answers.notes,
        "conventions": [{"name": h.kind.name, "form": h.form, "equals": h.kind.equals} for h in diagnosis.conventions],
        "wrong": [
            {"address": address, "answer": answers[address].text, "expected": expected[address].value}
            for address in diagnosis.wrong
        ],
        "explanations": [
            [
                {"mistake": h.kind.name, "form": h.form, "equals": h.kind.equals, "mend": h.kind.mend}
                for h in found if not h.is_convention
            ]
            for found in diagnosis.explanations
        ],
        "separating": separating and {"address": separating[0], "values": separating[1]},
    }
    return json_text(document)
