"""Signs that examples, outputs and loss do not go together: each gives (place, number, {name: what is said of it})."""

from __future__ import annotations

from neurosim.health.floats import as_float, in_floats
from neurosim.health.probe import deviation
from neurosim.health.saturation import reach

UNSCALED = 10  # mean and standard deviation of an input or a target, and times between inputs, practice
ROUNDING = 1e-9  # of a target at the end of what can be reached


def out_of_reach(seen):
    """A target beyond what the activation gives; of softmax also targets that do not sum to 1."""
    layer = seen.layers[-1]
    activation = layer.activation
    low, high = reach(activation)
    for index, unit in enumerate(layer.units):
        targets = targets_of(seen, index)
        for target, end, sign, side in ((min(targets), low, -1, "below"), (max(targets), high, 1, "above")):
            if end is not None and sign * (target - end) > ROUNDING:
                limit = f"a target {side} {round(end, 9):.6g}, the end of {activation.label}"
                helps = "scale the targets, or use a linear output"
                yield f"t[{unit.name}]", target, {"out_of_reach": limit, "helps": helps}
    if activation.coupled and len(layer.units) > 1:
        furthest = max((sum(map(as_float, row)) for row in seen.targets), key=lambda total: abs(total - 1))
        if abs(furthest - 1) > ROUNDING:
            wrong = f"targets of {activation.label} that do not sum to 1"
            yield layer.place, furthest, {"out_of_reach": wrong, "helps": "scale the targets, or use sigmoid outputs"}


def always_1(seen):
    """Softmax over a single output."""
    for layer in seen.layers:
        if layer.activation.coupled and len(layer.units) == 1:
            yield layer.place, 1, {"activation": layer.activation.label}


def free_of_loss(seen):
    """Outputs whose loss has no slope where t = 0 however large they are, unless softmax pulls them down together."""
    layer, loss = seen.layers[-1], in_floats(seen.network.loss)
    if layer.activation.coupled or loss.derivative(1.0, 0.0, len(layer.units)) != 0:
        return
    outputs = [a for index, unit in enumerate(layer.units)
               for a, t in zip(unit.outputs, targets_of(seen, index)) if t == 0]
    if outputs:
        yield layer.place, max(outputs), {"loss": loss.label}


def _sizes(column):
    """The mean and standard deviation that are beyond what is scaled, each with what the criterion says of it."""
    mean = sum(column) / len(column)
    for number, which in ((abs(mean), "abs(mean)"), (deviation(column), "standard deviation")):
        if number > UNSCALED:
            yield number, {"unscaled": f"{which} > {UNSCALED}"}


def unscaled_inputs(seen):
    """Inputs far from mean 0 and standard deviation 1, and those of much unequal size."""
    inputs = []
    for name, column in zip(seen.network.input_names, zip(*seen.inputs)):
        column = list(map(as_float, column))
        for number, names in _sizes(column):
            yield name, number, names
        if deviation(column):
            inputs.append((deviation(column), max(map(abs, column)), name))
    if inputs:
        (small, its_largest, other), (large, largest, name) = min(inputs), max(inputs)
        if large / small > UNSCALED and largest / its_largest > UNSCALED:
            yield name, large / small, {"unscaled": f"standard deviation > {UNSCALED} times that of {other}"}


def unscaled_targets(seen):
    """Of outputs without a bound; where there is one, a target can be out of reach."""
    layer = seen.layers[-1]
    if seen.targets is not None and reach(layer.activation)[1] is None:
        for index, unit in enumerate(layer.units):
            for number, names in _sizes(targets_of(seen, index)):
                yield f"t[{unit.name}]", number, names


def targets_of(seen, index):
    """The targets of one output, as floats."""
    return [as_float(row[index]) for row in seen.targets]
