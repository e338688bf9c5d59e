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

CONVENTIONS = {  # in which programs differ
    "loss": [
        *[{"name": name, "outputs": "mean"} for name in ("binary_crossentropy", "hinge", "huber", "log_cosh", "poisson")],
        {"name": "poisson", "epsilon": 1e-7}, {"name": "poisson", "epsilon": 1e-7, "outputs": "mean"},
    ],
    "optimizer": [
        {"name": "momentum", "eta_in": "step"}, {"name": "momentum", "eta_in": "step", "dampening": 0.5},
        {"name": "nesterov", "eta_in": "step"}, {"name": "adagrad", "epsilon_at": "inside", "initial_accumulator": 0.1},
        {"name": "rmsprop", "epsilon_at": "inside"}, {"name": "adam", "epsilon_at": "inside"},
        {"name": "adam", "epsilon_at": "uncorrected"}, {"name": "adam", "bias_correction": False},
        {"name": "adam", "bias_correction": False, "epsilon_at": "inside"},
        {"name": "sgd", "decoupled_decay": 0.1}, {"name": "adam", "decoupled_decay": 0.1},
        {"name": "momentum", "decoupled_decay": 0.1, "l2": 0.2, "decay_biases": True, "schedule": "exponential"},
    ],
}  # fmt: skip


def traces():
    """Pairs (what it is, trace)."""
    for name in BUILT_IN:
        yield name, ns.built_in(name).trace()
    draw = random.Random(1)

    def network(hidden, output, loss):
        return ns.Network(2, [ns.Layer(3, hidden), ns.Layer(2, output)], loss=loss, seed=draw.randrange(99))

    for name in ns.ACTIVATIONS:
        if ns.ACTIVATIONS[name].differentiable and name != "exponential":
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
    for activation in ("exponential", "softmax"):
        net = ns.Network(2, [ns.Layer(2, "exponential"), ns.Layer(2, activation)], seed=1)
        yield f"exponential and {activation}", net.trace(INPUTS, [[0.2, 0.8]] * 3, ns.SGD(0.1))
    for loss in CONVENTIONS["loss"]:
        output, target = OUTPUTS.get(loss["name"], ("sigmoid", [1, 0.5]))
        for output in dict.fromkeys([output, "sigmoid"]):
            net = ns.Network(2, [ns.Layer(3, "tanh"), ns.Layer(2, output)], loss, seed=2)
            yield f"{loss}, {output}", net.trace(INPUTS, [target] * 3, ns.SGD(0.1))
    for optimizer in CONVENTIONS["optimizer"]:
        net = ns.Network(2, [ns.Layer(3, "tanh"), ns.Layer(2)], seed=3)
        yield f"{optimizer}", net.trace(INPUTS, [[0.2, 0.9]] * 3, optimizer, "all", epochs=3)
