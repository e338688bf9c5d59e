"""The network as a picture: one SVG file that needs nothing beside it."""

from __future__ import annotations

from itertools import chain

from neurosim.core.guards import refuse_mixed_numbers
from neurosim.core.summary import name_range, sizes_text
from neurosim.render.drawing import drawing
from neurosim.render.escaping import xml_text
from neurosim.render.svg_layout import LABEL_HEIGHT, LINE, MOST_LABELS, UNIT_FONT, layout, shortened
from neurosim.render.worked import layer_title
from neurosim.support.numeric import magnitude
from neurosim.support.page import fold, visible
from neurosim.trace.recorder import parameters_alone

MARGIN = 24
TITLE_HEIGHT, HEADING_HEIGHT = 36, 44  # what stands over the units
NARROWEST = 540  # of the whole picture, for the sake of its caption
THICKEST, STEPS = 4, 40  # lines, and how many steps there are from the thinnest

# Colours are named once for a light page and once for a dark one.
STYLE = """<style>
  .neurosim { font: 12px Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif }
  .neurosim text { fill: #1b1f24; text-anchor: middle }
  .neurosim .words text { text-anchor: start }
  .neurosim .title, .neurosim .name { font-weight: bold }
  .neurosim .title { font-size: 16px }
  .neurosim .label text { font-size: 10px }
  .neurosim .page, .neurosim .label rect { fill: #ffffff }
  .neurosim .unit rect { fill: #eef2f8; stroke: #3b4a63; stroke-width: 1.2 }
  .neurosim line { stroke: #2f6db5 }
  .neurosim .negative line { stroke: #b4501b; stroke-dasharray: 7 4 }
  @media (prefers-color-scheme: dark) {
    .neurosim text { fill: #e9edf2 }
    .neurosim .page, .neurosim .label rect { fill: #14181e }
    .neurosim .unit rect { fill: #232b37; stroke: #9fb0c9 }
    .neurosim line { stroke: #74aef0 }
    .neurosim .negative line { stroke: #f0995f }
  }
</style>"""


def trace_svg(trace, pass_number=None, decimals=4, phases=None, units=None):
    """A picture of one pass, as `Trace.svg` says."""
    picture = drawing(trace, pass_number, decimals, phases, units)
    network = trace.structure
    title = f"{sizes_text(network)} network"
    if picture.passes > 1:
        title += f", pass {picture.pass_number} of {picture.passes}"
    heads = headings(network)
    places = layout(picture.layers, picture.connections, heads)
    width = max(places.width, NARROWEST)
    remarks = fold("\n".join(_remarks(picture, trace, heads)), int(width / (0.5 * UNIT_FONT))).split("\n")
    height = TITLE_HEIGHT + HEADING_HEIGHT + places.height + LINE * (len(remarks) + 1)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" class="neurosim" role="img" {_view(width, height)}>',
        f"<title>{xml_text(title)}</title>",
        f"<desc>{xml_text(in_words(network, heads))}</desc>",
        STYLE,
        f'<rect class="page" {_frame(width / 2, height / 2, width + 2 * MARGIN, height + 2 * MARGIN)} fill="#ffffff"/>',
        '<g class="words">',
        _text(title, 0, UNIT_FONT, "title"),
        *(_text(line, 0, height - LINE * (len(remarks) - number)) for number, line in enumerate(remarks, 1)),
        "</g>",
        f'<g transform="translate({_px((width - places.width) / 2)} {TITLE_HEIGHT + HEADING_HEIGHT})">',
        *elements(places, heads),
        "</g>",
        "</svg>",
    ])


def elements(places, heads):
    """What is drawn of a layout: heads over the layers, then a group for each connection, for each label, for each unit."""
    return [
        *_column_heads(places, heads), *_lines(places.lines), *map(_label, places.labels),
        *map(_unit, chain(*places.boxes)),
    ]


@refuse_mixed_numbers
def network_svg(network, decimals=4):
    """A picture of the weights and biases, as `Network.svg` says."""
    return trace_svg(parameters_alone(network), None, decimals)


# What is said in words


def headings(network):
    """The two lines over each layer."""
    count = len(network.layers)
    titles = [(layer_title(index, count), layer.activation.label) for index, layer in enumerate(network.layers)]
    return [("Inputs", ""), *titles]


def in_words(network, heads):
    """The network for a reader who can't see it."""
    names = [network.input_names, *network.layer_names]
    layers = [f"{' '.join(filter(None, heading))}: {name_range(layer)}" for heading, layer in zip(heads, names)]
    return f"Layers from left to right. {'. '.join(layers)}."


def _remarks(picture, trace, heads):
    """The lines of the caption."""
    if trace.title:
        yield visible(trace.title)
    yield f"Loss: {trace.structure.loss.label}{''.join(f'; {loss}' for loss in picture.losses)}."
    connections = list(chain(*picture.connections))
    if any(connection.weight is not None for connection in connections):
        new = " Weights are old → new." if any("→" in connection.label for connection in connections) else ""
        yield f"A wider line: a weight further from 0, between the same layers. Dashed: a negative weight.{new}"
    if any(len(between) > MOST_LABELS and any(one.label for one in between) for between in picture.connections):
        yield f"Where two layers have more than {MOST_LABELS} connections, no weights are written at the lines."
    for heading, layer in zip(heads, picture.layers):
        for unit in layer:
            if unit.left_out:
                are = "unit is left out, with its" if unit.left_out == 1 else "units are left out, with their"
                yield f"{heading[0]}: {unit.left_out} {are} connections."


# Its parts


def _column_heads(places, heads):
    for boxes, heading in zip(places.boxes, heads):
        for number, text in enumerate(heading):
            yield _text(shortened(text), boxes[0].x, LINE * number - HEADING_HEIGHT + UNIT_FONT)


def _lines(between_layers):
    """The connections; those of a crowd are thinner."""
    weights = [line.connection.weight for line in chain(*between_layers)]
    largest = max((magnitude(weight) for weight in weights if weight is not None), default=0)
    for lines in between_layers:
        most = thickest(len(lines))
        for line in lines:
            source, target, weight, label = line.connection
            name = f"{source.name} → {target.name}" + f": {label}" * bool(label)
            kind = "negative" if weight is not None and weight < 0 else "positive"
            (x, y), (end_x, end_y) = line.at(0), line.at(line.length)
            thickness = most * (0.2 + 0.8 * _share(weight, largest))
            yield (
                f'<g class="{kind}"><title>{xml_text(name)}</title><line x1="{_px(x)}" y1="{_px(y)}" x2="{_px(end_x)}"'
                f' y2="{_px(end_y)}" stroke-width="{thickness:.2f}"/></g>'
            )


def thickest(count):
    """How thick a line may be among so many between two layers, in pixels."""
    return min(THICKEST, max(1.2, THICKEST * 40 / max(count, 1)))


def _share(weight, largest):
    """How large the weight is beside the largest, from 0 to 1 in steps; numbers of any kind can be compared so."""
    if weight is None or not largest > 0:
        return 0
    return sum(STEPS * (magnitude(weight) / largest) >= step for step in range(1, STEPS + 1)) / STEPS


def _label(label):
    """A weight along its line, on a background that hides the lines under it."""
    turn = f"matrix({label.cos:.4f} {label.sin:.4f} {-label.sin:.4f} {label.cos:.4f} {_px(label.x)} {_px(label.y)})"
    return (
        f'<g class="label" transform="{turn}"><rect {_frame(0, 0, label.width, LABEL_HEIGHT)}/>'
        f"{_text(label.text, 0, 3.5)}</g>"
    )


def _unit(box):
    """A unit, its name and its numbers."""
    unit, x, y, width, height = box
    parts = [f"<title>{xml_text(unit.name)}</title>"]
    if not unit.left_out:
        parts.append(f'<rect {_frame(x, y, width, height)} rx="9"/>')
    first = y - LINE * len(unit.lines) / 2 + 4
    parts.append(_text(shortened(unit.name), x, first, "name"))
    parts += [_text(line, x, first + LINE * number) for number, line in enumerate(unit.lines, 1)]
    return f'<g class="unit">{"".join(parts)}</g>'


def _text(text, x, y, kind=None):
    look = f' class="{kind}"' if kind else ""
    return f'<text{look} x="{_px(x)}" y="{_px(y)}">{xml_text(text)}</text>'


def _frame(x, y, width, height):
    """A rectangle around a point."""
    return f'x="{_px(x - width / 2)}" y="{_px(y - height / 2)}" width="{_px(width)}" height="{_px(height)}"'


def _view(width, height):
    width, height = width + 2 * MARGIN, height + 2 * MARGIN
    return f'width="{_px(width)}" height="{_px(height)}" viewBox="{-MARGIN} {-MARGIN} {_px(width)} {_px(height)}"'


def _px(number):
    return f"{number:.1f}"
