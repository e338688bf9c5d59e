"""For tests of your own code: a backpropagation that you wrote by hand, compared with a network's gradients.

    def test_my_backprop():
        assert_backprop_matches(my_backprop, network, [([0.05, 0.10], [0.01, 0.99])])

A failure says which mistake its numbers equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.core.network import Network
from neurosim.diagnosis.answers import Answers, read_answers
from neurosim.diagnosis.search import diagnose_trace
from neurosim.diagnosis.typed_numbers import is_blank
from neurosim.support.errors import InputError, shorten
from neurosim.support.files import told_with

if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Tuple

    from neurosim.core.optimizers import Optimizer
    from neurosim.problems.problem_file import Problem
    from neurosim.support.types import Row

    Example = Tuple[Row, Row]  # inputs and targets

SMALLEST = 1e-12  # gradients that lie no farther apart than this are the same


def assert_backprop_matches(
    my_function: Callable[..., Any], network: Network, examples: Iterable[Example],
    optimizer: Optimizer | None = None, tolerance: float = 1e-9, conventions: bool = False,
) -> None:
    """Raise AssertionError, with a diagnosis, unless a function finds the gradients that the network finds.

    my_function: called as my_function(weights, biases, inputs, targets) for one example, with copies. `weights` has a
                 matrix for each layer, a row for each unit; `biases` a list for each layer, None for one without.
                 Returns what it found by name, {"dW1": ..., "db1": ..., "delta1": ...} or {"dE/dw[x1->h1]": ...}:
                 what is there is compared; or a pair of weight gradients and bias gradients, each a list
                 by layer, in either order. Arrays are taken by their `tolist()`.
    examples:    pairs of inputs and targets
    optimizer:   what the function updates with, if it does: only then can updates be compared, or be recognised in
                 its deltas
    tolerance:   relative to the larger number; 1e-4 suits arrays of 32 bits
    conventions: whether another convention will do, such as errors as t - a

    Raises InputError for what is no network and for what are no examples. What the function itself raises comes through.

    >>> from neurosim import Layer
    >>> net = Network(1, [Layer(1, "linear", weights=[[2.0]], biases=[1.0])])
    >>> def mine(weights, biases, inputs, targets):
    ...     (([w],),), ((b,),), (x,), (t,) = weights, biases, inputs, targets
    ...     delta = w * x + b - t
    ...     return {"dW1": [[delta * x]], "db1": [delta]}
    >>> assert_backprop_matches(mine, net, [([3.0], [4.0]), ([-1.0], [0.5])])
    """
    __tracebackhide__ = True  # pytest then points at the line of the test
    if not callable(my_function):
        raise InputError(f"my_function: expected a function, got {shorten(my_function)}")
    if not isinstance(network, Network):
        raise InputError(f"network: expected a Network, got {shorten(network)}")
    if isinstance(tolerance, bool) or not isinstance(tolerance, (int, float)) or not 0 <= tolerance < 1:
        raise InputError(f"tolerance must be at least 0 and below 1, got {shorten(tolerance)}")
    pairs = _pairs(examples)
    for number, (inputs, targets) in enumerate(pairs, 1):
        place = f"example {number} of {len(pairs)}"
        with told_with(place):
            trace = network.trace(inputs, targets, optimizer)
        weights = [[list(neuron.weights) for neuron in layer.neurons] for layer in network.layers]
        biases = [[neuron.bias for neuron in layer.neurons] if layer.has_bias else None for layer in network.layers]
        returned = _plain(my_function(weights, biases, list(inputs), list(targets)))
        try:
            readings = [_read(trace, document, tolerance) for document in _documents(trace, returned)]
        except InputError as error:
            name = getattr(my_function, "__name__", "the function")
            raise AssertionError(f"{place}, what {name} returned: {str(error).removeprefix('answers: ')}") from None
        if not any(_agrees(trace, answers) for answers in readings):
            _diagnose(trace, readings[0], place, conventions)


def assert_same_as(model: Any, problem: Problem, examples: Iterable[Example]) -> None:
    """Raise AssertionError, with the first number that differs, unless a PyTorch model computes what a problem does.

    examples: pairs of inputs and targets, which go through both; the model's end gets the gradients that the problem's loss
              has there

    Compared are weights, net inputs, outputs, deltas and gradients, in the model's own arithmetic of 32 or 64 bits. The
    model's gradients stay as they were. Raises InputError for what is no run of dense layers.
    """
    __tracebackhide__ = True
    from neurosim.frameworks.same import same_as

    pairs = _pairs(examples)
    comparison = same_as(model, problem, [inputs for inputs, _ in pairs], [targets for _, targets in pairs])
    if not comparison:
        raise AssertionError(str(comparison))


def _pairs(examples):
    try:
        pairs = [_plain(example) for example in examples]
    except TypeError:
        pairs = []
    for number, pair in enumerate(pairs, 1):
        if not _is_list(pair, 2) or not all(isinstance(row, (list, tuple)) for row in pair):
            raise InputError(f"example {number}: expected a list of inputs and one of targets, got {shorten(pair)}")
    if not pairs:
        raise InputError(f"examples: expected pairs of inputs and targets, got {shorten(examples)}")
    return pairs


def _plain(value):
    """Lists and numbers in place of arrays, wherever they are."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if hasattr(value, "items"):
        return {key: _plain(part) for key, part in value.items()}
    return value


def _agrees(trace, answers):
    """Whether every number is the network's own: a plain comparison, which is quick where all is right."""
    found = answers.by_address.items()
    return all(abs(answer.value - trace[address].value) <= answer.half_unit for address, answer in found)


def _diagnose(trace, answers, place, conventions):
    __tracebackhide__ = True
    diagnosis = diagnose_trace(trace, answers)
    if diagnosis and (conventions or not diagnosis.conventions):
        return
    if diagnosis:
        place += ": another convention than the network's, which conventions=True allows"
    raise AssertionError(f"{place}:\n{diagnosis}")


# What a function may return


def _read(trace, document, tolerance):
    """The `Answers` in it, each meant to the tolerance, however few digits it has."""
    for name, value in document.items():
        if _has_blank(value):
            raise InputError(f"{name}: expected numbers, got {shorten(value)}")
    answers = read_answers(trace, document)
    cells = {}
    for address, answer in answers.by_address.items():
        size = max(abs(answer.value), abs(trace[address].value))
        cells[address] = answer._replace(half_unit=max(tolerance * size, SMALLEST))
    return Answers(cells, answers.notes, answers.given)


def _has_blank(value):
    """Whether there is none of the numbers, or one missing, which a person may leave out and a function may not."""
    return any(map(_has_blank, value)) if isinstance(value, (list, tuple)) else is_blank(value)


def _documents(trace, returned):
    """The gradients by name; two readings where a pair may be meant in either order."""
    if isinstance(returned, dict):
        frozen = _frozen(trace)
        found = {key: value for key, value in returned.items() if str(key).strip() not in frozen}
        if returned and not found:
            raise InputError("only gradients of biases that are not trained")
        return [found]
    sizes = _sizes(trace)
    if _is_list(returned, 2):
        readings = [_by_layer(trace, sizes, *pair) for pair in (returned, returned[::-1])]
        if any(readings):
            return [reading for reading in readings if reading]
    weights = ", ".join(f"{height} x {width}" for height, width in sizes)
    biases = ", ".join(str(height) for height, _ in sizes)
    raise InputError(
        'expected gradients by name, such as {"dW1": ..., "db1": ...}, or a pair of'
        f" weight gradients [{weights}] and bias gradients [{biases}], got {_outline(returned)}"
    )


def _sizes(trace):
    """(units, inputs of each) of every layer."""
    layers = [trace.structure.input_names, *trace.structure.layer_names]
    return [(len(names), len(before)) for before, names in zip(layers, layers[1:])]


def _frozen(trace):
    """Names of the bias gradients that do not exist, since no bias is there or it stays as it is."""
    names = set()
    for number, units in enumerate(trace.structure.layer_names, 1):
        addresses = [f"dE/db[{unit}]" for unit in units]
        if addresses[0] not in trace:
            names.update([f"db{number}", *addresses])
    return names


def _by_layer(trace, sizes, weights, biases):
    """{"dW1": ..., "db1": ...}, or None if one of them fits no layer."""
    frozen = _frozen(trace)
    biases = [None] * len(sizes) if biases is None else biases
    if not _is_list(weights, len(sizes)) or not _is_list(biases, len(sizes)):
        return None
    found = {}
    for number, ((height, width), matrix, row) in enumerate(zip(sizes, weights, biases), 1):
        if _outline(matrix) not in (f"{height} x {width}", f"{width} x {height}"):
            return None
        found[f"dW{number}"] = matrix
        if f"db{number}" not in frozen:
            if _outline(row) not in (f"{height}", f"{height} x 1", f"1 x {height}"):
                return None
            found[f"db{number}"] = row
    return found


def _is_list(value, length):
    return isinstance(value, (list, tuple)) and len(value) == length


def _outline(value):
    """The shape of nested lists in few words, such as "2 x 3" or "[2 x 3, 1 x 2]"."""
    if not isinstance(value, list) or not value:
        return shorten(value)
    if not any(isinstance(part, list) for part in value):
        return str(len(value))
    parts = [_outline(part) for part in value]
    if len(set(parts)) == 1 and parts[0].isdigit():
        return f"{len(value)} x {parts[0]}"
    return f"[{', '.join(parts)}]"
