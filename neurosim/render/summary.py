"""The summary of a network: its layers, what they give, and how many parameters they have."""

from neurosim.render.table import table, trace_table

HEADERS = ("layer", "units", "output shape", "parameters", "activation")


def summary(network, format="simple"):
    """A table of the layers in the manner of Keras, and the numbers of parameters below it.

    Parameters are weights and biases; those that updates leave alone are frozen.
    """
    rows, total, frozen = [], 0, 0
    rows.append(("input", _range(network.input_names), _shape(len(network.input_names)), 0, ""))
    for number, (layer, names) in enumerate(zip(network.layers, network.layer_names), 1):
        parameters = sum(len(neuron.weights) + (neuron.bias is not None) for neuron in layer.neurons)
        frozen += sum(neuron.bias is not None and not neuron.trainable_bias for neuron in layer.neurons)
        total += parameters
        kind = "output" if number == len(network.layers) else "hidden"
        rows.append((kind, _range(names), _shape(layer.size), parameters, layer.activation.label))
    drawn = table(rows, HEADERS, format)
    if format in ("json", "html"):
        return drawn
    return f"{drawn}\n\ntotal parameters: {total}\ntrainable: {total - frozen}\nfrozen: {frozen}"


def network_html(network):
    """The summary as a notebook shows it."""
    return summary(network, "html")


def trace_html(trace):
    """The table of a trace as a notebook shows it."""
    return trace_table(trace, format="html")


def _range(names):
    return names[0] if len(names) == 1 else f"{names[0]} .. {names[-1]}"


def _shape(size):
    return f"({size},)"
