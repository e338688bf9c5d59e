"""The command that shows the guide, whose chapters are Markdown: guide."""

from __future__ import annotations

import os
import re
import textwrap

from neurosim.cli.options import add_destination, write_output
from neurosim.cli.parser import described
from neurosim.support.checks import known
from neurosim.support.tables import table

FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "guide")
CONTENTS = "README"
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
STARTS = re.compile(r" *(?:[-*]|\d+\.) ")  # of an entry of a list


def add_commands(commands):
    """Add this group's command to the parser's."""
    help = "the chapters of the guide, or one of them"
    parser = commands.add_parser("guide", help=help, description=described(help), example="neurosim guide symbols")
    parser.add_argument("chapter", nargs="?", default=CONTENTS, metavar="CHAPTER", help="by its name; else the contents")
    add_destination(parser)
    parser.set_defaults(run=run_guide)


def run_guide(options):
    """neurosim guide [CHAPTER]"""
    name = options.chapter
    with open(os.path.join(FOLDER, f"{known('chapter', name, chapters())}.md"), encoding="utf-8") as file:
        write_output(plain(file.read(), options.width), options)


def chapters():
    """The names of the chapters, in alphabetical order, and of the contents."""
    return sorted(file[: -len(".md")] for file in os.listdir(FOLDER) if file.endswith(".md"))


def plain(markdown, width):
    """A chapter as a terminal shows it: paragraphs folded, tables drawn, links by their words, code as it stands."""
    return "\n".join(_plain(block, width) for block in _blocks(markdown.rstrip("\n").split("\n")))


def _blocks(lines):
    """The lines in groups: a heading, a table, code between its fences, a paragraph, or an entry of a list."""
    block, is_code = [], False
    for line in lines:
        is_fence = line.lstrip().startswith("```")
        goes_on = is_code or block and _goes_on(block[-1], line)
        if block and not goes_on:
            yield block
            block = []
        block.append(line)
        is_code = is_code != is_fence
    yield block


def _goes_on(before, line):
    """Whether a line that is no code belongs to the line before it."""
    if before.lstrip().startswith(("```", "#")) or line.lstrip().startswith(("```", "#")) or not before or not line:
        return False
    return before.startswith("|") == line.startswith("|") and not STARTS.match(line)


def _plain(block, width):
    first, *others = block
    if first.lstrip().startswith("```"):
        return "\n".join(others[:-1])
    if first.startswith("#"):
        return _heading(first)
    if first.startswith("|"):
        headers, _, *rows = [[LINK.sub(r"\1", cell.strip()) for cell in line.strip("|").split("|")] for line in block]
        return table(rows, headers, width=width)
    start = STARTS.match(first)
    start = start[0] if start else first[: len(first) - len(first.lstrip())]
    words = LINK.sub(r"\1", " ".join([first[len(start) :], *map(str.strip, others)])).replace("**", "")
    return textwrap.fill(words, width, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False,
                         break_on_hyphens=False)


def _heading(line):
    title = line.lstrip("# ")
    return f"{title}\n{('=' if line.startswith('# ') else '-') * len(title)}"
