"""A layer's numbers as the matrices that books print: in the summary and in worked solutions, in both layouts."""

import json
import re
import shutil
import subprocess

import pytest
from built_ins import TRACED
from random_networks import random_network
from recordings import optimizers

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.render.matrices import MOST_COLUMNS, Layers
from neurosim.render.worked import worked
from neurosim.trace.lines import chosen_lines


def blocks(text):
    """{name: rows of numbers} of the matrix at the end of each equation of a text."""
    found = {}
    for part in text.split("\n\n"):
        name, lines = re.match(r" *(\S+) +=", part), [line for line in part.splitlines() if "[ " in line]
        if name and lines:
            start = max(line.rindex("[ ") for line in lines)
            found[name[1]] = [list(map(float, line[start + 1 : -1].split())) for line in lines if line[start:][:2] == "[ "]
    return found


def transposed(rows):
    return list(map(list, zip(*rows)))


def product(first, second):
    return [[sum(a * b for a, b in zip(row, column)) for column in zip(*second)] for row in first]


# Matt Mazur, A Step by Step Backpropagation Example: the weights, net inputs, outputs and updated weights of the page
MAZUR = {
    "W1": [[0.15, 0.20], [0.25, 0.30]], "W2": [[0.40, 0.45], [0.50, 0.55]], "z1": [[0.3775], [0.3925]],
    "a1": [[0.593269992], [0.596884378]], "a2": [[0.75136507], [0.772928465]],
    "W2+": [[0.35891648, 0.408666186], [0.511301270, 0.561370121]],
    "W1+": [[0.149780716, 0.19956143], [0.24975114, 0.29950229]],
}


@pytest.mark.parametrize("layout", ["unit", "input"])
def test_the_matrices_of_a_printed_page(layout):
    found = blocks(ns.built_in("mazur").trace().text(decimals=9, weights_by=layout, width=200))
    for name, rows in MAZUR.items():
        wanted = rows if layout == "unit" else transposed(rows)
        assert [len(row) for row in found[name]] == [len(row) for row in wanted]
        for got, row in zip(found[name], wanted):
            assert got == pytest.approx(row, abs=1e-8)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_shown_is_the_trace_and_its_products_hold(seed):
    """z = W a + b, dE/da = W^T delta and dE/dW = delta a^T, worked out from the matrices that are shown."""
    network, inputs, targets = random_network(seed)
    trace = network.trace(inputs, targets, "sgd")
    by = {layout: {} for layout in ("unit", "input")}
    for layout, found in by.items():
        for section in worked(trace, weights_by=layout).sections:
            for equation in section.equations:
                if hasattr(equation, "value"):
                    found[equation.name] = equation
                    for row in equation.value:
                        assert all(trace[address].value == value for address, value in row)
    assert set(by["unit"]) == set(by["input"])
    for name, equation in by["unit"].items():
        other = by["input"][name]
        assert transposed(equation.value) == other.value
        for one in (equation, other):
            if one.factors:
                factors = [[[value for _, value in row] for row in part] for part in one.factors if part != "+"]
                shown = product(*factors[:2])
                for extra in factors[2:]:
                    shown = [[a + b for a, b in zip(*rows)] for rows in zip(shown, extra)]
                for got, row in zip(shown, one.value):
                    assert got == pytest.approx([value for _, value in row], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_every_step_has_its_place_with_every_optimizer(seed):
    optimizer = optimizers(seed)
    network = Network(2, [Layer(3, "tanh"), Layer(2, "softmax")], "mse", seed=1)
    size = 1 if optimizer.order == "sequential" else 2
    trace = network.trace([[1, 0.5], [0.2, 1], [0, 1]], [[1, 0], [0, 1], [0, 1]], optimizer, size, epochs=2)
    shown = []
    for section in worked(trace, weights_by="unit").sections:
        for item in section.equations:
            shown += [address for row in item.value for address, _ in row] if hasattr(item, "value") else [item.step.address]
    assert sorted(shown) == sorted(step.address for step in trace)
    for layout in ("unit", "input"):
        for form in (trace.text, trace.markdown, trace.latex):
            assert form(weights_by=layout)


def test_weights_that_were_updated_before_are_named_so():
    trace = ns.built_in("mazur").network.trace([0.05, 0.1], [0.01, 0.99], ns.SGD(0.5, "sequential"))
    assert "dE/da1 = W2+^T delta2" in trace.text(weights_by="unit")
    assert "dE/da1 = delta2 W2+^T" in trace.text(weights_by="input")
    assert r"{W_{2}^{+}}^{\top} \delta_{2}" in trace.latex(weights_by="unit")


def test_a_large_matrix_is_cut():
    network = Network(20, [Layer(10, "tanh"), Layer(1)], seed=1)
    text = network.trace([0.5] * 20, [1], "sgd").text(weights_by="unit")
    widest = max(len(re.findall(r"\S+", row)) for row in re.findall(r"\[ (.*?) \]", text))
    assert widest == MOST_COLUMNS and "..." in text and "the last rows and columns are shown" in text
    assert r"\cdots" in network.trace([0.5] * 20, [1]).latex(weights_by="unit")


@pytest.mark.parametrize("layout", ["unit", "input"])
def test_what_a_layer_does_not_have_in_common_stands_unit_by_unit(layout):
    network = Network(2, [Layer(3, "tanh"), Layer(2)], seed=3)
    network["h2"].trainable_bias = False
    text = network.trace([[1, 0.5], [0, 1]], [[1, 0], [0, 1]], ns.SGD(0.1)).text(weights_by=layout)
    names = re.findall(r"^ *(\S+) += ", text, re.M)
    assert not {"b1+@1", "dE/db1@1", "z1@2"} & set(names)
    assert {"b+[h1]@1", "b+[h3]@1", "z[h2]@2", "b2+@1", "z2@2", "z1@1"} <= set(names) and "b+[h2]@1" not in names


@pytest.mark.parametrize("layout", ["unit", "input"])
def test_matrices_keep_to_the_page(layout):
    for name in TRACED:
        assert max(map(len, ns.built_in(name).trace().text(weights_by=layout, width=80).splitlines())) <= 80, name
    for sizes in ((3, 3, 2), (6, 6, 3), (64, 30, 10)):
        network = Network(sizes[0], [Layer(size, "tanh") for size in sizes[1:]], seed=1)
        trace = network.trace([1 / (7 + number) for number in range(sizes[0])], [0] * sizes[-1], ns.SGD(0.1))
        for decimals in (None, 9):
            lines = trace.text(weights_by=layout, width=80, decimals=decimals).splitlines()
            assert max(map(len, lines)) <= 80, max(lines, key=len)


def test_own_names_and_a_network_without_biases():
    network = Network(["age", "pay"], [Layer(1, weights=[[1, 2]], bias=False, names=["risk"])])
    text = network.trace([3, 4], [1]).text(weights_by="unit")
    assert "  z1 = W1 a0\n     = [ 1  2 ] [ 3 ] = [ 11 ]\n                [ 4 ]" in text
    lines = chosen_lines(network.trace([3, 4], [1]))
    assert [each.name for each in Layers(network.trace([3, 4]), "unit").equations(lines)[:3]] == ["W[1]", "a[0]", "t[1]"]


def test_what_does_not_go_together_is_refused(run):
    trace = ns.built_in("mazur").trace()
    with pytest.raises(InputError, match="unknown layout of the matrices 'row'; choose from unit, input"):
        trace.text(weights_by="row")
    with pytest.raises(InputError, match="matrices are those of whole layers, so no units can be chosen"):
        trace.latex(units=["h1"], weights_by="unit")
    assert "--matrices does not go with --as table" in run("trace", "mazur", "--matrices")[2]
    out = run("trace", "mazur", "--as", "text", "--matrices", "--weights-by", "input")[1]
    assert out == trace.text(weights_by="input") + "\n"


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed, so no document was compiled")
@pytest.mark.parametrize("layout", ["unit", "input"])
def test_the_document_compiles(layout, tmp_path):
    network = Network(3, [Layer(4, "tanh"), Layer(3, "softmax")], "mse", seed=1)
    trace = network.trace([[1, 0.5, 0], [0, 1, 1]], [[1, 0, 0], [0, 1, 0]], ns.Momentum(0.1), 2)
    (tmp_path / "it.tex").write_text(trace.latex(weights_by=layout))
    ended = subprocess.run(["pdflatex", "-interaction=nonstopmode", "it.tex"], cwd=tmp_path, capture_output=True)
    assert ended.returncode == 0 and b"Overfull" not in ended.stdout


# The summary


def test_the_summary_shows_the_weights_in_both_layouts(run):
    status, out, err = run("summary", "mazur", "--weights")
    assert (status, err) == (0, "")
    assert re.search(r"h1 +0\.15 +0\.2 +0\.35\nh2 +0\.25 +0\.3 +0\.35\n", out)
    out = run("summary", "mazur", "--weights", "--weights-by", "input")[1]
    assert re.search(r"x1 +0\.15 +0\.25\nx2 +0\.2 +0\.3\nb +0\.35 +0\.35\n", out)
    for layout in ("unit", "input"):
        found = json.loads(run("summary", "mazur", "--weights", "--weights-by", layout, "--format", "json")[1])
        assert found["weights"] == ns.built_in("mazur").network.get_weights(layout) and found["weights_by"] == layout


def test_the_summary_of_a_large_network_is_cut():
    network = Network(64, [Layer(30, "tanh"), Layer(10)], seed=1)
    text = network.summary(weights_by="unit")
    assert "18 of 30 rows are left out here; get_weights() shows them all" in text and "format json has all" in text
    assert max(map(len, text.splitlines())) <= 100 and text.count("\n") < 80
    numbers = json.loads(network.summary("json", weights_by="unit"))["weights"]
    assert numbers == network.get_weights()
    assert "W and b of layer 2" in network.summary(weights_by="input")._repr_html_()


def test_a_typed_network_shows_its_weights(run):
    status, out, err = run("summary", "2-2-1", "--weights")
    assert status == 0 and "weights drawn from --seed 1" in err
    first = Network(2, [Layer(2), Layer(1)], seed=1)["h1"].weights[0]
    assert f"h1  {first:.6g}" in out
    assert "W and b" not in run("summary", "2-1", "--weights", "1 2")[1]
