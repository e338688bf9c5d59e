"""The guide speaks of what is there."""

import re
import shlex
from pathlib import Path

import pytest
from package import MODULES, PACKAGE

TOP = Path(__file__).parent.parent
GUIDE = {path.name: path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "guide").glob("*.md"))}


@pytest.mark.parametrize("name", GUIDE)
def test_every_file_it_names_exists(name):
    for path in re.findall(r"`(\w[\w/.]*/[\w.]*|\.ci/run|setup\.cfg|README\.md)`", GUIDE[name]):
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
