"""Traces in which nearly every formula stands: some built-in examples, and small networks for what these leave out."""

import random

import neurosim as ns

BUILT_IN = (
    "analytics-vidhya", "goodfellow-xor", "grokking-inputs", "han-kamber", "mazur", "negnevitsky-xor", "trask-11-lines",
    "wikipedia-nand",
)
INPUTS = [[0.3, -1.2], [2.0, 0.7], [-0.4, 0.1]]
OUTPUTS = {  # of the losses that need others than sigmoid outputs and the targets 1 and 0.5
    "binary_crossentropy": ("hard_sigmoid", [1, 0]), "categorical_crossentropy": ("softmax", [1, 0]),
    "kl_divergence": ("softmax", [1, 0]), "hinge": ("tanh", [1, -1]), "perceptron": ("sign", [1, -1]),
    "poisson": ("softplus", [1, 2]),
}
SETTINGS = (
    {}, {"clip_value": 0.05}, {"clip_norm": 0.05}, {"l1": 0.01, "l2": 0.02}, {"l2": 0.02}, {"schedule": "exponential"},
    {"schedule": "step"}, {"schedule": "inverse_time"},
)


def traces():
    """Pairs (what it is, trace)."""
    for name in BUILT_IN:
        yield name, ns.built_in(name).trace()
    draw = random.Random(1)

    def network(hidden, output, loss):
        return ns.Network(2, [ns.Layer(3, hidden), ns.Layer(2, output)], loss=loss, seed=draw.randrange(99))

    for name in ns.ACTIVATIONS:
        if ns.ACTIVATIONS[name].differentiable:
            output = "softmax" if name == "softmax" else "linear"
            net = network(name, output, "half_squared_error")
            yield name, net.trace(INPUTS, [[0.2, 0.9]] * 3, ns.SGD(0.1))
    for name in ns.LOSSES:
        output, target = OUTPUTS.get(name, ("sigmoid", [1, 0.5]))
        yield name, network("tanh", output, name).trace(INPUTS, [target] * 3, ns.SGD(0.1))
    for name, optimizer in ns.OPTIMIZERS.items():
        for settings in SETTINGS:
            for reduction, size in (("mean", 1), ("mean", "all"), ("sum", 2)):
                net = network("tanh", "sigmoid", "squared_error")
                yield f"{name}, {settings}, {reduction} of {size}", net.trace(
                    INPUTS, [[0.2, 0.9]] * 3, optimizer(**settings), batch_size=size, reduction=reduction, epochs=2
                )
