"""Diagnose: the cheapest story that makes a person's numbers."""

from __future__ import annotations

import time

from neurosim.diagnosis.answers import Answers, read_answers
from neurosim.diagnosis.diagnosis import hypotheses, mutated
from neurosim.diagnosis.mistakes.entry import MISTAKES
from neurosim.diagnosis.parts import Parts
from neurosim.diagnosis.stories import FITS, PLAIN, ROUNDING, Judge, roundings
from neurosim.diagnosis.verdict import concluded
from neurosim.support.errors import InputError, UnknownNameError

BUDGET = 10.0  # seconds, after which the search ends with what it has
FIRM = 3.5  # what a mistake must save for it to be named
SAVES = 1.5  # what a second mistake must save by itself
BEST = 3  # readings and conventions that mistakes are tried with
TOPS = 12  # stories that roundings are tried with
FIRSTS = 6  # of them, those that a second mistake is tried with


def diagnose(network, inputs, targets, answers, optimizer=None, batch_size=1, reduction="mean", epochs=1):
    """Diagnose a person's numbers, as `Network.diagnose` says."""
    return diagnose_trace(network.trace(inputs, targets, optimizer, batch_size, reduction, epochs), answers)


def diagnose_trace(trace, answers, budget=BUDGET):
    """The same for a trace; `answers` may also be the `Answers` that were read already."""
    if not any(step.phase == "backward" for step in trace):
        raise InputError("a diagnosis needs targets: the mistakes are those of a whole backward pass")
    if not all(isinstance(step.value, (int, float)) for step in trace):
        trace = trace.replay(number=float)  # as a person's numbers are, which can't be mixed with Decimals
    given = answers if isinstance(answers, Answers) else read_answers(trace, answers)
    search = Search(Judge(trace, given.by_address), time.monotonic() + budget)
    return concluded(trace, given, search)


def mutate(trace, name, form=None):
    """A trace with a mistake in it, as `Trace.mutate` says."""
    if not isinstance(name, str) or name not in MISTAKES:
        raise UnknownNameError("mistake", name, MISTAKES)
    found = hypotheses([MISTAKES[name]], trace)
    if not found:
        raise InputError(f"the mistake {name!r} cannot be made in this computation")
    chosen = [hypothesis for hypothesis in found if form is None or hypothesis.form == form]
    if not chosen:
        raise UnknownNameError(f"form of {name}", form, [hypothesis.form for hypothesis in found])
    return mutated(trace, chosen[:1])


class Search:
    """Goes from plain stories to longer ones, and on only where something is left wrong.

    judge:   the `Judge`
    stories: all that may be the verdict, the cheapest first
    plain:   those of them without a mistake, likewise
    skipped: what was not searched for want of time, in words, or ""
    """

    def __init__(self, judge, deadline):
        self.judge, self.deadline, self.skipped = judge, deadline, ""
        self.parts = Parts(judge)
        self.plain = self._without_mistakes()
        self.stories = list(self.plain)
        if not self.plain[0].is_sharp:
            self._with_roundings()
            if self.plain[0].wrong or not self.plain[0].is_sharp:
                self._with_mistakes()
        self.stories.sort(key=_cost)

    def _is_late(self, what):
        if time.monotonic() < self.deadline:
            return False
        self.skipped = self.skipped or what
        return True

    def _keep(self, stories):
        self.stories += stories
        self.stories.sort(key=_cost)

    # Without mistakes

    def _without_mistakes(self):
        sets = [(), *[(part,) for part in self.parts.conventions()]]
        told = (self.judge.tell(parts, reading) for reading in self.parts.readings() for parts in sets)
        return sorted(filter(None, told), key=_cost)

    def _with_roundings(self):
        found = []
        for story in self.plain[:BEST]:
            found += self._rounded(story)
            cut = story.reading._replace(cut=True, cost=story.reading.cost + ROUNDING)
            found.append(self.judge.tell(story.parts, cut, most=self.plain[0].cost + 1))
        self.plain = sorted([*self.plain, *filter(None, found)], key=_cost)
        self._keep(filter(None, found))

    def _rounded(self, story):
        told = [
            self.judge.tell(story.parts, story.reading, rounding, most=story.cost) for rounding in roundings(self.judge)
        ]
        return list(filter(None, told))

    # With mistakes

    def _with_mistakes(self):
        self.mistakes = self.parts.mistakes()
        roots = self._roots()
        tops = self._everywhere(roots)
        tops += self._scoped(roots, tops)
        tops.sort(key=_cost)
        for story in tops[:TOPS]:
            if story.wrong and not self._is_late("roundings together with mistakes"):
                self._keep(self._rounded(story))
        self._second_mistakes(tops)
        if len(self.stories[0].wrong) > 1:
            self._entangled(roots[0])

    def _roots(self):
        """The plain story as it is read, and the best others, each without roundings."""
        first = next(story for story in self.plain if not story.parts and story.reading == PLAIN and not story.rounding)
        roots = [first]
        for story in self.plain:
            if all((story.parts, story.reading) != (root.parts, root.reading) for root in roots):
                roots.append(story)
        return roots[:BEST]

    def _tell(self, story, part, most):
        """The story with one more part, if that reaches something that it leaves wrong."""
        if not self.judge.cells.reached(part.cells) & self._bits(story.wrong):
            return None
        return self.judge.tell((*story.parts, part), story.reading, story.rounding, most)

    def _bits(self, addresses):
        return sum(1 << self.judge.order.index(address) for address in addresses)

    def _everywhere(self, roots):
        self.wide = {}
        for number, root in enumerate(roots):
            for place, part in enumerate(self.mistakes):
                if self._is_late("mistakes everywhere"):
                    break
                # what it mends is asked for later, so it is told although it may cost more than the root
                story = self._tell(root, part, root.cost + 20)
                if story:
                    self.wide[number, place] = story
        found = [story for (number, _), story in self.wide.items() if story.cost < roots[number].cost + 1]
        self._keep(found)
        return sorted(self.wide.values(), key=_cost)

    def _scoped(self, roots, tops):
        """Mistakes in a layer, a unit, an example, or one term: where the wide form mends something, or where it is wrong."""
        if tops and tops[0].is_sharp and tops[0].cost <= roots[0].cost - FIRM:
            return []
        found = []
        for number, root in enumerate(roots):
            wrong = set(root.wrong)
            for place, part in enumerate(self.mistakes):
                if self._is_late("mistakes in a layer, a unit or an example"):
                    return found
                wide = self.wide.get((number, place))
                helps = wide is not None and bool(wrong - set(wide.wrong))
                for scoped in self.parts.scoped(part):
                    if helps or scoped.scope.startswith("layer") or self._is_near(scoped, root):
                        found.append(self._tell(root, scoped, root.cost + 1))
            if number == 0:
                for term in self.parts.terms():
                    if self._is_late("single terms of sums"):
                        return list(filter(None, found))
                    found.append(self._tell(root, term, root.cost + 1))
        found = sorted(filter(None, found), key=_cost)
        self._keep(found)
        return found

    def _is_near(self, part, root):
        """Whether a scoped mistake changes the first number that is wrong, or its unit."""
        first = root.wrong[0]
        return first in part.swaps or part.scope == f"unit {first.partition('[')[2].partition(']')[0].rpartition('->')[2]}"

    def _second_mistakes(self, tops):
        """A second mistake must save enough by itself, on numbers that the first leaves wrong."""
        cheapest = self.plain[0].cost
        for first in [story for story in tops[:FIRSTS] if story.mistakes and story.wrong]:
            if first.cost > cheapest - SAVES:
                continue
            for part in self.mistakes:
                if self._is_late("second mistakes"):
                    return
                if part.kind.name in [own.kind.name for own in first.mistakes]:
                    continue
                wide = self._tell(first, part, first.cost + 20)
                found = [wide] if wide and wide.cost < first.cost - SAVES else []
                if wide and set(first.wrong) - set(wide.wrong):
                    for scoped in self.parts.scoped(part):
                        story = self._tell(first, scoped, first.cost - SAVES)
                        found += [story] if story else []
                self._keep(found)

    def _entangled(self, root):
        """Two mistakes that meet in the making of the first wrong number, of which neither alone gives it."""
        first = root.wrong[0]
        bit = self._bits([first])
        found = [part for part in self.mistakes if self.judge.cells.reached(part.cells) & bit]
        for number, one in enumerate(found):
            for other in found[number + 1 :]:
                if self._is_late("pairs of mistakes that meet in one number"):
                    return
                if one.kind.name != other.kind.name:
                    story = self.judge.tell((*root.parts, one, other), root.reading, most=self.stories[0].cost)
                    if story and story.how[first].verdict in FITS:
                        self._keep([story])


def _cost(story):
    return story.cost
