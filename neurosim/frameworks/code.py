"""A network as a script for another framework, as somebody who knows that framework would write it.

    numpy   matrices, and a backward pass by hand
    torch   a module, and an optimizer of `torch.optim` where that comes to the same numbers
    keras   a sequential model, and an optimizer of Keras where that does

Elsewhere the update is written by hand, too, from the optimizer's own formulas. The scripts compute in float64, as far as
the framework does, and come to the numbers of a trace.
"""

from __future__ import annotations

from typing import Any, Mapping

from neurosim.core import guards
from neurosim.core.activations import ACTIVATIONS
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.schedules import SCHEDULES
from neurosim.formula.text import POWER
from neurosim.frameworks.code_script import WIDTH, Script, block, bracketed, inputs_of
from neurosim.problems.problem_file import Problem
from neurosim.support.checks import known
from neurosim.support.errors import InputError, shorten

BUILT_IN = (*ACTIVATIONS.values(), *LOSSES.values(), *OPTIMIZERS.values())


class NumPy(Script):
    """Plain NumPy."""

    framework = "NumPy"
    imports = ("import numpy as np",)
    activations = {"softmax": "softmax({z})", "softplus": "np.logaddexp(0, {z})"}

    def parts(self) -> list[str]:
        gradients = {name: text for k, layer in self.layers for name, text in self.gradients(k, layer)}
        parameters = bracketed("{}", [f'"{name}": {name}' for name in gradients])
        passed = ", ".join([f"z{k}, a{k}" for k, _ in self.layers])
        backward = [self.delta(k, layer) for k, layer in self.layers[::-1]]
        step = [
            f"{passed} = forward(x)", "", "# Backward: delta is dE/dz, from the last layer down.", *backward, "",
            "update({", *[f'    "{name}": {text},' for name, text in gradients.items()], "})",
            f"return loss(a{len(self.layers)}, t)  # as it was before the update",
        ]
        return [
            f"parameters = {parameters}  # to train",
            block("def forward(x):", *self.forward_lines("{a} @ W{k}.T{bias}"), f"return {passed}"),
            block("def loss(a, t):", f"return np.sum({self.term()}){self.over_batch}"),
            self.update(),
            block("def train_step(x, t):", *step),
        ]

    def delta(self, k: int, layer: Layer) -> str:
        """dE/dz of a layer: from the next one's, or from the loss."""
        activation = layer.activation
        if layer is self.output and self.cancels:
            error = f"(a{k} - t) / {self.output.size}" if self.is_mean else f"a{k} - t"
            return f"delta{k} = {error}  # the derivatives of loss and activation cancel"
        error = f"delta{k + 1} @ W{k + 1}"
        if layer is self.output:
            error = self.written(self.loss, self.loss.derivative_formula, {"a": f"a{k}", "t": "t"})
        if activation.coupled:
            return f"g = {error}\ndelta{k} = a{k} * (g - np.sum(g * a{k}, axis=1, keepdims=True))  # each z moves every a"
        slope = self.written(activation, activation.derivative_formula, {"z": f"z{k}", "a": f"a{k}"}, POWER)
        line = f"delta{k} = ({error}) * {slope}" if slope != "1" else f"delta{k} = {error}"
        return line if len(line) <= WIDTH else f"g = {error}\nslope = {slope}\ndelta{k} = g * slope"

    def gradients(self, k: int, layer: Layer) -> list[tuple[str, str]]:
        """The names of a layer's parameters that are trained, and their gradients over the batch."""
        biases = [(f"b{k}", f"np.sum(delta{k}, axis=0){self.over_batch}")]
        return [(f"W{k}", f"delta{k}.T @ {inputs_of(k)}{self.over_batch}"), *biases * layer.trainable_bias]


class Autodiff(Script):
    """A framework that finds the gradients itself, so that only the forward pass and the loss are said."""

    of_outputs: Mapping[str, str] = {}  # losses with {n} and parameters, in place of formulas
    of_net_inputs: Mapping[str, str] = {}  # losses that have the activation of the outputs in them
    updates: Mapping[str, str] = {}  # optimizers

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        for k, layer in self.layers:
            if not layer.activation.differentiable:
                raise InputError(f"layer {k}: {self.framework} finds no slope of {layer.activation.name}; NumPy takes it")
        for part in (self.loss, *[layer.activation for _, layer in self.layers]):
            if type(part) not in BUILT_IN:
                raise InputError(f"{shorten(part.name)} is a class of your own, whose slope {self.framework} may find "
                                 "otherwise; NumPy takes its formulas")
        self.passed = "z" if self.cancels else "a"
        self.remark = f"  # the loss has the {self.output.activation.name} in it" * self.cancels

    def term(self) -> str:
        own = (self.of_net_inputs if self.cancels else self.of_outputs).get(self.loss.name)
        if own is None or getattr(self.loss, "epsilon", None):
            return super().term()
        values = {"n": self.output.size, **{each: getattr(self.loss, each) for each in self.loss.parameters}}
        return own.format(**values) + f" / {self.output.size}" * self.is_mean

    def own_update(self) -> str | None:
        """The framework's own optimizer, if it comes to the same numbers with these settings."""
        optimizer = self.optimizer
        is_usual = optimizer.chosen_formulas() == type(optimizer).formulas and not any(self.starts())
        is_own = type(optimizer) not in BUILT_IN or optimizer.l1 or optimizer.decoupled_decay or optimizer.decay_biases
        return self.updates.get(optimizer.name) if is_usual and not is_own else None


class Torch(Autodiff):
    """PyTorch."""

    framework = "PyTorch"
    imports = ("import torch", "import torch.nn.functional as F", "from torch import nn")
    setting = "torch.set_default_dtype(torch.float64)"
    xp, array, scalar = "torch", "torch.tensor", "torch.tensor({})"
    functions = {"sigmoid": "torch.sigmoid", "erfc": "torch.erfc"}
    activations = {
        "relu": "F.relu({z})", "leaky_relu": "F.leaky_relu({z}, {alpha})", "elu": "F.elu({z}, {alpha})",
        "selu": "F.selu({z})", "softplus": "F.softplus({z}, threshold=40)", "softsign": "F.softsign({z})",
        "swish": "F.silu({z})", "hard_sigmoid": "F.relu6({z} + 3) / 6", "softmax": "F.softmax({z}, dim=1)",
    }
    of_outputs = {
        "half_squared_error": 'F.mse_loss(a, t, reduction="sum") / 2',
        "squared_error": 'F.mse_loss(a, t, reduction="sum")',
        "mean_squared_error": 'F.mse_loss(a, t, reduction="sum") / {n}',
        "mean_absolute_error": 'F.l1_loss(a, t, reduction="sum") / {n}',
        "huber": 'F.huber_loss(a, t, reduction="sum", delta={width})',
        "hinge": "F.relu(1 - t * a)",
    }
    of_net_inputs = {
        "binary_crossentropy": 'F.binary_cross_entropy_with_logits(z, t, reduction="sum")',
        "categorical_crossentropy": 'F.cross_entropy(z, t, reduction="sum")',
        "kl_divergence": 'F.kl_div(F.log_softmax(z, dim=1), t, reduction="sum")',
    }
    updates = {
        "sgd": "SGD({of}, lr={eta})", "momentum": "SGD({of}, lr={eta}, momentum=momentum)",
        "nesterov": "SGD({of}, lr={eta}, momentum=momentum, nesterov=True)",
        "adagrad": "Adagrad({of}, lr={eta}, eps=epsilon)",
        "rmsprop": "RMSprop({of}, lr={eta}, alpha=rho, eps=epsilon)",
        "adam": "Adam({of}, lr={eta}, betas=(beta1, beta2), eps=epsilon)",
    }

    def parts(self) -> list[str]:
        forward = self.forward_lines("self.layer{k}({a})")[: -1 if self.cancels else None]
        forward.append(f"return {self.passed}{len(self.layers)}{self.remark}")
        made = ["super().__init__()", *[line for k, layer in self.layers for line in self.made(k, layer)]]
        net = [block("def __init__(self):", *made), "", block("def forward(self, x):", *forward)]
        total = self.term()
        total = total if 'reduction="sum"' in total else f"torch.sum({total})"
        loss = block(f"def loss({self.passed}, t):", f"return {total}{self.over_batch}")
        return [block("class Net(nn.Module):", *net), loss, *self.training()]

    def made(self, k: int, layer: Layer) -> list[str]:
        """A layer with its weights and biases."""
        sizes = f"{len(layer.weights[0])}, {layer.size}" + ("" if layer.has_bias else ", bias=False")
        bias = f"self.layer{k}.bias = nn.Parameter(b{k}{'' if layer.trainable_bias else ', requires_grad=False'})"
        weight = f"self.layer{k}.weight = nn.Parameter(W{k})"
        return [f"self.layer{k} = nn.Linear({sizes})", weight, *[bias] * layer.has_bias]

    def own_update(self) -> str | None:
        """PyTorch clips before it decays, adds 1e-6 to a norm, and has no eta in its velocity."""
        optimizer = self.optimizer
        is_other = optimizer.l2 and optimizer.clip_value or optimizer.clip_norm or optimizer.name == "nesterov" and (
            not optimizer.momentum) or self.eta != "eta" and "velocity" in optimizer.state
        return None if is_other else super().own_update()

    def training(self) -> list[str]:
        """The model, its optimizer or an update by hand, and a step."""
        optimizer, own, head = self.optimizer, self.own_update(), "def train_step(x, t):"
        learnt = ["E = loss(model(x), t)", "E.backward()"]
        end = "return E.item()  # as it was before the update"
        if own is None:
            call = "update({name: w.grad for name, w in parameters.items() if w.requires_grad})"
            return ["model = Net()\nparameters = dict(model.named_parameters())", self.update("@torch.no_grad()\n"),
                    block(head, "model.zero_grad()", *learnt, call, end)]
        lines, of = ["model = Net()"], "groups" if optimizer.l2 else "model.parameters()"
        if optimizer.l2:
            lines += ["weights, biases = ([w for w in model.parameters() if w.ndim == ndim] for ndim in (2, 1))",
                      'groups = [{"params": weights, "weight_decay": l2}, {"params": biases}]']
        lines.append(f"optimizer = torch.optim.{own.format(of=of, eta=self.eta)}")
        if self.eta != "eta":
            lines.append(f"schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: {self.rate('1', 'k')})")
        step = [*["nn.utils.clip_grad_value_(model.parameters(), clip_value)"] * (optimizer.clip_value is not None),
                "optimizer.step()", *["schedule.step()"] * (self.eta != "eta")]
        return ["\n".join(lines), block(head, "optimizer.zero_grad()", *learnt, *step, end)]


class Keras(Autodiff):
    """Keras 3."""

    framework = "Keras"
    imports = ("import keras", "import numpy as np", "from keras import ops")
    setting = 'keras.config.set_floatx("float64")'
    xp, assigned, has_scalars, done_before = "ops", "w.assign({})", False, ("shortened",)
    functions = {"sigmoid": "ops.sigmoid"}
    named = {"sigmoid", "tanh", "relu", "selu", "softsign", "softmax"}
    activations = {
        "leaky_relu": "ops.leaky_relu({z}, {alpha})", "elu": "ops.elu({z}, {alpha})", "softplus": "ops.logaddexp({z}, 0.0)",
        "swish": "ops.silu({z})", "hard_sigmoid": "ops.relu6({z} + 3) / 6", "gelu": "ops.gelu({z}, approximate=False)",
    }
    of_outputs = {"hinge": "ops.relu(1 - t * a)"}
    of_net_inputs = {
        "binary_crossentropy": "ops.binary_crossentropy(t, z, from_logits=True)",
        "categorical_crossentropy": "-t * ops.log_softmax(z)",
        "kl_divergence": "times_log(t, t) - t * ops.log_softmax(z)",
    }
    updates = {
        "sgd": "SGD(eta{clip})", "momentum": "SGD(eta, momentum=momentum{clip})",
        "nesterov": "SGD(eta, momentum=momentum, nesterov=True{clip})",
    }

    def parts(self) -> list[str]:
        model = ["model = keras.Sequential([", f"    keras.Input(({len(self.network.input_names)},)),"]
        model += [f"    keras.layers.Dense({layer.size}{self.dense(layer)})," for _, layer in self.layers]
        model.append(f"]){self.remark}\n# Keras has a row for each input.")
        for k, layer in self.layers:
            model.append(f"model.layers[{k - 1}].set_weights([W{k}.T{f', b{k}' * layer.has_bias}])")
            model += [f"model.layers[{k - 1}].bias.trainable = False"] * (layer.has_bias and not layer.trainable_bias)
        loss = block(f"def call(self, t, {self.passed}):", f"return ops.sum({self.term()}, axis=-1)")
        optimizer, made = self.training()
        reduction = "" if self.over_batch else 'reduction="sum"'
        compiled = f"optimizer = {optimizer}\nmodel.compile(optimizer=optimizer, loss=Loss({reduction}))"
        end = "return float(model.train_on_batch(x, t))  # as it was before the update"
        return ["\n".join(model), block("class Loss(keras.losses.Loss):", loss), made, compiled,
                block("def train_step(x, t):", end)]

    def dense(self, layer: Layer) -> str:
        """The settings of a layer, behind its size."""
        name, bias = layer.activation.name, "" if layer.has_bias else ", use_bias=False"
        if name == "linear" or layer is self.output and self.cancels:
            return bias
        text = f'"{name}"' if name in self.named else f"lambda z: {self.activation(layer.activation, 'z')}"
        return f", activation={text}{bias}"

    def training(self) -> tuple[str, str]:
        """The optimizer, and its class if it is none of Keras's own, which have other places for epsilon."""
        optimizer, own = self.optimizer, self.own_update()
        norm = ", global_clipnorm=clip_norm" * (optimizer.clip_norm is not None)
        if own is not None and not optimizer.l2 and self.eta == "eta":
            clip = ", clipvalue=clip_value" * (optimizer.clip_value is not None) + norm
            return f"keras.optimizers.{own.format(clip=clip)}", ""
        names, lines = self.remembered(), self.counting('updates = ops.cast(self.iterations, "float64")')
        of_each = "[each[self._get_variable_index(w)] for each in self.memory]"
        lines += [f"{', '.join(names)}{',' * (len(names) == 1)} = {of_each}"] * bool(names)
        lines += [*self.rule_lines(), *[f"{name}.assign({new})" for name, new in zip(names, self.remembered("+"))]]
        states, first = ", ".join([f'"{each}"' for each in optimizer.state]), next(iter(self.starts()), 0)
        start = f", keras.initializers.Constant({first})" if first else ""
        build = block("def build(self, variables):", "super().build(variables)",
                      f"self.memory = [self.add_optimizer_variables(variables, name{start}) for name in [{states}]]")
        step = block(f"def update_step(self, g, w, {self.eta}):", *lines)
        blocks = [build, "", step] if names else [step]
        return f"Update({self.eta}{norm})", block("class Update(keras.optimizers.Optimizer):", *blocks)


FRAMEWORKS: Mapping[str, type[Script]] = {"numpy": NumPy, "torch": Torch, "keras": Keras}


def network_code(problem: Problem, framework: str) -> str:
    """A script with the network of a problem, its loss, and a training step on its first batch.

    framework: "numpy", "torch" or "keras"

    >>> from neurosim import built_in
    >>> script = network_code(built_in("mazur"), "numpy")
    >>> print(script[script.index("def loss"):script.index("def update")].strip())
    def loss(a, t):
        return np.sum((a - t)**2 / 2) / len(t)

    Raises InputError for what the framework has no words for.
    """
    script = FRAMEWORKS[known("framework", framework, FRAMEWORKS)]
    if not isinstance(problem, Problem):
        raise InputError(f"expected a Problem, got {shorten(problem)}; Problem(network, inputs, targets) makes one")
    _check(problem)
    return script(problem).text()


def _check(problem):
    """Raise InputError for what there is no script of, in no framework."""
    if not problem.inputs or None in problem.targets:
        raise InputError("a training step needs examples with targets")
    network: Any = problem.network.copy()
    network.forward(problem.inputs[0])
    guards.check_can_train(network)
    parts = [network.loss, *[layer.activation for layer in network.layers], *filter(None, [problem.optimizer])]
    if problem.optimizer is not None:
        if problem.optimizer.order == "sequential":
            raise InputError("frameworks update all layers together: there is no script for the order 'sequential', only "
                             "for 'simultaneous'")
        if type(problem.optimizer.schedule) not in SCHEDULES.values():
            raise InputError(f"{shorten(problem.optimizer.schedule.name)} is a schedule of your own; there are scripts for "
                             f"{', '.join(SCHEDULES)}")
    if any(type(part) not in BUILT_IN for part in parts):
        problem.trace().python()  # refuses a class whose numbers are not those of its formulas
