"""Problem files: a network, examples and settings as one JSON document, read strictly and written atomically.

Every function that reads takes `place`, where in the document it is, such as `layers[1].neurons[0]`, so that
a message can name it. Reading executes nothing, and a float comes back bit for bit.
"""

import json
import math
import os
import stat
from contextlib import contextmanager

from neurosim import checks
from neurosim.activations import ACTIVATIONS
from neurosim.data import Preparation
from neurosim.errors import InputError, nearest, shorten
from neurosim.initializers import INITIALIZERS
from neurosim.layer import Layer
from neurosim.losses import LOSSES
from neurosim.network import Network
from neurosim.optimizers import OPTIMIZERS

FORMAT = "neurosim/1"
LARGEST = 64 * 1024 * 1024  # bytes; a 784-100-10 network takes 2 MB
EXACT = 2**53  # whole numbers up to here are the same as floats
MOST_CONNECTIONS = 10_000_000  # of a layer that is to be drawn, so that a slip of the pen can't fill the memory
PROBLEM_KEYS = (
    "format", "title", "source", "inputs", "layers", "loss", "seed", "examples", "optimizer", "batch_size", "reduction",
    "data", "training",
)  # fmt: skip
NEURONS_KEYS = ("activation", "neurons", "trainable_bias", "names")
DRAWN_KEYS = ("activation", "size", "bias", "initializer", "bias_initializer", "trainable_bias", "names")


class Problem:
    """A network with the examples and settings that belong to it.

    inputs, targets: one list of numbers for each example; an example without targets has None.
    batch_size: examples to an update, or "all". `reduction`: "mean" or "sum" over a batch.
    preparation: what `neurosim.data` does to a CSV file before this network reads it.
    training: a checkpoint, from which `neurosim.checkpoint.resume` goes on.
    """

    def __init__(
        self, network, inputs=(), targets=(), optimizer=None, batch_size=1, reduction="mean", title="", source="",
        preparation=None, training=None,
    ):  # fmt: skip
        self.network, self.inputs = network, checks.rows(inputs, "inputs")
        self.targets = list(targets) or [None] * len(self.inputs)
        if len(self.targets) != len(self.inputs):
            raise InputError(f"targets: expected {len(self.inputs)}, one for each example, got {len(self.targets)}")
        self.optimizer = None if optimizer is None else OPTIMIZERS.make(optimizer)
        self.batch_size = batch_size if batch_size == "all" else checks.count(batch_size, 'batch_size (or "all")')
        self.reduction = checks.reduction(reduction)
        self.title, self.source = _text(title, "title"), _text(source, "source")
        self.preparation, self.training = preparation, training

    def trace(self):
        """The trace of all examples with these settings."""
        if not self.inputs:
            raise InputError("there are no examples to trace")
        targets = None if None in self.targets else self.targets
        optimizer = None if targets is None else self.optimizer
        return self.network.trace(self.inputs, targets, optimizer, self.batch_size, self.reduction)

    def save(self, path):
        """Write the problem file; whatever was at `path` stays whole until the new file is."""
        write_atomically(path, problem_text(self))

    def __repr__(self):
        return f"<Problem {self.title or 'without title'}: {self.network!r}, {len(self.inputs)} examples>"


def load(path):
    """The problem in a file. Raises InputError with one line that names the place, OSError if it can't be read."""
    return read_file(path, read_problem)


def read_file(path, read):
    """What `read` makes of the file at `path`, which it gets opened and with the name for its messages."""
    try:
        file = open(path, "rb")
    except (TypeError, ValueError) as error:
        raise InputError(f"expected the path of a file, got {shorten(path)}: {error}") from None
    with file:
        return read(file, " ".join(os.path.basename(os.fspath(path)).split()))


def save_network(network, path):
    """Write the network to a problem file without examples, from which `load` makes an equal one."""
    Problem(network).save(path)


def read_problem(file, name):
    """The problem in an open binary file; `name` begins the messages."""
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"{name}: larger than {LARGEST // 1024**2} MB")
    try:
        return _problem(strict_json(data))
    except json.JSONDecodeError as error:
        raise InputError(f"{name}, line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from None
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def strict_json(data, **numbers):
    """The JSON document in some bytes, without NaN, infinity or a key that stands twice.

    numbers: `parse_float` and `parse_int` of the standard library's json.

    Raises InputError, or json.JSONDecodeError, which knows the line and column.
    """
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant, object_pairs_hook=_object, **numbers)
    except UnicodeDecodeError as error:
        raise InputError(f"not text in UTF-8, at byte {error.start}") from None
    except RecursionError:
        raise InputError("nested too deeply") from None
    except (InputError, json.JSONDecodeError):
        raise
    except ValueError as error:  # such as a whole number of more digits than Python takes
        raise InputError(shorten(str(error))) from None


def _refuse_constant(text):
    raise InputError(f"{text} is not a number that JSON knows")


def _object(pairs):
    document = {}
    for key, value in pairs:
        if key in document:
            raise InputError(f"the key {key!r} stands twice in one object")
        document[key] = value
    return document


def _problem(document):
    check_keys(document, "", PROBLEM_KEYS, required=("format", "inputs", "layers"))
    if document["format"] != FORMAT:
        raise InputError(f"format: expected {FORMAT!r}, got {shorten(document['format'])}")
    network = read_network(document)
    inputs, targets = _examples(document.get("examples", []), network)
    settings = {key: document[key] for key in ("batch_size", "title", "source") if key in document}
    if "optimizer" in document:
        settings["optimizer"] = _at("optimizer", OPTIMIZERS.make, document["optimizer"])
    if "reduction" in document:
        settings["reduction"] = _at("reduction", checks.reduction, document["reduction"])
    if "data" in document:
        settings["preparation"] = _at("data", Preparation.from_description, document["data"])
    return Problem(network, inputs, targets, training=document.get("training"), **settings)


def read_network(document):
    """The network that the entries `inputs`, `layers`, `loss` and `seed` describe."""
    layers = _list(document["layers"], "layers")
    if not layers:
        raise InputError("layers: expected at least one layer")
    loss = _at("loss", LOSSES.make, document.get("loss", "half_squared_error"))
    if not isinstance(document.get("seed", 0), int):
        raise InputError(f"seed must be a whole number, got {shorten(document['seed'])}")
    inputs = document["inputs"]
    if not isinstance(inputs, int):
        _list(inputs, "inputs")
    elif inputs > MOST_CONNECTIONS:
        raise InputError(f"inputs: more than {MOST_CONNECTIONS}, got {inputs}")
    network = Network(inputs, loss=loss, seed=document.get("seed", 0))
    fan_in = len(network.input_names)
    for index, description in enumerate(layers):
        place = f"layers[{index}]"
        layer = _layer(description, place, fan_in)
        _at(place, network.add, layer)
        fan_in = layer.size
    return network


def _layer(description, place, fan_in):
    """A layer from its neurons, or, to be drawn, from its size."""
    drawn = isinstance(description, dict) and "size" in description
    check_keys(description, place, DRAWN_KEYS if drawn else NEURONS_KEYS, required=() if drawn else ("neurons",))
    settings = dict(description)
    neurons = settings.pop("neurons", [])
    for key, registry in (
        ("activation", ACTIVATIONS), ("initializer", INITIALIZERS), ("bias_initializer", INITIALIZERS),
    ):  # fmt: skip
        if key in settings:
            settings[key] = _at(f"{place}.{key}", registry.make, settings[key])
    for key in ("bias", "trainable_bias"):
        if not isinstance(settings.get(key, True), bool):
            raise InputError(f"{place}.{key}: expected true or false, got {shorten(settings[key])}")
    if not drawn:
        settings.update(_neurons(_list(neurons, f"{place}.neurons"), f"{place}.neurons", fan_in))
    layer = _at(place, Layer, **settings)
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
        weights.append(_numbers(neuron["weights"], f"{here}.weights", fan_in))
        if "bias" in neuron:
            biases.append(_number(neuron["bias"], f"{here}.bias"))
    return {"size": len(neurons), "weights": weights, "biases": biases or None, "bias": bool(biases)}


def _examples(examples, network):
    inputs, targets = [], []
    for index, example in enumerate(_list(examples, "examples")):
        place = f"examples[{index}]"
        check_keys(example, place, ("inputs", "targets"), required=("inputs",))
        inputs.append(_numbers(example["inputs"], f"{place}.inputs", len(network.input_names)))
        has_targets = "targets" in example
        targets.append(_numbers(example["targets"], f"{place}.targets", network.layers[-1].size) if has_targets else None)
    return inputs, targets


def check_keys(value, place, known, required):
    """Raise InputError unless the value is an object with known keys, none of the required ones missing."""
    prefix = f"{place}: " if place else ""
    if not isinstance(value, dict):
        raise InputError(f"{prefix}expected an object in braces, got {shorten(value)}")
    for key in value:
        if key not in known:
            raise InputError(f"{prefix}unknown key {shorten(key)}{nearest(key, known)}")
    for key in required:
        if key not in value:
            raise InputError(f"{prefix}the key {key!r} is missing")


def _list(value, place):
    if not isinstance(value, list):
        raise InputError(f"{place}: expected a list in brackets, got {shorten(value)}")
    return value


def _number(value, place):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{place}: expected a number, got {shorten(value)}")
    try:
        finite = math.isfinite(value)
    except OverflowError:  # a whole number beyond the floats
        finite = False
    if not finite:
        raise InputError(f"{place}: the number is too large for a float")
    return value if abs(value) <= EXACT else float(value)


def _numbers(values, place, count):
    if len(_list(values, place)) != count:
        raise InputError(f"{place}: expected {count} number{'s' * (count != 1)}, got {len(values)}")
    return [_number(value, f"{place}[{index}]") for index, value in enumerate(values)]


def _text(value, place):
    if not isinstance(value, str) or not value.isprintable():
        raise InputError(f"{place}: expected printable text in one line, got {shorten(value)}")
    return value


def _at(place, call, *arguments, **settings):
    """The result of a call, whose InputError is told with the place in the document."""
    try:
        return call(*arguments, **settings)
    except InputError as error:
        message = str(error)
        raise InputError(message if message.startswith(place) else f"{place}: {message}") from None


def problem_text(problem):
    """The problem file, with a line for each neuron and each example. Raises InputError for what JSON can't hold."""
    network = problem.network
    if not network.layers:
        raise InputError("a network without layers cannot be saved")
    entries = {"format": FORMAT, "title": problem.title, "source": problem.source, "inputs": network.input_names}
    parts = [f"  {_json(key)}: {_json(value)}" for key, value in entries.items() if value != ""]
    layers = [_layer_text(layer, names) for layer, names in zip(network.layers, network.layer_names)]
    parts.append('  "layers": [\n    ' + ",\n    ".join(layers) + "\n  ]")
    parts.append(f'  "loss": {_json(LOSSES.describe(network.loss))}')
    parts.append(f'  "seed": {_json(network.seed)}')
    if problem.inputs:
        examples = [
            _json({"inputs": inputs} if targets is None else {"inputs": inputs, "targets": targets})
            for inputs, targets in zip(problem.inputs, problem.targets)
        ]
        parts.append('  "examples": [\n    ' + ",\n    ".join(examples) + "\n  ]")
    if problem.optimizer is not None:
        parts.append(f'  "optimizer": {_json(with_rate(problem.optimizer))}')
    if problem.batch_size != 1:
        parts.append(f'  "batch_size": {_json(problem.batch_size)}')
        parts.append(f'  "reduction": {_json(problem.reduction)}')
    if problem.preparation is not None:
        parts.append(f'  "data": {_json(problem.preparation.describe())}')
    if problem.training is not None:
        parts.append(f'  "training": {_json(problem.training)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _layer_text(layer, names):
    settings = {"activation": ACTIVATIONS.describe(layer.activation)}
    if layer.has_bias and not layer.trainable_bias:
        settings["trainable_bias"] = False
    if layer.given_names:
        settings["names"] = names
    neurons = [
        _json({"weights": neuron.weights} if neuron.bias is None else {"weights": neuron.weights, "bias": neuron.bias})
        for neuron in layer.neurons
    ]
    return _json(settings)[:-1] + ', "neurons": [\n      ' + ",\n      ".join(neurons) + "\n    ]}"


def with_rate(optimizer):
    """The optimizer's description, in which the learning rate stands even where it is the default."""
    description = OPTIMIZERS.describe(optimizer)
    if isinstance(description, str):
        description = {"name": description}
    return {"name": description.pop("name"), "learning_rate": optimizer.learning_rate, **description}


def _json(value):
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        raise InputError(f"a problem file holds only floats and whole numbers, not {shorten(value)}") from None


def write_atomically(path, text):
    """Write a text, or an iterable of texts, to a file that is there as it was or as it will be, never in between."""
    data = (part.encode("utf-8") for part in ([text] if isinstance(text, str) else text))
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):  # a pipe or a device, which must not be replaced
        with _told_of(path), open(path, "wb") as file:
            file.writelines(data)
        return
    path = os.path.realpath(path)
    temporary = os.path.join(os.path.dirname(path), f".neurosim-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    with _told_of(path), open(temporary, "xb") as file:
        try:
            file.writelines(data)
            file.flush()
            os.fsync(file.fileno())
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise


@contextmanager
def _told_of(path):
    """An error that names the file that was asked for, and not the temporary one."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise
