"""All weights and biases of a network as matrices and lists, in either of the layouts that books and frameworks use.

    "unit"   W has a row for each unit, so that z = W a + b; what a `Neuron` holds is a row
    "input"  W has a row for each input, so that z = a W + b, as in Keras
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.support import checks
from neurosim.support.errors import InputError

if TYPE_CHECKING:
    from typing import Any

WEIGHTS_BY = ("unit", "input")  # what a row of a layer's matrix belongs to


def transposed(rows):
    """The matrix with rows for columns."""
    return [list(column) for column in zip(*rows)]


def by_unit(rows, fan_in, weights_by, place):
    """A layer's matrix, which was given in this layout, as a row for each unit. `place` begins the messages."""
    checks.known(f"layout for {place}", weights_by, WEIGHTS_BY)
    widths = sorted(set(map(len, rows)))
    if len(widths) != 1:
        raise InputError(f"{place}: expected rows of one length, got {' and '.join(map(str, widths)) or 'no'} numbers")
    fits = {"unit": widths[0] == fan_in, "input": len(rows) == fan_in}
    if not fits[weights_by]:
        wanted = f"{fan_in} numbers in each row" if weights_by == "unit" else f"{fan_in} rows"
        other = WEIGHTS_BY[weights_by == "unit"]
        hint = f'; a matrix with a row for each {other} has weights_by "{other}"' if fits[other] else ""
        got = f"{len(rows)} by {widths[0]}"
        raise InputError(f"{place}: expected {wanted}, one for each input, got {got} numbers{hint}")
    return transposed(rows) if weights_by == "input" else rows


def get_weights(network, weights_by="unit"):
    """The matrices and biases of all layers, as `Network.get_weights` says."""
    checks.known("layout", weights_by, WEIGHTS_BY)
    weights: list[Any] = []
    for layer in network.layers:
        weights.append(transposed(layer.weights) if weights_by == "input" else layer.weights)
        if layer.has_bias:
            weights.append(layer.biases)
    return weights


def set_weights(network, weights, weights_by="unit"):
    """Put matrices and biases into all layers, as `Network.set_weights` says."""
    given, new = checks.as_list(weights, "weights", of="matrices and lists of biases"), []
    wanted = sum(1 + layer.has_bias for layer in network.layers)
    if len(given) != wanted:
        order = "a matrix for each layer, and behind it the biases of one that has some"
        raise InputError(f"weights: expected {wanted}, {order}, got {len(given)}")
    parts = iter(enumerate(given))
    for _, sources, layer in network.named_layers():
        index, matrix = next(parts)
        place = f"weights[{index}]"
        rows = by_unit(checks.rows(matrix, place), len(sources), weights_by, place)
        if len(rows) != layer.size:
            raise InputError(f"{place}: expected {layer.size} units, got {len(rows)}")
        new.append((layer, "weights", [checks.numbers(row, place) for row in rows]))
        if layer.has_bias:
            index, biases = next(parts)
            new.append((layer, "biases", checks.numbers(biases, f"weights[{index}], biases", layer.size)))
    for layer, kind, numbers in new:  # only now, when all of them are right
        setattr(layer, kind, numbers)
