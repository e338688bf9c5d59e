"""Signs that units, layers or steps are not well: each gives (place, number, {name: what is said of it})."""

from __future__ import annotations

from neurosim.health.advice import against_large, against_long_steps, against_vanishing
from neurosim.health.data_signs import targets_of
from neurosim.health.floats import as_float
from neurosim.health.saturation import SATURATED_SHARE, Off, Saturated, flat_part, reach

MOSTLY_OFF = 0.9  # common practice
VANISHING = 20  # times a layer, measured; healthy sigmoid layers have about 5
EXPLODING = 10  # times a layer, practice
EXPLODING_STEP = 10  # norm(step) / norm(w), practice
LARGEST_STEP, SMALLEST_STEP, FINE_STEP = 0.1, 1e-5, 1e-3  # norm(step) / norm(w), the notes of Stanford's cs231n
NO_GRADIENT = 1e-12
RISING = 3  # times, measured: XOR that learns in the end comes to 2.7
TIMES_DRAWN = 10  # what an initializer draws, up or down; chosen here
SPREAD = 10  # standard deviation of z, up or down from 1 (LeCun and others 1998, 4.6, on where to start); chosen here
SHOWN = 4  # constant outputs
NO_BETTER = 0.01  # R^2; a correlation of 0.1 is the least that Cohen 1988 calls an effect
COLLAPSED = 0.05  # range of an output over the examples, chosen here
ROUNDING = 1e-9  # of a loss that stays


def _flat_units(seen, kind):
    """(layer, unit, how it can be flat, a list that says of each example whether it is so)."""
    for layer in seen.layers:
        part = flat_part(layer.activation)
        if isinstance(part, kind):
            for unit in layer.units:
                flat = [part.holds(z, a) for z, a in zip(unit.net_inputs, unit.outputs)]
                yield layer, unit, part, flat


def dead(seen, is_output):
    """Units that let nothing through on any example."""
    for layer, unit, _, flat in _flat_units(seen, Off):
        if all(flat) and (layer is seen.layers[-1]) == is_output:
            yield unit.name, max(unit.net_inputs), {}


def nearly_dead(seen):
    """Units that let hardly anything through."""
    for _, unit, _, flat in _flat_units(seen, Off):
        share = sum(flat) / len(flat)
        if MOSTLY_OFF < share < 1:
            yield unit.name, share, {}


def saturated(seen):
    """Hidden units; of outputs only those that the loss leaves stuck where they are wrong by half of their range."""
    for layer, unit, part, flat in _flat_units(seen, Saturated):
        if layer is seen.layers[-1]:
            if seen.targets is None or layer.activation.name in seen.network.loss.cancels_with:
                continue
            low, high = reach(layer.activation)
            targets = targets_of(seen, layer.units.index(unit))
            flat = [so and abs(a - t) > (high - low) / 2 for so, a, t in zip(flat, unit.outputs, targets)]
        share = sum(flat) / len(flat)
        if share >= SATURATED_SHARE:
            wrong = ", and wrong," if layer is seen.layers[-1] else ""
            yield unit.name, share, {"flat": part.criterion + wrong, "helps": against_large(seen, layer)}


def _pairs_of_layers(seen):
    return [(below, above) for below, above in zip(seen.layers, seen.layers[1:]) if above.mean_delta]


def vanishing(seen):
    """Layers whose deltas are much smaller than those above them."""
    for below, above in _pairs_of_layers(seen):
        times = above.mean_delta / below.mean_delta if below.mean_delta else float("inf")
        if times > VANISHING:
            yield below.place, times, {"above": above.number, "helps": against_vanishing(below, above)}


def not_finite(seen):
    """The first number that is infinite or NaN."""
    if seen.broken:
        quantity, unit = seen.broken.quantity, seen.broken.unit
        of_unit = [layer for layer in seen.layers if quantity in "za" and unit in [each.name for each in layer.units]]
        helps = against_large(seen, of_unit[0]) if of_unit else against_long_steps(seen)
        yield f"{quantity}[{unit}]" if unit else quantity, as_float(seen.broken.value), {"helps": helps}


def growing(seen):
    """Layers whose deltas are much larger than those above them."""
    for below, above in _pairs_of_layers(seen):
        if below.mean_delta / above.mean_delta > EXPLODING:
            yield below.place, below.mean_delta / above.mean_delta, {"above": above.number}


def _layers_by_step(seen):
    """(layer, mean norm(step) / norm(w), mean norm(dE/dw) / norm(w)) over the updates that were tried out."""
    for layer in seen.layers:
        if layer.steps:
            yield layer, sum(layer.steps) / len(layer.steps), sum(layer.gradients) / len(layer.gradients)


def step_between(seen, least, most):
    """Layers whose weights a step changes by more than `least` and `most` at most of their size."""
    for layer, step, _ in _layers_by_step(seen):
        if least < step <= most:
            yield layer.place, step, {"helps": against_long_steps(seen)}


def small_step(seen):
    """Small because the learning rate is so, and not because the gradients are, as those of a trained network."""
    for layer, step, gradient in _layers_by_step(seen):
        if step < SMALLEST_STEP and gradient >= FINE_STEP:
            yield layer.place, step, {}


def rising(seen):
    """With the learning rate the first updates raise a loss; with a tenth, a hundredth, ... they do not."""
    first = next(seen.first_steps, None)
    how = first and seen.constant and _rise(first, seen.constant.loss)
    if how:
        lower = next((steps.rate for steps in seen.first_steps if not _rise(steps, seen.constant.loss)), None)
        number, names = how
        if lower is not None:
            yield "network", number, {**names, "updates": first.updates, "lower": lower, "helps": against_long_steps(seen)}


def _rise(steps, constant):
    """Of steps that raise a loss, the loss after them and {names in the criterion}; else None.

    That of the examples just learnt from must fall. That of all may rise for a while: what is learnt from one example
    counts against others.
    """
    if steps.own_after > steps.own_before * (1 + ROUNDING):
        return steps.own_after, {"rises": "of an update's own examples rises by it", "before": steps.own_before}
    if steps.after > RISING * max(steps.before, constant):
        return steps.after, {"rises": f"of all examples rises over {RISING} times", "before": steps.before}
    return None


def weights_far_off(seen, way):
    """Hidden layers whose weights are `way` (1: above, -1: below) of what is drawn for them, and so are their z."""
    for layer in seen.layers[:-1]:
        times, spread = layer.times_drawn, layer.spread
        if times and spread and times**way > TIMES_DRAWN and spread**way > SPREAD:
            grown = "" if seen.updates == 0 else f"; if they have grown so: {against_long_steps(seen)}"
            yield layer.place, times, {"initializer": layer.initializer, "spread": spread, "grown": grown}


def twins(seen):
    """Hidden units that are equal."""
    for layer in seen.layers[:-1]:
        alike = {}
        for unit in layer.units:
            neuron = unit.neuron
            alike.setdefault((tuple(neuron.weights), neuron.bias, unit.outgoing), []).append(unit.name)
        for names in alike.values():
            if len(names) > 1:
                yield ", ".join(names), len(names), {}


def only_the_bias(seen):
    """Units whose weights have no gradient."""
    for layer in seen.layers:
        for unit in layer.units:
            largest = max(map(abs, unit.deltas), default=0)
            if unit.neuron.trainable_bias and unit.largest_gradient < NO_GRADIENT <= largest:
                yield unit.name, unit.largest_gradient, {}


def no_better(seen):
    """Not even NO_BETTER of the way from the best constant outputs' loss to that of the targets themselves."""
    loss, constant = seen.loss, seen.constant
    if loss is not None and constant and constant.loss > constant.least:
        if constant.loss - loss < NO_BETTER * (constant.loss - constant.least):
            shown = [f"{output:.4g}" for output in constant.outputs[:SHOWN]] + ["..."] * (len(constant.outputs) > SHOWN)
            yield "network", loss, {"constant": constant.loss, "outputs": ", ".join(shown)}


def collapsed(seen):
    """Outputs that hardly change, though the inputs do and, as far as they are known, the targets."""
    layer = seen.layers[-1]
    if layer.activation.differentiable and any(row != seen.inputs[0] for row in seen.inputs):
        for index, unit in enumerate(layer.units):
            targets = [0.0, 1.0] if seen.targets is None else targets_of(seen, index)
            if max(unit.outputs) - min(unit.outputs) < COLLAPSED <= max(targets) - min(targets):
                yield unit.name, max(unit.outputs) - min(unit.outputs), {}
