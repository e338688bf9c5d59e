"""Tables of any rows, and the table of a trace."""

import json

from neurosim.errors import UnknownNameError
from neurosim.render.escaping import markdown_text
from neurosim.render.formulas import check_decimals, check_terms, chosen_lines, in_numbers, in_symbols
from neurosim.render.numbers import number_text

MARKDOWN_FORMATS = ("github", "pipe")  # whose text tabulate does not escape
TRACE_HEADERS = ("#", "phase", "address", "formula", "with numbers", "value")


def table(rows, headers, format="simple", decimals=None, counts=(), widest=None):
    """The rows as text in one of tabulate's formats, or "json": a list with an object for each row.

    Numbers are written by `number_text`, in JSON in full; those of the columns `counts` never get decimals.
    Texts wider than `widest` go over several lines.
    Raises InputError for an unknown format.
    """
    check_decimals(decimals)
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
    if format in MARKDOWN_FORMATS:
        headers, *texts = [[markdown_text(text) for text in row] for row in (headers, *texts)]
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
    check_terms(terms)
    check_decimals(decimals)
    rows = [
        (
            line.number, line.step.phase, line.step.address,
            in_symbols(line, terms), in_numbers(line, terms, decimals), line.step.value,
        )
        for line in chosen_lines(trace, units, phases)
    ]  # fmt: skip
    return table(rows, TRACE_HEADERS, format, decimals, counts=["#"])


def trace_html(trace):
    """The table of a trace as a notebook shows it."""
    return trace_table(trace, format="html")
