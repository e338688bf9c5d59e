"""Mistakes of the forward pass: net inputs and outputs."""

from __future__ import annotations

from neurosim.core.activations import ACTIVATIONS, LeakyReLU, Sigmoid, Softmax
from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.mistakes.entry import mistake, reworked, rewired
from neurosim.diagnosis.positions import misread
from neurosim.trace.rules import Rule, activation_rules


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


@mistake("forward", "the activation forgotten in every layer, a = z", "apply it in every layer")
def not_activated(positions):
    bent = [layer for layer in positions.computed if not positions.spots("a", [layer], activation="linear")]
    return _not_activated(positions, bent) if positions.last in bent[1:] else {}


@mistake("forward", "another activation, with its own derivative", "use the activation of the layer")
def other_activation(positions):
    for name in ("sigmoid", "bipolar_sigmoid", "tanh", "relu", "linear"):
        spots = [spot for spot in positions.spots("a") if not positions.activation(spot).coupled]
        others = [spot for spot in spots if positions.activation(spot).name != name]
        yield name, _with_activation(positions, others, ACTIVATIONS.make(name))


@mistake("forward", "leaky ReLUs with another slope below 0, in f and in f'", "use the layer's own alpha")
def other_leak(positions):
    spots = positions.spots("a", activation="leaky_relu")
    for alpha in (0.1, 0.01, 0.2):
        others = [spot for spot in spots if positions.activation(spot).alpha != alpha]
        yield str(alpha), _with_activation(positions, others, LeakyReLU(alpha))


def _with_activation(positions, spots, activation):
    """Swaps of the outputs there and of their slopes for those of another activation."""
    forward, slope = activation_rules(activation)
    swaps = {}
    for spot in spots:
        swaps[spot.step.address] = (forward, (spot.beside("z"),))
        if spot.beside("f'") in positions.trace:
            swaps[spot.beside("f'")] = (slope, (spot.beside("z"), spot.step.address))
    return swaps


@mistake("forward", "weights read transposed, or in the wrong layout",
         "the weight from i to j stands in row j, column i; a sum for unit j goes over row j")
def weights_transposed(positions):
    def misread_weights(spot):
        return misread(positions.weights_into(spot.layer, spot.number))[spot.j]

    return rewired(positions, positions.spots("z"), w=misread_weights)


@mistake("forward", "the inputs of another example", "read the inputs of the example whose turn it is")
def other_examples_inputs(positions):
    return of_other_examples(positions, "a", 0)


def of_other_examples(positions, quantity, layer):
    """(form, swaps) of all that reads a quantity of a layer, now that of another example."""
    count, seen = positions.trace.settings.examples, []
    for form, other in OTHER_EXAMPLES.items():
        moved = {}
        for spot in positions.steps(quantity) if count > 1 else []:
            if spot.layer != layer:
                continue
            index = (spot.number - 1) % count
            number = spot.number - index + other(index) % count
            moved[spot.step.address] = make_address(quantity, spot.place, number)
        swaps = reading_others(positions, moved)
        if swaps not in seen:
            seen.append(swaps)
            yield form, swaps


OTHER_EXAMPLES = {
    "of the first in every pass": lambda index: 0, "of the next": lambda index: index + 1,
    "of the one before": lambda index: index - 1,
}


def reading_others(positions, moved):
    """Swaps of the steps that read these addresses for the same with others: {address: the other}."""
    swaps = {}
    for step in positions.looked_at:
        operands = tuple([moved.get(operand, operand) for operand in step.operands])
        if operands != step.operands:
            swaps[step.address] = (step.rule, operands)
    return swaps


@mistake("forward", "weights from before the update in the pass that follows it",
         "each pass goes on with the weights that the last update made")
def old_weights_in_next_pass(positions):
    before, first = _old_weights(positions)
    found = []
    for form, old, quantities in (
        ("in z", before, ("z",)), ("in z and in the errors sent back", before, ("z", "dE/da")),
        ("in the whole pass", before, ()), ("the first weights in all passes", first, ()),
    ):
        swaps = {
            address: swap for address, swap in _reading_old(positions, old).items()
            if not quantities or split_address(address)[0] in quantities
        }
        if swaps not in found:
            found.append(swaps)
            yield form, swaps


def _old_weights(positions):
    """{address of a new weight or bias: that of the one before it} and {...: that of the very first}."""
    before, first = {}, {}
    for spot in [*positions.steps("w+"), *positions.steps("b+")]:
        old = positions.rule(spot).bind(spot.step.operands).get("w")
        if old is not None:
            before[spot.step.address] = old
            first[spot.step.address] = first.get(old, old)
    return before, first


def _reading_old(positions, old):
    """Swaps of what later passes read; where a layer is updated before the one below, the same pass reads it rightly."""
    return {
        address: (rule, operands) for address, (rule, operands) in reading_others(positions, old).items()
        if any(
            split_address(address)[2] != split_address(read)[2]
            for read in positions.trace[address].operands if read in old
        )
    }


@mistake("forward", "the softmax applied twice", "apply the softmax once; a loss that takes z applies it itself")
def softmax_twice(positions):
    def powers(spot):
        return positions.trace[spot.step.operands[1]].operands

    def sums(spot):
        return spot.step.operands[1:] * len(powers(spot))

    softmaxes = positions.spots("a", rule="softmax")
    return reworked(positions, softmaxes, "exp(right) / sum(exp(e_k / S_k))", e_k=powers, S_k=sums)


@mistake("forward", "the softmax over the examples of the batch", "divide by the sum over the units of one example")
def softmax_over_batch(positions):
    together, by_unit = {}, {}
    for spot in positions.spots("a", activation="softmax") if positions.passes > 1 else []:
        own, layers = spot.beside("z"), [positions.at("z", spot.layer, number) for number in positions.batch(spot.number)]
        together[spot.step.address] = (SHARE_OF_BATCH, (own, *[z for layer in layers for z in layer]))
        by_unit[spot.step.address] = (SHARE_OF_BATCH, (own, *[layer[spot.j] for layer in layers]))
    yield "all together", together
    yield "of each unit by itself", by_unit


def _share(z, *z_k):
    return Softmax()(z, Softmax().normaliser(z_k))


SHARE_OF_BATCH = Rule("softmax over the batch", "exp(z) / sum(exp(z_k))", _share)
