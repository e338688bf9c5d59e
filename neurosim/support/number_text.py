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


def product_text(value, decimals=None):
    """The number, with two significant digits also where so many decimals have no room for them.

    >>> product_text(1.234e-7, 6), product_text(0.01234, 6), product_text(0.0, 6)
    ('1.2e-07', '0.012340', '0.000000')
    """
    text = number_text(value, decimals)
    if not isinstance(decimals, int) or value == 0 or not -1 < value < 1 or len(text.lstrip("-0.")) > 1:
        return text
    return format(value.numerator / value.denominator if hasattr(value, "denominator") else value, ".2g")


def factor_text(value, decimals=None):
    """The number as it stands inside a product."""
    return in_brackets(product_text(value, decimals))


def in_brackets(text):
    """The text of a number, in brackets where a sign or a stroke would be misread."""
    return f"({text})" if text.startswith("-") or "/" in text else text


def _without_sign_of_zero(text):
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text
