"""Stories: what a person may have done, and what each part of that costs.

A story is a reading of a person's numbers (a sign, a factor), conventions, mistakes with a scope, one kind of rounding, and
slips of the pen. The cheapest story that makes all the numbers is the verdict. Costs are powers of ten: a story that costs
2 more is a hundred times less likely.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple

from neurosim.diagnosis.roundings import Rounding
from neurosim.support.records import documented

# What the parts of a story cost.
READING, CONVENTION, ROUNDING = 0.8, 1.0, 1.0
EVERYWHERE, LAYER, UNIT, EXAMPLE, TERM, FITTED, COPIED = 2.0, 2.5, 3.0, 3.0, 3.0, 3.0, 3.5
LAST_DIGIT, WITHIN_MARGIN, PATTERN, OTHER = 0.6, 0.3, 2.5, 2.0
OTHER_FUNCTION = 1.1  # besides: to take another function is rarer than to leave one out
NOTHING = 3.0  # a number where there can be none

SHARE = 0.03  # of the numbers that are off, that a part of a story must mend
MANY = 8  # wrong numbers of which a mistake should give some

EXCHANGED, NEW = "exchanged with", "the value of"  # remarks on slips that prove themselves
RIGHT, OWN, ROUNDED, SLIP, WRONG = "right", "own", "rounded", "slip", "wrong"
FITS = (RIGHT, OWN, ROUNDED)


@documented
class Part(NamedTuple):
    """A mistake or a convention in one scope.

    kind:  the `Mistake`
    form:  which of its forms, or ""
    scope: where it is made, such as "layer 1" or "unit h2"; "" for everywhere
    cost:  what it costs
    swaps: {address: (rule, operands)}
    cells: the same by index, as `Cells` takes them
    """

    kind: Any
    form: str
    scope: str
    cost: float
    swaps: Dict[str, Any]
    cells: Dict[int, Any]


@documented
class Reading(NamedTuple):
    """What a person's numbers are: here times a factor for some quantities.

    cost:    what it costs
    notes:   the names of what differs, such as "opposite-sign"
    factors: {class of quantities: factor}
    cut:     whether further digits were left off, and not rounded
    copied:  the addresses of givens that were copied wrongly, as they are written, and carried on so
    """

    cost: float
    notes: Tuple[str, ...]
    factors: Tuple[Tuple[str, float], ...]
    cut: bool = False
    copied: Tuple[str, ...] = ()


PLAIN = Reading(0.0, (), ())


@documented
class How(NamedTuple):
    """How a number comes about under a story.

    verdict:  one of "right", "own", "rounded", "slip" and "wrong"
    expected: the number that it stands for, None where there can be none
    cost:     what it adds to the story
    remark:   of a slip what was done, of a rounded one how
    """

    verdict: str
    expected: Any
    cost: float = 0.0
    remark: str = ""


@documented
class Story(NamedTuple):
    """What a person may have done.

    cost:     in powers of ten
    parts:    the `Part`s
    reading:  the `Reading`
    rounding: the `Rounding`, or None
    how:      {address: `How`} for each answer, in the order of the trace
    """

    cost: float
    parts: Tuple[Part, ...]
    reading: Reading
    rounding: Rounding | None
    how: Dict[str, How]

    @property
    def wrong(self):
        """The addresses of the numbers that the story leaves wrong."""
        return [address for address, how in self.how.items() if how.verdict not in FITS]

    @property
    def off(self):
        """The addresses of the numbers that the story does not give exactly."""
        return [address for address, how in self.how.items() if how.verdict not in (RIGHT, OWN)]

    @property
    def mistakes(self):
        """The parts that are mistakes."""
        return [part for part in self.parts if part.kind.stage != "convention"]

    @property
    def is_sharp(self):
        """Whether each number is exactly what the story gives."""
        return not self.off
