"""The life of a unit: what happened to it while it learnt, and by which update.

    died, revived                      z <= 0 on all examples, for a unit that lets nothing through there (ReLU)
    saturated, came out of saturation  its output close to a bound on nine of ten examples (sigmoid, tanh, ...)
    changed its sign                   a weight that enters or leaves the unit
    became a twin of, parted from      all its weights and its bias equal those of another unit of its layer
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import LONGEST_ADDRESS
from neurosim.support.errors import InputError, UnknownNameError, shorten
from neurosim.support.files import check_keys, json_list, json_numbers, json_whole
from neurosim.support.records import documented
from neurosim.support.report import Report

if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping, Sequence

    from neurosim.support.types import Decimals, Number


@documented
class Kind(NamedTuple):
    """A kind of event.

    name: what happened, as an event and a checkpoint say it
    already: how it is said of what was so before the first update
    counted: what is counted on all examples, or None if the event depends on the weights alone
    """

    name: str
    already: str | None = None
    counted: str | None = None


DIED, REVIVED = Kind("died", "was dead", "z <= 0"), Kind("revived", None, "z <= 0")
SATURATED = Kind("saturated", "was saturated", "saturated")
UNSATURATED = Kind("came out of saturation", None, "saturated")
SIGN, TWIN, PARTED = Kind("changed its sign"), Kind("became a twin of", "was a twin of"), Kind("parted from")
KINDS = {kind.name: kind for kind in (DIED, REVIVED, SATURATED, UNSATURATED, SIGN, TWIN, PARTED)}


@documented
class Event(NamedTuple):
    """Something that happened to a unit; what does not apply is None.

    epoch: its number; 0, or that of the epoch before, for what was so before the first update
    examples: the numbers of those that the update learnt from; none for what was so before the first update
    update: its number, as the optimizer counts
    event: what happened, such as "died"
    address: the weight or bias that changed its sign, or the one of the unit's own that changed most as it died, or
        the twin's name
    before: the value there before the update
    after: the value there after it
    flat: for what depends on all examples: on how many it was so before, on how many after, and of how many
    upstream: where not the unit's own weights did it but what it reads: the unit below whose output changed most, and what
        happened to that, such as "died", or None; the address is then of that unit, or of one still further below
    """

    epoch: int
    examples: tuple[int, ...]
    update: int
    event: str
    address: str | None = None
    before: Number | None = None
    after: Number | None = None
    flat: tuple[int | None, int, int] | None = None
    upstream: tuple[str, str | None] | None = None

    @classmethod
    def from_description(cls, row: Sequence[Any], place: str) -> Event:
        """The event in a checkpoint. Raises InputError for one that is incomplete."""
        if not len(cls._fields) - 1 <= len(json_list(row, place)) <= len(cls._fields):  # upstream came later
            raise InputError(f"{place}: expected {', '.join(cls._fields)}, got {shorten(row)}")
        event = cls(*row)
        if event.event not in list(KINDS):
            raise UnknownNameError(f"event in {place}", event.event, KINDS)
        json_whole(event.epoch, f"{place}.epoch"), json_whole(event.update, f"{place}.update")
        examples = [json_whole(one, f"{place}.examples", 1) for one in json_list(event.examples, f"{place}.examples")]
        flat = [] if event.flat is None else json_list(event.flat, f"{place}.flat")
        if len(flat) != (3 if KINDS[event.event].counted else 0):
            counted = ", ".join(kind.name for kind in KINDS.values() if kind.counted)
            raise InputError(f"{place}: three counts go with {counted}, got {shorten(row)}")
        for count in flat[flat[:1] == [None]:]:  # before the first update nothing was counted
            json_whole(count, f"{place}.flat")
        has_values = event.before is not None
        address = event.address
        if (event.after is not None) != has_values or not _is_name(address) and (has_values or address is not None):
            raise InputError(f"{place}: expected an address, before and after, got {shorten(row)}")
        if has_values:
            json_numbers([event.before, event.after], place, 2)
        upstream = [] if event.upstream is None else json_list(event.upstream, f"{place}.upstream")
        if upstream and (len(upstream) != 2 or not _is_name(upstream[0]) or upstream[1] not in (None, *KINDS)):
            raise InputError(f"{place}.upstream: expected a unit and an event, got {shorten(upstream)}")
        return event._replace(examples=tuple(examples), flat=tuple(flat) or None, upstream=tuple(upstream) or None)


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and text.isprintable() and len(text) <= LONGEST_ADDRESS


class Life(Report):
    """What was seen of a unit that `fit` was asked to record."""

    __slots__ = {
        "name": "the unit's name",
        "events": "the `Event`s in their order",
        "epochs": "the stretches of epochs that were recorded, each a list [first, last]",
    }

    def __init__(self, name: str, events: Iterable[Event] = (), epochs: Iterable[Sequence[int]] = ()) -> None:
        self.name, self.events, self.epochs = name, list(events), [list(stretch) for stretch in epochs]

    def ends_with(self, epoch: int) -> bool:
        """True if the epoch is the last that was recorded."""
        return bool(self.epochs) and self.epochs[-1][1] == epoch

    def moved(self, epochs: int) -> Life:
        """The same life so many epochs later."""
        return Life(
            self.name,
            [event._replace(epoch=event.epoch + epochs) for event in self.events],
            [[first + epochs, last + epochs] for first, last in self.epochs],
        )

    def renumbered(self, numbers: Sequence[int] | None) -> Life:
        """The same life with these numbers for the examples 1, 2, ... that were learnt from, as a data file has them."""
        return Life(self.name, renumbered(self.events, numbers), self.epochs)

    def __add__(self, later: Life) -> Life:
        """This life and what comes behind it."""
        joined = Life(self.name, self.events, self.epochs)
        joined.extend(later)
        return joined

    def extend(self, later: Life) -> None:
        """Go on with a later life."""
        self.events += later.events
        for first, last in later.epochs:
            if self.ends_with(first - 1):
                self.epochs[-1][1] = last
            else:
                self.epochs.append([first, last])

    def length(self) -> tuple[int, int, int | None]:
        """How long it is, for `cut_to`: the numbers of events and of stretches, and the last epoch."""
        return len(self.events), len(self.epochs), self.epochs[-1][1] if self.epochs else None

    def cut_to(self, length: tuple[int, int, int | None]) -> None:
        """Forget what has come since it was so long."""
        events, stretches, last = length
        del self.events[events:], self.epochs[stretches:]
        if last is not None:
            self.epochs[-1][1] = last

    def describe(self) -> dict[str, Any]:
        """The entry of a checkpoint."""
        rows = [[list(entry) if isinstance(entry, tuple) else entry for entry in event] for event in self.events]
        return {"epochs": self.epochs, "events": rows}

    @classmethod
    def from_description(cls, name: str, description: Mapping[str, Any], place: str, last: int) -> Life:
        """The life in a checkpoint after so many epochs. Raises InputError for one that is incomplete."""
        check_keys(description, place, ("epochs", "events"), required=("epochs", "events"))
        before = 0
        for stretch in json_list(description["epochs"], f"{place}.epochs"):
            first, end = json_numbers(stretch, f"{place}.epochs", 2)
            if not before < json_whole(first, f"{place}.epochs") <= json_whole(end, f"{place}.epochs") <= last:
                raise InputError(f"{place}.epochs: expected stretches of {last} epochs, got {shorten(stretch)}")
            before = end
        rows = json_list(description["events"], f"{place}.events")
        events = [Event.from_description(row, f"{place}.events[{index}]") for index, row in enumerate(rows)]
        return cls(name, events, description["epochs"])

    def text(self, most: int | None = 40, decimals: Decimals = 6, width: int | None = None) -> str:
        """The events, the first and the last `most` / 2 of them if there are more; None means all."""
        from neurosim.health.report import life_text

        return life_text(self, most, decimals, width)

    def __len__(self) -> int:
        return len(self.events)

    def __repr__(self) -> str:
        return f"<Life of {self.name}: {len(self)} events>"


def renumbered(records, numbers):
    """Events or findings with these numbers for the examples 1, 2, ... that they name; None leaves them as they are."""
    known = dict(enumerate(numbers or (), 1))
    return [one._replace(examples=tuple(known.get(number, number) for number in one.examples)) for one in records]
