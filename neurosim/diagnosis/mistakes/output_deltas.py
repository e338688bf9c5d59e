"""Mistakes in the deltas of the output units."""

from __future__ import annotations

from neurosim.core.address import make_address
from neurosim.diagnosis.mistakes.entry import mistake, reworked, rewired, wrong_rule
from neurosim.trace.rules import activation_rules


@mistake("output delta", "the targets in the wrong order", "compare each output with its own target")
def targets_reversed(positions):
    def other_target(spot):
        return positions.at("t", positions.last, spot.number)[-1 - spot.j]

    if len(positions.layers[-1]) == 1:
        return {}
    spots = [*positions.spots("dE/da", positions.output), *_cancelled(positions)]
    return rewired(positions, spots, t=other_target)


@mistake("output delta", "output deltas without the derivative of the activation",
         "multiply by f'(z); only where loss and activation cancel is delta = a - t")
def no_output_slope(positions):
    return reworked(positions, positions.plain_deltas(positions.output), "g")


@mistake("output delta", "(a - t) f'(z) where the cross-entropy has already cancelled the derivative",
         "with this loss delta = a - t")
def extra_output_slope(positions):
    swaps = {}
    for spot in _cancelled(positions):
        activation = positions.activation(spot)
        if activation.differentiable:
            _, slope = activation_rules(activation)
            wrong = wrong_rule(slope, "(a - t) * right")
            known = {quantity: spot.beside(quantity) for quantity in ("a", "t", "z")}
            swaps[spot.step.address] = (wrong, wrong.row(known))
    return swaps


@mistake("output delta", "the derivative applied twice", "multiply by f'(z) once")
def slope_twice(positions):
    def twice(layers=None):
        return reworked(positions, positions.plain_deltas(layers), "g * slope * slope")

    yield "at the outputs", twice(positions.output)
    if positions.hidden:
        yield "in every layer", twice()


@mistake("output delta", "deltas of the other sign, with weights still reduced", "delta is a - t times f'")
def delta_sign(positions):
    return reworked(positions, positions.spots("delta", positions.output), "-right")


@mistake("output delta", "output deltas with a factor of their own", "the factor belongs to the loss's derivative")
def delta_factor(positions):
    forms = ("2", "1/2") if len(positions.layers[-1]) == 2 else ("2", "1/2", "1/n", "2/n")
    return with_factors(positions, positions.spots("delta", positions.output), forms)


def with_factors(positions, spots, forms):
    """(form, swaps) of the results there with each of these factors, except 1; n is how many outputs there are."""
    for form in forms:
        factor = form.replace("n", str(len(positions.layers[-1])))
        if factor not in ("1", "1/1", "2/2"):
            yield form, reworked(positions, spots, f"{factor} * right")


@mistake("output delta", "the squared error in place of the error", "the derivative of e^2 / 2 is e")
def error_squared(positions):
    return reworked(positions, positions.plain_deltas(positions.output), "g^2 * slope")


@mistake("output delta", "the total error E at every output", "each output has its own error, dE/da")
def total_error(positions):
    deltas = positions.plain_deltas(positions.output) if positions.steps("E") else []
    return rewired(positions, deltas, g=lambda spot: make_address("E", "", spot.number))


@mistake("output delta", "only the diagonal of the softmax's derivative", "every output depends on every z")
def softmax_diagonal(positions):
    return {
        **reworked(positions, _cancelled(positions, "softmax"), "-t * (1 - a)"),
        **reworked(positions, positions.spots("delta", positions.output, rule="softmax_delta"), "g * a * (1 - a)"),
    }


@mistake("output delta", "-t/p: the softmax's derivative left out", "with this loss delta = p - t")
def softmax_no_slope(positions):
    return reworked(positions, _cancelled(positions, "softmax"), "-t / a")


@mistake("output delta", "the cross-entropy without its (1 - t) half", "delta = a - t covers both halves")
def half_crossentropy(positions):
    slopes = positions.spots("dE/da", positions.output, rule="binary_crossentropy'")
    share = "({}) / n" if getattr(positions.trace.structure.loss, "outputs", "sum") == "mean" else "{}"
    return {
        **reworked(positions, _cancelled(positions, "sigmoid"), share.format("-t * (1 - a)")),
        **reworked(positions, slopes, share.format("-t / a")),
    }


@mistake("output delta", "the chain rule through the softmax from a squared error",
         "the cross-entropy's dE/da is -t/p, and with it delta = p - t")
def softmax_of_squared_error(positions):
    def all_of(quantity):
        return lambda spot: positions.at(quantity, spot.layer, spot.number)

    wrong = "a * (a - t - sum((a_k - t_k) * a_k))"
    return reworked(positions, _cancelled(positions, "softmax"), wrong, a_k=all_of("a"), t_k=all_of("t"))


def _cancelled(positions, activation=None):
    """The spots of deltas a - t, where the loss and the activation (of this name) cancel."""
    return positions.spots("delta", positions.output, rule="cancelled_delta", activation=activation)
