"""Readings: numbers at chosen addresses, read off the neurons while a network runs, so that nothing is written down."""

from __future__ import annotations

from functools import partial

from neurosim.core.address import split_address
from neurosim.trace.rules import RULES

BEFORE, PASS, BATCH = "before the batch", "in a pass", "after the batch"  # when a number is there to be read
OF_NEURON = {
    "z": (PASS, lambda neuron: neuron.net_input), "a": (PASS, lambda neuron: neuron.output),
    "dE/da": (PASS, lambda neuron: neuron.output_gradient), "delta": (PASS, lambda neuron: neuron.delta),
    "f'": (PASS, lambda neuron: neuron.activation.derivative(neuron.net_input, neuron.output)),
    "b": (BEFORE, lambda neuron: neuron.bias), "b+": (BATCH, lambda neuron: neuron.bias),
    "dE/db": (PASS, lambda neuron: neuron.bias_gradient),
    "mean dE/db": (BATCH, lambda neuron: neuron.bias_gradient), "sum dE/db": (BATCH, lambda neuron: neuron.bias_gradient),
}
OF_WEIGHT = {
    "w": (BEFORE, lambda neuron, index: neuron.weights[index]), "w+": (BATCH, lambda neuron, index: neuron.weights[index]),
    "dE/dw": (PASS, lambda neuron, index: neuron.weight_gradients[index]),
    "mean dE/dw": (BATCH, lambda neuron, index: neuron.weight_gradients[index]),
    "sum dE/dw": (BATCH, lambda neuron, index: neuron.weight_gradients[index]),
}


class Readings:
    """What some heads, addresses without their passes, come to in a batch: `rows`, a dict for each of its passes.

    can: whether all of them can be read so; what an optimizer remembers and what only a trace works out can't
    """

    def __init__(self, plan, network, heads):
        self.heads = list(heads)
        self.network, self.has_batches = network, plan.batch_reduction is not None
        self.rows, self._readers = [], {BEFORE: {}, PASS: {}, BATCH: {}}
        sequential = plan.optimizer is not None and plan.optimizer.order == "sequential"
        found = {head: self._reader(*split_address(head)[:2]) for head in self.heads}
        self.can = not sequential and None not in found.values()
        for head, (moment, read) in found.items() if self.can else ():
            self._readers[moment][head] = read

    def _reader(self, quantity, place):
        """(when it is there, what reads it) of a quantity at a place, or None."""
        source, _, name = place.rpartition("->")
        for names, sources, layer in self.network.named_layers():
            if name in names:
                neuron, position = layer.neurons[names.index(name)], names.index(name)
                if source in sources and quantity in OF_WEIGHT:
                    moment, read = OF_WEIGHT[quantity]
                    return moment, partial(read, neuron, sources.index(source))
                if quantity in OF_NEURON:
                    moment, read = OF_NEURON[quantity]
                    return moment, partial(read, neuron)
                return {
                    "t": (PASS, lambda: self.targets[position]),
                    "E": (PASS, lambda: self.network.loss.term(neuron.output, self.targets[position], len(names))),
                }.get(quantity)
        if quantity == "a":
            return PASS, lambda: self.inputs[self.network.input_names.index(name)]
        return {
            "E": (PASS, lambda: self.loss), "mean E": (BATCH, lambda: RULES["mean_loss"].evaluate(*self.losses)),
            "sum E": (BATCH, lambda: RULES["sum_loss"].evaluate(*self.losses)),
        }.get(quantity)

    def begin(self):
        """A batch begins."""
        self.rows, self._before = [], self._read(BEFORE)

    def pass_done(self, inputs, targets, loss):
        """Read what there is of a pass."""
        self.inputs, self.targets, self.loss = inputs, targets, loss
        self.rows.append({**self._before, **self._read(PASS)})
        if not self.has_batches:
            self.batch_done([loss])

    def batch_done(self, losses):
        """Read what there is behind an update."""
        self.losses = losses
        self.rows[-1].update(self._read(BATCH))

    def _read(self, moment):
        return {head: read() for head, read in self._readers[moment].items()}
