"""Random networks with examples that fit them, for invariants that must hold over all of them."""

import random

from neurosim import ACTIVATIONS, LOSSES, Layer, Network

# Without exponential units, whose numbers run away through several layers of such weights.
SMOOTH_OR_BENT = [name for name, cls in ACTIVATIONS.items() if cls.differentiable and name != "exponential"]
PROBABILITIES = ["sigmoid", "softmax", "gaussian"]
OUTPUTS = {
    "binary_crossentropy": PROBABILITIES,
    "categorical_crossentropy": PROBABILITIES,
    "kl_divergence": PROBABILITIES,
    "poisson": [*PROBABILITIES, "softplus"],
    "perceptron": ["step", "sign"],
}
PAIRS = [(activation, loss) for loss in LOSSES for activation in OUTPUTS.get(loss, SMOOTH_OR_BENT)]


def random_network(seed, output=None, loss=None, kind=float, deepest=4):
    """(network, inputs, targets) with depth 1 to `deepest`; output activation and loss as asked for, or drawn."""
    draw = random.Random(seed)
    if output is None:
        output, loss = draw.choice(PAIRS)
    inputs = draw.randint(1, 4)
    network = Network(inputs, loss=loss, seed=seed)
    depth = draw.randint(1, deepest)
    for number in range(depth):
        size = draw.randint(1, 4)
        activation = output if number == depth - 1 else draw.choice(SMOOTH_OR_BENT)
        fan_in = network.layers[-1].size if network.layers else inputs
        bias = draw.random() < 0.8
        network.add(
            Layer(
                size, activation, bias=bias, trainable_bias=draw.random() < 0.8,
                weights=[[number_of(draw, kind) for _ in range(fan_in)] for _ in range(size)],
                biases=[number_of(draw, kind) for _ in range(size)] if bias else None,
            )
        )
    example = [number_of(draw, kind) for _ in range(inputs)]
    return network, example, targets_for(draw, network, kind)


def number_of(draw, kind):
    """A number from -1.5 to 1.5 with three decimals, which every kind of number can hold."""
    return kind(f"{draw.randint(-1500, 1500)}e-3") if kind is not int else draw.randint(-3, 3)


def targets_for(draw, network, kind=float):
    size = network.layers[-1].size
    loss, output = network.loss.name, network.layers[-1].activation.name
    if loss == "hinge" or output == "sign":
        return [kind(draw.choice([-1, 1])) for _ in range(size)]
    if output == "softmax" or loss in ("categorical_crossentropy", "kl_divergence"):
        right = draw.randrange(size)
        return [kind(int(index == right)) for index in range(size)]
    return [kind(draw.choice([0, 1])) for _ in range(size)]
