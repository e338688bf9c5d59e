"""What must hold before and after each step of learning. Guards raise, and change nothing but what they put back.

The algorithm in `network.py` reads without them; `forward`, `backward` and `update` stand between them.
"""

from operator import attrgetter

from neurosim.checks import shorten
from neurosim.elementary import is_finite
from neurosim.errors import InputError, NonFiniteError

SYMBOLS = {"net_input": "z", "delta": "delta"}
READERS = {attribute: attrgetter(attribute) for attribute in SYMBOLS}


def has_layers(network):
    """A pass needs layers."""
    if not network.layers:
        raise InputError("the network has no layers; add one, such as Layer(1)")


def can_train(network):
    """A backward pass needs a forward pass, and derivatives all the way down."""
    has_layers(network)
    output_layer, loss = network.layers[-1], network.loss
    if output_layer.neurons[0].output is None:
        raise InputError("backward needs a forward pass first")
    cancels = output_layer.activation.name in loss.cancels_with
    for layer, names in zip(network.layers, network.layer_names):
        if not (layer.activation.differentiable or cancels and layer is output_layer):
            raise InputError(
                f"{names[0]}: {layer.activation.name} has no useful derivative, so the layer cannot be trained"
                + (" except as the output under the loss 'perceptron'" if layer is output_layer else "")
            )
    if loss.name == "perceptron" and not cancels:
        raise InputError(f"the loss 'perceptron' needs step or sign outputs, not {output_layer.activation.name}")


def can_update(network, optimizer):
    """An update needs an optimizer and deltas; a sequential one those of a single example."""
    if not hasattr(optimizer, "new_weights"):
        raise InputError(f"expected an optimizer, such as SGD(0.5), got {shorten(optimizer)}")
    if not network.layers or network.layers[0].neurons[0].delta is None:
        raise InputError("update needs a backward pass first")
    if optimizer.order == "sequential" and network.layers[0].neurons[0].batch_gradients is not None:
        raise InputError("the update order 'sequential' takes one example at a time, not a batch")


def is_finite_everywhere(network, attribute):
    """What every neuron has just computed must be finite; the first that is not is named."""
    read = READERS[attribute]
    for layer, names in zip(network.layers, network.layer_names):
        if not is_finite(sum(map(read, layer.neurons))):
            for name, neuron in zip(names, layer.neurons):
                if not is_finite(read(neuron)):
                    raise NonFiniteError(SYMBOLS[attribute], name, read(neuron))


def parameters(network):
    """Every neuron with its weights and bias, to put them back by."""
    return [(neuron, neuron.weights, neuron.bias) for layer in network.layers for neuron in layer.neurons]


def new_parameters_are_finite(network, last):
    """Every new weight and bias must be finite; or else the last ones are put back, and the first is named."""
    if all([is_finite(sum(neuron.weights) + (neuron.bias or 0)) for neuron, _, _ in last]):
        return
    broken = _first_not_finite(network)
    if broken is not None:  # a sum can overflow though none of its terms does
        for neuron, weights, bias in last:
            neuron.weights, neuron.bias = weights, bias
        raise broken


def _first_not_finite(network):
    for names, sources, layer in network.named_layers():
        for name, neuron in zip(names, layer.neurons):
            for source, weight in zip(sources, neuron.weights):
                if not is_finite(weight):
                    return NonFiniteError("w+", f"{source}->{name}", weight)
            if neuron.bias is not None and not is_finite(neuron.bias):
                return NonFiniteError("b+", name, neuron.bias)
    return None
