"""How a table of texts is made to fit a width.

    1. each row in one line, if there is room
    2. a formula and the same with numbers under each other, and long texts over several lines
    3. if that isn't enough: each step as a small block, short columns in several tables, other rows as records
"""

from __future__ import annotations

from typing import List, NamedTuple

from neurosim.support.page import fold, fold_formula
from neurosim.support.records import documented

NUMBERS, TEXTS, FORMULAS = "numbers", "texts", "formulas"
LEAST = {NUMBERS: 0, TEXTS: 14, FORMULAS: 24}  # characters of a column that can still be read
WIDEST_IN_BANDS = 20  # characters of a column that is kept as it is
HEADER_PADDING = 2  # tabulate makes a column wider by so much than its header


@documented
class Column(NamedTuple):
    """A column of a table.

    header: what stands above it
    cells:  the texts under it, some of several lines
    kind:   what they are: "numbers", "texts" or "formulas"
    """

    header: str
    cells: List[str]
    kind: str = TEXTS

    def lines(self):
        """The lines of all its cells."""
        return [line for cell in self.cells for line in cell.split("\n")]

    def width(self):
        """How wide it is drawn."""
        headings = [len(line) + HEADER_PADDING for line in self.header.split("\n")]
        return max(*headings, *map(len, self.lines()), 0)

    def least_width(self):
        """How narrow it can become: no word is broken, and it can still be read."""
        whole = self.lines() if self.kind == NUMBERS else [piece for line in self.lines() for piece in self._pieces(line)]
        longest = max([len(word) + HEADER_PADDING for word in self.header.split()] + [len(piece) for piece in whole])
        return min(self.width(), max(longest, LEAST[self.kind]))

    def _pieces(self, line):
        return fold_formula(line, 0) if self.kind == FORMULAS else line.split()

    def cost(self, width):
        """About how many lines are added to its cells by each character that it is narrower than this width."""
        return sum(length for length in map(len, self.lines()) if length >= width) / width**2

    def folded(self, width):
        """The column with what is longer than this width over several lines."""
        header = fold(self.header, width - HEADER_PADDING, "")
        if self.kind == NUMBERS:
            return self._replace(header=header)
        if self.kind == FORMULAS:
            return self._replace(header=header, cells=["\n".join(fold_formula(cell, width)) for cell in self.cells])
        return self._replace(header=header, cells=[fold(cell, width, "") for cell in self.cells])


def fitted(columns, keys, width, draw):
    """The columns as text whose lines are no longer than `width`, as far as words can be kept whole.

    Two columns of formulas beside each other are a formula and the same with numbers in it.

    keys: how many columns at the left say what a row is about
    draw: a function that makes text of columns
    """
    if _drawn_width(columns, draw) <= width:
        return draw(columns)
    folded = _folded(_linked(columns), width, draw)
    if folded:
        return draw(folded)
    rows = list(zip(*[column.cells for column in columns]))
    if any(column.kind == FORMULAS for column in columns):
        return "\n".join(_block(columns, row, width) for row in rows)
    if all(column.width() <= WIDEST_IN_BANDS for column in columns):
        narrow = [column.folded(column.least_width()) for column in columns]
        return "\n\n".join(draw(band) for band in _bands(narrow, keys, width, draw))
    return "\n\n".join(_record(columns, row, width) for row in rows)


def _drawn_width(columns, draw):
    return sum(column.width() for column in columns) + _between(len(columns), draw)


def _between(count, draw):
    """How many characters of a line stand between and around so many columns."""
    sample = draw([Column("x", ["x" * 9])] * count)
    return max(map(len, sample.splitlines())) - 9 * count


# Over several lines


def _linked(columns):
    """The columns, with a formula and the same with numbers in it under each other in one."""
    linked = []
    for column in columns:
        if linked and linked[-1].kind == column.kind == FORMULAS:
            cells = ["\n".join(_links(*pair)) for pair in zip(linked[-1].cells, column.cells)]
            linked[-1] = linked[-1]._replace(cells=cells)
        else:
            linked.append(column)
    return linked


def _links(*formulas):
    """The lines "= formula" and "= formula with numbers", each of them once; of a given number none."""
    return [f"= {formula}" for formula in dict.fromkeys(formulas) if formula]


def _folded(columns, width, draw):
    """The columns so narrow that they fit, or None if one would be too narrow to be read."""
    least = [column.least_width() for column in columns]
    widths = [column.width() for column in columns]
    room = width - _between(len(columns), draw)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        can_give = [index for index, size in enumerate(widths) if size > least[index]]
        widths[min(can_give, key=lambda index: columns[index].cost(widths[index]))] -= 1
    return [column.folded(size) for column, size in zip(columns, widths)]


# Where that is too wide


def _block(columns, row, width):
    """A step as a small block: what it is, its formula, the same with numbers, and its value."""
    cells = [(column, cell) for column, cell in zip(columns, row) if cell]
    formulas = _links(*[cell for column, cell in cells if column.kind == FORMULAS])
    value = "".join(cell for column, cell in cells if column.header == "value")
    others = [cell for column, cell in cells if column.kind != FORMULAS and column.header != "value"]
    first = "  ".join(others)
    if not formulas:
        return fold(f"{first} = {value}" if value else first, width)
    lines = [f"  {line}" for formula in formulas for line in fold_formula(formula, width - 2)]
    return "\n".join([fold(first, width), *lines, *[f"  = {value}"] * bool(value)])


def _bands(columns, keys, width, draw):
    """The columns of several tables, each of which begins with the keys."""
    bands = [columns[:keys]]
    for column in columns[keys:]:
        if len(bands[-1]) > keys and _drawn_width([*bands[-1], column], draw) > width:
            bands.append(columns[:keys])
        bands[-1] = [*bands[-1], column]
    return bands


def _record(columns, row, width):
    """A row as a record: its first cell, and a line for each of the others under it."""
    cells = [f"{column.header}: {cell}" if column.header else cell for column, cell in zip(columns, row) if cell]
    return "\n".join(fold(text, width) for text in (cells[0], *[f"  {text}" for text in cells[1:]]))
