"""How a table of texts is made to fit a width.

    1. each row in one line, if there is room
    2. a formula and the same with numbers under each other, and long texts over several lines
    3. if that isn't enough: each step as a small block, columns of numbers in several tables, other rows as records
"""

from __future__ import annotations

from typing import List, NamedTuple

from neurosim.support.page import fold, fold_formula
from neurosim.support.records import documented

HEADER_PADDING = 2  # tabulate makes a column wider by so much than its header
LEAST, LEAST_FORMULA = 14, 24  # characters of a column of texts, or of formulas, that can still be read


@documented
class Sheet(NamedTuple):
    """A table of texts.

    headers: one for each column
    rows:    a list of texts for each row
    numeric: for each column, whether it holds numbers
    """

    headers: List[str]
    rows: List[List[str]]
    numeric: List[bool]

    def only(self, indices):
        """The sheet with only these columns."""
        headers, *rows = [[row[index] for index in indices] for row in (self.headers, *self.rows)]
        return Sheet(headers, rows, [self.numeric[index] for index in indices])

    def columns(self):
        """The texts of each column, without its header."""
        return list(zip(*self.rows)) or [()] * len(self.headers)


def fitted(sheet, chain, width, draw):
    """The sheet as text whose lines are no longer than `width`, as far as words can be kept whole.

    chain: the indices of two neighbouring columns, a formula and the same with numbers in it; or none
    draw:  a function that makes text of a sheet
    """
    room = width - _between(len(sheet.headers), draw)
    widths = [_width(header, cells) for header, cells in zip(sheet.headers, sheet.columns())]
    if sum(widths) <= room:
        return draw(sheet)
    linked = _linked(sheet, chain)
    folded = _folded(linked, chain[:1], width - _between(len(linked.headers), draw))
    if folded:
        return draw(folded)
    if chain:
        return "\n".join(_block(sheet, row, chain, width) for row in sheet.rows)
    if all(sheet.numeric[1:]):
        return "\n\n".join(draw(sheet.only(band)) for band in _bands(widths, room, draw))
    return "\n\n".join(_record(sheet, row, width) for row in sheet.rows)


def _between(count, draw):
    """How many characters of a line stand between and around so many columns."""
    sample = draw(Sheet(["x"] * count, [["x" * 9] * count], [False] * count))
    return max(map(len, sample.splitlines())) - 9 * count


def _width(header, cells):
    return max(len(header) + HEADER_PADDING, *map(len, cells), 0)


# Under each other


def _linked(sheet, chain):
    """The sheet with the two columns of the chain in one, a line for each."""
    if not chain:
        return sheet
    formula, numbers = chain
    rows = [[*row[:formula], "\n".join(_links(row, chain)), *row[numbers + 1 :]] for row in sheet.rows]
    others = [index for index in range(len(sheet.headers)) if index != numbers]
    return Sheet([sheet.headers[index] for index in others], rows, [sheet.numeric[index] for index in others])


def _links(row, chain):
    """The lines "= formula" and "= formula with numbers", each of them once; of a given number none."""
    return [f"= {text}" for text in dict.fromkeys(row[index] for index in chain) if text]


def _folded(sheet, formulas, room):
    """The sheet with its long texts over several lines, or None if some column would be too narrow to be read."""
    columns = sheet.columns()
    fitting, least = [], []
    for index, (header, cells) in enumerate(zip(sheet.headers, columns)):
        lines = [line for cell in cells for line in cell.split("\n")]
        narrow = LEAST_FORMULA if index in formulas else LEAST
        shortest = 0 if sheet.numeric[index] else narrow
        whole = max([len(word) + HEADER_PADDING for word in header.split()] + [0])
        pieces = lines if sheet.numeric[index] else [piece for line in lines for piece in _pieces(line, index in formulas)]
        fitting.append(_width(header, lines))
        least.append(min(fitting[-1], max([whole, shortest, *map(len, pieces)])))
    if sum(least) > room:
        return None
    while sum(fitting) > room:
        widest = max((index for index in range(len(fitting)) if fitting[index] > least[index]), key=fitting.__getitem__)
        fitting[widest] -= 1
    headers = [_over_lines(text, size - HEADER_PADDING) for text, size in zip(sheet.headers, fitting)]
    rows = [
        [
            text if right else _over_lines(text, size, index in formulas)
            for index, (text, size, right) in enumerate(zip(row, fitting, sheet.numeric))
        ]
        for row in sheet.rows
    ]
    return Sheet(headers, rows, sheet.numeric)


def _pieces(line, is_formula):
    """What of a line must stay whole."""
    return fold_formula(line, 0) if is_formula else line.split()


def _over_lines(text, width, is_formula=False):
    if is_formula:
        return "\n".join(fold_formula(text, width))
    return fold(text, width, "")


# Where that is too wide


def _block(sheet, row, chain, width):
    """A step as a small block: where it stands, its formula, the same with numbers, and its value."""
    before, behind = row[: chain[0]], list(zip(sheet.headers, row))[chain[1] + 1 :]
    first = "  ".join(filter(None, before))
    values = [f"= {text}" if header == "value" else f"{header}: {text}" for header, text in behind if text]
    if not any(row[index] for index in chain):
        return fold(f"{first} {' '.join(values)}", width)
    lines = [f"  {line}" for link in _links(row, chain) for line in fold_formula(link, width - 2)]
    return "\n".join([fold(first, width), *lines, *[fold(f"  {text}", width) for text in values]])


def _bands(widths, room, draw):
    """The indices of the columns of several tables, each of which begins with the first column."""
    bands = []
    for index in range(1, len(widths)):
        if not bands or sum(widths[other] for other in (*bands[-1], index)) + _between(len(bands[-1]) + 1, draw) > room:
            bands.append([0])
        bands[-1].append(index)
    return bands


def _record(sheet, row, width):
    """A row as a record: its first cell, and a line for each of the others under it."""
    cells = [f"{header}: {text}" if header else text for header, text in zip(sheet.headers, row) if text]
    return "\n".join(fold(text, width) for text in (cells[0], *[f"  {text}" for text in cells[1:]]))
