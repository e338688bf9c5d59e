"""What makes a run stop: breakpoints at addresses or by conditions, and watches of a number that changes; and logs.

A stop remembers nothing of where the run has been. Whether it stops at a step is the same forward and
backward, and by whatever way the run came there; only hits are counted, of runs forward. It is asked only at
the steps that it has in `at`: by address, or by the head of the address, which means in every pass.
"""

from __future__ import annotations

from typing import NamedTuple

from neurosim.debugger.conditions import Name, OverEpoch, pieces
from neurosim.debugger.timeline import NotKnownError
from neurosim.support.errors import InputError
from neurosim.support.number_text import number_text, told_apart
from neurosim.support.records import documented


@documented
class Hit(NamedTuple):
    """That a stop has stopped the run.

    stop: the breakpoint, watch or log
    text: what there is to say about it
    """

    stop: Stop
    text: str

    def __str__(self):
        return f"{self.stop.kind} {self.stop.number}: {self.text}"


class Stop:
    """What all stops have: an address or not, and "if" and a condition or not.

    hits:      how often it was hit in runs forward
    enabled:   whether it is asked at all
    ignored:   how many of its next hits stop nothing
    temporary: whether it goes away when it has stopped a run forward
    commands:  the lines to be run where it has stopped a run
    """

    def __init__(self, text, timeline):
        self.number, self.hits, self.enabled, self.ignored, self.temporary, self.commands = None, 0, True, 0, False, []
        self.address, has_condition, condition = map(str.strip, f" {text} ".partition(" if "))
        self.condition, self._instead = None, {}
        if has_condition:
            self.condition = timeline.expression(condition)
            if not self.condition.reads:
                raise InputError(f"{self.condition.text} is always the same; name a quantity, as in delta[h1] < 1e-4")
            if not self.condition.is_condition:
                raise InputError(f"{self.condition.text} is no condition; compare it, as in {self.condition.text} > 0")

    def take_over(self, other):
        """Be in place of another stop, with all that it was told."""
        told = ("number", "hits", "enabled", "ignored", "temporary", "commands")
        vars(self).update({name: getattr(other, name) for name in told})

    def _holds(self, timeline, place):
        """Whether the condition holds, and else an error's message or False; one over an epoch only at its end."""
        if self.condition is None:
            return True
        over = [read for read in self.condition.reads if isinstance(read, OverEpoch)]
        if over and not timeline.ends_epoch(place):
            return False
        try:
            for name in [name for read in over if not read.earlier for name in read.names]:
                timeline.value(name, place)  # of the last pass, which counts too
            return self.condition(lambda read: timeline.value(self._instead.get(read, read), place))
        except NotKnownError:
            return False
        except InputError as error:
            return str(error)

    def _mean_new(self, name, timeline):
        """Look at what an update makes of a weight in place of what it reads."""
        new = name._replace(quantity=f"{name.quantity}+", earlier=False)
        if name.pass_number is None and timeline.computed_at(new):
            for earlier in (False, True):
                self._instead[name._replace(earlier=earlier)] = new._replace(earlier=earlier)

    def _check_known(self, timeline):
        if self.condition:
            timeline.check_known([self._instead.get(read, read) for read in self.condition.reads], self.at)


class Breakpoint(Stop):
    """Stops at an address, `delta[h1]`; at one if a condition holds, `E if E < 0.1`; or by it alone, `if abs(z) > 3`.

    A condition alone is tested at the steps that compute one of the quantities in it. If nothing in it is
    computed, a weight means its new value, and what else is given is tested at the next step after it.
    """

    kind = "breakpoint"

    def __init__(self, text, timeline):
        super().__init__(text, timeline)
        self.text = " ".join(text.split())
        if not self.address and not self.condition:
            raise InputError("where? At an address or a condition, as in break E, log E: z[h1] or log if E > 1: E")
        self.at = self._stop_at(self.address, timeline) if self.address else self._test_where_needed(timeline)
        self._check_known(timeline)

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
            for name in names:
                self._mean_new(name, timeline)
            found = set().union(*map(timeline.computed_at, self._instead.values()))
        for name in () if found else names:
            head = name.head if name.head in timeline.heads else next(iter(timeline.heads))
            found.add(timeline.head_or_address(Name(timeline.known_with[head], None, name.pass_number)))
        return found

    def look(self, timeline, place, head, step):
        """What there is to say if this stops at the step, or else None."""
        holds = self._holds(timeline, place)
        return holds if isinstance(holds, str) else self.text if holds else None


class Log(Breakpoint):
    """A breakpoint that stops nothing, and says numbers: `E if rises(E): E, prev(E), w[x1->h1]`."""

    kind = "log"

    def __init__(self, text, timeline):
        where, _, what = text.partition(":")
        super().__init__(where, timeline)
        said = what or self.address or self.condition.names[0].head
        self.expressions = [timeline.expression(one) for one in pieces(said, ",")]
        self.text = f"{self.text}: {', '.join(one.text for one in self.expressions)}"

    def look(self, timeline, place, head, step):
        """What it says at the step, or else None."""
        said = super().look(timeline, place, head, step)
        return None if said is None else ", ".join(self._value(one, timeline, place) for one in self.expressions)

    def _value(self, expression, timeline, place):
        try:
            return f"{expression.text} = {value_of(expression(lambda read: timeline.value(read, place)))}"
        except InputError:
            return f"{expression.text}: not known here"


class Watch(Stop):
    """Stops where the number at an address has become another than it was, in the pass or the update before.

    In its condition a weight that is watched is the new one.
    """

    kind = "watch"

    def __init__(self, text, timeline):
        super().__init__(text, timeline)
        name = timeline.name(self.address)
        self.head = timeline.updated(name.head) or name.head
        self.text = str(name) + (f" if {self.condition.text}" if self.condition else "")
        self.one_address = None if name.pass_number is None else timeline.find(name, None)[1]
        self.at = {self.one_address or self.head}
        if self.one_address is None and not timeline.is_computed(self.head):
            if timeline.heads[self.head] is None or timeline.passes == 1:
                raise InputError(f"{name} is given, and nothing changes it")
            self.at = {timeline.known_with[self.head]}
        if self.head != name.head:
            self._mean_new(name, timeline)
        self._check_known(timeline)

    def look(self, timeline, place, head, step):
        """What there is to say if this stops at the step, or else None."""
        said = self._change(timeline, place, head, step)
        holds = said is not None and self._holds(timeline, place)
        return holds if isinstance(holds, str) else said if holds else None

    def _change(self, timeline, place, head, step):
        if self.one_address is not None:
            return f"{self.one_address} = {number_text(step.value)}"
        present = timeline.pass_at(place)
        address = f"{self.head}@{present}" if timeline.passes > 1 else self.head
        new = step.value if head == self.head else timeline.value_at(place[0], address, place)
        old = timeline.before(self.head, present, place)
        if old is None:
            return f"{address} = {number_text(new)}, not known before"
        return None if new == old else f"{address}: {' -> '.join(told_apart(old, new))}"


def value_of(value):
    """A number, or true or false, as text."""
    return str(value).lower() if isinstance(value, bool) else number_text(value)


STOPS = {"break": Breakpoint, "tbreak": Breakpoint, "watch": Watch, "log": Log}  # by the commands that make them
