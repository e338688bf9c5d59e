"""A trace as one JSON document, with every number in full."""

from __future__ import annotations

from neurosim.support.tables import json_text
from neurosim.trace.lines import chosen_lines, in_symbols


def trace_json(trace, units=None, phases=None):
    """The steps as one JSON document, as `Trace.json` says."""
    network = trace.network
    document = {
        "network": {
            "inputs": network.input_names,
            "layers": [
                {"units": names, "activation": layer.activation.label}
                for names, layer in zip(network.layer_names, network.layers)
            ],
            "loss": network.loss.label,
        },
        "steps": [
            {
                "number": line.number, "address": line.step.address, "phase": line.step.phase, "rule": line.step.rule,
                "operands": line.step.operands, "formula": in_symbols(line), "value": line.step.value,
            }
            for line in chosen_lines(trace, units, phases)
        ],
    }
    return json_text(document)
