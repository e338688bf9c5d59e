"""The life of a unit: what happened to it while it learnt, and by which update.

    died, revived                      z <= 0 on all examples, for a unit that lets nothing through there (ReLU)
    saturated, came out of saturation  its output close to a bound on nine of ten examples (sigmoid, tanh, ...)
    changed its sign                   a weight that enters or leaves the unit
    became a twin of, parted from      all its weights and its bias equal those of another unit of its layer
"""

from __future__ import annotations

from collections import namedtuple

from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, shorten
from neurosim.support.report import Report

OF_ALL_EXAMPLES = ("died", "revived", "saturated", "came out of saturation")
OF_WEIGHTS = SIGN, TWIN, PARTED = ("changed its sign", "became a twin of", "parted from")

# epoch, update: their numbers; the update's as the optimizer counts. examples: the numbers of those that the update
# learnt from. event: as above. address: the weight or bias that changed its sign, or which of the unit's own changed
# most as it died, or the twin's name; before, after: the values there. flat: for what depends on all examples (on how
# many it was so before, after, of how many). What is not there is None. What was so before the first update has
# no examples.
Event = namedtuple("Event", ("epoch", "examples", "update", "event", "address", "before", "after", "flat"))


class Life(Report):
    """What was seen of a unit that `fit` was asked to record.

    name: the unit's. events: a list of `Event`s in their order. epochs: the stretches that were recorded, each a
    list [first, last].
    """

    def __init__(self, name, events=(), epochs=()):
        self.name, self.events, self.epochs = name, list(events), [list(stretch) for stretch in epochs]

    def add(self, epoch, events):
        """What happened in one more epoch."""
        self._stretch(epoch, epoch)
        self.events += events

    def _stretch(self, first, last):
        if self.ends_with(first - 1):
            self.epochs[-1][1] = last
        else:
            self.epochs.append([first, last])

    def ends_with(self, epoch):
        """True if the epoch is the last that was recorded."""
        return bool(self.epochs) and self.epochs[-1][1] == epoch

    def moved(self, epochs):
        """The same life so many epochs later."""
        return Life(
            self.name,
            [event._replace(epoch=event.epoch + epochs) for event in self.events],
            [[first + epochs, last + epochs] for first, last in self.epochs],
        )

    def __add__(self, later):
        """This life and what comes behind it."""
        joined = Life(self.name, self.events + later.events, self.epochs)
        for first, last in later.epochs:
            joined._stretch(first, last)
        return joined

    def describe(self):
        """The entry of a checkpoint."""
        return {"epochs": self.epochs, "events": [list(event) for event in self.events]}

    @classmethod
    def from_description(cls, name, description, place):
        """The life in a checkpoint. Raises InputError for one that is not whole."""
        if not isinstance(description, dict) or set(description) != {"epochs", "events"}:
            raise InputError(f"{place}: expected an object with the keys epochs, events")
        rows = {key: checks.rows(description[key], f"{place}.{key}") for key in ("epochs", "events")}
        epochs = [checks.numbers(row, f"{place}.epochs", 2) for row in rows["epochs"]]
        events = []
        for row in rows["events"]:
            whole = len(row) == len(Event._fields) and isinstance(row[1], list)
            if not whole or not isinstance(row[4], (str, type(None))):
                raise InputError(f"{place}.events: expected {', '.join(Event._fields)}, got {shorten(row)}")
            flat = None if row[7] is None else tuple(checks.as_list(row[7], f"{place}.events"))
            event = Event(*row)._replace(examples=tuple(row[1]), flat=flat)
            if event.event not in OF_ALL_EXAMPLES + OF_WEIGHTS:
                raise UnknownNameError(f"event in {place}", event.event, OF_ALL_EXAMPLES + OF_WEIGHTS)
            if (event.event in OF_ALL_EXAMPLES) != (event.flat is not None and len(event.flat) == 3):
                raise InputError(f"{place}.events: three counts go with {', '.join(OF_ALL_EXAMPLES)}, got {shorten(row)}")
            if (event.before is None) != (event.after is None) or event.before is not None and event.address is None:
                raise InputError(f"{place}.events: expected an address, before and after, got {shorten(row)}")
            numbers = [event.epoch, *event.examples, event.update, event.before, event.after, *(event.flat or ())]
            checks.numbers([value for value in numbers if value is not None], f"{place}.events")
            events.append(event)
        return cls(name, events, epochs)

    def text(self, most: int | None = 40, decimals: int | None = 6) -> str:
        """The events, the first and the last `most` / 2 of them if there are more; None means all."""
        from neurosim.health.report import life_text

        return life_text(self, most, decimals)

    def __len__(self):
        return len(self.events)

    def __repr__(self):
        return f"<Life of {self.name}: {len(self)} events>"
