"""Each example prints the output that is committed beside it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from frameworks import frameworks_python, run_python

FOLDER = Path(__file__).parent.parent / "examples"
PROGRAMS = sorted(FOLDER.glob("[0-9]*.py"))
WITH_PYTORCH = FOLDER / "11_a_model_that_does_not_learn.py"


def test_the_example_with_pytorch():
    printed = run_python(frameworks_python("torch"), WITH_PYTORCH)
    assert printed == WITH_PYTORCH.with_suffix(".out").read_text(encoding="utf-8")


def test_the_guide_shows_that_program():
    """Of its blocks in Python each line stands in the program, and of its output."""
    chapter = (FOLDER.parent / "neurosim/guide/frameworks.md").read_text(encoding="utf-8").partition("## Numbers of any")[0]
    blocks = re.findall(r"```(py|text)\n(.*?)```", chapter, re.S)
    text = {"py": WITH_PYTORCH.read_text(encoding="utf-8"), "text": WITH_PYTORCH.with_suffix(".out").read_text("utf-8")}
    assert [kind for kind, _ in blocks] == ["py", "py", "text"] and all(block in text[kind] for kind, block in blocks)


ALONE = [program for program in PROGRAMS if program != WITH_PYTORCH]


@pytest.mark.parametrize("program", ALONE, ids=[program.stem for program in ALONE])
def test_example(program, tmp_path):
    result = subprocess.run(
        [sys.executable, str(program)], capture_output=True, encoding="utf-8", cwd=tmp_path, timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert result.stderr == ""
    assert result.stdout == program.with_suffix(".out").read_text(encoding="utf-8")


def test_every_program_is_in_the_course():
    course = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(PROGRAMS) >= 8 and all(f"`{program.name}`" in course for program in PROGRAMS)


def test_the_error_of_the_2500_iterations_falls_to_near_nothing():
    """The article with a NeuralNetwork class: outputs near 0, 1, 1, 0, and an error that only falls."""
    text = (FOLDER / "06_opening_the_black_box.out").read_text(encoding="utf-8")
    assert "the error falls in every iteration: True" in text
    outputs = [float(x) for x in text.splitlines()[0].split("[")[1].rstrip("]").split(",")]
    assert [round(output) for output in outputs] == [0, 1, 1, 0]
    assert max(abs(output - round(output)) for output in outputs) < 0.05
