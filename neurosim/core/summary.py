"""The summary of a network: its layers, what they give, and how many parameters they have."""

from __future__ import annotations

from neurosim.support.tables import json_text, table

HEADERS = ("layer", "units", "output shape", "parameters", "activation")


def summary(network, format="simple", width=None):
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
        return json_text({"layers": [dict(zip(HEADERS, row)) for row in rows], **totals})
    drawn = table(rows, HEADERS, format, width=width)
    lines = [f"{name}: {number}" for name, number in totals.items()]
    return f"{drawn}\n<p>{', '.join(lines)}</p>" if format == "html" else "\n".join([drawn, "", *lines])


def name_range(names):
    """The first and the last of a layer's names, such as "h1 .. h5"."""
    return names[0] if len(names) == 1 else f"{names[0]} .. {names[-1]}"


def sizes_text(network):
    """How many units each layer has, from the inputs on, such as "2-2-1"."""
    return "-".join(str(len(names)) for names in (network.input_names, *network.layer_names))
