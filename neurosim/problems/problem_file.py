"""Problem files: a network, examples and settings as one JSON document, read strictly and written atomically.

Every function that reads takes `place`, where in the document it is, such as `layers[1].neurons[0]`, so that
a message can name it. Reading executes nothing, and a float comes back bit for bit.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from neurosim.core import guards
from neurosim.core.activations import ACTIVATIONS
from neurosim.core.description import read_network, unusual_settings, with_rate
from neurosim.core.initializers import INITIALIZERS
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.network import Network
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.targets import FLAT, in_rows
from neurosim.problems.preparation import Preparation
from neurosim.problems.shorthand import EXAMPLE_KEYS, check_belonging, spelled_out
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten, shown_path
from neurosim.support.files import (
    at_place, check_keys, json_list, json_number, json_numbers, json_whole, one_line, read_file, read_whole, strict_json,
    told_with, write_atomically,
)
from neurosim.support.report import Result
from neurosim.support.tables import json_safe

if TYPE_CHECKING:
    from typing import Any, Iterable

    from neurosim.core.optimizers import AnyOptimizer
    from neurosim.support.types import Number, Row, Rows
    from neurosim.trace.step import Trace

FORMAT = "neurosim/1"
PROBLEM_KEYS = (
    "format", "title", "source", "inputs", "layers", "loss", "seed", "examples", "optimizer", "batch_size", "reduction",
    "data", "training", "printed",
)
PRINTED_KEYS = ("numbers", "epochs", "misprints")


class Problem(Result):
    """A network with the examples and settings that belong to it.

    Two problems are equal if everything in them is; networks count as equal here if they have the same layers, loss,
    names, weights and biases.
    """

    __slots__ = {
        "network": "the `Network`",
        "inputs": "a list of numbers for each example",
        "targets": "a list of numbers for each example, or None for one without targets",
        "optimizer": "the `Optimizer`, or None",
        "batch_size": 'examples to an update, or "all"',
        "reduction": 'of the gradients of a batch, "mean" or "sum"',
        "title": "what the problem is called",
        "source": "where it comes from",
        "preparation": "what `neurosim.problems.preparation` does to a data file before this network reads it, or None",
        "training": "a checkpoint, from which `neurosim.training.checkpoint.resume` goes on, or None",
        "numbers": "by which people know the examples, if those are rows of a data file; None where they count from 1",
        "printed": 'what a page prints of it, {"numbers": {address: text}, "epochs": 1, "misprints": {}}, or None',
        "notes": "what was written for short, or could be read in another way, and how it was understood: a line for each",
    }

    def __init__(
        self, network: Network, inputs: Rows = (), targets: Iterable[Row | None] = (),
        optimizer: AnyOptimizer | None = None, batch_size: int | str = 1, reduction: str = "mean", title: str = "",
        source: str = "", preparation: Preparation | None = None, training: dict[str, Any] | None = None,
    ) -> None:
        if not isinstance(network, Network):
            raise InputError(f"network: expected a Network, got {shorten(network)}")
        self.network, self.inputs = network, checks.rows(inputs, "inputs")
        self.targets: list[Any] = checks.as_list(targets, "targets", of="lists") or [None] * len(self.inputs)
        self.targets, _ = in_rows(self.targets, network)
        if len(self.targets) != len(self.inputs):
            raise InputError(f"targets: expected {len(self.inputs)}, one for each example, got {len(self.targets)}")
        self.optimizer = None if optimizer is None else OPTIMIZERS.make(optimizer)
        self.batch_size = batch_size if batch_size == "all" else checks.count(batch_size, 'batch_size (or "all")')
        self.reduction = checks.reduction(reduction)
        self.title, self.source = one_line(title, "title"), one_line(source, "source")
        self.preparation, self.training = preparation, training
        self.numbers: list[int] | None = None
        self.notes: list[str] = []
        self.printed: dict[str, Any] | None = None

    def trace(self, epochs: int = 1, shuffle: bool = False, output_gradients: Row | None = None) -> Trace:
        """The trace of all examples with these settings, under the problem's title; the arguments are `Network.trace`'s.

        output_gradients: dE/da of the outputs, the same in every example, from which it goes back in place of the targets.
        """
        if not self.inputs:
            raise InputError("there are no examples to trace")
        goals: Any = output_gradients and [output_gradients] * len(self.inputs)
        targets = None if None in self.targets or goals else self.targets
        optimizer = None if targets is goals is None else self.optimizer
        trace = self.network.trace(
            self.inputs, targets, optimizer, self.batch_size, self.reduction, epochs, shuffle, goals
        )
        trace.title, trace.source = self.title, self.source
        return trace

    def predict(self, rows: Any) -> list[list[Number]]:
        """The outputs for rows of cells, numbers or texts, as the data file has them: in the target's own unit.

        A network that learned from no data file takes and gives its own numbers.
        """
        if self.preparation is None:
            return self.network.predict(rows)
        return self.preparation.in_own_unit(self.network.predict(self.preparation.encode(rows)))

    def save(self, path: Any) -> None:
        """Write the problem file; whatever was at `path` stays whole until the new file is."""
        write_atomically(path, problem_text(self))

    def _public(self):
        layers = [
            (names, layer.activation, layer.trainable_bias, [(neuron.weights, neuron.bias) for neuron in layer.neurons])
            for names, _, layer in self.network.named_layers()
        ]
        return {**super()._public(), "notes": None, "network": (self.network.input_names, layers, self.network.loss)}

    def __repr__(self) -> str:
        return f"<Problem {self.title or 'without title'}: {self.network!r}, {len(self.inputs)} examples>"


def load(path: Any) -> Problem:
    """The problem in a file. Raises InputError with one line that names the place, OSError if it can't be read."""
    return read_file(path, read_problem)


def save_network(network, path, weights=True):
    """Write a network, with or without its weights, to a problem file, as `Network.save` says."""
    write_atomically(path, problem_text(Problem(network), weights))


def load_weights(network, path):
    """Take the weights of the network in a problem file, as `Network.load_weights` says."""
    other = load(path).network
    with told_with(shown_path(path)):
        network.set_weights(other.get_weights())


def read_problem(file, name):
    """The problem in an open binary file; `name` begins the messages."""
    with told_with(name):
        return problem_of(strict_json(read_whole(file)))


def problem_of(document):
    """The problem that a document describes, as a file holds it."""
    document, notes = spelled_out(document)
    check_belonging(document, PROBLEM_KEYS)
    check_keys(document, "", PROBLEM_KEYS, required=("inputs", "layers"))
    if document.get("format", FORMAT) != FORMAT:
        raise InputError(f"format: expected {FORMAT!r}, got {shorten(document['format'])}")
    network = read_network(document)
    inputs, targets, understood = _examples(document.get("examples", []), network)
    settings = {key: document[key] for key in ("batch_size", "title", "source") if key in document}
    for key, setting, read in (
        ("optimizer", "optimizer", OPTIMIZERS.make), ("reduction", "reduction", checks.reduction),
        ("data", "preparation", Preparation.from_description),
    ):
        if key in document:
            settings[setting] = at_place(key, read, document[key])
    if "data" in document:
        at_place("data", settings["preparation"].check_fits, len(network.input_names), network.layers[-1].size)
    if "training" in document:
        from neurosim.training.checkpoint import read_checkpoint  # only here: most problems were never trained

        read_checkpoint(document["training"], network, settings.get("optimizer", OPTIMIZERS.make("sgd")))
    problem = Problem(network, inputs, targets, training=document.get("training"), **settings)
    problem.notes = notes + understood
    problem.printed = _printed(document["printed"]) if "printed" in document else None
    return problem


def _examples(examples, network):
    """(inputs, targets, notes) of the examples; a single number stands for a list of one, or for a class."""
    for index, example in enumerate(json_list(examples, "examples")):
        check_keys(example, f"examples[{index}]", EXAMPLE_KEYS, required=("inputs",))
    flat = {
        index: json_number(example["targets"], f"examples[{index}].targets")
        for index, example in enumerate(examples) if _is_single(example.get("targets"))
    }
    rows, meaning = in_rows(list(flat.values()), network, f"examples[{min(flat, default=0)}].targets")
    inputs, targets, in_flat = [], [], dict(zip(flat, rows))
    for index, example in enumerate(examples):
        place, given = f"examples[{index}]", example["inputs"]
        count = len(network.input_names)
        inputs.append(json_numbers([given] if _is_single(given) and count == 1 else given, f"{place}.inputs", count))
        targets.append(in_flat.get(index))
        if "targets" in example and index not in in_flat:
            targets[-1] = json_numbers(example["targets"], f"{place}.targets", network.layers[-1].size)
    return inputs, targets, [] if meaning in (None, FLAT) else [f"targets: read as {meaning}"]


def _is_single(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _printed(document):
    """What a page prints of the problem: numbers as they stand there, in so many epochs, and why some are misprints."""
    check_keys(document, "printed", PRINTED_KEYS, required=("numbers",))
    for key in ("numbers", "misprints"):
        texts = document.get(key, {})
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise InputError(f"printed.{key}: expected an object of texts by address, got {shorten(texts)}")
    for address in document.get("misprints", {}):
        if address not in document["numbers"]:
            raise InputError(f"printed.misprints: no number is printed for {shorten(address)}")
    epochs = json_whole(document.get("epochs", 1), "printed.epochs", 1)
    return {"numbers": document["numbers"], "epochs": epochs, "misprints": document.get("misprints", {})}


def problem_text(problem, weights=True):
    """The problem file, with a line for each neuron and each example. Raises InputError for what JSON can't hold.

    weights: False writes of each layer only how it is drawn.
    """
    network = problem.network
    if not network.layers:
        raise InputError("a network without layers cannot be saved")
    guards.check_can_run(network)
    entries = {
        "format": _json(FORMAT),
        "title": problem.title and _json(problem.title),
        "source": problem.source and _json(problem.source),
        "inputs": _json(network.input_names),
        "layers": _lines(map(_layer_text if weights else _structure_text, network.layers, network.layer_names)),
        "loss": _json(LOSSES.describe(network.loss)),
        "seed": (not weights or _has_seed(problem)) and _json(network.seed),
        "examples": problem.inputs and _lines(map(_example_text, problem.inputs, problem.targets)),
        "optimizer": problem.optimizer is not None and _json(with_rate(problem.optimizer)),
        "batch_size": problem.batch_size != 1 and _json(problem.batch_size),
        "reduction": (problem.batch_size != 1 or problem.reduction != "mean") and _json(problem.reduction),
        "data": problem.preparation is not None and _json(problem.preparation.describe()),
        "training": problem.training is not None and _json(problem.training),
        "printed": problem.printed is not None and _json(problem.printed),
    }
    return "{\n" + ",\n".join(f'  "{key}": {text}' for key, text in entries.items() if text) + "\n}\n"


def _lines(texts):
    return "[\n    " + ",\n    ".join(texts) + "\n  ]"


def _example_text(inputs, targets):
    return _json({"inputs": inputs} if targets is None else {"inputs": inputs, "targets": targets})


def _layer_text(layer, names):
    settings = {"activation": ACTIVATIONS.describe(layer.activation), **unusual_settings(layer, names)}
    neurons = [
        _json({"weights": neuron.weights} if neuron.bias is None else {"weights": neuron.weights, "bias": neuron.bias})
        for neuron in layer.neurons
    ]
    return _json(settings)[:-1] + ', "neurons": [\n      ' + ",\n      ".join(neurons) + "\n    ]}"


def _structure_text(layer, names):
    drawn = {"initializer": layer.initializer, "bias_initializer": layer.bias_initializer}
    usual = Layer(1)
    changed = {key: INITIALIZERS.describe(value) for key, value in drawn.items() if value != getattr(usual, key)}
    without = {} if layer.has_bias else {"bias": False}
    activation = ACTIVATIONS.describe(layer.activation)
    return _json({"size": layer.size, "activation": activation, **without, **changed, **unusual_settings(layer, names)})


def _has_seed(problem):
    """Whether a seed was given, or something was drawn by it: weights, or the order of a training."""
    network = problem.network
    drawn = any(layer.given_weights is None for layer in network.layers)
    return network.given_seed is not None or drawn or problem.training is not None


def _json(value):
    try:
        return json_safe(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError):
        raise InputError(f"a problem file holds only floats and whole numbers, not {shorten(value)}") from None
