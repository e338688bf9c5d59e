"""What was seen of a training step elsewhere: numbers by layer, and which of them depart from what they were made from.

    by example    a matrix has a row for each example of the batch
    by unit       a matrix has a row for each unit
    share         what gradients there are of ours: 1/32 where the loss is a mean over 32 examples
"""

from __future__ import annotations

import copy
import struct
from math import isfinite, nan, sqrt
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple

from neurosim.core.address import make_address
from neurosim.frameworks.dense import Dense, network_of, units_there
from neurosim.support.errors import InputError, shorten, shown
from neurosim.support.numeric import dot
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.core.network import Network

BITS_32 = 4 * 2.0**-24  # what arithmetic of 32 bits may lose, times the largest number of the layer
BITS_64 = 1e-12  # the same of 64 bits; what is much less accurate is wrong
MANY = 4  # squared, terms of a sum from which on their order shows
SLOPES = 8  # what a slope is worked out from may lose so many times as much
UNSEEN = 1e-3  # of the largest change of a layer: how exactly 32 bits give one whose gradients were not seen
BY_EXAMPLE = {"z": "net_inputs", "a": "outputs", "dE/da": "output_gradients", "delta": "deltas"}
BY_UNIT = {"dE/dw": "weight_gradients", "dE/db": "bias_gradients", "w+": "new_weights", "b+": "new_biases"}
GIVEN = {"w": "weights", "b": "biases"}
# The same by the names of tensors, to which the number of the layer comes.
OF_EXAMPLES = {"z": "net_inputs", "a": "outputs", "dA": "output_gradients", "delta": "deltas"}
MATRICES = {"W": "weights", "dW": "weight_gradients", "W+": "new_weights"}
ROWS = {"b": "biases", "db": "bias_gradients", "b+": "new_biases"}


def tensor(name: str, number: int) -> str:
    """The name of a layer's tensor: "W1+" for "W+"."""
    return f"{name.rstrip('+')}{number}{'+' * name.endswith('+')}"


class SeenLayer:
    """A dense layer in one step; what was not seen of it is None.

    label, activation:      what it is called there, and an `Activation`
    weights, biases:        at the beginning; weights and all that belongs to them are by unit
    inputs, net_inputs, outputs, output_gradients, deltas: by example
    weight_gradients, bias_gradients, new_weights, new_biases: at the end
    left_weight_gradients, left_bias_gradients: gradients that were there before the step
    used_weight_gradients, used_bias_gradients: those that the update found, if something changed them on the way
    """

    def __init__(self, label: str, activation: Any, weights: Any, biases: Any, inputs: Any = None) -> None:
        self.label, self.activation, self.weights, self.biases, self.inputs = label, activation, weights, biases, inputs
        self.net_inputs: Any = None
        self.outputs: Any = None
        self.output_gradients: Any = None
        self.deltas: Any = None
        self.weight_gradients: Any = None
        self.bias_gradients: Any = None
        self.left_weight_gradients: Any = None
        self.left_bias_gradients: Any = None
        self.used_weight_gradients: Any = None
        self.used_bias_gradients: Any = None
        self.new_weights: Any = None
        self.new_biases: Any = None

    def filled_up(self) -> Any:
        """The outputs, where they or net inputs were not seen as they follow from what was."""
        if self.net_inputs is None:
            biases = self.biases or [0.0] * len(self.weights)
            units = list(zip(self.weights, biases))
            self.net_inputs = [[dot(weights, x) + bias for weights, bias in units] for x in self.inputs]
        if self.outputs is None:
            self.outputs = outputs_of(self.activation, self.net_inputs)
        return self.outputs

    def outputs_are_inside(self) -> None:
        """Take what was seen as outputs for net inputs, whose outputs a loss works out inside."""
        self.outputs = self.output_gradients = None

    def count(self) -> int:
        """How many numbers were seen that are made from others."""
        rows = [getattr(self, name) or [] for name in (*BY_EXAMPLE.values(), *BY_UNIT.values())]
        return sum([len(row) if isinstance(row, list) else 1 for each in rows for row in each])


@documented
class Departure(NamedTuple):
    """A number that is not what it was made from.

    quantity: such as "delta"
    layer:    its number, from 0
    unit:     likewise, in the layer
    source:   of a weight, which of the layer's inputs it comes from; else None
    example:  of what is by example, which; else None
    seen:     the number there
    expected: the number that its own operands give
    """

    quantity: str
    layer: int
    unit: int
    source: Any
    example: Any
    seen: float
    expected: float


def departure(quantity: str, layer: int, row: int, column: int, seen: float, expected: float) -> Departure:
    """The `Departure` at a row and a column of a layer's matrix."""
    if quantity in BY_EXAMPLE:
        return Departure(quantity, layer, column, None, row, seen, expected)
    return Departure(quantity, layer, row, None if quantity in ("b", "dE/db", "b+") else column, None, seen, expected)


class Step:
    """A training step that was seen.

    layers:    a `SeenLayer` for each
    loss:      a `Loss`, or None: then it is judged from the gradients that arrived at the end
    targets:   by example, or None
    reduction: of the loss over the batch
    optimizer: a function from the network at the beginning to its optimizer, or None
    are_shares: whether dE/da and deltas of a loss that is a mean are shares of it, as they are where a program works it out
    count:     how many numbers were seen that are made from others
    """

    def __init__(self, layers, loss=None, targets=None, reduction="mean", optimizer=None, are_shares=True):
        if not layers or not layers[0].inputs:
            raise InputError("no pass of the model was seen")
        self.layers, self.loss, self.targets, self.reduction = layers, loss, targets, reduction
        self.count = sum([layer.count() for layer in layers])
        self.notes: list[str] = []  # what is to be said beside what departs
        self.shows_gradients = True  # whether dE/da and deltas would have been seen
        self.examples = len(layers[0].inputs)
        for one in layers:
            if not all(map(isfinite, [*(w for row in one.weights for w in row), *(one.biases or ())])):
                called = shown(one.label or "the network")
                raise InputError(f"{called} has weights that are not finite before the step; watch an earlier one")
        self.network: Network = network_of(
            [Dense(one.label, one.weights, one.biases, one.activation) for one in layers], loss or "half_squared_error"
        )
        self.units = units_there(self.network, layers)
        self.optimizer = optimizer and optimizer(self.network)
        self.has_loss = loss is not None and targets is not None
        if self.has_loss:
            _check_targets(targets, self.examples, len(layers[-1].weights))
        whole = 1 / self.examples if self.has_loss and reduction == "mean" else 1
        self.share, self.rest = (whole, 1) if are_shares else (1, whole)
        self.bits = bits_of(layers[0].weights)
        for one in layers:
            one.filled_up()

    @property
    def cancels(self) -> bool:
        """Whether the deltas of the outputs are a - t, without dE/da."""
        return self.has_loss and self.layers[-1].activation.name in self.loss.cancels_with

    def place(self, found: Departure) -> str:
        """Where a number stands there: the unit in its module, "fc1[3]", or in a tensor, "delta1[0][3]"."""
        if self.layers[found.layer].label:
            return self.units[self.network.layer_names[found.layer][found.unit]]
        attribute = {**BY_EXAMPLE, **BY_UNIT, **GIVEN}[found.quantity]
        name = next(name for name, own in {**OF_EXAMPLES, **MATRICES, **ROWS}.items() if own == attribute)
        indices = [one for one in (found.example, found.unit, found.source) if one is not None]
        return tensor(name, found.layer + 1) + "".join(f"[{index}]" for index in indices)

    def address(self, found: Departure) -> str:
        """The address of a number, as a trace of all examples as one batch has it."""
        name = self.network.layer_names[found.layer][found.unit]
        number, prefix = None if self.examples == 1 else (found.example or 0) + 1, ""
        if found.quantity in GIVEN:
            number = None
        elif found.example is None and number:
            number = self.examples
            prefix = f"{self.trace_reduction} " if found.quantity.startswith("dE") else ""
        names = [self.network.input_names, *self.network.layer_names][found.layer]
        place = name if found.source is None else f"{names[found.source]}->{name}"
        return make_address(prefix + found.quantity, place, number)

    @property
    def trace_reduction(self) -> str:
        """The reduction of a trace of the step: gradients that arrived at the end are shares already."""
        return self.reduction if self.has_loss else "sum"

    # Every number from its own operands, in the order of a trace

    def departures(self) -> Iterator[Departure]:
        """The numbers that depart, in the order of the trace; of those that are not finite only the ones that began it."""
        for index in range(len(self.layers)):
            yield from self._depart("z", index, *self._net_inputs(index))
            yield from self._depart("a", index, *self._activated(index))
        backwards = range(len(self.layers) - 1, -1, -1)
        for index in backwards:
            yield from self._depart("dE/da", index, *self._arriving(index))
            yield from self._depart("delta", index, *self._deltas(index))
        for index in backwards:
            yield from self._gradients(index)
        if self.optimizer is not None:
            yield from self._updates(backwards)

    def _depart(self, quantity, index, expected, terms, rows=None, slack=0.0):
        """Those numbers of a matrix that are not as expected.

        terms: a function from (row, column) to the terms of which the number is the sum, which cancellation may leave small
        """
        seen = getattr(self.layers[index], {**BY_EXAMPLE, **BY_UNIT}[quantity]) if rows is None else rows
        if seen is None or expected is None:
            return
        largest = max((abs(value) for row in expected for value in row if isfinite(value)), default=0.0)
        for number, (own, right) in enumerate(zip(seen, expected)):
            if own == right:
                continue
            for place, (value, wanted) in enumerate(zip(own, right)):
                if value == wanted or abs(value - wanted) <= self.bits * largest + slack:
                    continue
                sizes = list(map(abs, terms(number, place)))
                lost = self.bits * sum(sizes) * max(1, sqrt(len(sizes)) / MANY)
                if not all(map(isfinite, sizes)) or isfinite(value) and abs(value - wanted) <= lost:
                    continue  # passed on, or as exact as can be
                yield departure(quantity, index, number, place, value, wanted)

    def _net_inputs(self, index):
        layer = self.layers[index]
        biases = layer.biases or [0.0] * len(layer.weights)
        units = list(zip(layer.weights, biases))
        expected = [[dot(weights, x) + bias for weights, bias in units] for x in layer.inputs]

        def terms(example, unit):
            return [*[w * x for w, x in zip(layer.weights[unit], layer.inputs[example])], biases[unit]]

        return expected, terms

    def _activated(self, index):
        layer = self.layers[index]
        coupled = layer.activation.coupled
        return outputs_of(layer.activation, layer.net_inputs), lambda example, unit: (
            layer.net_inputs[example] if coupled else [layer.net_inputs[example][unit]]
        )

    def _arriving(self, index):
        layer = self.layers[index]
        if layer is self.layers[-1]:
            if not self.has_loss:
                return None, None
            slope, share, size = self.loss.derivative, self.share, len(layer.weights)
            pairs = list(zip(layer.outputs, self.targets))
            return (
                [[share * slope(a, t, size) for a, t in zip(outputs, ts)] for outputs, ts in pairs],
                lambda example, unit: [layer.outputs[example][unit], self.targets[example][unit]],
            )
        behind = self.known_deltas(index + 1)
        if behind is None:
            return None, None
        columns = list(zip(*self.layers[index + 1].weights))
        return (
            [[dot(column, deltas) for column in columns] for deltas in behind],
            lambda example, unit: [w * delta for w, delta in zip(columns[unit], behind[example])],
        )

    def known_deltas(self, index: int) -> Any:
        """The deltas of a layer that were seen, or else those that follow from what was."""
        seen = self.layers[index].deltas
        return self._deltas(index)[0] if seen is None else seen

    def _deltas(self, index):
        layer = self.layers[index]
        if layer is self.layers[-1] and self.cancels:
            share, size, cancelled = self.share, len(layer.weights), self.loss.cancelled
            pairs = list(zip(layer.outputs, self.targets))
            return (
                [[share * cancelled(a, t, size) for a, t in zip(outputs, ts)] for outputs, ts in pairs],
                lambda example, unit: [share * layer.outputs[example][unit], share * self.targets[example][unit]],
            )
        arriving = layer.output_gradients if layer.output_gradients is not None else self._arriving(index)[0]
        if arriving is None or layer.net_inputs is None:
            return None, None
        if layer.activation.coupled:
            return self._softmax_deltas(layer, arriving)
        slope = layer.activation.derivative
        rows = list(zip(arriving, layer.net_inputs, layer.outputs))
        return (
            [[g * slope(z, a) for g, z, a in zip(*row)] for row in rows],
            lambda example, unit: [*[arriving[example][unit]] * SLOPES, layer.net_inputs[example][unit] * 0],
        )

    @staticmethod
    def _softmax_deltas(layer, arriving):
        shared = [dot(gs, outputs) for gs, outputs in zip(arriving, layer.outputs)]
        rows = list(zip(layer.outputs, arriving, shared))
        return (
            [[a * (g - total) for a, g in zip(outputs, gs)] for outputs, gs, total in rows],
            lambda example, unit: [layer.outputs[example][unit] * g for g in arriving[example]],
        )

    def _gradients(self, index):
        layer, known = self.layers[index], self.known_deltas(index)
        if known is None:
            return
        columns, deltas = list(zip(*layer.inputs)), list(zip(*known))
        expected = [[self.rest * dot(own, column) for column in columns] for own in deltas]
        yield from self._depart(
            "dE/dw", index, expected, lambda unit, source: [delta * x for delta, x in zip(deltas[unit], columns[source])]
        )
        if layer.biases is not None:
            sums = [[self.rest * sum(own)] for own in deltas]
            yield from self._depart("dE/db", index, sums, lambda unit, _: deltas[unit], _column(layer.bias_gradients))

    def _updates(self, backwards):
        """New weights and biases: every neuron is given the gradients that were seen, and updated."""
        network = self.network.copy()
        optimizer = carried_over(self.optimizer, neurons_of(self.network, network))
        for index, (layer, one) in enumerate(zip(network.layers, self.layers)):
            deltas = self.known_deltas(index)
            for unit, neuron in enumerate(layer.neurons):
                neuron.delta = 0.0
                neuron.batch_gradients = self._gradients_of(one, deltas, unit, self.rest)
        optimizer.begin_update(network)
        for index in backwards:
            neurons, layer = network.layers[index].neurons, self.layers[index]
            if neurons[0].batch_gradients is None or layer.new_weights is None:
                continue
            new = [optimizer.new_weights(neuron) for neuron in neurons]
            changes = [abs(after - w) for neuron, row in zip(neurons, new) for w, after in zip(neuron.weights, row)]
            unseen = self.bits == BITS_32 and layer.weight_gradients is None
            slack = UNSEEN * max(filter(isfinite, changes), default=0.0) if unseen else 0.0
            made_from = lambda unit, source: [neurons[unit].weights[source], neurons[unit].weight_gradients[source] * 0]
            yield from self._depart("w+", index, new, made_from, None, slack)
            if layer.biases is not None and neurons[0].trainable_bias:
                new = [[optimizer.new_bias(neuron)] for neuron in neurons]
                yield from self._depart(
                    "b+", index, new, lambda unit, _: [neurons[unit].bias, neurons[unit].bias_gradient * 0],
                    _column(layer.new_biases), slack,
                )

    @staticmethod
    def _gradients_of(layer, deltas, unit, rest):
        """The gradients of a unit: those that the update found, or those that were seen, or those that its deltas give."""
        weights = layer.used_weight_gradients or layer.weight_gradients
        biases = layer.used_bias_gradients or layer.bias_gradients
        if weights is not None:
            return weights[unit], biases[unit] if biases else 0.0
        if deltas is None:
            return None
        own = [row[unit] for row in deltas]
        return [rest * dot(own, column) for column in zip(*layer.inputs)], rest * sum(own)


def _check_targets(targets, examples, size):
    """Raise InputError unless there is a row for each example, with a number for each output."""
    if len(targets) != examples:
        raise InputError(f"targets: expected {examples} rows, one for each example, got {len(targets)}")
    for index, row in enumerate(targets):
        if not isinstance(row, list) or len(row) != size:
            raise InputError(f"targets[{index}]: expected a list of {size} numbers, one for each output, got {shorten(row)}")


def neurons_of(network: Network, other: Network) -> list[Any]:
    """The neurons of a network, each with that of another in its place, as `carried_over` takes them."""
    layers = zip(network.layers, other.layers)
    return [(old, new, None) for mine, its in layers for old, new in zip(mine.neurons, its.neurons)]


def carried_over(optimizer: Any, pairs: Any) -> Any:
    """The optimizer with what it remembers of some neurons as what it remembers of others.

    pairs: (one, its other, which of its weights that has; None for all)
    """
    other = copy.copy(optimizer)
    other.memory = {}
    for old, new, sources in pairs:
        for part in ("weights", "bias"):
            known = optimizer.memory.get((old, part))
            if known is not None:
                cut = part == "weights" and sources is not None
                other.memory[new, part] = {
                    name: [values[source] for source in sources] if cut else list(values) for name, values in known.items()
                }
    return other


def outputs_of(activation: Any, net_inputs: Any) -> Any:
    """The outputs of a layer by example; None where the net inputs were not seen."""
    if net_inputs is None:
        return None
    if activation.coupled:
        return [_softmax(activation, zs) for zs in net_inputs]
    return [[activation(z) if isfinite(z) else z * 0.0 for z in zs] for zs in net_inputs]


def _softmax(activation, net_inputs):
    if not all(map(isfinite, net_inputs)):
        return [z * 0.0 if not isfinite(z) else nan for z in net_inputs]
    normaliser = activation.normaliser(net_inputs)
    return [activation(z, normaliser) for z in net_inputs]


def _column(values):
    return None if values is None else [[value] for value in values]


def bits_of(rows: Any) -> float:
    """What arithmetic may lose: that of 32 bits if all of these numbers have no more."""
    return BITS_32 if all([has_32_bits(value) for row in rows for value in row]) else BITS_64


def has_32_bits(number: float) -> bool:
    """Whether a number is one of 32 bits."""
    try:
        return struct.unpack("f", struct.pack("f", number))[0] == number or number != number
    except OverflowError:
        return False
