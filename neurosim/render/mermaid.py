"""The network as a drawing for Mermaid, which GitHub draws in Markdown."""

from __future__ import annotations

from neurosim.render.drawing import drawing
from neurosim.render.escaping import mermaid_text


def trace_mermaid(trace, pass_number=None, decimals=4):
    """A drawing in Mermaid's language, as `Trace.mermaid` says."""
    layers, edges = drawing(trace, pass_number, decimals)
    lines = ["flowchart LR"]
    lines += [f'  {unit.id}["{_label(unit)}"]' for layer in layers for unit in layer]
    lines += [f'  {source} -- "{mermaid_text(text)}" --> {target}' for source, target, text in edges]
    return "\n".join(lines)


def _label(unit):
    return "<br/>".join(map(mermaid_text, (unit.name, *unit.lines)))
