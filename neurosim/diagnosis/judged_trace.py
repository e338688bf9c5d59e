"""The trace that a person's numbers are judged by: all that is well defined, also where the network could not be trained.

Two things differ from a network's own trace, and only where that one is refused. A unit without a useful derivative, such
as a step, sends errors back as if its slope were 1, which is the rule of textbooks. And where the loss is not defined for
the targets, its value is left out, with all that is made from it; delta = a - t stays where loss and activation cancel.
"""

from __future__ import annotations

from collections import defaultdict

from neurosim.core.activations import Activation
from neurosim.core.address import split_address
from neurosim.core.losses import Loss
from neurosim.diagnosis.answers import read_answers
from neurosim.support.errors import InputError
from neurosim.support.numeric import zero
from neurosim.trace.step import Trace

ROUNDING = 1e-9  # of targets that sum to 1


class SlopeOne(Activation):
    """An activation without a useful derivative, in a trace in which errors go straight through it."""

    derivative_formula = "1"

    def __init__(self, own):
        vars(self).update(vars(own))  # the numbers in its formula
        self.name, self.formula, self.own = own.name, own.formula, own

    def __call__(self, net_input):
        return self.own(net_input)

    def derivative(self, net_input, output):
        return 1


class NoLoss(Loss):
    """What runs in place of a loss that is not defined for the targets; what is made from it is left out of the trace."""

    def __init__(self, own):
        self.name, self.cancels_with = own.name, own.cancels_with

    def term(self, output, target, size):
        return zero(output)

    def derivative(self, output, target, size):
        return zero(output)


class Judged:
    """What a person's numbers are to be compared with. The arguments are those of `Network.trace`.

    trace:   the `Trace`
    whole:   the same with placeholders for what is left out
    refusal: the InputError that says why something is left out, or None
    """

    def __init__(self, network, inputs, targets, *settings):
        learner = _with_slopes(network)
        self.refusal = None
        try:
            self.whole = self.trace = learner.trace(inputs, targets, *settings)
        except InputError as error:
            learner = learner.copy()
            learner.loss = NoLoss(network.loss)
            self.whole = learner.trace(inputs, targets, *settings)  # which complains of whatever else is wrong
            self.trace, self.refusal = _defined(self.whole), error
        if learner is not network:
            for trace in (self.whole, self.trace):
                _no_longer_trainable(trace.structure, network.loss)

    def answers(self, document, given=None):
        """The `Answers` in a person's numbers; InputError if one of them is left out of the trace."""
        read = read_answers(self.whole, document, given)
        for address in read.by_address:
            if address not in self.trace:
                raise InputError(f"{address} is not defined: {self.refusal}")
        return read


def slope_notes(judge):
    """A line for each activation whose slope is taken as 1, if any of the numbers is made from that."""
    structure = judge.trace.structure
    activations = {
        name: layer.activation for names, layer in zip(structure.layer_names, structure.layers) for name in names
        if isinstance(layer.activation, SlopeOne)
    }
    names = dict.fromkeys(
        activations[step.unit].name for step in (judge.trace if activations else ())
        if step.unit in activations and split_address(step.address)[0] == "f'"
        and judge.cells.leads[judge.cells.index[step.address]]
    )
    return [f"f' of {name} units is taken as 1, as textbooks do: they have no useful derivative" for name in names]


def _with_slopes(network):
    """The network, or a copy in which the layers that could not be trained have the slope 1."""
    flat = [
        index for index, layer in enumerate(network.layers)
        if not layer.activation.differentiable
        and not (layer is network.layers[-1] and layer.activation.name in network.loss.cancels_with)
    ]
    copied = network.copy() if flat else network
    for index in flat:
        copied.layers[index].activation = SlopeOne(network.layers[index].activation)
    return copied


def _no_longer_trainable(network, loss):
    """Make the network of a trace one that refuses to train as the person's own does."""
    network.loss = loss
    for layer in network.layers:
        if isinstance(layer.activation, SlopeOne):
            layer.activation.differentiable = False


def _defined(whole):
    """The trace without the values of the loss and what is made from them."""
    loss, activation = whole.structure.loss, whole.structure.layers[-1].activation
    cancels = activation.name in loss.cancels_with and (not activation.coupled or _sum_to_1(whole))
    left_out = set()
    for step in whole:
        is_from_loss = step.phase == "loss" or not cancels and any(read.startswith("t[") for read in step.operands)
        if is_from_loss or not left_out.isdisjoint(step.operands):
            left_out.add(step.address)
    steps = [step for step in whole if step.address not in left_out]
    return Trace(steps, whole.rules, whole.structure, whole.settings)


def _sum_to_1(trace):
    """Whether the targets of each pass do, without which softmax's delta is not a - t."""
    sums = defaultdict(float)
    for step in trace:
        quantity, place, number = split_address(step.address)
        if quantity == "t" and place:
            sums[number] += float(step.value)
    return all(abs(total - 1) <= ROUNDING for total in sums.values())
