"""A trace as one JSON document, with every number in full."""

import json

from neurosim.render.formulas import chosen_lines, in_symbols


def trace_json(trace, units=None, phases=None):
    """What network it was, and a list of its steps: address, phase, rule, operands, formula and value.

    units, phases: only the steps that belong to these; None means all. `number` counts all steps, as the table does.
    A number that is neither a float nor an int, such as a Fraction, is a text.
    """
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
    }  # fmt: skip
    return json.dumps(document, indent=1, default=str, ensure_ascii=False)
