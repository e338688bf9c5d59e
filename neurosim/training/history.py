"""The history of a training: what was measured after each epoch."""

from __future__ import annotations

import csv
import io

from neurosim.health.life import Life
from neurosim.support.errors import InputError, UnknownNameError, shorten

BARS = " ▁▂▃▄▅▆▇█"


class History:
    """What was measured, epoch by epoch, in columns: `history["loss"]` is a list with one number for each.

    `stopped_by` says what ended the run: a stop such as LossBelow(0.01), "epochs", or "interrupted".
    `lives` has a `Life` for each unit that was recorded, by its name.

    >>> history = History({"loss": [0.5, 0.25]}, "epochs")
    >>> len(history), history["loss"][-1]
    (2, 0.25)
    """

    def __init__(self, columns=None, stopped_by=None, lives=None):
        self.columns, self.stopped_by, self.lives = columns or {}, stopped_by, lives or {}

    def record(self, row, events=None):
        """Add the numbers of one epoch, by column, and what happened to the units that are recorded, by name."""
        for name, value in row.items():
            self.columns.setdefault(name, []).append(value)
        for name, happened in (events or {}).items():
            self.lives.setdefault(name, Life(name)).add(len(self), happened)

    def life(self, name):
        """The `Life` of a unit: what happened to it, and by which update."""
        if not self.lives:
            raise InputError(f"no unit was recorded; train with fit(..., record=[{shorten(name)}])")
        if name not in self.lives:
            raise UnknownNameError("recorded unit", name, self.lives)
        return self.lives[name]

    def __iter__(self):
        """The names of the columns."""
        return iter(self.columns)

    def __len__(self):
        return max(map(len, self.columns.values()), default=0)

    def __getitem__(self, name):
        if name not in self.columns:
            raise UnknownNameError("column of the history", name, self.columns)
        return self.columns[name]

    def __add__(self, later):
        """This history and a later one behind it."""
        if self.columns and later.columns and list(self.columns) != list(later.columns):
            raise InputError(f"histories of other columns: {', '.join(self.columns)} and {', '.join(later.columns)}")
        names = self.columns or later.columns
        lives = {
            name: self.lives.get(name, Life(name)) + later.lives.get(name, Life(name)).moved(len(self))
            for name in {**self.lives, **later.lives}
        }
        columns = {name: [*self.columns.get(name, ()), *later.columns.get(name, ())] for name in names}
        return History(columns, later.stopped_by, lives)

    def csv(self):
        """The history as text in CSV: a line for each epoch, numbers in full."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["epoch", *self.columns])
        writer.writerows([epoch, *row] for epoch, row in enumerate(zip(*self.columns.values()), 1))
        return file.getvalue()

    def chart(self, column="loss", width=60):
        """The column drawn in one line of bars, its first and last value beside it."""
        values = [float(value) for value in self[column]]
        if len(values) > width:  # each bar the mean of what it stands for
            edges = [number * len(values) // width for number in range(width + 1)]
            values = [sum(values[a:b]) / (b - a) for a, b in zip(edges, edges[1:])]
        low, high = min(values), max(values)
        span = (high - low) or 1.0
        bars = "".join(BARS[1 + round((value - low) / span * (len(BARS) - 2))] for value in values)
        return f"{column} {bars} {float(self[column][0]):.4g} to {float(self[column][-1]):.4g}"

    def __repr__(self):
        last = ", ".join(f"{name} {float(values[-1]):.4g}" for name, values in self.columns.items() if values)
        return f"<History of {len(self)} epochs: {last}; stopped by {self.stopped_by}>"
