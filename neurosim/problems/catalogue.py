"""The built-in worked examples by name, and what a SOURCE on the command line stands for."""

from __future__ import annotations

import os
import sys

from neurosim.problems import problem_file
from neurosim.support.errors import InputError, did_you_mean, near, nearest, shorten, shown_path
from neurosim.support.files import Begun, read_file
from neurosim.trace.files import is_trace_file, read_trace
from neurosim.trace.verify import check_whole

CASES = os.path.join(os.path.dirname(__file__), "cases")
STANDARD_INPUT = "standard input"


def names():
    """The names of the built-in examples, in alphabetical order."""
    return sorted(file[: -len(".json")] for file in os.listdir(CASES) if file.endswith(".json"))


def built_in(name: str) -> problem_file.Problem:
    """The built-in example of that name, as a `Problem`.

    >>> built_in("mazur").network
    <Network 2-2-2: sigmoid, sigmoid; half_squared_error>
    """
    if name not in names():
        raise InputError(f"no built-in example is called {shorten(name)}{nearest(name, names())}")
    return problem_file.load(os.path.join(CASES, f"{name}.json"))


def open_any(source):
    """The `Problem` or the `Trace` that a SOURCE means: a file of either, `-` for standard input, or a built-in example."""
    if source == "-":
        return _read_any(sys.stdin.buffer, STANDARD_INPUT)
    is_there = os.path.exists(source) and not os.path.isdir(source)
    if is_there or source.endswith(".json") or os.sep in source:
        return read_file(source, _read_any)
    if source not in names():
        close = near(source, names(), 1)
        hint = did_you_mean(close) if close else "; neurosim list names them"
        raise InputError(f"{shorten(source)} is neither a file nor a built-in example{hint}")
    return built_in(source)


def _read_any(file, name):
    """The `Problem` or the `Trace` in an open binary file, which may be a pipe and so can be read only once."""
    line = file.readline(1000)
    read = read_trace if is_trace_file(line) else problem_file.read_problem
    return read(Begun(line, file), name)


def open_source(source):
    """The `Problem` that a SOURCE means."""
    return only_problem(open_any(source), source)


def only_problem(found, source):
    """The `Problem` that was found at a SOURCE; InputError for a trace."""
    if not isinstance(found, problem_file.Problem):
        what = "a trace file, and this takes a problem file; trace, explain and verify read both"
        raise InputError(f"{shown_path(source)} is {what}")
    return found


def open_trace(source, as_it_is=False):
    """The `Trace` that a SOURCE means: one in a file is read, and what a problem holds is recorded.

    as_it_is: also one that is not whole, so that it can be told all that is wrong with it
    """
    found = open_any(source)
    if isinstance(found, problem_file.Problem):
        return found.trace()
    return found if as_it_is else whole(found, source)


def whole(trace, source):
    """The trace itself, which a SOURCE holds; InputError with its line for the first step that is wrong or missing."""
    check_whole(trace, STANDARD_INPUT if source == "-" else shown_path(os.path.basename(source)))
    return trace
