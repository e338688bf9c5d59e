"""Drawings of the network for Graphviz and Mermaid, and as SVG; the layout of the last is in test_svg_layout.py."""

import html
import json
import re
import shutil
import subprocess

import pytest
from nasty_names import NASTY
from svg_pictures import Picture

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.cli import main


def mermaid_labels(text):
    """The labels as Mermaid shows them: its entities are HTML's with # for &."""
    labels = re.findall(r'\["(.*)"\]', text)
    return [html.unescape(re.sub(r"#(\w+);", r"&#\1;", label)).split("<br/>") for label in labels]


def test_units_show_what_mazur_prints():
    text = ns.built_in("mazur").trace().mermaid(decimals=9)
    labels = {label[0]: label[1:] for label in mermaid_labels(text)}
    assert labels["h1"][1] == "a = 0.593269992" and labels["o1"][1] == "a = 0.751365070"
    assert labels["o1"][2:] == ["delta = 0.138498562", "t = 0.010000000"]
    assert '"0.400000000 → 0.358916480"' in text  # w5 and its new value


def units_and_edges(text, unit, edge, newline):
    """{name: lines below it} and [(name, name, label)] of a drawing, by the patterns of its language."""
    units = {identity: label.split(newline) for identity, label in re.findall(unit, text, re.M)}
    edges = [(units[match["source"]][0], units[match["target"]][0], match["label"]) for match in re.finditer(edge, text)]
    return {name: lines for name, *lines in units.values()}, edges


LANGUAGES = {
    "dot": (r'^    (\w+) \[label="(.*)"(?:, shape=plaintext)?\]$',
            r'(?P<source>\w+) -> (?P<target>\w+) \[label="(?P<label>.*)"\]', r"\n"),
    "mermaid": (r'^  (\w+)\["(.*)"\]$', r'(?P<source>\w+) -- "(?P<label>.*)" --> (?P<target>\w+)', "<br/>"),
}


@pytest.mark.parametrize("form", LANGUAGES)
def test_of_chosen_units_the_connections_among_them_are_drawn_and_how_many_others_there_are(form):
    trace = Network(30, [Layer(25), Layer(2)], seed=1).trace([0.5] * 30, [0, 1], ns.SGD(0.1))
    chosen = ["x7", "h1", "h20", "o2"]
    units, edges = units_and_edges(getattr(trace, form)(units=chosen), *LANGUAGES[form])
    assert list(units) == ["... 29 more ...", "x7", "h1", "... 23 more ...", "h20", "... 1 more ...", "o2"]
    assert [edge[:2] for edge in edges] == [("x7", "h1"), ("x7", "h20"), ("h1", "o2"), ("h20", "o2")]
    with pytest.raises(InputError, match="unknown unit 'h26'"):
        getattr(trace, form)(units="h26")


@pytest.mark.parametrize("units", ["h1", "o1", ["x1", "o2"], ["x2", "h1", "o1"], []])
def test_a_picture_of_chosen_units_has_their_boxes_and_their_lines(units):
    picture = Picture(ns.built_in("mazur").trace().svg(units=units))
    chosen = [units] if isinstance(units, str) else units
    assert [name for name, *_ in picture.units if "more" not in name] == chosen
    assert sum(int(name.split()[1]) for name, *_ in picture.units if "more" in name) == 6 - len(chosen)
    assert len(picture.lines) == (2 if len(chosen) == 3 else 0)


def test_graphviz_keeps_columns_without_connections_in_order():
    text = ns.built_in("mazur").trace().dot(units=["x1", "o1"])
    assert "  n0_1 -> n1_1 [style=invis]" in text and "  n1_1 -> n2_1 [style=invis]" in text


@pytest.mark.parametrize("form", LANGUAGES)
def test_units_and_connections_are_those_of_the_network(form):
    trace = ns.built_in("mazur").trace()
    units, edges = units_and_edges(getattr(trace, form)(), *LANGUAGES[form])
    assert list(units) == ["x1", "x2", "h1", "h2", "o1", "o2"]
    assert units["x1"] == ["a = 0.0500"] and units["h1"] == ["b = 0.3500", "a = 0.5933", "delta = 0.0088"]
    assert units["o2"] == ["b = 0.6000", "a = 0.7729", "delta = -0.0381", "t = 0.9900"]
    assert edges == [
        (source, target, f"{trace[f'w[{source}->{target}]'].value:.4f} → {trace[f'w+[{source}->{target}]'].value:.4f}")
        for sources, targets in (("x1 x2", "h1 h2"), ("h1 h2", "o1 o2"))
        for source in sources.split() for target in targets.split()
    ]


def test_every_connection_is_drawn_once():
    net = Network(3, [Layer(4), Layer(2)], seed=1)
    trace = net.trace([1, 2, 3])
    assert trace.mermaid().count("-->") == 3 * 4 + 4 * 2
    assert trace.dot().count("label=") == (3 + 4 + 2) + (3 * 4 + 4 * 2)
    assert "→" not in trace.dot() and "delta" not in trace.dot()  # nothing was updated, or sent back


def test_a_pass_shows_the_weights_that_it_ran_with():
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    trace = net.trace([[1.0], [1.0], [1.0]], [[0.0]] * 3, ns.SGD(0.5))  # 1, then half of it after every pass
    for number, label in ((1, "1.00 → 0.50"), (2, "0.50 → 0.25"), (None, "0.25 → 0.12")):
        assert label in trace.dot(pass_number=number, decimals=2)
    batch = net.trace([[1.0], [1.0]], [[0.0]] * 2, ns.SGD(0.5), batch_size="all")
    assert "→" not in batch.dot(pass_number=1) and "1.0000 → 0.5000" in batch.dot()


@pytest.mark.parametrize("number", [0, 4, -1, 1.0, "1"])
def test_a_pass_that_there_is_not_is_refused(number):
    trace = Network(1, [Layer(1)], seed=1).trace([[1], [2], [3]])
    with pytest.raises(InputError, match="pass_number must be"):
        trace.dot(pass_number=number)


def nasty():
    """Half of the names are those of inputs: a layer of more than 20 units is folded."""
    return Network(NASTY[:12], [Layer(12, names=NASTY[12:]), Layer(1)], seed=1).trace([1] * 12)


def test_mermaid_shows_names_as_they_are():
    text = nasty().mermaid()
    assert [label[0] for label in mermaid_labels(text)][:-1] == NASTY
    for label in re.findall(r'"(.*?)"', text):
        assert not re.search(r"[`<&\\$*_]", label.replace("<br/>", ""))


def test_graphviz_shows_names_as_they_are():
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed, so no drawing was made")
    result = subprocess.run(["dot", "-Tsvg"], input=nasty().dot(), capture_output=True, encoding="utf-8", timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    texts = [html.unescape(text) for text in re.findall(r"<text[^>]*>(.*?)</text>", result.stdout)]
    assert set(NASTY) <= set(texts) and texts.count("a = 1.0000") == 12


def test_graphviz_draws_every_connection():
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed, so no drawing was made")
    source = ns.built_in("analytics-vidhya").trace().dot()
    result = subprocess.run(["dot", "-Tjson0"], input=source, capture_output=True, encoding="utf-8", timeout=60)
    edges = [edge for edge in json.loads(result.stdout)["edges"] if edge.get("style") != "invis"]
    assert len(edges) == 4 * 3 + 3 * 1


# Only some phases, and large layers; in every language


def texts(form, trace, **options):
    """The lines of each unit, by its name, and the labels of the connections, from the trace's drawing in a language."""
    text = getattr(trace, form)(**options)
    if form == "svg":
        picture = Picture(text)
        return {name: lines for name, *lines in picture.units}, [label.text for label in picture.labels]
    units, _ = units_and_edges(text, *LANGUAGES[form])
    edge = r'-> \w+ \[label="(.*)"\]' if form == "dot" else r'-- "(.*)" -->'
    return units, [html.unescape(label) for label in re.findall(edge, text)]


FORMS = [*LANGUAGES, "svg"]


@pytest.mark.parametrize("form", FORMS)
def test_an_exercise_shows_what_mazur_gives_and_nothing_more(form):
    """His figure with the initial weights, the biases, and the training inputs and outputs."""
    units, weights = texts(form, ns.built_in("mazur").trace(), phases=["given"], decimals=2)
    assert units == {
        "x1": ["a = 0.05"], "x2": ["a = 0.10"], "h1": ["b = 0.35"], "h2": ["b = 0.35"],
        "o1": ["b = 0.60", "t = 0.01"], "o2": ["b = 0.60", "t = 0.99"],
    }
    assert sorted(weights) == ["0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55"]


@pytest.mark.parametrize("form", FORMS)
def test_numbers_appear_with_their_phase(form):
    trace = ns.built_in("mazur").trace()
    found = {phase: texts(form, trace, phases=phase, decimals=3) for phase in
             ("given", "forward", "loss", "backward", "gradient", "update")}
    assert found["forward"][0]["o1"] == ["a = 0.751"] and found["backward"][0]["o1"] == ["delta = 0.138"]
    assert found["forward"][0]["x1"] == found["loss"][0]["o1"] == found["gradient"][0]["h1"] == []
    assert [phase for phase, (_, weights) in found.items() if weights] == ["given", "update"]
    assert set(found["update"][1]) >= {"→ 0.359"}
    both = texts(form, trace, phases=["given", "forward"], decimals=3)
    assert both[0]["o1"] == ["b = 0.600", "a = 0.751", "t = 0.010"] and "0.400" in both[1]


@pytest.mark.parametrize("form", FORMS)
def test_a_weight_that_an_earlier_pass_computed_is_not_given(form):
    net = Network(1, [Layer(1, "linear", weights=[[1.0]], bias=False)])
    trace = net.trace([[1.0]] * 2, [[0.0]] * 2, ns.SGD(0.5))
    assert texts(form, trace, phases="given", pass_number=1)[1] == ["1.0000"]
    assert texts(form, trace, phases="given", pass_number=2)[1] == []


@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_phase_is_refused(form):
    with pytest.raises(InputError, match="unknown phase 'foward'; did you mean 'forward'"):
        getattr(ns.built_in("mazur").trace(), form)(phases="foward")


@pytest.mark.parametrize("form", FORMS)
def test_a_large_layer_is_folded(form):
    net = Network(64, [Layer(30, "relu"), Layer(20)], seed=1)
    trace = net.trace([0.5] * 64)
    units, weights = texts(form, trace)
    assert list(units) == [
        *(f"x{i}" for i in range(1, 6)), "... 58 more ...", "x64", *(f"h{i}" for i in range(1, 6)), "... 24 more ...", "h30",
        *(f"o{i}" for i in range(1, 21)),
    ]
    assert units["... 58 more ..."] == [] and units["x64"] == ["a = 0.5000"]
    if form != "svg":  # which writes no weights between 6 and 20 units
        assert len(weights) == 6 * 6 + 6 * 20
        assert weights[5] == f"{trace['w[x1->h30]'].value:.4f}"


@pytest.mark.parametrize("form", FORMS)
def test_a_layer_of_20_units_is_drawn_whole_and_one_of_21_is_not(form):
    units, _ = texts(form, Network(20, [Layer(21)], seed=1).trace([1] * 20))
    assert [name for name in units if name[0] in ".x"][:21] == [*(f"x{i}" for i in range(1, 21)), "... 15 more ..."]
    assert len(units) == 20 + 5 + 1 + 1


def test_mermaid_keeps_what_stands_for_several_in_its_column():
    for net in (Network(64, [Layer(1)], seed=1), Network(1, [Layer(64)], seed=1)):
        text = net.trace([1] * len(net.input_names)).mermaid()
        assert re.findall(r"^  n0_\d+ ~~~ n1_\d+$", text, re.M)


def test_graphviz_draws_a_folded_layer():
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed, so no drawing was made")
    source = Network(64, [Layer(30)], seed=1).trace([1] * 64).dot()
    result = subprocess.run(["dot", "-Tjson0"], input=source, capture_output=True, encoding="utf-8", timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    edges = [edge for edge in json.loads(result.stdout)["edges"] if edge.get("style") != "invis"]
    assert len(edges) == 6 * 6


def test_the_command_draws_an_exercise(tmp_path, capsys):
    for form in FORMS:
        path = tmp_path / form
        assert main(["trace", "mazur", "--as", form, "--phase", "given,forward", "-o", str(path)]) == 0
        text = path.read_text(encoding="utf-8")
        assert text == getattr(ns.built_in("mazur").trace(), form)(phases=["given", "forward"]) + "\n"
