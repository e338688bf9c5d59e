"""The kinds of exercise, as data: what the network is, how much of it runs, and which quantities are asked."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple, Tuple

from neurosim.core.address import make_address, split_address
from neurosim.exercises.exercise import EXACT, own_parameters
from neurosim.support.number_text import number_text
from neurosim.support.records import documented

RATE_PLACES = 6  # of the numbers that a lost rate of two decimals is found from


@documented
class Kind(NamedTuple):
    """A kind of exercise.

    task:       what is to be done, in words
    asked:      the quantities that are asked; "shares" are the outputs' parts of the loss
    version:    rises whenever the same seed would give another sheet
    layers:     how many inputs and units, unless others are asked for
    activation: of the layers, likewise
    loss:       likewise
    optimizer:  its settings, to which a learning rate is drawn; None if nothing is updated
    examples:   how many there are
    batch_size: of an update
    epochs:     how many times the examples go through
    places:     how many decimals are asked for
    gates:      the functions of two inputs of -1 and 1, of which the examples are one
    hides:      a function from the trace and the numbers to the addresses that the sheet does not show, and {address: text}
                of what it gives for that
    zeros:      whether numbers that are asked may be exactly 0, and units dead
    starts:     a function from the problem to what is wrong with it before anything is worked out, in words, or ""
    needs:      the same from the exercise
    """

    task: str
    asked: Tuple[str, ...]
    version: int = 1
    layers: str = "2-2-1"
    activation: str = "sigmoid"
    loss: str = "half_squared_error"
    optimizer: Any = None
    examples: int = 1
    batch_size: Any = 1
    epochs: int = 1
    places: int = 4
    gates: Tuple[str, ...] = ()
    hides: Callable[[Any, Any], Tuple[Any, Any]] = lambda trace, numbers: ((), {})
    zeros: bool = False
    starts: Callable[[Any], str] = lambda problem: ""
    needs: Callable[[Any], str] = lambda exercise: ""


# What a sheet does not show


def all_weights(trace, numbers):
    """All weights and biases are to be found."""
    return own_parameters(trace), {}


def one_weight(trace, numbers):
    """A weight from an input, to be found from the net input that it leads to."""
    inputs = trace.structure.input_names
    lost = numbers.one_of([one for one in own_parameters(trace) if split_address(one)[1].partition("->")[0] in inputs])
    net_input = make_address("z", split_address(lost)[1].partition("->")[2])
    return [lost], {net_input: EXACT.format(trace[net_input].value)}


def learning_rate(trace, numbers):
    """The learning rate, to be found from a new weight and its gradient."""
    place = numbers.one_of([split_address(step.address)[1] for step in trace if step.address.startswith("w+[")])
    found = make_address("w+", place), make_address("dE/dw", place)
    return ["eta"], {address: number_text(trace[address].value, RATE_PLACES) for address in found}


# What else an exercise needs


def dead_and_alive(exercise):
    """For gradients that are 0: one hidden unit that is dead, and others that are not."""
    trace = exercise.trace
    hidden = [name for names in trace.structure.layer_names[:-1] for name in names]
    dead = sum(trace[make_address("f'", name)].value == 0 for name in hidden)
    return "" if dead == 1 < len(hidden) else "another number of dead hidden units than one"


def converges(exercise):
    """For a perceptron's table: the last epoch, and no other, changes nothing."""
    trace, count = exercise.trace, len(exercise.problem.inputs)
    if "delta[o1]@1" not in trace:
        return "a network that the perceptron's rule does not train"
    deltas = [trace[f"delta[o1]@{number}"].value for number in range(1, exercise.epochs * count + 1)]
    changes = [any(deltas[start : start + count]) for start in range(0, len(deltas), count)]
    return "" if not changes[-1] and all(changes[:-1]) else "a table that ends after another number of epochs"


def is_solved(problem):
    """For weights that are to be found: those of the key do."""
    outputs = [problem.network.forward(inputs) for inputs in problem.inputs]
    return "" if outputs == problem.targets else "weights that do not solve it"


SGD = {"name": "sgd"}
BY_TABLE = ": its target for each row of the table. Any that do so are right."
FORWARD, BACKWARD = ("z", "a"), ("delta",)
UPDATE = ("w+", "b+")

KINDS: Dict[str, Kind] = {
    "forward-pass": Kind("Work out the net input and the output of every unit.", FORWARD),
    "loss": Kind("Work out the outputs and the loss.", (*FORWARD, "shares", "E"), layers="2-2-2"),
    "deltas": Kind("Work out the forward pass, and then delta = dE/dz of every unit.", (*FORWARD, *BACKWARD)),
    "one-update": Kind(
        "Work out one step of gradient descent: the forward pass, the deltas, and all new weights and biases.",
        (*FORWARD, *BACKWARD, *UPDATE), optimizer=SGD,
    ),
    "two-updates": Kind(
        "The same example goes through twice, with an update after each time. Work out both steps.",
        (*FORWARD, *BACKWARD, *UPDATE), layers="2-1", optimizer=SGD, epochs=2,
    ),
    "batch": Kind(
        "Both examples go through with the same weights; one update follows, by the mean of their gradients.",
        ("a", *BACKWARD, "mean dE/dw", "mean dE/db", *UPDATE), layers="2-1", optimizer=SGD, examples=2, batch_size="all",
    ),
    "momentum": Kind(
        "The same example goes through twice, with an update with momentum after each time. Velocities begin at 0. Work out "
        "both steps.",
        ("a", *BACKWARD, "velocity+", *UPDATE), layers="2-1", optimizer={"name": "momentum", "momentum": 0.9}, epochs=2,
    ),
    "softmax": Kind(
        "Work out one step of gradient descent with softmax and cross-entropy.",
        (*FORWARD, "E", *BACKWARD, *UPDATE), layers="2-3", activation="softmax", loss="categorical_crossentropy",
        optimizer=SGD,
    ),
    "perceptron": Kind(
        "Go through the examples in their order, again and again, until nothing changes in a whole epoch. Work out each row "
        "of the table: the output, and the weights and the bias after it.",
        ("a", *UPDATE), layers="2-1", activation="sign", loss="perceptron", optimizer=SGD, gates=("and", "or"),
        epochs=3, places=2,
        zeros=True, needs=converges,
    ),
    "weights-for-and": Kind(
        f"Find weights and a bias with which the unit gives AND{BY_TABLE}",
        ("w", "b"), layers="2-1", activation="sign", loss="perceptron", gates=("and",), places=1, hides=all_weights,
        starts=is_solved,
    ),
    "weights-for-or": Kind(
        f"Find weights and a bias with which the unit gives OR{BY_TABLE}",
        ("w", "b"), layers="2-1", activation="sign", loss="perceptron", gates=("or",), places=1, hides=all_weights,
        starts=is_solved,
    ),
    "weights-for-xor": Kind(
        f"Find weights and biases with which the network gives XOR{BY_TABLE}",
        ("w", "b"), activation="sign", loss="perceptron", gates=("xor",), places=1, hides=all_weights,
        starts=is_solved,
    ),
    "missing-weight": Kind(
        "A weight was lost. Find it from the net input of the unit that it leads to.", ("w",), places=2, hides=one_weight,
    ),
    "missing-rate": Kind(
        "The learning rate was lost. Find it from a weight before and after one update, and its gradient.", ("eta",),
        layers="2-1", optimizer=SGD, places=2, hides=learning_rate,
    ),
    "zero-gradients": Kind(
        "Work out the gradients of all weights and biases. Some are exactly 0: say which, by a plain 0.",
        ("dE/dw", "dE/db"), layers="2-3-1", activation="relu,linear", zeros=True, needs=dead_and_alive,
    ),
}
