"""Conventions that look like mistakes and are none: each a swap in the replay, as the mistakes are.

They are told apart from mistakes by being consistent: a loss of twice the size goes with a derivative of twice
the size, and errors of the other sign with updates that are added.
"""

from neurosim import losses
from neurosim.check.mistakes import Mistake, changed_result
from neurosim.trace.address import make_address
from neurosim.trace.rules import Rule

CONVENTIONS = {}
LOSSES = ("E", "mean E", "sum E")


def convention(name, equals, note):
    """Enter a function into `CONVENTIONS`."""

    def enter(function):
        def forms(anatomy):
            return [(form, swaps) for form, swaps in function(anatomy) if swaps]

        CONVENTIONS[name] = Mistake(name, "convention", equals, note, forms)
        return function

    return enter


def _negated(value):
    return 0 - value


def _output_errors(anatomy):
    """The spots at which the error of the outputs enters: dE/da, or delta where loss and activation cancel."""
    spots = list(anatomy.units("dE/da", anatomy.output))
    return spots or list(anatomy.units("delta", anatomy.output))


def _negative_gradients_in_updates(anatomy):
    """Swaps of the updates so that they read the gradients with the other sign."""
    swaps = {}
    gradients = tuple(f"{anatomy.prefix}{gradient}[" for gradient in ("dE/dw", "dE/db"))
    for step in anatomy.trace:
        if step.phase == "update" and any(operand.startswith(gradients) for operand in step.operands):
            flip = [operand.startswith(gradients) for operand in step.operands]
            old = anatomy.trace.rules[step.rule]
            new = Rule(
                f"{step.rule} with +=",
                lambda texts, old=old, flip=flip: old.formula([f"(-{t})" if f else t for t, f in zip(texts, flip)]),
                lambda *values, old=old, flip=flip: old.evaluate(*[0 - v if f else v for v, f in zip(values, flip)]),
            )
            swaps[step.address] = (new, step.operands)
    return swaps


@convention(
    "opposite-sign", "errors as t - a, with updates that are added", "delta here is dE/dz, which updates subtract",
)  # fmt: skip
def _(anatomy):
    errors = {
        spot.step.address: changed_result(spot, anatomy, "t - a", "-({0})", _negated)
        for spot in _output_errors(anatomy)
    }
    yield "", {**errors, **_negative_gradients_in_updates(anatomy)}
    gradients = {}
    for quantity in (f"{anatomy.prefix}dE/dw", f"{anatomy.prefix}dE/db"):
        for step, _, _ in anatomy.steps(quantity):
            gradients[step.address] = changed_result_of(step, anatomy)
    yield "gradients as here", {**errors, **gradients}
    deltas = {
        spot.step.address: changed_result(spot, anatomy, "(t - a) f'", "-({0})", _negated)
        for spot in anatomy.units("delta", anatomy.output)
    }
    if set(deltas) != set(errors):
        yield "dE/da as here", {**deltas, **_negative_gradients_in_updates(anatomy)}


def changed_result_of(step, anatomy):
    """The step's own rule with the other sign."""
    old = anatomy.trace.rules[step.rule]
    new = Rule("other sign", lambda texts: f"-({old.formula(texts)})", lambda *operands: 0 - old.evaluate(*operands))
    return new, step.operands


@convention(
    "loss-factor", "a loss with another factor, and its derivative with the same",
    "the name of the loss says the factor",
)  # fmt: skip
def _(anatomy):
    for form, factor in _factors(anatomy).items():
        spots = [*anatomy.units("E"), *_output_errors(anatomy)]
        yield form, _scaled(anatomy, [spot for spot in spots if spot.name], form, factor)


@convention(
    "loss-only-factor", "a loss with another factor, and the derivative as here", "only the printed loss differs",
)  # fmt: skip
def _(anatomy):
    for form, factor in _factors(anatomy).items():
        yield form, _scaled(anatomy, [spot for spot in anatomy.units("E") if spot.name], form, factor)


def _factors(anatomy):
    n = len(anatomy.layers[-1])
    factors = {"2": 2, "1/2": 0.5, "1/n": 1 / n, "2/n": 2 / n, "n": n, "n/2": n / 2}
    return {form: factor for form, factor in factors.items() if factor != 1}


def _scaled(anatomy, spots, form, factor):
    return {
        spot.step.address: changed_result(spot, anatomy, f"times {form}", f"{form} * ({{0}})", lambda x: x * factor)
        for spot in spots
    }


@convention(
    "reduction", "the loss and the gradients with the other reduction over the batch",
    "say reduction=\"sum\" or \"mean\"",
)  # fmt: skip
def _(anatomy):
    old = anatomy.prefix.strip()
    if old:
        new = {"mean": "sum", "sum": "mean"}[old]
        swaps = {}
        for quantity, part in (("E", "loss"), ("dE/dw", "weight_gradient"), ("dE/db", "bias_gradient")):
            for step, _, _ in anatomy.steps(f"{old} {quantity}"):
                swaps[step.address] = (f"{new}_{part}", step.operands)
        yield f"{new} for {old}", swaps


@convention(
    "cross-entropy", "the cross-entropy as the loss, for which delta is a - t", "choose the loss binary_crossentropy",
)  # fmt: skip
def _(anatomy):
    loss = losses.LOSSES["binary_crossentropy"]()
    swaps = {}
    for spot in anatomy.units("delta", anatomy.output):
        if spot.step.rule == "delta" and anatomy.activation(spot).name == "sigmoid":
            pair = tuple(make_address(quantity, spot.name, spot.number) for quantity in ("a", "t"))
            swaps[spot.step.address] = ("cancelled_delta", pair)
            formula = "-(t*log(a) + (1-t)*log(1-a))"
            term = Rule("binary_crossentropy", lambda texts, formula=formula: formula, lambda a, t: loss.term(a, t, 1))
            swaps[make_address("E", spot.name, spot.number)] = (term, pair)
    yield "", swaps
