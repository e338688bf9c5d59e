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
from neurosim.diagnosis.answers import in_floats, read_answers, trace_with_givens
from neurosim.diagnosis.judge import Judge
from neurosim.diagnosis.parts import Parts
from neurosim.diagnosis.roundings import roundings
from neurosim.diagnosis.stories import RIGHT
from neurosim.diagnosis.verdict import convention_in_words
from neurosim.support.errors import InputError, shown
from neurosim.support.numeric import as_kind
from neurosim.support.records import documented
from neurosim.support.report import TableReport
from neurosim.trace.batches import Batches
from neurosim.trace.recorder import trace as record
from neurosim.trace.step import Trace

if TYPE_CHECKING:
    from neurosim.diagnosis.answers import Answer

TURNED = ("dE/da", "delta", "gradient", "velocity")  # classes of quantities that have the other sign with errors as t - a
MOST_PASSES = 200_000  # further passes would take minutes
REPLAYED = 8  # passes up to which roundings are tried: nobody works more by hand
AS_PRINTED, CUT_OFF = "upstream numbers as printed", "further digits cut off"
FACTORS = {"as given": 1, "2": 2, "1/2": 0.5}
SHIFTS = {0: "when the pass goes forward", -1: "an update earlier", 1: "an update later"}


@documented
class Conventions(NamedTuple):
    """How a book may have worked.

    loss:       the factor of the loss and of its derivative, one of FACTORS
    order:      of updates: "as given", "simultaneous" or "sequential"
    biases:     "as given", "trained" or "frozen"
    reduction:  over a batch: "as given", "mean" or "sum"
    rounding:   "none", "upstream numbers as printed", "further digits cut off", or such as "outputs to 3 places"
    shift:      by how many updates the numbers are later than their pass says
    errors:     "a - t", or "t - a" with updates that are added, or such as "t - a in delta"
    reading:    what else the printed numbers are, such as "gradients with eta in them", or "as given"
    convention: another one that `diagnose` knows, such as "epsilon inside the root", or "as given"
    """

    loss: str
    order: str
    biases: str
    reduction: str
    rounding: str
    shift: int
    errors: str
    reading: str
    convention: str


AS_GIVEN = Conventions("as given", "as given", "as given", "as given", "none", 0, "a - t", "as given", "as given")


class Solution(TableReport):
    """Which conventions give which printed numbers; true if some give all of them."""

    __slots__ = {
        "printed": "{address: `Answer`}, in the order of the page",
        "reproduced": "{`Conventions`: the set of addresses that they give}, for those that give more than simpler ones",
    }

    def __init__(self, printed: dict[str, Answer], reproduced: dict[Conventions, set[str]]) -> None:
        self.printed, self.reproduced = printed, reproduced

    def __bool__(self) -> bool:
        return bool(self.whole)

    @property
    def whole(self) -> list[Conventions]:
        """The conventions that give every printed number, those that change least first."""
        return [conventions for conventions in self.ranked if len(self.reproduced[conventions]) == len(self.printed)]

    @property
    def ranked(self) -> list[Conventions]:
        """All conventions that give any number: the most numbers first, then those that change least."""
        return sorted(self.reproduced, key=lambda c: (-len(self.reproduced[c]), _rank(c)))

    def giving(self, address: str) -> list[Conventions]:
        """The conventions that give one printed number, those that change least first."""
        return sorted((c for c, found in self.reproduced.items() if address in found), key=_rank)

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

    def __repr__(self) -> str:
        most = max(map(len, self.reproduced.values()), default=0)
        return f"<Solution: {most} of {len(self.printed)} printed numbers by one rule>"


def changes(conventions):
    """How many conventions differ from the given ones."""
    return len(_changed(conventions))


def _changed(conventions):
    return [field for field in AS_GIVEN._fields if getattr(conventions, field) != getattr(AS_GIVEN, field)]


def _rank(conventions):
    """The fewest changes first, then those of the first fields."""
    return changes(conventions), [AS_GIVEN._fields.index(field) for field in _changed(conventions)]


def solve(network, inputs, targets, printed, optimizer=None, batch_size=1, reduction="mean", given=None):
    """Find the conventions of printed numbers, as `Network.solve` says."""
    optimizer = None if optimizer is None else OPTIMIZERS.make(optimizer)
    computation = _Computation(network, inputs, targets, optimizer, batch_size, reduction)
    read = read_answers(computation.trace, printed, given, "printed", computation.address)
    numbers = {split_address(address)[2] or 1 for address in read.by_address}
    computation.check_passes(max(numbers), read.given)
    is_near, found = max(numbers) <= REPLAYED, {}
    for variant in computation.variants():
        trace = in_floats(computation.run(variant, numbers))
        for shift in computation.shifts:
            for conventions, given in _judged(trace, read, variant._replace(shift=shift), is_near):
                found[conventions] = max(found.get(conventions, set()), given, key=len)
        if len(found[AS_GIVEN]) == len(read.by_address):
            break
    return Solution(read.by_address, {one: given for one, given in found.items() if _adds(one, found)})


def _judged(trace, read, conventions, is_near):
    """(conventions, the printed addresses whose numbers a trace gives) in each way to read and to round them."""
    printed = {shifted(address, conventions.shift): address for address in read.by_address}
    judge = Judge(trace_with_givens(trace, read), {address: read.by_address[printed[address]] for address in printed})
    parts = Parts(judge, trace, read.given)
    others = [part for part in parts.conventions() if part.form not in FACTORS] if conventions == AS_GIVEN else []
    for reading, other in product(parts.readings(judge.order, unseen=True), [None, *others]):
        how = judge.given_exactly((other,) if other else (), reading)
        ways = {"none": {address for address in how if how[address].verdict == RIGHT}}
        if not other and len(ways["none"]) < len(judge.order):
            for rounding in roundings(judge) if is_near else []:
                ways[rounding.label] = judge.given_from_the_start(reading, rounding)
            ways[CUT_OFF] = judge.given_from_the_start(reading._replace(cut=True))
        ways[AS_PRINTED] = set(how)
        for rounding, given in ways.items():
            named = conventions._replace(rounding=rounding, **_in_words(judge, reading, other))
            yield named, {printed[address] for address in given}


def _in_words(judge, reading, other):
    """The fields of `Conventions` that say what the printed numbers are."""
    factors, form = dict(reading.factors), f" ({other.form})" if other and other.form else ""
    signs = {name: factors.get(name, 1) for name in map(judge.quantity_class, judge.order) if name in TURNED}
    turned = [name for name, sign in signs.items() if sign == -1]
    where = f" in {' and '.join(turned)}" if 1 in signs.values() else ""
    notes = [convention_in_words(note) for note in reading.notes if note != "opposite-sign"]
    return {
        "errors": f"t - a{where}" if turned else "a - t", "reading": " and ".join(notes) or "as given",
        "convention": other.kind.equals + form if other else "as given",
    }


def _adds(conventions, found):
    """Whether conventions give a number that those with less changed do not."""
    simpler = [conventions._replace(**{field: getattr(AS_GIVEN, field)}) for field in _changed(conventions)]
    others = [found.get(one, set()) for one in (*simpler, AS_GIVEN) if one != conventions]
    return bool(found[conventions]) and not any(found[conventions] <= given for given in others)


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
        trained, _ = self._with(AS_GIVEN._replace(biases="trained"))  # which has a number for every address there is
        all_ = record(trained, inputs, targets, optimizer, batch_size, reduction, epochs=2)
        self.trace, self.quantities = all_, {}
        for step in (*all_, *first):
            self.quantities[step.address.partition("@")[0]] = "@" in step.address
        numbers = range(1, self.settings.examples + 1)
        self.inputs = [self._row(first, "a", network.input_names, number) for number in numbers]
        if targets is not None:
            targets = [self._row(first, "t", network.layer_names[-1], number) for number in numbers]
        self.targets, self.shifts = targets, [0] if optimizer is None else SHIFTS

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

    def check_passes(self, last, given):
        """Raise InputError if the passes up to the last can't be worked out."""
        if last > MOST_PASSES:
            raise InputError(f"printed: pass {last} is too far; at most {MOST_PASSES} can be tried")
        if given and last > REPLAYED:
            raise InputError(f"printed: pass {last} is too far for given numbers, which are used up to pass {REPLAYED}")
        if self.optimizer is None and last > self.settings.examples:
            raise InputError(f"printed: pass {last} comes after an update, which needs an optimizer")

    def variants(self):
        """The `Conventions` by which to record it, in all combinations that make a difference."""
        in_batches, orders, biases = self.settings.batch_size > 1, ["as given"], ["as given"]
        can_wait = self.optimizer is not None and self.optimizer.clip_norm is None and len(self.network.layers) > 1
        if can_wait and not in_batches:
            orders.append("sequential" if self.optimizer.order == "simultaneous" else "simultaneous")
        with_bias = [layer.trainable_bias for layer in self.network.layers if layer.has_bias]
        if not all(with_bias):
            biases.append("trained")
        if any(with_bias):
            biases.append("frozen")
        other = {"mean": "sum", "sum": "mean"}[self.settings.reduction]
        for loss, order, biases, reduced in product(FACTORS, orders, biases, ["as given", *[other] * in_batches]):
            yield AS_GIVEN._replace(loss=loss, order=order, biases=biases, reduction=reduced)

    def run(self, conventions, numbers):
        """The `Trace` of the passes asked for and those beside them, recorded by these conventions."""
        network, optimizer = self._with(conventions)
        reduction = self.settings.reduction if conventions.reduction == "as given" else conventions.reduction
        wanted = {number + shift for number in numbers for shift in self.shifts if number + shift > 0}
        epochs = max(2, -(-max(wanted) // self.settings.examples))
        arguments = network, self.inputs, self.targets, optimizer, self.settings.batch_size, reduction, epochs
        if max(numbers) <= REPLAYED:
            return record(*arguments)
        if optimizer is not None and self.settings.batch_size == 1:
            return self._together(self._far_passes(network, optimizer, wanted))
        batches = Batches(*arguments)
        return self._together(batches[number] for number in sorted(set(map(batches.plan.number_of_pass, wanted))))

    def _together(self, traces):
        """One trace of several; what one of them takes from another is there once."""
        steps, rules = {step.address: step for step in self.trace if "@" not in step.address}, {}
        for trace in traces:
            rules.update(trace.rules)
            for step in trace:
                steps.setdefault(step.address, step)
        return Trace(list(steps.values()), rules, self.network, self.settings)

    def _with(self, conventions):
        """A copy of the network and of the optimizer under other conventions."""
        network, optimizer = copy.deepcopy((self.network, self.optimizer))
        if FACTORS[conventions.loss] != 1:
            network.loss = _Scaled(network.loss, FACTORS[conventions.loss])
        if conventions.order != "as given":
            optimizer.order = conventions.order
        for layer in network.layers:
            if conventions.biases != "as given" and layer.has_bias:
                layer.trainable_bias = conventions.biases == "trained"
                for neuron in layer.neurons:
                    neuron.trainable_bias = layer.trainable_bias
        return network, optimizer

    def _far_passes(self, network, optimizer, wanted):
        """The traces of some passes; between them the passes are run and not recorded."""
        descend = network.descend_sequentially if optimizer.order == "sequential" else network.descend
        for number, inputs, targets in zip(range(1, max(wanted) + 1), cycle(self.inputs), cycle(self.targets)):
            if number in wanted:
                yield _numbered(record(network, inputs, targets, optimizer), number)
            network.propagate(inputs)
            network.backpropagate(targets)
            descend(optimizer)


def _numbered(trace, number):
    """The trace of one pass with a number in its addresses."""
    names = {step.address: make_address(*split_address(step.address)[:2], number) for step in trace}
    steps = [
        step._replace(address=names[step.address], operands=tuple(names[operand] for operand in step.operands))
        for step in trace
    ]
    return Trace(steps, trace.rules, trace.structure, trace.settings)


def shifted(address, shift):
    """The address so many passes later; what is given to the whole computation has none."""
    quantity, place, number = split_address(address)
    return make_address(quantity, place, number + shift) if number else address
