"""A step as a JSON of tensors, so that any program can have it compared.

    {"W1": [[0.15, 0.2], ...], "b1": [...], "a0": [[0.05, 0.1]], "z1": ..., "a1": ..., "dA1": ..., "delta1": ...,
     "dW1": ..., "db1": ..., "W1+": ..., "b1+": ...}

Layer 1 is the first behind the inputs, a0. What belongs to units has a row for each example, or is one row if there is only
one. Matrices have a row for each unit; with "weights_by": "input" a row for each input.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from neurosim.core.weights import WEIGHTS_BY, by_unit
from neurosim.diagnosis.layer_lists import LAYERED
from neurosim.frameworks.comparison import Comparison, compared
from neurosim.frameworks.seen import MATRICES, OF_EXAMPLES, ROWS, SeenLayer, Step, bits_of, carried_over, neurons_of, tensor
from neurosim.support import checks
from neurosim.support.errors import InputError, nearest, shorten
from neurosim.support.files import json_list, json_numbers, read_whole, strict_json, told_with, write_atomically

if TYPE_CHECKING:
    from neurosim.problems.problem_file import Problem

LAYOUT = "weights_by"


def write_step(step: Step, path: Any) -> None:
    """Write what was seen to a JSON of tensors."""
    document = {"a0": step.layers[0].inputs}
    for number, layer in enumerate(step.layers, 1):
        for name, attribute in {**MATRICES, **ROWS, **OF_EXAMPLES}.items():
            value = getattr(layer, attribute)
            if value is not None:
                document[tensor(name, number)] = value
    lines = [f'"{name}": {json.dumps(value)}' for name, value in document.items()]
    write_atomically(path, "{\n" + ",\n".join(lines) + "\n}\n")


def is_tensors(document: Any) -> bool:
    """Whether a JSON document is one of tensors, and nothing that can be traced."""
    return isinstance(document, dict) and any(LAYERED.fullmatch(key) for key in document) and "layers" not in document


def read_tensors(file: Any, name: str) -> Any:
    """The tensors in an open file; None if it holds something else."""
    with told_with(name):
        try:
            document = strict_json(read_whole(file))
        except InputError:
            return None
        return document if is_tensors(document) else None


def compare_tensors(problem: Problem, document: dict[str, Any]) -> Comparison:
    """The `Comparison` of the tensors in a document with what a problem's network makes of them.

    What is not there, such as the weights, is the problem's own. Gradients of single examples may be shares of a mean.
    Raises InputError, which names the tensor, for what does not fit the network.
    """
    document = dict(document)
    layout = checks.known("layout", document.pop(LAYOUT, "unit"), WEIGHTS_BY)
    tensors = {key: _tensor(problem, key, value, layout) for key, value in document.items()}
    steps = [_step(problem, tensors, are_shares) for are_shares in (True, False)]
    return compared(min(steps, key=lambda step: len(list(step.departures()))))


def _tensor(problem, key, value, layout):
    """A tensor as lists, with a row for each example, or for each unit."""
    match = LAYERED.fullmatch(key)
    sizes = [len(problem.network.input_names), *[layer.size for layer in problem.network.layers]]
    kind = match and f"{match[1].replace('dE/dW', 'dW').replace('dE/db', 'db')}{'+' if match[3] else ''}"
    if not match or match[4] or kind not in {**OF_EXAMPLES, **MATRICES, **ROWS} or int(match[2]) >= len(sizes):
        known = [f"{name}{number}" for number in range(1, len(sizes)) for name in (*OF_EXAMPLES, *MATRICES, *ROWS)]
        raise InputError(f"tensors: there is no {shorten(key)}{nearest(key, known)}; layers go from 1 to {len(sizes) - 1}")
    number, place = int(match[2]), f"tensors: {key}"
    if kind in ROWS:
        return json_numbers(json_list(value, place), place, sizes[number])
    rows = json_list(value, place)
    if kind in OF_EXAMPLES:
        rows = rows if rows and isinstance(rows[0], list) else [rows]
        return [json_numbers(row, f"{place}[{index}]", sizes[number]) for index, row in enumerate(rows)]
    rows = [json_numbers(row, f"{place}[{index}]", len(json_list(row, place))) for index, row in enumerate(rows)]
    units = by_unit(rows, sizes[number - 1], layout, place)
    if len(units) != sizes[number]:
        raise InputError(f"{place}: expected {sizes[number]} units, got {len(units)}")
    return units


def _step(problem, tensors, are_shares):
    """The step; `are_shares` says whether gradients of single examples are shares of a mean over the batch."""
    network, layers, inputs = problem.network, [], tensors.get("a0", problem.inputs)
    for number, layer in enumerate(network.layers, 1):
        given = {
            attribute: tensors.get(tensor(name, number))
            for name, attribute in {**MATRICES, **ROWS, **OF_EXAMPLES}.items()
        }
        weights = given.pop("weights") or layer.weights
        seen = SeenLayer("", layer.activation, weights, given.pop("biases") or layer.biases, inputs)
        for attribute, value in given.items():
            setattr(seen, attribute, value)
        _check_examples(seen, number)
        layers.append(seen)
        inputs = seen.filled_up()
    targets = None if None in problem.targets else problem.targets
    old = problem.optimizer
    optimizer = old and (lambda made: carried_over(old, neurons_of(network, made)))
    step = Step(layers, problem.network.loss, targets, problem.reduction, optimizer, are_shares)
    step.count = sum(len(value) if not isinstance(value[0], list) else sum(map(len, value)) for value in tensors.values())
    step.bits = bits_of([row if isinstance(row, list) else [row] for value in tensors.values() for row in value])
    return step


def _check_examples(layer, number):
    """Raise InputError unless a layer's tensors have as many examples as its inputs."""
    for name, attribute in OF_EXAMPLES.items():
        rows = getattr(layer, attribute)
        if rows is not None and len(rows) != len(layer.inputs):
            wanted = f"expected {len(layer.inputs)} rows, one for each example"
            raise InputError(f"tensors: {name}{number}: {wanted}, got {len(rows)}")
