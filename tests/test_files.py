"""Files: what is read whole has a limit, also from a pipe or a device, and what is read once can be looked at first."""

import io
import sys
from pathlib import Path

import pytest

from neurosim import InputError
from neurosim.problems import catalogue
from neurosim.support.files import DEEPEST, LARGEST, MOST_DIGITS, Begun, strict_json


class Endless(io.RawIOBase):
    """What never ends, as /dev/zero; `taken` is how much of it was read."""

    taken = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        self.taken += len(buffer)
        return len(buffer)


class Drops(io.RawIOBase):
    """What comes one byte at a time, as from a slow pipe."""

    def __init__(self, data):
        self.data = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.data.readinto(memoryview(buffer)[:1])


def stdin(monkeypatch, raw):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(raw)))


@pytest.mark.parametrize("arguments", [("trace", "-"), ("verify", "-"), ("diagnose", "mazur", "-")], ids=" ".join)
def test_no_more_than_the_limit_is_read_of_what_never_ends(arguments, run, monkeypatch):
    endless = Endless()
    stdin(monkeypatch, endless)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("neurosim: error: standard input: larger than 64 MB, the most that is read")
    assert LARGEST < endless.taken < 1.1 * LARGEST


def test_a_trace_that_comes_in_drops_is_told_from_a_problem_by_its_first_line(run, monkeypatch):
    _, lines, _ = run("trace", "mazur", "--as", "jsonl")
    stdin(monkeypatch, Drops(lines.encode()))
    assert run("verify", "-")[:1] == (0,)
    stdin(monkeypatch, Drops(Path(catalogue.CASES, "mazur.json").read_bytes()))
    assert run("summary", "-")[:1] == (0,)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 100])
def test_what_was_looked_at_is_read_again(size):
    whole = b"first\nsecond\nthird"
    file = io.BytesIO(whole)
    assert Begun(file.readline(4), file).read(100) == whole
    file = io.BytesIO(whole)
    begun = Begun(file.readline(size), file)
    assert [begun.readline(100) for _ in range(4)] == [b"first\n", b"second\n", b"third", b""]


def nested(depth):
    return b"[" * (depth // 2) + b'{"a":' * (depth - depth // 2) + b"1" + b"}" * (depth - depth // 2) + b"]" * (depth // 2)


def test_a_document_is_as_deep_as_the_limit_or_refused():
    strict_json(nested(DEEPEST))
    for depth in (DEEPEST + 1, 900, 100_000):
        with pytest.raises(InputError, match="nested too deeply: 64 lists and objects in each other are the most"):
            strict_json(nested(depth))
    strict_json(b"[" + b"[]," * 1000 + b"[]]")  # many beside each other are not deep
    strict_json(b'"' + b"[" * 1000 + b'"')


def test_answers_too_deep_are_refused(run, monkeypatch):
    stdin(monkeypatch, io.BytesIO(b'{"W1": ' + b"[" * 900 + b"]" * 900 + b"}"))
    status, _, err = run("diagnose", "mazur", "-")
    assert status == 2 and err.startswith("neurosim: error: standard input: nested too deeply") and err.count("\n") == 1


def test_a_number_has_as_many_digits_as_the_limit_or_is_refused_with_its_place():
    assert strict_json(b"[1" + b"0" * (MOST_DIGITS - 1) + b"]") == [10 ** (MOST_DIGITS - 1)]
    with pytest.raises(ValueError) as caught:
        strict_json(b'["' + b"1" * 500 + b'\\"",\n 0, ' + b"1" * (MOST_DIGITS + 1) + b"]")
    assert (caught.value.lineno, caught.value.colno, caught.value.msg) == (2, 5, "a number of more than 400 digits")
