"""The types of the values that options take: each makes of a text what it stands for, or says what was expected."""

from __future__ import annotations

import argparse
import math
import re

from neurosim.support.errors import InputError, shorten
from neurosim.support.tables import check_format
from neurosim.support.typed_lists import is_typed_list, typed_list

MOST_DIGITS = 20  # of a whole number


def examples(text):
    """One example, `0.05,0.1`, or several, `0,1;1,1`, as a list of lists of floats.

    A space does for a comma, and so do lists in square or round brackets: `[0, 1]`, `(0, 1)`, `[[0, 1], [1, 1]]`.
    """
    message = f"expected numbers with commas between them, got {shorten(text)}"
    try:
        rows = typed_list(text if is_typed_list(text) else f"[{text}]")
    except ValueError:
        raise argparse.ArgumentTypeError(message) from None
    rows = rows if all(isinstance(row, list) for row in rows) else [rows]
    if not all(row and all(isinstance(cell, str) for cell in row) for row in rows or [[]]):
        raise argparse.ArgumentTypeError(message)
    return [[_float(cell, message) for cell in row] for row in rows]


def cells(text):
    """The same for a network that learned from a data file, where a cell may be a text: `red,yes,4`."""
    return [[_number_or_text(cell.strip()) for cell in row.split(",")] for row in text.split(";")]


def _number_or_text(text):
    try:
        return float(text)
    except ValueError:
        return text


def names(text):
    """`h1,o2` as a list."""
    return [name.strip() for name in text.split(",")]


def whole_number(text, other=""):
    """`12` as an int."""
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        least = " of 0 or more" if re.fullmatch(r"-\d+", text) else ""
        raise argparse.ArgumentTypeError(f"expected a whole number{least}{other}, got {shorten(text)}")
    return int(text)


def whole_number_or_all(text):
    """`12` as an int, or `all`."""
    return text if text == "all" else whole_number(text, " or all")


def setting(text):
    """`z[h1]=0.38` as a pair of an address and a float."""
    address, number = typed_setting(text)
    return address, _float(number, f"expected a number behind the =, got {shorten(number)}")


def typed_setting(text):
    """`z[h1]=0.380` as a pair of an address and the number as it was typed."""
    address, sign, number = text.rpartition("=")
    if not sign or not address:
        raise argparse.ArgumentTypeError(f"expected an address and a number, such as z[h1]=0.38, got {shorten(text)}")
    return address.strip(), number.strip()


def gradients(text):
    """`o1,o2=-0.5` as pairs of a name and a float, which is 1 where none was given."""
    pairs = [name.partition("=") for name in names(text)]
    return [
        (name.strip(), _float(number, f"expected a number behind the =, got {shorten(number)}") if sign else 1)
        for name, sign, number in pairs
    ]


def seconds(text):
    """`5` as a float of 0 or more."""
    number = _float(text, f"expected seconds, got {shorten(text)}")
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"expected seconds, 0 or more, got {shorten(text)}")
    return number


def table_format(text):
    """The name of a format that tables can be drawn in."""
    try:
        check_format(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def rate(text):
    """`0.5` as a float."""
    return _float(text, f"expected a number, got {shorten(text)}")


def _float(text, message):
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(message) from None
