"""Conventions that look like mistakes and are none: each a swap in the replay, as the mistakes are.

They are told apart from mistakes by being consistent: a loss of twice the size goes with a derivative of twice
the size, and errors of the other sign with updates that are added.
"""

from __future__ import annotations

from neurosim.core.losses import BinaryCrossentropy
from neurosim.diagnosis.mistakes.entry import CONVENTIONS, mistake, reworked
from neurosim.diagnosis.mistakes.gradients import with_other_reduction
from neurosim.diagnosis.mistakes.output_deltas import with_factors
from neurosim.trace.rules import loss_rules

LOSSES = ("E", "mean E", "sum E")
FACTORS = ("2", "1/2", "1/n", "2/n", "n", "n/2")


def convention(equals, note):
    """Enter a function into `CONVENTIONS`."""
    return mistake("convention", equals, note, CONVENTIONS)


def _output_errors(positions):
    """The spots at which the error of the outputs enters: dE/da, or delta where loss and activation cancel."""
    return positions.spots("dE/da", positions.output) or positions.spots("delta", positions.output)


@convention("errors as t - a, with updates that are added", "delta here is dE/dz, which updates subtract")
def opposite_sign(positions):
    errors = reworked(positions, _output_errors(positions), "-right")
    deltas = reworked(positions, positions.spots("delta", positions.output), "-right")
    gradients = reworked(positions, positions.gradients(), "-right")
    readers = [spot for spot in positions.readers("g") if not gradients.keys().isdisjoint(spot.step.operands)]
    added = reworked(positions, readers, {"g": "-g"})
    yield "", {**errors, **added}
    yield "gradients as here", {**errors, **gradients}
    if deltas.keys() != errors.keys():
        yield "dE/da as here", {**deltas, **added}


@convention("a loss with another factor, and its derivative with the same", "the name of the loss says the factor")
def loss_factor(positions):
    return with_factors(positions, [*positions.spots("E"), *_output_errors(positions)], FACTORS)


@convention("a loss with another factor, and the derivative as here", "only the printed loss differs")
def loss_only_factor(positions):
    return with_factors(positions, positions.spots("E"), FACTORS)


@convention("the loss and the gradients with the other reduction over the batch", "say reduction=\"sum\" or \"mean\"")
def reduction(positions):
    if positions.prefix:
        rules = {"E": "loss", "dE/dw": "weight_gradient", "dE/db": "bias_gradient"}
        yield with_other_reduction(positions, rules)


@convention("the cross-entropy as the loss, for which delta is a - t", "choose the loss binary_crossentropy")
def cross_entropy(positions):
    term, _ = loss_rules(BinaryCrossentropy(), size=1)
    swaps = {}
    for spot in positions.spots("delta", positions.output, rule="delta", activation="sigmoid"):
        pair = (spot.beside("a"), spot.beside("t"))
        swaps[spot.step.address] = ("cancelled_delta", pair)
        swaps[spot.beside("E")] = (term, pair)
    return swaps
