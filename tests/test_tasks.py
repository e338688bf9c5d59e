"""Ten tasks of debugging a network unit by unit, each as a session: commands, and all that they print.

A session, tests/expected/tasks/NAME.txt, has a line `$ neurosim ...` for each command and under it what is printed; the
problems are in tests/tasks. Numbers may be one off in their last place, for versions of Python add up differently. Under
the sessions stand the facts that they show, each found in another way.
"""

import json
import re
import shlex
from decimal import Decimal
from pathlib import Path

import pytest

import neurosim as ns
from neurosim.cli import main
from neurosim.problems.csv_data import read_csv

HERE = Path(__file__).parent
SESSIONS = sorted((HERE / "expected" / "tasks").glob("*.txt"))
FOLDERS = (HERE / "tasks", HERE.parent / "examples" / "data")
NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the problems and the data, to work in."""
    for path in (path for folder in FOLDERS for path in folder.iterdir()):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def alike(text, expected):
    """Whether two texts are the same but for the last places of their numbers, and the spaces that these take."""
    def numbers(text):
        return [Decimal(number) for number in NUMBER.findall(text)]

    def words(text):
        return re.sub(r"[\s-]+", " ", NUMBER.sub("#", text))

    if words(text) != words(expected):
        return False
    return all(
        abs(one - other) <= 2 * max(Decimal((0, (1,), number.as_tuple().exponent)) for number in (one, other))
        for one, other in zip(numbers(text), numbers(expected))
    )


@pytest.mark.parametrize("path", SESSIONS, ids=[path.stem for path in SESSIONS])
def test_a_session_prints_what_stands_there(path, folder, capsys):
    expected = path.read_text(encoding="utf-8")
    said = []
    for command in re.findall(r"^\$ neurosim (.*)\n", expected, re.MULTILINE):
        assert main(shlex.split(command)) in (0, 1)
        captured = capsys.readouterr()
        said.append(f"$ neurosim {command}\n{captured.out}{captured.err}")
    assert len(said) > 0 and alike("".join(said), expected)


def test_a_session_that_says_another_number_or_word_is_not_alike():
    text = SESSIONS[0].read_text(encoding="utf-8")
    for old, new in (("0.352394", "0.352398"), ("same code", "some code"), ("0.75", "0.85")):
        assert old in text and not alike(text.replace(old, new, 1), text)
    assert alike(text.replace("0.352394", "0.352395"), text)


# What the sessions show


def trained(name, **settings):
    problem = ns.load(HERE / "tasks" / f"{name}.json")
    history = problem.network.fit(problem.inputs, problem.targets, optimizer=problem.optimizer, **settings)
    return problem, history


def test_the_hidden_units_of_the_stuck_network_give_two_examples_the_same_code():
    problem, _ = trained("stuck_xor", epochs=2000)
    network, codes = problem.network, []
    for inputs in problem.inputs:
        network.forward(inputs)
        codes.append((network["h1"].output, network["h2"].output))
    assert codes[1] == pytest.approx(codes[3], abs=1e-3) and problem.targets[1] != problem.targets[3]
    others = [(a, b) for a in range(4) for b in range(a) if (a, b) != (3, 1)]
    assert all(codes[a] != pytest.approx(codes[b], abs=0.1) for a, b in others)


def test_the_relu_has_died_by_the_sixth_update():
    problem, history = trained("dying_relu", epochs=1, record=["h1.2"])
    start = ns.load(HERE / "tasks" / "dying_relu.json")
    trace = start.network.trace(start.inputs, start.targets, start.optimizer, shuffle=True)
    weights = ["w+[x1->h1.2]", "w+[x2->h1.2]", "w+[x3->h1.2]", "b+[h1.2]"]

    def alive_after(update):
        *w, b = [trace[f"{address}@{update}"].value for address in weights]
        return sum(sum(one * x for one, x in zip(w, inputs)) + b > 0 for inputs in start.inputs)

    assert alive_after(5) == 5 and alive_after(6) == 0
    died = next(event for event in history.life("h1.2").events if event.event == "died")
    assert (died.update, died.examples) == (6, (6,)) and trace["a[x1]@6"].value == start.inputs[5][0]


def test_the_weight_goes_through_the_epochs_as_momentum_says():
    text = next(path for path in SESSIONS if path.stem.startswith("03")).read_text(encoding="utf-8")
    told = re.sub(r"\s+", " ", text)
    rows = re.findall(r"pass (\d+), mean dE/dw\S+ = (\S+), velocity\S+ = (\S+), w\S+ = (-?[\d.]+)", told)
    assert [int(row[0]) for row in rows] == [8, 16, 20, 28, 36, 40, 48, 56, 60]
    velocity, weight = 0.0, ns.load(HERE / "tasks" / "dying_relu.json").network["h1.1"].weights[0]
    for _, gradient, told_velocity, told_weight in rows:
        velocity = 0.9 * velocity - 0.1 * float(gradient)
        weight += velocity
        assert velocity == pytest.approx(float(told_velocity), rel=1e-4)
        assert weight == pytest.approx(float(told_weight), rel=1e-4)


def test_the_two_runs_differ_in_one_weight_of_what_is_given():
    one, other = (ns.load(HERE / "tasks" / f"{name}.json").trace() for name in ("six_sigmoids", "another_weight"))
    given = [step.address for step in one if step.phase == "given" and step.value != other[step.address].value]
    assert given == ["w[h2.1->h3.2]"] and one.diff(other).first.address == given[0]


def test_the_mean_loss_rises_in_the_second_epoch():
    problem = ns.load(HERE / "tasks" / "dying_relu.json")
    losses = problem.network.fit(problem.inputs, problem.targets, 2, optimizer=ns.SGD(0.5))["loss"]
    assert losses == pytest.approx([0.751064, 0.763155], rel=1e-5)


def test_the_units_that_make_a_nine_of_the_seven_add_up(folder, capsys):
    assert main(shlex.split("train digits.csv --layers 32 --epochs 2 --save net.json")) == 0
    capsys.readouterr()
    question = "explain net.json digits.csv 'z[o10] - z[o8]' --example 481 --format json --depth 0"
    assert main(shlex.split(question)) == 0
    told = json.loads(capsys.readouterr().out)["terms"][0]["terms"]
    problem, examples = ns.load("net.json"), read_csv("digits.csv", target="digit")
    network = problem.network
    outputs = network.forward(problem.preparation.apply(examples)[0][480])
    assert examples.labels[480] == "7" and outputs.index(max(outputs)) == 9
    by_unit = [
        (nine - seven) * neuron.output
        for nine, seven, neuron in zip(network["o10"].weights, network["o8"].weights, network.layers[0].neurons)
    ]
    largest = sorted(by_unit, key=abs, reverse=True)
    assert [term["value"] for term in told if "a[h" in term["term"]] == pytest.approx(largest, rel=1e-9)
    total = network["o10"].net_input - network["o8"].net_input
    assert sum(by_unit) + network["o10"].bias - network["o8"].bias == pytest.approx(total)
