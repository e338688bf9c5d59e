"""The first steps: whether the updates that come next let the loss fall, all of them one behind the other.

They are taken on a copy in floats, so that exact numbers do not grow with every step. Batches follow each other in an
order drawn from a fixed seed, in which no class comes last.
"""

from __future__ import annotations

import copy
import random
from typing import NamedTuple

from neurosim.core.batch import train_batch
from neurosim.core.guards import Snapshot
from neurosim.health.floats import as_float, in_floats
from neurosim.support.errors import InputError

FEWEST_STEPS = 20  # the batches come again until there are so many,
MOST_EXAMPLES = 5000  # as far as that takes no more examples than these; both chosen here
TENTHS = 6  # of the learning rate, and of that again, are tried where the loss rises
SEED = 1


class FirstSteps(NamedTuple):
    """What came of so many updates with a learning rate.

    before, after: the mean loss of all their examples before the first and after the last
    own_before, own_after: the mean loss of an update's own examples before it and after it
    """

    updates: int
    rate: float
    before: float
    after: float
    own_before: float
    own_after: float


def first_steps(network, optimizer, batches, reduction):
    """Yield the `FirstSteps` with the optimizer's learning rate, a tenth of it, a hundredth, ...

    batches: pairs of inputs and targets, one for each update. Network and optimizer stay as they are. None is yielded if
    there is no loss to begin with.
    """
    network, optimizer = _all_in_floats(network, optimizer)
    batches = [[[list(map(as_float, row)) for row in rows] for rows in batch] for batch in batches]
    examples = sum([len(inputs) for inputs, _ in batches])
    steps = batches * min(-(-FEWEST_STEPS // len(batches)), max(1, MOST_EXAMPLES // examples))
    draw = random.Random(SEED)
    steps.sort(key=lambda _: draw.random())
    try:
        before = mean_loss(network, batches)
    except InputError:
        return
    for _ in range(TENTHS + 1):
        after, own_before, own_after = _taken(network, optimizer, steps, batches, reduction)
        yield FirstSteps(len(steps), optimizer.learning_rate, before, after, own_before, own_after)
        optimizer.learning_rate /= 10


def learn(network, optimizer, inputs, targets, reduction):
    """Learn from these examples in one update; return their mean loss from before it."""
    if len(inputs) > 1:
        return sum(train_batch(network, inputs, targets, optimizer, reduction)) / len(inputs)
    network.forward(inputs[0])
    loss = network.backward(targets[0])
    network.update(optimizer)
    return loss


def mean_loss(network, batches):
    """The mean loss of all examples of some batches."""
    losses = [network.loss(network.forward(x), t) for batch in batches for x, t in zip(*batch)]
    return sum(losses) / len(losses)


def _taken(network, optimizer, steps, batches, reduction):
    """(loss after them, own before, own after) of these steps, which then are put back."""
    start = Snapshot(network, optimizer)
    own_before = own_after = 0.0
    try:
        for step in steps:
            own_before += learn(network, optimizer, *step, reduction) / len(steps)
            own_after += mean_loss(network, [step]) / len(steps)
        return mean_loss(network, batches), own_before, own_after
    except InputError:  # a number is not finite, or the loss not defined for an output
        return float("inf"), own_before, float("inf")
    finally:
        start.put_back()


def _all_in_floats(network, optimizer):
    """Copies of both in which every number that an update reads is a float."""
    network, optimizer = copy.deepcopy((network, optimizer))
    network.loss = in_floats(network.loss)
    for layer in network.layers:
        layer.activation = in_floats(layer.activation)
        for neuron in layer.neurons:
            neuron.weights = list(map(as_float, neuron.weights))
            neuron.bias = None if neuron.bias is None else as_float(neuron.bias)
    optimizer = in_floats(optimizer)
    optimizer.schedule = in_floats(optimizer.schedule)
    for place, values in optimizer.memory.items():
        optimizer.memory[place] = {name: list(map(as_float, numbers)) for name, numbers in values.items()}
    return network, optimizer
