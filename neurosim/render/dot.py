"""The network as a drawing for Graphviz."""

from __future__ import annotations

from neurosim.render.drawing import drawing
from neurosim.render.escaping import dot_text

HEAD = """digraph network {
  rankdir=LR; ranksep=0.8; nodesep=0.25
  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]
  edge [fontname="Helvetica", fontsize=9, arrowsize=0.6]"""


def trace_dot(trace, pass_number=None, decimals=4):
    """A drawing in Graphviz's language, as `Trace.dot` says."""
    layers, edges = drawing(trace, pass_number, decimals, dot_text, r"\n")
    lines = [HEAD]
    for layer in layers:
        lines.append("  { rank=same")
        lines += [f'    {unit} [label="{label}"]' for unit, label in layer.items()]
        lines.append("  }")
        lines += [f"  {above} -> {below} [style=invis]" for above, below in zip(layer, list(layer)[1:])]
    lines += [f'  {source} -> {target} [label="{label}"]' for source, target, label in edges]
    return "\n".join([*lines, "}"])
