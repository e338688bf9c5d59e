"""A timeline: all passes and updates of a computation, one batch of them open, and what is known at a place in it.

A place is (number of the batch, index of a step in it): everything up to that step is known. In a
timeline of several passes an address without `@k` means the pass that is going on. `w[x1->h1]` is then the
weight that this pass reads, which is the `w+` of the update before it.
"""

from __future__ import annotations

from neurosim.core.address import UnknownAddressError, make_address, of_what, resolve, split_address, written_out
from neurosim.debugger.conditions import OVER_EPOCH, Expression, OverEpoch, read_name
from neurosim.support.errors import InputError, shorten


class NotKnownError(InputError):
    """A number that is not computed yet."""


class OfNothingError(NotKnownError):
    """A quantity without a unit, where the present step has no unit that has it."""


class Timeline:
    """The batches of a computation, of which one is open, and the addresses in all of them.

    trace:      the open batch
    heads:      every address without its pass, in the order of the first batch; and its pass there, or None
    known_with: for every head, the head of the step at which it becomes known: itself, or if it is given the next one
    quantities: what stands before the bracket of an address, the longest first
    unit_names: those of each layer, the inputs first
    like:       a number of the kind that is computed with
    numbers:    by which people know the examples, in the order in which they were given
    """

    def __init__(self, batches, numbers=None):
        self.batches = batches
        self.aside = batches.beside()  # to look elsewhere while the reader stays
        self.settings, self.epochs = batches.plan.settings, batches.plan.epochs
        self.passes = batches.plan.passes
        self.numbers = range(1, self.settings.examples + 1) if numbers is None else numbers
        self.first_update = batches.plan.optimizer and batches.plan.optimizer.updates + 1
        self.number, self.trace = 0, batches[0]
        self.unit_names = [self.trace.structure.input_names, *self.trace.structure.layer_names]
        self._kept = {0: self.trace}  # the open batch, and the one before it, which a watch looks back into
        self._order, self._epochs = (None, {}), {}
        self.heads, self.known_with = {}, {}
        following = None
        for step in self.trace:
            head = step.address.partition("@")[0]
            self.heads.setdefault(head, split_address(step.address)[2])
        for step in reversed(self.trace.steps):
            head = step.address.partition("@")[0]
            following = following if step.phase == "given" else head
            self.known_with[head] = following
        self.quantities = sorted({split_address(head)[0] for head in self.heads}, key=lambda text: (-len(text), text))
        self.like = next((step.value for step in self.trace if not isinstance(step.value, int)), 0.0)

    def __len__(self):
        return len(self.batches)

    def open(self, number):
        """Make this batch the open one, and return it."""
        if number != self.number:
            self._kept = {self.number: self.trace, number: self.batches[number]}
            self.number, self.trace = number, self._kept[number]
        return self.trace

    def batch(self, number):
        """A batch to look into, while the open one stays open."""
        return self._kept[number] if number in self._kept else self.aside[number]

    # Passes

    def passes_of(self, number):
        """The numbers of the passes of a batch, as a range."""
        return self.batches.plan.passes_of(number)

    def example_of(self, pass_number):
        """(epoch, number of the example) of a pass."""
        epoch, example = self.batches.plan.example_of(pass_number)
        return epoch + 1, self.numbers[example]

    def update_of(self, pass_number):
        """The number of the update that a pass leads to."""
        return self.first_update + self.batches.plan.number_of_pass(pass_number)

    def pass_at(self, place):
        """The number of the pass that is going on at a place."""
        passes = self.passes_of(place[0])
        found = split_address(self.batch(place[0]).steps[place[1]].address)[2]
        return found if found in passes else passes[0]

    # Addresses

    def name(self, text):
        """The address in a text, as a `Name`, some unit's or connection's."""
        text = resolve(" ".join(text.split()), self.heads)
        name, rest = read_name(text, self.quantities)
        if name is None or rest:
            Expression(text, self.quantities)  # tells what is wrong with it
            raise InputError(f"{shorten(text)} is not an address; one looks like z[h1], w[x1->h1] or delta[o1]@2")
        self.check(name)
        return name

    def expression(self, text):
        """The compiled `Expression` of a text, all of whose addresses exist."""
        expression = Expression(written_out(text, self.heads), self.quantities, self.like)
        for read in expression.reads:
            for name in read.names:
                if name.place is not None or name.head in self.heads or not self._all(name.quantity):
                    self.check(name)
        return expression

    def check_known(self, reads, at):
        """Raise InputError, which names the first address at which it is, for what is known at none of these addresses."""
        for read in reads:
            if read.earlier and not self._has_before(read):
                raise InputError(f"{read} is never known: there is no pass, epoch or update before")
        own = max(split_address(address)[2] or self.passes for address in at)
        names = [name for read in reads if not read.earlier for name in read.names]
        ahead = next((name for name in names if (name.pass_number or 0) > own), None)
        if ahead:
            raise InputError(f"{ahead} is computed only after pass {own}; break at {ahead}")
        here = [name._replace(pass_number=None) for name in names if name.pass_number in (None, own)]
        heads = [step.address.partition("@")[0] if step.phase != "given" else None for step in self.trace.steps]
        asked = {address.partition("@")[0] for address in at}
        lasts = {head: index for index, head in enumerate(heads) if head in asked}
        missing = {index: self._missing(here, index) for index in lasts.values()}
        if not all(missing.values()):
            return
        end = max(missing)
        name, error = missing[end]
        places = (index for index in range(end, len(heads)) if heads[index] and not self._missing(here, index))
        later = next((heads[index] for index in places), None)
        if later is None or isinstance(error, OfNothingError):
            raise InputError(str(error))
        raise InputError(f"{name} is computed only after {heads[end]}, in this pass; break at {later}")

    def _has_before(self, read):
        if isinstance(read, OverEpoch):
            return self.epochs > 1
        return f"{read.quantity[:-1]}+" == read.quantity or self.passes > 1 and read.pass_number != 1

    def _missing(self, names, index):
        """(the first of these names that is not known at a step of the open batch, the error that says so), or None."""
        for name in names:
            try:
                self.value(name, (self.number, index))
            except NotKnownError as error:
                return name, error
        return None

    def check(self, name):
        """Raise the error that names the nearest right thing, if there is no such address."""
        if name.head not in self.heads:
            at = "" if name.pass_number is None else f"@{name.pass_number}"
            raise UnknownAddressError(name.head + at, [head + at for head in self.heads])
        if name.pass_number is not None and not 1 <= name.pass_number <= self.passes:
            there_are = "there is one pass" if self.passes == 1 else f"the passes are 1 to {self.passes}"
            raise InputError(f"{name}: {there_are}")

    def _all(self, quantity):
        return [head for head in self.heads if split_address(head)[0] == quantity]

    def find(self, name, pass_number):
        """(number of the batch that it belongs to, address) of a `Name`; without its own @ in the given pass."""
        self.check(name)
        number, address = self._locate(name.head, name.pass_number or pass_number)
        if name.pass_number and self.passes > 1 and self.heads[name.head] is not None and address != str(name):
            raise InputError(f"{name} is not computed: the batch that it belongs to ends with {address}")
        return number, address

    def _locate(self, head, pass_number):
        if self.passes == 1:
            return 0, head
        number = self.batches.plan.number_of_pass(pass_number)
        passes, in_pass = self.passes_of(number), self.heads[head]
        if in_pass is not None:  # that of a batch comes with its last pass
            return number, f"{head}@{pass_number if in_pass == 1 else passes[-1]}"
        if number and self.updated(head):
            return number - 1, f"{self.updated(head)}@{passes[0] - 1}"
        return 0, head

    def updated(self, head):
        """The head of what an update makes of a weight, a bias or an optimizer's memory; None for all else."""
        quantity, place, _ = split_address(head)
        after = make_address(f"{quantity}+", place)
        return after if after in self.heads else None

    def is_computed(self, head):
        """Whether steps compute it, and it is not given."""
        return self.known_with.get(head) == head

    def computed_at(self, name):
        """What steps compute of a `Name`: its head, its address if it has a pass, or a bare quantity at every unit."""
        if self.is_computed(name.head):
            return {self.head_or_address(name)}
        is_bare = name.place is None and name.head not in self.heads
        return {head for head in self._all(name.quantity) if is_bare and self.is_computed(head)}

    def head_or_address(self, name):
        """The head of a `Name`, which means it in every pass, or its address in the pass that it gives."""
        return name.head if name.pass_number is None else self.find(name, None)[1]

    # Values

    def address(self, name, place):
        """The address, with its pass, that a `Name` stands for at a place."""
        return self._stands_for(name, place)[1]

    def value(self, read, place):
        """What a `Name` or an `OverEpoch` stands for at a place. Raises NotKnownError for what comes after it."""
        if isinstance(read, OverEpoch):
            return self._over_epoch(read, place)
        if not read.earlier:
            return self.value_at(*self._stands_for(read, place), place)
        name = self.meant(read, place)
        earlier = self.before(name.head, name.pass_number or self.pass_at(place), place)
        if earlier is None:
            raise NotKnownError(f"{read} is not known: there is no pass before")
        return earlier

    def _over_epoch(self, read, place):
        """What a function makes of an expression in the passes of an epoch up to a place, or of the epoch before."""
        count, present = self.settings.examples, self.pass_at(place)
        first = ((present - 1) // count - read.earlier) * count + 1
        last = min(present, first + count - 1)
        meant = {name: self.meant(name, place) for name in read.names}
        last -= last == present and self._missing_at(meant.values(), place)
        if not 1 <= first <= last:
            raise NotKnownError(f"{read} is not known: no pass of {'an' if read.earlier else 'this'} epoch has it yet")
        key = read.expression.text, *meant.values(), first, last
        if key not in self._epochs:
            self._epochs[key] = self._values(read.expression, meant, first, last)
        return OVER_EPOCH[read.function](self._epochs[key])

    def _missing_at(self, names, place):
        try:
            return not [self.value(name, place) for name in names]
        except NotKnownError:
            return True

    def ends_epoch(self, place):
        """Whether the pass at a place is the last of its epoch."""
        return self.pass_at(place) % self.settings.examples == 0

    def _values(self, expression, meant, first, last):
        """Those of an expression in these passes, where its names mean others."""
        readings, plan = self.batches.readings({name.head for name in meant.values()}), self.batches.plan
        batches = range(plan.number_of_pass(first), plan.number_of_pass(last) + 1)
        rows = [row for batch in batches for row in zip(self.passes_of(batch), self._rows(batch, readings))]
        rows = [row for number, row in rows if first <= number <= last and len(row) == len(readings.heads)]
        return [expression(lambda name: row[meant[name].head]) for row in rows]

    def _rows(self, number, readings):
        """A batch's rows: {head: value} of each pass, read off in passing, or else out of its trace."""
        rows = self.batches.look(number, readings)
        if rows is None:
            trace, passes = self.batch(number), self.passes_of(number)
            found = [{head: self._locate(head, one)[1] for head in readings.heads} for one in passes]
            rows = [{head: trace[at].value for head, at in row.items()} for row in found]
        return rows

    def _stands_for(self, name, place):
        """(number of the batch, address) of a `Name` at a place."""
        return self.find(self.meant(name, place), self.pass_at(place))

    def meant(self, name, place):
        """The `Name` itself; without brackets the quantity, or that of the connection or unit of the step at a place."""
        if name.place is not None:
            return name
        for where in self.places_at(place):
            if name._replace(place=where).head in self.heads:
                return name._replace(place=where)
        raise OfNothingError(of_what(name.quantity, self._all(name.quantity)))

    def places_at(self, place):
        """Where the step at a place is: what an address without brackets may be of."""
        step = self.trace.steps[place[1]]
        return ("",) if step.phase == "given" else self.places_of(step.address)

    @staticmethod
    def places_of(address):
        """Nowhere, the place in an address, and the unit that this place belongs to."""
        where = split_address(address)[1]
        return "", where, where.rpartition("->")[2]

    def value_at(self, number, address, place):
        """The number at an address, as it is known at a place in the open batch."""
        index = self.index(address)
        if number > place[0] or index is not None and index > place[1]:
            raise NotKnownError(f"{address} is not computed yet; goto {address} goes there")
        return self.trace.steps[index].value if index is not None else self.batch(number)[address].value

    def before(self, head, pass_number, place):
        """The value that was there before the one of this pass: of the pass or the update before it, or None."""
        quantity, where, _ = split_address(head)
        read = make_address(quantity[:-1], where)
        if self.updated(read) == head:
            return self.value_at(*self._locate(read, pass_number), place)
        first = self.passes_of(self.batches.plan.number_of_pass(pass_number))[0]
        earlier = (pass_number if self.heads[head] == 1 else first) - 1
        return self.value_at(*self._locate(head, earlier), place) if earlier and self.passes > 1 else None

    def index(self, address):
        """The index of an address in the open batch, or None."""
        if self._order[0] is not self.trace:
            self._order = self.trace, {step.address: index for index, step in enumerate(self.trace.steps)}
        return self._order[1].get(address)
