"""Numbers as people type them: 0.0073, -1.2e-3, 0,0073, 59.3 %, 1/3; and what stands where none was typed.

    a blank:        None (JSON's null), an empty text, "?" or a dash alone
    a minus sign:   the keyboard's or a typographer's
    a decimal comma counts as the point it is; commas between thousands are refused
    a fraction:     of whole numbers, exact
    a percentage:   a hundredth of its number, as precise as its own last digit
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from neurosim.support.errors import InputError, shorten

DASHES = re.compile("[\u2010-\u2014\u2212\ufe63\uff0d]")  # what a word processor makes of a minus sign
BLANKS = ("", "?", "-")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?")
PERCENT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*%")
FRACTION = re.compile(r"([+-]?\d+)\s*/\s*(\d+)")
COMMA = re.compile(r"([^,.]*),(\d[^,.]*)")  # the one comma of a number
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # which may be one number or another
MOST_DIGITS = 400  # what is longer was not typed as a number
WAYS = ("0.25", ".25", "0,25", "2.5e-1", "25%", "1/4")  # one number in each way that it may be written
LARGEST = 1e300


class TypedNumber(NamedTuple):
    """A number that was typed.

    text:    as it was typed, with a plain minus sign and a point
    value:   as a float
    kind:    "decimal", "percent" or "fraction"
    decimal: the decimal in the text, without the sign of a percentage; None of a fraction
    comma:   "" without a decimal comma, "clear" with one, "doubtful" where it may stand between thousands
    """

    text: str
    value: float
    kind: str
    decimal: Decimal | None
    comma: str

    @property
    def places(self) -> int:
        """How many decimals were typed; of a fraction none."""
        if self.decimal is None:
            return 0
        _, _, exponent = self.decimal.as_tuple()
        return max(0, -int(exponent))


def is_blank(typed):
    """Whether it stands for a number that was not worked out."""
    if isinstance(typed, str) and len(typed) <= MOST_DIGITS:
        return DASHES.sub("-", typed).strip() in BLANKS
    return typed is None


def typed_number(typed, place):
    """The `TypedNumber` in a text or in a program's number; InputError, beginning with the place, if there is none."""
    text = DASHES.sub("-", _text(typed)).strip()
    comma = "" if not COMMA.fullmatch(text) else "doubtful" if THOUSANDS.fullmatch(text) else "clear"
    number = _known_kind(with_point(text), comma)
    if number is None or not abs(number.value) < LARGEST:
        why = "; a comma is a decimal point here, and none stands between thousands" if "," in text else ""
        raise InputError(f"{place}: expected a number, got {shorten(typed)}{why}")
    return number


def ways_to_write():
    """A sentence that says how a number may be written, and what leaves one out."""
    *others, last = [way for way in WAYS if typed_number(way, "WAYS").value == 0.25]
    *blanks, blank = [sign or "nothing" for sign in BLANKS]
    return f"A number may be written as {', '.join(others)} or {last}; {', '.join(blanks)} or {blank} leaves it out."


def with_point(text):
    """A text whose only comma is a decimal comma with a point in its place."""
    found = COMMA.fullmatch(text)
    return f"{found[1]}.{found[2]}" if found else text


def _known_kind(text, comma):
    if NUMBER.fullmatch(text):
        return TypedNumber(text, float(text), "decimal", Decimal(text), comma)
    fraction, percent = FRACTION.fullmatch(text), PERCENT.fullmatch(text)
    if fraction:
        above, below = int(fraction[1]), int(fraction[2])
        return TypedNumber(text, _ratio(above, below), "fraction", None, comma)
    if percent:
        return TypedNumber(text, float(f"{percent[1]}e-2"), "percent", Decimal(percent[1]), comma)
    return None


def _ratio(above, below):
    """The fraction as a float; infinity where there is none."""
    try:
        return float(Fraction(above, below))
    except ArithmeticError:
        return float("inf")


def _text(typed):
    """What was typed, or a program's number as a text; what is none, or too long, as no text."""
    if isinstance(typed, str):
        return typed if len(typed) <= MOST_DIGITS else ""
    if isinstance(typed, bool) or not isinstance(typed, (int, float, Decimal, Fraction)):
        return ""
    try:
        text = repr(float(typed)) if isinstance(typed, Fraction) else str(typed)
    except (OverflowError, ValueError):  # too large for a float, or of more digits than Python writes
        return ""
    return text if len(text) <= MOST_DIGITS else ""
