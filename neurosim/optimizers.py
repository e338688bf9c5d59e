"""Optimizers: what an update makes of the gradients.

    eta: the learning rate, such as 0.5
    w:   a weight, such as 0.15
"""

from neurosim import checks
from neurosim.elementary import as_kind
from neurosim.errors import InputError, nearest
from neurosim.registry import Named, Registry

ORDERS = ("simultaneous", "sequential")


class Optimizer(Named):
    """The base of every optimizer: `new_weights(neuron)` and `new_bias(neuron)` give its next numbers.

    order: "simultaneous" (all deltas first, then all updates) or "sequential" (a layer is updated before
    the layer below computes its deltas).
    """

    parameters = ("learning_rate", "order")

    def __init__(self, learning_rate=0.1, order="simultaneous"):
        if not checks.number(learning_rate, "learning_rate") > 0:
            raise InputError(f"learning_rate must be positive, got {learning_rate!r}")
        if order not in ORDERS:
            raise InputError(f"unknown update order {order!r}{nearest(order, ORDERS)}")
        self.learning_rate, self.order = learning_rate, order

    def new_weights(self, neuron):
        """The neuron's next weights, in a new list."""
        raise NotImplementedError(f"{type(self).__name__} has no new_weights(neuron)")

    def new_bias(self, neuron):
        """The neuron's next bias."""
        raise NotImplementedError(f"{type(self).__name__} has no new_bias(neuron)")


class SGD(Optimizer):
    """Gradient descent: w+ = w - eta dE/dw and b+ = b - eta dE/db.

    On step units with the perceptron loss this is the perceptron rule.
    """

    name = "sgd"

    def new_weights(self, neuron):
        eta = as_kind(self.learning_rate, neuron.delta)
        if neuron.batch_gradients is not None:
            return [w - eta * gradient for w, gradient in zip(neuron.weights, neuron.weight_gradients)]
        delta = neuron.delta  # one example: its gradients, delta * x, never need a list of their own
        return [w - eta * (delta * x) for w, x in zip(neuron.weights, neuron.inputs)]

    def new_bias(self, neuron):
        return neuron.bias - as_kind(self.learning_rate, neuron.delta) * neuron.bias_gradient


OPTIMIZERS = Registry("optimizer", Optimizer, (SGD,))
