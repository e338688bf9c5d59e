"""Tables of any rows, in the formats of tabulate or as JSON or CSV, and what else a report writes as JSON."""

from __future__ import annotations

import csv
import io
import json
import re

from neurosim.support import checks
from neurosim.support.number_text import number_text

MARKDOWN_FORMATS = ("github", "pipe")  # whose text tabulate does not escape
MARKDOWN = re.compile(r"[\\`*_<|~$&]")


def table(rows, headers, format="simple", decimals=None, counts=(), widest=None):
    """The rows as text in one of tabulate's formats, or "json": a list with an object for each row.

    Numbers are written by `number_text`, in JSON in full; those of the columns `counts` never get decimals.
    Texts wider than `widest` go over several lines.
    Raises InputError for an unknown format.
    """
    checks.decimals(decimals)
    if format == "json":
        return json_text([dict(zip(headers, row)) for row in rows])
    import tabulate  # only here, so that it is loaded when the first table is drawn

    checks.known("format", format, ["json", *tabulate.tabulate_formats])
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
    )


def json_text(document):
    """A report as JSON; what JSON has no word for, such as a fraction, as text."""
    return json.dumps(document, indent=1, default=str, ensure_ascii=False)


def csv_text(headers, rows):
    """The rows as CSV, numbers in full."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([headers, *rows])
    return file.getvalue()


def markdown_text(text):
    """The text inside a line of Markdown or the cell of a table."""
    return MARKDOWN.sub(r"\\\g<0>", text)
