"""The positions of a trace: which step is whose delta, and in which pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.support.errors import InputError
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.trace.step import Step


@documented
class Found(NamedTuple):
    """A step, and what it belongs to.

    step:   the `Step` itself
    place:  the unit or the connection
    number: the number of the pass, None where there is only one
    """

    step: Step
    place: str
    number: int | None


@documented
class Spot(NamedTuple):
    """One unit's number in one pass.

    step:   the `Step` that gives it
    layer:  the unit's layer, 1 for the first behind the inputs
    j:      the unit's position in the layer, from 0
    name:   the unit
    number: the number of the pass, None where there is only one
    """

    step: Step
    layer: int
    j: int
    name: str
    number: int | None


@documented
class Connection(NamedTuple):
    """One connection's gradient or new value.

    step:   the `Step` that gives it
    layer:  the layer that the connection enters
    j:      the position in it of the unit that the connection enters, from 0
    i:      the position of the unit that it comes from, from 0
    number: the number of the pass, None where there is only one
    """

    step: Step
    layer: int
    j: int
    i: int
    number: int | None


class Positions:
    """A trace with its steps found by what they are.

    layers: the names of the units of each layer, the inputs' first
    prefix: of the gradients that an update reads: "", "mean " or "sum "
    passes: how many examples a batch has, 1 without batches
    """

    def __init__(self, trace):
        for step in trace:
            if step.rule == "given" and step.phase != "given":
                raise InputError(f"{step.address} was swapped for a given number; leave that out for a diagnosis")
        self.trace, network = trace, trace.structure
        self.layers = [network.input_names, *network.layer_names]
        self.activations = [None, *[layer.activation for layer in network.layers]]
        self.last = len(self.layers) - 1
        self._places = {
            name: (index, j) for index, names in enumerate(self.layers) for j, name in enumerate(names)
        }
        self._steps = {}
        for step in trace:
            quantity, place, number = split_address(step.address)
            self._steps.setdefault(quantity, []).append(Found(step, place, number))
        gradients = (quantity for quantity in self._steps if quantity.endswith("dE/dw"))
        self.prefix = next(gradients, "dE/dw")[: -len("dE/dw")]
        self.passes = min(trace.settings.batch_size, trace.settings.examples)

    def units(self, quantity, layers=None, rule=None, activation=None):
        """A `Spot` for each unit and pass that has such a quantity: in these layers, by this rule, with this activation."""
        for step, name, number in self.steps(quantity):
            if not name or rule not in (None, step.rule):
                continue  # without a name it is the loss itself, beside the share of each output
            layer, j = self._places[name]
            spot = Spot(step, layer, j, name, number)
            if (layers is None or layer in layers) and (activation is None or self.activation(spot).name == activation):
                yield spot

    def plain_deltas(self, layers=None):
        """A `Spot` for each delta (in these layers) that is dE/da times f'."""
        return self.units("delta", layers, rule="delta")

    def steps(self, quantity):
        """A `Found` for each such quantity, in order."""
        return self._steps.get(quantity, [])

    def gradients(self):
        """A `Found` for each gradient that an update reads, those of the weights first."""
        return [*self.steps(f"{self.prefix}dE/dw"), *self.steps(f"{self.prefix}dE/db")]

    def updates(self, layers=None):
        """The new weights and biases (of these layers): a `Connection` or a `Spot` for each."""
        return [*self.connections("w+", layers), *self.units("b+", layers)]

    def readers(self, name):
        """A `Found` for each step of an update whose formula reads a number by this name, such as "eta"."""
        return [
            found for quantity in self._steps for found in self.steps(quantity)
            if found.step.phase == "update" and name in self.rule(found).reads and quantity != "scheduled eta"
        ]

    def rule(self, spot):
        """The `Rule` of a spot's step."""
        return self.trace.rules[spot.step.rule]

    @staticmethod
    def number_of(address):
        """The number of the pass that an address belongs to."""
        return split_address(address)[2]

    def new_weight(self, weight, number):
        """The address of the value after the update of this pass, or None if it has none."""
        place = split_address(weight)[1]
        new = make_address("w+", place, number)
        return new if new in self.trace else None

    def batch(self, number):
        """The numbers of the passes in the batch that a pass belongs to; an epoch's last batch may be smaller."""
        examples = self.trace.settings.examples
        first = number - 1 - (number - 1) % examples  # passes in the epochs before
        start = first + (number - 1 - first) // self.passes * self.passes
        return range(start + 1, min(start + self.passes, first + examples) + 1)

    def connections(self, quantity, layers=None):
        """A `Connection` for each weight (into these layers) and pass that has such a quantity, such as "dE/dw" or "w+"."""
        for step, place, number in self.steps(quantity):
            source, _, target = place.partition("->")
            if target:
                layer, j = self._places[target]
                if layers is None or layer in layers:
                    yield Connection(step, layer, j, self._places[source][1], number)

    def weight(self, target, i, number):
        """The address of the weight that the net input of a unit reads from the i-th unit before, in a pass."""
        return self.trace[make_address("z", target, number)].operands[2 * i]

    def weights_into(self, layer, number):
        """The addresses of a layer's weights in a pass: a list for each of its units."""
        size = len(self.layers[layer - 1])
        return [[self.weight(name, i, number) for i in range(size)] for name in self.layers[layer]]

    def at(self, quantity, layer, number):
        """The addresses of a quantity of all units of a layer in a pass."""
        return [make_address(quantity, name, number) for name in self.layers[layer]]

    @property
    def computed(self):
        """The numbers of all layers behind the inputs."""
        return range(1, self.last + 1)

    @property
    def hidden(self):
        """The numbers of the hidden layers."""
        return range(1, self.last)

    @property
    def output(self):
        """The number of the output layer, as the only one of a list."""
        return [self.last]

    def activation(self, spot):
        """The activation of a spot's unit."""
        return self.activations[spot.layer]


def misread(rows):
    """A matrix whose numbers are read in the wrong layout: a square one is transposed.

    >>> misread([[1, 2, 3], [4, 5, 6]])
    [[1, 3, 5], [2, 4, 6]]
    """
    flat, height = [cell for row in rows for cell in row], len(rows)
    return [[flat[i * height + j] for i in range(len(rows[0]))] for j in range(height)]
