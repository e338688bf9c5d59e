"""The history of a training: what was measured after each epoch."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from neurosim.core.guards import done_or_put_back
from neurosim.health.life import Life
from neurosim.support import checks
from neurosim.support.errors import InputError, UnknownNameError, shorten, shown
from neurosim.support.page import preformatted
from neurosim.support.report import Result
from neurosim.support.tables import csv_text

if TYPE_CHECKING:
    from typing import Iterator, Mapping, Sequence

    from neurosim.health.life import Event
    from neurosim.support.types import Number
    from neurosim.training.stopping import Stop

BARS = " ▁▂▃▄▅▆▇█"


class History(Result):
    """What was measured, epoch by epoch, in columns: `history["loss"]` is a list with one number for each.

    >>> history = History({"loss": [0.5, 0.25]}, "epochs")
    >>> len(history), history["loss"][-1]
    (2, 0.25)
    """

    __slots__ = {
        "columns": 'the numbers by column, such as {"loss": [0.5, 0.25]}',
        "stopped_by": 'what ended the run: a stop such as LossBelow(0.01), "epochs", or "interrupted"',
        "lives": "a `Life` for each unit that was recorded, by its name",
        "weight_change": "the largest change of a weight or bias in the last epoch; infinite before one has run",
        "_memory": "what each stop that remembers something has found so far",
    }

    def __init__(
        self, columns: dict[str, list[Number]] | None = None, stopped_by: str | None = None,
        lives: dict[str, Life] | None = None,
    ) -> None:
        self.columns, self.stopped_by, self.lives = columns or {}, stopped_by, lives or {}
        self.weight_change: Number = inf
        self._memory: dict[Stop, tuple[int, Number | None, int]] = {}

    def record(self, row: Mapping[str, Number], events: Mapping[str, Sequence[Event]] | None = None) -> None:
        """Add the numbers of one epoch, by column, and what happened to the units that are recorded, by name."""
        done_or_put_back(Recorded(self), self._record, row, events or {})

    def _record(self, row, events):
        epoch = len(self) + 1
        for name, value in row.items():
            self.columns.setdefault(name, []).append(value)
        for name, happened in events.items():
            self.lives.setdefault(name, Life(name)).extend(Life(name, happened, [[epoch, epoch]]))

    def life(self, name: str) -> Life:
        """The `Life` of a unit: what happened to it, and by which update."""
        if not self.lives:
            raise InputError(f"no unit was recorded; train with fit(..., record=[{shorten(name)}])")
        return self.lives[checks.known("recorded unit", name, self.lives)]

    def __iter__(self) -> Iterator[str]:
        """The names of the columns."""
        return iter(self.columns)

    def __len__(self) -> int:
        return max(map(len, self.columns.values()), default=0)

    def __getitem__(self, name: str) -> list[Number]:
        if not isinstance(name, str) or name not in self.columns:
            raise UnknownNameError("column of the history", name, self.columns)
        return self.columns[name]

    def __add__(self, later: History) -> History:
        """This history and a later one behind it."""
        if not isinstance(later, History):
            raise InputError(f"expected a History to add, got {shorten(later)}")
        if self.columns and later.columns and list(self.columns) != list(later.columns):
            ours, theirs = shown(", ".join(self.columns)), shown(", ".join(later.columns))
            raise InputError(f"histories of other columns: {ours} and {theirs}")
        names = self.columns or later.columns
        lives = {
            name: self.lives.get(name, Life(name)) + later.lives.get(name, Life(name)).moved(len(self))
            for name in {**self.lives, **later.lives}
        }
        columns = {name: [*self.columns.get(name, ()), *later.columns.get(name, ())] for name in names}
        both = History(columns, later.stopped_by, lives)
        both.weight_change = later.weight_change if len(later) else self.weight_change
        return both

    def csv(self) -> str:
        """The history as text in CSV: a line for each epoch, numbers in full."""
        rows = [(epoch, *row) for epoch, row in enumerate(zip(*self.columns.values()), 1)]
        return csv_text(["epoch", *self.columns], rows)

    def chart(self, column: str = "loss", width: int = 60) -> str:
        """The column drawn in one line of at most `width` bars, its first and last value beside it."""
        checks.count(width, "width")
        values = [float(value) for value in self[column]]
        if not values:
            raise InputError("there are no epochs to draw")
        if len(values) > width:  # each bar the mean of what it stands for
            edges = [number * len(values) // width for number in range(width + 1)]
            values = [sum(values[a:b]) / (b - a) for a, b in zip(edges, edges[1:])]
        low, high = min(values), max(values)
        span = (high - low) or 1.0
        bars = "".join(BARS[1 + round((value - low) / span * (len(BARS) - 2))] for value in values)
        return f"{column} {bars} {float(self[column][0]):.4g} to {float(self[column][-1]):.4g}"

    def __str__(self) -> str:
        curves = [self.chart(name) for name in self.columns if self.columns[name]]
        return "\n".join([repr(self), *curves])

    def _repr_html_(self) -> str:
        return preformatted(str(self))

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {float(values[-1]):.4g}" for name, values in self.columns.items() if values)
        return shown(f"<History of {len(self)} epochs: {last}; stopped by {self.stopped_by}>", None)


class Recorded:
    """How much a history holds, to take back what is recorded from now on."""

    def __init__(self, history):
        self.history = history
        self.columns = {name: len(values) for name, values in history.columns.items()}
        self.lives = {name: life.length() for name, life in history.lives.items()}

    def put_back(self):
        columns, lives = self.history.columns, self.history.lives
        for name in set(columns) - set(self.columns):
            del columns[name]
        for name, length in self.columns.items():
            del columns[name][length:]
        for name in set(lives) - set(self.lives):
            del lives[name]
        for name, length in self.lives.items():
            lives[name].cut_to(length)
