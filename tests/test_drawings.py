"""Drawings of the network for Graphviz and Mermaid."""

import html
import json
import re
import shutil
import subprocess

import pytest
from nasty_names import NASTY

import neurosim as ns
from neurosim import InputError, Layer, Network


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
    "dot": (r'^    (\w+) \[label="(.*)"\]$', r'(?P<source>\w+) -> (?P<target>\w+) \[label="(?P<label>.*)"\]', r"\n"),
    "mermaid": (r'^  (\w+)\["(.*)"\]$', r'(?P<source>\w+) -- "(?P<label>.*)" --> (?P<target>\w+)', "<br/>"),
}


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
    return Network(NASTY, [Layer(1)], seed=1).trace([1] * len(NASTY))


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
    assert set(NASTY) <= set(texts) and texts.count("a = 1.0000") == len(NASTY)


def test_graphviz_draws_every_connection():
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed, so no drawing was made")
    source = ns.built_in("analytics-vidhya").trace().dot()
    result = subprocess.run(["dot", "-Tjson0"], input=source, capture_output=True, encoding="utf-8", timeout=60)
    edges = [edge for edge in json.loads(result.stdout)["edges"] if edge.get("style") != "invis"]
    assert len(edges) == 4 * 3 + 3 * 1
