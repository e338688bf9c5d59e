"""The picture of a network: what stands in it, that nothing lies over anything else, and that everyone can read it."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from xml.etree import ElementTree

import pytest
from nasty_names import NASTY
from svg_pictures import SVG, Picture, apart, text_width

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.custom import Activation
from neurosim.render.escaping import xml_text


def network(*sizes, seed=1, **settings):
    return Network(sizes[0], [Layer(size, **settings) for size in sizes[1:]], seed=seed)


def updated(*sizes):
    return network(*sizes).trace([0.5] * sizes[0], [1.0] * sizes[-1], ns.SGD(0.5))


# What is in it


def test_mazurs_picture_shows_what_mazur_prints():
    picture = Picture(ns.built_in("mazur").trace().svg(decimals=9))
    assert picture.units[2][:1] == ["h1"] and "a = 0.593269992" in picture.units[2]
    assert picture.units[4] == ["o1", "b = 0.600000000", "a = 0.751365070", "delta = 0.138498562", "t = 0.010000000"]
    assert "0.400000000 → 0.358916480" in [label.text for label in picture.labels]  # w5 and its new value
    assert "E = 0.298371109" in " ".join(picture.caption)


def test_every_weight_is_written_on_its_line():
    trace = updated(3, 8, 8, 4)
    picture = Picture(trace.svg())
    assert len(picture.lines) == len(picture.labels) == 3 * 8 + 8 * 8 + 8 * 4
    for line, label in zip(picture.lines, picture.labels):
        place, text = line.name.split(": ")
        old, new = (trace[f"{quantity}[{place.replace(' → ', '->')}]"].value for quantity in ("w", "w+"))
        assert label.text == text == f"{old:.4f} → {new:.4f}"
        (x, y), (end_x, end_y) = line.begin, line.end
        share = (label.middle[0] - x) / (end_x - x)
        assert 0 < share < 1 and label.middle[1] == pytest.approx(y + share * (end_y - y), abs=0.2)


def test_the_line_tells_size_and_sign_without_colour():
    weights = [[0.1, -0.2], [-0.4, 0.8]]
    picture = Picture(Network(2, [Layer(2, weights=weights)]).svg())
    thickness = {float(line.name.split(": ")[1]): line.thickness for line in picture.lines}
    assert sorted(thickness, key=abs) == sorted(thickness, key=thickness.get) == [0.1, -0.2, -0.4, 0.8]
    assert {weight: line.negative for weight, line in zip((0.1, -0.4, -0.2, 0.8), picture.lines)} == {
        0.1: False, -0.4: True, -0.2: True, 0.8: False,
    }
    assert re.search(r"\.negative line \{[^}]*stroke-dasharray", picture.root.findtext(SVG + "style"))


def test_a_weight_that_is_not_shown_is_not_told_by_its_line():
    lines = Picture(network(3, 3).trace([1, 2, 3]).svg(phases="forward")).lines
    assert len({line.thickness for line in lines}) == 1 and not any(line.negative or ":" in line.name for line in lines)


def test_too_many_weights_are_told_by_their_lines_alone():
    net = network(9, 8, 8)
    picture = Picture(net.svg())
    assert len(picture.labels) == 8 * 8 and len(picture.lines) == 9 * 8 + 8 * 8
    assert picture.lines[0].name == f"x1 → h1: {net['h1'].weights[0]:.4f}"
    assert any("more than 64 connections" in line for line in picture.caption)
    assert not any("64" in line for line in Picture(network(8, 8).svg()).caption)


def test_the_caption_says_how_many_units_are_left_out():
    caption = Picture(network(64, 30, 30, 10).svg()).caption
    assert [line for line in caption if "left out" in line] == [
        "Inputs: 58 units are left out, with their connections.",
        "Hidden layer 1: 24 units are left out, with their connections.",
        "Hidden layer 2: 24 units are left out, with their connections.",
    ]


def test_several_passes_and_a_batch():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    trace = net.trace([[1.0], [3.0]], [[0.0]] * 2, ns.SGD(0.5), batch_size=2)
    first, second = Picture(trace.svg(1)), Picture(trace.svg())
    assert first.title == "1-1 network, pass 1 of 2" and first.caption[0] == first.title
    assert "E = 0.5000" in first.caption[1] and "mean" not in first.caption[1]  # 1^2 / 2
    assert "E = 4.5000" in second.caption[1] and "mean E = 2.5000" in second.caption[1]  # 3^2 / 2, and of both


# A network without examples


def test_a_network_is_drawn_with_its_weights_and_biases_alone():
    net = Network(2, [Layer(1, weights=[[3, -4]], biases=[5])])
    picture = Picture(net.svg())
    assert picture.units == [["x1"], ["x2"], ["o1", "b = 5.0000"]]
    assert [label.text for label in picture.labels] == ["3.0000", "-4.0000"]
    assert [label.text for label in Picture(net.svg(decimals=1)).labels] == ["3.0", "-4.0"]
    assert net["o1"].output is None


def test_a_network_that_cannot_be_drawn():
    with pytest.raises(InputError, match="the network has no layers"):
        Network(2).svg()
    mixed = Network(1, [Layer(1, weights=[[Fraction(1, 3)]]), Layer(1, weights=[[Decimal("0.5")]])])
    with pytest.raises(InputError, match="numbers of the kinds Fraction and Decimal do not mix"):
        mixed.svg()


# Names


def test_names_are_those_very_characters():
    net = Network(NASTY[:12], [Layer(12, names=NASTY[12:]), Layer(1)], seed=1)
    picture = Picture(net.svg())
    assert [unit[0] for unit in picture.units][:-1] == NASTY
    assert picture.lines[0].name.startswith(f"{NASTY[0]} → {NASTY[12]}")


def test_signs_that_xml_forbids_are_made_visible():
    """XML 1.0 has of the control characters only tab and the ends of lines, and neither surrogates nor U+FFFE."""
    every = "".join(map(chr, [*range(0x20), 0x7F, 0x85, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x10FFFF]))
    assert ElementTree.fromstring(f"<a b='{xml_text(every)}'>{xml_text(every)}</a>").text.startswith(r"\x00\x01")

    class Odd(Activation):
        name = "a\x1b[31m<&"

        def __call__(self, net_input):
            return net_input

    root = Picture(Network(1, [Layer(1, Odd())], seed=1).svg()).root
    assert r"a\x1b[31m<&" in [text.text for text in root.iter(SVG + "text")]


def test_a_very_long_name_is_cut_and_told_in_full():
    name = "n" * 100
    picture = Picture(Network([name], [Layer(1)], seed=1).svg())
    assert picture.units[0][0] == "n" * 31 + "…"
    assert name in [title.text for title in picture.root.iter(SVG + "title")]
    assert float(picture.root.get("width")) < 1000


# Nothing lies over anything else

PICTURES = {
    "2-2-2": lambda: ns.built_in("mazur").trace().svg(),
    "3-8-8-4": lambda: updated(3, 8, 8, 4).svg(),
    "3-8-8-4, weights alone": lambda: network(3, 8, 8, 4, bias=False).svg(),
    "2-20-1": lambda: updated(2, 20, 1).svg(),
    "3-20-3, weights alone": lambda: network(3, 20, 3).svg(),
    "1-1": lambda: updated(1, 1).svg(decimals="all"),
    "64-30-10": lambda: updated(64, 30, 10).svg(),
    "8-8 with all digits": lambda: updated(8, 8).svg(decimals="all"),
    "a long name": lambda: Network(["W" * 20, "日" * 20, "größe"], [Layer(2)], seed=1).svg(),
}


@pytest.mark.parametrize("name", PICTURES)
def test_no_label_lies_over_another_or_over_a_unit(name):
    picture = Picture(PICTURES[name]())
    labels = [label.corners for label in picture.labels]
    assert labels
    for one, other in combinations(labels + picture.boxes, 2):
        assert apart(one, other)


def test_shapes_that_touch_are_not_apart():
    """The test of the test above."""
    square = [(0, 0), (2, 0), (2, 2), (0, 2)]
    diamond = [(3.1, 1.1), (4, 2), (3.1, 2.9), (2.2, 2)]
    assert apart(square, diamond) and not apart(square, [(x - 0.5, y) for x, y in diamond])
    assert not apart(square, square) and apart(square, [(x + 2.1, y) for x, y in square])


@pytest.mark.parametrize("decimals", [0, 4, "all", None])
def test_the_numbers_of_a_unit_fit_into_it(decimals):
    picture = Picture(updated(3, 4, 2).svg(decimals=decimals))
    for (_, *lines), ((left, top), (right, _), (_, bottom), _) in zip(picture.units, picture.boxes):
        assert bottom - top >= 12 * (len(lines) + 1)
        assert all(text_width(line, 12) <= right - left - 8 for line in lines)


@pytest.mark.parametrize("name", PICTURES)
def test_everything_is_on_the_page(name):
    picture = Picture(PICTURES[name]())
    left, top, width, height = map(float, picture.root.get("viewBox").split())
    moves = " ".join(group.get("transform", "") for group in picture.root.iter(SVG + "g"))
    shift, down = map(float, re.search(r"translate\((\S+) (\S+)\)", moves).groups())
    for x, _ in [corner for shape in picture.boxes + [label.corners for label in picture.labels] for corner in shape]:
        assert left <= x + shift <= left + width
    title, *caption = [float(text.get("y")) for text in picture.root.find(SVG + "g")]
    ys = [y + down for box in picture.boxes for _, y in box]
    assert top <= title - 16 and title < min(ys) and max(ys) <= min(caption) - 12 and max(caption) <= top + height


# For everyone


def test_the_file_needs_nothing_and_does_nothing():
    text = ns.built_in("mazur").trace().svg()
    assert not re.search(r"<script|<!|<\?|url\(|@import|href|\son\w+=", text)
    assert text.count("http") == 1  # the name of SVG itself


def test_a_reader_who_cannot_see_is_told():
    picture = Picture(Network(3, [Layer(2, "tanh"), Layer(1)], seed=1).svg())
    assert picture.root.get("role") == "img"
    assert [child.tag for child in picture.root][:2] == [SVG + "title", SVG + "desc"]
    assert picture.title == "3-2-1 network"
    assert picture.description == (
        "Layers from left to right. Inputs: x1 .. x3. Hidden layer tanh: h1 .. h2. Output layer sigmoid: o1."
    )


def luminance(colour):
    """The relative luminance of the Web Content Accessibility Guidelines 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted([luminance(one), luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("page", ["light", "dark"])
def test_text_and_lines_stand_out(page):
    """The guidelines ask for 4.5 between text and what is behind it, and for 3 of lines."""
    light, dark = Picture(network(1, 1).svg()).root.findtext(SVG + "style").split("@media (prefers-color-scheme: dark)")
    style = light if page == "light" else dark

    def colour(selector, what):
        return re.search(rf"\.neurosim {re.escape(selector)}[^{{]*\{{[^}}]*?{what}: (#\w+)", style).group(1)

    paper, text, unit = colour(".page", "fill"), colour("text", "fill"), colour(".unit rect", "fill")
    assert contrast(text, paper) >= 4.5 and contrast(text, unit) >= 4.5
    for line in (colour("line", "stroke"), colour(".negative line", "stroke"), colour(".unit rect", "stroke")):
        assert contrast(line, paper) >= 3


def test_the_style_touches_nothing_outside_of_the_picture():
    style = Picture(network(1, 1).svg()).root.findtext(SVG + "style")
    for selectors in re.findall(r"([^{}]+)\{", style):
        assert all(one.strip().startswith((".neurosim", "@media")) for one in selectors.split(","))
