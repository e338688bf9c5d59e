"""The steps of a softmax layer: exp(z) of each unit, their sum, and each unit's share of it.

Where the powers would overflow or lose digits, the largest z is taken from every z first: e^(z - c) / sum of e^(z_k - c)
is the same share for any c.
"""

from __future__ import annotations

from neurosim.core.address import layer_place, make_address, split_address
from neurosim.support.numeric import magnitude

LARGEST_POWER = 30  # the last digits of exp(z) are the less sure the larger z is, and at 710 a float overflows
SHARED = ("S", "largest z")  # the quantities that all units of a layer share


def needs_shift(net_inputs):
    """Whether the powers of these net inputs are to be shifted."""
    return max(map(magnitude, net_inputs)) > LARGEST_POWER


def powers_rule(shift):
    """The name of the rule of a power; `shift` is the address of the largest z, or nothing."""
    return "shifted_exponential" if shift else "exponential"


def softmax_layers(trace):
    """{address of its first step behind the net inputs: the address of its sum} of each softmax layer in each pass.

    A sum that was made to read something else than powers is none of a softmax.
    """
    layers = {}
    for step in trace:
        if step.rule == "exponential_sum":
            powers = [trace[operand] for operand in step.operands]
            rules = {power.rule for power in powers}
            if rules == {"exponential"}:
                layers[powers[0].address] = step.address
            elif rules == {"shifted_exponential"}:
                layers[powers[0].operands[-1]] = step.address
    return layers


def layer_index(layer_names, step):
    """The number of the layer, from 0, that a step belongs to by its unit, or as what the layer shares; else None."""
    quantity, place, _ = split_address(step.address)
    for index, names in enumerate(layer_names):
        if step.unit in names or quantity in SHARED and place == layer_place(index, len(layer_names)):
            return index
    return None


def largest_address(total):
    """The address of the largest z in the layer whose sum has this address."""
    return make_address("largest z", *split_address(total)[1:])
