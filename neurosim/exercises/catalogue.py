"""The built-in worked examples by name, and what a SOURCE on the command line stands for."""

import io
import os
import sys

from neurosim import storage
from neurosim.errors import InputError, nearest
from neurosim.trace.files import is_trace_file, load_trace, read_trace

CASES = os.path.join(os.path.dirname(__file__), "cases")


def names():
    """The names of the built-in examples, in alphabetical order."""
    return sorted(file[: -len(".json")] for file in os.listdir(CASES) if file.endswith(".json"))


def built_in(name):
    """The built-in example of that name, as a `Problem`.

    >>> built_in("mazur").network
    <Network 2-2-2: sigmoid, sigmoid; half_squared_error>
    """
    if name not in names():
        raise InputError(f"no built-in example is called {name!r}{nearest(name, names())}")
    return storage.load(os.path.join(CASES, f"{name}.json"))


def open_trace(source):
    """The `Trace` that a SOURCE means: a trace file is read, and what a problem holds is recorded."""
    if source == "-":
        content = sys.stdin.buffer.read()
        if is_trace_file(content):
            return read_trace(io.BytesIO(content), "standard input")
        return storage.read_problem(io.BytesIO(content), "standard input").trace()
    if os.path.isfile(source):
        with open(source, "rb") as file:
            if is_trace_file(file.readline(1000)):
                return load_trace(source)
    return open_source(source).trace()


def open_source(source):
    """The `Problem` that a SOURCE means: a file, `-` for standard input, or the name of a built-in example."""
    if source == "-":
        return storage.read_problem(sys.stdin.buffer, "standard input")
    if os.path.isfile(source) or source.endswith(".json") or os.sep in source:
        return storage.load(source)
    if source not in names():
        raise InputError(f"{source!r} is neither a file nor a built-in example{nearest(source, names())}")
    return built_in(source)
