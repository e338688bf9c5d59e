"""Where everything in the picture of a network stands, in pixels from the top left corner:

    x, y           the middle of a unit, or of a label
    width, height  of a unit, of a label, or of the whole picture
    column         where a layer's units are: their x, and the width of the widest text over or in them
    gap            from the right side of one layer's units to the left side of the next one's
    share          where on its line a label stands: 0 is at the source, 1 at the target

Nothing is measured, since every reader has fonts of their own: widths are estimated, rather too large than too small.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.render.drawing import Connection, Unit

UNIT_FONT, LABEL_FONT = 12, 10
LINE = 16  # from one line of text to the next
LONGEST_NAME = 32  # of which longer ones show the beginning
PADDING = 10  # between a unit's border and its text
SPACE = 22  # between two units of a layer, at least
NARROWEST_GAP = 130
LABEL_HEIGHT = 14
MOST_LABELS = 64  # between two layers; the weights of more connections are not written
SHARES = [number / 80 for number in range(81)]
FAVOURITE_SHARE = 0.3  # of those where a label is equally clear
CLEAR = 16  # a label so far from every other line could not be clearer


@documented
class Box(NamedTuple):
    """A unit in the picture.

    unit: the `Unit`
    x, y: of its middle
    width, height: of its border
    """

    unit: Unit
    x: float
    y: float
    width: float
    height: float


@documented
class Line(NamedTuple):
    """A connection in the picture, from the right side of one unit to the left side of another.

    connection: the `Connection`
    x, y: of its beginning
    end_x, end_y: of its end
    """

    connection: Connection
    x: float
    y: float
    end_x: float
    end_y: float

    def at(self, share):
        """The point at this share of the line."""
        return self.x + share * (self.end_x - self.x), self.y + share * (self.end_y - self.y)


@documented
class Label(NamedTuple):
    """The text of a weight.

    text: the text
    x, y: of its middle
    width: of its background
    """

    text: str
    x: float
    y: float
    width: float


@documented
class Layout(NamedTuple):
    """The whole picture without what is written over and under it.

    boxes:  a list of `Box`es for each layer
    lines:  a `Line` for each connection
    labels: a `Label` for each weight that is written
    width, height: of it all
    """

    boxes: list[list[Box]]
    lines: list[Line]
    labels: list[Label]
    width: float
    height: float


def layout(layers, connections, headings):
    """The layout of a drawing's layers and connections; over each layer stand two lines of heading."""
    sizes = [_unit_size(layer) for layer in layers]
    heights, height = _heights(layers, sizes)
    boxes, lines, labels, left = [], [], [], 0
    for index, layer in enumerate(layers):
        width, unit_height = sizes[index]
        column = max([width, *(text_width(text, UNIT_FONT) for text in headings[index])])
        if index:
            begin, end = boxes[-1][0].x + boxes[-1][0].width / 2, (column - width) / 2
            ends = {box.unit.id: box.y for box in boxes[-1]}
            ends.update(zip((unit.id for unit in layer), heights[index]))
            found, texts, gap = _lines(connections[index - 1], ends, begin, left + end - begin, height)
            lines, labels, left = lines + found, labels + texts, begin + gap - end
        boxes.append([Box(unit, left + column / 2, y, width, unit_height) for unit, y in zip(layer, heights[index])])
        left += column
    return Layout(boxes, lines, labels, left, height)


def text_width(text, font):
    """About the width of a text in a sans-serif font of this size."""
    return sum(map(_letter_width, text)) * font


def _letter_width(letter):
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF" or letter in "mwMW%@→—":
        return 1
    return 0.8 if letter.isupper() else 0.6


def shown_name(unit):
    """The name, or the beginning of a long one."""
    return unit.name if len(unit.name) <= LONGEST_NAME else unit.name[: LONGEST_NAME - 1] + "…"


def _unit_size(layer):
    """The width and height of each unit of a layer."""
    texts = [text for unit in layer for text in (shown_name(unit), *unit.lines)]
    widest = max(text_width(text, UNIT_FONT) for text in texts)
    return widest + 2 * PADDING, max(len(unit.lines) + 1 for unit in layer) * LINE + PADDING


def _heights(layers, sizes):
    """For each layer the y of its units, and the height of the whole."""
    pitches = [height + SPACE for _, height in sizes]
    height = max(len(layer) * pitch for layer, pitch in zip(layers, pitches))
    columns = []
    for layer, pitch in zip(layers, pitches):
        pitch = min(height / len(layer), 1.6 * pitch)  # a small layer beside a large one spreads out
        first = (height - pitch * (len(layer) - 1)) / 2
        columns.append([first + pitch * number for number in range(len(layer))])
    return columns, height


def _lines(connections, ends, x, least, height):
    """The lines between two layers, from this x on, their labels, and a gap that is wide enough for these.

    ends: the y of each unit, by its id
    """
    widest = max(_label_width(connection.label) for connection in connections)
    gap = max(least + NARROWEST_GAP, 1.7 * widest, height / 3)
    while True:
        lines = [Line(one, x, ends[one.source.id], x + gap, ends[one.target.id]) for one in connections]
        labels = _labels(lines) if widest and len(lines) <= MOST_LABELS else []
        if labels is not None:
            return lines, labels, gap
        gap *= 1.15


def _label_width(text):
    return text_width(text, LABEL_FONT) + 4 if text else 0


def _labels(lines):
    """The labels, each where it is clearest which line it belongs to; None if they need more room."""
    labels = []
    for line in lines:
        width = _label_width(line.connection.label)
        margin = (width / 2 + 4) / (line.end_x - line.x)
        best = None
        for share in SHARES:
            label = Label(line.connection.label, *line.at(share), width)
            if margin <= share <= 1 - margin and not any(_overlap(label, other) for other in labels):
                best = max(best or (-1,), (_clearness(line, share, lines), -abs(share - FAVOURITE_SHARE), label))
        if best is None:
            return None
        labels.append(best[-1])
    return labels


def _overlap(one, other):
    return abs(one.x - other.x) < (one.width + other.width) / 2 and abs(one.y - other.y) < LABEL_HEIGHT


def _clearness(line, share, lines):
    """How far the point at this share of the line is from any other line, up and down."""
    _, y = line.at(share)
    return min([CLEAR, *(abs(other.at(share)[1] - y) for other in lines if other is not line)])
