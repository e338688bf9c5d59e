"""Diagnose: the first number that is wrong, and the mistake whose numbers a person's numbers equal."""

from __future__ import annotations

from itertools import combinations
from math import log10

from neurosim.diagnosis.answers import Answers, read_answers, trace_with_givens
from neurosim.diagnosis.conventions import CONVENTIONS, LOSSES
from neurosim.diagnosis.diagnosis import Diagnosis, combined, hypotheses, mutated
from neurosim.diagnosis.judging import FullRun, Judge, tolerance
from neurosim.diagnosis.mistakes.entry import MISTAKES
from neurosim.support.errors import InputError, UnknownNameError

BEAM = 12  # first mistakes of a pair that are tried with every second one
EVIDENCE = {1: 2.5, 2: 4.0, 3: 5.5}  # powers of ten against chance, by the number of mistakes


def diagnose(network, inputs, targets, answers, optimizer=None, batch_size=1, reduction="mean", epochs=1, given=None):
    """Diagnose a person's numbers, as `Network.diagnose` says."""
    return diagnose_trace(network.trace(inputs, targets, optimizer, batch_size, reduction, epochs), answers, given)


def diagnose_trace(trace, answers, given=None):
    """The same for a trace; `answers` may also be the `Answers` that were read already."""
    if not any(step.phase == "backward" for step in trace):
        raise InputError("a diagnosis needs targets: the mistakes are those of a whole backward pass")
    if not all(isinstance(step.value, (int, float)) for step in trace):
        trace = trace.replay(number=float)  # as a person's numbers are, which can't be mixed with Decimals
    answers = answers if isinstance(answers, Answers) else read_answers(trace, answers, given)
    return _Search(trace_with_givens(trace, answers), answers, trace).diagnosis()


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


class _Search:
    """Goes through conventions and mistakes, the fewest first, for what makes all answers right."""

    def __init__(self, trace, given, whole):
        self.trace, self.given, self.answers = trace, given, given.by_address
        self.conventions = [h for h in self._hypotheses(CONVENTIONS, whole) if self._has_evidence(h)]
        self.mistakes = list(self._hypotheses(MISTAKES, whole))
        coarsest = max((answer.half_unit for answer in self.answers.values()), default=0.0)
        # the ways in which a person may have worked, the one that can be judged most sharply first
        self.full_run = FullRun(trace, self.answers)
        self.exact = Judge(trace, self.answers)
        self.on_paper = Judge(trace, self.answers, way=coarsest)

    def _hypotheses(self, kinds, whole):
        """Those of the whole computation, without what they change where a number is taken as given."""
        for hypothesis in hypotheses(kinds.values(), whole):
            swaps = {place: swap for place, swap in hypothesis.swaps.items() if place not in self.given.given}
            if swaps:
                yield hypothesis._replace(swaps=swaps)

    def _has_evidence(self, hypothesis):
        """A convention about the loss shows only in a loss or in its derivative."""
        if hypothesis.kind.name == "opposite-sign":
            return True
        losses = [address for address in self.answers if address.partition("[")[0].partition("@")[0] in LOSSES]
        if hypothesis.kind.name == "loss-factor":
            losses += [address for address in self.answers if address in hypothesis.swaps]
        return bool(losses)

    def diagnosis(self):
        for judge in (self.full_run, self.on_paper):
            for conventions in self._convention_sets():
                if self._wrong(judge, conventions) == set():
                    return Diagnosis(self.trace, self.given, self.exact, conventions, status="right")
            if judge is self.full_run:
                found = self._singles(judge, [()])
                if found:
                    return self._explained(judge, found)
        for judge in (self.full_run, self.exact, self.on_paper):
            bases = self._best_conventions(judge)
            found = self._singles(judge, bases) or (self._pairs(judge, bases) if judge is not self.full_run else [])
            if found:
                return self._explained(judge, found)
        return Diagnosis(self.trace, self.given, self.on_paper)

    def _telling(self):
        """The judge whose wrong numbers are shown: the most lenient one that has any."""
        return next((judge for judge in (self.on_paper, self.exact) if judge.wrong), self.full_run)

    def _convention_sets(self):
        yield ()
        yield from combinations(self.conventions, 1)
        for one, other in combinations(self.conventions, 2):
            if other.kind is not one.kind:
                yield (one, other)

    def _best_conventions(self, judge):
        """No convention, and those that leave fewer answers wrong than that."""
        sets = [(self._wrong(judge, conventions), conventions) for conventions in self._convention_sets()]
        counts = [(len(wrong), conventions) for wrong, conventions in sets if wrong is not None]
        plain = counts[0][0]
        better = sorted([pair for pair in counts[1:] if pair[0] < plain], key=lambda pair: pair[0])
        return [(), *[conventions for _, conventions in better[:3]]]

    def _wrong(self, judge, together):
        swaps = combined(together)
        return None if swaps is None else judge.wrong_with(judge.with_swaps(swaps))

    def _singles(self, judge, bases):
        for base in bases:
            found = [(*base, mistake) for mistake in self.mistakes if self._wrong(judge, (*base, mistake)) == set()]
            found = [together for together in found if self._is_evident(judge, base, together)]
            if found:
                return found
        return []

    def _pairs(self, judge, bases):
        for base in bases[:2]:
            left = self._wrong(judge, base)
            firsts = []
            for mistake in self.mistakes:
                wrong = self._wrong(judge, (*base, mistake))
                if wrong is not None and wrong < left:
                    firsts.append((len(wrong), mistake, wrong))
            firsts = sorted(firsts, key=lambda first: first[0])[:BEAM]
            reaches = [(mistake, judge.with_swaps(mistake.swaps).keys()) for mistake in self.mistakes] if firsts else []
            found, tried = [], []
            for _, one, wrong in firsts:
                tried.append(one)
                for other, reached in reaches:
                    if other.kind is one.kind or other in tried or not wrong <= reached:
                        continue  # a second mistake must at least change what the first leaves wrong
                    together = (*base, one, other)
                    if self._wrong(judge, together) == set() and self._is_evident(judge, base, together):
                        found.append(together)
            if found:
                return found
        return []

    def _is_evident(self, judge, base, together):
        """Whether it would be a rare chance that wrong numbers equal those of one of so many mistakes."""
        without = judge.with_swaps(combined(base))
        with_ = judge.with_swaps(combined(together))
        evidence = 0.0
        for address in self._wrong(judge, base):
            answer, before = self.answers[address], without.get(address, judge.expected[address])
            after = with_.get(address, judge.expected[address])
            distance = abs(answer.value - before.value) if before.value is not None else abs(answer.value)
            evidence += max(0.0, log10(max(distance, 1e-300)) - log10(max(tolerance(answer, after), 1e-300)))
        return evidence >= EVIDENCE[min(len(together) - len(base), 3)]

    def _explained(self, judge, found):
        """The diagnosis from sets of hypotheses that each explain all; those that fit an unrounded run come first."""
        sharp = [together for together in found if self._wrong(self.full_run, together) == set()]
        by_names = {}
        for together in sharp or found:  # of the forms of one mistake the first is enough
            by_names.setdefault(tuple(hypothesis.kind.name for hypothesis in together), together)
        found = list(by_names.values())
        conventions = [h for h in found[0] if h.is_convention]
        return Diagnosis(self.trace, self.given, self._telling(), conventions, found, "explained")
