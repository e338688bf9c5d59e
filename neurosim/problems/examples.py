"""Examples: rows to learn from, their split into two parts, and the preparation that they suggest."""

from __future__ import annotations

from random import Random

from neurosim.problems.columns import NUMBERS
from neurosim.problems.preparation import SCALINGS, TARGET_SCALINGS, Preparation
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten
from neurosim.support.report import Result


class Examples(Result):
    """The rows of a table."""

    __slots__ = {
        "columns": "the names of the columns that are inputs",
        "inputs": "a list for each row: numbers, and the texts of columns of categories",
        "target": "the name of the target column, or None",
        "labels": "the target column's texts, or None without one",
        "classes": "the distinct labels of the whole table, or None if they are quantities",
        "kinds": "what each column is taken for, of `neurosim.problems.columns`",
        "path": "the file, as messages show it",
        "lines": "the number of the line in which each row ends",
        "numbers": "of the rows in the file, counted from 1, by which people know the examples",
    }

    def __init__(
        self, columns, inputs, target=None, labels=None, classes=None, kinds=None, path="", lines=None, numbers=None
    ):
        self.columns, self.inputs, self.target, self.labels = columns, inputs, target, labels
        self.classes, self.path = classes, path
        self.kinds = [NUMBERS] * len(columns) if kinds is None else kinds
        counted = list(range(1, len(inputs) + 1))
        self.lines, self.numbers = counted if lines is None else lines, counted if numbers is None else numbers

    def __len__(self):
        return len(self.inputs)

    def place(self, row, column):
        """Where a cell stands, as messages begin."""
        return f"{self.path}, line {self.lines[row]}, column {shorten(column)}"

    def split(self, share, seed):
        """Two `Examples`: the larger part, and the share to test on, drawn by the seed."""
        checks.below_one(share, "test share")
        random = Random(seed)
        order = sorted(range(len(self)), key=lambda _: random.random())
        cut = len(order) - round(share * len(order))
        if not cut:
            raise InputError(f"test share {share} of {len(order)} examples leaves none to train on")
        return self.chosen(order[:cut]), self.chosen(order[cut:])

    def chosen(self, positions):
        """Only the examples at these positions, counted from 0, in this order."""
        inputs, labels, lines, numbers = [
            values and [values[position] for position in positions]
            for values in (self.inputs, self.labels, self.lines, self.numbers)
        ]
        return Examples(self.columns, inputs, self.target, labels, self.classes, self.kinds, self.path, lines, numbers)

    def prepare(self, scaling="none", regression=False, target_scaling="none"):
        """The `Preparation` that these examples suggest: their classes, and the scaling of inputs and quantities.

        regression: treat the labels as quantities even if they could be classes.
        """
        checks.known("scaling", scaling, SCALINGS)
        checks.known("target scaling", target_scaling, TARGET_SCALINGS)
        centers, scales = [0] * len(self.columns), [1] * len(self.columns)
        for number, (name, column, kind) in enumerate(zip(self.columns, zip(*self.inputs), self.kinds)):
            if kind.is_scaled:
                centers[number], scales[number] = _center_and_scale(column, scaling, name)
        classes = None if regression else self.classes
        if classes is not None and len(classes) < 2:
            raise InputError(f"column {shorten(self.target)}: expected two classes or more, got only {shorten(classes[0])}")
        of_target = 0, 1
        if classes is None and self.labels is not None:
            of_target = _center_and_scale(list(map(float, self.labels)), target_scaling, self.target)
        return Preparation(self.columns, self.target, classes, scaling, centers, scales, self.kinds, *of_target)


def _center_and_scale(column, scaling, name):
    """What is subtracted from the numbers of a column, and what they are divided by."""
    import statistics  # only here: it takes as long to import as all of this package

    try:
        if scaling == "z-score":
            return statistics.fmean(column), statistics.pstdev(column) or 1
        if scaling == "min-max":
            return min(column), (max(column) - min(column)) or 1
    except OverflowError:
        raise InputError(f"column {shorten(name)}: the numbers are too large to scale") from None
    return 0, 1
