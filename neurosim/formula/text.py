"""The text of a formula: brackets that nobody needs, and sums that are too long to show."""

from __future__ import annotations

import re

# Those around a number that is the whole formula, or a function's argument: exp((-1)), max(0, (-1)).
UNNEEDED_BRACKETS = re.compile(r"(?:(?<=^)|(?<=[(])|(?<=, ))\(([^()]*)\)(?=$|[),])")


def shorten_sums(formula, terms):
    """The formula with the middle of every long sum left out.

    >>> shorten_sums("(a + b + c + d) / 4", terms=3)
    '(a + b + ... + d) / 4'
    """
    if terms is None or formula.count(" + ") < terms:
        return formula
    cuts, sums, in_address = [], [[0]], False  # of each sum that is open: where its terms begin
    for position, sign in enumerate(formula + ")"):
        if sign in "[]":
            in_address = sign == "["  # a unit's name may contain brackets
        elif in_address:
            continue
        elif sign == "(":
            sums.append([position + 1])
        elif sign == ")":
            beginnings = sums.pop()
            if len(beginnings) > terms:
                cuts.append((beginnings[terms - 1], beginnings[-1]))
        elif formula.startswith(" + ", position):
            sums[-1].append(position + 3)
    for start, end in sorted(cuts, reverse=True):
        formula = f"{formula[:start]}... + {formula[end:]}"
    return formula
