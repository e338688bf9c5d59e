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
    places, shown = len(written[2]), f"{written[1] or 0}.{written[2]}"
    right = _printed(value, places, cut)
    if text.strip().startswith("-") != (value < 0):
        return "the sign" if shown in right and len(_digits(shown)) >= FEWEST_DIGITS else None
    for one in right:
        done = _in_digits(one, shown)
        if done:
            return done
    if any(_is_lost(longer, shown) for longer in right | _printed(value, places + 1, cut)):
        return "a digit lost"
    return "the point" if _is_shifted(value, places, cut, shown) else None


def _printed(value, places, cut):
    """The size of a number to so many places: rounded by hand and by a program, or cut off."""
    by_hand = f"{to_places(abs(value), places, cut):.{places}f}"
    forms = {by_hand} if cut else {by_hand, f"{abs(value):.{places}f}"}
    return forms if places else {f"{one}." for one in forms}


def _digits(shown):
    """The digits from the first that is not 0."""
    return shown.replace(".", "").lstrip("0")


def _in_digits(right, shown):
    """Which it is of one digit that is other than it should be, and two neighbours swapped; or None."""
    if len(right) != len(shown):
        return None
    right, shown = right.replace(".", ""), shown.replace(".", "")
    other = [place for place, digit in enumerate(right) if digit != shown[place]]
    if len(other) == 1:
        first = len(right) - max(len(_digits(right)), len(_digits(shown)))
        same = "".join(digit for place, digit in enumerate(right) if place >= first and place != other[0])
        return "one digit" if len(same.rstrip("0")) >= FEWEST_DIGITS else None
    if len(other) != 2 or other[1] != other[0] + 1 or len(right.strip("0")) < FEWEST_DIGITS:
        return None
    one, next_one = other
    return "digits swapped" if (right[one], right[next_one]) == (shown[next_one], shown[one]) else None


def _is_lost(longer, shown):
    """Whether a number without one of its digits but the last is what was written."""
    are_enough = len(_digits(shown).rstrip("0")) >= FEWEST_DIGITS
    return are_enough and any(longer[:place] + longer[place + 1 :] == shown for place in range(len(longer) - 1))


def _is_shifted(value, places, cut, shown):
    """Whether the same digits stand around a point in another place."""
    digits = _digits(shown)
    return len(digits) >= FEWEST_DIGITS and any(
        digits in map(_digits, _printed(value, places + shift, cut)) for shift in SHIFTS if places + shift >= 0
    )
