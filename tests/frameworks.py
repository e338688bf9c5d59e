"""A Python that has other frameworks: the one that an environment variable names, or the one that runs."""

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

import neurosim

VARIABLE = "NEUROSIM_FRAMEWORKS"  # the path of a Python, such as that of a virtual environment
FIND = "import sys; from importlib.util import find_spec; print(*[name for name in sys.argv[1:] if not find_spec(name)])"


def frameworks_python(*packages):
    """The path of a Python that has these packages; where there is none, the test is skipped."""
    for python in filter(None, (os.environ.get(VARIABLE), sys.executable)):
        if not missing(python, packages):
            return python
    return pytest.skip(f"no Python has {', '.join(packages)}: neither the one that {VARIABLE} names nor the one that runs")


@lru_cache(maxsize=None)
def missing(python, packages):
    """Those of the packages that a Python has not."""
    command = [python, "-c", FIND, *packages]
    return subprocess.run(command, check=True, timeout=60, capture_output=True, text=True).stdout.split()


def run_python(python, *arguments):
    """What a Python prints that is run with these arguments, with this neurosim, and with Keras on PyTorch."""
    environment = {
        **os.environ, "KERAS_BACKEND": "torch", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(neurosim.__file__).resolve().parents[1]),
    }
    result = subprocess.run([python, *map(str, arguments)], timeout=1800, capture_output=True, text=True, env=environment)
    assert result.returncode == 0, result.stderr[-3000:]
    return result.stdout
