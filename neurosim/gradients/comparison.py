"""One gradient of backpropagation beside the same slope found by sending the weight through the network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import make_address
from neurosim.gradients.derivatives import at_edge, of_kind, relative_error
from neurosim.support.errors import InputError
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.support.types import Number

VERDICTS = AGREES, KINK, DIFFERS = "agrees", "kink", "differs"  # the last is the worst


@documented
class Row(NamedTuple):
    """One gradient beside the slope that it should be.

    address:     of the gradient
    backprop:    its value by backpropagation
    independent: its value by the method; None at a kink
    error:       the relative error; None at a kink
    verdict:     "agrees", "kink" or "differs"
    note:        of a kink, where it is
    left:        the slope on the left
    right:       the slope on the right
    """

    address: str
    backprop: Number
    independent: Number | None
    error: Number | None
    verdict: str
    note: str
    left: Number | None
    right: Number | None


def with_numbers(network, make):
    """A copy of the network whose weights and biases are what `make` makes of them."""
    network = network.copy()
    for layer in network.layers:
        for neuron in layer.neurons:
            neuron.weights = list(map(make, neuron.weights))
            neuron.bias = None if neuron.bias is None else make(neuron.bias)
    return network


class Comparison:
    """The loss of some examples as a function of any one weight or bias, and the rows that come of its slopes.

    Works on a copy of the network, with numbers of the method's kind. `reduction` is None for a single example.
    """

    def __init__(self, network, examples, method, reduction):
        self.method, self.reduction = method, reduction
        self.network = with_numbers(network, method.number)
        self.examples = [[list(map(method.number, part)) for part in example] for example in examples]
        self.edges = self._find_edges()
        self.parameters = dict(_parameters(self.network))

    def row(self, address, gradient, scale):
        """The `Row` of a gradient by backpropagation and its scale."""
        x = self._value(address)
        try:
            return self._row(address, x, gradient, scale)
        finally:
            self._put(address, x)

    def _row(self, address, x, gradient, scale):
        try:
            slope = self.method.slopes(partial(self._loss_with, address), x)[0]
        except (ArithmeticError, ValueError) as failure:  # the step leads over an edge
            if not self.edges:
                raise InputError(f"{address}: {failure}") from failure
            return Row(address, gradient, None, None, KINK, self.edges[0], None, None)
        left, right = of_kind(slope.left, gradient), of_kind(slope.right, gradient)
        if slope.kink:
            return Row(address, gradient, None, None, KINK, self._place_of_kink(address, x), left, right)
        error = relative_error(gradient, slope, scale)
        if error > self.method.tolerance:
            note = self.edges[0] if self.edges else self._place_of_kink(address, x)
            if note:  # an edge, or two kinks that make up for each other
                return Row(address, gradient, None, None, KINK, note, left, right)
        verdict = AGREES if error <= self.method.tolerance else DIFFERS
        return Row(address, gradient, of_kind(slope.value, gradient), error, verdict, "", left, right)

    def _value(self, address):
        neuron, index = self.parameters[address]
        return neuron.bias if index is None else neuron.weights[index]

    def _put(self, address, x):
        neuron, index = self.parameters[address]
        if index is None:
            neuron.bias = x
        else:
            neuron.weights[index] = x

    def _loss_with(self, address, x):
        """The loss over all examples, as the only one of a list, if the parameter at this address were x."""
        self._put(address, x)
        losses = [self.network.loss(self.network.propagate(inputs), targets) for inputs, targets in self.examples]
        return [sum(losses) / len(losses) if self.reduction == "mean" else sum(losses)]

    # Where there is no slope: at a kink of an activation or of the loss, and at the edge of where the loss is defined

    def _find_edges(self):
        """A note for each output that stands where the loss ends or is cut off."""
        loss, names = self.network.loss, self.network.layer_names[-1]
        return [
            f"{loss.name} is cut off at {self._address('a', name, number)}"
            for number, (inputs, targets) in enumerate(self.examples, 1)
            for name, output, target in zip(names, self.network.propagate(inputs), targets)
            if at_edge(loss, output, target, len(targets), self.method)
        ]

    def _address(self, quantity, name, number):
        return make_address(quantity, name, number if self.reduction else None)

    def _place_of_kink(self, address, x):
        """The first number on the way to the loss that has one slope, while what is made of it has two."""
        for number, (inputs, targets) in enumerate(self.examples, 1):
            all_with = partial(self._all_with, address, inputs, targets)
            slopes = iter(self.method.slopes(all_with, x))
            for names, _, layer in self.network.named_layers():
                for name, before, after in [(name, next(slopes), next(slopes)) for name in names]:
                    if after.kink and not before.kink:
                        return f"{layer.activation.name} has a kink at {self._address('z', name, number)}"
            for name, output, term in [(name, next(slopes), next(slopes)) for name in self.network.layer_names[-1]]:
                if term.kink and not output.kink:
                    return f"{self.network.loss.name} has a kink at {self._address('a', name, number)}"
        return ""

    def _all_with(self, address, inputs, targets, x):
        """z and a of every unit, then a and the loss's term of every output, if the parameter were x."""
        self._put(address, x)
        outputs = self.network.propagate(inputs)
        neurons = [neuron for layer in self.network.layers for neuron in layer.neurons]
        numbers = [number for neuron in neurons for number in (neuron.net_input, neuron.output)]
        for output, target in zip(outputs, targets):
            numbers += output, self.network.loss.term(output, target, len(outputs))
        return numbers


def _parameters(network):
    """(address of the gradient, (neuron, index of the weight, or None for the bias)) of every weight and bias."""
    for names, sources, layer in network.named_layers():
        for name, neuron in zip(names, layer.neurons):
            for index, source in enumerate(sources):
                yield make_address("dE/dw", f"{source}->{name}"), (neuron, index)
            yield make_address("dE/db", name), (neuron, None)
