"""The four examples of exclusive or, and a network that learns them."""

from neurosim import Layer, Network

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def xor_network(seed=1, hidden=3):
    return Network(2, [Layer(hidden, "tanh"), Layer(1)], "binary_crossentropy", seed)
