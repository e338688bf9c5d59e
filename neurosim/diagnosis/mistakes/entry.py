"""An entry in the table of mistakes, and what the mistakes of all stages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, NamedTuple

from neurosim.support.records import documented
from neurosim.trace.rules import Rule

if TYPE_CHECKING:
    from typing import Tuple, Union

    from neurosim.diagnosis.positions import Positions

    Swaps = Dict[str, Tuple[Union[str, Rule], Tuple[str, ...]]]  # {address: (rule, operands)}

STAGES = ("forward", "output delta", "hidden delta", "gradient", "update")


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


def mistake(name, stage, equals, mend, table=MISTAKES):
    """Enter a function into `MISTAKES`, or into another table."""

    def enter(function):
        def forms(positions):
            found = function(positions)
            found = [("", found)] if isinstance(found, dict) else list(found)
            return [(form, swaps) for form, swaps in found if swaps]

        table[name] = Mistake(name, stage, equals, mend, forms)
        return function

    return enter


def rule(name, formula, evaluate):
    """A rule whose formula is a text with {0}, {1}, ... in place of the operands, or a function of their texts."""
    return Rule(name, formula if callable(formula) else lambda texts: formula.format(*texts), evaluate)


def sum_text(texts):
    """'g1 + g2' from the texts of g1 and g2."""
    return " + ".join(texts)


def products_text(texts):
    """'w1*a1 + w2*a2' from the texts of w1, a1, w2, a2."""
    return " + ".join(f"{p}*{q}" for p, q in zip(texts[0::2], texts[1::2]))


def pairs(first, second):
    """Operands that are read in pairs, from two lists of addresses."""
    return tuple(address for pair in zip(first, second) for address in pair)


def changed_result(spot, positions, name, formula, change):
    """A swap of the step's own rule for one that changes its result; {0} in the formula is the rule's own."""
    old = positions.trace.rules[spot.step.rule]
    wrong = Rule(
        name, lambda texts: formula.format(old.formula(texts)), lambda *operands: change(old.evaluate(*operands))
    )
    return wrong, spot.step.operands


def plain_deltas(positions, layers):
    """The spots of deltas that are dE/da times f'."""
    return [spot for spot in positions.units("delta", layers) if spot.step.rule == "delta"]


def swap_deltas(positions, layers, wrong):
    """Swaps of those deltas for another rule of the same operands."""
    return {spot.step.address: (wrong, spot.step.operands) for spot in plain_deltas(positions, layers)}


WITHOUT_SLOPE = rule("delta without f'", "{0}", lambda gradient, slope: gradient)
SLOPE_TWICE = rule("delta with f' twice", "{0} * {1} * {1}", lambda gradient, slope: gradient * slope * slope)
