"""Solve: which conventions reproduce a book's printed numbers, or that none does.

A book's numbers are addresses of the computation with the numbers as printed, such as {"E@2": "0.291027924"}: the
loss of the second pass, which is after the first update.
"""

from __future__ import annotations

import copy
from itertools import cycle, product
from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import UnknownAddressError, make_address, split_address, which_pass
from neurosim.core.losses import Loss
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.diagnosis.answers import read_answers, trace_with_givens
from neurosim.support.errors import InputError, shown
from neurosim.support.numeric import as_kind, magnitude
from neurosim.support.records import documented
from neurosim.support.report import Report
from neurosim.trace.batches import Batches
from neurosim.trace.recorder import trace as record
from neurosim.trace.rounding import Places

if TYPE_CHECKING:
    from neurosim.diagnosis.answers import Answer

MOST_PASSES = 200_000  # further passes would take minutes
REPLAYED = 8  # passes up to which roundings are tried: nobody works more by hand
ROUNDINGS = {
    "none": None,
    **{f"everything to {places} places": Places(places) for places in range(2, 7)},
    **{f"outputs to {places} places": {"a": Places(places)} for places in range(2, 7)},
}

FACTORS = {"as given": 1, "2": 2, "1/2": 0.5}
SHIFTS = {0: "when the pass goes forward", -1: "an update earlier", 1: "an update later"}


@documented
class Conventions(NamedTuple):
    """How a book may have worked.

    loss:      the factor of the loss and of its derivative, one of FACTORS
    order:     of updates: "as given", "simultaneous" or "sequential"
    biases:    "as given", "trained" or "frozen"
    reduction: over a batch: "as given", "mean" or "sum"
    rounding:  on the way, one of ROUNDINGS
    shift:     by how many updates the numbers are later than their pass says
    """

    loss: str
    order: str
    biases: str
    reduction: str
    rounding: str
    shift: int


AS_GIVEN = Conventions("as given", "as given", "as given", "as given", "none", 0)


class Solution(Report):
    """Which conventions give which printed numbers; true if some give all of them."""

    __slots__ = {
        "printed": "{address: `Answer`}, in the order of the page",
        "reproduced": "{`Conventions`: the set of addresses that they give}, for those that give any",
    }

    def __init__(self, printed: dict[str, Answer], reproduced: dict[Conventions, set[str]]) -> None:
        self.printed, self.reproduced = printed, reproduced

    def __bool__(self) -> bool:
        return bool(self.whole)

    @property
    def whole(self) -> list[Conventions]:
        """The conventions that give every printed number, those nearest to the given ones first."""
        return [conventions for conventions in self.ranked if len(self.reproduced[conventions]) == len(self.printed)]

    @property
    def ranked(self) -> list[Conventions]:
        """All conventions that give any number: the most numbers first, then those that change least."""
        return sorted(self.reproduced, key=lambda c: (-len(self.reproduced[c]), changes(c)))

    def giving(self, address: str) -> list[Conventions]:
        """The conventions that give one printed number, those that change least first."""
        return sorted((c for c, found in self.reproduced.items() if address in found), key=changes)

    @property
    def first_inconsistent(self) -> str | None:
        """The first printed number that no convention gives together with all those before it; None if all fit."""
        together = list(self.reproduced)
        for address in self.printed:
            together = [conventions for conventions in together if address in self.reproduced[conventions]]
            if not together:
                return address
        return None

    def text(self, format: str = "simple", width: int | None = None) -> str:
        """Which conventions give all the printed numbers, or else what each number needs; format "json" gives one object."""
        from neurosim.diagnosis.solution_report import solution_text

        return solution_text(self, format, width)


def changes(conventions):
    """How many conventions differ from the given ones."""
    return sum(one != usual for one, usual in zip(conventions, AS_GIVEN))


def solve(network, inputs, targets, printed, optimizer, batch_size=1, reduction="mean", given=None):
    """Find the conventions of printed numbers, as `Network.solve` says."""
    optimizer = OPTIMIZERS.make(optimizer)
    computation = _Computation(network, inputs, targets, optimizer, batch_size, reduction)
    read = read_answers(computation.trace, printed, given, "printed", computation.address)
    answers, numbers = read.by_address, {split_address(address)[2] or 1 for address in read.by_address}
    if max(numbers) > MOST_PASSES:
        raise InputError(f"printed: pass {max(numbers)} is too far; at most {MOST_PASSES} can be tried")
    if read.given and max(numbers) > REPLAYED:
        raise InputError(f"printed: pass {max(numbers)} is too far for given numbers, which are used up to pass {REPLAYED}")
    reproduced = {}
    for loss, order, biases, reduced in computation.variants():
        values = computation.run(loss, order, biases, reduced, numbers, read)
        for rounding, shift in product(values, SHIFTS):
            found = {
                address for address, answer in answers.items()
                if _is_printed(values[rounding].get(shifted(address, shift)), answer)
            }
            if found:
                reproduced[Conventions(loss, order, biases, reduced, rounding, shift)] = found
    return Solution(answers, reproduced)


def _rounded(trace, rounding):
    """The trace with its numbers rounded on the way; no steps where that can't be done, as where a divisor becomes 0."""
    try:
        return trace if rounding is None else trace.replay(rounding=rounding)
    except InputError:
        return []


def _is_printed(value, answer):
    if value is None:
        return False
    # a fraction has no last digit, but is worked out with those that floats have
    half_unit = answer.half_unit * (1 + 1e-9) or 1e-12 * abs(answer.value)
    return magnitude(value - as_kind(answer.value, value)) <= as_kind(half_unit, value)


class _Scaled(Loss):
    """A loss and its derivative times a factor; what cancels with the loss no longer does."""

    def __init__(self, loss, factor):
        self.loss, self.factor, self.name = loss, factor, f"{factor} * {loss.name}"
        self.only_with = loss.only_with

    def term(self, output, target, size):
        return as_kind(self.factor, output) * self.loss.term(output, target, size)

    def derivative(self, output, target, size):
        return as_kind(self.factor, output) * self.loss.derivative(output, target, size)


class _Computation:
    """The given network on the given examples, and its runs under other conventions."""

    def __init__(self, network, inputs, targets, optimizer, batch_size, reduction):
        self.network, self.optimizer = network, optimizer
        first = record(network, inputs, targets, optimizer, batch_size, reduction, epochs=2)
        self.settings = first.settings
        trained, _ = self._with("as given", "as given", "trained")  # which has a number for every address there is
        all_ = record(trained, inputs, targets, optimizer, batch_size, reduction, epochs=2)
        self.trace, self.quantities = all_, {}
        for step in (*all_, *first):
            self.quantities[step.address.partition("@")[0]] = "@" in step.address
        numbers = range(1, self.settings.examples + 1)
        self.inputs = [self._row(first, "a", network.input_names, number) for number in numbers]
        self.targets = [self._row(first, "t", network.layer_names[-1], number) for number in numbers]

    @staticmethod
    def _row(trace, quantity, names, number):
        return [trace[make_address(quantity, name, number)].value for name in names]

    def address(self, key):
        """The address with the number of its pass, which may be left out where there is only one example."""
        quantity, place, number = split_address(key)
        head = make_address(quantity, place)
        if head not in self.quantities:
            raise UnknownAddressError(key, self.quantities)
        if number == 0:
            raise InputError(f"printed: {shown(key)}: passes count from 1")
        if not self.quantities[head]:
            return head
        if number is None and self.settings.examples > 1:
            raise InputError(which_pass(f"printed: {head} is", f"{head}@1"))
        return make_address(quantity, place, number or 1)

    def variants(self):
        """(loss, order, biases, reduction) in all combinations that make a difference."""
        in_batches, orders, biases = self.settings.batch_size > 1, ["as given"], ["as given"]
        if not in_batches and self.optimizer.clip_norm is None and len(self.network.layers) > 1:
            orders.append("sequential" if self.optimizer.order == "simultaneous" else "simultaneous")
        with_bias = [layer.trainable_bias for layer in self.network.layers if layer.has_bias]
        if not all(with_bias):
            biases.append("trained")
        if any(with_bias):
            biases.append("frozen")
        other = {"mean": "sum", "sum": "mean"}[self.settings.reduction]
        return product(FACTORS, orders, biases, ["as given", *[other] * in_batches])

    def run(self, loss, order, biases, reduction, numbers, answers):
        """{rounding: {address: value}} of the passes asked for and those beside them, with the givens of the answers."""
        network, optimizer = self._with(loss, order, biases)
        reduction = self.settings.reduction if reduction == "as given" else reduction
        wanted = {number + shift for number in numbers for shift in SHIFTS if number + shift > 0}
        size = self.settings.batch_size
        if max(numbers) > REPLAYED and size == 1:
            return {"none": self._run_far(network, optimizer, wanted)}
        epochs = max(2, -(-max(wanted) // self.settings.examples))
        batches = Batches(network, self.inputs, self.targets, optimizer, size, reduction, epochs)
        if max(numbers) > REPLAYED:
            chosen = [batches[number] for number in sorted({batches.number_of_pass(number) for number in wanted})]
            return {"none": {step.address: step.value for batch in chosen for step in batch}}
        whole = record(network, self.inputs, self.targets, optimizer, size, reduction, epochs)
        whole = trace_with_givens(whole, answers)
        return {name: {step.address: step.value for step in _rounded(whole, how)} for name, how in ROUNDINGS.items()}

    def _with(self, loss, order, biases):
        """A copy of the network and of the optimizer under other conventions."""
        network, optimizer = copy.deepcopy((self.network, self.optimizer))
        if FACTORS[loss] != 1:
            network.loss = _Scaled(network.loss, FACTORS[loss])
        if order != "as given":
            optimizer.order = order
        for layer in network.layers:
            if biases != "as given" and layer.has_bias:
                layer.trainable_bias = biases == "trained"
                for neuron in layer.neurons:
                    neuron.trainable_bias = layer.trainable_bias
        return network, optimizer

    def _run_far(self, network, optimizer, wanted):
        """The numbers of some passes; between them the passes are run and not recorded."""
        values, descend = {}, network.descend_sequentially if optimizer.order == "sequential" else network.descend
        for number, inputs, targets in zip(range(1, max(wanted) + 1), cycle(self.inputs), cycle(self.targets)):
            if number in wanted:
                for step in record(network, inputs, targets, optimizer):
                    values[make_address(*split_address(step.address)[:2], number)] = step.value
            network.propagate(inputs)
            network.backpropagate(targets)
            descend(optimizer)
        return values


def shifted(address, shift):
    """The address so many passes later; what is given to the whole computation has none."""
    quantity, place, number = split_address(address)
    return make_address(quantity, place, number + shift) if number else address
