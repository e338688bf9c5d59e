"""No command writes over a file that it reads, or over another of its own, but a network over the one that was read."""

import os
import sys

import pytest

import neurosim as ns

CSV = "a,b,kind\n" + "1,2,x\n2,1,y\n3,5,x\n4,4,y\n" * 3
ANSWERS = '{"delta[o1]": "0.1385"}'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a data file, a network trained on it, a problem and answers, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(CSV)
    (tmp_path / "answers.json").write_text(ANSWERS)
    ns.built_in("mazur").save("mazur.json")
    os.symlink("d.csv", "link")
    os.link("mazur.json", "hard")
    return tmp_path


READ = {
    "the data, by --save": ["train", "d.csv", "--save", "d.csv"],
    "the data, by --history": ["train", "d.csv", "--history", "./d.csv"],
    "the data, by -o": ["train", "d.csv", "-o", "link"],
    "the data behind a link": ["train", "d.csv", "--save", "link"],
    "a problem, by --history": ["train", "mazur.json", "--history", "mazur.json"],
    "a problem, by -o": ["summary", "mazur.json", "-o", "hard"],
    "answers, by -o": ["diagnose", "mazur.json", "answers.json", "-o", "answers.json"],
    "another problem, by -o": ["diagnose", "mazur", "answers.json", "--also", "mazur.json", "-o", "mazur.json"],
}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("arguments", READ.values(), ids=READ)
def test_what_is_read_is_not_overwritten(arguments, folder, run):
    before = contents(folder)
    status, out, err = run(*arguments, *(["--epochs", "1"] if arguments[0] == "train" else []))
    assert (status, out) == (2, "") and err.endswith("this command reads the file, and does not overwrite it\n")
    assert contents(folder) == before


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_the_data_to_measure_by_are_not_overwritten(command, folder, run):
    assert run("train", "d.csv", "--epochs", "1", "--save", "net.json")[0] == 0
    assert run(command, "net.json", "d.csv", "-o", "d.csv")[0] == 2
    assert contents(folder)["d.csv"].decode() == CSV


def test_standard_input_is_not_overwritten(folder, run, monkeypatch):
    with open("mazur.json", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert run("summary", "-", "-o", "mazur.json")[0] == 2


@pytest.mark.parametrize("one, other", [("--save", "--history"), ("--history", "-o"), ("-o", "--save")])
def test_one_output_is_not_overwritten_by_another(one, other, folder, run):
    before = contents(folder)
    status, _, err = run("train", "mazur.json", one, "new.json", other, "./new.json")
    assert status == 2 and "are the same file" in err and contents(folder) == before
    assert run("train", "mazur.json", "--epochs", "1", one, os.devnull, other, os.devnull)[0] == 0


def test_a_network_is_saved_back_to_where_it_was_read(folder, run):
    assert run("train", "mazur.json", "--epochs", "1", "--save", "mazur.json")[0] == 0
    assert len(ns.load("mazur.json").training["history"]["loss"]) == 1


def test_a_file_without_a_write_bit_stays(folder, run):
    os.chmod("d.csv", 0o444)
    status, _, err = run("trace", "mazur", "-o", "link")
    assert (status, err) == (
        2, "neurosim: error: link: write-protected, so it stays as it is; chmod u+w allows to replace it\n"
    )
    with pytest.raises(PermissionError, match="write-protected"):
        ns.built_in("mazur").save("d.csv")
    assert contents(folder)["d.csv"].decode() == CSV and len(list(folder.iterdir())) == 5
    os.chmod("d.csv", 0o644)
    assert run("trace", "mazur", "-o", "link")[0] == 0


def test_a_training_that_cannot_be_saved_does_not_begin(folder, run):
    os.chmod("answers.json", 0o400)
    status, out, err = run("train", "mazur.json", "--epochs", "999999999", "--save", "answers.json")
    assert (status, out) == (2, "") and "write-protected" in err
