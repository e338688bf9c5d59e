"""Mistakes in the deltas of the output units."""

from __future__ import annotations

from neurosim.core.address import make_address
from neurosim.diagnosis.mistakes.entry import (
    SLOPE_TWICE,
    WITHOUT_SLOPE,
    changed_result,
    mistake,
    plain_deltas,
    rule,
    swap_deltas,
)


@mistake(
    "targets-reversed", "output delta", "the targets in the wrong order",
    "compare each output with its own target",
)
def _(positions):
    swaps = {}
    for quantity in ("dE/da", "delta"):
        for spot in positions.units(quantity, positions.output):
            target = make_address("t", spot.name, spot.number)
            if target in spot.step.operands and len(positions.layers[-1]) > 1:
                other = positions.at("t", positions.last, spot.number)[-1 - spot.j]
                operands = [other if operand == target else operand for operand in spot.step.operands]
                swaps[spot.step.address] = (spot.step.rule, tuple(operands))
    return swaps


@mistake(
    "no-output-slope", "output delta", "output deltas without the derivative of the activation",
    "multiply by f'(z); only where loss and activation cancel is delta = a - t",
)
def _(positions):
    return swap_deltas(positions, positions.output, WITHOUT_SLOPE)


@mistake(
    "extra-output-slope", "output delta", "(a - t) f'(z) where the cross-entropy has already cancelled the derivative",
    "with this loss delta = a - t",
)
def _(positions):
    swaps = {}
    for spot in positions.units("delta", positions.output):
        if spot.step.rule == "cancelled_delta" and positions.activation(spot).differentiable:
            wrong = rule(
                "extra f'", "({0} - {1}) * f'", _extra_slope(positions.activation(spot))
            )
            z = make_address("z", spot.name, spot.number)
            swaps[spot.step.address] = (wrong, (*spot.step.operands, z))
    return swaps


def _extra_slope(activation):
    return lambda output, target, z: (output - target) * activation.derivative(z, output)


@mistake("slope-twice", "output delta", "the derivative applied twice", "multiply by f'(z) once")
def _(positions):
    yield "at the outputs", swap_deltas(positions, positions.output, SLOPE_TWICE)
    if positions.hidden:
        yield "in every layer", swap_deltas(positions, None, SLOPE_TWICE)


@mistake(
    "delta-sign", "output delta", "deltas of the other sign, with weights still reduced",
    "delta is a - t times f'",
)
def _(positions):
    return {
        spot.step.address: changed_result(spot, positions, "delta of the other sign", "-({0})", lambda delta: 0 - delta)
        for spot in positions.units("delta", positions.output)
    }


@mistake(
    "delta-factor", "output delta", "output deltas with a factor of their own",
    "the factor belongs to the loss's derivative",
)
def _(positions):
    n = len(positions.layers[-1])
    for form, factor in {"2": 2, "1/2": 0.5, "1/n": 1 / n, "2/n": 2 / n}.items():
        if factor != 1 and not (form == "1/n" and factor == 0.5):
            name, formula = f"delta times {form}", f"{form} * ({{0}})"
            yield form, {
                spot.step.address: changed_result(spot, positions, name, formula, _times(factor))
                for spot in positions.units("delta", positions.output)
            }


def _times(factor):
    return lambda value: value * factor


@mistake("error-squared", "output delta", "the squared error in place of the error", "the derivative of e^2 / 2 is e")
def _(positions):
    wrong = rule("delta of the squared error", "{0}^2 * {1}", lambda gradient, slope: gradient * gradient * slope)
    return swap_deltas(positions, positions.output, wrong)


@mistake(
    "total-error", "output delta", "the total error E at every output", "each output has its own error, dE/da",
)
def _(positions):
    return {
        spot.step.address: ("delta", (make_address("E", "", spot.number), spot.step.operands[1]))
        for spot in plain_deltas(positions, positions.output)
    }


@mistake(
    "softmax-diagonal", "output delta", "only the diagonal of the softmax's derivative",
    "every output depends on every z",
)
def _(positions):
    cancelled = rule("diagonal only", "-{1} * (1 - {0})", lambda output, target: 0 - target * (1 - output))
    coupled = rule("diagonal only", "{1} * {0} * (1 - {0})", lambda output, gradient: gradient * output * (1 - output))
    swaps = {}
    for spot in positions.units("delta", positions.output):
        if positions.activation(spot).coupled:
            wrong = cancelled if spot.step.rule == "cancelled_delta" else coupled
            swaps[spot.step.address] = (wrong, spot.step.operands[:2])
    return swaps


@mistake(
    "softmax-no-slope", "output delta", "-t/p: the softmax's derivative left out", "with this loss delta = p - t",
)
def _(positions):
    wrong = rule("-t/p", "-{1} / {0}", lambda output, target: 0 - target / output)
    return {
        spot.step.address: (wrong, spot.step.operands)
        for spot in positions.units("delta", positions.output)
        if positions.activation(spot).coupled and spot.step.rule == "cancelled_delta"
    }


@mistake(
    "half-crossentropy", "output delta", "the cross-entropy without its (1 - t) half",
    "delta = a - t covers both halves",
)
def _(positions):
    wrong = rule("without the (1 - t) half", "-{1} * (1 - {0})", lambda output, target: 0 - target * (1 - output))
    return {
        spot.step.address: (wrong, spot.step.operands)
        for spot in positions.units("delta", positions.output)
        if spot.step.rule == "cancelled_delta" and positions.activation(spot).name == "sigmoid"
    }
