"""A glance at a batch: whether anything may stop a run in it, seen while the batch runs and is not written down.

Each stop is asked once a pass, when all of the pass is known. So a glance may take a batch for one with a stop that has
none, which its recording then shows, but never the other way round.
"""

from __future__ import annotations

from typing import NamedTuple

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
        self._wanted, self._rows = [], {}
        self._readings = self.batches.readings([])

    def may_stop(self, number, stops):
        """Whether one of these stops may stop a run in the batch of this number."""
        try:
            self._rows_of(number)
            passes = self.passes_of(number)
            return any(self._stops(stop, Place(number, one, ""), head) for one in passes for stop in stops for head in stop.at)
        except Unseen:
            return True

    def _stops(self, stop, place, at):
        head, _, pass_number = at.partition("@")
        if pass_number and int(pass_number) != place.pass_number:
            return False
        try:
            address = self._locate(head, place.pass_number)[1]
            place = place._replace(head=head)
            step = Step(address, "", "", (), self.value_at(place.number, address, place))
            return stop.look(self, place, head, step) is not None
        except NotKnownError:  # what is of a whole batch, in a pass that is not its last
            return False

    def pass_at(self, place):
        """The number of the pass in which a stop is asked."""
        return place.pass_number

    def places_at(self, place):
        """Where the step is at which a stop is asked: what an address without brackets may be of."""
        return self.places_of(place.head)

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
