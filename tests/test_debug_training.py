"""The debugger on the command line goes through the epochs that train has run."""

import json
import random
import re
from pathlib import Path

import pytest

import neurosim as ns
from neurosim.problems.csv_data import read_csv
from neurosim.problems.table_file import read_table
from neurosim.problems.understanding import understand

OPTIMIZERS = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The path of a small file of three classes."""
    draw, path = random.Random(2), tmp_path_factory.mktemp("data") / "flowers.csv"
    rows = [(draw.gauss(kind, 1), draw.gauss(-kind, 2), "abc"[kind]) for kind in (0, 1, 2) for _ in range(9)]
    path.write_text("length,width,kind\n" + "".join(f"{x:.3f},{y:.3f},{kind}\n" for x, y, kind in rows))
    return str(path)


def weights(out):
    """What print has said of addresses, by their heads."""
    return {head: float(value) for head, value in re.findall(r"^([wb]\+\S+?)(?:@\d+)? = (\S+)$", out, re.MULTILINE)}


@pytest.mark.parametrize("size", [1, 5, "all"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_last_update_makes_the_weights_that_train_saves(data, run, tmp_path, optimizer, size):
    choice = [data, "--layers", "3", "--optimizer", optimizer, "--batch-size", size, "--epochs", "3", "--seed", "4"]
    path = tmp_path / "net.json"
    assert run("train", *choice, "--save", path)[0] == 0
    network, updates = ns.load(path).network, json.loads(path.read_text())["training"]["updates"]
    addresses = [f"w+[h{number}->o2]" for number in (1, 2, 3)] + ["b+[h1]", "w+[x2->h3]"]
    right = [*network["o2"].weights, network["h1"].bias, network["h3"].weights[1]]
    commands = ["goto b+[h3]", *[f"print {address}" for address in addresses], "print w+[x2->h3]"]
    commands = [word for command in commands for word in ("--command", command)]
    for source in (choice, [path, data]):
        status, out, err = run("debug", *source, "--update", updates, *commands)
        assert (status, err) == (0, "")
        assert weights(out) == {address: float(f"{value:.6g}") for address, value in zip(addresses, right)}


def test_a_training_that_was_not_shuffled_is_gone_through_so(data, run, tmp_path):
    path = tmp_path / "net.json"
    run("train", data, "--shuffle", "no", "--test-share", "0", "--epochs", "2", "--save", path)
    commands = "--command", "goto pass 28", "--command", "print a[x1]@1 - a[x1]", "--command", "goto example 5"
    out = run("debug", path, data, *commands)[1]
    assert "a[x1]@1 - a[x1] = 0\n" in out and "54 passes in 2 epochs" in out
    place = read_csv(data, "kind").split(0, seed=1)[0].numbers.index(5)  # of the row, in every epoch
    assert f"pass {27 + place + 1} (epoch 2, example 5)" in out
    assert run("train", data, "--epochs", "4", "--save", path, "--resume", "--test-share", "0")[1].count("shuffling") == 0
    assert json.loads(path.read_text())["training"]["settings"] == [
        {"epoch": 1, "learning_rate": 0.1, "epochs": 2, "shuffle": False, "test_share": 0},
        {"epoch": 3, "epochs": 4},
    ]


def test_the_examples_of_a_data_file_go_by_their_rows(run, tmp_path):
    """The row in the middle misses a cell; x is the number of the row."""
    path, net = tmp_path / "d.csv", tmp_path / "net.json"
    path.write_text("x,t\n1,1\n,5\n3,-1\n4,2\n5,1\n")
    choice = [path, "--missing", "drop", "--scaling", "none", "--epochs", "2", "--save", net]
    assert run("train", *choice)[0] == 0
    for source in (choice[:5], [net, path, "--missing", "drop"]):
        training, test = understand(read_table(path), "t", missing="drop").examples().split(0.2, seed=1)
        for example in training.numbers:
            out = run("debug", *source, "--epoch", "1", "--example", example, "--command", "print a[x1]")[1]
            assert f"(epoch 1, example {example})" in out and re.search(rf"a\[x1\](@\d)? = {example}\n", out)
        for example in (2, *test.numbers):
            assert f"no example {example} goes through here" in run("debug", *source, "--epoch", 1, "--example", example)[2]


def test_where_the_rate_was_changed_the_training_is_gone_through_up_to_there(data, run, tmp_path):
    path = tmp_path / "net.json"
    run("train", data, "--epochs", "2", "--save", path)
    run("train", data, "--epochs", "5", "--learning-rate", "0.01", "--save", path, "--resume")
    assert "44 passes in 2 epochs" in run("debug", path, data, "--command", "step")[1]


@pytest.mark.parametrize("arguments, message", [
    (["SAVED", "OTHER"], "the first epoch comes out with the loss .*, and was .*; was it another file, read otherwise"),
    (["SAVED", "DATA", "--layers", "3"], "--layers cannot change the training that .*net.json holds"),
    (["SAVED", "DATA", "--learning-rate", "3"], "--learning-rate cannot change the training that .*net.json holds"),
    (["DATA", "--epoch", "9", "--epochs", "2"], "epoch 9: the epochs are 1 to 2"),
    (["DATA", "--epoch", "2", "--update", "3"], "a place is written like epoch 3, .*, got 'epoch 2 update 3'"),
    (["DATA", "--update", "0"], "update 0: the updates are 1 to 2200"),
    (["mazur", "--missing", "drop"], "--missing goes with a data file; mazur has its own network"),
    (["mazur", "--shuffle", "maybe"], "unknown choice for --shuffle 'maybe'; choose from yes, no"),
    (["trask-11-lines", "DATA"], "was not trained on a data file"),
])
def test_what_does_not_go_together_is_refused(data, run, tmp_path, arguments, message):
    path, other = tmp_path / "net.json", tmp_path / "other.csv"
    assert run("train", data, "--epochs", "2", "--save", path)[0] == 0
    lines = Path(data).read_text().splitlines()
    other.write_text("\n".join([lines[0], *reversed(lines[1:])]))
    given = {"SAVED": path, "DATA": data, "OTHER": other}
    status, out, err = run("debug", *[given.get(word, word) for word in arguments], "--command", "step")
    assert status == 2 and re.search(message, err) and err.count("\n") == 1 and "(neurosim)" not in out


def test_trace_takes_the_examples_in_the_order_of_a_training(run):
    plain, shuffled = (run("trace", "goodfellow-xor", "--only", "x1", "--shuffle", choice)[1] for choice in ("no", "yes"))
    values = [re.findall(r"a\[x1\]@\d +(\d)", text) for text in (plain, shuffled)]
    assert values[0] == ["0", "0", "1", "1"] and sorted(values[1]) == values[0]


def test_an_example_alone_is_gone_through_as_the_weights_stand(data, run, tmp_path):
    path = tmp_path / "net.json"
    run("train", data, "--epochs", "3", "--save", path)
    problem, examples = ns.load(path), read_csv(data, target="kind")
    right = problem.network.forward(problem.preparation.apply(examples)[0][8])
    for number in range(1, 28):  # also those that were kept for the test
        status, out, err = run("debug", path, data, "--example", number, "--command", "goto E", "--command", "print a[o1]")
        assert (status, err) == (0, "") and "one pass" in out
        assert number != 9 or f"a[o1] = {right[0]:.6g}\n" in out
