"""The guide speaks of what is there, and `neurosim guide` prints it."""

import re
import shlex
from pathlib import Path

import pytest
from package import MODULES, PACKAGE

TOP = Path(__file__).parent.parent
WIDE = 80
GUIDE = {path.name: path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "guide").glob("*.md"))}


@pytest.mark.parametrize("name", GUIDE)
def test_every_file_it_names_exists(name):
    for path in re.findall(r"`(\w[\w/.]*/(?:\w+\.\w+)?|\.ci/run|setup\.cfg|README\.md)`", GUIDE[name]):
        assert any((folder / path).exists() for folder in (TOP, PACKAGE)), path


def test_every_new_module_path_of_the_changelog_exists():
    rows = re.findall(r"^\| (`.*) \| (.*) \|$", GUIDE["changelog.md"], re.M)
    assert len(rows) > 15
    for _, new in rows:
        for module in re.findall(r"`(neurosim[\w.]*)\.?…?`", new):
            assert module.rstrip(".") in MODULES, module


def test_every_name_in_capitals_exists():
    text = "\n".join(path.read_text(encoding="utf-8") for path in MODULES.values())
    for name in re.findall(r"`([A-Z]{3,}(?:_[A-Z]+)*)`", GUIDE["contributing.md"]):
        assert name == "TYPE_CHECKING" or re.search(rf"^{name}\b.* = ", text, re.M), name


def test_the_install_command_names_an_extra_that_exists():
    command = re.search(r"```sh\n(.*)\n", GUIDE["contributing.md"])[1]
    assert ".[dev]" in shlex.split(command) and "\ndev =\n" in (TOP / "setup.cfg").read_text()


@pytest.mark.parametrize("name", [name.removesuffix(".md") for name in GUIDE])
def test_the_command_prints_every_word_of_a_chapter(name, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(WIDE))
    status, out, err = run("guide", name)
    assert (status, err) == (0, "")
    code = "".join(re.findall(r"^ *```.*?\n(.*?)^ *```$", GUIDE[f"{name}.md"], re.S | re.M))
    assert [line for line in out.splitlines() if len(line) > WIDE and line not in code.splitlines()] == []
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", GUIDE[f"{name}.md"])
    assert set(re.findall(r"\w+", re.sub(r"^ *```.*$", "", text, flags=re.M))) <= set(re.findall(r"\w+", out))


def test_without_a_chapter_it_prints_the_contents(run):
    assert run("guide") == run("guide", "README") and "Forward and back through" in run("guide")[1]


@pytest.mark.parametrize("name, message", [
    ("debugger", "unknown chapter 'debugger'; did you mean 'debug'?"),
    ("../../setup", "unknown chapter '../../setup'; "), ("", "unknown chapter ''; "),
])
def test_other_chapters_are_refused(name, message, run):
    status, out, err = run("guide", name)
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1
