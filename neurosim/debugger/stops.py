"""What makes a run stop: breakpoints at addresses or by conditions, and watches of a number that changes.

A stop remembers nothing of where the run has been. Whether it stops at a step is the same forward and
backward, and by whatever way the run came there. It is asked only at the steps that it has in `at`: by
address, or by the head of the address, which means in every pass.
"""

from __future__ import annotations

from typing import NamedTuple, Union

from neurosim.debugger.conditions import Name
from neurosim.debugger.timeline import NotKnownError
from neurosim.support.errors import InputError
from neurosim.support.number_text import number_text, told_apart
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

    def __init__(self, text, timeline):
        self.number, self.text, self.hits = None, " ".join(text.split()), 0
        address, has_condition, condition = f" {self.text} ".partition(" if ")
        self.condition, self._instead = None, {}
        if has_condition:
            self.condition = timeline.expression(condition)
            if not self.condition.names:
                raise InputError(f"{self.condition.text} is always the same; name a quantity, as in delta[h1] < 1e-4")
            if not self.condition.is_condition:
                raise InputError(f"{self.condition.text} is no condition; compare it, as in {self.condition.text} > 0")
        self.at = self._stop_at(address.strip(), timeline) if address.strip() else self._test_where_needed(timeline)

    def _stop_at(self, address, timeline):
        bare = Name(address, None, None)  # delta, without brackets
        name = bare if timeline.computed_at(bare) else timeline.name(address)
        if not timeline.computed_at(name):
            new = timeline.updated(name.head)
            hint = f"; did you mean {new!r}?" if new else f"; stop by a condition, as in break if {name.head} > 0"
            raise InputError(f"{name} is given, and no step computes it{hint}")
        return timeline.computed_at(name)

    def _test_where_needed(self, timeline):
        names = self.condition.names
        found = set().union(*map(timeline.computed_at, names))
        if not found:
            updated = {name: name._replace(quantity=f"{name.quantity}+") for name in names if name.pass_number is None}
            self._instead = {name: new for name, new in updated.items() if timeline.computed_at(new)}
            found = set().union(*map(timeline.computed_at, self._instead.values()))
        for name in () if found else names:
            head = name.head if name.head in timeline.heads else next(iter(timeline.heads))
            found.add(timeline.head_or_address(Name(timeline.known_with[head], None, name.pass_number)))
        return found

    def look(self, timeline, place, head, step):
        """What there is to say if this stops at the step, or else None."""
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

    def __init__(self, text, timeline):
        self.number, self.hits = None, 0
        name = timeline.name(text)
        self.text, self.head = str(name), timeline.updated(name.head) or name.head
        self.address = None if name.pass_number is None else timeline.find(name, None)[1]
        self.at = {self.address or self.head}
        if self.address is None and not timeline.is_computed(self.head):
            if timeline.heads[self.head] is None or timeline.passes == 1:
                raise InputError(f"{name} is given, and nothing changes it")
            self.at = {timeline.known_with[self.head]}

    def look(self, timeline, place, head, step):
        """What there is to say if this stops at the step, or else None."""
        if self.address is not None:
            return f"{self.address} = {number_text(step.value)}"
        present = timeline.pass_at(place)
        address = f"{self.head}@{present}" if timeline.passes > 1 else self.head
        new = step.value if head == self.head else timeline.value_at(place[0], address, place)
        old = timeline.before(self.head, present, place)
        if old is None:
            return f"{address} = {number_text(new)}, not known before"
        return None if new == old else f"{address}: {' -> '.join(told_apart(old, new))}"
