"""Lists of numbers as people type them: with commas or spaces, brackets of either kind, or rows with ; between them."""

from __future__ import annotations

import json
import re

SQUARE = str.maketrans("()", "[]")
CELL = re.compile(r"[^\[\],\s]+")
BETWEEN = re.compile(r'(?<=["\]])\s*,?\s*(?=["\[])')  # two cells or rows, where a comma may be left out


def is_typed_list(text):
    """Whether a text is of a list, or of several, and of no single number."""
    return ";" in text or text.lstrip().startswith(("[", "("))


def typed_list(text):
    """The lists that a text is of, with what was typed in their cells. Raises ValueError for brackets that don't match.

    >>> typed_list("[0.10, 1/8]"), typed_list("(1 2), (3 4)"), typed_list("1, 2; 3, 4")
    (['0.10', '1/8'], [['1', '2'], ['3', '4']], [['1', '2'], ['3', '4']])
    """
    text = " ".join(text.split())
    rows = f"[{text.strip('[]() ').replace(';', '], [')}]" if ";" in text else text.translate(SQUARE)
    cells = CELL.sub(lambda match: json.dumps(match[0]), rows.strip())
    try:
        lists = json.loads(f"[{BETWEEN.sub(', ', cells)}]")
    except RecursionError:
        raise ValueError("too many brackets") from None
    return lists[0] if len(lists) == 1 else lists
