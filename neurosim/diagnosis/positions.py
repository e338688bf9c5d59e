"""The positions of a trace: which step is whose delta, and in which pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.support.errors import InputError
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.trace.step import Step


@documented
class Spot(NamedTuple):
    """A step, and what it belongs to.

    step:   the `Step` itself
    place:  the unit or the connection, "" where it is the whole network's
    number: the number of the pass, None where there is only one
    layer:  that of the unit, or that which the connection enters; 1 for the first behind the inputs
    j:      the position in that layer of the unit, or of that which the connection enters, from 0
    i:      of a connection the position of the unit that it comes from, from 0
    """

    step: Step
    place: str
    number: int | None
    layer: int | None
    j: int | None
    i: int | None

    def beside(self, quantity):
        """The address of another quantity of this place in this pass."""
        return make_address(quantity, self.place, self.number)


class Positions:
    """A trace with its steps found by what they are.

    layers: the names of the units of each layer, the inputs' first
    computed, hidden, output: the numbers of the layers behind the inputs, of those that are hidden, and of the last
    layer_numbers: of each unit the number of its layer, 0 for the inputs
    prefix: of the gradients that an update reads: "", "mean " or "sum "
    passes: how many examples a batch has, 1 without batches
    looked_at: the steps themselves
    """

    def __init__(self, trace, steps=None):
        """`steps`: those of the trace that are looked at, if not all."""
        for step in trace:
            if step.rule == "given" and step.phase != "given":
                raise InputError(f"{step.address} was swapped for a given number; leave that out for a diagnosis")
        self.trace, network = trace, trace.structure
        self.layers = [network.input_names, *network.layer_names]
        self.last = len(self.layers) - 1
        self.computed, self.hidden, self.output = range(1, self.last + 1), range(1, self.last), [self.last]
        self._activations = [None, *[layer.activation for layer in network.layers]]
        self.layer_numbers = {name: index for index, names in enumerate(self.layers) for name in names}
        places = {name: (index, j) for index, names in enumerate(self.layers) for j, name in enumerate(names)}
        self._spots = {}
        self.looked_at = list(trace if steps is None else steps)
        for step in self.looked_at:
            quantity, place, number = split_address(step.address)
            source, _, target = place.rpartition("->")
            layer, j = places.get(target, (None, None))
            _, i = places.get(source, (None, None))
            self._spots.setdefault(quantity, []).append(Spot(step, place, number, layer, j, i))
        gradients = (quantity for quantity in self._spots if quantity.endswith("dE/dw"))
        self.prefix = next(gradients, "dE/dw")[: -len("dE/dw")]
        self.passes = min(trace.settings.batch_size, trace.settings.examples)

    def steps(self, quantity):
        """A `Spot` for each such quantity, in order, also where it belongs to no unit and no connection."""
        return self._spots.get(quantity, [])

    def spots(self, quantity, layers=None, rule=None, activation=None):
        """A `Spot` for each such quantity of a unit or a connection: in these layers, by this rule, with this activation."""
        layers = self.computed if layers is None else layers
        return [
            spot for spot in self.steps(quantity)
            if spot.layer in layers and rule in (None, spot.step.rule)
            and activation in (None, self.activation(spot).name)
        ]

    def plain_deltas(self, layers=None):
        """A `Spot` for each delta (in these layers) that is dE/da times f'."""
        return self.spots("delta", layers, rule="delta")

    def weight_gradients(self, layers=None):
        """A `Spot` for each gradient of a weight (into these layers) that an update reads."""
        return self.spots(f"{self.prefix}dE/dw", layers)

    def bias_gradients(self):
        """A `Spot` for each gradient of a bias that an update reads."""
        return self.spots(f"{self.prefix}dE/db")

    def gradients(self):
        """A `Spot` for each gradient that an update reads, those of the weights first."""
        return [*self.weight_gradients(), *self.bias_gradients()]

    def updates(self, layers=None):
        """A `Spot` for each new weight and bias (of these layers)."""
        return [*self.spots("w+", layers), *self.spots("b+", layers)]

    def readers(self, name):
        """A `Spot` for each step of an update whose formula reads a number by this name, such as "eta"."""
        return [
            spot for quantity, spots in self._spots.items() for spot in spots
            if spot.step.phase == "update" and name in self.rule(spot).reads and quantity != "scheduled eta"
        ]

    def rule(self, spot):
        """The `Rule` of a spot's step."""
        return self.trace.rules[spot.step.rule]

    def activation(self, spot):
        """The activation of a spot's unit."""
        return self._activations[spot.layer]

    def new_weight(self, weight, number):
        """The address of the value after the update that follows this pass, or its batch; None if there is none."""
        new = make_address("w+", split_address(weight)[1], number and self.batch(number)[-1])
        return new if new in self.trace else None

    def batch(self, number):
        """The numbers of the passes in the batch that a pass belongs to; an epoch's last batch may be smaller."""
        examples = self.trace.settings.examples
        first = number - 1 - (number - 1) % examples  # passes in the epochs before
        start = first + (number - 1 - first) // self.passes * self.passes
        return range(start + 1, min(start + self.passes, first + examples) + 1)

    def operands(self, quantity, unit, number):
        """The addresses from which a quantity of a unit is worked out in a pass."""
        return self.trace[make_address(quantity, unit, number)].operands

    def weights_into(self, layer, number):
        """The addresses of a layer's weights in a pass: a list for each of its units."""
        end = 2 * len(self.layers[layer - 1])
        return [self.operands("z", name, number)[:end:2] for name in self.layers[layer]]

    def at(self, quantity, layer, number):
        """The addresses of a quantity of all units of a layer in a pass."""
        return [make_address(quantity, name, number) for name in self.layers[layer]]


def misread(rows):
    """A matrix whose numbers are read in the wrong layout: a square one is transposed.

    >>> misread([[1, 2, 3], [4, 5, 6]])
    [[1, 3, 5], [2, 4, 6]]
    """
    flat, height = [cell for row in rows for cell in row], len(rows)
    return [[flat[i * height + j] for i in range(len(rows[0]))] for j in range(height)]
