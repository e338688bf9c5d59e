"""Mistakes in the deltas of the output units."""

from neurosim.check.mistakes.entry import (
    SLOPE_TWICE, WITHOUT_SLOPE, changed_result, mistake, plain_deltas, rule, swap_deltas,
)  # fmt: skip
from neurosim.trace.address import make_address


@mistake(
    "targets-reversed", "output delta", "the targets in the wrong order",
    "compare each output with its own target",
)  # fmt: skip
def _(anatomy):
    swaps = {}
    for quantity in ("dE/da", "delta"):
        for spot in anatomy.units(quantity, anatomy.output):
            target = make_address("t", spot.name, spot.number)
            if target in spot.step.operands and len(anatomy.layers[-1]) > 1:
                other = anatomy.at("t", anatomy.last, spot.number)[-1 - spot.j]
                operands = [other if operand == target else operand for operand in spot.step.operands]
                swaps[spot.step.address] = (spot.step.rule, tuple(operands))
    return swaps


@mistake(
    "no-output-slope", "output delta", "output deltas without the derivative of the activation",
    "multiply by f'(z); only where loss and activation cancel is delta = a - t",
)  # fmt: skip
def _(anatomy):
    return swap_deltas(anatomy, anatomy.output, WITHOUT_SLOPE)


@mistake(
    "extra-output-slope", "output delta", "(a - t) f'(z) where the cross-entropy has already cancelled the derivative",
    "with this loss delta = a - t",
)  # fmt: skip
def _(anatomy):
    swaps = {}
    for spot in anatomy.units("delta", anatomy.output):
        if spot.step.rule == "cancelled_delta" and anatomy.activation(spot).differentiable:
            wrong = rule(
                "extra f'", "({0} - {1}) * f'", _extra_slope(anatomy.activation(spot))
            )
            z = make_address("z", spot.name, spot.number)
            swaps[spot.step.address] = (wrong, (*spot.step.operands, z))
    return swaps


def _extra_slope(activation):
    return lambda output, target, z: (output - target) * activation.derivative(z, output)


@mistake("slope-twice", "output delta", "the derivative applied twice", "multiply by f'(z) once")
def _(anatomy):
    yield "at the outputs", swap_deltas(anatomy, anatomy.output, SLOPE_TWICE)
    if anatomy.hidden:
        yield "in every layer", swap_deltas(anatomy, None, SLOPE_TWICE)


@mistake(
    "delta-sign", "output delta", "deltas of the other sign, with weights still reduced",
    "delta is a - t times f'",
)  # fmt: skip
def _(anatomy):
    return {
        spot.step.address: changed_result(spot, anatomy, "delta of the other sign", "-({0})", lambda delta: 0 - delta)
        for spot in anatomy.units("delta", anatomy.output)
    }


@mistake(
    "delta-factor", "output delta", "output deltas with a factor of their own",
    "the factor belongs to the loss's derivative",
)  # fmt: skip
def _(anatomy):
    n = len(anatomy.layers[-1])
    for form, factor in {"2": 2, "1/2": 0.5, "1/n": 1 / n, "2/n": 2 / n}.items():
        if factor != 1 and not (form == "1/n" and factor == 0.5):
            name, formula = f"delta times {form}", f"{form} * ({{0}})"
            yield form, {
                spot.step.address: changed_result(spot, anatomy, name, formula, _times(factor))
                for spot in anatomy.units("delta", anatomy.output)
            }


def _times(factor):
    return lambda value: value * factor


@mistake("error-squared", "output delta", "the squared error in place of the error", "the derivative of e^2 / 2 is e")
def _(anatomy):
    wrong = rule("delta of the squared error", "{0}^2 * {1}", lambda gradient, slope: gradient * gradient * slope)
    return swap_deltas(anatomy, anatomy.output, wrong)


@mistake(
    "total-error", "output delta", "the total error E at every output", "each output has its own error, dE/da",
)  # fmt: skip
def _(anatomy):
    return {
        spot.step.address: ("delta", (make_address("E", "", spot.number), spot.step.operands[1]))
        for spot in plain_deltas(anatomy, anatomy.output)
    }


@mistake(
    "softmax-diagonal", "output delta", "only the diagonal of the softmax's derivative",
    "every output depends on every z",
)  # fmt: skip
def _(anatomy):
    cancelled = rule("diagonal only", "-{1} * (1 - {0})", lambda output, target: 0 - target * (1 - output))
    coupled = rule("diagonal only", "{1} * {0} * (1 - {0})", lambda output, gradient: gradient * output * (1 - output))
    swaps = {}
    for spot in anatomy.units("delta", anatomy.output):
        if anatomy.activation(spot).coupled:
            wrong = cancelled if spot.step.rule == "cancelled_delta" else coupled
            swaps[spot.step.address] = (wrong, spot.step.operands[:2])
    return swaps


@mistake(
    "softmax-no-slope", "output delta", "-t/p: the softmax's derivative left out", "with this loss delta = p - t",
)  # fmt: skip
def _(anatomy):
    wrong = rule("-t/p", "-{1} / {0}", lambda output, target: 0 - target / output)
    return {
        spot.step.address: (wrong, spot.step.operands)
        for spot in anatomy.units("delta", anatomy.output)
        if anatomy.activation(spot).coupled and spot.step.rule == "cancelled_delta"
    }


@mistake(
    "half-crossentropy", "output delta", "the cross-entropy without its (1 - t) half",
    "delta = a - t covers both halves",
)  # fmt: skip
def _(anatomy):
    wrong = rule("without the (1 - t) half", "-{1} * (1 - {0})", lambda output, target: 0 - target * (1 - output))
    return {
        spot.step.address: (wrong, spot.step.operands)
        for spot in anatomy.units("delta", anatomy.output)
        if spot.step.rule == "cancelled_delta" and anatomy.activation(spot).name == "sigmoid"
    }
