"""One layer: neurons side by side, with the same inputs and the same activation.

    size          number of neurons
    fan_in        number of connections that enter each of them
    next_layer    the layer after this one, from whose deltas this one's are computed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.initializers import INITIALIZERS
from neurosim.core.neuron import Neuron
from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.numeric import dot

if TYPE_CHECKING:
    from random import Random

    from neurosim.core.activations import Activation, AnyActivation
    from neurosim.core.initializers import AnyInitializer
    from neurosim.core.losses import Loss
    from neurosim.core.optimizers import Optimizer
    from neurosim.support.types import Names, Number, Row, Rows


class Layer:
    """A layer of `size` neurons, which are made when the layer is added to a network.

    weights: one list for each neuron, one number for each of its inputs; drawn by `initializer` if None.
    biases: one number for each neuron; drawn by `bias_initializer` if None, left out with `bias=False`,
    and never changed with `trainable_bias=False`.
    names: one for each neuron, in place of h1, h2, ... or o1, o2, ...

    Raises InputError for anything that does not fit together.
    """

    __slots__ = (
        "size", "_activation", "initializer", "bias_initializer", "has_bias", "trainable_bias",
        "given_weights", "given_biases", "given_names", "neurons",
    )

    def __init__(
        self, size: int, activation: AnyActivation = "sigmoid", weights: Rows | None = None, biases: Row | None = None,
        bias: bool = True, initializer: AnyInitializer = "glorot_uniform", bias_initializer: AnyInitializer = "zeros",
        trainable_bias: bool = True, names: Names = None,
    ) -> None:
        self.size: int = checks.count(size, "size of a layer")
        self.neurons: list[Neuron] = []
        self.activation = activation
        self.initializer = INITIALIZERS.make(initializer)
        self.bias_initializer = INITIALIZERS.make(bias_initializer)
        self.has_bias = checks.yes_or_no(bias, "bias", "; numbers go to biases=[...]")
        self.trainable_bias = checks.yes_or_no(trainable_bias, "trainable_bias") and self.has_bias
        if biases is not None and not bias:
            raise InputError("biases were given to a layer with bias=False")
        self.given_weights = weights if weights is None else self._one_for_each_neuron(weights, "weights", checks.rows)
        self.given_biases = biases if biases is None else self._one_for_each_neuron(biases, "biases", checks.numbers)
        self.given_names = names if names is None else self._one_for_each_neuron(names, "names", checks.unit_names)

    @property
    def activation(self) -> Activation:
        """The activation of all its neurons; a name or a description that is assigned becomes an object."""
        return self._activation

    @activation.setter
    def activation(self, activation: AnyActivation) -> None:
        self._activation = ACTIVATIONS.make(activation)
        for neuron in self.neurons:
            neuron.activation = self._activation

    @property
    def weights(self) -> list[list[Number]]:
        """The weights as rows, one for each neuron; rows of the same shape can be assigned."""
        return [list(neuron.weights) for neuron in self._made_neurons()]

    @weights.setter
    def weights(self, weights: Rows) -> None:
        neurons = self._made_neurons()
        rows = self._checked_rows(self._one_for_each_neuron(weights, "weights", checks.rows), len(neurons[0].weights))
        for neuron, row in zip(neurons, rows):
            neuron.weights = row

    @property
    def biases(self) -> list[Number] | None:
        """The biases, one for each neuron, or None if there are none; a list of the same length can be assigned."""
        return [neuron.bias for neuron in self._made_neurons()] if self.has_bias else None

    @biases.setter
    def biases(self, biases: Row) -> None:
        if not self.has_bias:
            raise InputError("this layer has no biases: bias=False")
        numbers = self._one_for_each_neuron(biases, "biases", checks.numbers)
        for neuron, bias in zip(self._made_neurons(), numbers):
            neuron.bias = bias

    def _made_neurons(self):
        if not self.neurons:
            raise InputError("a layer has no weights or biases until it is added to a network; give them to Layer(...)")
        return self.neurons

    def _one_for_each_neuron(self, values, place, check):
        values = check(values, place)
        if len(values) != self.size:
            transposed = place == "weights" and all(len(row) == self.size for row in values)
            hint = "; is the matrix transposed?" if transposed else ""
            raise InputError(f"{place}: expected {self.size}, one for each neuron, got {len(values)}{hint}")
        return values

    def make_neurons(self, fan_in: int, random: Random) -> list[Neuron]:
        """New neurons with `fan_in` inputs each, their weights given or drawn from `random`."""
        if self.given_weights is not None:
            weights = self._checked_rows(self.given_weights, fan_in)
        else:
            weights = [
                [self.initializer.draw(random, fan_in, self.size) for _ in range(fan_in)] for _ in range(self.size)
            ]
        if self.has_bias:
            biases = self.given_biases or [
                self.bias_initializer.draw(random, fan_in, self.size) for _ in range(self.size)
            ]
        else:
            biases = [None] * self.size
        return [Neuron(w, b, self.activation, self.trainable_bias) for w, b in zip(weights, biases)]

    def _checked_rows(self, rows, fan_in):
        """A copy of rows of weights, each of which must have `fan_in` numbers."""
        for number, row in enumerate(rows, 1):
            if len(row) != fan_in:
                raise InputError(f"neuron {number}: expected {fan_in} weight{'s' * (fan_in != 1)}, got {len(row)}")
        return [checks.numbers(row, f"neuron {number}: weights") for number, row in enumerate(rows, 1)]

    def forward(self, inputs: Sequence[Number]) -> list[Number]:
        """The outputs; of softmax neurons a first round gives every z, and a second the outputs, from the sum they share."""
        outputs = [neuron.forward(inputs) for neuron in self.neurons]
        if self.activation.coupled:
            normaliser = self.activation.normaliser([neuron.net_input for neuron in self.neurons])
            outputs = [neuron.fire_softmax(normaliser) for neuron in self.neurons]
        return outputs

    def compute_output_deltas(self, loss: Loss, targets: Sequence[Number]) -> None:
        """For the last layer: the error arrives from the loss."""
        if self.activation.name in loss.cancels_with:
            for neuron, target in zip(self.neurons, targets):
                neuron.compute_cancelled_delta(loss, target, self.size)
            return
        for neuron, target in zip(self.neurons, targets):
            neuron.receive_from_loss(loss, target, self.size)
        self._compute_deltas()

    def receive_output_gradients(self, output_gradients: Sequence[Number]) -> None:
        """For the last layer: the error arrives as it is given, a dE/da for each neuron."""
        for neuron, output_gradient in zip(self.neurons, output_gradients):
            neuron.output_gradient = output_gradient
        self._compute_deltas()

    def compute_hidden_deltas(self, next_layer: Layer) -> None:
        """For every other layer: the error arrives over the weights that leave it."""
        outgoing_weights = zip(*[neuron.weights for neuron in next_layer.neurons])
        next_deltas = [neuron.delta for neuron in next_layer.neurons]
        for neuron, weights in zip(self.neurons, outgoing_weights):
            neuron.receive_from_next_layer(weights, next_deltas)
        self._compute_deltas()

    def _compute_deltas(self):
        if not self.activation.coupled:
            for neuron in self.neurons:
                neuron.compute_delta()
            return
        output_gradients = [neuron.output_gradient for neuron in self.neurons]
        shared = dot(output_gradients, [neuron.output for neuron in self.neurons])  # sum of g_k a_k
        for neuron in self.neurons:
            neuron.compute_softmax_delta(shared)

    def update(self, optimizer: Optimizer) -> None:
        """Each neuron takes its new weights and bias."""
        for neuron in self.neurons:
            neuron.update(optimizer)

    def __repr__(self):
        bias = "" if self.has_bias else ", bias=False"
        frozen = ", trainable_bias=False" if self.has_bias and not self.trainable_bias else ""
        return f"Layer({self.size}, {self.activation.label!r}{bias}{frozen})"
