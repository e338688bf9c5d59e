"""Data files as people have them: what is understood is told, and learnt from; else one line says what to type."""

import csv
import io
import json
import os
import random
import threading
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from made_data import FILES, house_prices
from terminal import Terminal

import neurosim as ns
from neurosim.cli import main
from neurosim.problems.csv_data import read_csv

EXPECTED = Path(__file__).parent / "expected" / "data_files.txt"
NAMES = [file.name for file in FILES]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder, capsys):
    """A function from the words of a command to what it prints; its status must be 0 (or what `status` says)."""

    def command(text, *more, status=0):
        assert main([*text.split(), *more]) == status
        out, err = capsys.readouterr()
        assert (err == "") == (status != 2)
        return err if status == 2 else out

    return command


def understood(printed):
    """The lines above the report."""
    return printed.split("\n\n")[0]


def expected_lines():
    """The lines that stand behind each command in the golden file."""
    commands = EXPECTED.read_text(encoding="utf-8").split("$ neurosim data ")[1:]
    return {command.partition("\n")[0]: command.partition("\n")[2].strip("\n") for command in commands}


def test_there_are_twenty_files_and_no_others():
    assert len(FILES) == len(set(NAMES)) == 20
    assert set(expected_lines()) == {f"{file.name} {file.options}".strip() for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_what_is_understood_of_a_file_is_told_in_four_lines(file, folder, run):
    (folder / file.name).write_bytes(file.content)
    lines = expected_lines()[f"{file.name} {file.options}".strip()]
    assert understood(run(f"data {file.name} {file.options}")) == lines
    named = [line.split("  ")[0] for line in lines.split("\n") if line[0] != " "]
    assert named[:4] == ["rows", "inputs", "target", "left out"] and set(named[4:]) <= {"note"}


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_network_learns_more_from_a_file_than_a_constant_knows(file, folder, run):
    (folder / file.name).write_bytes(file.content)
    parts = json.loads(run(f"train {file.name} {file.options} --epochs 30 --save net.json --format json"))
    assert understood(run(f"train {file.name} {file.options} --epochs 1")).startswith("rows ")
    if "r2" in parts[1]:
        assert parts[1]["r2"] > 0.5  # that of the mean is 0 at most
        return
    reading = [word for word in file.options.split() if word not in ("--target", "--ignore", "1", "5", "Survived", "Cabin")]
    rows = json.loads(run(f"predict net.json {file.name} --format json", *reading))
    commonest = Counter(row["class"] for row in rows).most_common(1)[0][1] / len(rows)
    assert parts[1]["accuracy"] > max(commonest, 0.5)


@pytest.mark.parametrize("file, options, message", [
    (file, options, message) for file in FILES for options, message in file.refused
])
def test_what_cannot_be_taken_is_refused_with_what_to_type(file, options, message, folder, run):
    (folder / file.name).write_bytes(file.content)
    error = run(f"train {file.name} {options}", status=2)
    assert message in error and error.count("\n") == 1 and "--" in error


# House prices


def least_squares(rows, targets):
    """The best weights, by the normal equations in fractions and Gauss's elimination."""
    rows = [[Fraction(str(x)) for x in (*row, 1)] for row in rows]
    size = len(rows[0])
    rows = [(*row, t) for row, t in zip(rows, targets)]
    system = [[sum(row[i] * row[j] for row in rows) for j in range(size + 1)] for i in range(size)]
    for pivot in range(size):
        system[pivot] = [x / system[pivot][pivot] for x in system[pivot]]
        for other in range(size):
            if other != pivot:
                factor = system[other][pivot]
                system[other] = [x - factor * p for x, p in zip(system[other], system[pivot])]
    return [row[-1] for row in system]


@pytest.mark.parametrize("options", ["", "--layers 5"])
@pytest.mark.parametrize("seed", [7, 8, 9])
def test_house_prices_are_learnt_as_well_as_by_least_squares(seed, options, folder, run):
    lines = ["area,rooms,age,price", *(",".join(map(str, row)) for row in house_prices(seed))]
    (folder / "houses.csv").write_text("\n".join(lines))
    training, test = read_csv("houses.csv", "price").split(0.2, 1)  # as the command does
    weights = least_squares(training.inputs, [Fraction(label) for label in training.labels])
    errors = [sum(w * Fraction(x) for w, x in zip(weights, (*row, 1))) - Fraction(label)
              for row, label in zip(test.inputs, test.labels)]
    best = float(sum(error * error for error in errors) / len(errors)) ** 0.5
    measured = json.loads(run(f"train houses.csv --format json {options}"))[1]
    assert measured["number"] == 60 and 20_000 < best < 40_000  # the noise is 30,000
    assert measured["rmse"] <= 1.1 * best


def line_of(text, start):
    """The number behind a name at the beginning of a line."""
    return float(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


def test_predict_and_evaluate_speak_in_the_unit_of_the_target(folder, run):
    rows = [(x, 1000 * x + 5000) for x in range(40)]
    (folder / "line.csv").write_text("x,pay\n" + "".join(f"{x},{pay}\n" for x, pay in rows))
    printed = run("train line.csv --save net.json")
    assert "loss: of (t - " in printed and "in the unit of pay" in printed
    measured = run("evaluate net.json line.csv")
    assert line_of(measured, "rmse") < 50 and line_of(measured, "r2") > 0.999
    found = json.loads(run("predict net.json line.csv --format json"))
    errors = [row["predicted pay"] - pay for row, (_, pay) in zip(found, rows)]
    assert line_of(measured, "mae") == pytest.approx(sum(map(abs, errors)) / 40, rel=1e-4)
    assert [row["predicted pay"] for row in found] == pytest.approx([pay for _, pay in rows], abs=100)
    (single,) = json.loads(run("predict net.json --inputs 100 --format json"))
    problem = ns.load("net.json")
    assert problem.predict([[100]]) == [[single["predicted pay"]]] == [[pytest.approx(105_000, abs=300)]]
    (traced,) = json.loads(run("trace net.json --inputs 100 --only o1 --phase forward --as json"))["steps"][-1:]
    preparation = problem.preparation
    assert traced["value"] * preparation.target_scale + preparation.target_center == single["predicted pay"]


def test_targets_are_standardised_by_the_training_part(folder, run):
    (folder / "p.csv").write_text("x,p\n" + "".join(f"{x},{x * x}.5\n" for x in range(30)))
    run("train p.csv --epochs 1 --save net.json")
    training, _ = read_csv("p.csv", "p").split(0.2, 1)
    labels = [Fraction(label) for label in training.labels]
    mean = sum(labels) / len(labels)
    deviation = float(sum((label - mean) ** 2 for label in labels) / len(labels)) ** 0.5
    preparation = ns.load("net.json").preparation
    assert (preparation.target_center, preparation.target_scale) == pytest.approx((float(mean), deviation))


def test_target_scaling_can_be_turned_off(folder, run):
    (folder / "p.csv").write_text("x,p\n" + "".join(f"{x},{x / 10}\n" for x in range(31)))
    printed = run("train p.csv --target-scaling none --save net.json")
    assert "loss: of" not in printed and not ns.load("net.json").preparation.scales_target
    assert "target_scale" not in (folder / "net.json").read_text()
    (row,) = json.loads(run("predict net.json --inputs 10 --format json"))
    assert row["a[o1]"] == pytest.approx(1, abs=0.05)


def test_a_target_given_on_the_command_line_is_scaled_as_those_of_the_file(folder, run):
    (folder / "p.csv").write_text("x,p\n" + "".join(f"{x},{100 * x + .5}\n" for x in range(31)))
    run("train p.csv --epochs 3 --save net.json")
    problem = ns.load("net.json")
    (row,) = json.loads(run("predict net.json --inputs 4 --targets 700 --format json"))
    assert row["t[o1]"] == (700 - problem.preparation.target_center) / problem.preparation.target_scale


# predict with -o


def rows_of(text, separator=","):
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def test_predictions_are_written_beside_the_files_own_columns(folder, run):
    lines = ["name;größe;art", *(f"n{number};{number % 2 + number / 100:.2f};{'ab'[number % 2]}".replace(".", ",")
                                 for number in range(40))]
    (folder / "in.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("train in.txt --save net.json")
    assert run("predict net.json in.txt -o out.txt") == ""
    written = rows_of((folder / "out.txt").read_text(encoding="utf-8"), ";")
    assert [row[:3] for row in written] == [line.split(";") for line in lines]
    assert written[0][3:] == ["predicted art", "probability"]
    table = json.loads(run("predict net.json in.txt --format json"))
    for row, known in zip(written[1:], table):
        chance = known["a[o1]"]
        assert row[3] == known["class"] and "." not in row[4]  # a decimal comma, as the file has
        assert float(row[4].replace(",", ".")) == (chance if known["class"] == "b" else 1 - chance)
    assert run("predict net.json out.txt -o again.txt") == ""
    assert rows_of((folder / "again.txt").read_text(encoding="utf-8"), ";")[0][5:] == ["predicted art 2", "probability 2"]


def test_a_row_without_a_cell_has_no_prediction(folder, run):
    (folder / "in.csv").write_text("x,y\n" + "".join(f"{x},{2 * x}.5\n" for x in range(20)))
    (folder / "new.csv").write_text("x\n3\n?\n4\n")
    run("train in.csv --save net.json")
    assert "1 cell is missing: line 3 in column 'x'" in run("predict net.json new.csv", status=2)
    run("predict net.json new.csv --missing drop -o out.csv")
    header, *rows = rows_of((folder / "out.csv").read_text())
    assert header == ["x", "predicted y"] and [row[0] for row in rows] == ["3", "?", "4"]
    assert [row[1] != "" for row in rows] == [True, False, True]
    assert float(rows[0][1]) == ns.load("net.json").predict([[3]])[0][0]


@pytest.mark.parametrize("command", ["predict", "evaluate", "health"])
def test_rows_that_are_left_out_are_told(command, folder, run):
    (folder / "in.csv").write_text("x,y\n" + "".join(f"{x},{2 * x}.5\n" for x in range(20)))
    (folder / "new.csv").write_text("x,y\n" + "".join(f"{x or '?'},{2 * x}.5\n" for x in range(20)))
    run("train in.csv --epochs 50 --save net.json")
    assert "\n\n19 of new.csv, 1 with missing cells left out" in run(f"{command} net.json new.csv --missing drop")


def test_a_test_file_may_have_the_targets_column_without_its_cells(folder, run):
    (folder / "in.csv").write_text("x,y\n" + "".join(f"{x},{2 * x}.5\n" for x in range(20)))
    (folder / "new.csv").write_text("x,y\n3,\n4,9\n")
    run("train in.csv --save net.json")
    rows = json.loads(run("predict net.json new.csv --format json"))
    assert len(rows) == 2 and not any("t[o1]" in row for row in rows)
    assert "1 cell is missing: line 2 in column 'y'" in run("evaluate net.json new.csv", status=2)


# Categories and classes of a saved network


@pytest.fixture
def colours(folder, run):
    """A network that learned from a column of texts, and one of yes and no."""
    draw = random.Random(3)
    lines = ["colour,ripe,size,price"]
    for _ in range(60):
        colour, ripe, size = draw.choice(("red", "green", "blue")), draw.random() < 0.5, draw.uniform(1, 9)
        price = {"red": 5, "green": 1, "blue": 0}[colour] + 2 * ripe + size
        lines.append(f"{colour},{'yes' if ripe else 'no'},{size:.3f},{price:.3f}")
    (folder / "fruit.csv").write_text("\n".join(lines) + "\n")
    run("train fruit.csv --save net.json")
    return ns.load("net.json")


def test_a_column_of_texts_is_an_input_for_each_category(colours):
    preparation = colours.preparation
    assert [kind.describe() for kind in preparation.kinds] == [["blue", "green", "red"], "yes/no", "number"]
    center, scale = preparation.centers[2], preparation.scales[2]
    assert preparation.encode([["green", "yes", 4], ["red", False, 5]]) == [
        [0, 1, 0, 1, (4 - center) / scale], [0, 0, 1, 0, (5 - center) / scale],
    ]
    (dear,), (cheap,) = colours.predict([["red", "yes", 4.0], ["blue", "no", 4.0]])
    assert dear - cheap == pytest.approx(7, abs=0.1)


def test_the_categories_of_a_saved_network_are_kept_and_an_unknown_one_is_told_by_its_place(colours, folder, run):
    (folder / "new.csv").write_text("ripe\tcolour\tsize\nno\tred\t3\nyes\tgreen\t4\n")
    assert len(json.loads(run("predict net.json new.csv --format json"))) == 2
    (folder / "new.csv").write_text("ripe,colour,size\nno,red,3\nyes,gren,4\n")
    assert run("predict net.json new.csv", status=2) == (
        "neurosim: error: new.csv, line 3, column 'colour': unknown category 'gren'; did you mean 'green'?\n"
    )
    (folder / "new.csv").write_text("ripe,colour,size\nno,red,3\nmaybe,green,4\n")
    assert "new.csv, line 3, column 'ripe': expected yes or no, got 'maybe'" in run("predict net.json new.csv", status=2)
    for row in (["pink", "yes", 1], ["red", "perhaps", 1], ["red", "yes", "big"], ["red", "yes"]):
        with pytest.raises(ns.InputError, match=r"inputs\[0\]"):
            colours.predict([row])


def test_yes_and_no_may_be_given_as_words_or_numbers(folder, run):
    (folder / "in.csv").write_text("wet,x,y\n" + "".join(f"{'ny'[x % 2]},{x},{3 * (x % 2) + x}.5\n" for x in range(30)))
    run("train in.csv --save net.json")
    words, numbers = (json.loads(run(f"predict net.json --inputs {row} --format json")) for row in ("yes,4", "1,4"))
    assert words == numbers and words[0]["predicted y"] == pytest.approx(7.5, abs=0.1)


def test_an_unknown_class_is_told_by_its_file_and_line(folder, run):
    (folder / "in.csv").write_text("x,k\n" + "".join(f"{x},{'cat' if x % 2 else 'dog'}\n" for x in range(20)))
    (folder / "new.csv").write_text("x,k\n1,cat\n2,dgo\n")
    run("train in.csv --epochs 1 --save net.json")
    assert run("evaluate net.json new.csv", status=2) == (
        "neurosim: error: new.csv, line 3, column 'k': unknown class 'dgo'; did you mean 'dog'?\n"
    )


def test_classes_that_are_numbers_may_be_written_otherwise_later(folder, run):
    (folder / "in.csv").write_text("x,k\n" + "".join(f"{x},{x % 2}\n" for x in range(20)))
    (folder / "new.csv").write_text("x,k\n1,1.0\n2,0.0\n")
    run("train in.csv --epochs 1 --save net.json")
    assert [row["t[o1]"] for row in json.loads(run("predict net.json new.csv --format json"))] == [1, 0]


def test_a_training_on_categories_resumes_to_the_numbers_of_an_unbroken_one(colours, folder, run):
    for epochs, file in (("6", "whole.json"), ("2", "parts.json"), ("6", "parts.json")):
        run(f"train fruit.csv --layers 3 --epochs {epochs} --resume --save {file}")
    whole, parts = ns.load("whole.json"), ns.load("parts.json")
    for what in (whole.training, parts.training):
        del what["settings"]  # which say that the one was to end earlier
    assert whole == parts


def test_a_saved_network_is_examined_explained_and_debugged_with_its_scaling(colours, folder, run, capsys):
    assert "examples" in run("health net.json fruit.csv")
    assert "o1" in run("check net.json --inputs 0,0,1,1,3 --targets 4")
    run("trace net.json --inputs 0,0,1,1,3 --targets 4 --as jsonl -o trace.jsonl")
    assert "(4 - " not in run("explain trace.jsonl o1")  # the core learns nothing of scaling
    (row,) = json.loads(run("predict net.json --inputs 0,0,1,1,3 --format json"))
    assert [row] == json.loads(run("predict net.json --inputs red,yes,3 --format json"))
    assert "unknown category 'rad'; did you mean 'red'?" in run("trace net.json --inputs rad,yes,3", status=2)
    assert row["predicted price"] == colours.predict([["red", "yes", 3]])[0][0]


# Notes


def test_a_class_with_one_row_and_a_constant_column_are_told(folder, run):
    (folder / "in.csv").write_text("a,b,k\n" + "".join(f"{x},7,{'xy'[x % 2]}\n" for x in range(20)) + "3,7,z\n")
    lines = understood(run("data in.csv")).split("\n")
    assert lines[4:] == ["note      the same in all rows: b", "note      one row only of the class z"]


def test_a_counter_is_never_the_last_input(folder, run):
    (folder / "in.csv").write_text("id,y\n" + "".join(f"{x},{2 * x}.5\n" for x in range(20)))
    assert "inputs    id: a number\n" in run("data in.csv")
    (folder / "in.csv").write_text("id,x,y\n" + "".join(f"{x},{x % 5},{2 * x}.5\n" for x in range(20)))
    assert "left out  id (tells rows apart)" in run("data in.csv")
    assert "inputs    id, x: 2 numbers\n" in run("data in.csv --inputs id,x")


@pytest.mark.parametrize("options, message", [
    ("--target z", "unknown column in d.csv 'z'; choose from a, b, empty, kind"),
    ("--ignore kinds", "unknown column in d.csv 'kinds'; did you mean 'kind'?"),
    ("--inputs a,c", "unknown column in d.csv 'c'"), ("--inputs a,kind --target kind", "'kind' is the target"),
    ("--inputs a,a", "a column stands twice"), ("--ignore a,b,empty", "there is no column to learn from"),
    ("--ignore a,b,empty,kind", "so none is left to learn"), ("--separator :", "unknown separator ':'; choose from tab"),
    ("--header maybe", "unknown choice for --header 'maybe'; choose from yes, no"),
    ("--missing keep", "unknown choice for missing cells 'keep'; choose from refuse, drop"),
    ("--thousands x", "unknown thousands separator 'x'"), ("--encoding utf-88", "d.csv: unknown encoding 'utf-88'"),
    ("--encoding rot13", "unknown encoding"), ("--rows 0", "rows must be a whole number of 1 or more"),
    ("--target kind --regression", "d.csv, line 2, column 'kind': expected a number, got 'x'"),
    ("--inputs a,empty --target kind --thousands , --missing drop", "every row misses a cell, most of them in "),
    ("--target-scaling log", "unknown target scaling 'log'"),
])
def test_wrong_options_are_told_in_one_line(options, message, folder, run):
    (folder / "d.csv").write_text("a,b,empty,kind\n1,2,,x\n2,3,,y\n3,5,,x\n4,1,,y\n")
    error = run(f"train d.csv {options}", status=2)
    assert message in error and error.count("\n") == 1


def test_the_first_rows_are_taken_alone(folder, run):
    (folder / "d.csv").write_text("a,b\n1,2.5\n2,3.5\n3,x\n")
    assert run("data d.csv --rows 2").startswith("rows      2 of d.csv")
    assert "line 4, column 'b': expected a number, got 'x'" in run("data d.csv", status=1)


def test_options_of_data_files_need_one(folder, run):
    assert "--missing goes with a data file; mazur has its own network" in run("train mazur --missing drop", status=2)
    assert "--rows goes with a data file" in run("evaluate mazur --rows 3", status=2)
    assert "--separator goes with a data file" in run("predict mazur --separator tab", status=2)


# Names of files


@pytest.mark.parametrize("name", ["data.txt", "data", "DATA.CSV", "data.json.bak"])
def test_a_data_file_may_have_any_name(name, folder, run):
    (folder / name).write_text("a b k\n" + "".join(f"{x} {-x} {'pq'[x > 9]}\n" for x in range(20)))
    assert "<Network 2-5-1" in run(f"train {name} --layers 5 --epochs 1")


def test_a_data_file_may_be_a_pipe(folder, run):
    os.mkfifo("pipe")
    thread = threading.Thread(target=lambda: (folder / "pipe").write_text("a b k\n" + "1 2 x\n3 1 y\n" * 10))
    thread.start()
    assert "<Network 2-1" in run("train pipe --epochs 1 --target k")
    thread.join()


def test_a_problem_file_may_have_any_name(folder, run):
    ns.built_in("mazur").save("problem.txt")
    assert "<Network 2-2-2" in run("train problem.txt --epochs 1")
    assert "--layers goes with a data file; problem.txt has its own network" in run("train problem.txt --layers 5", status=2)


# What is shown


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_about_a_file_is_longer_than_the_page(width, folder, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    for file in FILES:
        (folder / file.name).write_bytes(file.content)
        for text in (run(f"data {file.name} {file.options}"), run(f"train {file.name} {file.options} --epochs 1")):
            assert [line for line in text.splitlines() if len(line) > width] == []


def test_the_ranges_of_columns_as_json(folder, run):
    (folder / "d.csv").write_text("id,a,c,ok,p\n1,2,x,yes,1.5\n2,4,y,no,2.5\n3,?,x,no,3.5\n4,9,y,yes,0.5\n")
    rows = {row.pop("column"): row for row in json.loads(run("data d.csv --missing drop --format json"))}
    assert rows["a"] == {"units": "x1", "taken as": "number", "min": 2, "mean": 5, "max": 9, "values": "", "missing": 1}
    assert (rows["c"]["units"], rows["c"]["values"], rows["ok"]["units"]) == ("x2 .. x3", "x, y", "x4")
    assert (rows["p"]["taken as"], rows["p"]["mean"]) == ("target: a quantity", 2)
    assert rows["id"]["taken as"] == "tells rows apart"
    assert json.loads(run("data d.csv --format json", status=1)) == [{"column": name, **row} for name, row in rows.items()]


def test_what_train_refuses_is_listed_by_data(folder, run):
    (folder / "d.csv").write_text("day,a,p\n2020-01-01,1,2.5\n2020-01-02,?,2.5\n2020-01-03,3,x\n2020-01-04,3,4.5\n")
    printed = " ".join(run("data d.csv", status=1).split())
    assert "train refuses this: d.csv: column 'day' holds dates, such as '2020-01-01'; leave out what" in printed
    assert "train refuses this: d.csv, line 4, column 'p': expected a number, got 'x'" in printed
    assert "1 cell is missing: line 3 in column 'a'" in printed and "next:" not in printed


def test_the_next_command_has_the_options_that_the_file_needs(folder, run):
    file = next(file for file in FILES if file.name == "passengers.csv")
    (folder / file.name).write_bytes(file.content)
    line = run(f"data {file.name} {file.options}").partition("next: neurosim ")[2].replace("\\\n", "")
    printed = run(f"{line} --epochs 1 --save net.json")
    line = printed.partition("next: neurosim ")[2].replace("\\\n", "")
    assert line.split() == ["evaluate", "net.json", "passengers.csv", "--missing", "drop"] and "accuracy" in run(line)


def test_the_loss_shown_while_training_is_told_to_be_of_the_scaled_target(folder):
    file = next(file for file in FILES if file.name == "houses.csv")
    (folder / file.name).write_bytes(file.content)
    with Terminal("-m", "neurosim", "train", file.name, "--epochs", "100000") as terminal:
        terminal.expect("loss of the scaled target 0.")
        terminal.type("\x03")
        assert terminal.ends() == 130


def test_a_class_that_a_spreadsheet_would_work_out_is_written_as_text(folder, run):
    (folder / "in.csv").write_text("x,k\n" + "".join(f"{x},{'=1+1' if x > 9 else 'b'}\n" for x in range(20)))
    run("train in.csv --save net.json")
    run("predict net.json in.csv -o out.csv")
    rows = rows_of((folder / "out.csv").read_text())
    assert {(row[1], row[2]) for row in rows[1:]} >= {("b", "b"), ("=1+1", "'=1+1")}


def test_a_class_that_is_half_a_sign_is_written_as_an_escape(folder, run):
    (folder / "in.csv").write_text("x,k\n" + "".join(f"{x},{'ab'[x > 9]}\n" for x in range(20)))
    run("train in.csv --save net.json")
    text = (folder / "net.json").read_text()
    (folder / "net.json").write_text(text.replace('"classes": ["a", "b"]', r'"classes": ["\ud800", "b"]'))
    (folder / "new.csv").write_text("x\n1\n19\n")
    for ending in ("", "--format json", "--format simple"):
        run(f"predict net.json new.csv -o out.csv {ending}")
        assert r"\ud800" in (folder / "out.csv").read_text(encoding="utf-8")
