"""Run by a Python that has Keras: random models beside their networks here.

    KERAS_BACKEND=torch python with_keras.py updates 300
"""

import json
import os
import random
import sys
import warnings
from functools import partial

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # noqa: E402
import numpy as np  # noqa: E402

import neurosim as ns  # noqa: E402
from differences import difference_of_layers, differences_in_32_bits, train_here  # noqa: E402

from keras.src.backend.common import dtypes  # noqa: E402

dtypes.PYTHON_DTYPES_MAP[float] = "float64"
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"  # but for TensorFlow Keras puts 32 bits in place of 64 on the way
layers, losses, optimizers = keras.layers, keras.losses, keras.optimizers
MANY = 100  # models, each of which takes a second
SMALL = 2.0**-23  # all constants are numbers of 32 bits too, which Keras makes of them
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh", "softplus", "softsign", "elu", "selu", "gelu", "silu", "exponential",
               "leaky_relu", "softmax")  # but for hard_sigmoid, whose slope has 32 bits in PyTorch
LOSSES = {  # a function of the reduction, what may stand at the end, and the kind of targets
    "mse": (lambda how: losses.MeanSquaredError(how), ("linear", "sigmoid"), "numbers"),
    "mae": (lambda how: losses.MeanAbsoluteError(how), ("linear", "tanh"), "numbers"),
    "huber": (lambda how: losses.Huber(0.375, how), ("linear",), "numbers"),
    "log_cosh": (lambda how: losses.LogCosh(how), ("linear", "tanh"), "numbers"),
    "hinge": (lambda how: losses.Hinge(how), ("tanh",), "signs"),
    "poisson": (lambda how: losses.Poisson(how), ("exponential", "softplus"), "counts"),
    "bce": (lambda how: losses.BinaryCrossentropy(reduction=how), ("sigmoid",), "bits"),
    "bce of logits": (lambda how: losses.BinaryCrossentropy(True, reduction=how), ("linear",), "bits"),
    "cce": (lambda how: losses.CategoricalCrossentropy(reduction=how), ("softmax",), "one hot"),
    "cce of logits": (lambda how: losses.CategoricalCrossentropy(True, reduction=how), ("linear",), "one hot"),
    "sparse": (lambda how: losses.SparseCategoricalCrossentropy(True, reduction=how), ("linear",), "classes"),
    "kl": (lambda how: losses.KLDivergence(how), ("softmax",), "shares"),
}
OPTIMIZERS = {
    "SGD": lambda: optimizers.SGD(0.0625), "momentum": lambda: optimizers.SGD(0.03125, momentum=0.75),
    "Nesterov": lambda: optimizers.SGD(0.03125, momentum=0.75, nesterov=True),
    "SGD, decoupled": lambda: optimizers.SGD(0.0625, weight_decay=0.125),
    "SGD, schedule": lambda: optimizers.SGD(optimizers.schedules.InverseTimeDecay(0.0625, 4, 0.5)),
    "SGD, clipped": lambda: optimizers.SGD(0.0625, clipvalue=0.0625),
    "Adam": lambda: optimizers.Adam(0.0078125, beta_1=0.75, beta_2=0.875, epsilon=SMALL),
    "AdamW": lambda: optimizers.AdamW(0.0078125, weight_decay=0.125, epsilon=SMALL),
    "RMSprop": lambda: optimizers.RMSprop(0.0078125, rho=0.75, epsilon=SMALL),
    "Adagrad": lambda: optimizers.Adagrad(0.0625, initial_accumulator_value=0.125, epsilon=SMALL),
}
NOT_ADAPTIVE = ("SGD", "momentum", "Nesterov", "SGD, decoupled", "SGD, schedule", "SGD, clipped")


def targets_of(kind, draw, examples, size):
    numbers = np.array([[draw.uniform(-1, 1) for _ in range(size)] for _ in range(examples)])
    if kind == "classes":
        return np.array([draw.randrange(size) for _ in range(examples)])
    if kind == "one hot":
        return np.eye(size)[[draw.randrange(size) for _ in range(examples)]]
    if kind == "shares":
        return np.abs(numbers) / np.abs(numbers).sum(axis=1, keepdims=True)
    return {"numbers": numbers, "signs": np.sign(numbers), "bits": (numbers > 0) * 1.0,
            "counts": np.floor(np.abs(numbers) * 4)}[kind]


def random_case(number):
    draw = random.Random(number)
    loss_name, optimizer_name = list(LOSSES)[number % len(LOSSES)], list(OPTIMIZERS)[number // 2 % len(OPTIMIZERS)]
    make, ends, kind = LOSSES[loss_name]
    sizes = [draw.randint(1, 5) for _ in range(draw.randint(2, 4))]
    if kind in ("classes", "one hot", "shares"):
        sizes[-1] = draw.randint(2, 4)
    names = [draw.choice(ACTIVATIONS) for _ in sizes[2:]] + [draw.choice(ends)]
    penalty = draw.choice([None, None, keras.regularizers.L2(0.0625), keras.regularizers.L1L2(0.03125, 0.0625)])
    keras.utils.set_random_seed(number)
    model = keras.Sequential([keras.Input((sizes[0],)), *[
        layers.Dense(size, name, use_bias=draw.random() > 0.1, kernel_regularizer=penalty)
        for size, name in zip(sizes[1:], names)
    ]])
    reduction = draw.choice(["sum_over_batch_size", "sum"])
    model.compile(OPTIMIZERS[optimizer_name](), make(reduction))
    examples = draw.randint(1, 5)
    inputs = np.array([[draw.gauss(0, 1) for _ in range(sizes[0])] for _ in range(examples)])
    return f"{loss_name} {reduction}, {optimizer_name}", model, inputs, targets_of(kind, draw, examples, sizes[-1])


def difference(network, model):
    return difference_of_layers(network, [
        (layer.get_weights()[0].T.tolist(), layer.get_weights()[1].tolist() if layer.use_bias else None)
        for layer in model.layers if isinstance(layer, layers.Dense)
    ])


def updates(count):
    """Random models, 20 updates on both sides, as `with_torch.updates`."""
    found = {"worst": 0.0, "one": 0.0, "sgd": 0.0, "adaptive": 0.0, "models": 0, "losses": {}, "optimizers": {}, "at": {}}

    def note(key, value, name):
        if value > found[key]:
            found[key], found["at"][key] = value, name

    keras.config.set_epsilon(SMALL)
    for number in range(count):
        keras.backend.clear_session()
        keras.config.set_floatx("float64")
        name, model, inputs, targets = random_case(number)
        before = number % 3
        for _ in range(before):
            model.train_on_batch(inputs, targets)
        problem = ns.from_keras(model, inputs, targets)
        train_here(problem, 20 - before)
        for _ in range(20 - before):
            model.train_on_batch(inputs, targets)
        note("worst", difference(problem.network, model), name)
        loss_name, optimizer_name = name.split(", ", 1)[0].rpartition(" ")[0], name.split(", ", 1)[1]
        for kind, which in (("losses", loss_name), ("optimizers", optimizer_name)):
            found[kind][which] = found[kind].get(which, 0) + 1
        found["models"] += 1
        if count > MANY and number % 3:
            continue  # a third of so many in 32 bits too

        keras.config.set_floatx("float32")
        name, model, inputs, targets = random_case(number)
        inputs, targets = inputs.astype("float32"), targets if targets.ndim == 1 else targets.astype("float32")
        problem, is_adaptive = ns.from_keras(model, inputs, targets), optimizer_name not in NOT_ADAPTIVE
        step = partial(model.train_on_batch, inputs, targets)
        for key, worst in differences_in_32_bits(problem, step, partial(difference, model=model), is_adaptive):
            note(key, worst, name)
    return found


def watched(count):
    """Random models whose step is watched: how many numbers depart, and where a layer that forgot its weights does."""
    keras.config.set_floatx("float64")
    keras.config.set_epsilon(SMALL)
    departing, places = 0, []
    for number in range(count):
        _, model, inputs, targets = random_case(number)
        with ns.observe(model) as seen:
            model.train_on_batch(inputs, targets)
        departing += len(seen.compare().departures)

        def step(x, y, model=model):
            first, *others = model.get_weights()
            type(model).train_on_batch(model, x, y)
            model.set_weights([first, *model.get_weights()[1:]])

        model.train_on_batch = step
        with ns.observe(model) as seen:
            model.train_on_batch(inputs, targets)
        places.append(seen.compare().names[:1] == ("not-updated",))
    return {"departing": departing, "found": sum(places), "models": count}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps({"updates": updates, "watched": watched}[sys.argv[1]](*map(int, sys.argv[2:])), indent=1))
