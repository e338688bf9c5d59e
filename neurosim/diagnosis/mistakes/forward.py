"""Mistakes of the forward pass: net inputs and outputs."""

from __future__ import annotations

from neurosim.diagnosis.mistakes.entry import mistake, pairs, products_text, rule
from neurosim.diagnosis.positions import misread
from neurosim.support.numeric import dot
from neurosim.trace.rules import Rule


@mistake("sigmoid-sign", "forward", "the sigmoid without its minus sign, 1 / (1 + exp(z))", "write exp(-z)")
def _(positions):
    wrong = rule("sigmoid without the minus sign", "1 / (1 + exp({0}))", None)
    return {
        spot.step.address: (wrong._replace(evaluate=_mirrored(positions.activation(spot))), spot.step.operands)
        for spot in positions.units("a")
        if spot.layer and positions.activation(spot).name == "sigmoid"
    }


def _mirrored(activation):
    return lambda z: activation(0 - z)


@mistake("no-bias", "forward", "net inputs without the bias", "add the bias to the weighted sum")
def _(positions):
    return {
        spot.step.address: ("weighted_sum_without_bias", spot.step.operands[:-1])
        for spot in positions.units("z")
        if spot.step.rule == "weighted_sum"
    }


def _times_bias(positions, name, formula, factor):
    """Swaps that multiply every bias; `factor` is a function of the number of inputs."""

    def evaluate(*operands):
        size = len(operands) // 2
        return dot(operands[0:-1:2], operands[1::2]) + factor(size) * operands[-1]

    wrong = Rule(name, lambda texts: f"{products_text(texts[:-1])} {formula(len(texts) // 2)}{texts[-1]}", evaluate)
    return {
        spot.step.address: (wrong, spot.step.operands)
        for spot in positions.units("z")
        if spot.step.rule == "weighted_sum"
    }


@mistake("bias-subtracted", "forward", "the bias subtracted", "add the bias; a threshold, which is subtracted, is -b")
def _(positions):
    return _times_bias(positions, "bias subtracted", lambda size: "- ", lambda size: -1)


@mistake("bias-in-sum", "forward", "the bias added once for each input", "add the bias once, behind the sum")
def _(positions):
    return _times_bias(positions, "bias inside the sum", lambda size: f"+ {size}*", lambda size: size)


@mistake(
    "sum-not-reset", "forward", "a sum that goes on from one unit to the next, z_j = z_1 + ... + z_j",
    "set the sum to 0 before each unit",
)
def _(positions):
    wrong = rule(
        "sum not reset",
        lambda texts: f"{texts[0]} + {products_text(texts[1:])}" + (f" + {texts[-1]}" if len(texts) % 2 == 0 else ""),
        lambda before, *operands: before + dot(operands[0 : len(operands) // 2 * 2 : 2], operands[1::2])
        + (operands[-1] if len(operands) % 2 else 0),
    )
    return {
        spot.step.address: (wrong, (positions.at("z", spot.layer, spot.number)[spot.j - 1], *spot.step.operands))
        for spot in positions.units("z")
        if spot.j
    }


@mistake("activation-twice", "forward", "the activation applied twice, f(f(z))", "apply the activation once")
def _(positions):
    return {
        spot.step.address: (
            Rule("activation twice", "f(f({0[0]}))".format, _twice(positions.activation(spot))), spot.step.operands,
        )
        for spot in positions.units("a")
        if spot.layer and not positions.activation(spot).coupled
    }


def _twice(activation):
    return lambda z: activation(activation(z))


FORGOTTEN = Rule("activation forgotten", "{0[0]}".format, lambda z, *others: z)


def _forgotten(positions, layers):
    return {
        spot.step.address: (FORGOTTEN, spot.step.operands) for spot in positions.units("a", layers) if spot.layer
    }


@mistake(
    "output-not-activated", "forward", "the activation forgotten at the output, a = z",
    "apply it to the outputs too",
)
def _(positions):
    return _forgotten(positions, positions.output)


@mistake(
    "hidden-not-activated", "forward", "the activation forgotten in a hidden layer, a = z",
    "apply it in every layer",
)
def _(positions):
    for layer in positions.hidden:
        yield f"layer {layer}", _forgotten(positions, [layer])
    if len(positions.hidden) > 1:
        yield "all of them", _forgotten(positions, positions.hidden)


@mistake(
    "weights-transposed", "forward", "weights read transposed, or in the wrong layout",
    "the weight from i to j stands in row j, column i; a sum for unit j goes over row j",
)
def _(positions):
    swaps = {}
    for spot in positions.units("z"):
        weights = misread(positions.weights_into(spot.layer, spot.number))[spot.j]
        old = spot.step.operands
        swaps[spot.step.address] = (spot.step.rule, (*pairs(weights, old[1::2]), *old[2 * len(weights) :]))
    return swaps


@mistake(
    "softmax-over-batch", "forward", "the softmax over all examples of the batch together",
    "divide by the sum over the units of one example",
)
def _(positions):
    swaps = {}
    for spot in positions.units("a"):
        if spot.layer and positions.activation(spot).coupled and positions.passes > 1:
            everywhere = [z for number in positions.batch(spot.number) for z in positions.at("z", spot.layer, number)]
            swaps[spot.step.address] = (spot.step.rule, (spot.step.operands[0], *everywhere))
    return swaps
