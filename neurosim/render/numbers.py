"""The one place where numbers become text."""

SIGNIFICANT_DIGITS = 9


def number_text(value, decimals=None):
    """The number with so many decimals; without a choice with nine significant digits, no zeros at the end.

    Exact fractions stay fractions, such as 1/3, unless decimals are asked for.

    >>> number_text(0.1 + 0.2), number_text(1/3, decimals=4), number_text(2.0)
    ('0.3', '0.3333', '2')
    """
    if decimals is not None:
        return _without_sign_of_nought(format(_formattable(value), f".{decimals}f"))
    if isinstance(value, int) or hasattr(value, "denominator"):
        return str(value)
    try:
        return _without_sign_of_nought(format(value, f".{SIGNIFICANT_DIGITS}g"))
    except (TypeError, ValueError):
        return str(value)  # a number of a kind of its own knows best


def factor_text(value, decimals=None):
    """The number as it stands inside a formula: in brackets where a sign or a stroke would be misread."""
    text = number_text(value, decimals)
    return f"({text})" if text.startswith("-") or "/" in text else text


def _formattable(value):
    """Fractions learnt to be formatted in Python 3.12 only."""
    return float(value) if hasattr(value, "denominator") and not isinstance(value, int) else value


def _without_sign_of_nought(text):
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text
