"""Mistakes of the forward pass: net inputs and outputs."""

from neurosim.check.anatomy import misread
from neurosim.check.mistakes.entry import mistake, pairs, products_text, rule
from neurosim.elementary import dot
from neurosim.trace.rules import Rule


@mistake("sigmoid-sign", "forward", "the sigmoid without its minus sign, 1 / (1 + exp(z))", "write exp(-z)")
def _(anatomy):
    wrong = rule("sigmoid without the minus sign", "1 / (1 + exp({0}))", None)
    return {
        spot.step.address: (wrong._replace(evaluate=_mirrored(anatomy.activation(spot))), spot.step.operands)
        for spot in anatomy.units("a")
        if spot.layer and anatomy.activation(spot).name == "sigmoid"
    }


def _mirrored(activation):
    return lambda z: activation(0 - z)


@mistake("no-bias", "forward", "net inputs without the bias", "add the bias to the weighted sum")
def _(anatomy):
    return {
        spot.step.address: ("weighted_sum_without_bias", spot.step.operands[:-1])
        for spot in anatomy.units("z")
        if spot.step.rule == "weighted_sum"
    }


def _times_bias(anatomy, name, formula, factor):
    """Swaps that multiply every bias; `factor` is a function of the number of inputs."""

    def evaluate(*operands):
        size = len(operands) // 2
        return dot(operands[0:-1:2], operands[1::2]) + factor(size) * operands[-1]

    wrong = Rule(name, lambda texts: f"{products_text(texts[:-1])} {formula(len(texts) // 2)}{texts[-1]}", evaluate)
    return {
        spot.step.address: (wrong, spot.step.operands)
        for spot in anatomy.units("z")
        if spot.step.rule == "weighted_sum"
    }


@mistake("bias-subtracted", "forward", "the bias subtracted", "add the bias; a threshold, which is subtracted, is -b")
def _(anatomy):
    return _times_bias(anatomy, "bias subtracted", lambda size: "- ", lambda size: -1)


@mistake("bias-in-sum", "forward", "the bias added once for each input", "add the bias once, behind the sum")
def _(anatomy):
    return _times_bias(anatomy, "bias inside the sum", lambda size: f"+ {size}*", lambda size: size)


@mistake(
    "sum-not-reset", "forward", "a sum that goes on from one unit to the next, z_j = z_1 + ... + z_j",
    "set the sum to 0 before each unit",
)  # fmt: skip
def _(anatomy):
    wrong = rule(
        "sum not reset",
        lambda texts: f"{texts[0]} + {products_text(texts[1:])}" + (f" + {texts[-1]}" if len(texts) % 2 == 0 else ""),
        lambda before, *operands: before + dot(operands[0 : len(operands) // 2 * 2 : 2], operands[1::2])
        + (operands[-1] if len(operands) % 2 else 0),
    )  # fmt: skip
    return {
        spot.step.address: (wrong, (anatomy.at("z", spot.layer, spot.number)[spot.j - 1], *spot.step.operands))
        for spot in anatomy.units("z")
        if spot.j
    }


@mistake("activation-twice", "forward", "the activation applied twice, f(f(z))", "apply the activation once")
def _(anatomy):
    return {
        spot.step.address: (
            Rule("activation twice", "f(f({0[0]}))".format, _twice(anatomy.activation(spot))), spot.step.operands,
        )
        for spot in anatomy.units("a")
        if spot.layer and not anatomy.activation(spot).coupled
    }  # fmt: skip


def _twice(activation):
    return lambda z: activation(activation(z))


FORGOTTEN = Rule("activation forgotten", "{0[0]}".format, lambda z, *others: z)


def _forgotten(anatomy, layers):
    return {
        spot.step.address: (FORGOTTEN, spot.step.operands) for spot in anatomy.units("a", layers) if spot.layer
    }


@mistake(
    "output-not-activated", "forward", "the activation forgotten at the output, a = z",
    "apply it to the outputs too",
)  # fmt: skip
def _(anatomy):
    return _forgotten(anatomy, anatomy.output)


@mistake(
    "hidden-not-activated", "forward", "the activation forgotten in a hidden layer, a = z",
    "apply it in every layer",
)  # fmt: skip
def _(anatomy):
    for layer in anatomy.hidden:
        yield f"layer {layer}", _forgotten(anatomy, [layer])
    if len(anatomy.hidden) > 1:
        yield "all of them", _forgotten(anatomy, anatomy.hidden)


@mistake(
    "weights-transposed", "forward", "weights read transposed, or in the wrong layout",
    "the weight from i to j stands in row j, column i; a sum for unit j goes over row j",
)  # fmt: skip
def _(anatomy):
    swaps = {}
    for spot in anatomy.units("z"):
        weights = misread(anatomy.weights_into(spot.layer, spot.number))[spot.j]
        old = spot.step.operands
        swaps[spot.step.address] = (spot.step.rule, (*pairs(weights, old[1::2]), *old[2 * len(weights) :]))
    return swaps


@mistake(
    "softmax-over-batch", "forward", "the softmax over all examples of the batch together",
    "divide by the sum over the units of one example",
)  # fmt: skip
def _(anatomy):
    swaps = {}
    for spot in anatomy.units("a"):
        if spot.layer and anatomy.activation(spot).coupled and anatomy.passes > 1:
            everywhere = [z for number in anatomy.batch(spot.number) for z in anatomy.at("z", spot.layer, number)]
            swaps[spot.step.address] = (spot.step.rule, (spot.step.operands[0], *everywhere))
    return swaps
