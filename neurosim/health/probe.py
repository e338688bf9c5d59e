"""What a network does on some examples: what its neurons compute, and how updates would change it."""

from __future__ import annotations

import copy

from neurosim.core import guards
from neurosim.core.batch import Batch
from neurosim.core.examples import checked_examples
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.support import checks
from neurosim.support.errors import InputError, NonFiniteError
from neurosim.support.numeric import is_finite, sqrt

MOST_UPDATES = 100  # tried out, spread evenly over the examples


class Unit:
    """A neuron, and what it recorded on the examples; every number as a float.

    net_inputs, outputs, deltas: one for each example; without targets there are no deltas.
    largest_gradient: the largest abs(dE/dw) of all its weights and examples.
    outgoing: the weights that leave it; none for an output.
    """

    def __init__(self, name, neuron, outgoing):
        self.name, self.neuron, self.outgoing = name, neuron, outgoing
        self.net_inputs, self.outputs, self.deltas = [], [], []
        self.largest_gradient = 0.0

    def record_forward(self):
        self.net_inputs.append(as_float(self.neuron.net_input))
        self.outputs.append(as_float(self.neuron.output))

    def record_backward(self):
        delta = as_float(self.neuron.delta)
        self.deltas.append(delta)
        largest_input = max(abs(as_float(x)) for x in self.neuron.inputs)
        self.largest_gradient = max(self.largest_gradient, abs(delta) * largest_input)


class ObservedLayer:
    """A layer's units, and how large each update that was tried out was, relative to the layer's weights.

    steps: norm(w+ - w) / norm(w). gradients: norm(dE/dw) / norm(w).
    """

    def __init__(self, number, names, layer, units):
        self.number, self.layer, self.units = number, layer, units
        self.place = f"layer {number} ({names[0] if len(names) == 1 else f'{names[0]} .. {names[-1]}'})"
        self.steps, self.gradients = [], []

    @property
    def mean_delta(self):
        """The mean abs(delta) over the layer's units and the examples."""
        deltas = [abs(delta) for unit in self.units for delta in unit.deltas]
        return sum(deltas) / len(deltas) if deltas else 0.0


class Probe:
    """A copy of a network, run on some examples.

    layers: an `ObservedLayer` for each. examples: how many went through.
    rises: for each update that was tried out, whether the loss of its examples rises by it, and falls by one
    with a tenth of the learning rate.
    broken: the first NonFiniteError that came up, or None. refusal: why the network cannot go backward, or None.
    """

    def __init__(self, network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean"):
        self.inputs, self.targets = _checked(network, inputs, targets)
        size = checks.count(len(self.inputs) if batch_size == "all" else batch_size, 'batch_size (or "all")')
        checks.reduction(reduction)
        if optimizer is not None:
            optimizer = OPTIMIZERS.make(optimizer)
            if targets is None:
                raise InputError("an update needs targets")
            if optimizer.order == "sequential" and size > 1:
                raise InputError("the update order 'sequential' takes one example at a time, not a batch")
        self.network, self.optimizer = copy.deepcopy((network, optimizer))
        self.layers = [self._layer(number) for number in range(len(network.layers))]
        self.examples, self.rises, self.broken, self.refusal = 0, [], None, None
        for number in range(len(self.inputs)):
            self._guarded(self._pass, number)
        if optimizer is not None and self.refusal is None:
            starts = range(0, len(self.inputs), size)
            for start in starts[:: -(-len(starts) // MOST_UPDATES)]:
                self._guarded(self._try_update, range(start, min(start + size, len(self.inputs))), reduction)

    def _layer(self, number):
        names, _, layer = self.network.named_layers()[number]
        after = self.network.layers[number + 1].neurons if number + 1 < len(self.network.layers) else ()
        outgoing = [tuple(neuron.weights[index] for neuron in after) for index in range(layer.size)]
        units = [Unit(*unit) for unit in zip(names, layer.neurons, outgoing)]
        return ObservedLayer(number + 1, names, layer, units)

    def _guarded(self, run, *arguments):
        """A number that is not finite is a finding, and ends only the pass or update where it came up."""
        try:
            run(*arguments)
        except NonFiniteError as error:
            self.broken = self.broken or error

    def _pass(self, number):
        """One example forward and, as far as there are targets and derivatives, backward."""
        self.network.forward(self.inputs[number])
        backward = self.targets is not None and self.refusal is None
        if backward:
            try:
                self.network.backward(self.targets[number])
            except NonFiniteError:
                raise
            except InputError as error:
                self.refusal, backward = str(error), False
        self.examples += 1
        for layer in self.layers:
            for unit in layer.units:
                unit.record_forward()
                if backward:
                    unit.record_backward()

    def _try_update(self, numbers, reduction):
        """An update by these examples from the weights as they are, which then are put back."""
        before = guards.Snapshot(self.network, self.optimizer)
        weights = [[neuron.weights for neuron in layer.neurons] for layer in self.network.layers]
        try:
            loss = self._update(self.optimizer, numbers, reduction)
            gradients = [[neuron.weight_gradients for neuron in layer.neurons] for layer in self.network.layers]
            steps = [
                [[new - old for new, old in zip(neuron.weights, row)] for neuron, row in zip(layer.neurons, rows)]
                for layer, rows in zip(self.network.layers, weights)
            ]
            for layer, rows, gradient, step in zip(self.layers, weights, gradients, steps):
                if norm(rows):
                    layer.gradients.append(norm(gradient) / norm(rows))
                    layer.steps.append(norm(step) / norm(rows))
            self.rises.append(self._loss(numbers) > loss and self._falls(before, numbers, reduction, loss))
        finally:
            before.put_back()

    def _falls(self, before, numbers, reduction, loss):
        """True if the loss falls with a tenth of the learning rate."""
        before.put_back()
        smaller = copy.copy(self.optimizer)
        smaller.learning_rate, smaller.memory = self.optimizer.learning_rate / 10, dict(self.optimizer.memory)
        self._update(smaller, numbers, reduction)
        return self._loss(numbers) < loss

    def _update(self, optimizer, numbers, reduction):
        """Learn from these examples in one update; return their loss from before it."""
        batch = Batch(self.network, reduction) if len(numbers) > 1 else None
        loss = 0
        for number in numbers:
            self.network.forward(self.inputs[number])
            loss += self.network.backward(self.targets[number])
            if batch:
                batch.collect()
        if batch:
            batch.reduce()
        self.network.update(optimizer)
        return loss

    def _loss(self, numbers):
        """The loss of these examples now; infinite if a number on the way to it is not finite."""
        try:
            losses = [self.network.loss(self.network.forward(self.inputs[n]), self.targets[n]) for n in numbers]
        except NonFiniteError:
            return float("inf")
        return sum(losses) if is_finite(sum(losses)) else float("inf")


def norm(rows):
    """The Euclidean length of all numbers in several lists together, as a float."""
    return sqrt(sum([as_float(value) * as_float(value) for row in rows for value in row]))


def as_float(value):
    """The number as a float; infinite if it is beyond the floats."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _checked(network, inputs, targets):
    """Inputs and targets that fit the network; targets may be None."""
    if targets is not None:
        return checked_examples(network, inputs, targets)
    guards.can_run(network)
    inputs = checks.as_list(inputs, "inputs", of="lists")
    if not inputs:
        raise InputError("expected examples, got none")
    checked = []
    for number, row in enumerate(inputs, 1):
        try:
            checked.append(checks.example(row, "inputs", "a", network.input_names))
        except NonFiniteError as error:
            error.example = number
            raise
        except InputError as error:
            raise InputError(f"example {number}: {error}") from None
    return checked, None
