"""What is handed in: a file of answers, or the sheet itself, as text or Markdown, with numbers in its blanks."""

from __future__ import annotations

import io
import re

from neurosim.diagnosis.answer_file import read_answer_file
from neurosim.exercises.sheet import SHEET, YOURS
from neurosim.support.errors import InputError, shown
from neurosim.support.files import read_whole, told_with

PART = re.compile(rf"^(?:## )?{YOURS}$", re.M)  # of a sheet, in which the blanks are
TITLE = re.compile(r"^(?:# )?Sheet (.+?):", re.M)
BETWEEN = re.compile(r" {3,}")  # the blanks of a line
BLANK = re.compile(r"((?:mean |sum )?\S+?) ?= ?(.*)")  # of a sheet in text: z[h1] = ..........
ROW = re.compile(r"\| (\w[^|]*)\|([^|]*)\|.*")  # of one in Markdown
HEADER = "number"  # of its first column
DOTS = re.compile(r"\.{2,}")
MARKS = re.compile(r"\(\d+(\.\d+)?\)$")  # what a number is worth, behind its blank
SPACED_SIGN = re.compile(r"^([-+\u2212]) +")


def read_handed_in(file, name):
    """The answers in an open binary file, {address: what was typed}, with the sheet's id if it says one."""
    with told_with(name):
        data = read_whole(file)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        text = ""
    part = PART.search(text)
    if part is None:
        answers = read_answer_file(io.BytesIO(data), name)
        if not isinstance(answers, dict):
            raise InputError(f"{name}: expected addresses with their numbers")
        return answers
    title = TITLE.search(text)
    with told_with(name):
        return {**({SHEET: title[1]} if title else {}), **_filled(text[part.end() :])}


def _filled(part):
    """{address: what was typed} of the blanks of a sheet."""
    answers = {}
    for line in part.split("\n"):
        for match in (ROW.fullmatch(line.strip()), *map(BLANK.fullmatch, BETWEEN.split(line.strip()))):
            address = match[1].rstrip() if match else HEADER
            if address == HEADER:
                continue
            if address in answers:
                raise InputError(f"{shown(address)} is given twice")
            typed = MARKS.sub("", match[2].strip())
            answers[address] = SPACED_SIGN.sub(r"\1", DOTS.sub("", typed).strip())
    return answers
