"""Findings: what `health` finds, and what a symptom is that it looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.health.life import renumbered
from neurosim.support.records import documented
from neurosim.support.report import TableReport
from neurosim.support.tables import MOST_ROWS

if TYPE_CHECKING:
    from typing import Callable, Iterable, Sequence

    from neurosim.health.probe import Probe
    from neurosim.support.types import Decimals

    Found = Iterable[tuple[str, float, dict[str, object]]]  # place, number, what the criterion says of it

ALARM, WARNING = "alarm", "warn"


@documented
class Finding(NamedTuple):
    """A symptom that was found.

    severity: "alarm" or "warn"
    place: the unit, connection or layer
    symptom: its name
    criterion: by what it is known
    number: what was compared with the threshold in the criterion
    advice: what usually helps
    examples: the numbers of those that it is about, if it is about some alone
    """

    severity: str
    place: str
    symptom: str
    criterion: str
    number: float
    advice: str
    examples: tuple[int, ...] = ()


@documented
class NotJudged(NamedTuple):
    """A symptom that could not be looked for.

    symptom: its name
    reason: what is missing
    """

    symptom: str
    reason: str


@documented
class Symptom(NamedTuple):
    """A row of the table of symptoms.

    name: what a finding calls it
    severity: "alarm" or "warn"
    criterion: a text with {names} of what `find` gives
    least: so many examples are needed
    needs: "inputs", "targets", "optimizer" or "training"
    find: a function from a `Probe` to triples (place, number, {name: what the criterion or the advice says of it})
    advice: what usually helps, a text with such {names} too
    """

    name: str
    severity: str
    criterion: str
    least: int
    needs: str
    find: Callable[[Probe], Found]
    advice: str


class Health(TableReport):
    """What `health` found; true if nothing is wrong."""

    __slots__ = {
        "findings": "a `Finding` for each symptom and place: alarms first, and causes before what they bring about",
        "not_judged": "a `NotJudged` for each symptom for which something is missing",
        "examples": "how many were looked at",
    }

    def __init__(self, findings: list[Finding], not_judged: list[NotJudged], examples: int) -> None:
        self.findings, self.not_judged, self.examples = findings, not_judged, examples

    def __bool__(self) -> bool:
        return not self.findings

    @property
    def alarms(self) -> list[Finding]:
        """The findings with which learning cannot go on as it is; the others are worth a look."""
        return [finding for finding in self.findings if finding.severity == ALARM]

    def renumbered(self, numbers: Sequence[int] | None) -> Health:
        """The same with these numbers for the examples 1, 2, ... that were looked at, as a data file has them."""
        return Health(renumbered(self.findings, numbers), self.not_judged, self.examples)

    def text(
        self, format: str = "simple", decimals: Decimals = None, width: int | None = None, most: int | None = MOST_ROWS
    ) -> str:
        """The findings, a row for each, and below them what was not judged and why.

        format: one of tabulate's, or "json" for one object.
        decimals: so many for every number, or "all" its digits; None means six significant digits.
        width: of a line, in characters; None means what COLUMNS says, or 100.
        most: how many rows; None means all.
        """
        from neurosim.health.report import health_text

        return health_text(self, format, decimals, width, most)

    def __repr__(self) -> str:
        return f"<Health: {len(self.findings)} findings, {len(self.alarms)} of them alarms>"
