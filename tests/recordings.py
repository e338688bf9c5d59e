"""Traces of random networks, for invariants that must hold over all of them."""

import random

from random_networks import random_network, targets_for

import neurosim as ns

OPTIMIZERS = [
    ns.SGD(0.1), ns.SGD(0.1, order="sequential"), ns.SGD(0.1, l1=0.01, l2=0.1, clip_value=0.05),
    ns.SGD(0.1, clip_norm=0.01, schedule={"name": "step", "every": 2}), ns.Momentum(0.1, schedule="exponential"),
    ns.Nesterov(0.1, order="sequential"), ns.Adagrad(0.1), ns.RMSprop(0.1), ns.Adam(0.1, schedule="inverse_time"),
]


def optimizers(seed):
    """One optimizer with a schedule and a regularization, all drawn."""
    draw = random.Random(seed)
    settings = draw.choice([{}, {"l1": 0.1}, {"l1": 0.1, "l2": 0.01, "clip_value": 0.5}, {"clip_norm": 1.0}])
    schedule = draw.choice(["constant", "step", "exponential", "inverse_time"])
    return draw.choice(list(ns.OPTIMIZERS.values()))(0.1, schedule=schedule, **settings)


def recordings(seed, output, loss):
    """A forward pass, one example, several, and batches of one random network; every optimizer in turn.

    A network whose numbers blow up at this learning rate has fewer of them.
    """
    network, inputs, targets = random_network(seed, output, loss)
    draw = random.Random(seed)
    several = [inputs] + [[draw.uniform(-1, 1) for _ in inputs] for _ in range(2)]
    all_targets = [targets] + [targets_for(draw, network) for _ in range(2)]
    optimizer = OPTIMIZERS[seed % len(OPTIMIZERS)]
    in_batches = optimizer if optimizer.order == "simultaneous" else ns.Adam(0.1)
    traces = [network.trace(inputs), network.trace(inputs, targets, optimizer)]
    try:
        traces.append(network.trace(several, all_targets, optimizer, epochs=2))
        reduction = draw.choice(["mean", "sum"])
        traces.append(network.trace(several, all_targets, in_batches, batch_size=2, reduction=reduction))
    except ns.NonFiniteError:
        pass
    return traces
