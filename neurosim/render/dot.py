"""The network as a drawing for Graphviz."""

from __future__ import annotations

from itertools import chain

from neurosim.render.drawing import drawing
from neurosim.render.escaping import dot_text

HEAD = """digraph network {
  rankdir=LR; ranksep=0.8; nodesep=0.25
  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]
  edge [fontname="Helvetica", fontsize=9, arrowsize=0.6]"""


def trace_dot(trace, pass_number=None, decimals=4, phases=None, units=None):
    """A drawing in Graphviz's language, as `Trace.dot` says."""
    picture = drawing(trace, pass_number, decimals, phases, units)
    lines = [HEAD]
    for layer in picture.layers:
        lines.append("  { rank=same")
        lines += [f"    {unit.id} [{_label([unit.name, *unit.lines])}{_look(unit)}]" for unit in layer]
        lines.append("  }")
        lines += [f"  {above.id} -> {below.id} [style=invis]" for above, below in zip(layer, layer[1:])]
    for layer, following, between in zip(picture.layers, picture.layers[1:], picture.connections):
        if not between:  # no other line keeps the columns in order
            lines.append(f"  {layer[0].id} -> {following[0].id} [style=invis]")
    for source, target, _, label in chain(*picture.connections):
        lines.append(f"  {source.id} -> {target.id}" + (f" [{_label([label])}]" if label else ""))
    return "\n".join([*lines, "}"])


def _label(texts):
    return r'label="{}"'.format(r"\n".join(map(dot_text, texts)))


def _look(unit):
    return ", shape=plaintext" if unit.left_out else ""
