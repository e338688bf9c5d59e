"""What a network does on some examples: what its neurons compute, and how updates would change it."""

from __future__ import annotations

import copy

from neurosim.core import guards
from neurosim.core.batch import train_batch
from neurosim.core.examples import checked_examples, of_example
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.summary import name_range
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

    def record(self):
        """Keep what the last pass has left; without a backward pass there is no delta."""
        self.net_inputs.append(as_float(self.neuron.net_input))
        self.outputs.append(as_float(self.neuron.output))
        if self.neuron.delta is not None:
            self.deltas.append(as_float(self.neuron.delta))
            largest_input = max(abs(as_float(x)) for x in self.neuron.inputs)
            self.largest_gradient = max(self.largest_gradient, abs(self.deltas[-1]) * largest_input)


class ObservedLayer:
    """A layer's units, and how large each update that was tried out was, relative to the layer's weights.

    steps: norm(w+ - w) / norm(w). gradients: norm(dE/dw) / norm(w).
    """

    def __init__(self, number, names, layer, next_neurons):
        self.number, self.layer, self.place = number, layer, f"layer {number} ({name_range(names)})"
        outgoing = [tuple(neuron.weights[index] for neuron in next_neurons) for index in range(layer.size)]
        self.units = [Unit(*unit) for unit in zip(names, layer.neurons, outgoing)]
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
    broken: the first NonFiniteError that came up, or None. refusal: why nothing goes backward, or None.
    """

    def __init__(self, network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean"):
        self.inputs, self.targets = _checked(network, inputs, targets)
        size = checks.count(len(self.inputs) if batch_size == "all" else batch_size, 'batch_size (or "all")')
        self.reduction = checks.reduction(reduction)
        if optimizer is not None:
            optimizer = OPTIMIZERS.make(optimizer)
            if targets is None:
                raise InputError("an update needs targets")
            if optimizer.order == "sequential" and size > 1:
                raise InputError("the update order 'sequential' takes one example at a time, not a batch")
        self.network, self.optimizer = copy.deepcopy((network, optimizer))
        layers = self.network.layers
        next_neurons = [*[layer.neurons for layer in layers[1:]], []]
        self.layers = [
            ObservedLayer(number, *layer)
            for number, layer in enumerate(zip(self.network.layer_names, layers, next_neurons), 1)
        ]
        self.examples, self.rises, self.broken = 0, [], None
        self.refusal = "there are no targets" if targets is None else None
        for number in range(len(self.inputs)):
            self._guarded(self._pass, number)
        if optimizer is not None and self.refusal is None:
            starts = range(0, len(self.inputs), size)
            for start in starts[:: -(-len(starts) // MOST_UPDATES)]:
                self._guarded(self._try_update, self.inputs[start : start + size], self.targets[start : start + size])

    def _guarded(self, run, *arguments):
        """A number that is not finite is a finding, and ends only the pass or update where it came up."""
        try:
            run(*arguments)
        except NonFiniteError as error:
            self.broken = self.broken or error

    def _pass(self, number):
        """One example forward and, as far as there are targets and derivatives, backward."""
        self.network.forward(self.inputs[number])
        if self.refusal is None:
            try:
                self.network.backward(self.targets[number])
            except NonFiniteError:
                raise
            except InputError as error:
                self.refusal = str(error)
        self.examples += 1
        for layer in self.layers:
            for unit in layer.units:
                unit.record()

    def _try_update(self, inputs, targets):
        """An update by these examples from the weights as they are, which then are put back."""
        before = guards.Snapshot(self.network, self.optimizer)
        weights = [[neuron.weights for neuron in layer.neurons] for layer in self.network.layers]
        try:
            loss = self._update(self.optimizer, inputs, targets)
            for seen, rows in zip(self.layers, weights):
                neurons = seen.layer.neurons
                step = [[new - old for new, old in zip(neuron.weights, row)] for neuron, row in zip(neurons, rows)]
                if norm(rows):
                    seen.gradients.append(norm([neuron.weight_gradients for neuron in neurons]) / norm(rows))
                    seen.steps.append(norm(step) / norm(rows))
            self.rises.append(self._loss(inputs, targets) > loss and self._falls(before, inputs, targets, loss))
        finally:
            before.put_back()

    def _falls(self, before, inputs, targets, loss):
        """True if the loss falls with a tenth of the learning rate."""
        before.put_back()
        smaller = copy.copy(self.optimizer)
        smaller.learning_rate, smaller.memory = self.optimizer.learning_rate / 10, dict(self.optimizer.memory)
        self._update(smaller, inputs, targets)
        return self._loss(inputs, targets) < loss

    def _update(self, optimizer, inputs, targets):
        """Learn from these examples in one update; return their loss from before it."""
        if len(inputs) > 1:
            return sum(train_batch(self.network, inputs, targets, optimizer, self.reduction))
        self.network.forward(inputs[0])
        loss = self.network.backward(targets[0])
        self.network.update(optimizer)
        return loss

    def _loss(self, inputs, targets):
        """The loss of these examples now; infinite if a number on the way to it is not finite."""
        try:
            loss = sum([self.network.loss(self.network.forward(x), t) for x, t in zip(inputs, targets)])
        except NonFiniteError:
            return float("inf")
        return loss if is_finite(loss) else float("inf")


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
    guards.check_can_run(network)
    inputs = checks.as_list(inputs, "inputs", of="lists")
    if not inputs:
        raise InputError("expected examples, got none")
    checked = []
    for number, row in enumerate(inputs, 1):
        try:
            checked.append(checks.example(row, "inputs", "a", network.input_names))
        except InputError as error:
            raise of_example(number, error) from None
    return checked, None
