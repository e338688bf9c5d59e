"""Examples: rows of inputs and targets, checked against the network that is to learn from them."""

from __future__ import annotations

import copy

from neurosim.core.targets import in_rows
from neurosim.support import checks
from neurosim.support.errors import InputError, NonFiniteError

KEPT_EVERY = 64  # epochs, between two states of the random numbers that are kept


def checked_examples(network, inputs, targets):
    """Inputs and targets as lists of lists of numbers that fit the network, and as many of the one as of the other."""
    inputs, targets = checks.as_list(inputs, "inputs", of="lists"), checks.as_list(targets, "targets", of="lists")
    if not inputs or len(inputs) != len(targets):
        raise InputError(f"expected examples, each with targets; got {len(inputs)} inputs and {len(targets)} targets")
    if not network.layers:
        raise InputError("the network has no layers; add one, such as Layer(1)")
    targets, _ = in_rows(targets, network)
    input_names, output_names = network.input_names, network.layer_names[-1]
    plain = checks.lists_of_floats(inputs, len(input_names)) and checks.lists_of_floats(targets, len(output_names))
    if plain:
        inputs, targets = list(map(list.copy, inputs)), list(map(list.copy, targets))
    check_targets, activation = network.loss.check_targets, network.layers[-1].activation
    for index, (example, target) in enumerate(zip(inputs, targets)):
        try:
            if not plain:
                inputs[index] = checks.example(example, "inputs", "a", input_names)
                targets[index] = target = checks.example(target, "targets", "t", output_names)
            check_targets(target, activation)
        except InputError as error:
            raise of_example(index + 1, error) from None
    return inputs, targets


def of_example(number, error):
    """The InputError, saying which example it is about."""
    if not isinstance(error, NonFiniteError):
        return InputError(f"example {number}: {error}")
    error.example = number
    return error


def new_order(count, random):
    """The numbers of so many examples, counted from 0, in a new order: one random number for each."""
    return sorted(range(count), key=lambda _: random.random())


class Orders:
    """The order of the examples in each epoch, counted from 0: as they stand, or shuffled as training shuffles them.

    >>> from random import Random
    >>> orders, random = Orders(4, Random(1)), Random(1)
    >>> [orders[0], orders[1]] == [new_order(4, random), new_order(4, random)]
    True
    """

    def __init__(self, count, random=None):
        """`random` has the random numbers that the first epoch begins with, and stays as it is; None shuffles nothing."""
        self.count, self.number, self.order = count, -1, range(count)
        self.random = copy.copy(random)
        self._states = random and [random.getstate()]  # at the beginning of every so many epochs

    def __getitem__(self, epoch):
        if self.random is not None and epoch != self.number:
            self._go_to(epoch)
        return self.order

    def _go_to(self, epoch):
        kept = min(epoch // KEPT_EVERY, len(self._states) - 1)
        if not kept * KEPT_EVERY <= self.number < epoch:
            self.number = kept * KEPT_EVERY - 1
            self.random.setstate(self._states[kept])
        while self.number < epoch:
            self.number += 1
            if self.number == len(self._states) * KEPT_EVERY:
                self._states.append(self.random.getstate())
            self.order = new_order(self.count, self.random)
