"""Preparation: what is done to the columns of every file of a kind before the network gets them, and undone afterwards.

It is kept with a saved network, so that a later file is read and scaled as the one that it learned from.
"""

from __future__ import annotations

from neurosim.problems.columns import NUMBERS, distinct_texts, read_kind
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, shorten
from neurosim.support.files import check_keys, json_list, json_number, json_numbers
from neurosim.support.report import Result

SCALINGS = ("none", "z-score", "min-max")
TARGET_SCALINGS = ("none", "z-score")
LATER_KEYS = ("kinds", "target_center", "target_scale")  # which files from before these do not have


class Preparation(Result):
    """What must be done to every file of a kind: columns to read, categories, classes, and scaling.

    A number x becomes (x - center) / scale of its column, yes and no 1 and 0, and a text as many inputs as its
    column has categories. With two classes the target is 0 or 1, with more it has a 1 in the place of the class;
    without classes it is (t - target_center) / target_scale.
    """

    __slots__ = {
        "columns": "the names of the columns that are inputs",
        "target": "the name of the target column, or None",
        "classes": "the labels in the order of their numbers, or None if they are quantities",
        "scaling": "of the columns of numbers, one of SCALINGS",
        "centers": "what is subtracted from each column",
        "scales": "what each column is then divided by",
        "kinds": "what each column is taken for, of `neurosim.problems.columns`",
        "target_center": "what is subtracted from a quantity to learn",
        "target_scale": "what it is then divided by",
    }

    def __init__(self, columns, target, classes, scaling, centers, scales, kinds=None, target_center=0, target_scale=1):
        self.columns, self.target, self.classes = columns, target, classes
        self.scaling, self.centers, self.scales = scaling, centers, scales
        self.kinds = [NUMBERS] * len(columns) if kinds is None else kinds
        self.target_center, self.target_scale = target_center, target_scale

    @property
    def inputs(self):
        """How many inputs the network needs."""
        return sum(kind.size for kind in self.kinds)

    @property
    def input_names(self):
        """What each input of the network is: a column, or a column and one of its categories."""
        return [f"{name}={category}" if category else name for name, kind in zip(self.columns, self.kinds)
                for category in getattr(kind, "names", [""])]

    @property
    def outputs(self):
        """How many outputs the network needs."""
        return len(self.classes) if self.classes and len(self.classes) > 2 else 1

    @property
    def scales_target(self):
        """Whether the network learns the target in another unit than its own."""
        return (self.target_center, self.target_scale) != (0, 1)

    def apply(self, examples):
        """(inputs, targets) for a network; targets is None without labels."""
        if examples.columns != self.columns:
            raise InputError(f"expected the columns {shorten(self.columns)}, got {shorten(examples.columns)}")
        rows = examples.inputs
        if examples.kinds != self.kinds:
            rows = [[kind.check(cell, examples.place(number, name))
                     for kind, cell, name in zip(self.kinds, row, self.columns)] for number, row in enumerate(rows)]
        if examples.labels is None:
            return self._encoded(rows), None
        targets = [self._target(label, examples.place(row, self.target)) for row, label in enumerate(examples.labels)]
        return self._encoded(rows), targets

    def scale(self, rows):
        """Rows of inputs, one for each input of the network, as the network takes them."""
        places = [(center, scale) for center, scale, kind in zip(self.centers, self.scales, self.kinds)
                  for _ in range(kind.size)]
        return [[(x - center) / scale for x, (center, scale) in zip(row, places)] for row in rows]

    def encode(self, rows):
        """Rows of cells, one for each column, numbers or texts, as the network takes them."""
        checked = []
        for number, row in enumerate(checks.rows(rows, "inputs")):
            if len(row) != len(self.columns):
                raise InputError(f"inputs[{number}]: expected {len(self.columns)} cells, got {len(row)}")
            checked.append([kind.check(cell, f"inputs[{number}], column {shorten(name)}")
                            for kind, cell, name in zip(self.kinds, row, self.columns)])
        return self._encoded(checked)

    def _encoded(self, rows):
        return self.scale([[x for kind, value in zip(self.kinds, row) for x in kind.inputs(value)] for row in rows])

    def scale_targets(self, targets):
        """Targets in their own unit as the network learns them."""
        return [[(t - self.target_center) / self.target_scale for t in row] for row in targets]

    def in_own_unit(self, outputs):
        """Outputs or targets of the network in the target's own unit."""
        return [[a * self.target_scale + self.target_center for a in row] for row in outputs]

    def _target(self, label, place):
        """The target of a label, which stands at a place."""
        if self.classes is None:
            try:
                return self.scale_targets([[checks.number(float(label), "target")]])[0]
            except ValueError:
                raise InputError(f"{place}: expected a number, got {shorten(label)}") from None
        if label not in self.classes:
            raise InputError(f"{place}: {UnknownNameError('class', label, self.classes)}")
        index = self.classes.index(label)
        return [index] if self.outputs == 1 else [int(number == index) for number in range(self.outputs)]

    def describe(self):
        """The entries of a problem file; those that files did not have at first only where they say something."""
        entries = {**self._public(), "kinds": [kind.describe() for kind in self.kinds]}
        if all(kind == NUMBERS for kind in self.kinds):
            del entries["kinds"]
        if not self.scales_target:
            del entries["target_center"], entries["target_scale"]
        return entries

    @classmethod
    def from_description(cls, description):
        """The preparation in a problem file. Raises InputError for one that is incomplete or says what cannot be."""
        required = [key for key in cls.__slots__ if key not in LATER_KEYS]
        check_keys(description, "", cls.__slots__, required=required)
        entries = dict(description)
        columns = distinct_texts(json_list(entries["columns"], "columns"), "columns")
        target, classes = entries["target"], entries["classes"]
        if target is not None and (not isinstance(target, str) or target in columns):
            raise InputError(f"target: expected the name of a column that is no input, or null, got {shorten(target)}")
        if classes is not None:
            distinct_texts(json_list(classes, "classes"), "classes")
            if len(classes) < 2 or target is None:
                raise InputError(f"classes: expected two or more of a target, got {shorten(classes)}")
        checks.known("scaling", entries["scaling"], SCALINGS)
        for key in ("centers", "scales"):
            json_numbers(entries[key], key, len(columns))
        kinds = json_list(entries.get("kinds", ["number"] * len(columns)), "kinds")
        if len(kinds) != len(columns):
            raise InputError(f"kinds: expected {len(columns)}, one for each column, got {len(kinds)}")
        entries["kinds"] = [read_kind(kind, f"kinds[{index}]") for index, kind in enumerate(kinds)]
        for index, (kind, center, scale) in enumerate(zip(entries["kinds"], entries["centers"], entries["scales"])):
            if scale <= 0:
                raise InputError(f"scales[{index}]: must be positive, got {shorten(scale)}")
            if (center, scale) != (0, 1) and (not kind.is_scaled or entries["scaling"] == "none"):
                raise InputError(f"centers[{index}] and scales[{index}]: expected 0 and 1 for what is not scaled, "
                                 f"got {shorten(center)} and {shorten(scale)}")
        for key in ("target_center", "target_scale"):
            json_number(entries.get(key, 1), key)
        if entries.get("target_scale", 1) <= 0:
            raise InputError(f"target_scale: must be positive, got {shorten(entries['target_scale'])}")
        if classes is not None and ("target_center" in entries or "target_scale" in entries):
            raise InputError("target_center and target_scale are for quantities, not for classes")
        return cls(**entries)

    def check_fits(self, inputs, outputs):
        """Raise InputError unless a network has the inputs and outputs that the data need."""
        for what, needed, there in (("inputs", self.inputs, inputs), ("outputs", self.outputs, outputs)):
            if needed != there:
                raise InputError(f"the columns and classes need a network with {needed} {what}, this one has {there}")
