"""Mistakes in the deltas of hidden units: in what arrives from the next layer."""

from __future__ import annotations

from functools import partial

from neurosim.diagnosis.mistakes.entry import mistake, reworked, rewired
from neurosim.diagnosis.mistakes.output_deltas import with_factors
from neurosim.diagnosis.positions import misread


@mistake("hidden delta", "the derivative of the next layer's units in place of the unit's own",
         "multiply the arriving error by f' of the unit that it arrives at")
def next_layers_slope(positions):
    def arriving(spot):
        return positions.trace[spot.beside("dE/da")].operands

    def slopes(spot):
        found = positions.at("f'", spot.layer + 1, spot.number)
        return found if all(slope in positions.trace for slope in found) else None

    return reworked(
        positions, positions.plain_deltas(positions.hidden), "sum(w*delta*slope)",
        w=lambda spot: arriving(spot)[0::2], delta=lambda spot: arriving(spot)[1::2], slope=slopes,
    )


@mistake("hidden delta", "hidden deltas without the derivative of the activation",
         "multiply the arriving error by f'(z) of the hidden unit")
def no_hidden_slope(positions):
    return reworked(positions, positions.plain_deltas(positions.hidden), "g")


@mistake("hidden delta", "weights that were already updated when the hidden deltas were computed",
         "compute all deltas first and update then, or keep a copy of the old weights")
def weights_already_updated(positions):
    def updated(spot):
        old = spot.step.operands[0::2]
        new = tuple([positions.new_weight(weight, spot.number) for weight in old])
        return None if None in new or new == old else new

    if positions.steps("norm"):
        return {}  # no update is known before all gradients are, whose norm it reads
    return rewired(positions, _arriving(positions), w=updated)


@mistake("hidden delta", "the outputs' errors sent back in place of their deltas",
         "send back delta = dE/da f'(z), not the error alone")
def raw_error(positions):
    def errors(spot):
        found = _raw_errors(positions, spot)
        return None if found == list(spot.step.operands[1::2]) else found

    return rewired(positions, positions.spots("dE/da", [positions.last - 1]), delta=errors)


@mistake("hidden delta", "errors sent back through every layer without the derivatives on the way",
         "send back delta = dE/da f'(z) from every layer (some books leave this out on purpose)")
def raw_error_through_all(positions):
    if len(positions.hidden) < 2:
        return {}  # the same as the outputs' raw errors
    return rewired(positions, _arriving(positions), delta=partial(_raw_errors, positions))


@mistake("hidden delta", "the next layer's outputs sent back in place of its deltas",
         "the weights carry the next layer's deltas back")
def output_for_delta(positions):
    return rewired(positions, _arriving(positions), delta=lambda spot: positions.at("a", spot.layer + 1, spot.number))


@mistake("hidden delta", "the error shared out by the size of the weights", "multiply by the weight itself: no sharing out")
def error_shared_out(positions):
    def column(i):
        """What finds the next layer's weights from the i-th unit of a layer."""
        return lambda spot: [row[i] for row in positions.weights_into(spot.layer + 1, spot.number)]

    swaps, errors = {}, partial(_raw_errors, positions)
    for layer in positions.hidden:
        columns = {f"w{i}": column(i) for i in range(len(positions.layers[layer]))}
        share = f"abs(w) / ({' + '.join([f'abs({name})' for name in columns])})"
        arriving = positions.spots("dE/da", [layer])
        swaps.update(reworked(positions, arriving, f"sum(error * {share})", error=errors, **columns))
    return swaps


@mistake("hidden delta", "the weights of the next layer not transposed, W delta",
         "the error of unit j is the sum over k of w[j->k] delta[k]: column j of W")
def backward_not_transposed(positions):
    def misread_weights(spot):
        return [row[spot.j] for row in misread(positions.weights_into(spot.layer + 1, spot.number))]

    return rewired(positions, _arriving(positions), w=misread_weights)


@mistake("hidden delta", "only one term of the sum over the outgoing connections", "add the terms up: += and not =")
def assigned_in_sum(positions):
    for form, term in {"the last": slice(-2, None), "the first": slice(2)}.items():
        yield form, {
            spot.step.address: (spot.step.rule, spot.step.operands[term])
            for spot in _arriving(positions)
            if len(spot.step.operands) > 2
        }


@mistake("hidden delta", "the next layer's deltas added up without the weights",
         "multiply each delta by the weight of its connection")
def weights_left_out(positions):
    return reworked(positions, _arriving(positions), "sum(delta)")


@mistake("hidden delta", "the next layer's deltas divided by the weights in place of multiplied",
         "multiply each delta by the weight of its connection")
def divided_by_weight(positions):
    return reworked(positions, _arriving(positions), "sum(delta / w)")


@mistake("hidden delta", "the mean over the outgoing connections", "add the terms up; don't divide")
def mean_over_outgoing(positions):
    several = [spot for spot in _arriving(positions) if len(spot.step.operands) > 2]
    return reworked(positions, several, "sum(w*delta) / n")


@mistake("hidden delta", "hidden deltas of the other sign", "the sign is in the deltas of the outputs already")
def hidden_delta_sign(positions):
    return reworked(positions, positions.spots("delta", positions.hidden), "-right")


@mistake("hidden delta", "hidden deltas with a factor of their own",
         "a factor of the loss is in the deltas of the outputs already")
def hidden_delta_factor(positions):
    return with_factors(positions, positions.spots("delta", positions.hidden), ("2", "1/2"))


def _arriving(positions):
    """The spots of dE/da of the hidden units."""
    return positions.spots("dE/da", positions.hidden)


def _raw_errors(positions, spot):
    """The next layer's own errors, dE/da, or where loss and activation cancel a - t, which is delta."""
    errors = positions.at("dE/da", spot.layer + 1, spot.number)
    deltas = positions.at("delta", spot.layer + 1, spot.number)
    return [error if error in positions.trace else delta for error, delta in zip(errors, deltas)]
