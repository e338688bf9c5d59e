"""Where everything in the picture of a network stands, in pixels from the top left corner:

    x, y           the middle of a unit or a label, or the beginning of a line
    width, height  of a unit, of a label, or of the whole picture
    column         the width of a layer: that of its units, or of the heading over them
    left           the left side of a column
    gap            from the right side of one layer's units to the left side of the next one's
    cos, sin       the direction of a line, and of the label on it

Nothing is measured, since every reader has fonts of their own: widths are estimated, rather too large than too small.
"""

from __future__ import annotations

import unicodedata
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from neurosim.render.drawing import Connection, Unit

UNIT_FONT, LABEL_FONT = 12, 10
LINE = 16  # from one line of text to the next
LONGEST_NAME = 32  # of which longer ones show the beginning
PADDING = 10  # between a unit's border and its text
SPACE = 18  # between two units of a layer, at least
NARROWEST_GAP = 160  # between two columns
LABEL_HEIGHT = 14
MOST_LABELS = 64  # between two layers; the weights of more connections are not written
PLACES = 40  # on a line that are tried for its label
FAVOURITE = 0.3  # of a line's length: where a label stands best, if it is as free there as elsewhere
AWAY = 6  # from a unit to a label, at least
WIDE, NARROW = "mwMW%@→—", " .,:;!|'ijl-"  # letters
NEAR = 8  # a line so near to a label's middle runs through it


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


class Line(NamedTuple):
    """A connection in the picture, from the right side of one unit to the left side of another.

    connection: the `Connection`
    x, y: of its beginning
    length: from there to its end
    cos, sin: its direction
    """

    connection: Connection
    x: float
    y: float
    length: float
    cos: float
    sin: float

    def at(self, distance):
        """The point so far from its beginning."""
        return self.x + distance * self.cos, self.y + distance * self.sin


class Label(NamedTuple):
    """The text of a weight.

    text: the text, which runs along its line
    x, y: of its middle
    width: of its background
    cos, sin: the line's direction
    """

    text: str
    x: float
    y: float
    width: float
    cos: float
    sin: float


class Layout(NamedTuple):
    """The whole picture without what is written over and under it.

    boxes:  a list of `Box`es for each layer
    lines:  a list of `Line`s for each pair of neighbours
    labels: a `Label` for each weight that is written
    width, height: of it all
    """

    boxes: list[list[Box]]
    lines: list[list[Line]]
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
        column = max([width, *(text_width(shortened(text), UNIT_FONT) for text in headings[index])])
        inset = (column - width) / 2  # of the units in their column
        if index:
            begin = boxes[-1][0].x + boxes[-1][0].width / 2
            least = left + NARROWEST_GAP + inset - begin
            ends = {unit.id: y for layer, ys in zip(layers, heights) for unit, y in zip(layer, ys)}
            found, texts, gap = _lines(connections[index - 1], ends, begin, least, height)
            lines, labels, left = [*lines, found], labels + texts, begin + gap - inset
        boxes.append([Box(unit, left + column / 2, y, width, unit_height) for unit, y in zip(layer, heights[index])])
        left += column
    return Layout(boxes, lines, labels, left, height)


def text_width(text, font):
    """About the width of a text in a sans-serif font of this size."""
    return sum(map(_letter_width, text)) * font


def _letter_width(letter):
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF" or letter in WIDE:
        return 1
    if letter in NARROW:
        return 0.37
    return 0.8 if letter.isupper() else 0.6


def shortened(name):
    """The name, or the beginning of a long one."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _unit_size(layer):
    """The width and height of each unit of a layer."""
    texts = [text for unit in layer for text in (shortened(unit.name), *unit.lines)]
    widest = max(text_width(text, UNIT_FONT) for text in texts)
    return widest + 2 * PADDING, max(len(unit.lines) + 1 for unit in layer) * LINE + PADDING


def _heights(layers, sizes):
    """For each layer the y of its units, and the height of the whole."""
    pitches = [height + SPACE for _, height in sizes]
    height = max(len(layer) * pitch for layer, pitch in zip(layers, pitches))
    columns = []
    for layer, pitch in zip(layers, pitches):
        pitch = min(height / len(layer), 2.5 * pitch)  # a small layer beside a large one spreads out
        first = (height - pitch * (len(layer) - 1)) / 2
        columns.append([first + pitch * number for number in range(len(layer))])
    return columns, height


def _lines(connections, ends, x, least, height):
    """The lines between two layers, from this x on, their labels, and a gap that is wide enough for these.

    ends: the y of each unit, by its id
    least: the narrowest gap
    height: of the whole picture
    """
    widest = max((_label_width(connection.label) for connection in connections), default=0)
    gap = max(least, 3.2 * widest, height * 0.42)
    while True:
        lines = [_line(one, x, ends[one.source.id], x + gap, ends[one.target.id]) for one in connections]
        labels = _labels(lines) if len(lines) <= MOST_LABELS else []
        if labels is not None:
            return lines, labels, gap
        gap *= 1.15


def _line(connection, x, y, end_x, end_y):
    length = hypot(end_x - x, end_y - y)
    return Line(connection, x, y, length, (end_x - x) / length, (end_y - y) / length)


def _labels(lines):
    """The labels, each where the fewest other lines run through it or near it; None if they need more room."""
    labels = []
    for line in lines:
        if not line.connection.label:
            continue
        places = sorted(_places(line, lines))
        free = (label for _, _, label in places if not any(_overlap(label, other) for other in labels))
        label = next(free, None)
        if label is None:
            return None
        labels.append(label)
    return labels


def _places(line, lines):
    """Labels along the line, each behind how much of it is near other lines and how far it is from where it looks best."""
    text = line.connection.label
    width = _label_width(text)
    first, last = width / 2 + AWAY, line.length - width / 2 - AWAY
    near = [_near(line, other) for other in lines if other is not line]
    for number in range(PLACES):
        middle = first + (last - first) * number / (PLACES - 1)
        begin, end = middle - width / 2, middle + width / 2
        crowd = sum(max(0, min(end, near_end) - max(begin, near_begin)) for near_begin, near_end in near)
        label = Label(text, *line.at(middle), width, line.cos, line.sin)
        yield round(crowd), abs(middle - FAVOURITE * line.length), label


def _near(line, other):
    """From where to where on the line, as distances from its beginning, the other line is near."""
    away = (line.x - other.x) * other.sin - (line.y - other.y) * other.cos  # at the beginning
    growth = line.cos * other.sin - line.sin * other.cos  # for each pixel from there
    if not growth:
        return (0, line.length) if abs(away) < NEAR else (0, 0)
    return sorted([(-NEAR - away) / growth, (NEAR - away) / growth])


def _label_width(text):
    return text_width(text, LABEL_FONT) + 8 if text else 0


def _overlap(one, other):
    """Whether two labels overlap: if they do not, they are apart along a side of one of them."""
    x, y = other.x - one.x, other.y - one.y
    for cos, sin in ((one.cos, one.sin), (other.cos, other.sin)):
        for along, across in ((cos, sin), (-sin, cos)):
            half = sum(
                abs(along * label.cos + across * label.sin) * label.width
                + abs(across * label.cos - along * label.sin) * LABEL_HEIGHT
                for label in (one, other)
            ) / 2
            if abs(x * along + y * across) >= half:
                return False
    return True
