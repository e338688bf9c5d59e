"""What a person's numbers are: right, explained by mistakes, or not explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, NamedTuple

from neurosim.diagnosis.judging import FullRun, Judge
from neurosim.diagnosis.positions import Positions
from neurosim.support.records import documented
from neurosim.support.report import Report

if TYPE_CHECKING:
    from neurosim.diagnosis.answers import Answers
    from neurosim.diagnosis.mistakes.entry import Mistake, Swaps
    from neurosim.support.types import Number
    from neurosim.trace.step import Trace


@documented
class Hypothesis(NamedTuple):
    """A mistake or a convention in a trace. Two are equal if they swap the same steps for the same reason.

    kind:  a `Mistake` of MISTAKES or CONVENTIONS
    form:  which of its forms, "" where it has only one
    trace: the trace that it is made in
    swaps: {address: (rule, operands)} of the steps that come out otherwise
    """

    kind: Mistake
    form: str
    trace: Trace
    swaps: Swaps

    @property
    def is_convention(self):
        """Whether it is a convention and no mistake."""
        return self.kind.stage == "convention"

    @property
    def equals(self):
        """What the numbers equal, with the form."""
        return f"{self.kind.equals} ({self.form})" if self.form else self.kind.equals

    def __eq__(self, other):
        return isinstance(other, Hypothesis) and self._key() == other._key()

    def __ne__(self, other):
        return not self == other

    def _key(self):
        return self.kind.name, self.form, self.swaps.keys()

    def __reduce__(self):  # the swaps hold functions, and are found again
        return found_again, (self.kind, self.form, self.trace, tuple(self.swaps))


def hypotheses(kinds, trace):
    """A `Hypothesis` for each form of each mistake or convention that a trace may have."""
    positions = Positions(trace)
    return [Hypothesis(kind, form, trace, swaps) for kind in kinds for form, swaps in kind.forms(positions)]


def found_again(kind, form, trace, addresses):
    """The hypothesis of this form, which swaps the steps at these addresses."""
    found = next(hypothesis for hypothesis in hypotheses([kind], trace) if hypothesis.form == form)
    return found._replace(swaps={address: found.swaps[address] for address in addresses})


class Diagnosis(Report):
    """What a person's numbers are; true if they are right."""

    __slots__ = {
        "trace": "the `Trace` that the numbers were compared with",
        "answers": "the numbers: `answers.by_address` holds each as it was typed, `answers.notes` what was recognised",
        "status": '"right", "explained" or "unexplained"',
        "wrong": "the addresses of the answers that don't follow from the person's own numbers before them, in order",
        "conventions": "a `Hypothesis` for each convention that the numbers follow",
        "explanations": "tuples of `Hypothesis` that each give all the numbers: several where nothing tells them apart",
        "_judge": "the `Judge` that found what is wrong",
    }

    def __init__(
        self, trace: Trace, answers: Answers, judge: Judge, conventions: Iterable[Hypothesis] = (),
        explanations: Iterable[Iterable[Hypothesis]] = (), status: str = "unexplained",
    ) -> None:
        self.trace, self.answers, self._judge, self.status = trace, answers, judge, status
        self.wrong = [] if status == "right" else [step.address for step in trace if step.address in judge.wrong]
        self.conventions, self.explanations = list(conventions), [tuple(found) for found in explanations]

    def __bool__(self) -> bool:
        return self.status == "right"

    @property
    def mistakes(self) -> list[tuple[str, ...]]:
        """The names of the mistakes of each explanation."""
        return [tuple(one.kind.name for one in found if not one.is_convention) for found in self.explanations]

    def separating(self) -> tuple[str, list[Number]] | None:
        """(address, its value by each explanation) of the number that tells the explanations apart best.

        None if there is only one explanation, or if no other number differs.
        """
        if len(self.explanations) < 2:
            return None
        right = FullRun(self.trace, {})
        runs = [{**right.expected, **right.with_swaps(combined(found))} for found in self.explanations]
        best, separating = 0.0, None
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
                best, separating = merit, step.address
        return None if separating is None else (separating, [run[separating].value for run in runs])

    def text(self, format: str = "simple", width: int | None = None) -> str:
        """What is wrong first, what explains it, and how to put it right; format "json" gives one object."""
        from neurosim.diagnosis.report import diagnosis_text

        return diagnosis_text(self, format, width)

    def __repr__(self) -> str:
        return f"<Diagnosis: {self.status}, {len(self.answers.by_address)} answers>"


def mutated(trace, hypotheses):
    """The trace as it comes out with these mistakes in it."""
    rules, rewire = {}, {}
    for address, (rule, operands) in combined(hypotheses).items():
        rules[address] = rule if isinstance(rule, str) else rule.renamed(f"{rule.name} at {address}")
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
