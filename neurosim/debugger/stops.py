"""What makes a run stop: breakpoints at addresses or by conditions, and watches of a number that changes.

A stop remembers nothing of where the run has been. Whether it stops at a step is the same forward and
backward, and by whatever way the run came there.
"""

from collections import namedtuple

from neurosim.debugger.computation import NotKnownError
from neurosim.debugger.expressions import Expression, Name
from neurosim.errors import InputError
from neurosim.render.numbers import number_text
from neurosim.trace.address import make_address, split_address


class Hit(namedtuple("Hit", ("stop", "text"))):
    """That a stop has stopped the run, and what there is to say about it."""

    __slots__ = ()

    def __str__(self):
        return f"{self.stop.kind} {self.stop.number}: {self.text}"


class Breakpoint:
    """Stops at an address, `delta[h1]`; at one if a condition holds, `E if E < 0.1`; or by it alone, `if abs(z) > 3`.

    A condition alone is tested at the steps that compute one of the quantities in it. If nothing in it is
    computed, a weight means its new value, and what else is given is tested at the next step after it.
    """

    kind = "breakpoint"

    def __init__(self, number, text, computation):
        self.number, self.text, self.hits = number, " ".join(text.split()), 0
        address, has_condition, condition = f" {self.text} ".partition(" if ")
        self.heads, self.addresses, self.condition, self._instead = set(), set(), None, {}
        if has_condition:
            self.condition = Expression(condition, computation.quantities, computation.like)
            if not self.condition.names:
                raise InputError(f"{self.condition.text} is always the same; name a quantity, as in delta[h1] < 1e-4")
            if not self.condition.is_condition:
                raise InputError(f"{self.condition.text} is no condition; compare it, as in {self.condition.text} > 0")
            for name in self.condition.names:
                if name.place is not None or name.head in computation.heads:
                    computation.check(name)
        if address.strip():
            self._stop_at(address, computation)
        else:
            self._test_where_needed(computation)

    def _stop_at(self, address, computation):
        quantity = address.strip()
        every = computation.every(quantity)
        if every and quantity not in computation.heads:  # delta, without brackets
            self.heads.update(every)
            return
        name = computation.name(address)
        if not computation.is_computed(name.head):
            new = computation.updated(name.head)
            hint = f"; did you mean {new!r}?" if new else f"; stop by a condition, as in break if {name.head} > 0"
            raise InputError(f"{name} is given, and no step computes it{hint}")
        self._add(name, name.head, computation)

    def _add(self, name, head, computation):
        if name.pass_number is None:
            self.heads.add(head)
        else:
            quantity, place, _ = split_address(head)
            self.addresses.add(computation.find(Name(quantity, place or None, name.pass_number), None)[1])

    def _test_where_needed(self, computation):
        for name in self.condition.names:
            self._add_computed(name, computation)
        for name in self.condition.names if not self.heads and not self.addresses else ():
            new = name._replace(quantity=f"{name.quantity}+")
            if name.pass_number is None and self._add_computed(new, computation):
                self._instead[name] = new
        for name in self.condition.names if not self.heads and not self.addresses else ():
            head = name.head if name.head in computation.heads else next(iter(computation.heads))
            self._add(name, computation.known_with[head], computation)

    def _add_computed(self, name, computation):
        """Test where this name is computed, if it is; a bare one at every unit."""
        if computation.is_computed(name.head):
            self._add(name, name.head, computation)
            return True
        every = computation.every(name.quantity) if name.place is None and name.head not in computation.heads else ()
        self.heads.update(every)
        return bool(every)

    def look(self, computation, place, head, step):
        """What there is to say if this stops at the step, or else None."""
        if head not in self.heads and step.address not in self.addresses:
            return None
        if self.condition is None:
            return self.text
        try:
            holds = self.condition(lambda name: computation.value(self._instead.get(name, name), place))
        except NotKnownError:
            return None
        except InputError as error:
            return str(error)
        return self.text if holds else None


class Watch:
    """Stops where the number at an address has become another than it was, in the pass or the update before."""

    kind = "watch"

    def __init__(self, number, text, computation):
        self.number, self.hits = number, 0
        name = computation.name(text)
        self.text, self.head = str(name), computation.updated(name.head) or name.head
        self.address = computation.find(name, None)[1] if name.pass_number is not None else None
        self.heads, self.addresses = {self.head}, set()
        if self.address is not None:
            self.heads, self.addresses = set(), {self.address}
        elif not computation.is_computed(self.head):
            if computation.heads[self.head] is None or computation.passes == 1:
                raise InputError(f"{name} is given, and nothing changes it")
            self.heads = {computation.known_with[self.head]}

    def look(self, computation, place, head, step):
        """What there is to say if this stops at the step, or else None."""
        if head not in self.heads and step.address not in self.addresses:
            return None
        if self.address is not None:
            return f"{self.address} = {number_text(step.value)}"
        present = computation.pass_at(place)
        quantity, where, _ = split_address(self.head)
        address = make_address(quantity, where, present if computation.passes > 1 else None)
        new = step.value if head == self.head else computation.value_at(place[0], address, place)
        old = computation.before(self.head, present, place)
        if old is None:
            return f"{address} = {number_text(new)}, not known before"
        return None if new == old else f"{address}: {number_text(old)} -> {number_text(new)}"
