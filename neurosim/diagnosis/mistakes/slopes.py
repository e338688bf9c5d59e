"""Mistakes in f', of output and hidden units alike."""

from __future__ import annotations

from neurosim.diagnosis.mistakes.entry import mistake, rule


def _swap_slopes(positions, name, formula, slope, layers=None):
    """Swaps of f'; `slope` is a function of the activation that returns one of (z, a), or None for no swap."""
    swaps = {}
    for spot in positions.units("f'", layers):
        evaluate = slope(positions.activation(spot))
        if evaluate is not None:
            swaps[spot.step.address] = (rule(name, formula, evaluate), spot.step.operands)
    return swaps


@mistake(
    "slope-of-net-input", "output delta", "the derivative's formula for a, such as a(1 - a), fed the net input",
    "put the output into a(1 - a), or the net input into f'(z)",
)
def _(positions):
    return _swap_slopes(
        positions, "f' of z for a", "f' with {0} for a", lambda activation: lambda z, a: activation.derivative(z, z)
    )


@mistake(
    "slope-of-output", "output delta", "the derivative's formula for z fed the output, f'(a)",
    "put the net input into f'(z); the output goes into a(1 - a)",
)
def _(positions):
    def slope(activation):
        return lambda z, a: activation.derivative(a, activation(a))

    return _swap_slopes(positions, "f' of a", "f'({1})", slope)


@mistake(
    "half-a-slope", "output delta", "half of the derivative a(1 - a)",
    "the derivative of the sigmoid has both factors",
)
def _(positions):
    def only_sigmoid(evaluate):
        return lambda activation: evaluate if activation.name == "sigmoid" else None

    yield "a", _swap_slopes(positions, "a for a(1 - a)", "{1}", only_sigmoid(lambda z, a: a))
    yield "1 - a", _swap_slopes(positions, "1 - a for a(1 - a)", "1 - {1}", only_sigmoid(lambda z, a: 1 - a))


OTHER_SLOPES = {
    "sigmoid": ("{1} * (1 - {1})", lambda z, a: a * (1 - a)),
    "tanh": ("1 - {1}^2", lambda z, a: 1 - a * a),
    "relu": ("1 if {0} > 0 else 0", lambda z, a: 1 if z > 0 else 0),
}


@mistake(
    "other-slope", "output delta", "another activation's derivative",
    "each activation has a derivative of its own",
)
def _(positions):
    for layers, where in ((None, ""), (positions.output, " at the outputs"), (positions.hidden, " in the hidden layers")):
        if where and not positions.hidden:
            continue
        for name, (formula, evaluate) in OTHER_SLOPES.items():

            def slope(activation, name=name, evaluate=evaluate):
                return evaluate if activation.name != name else None

            yield f"{name}'s{where}", _swap_slopes(positions, f"f' of {name}", formula, slope, layers)
