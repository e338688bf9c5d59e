"""Mistakes of the forward pass: net inputs and outputs."""

from __future__ import annotations

from neurosim.core.activations import Sigmoid, Softmax
from neurosim.diagnosis.mistakes.entry import mistake, reworked, rewired
from neurosim.diagnosis.positions import misread
from neurosim.trace.rules import Rule


@mistake("forward", "the sigmoid without its minus sign, 1 / (1 + exp(z))", "write exp(-z)")
def sigmoid_sign(positions):
    spots = positions.spots("a", activation="sigmoid")
    return {spot.step.address: (SIGMOID_OF_MINUS_Z, spot.step.operands) for spot in spots}


def _sigmoid_of_minus(z):
    return Sigmoid()(0 - z)


SIGMOID_OF_MINUS_Z = Rule("sigmoid without the minus sign", "1 / (1 + exp(z))", _sigmoid_of_minus)


@mistake("forward", "net inputs without the bias", "add the bias to the weighted sum")
def no_bias(positions):
    return {
        spot.step.address: ("weighted_sum_without_bias", spot.step.operands[:-1])
        for spot in positions.spots("z", rule="weighted_sum")
    }


@mistake("forward", "the bias subtracted", "add the bias; a threshold, which is subtracted, is -b")
def bias_subtracted(positions):
    return reworked(positions, positions.spots("z", rule="weighted_sum"), "sum(w*a) - b")


@mistake("forward", "the bias added once for each input", "add the bias once, behind the sum")
def bias_in_sum(positions):
    return reworked(positions, positions.spots("z", rule="weighted_sum"), "sum(w*a) + n*b")


@mistake("forward", "a sum that goes on from one unit to the next, z_j = z_1 + ... + z_j",
         "set the sum to 0 before each unit")
def sum_not_reset(positions):
    def before(spot):
        return positions.at("z", spot.layer, spot.number)[spot.j - 1] if spot.j else None

    return reworked(positions, positions.spots("z"), "right + before", before=before)


@mistake("forward", "the activation applied twice, f(f(z))", "apply the activation once")
def activation_twice(positions):
    spots = [spot for spot in positions.spots("a") if not positions.activation(spot).coupled]
    return reworked(positions, spots, {"z": "right"})


@mistake("forward", "the activation forgotten at the output, a = z", "apply it to the outputs too")
def output_not_activated(positions):
    return _not_activated(positions, positions.output)


@mistake("forward", "the activation forgotten in a hidden layer, a = z", "apply it in every layer")
def hidden_not_activated(positions):
    for layer in positions.hidden:
        yield f"layer {layer}", _not_activated(positions, [layer])
    if len(positions.hidden) > 1:
        yield "all of them", _not_activated(positions, positions.hidden)


def _not_activated(positions, layers):
    return reworked(positions, positions.spots("a", layers), "z", z=lambda spot: spot.beside("z"))


@mistake("forward", "weights read transposed, or in the wrong layout",
         "the weight from i to j stands in row j, column i; a sum for unit j goes over row j")
def weights_transposed(positions):
    def misread_weights(spot):
        return misread(positions.weights_into(spot.layer, spot.number))[spot.j]

    return rewired(positions, positions.spots("z"), w=misread_weights)


@mistake("forward", "the softmax over all examples of the batch together", "divide by the sum over the units of one example")
def softmax_over_batch(positions):
    swaps = {}
    for spot in positions.spots("a", activation="softmax") if positions.passes > 1 else []:
        everywhere = [z for number in positions.batch(spot.number) for z in positions.at("z", spot.layer, number)]
        swaps[spot.step.address] = (SHARE_OF_BATCH, (spot.beside("z"), *everywhere))
    return swaps


def _share(z, *z_k):
    return Softmax()(z, Softmax().normaliser(z_k))


SHARE_OF_BATCH = Rule("softmax over the batch", "exp(z) / sum(exp(z_k))", _share)
