"""Keras: a model with its loss, its optimizer and its regularisers brought in, known by their configurations."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict

from neurosim.core.weights import transposed
from neurosim.frameworks.dense import Dense, plain, problem_of, remembering
from neurosim.frameworks.pytorch import kind
from neurosim.support.errors import InputError, nearest, shorten, shown

if TYPE_CHECKING:
    from neurosim.problems.problem_file import Problem
    from neurosim.support.types import Rows

EPSILON = 1e-7  # Keras's, unless it says otherwise
TRANSPARENT = ("InputLayer", "Flatten", "Reshape")  # they pass numbers on as they are

# Activations by name; those in a layer of their own, by its class, with the settings that it may have.
NAMES: Dict[str, Any] = {
    name: name for name in (
        "linear", "relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu", "gelu", "exponential",
        "hard_sigmoid",
    )
}
NAMES.update({"silu": "swish", "swish": "swish", "leaky_relu": {"name": "leaky_relu", "alpha": 0.2}})
LAYERS = {
    "LeakyReLU": lambda config: {"name": "leaky_relu", "alpha": config["negative_slope"]},
    "ELU": lambda config: {"name": "elu", "alpha": config["alpha"]},
    "Softmax": lambda config: "softmax" if config.get("axis", -1) in (-1, 1) else None,
    "ReLU": lambda config: (
        None if config.get("max_value") is not None or config.get("threshold")
        else {"name": "leaky_relu", "alpha": config["negative_slope"]} if config.get("negative_slope") else "relu"
    ),
    "Activation": lambda config: config["activation"],
}


def _activation(label, given):
    """The description of an activation, which a configuration names or describes."""
    if isinstance(given, dict) and given.get("class_name") in LAYERS:
        given = LAYERS[given["class_name"]](given["config"])
        if isinstance(given, dict):
            return given
    if given is None or not isinstance(given, str) or given not in NAMES:
        what = "a function of your own" if isinstance(given, dict) and "value" in given else shorten(given)
        near = nearest(given if isinstance(given, str) else "", NAMES)
        raise InputError(f"{label}: the activation {what} has no equal here{near}")
    return NAMES[given]


# Losses: by name, from the number of outputs and Keras's epsilon to a description; the activation that logits leave to one.


def _over_outputs(name, **settings):
    return lambda size, epsilon: {"name": name, **settings, **({"outputs": "mean"} if size > 1 else {})}


def _poisson(size, epsilon):
    return {**_over_outputs("poisson")(size, epsilon), "epsilon": epsilon}


LOSSES = {
    "mean_squared_error": lambda *_: "mean_squared_error", "mean_absolute_error": lambda *_: "mean_absolute_error",
    "binary_crossentropy": _over_outputs("binary_crossentropy"), "hinge": _over_outputs("hinge"),
    "huber": _over_outputs("huber"), "log_cosh": _over_outputs("log_cosh"),
    "poisson": _poisson, "kl_divergence": lambda *_: "kl_divergence",
    "categorical_crossentropy": lambda *_: "categorical_crossentropy",
    "sparse_categorical_crossentropy": lambda *_: "categorical_crossentropy",
}
SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "bce": "binary_crossentropy", "logcosh": "log_cosh",
         "huber_loss": "huber", "kld": "kl_divergence"}
LOGITS = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax",
          "sparse_categorical_crossentropy": "softmax"}


def _epsilon(model):
    """The small number that Keras adds in some losses, from the package that the model is of."""
    package = sys.modules.get(type(model).__module__.partition(".")[0])
    config = getattr(package, "config", None)
    return config.epsilon() if hasattr(config, "epsilon") else EPSILON


def _loss(given, size, epsilon):
    """(description, reduction, the activation inside or None) of a compiled loss."""
    if given is None:
        return "half_squared_error", "mean", None
    name = given if isinstance(given, str) else getattr(given, "name", None) or getattr(given, "__name__", "")
    full = SHORT.get(name, name)
    if full not in LOSSES:
        raise InputError(f"loss: {shown(str(name))} has no equal here{nearest(full, LOSSES)}")
    settings = {**getattr(given, "_fn_kwargs", {})}
    if settings.get("label_smoothing"):
        raise InputError("loss: label_smoothing has no equal here; give smoothed targets in its place")
    reduction = getattr(given, "reduction", "sum_over_batch_size")
    if reduction not in ("sum_over_batch_size", "mean", "sum"):
        raise InputError(f"loss: reduction={shorten(reduction)} has no equal here; the nearest is 'sum_over_batch_size'")
    description = LOSSES[full](size, epsilon)
    if "delta" in settings:
        description = {**description, "width": float(settings["delta"])}
    return description, "sum" if reduction == "sum" else "mean", LOGITS[full] if settings.get("from_logits") else None


# Optimizers: by class, from the configuration to the name and the settings here; what is remembered, and its name there.


def _sgd(config):
    if not config["momentum"]:
        return "sgd", {}, {}
    return "nesterov" if config["nesterov"] else "momentum", {"momentum": config["momentum"]}, {"velocity": "momentum"}


def _adam(config):
    settings = {"beta1": config["beta_1"], "beta2": config["beta_2"], "epsilon": config["epsilon"]}
    return "adam", {**settings, "epsilon_at": "uncorrected"}, {"m": "momentum", "v": "velocity"}


def _rmsprop(config):
    return "rmsprop", {"rho": config["rho"], "epsilon": config["epsilon"], "epsilon_at": "inside"}, {"v": "velocity"}


def _adagrad(config):
    settings = {"epsilon": config["epsilon"], "initial_accumulator": config["initial_accumulator_value"]}
    return "adagrad", {**settings, "epsilon_at": "inside"}, {"G": "accumulator"}


OPTIMIZERS_THERE = {"SGD": _sgd, "Adam": _adam, "AdamW": _adam, "RMSprop": _rmsprop, "Adagrad": _adagrad}
REFUSED = ("amsgrad", "centered", "clipnorm", "use_ema", "gradient_accumulation_steps", "loss_scale_factor")
SCHEDULES = {
    "ExponentialDecay": lambda one: (
        {"name": "step", "factor": one["decay_rate"], "every": one["decay_steps"]} if one["staircase"]
        else {"name": "exponential", "factor": one["decay_rate"] ** (1 / one["decay_steps"])}
    ),
    "InverseTimeDecay": lambda one: (
        None if one["staircase"] else {"name": "inverse_time", "decay": one["decay_rate"] / one["decay_steps"]}
    ),
}


def _optimizer(optimizer, decay):
    """(description, {what is remembered here: what it is called there}) of a Keras optimizer."""
    name, config = kind(optimizer), optimizer.get_config()
    if name not in OPTIMIZERS_THERE:
        raise InputError(f"optimizer: {shown(name)} has no equal here{nearest(name, OPTIMIZERS_THERE)}")
    for setting in (*REFUSED, *["momentum"] * (name == "RMSprop")):
        if config.get(setting):
            raise InputError(f"optimizer: {setting}={shorten(config[setting])} has no equal here; leave it out")
    kind_here, settings, state = OPTIMIZERS_THERE[name](config)
    rate, schedule = config["learning_rate"], {}
    if isinstance(rate, dict):
        make = SCHEDULES.get(rate["class_name"], lambda one: None)
        schedule = {"schedule": make(rate["config"])}
        if schedule["schedule"] is None:
            raise InputError(f"optimizer: the schedule {shown(rate['class_name'])} has no equal here, or not with staircase")
        rate = rate["config"]["initial_learning_rate"]
    if config.get("weight_decay"):
        decay = {**decay, "decoupled_decay": config["weight_decay"]}
    clipping = {"clip_value": config.get("clipvalue"), "clip_norm": config.get("global_clipnorm")}
    settings = {**settings, **schedule, **decay, **{key: value for key, value in clipping.items() if value is not None}}
    return {"name": kind_here, "learning_rate": float(rate), **settings}, state


def _decay(layers):
    """The settings that the regularisers are, which must be the same in all layers."""
    found = {tuple(_penalty(layer, part) for part in ("kernel_regularizer", "bias_regularizer")) for layer in layers}
    if len(found) > 1:
        raise InputError("regularisers that differ from layer to layer have no equal here; give all layers the same")
    (l1, l2), biases = found.pop()
    if biases not in ((0, 0), (l1, l2)):
        raise InputError("bias_regularizer: one unlike the kernel's has no equal here; give the same, or none")
    return {**({"l1": l1} if l1 else {}), **({"l2": 2 * l2} if l2 else {}),
            **({"decay_biases": True} if biases != (0, 0) else {})}


def _penalty(layer, part):
    """(l1, l2) of a regulariser."""
    given = layer.get_config()[part]
    if given is None:
        return 0, 0
    if given["class_name"] not in ("L1", "L2", "L1L2"):
        raise InputError(f"{shown(layer.name)}: {part}={shown(given['class_name'])} has no equal here; the nearest is L2")
    return float(given["config"].get("l1", 0)), float(given["config"].get("l2", 0))


def brought_in(model: Any, dense: list[Any]) -> Any:
    """A function from the network to the optimizer here, which goes on where the model's stands."""
    optimizer = model.optimizer
    description, state = _optimizer(optimizer, _decay(dense))
    there = {variable.path.rpartition("/")[2]: variable for variable in optimizer.variables}

    def remembered(variable):
        names = {here: f"{variable.path.replace('/', '_')}_{name}" for here, name in state.items()}
        return {here: plain(there[name].numpy()) for here, name in names.items() if name in there}

    updates, kept = int(plain(optimizer.iterations.numpy())), []
    for one in dense if updates else ():
        weights = {name: transposed(values) for name, values in remembered(one.kernel).items()}
        kept.append((weights, remembered(one.bias) if one.use_bias else {}))
    return remembering(description, updates, kept)


# Models


def _in_a_row(model):
    """The layers of a model that are called one after the other."""
    if not hasattr(model, "layers") or not hasattr(model, "get_config"):
        raise InputError(f"expected a Keras model, got {shorten(model)}")
    if kind(model) not in ("Sequential", "Functional"):
        raise InputError(f"{shown(kind(model))} is a class of your own, whose calls can't be seen; give a Sequential part")
    layers = list(model.layers)
    for before, after in zip(layers, layers[1:]) if kind(model) == "Functional" else ():
        if after.input is not before.output:
            raise InputError(f"{shown(after.name)} doesn't read {shown(before.name)} alone: branches have no equal here")
    return layers


def dense_layers(model: Any, is_trained: bool) -> list[Any]:
    """Pairs (`Dense`, the layer of Keras's) of a model."""
    found: list[Any] = []
    for layer in _in_a_row(model):
        config, label = layer.get_config(), shown(layer.name)
        if kind(layer) == "Dense":
            found.append((_dense(layer, config, label, is_trained), layer))
        elif kind(layer) == "Dropout" and is_trained and config["rate"]:
            raise InputError(f"{label}: dropout drops units by chance when the model is trained, which has no equal here")
        elif kind(layer) in LAYERS and found and found[-1][0].activation == "linear":
            there = {"class_name": kind(layer), "config": config}
            found[-1] = found[-1][0]._replace(activation=_activation(label, there)), found[-1][1]
        elif kind(layer) not in (*TRANSPARENT, "Dropout"):
            raise InputError(f"{label}: {shown(kind(layer))} has no equal here; give the dense part behind it")
    if not found:
        raise InputError("there is no Dense layer in this model")
    return found


def _dense(layer, config, label, is_trained):
    numbers = plain(layer.get_weights())
    if not numbers:
        raise InputError(f"{label} has no weights yet: build the model, or call it once")
    if is_trained and not layer.trainable:
        raise InputError(f"{label} is frozen, and here every weight is trained; give the part behind it")
    for constraint in ("kernel_constraint", "bias_constraint", "activity_regularizer"):
        if config.get(constraint) is not None:
            raise InputError(f"{label}: a {constraint} has no equal here; leave it out")
    return Dense(layer.name, transposed(numbers[0]), numbers[1] if config["use_bias"] else None,
                 _activation(label, config["activation"]))


def compiled(model: Any, found: list[Any]) -> tuple[Any, str, str | None]:
    """(description of the loss, reduction, the activation inside it or None) that a model is compiled with."""
    last = found[-1][0]
    loss, reduction, inside = _loss(getattr(model, "loss", None), len(last.weights), _epsilon(model))
    if inside is not None and last.activation != "linear":
        raise InputError(f"the loss has the {inside} inside, so with {shorten(last.activation)} outputs it is applied "
                         "twice; take one of them out")
    return loss, reduction, inside


def from_keras(model: Any, inputs: Rows | None = None, targets: Any = None) -> Problem:
    """A `Problem` with the weights of a built Keras model, and, if it is compiled, its loss and its optimizer.

    model:           a Sequential, or a Functional without branches, of Dense layers and activations
    inputs, targets: examples, arrays or lists; of a softmax targets may be classes, counted from 0

    So training goes on here to the same numbers, in 64 bits. Notes of the problem tell which unit is which.
    Raises InputError, with the layer's name and the nearest thing, for what has no equal here.
    """
    optimizer = getattr(model, "optimizer", None)
    found = dense_layers(model, optimizer is not None)
    loss, reduction, inside = compiled(model, found)
    layers = [one for one, _ in found]
    if inside:
        layers[-1] = layers[-1]._replace(activation=inside)
    notes = [f"the {inside} inside the loss is the output activation here"] if inside else []
    make = None if optimizer is None else brought_in(model, [layer for _, layer in found])
    return problem_of(layers, loss, make, reduction, notes, inputs, targets)
