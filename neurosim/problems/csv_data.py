"""Data: examples from a CSV file, with labels as classes and inputs to scale.

    examples = read_csv("iris.csv", target="species")
    training, test = examples.split(0.2, seed=1)
    preparation = training.prepare("z-score")
    inputs, targets = preparation.apply(training)

A `Preparation` is what must be done to every file in the same way: which columns are read, which classes
there are, and by what the inputs are scaled. It is kept with a saved network.
"""

from __future__ import annotations

import csv
import math
from random import Random

from neurosim.support import checks
from neurosim.support.errors import InputError, shorten, shown_path
from neurosim.support.files import check_keys, check_path, told_with
from neurosim.support.report import Result

SCALINGS = ("none", "z-score", "min-max")
MOST_CLASSES = 20  # of a target column of whole numbers; with more of them it is a quantity


class Examples(Result):
    """The rows of a table."""

    __slots__ = {
        "columns": "the names of the inputs",
        "inputs": "a list of numbers for each row",
        "target": "the name of the target column, or None",
        "labels": "the target column's texts, or None without one",
        "classes": "the distinct labels of the whole table, or None if they are quantities",
    }

    def __init__(self, columns, inputs, target=None, labels=None, classes=None):
        self.columns, self.inputs, self.target, self.labels = columns, inputs, target, labels
        self.classes = classes

    def __len__(self):
        return len(self.inputs)

    def split(self, share, seed):
        """Two `Examples`: the larger part, and the share to test on, drawn by the seed."""
        checks.below_one(share, "test share")
        random = Random(seed)
        order = sorted(range(len(self)), key=lambda _: random.random())
        cut = len(order) - round(share * len(order))
        if not cut:
            raise InputError(f"test share {share} of {len(order)} examples leaves none to train on")
        return self._chosen(order[:cut]), self._chosen(order[cut:])

    def _chosen(self, numbers):
        labels = None if self.labels is None else [self.labels[number] for number in numbers]
        return Examples(self.columns, [self.inputs[number] for number in numbers], self.target, labels, self.classes)

    def prepare(self, scaling="none", regression=False):
        """The `Preparation` that these examples suggest: their classes, and the scaling of their inputs.

        regression: treat the labels as quantities even if they could be classes.
        """
        import statistics  # only here: it takes as long to import as all of this package

        checks.known("scaling", scaling, SCALINGS)
        centers, scales = [0] * len(self.columns), [1] * len(self.columns)
        for number, (name, column) in enumerate(zip(self.columns, zip(*self.inputs))):
            try:
                if scaling == "z-score":
                    centers[number], scales[number] = statistics.fmean(column), statistics.pstdev(column) or 1
                elif scaling == "min-max":
                    centers[number], scales[number] = min(column), (max(column) - min(column)) or 1
            except OverflowError:
                raise InputError(f"column {shorten(name)}: the numbers are too large to scale") from None
        classes = None if regression else self.classes
        if classes is not None and len(classes) < 2:
            raise InputError(f"column {shorten(self.target)}: expected two classes or more, got only {shorten(classes[0])}")
        return Preparation(self.columns, self.target, classes, scaling, centers, scales)


class Preparation(Result):
    """What must be done to every file of a kind: columns to read, classes, and the scaling of the inputs.

    An input x becomes (x - center) / scale of its column. With two classes the target is 0 or 1, with more
    it has a 1 in the place of the class; without classes it is the label as a number.
    """

    __slots__ = {
        "columns": "the names of the inputs",
        "target": "the name of the target column, or None",
        "classes": "the labels in the order of their numbers, or None if they are quantities",
        "scaling": "one of SCALINGS",
        "centers": "what is subtracted from each input",
        "scales": "what each input is then divided by",
    }

    def __init__(self, columns, target, classes, scaling, centers, scales):
        self.columns, self.target, self.classes = columns, target, classes
        self.scaling, self.centers, self.scales = scaling, centers, scales

    @property
    def outputs(self):
        """How many outputs the network needs."""
        return len(self.classes) if self.classes and len(self.classes) > 2 else 1

    def apply(self, examples):
        """(inputs, targets) for a network; targets is None without labels."""
        if examples.columns != self.columns:
            raise InputError(f"expected the columns {shorten(self.columns)}, got {shorten(examples.columns)}")
        targets = None if examples.labels is None else [self._target(label) for label in examples.labels]
        return self.scale(examples.inputs), targets

    def scale(self, rows):
        """Rows of inputs as the network takes them."""
        return [[(x - center) / scale for x, center, scale in zip(row, self.centers, self.scales)] for row in rows]

    def _target(self, label):
        if self.classes is None:
            try:
                return [checks.number(float(label), "target")]
            except ValueError:
                raise InputError(f"column {shorten(self.target)}: expected a number, got {shorten(label)}") from None
        index = self.classes.index(checks.known(f"class in column {shorten(self.target)}", label, self.classes))
        return [index] if self.outputs == 1 else [int(number == index) for number in range(self.outputs)]

    def describe(self):
        """The entries of a problem file."""
        return self._public()

    @classmethod
    def from_description(cls, description):
        """The preparation in a problem file. Raises InputError for one that is incomplete."""
        check_keys(description, "", cls.__slots__, required=cls.__slots__)
        columns = checks.as_list(description["columns"], "columns", of="names")
        for key in ("columns", "classes"):
            names_there = checks.as_list(description[key], key, of="names") if description[key] is not None else []
            if not all(isinstance(name, str) for name in names_there):
                raise InputError(f"{key}: expected a list of names")
        for key in ("centers", "scales"):
            checks.numbers(description[key], key, len(columns))
        if 0 in description["scales"]:
            raise InputError("scales: must not be 0")
        return cls(**description)


def read_csv(path, target=None, columns=None, header=None):
    """The `Examples` in a CSV file.

    target: the name of the column to learn; of a file without a header its number, from 1.
    columns: the names of the inputs; None takes all but the target.
    header: whether the first line has the names of the columns; None looks whether it has a cell that is no
    number where the second line has one.

    Raises InputError with file, line, column and text for a cell that is not a number, OSError if the file
    can't be read.
    """
    names, lines = _read_lines(path, header)
    path = shown_path(path)
    columns = [name for name in names if name != target] if columns is None else columns
    for name in [*columns, *([] if target is None else [target])]:
        checks.known(f"column in {path}", name, names)
    inputs, labels = [], []
    for line, row in lines:
        if len(row) != len(names):
            raise InputError(f"{path}, line {line}: expected {len(names)} cells, got {len(row)}")
        cells = dict(zip(names, row))
        inputs.append([_number(cells[name], path, line, name) for name in columns])
        if target is not None:
            labels.append(cells[target].strip())
    if target is None:
        return Examples(columns, inputs)
    return Examples(columns, inputs, target, *_as_classes(labels))


def _as_classes(labels):
    """(labels, classes): whole numbers written in one way, so that 1 and 1.0 are one class; None for quantities."""
    try:
        values = [float(label) for label in labels]
    except ValueError:
        return labels, sorted(set(labels))
    if not all(math.isfinite(value) and value == int(value) for value in values):
        return labels, None
    distinct = [str(value) for value in sorted(set(map(int, values)))]
    return [str(int(value)) for value in values], distinct if len(distinct) <= MOST_CLASSES else None


def column_names(path, header=None):
    """The names of a CSV file's columns, in their order."""
    return _read_lines(path, header)[0]


def _read_lines(path, header):
    """The names of the columns, and the other lines as pairs (number in the file, cells)."""
    check_path(path)
    shown = shown_path(path)
    with told_with(shown), open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        lines = [(reader.line_num, row) for row in reader if row]
    if lines and (header or header is None and _looks_like_header(*[row for _, row in lines[:2]])):
        names = [cell.strip() for cell in lines.pop(0)[1]]
    else:
        names = [str(number) for number in range(1, len(lines[0][1]) + 1)] if lines else []
    if not lines:
        raise InputError(f"{shown}: no examples")
    if len(set(names)) < len(names):
        raise InputError(f"{shown}: two columns of the same name in {shorten(names)}")
    return names, lines


def _looks_like_header(first, second=None):
    if second is None:
        return not all(map(_is_number, first))
    return any(not _is_number(name) and _is_number(cell) for name, cell in zip(first, second))


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(text, path, line, column):
    try:
        return checks.number(float(text), "cell")
    except ValueError:  # an InputError is one
        raise InputError(f"{path}, line {line}, column {shorten(column)}: expected a number, got {shorten(text)}") from None
