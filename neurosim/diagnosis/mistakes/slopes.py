"""Mistakes in f', of output and hidden units alike."""

from __future__ import annotations

from neurosim.diagnosis.mistakes.entry import mistake, reworked
from neurosim.formula.formula import formula
from neurosim.trace.rules import Rule, activation_rules


@mistake("output delta", "the derivative's formula for a, such as a(1 - a), fed the net input",
         "put the output into a(1 - a), or the net input into f'(z)")
def slope_of_net_input(positions):
    return reworked(positions, positions.spots("f'"), {"a": "z"})


@mistake("output delta", "the derivative's formula for z fed the output, f'(a)",
         "put the net input into f'(z); the output goes into a(1 - a)")
def slope_of_output(positions):
    return {
        spot.step.address: (_derivative_at_output(positions.activation(spot)), spot.step.operands[1:])
        for spot in positions.spots("f'")
    }


def _derivative_at_output(activation):
    """f'(z) with a in place of z, and so f(a) in place of a."""
    forward, slope = activation_rules(activation)
    a = formula("a")
    wrong = slope.formula.put({"z": a, "a": forward.formula.put({"z": a})})
    return Rule("f' of a", wrong, lambda a: activation.derivative(a, activation(a)), names=["a"])


@mistake("output delta", "half of the derivative a(1 - a)", "the derivative of the sigmoid has both factors")
def half_a_slope(positions):
    for half in ("a", "1 - a"):
        yield half, reworked(positions, positions.spots("f'", activation="sigmoid"), half)


OTHER_SLOPES = {"sigmoid": "a * (1 - a)", "tanh": "1 - a^2", "relu": "1 if z > 0 else 0"}


@mistake("output delta", "another activation's derivative", "each activation has a derivative of its own")
def other_slope(positions):
    places = {"": positions.computed}
    if positions.hidden:
        places = {**places, " at the outputs": positions.output, " in the hidden layers": positions.hidden}
    for place, layers in places.items():
        for other, slope in OTHER_SLOPES.items():
            spots = [spot for spot in positions.spots("f'", layers) if positions.activation(spot).name != other]
            yield f"{other}'s{place}", reworked(positions, spots, slope)
