"""The kinds of exercise, as data: what the network is, how much of it runs, and which quantities are asked."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple, Tuple

from neurosim.support.records import documented

GATES = {"and": (-1, -1, -1, 1), "or": (-1, 1, 1, 1), "xor": (-1, 1, 1, -1)}
ROWS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


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
    gate:       a function of two inputs of -1 and 1 which the examples are; "any" for AND or OR
    hides:      what the sheet does not show: "weights", "weight" or "rate"
    zeros:      whether numbers that are asked may be exactly 0, and units dead
    needs:      a function from the trace to what is missing in it, in words, or ""
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
    gate: str = ""
    hides: str = ""
    zeros: bool = False
    needs: Callable[[Any], str] = lambda trace: ""


def dead_and_alive(trace):
    """What is missing for an exercise about gradients that are 0: a hidden unit that is dead, and one that is not."""
    outputs = trace.structure.layer_names[-1]
    are_dead = {step.value == 0 for step in trace if step.address.startswith("f'[") and step.unit not in outputs}
    return "" if are_dead == {True, False} else "no hidden unit that is dead beside one that is not"


def converges(trace):
    """What is missing for a perceptron's table: a last epoch, and no other, in which nothing changes."""
    changes, count = {}, trace.settings.examples
    for step in trace:
        if step.address.startswith("delta["):
            number = int(step.address.partition("@")[2])
            changes[(number - 1) // count] = changes.get((number - 1) // count, False) or step.value != 0
    is_over = [not changed for _, changed in sorted(changes.items())]
    return "" if is_over[-1] and not any(is_over[:-1]) else "a table that ends after another number of epochs"


SGD = {"name": "sgd"}
BY_TABLE = ": its target for each row of the table. Any that do are right."
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
        ("a", *UPDATE), layers="2-1", activation="sign", loss="perceptron", optimizer=SGD, gate="any", epochs=3, places=2,
        zeros=True, needs=converges,
    ),
    "weights-for-and": Kind(
        f"Find weights and a bias with which the unit gives AND{BY_TABLE}",
        ("w", "b"), layers="2-1", activation="sign", loss="perceptron", gate="and", places=1, hides="weights",
    ),
    "weights-for-or": Kind(
        f"Find weights and a bias with which the unit gives OR{BY_TABLE}",
        ("w", "b"), layers="2-1", activation="sign", loss="perceptron", gate="or", places=1, hides="weights",
    ),
    "weights-for-xor": Kind(
        f"Find weights and biases with which the network gives XOR{BY_TABLE}",
        ("w", "b"), activation="sign", loss="perceptron", gate="xor", places=1, hides="weights",
    ),
    "missing-weight": Kind(
        "A weight was lost. Find it from the net input of the unit that it leads to.", ("w",), places=2, hides="weight",
    ),
    "missing-rate": Kind(
        "The learning rate was lost. Find it from a weight before and after one update, and its gradient.", ("eta",),
        layers="2-1", optimizer=SGD, places=2, hides="rate",
    ),
    "zero-gradients": Kind(
        "Work out the gradients of all weights and biases. Some are exactly 0: say which, by a plain 0.",
        ("dE/dw", "dE/db"), layers="2-3-1", activation="relu,linear", zeros=True, needs=dead_and_alive,
    ),
}
