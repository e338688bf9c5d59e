"""What a person's numbers are: right, explained by mistakes, or not explained."""

from __future__ import annotations

from collections import namedtuple

from neurosim.diagnosis.judging import FullRun
from neurosim.support.report import Report

# kind: a `Mistake` of MISTAKES or CONVENTIONS; form: which of its forms; swaps: {address: (rule, operands)}
Hypothesis = namedtuple("Hypothesis", ("kind", "form", "swaps"))


class Diagnosis(Report):
    """What a person's numbers are.

    trace, answers: what was compared, and the `Answers` with it
    status:       "right", "explained" or "unexplained"; true if "right"
    wrong:        the addresses of the answers that do not follow from the person's own numbers before them, in order
    conventions:  a `Hypothesis` for each convention that the numbers follow
    explanations: sets of `Hypothesis`, each of which gives all the numbers: several where the answers can't tell
                  them apart
    """

    def __init__(self, trace, answers, judge, conventions=(), explanations=(), status="unexplained"):
        self.trace, self.answers, self.judge, self.status = trace, answers, judge, status
        self.wrong = [] if status == "right" else [step.address for step in trace if step.address in judge.wrong]
        self.conventions, self.explanations = list(conventions), [tuple(found) for found in explanations]

    def __bool__(self):
        return self.status == "right"

    @property
    def mistakes(self):
        """The names of the mistakes of each explanation."""
        return [
            tuple(hypothesis.kind.name for hypothesis in found if hypothesis.kind.stage != "convention")
            for found in self.explanations
        ]

    def separating(self):
        """(address, its value by each explanation) of the number that tells the explanations apart best.

        None if there is only one explanation, or if no other number differs.
        """
        if len(self.explanations) < 2:
            return None
        right = FullRun(self.trace, {})
        runs = [{**right.expected, **right.with_swaps(combined(found))} for found in self.explanations]
        best, found = 0.0, None
        for step in self.trace:
            if step.address in self.answers.by_address or not step.operands:
                continue
            values = [run[step.address].value for run in runs]
            if None in values:
                continue
            values.sort()
            size = max(map(abs, values)) or 1.0
            closest = min(after - before for before, after in zip(values, values[1:]))
            merit = (closest + (values[-1] - values[0]) / 1000) / size
            if merit > best + 1e-9:
                best, found = merit, step.address
        return None if found is None else (found, [run[found].value for run in runs])

    def text(self, format: str = "simple") -> str:
        """What is wrong first, what explains it, and how to put it right; format "json" gives one object."""
        from neurosim.diagnosis.report import diagnosis_text

        return diagnosis_text(self, format)

    def __repr__(self):
        return f"<Diagnosis: {self.status}, {len(self.answers.by_address)} answers>"


def mutated(trace, hypotheses):
    """The trace as it comes out with these mistakes in it."""
    rules, rewire = {}, {}
    for address, (rule, operands) in combined(hypotheses).items():
        rules[address] = rule if isinstance(rule, str) else rule._replace(name=f"{rule.name} at {address}")
        rewire[address] = list(operands)
    return trace.replay(rules=rules, rewire=rewire)


def combined(hypotheses):
    """The swaps of several hypotheses together, or None if two of them swap the same step."""
    swaps = {}
    for hypothesis in hypotheses:
        if not swaps.keys().isdisjoint(hypothesis.swaps):
            return None
        swaps.update(hypothesis.swaps)
    return swaps
