"""The one place where numbers become text."""

from __future__ import annotations

from itertools import combinations

SIGNIFICANT_DIGITS = 6
LONGEST = 10**20  # numerators and denominators beyond are for no reader


def number_text(value, decimals=None):
    """The number with so many decimals, or "all" its digits; without a choice with six significant digits.

    Fractions stay fractions, such as 1/3, unless decimals are asked for or they have more than 20 digits.

    >>> number_text(0.1 + 0.2), number_text(1/3, decimals=4), number_text(2.0), number_text(0.1 + 0.2, "all")
    ('0.3', '0.3333', '2', '0.30000000000000004')
    """
    if decimals == "all":
        return _in_full(value)
    if hasattr(value, "denominator"):  # a whole number or a fraction
        if decimals is None and abs(value.numerator) < LONGEST and value.denominator < LONGEST:
            return str(value)
        try:
            value = value.numerator / value.denominator
        except OverflowError:
            return "-inf" if value < 0 else "inf"
    places = f".{SIGNIFICANT_DIGITS}g" if decimals is None else f".{decimals}f"
    try:
        return _without_sign_of_zero(format(value, places))
    except (TypeError, ValueError):
        return str(value)  # a kind of number that formats itself


def told_apart(*values):
    """The texts of some numbers, with all their digits if different ones would read the same.

    >>> told_apart(0.5, 0.50000001), told_apart(0.5, 0.25)
    (['0.5', '0.50000001'], ['0.5', '0.25'])
    """
    texts = [number_text(value) for value in values]
    pairs = combinations(zip(values, texts), 2)
    same = any(one != other and text == other_text for (one, text), (other, other_text) in pairs)
    return [number_text(value, "all") for value in values] if same else texts


def _in_full(value):
    if not isinstance(value, float):
        return str(value)
    text = _without_sign_of_zero(float.__repr__(value))
    return text[:-2] if text.endswith(".0") else text


def factor_text(value, decimals=None):
    """The number as it stands inside a formula."""
    return in_brackets(number_text(value, decimals))


def in_brackets(text):
    """The text of a number, in brackets where a sign or a stroke would be misread."""
    return f"({text})" if text.startswith("-") or "/" in text else text


def _without_sign_of_zero(text):
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text
