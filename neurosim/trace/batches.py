"""Batches: a computation of any length as one short trace for each batch, recorded when it is asked for.

The addresses are those of the one long trace; what a batch reads from before it is among its givens.
"""

from __future__ import annotations

import copy

from neurosim.trace.parameters import parameters, put_parameters
from neurosim.trace.recorder import Plan
from neurosim.trace.replay import replay
from neurosim.trace.step import Trace

SPACING = 16  # batches between two beginnings that are kept


class Batches:
    """A sequence of traces, each of one batch: all its passes and the update that follows them.

    Takes the arguments of `trace`. It holds one batch, and copies of the network at chosen beginnings: the
    further back, the fewer. Going forward costs one recording a batch, going back some more.

    >>> from neurosim import SGD, Layer, Network
    >>> network = Network(1, [Layer(1, "linear", weights=[[2.0]], bias=False)])
    >>> batches = Batches(network, [[1], [3]], [[1], [1]], SGD(0.1), epochs=1000)
    >>> len(batches), batches[1]["z[o1]@2"].operands, round(batches[1999]["w+[x1->o1]@2000"].value, 6)
    (2000, ('w+[x1->o1]@1', 'a[x1]@2'), 0.340659)
    """

    def __init__(self, *arguments, what_ifs=None, **settings):
        self.plan = Plan(*arguments, **settings)
        self.what_ifs = dict(what_ifs or {})
        self._network = self.plan.network.copy()
        self._begin()

    def _begin(self):
        self._beginnings = {0: self.plan.recorder()}
        self._next = 0, self.plan.recorder()
        self._number = self._batch = None

    def __len__(self):
        return len(self.plan)

    def __getitem__(self, number):
        if not 0 <= number < len(self):
            raise IndexError(number)
        if number != self._number:
            self._batch, self._number = self._record(number), number
        return self._batch

    def with_what_ifs(self, what_ifs):
        """The same computation as it would have gone if these {address: number} had come out so."""
        other = copy.copy(self)
        other.what_ifs = dict(what_ifs)
        other._begin()
        return other

    def number_of_pass(self, pass_number):
        """The number of the batch that a pass, numbered from 1, belongs to."""
        epoch, example = divmod(pass_number - 1, self.plan.settings.examples)
        return epoch * len(self.plan.batches) + example // self.plan.settings.batch_size

    def _record(self, number):
        start, recorder = self._next
        self._next = -1, None  # a recorder that is interrupted stands between two batches
        nearest = max(beginning for beginning in self._beginnings if beginning <= number)
        if not nearest <= start <= number:
            start, recorder = nearest, copy.deepcopy(self._beginnings[nearest])
        for present in range(start, number + 1):
            if present not in self._beginnings and _is_kept(present, number):
                self._beginnings[present] = copy.deepcopy(recorder)
            batch = self._record_one(present, recorder)
        self._beginnings = {kept: old for kept, old in self._beginnings.items() if _is_kept(kept, number)}
        self._next = number + 1, recorder
        return batch

    def _record_one(self, number, recorder):
        self.plan.record(number, recorder)
        batch = Trace(recorder.writer.steps, recorder.writer.rules, self._network, self.plan.settings)
        swaps = {address: value for address, value in self.what_ifs.items() if address in batch}
        if swaps:
            batch = replay(batch, values=swaps)
            put_parameters(parameters(batch.steps), recorder.network, recorder.optimizer)
            recorder.writer.values.update((step.address, step.value) for step in batch)
        recorder.writer.start_again()
        return batch


def _is_kept(beginning, number):
    """Whether a beginning is kept when the reader is at `number`: the further off, the rounder it must be (in binary)."""
    return beginning % SPACING == 0 and (beginning == 0 or (beginning & -beginning) * 8 > abs(number - beginning))
