"""Slips of the pen: which of the usual ones makes the printed form of a number into what a person wrote."""

from __future__ import annotations

import re

WRITTEN = re.compile(r"[+-]?(\d*)\.?(\d*)")
FEWEST_DIGITS = 2  # of a number in which a slip can be told from another number
POWERS = (10, 100, 0.1, 0.01)  # by which a point in the wrong place changes a number


def slip(text, value, half_unit):
    """What was done to the number `value` so that `text` stands there, such as "digits swapped", or None.

    >>> slip("0.3952", 0.3925, 0.00005), slip("-0.1385", 0.13849, 0.00005), slip("0.7", 0.3925, 0.05)
    ('digits swapped', 'the sign', None)
    """
    written = WRITTEN.fullmatch(text.strip())
    if not written or value is None:
        return None
    places = len(written[2])
    right, wrong = f"{value:.{places}f}", f"{float(text):.{places}f}"
    if len(right.strip("-0.")) < FEWEST_DIGITS:
        return None
    digits, others = right.lstrip("-"), wrong.lstrip("-")
    if digits == others:
        return "the sign" if right != wrong else None
    if right.startswith("-") != wrong.startswith("-"):
        return None
    return _in_digits(digits.replace(".", ""), others.replace(".", "")) or _digit_lost(value, places, others) or _point(
        value, float(text), half_unit
    )


def _in_digits(right, wrong):
    if len(right) != len(wrong):
        return None
    different = [place for place in range(len(right)) if right[place] != wrong[place]]
    if len(different) == 1 and len(right.strip("0")) > FEWEST_DIGITS:
        return "one digit"
    if len(different) == 2 and different[1] == different[0] + 1:
        one, other = different
        return "digits swapped" if (right[one], right[other]) == (wrong[other], wrong[one]) else None
    return None


def _digit_lost(value, places, wrong):
    """Whether one more place of the number, without one of its digits, is what was written."""
    longer = f"{abs(value):.{places + 1}f}"
    lost = [place for place, sign in enumerate(longer[:-1]) if sign != "."]
    return "a digit lost" if any(longer[:place] + longer[place + 1 :] == wrong for place in lost) else None


def _point(value, written, half_unit):
    if not written or value / written <= 0:
        return None
    slack = max(half_unit / abs(written), 1e-12) * 1.01
    return "the point" if any(abs(value / written / power - 1) < slack for power in POWERS) else None
