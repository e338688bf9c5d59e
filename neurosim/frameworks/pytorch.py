"""PyTorch: a model, its loss and its optimizer brought in, and weights put back.

Nothing is imported: modules are known by the names of their classes and by what they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, NamedTuple

from neurosim.core.losses import Loss
from neurosim.frameworks.dense import Dense, plain, problem_of, remembering
from neurosim.support.errors import InputError, did_you_mean, near, nearest, shorten, shown
from neurosim.support.records import documented

if TYPE_CHECKING:
    from typing import Iterable

    from neurosim.core.activations import AnyActivation
    from neurosim.core.network import Network
    from neurosim.problems.problem_file import Problem
    from neurosim.support.types import Description, Rows

TRANSPARENT = ("Identity", "Flatten", "Unflatten")  # they pass numbers on as they are
DROPOUTS = ("Dropout", "Dropout1d", "AlphaDropout", "FeatureAlphaDropout")
LAST_AXES = (-1, 1, None)  # of a batch of rows, along which a softmax goes over the outputs

# Modules that are activations: by the name of the class, a function from the module to a description.
ACTIVATIONS_THERE: Dict[str, Callable[[Any], Any]] = {
    "Sigmoid": lambda module: "sigmoid",
    "Tanh": lambda module: "tanh",
    "ReLU": lambda module: "relu",
    "LeakyReLU": lambda module: {"name": "leaky_relu", "alpha": module.negative_slope},
    "ELU": lambda module: {"name": "elu", "alpha": module.alpha},
    "SELU": lambda module: "selu",
    "SiLU": lambda module: "swish",
    "Softplus": lambda module: _if(module, module.beta == 1, "softplus", "Softplus(beta=1)"),
    "GELU": lambda module: _if(module, module.approximate == "none", "gelu", "GELU(), which is not approximated by a tanh"),
    "Softmax": lambda module: _if(module, module.dim in LAST_AXES, "softmax", "Softmax(dim=1), over an example's outputs"),
    "Softsign": lambda module: "softsign",
    "Hardsigmoid": lambda module: "hard_sigmoid",
}


def _if(module, holds, description, nearest_thing):
    """The description, if a module's settings have an equal here."""
    if not holds:
        raise InputError(f"{shown(str(module))} has no equal here; the nearest is {nearest_thing}")
    return description


# Losses: what one means, from its module and what stands at the end of the model.


@documented
class Meaning(NamedTuple):
    """What a loss there is here.

    loss:      a description
    reduction: over the batch
    output:    the activation that it brings along, or None
    ends:      the names of modules at the model's end that belong to it
    """

    loss: Any
    reduction: str
    output: Any = None
    ends: tuple = ()


def _mean_or_sum(of_mean, of_sum):
    return lambda loss, size: of_mean if loss.reduction == "mean" else of_sum


def _over_outputs(name, **settings):
    """The description of a loss whose mean there goes over the outputs too."""
    def description(loss, size):
        own = {key: getattr(loss, there) for key, there in settings.items()}
        mean = {"outputs": "mean"} if loss.reduction == "mean" and size > 1 else {}
        return {"name": name, **own, **mean}

    return description


def _absolute(loss, size):
    _holds(loss, loss.reduction == "mean" or size == 1, 'L1Loss(reduction="mean")')
    return "mean_absolute_error"


def _smooth(loss, size):
    _holds(loss, loss.beta == 1, "HuberLoss, or SmoothL1Loss with beta=1")
    return _over_outputs("huber")(loss, size)


def _rates(loss, size):
    _holds(loss, not loss.full, "PoissonNLLLoss(full=False)")
    return _over_outputs("poisson", **({} if loss.log_input else {"epsilon": "eps"}))(loss, size)


def _divergence(loss, size):
    _holds(loss, loss.reduction in ("batchmean", "sum") and not loss.log_target, 'KLDivLoss(reduction="batchmean")')
    return "kl_divergence"


def _crossentropy(loss, size):
    _holds(loss, getattr(loss, "ignore_index", -100) < 0, "the same without ignore_index")
    _holds(loss, not getattr(loss, "label_smoothing", 0), "CrossEntropyLoss without label_smoothing, on smoothed targets")
    return "categorical_crossentropy"


def _holds(loss, holds, nearest_thing):
    if not holds:
        raise InputError(f"loss: {_with_settings(loss)} has no equal here; the nearest is {nearest_thing}")


def _with_settings(loss):
    names = ("weight", "pos_weight", "label_smoothing", "beta", "full", "reduction", "log_target")
    settings = [f"{name}={shorten(plain(getattr(loss, name)))}" for name in names if getattr(loss, name, None) is not None]
    return f"{type(loss).__name__}({', '.join(settings)})"


# By class: the description, from the module and the number of outputs; the activation inside; what must stand before it.
LOSSES_THERE: Dict[str, tuple] = {
    "MSELoss": (_mean_or_sum("mean_squared_error", "squared_error"), None, ()),
    "L1Loss": (_absolute, None, ()),
    "HuberLoss": (_over_outputs("huber", width="delta"), None, ()),
    "SmoothL1Loss": (_smooth, None, ()),
    "BCELoss": (_over_outputs("binary_crossentropy"), None, ()),
    "BCEWithLogitsLoss": (_over_outputs("binary_crossentropy"), "sigmoid", ()),
    "CrossEntropyLoss": (_crossentropy, "softmax", ()),
    "NLLLoss": (_crossentropy, "softmax", ("LogSoftmax",)),
    "KLDivLoss": (_divergence, "softmax", ("LogSoftmax",)),
    "PoissonNLLLoss": (_rates, None, ()),
}
INSIDE = {"sigmoid": ("Sigmoid",), "softmax": ("Softmax", "LogSoftmax"), "exponential": ()}


def meaning(loss: Any, size: int) -> Meaning:
    """What a loss means for so many outputs: a module of PyTorch's, or a loss of ours by name, description or object."""
    if loss is None or isinstance(loss, (str, dict, Loss)):
        return Meaning(loss or "half_squared_error", "mean")
    name = type(loss).__name__
    if name not in LOSSES_THERE or not hasattr(loss, "reduction"):
        raise InputError(f"loss: {shown(_called(loss))} has no equal here, nor is it one of ours by name{_near(loss)}")
    _holds(loss, loss.reduction != "none", 'reduction="mean"')
    for weights in ("weight", "pos_weight"):
        _holds(loss, getattr(loss, weights, None) is None, f"the same loss without {weights}")
    describe, output, ends = LOSSES_THERE[name]
    if name == "PoissonNLLLoss" and loss.log_input:
        output = "exponential"
    return Meaning(describe(loss, size), "sum" if loss.reduction == "sum" else "mean", output, ends)


def _called(loss):
    return getattr(loss, "__name__", type(loss).__name__)


def _near(loss):
    """The nearest class of a loss: of a function that of its name without the signs, as MSELoss of mse_loss."""
    plain_name = _called(loss).replace("_", "").lower()
    close = next((name for name in LOSSES_THERE if name.lower() == plain_name), None)
    return f"; did you mean {close}()?" if close else nearest(_called(loss), LOSSES_THERE)


# Models


@documented
class Found(NamedTuple):
    """What stands in a model, in the order of running.

    label:  such as "head.0"
    module: the module
    """

    label: str
    module: Any


def kind(module: Any) -> str:
    """The name of a module's class."""
    return type(module).__name__


def is_linear(module: Any) -> bool:
    """Whether a module is a Linear of PyTorch's, or of a class that was made from that."""
    return any(cls.__name__ == "Linear" and cls.__module__.startswith("torch") for cls in type(module).__mro__)


def check_weight(module: Any, called: str) -> None:
    """Raise InputError for a Linear whose weights are none of its own, not made yet, or of fewer than 32 bits."""
    if kind(module) == "LazyLinear":
        raise InputError(f"{shown(called)} has no weights yet: run the model once")
    if "weight" not in getattr(module, "_parameters", {"weight": None}):
        raise InputError(f"{shown(called)}: its weights are worked out from others, as by weight_norm or prune; that has no "
                         "equal here")
    bits = str(getattr(module.weight, "dtype", ""))
    if bits in ("torch.float16", "torch.bfloat16"):
        raise InputError(f"{shown(called)}: numbers of {bits} are too coarse to be judged; use torch.float32 or float64")


def unwrapped(model: Any) -> Any:
    """The model behind a compiled or a parallel one. Raises InputError for what is no model, and for a scripted one."""
    for wrapped in ("_orig_mod", "module"):
        if kind(model) in ("OptimizedModule", "DataParallel", "DistributedDataParallel") and hasattr(model, wrapped):
            model = getattr(model, wrapped)
    if hasattr(model, "original_name"):
        raise InputError(f"{shown(kind(model))} is a scripted module, whose parts don't tell what they are; give the model "
                         "that it was made from")
    if isinstance(model, type) or not all(
        hasattr(model, name) for name in ("named_children", "register_forward_hook", "parameters")
    ):
        raise InputError(f"expected a model of PyTorch's, an nn.Module, got {shorten(model)}")
    return model


def label(name: str) -> str:
    """What a module is called in code: "head[0]" for the name "head.0", "model[0]" for "0"."""
    first, *others = [f"[{part}]" if part.isdigit() else f".{part}" for part in name.split(".")]
    return "".join([f"model{first}" if first.startswith("[") else first[1:], *others])


def in_sequence(model: Any, name: str = "") -> list[Found]:
    """The modules of a run of modules that are called one after the other.

    Raises InputError for a class of one's own, which may call its modules in any order.
    """
    if kind(model) != "Sequential":
        called = label(name) if name else kind(model)
        if next(iter(model.named_children()), None) is None:
            return [Found(called, model)]
        raise InputError(
            f"{shown(called)} is a class of your own, which may call its modules in any order and functions between them; "
            "give inputs=..., so that it can be run once, or a part of it that is an nn.Sequential"
        )
    return [
        one for key, child in model._modules.items() if child is not None
        for one in in_sequence(child, f"{name}.{key}" if name else key)
    ]


def dense_layers(found: Iterable[Found], means: Meaning) -> list[Dense]:
    """The dense layers of a run of modules, each with the activation behind it.

    Raises InputError, with the module's name, for what has no equal here.
    """
    layers: list[Dense] = []
    behind: list[list[Found]] = []
    for one in found:
        if is_linear(one.module):
            layers.append(dense(one))
            behind.append([])
        elif not layers and kind(one.module) in TRANSPARENT:
            continue
        elif not layers:
            raise InputError(f"{shown(one.label)}: expected a Linear to begin with, got {_no_equal(one)}")
        elif not _passes_on(one):
            behind[-1].append(one)
    if not layers:
        raise InputError("there is no Linear in this model")
    _check_reused(layers, found)
    last = len(layers) - 1
    return [
        one._replace(activation=_activation(modules, means if index == last else None))
        for index, (one, modules) in enumerate(zip(layers, behind))
    ]


def dense(one: Found, activation: Any = "linear") -> Dense:
    """A `Dense` with the weights and biases of a Linear."""
    check_weight(one.module, one.label)
    bias = one.module.bias
    trains = bias is None or bool(getattr(bias, "requires_grad", True))
    return Dense(one.label, plain(one.module.weight), None if bias is None else plain(bias), activation, trains)


def _check_reused(layers, found):
    linear = [one for one in found if is_linear(one.module)]
    for number, one in enumerate(linear):
        first = next(other for other in linear if other.module is one.module or other.module.weight is one.module.weight)
        if first is not linear[number]:
            raise InputError(
                f"{shown(one.label)} has the weights of {shown(first.label)}: layers that share weights have no equal here"
            )


def _passes_on(one):
    """Whether a module leaves numbers as they are, as dropout does outside of training."""
    if kind(one.module) in DROPOUTS and one.module.training and one.module.p:
        raise InputError(
            f"{shown(one.label)}: {one.module} is in training mode and drops units by chance; call model.eval() first"
        )
    return kind(one.module) in (*TRANSPARENT, *DROPOUTS)


def _activation(modules, means):
    """The activation that the modules between two Linears are; behind the last one the loss has a say."""
    names = [kind(one.module) for one in modules]
    if means and means.output:
        inside = next((one for one in modules if kind(one.module) in INSIDE[means.output]), None)
        if inside and names != list(means.ends):
            raise InputError(
                f"{shown(inside.label)}: the loss has the {means.output} inside, so with {kind(inside.module)} at the end "
                "of the model it is applied twice; take one of them out"
            )
        if names == list(means.ends):
            return means.output
        if means.ends:
            raise InputError(f"the loss takes logarithms: expected {means.ends[0]} at the end of the model")
    if means and not means.output and names == ["LogSoftmax"]:
        raise InputError("a model that ends with LogSoftmax needs loss=NLLLoss() or KLDivLoss(), whose softmax it then is")
    if len(modules) > 1 or means and means.output and modules:
        raise InputError(f"{shown(modules[-1].label)}: expected one activation behind a Linear, got {' and '.join(names)}")
    if not modules:
        return "linear"
    return described(modules[0])


def described(one: Found) -> Any:
    """The description of a module that is an activation."""
    if kind(one.module) not in ACTIVATIONS_THERE:
        raise InputError(f"{shown(one.label)}: {_no_equal(one)}")
    return ACTIVATIONS_THERE[kind(one.module)](one.module)


def _no_equal(one):
    close = near(kind(one.module), ("Linear", *ACTIVATIONS_THERE), 1)
    hint = did_you_mean(close) if close else "; give the dense part behind it, such as model.head"
    return f"{shown(kind(one.module))}, which has no equal here{hint}"


# Optimizers: by class, from a group's settings to the name and the settings here, and what each weight's state is called.


def _sgd(group):
    if not group["momentum"]:
        return "sgd", {}, {}
    if group["nesterov"]:
        return "nesterov", {"momentum": group["momentum"], "eta_in": "step"}, {"velocity": "momentum_buffer"}
    settings = {"momentum": group["momentum"], "eta_in": "step", "dampening": group["dampening"]}
    return "momentum", settings, {"velocity": "momentum_buffer"}


def _adam(group):
    _refuse(group, "amsgrad")
    beta1, beta2 = map(float, plain(group["betas"]))
    settings = {"beta1": beta1, "beta2": beta2, "epsilon": group["eps"]}
    return "adam", settings, {"m": "exp_avg", "v": "exp_avg_sq"}


def _rmsprop(group):
    _refuse(group, "momentum", "centered")
    return "rmsprop", {"rho": group["alpha"], "epsilon": group["eps"]}, {"v": "square_avg"}


def _adagrad(group):
    settings = {"epsilon": group["eps"], "initial_accumulator": group["initial_accumulator_value"]}
    if group["lr_decay"]:
        settings["schedule"] = {"name": "inverse_time", "decay": group["lr_decay"]}
    return "adagrad", settings, {"G": "sum"}


OPTIMIZERS_THERE = {"SGD": _sgd, "Adam": _adam, "AdamW": _adam, "RMSprop": _rmsprop, "Adagrad": _adagrad}


def _refuse(group, *settings):
    for setting in settings:
        if group.get(setting):
            raise InputError(f"optimizer: {setting}={group[setting]} has no equal here; the nearest is {setting}=False")


def optimizer_settings(optimizer: Any) -> tuple[Description, dict[str, str]]:
    """(the description of a torch.optim optimizer, {what is remembered here: what it is called there}).

    Raises InputError, with the setting, for what has no equal here.
    """
    name = kind(optimizer)
    if name not in OPTIMIZERS_THERE:
        raise InputError(f"optimizer: {shown(name)} has no equal here{nearest(name, OPTIMIZERS_THERE)}")
    first, *others = [{key: value for key, value in group.items() if key != "params"} for group in optimizer.param_groups]
    if any(other != first for other in others):
        raise InputError("optimizer: groups of parameters with different settings have no equal here; give all the same")
    _refuse(first, "maximize")
    kind_here, settings, state = OPTIMIZERS_THERE[name](first)
    if first.get("weight_decay") and (name == "AdamW" or first.get("decoupled_weight_decay")):
        settings = {**settings, "decoupled_decay": first["weight_decay"]}
    elif first.get("weight_decay"):
        settings = {**settings, "l2": first["weight_decay"], "decay_biases": True}
    settings = {key: float(plain(value)) if hasattr(value, "tolist") else value for key, value in settings.items()}
    return {"name": kind_here, "learning_rate": float(plain(first["lr"])), **settings}, state


def brought_in(optimizer: Any, linear: list[Any]) -> Callable[[Network], Any]:
    """A function from the network with these Linears to the optimizer here, which goes on where that one stands."""
    description, names = optimizer_settings(optimizer)
    kept = [[_state(optimizer, one, names) for one in (module.weight, module.bias)] for module in linear]
    owned = [one for module in linear for one in (module.weight, module.bias) if one is not None and one.requires_grad]
    steps = {int(plain(optimizer.state[one]["step"])) if "step" in optimizer.state.get(one, {}) else 0 for one in owned}
    if len(steps) > 1 and description["name"] in ("adam", "adagrad"):
        raise InputError("optimizer: parameters that have had different numbers of updates have no equal here")
    counts = any("step" in optimizer.state.get(one, {}) for one in owned)
    return remembering(description, max(steps) if counts else int(any(map(any, kept))), kept)


def _state(optimizer, parameter, names):
    """{name here: numbers} of one parameter's state; {} if there is none."""
    there = {} if parameter is None else optimizer.state.get(parameter, {})
    found = {here: plain(there[name]) for here, name in names.items() if there.get(name) is not None}
    return found if len(found) == len(names) else {}


# In and back


def from_torch(
    model: Any, loss: Any = None, optimizer: Any = None, inputs: Rows | None = None, targets: Any = None,
    activations: AnyActivation | list[AnyActivation | None] | None = None,
) -> Problem:
    """A `Problem` with the weights of a PyTorch model, or of a part of it that is a run of dense layers.

    model:     an nn.Sequential of Linears and activations, or an nn.Linear; of any other class with `inputs`, with which it
               is then run once to see what it does
    loss:      a loss module, such as CrossEntropyLoss(), whose softmax becomes the output activation; or a loss of ours
    optimizer: a torch.optim optimizer, with its settings and what it remembers of each weight
    inputs, targets: examples, tensors or lists; classes are counted from 0
    activations: of the Linears of such a class, as for `observe`

    So training goes on here to the same numbers. Notes of the problem tell which unit is which.
    Raises InputError, with the module's name and the nearest thing, for what has no equal here.
    """
    model = unwrapped(model)
    if kind(model) != "Sequential" and not is_linear(model) and inputs is not None:
        from neurosim.frameworks.observe import run_once

        layers, linear, means = run_once(model, loss, inputs, activations)
    else:
        found = in_sequence(model)
        linear = [one.module for one in found if is_linear(one.module)]
        means = meaning(loss, len(linear[-1].weight) if linear else 1)
        layers = dense_layers(found, means)
    if optimizer is not None:
        _check_trained(layers, linear)
        optimizer = brought_in(optimizer, linear)
    notes = [f"the {means.output} inside {kind(loss)} is the output activation here"] if means.output else []
    return problem_of(layers, means.loss, optimizer, means.reduction, notes, inputs, targets)


def _check_trained(layers, linear):
    for one, module in zip(layers, linear):
        if not module.weight.requires_grad:
            raise InputError(f"{shown(one.label)} is frozen, and here every weight is trained; give the part behind it")


def to_torch(network, model):
    """Put a network's weights and biases into a model, as `Network.to_torch` says."""
    linear = [(name, module) for name, module in unwrapped(model).named_modules() if is_linear(module)]
    for name, module in linear:
        check_weight(module, label(name) if name else kind(module))
    wanted = [(layer.size, len(layer.weights[0]), layer.has_bias) for layer in network.layers]
    there = [(len(module.weight), len(module.weight[0]), module.bias is not None) for _, module in linear]
    if there != wanted:
        told = " and ".join(", ".join(f"{fan_in} to {size}{' without biases' * (not has)}" for size, fan_in, has in sizes)
                            for sizes in (wanted, there))
        raise InputError(f"the network and the model differ: Linears of {told}")
    for layer, (_, module) in zip(network.layers, linear):
        for tensor, numbers in ((module.weight, layer.weights), (module.bias, layer.biases)):
            if tensor is not None:
                tensor.data.copy_(tensor.data.new_tensor(numbers))
