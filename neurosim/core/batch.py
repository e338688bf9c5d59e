"""Batches: several examples, reduced to one gradient for every weight."""

from __future__ import annotations

from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.numeric import dot


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
