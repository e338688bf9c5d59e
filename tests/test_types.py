"""The types of everything public, as a person's own program and a type checker meet them."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "typed_script.py"


def test_the_script_runs():
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_every_result_has_a_type_of_its_own(tmp_path):
    pytest.importorskip("mypy", reason="mypy is not installed, so no types were checked")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path)]
    # the package's own inside is checked by the settings in setup.cfg: here what a stranger's program sees
    command += ["--follow-imports", "silent", "--ignore-missing-imports", str(SCRIPT)]
    result = subprocess.run(command, timeout=300, capture_output=True, text=True)
    revealed = [line for line in result.stdout.splitlines() if "Revealed type is" in line]
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(revealed) == SCRIPT.read_text(encoding="utf-8").count("reveal_type(")
    assert not [line for line in revealed if re.search(r"\bAny\b", line)]
