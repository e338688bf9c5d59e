"""Mistakes in the gradients of weights and biases, of an example or of a batch."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.mistakes.entry import mistake, reworked
from neurosim.diagnosis.mistakes.output_deltas import with_factors


def _times(positions, spots, other):
    """Swaps of gradients for the deltas times other numbers, each of which `other` finds by spot and pass."""
    rule = f"{positions.prefix.strip()}_weight_gradient".lstrip("_")
    swaps = {}
    for spot in spots:
        deltas = spot.step.operands[::2] if spot.i is not None else spot.step.operands
        pairs = [(delta, other(spot, split_address(delta)[2])) for delta in deltas]
        swaps[spot.step.address] = (rule, tuple(chain(*pairs)))
    return swaps


@mistake("gradient", "delta times the weight in place of its input", "dE/dw is delta times the input")
def weight_for_input(positions):
    def weight(spot, number):
        return positions.operands("z", positions.layers[spot.layer][spot.j], number)[2 * spot.i]

    return _times(positions, positions.weight_gradients(), weight)


@mistake("gradient", "delta divided by the input in place of multiplied", "dE/dw is delta times the input")
def divided_by_input(positions):
    wrong = {"": "delta / x", "sum ": "sum(delta / x)", "mean ": "sum(delta / x) / n"}[positions.prefix]
    return reworked(positions, positions.weight_gradients(), wrong)


@mistake("gradient", "delta times the net input of the layer before in place of its output",
         "dE/dw is delta times the output a of the layer before")
def net_input_for_output(positions):
    def net_input(spot, number):
        return make_address("z", positions.layers[spot.layer - 1][spot.i], number)

    return _times(positions, positions.weight_gradients(positions.computed[1:]), net_input)


@mistake("gradient", "delta times the network's inputs in every layer",
         "dE/dw is delta times the output of the layer before")
def always_the_inputs(positions):
    def network_input(spot, number):
        names = positions.layers[0]
        return make_address("a", names[spot.i % len(names)], number)

    return _times(positions, positions.weight_gradients(positions.computed[1:]), network_input)


@mistake("gradient", "output gradients from the error without f', hidden deltas right",
         "dE/dw is delta times the input, and delta has f'(z) in it")
def gradient_without_slope(positions):
    errors = {spot.step.address: spot.step.operands[0] for spot in positions.plain_deltas(positions.output)}
    return {
        spot.step.address: (spot.step.rule, tuple([errors.get(operand, operand) for operand in spot.step.operands]))
        for spot in positions.weight_gradients(positions.output)
        if errors.keys() >= set(spot.step.operands[::2])
    }


@mistake("gradient", "the gradients in the transposed layout", "row j, column i holds delta_j a_i")
def gradient_transposed(positions):
    swaps, layers = {}, {}
    for spot in positions.weight_gradients():
        layers.setdefault((spot.layer, spot.number), {})[spot.j, spot.i] = spot.step
    for cells in layers.values():
        height, width = max(j for j, _ in cells) + 1, max(i for _, i in cells) + 1
        flat = [cells[j, i] for i in range(width) for j in range(height)]  # the transposed gradient, row by row
        for (j, i), step in cells.items():
            other = flat[j * width + i]
            if other is not step:
                swaps[step.address] = (step.rule, other.operands)
    return swaps


@mistake("gradient", "the other reduction over the batch, sum for mean or mean for sum",
         "divide by the number of examples for the mean, and not for the sum")
def other_reduction(positions):
    if positions.prefix:
        yield with_other_reduction(positions, {"dE/dw": "weight_gradient", "dE/db": "bias_gradient"})
        yield "divided twice", {
            **reworked(positions, positions.weight_gradients(), "sum(delta*x) / n^2"),
            **reworked(positions, positions.bias_gradients(), "sum(delta) / n^2"),
        }


def with_other_reduction(positions, rules):
    """(form, swaps) of quantities whose rules are these and now reduce a batch in the other way."""
    old = positions.prefix.strip()
    new = {"mean": "sum", "sum": "mean"}[old]
    return f"{new} for {old}", {
        spot.step.address: (f"{new}_{rule}", spot.step.operands)
        for quantity, rule in rules.items()
        for spot in positions.steps(f"{old} {quantity}")
    }


@mistake("gradient", "one factor on all gradients", "dE/dw is delta times the input, dE/db is delta")
def gradient_factor(positions):
    outputs, examples = len(positions.layers[-1]), positions.passes
    factors = {1 / outputs: "1/n", outputs: "n", 1 / 2: "1/2", 2: "2"}
    forms = [form for factor, form in factors.items() if factor not in (examples, 1 / examples)]  # of other_reduction
    return with_factors(positions, positions.gradients(), reversed(forms))


@mistake("gradient", "the gradient of the last example alone", "add up the gradients of all examples")
def last_example_only(positions):
    if not positions.prefix:
        return {}
    return {
        **{spot.step.address: ("weight_gradient", spot.step.operands[-2:]) for spot in positions.weight_gradients()},
        **{spot.step.address: ("bias_gradient", spot.step.operands[-1:]) for spot in positions.bias_gradients()},
    }


@mistake("gradient", "gradients added to those of the update before", "set them to 0 after each update")
def gradients_not_cleared(positions):
    before, last = {}, {}
    for spot in positions.gradients():
        before[spot.step.address] = last.get(spot.place)
        last[spot.place] = spot.step.address
    return reworked(positions, positions.gradients(), "right + before", before=lambda spot: before[spot.step.address])


@mistake("gradient", "a wrong gradient of the biases", "dE/db is delta: the bias has the constant input 1")
def bias_gradient(positions):
    spots = positions.bias_gradients()

    def inputs(spot, number):
        return positions.at("a", spot.layer - 1, number)

    def bias(spot, number):
        return positions.operands("z", spot.place, number)[-1]

    yield "times the first input", _times(positions, spots, lambda spot, number: inputs(spot, number)[0])
    yield "times the last input", _times(positions, spots, lambda spot, number: inputs(spot, number)[-1])
    yield "times the bias", _times(positions, spots, bias)
    yield "of the wrong sign", reworked(positions, spots, "-right")
    yield "one for the layer", _one_for_the_layer(positions, spots)


def _one_for_the_layer(positions, spots):
    swaps, layers = {}, defaultdict(list)
    for spot in spots:
        layers[spot.layer, spot.number].append(spot)
    for spot in spots:
        layer = layers[spot.layer, spot.number]
        deltas = [delta for other in layer for delta in other.step.operands]
        size = len(spot.step.operands)
        if len(layer) > 1:
            wrong = f"sum(delta) / {size}" if positions.prefix == "mean " and size > 1 else "sum(delta)"
            swaps.update(reworked(positions, [spot], wrong, delta=lambda spot: deltas))
    return swaps
