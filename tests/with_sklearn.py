"""Run by a Python that has scikit-learn: random models beside their networks here.

    python with_sklearn.py updates 300
"""

import json
import random
import sys
import warnings
from functools import partial

import numpy as np
from differences import difference_of_layers, differences_in_32_bits, train_here
from sklearn.neural_network import MLPClassifier, MLPRegressor

import neurosim as ns

KINDS = ("squared_error", "poisson", "two classes", "three classes", "many labels")
SOLVERS = {
    "SGD": {"solver": "sgd", "momentum": 0, "learning_rate_init": 0.05},
    "SGD, alpha": {"solver": "sgd", "momentum": 0, "learning_rate_init": 0.05, "alpha": 0.3},
    "momentum": {"solver": "sgd", "momentum": 0.8, "nesterovs_momentum": False, "learning_rate_init": 0.02},
    "Nesterov": {"solver": "sgd", "momentum": 0.8, "learning_rate_init": 0.02},
    "Adam": {"solver": "adam", "learning_rate_init": 0.01, "beta_1": 0.8, "epsilon": 1e-6},
}


def random_case(number):
    """(name, model, inputs, targets); every kind and every solver comes in its turn."""
    draw, numbers = random.Random(number), np.random.RandomState(number)
    kind, solver = KINDS[number % len(KINDS)], list(SOLVERS)[number // len(KINDS) % len(SOLVERS)]
    examples, fan_in = draw.randint(6, 9), draw.randint(1, 4)
    settings = {
        "hidden_layer_sizes": tuple(draw.randint(1, 5) for _ in range(draw.randint(0, 3))),
        "activation": draw.choice(["identity", "logistic", "tanh", "relu"]), "random_state": number, "shuffle": False,
        "max_iter": 1, "alpha": 0, "batch_size": examples, **SOLVERS[solver],
    }
    inputs = numbers.normal(size=(examples, fan_in))
    if kind in ("squared_error", "poisson"):
        outputs = draw.randint(1, 3)
        targets = numbers.poisson(2, examples) * 1.0
        if kind == "squared_error":
            targets = numbers.uniform(-1, 1, size=(examples, outputs))
        if targets.ndim == 2 and outputs == 1:
            targets = targets[:, 0]
        if kind == "poisson":  # exponential outputs run away soon
            settings["learning_rate_init"] /= 10
        return f"{kind}, {solver}", MLPRegressor(loss=kind, **settings), inputs, targets
    if kind == "many labels":
        targets = (numbers.uniform(size=(examples, 2)) > 0.5) * 1
    else:
        names = ["no", "yes"] if kind == "two classes" else ["a", "b", "c"]
        targets = np.array([*names, *[draw.choice(names) for _ in range(examples - len(names))]])
    return f"{kind}, {solver}", MLPClassifier(**settings), inputs, targets


def fitted(model, inputs, targets, count):
    """The model after so many updates."""
    classes = np.unique(targets) if targets.ndim == 1 else np.arange(targets.shape[1])
    more = {"classes": classes} if isinstance(model, MLPClassifier) else {}
    for update in range(count):
        model.partial_fit(inputs, targets, **(more if not update else {}))
    return model


def difference(network, model):
    return difference_of_layers(network, [
        (matrix.T.tolist(), biases.tolist()) for matrix, biases in zip(model.coefs_, model.intercepts_)
    ])


def updates(count):
    """Random models, 20 updates on both sides, as `with_torch.updates`."""
    found = {"worst": 0.0, "one": 0.0, "sgd": 0.0, "adaptive": 0.0, "models": 0, "losses": {}, "optimizers": {}, "at": {}}

    def note(key, value, name):
        if value > found[key]:
            found[key], found["at"][key] = value, name

    for number in range(count):
        name, model, inputs, targets = random_case(number)
        before = 1 + number % 3
        fitted(model, inputs, targets, before)
        problem = ns.from_sklearn(model, inputs, targets)
        train_here(problem, 20 - before)
        for _ in range(20 - before):
            model.partial_fit(inputs, targets)
        note("worst", difference(problem.network, model), name)
        for group, which in zip(("losses", "optimizers"), name.split(", ", 1)):
            found[group][which] = found[group].get(which, 0) + 1
        found["models"] += 1

        name, model, inputs, targets = random_case(number)
        inputs = inputs.astype("float32")
        targets = targets.astype("float32") if targets.dtype == "float64" else targets
        problem, is_adaptive = ns.from_sklearn(fitted(model, inputs, targets, 1), inputs, targets), name.endswith("Adam")
        step = partial(model.partial_fit, inputs, targets)
        for key, worst in differences_in_32_bits(problem, step, partial(difference, model=model), is_adaptive):
            note(key, worst, name)
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps({"updates": updates}[sys.argv[1]](*map(int, sys.argv[2:])), indent=1))
