"""What a network does on some examples: what its neurons compute, and how updates would change it."""

from __future__ import annotations

import copy
from functools import cached_property
from math import hypot

from neurosim.core import guards
from neurosim.core.examples import checked_examples, of_example
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.summary import name_range
from neurosim.health.constant import best_constant
from neurosim.health.first_steps import first_steps, learn
from neurosim.health.floats import as_float, in_floats
from neurosim.health.saturation import is_rectifier
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
    initializer: the name of the one that is made for the activation, as Glorot and Bengio 2010 and He and others 2015 say.
    """

    def __init__(self, number, names, layer, next_neurons):
        self.number, self.layer, self.place = number, layer, f"layer {number} ({name_range(names)})"
        self.activation = in_floats(layer.activation)
        outgoing = [tuple(neuron.weights[index] for neuron in next_neurons) for index in range(layer.size)]
        self.units = [Unit(*unit) for unit in zip(names, layer.neurons, outgoing)]
        self.steps, self.gradients = [], []
        self.initializer = "he_uniform" if is_rectifier(self.activation) else "glorot_uniform"

    @property
    def times_drawn(self):
        """How large the weights are: their root mean square, over the standard deviation of what `initializer` draws."""
        rows = [unit.neuron.weights for unit in self.units]
        size, fan_in = len(rows), len(rows[0])
        connections = fan_in if self.initializer == "he_uniform" else fan_in + size
        return norm(rows) / sqrt(size * fan_in) / sqrt(2 / connections)

    @property
    def spread(self):
        """The standard deviation of z over the examples: the root of its mean square over the layer's units."""
        return norm([[deviation(unit.net_inputs) for unit in self.units]]) / sqrt(len(self.units))

    @property
    def mean_delta(self):
        """The mean abs(delta) over the layer's units and the examples."""
        deltas = [abs(delta) for unit in self.units for delta in unit.deltas]
        return sum(deltas) / len(deltas) if deltas else 0.0


class Probe:
    """A copy of a network, run on some examples.

    layers: an `ObservedLayer` for each. examples: how many went through. updates: how many the optimizer has made, or
    None. first_steps: the `FirstSteps` that it would make next, with its learning rate and with lower ones, worked out as
    they are read. loss: the mean over the examples, or None. constant: the best `Constant` for them, or None.
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
        self.examples, self.losses, self.broken = 0, [], None
        self.refusal = "there are no targets" if targets is None else None
        for number in range(len(self.inputs)):
            self._guarded(self._pass, number)
        self.updates = None if optimizer is None else optimizer.updates
        self.first_steps = iter(())
        if optimizer is not None and self.refusal is None:
            starts = range(0, len(self.inputs), size)
            tried = [slice(start, start + size) for start in starts[:: -(-len(starts) // MOST_UPDATES)]]
            batches = [(self.inputs[part], self.targets[part]) for part in tried]
            self.first_steps = first_steps(self.network, self.optimizer, batches, self.reduction)
            for batch in batches:
                self._guarded(self._try_update, *batch)

    @cached_property
    def loss(self):
        if len(self.losses) == len(self.inputs):
            mean = sum(self.losses) / len(self.losses)
            return mean if is_finite(mean) else None
        return None

    @cached_property
    def constant(self):
        rows = [list(map(as_float, row)) for row in self.targets or ()]
        if not rows or self.refusal is not None or not all(map(is_finite, map(sum, rows))):
            return None
        return best_constant(in_floats(self.network.loss), self.layers[-1].activation, rows)

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
                self.losses.append(as_float(self.network.backward(self.targets[number])))
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
            learn(self.network, self.optimizer, inputs, targets, self.reduction)
            for seen, rows in zip(self.layers, weights):
                neurons = seen.layer.neurons
                step = [[new - old for new, old in zip(neuron.weights, row)] for neuron, row in zip(neurons, rows)]
                if norm(rows):
                    seen.gradients.append(norm([neuron.weight_gradients for neuron in neurons]) / norm(rows))
                    seen.steps.append(norm(step) / norm(rows))
        finally:
            before.put_back()


def norm(rows):
    """The Euclidean length of all numbers in several lists together, as a float; no square of them overflows."""
    return hypot(*[as_float(value) for row in rows for value in row])


def deviation(numbers):
    """The standard deviation of floats."""
    mean = sum(numbers) / len(numbers)
    return sqrt(sum([(number - mean) * (number - mean) for number in numbers]) / len(numbers))


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
