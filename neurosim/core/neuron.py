"""One neuron: it weighs its inputs, fires, and computes its own delta.

    inputs           a of the layer before, such as [0.05, 0.10]
    net_input        z, the weighted sum plus the bias, such as 0.3775
    output           a = f(z), such as 0.5933
    output_gradient  dE/da, such as 0.0364; None where loss and activation cancel
    delta            dE/dz, such as 0.0088; descent subtracts it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from neurosim.support.numeric import dot

if TYPE_CHECKING:
    from neurosim.core.activations import Activation
    from neurosim.core.losses import Loss
    from neurosim.core.optimizers import Optimizer
    from neurosim.support.types import Number


class Neuron:
    """A neuron with one weight for each incoming connection, in the order of the layer before it.

    `bias` is None for a neuron without one; a bias that is not `trainable_bias` stays as it is.
    What a pass records is None until the first pass.
    """

    __slots__ = (
        "weights", "bias", "activation", "trainable_bias",
        "inputs", "net_input", "output", "output_gradient", "delta", "batch_gradients",
    )

    weights: list[Number]
    bias: Number | None
    inputs: Sequence[Number]
    net_input: Number
    output: Number
    output_gradient: Number | None
    delta: Number
    batch_gradients: tuple[list[Number], Number] | None

    def __init__(
        self, weights: list[Number], bias: Number | None, activation: Activation, trainable_bias: bool = True
    ) -> None:
        self.weights, self.bias, self.activation = weights, bias, activation
        self.trainable_bias = trainable_bias and bias is not None
        self.inputs = self.net_input = self.output = None  # type: ignore[assignment]
        self.output_gradient = self.delta = None  # type: ignore[assignment]
        self.batch_gradients = None

    # Forward: z = sum of w * a + b, then a = f(z)

    def forward(self, inputs: Sequence[Number]) -> Number:
        """Weigh the inputs and fire; return the output. What the last backward pass left is forgotten."""
        self.output_gradient = self.delta = self.batch_gradients = None  # type: ignore[assignment]
        self.inputs = inputs
        z = dot(self.weights, inputs)
        if self.bias is not None:
            z += self.bias
        self.net_input = z
        self.output = a = self.activation.__call__(z)  # named, it costs CPython less
        return a

    def fire_softmax(self, normaliser: tuple[Number, Number]) -> Number:
        """a_j = exp(z_j) / sum of exp(z_k), both shifted; `normaliser` is the shift and the sum, of all the layer."""
        self.output = self.activation(self.net_input, normaliser)  # type: ignore[call-arg]  # a Softmax
        return self.output

    # Backward: dE/da arrives, from the loss or from the next layer; then delta = dE/da * f'(z)

    def receive_from_loss(self, loss: Loss, target: Number, size: int) -> None:
        """dE/da of one of `size` output neurons."""
        self.output_gradient = loss.derivative(self.output, target, size)

    def receive_from_next_layer(self, outgoing_weights: Sequence[Number], next_deltas: Sequence[Number]) -> None:
        """dE/da = sum of w * delta, over the weights that leave the neuron and the deltas of the neurons they lead to."""
        self.output_gradient = dot(outgoing_weights, next_deltas)

    def compute_delta(self) -> None:
        """delta = dE/da * f'(z)."""
        self.delta = self.output_gradient * self.activation.derivative(self.net_input, self.output)

    def compute_softmax_delta(self, shared: Number) -> None:
        """delta_j = a_j (g_j - sum of g_k a_k), with g = dE/da; the sum is `shared` by the layer."""
        self.delta = self.output * (self.output_gradient - shared)

    def compute_cancelled_delta(self, loss: Loss, target: Number, size: int) -> None:
        """delta = a - t, where the derivatives of loss and activation cancel and dE/da is never needed."""
        self.delta = loss.cancelled(self.output, target, size)

    # Gradients: dE/dw = delta * a of the layer before, dE/db = delta

    @property
    def weight_gradients(self) -> list[Number]:
        """dE/dw, one for each weight: of the last example, or of the batch if one has just been reduced."""
        if self.batch_gradients is not None:
            return self.batch_gradients[0]
        return [self.delta * x for x in self.inputs]

    @property
    def bias_gradient(self) -> Number:
        """dE/db, of the last example, or of the batch if one has just been reduced."""
        return self.delta if self.batch_gradients is None else self.batch_gradients[1]

    # Update: the optimizer works out the new numbers, and the neuron takes them

    def update(self, optimizer: Optimizer) -> None:
        """Take the new weights, and the new bias if it is trained."""
        self.weights = optimizer.new_weights(self)
        if self.trainable_bias:
            self.bias = optimizer.new_bias(self)

    def __repr__(self):
        from neurosim.support.number_text import number_text  # only now: a pass does without it

        weights = ", ".join(map(repr, self.weights[:4])) + (", ..." if len(self.weights) > 4 else "")
        bias = "" if self.bias is None else f", bias={self.bias!r}"
        known = [("z", self.net_input), ("a", self.output), ("delta", self.delta)]
        last_pass = "".join(f", {symbol}={number_text(value)}" for symbol, value in known if value is not None)
        return f"Neuron(weights=[{weights}]{bias}, activation={self.activation.label!r}{last_pass})"
