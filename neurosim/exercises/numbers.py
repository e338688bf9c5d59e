"""Where the numbers of new exercises come from: few digits, none of them 0, and the same on every Python.

Only `random()` is asked, which gives the same numbers for a seed everywhere.
"""

from __future__ import annotations

import random

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.layer import Layer
from neurosim.core.network import Network
from neurosim.health.saturation import reach
from neurosim.problems.problem_file import Problem

GATES = {"and": (-1, -1, -1, 1), "or": (-1, 1, 1, 1), "xor": (-1, 1, 1, -1)}
ROWS = ((-1, -1), (-1, 1), (1, -1), (1, 1))
OF_TWO = ("binary_crossentropy", "hinge")  # losses whose targets are one of two numbers
TRIES = 50  # for a number of a size that was not there yet


class Numbers:
    """Numbers of two decimals, as long as there are enough no size twice."""

    def __init__(self, seed):
        self.random, self.used = random.Random(seed).random, set()

    def whole(self, low, high):
        """A whole number of this range, both ends in it."""
        return low + int(self.random() * (high - low + 1))

    def one_of(self, choices):
        """One of some things."""
        return choices[self.whole(0, len(choices) - 1)]

    def hundredths(self, low, high):
        """A number such as 0.35, between so many hundredths."""
        for _ in range(TRIES):
            found = self.whole(low, high)
            if found not in self.used:
                break
        self.used.add(found)
        return found / 100

    def sign(self):
        """1 or -1."""
        return self.one_of((1, -1))

    def weight(self):
        """A weight or a bias."""
        return self.sign() * self.hundredths(10, 95)

    def rate(self):
        """A learning rate; with 1, to forget it would not show."""
        return self.whole(2, 9) / 10

    def examples(self, kind, network):
        """(inputs, targets) of the examples of a kind of exercise."""
        count = range(kind.examples)
        inputs = [[self.hundredths(10, 95) for _ in network.input_names] for _ in count]
        return inputs, [self._targets(network) for _ in count]

    def _targets(self, network):
        """Targets of one example that the last layer can come near to."""
        layer = network.layers[-1]
        low, high = reach(layer.activation)
        if layer.activation.coupled:
            one = self.whole(0, layer.size - 1)
            return [int(index == one) for index in range(layer.size)]
        if network.loss.name in OF_TWO:
            return [self.one_of((0 if network.loss.name == OF_TWO[0] else -1, 1)) for _ in range(layer.size)]
        if low is not None and low >= 0:
            return [self.hundredths(5, 95 if high is not None else 150) for _ in range(layer.size)]
        return [self.sign() * self.hundredths(5, 95) for _ in range(layer.size)]

    def problem(self, kind, sizes, activations, loss):
        """A `Problem` of a kind, with a network of these sizes, the inputs first."""
        network = Network(sizes[0], loss=loss)
        for fan_in, size, name in zip(sizes, sizes[1:], activations):
            weights = [[self.weight() for _ in range(fan_in)] for _ in range(size)]
            network.add(Layer(size, ACTIVATIONS.make(name), weights=weights, biases=[self.weight() for _ in range(size)]))
        optimizer = None if kind.optimizer is None else {**kind.optimizer, "learning_rate": self.rate()}
        inputs, targets = self.examples(kind, network)
        return Problem(network, inputs, targets, optimizer, kind.batch_size)


class GateNumbers(Numbers):
    """Numbers for gates: weights are odd tenths, and updates even ones, so that no sum of them is ever 0."""

    def weight(self):
        return self.sign() * (2 * self.whole(0, 4) + 1) / 10

    def rate(self):
        return self.one_of((0.2, 0.4))

    def examples(self, kind, network):
        gate = GATES[self.one_of(kind.gates)]
        return [list(row) for row in ROWS], [[target] for target in gate]
