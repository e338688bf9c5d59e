"""A network as plain data, and back: what problem files, trace files and checkpoints share."""

from __future__ import annotations

from operator import mul

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.initializers import INITIALIZERS
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.network import Network
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import at_place, check_keys, json_list, json_number, json_numbers

# Of what a file or the command line asks for, so that a typing error can't fill the memory:
MOST_CONNECTIONS, MOST_UNITS, MOST_LAYERS = 2_000_000, 10_000, 1_000
NEURONS_KEYS = ("activation", "neurons", "trainable_bias", "names")
DRAWN_KEYS = ("activation", "size", "bias", "initializer", "bias_initializer", "trainable_bias", "names")


def read_network(document):
    """The network that the entries `inputs`, `layers`, `loss` and `seed` describe."""
    layers = json_list(document["layers"], "layers")
    if not layers:
        raise InputError("layers: expected at least one layer")
    loss = at_place("loss", LOSSES.make, document.get("loss", "half_squared_error"))
    if not isinstance(document.get("seed", 0), int) or isinstance(document.get("seed"), bool):
        raise InputError(f"seed must be a whole number, got {shorten(document['seed'])}")
    inputs = document["inputs"]
    count = inputs if isinstance(inputs, int) else len(json_list(inputs, "inputs"))
    check_sizes([count, *map(_size, layers)])
    network = Network(inputs, loss=loss, seed=document.get("seed", 0))
    fan_in = len(network.input_names)
    for index, description in enumerate(layers):
        place = f"layers[{index}]"
        layer = _layer(description, place, fan_in)
        at_place(place, network.add, layer)
        fan_in = layer.size
    return network


def check_sizes(sizes):
    """Raise InputError for a network that is too large to work with; sizes: how many inputs, and of each layer the units."""
    inputs, *layers = sizes
    if inputs > MOST_CONNECTIONS:
        raise InputError(f"inputs: {shorten(inputs)} of them; {MOST_CONNECTIONS} are the most")
    if len(layers) > MOST_LAYERS:
        raise InputError(f"layers: {len(layers)} of them; {MOST_LAYERS} are the most")
    for number, size in enumerate(layers, 1):
        if size > MOST_UNITS:
            raise InputError(f"layers: layer {number} has {shorten(size)} units; {MOST_UNITS} are the most")
    connections = sum(map(mul, sizes, layers))
    if connections > MOST_CONNECTIONS:
        many = f"together they have {connections} connections; {MOST_CONNECTIONS} are the most"
        raise InputError(f"layers: {many}, so make layers smaller")


def _size(description):
    """How many units a layer's description asks for; 0 where it says no number, which is refused where it is read."""
    size = description.get("size", description.get("neurons")) if isinstance(description, dict) else 0
    return len(size) if isinstance(size, list) else size if isinstance(size, int) else 0


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
    return at_place(place, Layer, **settings)


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
