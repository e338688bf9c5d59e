"""A network as plain data, and back: what problem files, trace files and checkpoints share."""

from __future__ import annotations

from operator import mul

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.initializers import INITIALIZERS
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.network import Network
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.weights import by_unit
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import at_place, check_keys, json_list, json_number, json_numbers

# Of what a file or the command line asks for, so that a typing error can't fill the memory:
MOST_CONNECTIONS, MOST_UNITS, MOST_LAYERS = 2_000_000, 10_000, 1_000
# A layer's keys, by the one that tells which of three forms it has: neuron by neuron, a matrix, or to be drawn.
OF_ANY_LAYER = ("activation", "trainable_bias", "names")
LAYER_KEYS = {
    "neurons": ("neurons", *OF_ANY_LAYER),
    "weights": ("weights", "weights_by", "biases", *OF_ANY_LAYER),
    "size": ("size", "bias", "biases", "initializer", "bias_initializer", *OF_ANY_LAYER),
}
NEURON_KEYS = ("weights", "bias")


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
    network.given_seed = document.get("seed")
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
    if not isinstance(description, dict):
        return 0
    size = description.get("size", description.get("neurons", description.get("weights")))
    if description.get("weights_by") == "input" and isinstance(size, list) and size:
        size = size[0]  # a column for each unit
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
    """A layer from its neurons, from its matrix, or, to be drawn, from its size."""
    form = _form(description, place)
    check_keys(description, place, LAYER_KEYS[form], required=(form,))
    settings = dict(description)
    for key, registry in (
        ("activation", ACTIVATIONS), ("initializer", INITIALIZERS), ("bias_initializer", INITIALIZERS),
    ):
        if key in settings:
            settings[key] = at_place(f"{place}.{key}", registry.make, settings[key])
    for key in ("bias", "trainable_bias"):
        if not isinstance(settings.get(key, True), bool):
            raise InputError(f"{place}.{key}: expected true or false, got {shorten(settings[key])}")
    if form == "neurons":
        settings.update(_neurons(json_list(settings.pop("neurons"), f"{place}.neurons"), f"{place}.neurons", fan_in))
    elif form == "weights":
        settings.update(_matrix(settings, place, fan_in))
    elif "biases" in settings:
        settings["biases"] = json_list(settings["biases"], f"{place}.biases")
        settings["biases"] = json_numbers(settings["biases"], f"{place}.biases", len(settings["biases"]))
    return at_place(place, Layer, **settings)


def _form(description, place):
    """Which of the three forms a layer's description has."""
    all_keys = {key: None for keys in LAYER_KEYS.values() for key in keys}
    check_keys(description, place, all_keys, required=())
    forms = [form for form in LAYER_KEYS if form in description]
    if len(forms) != 1:
        there = f"{' and '.join(forms)} exclude each other" if forms else "there is none"
        raise InputError(f"{place}: expected one of the keys {', '.join(LAYER_KEYS)}; {there}")
    return forms[0]


def _matrix(settings, place, fan_in):
    """The settings of a layer from its matrix and its biases; of a single unit they may be a row and a number."""
    here, layout = f"{place}.weights", settings.pop("weights_by", "unit")
    rows, biases = json_list(settings["weights"], here), settings.get("biases")
    if len(rows) == fan_in and not any(isinstance(row, list) for row in rows):
        rows, layout = [rows], "unit"
    rows = [
        json_numbers(row, f"{here}[{index}]", len(json_list(row, f"{here}[{index}]"))) for index, row in enumerate(rows)
    ]
    rows = by_unit(rows, fan_in, layout, here)
    if len(rows) == 1 and not isinstance(biases, list) and biases is not None:
        biases = [biases]
    if biases is not None:
        biases = json_numbers(biases, f"{place}.biases", len(rows))
    return {"size": len(rows), "weights": rows, "biases": biases, "bias": biases is not None}


def _neurons(neurons, place, fan_in):
    """The settings of a layer from the descriptions of its neurons."""
    if not neurons:
        raise InputError(f"{place}: expected at least one neuron")
    weights, biases = [], []
    for index, neuron in enumerate(neurons):
        here = f"{place}[{index}]"
        check_keys(neuron, here, NEURON_KEYS, required=("weights",))
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
