"""The table of a data file's columns: what each is taken for and its range."""

from __future__ import annotations

from neurosim.problems.columns import Categories, count_of_categories
from neurosim.problems.table_file import is_missing
from neurosim.support.tables import table

MOST_VALUES = 6  # categories of a column that are named


def column_table(found, format="simple", decimals=None, width=None):
    """A row for each column: the units that get it, its kind, its range or categories, and how many cells are missing."""
    units = _units(found)
    rows = [(name, units.get(name, ""), *_row(found, name)) for name in found.table.names]
    headers = ("column", "units", "taken as", "min", "mean", "max", "values", "missing")
    return table(rows, headers, format, decimals, counts=["missing"], width=width)


def _units(found):
    """The inputs of the network for each column, such as x2 .. x4."""
    units, number = {}, 0
    for name, kind in found.kinds.items():
        first, number = number + 1, number + kind.size
        units[name] = f"x{first}" if kind.size == 1 else f"x{first} .. x{number}"
    return units


def _row(found, name):
    cells = found.table.column(name)
    missing = sum(map(is_missing, cells))
    numbers, texts = _values(found, name)
    if numbers:
        return _taken_as(found, name), min(numbers), sum(numbers) / len(numbers), max(numbers), "", missing
    named = texts if len(texts) <= MOST_VALUES else [*texts[: MOST_VALUES - 1], f"... ({len(texts)})"]
    return _taken_as(found, name), "", "", "", ", ".join(named), missing


def _values(found, name):
    """(numbers, texts) of a column, of which one is empty."""
    if name == found.target and found.labels is not None:
        labels = [label for label in found.labels if label is not None]
        return (list(map(float, labels)), []) if found.classes is None else ([], found.classes)
    values = [value for value in found.values.get(name, ()) if value is not None]
    if values and isinstance(values[0], str):
        return [], found.kinds[name].names
    return values, []


def _taken_as(found, name):
    if name == found.target:
        count = len(found.classes or ())
        return f"target: {count} class{'es' * (count > 1)}" if count else "target: a quantity"
    if name in found.kinds:
        kind = found.kinds[name]
        return count_of_categories(kind.size) if isinstance(kind, Categories) else kind.description
    return found.left_out.get(name, "refused")
