"""How well people's numbers are judged, measured: python tests/diagnoses.py prints the table.

    python tests/diagnoses.py --sheets 50 --rows right-full,slip --jobs 2

Each row is a kind of sheet, drawn from stated seeds (the row's name and 0, 1, 2, ...) by the simulated people of `people`,
who share no code with the library. A mistake that doesn't show in a sheet is drawn again; a name counts as the true one
if the person would have written the same digits with that mistake.
"""

import argparse
import random
import re
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import permutations
from typing import Any, Callable, NamedTuple

import peoples_mistakes
from people import Habits, Person, random_problem
from tabulate import tabulate

CLEAR = 5  # a difference of so many units of the last digit shows
# Mistakes that numbers can't tell from a convention of the loss
CONVENTIONS = ("other-reduction", "delta-factor", "gradient-factor")


class Verdict(NamedTuple):
    """What a diagnosis says.

    status: such as "right"; "failed" if it came to no end
    names:  a tuple of alternatives for each mistake
    slips:  addresses
    ask:    the address of the number to send, or None
    asked:  the names of mistakes between which it is undecided, or that number would decide
    text:   the report
    """

    status: str
    names: list = ()
    slips: list = ()
    ask: str = None
    asked: list = ()
    text: str = ""


def verdict_of(diagnosis):
    if not hasattr(diagnosis, "slips"):
        return verdict_of_before(diagnosis)
    ask = diagnosis.ask
    words = re.findall(r"[\w-]+", " ".join([*(ask.stories if ask else ()), *diagnosis.rivals]))
    return Verdict(
        diagnosis.status, [tuple(names) for names in diagnosis.mistakes], list(diagnosis.slips), ask and ask.address,
        [word for word in dict.fromkeys(words) if word in peoples_mistakes.NAMES], diagnosis.text(),
    )


def verdict_of_before(diagnosis):
    """The same of the search that had a tuple in `mistakes` for each explanation."""
    separating, status = diagnosis.separating(), diagnosis.status
    if status == "explained":
        status = "undecided" if separating else "mistake"
    if status == "right" and diagnosis.conventions:
        status = "convention"
    names = [tuple(dict.fromkeys(alternatives)) for alternatives in zip(*diagnosis.mistakes)]
    return Verdict(status, names, [], separating and separating[0], text=diagnosis.text())


class Sheet(NamedTuple):
    """What somebody hands in: {address: text}, and what is behind it."""

    person: Person
    answers: dict
    slip: str = None

    def judged(self, **more):
        """The verdict on it, perhaps with further numbers."""
        return verdict_of(self.diagnosed(**more))

    def diagnosed(self, **more):
        problem = self.person.problem
        return problem.network().diagnose(**problem.arguments(), answers={**self.answers, **more})


# What a sheet shows


def unit_of(text):
    """One unit of the last digit."""
    return 10.0 ** -len(text.partition(".")[2])


def differs(text, other):
    """Whether two texts differ clearly, at the digits of the shorter one."""
    return abs(float(text) - float(other)) > CLEAR * max(unit_of(text), unit_of(other))


def proving(person, answers):
    """The addresses whose digits are enough to prove something: half a unit is less than a tenth of what is computed."""
    found = []
    for address, text in answers.items():
        quantity, *place = person.places[address]
        old = {"w+": person.w, "b+": person.b}.get(quantity)
        about = abs(float(text) - (old(*place) if old else 0))
        if unit_of(text) / 2 <= about / 10:
            found.append(address)
    return found


def shows(person, answers, least=2):
    """Whether each mistake shows: in a number of its own if one is handed in, and in `least` numbers altogether."""
    right = person.right_sheet()
    if sum(differs(text, right[address]) for address, text in answers.items()) < least:
        return False
    for number, _ in enumerate(person.mistakes):
        made = [(a, wrong, good) for a, (n, wrong, good) in person.made.items() if n == number and a in answers]
        if made and not any(abs(wrong - good) > CLEAR * unit_of(answers[a]) for a, wrong, good in made):
            return False
        if not made and len(person.mistakes) > 1:
            return False
    return True


# The sheets: each a function from a source of random numbers to a `Sheet`, or None to draw again


def sheet_of(draw, mistakes=(), habits=None, handed_in=None, problem=None, least=2):
    """The sheet of a random person; None if the mistakes can't be made or don't show, or if no number proves anything."""
    problem = problem or random_problem(draw)
    habits = habits or Habits(way_of(draw), seed=draw.random())
    person = Person(problem, mistakes, habits, handed_in)
    try:
        answers = person.sheet()
        if mistakes and not shows(person, answers, least):
            return None
    except (ArithmeticError, ValueError):
        return None
    return Sheet(person, answers) if len(proving(person, answers)) >= 2 else None


def way_of(draw):
    return draw.choice(("full", "full", "carried", "mixed"))


def some_of(draw, problem):
    """The addresses that somebody hands in: all (None), some quantities, or those of some units."""
    kind = draw.choice(("all", "all", "quantities", "units"))
    if kind == "all":
        return None
    if kind == "quantities":
        groups = draw.sample([("z",), ("a",), ("delta",), ("dE/dw", "dE/db"), ("w+", "b+")], draw.randint(2, 4))
        quantities = {quantity for group in groups for quantity in group}
        return {address for address, place in problem.places().items() if place[0] in quantities}
    units = [problem.unit(layer, j) for layer in range(1, problem.last + 1) for j in range(problem.sizes[layer])]
    chosen = draw.sample(units, (len(units) + 1) // 2)
    return {address for address in problem.places() if any(f"{unit}]" in address for unit in chosen)}


def right_work(draw, way=None, cut=False, decimals=(2, 8)):
    problem, way = random_problem(draw), way or way_of(draw)
    scratch = way == "carried" and draw.random() < 0.4
    habits = Habits(way, draw.randint(*decimals), cut, scratch, seed=draw.random())
    return sheet_of(draw, (), habits, some_of(draw, problem), problem)


def cut_off(draw):
    return right_work(draw, draw.choice(("full", "carried")), cut=True)


def a_mistake(draw, **scope):
    form = draw.choice(peoples_mistakes.forms(draw.choice(peoples_mistakes.NAMES)))
    return form._replace(**scope)


def with_a_mistake(draw, decimals=4, **habits):
    habits = Habits(**{"way": way_of(draw), "decimals": decimals, "seed": draw.random(), **habits})
    return sheet_of(draw, [a_mistake(draw)], habits)


def hidden_deltas(draw):
    """Two or more hidden deltas, whose mistake doesn't look like a sign or a factor of the loss."""
    problem = random_problem(draw)
    handed_in = {a for a, place in problem.places().items() if place[0] == "delta" and place[2] < problem.last}
    sheet = sheet_of(draw, [a_mistake(draw)], Habits(), handed_in, problem)
    return None if sheet is None or is_multiple(sheet) else sheet


def is_multiple(sheet):
    """Whether all that is not right is one and the same multiple of what is, as by another convention."""
    right, size = sheet.person.right_sheet(), sheet.person.problem.sizes[-1]
    off = [(text, float(right[address])) for address, text in sheet.answers.items() if text != right[address]]
    return any(
        all(abs(float(text) - factor * value) <= (1 + abs(factor)) * unit_of(text) for text, value in off)
        for factor in (-1, 2, 0.5, -2, -0.5, size, 1 / size, 2 / size)
    )


def in_one_layer(draw):
    problem = random_problem(draw)
    return _narrowed(draw, problem, {"layer": draw.randint(1, problem.last)}, {"layer": None})


def in_one_unit(draw):
    problem = random_problem(draw)
    layer = draw.randint(1, problem.last)
    return _narrowed(draw, problem, {"layer": layer, "unit": draw.randrange(problem.sizes[layer])}, {"unit": None})


def _narrowed(draw, problem, scope, wider):
    """A sheet with a mistake in this scope, which differs from that in the wider one."""
    sheet = sheet_of(draw, [a_mistake(draw, **scope)], problem=problem)
    if sheet is None:
        return None
    person = sheet.person
    wide = Person(problem, [person.mistakes[0]._replace(**wider)], person.habits)
    try:
        answers = wide.sheet()
    except (ArithmeticError, ValueError):
        return sheet
    return sheet if any(differs(text, answers[address]) for address, text in sheet.answers.items()) else None


def with_coarse_numbers(draw):
    sheet = with_a_mistake(draw)
    if sheet is None:
        return None
    person = sheet.person
    long = [address for address, text in sheet.answers.items() if abs(float(text)) > 0.05]
    coarse = {address: draw.randint(1, 2) for address in draw.sample(long, min(len(long), draw.randint(1, 2)))}
    return sheet_of(draw, person.mistakes, person.habits._replace(coarse=coarse), problem=person.problem)


def with_a_slip(draw):
    return miscopied(draw, right_work(draw, decimals=(3, 6)))


def slip_and_mistake(draw):
    return miscopied(draw, with_a_mistake(draw))


def miscopied(draw, sheet):
    """The sheet with one of its numbers copied wrongly; what follows was worked out from the number itself."""
    if sheet is None:
        return None
    address = draw.choice(proving(sheet.person, sheet.answers))
    others = {other: text for other, text in sheet.answers.items() if other != address}
    text = draw.choice((swapped, lost, other_digit, other_sign, point_moved))(draw, sheet.answers[address])
    if text is None or not differs(text, sheet.answers[address]) or len(proving(sheet.person, others)) < 3:
        return None
    if sheet.person.mistakes and not shows(sheet.person, others):
        return None
    return sheet._replace(answers={**sheet.answers, address: text}, slip=address)


def swapped(draw, text):
    pairs = [i for i in range(len(text) - 1) if text[i:i + 2].isdigit() and text[i] != text[i + 1]]
    if not pairs:
        return None
    i = draw.choice(pairs)
    return text[:i] + text[i + 1] + text[i] + text[i + 2:]


def lost(draw, text):
    i = draw.choice([i for i in range(text.index(".") + 1, len(text))])
    return text[:i] + text[i + 1:] if len(text) - text.index(".") > 2 else None


def other_digit(draw, text):
    i = draw.choice([i for i, digit in enumerate(text) if digit.isdigit()])
    return text[:i] + draw.choice([digit for digit in "0123456789" if digit != text[i]]) + text[i + 1:]


def other_sign(draw, text):
    return text[1:] if text.startswith("-") else f"-{text}"


def point_moved(draw, text):
    places = len(text.partition(".")[2])
    return f"{float(text) * 10:.{places - 1}f}" if draw.random() < 0.5 else f"{float(text) / 10:.{places + 1}f}"


def numbers_off(draw):
    """Right work of which some numbers, or all, are 3 to 15 % off, and a few are written with one or two digits."""
    sheet = right_work(draw, decimals=(3, 6))
    if sheet is None:
        return None
    share, answers = draw.choice((1, 0.6, 0.3)), dict(sheet.answers)
    for address, text in sheet.answers.items():
        if draw.random() < share:
            off = float(text) * (1 + draw.choice((-1, 1)) * draw.uniform(0.03, 0.15))
            answers[address] = f"{off:.{len(text.partition('.')[2])}f}"
    coarse = draw.sample(list(answers), min(len(answers) // 3, draw.randint(1, 4)))
    for address in coarse:
        answers[address] = Habits(decimals=3, coarse={address: draw.randint(1, 2)}).text(address, float(answers[address]))
    off = sum(differs(text, sheet.answers[a]) for a, text in answers.items() if a not in coarse)
    return sheet._replace(answers=answers) if off >= 3 else None


def in_32_bits(draw):
    return sheet_of(draw, (), Habits(single=True))


def mistake_in_32_bits(draw):
    sheet = with_a_mistake(draw, way="full")  # what shows in four decimals
    return sheet and sheet_of(draw, sheet.person.mistakes, Habits(single=True), problem=sheet.person.problem)


def pair_of_mistakes(draw):
    one, other = a_mistake(draw), a_mistake(draw)
    return None if one.wrong.keys() & other.wrong.keys() or one.name == other.name else sheet_of(draw, [one, other])


def thin_evidence(draw):
    """Two or three numbers, which don't look like a sign or a factor of the loss."""
    problem, mistake = random_problem(draw), a_mistake(draw)
    handed_in = set(draw.sample(list(problem.places()), draw.randint(2, 3)))
    sheet = sheet_of(draw, [mistake], None, handed_in, problem, least=1)
    return None if sheet is None or is_multiple(sheet) else sheet


# What is asked of the verdicts


def called_right(sheet, verdict):
    return verdict.status == "right"


def called_a_mistake(sheet, verdict):
    return verdict.status == "mistake"


def right_or_convention(sheet, verdict):
    return verdict.status in ("right", "convention")


def is_true_name(sheet, number, name):
    """Whether this is the name of the person's mistake, or of one that makes the same digits."""
    mistakes = sheet.person.mistakes
    names = [name if n == number else mistake.name for n, mistake in enumerate(mistakes)]
    return name == mistakes[number].name or peoples_mistakes.gives_the_same(_copied(sheet), sheet.person, names)


def _copied(sheet):
    """The answers without the slip."""
    return {address: text for address, text in sheet.answers.items() if address != sheet.slip}


def named(sheet, verdict):
    """Whether the one mistake is named firmly."""
    if verdict.status == "convention" and sheet.person.mistakes[0].name in CONVENTIONS:
        return True
    if verdict.status != "mistake" or len(verdict.names) != 1:
        return False
    return any(is_true_name(sheet, 0, name) for name in verdict.names[0])


def named_or_asked_about(sheet, verdict):
    if verdict.status != "undecided":
        return named(sheet, verdict)
    return any(is_true_name(sheet, 0, name) for names in [*verdict.names, verdict.asked] for name in names)


def slip_found(sheet, verdict):
    return verdict.status == "slip" and verdict.slips == [sheet.slip]


def both_found(sheet, verdict):
    return named(sheet, verdict) and verdict.slips == [sheet.slip]


def slip_told_of(sheet, verdict):
    """Whether the report speaks of the number that was copied wrongly."""
    return sheet.slip in verdict.text


def pair_found(sheet, verdict):
    """Whether the mistakes are named firmly: these two, or others that make the same digits together."""
    if verdict.status != "mistake":
        return False
    if len(verdict.names) == 2:
        for names in permutations(verdict.names):
            if all(mistake.name in alternatives for mistake, alternatives in zip(sheet.person.mistakes, names)):
                return True
    return peoples_mistakes.gives_the_same(sheet.answers, sheet.person, [names[0] for names in verdict.names])


def wrong_pair(sheet, verdict):
    return verdict.status == "mistake" and len(verdict.names) > 1 and not pair_found(sheet, verdict)


def named_once_asked(sheet, verdict):
    """Whether the mistake is named, if need be after the number asked for is answered truly."""
    if verdict.ask is None or verdict.status == "mistake":
        return named(sheet, verdict)
    more = {verdict.ask: sheet.person.text(verdict.ask)}
    return named(sheet._replace(answers={**sheet.answers, **more}), sheet.judged(**more))


class Row(NamedTuple):
    """A kind of sheet, and what must be reached.

    make:   draws a sheet
    bounds: {what: (a function of sheet and verdict, the least share, or 0 for never)}
    """

    make: Callable[[random.Random], Any]
    bounds: dict

    @property
    def sheets(self):
        return 500 if any(bound == 0 for _, bound in self.bounds.values()) else 200


RIGHT = {"called right": (called_right, 0.99), "called a mistake": (called_a_mistake, 0)}
ROWS = {
    "right-full": Row(partial(right_work, way="full"), RIGHT),
    "right-carried": Row(partial(right_work, way="carried"), RIGHT),
    "right-mixed": Row(partial(right_work, way="mixed"), RIGHT),
    "right-cut": Row(cut_off, RIGHT),
    "mistake-4": Row(with_a_mistake, {"named": (named, 0.99)}),
    "mistake-3": Row(partial(with_a_mistake, decimals=3), {"named": (named, 0.98)}),
    "hidden-deltas": Row(hidden_deltas, {"named or asked about": (named_or_asked_about, 0.95)}),
    "one-layer": Row(in_one_layer, {"named": (named, 0.95)}),
    "one-unit": Row(in_one_unit, {"named or asked about": (named_or_asked_about, 0.95)}),
    "coarse": Row(with_coarse_numbers, {"named": (named, 0.95), "called right": (right_or_convention, 0)}),
    "slip": Row(with_a_slip, {"that slip found": (slip_found, 0.95)}),
    "slip-and-mistake": Row(slip_and_mistake, {"both found": (both_found, 0.8), "the slip told of": (slip_told_of, 0.8)}),
    "off": Row(numbers_off, {"called right": (right_or_convention, 0), "called a mistake": (called_a_mistake, 0)}),
    "single-right": Row(in_32_bits, {"called right": (called_right, 0.99)}),
    "single-mistake": Row(mistake_in_32_bits, {"named": (named, 0.95)}),
    "pairs": Row(pair_of_mistakes, {"both found": (pair_found, 0.75), "a wrong pair named": (wrong_pair, 0)}),
    "thin": Row(thin_evidence, {"named once asked": (named_once_asked, 0.8)}),
}


def drawn(name, seed):
    """The sheet of a row by its seed."""
    draw = random.Random(f"{name} {seed}")
    while True:
        sheet = ROWS[name].make(draw)
        if sheet is not None:
            return sheet


def measured(name, seed):
    """({what: whether it is so}, the verdict, seconds) of one sheet; where there is no verdict all bounds are missed."""
    sheet, bounds = drawn(name, seed), ROWS[name].bounds
    start = time.perf_counter()
    try:
        verdict = sheet.judged()
        used = time.perf_counter() - start
        return {what: check(sheet, verdict) for what, (check, _) in bounds.items()}, verdict, used
    except Exception as error:  # to be seen in the table, which goes on
        failed = Verdict(f"failed: {error!r}")
        return {what: bound == 0 for what, (_, bound) in bounds.items()}, failed, time.perf_counter() - start


def is_within(count, total, bound):
    return count == 0 if bound == 0 else count >= bound * total


def lines(name, results):
    """The lines of the table for a row, from what was measured."""
    seconds = [used for _, _, used in results]
    for what, (_, bound) in ROWS[name].bounds.items():
        count, total = sum(found[what] for found, _, _ in results), len(results)
        yield {
            "sheets": name, "": what, "reached": f"{count} of {total} ({count / total:.1%})",
            "bound": "never" if bound == 0 else f"{bound:.0%}", "holds": "yes" if is_within(count, total, bound) else "NO",
            "seconds": f"{sum(seconds):.1f}", "longest": f"{max(seconds):.2f}",
        }


def main():
    parser = argparse.ArgumentParser(description="How well people's numbers are judged.")
    parser.add_argument("--sheets", type=int, help="so many a row; 200, or 500 where the bound is never")
    parser.add_argument("--rows", type=lambda text: text.split(","), default=list(ROWS), help="names, by commas")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--missed", action="store_true", help="the seeds of a row that miss their bound, and the verdicts")
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"no row is called {unknown[0]}; there are {', '.join(ROWS)}")
    table = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for name in options.rows:
            seeds = range(options.sheets or ROWS[name].sheets)
            results = list(pool.map(partial(measured, name), seeds, chunksize=5))
            table += lines(name, results)
            if options.missed:
                print_missed(name, results)
    print(tabulate(table, headers="keys", disable_numparse=True))


def print_missed(name, results):
    for seed, (found, verdict, _) in enumerate(results):
        missed = [what for what, (_, bound) in ROWS[name].bounds.items() if found[what] == (bound == 0)]
        if missed:
            made = [(one.name, one.form, one.layer, one.unit) for one in drawn(name, seed).person.mistakes]
            print(f"{name} {seed}: {', '.join(missed)}: {made}: {verdict._replace(text='')}")


if __name__ == "__main__":
    main()
