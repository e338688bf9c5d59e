"""The path ledger: a gradient as the sum over all paths from its weight to the loss.

Along a path the factors are multiplied: the output that the weight carries, the slope of each unit on the
way, the weight of each connection, and the slope of the loss at the end.
"""

from __future__ import annotations

import heapq
from collections import namedtuple

from neurosim.support.numeric import magnitude

# quantity: what the factor is, such as "w[h1->o1]"; value: the number.
Factor = namedtuple("Factor", ("quantity", "value"))


class Path(namedtuple("Path", ("product", "factors"))):
    """One way from a weight to the loss: its `Factor`s in that order, and their product."""

    __slots__ = ()

    @property
    def smallest(self):
        """The factor nearest to 0: the one that makes the path vanish, if any does."""
        return min(self.factors, key=lambda factor: magnitude(factor.value))


class Ledger:
    """All paths from a weight or bias to the loss.

    gradient: the `Step` whose value they add up to
    count:    how many paths there are
    paths:    the largest `Path`s, in order of size
    total:    the sum of the products of all paths, worked out forwards from the weight: along the paths, and
              not, as backpropagation does, from the loss back
    """

    def __init__(self, gradient, count, paths, total):
        self.gradient, self.count, self.paths, self.total = gradient, count, paths, total

    @property
    def rest(self):
        """The sum of the products of those paths that are not among `paths`."""
        return self.total - sum(path.product for path in self.paths) if self.count > len(self.paths) else 0

    @property
    def difference(self):
        """How far the sum of all paths is from the gradient: nothing but rounding."""
        return self.total - self.gradient.value

    def __repr__(self):
        return f"<Ledger of {self.gradient.address}: {self.count} paths>"


def ledger(trace, gradient, most=20):
    """The ledger of a gradient step; it holds the `most` largest paths, or with None every one.

    The paths are never all written out to be counted, added up or put in order: each needs one walk over the
    steps of the backward pass.
    """
    order = _order(trace, gradient.address)
    total = 0
    influence = {gradient.address: 1}  # how the gradient changes with what is at an address: the sum over all ways to it
    for address in order:
        for factors, following in _branches(trace, address):
            share = influence[address]
            for factor in factors:
                share = share * factor.value
            if following is None:
                total = total + share
            else:
                influence[following] = influence.get(following, 0) + share
    counts, best = {}, {}
    for address in reversed(order):
        branches = _branches(trace, address)
        counts[address] = sum(1 if following is None else counts[following] for _, following in branches)
        candidates = (path for branch in branches for path in _prolonged(branch, best))
        best[address] = (
            sorted(candidates, key=_size, reverse=True) if most is None else heapq.nlargest(most, candidates, key=_size)
        )
    paths = [Path(product, _as_tuple(chain)) for product, chain in best[gradient.address]]
    return Ledger(gradient, counts[gradient.address], paths, total)


def _order(trace, start):
    """The addresses that paths from `start` to the loss go through, each before those that follow it."""
    found, ordered, pending = set(), [], [(start, False)]
    while pending:
        address, is_done = pending.pop()
        if is_done:
            ordered.append(address)
        elif address not in found:
            found.add(address)
            pending.append((address, True))
            pending += [(following, False) for _, following in _branches(trace, address) if following is not None]
    return ordered[::-1]


def _branches(trace, address):
    """The sum that a step of the backward pass is: pairs of factors and the address that they are multiplied with.

    At the loss there is no such address.
    """
    step = trace[address]
    pairs = list(zip(step.operands[0::2], step.operands[1::2]))
    if step.rule == "delta":
        output_gradient, slope = step.operands
        return [([_factor(trace, slope)], output_gradient)]
    if step.rule == "arriving_error":
        return [([_factor(trace, weight)], delta) for weight, delta in pairs]
    if step.rule == "softmax_delta":
        return _softmax_branches(trace, step, pairs)
    if step.rule.endswith("weight_gradient"):
        share = _share(step, len(pairs))
        return [([*share, _factor(trace, output)], delta) for delta, output in pairs]
    if step.rule.endswith("bias_gradient"):
        share = _share(step, len(step.operands))
        return [(share, delta) for delta in step.operands]
    return [([_factor(trace, address)], None)]


def _softmax_branches(trace, step, pairs):
    """A softmax unit reaches the loss through every output a_k of its layer: da_k/dz_j = a_k ((k = j) - a_j)."""
    own = step.operands[0]
    own_output, branches = trace[own].value, []
    for output_gradient, output in pairs[1:]:
        slope = trace[output].value * ((output == own) - own_output)
        quantity = f"d{output}/d{own.replace('a', 'z', 1)}"
        branches.append(([Factor(quantity, slope)], output_gradient))
    return branches


def _share(step, size):
    return [Factor(f"1/{size}", 1 / size)] if step.rule.startswith("mean") else []


def _factor(trace, address):
    return Factor(address, trace[address].value)


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
