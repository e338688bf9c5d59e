"""The verdict: what the cheapest stories say of a person's numbers, and which number would decide between them."""

from __future__ import annotations

from collections import defaultdict
from math import log2

from neurosim.diagnosis.cells import Cells, joined
from neurosim.diagnosis.conventions import CONVENTIONS
from neurosim.diagnosis.diagnosis import Ask, Diagnosis, Found, Number
from neurosim.diagnosis.impossible import impossible
from neurosim.diagnosis.parts import COPIED_GIVEN, FITTED_KINDS
from neurosim.diagnosis.stories import EXCHANGED, FITS, NEW, OWN, SLIP, WRONG
from neurosim.support.number_text import number_text
from neurosim.trace.lines import numbers_in

GAP = 1.0  # a story that costs so much more may be the true one
FIRM = 3.0  # what a mistake must save for it to be named: a thousand to one
MOST_RIVALS = 8
MISCOPIED = "a given copied wrongly"
TERMS = 8
READINGS = {  # conventions that are no swaps, in words
    "weight-changes": "changes of the weights, -eta dE/dw, in place of the gradients",
    "times-eta": "gradients with eta in them",
    "thresholds": "thresholds, theta = -b, in place of the biases",
}


def concluded(trace, answers, search):
    """The `Diagnosis` of a search, for these `Answers`."""
    judge, best = search.judge, search.stories[0]
    plain = search.plain[0]
    near = _different([story for story in search.stories if story.cost <= best.cost + GAP])[:MOST_RIVALS]
    numbers = _numbers(judge, best, answers)
    status = _status(judge, best, plain, near, numbers)
    if status == "unexplained" and best.reading.cut:  # which proves nothing: what is right as it is written stays right
        numbers = _numbers(judge, next(story for story in search.plain if not story.reading.cut), answers)
    if status == "slip":
        numbers = {
            address: number._replace(verdict=SLIP) if number.verdict == WRONG else number
            for address, number in numbers.items()
        }
    found = _found(judge, best, near, numbers) if status in ("mistake", "undecided") else []
    ask = _question(judge, near) if len(near) > 1 and status in ("mistake", "undecided") else None
    if ask is None and status == "undecided" and plain not in near:  # so that it is a mistake or none
        near = [*near, plain]
        ask = _question(judge, near)
    rivals = [in_words(story) for story in near] if status == "undecided" else []
    told = best if status in ("right", "convention", "mistake", "coarse", "slip") else plain
    return Diagnosis(
        trace, answers, status, numbers, _conventions(told), found, ask, rivals, search.skipped, impossible(trace, numbers),
    )


def _different(stories):
    """The cheapest story of each kind: of the same mistakes that leave the same numbers wrong.

    A fitted constant tells nothing where a known mistake leaves no more numbers wrong.
    """
    kinds, known = {}, [set(story.wrong) for story in stories if not _is_fitted(story)]
    for story in stories:
        if _is_fitted(story) and any(wrong <= set(story.wrong) for wrong in known):
            continue
        key = frozenset(part.kind.name for part in story.mistakes), tuple(story.wrong), *_copied(story)
        kinds.setdefault(key, story)
    return list(kinds.values())


def _is_fitted(story):
    return any(part.kind in FITTED_KINDS for part in story.mistakes)


def _copied(story):
    """Which givens were copied wrongly, in words."""
    return [part.form for part in story.mistakes if part.kind is COPIED_GIVEN]


# The status


def _status(judge, best, plain, near, numbers):
    wrong, count = best.wrong, len(best.mistakes)
    if not count:
        if wrong:
            return _status_of_slips(judge, best, near, numbers)
        if len(judge.order) > len(judge.givens) and all(judge.is_coarse(address) for address in judge.order):
            return "coarse"
        if any(story.mistakes or story.wrong for story in near):
            return "undecided"
        return "convention" if _conventions(best) else "right"
    mended = len(set(plain.wrong) - set(wrong))
    enough = len(wrong) if _are_slips(best) else max(2 * count, 2 * len(wrong))
    if wrong and mended < enough:
        return "unexplained"
    only_one = sum(map(bool, map(_copied, near))) < 2  # of givens that may have been copied wrongly
    if plain.cost - best.cost >= FIRM * count and all(story.mistakes for story in near) and only_one:
        return "mistake"
    return "undecided"


def _status_of_slips(judge, best, near, numbers):
    """Of a story without mistakes that leaves numbers wrong."""
    if any(story.mistakes for story in near):
        return "undecided"
    wrong = dict.fromkeys(best.wrong)
    right = [address for address in judge.order if address not in wrong and numbers[address].verdict != "coarse"]
    one_slip = len(wrong) == 1 and len(right) >= 2
    few_slips = _are_slips(best) and len(wrong) <= len(right)
    proven = all(best.how[address].remark.startswith((EXCHANGED, NEW)) for address in wrong)
    return "slip" if one_slip or few_slips or proven else "unexplained"


def _are_slips(story):
    """Whether all that a story leaves wrong fits the pattern of a slip."""
    return all(story.how[address].verdict == SLIP for address in story.wrong)


def _numbers(judge, best, answers):
    """{address: `Number`}: what is right without the mistakes, and of the rest whether it is a slip."""
    factors = dict(best.reading.factors)
    parts = [part for part in best.parts if part not in best.mistakes]
    right = judge.tell(parts, best.reading, best.rounding) if best.mistakes else best
    right = right or judge.tell(parts, best.reading) or best
    numbers = {}
    for address in judge.order:
        how, factor = right.how[address], factors.get(judge.quantity_class(address), 1)
        verdict, remark = how.verdict, how.remark
        if verdict in FITS and address in judge.givens:
            verdict = "given"
        elif verdict in FITS and (judge.is_coarse(address) or remark == "coarse"):
            verdict, remark = "coarse", ""
        elif verdict not in FITS and best.how[address].verdict in FITS:
            verdict, remark = WRONG, ""  # by a mistake
        elif verdict not in FITS:
            verdict, remark = best.how[address].verdict, best.how[address].remark
            if remark and best.how[address].expected != how.expected:
                remark += f" of {number_text(factor * best.how[address].expected)}, which is what the mistake gives"
            if address in judge.givens:
                verdict, remark = SLIP, remark if remark.startswith(NEW) else ": ".join(filter(None, [MISCOPIED, remark]))
        expected = how.expected if how.expected is None else factor * how.expected
        numbers[address] = Number(verdict, answers.by_address[address], expected, remark)
    return numbers


# In words


def convention_in_words(note):
    """What numbers are by a note of a `Reading`."""
    return READINGS.get(note) or CONVENTIONS[note].equals


def _conventions(story):
    """What a story follows that is no mistake."""
    notes = map(convention_in_words, story.reading.notes)
    made = [part for part in story.parts if part.kind.stage == "convention"]
    return [*notes, *[f"{part.kind.equals} ({part.form})" if part.form else part.kind.equals for part in made]]


def in_words(story):
    """A story in a few words."""
    made = " and ".join(part_in_words(part) for part in story.mistakes)
    slips = [f"{how.remark} in {address}" for address, how in story.how.items() if how.verdict == SLIP]
    others = [address for address, how in story.how.items() if how.verdict == WRONG]
    left = [f"{', '.join(others[:4])} as {'another number' if len(others) == 1 else 'other numbers'}"] * bool(others)
    return "; ".join(filter(None, [made, *slips, *left])) or "no mistake"


def _names(story):
    """The names of the mistakes of a story, and its slips."""
    slips = [f"a slip in {address}" for address in story.wrong]
    return " and ".join([*[part.kind.name for part in story.mistakes], *slips]) or "no mistake"


def part_in_words(part):
    """A mistake in a few words: what the numbers equal, its form, and where."""
    form = f" ({part.form})" if part.form else ""
    return f"{part.kind.equals}{form}{f', in {part.scope}' if part.scope else ''}  [{part.kind.name}]"


# The mistakes


def _found(judge, best, near, numbers):
    in_order = sorted(best.mistakes, key=lambda part: min(part.cells))
    return [_one(judge, best, part, near, numbers) for part in in_order]


def _one(judge, best, part, near, numbers):
    others = [one.kind.name for one in best.mistakes]
    rest = {name for name in others if name != part.kind.name}
    alternatives = {part.kind.name: part}
    for story in near:
        if len(story.mistakes) == len(others) and rest <= {one.kind.name for one in story.mistakes}:
            for one in story.mistakes:
                if one.kind.name not in rest:
                    alternatives.setdefault(one.kind.name, one)
    names, rivals = tuple(alternatives), list(alternatives.values())[1:]
    wrong = [address for address, number in numbers.items() if number.verdict == WRONG and best.how[address].verdict in FITS]
    led_to = judge.cells.led_to_by(part.cells)
    explains = [address for address in wrong if judge.cells.index[address] in led_to]
    address = _worked_address(judge, part, explains)
    run = judge.run(best.reading)
    used = judge.cells.changed(run, joined(one.cells for one in best.parts), judge.own(best.reading))[1]

    def line(rule, operands, right=()):
        indices = [judge.cells.index[operand] for operand in operands]
        values = [used[index] if index in used and index not in right else run.used[index] for index in indices]
        texts = [operand if value is None else number_text(value) for operand, value in zip(operands, values)]
        known = () if None in values else values
        return rule.text(operands, None, TERMS, known), numbers_in(rule, texts, TERMS, known), _result(rule, values)

    step, rules = judge.trace[address], judge.trace.rules
    rule, operands = part.swaps.get(address, (step.rule, step.operands))
    givens = () if address in part.swaps else part.cells
    return Found(
        names, part.scope, part_in_words(part), part.kind.mend, [(part_in_words(one), one.kind.mend) for one in rivals],
        explains, address,
        line(rules[rule] if isinstance(rule, str) else rule, operands), line(rules[step.rule], step.operands, givens),
    )


def _worked_address(judge, part, explains):
    """One step that the mistake changes, or that reads a given which it changes: best one that was answered and is wrong."""
    swapped = [address for address in judge.cells.addresses if address in part.swaps]
    if not any(judge.trace[address].operands for address in swapped):
        swapped = [step.address for step in judge.trace if not part.swaps.keys().isdisjoint(step.operands)]
    return next(address for wanted in (explains, judge.answers, swapped) for address in swapped if address in wanted)


def _result(rule, values):
    try:
        return "no number" if None in values else number_text(rule.evaluate(*values))
    except (ArithmeticError, ValueError):  # such as the logarithm of an output given as 0
        return "no number"


# The number to ask for


def _question(judge, stories):
    """The unwritten number that parts the stories best, at the digits that the person writes; None if none does."""
    cells = Cells(judge.trace, [step.address for step in judge.trace])
    values = [_goes_on(judge, cells, story) for story in stories]
    weights, best = [10 ** -(story.cost - stories[0].cost) for story in stories], None
    for index, step in enumerate(judge.trace):
        there = [run[index] for run in values]
        if step.address in judge.answers or not step.operands or None in there:
            continue
        grain = max(2 * judge.way, 0.01 * max(map(abs, there)))
        groups = defaultdict(float)
        for value, weight in zip(there, weights):
            groups[round(value / grain) if grain else 0] += weight
        total = sum(groups.values())
        entropy = -sum(weight / total * log2(weight / total) for weight in groups.values())
        if entropy > 1e-9 and (best is None or entropy > best[0] + 1e-9):
            best = entropy, step.address, there
    return best and Ask(best[1], best[2], list(map(_names, stories)))


def _goes_on(judge, cells, story):
    """Every number of the trace by a story, from the person's own ones, as they read it.

    A number that the story leaves wrong is carried on where one that was made from it shows that.
    """
    swaps = joined(part.cells for part in story.parts)
    own, factors = dict(judge.own(story.reading)), dict(story.reading.factors)
    shown = {judge.cells.index[address] for address, how in story.how.items() if how.verdict == OWN}
    for index in [judge.cells.index[address] for address in story.wrong]:
        if judge.cells.led_to_by([index]).isdisjoint(shown - {index}):
            own.pop(index, None)
    try:
        changed = cells.changed(cells.recorded, swaps, own, put=own)[0]
    except ValueError:  # a circle
        changed = {}
    there = [changed.get(index, value) for index, value in enumerate(cells.recorded.expected)]
    classes = map(judge.quantity_class, cells.addresses) if factors else ()
    for index, name in enumerate(classes):
        if name in factors and there[index] is not None:
            there[index] *= factors[name]
    return there
