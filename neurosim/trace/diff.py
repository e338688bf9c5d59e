"""Diff: what differs between two traces, number by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from neurosim.core.address import split_address
from neurosim.core.summary import sizes_text
from neurosim.support.errors import InputError
from neurosim.support.numeric import as_kind, magnitude
from neurosim.support.records import documented
from neurosim.support.report import TableReport

if TYPE_CHECKING:
    from typing import Sequence

    from neurosim.support.types import Decimals

RESULTS = ("E", "mean E", "sum E")  # what comes first beside the outputs
MOST = 10  # differences that are listed


@documented
class Difference(NamedTuple):
    """A number that is not the same in both.

    address: where it stands
    phase:   of the step that it belongs to
    old:     the number in the first
    new:     the number in the second
    share:   new - old as a part of the size of old, None where that is 0
    """

    address: str
    phase: str
    old: Any
    new: Any
    share: Any


class Diff(TableReport):
    """What differs between two traces; false if nothing does."""

    __slots__ = {
        "differences": "a `Difference` for each number that both have and that differs, in the order of the computation",
        "compared": "how many numbers both have",
        "only_first": "the addresses that only the first has",
        "only_second": "the addresses that only the second has",
        "settings": "what else differs, such as the loss: {its name: (text of the first, text of the second)}",
        "_outputs": "the addresses of the last outputs and losses",
    }

    def __init__(
        self, differences: list[Difference], compared: int, only_first: list[str], only_second: list[str],
        settings: dict[str, tuple[str, str]], outputs: set[str],
    ) -> None:
        self.differences, self.compared, self.settings = differences, compared, settings
        self.only_first, self.only_second, self._outputs = only_first, only_second, outputs

    def __bool__(self) -> bool:
        return bool(self.differences or self.only_first or self.only_second or self.settings)

    @property
    def first(self) -> Difference | None:
        """The first difference in the order of the computation; what is given stands before all that is computed."""
        return self.differences[0] if self.differences else None

    @property
    def most(self) -> list[Difference]:
        """The differences by their share: those of the last outputs and losses first, then the largest."""
        return sorted(self.differences, key=self._rank)

    def _rank(self, found):
        return found.address not in self._outputs, found.share is not None, -magnitude(found.share or 0)

    def text(
        self, format: str = "simple", decimals: Decimals = None, most: int | None = MOST, width: int | None = None,
        names: Sequence[str] = ("first", "second"),
    ) -> str:
        """How many numbers differ, where the two part, and a table of the most that differ.

        format: one of tabulate's, or "json" for one object with all of them, in the order of the computation.
        decimals: so many for every number, or "all" its digits; None means as many as tell two numbers apart.
        most: how many rows; None means all.
        width: of a line, in characters; None means what COLUMNS says, or 100.
        names: what the two are called.
        """
        from neurosim.trace.diff_report import diff_text

        return diff_text(self, format, decimals, most, width, names)

    def __repr__(self) -> str:
        return f"<Diff: {len(self.differences)} of {self.compared} numbers differ>"


def diff(trace, other, units=None, phases=None):
    """Compare two traces, as `Trace.diff` says."""
    if not isinstance(other, type(trace)):
        raise InputError(f"other must be a Trace, got {type(other).__name__}")
    old, new = ({step.address: step for step in one.only(units, phases)} for one in (trace, other))
    pairs = {name: (view(trace), view(other)) for name, view in SETTINGS.items()}
    return compared(old, new, trace.structure, {name: pair for name, pair in pairs.items() if pair[0] != pair[1]})


def compared(old, new, structure, settings=None):
    """The `Diff` of two dicts of steps, matched by their keys."""
    both = [key for key in old if key in new]
    found = [
        Difference(key, old[key].phase, old[key].value, new[key].value, share_of(old[key].value, new[key].value))
        for key in both if old[key].value != new[key].value
    ]
    only_first, only_second = [key for key in old if key not in new], [key for key in new if key not in old]
    return Diff(found, len(both), only_first, only_second, settings or {}, _last_results(both, structure))


def share_of(old, new):
    """new - old as a part of the size of old; None where that is 0."""
    if not old:
        return None
    try:
        return (as_kind(new, old) - old) / magnitude(old)
    except TypeError:  # kinds of numbers that do not mix
        return (float(new) - float(old)) / abs(float(old))


def _last_results(addresses, structure):
    """The addresses of the outputs and the losses, each of its last pass."""
    outputs, last = structure.layer_names[-1], {}
    for address in addresses:
        quantity, place, _ = split_address(address)
        if quantity in RESULTS and not place or quantity == "a" and place in outputs:
            last[quantity, place] = address
    return set(last.values())


def _layers(trace):
    network = trace.structure
    return f"{sizes_text(network)} {', '.join(layer.activation.label for layer in network.layers)}"


def _or_none(setting):
    return "none" if setting is None else repr(setting)


SETTINGS = {
    "layers": _layers,
    "loss": lambda trace: trace.structure.loss.label,
    "optimizer": lambda trace: _or_none(trace.settings.optimizer),
    "batch size": lambda trace: str(trace.settings.batch_size),
    "reduction": lambda trace: trace.settings.reduction,
    "examples": lambda trace: str(trace.settings.examples),
    "rounding": lambda trace: _or_none(trace.rounding),
}
