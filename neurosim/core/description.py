"""A network as plain data, and back: what problem files, trace files and checkpoints share."""

from __future__ import annotations

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.initializers import INITIALIZERS
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.network import Network
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import at_place, check_keys, json_list, json_number, json_numbers

MOST_CONNECTIONS = 10_000_000  # of a layer that is to be drawn, so that a typing error can't fill the memory
NEURONS_KEYS = ("activation", "neurons", "trainable_bias", "names")
DRAWN_KEYS = ("activation", "size", "bias", "initializer", "bias_initializer", "trainable_bias", "names")


def read_network(document):
    """The network that the entries `inputs`, `layers`, `loss` and `seed` describe."""
    layers = json_list(document["layers"], "layers")
    if not layers:
        raise InputError("layers: expected at least one layer")
    loss = at_place("loss", LOSSES.make, document.get("loss", "half_squared_error"))
    if not isinstance(document.get("seed", 0), int):
        raise InputError(f"seed must be a whole number, got {shorten(document['seed'])}")
    inputs = document["inputs"]
    if not isinstance(inputs, int):
        json_list(inputs, "inputs")
    elif inputs > MOST_CONNECTIONS:
        raise InputError(f"inputs: more than {MOST_CONNECTIONS}, got {shorten(inputs)}")
    network = Network(inputs, loss=loss, seed=document.get("seed", 0))
    fan_in = len(network.input_names)
    for index, description in enumerate(layers):
        place = f"layers[{index}]"
        layer = _layer(description, place, fan_in)
        at_place(place, network.add, layer)
        fan_in = layer.size
    return network


def unusual_settings(layer, names):
    """The settings of a layer that a description has only where they are not as usual."""
    settings = {}
    if layer.has_bias and not layer.trainable_bias:
        settings["trainable_bias"] = False
    if layer.given_names:
        settings["names"] = names
    return settings


def _layer(description, place, fan_in):
    """A layer from its neurons, or, to be drawn, from its size."""
    drawn = isinstance(description, dict) and "size" in description
    check_keys(description, place, DRAWN_KEYS if drawn else NEURONS_KEYS, required=() if drawn else ("neurons",))
    settings = dict(description)
    neurons = settings.pop("neurons", [])
    for key, registry in (
        ("activation", ACTIVATIONS), ("initializer", INITIALIZERS), ("bias_initializer", INITIALIZERS),
    ):
        if key in settings:
            settings[key] = at_place(f"{place}.{key}", registry.make, settings[key])
    for key in ("bias", "trainable_bias"):
        if not isinstance(settings.get(key, True), bool):
            raise InputError(f"{place}.{key}: expected true or false, got {shorten(settings[key])}")
    if not drawn:
        settings.update(_neurons(json_list(neurons, f"{place}.neurons"), f"{place}.neurons", fan_in))
    layer = at_place(place, Layer, **settings)
    if drawn and layer.size * fan_in > MOST_CONNECTIONS:
        raise InputError(f"{place}.size: {fan_in} inputs make more than {MOST_CONNECTIONS} connections")
    return layer


def _neurons(neurons, place, fan_in):
    """The settings of a layer from the descriptions of its neurons."""
    if not neurons:
        raise InputError(f"{place}: expected at least one neuron")
    weights, biases = [], []
    for index, neuron in enumerate(neurons):
        here = f"{place}[{index}]"
        check_keys(neuron, here, ("weights", "bias"), required=("weights",))
        if ("bias" in neuron) != ("bias" in neurons[0]):
            raise InputError(f"{here}: give every neuron of a layer a bias, or none of them")
        weights.append(json_numbers(neuron["weights"], f"{here}.weights", fan_in))
        if "bias" in neuron:
            biases.append(json_number(neuron["bias"], f"{here}.bias"))
    return {"size": len(neurons), "weights": weights, "biases": biases or None, "bias": bool(biases)}


def with_rate(optimizer):
    """The optimizer's description, in which the learning rate stands even where it is the default."""
    description = OPTIMIZERS.describe(optimizer)
    changed = {} if isinstance(description, str) else description
    return {"name": optimizer.name, "learning_rate": optimizer.learning_rate, **changed}
