"""Advice: what usually helps, where that goes by which cause is seen."""

from __future__ import annotations

from neurosim.health.data_signs import unscaled_inputs, unscaled_targets
from neurosim.health.saturation import Off, Saturated, flat_part

LARGEST_DRAWN = 3**0.5  # times their standard deviation are the largest of evenly spread weights


def against_large(seen, layer):
    """What helps against net inputs that are too large in a layer."""
    below = seen.layers[: layer.number - 1]
    bounded = any(isinstance(flat_part(one.activation), Saturated) or one.activation.coupled for one in below)
    if not bounded and any(unscaled_inputs(seen)):
        return "scale the inputs (z-score or min-max)"
    if seen.updates == 0:
        return "start from smaller weights and biases"
    smaller = f"start from smaller weights, such as {layer.initializer} draws, or "
    return smaller * (layer.times_drawn > LARGEST_DRAWN) + against_long_steps(seen)


def against_long_steps(seen):
    """What helps against updates that go too far."""
    for what, unscaled in (("inputs", unscaled_inputs(seen)), ("targets", unscaled_targets(seen))):
        if any(unscaled):
            return f"scale the {what} (z-score), or lower the learning rate"
    return "lower the learning rate, or clip the gradients (clip_norm)"


def against_vanishing(below, above):
    """What helps against deltas that get lost between two layers."""
    part = flat_part(below.activation)
    passes = [(z, a) for unit in below.units for z, a in zip(unit.net_inputs, unit.outputs)]
    if part is not None and sum([part.holds(z, a) for z, a in passes]) >= len(passes) / 2:
        return f"look at its {'dead' if isinstance(part, Off) else 'saturated'} units"
    if above.times_drawn < 1 / LARGEST_DRAWN:
        return f"start from larger weights in layer {above.number}, such as {above.initializer} draws"
    if not isinstance(part, Saturated):
        return "use fewer layers"
    return f"use relu{' or tanh' * (part.low != -part.high)}, or fewer layers"  # tanh is about 0, and has a slope of 1 there
