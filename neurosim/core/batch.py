"""Batches: several examples, reduced to one gradient for every weight.

Each example goes through the network before the next one does, and `Batch` collects what the neurons recorded. Or each
neuron goes over all examples before the next one does, which gives the same numbers in less time: `run_by_neuron` and
`LayerOverBatch`, a second and faster writing of what stands in network.py, layer.py and neuron.py, to be read after them.
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

VERBS = {  # what `run_by_neuron` does the work of for all examples at once, or calls in another order
    Network: ("propagate", "backpropagate"),
    Layer: ("forward", "compute_output_deltas", "compute_hidden_deltas"),
    Neuron: (
        "forward", "fire_softmax", "receive_from_loss", "receive_from_next_layer",
        "compute_delta", "compute_softmax_delta", "compute_cancelled_delta",
    ),
    **dict.fromkeys(ACTIVATIONS.values(), ("__call__", "derivative", "normaliser")),
    **dict.fromkeys(LOSSES.values(), ("__call__", "term", "derivative", "cancelled")),
}


class Batch:
    """Collects what the neurons recorded, example by example, and reduces it to their batch gradients."""

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
        for layer, inputs, deltas in zip(self.network.layers, self.inputs, self.deltas):
            reduce_gradients(layer, list(zip(*inputs)), zip(*deltas), self.reduction)


def reduce_gradients(layer, columns, deltas, reduction):
    """Give a layer's neurons their gradients over a batch.

    columns: for each input of the layer, its values in all examples; deltas: for each neuron, its deltas in all examples.

    Over a batch, dE/dw = sum of delta * x over the examples (and, for the reduction "mean", divided by
    their number): one dot product of the neuron's deltas with the column of an input.
    """
    for neuron, own_deltas in zip(layer.neurons, deltas):
        if reduction == "mean":
            size = len(own_deltas)
            weight_gradients = [dot(own_deltas, column) / size for column in columns]
            neuron.batch_gradients = weight_gradients, sum(own_deltas) / size
        else:
            neuron.batch_gradients = [dot(own_deltas, column) for column in columns], sum(own_deltas)


def run_by_neuron(network, inputs, targets, reduction):
    """Send a batch forward and back, and give every neuron its gradients over it; return the losses and the outputs.

    Every number is worked out by the same operations as when the examples go one by one, and afterwards the neurons hold
    the same: what they computed of the last example, and the gradients.
    """
    layers, outputs = [LayerOverBatch(layer) for layer in network.layers], inputs
    for layer in layers:
        outputs = layer.forward(outputs)
    wanted = list(zip(*targets))
    losses = layers[-1].losses(network.loss, wanted)
    layers[-1].compute_output_deltas(network.loss, wanted)
    for layer, next_layer in zip(layers[-2::-1], layers[:0:-1]):
        layer.compute_hidden_deltas(next_layer)
    columns = list(zip(*inputs))
    for layer in layers:
        reduce_gradients(layer, columns, layer.deltas, reduction)
        columns = layer.outputs
    return losses, outputs


class LayerOverBatch:
    """A layer whose neurons each go over all examples of a batch.

    Inputs come as examples do: a list for each. `net_inputs`, `outputs`, `deltas` and targets are as neurons have them: a
    list for each neuron, of its number in each example.
    """

    def __init__(self, layer):
        self.neurons, self.activation, self.size = layer.neurons, layer.activation, layer.size

    def forward(self, inputs):
        """The outputs, a list for each example."""
        self.net_inputs = [_net_inputs(neuron, inputs) for neuron in self.neurons]
        if self.activation.coupled:
            normalisers = [self.activation.normaliser(zs) for zs in zip(*self.net_inputs)]
            self.outputs = [list(map(self.activation, zs, normalisers)) for zs in self.net_inputs]
        else:
            self.outputs = [_outputs(neuron.activation, zs) for neuron, zs in zip(self.neurons, self.net_inputs)]
        for neuron, net_inputs, outputs in zip(self.neurons, self.net_inputs, self.outputs):
            neuron.inputs, neuron.net_input, neuron.output = inputs[-1], net_inputs[-1], outputs[-1]
        return list(map(list, zip(*self.outputs)))

    def losses(self, loss, targets):
        """E of each example, the sum of its terms."""
        term, size = loss.term, self.size
        terms = [[term(a, t, size) for a, t in zip(outputs, ts)] for outputs, ts in zip(self.outputs, targets)]
        return list(map(sum, zip(*terms)))

    def compute_output_deltas(self, loss, targets):
        """For the last layer: the error arrives from the loss."""
        both = zip(self.outputs, targets)
        if self.activation.name in loss.cancels_with:
            cancelled, size = loss.cancelled, self.size
            self.deltas = [[cancelled(a, t, size) for a, t in zip(outputs, ts)] for outputs, ts in both]
            for neuron, deltas in zip(self.neurons, self.deltas):
                neuron.output_gradient, neuron.delta = None, deltas[-1]
            return
        slope, size = loss.derivative, self.size
        self._compute_deltas([slope(a, t, size) for a, t in zip(outputs, ts)] for outputs, ts in both)

    def compute_hidden_deltas(self, next_layer):
        """For every other layer: the error arrives over the weights that leave it."""
        outgoing_weights = zip(*[neuron.weights for neuron in next_layer.neurons])
        next_deltas = list(zip(*next_layer.deltas))
        self._compute_deltas([dot(weights, deltas) for deltas in next_deltas] for weights in outgoing_weights)

    def _compute_deltas(self, output_gradients):
        """`output_gradients` has a list for each neuron, and makes them one after the other, which saves memory."""
        coupled, self.deltas = self.activation.coupled, []
        if coupled:
            output_gradients = list(output_gradients)
            shared = [dot(gs, outputs) for gs, outputs in zip(zip(*output_gradients), zip(*self.outputs))]
        for neuron, gradients, zs, outputs in zip(self.neurons, output_gradients, self.net_inputs, self.outputs):
            if coupled:
                deltas = [a * (g - s) for a, g, s in zip(outputs, gradients, shared)]
            else:
                slope = neuron.activation.derivative
                deltas = [g * slope(z, a) for g, z, a in zip(gradients, zs, outputs)]
            neuron.output_gradient, neuron.delta = gradients[-1], deltas[-1]
            self.deltas.append(deltas)
        self.net_inputs = None  # nothing reads them any more


def _net_inputs(neuron, inputs):
    """z = sum of w * a + b, for each example."""
    weights, bias = neuron.weights, neuron.bias
    if bias is None:
        return [dot(weights, x) for x in inputs]
    return [dot(weights, x) + bias for x in inputs]


def _outputs(activation, net_inputs):
    """a = f(z), for each example."""
    f = activation.__call__  # named, it costs CPython less
    return [f(z) for z in net_inputs]


def goes_by_neuron(network):
    """True if each verb that is not called then, or in another order, is the built-in one, so that nobody can notice."""
    neurons = [neuron for layer in network.layers for neuron in layer.neurons]
    things = [network.loss, *{id(neuron.activation): neuron.activation for neuron in neurons}.values()]
    classes = {type(network), *map(type, network.layers), *map(type, neurons), *map(type, things)}
    return (
        all([cls in VERBS and _verbs(cls) == BUILT_IN[cls] for cls in classes])
        and not any([verb in vars(thing) for thing in things for verb in VERBS[type(thing)]])
    )


def _verbs(cls):
    return [getattr(cls, verb, None) for verb in VERBS[cls]]


BUILT_IN = {cls: _verbs(cls) for cls in VERBS}


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
