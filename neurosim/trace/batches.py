"""Batches: a computation of any length as one short trace for each batch, recorded when it is asked for.

The addresses are those of the one long trace; what a batch reads from before it is among its givens. What lies between
two batches that are asked for is run, as training runs it, and not written down.
"""

from __future__ import annotations

import copy

from neurosim.core.address import split_address
from neurosim.core.guards import Snapshot
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.trace.parameters import parameters, put_parameters
from neurosim.trace.readings import Readings
from neurosim.trace.recorder import Plan
from neurosim.trace.replay import replay

SPACING = 16  # batches between two beginnings that are kept


class Batches:
    """A sequence of traces, each of one batch: all its passes and the update that follows them.

    Takes the arguments of `trace`. It holds one batch, and the weights and the optimizer's memory at chosen beginnings:
    the further back, the fewer. So a batch costs one recording, and a run from the nearest beginning that is kept.

    >>> from neurosim import SGD, Layer, Network
    >>> network = Network(1, [Layer(1, "linear", weights=[[2.0]], bias=False)])
    >>> batches = Batches(network, [[1], [3]], [[1], [1]], SGD(0.1), epochs=1000)
    >>> len(batches), batches[1]["z[o1]@2"].operands, round(batches[1999]["w+[x1->o1]@2000"].value, 6)
    (2000, ('w+[x1->o1]@1', 'a[x1]@2'), 0.340659)
    """

    def __init__(self, *arguments, **settings):
        self.plan = Plan(*arguments, **settings)
        self.what_ifs, self._changed = {}, set()  # _changed: the numbers of the batches that what-ifs change
        self._structure = self.plan.network.copy()
        self._network, self._optimizer = copy.deepcopy((self.plan.network, self.plan.optimizer or OPTIMIZERS.make("sgd")))
        self._beginnings = {0: Snapshot(self._network, self._optimizer)}
        self._number = self._batch = None

    def __len__(self):
        return len(self.plan)

    def __repr__(self):
        return f"<{len(self)} batches of {self.plan.network!r}>"

    def __getitem__(self, number):
        if not 0 <= number < len(self):
            raise IndexError(number)
        if number != self._number:
            self._go_to(number)
            self._batch, self._number = self._record(number), number
            self._keep(number + 1)
        return self._batch

    def beside(self):
        """The same batches, of which another one may be held."""
        return copy.copy(self)

    def with_what_ifs(self, what_ifs):
        """The same computation as it would have gone if these {address: number} had come out so."""
        other = copy.copy(self)
        other.what_ifs, other._number = dict(what_ifs), None
        other._changed = set(map(self._first_with, what_ifs))
        swapped = [self._first_with(address) for address, _ in what_ifs.items() ^ self.what_ifs.items()]
        other._beginnings = {kept: old for kept, old in self._beginnings.items() if kept <= min(swapped, default=kept)}
        return other

    def _first_with(self, address):
        """The number of the first batch whose trace has this address."""
        return self.plan.number_of_pass(split_address(address)[2] or 1)

    def readings(self, heads):
        """What `look` reads off: the heads are addresses without their passes."""
        return Readings(self.plan, self._network, heads)

    def look(self, number, readings):
        """The rows of these `readings` in a batch, which is run and not written down; None if it has to be recorded."""
        if number in self._changed or not readings.can:
            return None
        self._go_to(number)
        readings.begin()
        self._run(number, readings.pass_done, readings.batch_done)
        self._keep(number + 1)
        return readings.rows

    def _go_to(self, number):
        """Bring the network and the optimizer to the beginning of a batch."""
        nearest = max(beginning for beginning in self._beginnings if beginning <= number)
        self._beginnings[nearest].put_back()
        for present in range(nearest, number):
            if present in self._changed:
                self._record(present)
            else:
                self._run(present)
            if _is_kept(present + 1, number):
                self._keep(present + 1)
        for beginning in [kept for kept in self._beginnings if not _is_kept(kept, number)]:
            del self._beginnings[beginning]

    def _keep(self, number):
        self._beginnings[number] = Snapshot(self._network, self._optimizer)

    def _run(self, number, *done):
        self.plan.run(number, self._network, self.plan.optimizer and self._optimizer, *done)

    def _record(self, number):
        passes = self.plan.passes_of(number)[0] - 1
        recorder = self.plan.recorder(self._network, self.plan.optimizer and self._optimizer, passes)
        self._run(number, recorder.pass_done, recorder.batch_done)
        batch = recorder.trace(self._structure, self.plan.settings)
        swaps = {address: value for address, value in self.what_ifs.items() if address in batch}
        if swaps:
            batch = replay(batch, values=swaps)
            put_parameters(parameters(batch.steps), self._network, recorder.optimizer)
            self._optimizer.learning_rate = self.what_ifs.get("eta", self._optimizer.learning_rate)
        return batch


def _is_kept(beginning, number):
    """Whether a beginning is kept when the reader is at `number`: the further off, the rounder it must be (in binary)."""
    if abs(beginning - number) <= 1:
        return True
    return beginning % SPACING == 0 and (beginning == 0 or (beginning & -beginning) * 8 > abs(number - beginning))
