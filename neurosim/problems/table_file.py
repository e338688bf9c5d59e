"""Table files: the texts of a table as people's programs write it, with the line that each row stood in.

The separator, the header and what stands too much at the ends of lines are found by looking, and each can be said.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from itertools import islice

from neurosim.support import checks
from neurosim.support.errors import InputError, counted, shorten, shown, shown_path
from neurosim.support.files import check_path, read_whole, told_with
from neurosim.support.report import Result

# By the words that stand for them, in the order in which they are tried: beside semicolons commas are decimal ones.
SEPARATORS = {"tab": "\t", ";": ";", "|": "|", ",": ",", "space": " "}
SPACES = SEPARATORS["space"]  # runs of them, and of tabs
MISSING = frozenset(("", "?", "na", "nan", "-", "n/a", "null", "none"))  # in any case
MOST_CELLS, MOST_COLUMNS = 5_000_000, 10_000
LONGEST_LINE = 2_000_000  # characters
LOOKED_AT = 100_000  # characters, by which the separator is found
NEARLY_ALL = 0.9  # of the lines must have as many cells as most
WORD = re.compile(r'"(?:[^"]|"")*"|[^ \t]+')
NUMBER_LIKE = re.compile(r"[-+]?(?:\d[\d.,'’ \u00a0\u202f]*|[.,]\d+)(?:[eE][-+]?\d+)?%?")


class Table(Result):
    """The rows of a file as texts."""

    __slots__ = {
        "path": "the file, as messages show it",
        "names": "of the columns; without a header their numbers from 1",
        "rows": "a list of texts for each, without spaces around them",
        "lines": "the number of the line in which each row ends",
        "separator": "what stands between two cells",
        "has_header": "whether the first line holds the names",
        "unnamed": "the names that the header left empty, which are numbers instead",
        "_positions": "the index of each name",
    }

    def __init__(self, path, names, rows, lines, separator, has_header, unnamed):
        self.path, self.names, self.rows, self.lines = path, names, rows, lines
        self.separator, self.has_header, self.unnamed = separator, has_header, unnamed
        self._positions = {name: index for index, name in enumerate(names)}

    def column(self, name):
        """The texts of a column."""
        index = self._positions[checks.known(f"column in {self.path}", name, self._positions)]
        return [row[index] for row in self.rows]

    def place(self, row, column):
        """Where a cell stands, as messages begin."""
        return f"{self.path}, line {self.lines[row]}, column {shorten(column)}"


def is_missing(text):
    """Whether a cell says that there is no value."""
    return text.lower() in MISSING


def read_table(path, separator=None, header=None, encoding="utf-8", rows=None, expected=()):
    """The `Table` in a file, of 64 MB and 5,000,000 cells at most.

    separator: one of SEPARATORS; None looks for the first that gives nearly all lines the same number of cells
    header: whether the first line has the names of the columns; None looks whether it differs from the others
    rows: only the first so many
    expected: names of columns; a first line that has one of them is a header, but for the numbers of columns

    Raises InputError with the file and the line, OSError if the file can't be read.
    """
    if separator is not None:
        separator = SEPARATORS[checks.known("separator", separator, SEPARATORS)]
    path, text = _text(path, encoding)
    if separator is None:
        separator = find_separator(text)
    lines = _lines(split(text, separator, path), None if rows is None else checks.count(rows, "rows") + 1, path)
    if header is None:
        first, *others = [cells for _, cells in islice(lines, 1000)]
        header = _has_header(first, others, expected)
    names = _cut(lines, header, path)
    if rows is not None:
        del lines[rows:]
    if not lines:
        raise InputError(f"{path}: no examples")
    unnamed = [str(number) for number, name in enumerate(names, 1) if not name]
    names = [name or str(number) for number, name in enumerate(names, 1)]
    if len(set(names)) < len(names):
        twice = next(name for name, times in Counter(names).items() if times > 1)
        raise InputError(f"{path}: two columns of the same name, {shorten(twice)}; if the first line has no names, "
                         "say --header no")
    return Table(path, names, [cells for _, cells in lines], [number for number, _ in lines], separator, header, unnamed)


def _lines(pairs, most, path):
    """The pairs of a line's number and its cells as a list, without blank ones; so many at most."""
    lines, room = [], MOST_CELLS
    for number, cells in pairs:
        if len(cells) > MOST_COLUMNS:
            raise InputError(f"{path}, line {number}: {len(cells):,} cells; a table has {MOST_COLUMNS:,} columns at most")
        if any(cells):
            lines.append((number, cells))
            room -= len(cells)
            if len(lines) == most:
                break
        if room < 0:
            fitting = max(1, MOST_CELLS // len(cells) - 1)
            raise InputError(f"{path}: more than {MOST_CELLS:,} cells; --rows {fitting} takes the first {fitting} rows")
    if not lines:
        raise InputError(f"{path}: no examples")
    return lines


def _text(path, encoding):
    """(path for messages, text) of a file, or of standard input."""
    check_path(path)
    name = "standard input" if path == "-" else shown_path(path)
    with told_with(name):
        if path == "-":
            data = read_whole(sys.stdin.buffer)
        else:
            with open(path, "rb") as file:
                data = read_whole(file)
        return name, _decoded(data, encoding)


def _decoded(data, encoding):
    if data.startswith(b"PK\x03\x04"):
        raise InputError("a spreadsheet or an archive, not text; save the sheet as CSV")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and encoding == "utf-8":
        raise InputError("not text in UTF-8, at byte 0; it seems to be UTF-16: say --encoding utf-16")
    try:
        text = data.decode(encoding)
    except LookupError:
        raise InputError(f"unknown encoding {shorten(encoding)}; utf-8, latin-1, cp1252 and utf-16 are some") from None
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        called, hint = ("UTF-8", "; if it is Latin-1, say --encoding latin-1") if encoding == "utf-8" else (encoding, "")
        raise InputError(f"not text in {shown(called)}, at byte {error.start} in line {line}: "
                         f"{data[error.start]:#04x}{hint}") from None
    except ValueError as error:  # such as a name with a null character
        raise InputError(f"encoding: {shorten(str(error))}") from None
    if "\0" in text:
        raise InputError(f"line {1 + text.count(chr(10), 0, text.index(chr(0)))}: a null character; this is no text")
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        raise InputError("a problem file or other JSON, not a table")
    return text.lstrip("\ufeff")


def find_separator(text):
    """The first of SEPARATORS by which nearly all lines have the same number of cells, more than one; else the best."""
    sample = text[:LOOKED_AT]
    if len(text) > LOOKED_AT and "\n" in sample:
        sample = sample[: sample.rindex("\n") + 1]
    shares = {separator: _share(sample, separator) for separator in SEPARATORS.values()}
    if shares[SPACES] == 1 > shares["\t"]:
        shares["\t"] = 0  # several tabs beside each other, as spaces are
    for separator, share in shares.items():
        if share >= NEARLY_ALL:
            return separator
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= 0.5 else ","


def _share(text, separator):
    """The share of lines that have as many cells as most, or 0 if most have one cell."""
    try:
        sizes = Counter(len(cells) for _, cells in split(text, separator) if any(cells))
    except InputError:
        return 0
    size, times = max(sizes.items(), key=lambda pair: pair[1], default=(1, 0))
    return times / sum(sizes.values()) if size > 1 else 0


def split(text, separator, path=""):
    """Pairs of the number of a line and its cells, without spaces around them."""
    # A StringIO would hold four bytes for each character.
    data = io.BytesIO(text.encode("utf-8", "surrogatepass"))
    file = _bounded(io.TextIOWrapper(data, "utf-8", "surrogatepass", newline=""), path)
    if separator == SPACES:
        for number, line in enumerate(file, 1):
            yield number, [_unquoted(word) for word in WORD.findall(line.strip())]
        return
    reader = csv.reader(file, delimiter=separator, skipinitialspace=separator != "\t")
    try:
        for row in reader:
            yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        line = f"line {reader.line_num}: "
        raise InputError(f"{path}, {line}not CSV: {str(error).removeprefix(line)}") from None  # PyPy's begins with it


def _bounded(lines, path):
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise InputError(f"{path}, line {number}: longer than {LONGEST_LINE:,} characters; this is no table")
        yield line


def _unquoted(word):
    return word[1:-1].replace('""', '"') if len(word) > 1 and word[0] == word[-1] == '"' else word


def _has_header(first, others, expected):
    """Whether a first line names the columns: no number over numbers, or nothing but texts that never stand below."""
    if any(name in first and not NUMBER_LIKE.fullmatch(name) for name in expected):
        return True
    texts = [not is_missing(cell) and not NUMBER_LIKE.fullmatch(cell) for cell in first]
    columns = list(zip(*[cells for cells in others if len(cells) >= len(first)])) or [()] * len(first)
    for is_text, column in zip(texts, columns):
        there = [cell for cell in column if not is_missing(cell)]
        if is_text and there and 2 * sum(NUMBER_LIKE.fullmatch(cell) is not None for cell in there) >= len(there):
            return True
    named = [cell for cell in first if not is_missing(cell)]
    return all(texts[number] for number, cell in enumerate(first) if not is_missing(cell)) and bool(named) and not any(
        cell in column for cell, column in zip(first, columns) if not is_missing(cell)
    )


def _cut(lines, header, path):
    """The names of the columns, empty ones for none; takes the header and all that stands too much out of the lines."""
    first = lines[0][0]
    names = lines.pop(0)[1] if header else None
    size = len(names if header else lines[0][1])
    is_short = header and size > 1 and lines and all(len(cells) == size + 1 for _, cells in lines)
    if is_short and any(cells[-1] for _, cells in lines):
        names, size = ["", *names], size + 1  # R leaves the names of rows without one
    while size > 1 and not (header and names[size - 1]) and not any("".join(cells[size - 1 :]) for _, cells in lines):
        size -= 1  # a separator at the end of each line
    for _, cells in lines:
        if not any(cells[size:]):
            del cells[size:]
    others = [(number, len(cells)) for number, cells in lines if len(cells) != size]
    if others:
        most, times = Counter(len(cells) for _, cells in lines).most_common(1)[0]
        if most != size and 2 * times > len(lines):
            raise InputError(f"{path}, line {first}: expected {counted(most, 'cell')} as in most lines, got {size}")
    if len(others) == 1:
        raise InputError(f"{path}, line {others[0][0]}: expected {counted(size, 'cell')}, got {others[0][1]}")
    if others:
        some = ", ".join(f"line {number} has {count}" for number, count in others[:3])
        more = ", ..." if len(others) > 3 else ""
        raise InputError(f"{path}: expected {counted(size, 'cell')} in each line, {len(others)} lines have others: "
                         f"{some}{more}; another separator can be said with --separator")
    return names[:size] if header else [""] * size
