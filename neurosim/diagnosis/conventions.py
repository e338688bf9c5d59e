"""Conventions that look like mistakes and are none: each a swap in the replay, as the mistakes are.

They are told apart from mistakes by being consistent: a loss of twice the size goes with a derivative of twice
the size, and errors of the other sign with updates that are added.
"""

from __future__ import annotations

from neurosim.core import losses
from neurosim.core.address import make_address
from neurosim.diagnosis.mistakes.entry import CONVENTIONS, changed_result, mistake
from neurosim.trace.rules import Rule

LOSSES = ("E", "mean E", "sum E")


def convention(name, equals, note):
    """Enter a function into `CONVENTIONS`."""
    return mistake(name, "convention", equals, note, CONVENTIONS)


def _output_errors(positions):
    """The spots at which the error of the outputs enters: dE/da, or delta where loss and activation cancel."""
    spots = list(positions.units("dE/da", positions.output))
    return spots or list(positions.units("delta", positions.output))


def _negative_gradients_in_updates(positions):
    """Swaps of the updates so that they read the gradients with the other sign."""
    swaps = {}
    gradients = tuple(f"{positions.prefix}{gradient}[" for gradient in ("dE/dw", "dE/db"))
    for step in positions.trace:
        if step.phase == "update" and any(operand.startswith(gradients) for operand in step.operands):
            flip = [operand.startswith(gradients) for operand in step.operands]
            old = positions.trace.rules[step.rule]
            new = Rule(
                f"{step.rule} with +=",
                lambda texts, old=old, flip=flip: old.formula([f"(-{t})" if f else t for t, f in zip(texts, flip)]),
                lambda *values, old=old, flip=flip: old.evaluate(*[0 - v if f else v for v, f in zip(values, flip)]),
            )
            swaps[step.address] = (new, step.operands)
    return swaps


@convention(
    "opposite-sign", "errors as t - a, with updates that are added", "delta here is dE/dz, which updates subtract",
)
def _(positions):
    prefix, updates = positions.prefix, _negative_gradients_in_updates(positions)
    errors = _negated(positions, _output_errors(positions), "t - a")
    yield "", {**errors, **updates}
    gradients = [*positions.connections(f"{prefix}dE/dw"), *positions.units(f"{prefix}dE/db")]
    yield "gradients as here", {**errors, **_negated(positions, gradients, "other sign")}
    deltas = _negated(positions, positions.units("delta", positions.output), "(t - a) f'")
    if set(deltas) != set(errors):
        yield "dE/da as here", {**deltas, **updates}


def _negated(positions, spots, name):
    """Swaps of the rules there for the same with the other sign."""
    return {
        spot.step.address: changed_result(spot, positions, name, "-({0})", lambda value: 0 - value) for spot in spots
    }


@convention(
    "loss-factor", "a loss with another factor, and its derivative with the same",
    "the name of the loss says the factor",
)
def _(positions):
    for form, factor in _factors(positions).items():
        spots = [*positions.units("E"), *_output_errors(positions)]
        yield form, _scaled(positions, [spot for spot in spots if spot.name], form, factor)


@convention(
    "loss-only-factor", "a loss with another factor, and the derivative as here", "only the printed loss differs",
)
def _(positions):
    for form, factor in _factors(positions).items():
        yield form, _scaled(positions, [spot for spot in positions.units("E") if spot.name], form, factor)


def _factors(positions):
    n = len(positions.layers[-1])
    factors = {"2": 2, "1/2": 0.5, "1/n": 1 / n, "2/n": 2 / n, "n": n, "n/2": n / 2}
    return {form: factor for form, factor in factors.items() if factor != 1}


def _scaled(positions, spots, form, factor):
    return {
        spot.step.address: changed_result(spot, positions, f"times {form}", f"{form} * ({{0}})", lambda x: x * factor)
        for spot in spots
    }


@convention(
    "reduction", "the loss and the gradients with the other reduction over the batch",
    "say reduction=\"sum\" or \"mean\"",
)
def _(positions):
    old = positions.prefix.strip()
    if old:
        new = {"mean": "sum", "sum": "mean"}[old]
        swaps = {}
        for quantity, part in (("E", "loss"), ("dE/dw", "weight_gradient"), ("dE/db", "bias_gradient")):
            for step, _, _ in positions.steps(f"{old} {quantity}"):
                swaps[step.address] = (f"{new}_{part}", step.operands)
        yield f"{new} for {old}", swaps


@convention(
    "cross-entropy", "the cross-entropy as the loss, for which delta is a - t", "choose the loss binary_crossentropy",
)
def _(positions):
    loss, formula = losses.LOSSES["binary_crossentropy"](), "-(t*log(a) + (1-t)*log(1-a))"
    term = Rule(loss.name, lambda texts: formula, lambda a, t: loss.term(a, t, 1))
    swaps = {}
    for spot in positions.units("delta", positions.output):
        if spot.step.rule == "delta" and positions.activation(spot).name == "sigmoid":
            pair = tuple(make_address(quantity, spot.name, spot.number) for quantity in ("a", "t"))
            swaps[spot.step.address] = ("cancelled_delta", pair)
            swaps[make_address("E", spot.name, spot.number)] = (term, pair)
    yield "", swaps
