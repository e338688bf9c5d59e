"""Every example of the README does what stands there."""

import doctest
import importlib
import io
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from package import MODULES

import neurosim
from neurosim.cli import main

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.S)
CONSOLE = [text for kind, text in BLOCKS if kind == "console"]
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
SHELL = [text for kind, text in BLOCKS if kind == "sh"]
JSON = [text for kind, text in BLOCKS if kind == "json"]
CSV = [text for kind, text in BLOCKS if kind == "csv"]
SIGNS_OF_STATUS_1 = ("\nalarm ", " wrong, the first ", " numbers differ\n")


@pytest.mark.parametrize("text", CONSOLE, ids=[text.splitlines()[0] for text in CONSOLE])
def test_commands_print_what_stands_there(text, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one-hidden-unit.json").write_text(JSON[0])
    (tmp_path / "dead-unit.json").write_text(JSON[1])
    (tmp_path / "my-numbers.csv").write_text(CSV[0])
    shutil.copy(Path(__file__).parent.parent / "examples" / "data" / "flats.csv", tmp_path)
    command, output = text.split("\n", 1)
    for part in command[len("$ ") :].split(" | "):  # what one prints, the next one reads
        program, *arguments = shlex.split(part)
        assert program == "neurosim"
        status = main(arguments)
        captured = capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(captured.out.encode())))
    assert status == (2 if captured.err else 1 if any(sign in output for sign in SIGNS_OF_STATUS_1) else 0)
    assert captured.out + captured.err == output


def test_the_training_commands(tmp_path, monkeypatch, capsys):
    commands = [line for text in SHELL if "neurosim train" in text for line in text.splitlines()]
    folder = Path(__file__).parent.parent
    monkeypatch.chdir(tmp_path)
    for command in commands:
        arguments = shlex.split(command.replace("examples/", f"{folder}/examples/"))[1:]
        assert main(arguments) == 0
    assert "virginica" in capsys.readouterr().out
    written = (tmp_path / "predicted.csv").read_text(encoding="utf-8").splitlines()
    assert written[0].endswith(";rent;predicted rent") and len(written) == 61


def test_python_examples():
    examples = doctest.DocTestParser().get_doctest("\n".join(PYTHON), {}, "README", "README.md", 0)
    assert len(examples.examples) > 10
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples).failed == 0


@pytest.mark.parametrize("module", [name for name, path in MODULES.items() if ">>> " in path.read_text("utf-8")])
def test_docstring_examples(module):
    result = doctest.testmod(importlib.import_module(module))
    assert result.failed == 0 and result.attempted


def test_the_problem_file_traces(tmp_path, capsys):
    path = tmp_path / "one-hidden-unit.json"
    path.write_text(JSON[0])
    assert json.loads(JSON[0])["title"] == "One hidden unit"
    assert main(["trace", str(path)]) == 0
    assert "w+[h1->o1]@2" in capsys.readouterr().out


def test_the_two_install_commands_stand_there_once():
    install = "python3 -m venv .venv && .venv/bin/pip install"
    assert README.count(f"{install} . && .venv/bin/neurosim trace mazur\n") == 1
    assert README.count(f'{install} -e ".[test]" && .venv/bin/pytest\n') == 1


@pytest.mark.parametrize("name", ["ACTIVATIONS", "LOSSES", "INITIALIZERS", "OPTIMIZERS", "load", "Layer", "SGD", "sweep",
                                  "LossBelow"])
def test_names_that_the_readme_mentions_exist(name):
    assert f"ns.{name}" in README and hasattr(neurosim, name)
