"""The network as a drawing for Mermaid, which GitHub draws in Markdown."""

from __future__ import annotations

from itertools import chain

from neurosim.render.drawing import drawing
from neurosim.render.escaping import mermaid_text


def trace_mermaid(trace, pass_number=None, decimals=4, phases=None, units=None):
    """A drawing in Mermaid's language, as `Trace.mermaid` says."""
    picture = drawing(trace, pass_number, decimals, phases, units)
    lines = ["flowchart LR"]
    for unit in chain(*picture.layers):
        lines.append(f'  {unit.id}["{"<br/>".join(map(mermaid_text, [unit.name, *unit.lines]))}"]')
    for source, target, _, label in chain(*picture.connections):
        lines.append(f'  {source.id} -- "{mermaid_text(label)}" --> {target.id}' if label
                     else f"  {source.id} --> {target.id}")
    return "\n".join([*lines, *_in_their_columns(picture.layers)])


def _in_their_columns(layers):
    """Invisible lines of the units that stand for several: no other line tells Mermaid which column is theirs."""
    for index, layer in enumerate(layers):
        for unit in layer:
            if unit.left_out:
                ends = (unit, layers[index + 1][0]) if layer is not layers[-1] else (layers[-2][0], unit)
                yield "  {} ~~~ {}".format(*(end.id for end in ends))
