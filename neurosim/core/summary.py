"""The summary of a network: its layers, what they give, and how many parameters they have."""

from __future__ import annotations

from neurosim.core.weights import WEIGHTS_BY, get_weights, transposed
from neurosim.support import checks
from neurosim.support.tables import json_text, paragraph, table

HEADERS = ("layer", "units", "output shape", "parameters", "activation")


MOST_COLUMNS = 12  # of a matrix that is shown whole


def summary(network, format="simple", width=None, weights_by=None):
    """The table of the layers, as `Network.summary` says."""
    rows, total, frozen = [("input", name_range(network.input_names), f"({len(network.input_names)},)", 0, "")], 0, 0
    for number, (layer, names) in enumerate(zip(network.layers, network.layer_names), 1):
        parameters = sum(len(neuron.weights) + (neuron.bias is not None) for neuron in layer.neurons)
        frozen += sum(neuron.bias is not None and not neuron.trainable_bias for neuron in layer.neurons)
        total += parameters
        kind = "output" if number == len(network.layers) else "hidden"
        rows.append((kind, name_range(names), f"({layer.size},)", parameters, layer.activation.label))
    totals = {"total parameters": total, "trainable": total - frozen, "frozen": frozen}
    if format == "json":
        matrices = {} if weights_by is None else {"weights_by": weights_by, "weights": get_weights(network, weights_by)}
        return json_text({"layers": [dict(zip(HEADERS, row)) for row in rows], **totals, **matrices})
    drawn = table(rows, HEADERS, format, width=width)
    lines = [f"{name}: {number}" for name, number in totals.items()]
    text = f"{drawn}\n<p>{', '.join(lines)}</p>" if format == "html" else "\n".join([drawn, "", *lines])
    return text if weights_by is None else "\n\n".join([text, *_matrices(network, weights_by, format, width)])


def _matrices(network, weights_by, format, width):
    """For each layer a line and its matrix, with the biases behind or below it; of a wide one the first and last numbers."""
    checks.known("layout", weights_by, WEIGHTS_BY)
    is_cut = False
    for number, (names, sources, layer) in enumerate(network.named_layers(), 1):
        rows = [[name, *neuron.weights, *([neuron.bias] * layer.has_bias)] for name, neuron in zip(names, layer.neurons)]
        headers = ["", *sources, *(["b"] * layer.has_bias)]
        if weights_by == "input":
            headers, *rows = transposed([headers, *rows])
        is_cut = is_cut or len(headers) > MOST_COLUMNS
        yield paragraph(f"W and b of layer {number}, a row for each {weights_by}", format, width)
        if len(headers) > MOST_COLUMNS:
            half = MOST_COLUMNS - 2
            headers, *rows = [[*row[:half], "...", *row[-2:]] for row in (headers, *rows)]
        yield table(rows, headers, format, width=width, most=MOST_COLUMNS, whole="get_weights()")
    if is_cut:
        yield paragraph("Of wide matrices the first and the last columns are shown; format json has all.", format, width)


def name_range(names):
    """The first and the last of a layer's names, such as "h1 .. h5"."""
    return names[0] if len(names) == 1 else f"{names[0]} .. {names[-1]}"


def sizes_text(network):
    """How many units each layer has, from the inputs on, such as "2-2-1"."""
    return "-".join(str(len(names)) for names in (network.input_names, *network.layer_names))
