"""The weights and biases of a whole network, to be compared with those of another."""

import struct


def parameters(network):
    return [(neuron.weights, neuron.bias) for layer in network.layers for neuron in layer.neurons]


def bits(network):
    numbers = [x for layer in network.layers for n in layer.neurons for x in [*n.weights, n.bias or 0.0]]
    return struct.pack(f"{len(numbers)}d", *numbers)
