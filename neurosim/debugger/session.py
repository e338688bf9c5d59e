"""The debugger without its commands: where a reader stands in a timeline, and how they move.

Everything up to the present step is known, and nothing after it. What is given (weights, inputs, targets) is
known from the start and never stepped through.
"""

from __future__ import annotations

from collections import deque
from itertools import count as count_from
from operator import attrgetter
from typing import List, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.debugger.glance import Glance
from neurosim.debugger.landmarks import pass_of
from neurosim.debugger.stops import STOPS, Breakpoint, Hit
from neurosim.debugger.timeline import Timeline
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, nearest
from neurosim.support.numeric import as_kind
from neurosim.support.records import documented
from neurosim.trace.batches import Batches
from neurosim.trace.explain import GRADIENTS, MINUS
from neurosim.trace.softmax import layer_index
from neurosim.trace.step import Step

LONGEST_WAY = 12  # steps of a move that are kept to be shown
LONGEST_BLOCK = 4096  # batches that are searched in one go when a run goes back


@documented
class Move(NamedTuple):
    """What a move did.

    way:   the last steps that it went over, the one that it ended at included
    moved: how many they were in all
    hits:  the stops that stopped it
    end:   None, or why it could not go on: "end", "start", "interrupted", or an error's message
    """

    way: List[Step]
    moved: int
    hits: List[Hit]
    end: str | None


class Session:
    """A reader's place in a timeline, with breakpoints, watches, displays and what-ifs.

    Takes the arguments of `trace`, and holds one batch of it at a time.

    >>> from neurosim import SGD, Layer, Network
    >>> network = Network(2, [Layer(1, "linear", weights=[[3.0, 4.0]], biases=[5.0])])
    >>> session = Session(network, [1, 2], [15], SGD(0.1))
    >>> session.step().way[-1].address, session.step(2).way[-1].address, session.evaluate("z[o1] - t[o1]")
    ('z[o1]', 'E[o1]', 1.0)
    >>> session.add("watch", "w[x1->o1]").number, str(session.run().hits[0])
    (1, 'watch 1: w+[x1->o1]: 3 -> 2.9')
    """

    def __init__(self, *arguments, numbers=None, **settings):
        """`numbers` are those by which people know the examples; by default they are counted from 1."""
        self.timeline = self.original = Timeline(Batches(*arguments, **settings), numbers)
        self._glance = Glance(self.timeline)
        self.stops, self.displays, self.what_ifs = {}, {}, {}
        self._numbers = count_from(1)
        self.stopped_by, self.logged = [], lambda hit: None  # `logged` is called with what a log says
        self.start = self.place = self._last_given(0, 0)

    # Where the reader stands

    @property
    def trace(self):
        """The trace of the batch that the reader stands in."""
        return self.timeline.open(self.place[0])

    @property
    def here(self):
        """The step just computed, or the last given one where nothing of the pass is computed yet."""
        return self.trace.steps[self.place[1]]

    @property
    def pass_number(self):
        """The number of the pass that is going on."""
        return self.timeline.pass_at(self.place)

    # Moves forward

    def step(self, count=1):
        """Compute so many numbers."""
        checks.count(count, "count")
        return self._forward(lambda moved, step: moved == count)

    def next_unit(self):
        """Compute what is left of this unit in this phase, or the next unit."""
        return self._forward(self._ends(_unit))

    def finish(self):
        """Compute what is left of this layer in this phase, or the next layer; the loss is like a layer."""
        return self._forward(self._ends(self._layer))

    def finish_pass(self):
        """Compute what is left of this pass, with the update that follows it."""
        return self._forward(self._ends(lambda step: "", lambda step: ""))

    def _layer(self, step):
        return step.phase == "loss" or layer_index(self.trace.structure.layer_names, step)

    def _ends(self, part, phase=attrgetter("phase")):
        """Whether a step is the last in a row of the same pass, phase and part."""

        def group(step):
            return phase(step), step.address.partition("@")[2], part(step)

        def is_last(moved, step):
            steps, index = self.trace.steps, self.place[1]
            return index + 1 == len(steps) or group(steps[index + 1]) != group(step)

        return is_last

    def run(self):
        """Compute until something stops it. Batches in which nothing does are run and not looked at closely."""
        return self._go(self._to_a_stop(*self.place), lambda moved, step: False, "end", self._counted)

    def _is_over(self, address):
        """Whether an address is computed at the present place; what comes again in every pass is not over."""
        pass_number, index = split_address(address)[2], self.timeline.index(address)
        if pass_number is None and self.timeline.passes > 1:
            return False
        number = self.timeline.batches.plan.number_of_pass(pass_number or 1)
        return number < self.place[0] or index is not None and number == self.place[0] and index <= self.place[1]

    def _counted(self, hits):
        """Count these hits of a run forward; those that stop it."""
        stopping = []
        for stop, text in hits:
            stop.hits += 1
            if stop.ignored:
                stop.ignored -= 1
            elif stop.kind == "log":
                self.logged(Hit(stop, text))
            else:
                stopping.append(Hit(stop, text))
                if stop.temporary:
                    del self.stops[stop.number]
        return stopping

    def _to_a_stop(self, number, index):
        """Like `_from`, without the batches in which nothing stops; at its end the last step."""
        last = len(self.timeline) - 1
        yield from self._of_batch(number, index)
        for number in range(number + 1, last + 1):
            try:
                may_stop = number == last or self._glance.may_stop(number, self._enabled())
            except (KeyboardInterrupt, InputError):
                self.place = self._end_of(number - 1)
                raise
            if may_stop:
                yield from self._of_batch(number, -1)

    def _end_of(self, number):
        return number, len(self.timeline.batch(number).steps) - 1

    def run_to(self, text):
        """Compute up to the next time that an address is computed, or until something stops it."""
        there = Breakpoint(text, self.timeline)
        if all(map(self._is_over, there.at)):
            raise InputError(f"{text} is computed already; goto {text} goes back there")
        self.stops[0] = there
        try:
            move = self.run()
        finally:
            del self.stops[0]
        return move._replace(hits=[hit for hit in move.hits if hit.stop is not there])

    def _forward(self, is_there):
        return self._go(self._from(*self.place), is_there, "end", self._counted)

    def _go(self, course, is_there, end, counted):
        """Go over a course of (place, step) until a stop or `is_there` ends it, or else to its `end`."""
        way, moved, hits = deque(maxlen=LONGEST_WAY), 0, []
        try:
            for place, step in course:
                self.place, moved = place, moved + 1
                way.append(step)
                hits = counted(self._ask(place, step))
                if hits or is_there(moved, step):
                    end = None
                    break
        except KeyboardInterrupt:
            end = "interrupted"
        except InputError as error:
            end = f"cannot go on: {error}"
        return self._arrive(Move(list(way), moved, hits, end))

    def _from(self, number, index):
        """(place, step) of all that is computed after a place."""
        for number in range(number, len(self.timeline)):
            yield from self._of_batch(number, index)
            index = -1

    def _of_batch(self, number, index):
        """(place, step) of all that is computed in a batch after an index."""
        steps = self.timeline.open(number).steps
        for index in range(index + 1, len(steps)):
            if steps[index].phase != "given":
                yield (number, index), steps[index]

    # Moves back

    def restart(self):
        """Go to the beginning, where only what is given is known."""
        self.place, self.stopped_by = self.start, []

    def back(self, count=1):
        """Take so many computed numbers back."""
        checks.count(count, "count")
        return self._backward(lambda moved, step: moved == count)

    def back_unit(self):
        """Take back what is computed of this unit in this phase, up to the end of the one before."""
        return self._backward(self._ends(_unit))

    def back_layer(self):
        """Take back what is computed of this layer in this phase, up to the end of the one before."""
        return self._backward(self._ends(self._layer))

    def _backward(self, is_there):
        return self._go(self._before(self.place), is_there, "start", _stopping)._replace(way=[])

    def _before(self, place):
        """(place, step) of all that is computed before a place, the last first, and then the beginning."""
        last, index = place
        for number in range(last, -1, -1):
            steps = self.timeline.open(number).steps
            for earlier in reversed(range(index if number == last else len(steps))):
                if steps[earlier].phase != "given":
                    yield (number, earlier), steps[earlier]
        if place != self.start:
            yield self.start, self.trace.steps[self.start[1]]

    def _last_given(self, number, index):
        """The place at which all that is given from this one on is known, and nothing that follows it."""
        steps = self.timeline.open(number).steps
        while steps[index + 1].phase == "given":
            index += 1
        return number, index

    def run_back(self):
        """Go back to the last place at which something would have stopped the run."""
        came_from, hits, end = self.place, [], "start"
        first, size = came_from[0] if self.stops else 0, 1
        try:
            while True:
                self.place, hits = self._last_hit(first, self.place)
                if hits or first == 0:
                    break
                first, size = max(0, first - size), min(2 * size, LONGEST_BLOCK)
        except KeyboardInterrupt:
            end = "interrupted"
        return self._arrive(Move([], int(self.place != came_from), hits, None if hits else end))

    def _last_hit(self, first, end):
        """(place, hits) of the last stop from a batch's beginning, or there, up to a place: forward, as a recording runs."""
        stops = [stop for stop in self._enabled() if stop.kind != "log"]
        numbers = [number for number in range(first, end[0] + 1) if stops and self._glance.may_stop(number, stops)]
        for number in reversed(numbers):
            asked = [(place, _stopping(self._ask(place, step))) for place, step in self._of_batch(number, -1) if place < end]
            found = [(place, hits) for place, hits in asked if hits]
            if found:
                return found[-1]
        return self._last_given(first, 0), []

    def goto(self, text):
        """Go to an address, or to landmarks such as `epoch 3`, ahead or behind; return the step. Nothing stops on the way.

        To go to something given is to go to where it is known and nothing that follows it is; and so it is with landmarks.
        """
        pass_number = pass_of(text, self.timeline, self.pass_number)
        if pass_number is not None:
            text = make_address("a", self.trace.structure.input_names[0], pass_number if self.timeline.passes > 1 else None)
        number, address = self.timeline.find(self.timeline.name(text), self.pass_number)
        step = self.timeline.open(number)[address]
        place = number, self.timeline.index(address)
        self.place, self.stopped_by = self._last_given(*place) if step.phase == "given" else place, []
        return step

    # Stops

    def add(self, command, text):
        """A new stop, by the command that makes one: "break", "tbreak", "watch" or "log"."""
        stop = STOPS[command](text, self.timeline)
        stop.number, stop.temporary = next(self._numbers), command == "tbreak"
        self.stops[stop.number] = stop
        return stop

    def stop(self, number):
        """The stop of this number, or the last one that was made."""
        number = max(self.stops, default=None) if number == "last" else number
        if number not in self.stops:
            raise InputError(f"there is no breakpoint or watch {number}{nearest(str(number), map(str, self.stops))}")
        return self.stops[number]

    def set_condition(self, number, condition):
        """Give a stop another condition, or with no text none."""
        old = self.stop(number)
        where, colon, what = old.text.partition(":")
        text = f"{old.address} if {condition}" if condition else old.address
        if not text:
            raise InputError(f"{old.kind} {number} has nothing but its condition; delete {number} takes it away")
        new = type(old)(text + (colon + what if old.kind == "log" else ""), self.timeline)
        new.take_over(old)
        self.stops[number] = new
        return new

    def delete(self, number=None):
        """Delete a breakpoint or watch, or all of them."""
        if number is None:
            self.stops.clear()
        else:
            del self.stops[self.stop(number).number]

    def _enabled(self):
        return [stop for stop in self.stops.values() if stop.enabled]

    def _ask(self, place, step):
        """The hits of the stops at a step; at a given one, such as the beginning, there are none."""
        if step.phase == "given" or not self.stops:
            return []
        head = step.address.partition("@")[0]
        asked = [stop for stop in self._enabled() if head in stop.at or step.address in stop.at]
        told = [(stop, stop.look(self.timeline, place, head, step)) for stop in asked]
        return [Hit(stop, text) for stop, text in told if text is not None]

    def _arrive(self, move):
        self.timeline.open(self.place[0])  # a search may have gone further
        self.stopped_by = [hit.stop for hit in move.hits]
        return move

    # Expressions

    def expression(self, text):
        """The compiled `Expression` of a text, all of whose addresses exist."""
        return self.timeline.expression(text)

    def evaluate(self, expression):
        """The value of an expression, or of its text, as it is known here."""
        if isinstance(expression, str):
            expression = self.expression(expression)
        return expression(lambda name: self.timeline.value(name, self.place))

    # Explanations

    def explain(self, text, depth=None):
        """The `Explanation` of a number, or of a difference; of a weight or bias, that of this pass and its gradient."""
        names, timeline = [self.timeline.name(part) for part in MINUS.split(text)], self.timeline
        found = [timeline.find(name, self.pass_number) for name in names]
        if len(names) == 1 and names[0].quantity in GRADIENTS:
            found = [(timeline.batches.plan.number_of_pass(names[0].pass_number or self.pass_number), names[0].head)]
        if len({number for number, _ in found}) > 1:
            raise InputError(f"{' and '.join(map(str, names))} are of different updates; print shows their difference")
        return timeline.batch(found[0][0]).explain(" - ".join([address for _, address in found]), depth=depth)

    # What if

    def set(self, text, value):
        """Give an address this value; return the `Diff` from before in its batch, or in the present one."""
        number, address = self.timeline.find(self.timeline.name(text), self.pass_number)
        old = self.original_value(address)
        try:
            value = float(value) if isinstance(old, float) else as_kind(value, old)
        except OverflowError:
            raise InputError(f"{address}: the number is too large") from None
        before = self.timeline
        self._try({**self.what_ifs, address: value}, number)
        number = max(number, self.place[0])
        return before.batch(number).diff(self.timeline.batch(number))

    def original_value(self, address):
        """The number at an address as it comes out without what-ifs."""
        pass_number = split_address(address)[2]
        return self.original.batch(self.original.batches.plan.number_of_pass(pass_number or 1))[address].value

    def unset(self, text=None):
        """Let an address that was set, or all of them, come out as before."""
        if text is None:
            self._try({})
            return
        address = " ".join(text.split()).replace("→", "->")
        if address not in self.what_ifs:
            address = self.timeline.find(self.timeline.name(text), self.pass_number)[1]
        if address not in self.what_ifs:
            raise UnknownNameError("what-if", address, self.what_ifs)
        self._try({other: value for other, value in self.what_ifs.items() if other != address})

    def _try(self, what_ifs, number=0):
        """Replace the what-ifs, if the batch of this number can be computed with the new ones."""
        timeline = self.original
        if what_ifs:
            timeline = Timeline(self.timeline.batches.with_what_ifs(what_ifs), self.original.numbers)
        timeline.batch(number)
        timeline.open(self.place[0])
        self.timeline, self.what_ifs, self._glance = timeline, what_ifs, Glance(timeline)


def _unit(step):
    return step.unit


def _stopping(hits):
    """The hits of those stops that stop a run back."""
    return [hit for hit in hits if hit.stop.kind != "log"]
