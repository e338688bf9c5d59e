r"""README and guide, run as a reader would: block after block, in one folder.

    ```console   a command behind $, and what it prints; a line that ends with \ goes on in the next
    ```sh        commands that work, whose output does not stand there
    ```python    examples in the manner of doctest, which share their names
    ```json a.json, ```csv a.csv   a file of that name
"""

import doctest
import importlib
import io
import re
import shlex
from pathlib import Path

import neurosim
from neurosim.cli import main

TOP = Path(__file__).parent.parent
GUIDE = {path.stem: path for path in sorted((Path(neurosim.__file__).parent / "guide").glob("*.md"))}
CHAPTERS = {name: path for name, path in GUIDE.items() if name != "README"}
DOCUMENTS = {"the README": TOP / "README.md", **CHAPTERS}
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.S | re.M)
SIGNS_OF_STATUS_1 = ("\nalarm ", " wrong, the first ", " numbers differ\n", "  a known mistake: ",
                     " is the first number that ")
ENDS_WITH_2 = "   # ends with status 2"


def blocks(path):
    """(kind, name, text) of each block of a document."""
    return BLOCK.findall(path.read_text(encoding="utf-8"))


def run_document(path, capsys, monkeypatch):
    """Run all of its blocks in this folder, which has the repository's `examples`."""
    if not Path("examples").exists():
        Path("examples").symlink_to(TOP / "examples")
    names = {}
    for kind, name, text in blocks(path):
        if kind in ("json", "csv") and name:
            Path(name).write_text(text, encoding="utf-8")
        elif kind == "console":
            check_console(text, capsys, monkeypatch)
        elif kind == "sh":
            run_shell(text, capsys)
        elif kind == "python":
            examples = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
            examples.globs = names
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
            assert runner.run(examples, clear_globs=False).failed == 0


def console(text):
    """(the command of a console block, what it prints)"""
    command, output = re.fullmatch(r"\$ ((?:[^\n]*\\\n)*[^\n]*\n)(.*)", text, re.S).groups()
    return command.replace("\\\n", " "), output


def check_console(text, capsys, monkeypatch):
    """The command prints what stands there, and ends with the status that belongs to it."""
    command, output = console(text)
    for part in command.split(" | neurosim "):  # what one prints, the next one reads
        status = main(shlex.split(part.removeprefix("neurosim ")))
        captured = capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(captured.out.encode())))
    refused = captured.err.startswith("neurosim: error: ")
    assert captured.err + captured.out == output, command
    assert status == (2 if refused else 1 if any(sign in output for sign in SIGNS_OF_STATUS_1) else 0), command


def run_shell(text, capsys):
    """Run those of its lines that are commands of neurosim."""
    for line in text.splitlines():
        if line.startswith("neurosim "):
            wanted = 2 if line.endswith(ENDS_WITH_2) else 0
            assert main(shlex.split(line, comments=True)[1:]) == wanted, line
            capsys.readouterr()


def doctests_of(module):
    """How many examples a module's docstrings have, and how many of them fail."""
    result = doctest.testmod(importlib.import_module(module))
    return result.attempted, result.failed
