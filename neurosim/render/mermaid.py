"""The network as a drawing for Mermaid, which GitHub draws in Markdown."""

from neurosim.render.drawing import drawing
from neurosim.render.escaping import mermaid_text


def trace_mermaid(trace, pass_number=None, decimals=4):
    """Units with their outputs, deltas and targets, and connections with their weights, in Mermaid's language.

    pass_number: which pass of several; by default the last. Where it ends with an update, weights are old → new.
    decimals: so many for every number; None means nine significant digits.
    """
    layers, edges = drawing(trace, pass_number, decimals)
    lines = ["flowchart LR"]
    lines += [f'  {unit.id}["{_label(unit)}"]' for layer in layers for unit in layer]
    lines += [f'  {source} -- "{mermaid_text(text)}" --> {target}' for source, target, text in edges]
    return "\n".join(lines)


def _label(unit):
    return "<br/>".join(map(mermaid_text, (unit.name, *unit.lines)))
