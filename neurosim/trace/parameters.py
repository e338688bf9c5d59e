"""From steps back to objects: the weights, the biases and what an optimizer remembers."""

from __future__ import annotations

from neurosim.core.address import split_address


def parameters(steps):
    """The numbers that an update may change, as they stand after these steps: {(quantity, place): value}.

    The quantities are "w", "b" and what an optimizer remembers, such as "velocity".
    """
    found = {}
    for step in steps:
        if step.phase in ("given", "update") and "[" in step.address:
            quantity, place, number = split_address(step.address)
            if quantity.endswith("+"):
                found[quantity[:-1], place] = step.value
            elif number is None and step.phase == "given":
                found[quantity, place] = step.value
    return found


def put_parameters(found, network, optimizer=None):
    """Put what `parameters` found into a network, and into an optimizer; what was not found stays."""
    for names, sources, layer in network.named_layers():
        for name, neuron in zip(names, layer.neurons):
            places = [f"{source}->{name}" for source in sources]
            neuron.weights = [found.get(("w", place), old) for place, old in zip(places, neuron.weights)]
            if neuron.bias is not None:
                neuron.bias = found.get(("b", name), neuron.bias)
            if optimizer is not None and optimizer.state:
                _put_memory(found, optimizer, neuron, "weights", places)
                if neuron.trainable_bias:
                    _put_memory(found, optimizer, neuron, "bias", [name])


def _put_memory(found, optimizer, neuron, part, places):
    old = optimizer.remembered(neuron, part, len(places))
    optimizer.memory[neuron, part] = {
        quantity: [found.get((quantity, place), value) for place, value in zip(places, old[quantity])]
        for quantity in optimizer.state
    }
