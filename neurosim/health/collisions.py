"""Collisions: examples that are in each other's way, because of which the loss does not fall.

A layer gives each example a code, its units' outputs. What stands above is a function of the code, so that of two examples
with the same code and different targets one comes out wrong, whatever is learnt above. Elsewhere what is learnt from one
example may be unlearnt from the others: their gradients cancel. At a minimum that fits, that is as it should be.
"""

from __future__ import annotations

import random
from operator import mul

from neurosim.health.floats import as_float
from neurosim.health.probe import norm
from neurosim.health.saturation import Saturated, flat_part

SAME_CODE = 0.01  # of the range of a layer's outputs, as near as a saturated output is to its end
FAR_APART = 0.1  # of the range of an input; chosen here
CONFUSED = 0.05  # of the examples; where classes overlap a few are always taken for others; chosen here
CANCELLING = 0.05  # of the sum of the norms; measured: XOR that is stuck comes to 0.02, that learns to 0.06 and more
HALF_LEARNT = 0.5  # R^2; chosen here


def same_codes(seen):
    """The first hidden layer with the same code for examples of different targets, and the nearest two of them."""
    for layer in seen.layers[:-1]:
        codes = list(zip(*[unit.outputs for unit in layer.units]))
        near = SAME_CODE * _range([a for code in codes for a in code])
        pairs = list(_disjoint_pairs(codes, near, _Conflict(seen))) if near else []
        if len(pairs) > CONFUSED * len(codes):
            distance, one, other = min(pairs)
            part, shown = flat_part(layer.activation), sorted((one, other))
            is_flat = isinstance(part, Saturated) and all(
                part.holds(unit.net_inputs[n], unit.outputs[n]) for unit in layer.units for n in shown)
            helps = "draw the weights again, or add units to the layer"
            yield layer.place, distance * SAME_CODE / near, {
                "examples": shown, "helps": helps + ", or start from smaller weights: both saturate its units" * is_flat,
            }
            return


class _Conflict:
    """Whether two examples, by their positions, differ in inputs and targets, and the outputs do not tell them apart."""

    def __init__(self, seen):
        self.inputs = [list(map(as_float, row)) for row in seen.inputs]
        self.targets = [list(map(as_float, row)) for row in seen.targets]
        self.outputs = list(zip(*[unit.outputs for unit in seen.layers[-1].units]))
        self.far = [FAR_APART * _range(column) for column in zip(*self.inputs)]
        self.different = [_range(column) / 2 for column in zip(*self.targets)]

    def __call__(self, one, other):
        return self._is_wrong(one, other) and any(
            abs(x - y) > far for x, y, far in zip(self.inputs[one], self.inputs[other], self.far))

    def _is_wrong(self, one, other):
        return any(
            abs(t - u) > different and abs(a - b) < abs(t - u) / 2 for t, u, a, b, different in zip(
                self.targets[one], self.targets[other], self.outputs[one], self.outputs[other], self.different))


def _disjoint_pairs(codes, near, conflict):
    """(distance, one, other) of pairs in conflict with codes that are near each other; each example is in one at most."""
    draw = random.Random(1)
    weights = [draw.random() for _ in codes[0]]
    sums = [sum(map(mul, weights, code)) for code in codes]  # near for codes that are near, so that few are compared
    order, paired = sorted(range(len(codes)), key=sums.__getitem__), set()
    for place, one in enumerate(order):
        for other in order[place + 1 :]:
            if one in paired or sums[other] - sums[one] > near * sum(weights):
                break
            if other not in paired and conflict(one, other):
                distance = max(abs(a - b) for a, b in zip(codes[one], codes[other]))
                if distance < near:
                    paired.update((one, other))
                    yield distance, one, other


def _range(numbers):
    return max(numbers) - min(numbers)


def cancelling(seen):
    """Gradients that add up to little, of a network that has not learnt half of what there is."""
    loss, constant = seen.loss, seen.constant
    if loss is None or not constant or constant.loss - loss >= HALF_LEARNT * (constant.loss - constant.least):
        return
    whole, squares = [], [0.0] * len(seen.losses)
    columns = [list(map(as_float, column)) for column in zip(*seen.inputs)]
    for layer in seen.layers:
        inputs = [1 + sum([x * x for x in row]) for row in zip(*columns)]
        for unit in layer.units:
            whole.append([sum(map(mul, unit.deltas, column)) for column in columns] + [sum(unit.deltas)])
            squares = [square + delta * delta * of for square, delta, of in zip(squares, unit.deltas, inputs)]
        columns = [unit.outputs for unit in layer.units]
    norms = sum([square**0.5 for square in squares])
    if norms and norm(whole) < CANCELLING * norms:
        yield "network", norm(whole) / norms, {"loss": loss, "constant": constant.loss}
