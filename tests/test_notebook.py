"""What a notebook shows of a result: HTML that is small, well-formed, and says what `print` says."""

import json
import re
from pathlib import Path

import pytest
from harmless import Page

import neurosim as ns

NOTEBOOK = Path(__file__).parent.parent / "examples" / "notebook.ipynb"
CELLS = ["".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
LARGEST = 200_000  # characters of a cell's output
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.])")
VOID = {"br", "rect", "line", "path"}


def shown(source, names):
    """What the last line of a cell is, run with the names of the cells before."""
    *before, last = source.rstrip().split("\n")
    exec("\n".join(before), names)
    return eval(last, names)


@pytest.fixture(scope="module")
def results():
    """What each cell of the notebook shows."""
    names = {}
    return [shown(source, names) for source in CELLS]


@pytest.fixture(scope="module")
def large():
    network = ns.Network(64, [ns.Layer(30, "tanh"), ns.Layer(10, "softmax")], "categorical_crossentropy", seed=1)
    inputs, targets = [number / 64 for number in range(64)], [1] + [0] * 9
    return network, inputs, targets, network.trace(inputs, targets, ns.SGD(0.1))


def visible_text(html):
    """The words of a page without its pictures."""
    return " ".join(Page(re.sub(r"<svg.*?</svg>", "", html, flags=re.S)).texts)


def test_the_notebook_has_all_of_it(results):
    kinds = {type(result).__name__ for result in results}
    assert kinds == {"Network", "Text", "Trace", "Explanation", "Diagnosis", "Diff", "GradientCheck", "History", "Life",
                     "Health"}


@pytest.mark.parametrize("index", range(len(CELLS)))
def test_a_cell_says_what_print_says(index, results):
    result = results[index]
    html, printed = visible_text(result._repr_html_()), str(result)
    assert set(NUMBER.findall(html)) == set(NUMBER.findall(printed))
    assert len(result._repr_html_()) < LARGEST


@pytest.mark.parametrize("index", range(len(CELLS)))
def test_its_html_is_well_formed(index, results):
    html, open_tags = results[index]._repr_html_(), []
    for end, tag, alone in re.findall(r"<(/?)(\w+)[^>]*?(/?)>", re.sub(r"<style>.*?</style>", "", html, flags=re.S)):
        if end:
            assert open_tags.pop() == tag
        elif not alone and tag not in VOID:
            open_tags.append(tag)
    assert open_tags == []
    assert not re.search(r"<script| on\w+=|position:", html)


def test_texts_stand_at_the_left_and_numbers_at_the_right(results):
    rows = re.findall(r"<tr>(.*?)</tr>", results[2]._repr_html_())
    last = [(cell[:40], cell) for cell in re.findall(r"<td.*?</td>", rows[-1])]
    assert ["left" in start for start, _ in last] == [False, True, True, True, True, False]


def test_a_large_network_is_cut_and_says_so(large):
    network, inputs, targets, trace = large
    html = trace._repr_html_()
    assert len(html) < LARGEST and html.count("<tr>") < 100
    computed = sum(step.phase != "given" for step in trace)
    assert f"{computed - 80} of {computed} rows are left out here; table() shows them all" in html
    assert str(trace).count("\n") < 400 and f"{computed - 80} of {computed}" in str(trace)
    assert len(trace.table().splitlines()) > len(trace)
    whole = [network.check_gradients(inputs, targets), trace.explain("w[x1->h1]"), trace.explain("delta[h1]"), network]
    for result in whole:
        assert len(result._repr_html_()) < LARGEST
    assert "2180 of 2260 rows are left out here; text(most=None) shows them all" in str(whole[0])
    assert whole[0].text(most=None).count("agrees") == 2260


def test_a_neuron_shows_what_it_knows():
    network = ns.built_in("mazur").network
    assert repr(network["h1"]) == "Neuron(weights=[0.15, 0.2], bias=0.35, activation='sigmoid')"
    network.forward([0.05, 0.10])
    assert repr(network["h1"]).endswith("activation='sigmoid', z=0.3775, a=0.59327)")  # as printed on the page
    network.backward([0.01, 0.99])
    assert repr(network["h1"]).endswith(", z=0.3775, a=0.59327, delta=0.00877135)")


def test_no_repr_shows_where_a_thing_lies_in_memory():
    problem = ns.built_in("mazur")
    network, trace = problem.network, problem.trace()
    history = network.copy().fit(problem.inputs, problem.targets, 2, record=["h1"], metrics=list(ns.METRICS)[:1])
    changed = trace.replay(rules={"delta": lambda gradient, slope: gradient})
    things = [
        problem, network, network.layers[0], network["h1"], trace, trace.steps[-1], trace.settings, trace.verify(),
        *trace.rules.values(), *changed.rules.values(), changed, trace.diff(changed), trace.explain("x1->h1"),
        trace.explain("x1->h1").ledger, history, history.life("h1"), *history.life("h1").events,
        network.check_gradients(problem.inputs, problem.targets), network.health(problem.inputs, problem.targets, "sgd"),
        trace.diagnose({"delta[o1]": "0.7414", "z[h1]": "0.4"}),
        network.solve(problem.inputs, problem.targets, {"E": "0.3"}),
        ns.Places(3), ns.Digits(2), ns.LossBelow(1) | ns.MaxEpochs(3), ns.Patience(3),
        *[kind() for registry in (ns.ACTIVATIONS, ns.LOSSES, ns.OPTIMIZERS, ns.METRICS) for kind in registry.values()],
    ]
    for thing in things:
        assert " at 0x" not in repr(thing), thing
