"""The library: built-in worked examples, what they are about, and whether their printed numbers come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.problems import catalogue
from neurosim.support.errors import InputError, shorten
from neurosim.support.number_text import number_text
from neurosim.support.records import documented
from neurosim.support.report import TableReport
from neurosim.support.tables import MOST_ROWS, json_text, paragraph, table

if TYPE_CHECKING:
    from neurosim.problems.problem_file import Problem
    from neurosim.support.types import Number

HOW = {  # what a verdict says of a printed number
    "right": "as computed", "own": "from the printed numbers before it", "rounded": "rounded on the way",
    "coarse": "as computed, with few digits", "given": "as computed", "slip": "not reproduced", "wrong": "not reproduced",
}
MISPRINT = "misprint"
BUDGET = 60  # seconds that a page may take


@documented
class PrintedNumber(NamedTuple):
    """A number of a page.

    address:  what it is
    printed:  as it stands there
    computed: what it is by the computation as the problem describes it
    how:      how the printed number comes out: one of `HOW`, or why it is a misprint
    """

    address: str
    printed: str
    computed: Number
    how: str


class Page(TableReport):
    """The printed numbers of a worked example; true if each is reproduced, or a misprint that is named."""

    __slots__ = {
        "problem": "the `Problem`",
        "numbers": "a `PrintedNumber` for each, in the order of the computation",
        "conventions": "what the page does otherwise, in words",
    }

    def __init__(self, problem: Problem, numbers: list[PrintedNumber], conventions: list[str]) -> None:
        self.problem, self.numbers, self.conventions = problem, numbers, conventions

    def __bool__(self) -> bool:
        return not any(number.how == HOW["wrong"] for number in self.numbers)

    def text(self, format: str = "simple", width: int | None = None, most: int | None = MOST_ROWS) -> str:
        """The title and the source, a row for each number, and the conventions; "json" gives one object."""
        headers = ("address", "printed", "computed", "how it comes out")
        if format == "json":
            numbers = [dict(zip(headers, one)) for one in self.numbers]
            return json_text({"title": self.problem.title, "source": self.problem.source, "numbers": numbers,
                              "conventions": self.conventions})
        rows = [(one.address, one.printed, number_text(one.computed), one.how) for one in self.numbers]
        parts = [paragraph(f"{self.problem.title}\n{self.problem.source}", format, width)]
        parts.append(table(rows, headers, format, width=width, most=most))
        parts += [paragraph(f"convention: {convention}", format, width) for convention in self.conventions]
        return "\n\n".join([*parts, paragraph(self._count(), format, width)])

    def _count(self):
        counts = {how: sum(one.how == how for one in self.numbers) for how in dict.fromkeys(HOW.values())}
        counts[MISPRINT] = sum(one.how.startswith(MISPRINT) for one in self.numbers)
        return ", ".join(f"{count} {how}" for how, count in counts.items() if count)

    def __repr__(self) -> str:
        return f"<Page of {len(self.numbers)} printed numbers: {self._count()}>"


def page(problem):
    """Judge the printed numbers of a problem. Raises InputError if it has none."""
    from neurosim.diagnosis.search import diagnose  # only now: the list does without it

    if problem.printed is None:
        raise InputError(f"{shorten(problem.title)} has no printed numbers")
    misprints, printed = problem.printed["misprints"], problem.printed["numbers"]
    targets = None if None in problem.targets else problem.targets
    settings = problem.optimizer if targets else None, problem.batch_size, problem.reduction, problem.printed["epochs"]
    good = {address: text for address, text in printed.items() if address not in misprints}
    judged = diagnose(problem.network, problem.inputs, targets, good, *settings, None, BUDGET)
    found = {address: (number.yours.text, HOW[number.verdict]) for address, number in judged.numbers.items()}
    found.update((address, (printed[address], f"{MISPRINT}: {why}")) for address, why in misprints.items())
    numbers = [
        PrintedNumber(step.address, found[step.address][0], step.value, found[step.address][1])
        for step in judged.trace if step.address in found
    ]
    return Page(problem, numbers, judged.conventions)


def topics(problem):
    """What a problem is about, in the words by which it can be looked for."""
    network, optimizer = problem.network, problem.optimizer
    found = [layer.activation.name for layer in network.layers] + [network.loss.name]
    found.append("forward pass" if optimizer is None else "backpropagation" if len(network.layers) > 1 else "delta rule")
    if network.loss.name == "perceptron":
        found[-1] = "perceptron"
    found += [optimizer.name] if optimizer else []
    found += ["batch"] if problem.batch_size != 1 else []
    return list(dict.fromkeys(found))


def found(words):
    """(name, problem) of the built-in problems in which all of these words stand: in name, title, source or topics."""
    for name in catalogue.names():
        problem = catalogue.built_in(name)
        text = " ".join([name, problem.title, problem.source, *topics(problem)]).lower()
        if all(word.lower() in text for word in words):
            yield name, problem
