"""scikit-learn: a fitted MLPClassifier or MLPRegressor brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neurosim.core.targets import one_hot
from neurosim.core.weights import transposed
from neurosim.frameworks.dense import Dense, plain, problem_of, remembering
from neurosim.support.errors import InputError, shorten

if TYPE_CHECKING:
    from neurosim.problems.problem_file import Problem
    from neurosim.support.types import Rows

ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu", "softmax": "softmax",
               "exp": "exponential"}
LOSSES = {  # by its name there and the output activation
    ("squared_error", "identity"): "half_squared_error", ("log_loss", "softmax"): "categorical_crossentropy",
    ("log_loss", "logistic"): "binary_crossentropy", ("poisson", "exp"): "poisson",
}
LARGEST_BATCH = 200  # of batch_size="auto"


def from_sklearn(mlp: Any, inputs: Rows | None = None, targets: Any = None) -> Problem:
    """A `Problem` with the weights, the loss and the optimizer of a fitted MLPClassifier or MLPRegressor.

    inputs, targets: examples, arrays or lists; of a classifier targets are its own classes. With a penalty (alpha) the
                     inputs are needed: scikit-learn divides it by the size of the batch.

    So `fit` here and `partial_fit` there, with shuffle=False, go on to the same numbers.
    Raises InputError for one that is not fitted, and for what has no equal here.
    """
    if not hasattr(mlp, "coefs_") or not hasattr(mlp, "out_activation_"):
        raise InputError(f"expected a fitted MLPClassifier or MLPRegressor, got {shorten(mlp)}")
    settings, loss = mlp.get_params(), LOSSES.get((mlp.loss, mlp.out_activation_))
    if loss is None:
        raise InputError(f"loss: {shorten(mlp.loss)} of {mlp.out_activation_} outputs has no equal here")
    matrices, names = plain(mlp.coefs_), [mlp.activation] * (len(mlp.coefs_) - 1) + [mlp.out_activation_]
    layers = [
        Dense(f"coefs_[{index}]", transposed(matrix), biases, ACTIVATIONS[name])
        for index, (matrix, biases, name) in enumerate(zip(matrices, plain(mlp.intercepts_), names))
    ]
    rows = None if inputs is None else plain(inputs)
    size = _batch_size(settings, rows)
    if settings["alpha"] and size and rows and len(rows) % size:
        raise InputError(f"alpha: {len(rows)} examples in batches of {size} have a smaller last batch, with a larger penalty"
                         " there than here; the nearest is a batch_size that divides them")
    goals = None if targets is None else _targets(mlp, plain(targets), len(layers[-1].weights))
    make = _brought_in(mlp, settings, size) if hasattr(mlp, "_optimizer") else None
    problem = problem_of(layers, loss, make, "mean", [], rows, goals)
    problem.batch_size = size or "all"
    return problem


def _batch_size(settings, rows):
    """How many examples have an update together; None if that isn't known."""
    if settings["batch_size"] != "auto":
        return settings["batch_size"] if rows is None else min(settings["batch_size"], len(rows))
    return None if rows is None else min(LARGEST_BATCH, len(rows))


def _targets(mlp, targets, size):
    """Targets by example: classes as the classifier knows them."""
    classes = plain(getattr(mlp, "classes_", None))
    if classes is None or targets and isinstance(targets[0], list):
        return targets
    unknown = next((target for target in targets if target not in classes), None)
    if unknown is not None:
        raise InputError(f"targets: {shorten(unknown)} is none of the classes {shorten(classes)}")
    numbers = [classes.index(target) for target in targets]
    return [[number] if size == 1 else one_hot(number, size) for number in numbers]


def _brought_in(mlp, settings, size):
    """A function from the network to the optimizer here, which goes on where that one stands."""
    there, description = mlp._optimizer, _description(settings, size)
    names = {"m": "ms", "v": "vs"} if settings["solver"] == "adam" else {"velocity": "velocities"}
    lists = {} if description["name"] == "sgd" else {name: plain(getattr(there, own)) for name, own in names.items()}
    count, kept = len(mlp.coefs_), []
    for index in range(count):
        weights = {name: transposed(each[index]) for name, each in lists.items()}
        kept.append((weights, {name: each[count + index] for name, each in lists.items()}))
    return remembering(description, int(getattr(there, "t", 0)), kept)


def _description(settings, size):
    """The optimizer by name and settings."""
    if settings["solver"] not in ("sgd", "adam"):
        raise InputError(f"solver: {shorten(settings['solver'])} has no equal here; the nearest are 'sgd' and 'adam'")
    if settings["solver"] == "sgd" and settings["learning_rate"] != "constant":
        raise InputError(f"learning_rate: {shorten(settings['learning_rate'])} has no equal here; the nearest is 'constant'")
    if settings["alpha"] and size is None:
        raise InputError(f"alpha={settings['alpha']} is divided by the size of a batch there; give inputs, or batch_size")
    own = {"learning_rate": settings["learning_rate_init"]}
    if settings["alpha"]:
        own["l2"] = settings["alpha"] / size
    if settings["solver"] == "adam":
        own.update({"beta1": settings["beta_1"], "beta2": settings["beta_2"], "epsilon": settings["epsilon"]})
        return {"name": "adam", **own, "epsilon_at": "uncorrected"}
    if not settings["momentum"]:
        return {"name": "sgd", **own}
    return {"name": "nesterov" if settings["nesterovs_momentum"] else "momentum", **own, "momentum": settings["momentum"]}
