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
    layers, edges = drawing(trace, pass_number, decimals)
    lines = [HEAD]
    for layer in layers:
        lines.append("  { rank=same")
        lines += [f'    {unit.id} [label="{_label(unit)}"]' for unit in layer]
        lines.append("  }")
        lines += [f"  {above.id} -> {below.id} [style=invis]" for above, below in zip(layer, layer[1:])]
    lines += [f'  {source} -> {target} [label="{dot_text(text)}"]' for source, target, text in edges]
    return "\n".join([*lines, "}"])


def _label(unit):
    return r"\n".join(map(dot_text, (unit.name, *unit.lines)))
