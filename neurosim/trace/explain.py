"""Explain: where one number, or the difference of two, comes from, from the loss down to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from neurosim.core.address import UnknownAddressError, make_address, quantities, resolve, split_address, which_pass
from neurosim.support.errors import InputError, UnknownNameError, shorten
from neurosim.support.report import TableReport
from neurosim.support.tables import MOST_ROWS
from neurosim.trace.paths import ledger
from neurosim.trace.step import Step
from neurosim.trace.terms import terms_of, terms_of_difference

if TYPE_CHECKING:
    from neurosim.support.types import Decimals
    from neurosim.trace.paths import Ledger
    from neurosim.trace.step import Trace
    from neurosim.trace.terms import Terms

GRADIENTS = {"w": ("dE/dw", "mean dE/dw", "sum dE/dw"), "b": ("dE/db", "mean dE/db", "sum dE/db")}
MINUS = re.compile(r"\s+-\s+|(?<=\])\s*-(?!>)\s*")  # between two addresses; a name may have a - but no space
SHOWN = {  # for a number of this phase, the steps of these phases
    "given": (),
    "forward": ("forward",),
    "loss": ("forward", "loss"),
    "backward": ("loss", "backward"),
    "gradient": ("loss", "backward", "gradient"),
    "update": ("loss", "backward", "gradient", "update"),
}


class Explanation(TableReport):
    """Where one number comes from."""

    __slots__ = {
        "trace": "the trace that it is in",
        "step": "the `Step` of the number that was asked for; of a weight, its value before the update; of a difference one "
        "that is not in the trace",
        "gradient": "of a weight or bias, the `Step` of its gradient; otherwise None",
        "update": "of a weight or bias, the `Step` of its new value, if there was an update; otherwise None",
        "steps": "the derivation: the steps that lead to it, in their order, the number itself last",
        "terms": "what the number, or its gradient, is the sum of: the `Terms` of it, and of the factors that lead to a sum",
        "ledger": "of a weight or bias, the `Ledger` of its paths to the loss; otherwise None",
    }

    def __init__(
        self, trace: Trace, step: Step, gradient: Step | None, update: Step | None, steps: list[Step],
        terms: list[Terms], ledger: Ledger | None,
    ) -> None:
        self.trace, self.step, self.gradient, self.update = trace, step, gradient, update
        self.steps, self.terms, self.ledger = steps, terms, ledger

    def text(
        self, format: str = "simple", decimals: Decimals = None, terms: int | None = 8, width: int | None = None,
        most: int | None = MOST_ROWS,
    ) -> str:
        """What the number is the sum of, the derivation with a row for each step, and of a weight or bias its paths.

        format: one of tabulate's, or "json" for one object.
        decimals: so many for every number, or "all" its digits; None means six significant digits.
        width: of a line, in characters; None means what COLUMNS says, or 100.
        terms: of sums of more terms so many are shown, the largest; None shows them all.
        most: how many rows of the derivation and paths; None means all.
        """
        from neurosim.trace.explain_report import explanation_text

        return explanation_text(self, format, decimals, terms, width, most)

    def __repr__(self) -> str:
        return f"<Explanation of {self.step.address}: {len(self.steps)} steps>"


def explain(trace, address, paths=20, depth=None):
    """Explain one number, as `Trace.explain` says."""
    if depth is not None and (not isinstance(depth, int) or isinstance(depth, bool) or depth < 0):
        raise InputError(f"depth must be a whole number of 0 or more, got {shorten(depth)}")
    heads = dict.fromkeys(step.address.partition("@")[0] for step in trace)
    both = [resolve(text, heads) for text in MINUS.split(address.strip())] if isinstance(address, str) else [address]
    if len(both) == 2:
        return _explain_difference(trace, *both, depth or 0)
    address = resolve(address, heads)
    quantity, place, number = split_address(address)
    known = quantities(heads)
    if "[" not in address and not place and quantity not in known:
        units = [*trace.structure.input_names, *sum(trace.structure.layer_names, [])]
        raise UnknownNameError("unit or quantity", quantity, [*units, *known])
    if quantity not in GRADIENTS or not place:
        step = trace[address]
        return Explanation(trace, step, None, None, _derivation(trace, [step], depth), terms_of(trace, step), None)
    gradient = _gradient(trace, quantity, place, number)
    number = split_address(gradient.address)[2]
    updated = make_address(f"{quantity}+", place, number)
    update = trace[updated] if updated in trace else None
    return Explanation(
        trace, _read_by(trace, quantity, place, number), gradient, update,
        _derivation(trace, [update or gradient], depth), terms_of(trace, gradient), ledger(trace, gradient, paths),
    )


def _explain_difference(trace, first, second, depth):
    """The explanation of the difference of the numbers at two addresses."""
    first, second = trace[first], trace[second]
    name, operands = f"{first.address} - {second.address}", (first.address, second.address)
    phase = max(first.phase, second.phase, key=list(SHOWN).index)
    step = Step(name, phase, "difference", operands, first.value - second.value)
    terms = terms_of_difference(trace, name, first, second)
    return Explanation(trace, step, None, None, _derivation(trace, [first, second], depth), terms, None)


def _read_by(trace, quantity, place, number):
    """The step of the weight or bias as the net inputs of a pass read it."""
    source, _, target = place.rpartition("->")
    net_input = trace[make_address("z", target, number)]
    operands = net_input.operands
    if not operands:
        raise InputError(f"{quantity}[{place}] is not read: {net_input.address} was swapped for a given number")
    if quantity == "b":
        return trace[operands[-1]]
    sources = next(before for names, before, _ in trace.structure.named_layers() if target in names)
    return trace[operands[2 * sources.index(source)]]


def _gradient(trace, quantity, place, number):
    """The step of the gradient of a weight or bias."""
    given, asked = make_address(quantity, place), make_address(quantity, place, number)
    known = [
        make_address(quantity, f"{source}->{name}" if quantity == "w" else name, number)
        for names, sources, layer in trace.structure.named_layers()
        for name in names
        for source in (sources if quantity == "w" else [""] * layer.has_bias)
    ]
    if asked not in known:
        raise UnknownAddressError(asked, known)
    beginnings = tuple(make_address(gradient, place) for gradient in GRADIENTS[quantity])
    candidates = [step.address for step in trace if step.address.startswith(beginnings)]
    if not candidates:
        backward = any(step.phase == "gradient" for step in trace)
        reason = "its unit's bias is not trained" if backward else "the trace has no backward pass"
        raise InputError(f"{asked} has no gradient: {reason}")
    if number is not None:
        candidates = [address for address in candidates if address.endswith(f"@{number}")]
        if not candidates:
            raise InputError(f"{given} has no gradient in pass {number}")
    if len(candidates) > 1:
        first = make_address(quantity, place, split_address(candidates[0])[2])
        raise InputError(which_pass(f"{given} has a gradient", first))
    return trace[candidates[0]]


def _derivation(trace, starts, depth=None):
    """The steps that lead to these, so many steps away at most, as far as their phases have them, and themselves."""
    phases = {phase for step in starts for phase in SHOWN[step.phase]}
    passes = {split_address(step.address)[2] for step in starts}
    found, reached = {step.address for step in starts}, starts
    while reached and depth != 0:
        nearer, reached, depth = reached, [], depth and depth - 1
        for operand in dict.fromkeys(operand for step in nearer for operand in step.operands):
            other = trace[operand]
            earlier_update = other.phase == "update" and split_address(operand)[2] not in passes
            if operand not in found and other.phase in phases and not earlier_update:
                found.add(operand)
                reached.append(other)
    if depth is None and "backward" in phases and any(step.operands for step in starts):
        passes = {split_address(address)[2] for address in found}  # with the loss, from which the slopes at the outputs come
        found.update(s.address for s in trace if s.phase == "loss" and split_address(s.address)[2] in passes)
    return [step for step in trace if step.address in found]
