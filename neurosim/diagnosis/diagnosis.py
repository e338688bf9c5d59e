"""What a person's numbers are: right, right by a convention, wrong by a mistake or a slip, or not explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Mapping, NamedTuple

from neurosim.diagnosis.cells import joined
from neurosim.diagnosis.positions import Positions
from neurosim.support.records import documented
from neurosim.support.report import TableReport

if TYPE_CHECKING:
    from neurosim.diagnosis.answers import Answer, Answers
    from neurosim.diagnosis.mistakes.entry import Mistake, Swaps
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


@documented
class Number(NamedTuple):
    """What a diagnosis says of one number.

    verdict:  "right"; "own", right from the person's own numbers before it; "rounded", right but for rounding on the way;
              "coarse", too short to prove anything; "given", copied rightly; "slip"; or "wrong"
    yours:    the `Answer`
    expected: what should stand there, from the person's own numbers; None if it can't be worked out
    remark:   of a slip what was done, of a rounded one how
    """

    verdict: str
    yours: Answer
    expected: float | None
    remark: str


@documented
class Found(NamedTuple):
    """A mistake that was made.

    names:    of the mistake, and of others whose numbers are the same, the likeliest first
    scope:    where it was made, such as "layer 1" or "unit h2"; "" for everywhere
    equals:   what the numbers equal
    mend:     how to put it right
    others:   (what the numbers equal, how to put it right) of each of the other names
    explains: the addresses that are wrong because of it
    address:  one step that it changes, worked in full in the lines
    wrong:    (formula, with the person's numbers, value) of that step with the mistake
    right:    the same without
    """

    names: tuple[str, ...]
    scope: str
    equals: str
    mend: str
    others: list[tuple[str, str]]
    explains: list[str]
    address: str
    wrong: tuple[str, str, str]
    right: tuple[str, str, str]


@documented
class Ask(NamedTuple):
    """The number to ask for.

    address: where it stands
    values:  what it would be by each of the stories left
    stories: the names of what they are made of
    """

    address: str
    values: list[float]
    stories: list[str]

    @property
    def command(self) -> str:
        """The command that sends it, with ? in place of your own number."""
        return f"neurosim diagnose SOURCE ANSWERS --answer '{self.address}=?'"


class Diagnosis(TableReport):
    """What a person's numbers are; true if they are right, perhaps by another convention."""

    __slots__ = {
        "trace": "the `Trace` that the numbers were compared with",
        "answers": "the numbers: `answers.by_address` holds each as it was typed, `answers.notes` what was recognised",
        "status": '"right", "convention", "mistake", "slip", "undecided", "coarse" or "unexplained"',
        "numbers": "{address: `Number`}, in the order of the trace",
        "conventions": "what the numbers follow that is no mistake, in words",
        "found": "a `Found` for each mistake that was made",
        "slips": "the addresses at which the pen slipped",
        "ask": "the number to ask for, an `Ask`, or None",
        "rivals": "in words, the stories that make the numbers about as well",
        "skipped": "what was not searched for want of time, or no text",
        "impossible": "{address: why, in words} of wrong numbers that no network could give",
    }

    def __init__(
        self, trace: Trace, answers: Answers, status: str, numbers: dict[str, Number], conventions: Iterable[str] = (),
        found: Iterable[Found] = (), ask: Ask | None = None, rivals: Iterable[str] = (), skipped: str = "",
        impossible: Mapping[str, str] | None = None,
    ) -> None:
        self.trace, self.answers, self.status, self.numbers = trace, answers, status, numbers
        self.conventions, self.found, self.ask = list(conventions), list(found), ask
        self.rivals, self.skipped, self.impossible = list(rivals), skipped, dict(impossible or {})
        self.slips = [address for address, number in numbers.items() if number.verdict == "slip"]

    def __bool__(self) -> bool:
        return self.status in ("right", "convention")

    @property
    def mistakes(self) -> list[tuple[str, ...]]:
        """The names of each mistake that was made: its alternatives, the likeliest first."""
        return [found.names for found in self.found]

    @property
    def wrong(self) -> list[str]:
        """The addresses of the numbers that are slips or wrong, in order."""
        return [address for address, number in self.numbers.items() if number.verdict in ("slip", "wrong")]

    def text(self, format: str = "simple", width: int | None = None) -> str:
        """What is right and how, then each finding by itself, then the number to ask for; format "json" gives one object."""
        from neurosim.diagnosis.report import diagnosis_text

        return diagnosis_text(self, format, width)

    def __repr__(self) -> str:
        return f"<Diagnosis: {self.status}, {len(self.answers.by_address)} answers>"


def mutated(trace, hypotheses):
    """The trace as it comes out with these mistakes in it."""
    rules, rewire = {}, {}
    for address, (rule, operands) in joined(hypothesis.swaps for hypothesis in hypotheses).items():
        rules[address] = rule if isinstance(rule, str) else rule.renamed(f"{rule.name} at {address}")
        rewire[address] = list(operands)
    return trace.replay(rules=rules, rewire=rewire)
