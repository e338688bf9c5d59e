"""The network as a drawing for Mermaid, which GitHub draws in Markdown."""

from __future__ import annotations

from neurosim.render.drawing import drawing
from neurosim.render.escaping import mermaid_text


def trace_mermaid(trace, pass_number=None, decimals=4):
    """A drawing in Mermaid's language, as `Trace.mermaid` says."""
    layers, edges = drawing(trace, pass_number, decimals, mermaid_text, "<br/>")
    lines = ["flowchart LR"]
    lines += [f'  {unit}["{label}"]' for layer in layers for unit, label in layer.items()]
    lines += [f'  {source} -- "{label}" --> {target}' for source, target, label in edges]
    return "\n".join(lines)
