"""Whatever stands in a command line or in a file: one clean line, or what was accepted keeps what it promises."""

import sys

import fuzz
import pytest

import neurosim as ns

pytest.importorskip("resource", reason="only POSIX counts the memory that a process took")


def test_every_command_line_is_refused_in_one_line_or_accepted_and_true(request):
    count = 5000 if request.config.getoption("--long") else 600
    figures, wrong = fuzz.fuzz(count)
    assert wrong == []
    assert figures[fuzz.CLEAN] + figures[fuzz.CHECKED] == count
    assert min(figures[fuzz.CLEAN], figures[fuzz.CHECKED]) > count / 10


def never(arguments):
    while True:
        pass


@pytest.mark.parametrize("main, figure", [
    (lambda arguments: 1 // 0, "traceback"),
    (lambda arguments: 3, "wrong status"),
    (lambda arguments: 2, "wrong status"),
    (lambda arguments: sys.stderr.write("neurosim: error: two\nlines\n") and 2, "wrong status"),
    (lambda arguments: sys.stderr.write("a warning\n") and 0, "wrong status"),
    (lambda arguments: print("E = nan") or 0, "untrue"),
    (lambda arguments: print("a\x1b[31m") or 0, "untrue"),
    (never, "no answer"),
    (lambda arguments: sys.stderr.write("neurosim: error: no\n") and 2, fuzz.CLEAN),
    (lambda arguments: print("E = 0.5") or 0, fuzz.CHECKED),
])
def test_the_fuzzer_sees_what_is_wrong(main, figure, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fuzz, "main", main)
    monkeypatch.setattr(fuzz, "PATIENCE", 1)
    assert fuzz.outcome(["trace"], b"")[0] == figure


def test_the_fuzzer_sees_what_does_not_come_back_as_it_was_saved(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    ns.built_in("mazur").save("new.json")
    monkeypatch.setattr(fuzz, "main", lambda arguments: 0)
    assert fuzz.outcome(["train", "new.json"], b"")[0] == fuzz.CHECKED
    monkeypatch.setattr(ns.Problem, "save", lambda problem, path: ns.built_in("goodfellow-xor").network.save(path))
    assert fuzz.outcome(["train", "new.json"], b"")[0] == "untrue"
