"""What stands in an SVG picture of a network, read by Python's own XML parser."""

import re
from typing import NamedTuple
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
# Adobe's Helvetica, in thousandths of the font's size; it has no arrow, whose width is Symbol's.
DIGIT, WIDTHS = 556, {" ": 278, ".": 278, "-": 333, "→": 987}


class Label(NamedTuple):
    """The text of a weight, the middle of it, and the corners of the box around its letters."""

    text: str
    middle: tuple
    corners: list


class Line(NamedTuple):
    """What a line is called, where it begins and ends, how thick it is, and whether it is of the class "negative"."""

    name: str
    begin: tuple
    end: tuple
    thickness: float
    negative: bool


class Picture:
    """The parts of a picture."""

    def __init__(self, text):
        self.root = ElementTree.fromstring(text)
        self.title, self.description = (self.root.findtext(SVG + tag) for tag in ("title", "desc"))
        groups = {name: [] for name in ("unit", "label", "words", "positive", "negative")}
        for group in self.root.iter(SVG + "g"):
            groups.get(group.get("class"), []).append(group)
        self.caption = [text.text for text in groups["words"][0]]
        self.units = [[text.text for text in group.iter(SVG + "text")] for group in groups["unit"]]
        self.boxes = [rect(group.find(SVG + "rect")) for group in groups["unit"] if group.find(SVG + "rect") is not None]
        self.labels = [label(group) for group in groups["label"]]
        self.lines = [line(group) for group in self.root.iter(SVG + "g") if group.get("class") in ("positive", "negative")]


def rect(element):
    """The corners of a rectangle."""
    x, y, width, height = (float(element.get(name)) for name in ("x", "y", "width", "height"))
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def text_width(text, font):
    """The width of a number in Helvetica of this size."""
    return sum(WIDTHS.get(letter, DIGIT) for letter in text) / 1000 * font


def label(group):
    text = group.findtext(SVG + "text")
    a, b, c, d, e, f = map(float, re.fullmatch(r"matrix\((.*)\)", group.get("transform")).group(1).split())
    half_width = text_width(text, 10) / 2
    corners = [(-half_width, -5), (half_width, -5), (half_width, 5), (-half_width, 5)]  # the font's size is 10
    return Label(text, (e, f), [(a * x + c * y + e, b * x + d * y + f) for x, y in corners])


def line(group):
    x1, y1, x2, y2, thickness = (
        float(group.find(SVG + "line").get(name)) for name in ("x1", "y1", "x2", "y2", "stroke-width")
    )
    return Line(group.findtext(SVG + "title"), (x1, y1), (x2, y2), thickness, group.get("class") == "negative")


def apart(one, other):
    """Whether two convex shapes, given by their corners, have no point in common: then an edge of one parts them."""
    for shape in (one, other):
        for (x, y), (next_x, next_y) in zip(shape, shape[1:] + shape[:1]):
            here, there = (
                [(corner_x - x) * (next_y - y) - (corner_y - y) * (next_x - x) for corner_x, corner_y in corners]
                for corners in (one, other)
            )
            if max(here) < min(there) or max(there) < min(here):
                return True
    return False
