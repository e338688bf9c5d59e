"""Conventions that look like mistakes and are none: each a swap in the replay, as the mistakes are.

They are told apart from mistakes by being consistent: a loss of twice the size goes with a derivative of twice
the size, and errors of the other sign with updates that are added.
"""

from __future__ import annotations

from itertools import chain

from neurosim.core.losses import BinaryCrossentropy
from neurosim.diagnosis.mistakes.entry import CONVENTIONS, mistake, recomputed, reworked
from neurosim.diagnosis.mistakes.gradients import with_other_reduction
from neurosim.diagnosis.mistakes.optimizers import divided_by, gradient, penalty, setting, written
from neurosim.diagnosis.mistakes.output_deltas import with_factors
from neurosim.trace.rules import loss_rules

LOSSES = ("E", "mean E", "sum E")
FACTORS = {
    "2": "", "1/2": "", "1/n": "divided by the number of outputs", "2/n": "twice, divided by the number of outputs",
    "n": "times the number of outputs", "n/2": "half, times the number of outputs",
}


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
    outputs = str(len(positions.layers[-1]))
    for factor, swaps in with_factors(positions, [*positions.spots("E"), *_output_errors(positions)], FACTORS):
        yield ": ".join(filter(None, [factor.replace("n", outputs), FACTORS[factor]])), swaps


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
    term, *_ = loss_rules(BinaryCrossentropy(), size=1)
    swaps = {}
    for spot in positions.spots("delta", positions.output, rule="delta", activation="sigmoid"):
        pair = (spot.beside("a"), spot.beside("t"))
        swaps[spot.step.address] = ("cancelled_delta", pair)
        swaps[spot.beside("E")] = (term, pair)
    return swaps


@convention("the derivative of a step as 0, which it is", "textbooks take 1, or no weight below the step would learn")
def flat_steps(positions):
    flat = [spot for spot in positions.spots("f'") if not positions.activation(spot).differentiable]
    return reworked(positions, flat, "0 * right")


@convention("epsilon inside the root", "here it is added behind the root: sqrt(v) + epsilon")
def epsilon_inside_root(positions):
    return divided_by(positions, "sqrt(v + epsilon)")


@convention("a velocity without the learning rate, which the update multiplies it by", "here the rate is in the velocity")
def rate_outside_velocity(positions):
    yield "v = mu v + g", _rate_outside(positions, "momentum*velocity + g", "velocity+", "(g + momentum*velocity+)")
    yield "damped, v = mu v + (1 - mu) g", _rate_outside(positions, "momentum*velocity + (1 - momentum)*g", "velocity+")


def _rate_outside(positions, velocity, step, nesterovs=None):
    """Swaps of velocities for others, and of the updates for eta times such a step."""
    def eta(spot):
        before = positions.trace[spot.beside("velocity+")]
        return positions.trace.rules[before.rule].bind(before.operands).get("eta")

    velocities = written(positions, positions.steps("velocity+"), "momentum*velocity - eta*g")
    swaps, g = recomputed(positions, velocities, velocity, g=gradient(positions)), gradient(positions)
    for right, wrong in {"w + velocity+": step, "w + momentum*velocity+ - eta*g": nesterovs}.items():
        updates = written(positions, positions.updates(), right)
        if updates and not wrong:
            return {}
        swaps.update(recomputed(positions, updates, f"w - eta*{wrong}", eta=eta, g=g))
    return swaps


@convention("a damped velocity, mu v - (1 - mu) eta g", "here the gradient enters the velocity in full")
def damped_velocity(positions):
    velocities = written(positions, positions.steps("velocity+"), "momentum*velocity - eta*g")
    return recomputed(positions, velocities, {"eta": "(1 - momentum)*eta"})


@convention("gradients with the slope of the penalty in them", "here it is added in the update")
def penalty_in_gradient(positions):
    def weight(spot):
        return positions.trace[spot.beside("decayed")].operands[1]

    decayed = positions.steps("decayed")
    spots = [spot for spot in positions.weight_gradients() if spot.beside("decayed") in positions.trace]
    slope = penalty(positions).replace("l1", str(setting(positions, "l1"))).replace("l2", str(setting(positions, "l2")))
    gradients = reworked(positions, spots, f"right + {slope}", w=weight) if spots else {}
    return {**gradients, **reworked(positions, decayed, "g")}


@convention("a loss with the penalty in it", "here E is the loss of the outputs alone")
def penalty_in_loss(positions):
    l1, l2 = setting(positions, "l1"), setting(positions, "l2")
    totals = [spot for spot in positions.steps("E") if not spot.place]
    if positions.prefix == "sum " or not (l1 or l2) or not totals:
        return  # the sum over a batch would have the penalty once for each example
    count = len(_weights(positions, totals[0]))
    finders = {f"w{at}": lambda spot, at=at: _weights(positions, spot)[at] for at in range(count)}
    squares, sizes = (" + ".join([part.format(name) for name in finders]) for part in ("{}^2", "abs({})"))
    for form, half in {"": " / 2", "l2 w^2, without a half": ""}.items():
        if l2 or not form:
            wrong = " + ".join(["right"] + [f"{l1}*({sizes})"] * bool(l1) + [f"{l2}{half} * ({squares})"] * bool(l2))
            yield form, reworked(positions, totals, wrong, **finders)


def _weights(positions, spot):
    """The addresses of all weights in the pass of a spot."""
    return list(chain(*[row for layer in positions.computed for row in positions.weights_into(layer, spot.number)]))
