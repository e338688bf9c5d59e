"""What a story can be made of: the readings of a sheet, and mistakes and conventions with a scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache, cached_property
from itertools import product

from neurosim.core.address import split_address
from neurosim.diagnosis.conventions import CONVENTIONS, LOSSES
from neurosim.diagnosis.copying import miscopied, nearest_givens
from neurosim.diagnosis.matching import unit
from neurosim.diagnosis.mistakes.entry import MISTAKES, Mistake, reworked, wrong_rule
from neurosim.diagnosis.positions import Positions
from neurosim.diagnosis.stories import (
    CONVENTION, COPIED, EVERYWHERE, EXAMPLE, FITTED, LAYER, OTHER_FUNCTION, PLAIN, READING, SHARE, TERM, UNIT, Part, Reading,
)
from neurosim.trace.rules import Rule

OTHER_FUNCTIONS = ("other-activation", "other-slope", "other-leak")
SIGNED = ("dE/da", "delta", "gradient")
OTHER_TERMS = {"of the other sign": "right - 2*p*q", "twice": "right + p*q"}
ANOTHER = 0.1  # a learning rate that differs by no more from the right one is none that somebody takes
CLOSE = 0.02  # numbers that differ by no more of their size may stand for the same


class Parts:
    """Makes the parts of stories for one sheet.

    judge: the `Judge`
    whole: the trace in which nothing is taken as given, in which mistakes are looked for
    taken: the addresses of what is taken as given, where none can be made
    """

    def __init__(self, judge, whole, taken):
        self.judge, self.trace, self.whole, self.taken = judge, judge.trace, whole, taken
        self.kinds = [*CONVENTIONS.values(), *MISTAKES.values()]

    @cached_property
    def positions(self):
        """The `Positions` of the whole trace."""
        return Positions(self.whole)

    def _eta(self):
        return self.trace["eta"].value if "eta" in self.trace else None

    def part(self, kind, form, swaps, cost, scope=""):
        """The `Part` of some swaps, where nothing is taken as given."""
        swaps = {address: swap for address, swap in swaps.items() if address not in self.taken}
        return Part(kind, form, scope, cost, swaps, self.judge.cells.swaps(swaps))

    # Readings

    def readings(self, off, unseen=False):
        """Every `Reading` that numbers of the sheet show which are `off` in the plain one; that one first.

        unseen: the other sign also where no number follows it exactly, as where all were rounded on the way
        """
        present = dict.fromkeys(filter(None, map(self.judge.quantity_class, self.judge.order)))
        by_class = {name: [address for address in off if self.judge.quantity_class(address) == name] for name in present}
        choices = [[(name, *choice) for choice in self._factors(name, by_class, unseen)] for name in present]
        for chosen in product(*choices):
            other = [(name, factor, note) for name, factor, note in chosen if factor != 1]
            if not other:
                yield PLAIN
                continue
            notes = tuple(dict.fromkeys(note for _, _, note in other))
            yield Reading(READING * len(notes), notes, tuple((name, factor) for name, factor, _ in other))

    def with_copies(self, readings):
        """The readings, each also with the givens carried on that were copied wrongly."""
        for reading in readings:
            yield reading
            if self.judge.miscopied:
                yield reading._replace(copied=self.judge.miscopied)

    def _factors(self, name, off, unseen):
        """(factor, note) of each way to read a class of quantities.

        Where a number has the other sign, those that are made from it may have it too.
        """
        eta = self._eta()
        outputs = len(self.positions.layers[-1])
        ways = [(1, "")]
        signs = [(-1, "opposite-sign")]
        if name in SIGNED and (unseen or any(self._seen(off.get(one, ()), signs) for one in SIGNED)):
            ways += signs
        if name == "gradient" and eta and eta != 1:
            ways += self._seen(off[name], [(-eta, "weight-changes"), (eta, "times-eta")])
        if name == "velocity" and eta:
            ways += self._seen(off[name], [(-1 / eta, "rate-outside-velocity"), (-1, "opposite-sign")])
        if name == "new bias" and len(off[name]) > 1:  # of which one may be a slip
            ways += self._seen(off[name], [(-1, "thresholds")])
        if name == "E":
            ways += self._seen(off[name], [(factor, "loss-only-factor") for factor in {2, 0.5, 1 / outputs} - {1}])
        return ways

    def _seen(self, off, ways):
        """Those of the ways that some of the numbers that are off follow, nearly at least: they may have been rounded."""
        run, found = self.judge.run(PLAIN), []
        for factor, note in ways:
            follow = sum(self._follows(address, factor, run) for address in off)
            if follow and follow >= SHARE * len(off):
                found.append((factor, note))
        return found

    def _follows(self, address, factor, run):
        values = (self.trace[address].value, run.expected[self.judge.cells.index[address]])
        _, number, half = self.judge.answers[address]
        return any(value and abs(number - factor * value) <= half + CLOSE * abs(factor * value) for value in values)

    # Conventions and mistakes

    def look_only_near(self, off, leads):
        """Leave out the mistakes and conventions that give nothing in those passes where numbers are off.

        leads: the indices of the cells that lead to them
        """
        steps = list(self.trace)
        passes = {split_address(steps[index].address)[2] for index in leads}
        near = Positions(self.whole, [step for step in steps if split_address(step.address)[2] in passes])
        self.kinds = [
            kind for kind in self.kinds
            if any(self.judge.gives([self.part(kind, form, swaps, 0.0)], PLAIN, off) for form, swaps in kind.forms(near))
        ]

    def conventions(self):
        """A `Part` for each convention of which the sheet can show something."""
        shows_loss = any(split_address(address)[0] in LOSSES for address in self.judge.order)
        found = []
        for kind in self.kinds:
            if kind.stage != "convention" or kind.name in ("opposite-sign", "loss-only-factor"):
                continue  # of which the latter are readings
            for form, swaps in kind.forms(self.positions):
                shown = any(address in swaps for address in self.judge.order) and kind.name == "loss-factor"
                if shows_loss or shown or kind.name not in ("loss-factor", "cross-entropy", "reduction"):
                    found.append(self.part(kind, form, swaps, CONVENTION))
        return [part for part in found if part.swaps]

    def mistakes(self):
        """A `Part` for each form of each mistake, made everywhere; first those of the table, then the fitted ones."""
        for kind in self.kinds:
            if kind.stage != "convention":
                cost = EVERYWHERE + OTHER_FUNCTION * (kind.name in OTHER_FUNCTIONS)
                for form, swaps in kind.forms(self.positions):
                    yield self.part(kind, form, swaps, cost)
        yield from self._fitted_rates()
        yield from self._fitted_factors()

    def terms(self, leads):
        """A `Part` for each term of a sum, at these indices, that may lack, have the other sign or stand twice."""
        steps, wrong = list(self.trace), cache(lambda name, form: wrong_rule(self.trace.rules[name], OTHER_TERMS[form]))
        for step in [steps[index] for index in sorted(leads)]:
            pairs = len(step.operands) // 2
            if pairs < 2 or step.rule not in ("weighted_sum", "weighted_sum_without_bias", "arriving_error"):
                continue
            for number in range(pairs):
                before, (p, q), behind = (
                    step.operands[: 2 * number], step.operands[2 * number : 2 * number + 2], step.operands[2 * number + 2 :]
                )
                known = {**self.trace.rules[step.rule].bind(step.operands), "p": p, "q": q}
                ways = {form: (wrong(step.rule, form), wrong(step.rule, form).row(known)) for form in OTHER_TERMS}
                for form, swap in {"left out": (step.rule, before + behind), **ways}.items():
                    yield self.part(ONE_TERM, f"{p}*{q} {form}", {step.address: swap}, TERM, step.address)

    def copied(self, first):
        """A `Part` for each way in which a given near this number may have been copied wrongly."""
        seen = []
        for address in nearest_givens(self.positions, first, self.judge.answers):
            for form, numbers in miscopied(self.positions, address):
                if numbers in seen:  # two that are exchanged come twice
                    continue
                seen.append(numbers)
                swaps = {place: (Rule("copied", evaluate=lambda value=value: value), ()) for place, value in numbers.items()}
                if self.taken.keys().isdisjoint(numbers):
                    yield self.part(COPIED_GIVEN, form, swaps, COPIED)

    def _fitted_rates(self):
        """A learning rate other than eta, as most of the new weights say it: a gradient before one may be a slip."""
        eta, found, run = self._eta(), Counter(), self.judge.run(PLAIN)
        for spot in self.positions.updates() if eta else []:
            answer = self.judge.answers.get(spot.step.address)
            if answer is None or len(spot.step.operands) != 3 or "eta" not in spot.step.operands:
                continue
            old, _, gradient = [run.used[self.judge.cells.index[operand]] for operand in spot.step.operands]
            if gradient and answer.half_unit <= CLOSE * abs(answer.value - old):
                found[float(f"{(old - answer.value) / gradient:.2g}")] += 1
        for fitted, _ in found.most_common(1):
            if fitted <= 0 or min(abs(fitted / usual - 1) for usual in (eta, eta**2, 1)) <= ANOTHER:
                return []
            swaps = reworked(self.positions, self.positions.readers("eta"), {"eta": f"{fitted:.12g}"})
            return [self.part(OTHER_RATE, f"{fitted:g} for {eta:g}{self._as_with(fitted / eta)}", swaps, FITTED)]
        return []

    def _as_with(self, factor):
        """What else gives so many times the rate: the other reduction of a batch, in words, or ""."""
        count, other = self.positions.passes, {"mean": "sum", "sum": "mean"}[self.trace.settings.reduction]
        same = count if other == "sum" else 1 / count
        return f", or the {other} of the gradients" if count > 1 and abs(factor / same - 1) <= ANOTHER else ""

    def _fitted_factors(self):
        """One factor on all numbers of a class, as two of them say it."""
        classes = {
            "the deltas of the outputs": self.positions.spots("delta", self.positions.output),
            "the hidden deltas": self.positions.spots("delta", self.positions.hidden),
            "the gradients": self.positions.gradients(), "dE/da": self.positions.spots("dE/da", self.positions.output),
        }
        found, run = [], self.judge.run(PLAIN)
        for name, spots in classes.items():
            ratios = []
            for spot in spots:
                answer = self.judge.answers.get(spot.step.address)
                expected = run.expected[self.judge.cells.index[spot.step.address]]
                if answer and expected and unit(answer) < CLOSE * abs(answer.value):
                    ratios.append((answer.value / expected, unit(answer) / abs(expected)))
            for ratio, slack in ratios[:1]:
                same = [other for other, its in ratios if abs(other - ratio) <= slack + its]
                factor = _simple(ratio, slack)
                if len(same) > 1 and abs(factor) != 1:
                    wrong = f"{factor:.12g}*right" if factor > 0 else f"0 - {-factor:.12g}*right"
                    swaps = reworked(self.positions, spots, wrong)
                    found.append(self.part(COMMON_FACTOR, f"{_fraction(factor)} on {name}", swaps, FITTED))
        return found

    # Scopes

    def scoped(self, wide):
        """The same mistake in one layer, in one unit, in one example: a `Part` for each that is less than the whole."""
        groups = defaultdict(dict)
        for address, swap in wide.swaps.items():
            _, place, number = split_address(address)
            target = place.rpartition("->")[2]
            if target in self.positions.layer_numbers:
                groups[LAYER, f"layer {self.positions.layer_numbers[target]}"][address] = swap
                groups[UNIT, f"unit {target}"][address] = swap
            if number:
                groups[EXAMPLE, f"pass {number}"][address] = swap
        seen = {frozenset(wide.swaps)}
        for (cost, scope), swaps in groups.items():
            if frozenset(swaps) not in seen:
                seen.add(frozenset(swaps))
                cells = {self.judge.cells.index[address]: wide.cells[self.judge.cells.index[address]] for address in swaps}
                yield wide._replace(scope=scope, cost=wide.cost - EVERYWHERE + cost, swaps=swaps, cells=cells)


def _simple(ratio, slack):
    """The simplest number within the slack: a whole one, one over it, or one of few digits."""
    for number in range(1, 21):
        for simple in (number, -number, 1 / number, -1 / number):
            if abs(simple - ratio) <= slack * (1 + 1e-6) + 1e-12:
                return simple
    return float(f"{ratio:.3g}")


def _fraction(factor):
    over = 1 / factor
    return f"1/{over:.0f}" if abs(factor) < 1 and abs(over - round(over)) < 1e-9 else f"{factor:g}"


def _fitted(name, stage, equals, mend):
    return Mistake(name, stage, equals, mend, lambda positions: [])


ONE_TERM = _fitted("one-term", "forward", "one term of a sum", "work the sum out again, term by term")
COPIED_GIVEN = _fitted("copied-given", "forward", "a given copied wrongly", "take the number that is given")
OTHER_RATE = _fitted("other-rate", "update", "another learning rate", "multiply the gradient by the eta that is given")
COMMON_FACTOR = _fitted("common-factor", "gradient", "a common factor", "leave the factor out")
FITTED_KINDS = (OTHER_RATE, COMMON_FACTOR, COPIED_GIVEN)
