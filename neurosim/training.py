"""Training: examples in batches, each batch reduced to one gradient for every weight."""

from neurosim.elementary import dot
from neurosim.errors import InputError, UnknownNameError

REDUCTIONS = ("mean", "sum")


def check_reduction(reduction):
    """The reduction itself, if it is "mean" or "sum"."""
    if reduction not in REDUCTIONS:
        raise UnknownNameError("reduction", reduction, REDUCTIONS)
    return reduction


class Batch:
    """Collects what the neurons recorded, example by example, and reduces it to their batch gradients.

    Over a batch, dE/dw = sum of delta * x over the examples (and, for the reduction "mean", divided by
    their number): one dot product of the neuron's deltas with the column of an input.
    """

    def __init__(self, network, reduction="mean"):
        check_reduction(reduction)
        self.network, self.reduction = network, reduction
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
                weight_gradients, bias_gradient = [dot(own_deltas, column) for column in columns], sum(own_deltas)
                if self.reduction == "mean":
                    weight_gradients = [gradient / size for gradient in weight_gradients]
                    bias_gradient = bias_gradient / size
                neuron.batch_gradients = weight_gradients, bias_gradient


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
