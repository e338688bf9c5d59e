"""How far the weights and biases of a network are from those of another program."""


def difference_of_layers(network, layers):
    """The worst difference, as a part of the layer's largest number; `layers` has (a row for each unit, biases or None)."""
    worst = 0.0
    for layer, (rows, biases) in zip(network.layers, layers):
        there = [[*row, *([] if biases is None else [bias])] for row, bias in zip(rows, biases or [None] * len(rows))]
        here = [[*neuron.weights, *([neuron.bias] if layer.has_bias else [])] for neuron in layer.neurons]
        largest = max(abs(value) for row in there for value in row)
        worst = max([worst, *[abs(a - b) / largest for own, its in zip(here, there) for a, b in zip(own, its)]])
    return worst
