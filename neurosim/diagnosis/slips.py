"""Slips of the pen: which of the usual ones makes the printed form of a number into what a person wrote."""

from __future__ import annotations

import re

from neurosim.diagnosis.roundings import to_places

WRITTEN = re.compile(r"[+-]?(\d*)\.?(\d*)")
FEWEST_DIGITS = 2  # of a number in which a slip can be told from another number
SHIFTS = (1, 2, -1, -2)  # places by which a point stands wrong


def slip(text, value, cut=False):
    """What was done to a number, rounded or cut off, so that `text` stands there, such as "digits swapped", or None.

    >>> slip("0.3952", 0.3925), slip("-0.1385", 0.13849), slip("0.031", 0.0031397), slip("0.7", 0.3925)
    ('digits swapped', 'the sign', 'a digit lost', None)
    """
    written = WRITTEN.fullmatch(text.strip())
    if not written or not value:
        return None
    digits, places = (written[1] or "0") + written[2], len(written[2])
    if text.strip().startswith("-") != (value < 0):
        is_sign = len(digits.lstrip("0")) >= FEWEST_DIGITS and digits in _printed(value, places, cut)
        return "the sign" if is_sign else None
    for right in _printed(value, places, cut):
        done = _in_digits(right, digits)
        if done:
            return done
    if any(_is_lost(longer, digits) for longer in _printed(value, places + 1, cut)):
        return "a digit lost"
    return "the point" if _is_shifted(value, places, cut, digits) else None


def _printed(value, places, cut):
    """The digits of a number to so many places: rounded by hand and by a program, or cut off."""
    by_hand = f"{to_places(abs(value), places, cut):.{places}f}"
    return {one.replace(".", "") for one in ([by_hand] if cut else [by_hand, f"{abs(value):.{places}f}"])}


def _in_digits(right, wrong):
    """Whether one digit is other than it should be, or two neighbours are swapped."""
    if len(right) != len(wrong):
        return None
    different = [place for place in range(len(right)) if right[place] != wrong[place]]
    if len(different) == 1:
        first = min(len(digits) - len(digits.lstrip("0")) for digits in (right, wrong))
        same = right[first : different[0]] + right[different[0] + 1 :][first > different[0] :]
        return "one digit" if len(same.rstrip("0")) >= FEWEST_DIGITS else None
    if len(different) == 2 and different[1] == different[0] + 1 and len(right.strip("0")) >= FEWEST_DIGITS:
        one, other = different
        return "digits swapped" if (right[one], right[other]) == (wrong[other], wrong[one]) else None
    return None


def _is_lost(longer, wrong):
    """Whether one place more of the number, without one of its digits but the last, is what was written."""
    are_enough = len(wrong.strip("0")) >= FEWEST_DIGITS
    return are_enough and any(longer[:place] + longer[place + 1 :] == wrong for place in range(len(longer) - 1))


def _is_shifted(value, places, cut, digits):
    """Whether the same digits stand around a point in another place."""
    shown = digits.lstrip("0")
    return len(shown) >= FEWEST_DIGITS and any(
        shown in [right.lstrip("0") for right in _printed(value, places + shift, cut)]
        for shift in SHIFTS if places + shift >= 0
    )
