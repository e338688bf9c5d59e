"""A glance at a batch: whether anything may stop a run in it, seen while the batch runs and is not written down.

Each stop is asked once a pass, when all of the pass is known. So a glance may take a batch for one with a stop that has
none, which its recording then shows, but never the other way round.
"""

from __future__ import annotations

from typing import NamedTuple

from neurosim.core.address import make_address
from neurosim.debugger.conditions import Name
from neurosim.debugger.timeline import NotKnownError, Timeline
from neurosim.support.records import documented
from neurosim.trace.step import Step


@documented
class Place(NamedTuple):
    """Where a stop is asked.

    number:      of the batch
    pass_number: of the pass in it
    head:        of the address at which the stop is asked
    """

    number: int
    pass_number: int
    head: str


class Unseen(Exception):
    """A batch that has to be recorded to be seen."""


class Glance(Timeline):
    """A timeline as a stop sees it that is asked in passing: what the stops look at is read off the neurons."""

    def __init__(self, timeline):
        vars(self).update(vars(timeline))
        self._wanted, self._rows, self._row = [], {}, {}
        self._readings, self._meant = self.batches.readings([]), {}

    def may_stop(self, number, stops):
        """Whether one of these stops may stop a run in the batch of this number."""
        try:
            return any(
                self._stops(stop, Place(number, pass_number, head), at)
                for pass_number, self._row in zip(self.passes_of(number), self._rows_of(number))
                for stop in stops
                for head, at in self._asked_at(stop)
                if at in ("", str(pass_number))
            )
        except Unseen:
            return True

    def _asked_at(self, stop):
        """(head, number of a pass or no text) of the addresses at which a stop is asked."""
        return [at.partition("@")[::2] for at in stop.at]

    def _stops(self, stop, place, at):
        try:
            address = make_address(place.head, "", place.pass_number)
            value = self._row[place.head] if place.head in self._row else self._value(place)
            return stop.look(self, place, place.head, Step(address, "", "", (), value)) is not None
        except NotKnownError:  # what is of a whole batch, in a pass that is not its last
            return False

    def _value(self, place):
        return self.value_at(*self._locate(place.head, place.pass_number), place)

    def pass_at(self, place):
        """The number of the pass in which a stop is asked."""
        return place.pass_number

    def places_at(self, place):
        """Where the step is at which a stop is asked: what an address without brackets may be of."""
        return self.places_of(place.head)

    def value(self, read, place):
        """What a `Name` or an `OverEpoch` stands for where a stop is asked."""
        key = read, place.head
        if key not in self._meant:
            is_of_this_pass = isinstance(read, Name) and not read.earlier and not read.pass_number
            self._meant[key] = self.meant(read, place).head if is_of_this_pass else ""
        head = self._meant[key]
        return self._row[head] if head in self._row else super().value(read, place)

    def value_at(self, number, address, place):
        """The number at an address, from the rows of its batch."""
        head, _, pass_number = address.partition("@")
        if not pass_number or number < place.number - 1:
            return self.batch(number)[address].value
        if number > place.number or int(pass_number) > place.pass_number:
            raise NotKnownError(f"{address} is not computed yet")
        if head not in self._wanted:
            self._wanted.append(head)
            self._rows, self._readings = {}, self.batches.readings(self._wanted)
        row = self._rows_of(number)[int(pass_number) - self.passes_of(number)[0]]
        if head not in row:
            raise NotKnownError(f"{address} is not computed")
        return row[head]

    def _rows_of(self, number):
        if number not in self._rows:
            rows = self.batches.look(number, self._readings)
            if rows is None:
                raise Unseen
            near = {other: kept for other, kept in self._rows.items() if abs(other - number) == 1}
            self._rows = {**near, number: rows}
        return self._rows[number]
