"""Mistakes in the deltas of hidden units: in what arrives from the next layer."""

from __future__ import annotations

from neurosim.core.address import make_address
from neurosim.diagnosis.mistakes.entry import (
    WITHOUT_SLOPE,
    mistake,
    pairs,
    plain_deltas,
    products_text,
    rule,
    sum_text,
    swap_deltas,
)
from neurosim.diagnosis.positions import misread
from neurosim.support.numeric import dot, magnitude
from neurosim.trace.rules import Rule


@mistake(
    "next-layers-slope", "hidden delta", "the derivative of the next layer's units in place of the unit's own",
    "multiply the arriving error by f' of the unit that it arrives at",
)
def _(positions):
    wrong = rule(
        "next layer's f'",
        lambda texts: " + ".join(map("{}*{}*{}".format, texts[0::3], texts[1::3], texts[2::3])),
        lambda *operands: sum([w * d * s for w, d, s in zip(operands[0::3], operands[1::3], operands[2::3])]),
    )
    swaps = {}
    for spot in plain_deltas(positions, positions.hidden):
        slopes = positions.at("f'", spot.layer + 1, spot.number)
        if all(slope in positions.trace for slope in slopes):
            old = positions.trace[spot.step.operands[0]].operands
            swaps[spot.step.address] = (wrong, tuple(x for three in zip(old[0::2], old[1::2], slopes) for x in three))
    return swaps


@mistake(
    "no-hidden-slope", "hidden delta", "hidden deltas without the derivative of the activation",
    "multiply the arriving error by f'(z) of the hidden unit",
)
def _(positions):
    return swap_deltas(positions, positions.hidden, WITHOUT_SLOPE)


def _arriving(positions, operands_of, wrong="arriving_error", layers=None):
    """Swaps of dE/da of the hidden units; `operands_of` makes new operands from a spot, its weights and its deltas."""
    swaps = {}
    for spot in positions.units("dE/da", positions.hidden if layers is None else layers):
        operands = operands_of(spot, spot.step.operands[0::2], spot.step.operands[1::2])
        if operands is not None:
            swaps[spot.step.address] = (wrong, tuple(operands))
    return swaps


@mistake(
    "weights-already-updated", "hidden delta", "weights that were already updated when the hidden deltas were computed",
    "compute all deltas first and update then, or keep a copy of the old weights",
)
def _(positions):
    if positions.steps("norm"):
        return {}  # no update is known before all gradients are, whose norm it reads

    def updated(spot, weights, deltas):
        new = [positions.new_weight(weight, spot.number) for weight in weights]
        return None if None in new or list(new) == list(weights) else pairs(new, deltas)

    return _arriving(positions, updated)


def _raw_error(positions, name, number):
    """The address of an output's own error, dE/da, or where loss and activation cancel of a - t, which is delta."""
    address = make_address("dE/da", name, number)
    return address if address in positions.trace else make_address("delta", name, number)


@mistake(
    "raw-error", "hidden delta", "the outputs' errors sent back in place of their deltas",
    "send back delta = dE/da f'(z), not the error alone",
)
def _(positions):
    def raw(spot, weights, deltas):
        if spot.layer != positions.last - 1:
            return None
        errors = [_raw_error(positions, name, spot.number) for name in positions.layers[-1]]
        return None if errors == list(deltas) else pairs(weights, errors)

    return _arriving(positions, raw)


@mistake(
    "raw-error-through-all", "hidden delta", "errors sent back through every layer without the derivatives on the way",
    "send back delta = dE/da f'(z) from every layer (some books leave this out on purpose)",
)
def _(positions):
    def raw(spot, weights, deltas):
        if len(positions.hidden) < 2:
            return None  # the same as the outputs' raw errors
        errors = [_raw_error(positions, name, spot.number) for name in positions.layers[spot.layer + 1]]
        return pairs(weights, errors)

    return _arriving(positions, raw)


@mistake(
    "output-for-delta", "hidden delta", "the next layer's outputs sent back in place of its deltas",
    "the weights carry the next layer's deltas back",
)
def _(positions):
    return _arriving(
        positions, lambda spot, weights, deltas: pairs(weights, positions.at("a", spot.layer + 1, spot.number))
    )


def _share_of_error(*operands):
    """Sum of e_k |w_kj| / sum over i of |w_ki|; the operands are, for each k, e_k, j's weight, and all weights."""
    size, total = int(operands[0]), 0
    for start in range(1, len(operands), size + 2):
        error, own, *all_ = operands[start : start + size + 2]
        total = total + error * magnitude(own) / sum([magnitude(weight) for weight in all_])
    return total


@mistake(
    "error-shared-out", "hidden delta", "the error shared out by the size of the weights",
    "multiply by the weight itself: no sharing out",
)
def _(positions):
    swaps = {}
    for spot in positions.units("dE/da", positions.hidden):
        rows = positions.weights_into(spot.layer + 1, spot.number)
        operands = []
        for name, row in zip(positions.layers[spot.layer + 1], rows):
            operands += [_raw_error(positions, name, spot.number), row[spot.j], *row]
        size = len(positions.layers[spot.layer])
        wrong = Rule(
            "error shared out", lambda texts, size=size: _sharing_text(texts, size),
            lambda *operands, size=size: _share_of_error(size, *operands),
        )
        swaps[spot.step.address] = (wrong, tuple(operands))
    return swaps


def _sharing_text(texts, size):
    groups = [texts[start : start + size + 2] for start in range(0, len(texts), size + 2)]
    return " + ".join(f"{e} * abs({w}) / ({' + '.join(f'abs({x})' for x in all_)})" for e, w, *all_ in groups)


@mistake(
    "backward-not-transposed", "hidden delta", "the weights of the next layer not transposed, W delta",
    "the error of unit j is the sum over k of w[j->k] delta[k]: column j of W",
)
def _(positions):
    def swapped(spot, weights, deltas):
        rows = positions.weights_into(spot.layer + 1, spot.number)
        return pairs([row[spot.j] for row in misread(rows)], deltas)

    return _arriving(positions, swapped)


@mistake(
    "assigned-in-sum", "hidden delta", "only one term of the sum over the outgoing connections",
    "add the terms up: += and not =",
)
def _(positions):
    yield "the last", _arriving(positions, lambda spot, w, d: (w[-1], d[-1]) if len(w) > 1 else None)
    yield "the first", _arriving(positions, lambda spot, w, d: (w[0], d[0]) if len(w) > 1 else None)


@mistake(
    "weights-left-out", "hidden delta", "the next layer's deltas added up without the weights",
    "multiply each delta by the weight of its connection",
)
def _(positions):
    return _arriving(positions, lambda spot, weights, deltas: deltas, rule("sum of deltas", sum_text, lambda *d: sum(d)))


@mistake(
    "divided-by-weight", "hidden delta", "the next layer's deltas divided by the weights in place of multiplied",
    "multiply each delta by the weight of its connection",
)
def _(positions):
    wrong = rule(
        "divided by the weight",
        lambda texts: " + ".join(f"{delta} / {w}" for w, delta in zip(texts[0::2], texts[1::2])),
        lambda *operands: sum([delta / w for w, delta in zip(operands[0::2], operands[1::2])]),
    )
    return _arriving(positions, lambda spot, weights, deltas: pairs(weights, deltas), wrong)


@mistake(
    "mean-over-outgoing", "hidden delta", "the mean over the outgoing connections", "add the terms up; don't divide",
)
def _(positions):
    wrong = rule(
        "mean over outgoing", lambda texts: f"({products_text(texts)}) / {len(texts) // 2}",
        lambda *operands: dot(operands[0::2], operands[1::2]) / (len(operands) // 2),
    )
    return _arriving(positions, lambda spot, w, d: pairs(w, d) if len(w) > 1 else None, wrong)
