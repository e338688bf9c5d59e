"""train, evaluate and predict on files, and a training that is killed and goes on."""

import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from data_files import DATA, IRIS

import neurosim as ns
from neurosim.cli import main


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
    whole, parts = str(tmp_path / "whole.json"), str(tmp_path / "parts.json")
    command = ["train", IRIS, "--layers", "5", "--optimizer", optimizer, "--batch-size", "4"]
    run(capsys, *command, "--epochs", "9", "--save", whole)
    for epochs in ("2", "3", "9"):
        run(capsys, *command, "--epochs", epochs, "--save", parts, "--resume")
    assert Path(parts).read_bytes() == Path(whole).read_bytes()


def test_a_training_killed_at_random_moments_equals_an_unbroken_one(tmp_path, request, capsys):
    kills = 50 if request.config.getoption("--long") else 4
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    epochs = str(60 * kills)
    command = ["train", IRIS, "--layers", "3", "--optimizer", "momentum", "--batch-size", "30", "--epochs", epochs]
    run(capsys, *command, "--save", str(whole))
    draw, killed = random.Random(os.getpid()), 0
    arguments = [sys.executable, "-m", "neurosim", *command, "--save", str(parts), "--save-every", "0", "--resume"]
    while killed < kills:
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.1, 0.45))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed += 1
        if parts.exists():
            ns.load(parts)  # never unreadable
    assert killed >= min(kills, 3)
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, timeout=300)
    assert parts.read_bytes() == whole.read_bytes()


def test_control_c_saves_and_ends_with_130(tmp_path):
    net = tmp_path / "net.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "neurosim", "train", IRIS, "--layers", "8", "--epochs", "100000", "--save", str(net),
         "--save-every", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    while not net.exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "interrupted" in out and "Traceback" not in err
    assert len(ns.load(net).training["history"]["loss"]) > 0


def test_control_c_in_the_first_epoch_has_nothing_to_report(monkeypatch, capsys):
    def interrupted(network, inputs):
        raise KeyboardInterrupt

    monkeypatch.setattr(ns.Network, "propagate", interrupted)
    monkeypatch.setattr(ns.Network, "forward", lambda network, inputs: [0.5] * network.layers[-1].size)
    monkeypatch.setattr(ns.Network, "backward", lambda network, targets: 0.0)
    assert main(["train", IRIS, "--layers", "3"]) == 130
    assert capsys.readouterr().err == ""


def test_a_training_interrupted_by_control_c_resumes_to_the_same_numbers(tmp_path, capsys):
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    command = ["train", IRIS, "--layers", "6", "--optimizer", "adam", "--epochs", "60"]
    run(capsys, *command, "--save", str(whole))
    arguments = [sys.executable, "-m", "neurosim", *command, "--save", str(parts), "--resume"]
    for _ in range(4):
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.Random(os.getpid()).uniform(0.3, 0.5))
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, timeout=120)
    assert parts.read_bytes() == whole.read_bytes()


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
    (["--target", "petal_width", "--regression"], "layers"),
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
        (["predict", "mazur", IRIS, "--inputs", "1,2"], "--inputs and --targets do not go with"),
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


def test_a_rate_that_blows_up_is_told_in_one_line_and_keeps_the_last_file(tmp_path, capsys):
    net = tmp_path / "net.json"
    problem = ns.Problem(ns.Network(1, [ns.Layer(1, "linear", weights=[[1.0]])]), [[1], [10]], [[0], [0]])
    problem.save(tmp_path / "p.json")
    assert main(["train", str(tmp_path / "p.json"), "--learning-rate", "5", "--epochs", "9999", "--save", str(net),
                 "--save-every", "0"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and "is not finite" in captured.err and "epoch" in captured.err
    assert abs(ns.load(net).network["o1"].weights[0]) < 1.8e308


@pytest.mark.parametrize(
    "change, message",
    [
        ({"training": 5}, "training: expected an object with the keys"),
        (
            {"training": {"history": {}, "random": [3, [1]], "updates": 1, "memory": []}},
            "training.memory: expected 8 entries"
        ),
    ],
)
def test_a_broken_checkpoint_is_refused(change, message, tmp_path, capsys):
    net = tmp_path / "net.json"
    command = ["train", IRIS, "--layers", "5", "--epochs", "2", "--save", str(net)]
    run(capsys, *command)
    net.write_text(json.dumps({**json.loads(net.read_text()), **change}))
    assert main([*command, "--resume"]) == 2
    assert message in capsys.readouterr().err
