"""Tables of any rows, and the table of a trace."""

import json
import re

from neurosim import checks
from neurosim.errors import InputError, UnknownNameError
from neurosim.render.numbers import factor_text, number_text

# Those around a number that is the whole formula, or a function's argument: exp((-1)), max(0, (-1)).
UNNEEDED_BRACKETS = re.compile(r"(?:(?<=^)|(?<=[(])|(?<=, ))\(([^()]*)\)(?=$|[),])")
FEWEST_TERMS = 3  # no formula but a sum over units has more
TRACE_HEADERS = ("#", "phase", "address", "formula", "with numbers", "value")


def table(rows, headers, format="simple", decimals=None, counts=(), widest=None):
    """The rows as text in one of tabulate's formats, or "json": a list with an object for each row.

    Numbers are written by `number_text`, in JSON in full; those of the columns `counts` never get decimals.
    Texts wider than `widest` go over several lines.
    Raises InputError for an unknown format.
    """
    _check_decimals(decimals)
    if format == "json":
        return json.dumps([dict(zip(headers, row)) for row in rows], indent=1, default=str, ensure_ascii=False)
    import tabulate  # only here, so that it is loaded when the first table is drawn

    if format not in tabulate.tabulate_formats:
        raise UnknownNameError("format", format, ["json", *tabulate.tabulate_formats])
    texts = [
        [
            cell if isinstance(cell, str) else number_text(cell, None if header in counts else decimals)
            for header, cell in zip(headers, row)
        ]
        for row in rows
    ]
    numeric = [all(not isinstance(row[column], str) for row in rows) for column in range(len(headers))]
    alignment = ["right" if right else "left" for right in numeric] if rows else None
    return tabulate.tabulate(
        texts, headers, tablefmt=format, disable_numparse=True, colalign=alignment,
        maxcolwidths=[widest] * len(headers) if widest and rows else None,
    )  # fmt: skip


def trace_table(trace, units=None, phases=None, format="simple", decimals=None, terms=8):
    """Each step with its formula, the formula with the numbers in it, and the value.

    units, phases: show only the steps that belong to these; None means all.
    decimals: so many for every number; None means nine significant digits.
    terms: sums of more terms are shortened to so many; None shows them all.
    """
    if terms is not None and checks.count(terms, "terms") < FEWEST_TERMS:
        raise InputError(f"terms must be {FEWEST_TERMS} or more, got {terms}")
    _check_decimals(decimals)
    chosen = {step.address for step in trace.only(units, phases)}
    rows = []
    for number, step in enumerate(trace, 1):
        if step.address not in chosen:
            continue
        rows.append((number, step.phase, step.address, *formulas(trace, step, decimals, terms), step.value))
    return table(rows, TRACE_HEADERS, format, decimals, counts=["#"])


def formulas(trace, step, decimals=None, terms=8):
    """The formula of a step with addresses in it, and with numbers; longer sums are shortened to so many terms.

    >>> from neurosim import Layer, Network
    >>> trace = Network(1, [Layer(1, "linear", weights=[[3]], biases=[-5])]).trace([2])
    >>> formulas(trace, trace["z[o1]"])
    ('w[x1->o1]*a[x1] + b[o1]', '3*2 + (-5)')
    """
    formula = trace.rules[step.rule].formula
    values = [factor_text(trace[operand].value, decimals) for operand in step.operands]
    numbers = UNNEEDED_BRACKETS.sub(r"\1", shorten_sums(formula(values), terms))
    return shorten_sums(formula(step.operands), terms), numbers


def trace_html(trace):
    """The table of a trace as a notebook shows it."""
    return trace_table(trace, format="html")


def _check_decimals(decimals):
    if decimals is not None and (not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= 100):
        raise InputError(f"decimals must be a whole number from 0 to 100, got {decimals!r}")


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
