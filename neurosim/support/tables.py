"""Tables of any rows, in the formats of tabulate or as JSON or CSV, and what else a report writes as JSON."""

from __future__ import annotations

import csv
import io
import json
import re

from neurosim.support import checks
from neurosim.support.fitting import FORMULAS, NUMBERS, TEXTS, Column, fitted
from neurosim.support.number_text import number_text, product_text
from neurosim.support.page import fold, page_width, preformatted, visible

UNSAFE_FORMATS = ("latex_raw", "unsafehtml")  # which leave everything as it was typed, and so are not offered
WIKI_FORMATS = ("asciidoc", "jira", "mediawiki", "moinmoin", "textile", "youtrack")
READ_BY_PROGRAMS = ("github", "jira", "orgtbl", "pipe")  # in which a row is a line, though tabulate would make several
MARKDOWN = re.compile(r"[\\`*_<|~$&]|(?<=\])\(")  # the last: that of a link, [x](y)
WIKI = re.compile(r"""[&<>|\\[\]{}*_'"`~^+#!?@%$]""")
RST = re.compile(r"[\\`*_|]|^(?=[^\w\\`*_|])")  # also what stands first, as in the directive .. include::
# A spreadsheet takes a text with one of these in front for a formula of its own, some also behind spaces, and Japanese
# ones the wide signs too: owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r" *[-=+@\uff1d\uff0b\uff0d\uff20]")
LEFT = re.compile(r"<t[hd](?=>)")  # cells of HTML, which notebooks would move to the right
MOST_ROWS = 80  # of a table that was not asked for by name: in a notebook, and where a result is printed
NUMBER = re.compile(r" *[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)? *| *-?\d+/\d+ *", re.ASCII | re.IGNORECASE)


def table(rows, headers, format="simple", decimals=None, counts=(), width=None, chain=(), keys=1, products=(),
          most=None, whole="text(most=None)"):
    """The rows as text in one of tabulate's formats, or "json": a list with an object for each row.

    Numbers are written by `number_text`, in JSON in full; those of the columns `counts` never get decimals, and those of
    `products` keep two significant digits.
    In a format that is read as it is no line is longer than `width`, as far as addresses and numbers can be kept whole.

    chain: two columns, a formula and the same with numbers in it, that go under each other where there is no room
    keys: how many columns at the left stand again at the left of each table, where there must be several
    most: of more rows only so many are drawn, from both ends; a line below says so, and by which call `whole` all are
    Raises InputError for an unknown format.
    """
    checks.decimals(decimals)
    width = page_width(width)
    if format == "json":
        return json_text([dict(zip(headers, row)) for row in rows])
    check_format(format)
    import tabulate  # only here, so that it is loaded when the first table is drawn

    columns, missing = [], 0 if most is None else max(len(rows) - most, 0)
    gap = most - most // 4 if missing else None  # the first rows tell more than the last
    rows = [*rows[:gap], *rows[gap + missing :]] if missing else rows
    for index, header in enumerate(headers):
        cells = [row[index] for row in rows]
        numeric = bool(rows) and not any(isinstance(cell, str) for cell in cells)
        kind = FORMULAS if header in chain else NUMBERS if numeric else TEXTS
        number = product_text if header in products else number_text
        texts = [_cell(cell, format, None if header in counts else decimals, number) for cell in cells]
        if missing:
            texts.insert(gap, "..." if index == 0 else "")
        columns.append(Column(_cell(header, format), texts, kind))

    def draw(columns):
        rows = list(zip(*[column.cells for column in columns]))
        alignment = ["right" if column.kind == NUMBERS else "left" for column in columns] if rows else None
        headers = [column.header for column in columns]
        drawn = tabulate.tabulate(rows, headers, tablefmt=format, disable_numparse=True, colalign=alignment)
        return LEFT.sub(r'\g<0> style="text-align: left;"', drawn) if format == "html" else drawn

    is_fitted = format in tabulate.multiline_formats and format not in READ_BY_PROGRAMS
    drawn = fitted(columns, keys, width, draw) if is_fitted else draw(columns)
    if missing:
        note = f"{missing} of {len(rows) + missing} rows are left out here; {whole} shows them all"
        drawn += "\n\n" + paragraph(note, format, width)
    return drawn


def check_format(format):
    """Raise UnknownNameError for what is no format of a table."""
    if format not in ("simple", "json"):  # for which nothing need be loaded
        from tabulate import tabulate_formats

        checks.known("format", format, ["json", *(name for name in tabulate_formats if name not in UNSAFE_FORMATS)])


def _cell(value, format, decimals=None, number=number_text):
    """The text of a header or a cell in one of tabulate's formats."""
    if not isinstance(value, str):
        return number(value, decimals)
    return ESCAPES.get(format, str)(visible(value))


def paragraph(text, format="simple", width=None):
    """A text of one or several lines that stands beside the tables of a format; folded, where it is read as it is."""
    text = visible(text, kept="\n")
    if format == "html":
        return preformatted(text)
    if format.startswith("latex"):
        from tabulate import LATEX_ESCAPE_RULES

        return "".join(LATEX_ESCAPE_RULES.get(sign, sign) for sign in text)
    if format in ESCAPES:
        return "\n".join(map(ESCAPES[format], text.split("\n")))
    return fold(text, page_width(width))


def json_text(document):
    """A report as JSON; what JSON has no word for, such as a fraction, as text."""
    return json_safe(json.dumps(document, indent=1, default=str, ensure_ascii=False))


def json_safe(text):
    r"""JSON with every sign that can't be seen written as JSON does: \u001b. It means the same."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text)


def csv_text(headers, rows):
    """The rows as CSV, numbers in full, texts so that a spreadsheet takes each for one."""
    file = io.StringIO()
    texts = [[cell_text(visible(cell)) if isinstance(cell, str) else cell for cell in row] for row in (headers, *rows)]
    csv.writer(file, lineterminator="\n").writerows(texts)
    return file.getvalue()


def cell_text(text):
    """The text so that a spreadsheet takes it for one, also where it begins like a formula: '=f."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def plain(text):
    """The text of a cell that `cell_text` has written."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def _tsv_text(text):
    """The same where no quotes stand around a text, so that one that begins with a quote would run on."""
    return f"'{text}" if text.lstrip(" ").startswith('"') else cell_text(text)


def markdown_text(text):
    """The text inside a line of Markdown or the cell of a table."""
    return MARKDOWN.sub(r"\\\g<0>", visible(text))


def _wiki_text(text):
    """The text in a wiki's markup, all of which show a sign that is written by its number."""
    return WIKI.sub(lambda match: f"&#{ord(match[0])};", text)


def _rst_text(text):
    return RST.sub(r"\\\g<0>", text)


def _org_text(text):
    return text.replace("|", r"\vert{}")


ESCAPES = {  # what tabulate leaves as it is
    **dict.fromkeys(WIKI_FORMATS, _wiki_text), "github": markdown_text, "pipe": markdown_text, "tsv": _tsv_text,
    "rst": _rst_text, "orgtbl": _org_text,
}
