"""Columns: what the texts of a column are, and the numbers that a network gets for each.

A kind is `Numbers`, `YesNo` or `Categories`. Files write numbers differently; a kind is the same for all files.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from neurosim.problems.table_file import is_missing
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, shorten, shown
from neurosim.support.records import documented

MOST_CATEGORIES = 20  # of a column of texts; more are names or sentences
YES_NO = {"true": 1, "yes": 1, "t": 1, "y": 1, "1": 1, "false": 0, "no": 0, "f": 0, "n": 0, "0": 0}
PAIRS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"})
DECIMAL_COMMA = ("\t", ";", "|")  # the separators beside which a comma may be a decimal one
THOUSANDS = {",": ",", ".": ".", "space": " \u00a0\u202f", "apostrophe": "'’"}  # by the words that stand for them
GROUPED = {word: re.compile(rf"[-+]?\d{{1,3}}(?:[{signs}]\d{{3}})+(?:[.,]\d+)?") for word, signs in THOUSANDS.items()}
DATE = re.compile(
    r"(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3\d{2,4})([ T]\d{1,2}:\d\d.*)?|\d{1,2}:\d\d(:\d\d)?( ?[ap]m)?",
    re.IGNORECASE,
)


@documented
class Notation(NamedTuple):
    """How a file writes numbers.

    decimal: the sign before the decimals, "." or ","
    thousands: one of THOUSANDS between groups of three digits, or None
    """

    decimal: str = "."
    thousands: str | None = None

    def number(self, text):
        """The number that a text says. Raises ValueError if it says none, or one that no float can hold."""
        if self.thousands and GROUPED[self.thousands].fullmatch(text):
            for sign in THOUSANDS[self.thousands]:
                text = text.replace(sign, "")
        if self.decimal == ",":
            if "." in text:
                raise ValueError
            text = text.replace(",", ".")
        if "_" in text:  # which Python takes, as in 1_000
            raise ValueError
        value = float(text)
        if not math.isfinite(value):
            raise ValueError
        return value

    def takes(self, text):
        """Whether the text says a number."""
        try:
            self.number(text)
        except ValueError:
            return False
        return True


def plain_numbers(texts):
    """The texts as numbers, if Python itself reads them all; or None, which is soon found for most others."""
    try:
        values = list(map(float, texts))
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) and not any("_" in text for text in texts) else None


def notation_of(texts, separator, thousands=None):
    """The `Notation` by which most of the texts are numbers, the point before the comma."""
    if thousands is None and plain_numbers(texts) is not None:
        return Notation()
    marks = [mark for mark in ".," if mark != thousands and (mark == "." or thousands == "." or separator in DECIMAL_COMMA)]
    notations = [Notation(mark, thousands) for mark in marks]
    for notation in notations:
        if all(map(notation.takes, texts)):
            return notation
    return max(notations, key=lambda notation: sum(map(notation.takes, texts)))


class Numbers:
    """A column of numbers, one input each."""

    size, description, is_scaled = 1, "number", True
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other):
        return type(self) is type(other) and self.describe() == other.describe()

    def read(self, cells, place, separator=",", thousands=None):
        """The numbers in the cells, None for a missing one."""
        if thousands is None:
            values = plain_numbers(cells)
            if values is not None:
                return values
        texts = [cell for cell in cells if not is_missing(cell)]
        notation, values = notation_of(texts, separator, thousands), []
        for row, cell in enumerate(cells):
            try:
                values.append(None if is_missing(cell) else notation.number(cell))
            except ValueError:
                raise InputError(f"{place(row)}: expected a number, got {shorten(cell)}{_hint(cell)}") from None
        return values

    def inputs(self, value):
        """The network's inputs for a value."""
        return [value]

    def check(self, value, place):
        """The value itself, if it is a number."""
        return checks.number(value, place)

    def describe(self):
        """The kind as an entry of a problem file."""
        return self.description


def _hint(cell):
    """The end of a message about what is no number: it may have thousands separators."""
    word = thousands_in(cell)
    return f"; if that separates thousands, say --thousands {word}" if word else ""


def thousands_in(text):
    """The word for what separates thousands in a text, or None."""
    return next((word for word, pattern in GROUPED.items() if pattern.fullmatch(text)), None)


class YesNo(Numbers):
    """A column of yes and no, true and false, or their first letters: an input that is 1 or 0."""

    description, is_scaled = "yes/no", False

    def read(self, cells, place, separator=",", thousands=None):
        """1 for yes, 0 for no and None for a missing cell."""
        return [None if is_missing(cell) else self.check(cell, place(row)) for row, cell in enumerate(cells)]

    def check(self, value, place):
        """1 or 0 for a text or a truth value."""
        word = str(int(value) if value in (0, 1) else value).lower()
        if word not in YES_NO:
            raise InputError(f"{place}: expected yes or no, got {shorten(value)}")
        return YES_NO[word]


class Categories(Numbers):
    """A column of texts: one input for each of these categories, 1 for the one that it is and 0 for the others."""

    is_scaled = False

    def __init__(self, names):
        self.names = names
        self.size = len(names)

    @property
    def description(self):
        """How a person reads it."""
        return f"{count_of_categories(self.size)} ({', '.join(map(shown, self.names))})"

    def read(self, cells, place, separator=",", thousands=None):
        """The texts, None for a missing one."""
        return [None if is_missing(cell) else self.check(cell, place(row)) for row, cell in enumerate(cells)]

    def inputs(self, value):
        """The network's inputs for a text."""
        return [int(name == value) for name in self.names]

    def check(self, value, place):
        """The text itself, if it is a category."""
        if value not in self.names:
            raise InputError(f"{place}: {UnknownNameError('category', value, self.names)}")
        return value

    def describe(self):
        """The kind as an entry of a problem file."""
        return self.names


def count_of_categories(count):
    """3 categories, or 1 category."""
    return f"{count} categor{'y' if count == 1 else 'ies'}"


NUMBERS, YES_NO_COLUMN = Numbers(), YesNo()


def read_kind(description, place):
    """The kind in a problem file. Raises InputError for what is none."""
    for kind in (NUMBERS, YES_NO_COLUMN):
        if description == kind.description:
            return kind
    if not isinstance(description, list):
        raise InputError(f'{place}: expected "number", "yes/no" or a list of categories, got {shorten(description)}')
    return Categories(distinct_texts(description, place))


def distinct_texts(values, place):
    """The values as a list of texts, one at least and none twice."""
    texts = checks.as_list(values, place, of="names")
    if not texts or not all(isinstance(text, str) for text in texts):
        raise InputError(f"{place}: expected a list of names, got {shorten(values)}")
    if len(set(texts)) < len(texts):
        raise InputError(f"{place}: a name stands twice in {shorten(texts)}")
    return texts


class Unusable(InputError):
    """A column that can be taken neither for numbers nor for categories."""


class Dates(Unusable):
    """A column of dates or times."""


def is_text(cells, separator):
    """Whether a column holds texts, a few or many."""
    try:
        return isinstance(kind_of(cells, separator), Categories)
    except Unusable as error:
        return not isinstance(error, Dates)


def kind_of(cells, separator, thousands=None):
    """What the cells of a column are taken for, from most of those that are not missing.

    Raises Unusable for dates and for texts that are too many; whoever reads the cells as numbers says which is none.
    """
    texts = [cell for cell in cells if not is_missing(cell)]
    if not texts or thousands is None and plain_numbers(texts) is not None:
        return NUMBERS
    notation = notation_of(texts, separator, thousands)
    numbers = sum(notation.takes(text) or thousands_in(text) is not None for text in texts)
    words = {text.lower() for text in texts}
    distinct = sorted(set(texts))
    dates = [text for text in texts if DATE.fullmatch(text) and not notation.takes(text)]
    if 2 * len(dates) >= len(texts):
        raise Dates(f"dates, such as {shorten(dates[0])}")
    if 2 * numbers >= len(texts):
        return NUMBERS
    if any(words <= pair for pair in PAIRS):
        return YES_NO_COLUMN
    if len(distinct) > MOST_CATEGORIES:
        raise Unusable(f"{len(distinct)} different texts, such as {shorten(distinct[0])}")
    return Categories(distinct)
