"""Upstream: by what an update has changed whether a unit is flat: its own weights, or a unit that it reads.

The one is told from the other by having each without the other: the new weights with what was read before the update, and
the old weights with what was read after it.
"""

from __future__ import annotations

from typing import NamedTuple

from neurosim.health.saturation import flat_part
from neurosim.support.numeric import dot, magnitude


class Cause(NamedTuple):
    """What an update has changed a unit by.

    address, before, after: the weight or bias that changed most, with its values; None if none has
    upstream: (the unit that it belongs to or leads to, what happened to that or None), or None if it is the unit's own
    """

    address: str | None
    before: object
    after: object
    upstream: tuple[str, str | None] | None = None


class Moment:
    """All weights and biases of a network, and what each layer reads on all examples."""

    def __init__(self, network, inputs):
        self.parameters = [[(neuron.weights, neuron.bias) for neuron in layer.neurons] for layer in network.layers]
        self.read = [[] for _ in network.layers]
        for example in inputs:
            network.propagate(example)
            for rows, layer in zip(self.read, network.layers):
                rows.append(list(layer.neurons[0].inputs))


def cause(network, name, before, after):
    """The `Cause` by which a unit has become flat, or is no longer so, between two `Moment`s."""
    layers = network.named_layers()
    number = next(number for number, (names, _, _) in enumerate(layers) if name in names)
    index = layers[number][0].index(name)
    own, new = before.parameters[number][index], after.parameters[number][index]
    activation = layers[number][2].activation
    was = _is_flat(activation, own, before.read[number])
    by_own = _is_flat(activation, new, before.read[number]) != was
    if by_own or number == 0 or _is_flat(activation, own, after.read[number]) == was:
        return Cause(*_moved(layers, number, index, before, after))
    below = _most_changed(new[0], before.read[number], after.read[number])
    event = _event(layers[number - 1][2].activation, number - 1, below, before, after)
    return Cause(*_moved(layers, number - 1, below, before, after), (layers[number - 1][0][below], event))


def _values(weights, bias):
    return [*weights, 0 if bias is None else bias]


def _is_flat(activation, parameters, rows):
    """Whether a unit of these weights and bias is flat, reading these rows."""
    part, (weights, bias) = flat_part(activation), parameters
    if part is None:
        return False
    sums = [dot(weights, row) if bias is None else dot(weights, row) + bias for row in rows]
    return sum([part.holds(z, activation(z)) for z in sums]) / len(rows) >= part.share


def _event(activation, number, index, before, after):
    """What has happened to a unit, such as "died", or None."""
    was, now = [_is_flat(activation, moment.parameters[number][index], moment.read[number]) for moment in (before, after)]
    if was == now:
        return None
    part = flat_part(activation)
    return (part.begins if now else part.ends).name


def _moved(layers, number, index, before, after):
    """(address, before, after) of a unit's weight or bias that changed most; of the unit below if none of its own has."""
    names, sources, _ = layers[number]
    values, new_values = [_values(*moment.parameters[number][index]) for moment in (before, after)]
    changes = [magnitude(new - old) for old, new in zip(values, new_values)]
    most = changes.index(max(changes))
    if changes[most]:
        address = f"b[{names[index]}]" if most == len(sources) else f"w[{sources[most]}->{names[index]}]"
        return address, values[most], new_values[most]
    if number == 0:
        return None, None, None
    below = _most_changed(after.parameters[number][index][0], before.read[number], after.read[number])
    return _moved(layers, number - 1, below, before, after)


def _most_changed(weights, rows, new_rows):
    """The index of the input whose term w * a has changed most over all examples."""
    changes = [
        magnitude(weight) * sum([magnitude(new - old) for old, new in zip(column, new_column)])
        for weight, column, new_column in zip(weights, zip(*rows), zip(*new_rows))
    ]
    return changes.index(max(changes))
