"""How well generated exercises and their marking do, measured: python tests/exercises_measured.py prints the table.

    python tests/exercises_measured.py --problems 1000 --jobs 2

Each problem is drawn from a stated seed. The solvers who work right have only the sheet's text (`sheet_solvers`).
"""

import argparse
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from made_submissions import slipped
from sheet_solvers import solved
from tabulate import tabulate

from neurosim.diagnosis.diagnosis import hypotheses
from neurosim.diagnosis.mistakes import MISTAKES
from neurosim.exercises.generator import new_exercise, with_mistake
from neurosim.exercises.kinds import KINDS
from neurosim.exercises.marking import grade
from neurosim.exercises.sheet import answer_texts
from neurosim.exercises.sheet_forms import sheet_text
from neurosim.support.number_text import number_text

GIVEN = {"one-update": ("", "forward", "deltas"), "deltas": ("", "forward"), "softmax": ("", "forward")}


def problems(count):
    """(kind, seed, what is given) of so many problems, over all kinds."""
    variants = [(kind, given) for kind in KINDS for given in GIVEN.get(kind, ("",))]
    return [(*variants[index % len(variants)], index // len(variants)) for index in range(count)]


def roundings(draw, places):
    """The ways to round of those who work right, by name."""
    def to(digits):
        return lambda value: round(value, digits)

    def mixed(value):
        return round(value, places + 1) if draw.random() < 0.5 else value

    return {"all digits": lambda value: value, "one digit more": to(places + 1), "mixed": mixed, "asked digits": to(places)}


def measured(problem):
    """{what: count} of one problem, and what went wrong in words."""
    kind, given, seed = problem
    redrawn, counts, told = Counter(), Counter(), []
    exercise = new_exercise(kind, seed, given=given, redrawn=redrawn)
    draw, text, places = random.Random(f"{problem}"), sheet_text(exercise), exercise.places
    counts["problems"] += 1
    counts.update({f"redrawn: {why}": count for why, count in redrawn.items()})
    counts["keys that verify"] += bool(exercise.computed.verify())
    key = answer_texts(exercise)
    if not exercise.solves:
        work = solved(text)
        alone = {address: number_text(work[address], places) for address in exercise.asked}
        counts["sheets whose text gives the key"] += alone == key
        told += [f"{problem}: text gives {alone}, key {key}"] * (alone != key)
        for name, way in roundings(draw, places).items():
            written = {address: number_text(value, places) for address, value in solved(text, way).items()}
            marked = grade(exercise, {address: written[address] for address in exercise.asked})
            counts[f"{name}: full marks"] += bool(marked)
            counts[f"{name}: a note"] += any(one.verdict == "rounded" for one in marked.marks)
            told += [f"{problem}: {name}: {[one for one in marked.marks if one.mark < one.of]}"] * (not marked)
    if not exercise.hidden:
        _mistaken(exercise, key, draw, counts, told, problem)
        _slipped(exercise, key, draw, counts, told, problem)
    return counts, told


def _mistaken(exercise, key, draw, counts, told, problem):
    seen = []
    for one in hypotheses(MISTAKES.values(), exercise.computed):
        made = with_mistake(exercise, one)
        if made is not None:
            answers = {address: number_text(made[address].value, exercise.places) for address in exercise.asked}
            seen += [(one, answers)] * (answers != key)
    if not seen:
        return
    one, answers = draw.choice(seen)
    same = {other.kind.name for other, theirs in seen if theirs == answers}  # which these digits don't tell apart
    marked = grade(exercise, answers)
    lost = [mark.address for mark in marked.marks if mark.mark < mark.of and mark.verdict != "trivial"]
    names = [name for names in marked.mistakes for name in names]
    counts["mistakes"] += 1
    counts["mistakes named"] += not same.isdisjoint(names)
    counts["mistakes that cost one mark"] += len(lost) == 1
    counts["mistakes that leave steps empty"] += any(mark.verdict == "trivial" for mark in marked.marks)
    if same.isdisjoint(names) or len(lost) != 1:
        told.append(f"{problem}: {one.kind.name} {one.form}: named {names}, lost {lost}, {marked.diagnosis.status}")


def _slipped(exercise, key, draw, counts, told, problem):
    address = draw.choice([address for address in exercise.asked if key[address].strip("-0.")])
    wrong = slipped(key[address], draw)
    marked = grade(exercise, {**key, address: wrong})
    lost = [mark.address for mark in marked.marks if mark.mark < mark.of]
    counts["slips"] += 1
    counts["slips that cost one mark"] += lost == [address]
    if lost != [address]:
        told.append(f"{problem}: slip {address} {key[address]} -> {wrong}: lost {lost}, {marked.diagnosis.status}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--problems", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--told", type=int, default=20, help="how many cases that went wrong are told")
    options = parser.parse_args()
    total, told = Counter(), []
    with ProcessPoolExecutor(options.jobs) as executor:
        for counts, more in executor.map(measured, problems(options.problems), chunksize=4):
            total += counts
            told += more
    print(tabulate(sorted(total.items()), ("what", "count")))
    print(*told[: options.told], sep="\n")


if __name__ == "__main__":
    main()
