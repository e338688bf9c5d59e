"""Mistakes in the gradients of weights and biases, of an example or of a batch."""

from __future__ import annotations

from neurosim.core.address import make_address
from neurosim.diagnosis.mistakes.entry import mistake, reworked


def _weight_gradients(positions):
    """A `Connection` for each gradient of a weight that an update reads."""
    return list(positions.connections(f"{positions.prefix}dE/dw"))


def _bias_gradients(positions):
    """A `Spot` for each gradient of a bias that an update reads."""
    return list(positions.units(f"{positions.prefix}dE/db"))


def _other_inputs(positions, connections, input_of):
    """Swaps of dE/dw in which other numbers stand for the inputs; `input_of` finds one by connection and pass."""
    swaps = {}
    for connection in connections:
        deltas = connection.step.operands[0::2]
        inputs = [input_of(connection, positions.number_of(delta)) for delta in deltas]
        swaps[connection.step.address] = (connection.step.rule, pairs(deltas, inputs))
    return swaps


def pairs(first, second):
    """The addresses of two lists in turns, as a sum of products reads them."""
    return tuple(address for pair in zip(first, second) for address in pair)


@mistake("gradient", "delta times the weight in place of its input", "dE/dw is delta times the input")
def weight_for_input(positions):
    def weight(connection, number):
        return positions.weight(positions.layers[connection.layer][connection.j], connection.i, number)

    return _other_inputs(positions, _weight_gradients(positions), weight)


@mistake("gradient", "delta divided by the input in place of multiplied", "dE/dw is delta times the input")
def divided_by_input(positions):
    wrong = {"": "delta / x", "sum ": "sum(delta / x)", "mean ": "sum(delta / x) / n"}[positions.prefix]
    return reworked(positions, _weight_gradients(positions), wrong)


@mistake(
    "gradient", "delta times the net input of the layer before in place of its output",
    "dE/dw is delta times the output a of the layer before",
)
def net_input_for_output(positions):
    def net_input(connection, number):
        return make_address("z", positions.layers[connection.layer - 1][connection.i], number)

    return _other_inputs(positions, _behind_the_first_layer(positions), net_input)


@mistake(
    "gradient", "delta times the network's inputs in every layer",
    "dE/dw is delta times the output of the layer before",
)
def always_the_inputs(positions):
    def network_input(connection, number):
        names = positions.layers[0]
        return make_address("a", names[connection.i % len(names)], number)

    return _other_inputs(positions, _behind_the_first_layer(positions), network_input)


def _behind_the_first_layer(positions):
    return [connection for connection in _weight_gradients(positions) if connection.layer > 1]


@mistake(
    "gradient", "output gradients from the error without f', hidden deltas right",
    "dE/dw is delta times the input, and delta has f'(z) in it",
)
def gradient_without_slope(positions):
    errors = {spot.step.address: spot.step.operands[0] for spot in positions.plain_deltas(positions.output)}
    swaps = {}
    for connection in positions.connections(f"{positions.prefix}dE/dw", positions.output):
        deltas, inputs = connection.step.operands[0::2], connection.step.operands[1::2]
        if all(delta in errors for delta in deltas):
            swaps[connection.step.address] = (connection.step.rule, pairs([errors[delta] for delta in deltas], inputs))
    return swaps


@mistake("gradient", "the gradients in the transposed layout", "row j, column i holds delta_j a_i")
def gradient_transposed(positions):
    swaps, layers = {}, {}
    for connection in _weight_gradients(positions):
        layers.setdefault((connection.layer, connection.number), {})[connection.j, connection.i] = connection.step
    for cells in layers.values():
        height, width = max(j for j, _ in cells) + 1, max(i for _, i in cells) + 1
        flat = [cells[j, i] for i in range(width) for j in range(height)]  # the transposed gradient, row by row
        for (j, i), step in cells.items():
            other = flat[j * width + i]
            if other is not step:
                swaps[step.address] = (step.rule, other.operands)
    return swaps


@mistake(
    "gradient", "the other reduction over the batch, sum for mean or mean for sum",
    "divide by the number of examples for the mean, and not for the sum",
)
def other_reduction(positions):
    if positions.prefix:
        yield with_other_reduction(positions, {"dE/dw": "weight_gradient", "dE/db": "bias_gradient"})
        yield "divided twice", {
            **reworked(positions, _weight_gradients(positions), "sum(delta*x) / n^2"),
            **reworked(positions, _bias_gradients(positions), "sum(delta) / n^2"),
        }


def with_other_reduction(positions, rules):
    """(form, swaps) of quantities whose rules are these and now reduce a batch in the other way."""
    old = positions.prefix.strip()
    new = {"mean": "sum", "sum": "mean"}[old]
    return f"{new} for {old}", {
        step.address: (f"{new}_{rule}", step.operands)
        for quantity, rule in rules.items()
        for step, _, _ in positions.steps(f"{old} {quantity}")
    }


@mistake("gradient", "the gradient of the last example alone", "add up the gradients of all examples")
def last_example_only(positions):
    swaps = {}
    if positions.prefix:
        for connection in _weight_gradients(positions):
            swaps[connection.step.address] = ("weight_gradient", connection.step.operands[-2:])
        for spot in _bias_gradients(positions):
            swaps[spot.step.address] = ("bias_gradient", spot.step.operands[-1:])
    return swaps


@mistake("gradient", "gradients added to those of the update before", "set them to 0 after each update")
def gradients_not_cleared(positions):
    before, last = {}, {}
    for found in positions.gradients():
        before[found.step.address] = last.get(found.place)
        last[found.place] = found.step.address
    return reworked(positions, positions.gradients(), "right + before", before=lambda found: before[found.step.address])


@mistake("gradient", "a wrong gradient of the biases", "dE/db is delta: the bias has the constant input 1")
def bias_gradient(positions):
    spots = _bias_gradients(positions)
    reduced = f"{positions.prefix.strip()}_weight_gradient".lstrip("_")

    def times(other):
        """Swaps of dE/db for sums of each delta times another number of its unit and pass."""
        swaps = {}
        for spot in spots:
            others = [other(spot, positions.number_of(delta)) for delta in spot.step.operands]
            swaps[spot.step.address] = (reduced, pairs(spot.step.operands, others))
        return swaps

    def inputs(spot, number):
        return positions.at("a", spot.layer - 1, number)

    def bias(spot, number):
        return positions.trace[make_address("z", spot.name, number)].operands[-1]

    yield "times the first input", times(lambda spot, number: inputs(spot, number)[0])
    yield "times the last input", times(lambda spot, number: inputs(spot, number)[-1])
    yield "times the bias", times(bias)
    yield "of the wrong sign", reworked(positions, spots, "-right")
    yield "one for the layer", _one_for_the_layer(positions, spots)


def _one_for_the_layer(positions, spots):
    swaps = {}
    for spot in spots:
        layer = [other for other in spots if (other.layer, other.number) == (spot.layer, spot.number)]
        deltas = [delta for other in layer for delta in other.step.operands]
        size = len(spot.step.operands)
        if len(layer) > 1:
            wrong = f"sum(delta) / {size}" if positions.prefix == "mean " and size > 1 else "sum(delta)"
            swaps.update(reworked(positions, [spot], wrong, delta=lambda spot: deltas))
    return swaps
