"""What makes a run stop: breakpoints at addresses or by conditions, and watches of a number that changes.

A stop remembers nothing of where the run has been. Whether it stops at a step is the same forward and
backward, and by whatever way the run came there.
"""

from __future__ import annotations

from typing import NamedTuple, Union

from neurosim.core.address import make_address, split_address
from neurosim.debugger.conditions import Name
from neurosim.debugger.timeline import NotKnownError
from neurosim.support.errors import InputError
from neurosim.support.number_text import number_text
from neurosim.support.records import documented


@documented
class Hit(NamedTuple):
    """That a stop has stopped the run.

    stop: the breakpoint or watch
    text: what there is to say about it
    """

    stop: Union[Breakpoint, Watch]
    text: str

    def __str__(self):
        return f"{self.stop.kind} {self.stop.number}: {self.text}"


class Breakpoint:
    """Stops at an address, `delta[h1]`; at one if a condition holds, `E if E < 0.1`; or by it alone, `if abs(z) > 3`.

    A condition alone is tested at the steps that compute one of the quantities in it. If nothing in it is
    computed, a weight means its new value, and what else is given is tested at the next step after it.
    """

    kind = "breakpoint"

    def __init__(self, number, text, timeline):
        self.number, self.text, self.hits = number, " ".join(text.split()), 0
        address, has_condition, condition = f" {self.text} ".partition(" if ")
        self.heads, self.addresses, self.condition, self._instead = set(), set(), None, {}
        if has_condition:
            self.condition = timeline.expression(condition)
            if not self.condition.names:
                raise InputError(f"{self.condition.text} is always the same; name a quantity, as in delta[h1] < 1e-4")
            if not self.condition.is_condition:
                raise InputError(f"{self.condition.text} is no condition; compare it, as in {self.condition.text} > 0")
        if address.strip():
            self._stop_at(address, timeline)
        else:
            self._test_where_needed(timeline)

    def _stop_at(self, address, timeline):
        quantity = address.strip()
        every = timeline.every(quantity)
        if every and quantity not in timeline.heads:  # delta, without brackets
            self.heads.update(every)
            return
        name = timeline.name(address)
        if not timeline.is_computed(name.head):
            new = timeline.updated(name.head)
            hint = f"; did you mean {new!r}?" if new else f"; stop by a condition, as in break if {name.head} > 0"
            raise InputError(f"{name} is given, and no step computes it{hint}")
        self._add(name, name.head, timeline)

    def _add(self, name, head, timeline):
        if name.pass_number is None:
            self.heads.add(head)
        else:
            quantity, place, _ = split_address(head)
            self.addresses.add(timeline.find(Name(quantity, place or None, name.pass_number), None)[1])

    def _test_where_needed(self, timeline):
        for name in self.condition.names:
            self._add_computed(name, timeline)
        for name in self.condition.names if not self.heads and not self.addresses else ():
            new = name._replace(quantity=f"{name.quantity}+")
            if name.pass_number is None and self._add_computed(new, timeline):
                self._instead[name] = new
        for name in self.condition.names if not self.heads and not self.addresses else ():
            head = name.head if name.head in timeline.heads else next(iter(timeline.heads))
            self._add(name, timeline.known_with[head], timeline)

    def _add_computed(self, name, timeline):
        """Test where this name is computed, if it is; a bare one at every unit."""
        if timeline.is_computed(name.head):
            self._add(name, name.head, timeline)
            return True
        every = timeline.every(name.quantity) if name.place is None and name.head not in timeline.heads else ()
        self.heads.update(every)
        return bool(every)

    def look(self, timeline, place, head, step):
        """What there is to say if this stops at the step, or else None."""
        if head not in self.heads and step.address not in self.addresses:
            return None
        if self.condition is None:
            return self.text
        try:
            holds = self.condition(lambda name: timeline.value(self._instead.get(name, name), place))
        except NotKnownError:
            return None
        except InputError as error:
            return str(error)
        return self.text if holds else None


class Watch:
    """Stops where the number at an address has become another than it was, in the pass or the update before."""

    kind = "watch"

    def __init__(self, number, text, timeline):
        self.number, self.hits = number, 0
        name = timeline.name(text)
        self.text, self.head = str(name), timeline.updated(name.head) or name.head
        self.address = timeline.find(name, None)[1] if name.pass_number is not None else None
        self.heads, self.addresses = {self.head}, set()
        if self.address is not None:
            self.heads, self.addresses = set(), {self.address}
        elif not timeline.is_computed(self.head):
            if timeline.heads[self.head] is None or timeline.passes == 1:
                raise InputError(f"{name} is given, and nothing changes it")
            self.heads = {timeline.known_with[self.head]}

    def look(self, timeline, place, head, step):
        """What there is to say if this stops at the step, or else None."""
        if head not in self.heads and step.address not in self.addresses:
            return None
        if self.address is not None:
            return f"{self.address} = {number_text(step.value)}"
        present = timeline.pass_at(place)
        quantity, where, _ = split_address(self.head)
        address = make_address(quantity, where, present if timeline.passes > 1 else None)
        new = step.value if head == self.head else timeline.value_at(place[0], address, place)
        old = timeline.before(self.head, present, place)
        if old is None:
            return f"{address} = {number_text(new)}, not known before"
        return None if new == old else f"{address}: {number_text(old)} -> {number_text(new)}"
