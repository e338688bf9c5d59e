"""Mistakes in the gradients of weights and biases, of an example or of a batch."""

from __future__ import annotations

from neurosim.core.address import make_address
from neurosim.diagnosis.mistakes.entry import (
    changed_result,
    mistake,
    pairs,
    plain_deltas,
    products_text,
    rule,
    sum_text,
)
from neurosim.support.numeric import dot
from neurosim.trace.rules import Rule


def _gradients(positions, operands_of):
    """Swaps of dE/dw; `operands_of` makes new pairs from a connection, its deltas and its inputs."""
    swaps = {}
    for connection in positions.connections(f"{positions.prefix}dE/dw"):
        operands = operands_of(connection, connection.step.operands[0::2], connection.step.operands[1::2])
        if operands is not None:
            swaps[connection.step.address] = (connection.step.rule, tuple(operands))
    return swaps


@mistake(
    "weight-for-input", "gradient", "delta times the weight in place of its input", "dE/dw is delta times the input",
)
def _(positions):
    def with_weight(connection, deltas, inputs):
        name = positions.layers[connection.layer][connection.j]
        numbers = [positions.number_of(delta) for delta in deltas]
        return pairs(deltas, [positions.weight(name, connection.i, number) for number in numbers])

    return _gradients(positions, with_weight)


def _replaced_inputs(positions, quantity, layer_of):
    """Swaps of dE/dw behind the first layer in which other numbers stand for the inputs."""

    def other_inputs(connection, deltas, inputs):
        if connection.layer == 1:
            return None
        names = positions.layers[layer_of(connection)]
        name = names[connection.i % len(names)]
        return pairs(deltas, [make_address(quantity, name, positions.number_of(delta)) for delta in deltas])

    return _gradients(positions, other_inputs)


@mistake(
    "divided-by-input", "gradient", "delta divided by the input in place of multiplied",
    "dE/dw is delta times the input",
)
def _(positions):
    def quotients(texts):
        return " + ".join(f"{delta} / {x}" for delta, x in zip(texts[0::2], texts[1::2]))

    def sum_of_quotients(*operands):
        return sum([delta / x for delta, x in zip(operands[0::2], operands[1::2])])

    wrong = rule("divided by the input", quotients, sum_of_quotients)
    if positions.prefix == "mean ":
        wrong = rule(
            "mean divided by the input", lambda texts: f"({quotients(texts)}) / {len(texts) // 2}",
            lambda *operands: sum_of_quotients(*operands) / (len(operands) // 2),
        )
    return {
        connection.step.address: (wrong, connection.step.operands)
        for connection in positions.connections(f"{positions.prefix}dE/dw")
    }


@mistake(
    "net-input-for-output", "gradient", "delta times the net input of the layer before in place of its output",
    "dE/dw is delta times the output a of the layer before",
)
def _(positions):
    return _replaced_inputs(positions, "z", lambda connection: connection.layer - 1)


@mistake(
    "always-the-inputs", "gradient", "delta times the network's inputs in every layer",
    "dE/dw is delta times the output of the layer before",
)
def _(positions):
    return _replaced_inputs(positions, "a", lambda connection: 0)


@mistake(
    "gradient-without-slope", "gradient", "output gradients from the error without f', hidden deltas right",
    "dE/dw is delta times the input, and delta has f'(z) in it",
)
def _(positions):
    swaps = {}
    for spot in plain_deltas(positions, positions.output):
        swaps[spot.step.address] = spot.step.operands[0]

    def without_slope(connection, deltas, inputs):
        if connection.layer != positions.last or not all(delta in swaps for delta in deltas):
            return None
        return pairs([swaps[delta] for delta in deltas], inputs)

    return _gradients(positions, without_slope)


@mistake(
    "gradient-transposed", "gradient", "the gradients in the transposed layout", "row j, column i holds delta_j a_i",
)
def _(positions):
    swaps, layers = {}, {}
    for connection in positions.connections(f"{positions.prefix}dE/dw"):
        layers.setdefault((connection.layer, connection.number), {})[connection.j, connection.i] = connection.step
    for cells in layers.values():
        height, width = max(j for j, _ in cells) + 1, max(i for _, i in cells) + 1
        flat = [cells[j, i] for i in range(width) for j in range(height)]  # the transposed gradient, row by row
        for (j, i), step in cells.items():
            other = flat[j * width + i]
            if other is not step:
                swaps[step.address] = (step.rule, other.operands)
    return swaps


def _all_gradients(positions, weights_rule, biases_rule, last_only=False):
    """Swaps of the reduced gradients of a batch for those by other rules."""
    swaps = {}
    for connection in positions.connections(f"{positions.prefix}dE/dw"):
        operands = connection.step.operands
        swaps[connection.step.address] = (weights_rule, operands[-2:] if last_only else operands)
    for spot in positions.units(f"{positions.prefix}dE/db"):
        operands = spot.step.operands
        swaps[spot.step.address] = (biases_rule, operands[-1:] if last_only else operands)
    return swaps


@mistake(
    "other-reduction", "gradient", "the other reduction over the batch, sum for mean or mean for sum",
    "divide by the number of examples for the mean, and not for the sum",
)
def _(positions):
    if positions.prefix == "mean ":
        yield "sum for mean", _all_gradients(positions, "sum_weight_gradient", "sum_bias_gradient")
    if positions.prefix == "sum ":
        yield "mean for sum", _all_gradients(positions, "mean_weight_gradient", "mean_bias_gradient")
    if positions.prefix:
        yield "divided twice", _all_gradients(
            positions,
            rule("divided twice", lambda texts: f"({products_text(texts)}) / {(len(texts) // 2) ** 2}",
                 lambda *operands: dot(operands[0::2], operands[1::2]) / (len(operands) // 2) ** 2),
            rule("divided twice", lambda texts: f"({sum_text(texts)}) / {len(texts) ** 2}",
                 lambda *deltas: sum(deltas) / len(deltas) ** 2),
        )


@mistake(
    "last-example-only", "gradient", "the gradient of the last example alone", "add up the gradients of all examples",
)
def _(positions):
    return _all_gradients(positions, "weight_gradient", "bias_gradient", last_only=True) if positions.prefix else {}


@mistake(
    "gradients-not-cleared", "gradient", "gradients added to those of the update before",
    "set them to 0 after each update",
)
def _(positions):
    swaps = {}
    for quantity in (f"{positions.prefix}dE/dw", f"{positions.prefix}dE/db"):
        before = {}
        for step, place, _ in positions.steps(quantity):
            if place in before:
                old = positions.trace.rules[step.rule]
                wrong = Rule(
                    "not cleared", lambda texts, old=old: f"{old.formula(texts[1:])} + {texts[0]}",
                    lambda last, *operands, old=old: old.evaluate(*operands) + last,
                )
                swaps[step.address] = (wrong, (before[place], *step.operands))
            before[place] = step.address
    return swaps


@mistake(
    "bias-gradient", "gradient", "a wrong gradient of the biases", "dE/db is delta: the bias has the constant input 1",
)
def _(positions):
    reduced = f"{positions.prefix.strip()}_weight_gradient".lstrip("_")
    spots = list(positions.units(f"{positions.prefix}dE/db"))

    def with_second(second):
        """Pairs of each delta and another number of its unit and pass."""
        return {
            spot.step.address: (
                reduced,
                pairs(spot.step.operands, [second(spot, positions.number_of(delta)) for delta in spot.step.operands]),
            )
            for spot in spots
        }

    yield "times the first input", with_second(
        lambda spot, number: make_address("a", positions.layers[spot.layer - 1][0], number)
    )
    yield "times the last input", with_second(
        lambda spot, number: make_address("a", positions.layers[spot.layer - 1][-1], number)
    )
    yield "times the bias", with_second(
        lambda spot, number: positions.trace[make_address("z", spot.name, number)].operands[-1]
    )
    yield "of the wrong sign", {
        spot.step.address: changed_result(spot, positions, "of the wrong sign", "-({0})", lambda g: 0 - g)
        for spot in spots
    }
    yield "one for the layer", _one_for_the_layer(positions, spots)


def _one_for_the_layer(positions, spots):
    swaps = {}
    for spot in spots:
        size = len(spot.step.operands) if positions.prefix == "mean " else 1
        wrong = rule(
            "one for the layer", lambda texts, size=size: f"({sum_text(texts)})" + (f" / {size}" if size > 1 else ""),
            lambda *deltas, size=size: sum(deltas) / size if size > 1 else sum(deltas),
        )
        layer = [other for other in spots if (other.layer, other.number) == (spot.layer, spot.number)]
        if len(layer) > 1:
            swaps[spot.step.address] = (wrong, tuple(delta for other in layer for delta in other.step.operands))
    return swaps
