"""Dense layers as another program has them, and the problem that they make here.

    weights_by    whether a matrix has a row for each "unit" (PyTorch) or for each "input" (Keras, scikit-learn)
    label         what a layer is called there, such as "fc1"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple

from neurosim.core.layer import Layer
from neurosim.core.network import Network
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.targets import one_hot
from neurosim.core.weights import WEIGHTS_BY, by_unit
from neurosim.problems.problem_file import Problem
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten, shown
from neurosim.support.records import documented

if TYPE_CHECKING:
    from typing import Callable, Iterable

    from neurosim.core.activations import AnyActivation
    from neurosim.core.losses import AnyLoss
    from neurosim.core.optimizers import AnyOptimizer, Optimizer
    from neurosim.support.types import Description, Row, Rows


LOST_IN_32_BITS = 1e-6  # of a sum of shares


@documented
class Dense(NamedTuple):
    """A dense layer of another program.

    label:      what it is called there
    weights:    a row for each unit
    biases:     a number for each unit, or None
    activation: by name, by description, or an `Activation`
    trains:     whether its biases are trained
    """

    label: str
    weights: List[List[float]]
    biases: Any
    activation: Any
    trains: bool = True


def plain(values):
    """Lists and numbers in place of a program's arrays, tensors and numbers."""
    for step in ("detach", "tolist"):
        if hasattr(values, step) and not isinstance(values, type):
            values = getattr(values, step)()
    return [plain(value) for value in values] if isinstance(values, (list, tuple)) else values


def network_of(layers: list[Dense], loss: AnyLoss) -> Network:
    """The network of these layers."""
    made = [
        Layer(len(one.weights), one.activation, one.weights, one.biases, one.biases is not None, trainable_bias=one.trains)
        for one in layers
    ]
    return Network(len(layers[0].weights[0]), made, loss)


def units_there(network: Network, layers: list[Dense]) -> Dict[str, str]:
    """What each unit is called in the other program: {"h1.4": "fc1[3]"}."""
    return {
        name: f"{shown(one.label)}[{index}]"
        for one, names in zip(layers, network.layer_names) for index, name in enumerate(names)
    }


def targets_by_example(targets: Any, activation: Any, size: int) -> Any:
    """Targets as rows. Of a softmax they may be classes, counted from 0; shares in 32 bits are made to sum to 1 in 64."""
    rows = plain(targets)
    if not isinstance(rows, list):
        rows = [rows]
    while rows and isinstance(rows[0], list) and rows[0] and isinstance(rows[0][0], list):
        rows = [row for each in rows for row in each]  # further axes are more examples
    if rows and isinstance(rows[0], list) and len(rows[0]) == 1 < size and activation.coupled:
        rows = [number for row in rows for number in row]  # a column of classes
    if rows and not isinstance(rows[0], list) and activation.coupled:
        return [one_hot(_class(number, size), size) for number in rows]
    if rows and not isinstance(rows[0], list):
        return [rows] if len(rows) == size > 1 else [[number] for number in rows]
    return [_summing_to_1(row) if activation.coupled else row for row in rows]


def _class(number, size):
    if number not in range(size):
        raise InputError(f"targets: {shorten(number)} is none of the classes 0 to {size - 1}")
    return int(number)


def _summing_to_1(row):
    total = sum(row)
    return [share / total for share in row] if total != 1 and abs(total - 1) < LOST_IN_32_BITS else row


def problem_of(layers, loss, optimizer, reduction, notes, inputs=None, targets=None):
    """The problem of these layers; `optimizer` is a function from the network to the optimizer, or None."""
    network = network_of(layers, loss)
    rows = () if inputs is None else plain(inputs)
    goals = () if targets is None else targets_by_example(targets, network.layers[-1].activation, network.layers[-1].size)
    problem = Problem(network, rows, goals, optimizer and optimizer(network), "all", reduction)
    for one, names in zip(layers, network.layer_names):
        last = f" ... {names[-1]}" if len(names) > 1 else ""
        numbers = f"0 ... {len(names) - 1}" if len(names) > 1 else "0"
        problem.notes.append(f"{names[0]}{last} = {shown(one.label)}[{numbers}]")
    problem.notes += notes
    return problem


def remembering(description: Description, updates: int, kept: list[Any]) -> Callable[[Network], Optimizer]:
    """A function from a network to the optimizer of a description, which has made so many updates of it.

    kept: what it remembers of each layer, ({name: a row for each unit}, {name: a number for each unit}); {} of nothing
    """
    def make(network):
        made = OPTIMIZERS.make(description)
        made.updates = updates
        for layer, (weights, biases) in zip(network.layers, kept):
            for unit, neuron in enumerate(layer.neurons):
                if weights:
                    made.memory[neuron, "weights"] = {name: rows[unit] for name, rows in weights.items()}
                if biases and neuron.trainable_bias:
                    made.memory[neuron, "bias"] = {name: [row[unit]] for name, row in biases.items()}
        return made

    return make


def from_arrays(
    weights: Iterable[Rows], biases: Iterable[Row | None] | None = None,
    activations: AnyActivation | Iterable[AnyActivation] = "sigmoid", weights_by: str | None = None,
    loss: AnyLoss = "half_squared_error", optimizer: AnyOptimizer | None = None, inputs: Rows | None = None,
    targets: Rows | None = None, reduction: str = "mean",
) -> Problem:
    """A `Problem` from matrices and lists of biases, one for each layer, as lists or as arrays with `tolist()`.

    biases:     None for a network without any, or in place of one layer's
    activations: one for all layers, or a list with one for each
    weights_by: whether a matrix has a row for each "unit" (z = W a + b) or for each "input" (z = a W + b); it may be left
                out where one of the matrices shows it by not being square

    Raises InputError for what does not fit together, and for square matrices alone without `weights_by`.

    >>> problem = from_arrays([[[1, 2, 3]], [[4], [5]]], [[6], [7, 8]], "relu")
    >>> problem.network.get_weights()
    [[[1, 2, 3]], [6], [[4], [5]], [7, 8]]
    """
    matrices = [checks.rows(plain(matrix), f"weights[{index}]") for index, matrix in enumerate(weights)]
    if not matrices or not all(matrices):
        raise InputError("weights: expected a matrix for each layer")
    lists = [None] * len(matrices) if biases is None else [plain(one) for one in biases]
    kinds = list(activations) if isinstance(activations, (list, tuple)) else [activations] * len(matrices)
    for what, values in (("biases", lists), ("activations", kinds)):
        if len(values) != len(matrices):
            raise InputError(f"{what}: expected {len(matrices)}, one for each matrix of weights, got {len(values)}")
    rows = None if inputs is None else checks.rows(plain(inputs), "inputs")
    layout = told_layout(matrices, lists, rows) if weights_by is None else checks.known("layout", weights_by, WEIGHTS_BY)
    layers, fan_in = [], None
    for index, (matrix, own, kind) in enumerate(zip(matrices, lists, kinds)):
        fan_in = (len(matrix[0]) if layout == "unit" else len(matrix)) if fan_in is None else fan_in
        units = by_unit(matrix, fan_in, layout, f"weights[{index}]")
        layers.append(Dense(f"weights[{index}]", units, own, kind))
        fan_in = len(units)
    goals = () if targets is None else plain(targets)
    return Problem(network_of(layers, loss), rows or (), goals, optimizer, "all", reduction)


def told_layout(matrices, biases, inputs):
    """The layout in which the sizes of matrices, biases and inputs go together.

    Raises InputError if they do in both, or in none.
    """
    fits = [layout for layout in WEIGHTS_BY if _go_together(matrices, biases, inputs, layout)]
    if len(fits) == 1:
        return fits[0]
    shapes = ", ".join(f"{len(matrix)} by {len(matrix[0])}" for matrix in matrices)
    if not fits:
        raise InputError(f"weights: matrices of {shapes} and their biases don't go one behind the other in either layout")
    hint = '"unit" for a row for each unit (PyTorch) or "input" for a row for each input (Keras, scikit-learn)'
    raise InputError(f"weights: matrices of {shapes} fit both ways; say weights_by={hint}")


def _go_together(matrices, biases, inputs, layout):
    arriving = len(inputs[0]) if inputs else None
    for matrix, own in zip(matrices, biases):
        sizes = len(matrix), len(matrix[0])
        units, fan_in = sizes if layout == "unit" else reversed(sizes)
        if arriving not in (None, fan_in) or own is not None and len(own) != units:
            return False
        arriving = units
    return True
