"""README and guide: every example does what stands there, every link leads somewhere, and what is named exists."""

import re

import documents
import pytest
from documents import CHAPTERS, DOCUMENTS, GUIDE, TOP
from package import MODULES

import neurosim
from neurosim.cli.commands import GROUPS, make_parser
from neurosim.cli.parser import SHORT_OPTIONS

README = (TOP / "README.md").read_text(encoding="utf-8")
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in {**DOCUMENTS, "the contents": GUIDE["README"]}.items()}
LINK = re.compile(r"\[[^\]]*\]\(([^)#]*)(?:#([^)]*))?\)")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_does_what_stands_there(name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    documents.run_document(DOCUMENTS[name], capsys, monkeypatch)


@pytest.mark.parametrize("kind", ["console", "sh", "python"])
def test_a_wrong_example_is_seen(kind, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = {"console": "$ neurosim list\nnothing\n", "sh": "neurosim trace no-such\n", "python": ">>> 1 + 1\n3\n"}[kind]
    (tmp_path / "wrong.md").write_text(f"```{kind}\n{wrong}```\n")
    with pytest.raises(AssertionError):
        documents.run_document(tmp_path / "wrong.md", capsys, monkeypatch)


@pytest.mark.parametrize("module", [name for name, path in MODULES.items() if ">>> " in path.read_text("utf-8")])
def test_docstring_examples(module):
    attempted, failed = documents.doctests_of(module)
    assert failed == 0 and attempted


def test_the_readme_is_short():
    assert README.count("\n") <= 235


@pytest.mark.parametrize("name", TEXTS)
def test_lines_are_short(name):
    assert [line for line in TEXTS[name].splitlines() if len(line) > 120] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_leads_somewhere(name):
    folder = TOP if name == "the README" else GUIDE["README"].parent
    for path, anchor in LINK.findall(TEXTS[name]):
        target = folder / path if path else DOCUMENTS[name]
        assert target.exists(), path
        titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.M)
        assert not anchor or anchor in [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles], anchor


def test_the_readme_names_every_command_and_links_every_chapter_for_users():
    table = README[README.index("## Commands") :]
    commands = list(make_parser()[1])
    assert sorted(re.findall(r"`(\w+)`", table)) == sorted(commands)
    linked = {path for path, _ in LINK.findall(README)}
    assert {f"neurosim/guide/{name}.md" for name in CHAPTERS} - linked == {
        f"neurosim/guide/{name}.md" for name in ("symbols", "own_parts", "library", "design", "contributing", "changelog")
    }


def test_help_lists_every_command_once():
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(make_parser()[1])


def test_the_contents_list_every_chapter_once():
    assert sorted(re.findall(r"^\| \[(\w+)\]\(\1\.md\)", TEXTS["the contents"], re.M)) == sorted(CHAPTERS)


def test_the_two_install_commands_stand_there_once():
    install = "python3 -m venv .venv && .venv/bin/pip install"
    assert README.count(f"{install} . && .venv/bin/neurosim trace mazur\n") == 1
    assert README.count(f'{install} -e ".[test]" && .venv/bin/pytest\n') == 1


@pytest.mark.parametrize("name", TEXTS)
def test_names_that_it_mentions_exist(name):
    for public in re.findall(r"\bns\.(\w+)", TEXTS[name]):
        assert hasattr(neurosim, public), public


def every_parser():
    """The parser of each command, and of each part of one that has several."""
    for parser in make_parser()[1].values():
        yield parser
        if parser._subparsers:
            yield from parser._subparsers._group_actions[0].choices.values()


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("changelog", "contributing")])
def test_the_options_that_it_mentions_exist(name):
    known = {option for parser in every_parser() for option in parser._option_string_actions}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXTS[name])) <= known | set(SHORT_OPTIONS) | {"--version"}
