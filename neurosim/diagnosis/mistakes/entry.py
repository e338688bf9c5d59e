"""An entry in the table of mistakes, and how a mistake is made: by another formula, or by what a step reads instead."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Mapping, NamedTuple

from neurosim.formula.formula import formula
from neurosim.support.numeric import is_number
from neurosim.support.records import documented
from neurosim.trace.rules import Rule

if TYPE_CHECKING:
    from typing import Tuple, Union

    from neurosim.diagnosis.positions import Positions

    Swaps = Dict[str, Tuple[Union[str, Rule], Tuple[str, ...]]]  # {address: (rule, operands)}

STAGES = ("forward", "loss", "output delta", "hidden delta", "gradient", "update")


@documented
class Mistake(NamedTuple):
    """A mistake, or a convention that looks like one.

    name:   by which the command line knows it
    stage:  where the first number goes wrong, one of STAGES; of a convention, "convention"
    equals: what the numbers equal
    mend:   how to put them right
    forms:  a function from the `Positions` of a trace to a list of (form, swaps)
    """

    name: str
    stage: str
    equals: str
    mend: str
    forms: Callable[[Positions], list[tuple[str, Swaps]]]

    def __reduce__(self):
        return entered, (self.name,)


MISTAKES: Dict[str, Mistake] = {}
CONVENTIONS: Dict[str, Mistake] = {}


def entered(name):
    """The mistake or convention of this name."""
    from neurosim.diagnosis import conventions

    return {**MISTAKES, **conventions.CONVENTIONS}[name]


def mistake(stage, equals, mend, table=MISTAKES):
    """Enter a function into `MISTAKES`, or into another table: `no_bias` makes the mistake "no-bias"."""

    def enter(function):
        def forms(positions):
            found = function(positions)
            found = [("", found)] if isinstance(found, dict) else list(found)
            return [(form, swaps) for form, swaps in found if swaps]

        name = function.__name__.replace("_", "-")
        table[name] = Mistake(name, stage, equals, mend, forms)
        return function

    return enter


def reworked(positions: Positions, spots: Iterable[Any], wrong: str | Mapping[str, str], **others: Any) -> Swaps:
    """Swaps of the steps at these spots for another formula, whose operands follow from its names.

    wrong:  a formula such as "sum(w*a) - b" or "w + (w - right)", in which `right` stands for the step's own; or what
            to put into that in place of names, such as {"eta": "eta^2"}
    others: for names that the step's own formula has not, or that are to stand for something else, a function from a
            spot to the address, or for a list the addresses; None where the mistake can't be made
    """
    change = cache(lambda right: wrong_rule(right, wrong))
    return _swaps(positions, spots, change, others)


def recomputed(positions: Positions, spots: Iterable[Any], wrong: str | Mapping[str, str], **others: Any) -> Swaps:
    """As `reworked`, where the optimizer's parameters may stand by name too, such as l2; no formula has sums in it."""
    optimizer = positions.trace.settings.optimizer
    parameters = {name: getattr(optimizer, name) for name in getattr(optimizer, "parameters", ())}
    numbers = {name: value for name, value in parameters.items() if is_number(value)}

    def change(right):
        return wrong_rule(Rule(right.name, right.formula, None, right.names, {**right.constants, **numbers}), wrong)

    return _swaps(positions, spots, cache(change), others)


def rewired(positions: Positions, spots: Iterable[Any], **others: Any) -> Swaps:
    """Swaps of what the steps at these spots read: `others` finds it for names of their formulas, as in `reworked`."""
    return _swaps(positions, spots, lambda right: right, others)


def wrong_rule(right: Rule, wrong: str | Mapping[str, str]) -> Rule:
    """The rule by a wrong formula, which is given as in `reworked`."""
    if isinstance(wrong, str):
        return right.reworked(wrong, lambda own: formula(wrong).put({"right": own}))
    label = ", ".join(f"{new} for {name}" for name, new in wrong.items())
    return right.reworked(
        label, lambda own: own.put({name: formula(new).put({"right": own}) for name, new in wrong.items()})
    )


def _swaps(positions, spots, change, others):
    """{address: (rule, operands)} of the steps whose operands are all found; a rule that stays is given by its name."""
    swaps = {}
    for spot in spots:
        right = positions.rule(spot)
        if right.formula is None:
            continue  # a function of your own, of which no names are known
        rule = change(right)
        known = {**right.bind(spot.step.operands), **{name: find(spot) for name, find in others.items()}}
        if all(known.get(name) is not None for name in rule.reads):
            swaps[spot.step.address] = (spot.step.rule if rule is right else rule, rule.row(known))
    return swaps
