"""Diagnose: the cheapest story that makes a person's numbers."""

from __future__ import annotations

import time
from typing import NamedTuple, Set

from neurosim.diagnosis.answers import Answers, in_floats, read_answers, trace_with_givens
from neurosim.diagnosis.diagnosis import hypotheses, mutated
from neurosim.diagnosis.judge import Judge
from neurosim.diagnosis.judged_trace import Judged, slope_notes
from neurosim.diagnosis.mistakes.entry import MISTAKES
from neurosim.diagnosis.parts import Parts
from neurosim.diagnosis.roundings import roundings
from neurosim.diagnosis.stories import FITS, MANY, PLAIN, ROUNDING, SHARE, Story
from neurosim.diagnosis.verdict import FIRM, GAP, concluded
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError
from neurosim.support.records import documented

BUDGET = 10.0  # seconds, after which the search ends with what it has
SAVES = 1.5  # what a second mistake must save by itself
BEST = 3  # readings and conventions that mistakes are tried with
TOLD = 12  # stories of those with the fewest misses whose cost is worked out
LONG = 20_000  # numbers, beyond which mistakes are first looked for near those that are off
TOPS = 12  # stories with one mistake that roundings are tried with
FIRSTS = 6  # of them, those that a second mistake is tried with
# Errors as t - a with weights still reduced are such a mistake already, so that with the convention they are told twice.
SAME_AS_OPPOSITE_SIGN = ("delta-sign", "added-update")


def diagnose(
    network, inputs, targets, answers, optimizer=None, batch_size=1, reduction="mean", epochs=1, given=None, budget=None,
):
    """Diagnose a person's numbers, as `Network.diagnose` says."""
    judged = Judged(network, inputs, targets, optimizer, batch_size, reduction, epochs)
    return diagnose_trace(judged.trace, judged.answers(answers, given), None, budget)


def diagnose_trace(trace, answers, given=None, budget=None):
    """The same for a trace; `answers` may also be the `Answers` that were read already."""
    trace = in_floats(trace)
    answers = answers if isinstance(answers, Answers) else read_answers(trace, answers, given)
    judge = Judge(trace_with_givens(trace, answers), answers.by_address)
    answers = answers._replace(notes=[*answers.notes, *slope_notes(judge)])
    seconds = BUDGET if budget is None else checks.not_negative(budget, "budget")
    search = Search(judge, Parts(judge, trace, answers.given), time.monotonic() + seconds)
    return concluded(judge.trace, answers, search)


def mutate(trace, name, form=None):
    """A trace with a mistake in it, as `Trace.mutate` says."""
    if not isinstance(name, str) or name not in MISTAKES:
        raise UnknownNameError("mistake", name, MISTAKES)
    found = hypotheses([MISTAKES[name]], trace)
    if not found:
        raise InputError(f"the mistake {name!r} cannot be made in this computation")
    chosen = [hypothesis for hypothesis in found if form is None or hypothesis.form == form]
    if not chosen:
        raise UnknownNameError(f"form of {name}", form, [one.form for one in found if one.form])
    return mutated(trace, chosen[:1])


@documented
class Left(NamedTuple):
    """What a story does not give exactly.

    story: the `Story`
    off:   the addresses
    leads: the indices of the cells that lead to them; if nearly all numbers are there, through none that is
    """

    story: Story
    off: Set[str]
    leads: Set[int]


class Search:
    """Goes from plain stories to longer ones, and on only where something is left wrong.

    judge:   the `Judge`
    parts:   what stories are made of, `Parts`
    stories: all that may be the verdict, the cheapest first
    plain:   those of them without a mistake, likewise
    skipped: what was not searched for want of time, in words, or ""
    """

    def __init__(self, judge, parts, deadline):
        self.judge, self.deadline, self.skipped = judge, deadline, ""
        self._left_by, self._saved = {}, {}  # by the id of a story, which is kept beside so that no other takes its id
        self.parts = parts
        self.plain = self._without_mistakes()
        self.stories = list(self.plain)
        if not self.plain[0].is_sharp:
            self._with_roundings()
            self._with_mistakes()
        self.stories.sort(key=_cost)

    def _is_late(self, what):
        if time.monotonic() < self.deadline:
            return False
        self.skipped = self.skipped or f"{what}, and what comes after that"
        return True

    def _keep(self, stories):
        self.stories += stories
        self.stories.sort(key=_cost)

    # Without mistakes

    def _without_mistakes(self):
        """The plain story, and what is better: other readings and conventions."""
        first = self.judge.tell(())
        if first.is_sharp:
            return [first]
        off = set(first.off)
        if self.judge.is_full and len(self.judge.order) > LONG:
            self.parts.look_only_near(off, self._left(first).leads)
        sets, found = [(), *[(part,) for part in self.parts.conventions()]], []
        for reading in self.parts.with_copies(self.parts.readings(first.off)):
            for parts in sets if reading != PLAIN else sets[1:]:
                if self._is_late("readings and conventions"):
                    break
                misses = self.judge.misses(parts, reading)
                if misses is not None and len(misses) < len(off) and _mends_some(misses, off):
                    found.append((len(misses), parts, reading))
        told = [
            self.judge.tell(parts, reading, most=first.cost) for _, parts, reading in _fewest(found)
            if not self._is_late("readings and conventions")
        ]
        return sorted([first, *filter(None, told)], key=_cost)

    def _with_roundings(self):
        found, first = [], next(story for story in self.plain if not story.parts and story.reading == PLAIN)
        for story in [first, *[story for story in self.plain[:BEST] if story is not first]]:
            if self.judge.may_be_rounded(story):
                found += self._rounded(story)
            if len(self.judge.order) <= LONG or self.judge.may_be_cut(story):
                cut = story.reading._replace(cut=True, cost=story.reading.cost + ROUNDING)
                cut_off = self.judge.tell(story.parts, cut, most=self.plain[0].cost + 1)
                found += [cut_off, *(self._rounded(cut_off) if cut_off and self.judge.may_be_rounded(cut_off) else [])]
        self.plain = sorted([*self.plain, *filter(None, found)], key=_cost)
        self._keep(filter(None, found))

    def _rounded(self, story):
        told = [
            self.judge.tell(story.parts, story.reading, rounding, most=story.cost)
            for rounding in roundings(self.judge, story.reading.cut) if not self._is_late("roundings")
        ]
        return list(filter(None, told))

    # With mistakes

    def _with_mistakes(self):
        roots = self._roots()
        self.mistakes = []
        for part in self.parts.mistakes():
            if self._is_late("mistakes everywhere"):
                break
            self.mistakes += [part] * bool(part.swaps)
        tops = self._everywhere(roots)
        for further in (self._scoped, self._copied):
            if not (tops and tops[0].is_sharp and tops[0].cost <= roots[0].cost - FIRM):
                tops = sorted([*tops, *further(roots)], key=_cost)
        for story in tops[:TOPS]:
            if story.wrong and self.judge.may_be_rounded(story) and not self._is_late("roundings together with mistakes"):
                self._keep(self._rounded(story))
        self._second_mistakes(tops)
        if len(self.stories[0].wrong) > 1:
            self._entangled(roots[0])

    def _roots(self):
        """The plain story as it is read, and the best others."""
        first = next(story for story in self.plain if not story.parts and story.reading == PLAIN and not story.rounding)
        roots = [first]
        for story in self.plain:
            if story.off and all((story.parts, story.reading) != (root.parts, root.reading) for root in roots):
                roots.append(story)
        return roots[:BEST]

    def _tell(self, story, part, most):
        """The story with one more part, if that reaches something that it leaves wrong."""
        if not self._reaches(part, story):
            return None
        return self.judge.tell((*story.parts, part), story.reading, story.rounding, most)

    def _reaches(self, part, story):
        if part.kind.name in SAME_AS_OPPOSITE_SIGN and "opposite-sign" in story.reading.notes:
            return False
        return not self._left(story).leads.isdisjoint(part.cells)

    def _left(self, story):
        """What a story does not give exactly, as a `Left`."""
        if id(story) not in self._left_by:
            off, cells = set(story.off), self.judge.cells
            stops = self.judge.own(story.reading) if self.judge.is_full else ()
            leads = cells.leading_to([cells.index[address] for address in off], stops)
            self._left_by[id(story)] = Left(story, off, leads)
        return self._left_by[id(story)]

    def _misses(self, story, part):
        """How many numbers a part more leaves that are not given exactly; None if it mends none, or too few."""
        if not self._reaches(part, story):
            return None
        off = self._left(story).off
        misses = self.judge.misses((*story.parts, part), story.reading, off)
        return None if misses is None or not _mends_some(misses, off) else len(misses)

    def _told(self, found, saves=-GAP):
        """The stories of (number of misses, story, part) with the fewest misses."""
        told = []
        for _, story, part in _fewest(found):
            if self._is_late("the cost of some stories"):
                break
            longer = self._tell(story, part, story.cost - saves)
            if longer:
                told.append(longer)
                self._saved[id(longer)] = story.cost - longer.cost, longer
        told.sort(key=_cost)
        self._keep(told)
        return told

    def _everywhere(self, roots):
        """Mistakes made everywhere; and for each root, in `self.helping`, the indices of those that mend something."""
        found, self.helping = [], []
        for root in roots:
            helping = set()
            self.helping.append(helping)
            for index, part in enumerate(self.mistakes):
                if self._is_late("mistakes everywhere"):
                    break
                misses = self._misses(root, part)
                if misses is not None:
                    helping.add(index)
                    found.append((misses, root, part))
        return self._told(found)

    def _scoped(self, roots):
        """Mistakes in a layer, a unit, an example, or one term: where the wide form mends something, or near what is off."""
        return self._told([
            (misses, root, part) for root, part in self._small_parts(roots)
            if (misses := self._misses(root, part)) is not None
        ])

    def _small_parts(self, roots):
        for number, root in enumerate(roots):
            first = root.off[0]
            for index, part in enumerate(self.mistakes):
                if self._is_late("mistakes in a layer, a unit or an example"):
                    return
                helps = index in self.helping[number]
                may_help = helps or not self.judge.is_full or self._gives(part, root, first)
                for scoped in self.parts.scoped(part) if may_help else ():
                    if helps or scoped.scope.startswith("layer") or _is_near(scoped, first):
                        yield root, scoped
        for term in self.parts.terms(self._left(roots[0]).leads):
            if self._is_late("single terms of sums"):
                return
            yield roots[0], term

    def _gives(self, part, root, first):
        """Whether a mistake swaps the first number that is off for what it is, nearly."""
        return first in part.swaps and self.judge.gives((*root.parts, part), root.reading, [first])

    def _copied(self, roots):
        """Givens that were copied wrongly, of which the first wrong number is made."""
        found = []
        for root in roots:
            first = (root.wrong or root.off)[0]
            are_many = len(root.off) >= MANY
            for part in self.parts.copied(first):
                if self._is_late("givens copied wrongly"):
                    break
                parts = (*root.parts, part)
                if are_many and not self.judge.gives(parts, root.reading, [first]):
                    continue
                misses = self.judge.misses(parts, root.reading, {first})
                if misses is not None:
                    found.append((len(misses), root, part))
        return self._told(found)

    def _second_mistakes(self, tops):
        """A second mistake must save enough by itself, on numbers that the first leaves wrong.

        It is tried with the cheapest stories of different first mistakes.
        """
        firsts = {}
        for story in tops:
            if story.wrong and self._saved[id(story)][0] > SAVES:
                firsts.setdefault(frozenset(part.kind.name for part in story.mistakes), story)
        for first in list(firsts.values())[:FIRSTS]:
            found = []
            for part in self.mistakes:
                if self._is_late("second mistakes"):
                    return
                if part.kind.name in [own.kind.name for own in first.mistakes] or self._misses(first, part) is None:
                    continue
                for scoped in (part, *self.parts.scoped(part)):
                    misses = self._misses(first, scoped)
                    if misses is not None:
                        found.append((misses, first, scoped))
            self._told(found, SAVES)

    def _entangled(self, root):
        """Two mistakes that meet in the making of the first wrong number, of which neither alone gives it."""
        first = root.wrong[0]
        leads = self.judge.cells.leading_to([self.judge.cells.index[first]])
        found = [part for part in self.mistakes if not leads.isdisjoint(part.cells)]
        for number, one in enumerate(found):
            for other in found[number + 1 :]:
                if self._is_late("pairs of mistakes that meet in one number"):
                    return
                if one.kind.name != other.kind.name:
                    story = self.judge.tell((*root.parts, one, other), root.reading, most=self.stories[0].cost)
                    if story and story.how[first].verdict in FITS:
                        self._keep([story])


def _mends_some(misses, off):
    """Whether something that was off is not missed, and of many more than happens by chance."""
    return len(off) - len(misses.intersection(off)) > SHARE * len(off)


def _is_near(part, first):
    """Whether a scoped mistake changes the first number that is off, or its unit."""
    return first in part.swaps or part.scope == f"unit {first.partition('[')[2].partition(']')[0].rpartition('->')[2]}"


def _cost(story):
    return story.cost


def _fewest(found):
    """Those of (number of misses, ...) with the fewest misses: so many, and all that have as few."""
    counts = sorted(one[0] for one in found)
    return [one for one in found if one[0] <= counts[min(TOLD, len(counts)) - 1]]
