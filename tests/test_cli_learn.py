"""train, evaluate and predict on files, and a training that goes on."""

import errno
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from data_files import DATA, IRIS

import neurosim as ns
from neurosim.cli import main
from neurosim.cli.long_run import ProgressLine
from neurosim.problems.csv_data import read_csv
from neurosim.training.checkpoint import resume


def run(capsys, *arguments):
    assert main(list(arguments)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def measured(text, examples):
    """The accuracy in the report's row for these examples."""
    return float(next(line for line in text.splitlines() if line.startswith(examples)).split()[-1])


def test_iris_reaches_95_percent_on_the_test_part(tmp_path, capsys):
    net = str(tmp_path / "net.json")
    text = run(capsys, "train", IRIS, "--target", "species", "--layers", "8", "--learning-rate", "0.05", "--save", net)
    assert "\n\n<Network 4-8-3: tanh, softmax; categorical_crossentropy>\n100 epochs, ended after all epochs\n" in text
    assert measured(text, "test") >= 0.95 and measured(text, "training") >= 0.95
    rows = json.loads(run(capsys, "evaluate", net, IRIS, "--format", "json"))
    assert {row["measure"]: row["value"] for row in rows}["accuracy"] >= 0.95
    assert "taken for virginica" in run(capsys, "evaluate", net, IRIS)
    rows = json.loads(run(capsys, "predict", net, IRIS, "--format", "json"))
    assert len(rows) == 150 and rows[0]["class"] == "setosa" and rows[0]["t[o1]"] == 1


def test_predict_needs_no_target_column_and_takes_others(tmp_path, capsys):
    net, new = str(tmp_path / "net.json"), tmp_path / "new.csv"
    run(capsys, "train", IRIS, "--layers", "4", "--epochs", "30", "--save", net)
    new.write_text("id,petal_width,petal_length,sepal_width,sepal_length\nmine,0.2,1.4,3.5,5.1\n")
    (row,) = json.loads(run(capsys, "predict", net, str(new), "--format", "json"))
    assert row["class"] == "setosa" and not any(key.startswith("t[") for key in row)


def test_digits_reach_95_percent_on_the_test_part(request, capsys):
    if not request.config.getoption("--long"):
        epochs, wanted = "2", 0.9
    else:
        epochs, wanted = "15", 0.95
    text = run(capsys, "train", str(DATA / "digits.csv"), "--layers", "32", "--epochs", epochs, "--learning-rate", "0.05")
    assert "\n\n<Network 64-32-10" in text and measured(text, "test") >= wanted


def test_a_problem_file_trains_with_its_own_settings(tmp_path, capsys):
    net = str(tmp_path / "net.json")
    text = run(capsys, "train", "analytics-vidhya", "--epochs", "1", "--save", net)
    assert "1 epochs" in text
    problem = ns.load(net)
    assert problem.network["o1"].bias == pytest.approx(0.68936322, abs=5e-9)  # as printed in the article
    assert (problem.batch_size, problem.reduction) == ("all", "sum")


def test_stops_restarts_and_the_history_as_csv(tmp_path, capsys):
    history = tmp_path / "history.csv"
    examples = [{"inputs": [a, b], "targets": [a ^ b]} for a in (0, 1) for b in (0, 1)]
    (tmp_path / "xor.json").write_text(json.dumps({
        "format": "neurosim/1", "inputs": 2, "layers": [{"size": 2, "activation": "tanh"}, {"size": 1}],
        "loss": "binary_crossentropy", "seed": 4, "examples": examples, "optimizer": {"name": "sgd", "learning_rate": 0.3},
    }))
    text = run(capsys, "train", str(tmp_path / "xor.json"), "--epochs", "400", "--stop-loss", "0.05", "--restarts", "5",
               "--history", str(history))
    assert "ended by LossBelow(threshold=0.05)" in text
    lines = history.read_text().splitlines()
    assert lines[0] == "epoch,loss,accuracy" and float(lines[-1].split(",")[1]) < 0.05


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_resumed_training_equals_an_unbroken_one(optimizer, tmp_path, capsys):
    """But for the settings, which say that it was to end earlier."""
    whole, parts = str(tmp_path / "whole.json"), str(tmp_path / "parts.json")
    command = ["train", IRIS, "--layers", "5", "--optimizer", optimizer, "--batch-size", "4"]
    run(capsys, *command, "--epochs", "9", "--save", whole)
    for epochs in ("2", "3", "9"):
        text = run(capsys, *command, "--epochs", epochs, "--save", parts, "--resume")
    assert "\nfrom epoch 3 on it ends after 3 epochs\nfrom epoch 4 on it ends after 9 epochs\n" in text
    rate = ns.load(whole).optimizer.learning_rate
    settings = settings_in(whole, [{"epoch": 1, "learning_rate": rate, "epochs": 9}])
    changes = [{"epoch": 3, "epochs": 3}, {"epoch": 4, "epochs": 9}]
    there = settings_in(parts, [{"epoch": 1, "learning_rate": rate, "epochs": 2}, *changes])
    assert Path(parts).read_text().replace(there, settings) == Path(whole).read_text()


def settings_in(path, expected):
    """The text of the settings in a file, which are these."""
    assert ns.load(path).training["settings"] == expected
    return json.dumps(expected)


def test_a_resumed_training_may_change_its_learning_rate(tmp_path, capsys):
    """The epochs from there on are those of a `fit` that goes on from the saved network with the other rate."""
    net = tmp_path / "net.json"
    command = ["train", IRIS, "--layers", "3", "--optimizer", "momentum", "--save", str(net)]
    run(capsys, *command, "--epochs", "2", "--learning-rate", "0.02")
    saved = ns.load(net)
    optimizer = ns.Momentum(0.005)
    history = resume(saved.training, saved.network, optimizer)
    data = read_csv(IRIS, "species").split(0.2, 1)[0]
    examples = saved.preparation.apply(data)
    history = saved.network.fit(*examples, 2, optimizer=optimizer, history=history, metrics=["accuracy"])

    text = run(capsys, *command, "--resume", "--learning-rate", "0.005", "--epochs", "4")
    assert "\nfrom epoch 3 on the learning rate is 0.005 and it ends after 4 epochs\n" in text
    assert ns.load(net).training["history"] == history.columns
    first, second = {"epoch": 1, "learning_rate": 0.02, "epochs": 2}, {"epoch": 3, "learning_rate": 0.005, "epochs": 4}
    assert ns.load(net).training["settings"] == [first, second] and ns.load(net).optimizer.learning_rate == 0.005

    before = net.read_bytes()  # what is not given goes on as it was, so that there is nothing left to do
    assert "from epoch" not in run(capsys, *command, "--resume") and net.read_bytes() == before
    assert "from epoch" not in run(capsys, *command, "--resume", "--learning-rate", "0.1") and net.read_bytes() == before


def test_a_checkpoint_without_settings_goes_on(tmp_path, capsys):
    net = tmp_path / "net.json"
    command = ["train", IRIS, "--layers", "3", "--learning-rate", "0.02", "--save", str(net)]
    run(capsys, *command, "--epochs", "2")
    document = json.loads(net.read_text())
    del document["training"]["settings"]
    net.write_text(json.dumps(document))
    run(capsys, *command, "--epochs", "3", "--resume")
    assert ns.load(net).training["settings"] == [{"epoch": 1, "learning_rate": 0.02}, {"epoch": 3, "epochs": 3}]


def test_control_c_in_the_first_epoch_has_nothing_to_report(monkeypatch, capsys):
    def interrupted(network, inputs):
        raise KeyboardInterrupt

    monkeypatch.setattr(ns.Network, "propagate", interrupted)
    monkeypatch.setattr(ns.Network, "forward", lambda network, inputs: [0.5] * network.layers[-1].size)
    monkeypatch.setattr(ns.Network, "backward", lambda network, targets: 0.0)
    assert main(["train", IRIS, "--layers", "3"]) == 130
    assert capsys.readouterr() == ("", "neurosim: interrupted in the first epoch\n")


def test_resuming_what_has_met_its_goal_changes_nothing(tmp_path, capsys):
    net = tmp_path / "net.json"
    command = ["train", IRIS, "--layers", "5", "--stop-loss", "0.3", "--save", str(net)]
    run(capsys, *command)
    before = net.read_bytes()
    assert "ended by LossBelow" in run(capsys, *command, "--resume")
    assert net.read_bytes() == before


@pytest.mark.parametrize("change, what", [
    (["--layers", "4"], "layers"), (["--seed", "9"], "seed"), (["--scaling", "none"], "data or scaling"),
    (["--activation", "relu"], "layers"), (["--optimizer", "adam"], "optimizer"), (["--batch-size", "7"], "batch size"),
    (["--target", "petal_width", "--regression"], "layers"), (["--optimizer", "momentum"], "optimizer"),
])
def test_another_training_is_not_resumed(change, what, tmp_path, capsys):
    net, other = tmp_path / "net.json", tmp_path / "other.csv"
    other.write_text("\n".join(line.rsplit(",", 1)[0] for line in Path(IRIS).read_text().splitlines()) + "\n")
    command = ["--layers", "5", "--epochs", "2", "--save", str(net)]
    run(capsys, "train", IRIS, *command)
    before = net.read_bytes()
    source = str(other) if "--regression" in change else IRIS
    assert main(["train", source, *command, *change, "--resume"]) == 2
    assert f"has another {what} than this command" in capsys.readouterr().err and net.read_bytes() == before


def test_inputs_that_are_typed_are_scaled_like_those_of_a_file(tmp_path, capsys):
    net = str(tmp_path / "net.json")
    run(capsys, "train", IRIS, "--layers", "8", "--learning-rate", "0.05", "--save", net)
    (typed,) = json.loads(run(capsys, "predict", net, "--inputs", "5.1,3.5,1.4,0.2", "--format", "json"))
    first = json.loads(run(capsys, "predict", net, IRIS, "--format", "json"))[0]
    assert typed["class"] == "setosa" and typed["a[o1]"] == first["a[o1]"]


def test_a_trained_network_is_traced_from_where_its_optimizer_stands(tmp_path, capsys):
    net = str(tmp_path / "net.json")
    run(capsys, "train", IRIS, "--layers", "2", "--optimizer", "adam", "--epochs", "2", "--save", net)
    rows = json.loads(run(capsys, "trace", net, "--inputs", "5.1,3.5,1.4,0.2", "--targets", "1,0,0", "--format", "json"))
    values = {row["address"]: row["value"] for row in rows}
    assert values["t"] == 2 * 120 + 1 and values["m[x1->h1]"] != 0
    assert values["a[x1]"] < 0  # scaled as the training's inputs were


def test_quantities_can_be_learnt(tmp_path, capsys):
    table, net = tmp_path / "line.csv", str(tmp_path / "net.json")
    table.write_text("x,y\n" + "".join(f"{x},{2 * x + 1}\n" for x in range(15)))
    text = run(capsys, "train", str(table), "--regression", "--learning-rate", "0.05", "--save", net)
    assert "\n\n<Network 1-1: linear; half_squared_error>\n" in text and "accuracy" not in text
    (row,) = json.loads(run(capsys, "predict", net, "--inputs", "20", "--format", "json"))
    assert row["predicted y"] == pytest.approx(41, abs=0.01)


def test_progress_is_shown_to_a_person_and_not_to_a_pipe(tmp_path):
    command = [sys.executable, "-m", "neurosim", "train", IRIS, "--layers", "16", "--epochs", "60"]
    assert subprocess.run(command, capture_output=True, timeout=120).stderr == b""
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 1000)
        except OSError:
            break
        if not part:
            break
        shown += part
    assert process.wait(timeout=60) == 0
    os.close(leader)
    assert b"\repoch " in shown and b"accuracy" in shown and b"left" in shown and b"\n" not in shown


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["train", "missing.csv"], "missing.csv: No such file or directory"),
        (["train", IRIS, "--target", "specie"], "did you mean 'species'?"),
        (["train", IRIS, "--layers", "8,x"], "--layers: expected a whole number, got 'x'"),
        (["train", IRIS, "--layers", "0"], "size of a layer must be a whole number of 1 or more"),
        (["train", IRIS, "--activation", "tnah"], "unknown activation 'tnah'; did you mean 'tanh'?"),
        (["train", IRIS, "--optimizer", "adm"], "unknown optimizer 'adm'; did you mean 'adam'?"),
        (["train", IRIS, "--epochs", "0"], "epochs must be a whole number of 1 or more, got 0"),
        (["train", IRIS, "--batch-size", "0"], "batch_size"),
        (["train", IRIS, "--scaling", "zscore"], "unknown scaling 'zscore'; did you mean 'z-score'?"),
        (["train", IRIS, "--test-share", "2"], "test share must be at least 0 and below 1, got 2"),
        (["train", "mazur", "--layers", "3"], "--layers goes with a data file; mazur has its own network"),
        (["train", IRIS, "--save", "no/such/net.json"], "no/such/net.json: there is no such folder"),
        (["predict", "mazur", IRIS, "--inputs", "1,2"], "--inputs does not go with"),
        (["train", IRIS, "--resume"], "--resume needs --save FILE"),
        (["train", IRIS, "--restarts", "3"], "restarts need a goal"),
        (["train", "goodfellow-xor", "--loss", "hinge"], "targets[0] must be 1 or -1, got 0"),
        (["evaluate", "mazur", IRIS], "the network was not trained on a data file"),
        (["evaluate", "missing.json"], "missing.json: No such file or directory"),
        (["predict", "mazur", IRIS], "the network was not trained on a data file"),
    ],
)
def test_bad_commands_are_told_in_one_line(arguments, message, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and message in captured.err


@pytest.fixture
def line_through_0(tmp_path):
    """A file with one weight w = 1 and two examples, each of which makes it (1 - eta) w, and whose E is w^2 / 2."""
    path = tmp_path / "p.json"
    network = ns.Network(1, [ns.Layer(1, "linear", weights=[[1.0]], bias=False)])
    ns.Problem(network, [[1], [-1]], [[0], [0]]).save(path)
    return str(path)


def test_a_rate_that_blows_up_is_told_in_one_line_and_keeps_the_last_whole_epoch(line_through_0, tmp_path, capsys):
    """With eta = 1e60 the weight is 1e120 after an epoch, and 1e180 within the next, the square of which is no float."""
    net = tmp_path / "net.json"
    command = ["train", line_through_0, "--epochs", "4", "--save", str(net)]
    assert main([*command, "--learning-rate", "1e60"]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and re.fullmatch(
        "neurosim: error: E is not finite: inf, example [12], epoch 2; the first epoch is finite with this rate, so try a "
        rf"smaller one, such as --learning-rate 1e\+59; {net} holds epoch 1\n", captured.err,
    )
    assert ns.load(net).network["o1"].weights[0] == pytest.approx(1e120)
    run(capsys, *command, "--resume", "--learning-rate", "0.001")
    assert ns.load(net).network["o1"].weights[0] == pytest.approx(1e120 * 0.999**6)


def test_an_example_of_a_data_file_that_blows_up_is_named_by_its_row(tmp_path, capsys):
    """The fourth row, the third that is learnt from: the square of its error is no float."""
    data = tmp_path / "d.csv"
    data.write_text("x,t\n1,0.5\n,3\n2,1\n1,1e200\n3,1.5\n")
    plain = ["--scaling", "none", "--target-scaling", "none", "--test-share", "0", "--shuffle", "no"]
    assert main(["train", str(data), "--missing", "drop", *plain]) == 2
    assert "E is not finite: inf, example 4, epoch 1" in capsys.readouterr().err


def test_the_remedy_is_the_largest_tenth_whose_first_epoch_is_finite(line_through_0, tmp_path, capsys):
    """The weight is eta after the first example, and its square a float up to 1.3e154."""
    net = tmp_path / "net.json"
    assert main(["train", line_through_0, "--learning-rate", "3e156", "--save", str(net)]) == 2
    err = capsys.readouterr().err
    assert err.endswith(", epoch 1; with --learning-rate 3e+153 the first epoch is finite\n") and err.count("\n") == 1
    assert not net.exists()


def test_no_remedy_is_promised_where_there_is_none(tmp_path, capsys):
    path = tmp_path / "p.json"
    network = ns.Network(1, [ns.Layer(1, "linear", weights=[[1.0]], bias=False)])
    ns.Problem(network, [[1e200]], [[0]]).save(path)  # whose loss is beyond the floats, whatever is learnt
    assert main(["train", str(path), "--learning-rate", "0.5"]) == 2
    assert capsys.readouterr().err.endswith("; not even with --learning-rate 5e-09 is the first epoch finite\n")


def full_disk(monkeypatch, times):
    """The disk is full so many times."""
    fsync, left = os.fsync, [times]

    def sync(descriptor):
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)


def test_a_full_disk_on_the_way_is_told_once_and_training_goes_on(tmp_path, capsys, monkeypatch):
    whole, net = tmp_path / "whole.json", tmp_path / "net.json"
    command = ["train", IRIS, "--epochs", "5", "--save-every", "0", "--save"]
    run(capsys, *command, str(whole))
    full_disk(monkeypatch, 3)
    assert main([*command, str(net)]) == 0
    err = capsys.readouterr().err
    assert err == f"neurosim: {net}: No space left on device; training goes on without a checkpoint\n"
    assert net.read_bytes() == whole.read_bytes()


def test_a_disk_that_is_full_at_the_end_leaves_the_old_file(tmp_path, capsys, monkeypatch):
    net = tmp_path / "net.json"
    command = ["train", IRIS, "--save-every", "0", "--save", str(net), "--epochs"]
    run(capsys, *command, "2")
    before = net.read_bytes()
    full_disk(monkeypatch, 99)
    assert main([*command, "4", "--resume"]) == 2
    told, error = capsys.readouterr().err.splitlines()
    assert "training goes on" in told and error == f"neurosim: error: {net}: No space left on device"
    assert net.read_bytes() == before and os.listdir(tmp_path) == ["net.json"]


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path, capsys):
    if os.geteuid() == 0:
        pytest.skip("root may write to any folder")
    tmp_path.chmod(0o500)
    assert main(["train", IRIS, "--epochs", "2", "--save", str(tmp_path / "net.json")]) == 2
    assert capsys.readouterr().err == f"neurosim: error: {tmp_path / 'net.json'}: Permission denied\n"


@pytest.mark.parametrize("seconds, text", [
    (0.4, "0 s"), (99, "99 s"), (100, "2 min"), (5900, "98 min"), (12000, "3 h 20 min"),
])
def test_the_time_left_is_told_as_a_person_would(seconds, text, monkeypatch, capsys):
    """After one epoch of so many that has taken a hundredth of what is left, and after 900 of another run before it."""
    clock = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    line = ProgressLine(1001)
    clock[0] += 500  # until the first epoch begins
    line.begin()
    clock[0] += seconds / 100
    line.shown -= 1
    line.show(ns.History({"loss": [0.25] * 901}))
    assert capsys.readouterr().err == f"\repoch 901/1001  loss 0.25  {text} left"


@pytest.mark.parametrize(
    "change, message",
    [
        ({"training": 5}, "training: expected an object in braces, got 5"),
        (
            {"training": {"history": {}, "random": [3, [1]], "updates": 1, "memory": []}},
            "training.memory: expected 8 entries"
        ),
        ({"settings": {}}, "training.settings: expected a list in brackets, got {}"),
        ({"settings": [{"epoch": 2}]}, "training.settings[0].epoch: expected 1, got 2"),
        (
            {"settings": [{"epoch": 1}, {"epoch": 1, "epochs": 3}]},
            "training.settings[1].epoch: expected a later one than 1, got 1",
        ),
        (
            {"settings": [{"epoch": 1, "learning_rat": 1}]},
            "training.settings[0]: unknown key 'learning_rat'; did you mean 'learning_rate'?"
        ),
        ({"settings": [{"epoch": 1, "learning_rate": 0}]}, "training.settings[0].learning_rate must be positive, got 0"),
        ({"settings": [{"epoch": 1, "epochs": 1.5}]}, "training.settings[0].epochs must be a whole number"),
        ({"settings": [{"epochs": 1}]}, "training.settings[0]: the key 'epoch' is missing"),
    ],
)
def test_a_broken_checkpoint_is_refused(change, message, tmp_path, capsys):
    net = tmp_path / "net.json"
    command = ["train", IRIS, "--layers", "5", "--epochs", "2", "--save", str(net)]
    run(capsys, *command)
    document = json.loads(net.read_text())
    document.update(change if "training" in change else {"training": {**document["training"], **change}})
    net.write_text(json.dumps(document))
    assert main([*command, "--resume"]) == 2
    assert message in capsys.readouterr().err
