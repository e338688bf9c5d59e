"""Batches: several examples, reduced to one gradient for every weight.

An example goes through all neurons before the next one does, as in `network.py`, or a neuron goes over all examples
before the next neuron does: the same numbers, worked out in another order and in less time.
"""

from __future__ import annotations

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.network import Network
from neurosim.core.neuron import Neuron
from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.numeric import dot

AT_ONCE = 100  # examples of which a neuron holds every number; of all others only what the gradients are made of

# What is called example by example unless `BatchByNeuron` does the same in its stead.
VERBS = {
    Network: ("propagate", "backpropagate"),
    Layer: ("forward", "compute_output_deltas", "compute_hidden_deltas"),
    Neuron: (
        "forward", "fire_softmax", "receive_from_loss", "receive_from_next_layer",
        "compute_delta", "compute_softmax_delta", "compute_cancelled_delta",
    ),
    **dict.fromkeys(ACTIVATIONS.values(), ("__call__", "derivative", "normaliser")),
    **dict.fromkeys(LOSSES.values(), ("derivative",)),
}


def _verbs(cls):
    return [getattr(cls, verb, None) for verb in VERBS[cls]]


BUILT_IN = {cls: _verbs(cls) for cls in VERBS}


class Batch:
    """Collects what the neurons recorded, example by example, and reduces it to their batch gradients.

    Over a batch, dE/dw = sum of delta * x over the examples (and, for the reduction "mean", divided by
    their number): one dot product of the neuron's deltas with the column of an input.
    """

    def __init__(self, network, reduction="mean"):
        self.network, self.reduction = network, checks.reduction(reduction)
        self.inputs = [[] for _ in network.layers]  # of each layer, one list for each example
        self.deltas = [[] for _ in network.layers]

    def collect(self):
        """Keep the example that has just gone forward and backward."""
        for layer, inputs, deltas in zip(self.network.layers, self.inputs, self.deltas):
            inputs.append(layer.neurons[0].inputs)
            deltas.append([neuron.delta for neuron in layer.neurons])

    def reduce(self):
        """Give every neuron its gradients over the collected examples."""
        size = len(self.inputs[0])
        for layer, inputs, deltas in zip(self.network.layers, self.inputs, self.deltas):
            columns = list(zip(*inputs))
            for neuron, own_deltas in zip(layer.neurons, zip(*deltas)):
                if self.reduction == "mean":
                    weight_gradients = [dot(own_deltas, column) / size for column in columns]
                    neuron.batch_gradients = weight_gradients, sum(own_deltas) / size
                else:
                    neuron.batch_gradients = [dot(own_deltas, column) for column in columns], sum(own_deltas)


class BatchByNeuron(Batch):
    """A batch that goes forward and backward neuron by neuron, with what `Network` and `Layer` do for one example.

    The neurons then hold the numbers of the last example, as after any other batch.
    """

    def run(self, inputs, targets):
        """Send these examples forward, and their errors back; return their outputs."""
        outputs = []
        for start in range(0, len(inputs), AT_ONCE):
            outputs += self._run_at_once(inputs[start : start + AT_ONCE], targets[start : start + AT_ONCE])
        return outputs

    def _run_at_once(self, inputs, targets):
        layers, outputs = [LayerOverBatch(layer) for layer in self.network.layers], inputs
        for layer in layers:
            outputs = layer.forward(outputs)
        layers[-1].compute_output_deltas(self.network.loss, targets)
        for layer, next_layer in zip(layers[-2::-1], layers[:0:-1]):
            layer.compute_hidden_deltas(next_layer)
        for layer, inputs, deltas in zip(layers, self.inputs, self.deltas):
            inputs += layer.inputs
            deltas += zip(*layer.deltas)
            layer.leave_the_last()
        return outputs


class LayerOverBatch:
    """A layer whose neurons go over examples: of each quantity, one list for each neuron, one number for each example.

    Only inputs and targets come as examples do, one list for each.
    """

    def __init__(self, layer):
        self.layer, self.neurons, self.activation = layer, layer.neurons, layer.activation

    def forward(self, inputs):
        """The outputs, one list for each example."""
        self.inputs = inputs
        self.net_inputs = [self._weigh(neuron, inputs) for neuron in self.neurons]
        if self.activation.coupled:
            self.outputs = self._fire_coupled()
        else:
            self.outputs = [self._fire(neuron, zs) for neuron, zs in zip(self.neurons, self.net_inputs)]
        return list(map(list, zip(*self.outputs)))

    @staticmethod
    def _weigh(neuron, inputs):
        weights, bias = neuron.weights, neuron.bias
        if bias is None:
            return [dot(weights, x) for x in inputs]
        return [dot(weights, x) + bias for x in inputs]

    @staticmethod
    def _fire(neuron, net_inputs):
        f = neuron.activation.__call__
        return [f(z) for z in net_inputs]

    def _fire_coupled(self):
        normalisers = [self.activation.normaliser(zs) for zs in zip(*self.net_inputs)]
        return [list(map(self.activation, zs, normalisers)) for zs in self.net_inputs]

    def compute_output_deltas(self, loss, targets):
        """For the last layer: the error arrives from the loss."""
        columns = zip(*targets)
        if self.activation.name in loss.cancels_with:
            self.output_gradients = [[None]] * len(self.neurons)
            self.deltas = [[a - t for a, t in zip(outputs, ts)] for outputs, ts in zip(self.outputs, columns)]
            return
        slope, size = loss.derivative, self.layer.size
        self._compute_deltas([[slope(a, t, size) for a, t in zip(outputs, ts)] for outputs, ts in zip(self.outputs, columns)])

    def compute_hidden_deltas(self, next_layer):
        """For every other layer: the error arrives over the weights that leave it."""
        outgoing_weights = zip(*[neuron.weights for neuron in next_layer.neurons])
        next_deltas = list(zip(*next_layer.deltas))
        self._compute_deltas([[dot(weights, deltas) for deltas in next_deltas] for weights in outgoing_weights])

    def _compute_deltas(self, output_gradients):
        self.output_gradients = output_gradients
        if self.activation.coupled:
            shared = [dot(gs, outputs) for gs, outputs in zip(zip(*output_gradients), zip(*self.outputs))]
            self.deltas = [
                [a * (g - s) for a, g, s in zip(outputs, gs, shared)]
                for outputs, gs in zip(self.outputs, output_gradients)
            ]
            return
        self.deltas = []
        for neuron, gs, zs, outputs in zip(self.neurons, output_gradients, self.net_inputs, self.outputs):
            slope = neuron.activation.derivative
            self.deltas.append([g * slope(z, a) for g, z, a in zip(gs, zs, outputs)])

    def leave_the_last(self):
        """Each neuron holds what it computed of the last example."""
        for neuron, zs, outputs, gs, deltas in zip(
            self.neurons, self.net_inputs, self.outputs, self.output_gradients, self.deltas
        ):
            neuron.inputs, neuron.net_input, neuron.output = self.inputs[-1], zs[-1], outputs[-1]
            neuron.output_gradient, neuron.delta = gs[-1], deltas[-1]


def goes_by_neuron(network):
    """True if nothing but the built-in verbs is at work, whose results do not depend on the order of the calls."""
    neurons = [neuron for layer in network.layers for neuron in layer.neurons]
    things = {network, network.loss, *network.layers, *neurons, *[neuron.activation for neuron in neurons]}
    return all(
        type(thing) in BUILT_IN and not set(VERBS[type(thing)]) & set(getattr(thing, "__dict__", ())) for thing in things
    ) and all(_verbs(cls) == BUILT_IN[cls] for cls in set(map(type, things)))


def train_batch(network, inputs, targets, optimizer, reduction="mean"):
    """One update from the gradients of several examples; return their losses, from before it."""
    if not inputs or len(inputs) != len(targets):
        raise InputError(f"a batch needs examples, each with targets; got {len(inputs)} and {len(targets)}")
    batch = Batch(network, reduction)
    losses = []
    for example, target in zip(inputs, targets):
        network.forward(example)
        losses.append(network.backward(target))
        batch.collect()
    batch.reduce()
    network.update(optimizer)
    return losses
