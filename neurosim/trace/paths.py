"""The path ledger: a gradient as the sum over all paths from its weight to the loss.

Along a path the factors are multiplied: the output that the weight carries, the slope of each unit on the
way, the weight of each connection, and the slope of the loss at the end.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import split_address
from neurosim.formula.derivative import ONE
from neurosim.formula.formula import Formula, NotAFormula, total
from neurosim.formula.text import ATOM, PRODUCT, TEXT
from neurosim.formula.values import function
from neurosim.support.numeric import magnitude
from neurosim.support.records import documented
from neurosim.support.report import Result

if TYPE_CHECKING:
    from neurosim.support.types import Number
    from neurosim.trace.step import Step

ERRORS = ("dE/da", "delta", "dE/dw", "dE/db")


@documented
class Factor(NamedTuple):
    """One factor of a path.

    quantity: what it is, such as "w[h1->o1]"
    value:    the number
    """

    quantity: str
    value: Number


@documented
class Path(NamedTuple):
    """One way from a weight to the loss.

    product: of all its factors
    factors: its `Factor`s, from the weight to the loss
    """

    product: Number
    factors: tuple[Factor, ...]

    @property
    def smallest(self) -> Factor:
        """The factor nearest to 0: the one that makes the path vanish, if any does."""
        return min(self.factors, key=lambda factor: magnitude(factor.value))


class Ledger(Result):
    """All paths from a weight or bias to the loss."""

    __slots__ = {
        "gradient": "the `Step` whose value they add up to",
        "count": "how many paths there are",
        "paths": "the largest `Path`s, in order of size",
        "total": "the sum of the products of all paths, worked out forward from the weight, unlike by backpropagation",
    }

    def __init__(self, gradient: Step, count: int, paths: list[Path], total: Number) -> None:
        self.gradient, self.count, self.paths, self.total = gradient, count, paths, total

    @property
    def rest(self) -> Number:
        """The sum of the products of those paths that are not among `paths`."""
        return self.total - sum(path.product for path in self.paths) if self.count > len(self.paths) else 0

    @property
    def difference(self) -> Number:
        """How far the sum of all paths is from the gradient: nothing but rounding."""
        return self.total - self.gradient.value

    def __repr__(self) -> str:
        return f"<Ledger of {self.gradient.address}: {self.count} paths>"


def ledger(trace, gradient, most=20):
    """The ledger of a gradient step; it holds the `most` largest paths, or with None every one.

    The paths are never all written out to be counted, added up or put in order: each needs one walk over the
    steps of the backward pass.
    """
    branches = _all_branches(trace, gradient.address)
    all_paths = 0
    influence = {gradient.address: 1}  # how the gradient changes with what is at an address: the sum over all ways to it
    for address, sums in branches.items():
        for factors, following in sums:
            share = influence[address]
            for factor in factors:
                share = share * factor.value
            if following is None:
                all_paths = all_paths + share
            else:
                influence[following] = influence.get(following, 0) + share
    counts, best = {}, {}
    for address, sums in reversed(branches.items()):
        counts[address] = sum(1 if following is None else counts[following] for _, following in sums)
        candidates = (path for branch in sums for path in _prolonged(branch, best))
        best[address] = (
            sorted(candidates, key=_size, reverse=True) if most is None else heapq.nlargest(most, candidates, key=_size)
        )
    paths = [Path(product, _as_tuple(chain)) for product, chain in best[gradient.address]]
    return Ledger(gradient, counts[gradient.address], paths, all_paths)


def _all_branches(trace, start):
    """The branches at each address that paths from `start` to the loss go through, before those of what follows it."""
    found, done, pending = {}, [], [(start, False)]
    while pending:
        address, is_done = pending.pop()
        if is_done:
            done.append(address)
        elif address not in found:
            found[address] = _branches(trace, address)
            pending.append((address, True))
            pending += [(following, False) for _, following in found[address] if following is not None]
    return {address: found[address] for address in reversed(done)}


def _branches(trace, address):
    """The sum that a step of the backward pass is: pairs of factors and the address that they are multiplied with.

    The factors are the derivative of the step's formula by that address. At the loss there is no such address.
    """
    step, read_at = trace[address], {}
    for index, operand in enumerate(step.operands):
        if is_error(operand):
            read_at.setdefault(operand, []).append(index)
    try:
        slopes = {error: _slope(trace.rules[step.rule], step, indices) for error, indices in read_at.items()}
    except NotAFormula:
        slopes = {}
    if not slopes:
        return [([Factor(address, step.value)], None)]
    return [([_factor(trace, step, *factor) for factor in _factors(slope)], error) for error, slope in slopes.items()]


def is_error(address):
    """True for dE/da, for delta, which is dE/dz, and for gradients: for what is worked out from the loss backward."""
    return split_address(address)[0].rpartition(" ")[2] in ERRORS


def _slope(rule, step, indices):
    """The derivative of a step's rule by an address that it reads at these places."""
    return total([rule.slope(len(step.operands), index) for index in indices])


def _factors(slope):
    """What a derivative is the product of, as pairs of a sign and a piece, divisors first; nothing, if it is 1."""
    if slope.kind != "product":
        return [] if slope == ONE else [("*", slope)]
    return sorted(zip(("*", *slope.parts[1::2]), slope.parts[::2]), key=lambda factor: factor[0] != "/")


def _factor(trace, step, sign, piece):
    """A factor of a path, from a piece of a derivative in which operands stand by their numbers."""
    if piece.kind == "operand" and sign != "/":
        address = step.operands[piece.parts[0]]
        return Factor(address, trace[address].value)
    text = TEXT.write(piece, ATOM if sign == "/" else PRODUCT).format(step.operands, step.operands)
    if sign == "/":
        text, piece = f"1/{text}", Formula("product", (ONE, "/", piece))
    values = [trace[step.operands[index]].value for index in piece.operands]
    return Factor(text, function(piece, ["like", *piece.operands])(step.value, *values))


def _prolonged(branch, best):
    """The paths from a branch on, as (product, chain); a chain is (factors, the rest of the chain)."""
    factors, following = branch
    for product, chain in [(1, None)] if following is None else best[following]:
        for factor in factors:
            product = product * factor.value
        yield product, (factors, chain)


def _size(path):
    return magnitude(path[0])


def _as_tuple(chain):
    factors = []
    while chain is not None:
        factors += chain[0]
        chain = chain[1]
    return tuple(factors)
