"""Scripts that `Trace.python` writes, run, and the numbers that they print."""

import contextlib
import io
import subprocess
import sys
from fractions import Fraction


def printed(script):
    """{address: the number as it is printed} of a script that runs in this process, with no names but its own."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    return _numbers(output.getvalue())


def printed_by_python(script, path):
    """The same from a process of its own, in which no installed package can be imported."""
    path.write_text(script, encoding="utf-8")
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(path)]
    return _numbers(subprocess.run(command, check=True, timeout=60, capture_output=True, text=True, encoding="utf-8").stdout)


def _numbers(text):
    return dict(line.rsplit(" = ", 1) for line in text.splitlines())


def worst_difference(trace, numbers):
    """(the largest relative difference between a trace and what its script prints, its address)."""
    assert list(numbers) == [step.address for step in trace]
    return max((_difference(step.value, numbers[step.address]), step.address) for step in trace)


def _difference(value, text):
    exact, own = Fraction(text), Fraction(value)
    return float(abs(exact - own) / abs(own)) if own else float(abs(exact) > 0)
