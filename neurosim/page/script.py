"""The script of a page: what stands in the files beside this one, and the functions of its rules."""

from __future__ import annotations

import json
import re
from importlib.resources import files

OTHERS = re.compile("['`/]")  # what begins another text than one in double quotes, or a pattern
TEXT = re.compile(r'("(?:[^"\\]|\\.)*")')
ROOM = re.compile(r" ?([{}()\[\];,:?=<>*&|!]) ?")
FIRST = 2  # files before the rules, with the functions that they call
KERNEL = ("numbers.js", "functions.js", "kernel.js")


def part(name):
    """The text of a file that stands beside this one."""
    return files("neurosim.page").joinpath(name).read_text(encoding="utf-8")


def script(names, functions):
    """One script of these files, in which RULES are these functions."""
    texts = [_bare(part(name)) for name in names]
    rules = "const RULES = [\n" + "".join(f"  {function},\n" for function in functions) + "];\n"
    return "\n".join(['"use strict";', *texts[:FIRST], rules, *texts[FIRST:]])


def stylesheet():
    """The style of a page."""
    text = " ".join(part("page.css").split())
    return re.sub(r" ?([{};,]) ?|(?<=:) ", lambda found: found[1] or "", text)


def _bare(text):
    """A script without its comments, its indentation and, where that is no part of a text, the room around signs.

    No text in a script goes over several lines. Lines with texts that may hold others stay as they are.
    """
    lines = (line.partition("  // ")[0].strip() for line in text.split("\n"))
    kept = (line for line in lines if line and not line.startswith("// "))
    return "\n".join(line if OTHERS.search(line) else _without_room(line) for line in kept)


def _without_room(line):
    pieces = TEXT.split(line)
    pieces[::2] = [ROOM.sub(r"\1", piece) for piece in pieces[::2]]
    return "".join(pieces)


def data_text(document):
    """The document as JSON that can stand inside a script element: no < is raw in it."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
