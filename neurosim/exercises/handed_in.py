"""What is handed in: a file of answers, or the sheet itself, as text or Markdown, with numbers in its blanks."""

from __future__ import annotations

import io
import re

from neurosim.diagnosis.answer_file import read_answer_file
from neurosim.exercises.sheet import SHEET
from neurosim.support.files import read_whole, told_with

TITLE = re.compile(r"\s*#?\s*Sheet (\w+):")
BLANKS = re.compile(r"((?:mean |sum )?[^\s=|`]+) = *(\S*)")  # of a sheet in text: z[h1] = ..........
ROWS = re.compile(r"^\| (?!number\b)(\w[^|]*?) *\|([^|]*)\|", re.M)  # of one in Markdown
DOTS = re.compile(r"\.{2,}$|^\.{2,}")
BEGINS = "Your numbers"  # the part of a sheet in which the blanks are


def read_handed_in(file, name):
    """The answers in an open binary file, {address: what was typed}, with the sheet's id if it says one."""
    with told_with(name):
        data = read_whole(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    title = TITLE.match(text)
    if title is None:
        return read_answer_file(io.BytesIO(data), name)
    _, _, part = text.partition(BEGINS)
    found = ROWS.findall(part) or BLANKS.findall(part)
    return {SHEET: title[1], **{address: DOTS.sub("", typed.strip()) for address, typed in found}}
