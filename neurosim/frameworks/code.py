"""A network as a script for another framework, as somebody who knows that framework would write it.

    numpy   matrices and a backward pass by hand; every update by the optimizer's own formulas

The scripts compute in float64, and their numbers are those of a trace.
"""

from __future__ import annotations

from typing import Mapping

from neurosim.core import guards
from neurosim.core.activations import ACTIVATIONS
from neurosim.core.layer import Layer
from neurosim.core.losses import LOSSES
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.formula.text import POWER
from neurosim.frameworks.code_script import Script, block
from neurosim.problems.problem_file import Problem
from neurosim.support.checks import known
from neurosim.support.errors import InputError, shorten

BUILT_IN = (*ACTIVATIONS.values(), *LOSSES.values(), *OPTIMIZERS.values())


class NumPy(Script):
    """Plain NumPy."""

    framework = "NumPy"
    imports = ("import numpy as np",)
    activations = {"softmax": "softmax({z})"}

    def parts(self) -> list[str]:
        names = [name for name, is_trained in self.parameters() if is_trained]
        parameters = f"parameters = {{{', '.join([f'{chr(34)}{name}{chr(34)}: {name}' for name in names])}}}  # to train"
        passed = ", ".join([f"z{number}, a{number}" for number in range(1, self.count + 1)])
        backward = ["# Backward: delta is dE/dz, from the last layer down.", *map(self.delta, range(self.count, 0, -1))]
        gradients = [f'    "{name}": {self.gradient(name)},' for name in names]
        output = f"a{self.count}"
        return [
            parameters,
            block("def forward(x):", *self.forward_lines("{a} @ W{number}.T{bias}"), f"return {passed}"),
            block("def loss(a, t):", f"return np.sum({self.term()}){' / len(t)' * self.is_mean}"),
            self.update(),
            block("def train_step(x, t):", f"{passed} = forward(x)", "", *backward, "", "update({", *gradients, "})",
                  f"return loss({output}, t)"),
        ]

    def delta(self, number: int) -> str:
        """The line of a layer's deltas."""
        a, z, activation = f"a{number}", f"z{number}", self.layers[number - 1].activation
        if number < self.count:
            error = f"delta{number + 1} @ W{number + 1}"
        elif self.cancels:
            return f"delta{number} = {a} - t  # the derivatives of loss and activation cancel"
        else:
            error = self.written(self.loss, self.loss.derivative_formula, {"a": a, "t": "t"})
        if activation.coupled:
            return f"g = {error}\ndelta{number} = {a} * (g - np.sum(g * {a}, axis=1, keepdims=True))  # each z moves all a"
        slope = self.written(activation, activation.derivative_formula, {"z": z, "a": a}, POWER)
        return f"delta{number} = ({error}) * {slope}" if slope != "1" else f"delta{number} = {error}"

    def gradient(self, name: str) -> str:
        """The gradient of the parameter of this name, over all examples of the batch."""
        kind, number = name[0], int(name[1:])
        inputs = f"a{number - 1}" if number > 1 else "x"
        total = f"delta{number}.T @ {inputs}" if kind == "W" else f"np.sum(delta{number}, axis=0)"
        return total + " / len(x)" * self.is_mean


class Autodiff(Script):
    """A framework that finds the gradients itself, so that only the forward pass and the loss are said."""

    of_outputs: Mapping[str, str] = {}  # losses in place of formulas
    of_net_inputs: Mapping[str, str] = {}  # losses that have the activation of the output in them
    updates: Mapping[str, str] = {}  # optimizers

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        for place, layer in enumerate(self.layers, 1):
            if not layer.activation.differentiable:
                raise InputError(f"layer {place}: {self.framework} finds no slope of {layer.activation.name}; NumPy takes it")
        for part in (self.loss, *[layer.activation for layer in self.layers]):
            if type(part) not in BUILT_IN:
                raise InputError(f"{shorten(part.name)} is a class of your own, whose slope {self.framework} may find "
                                 "otherwise; NumPy takes its formulas")

    def term(self) -> str:
        if self.cancels:
            return self.of_net_inputs[self.loss.name]
        known = {"n": self.layers[-1].size, **{each: getattr(self.loss, each) for each in self.loss.parameters}}
        of_outputs = self.of_outputs.get(self.loss.name)
        return super().term() if of_outputs is None else of_outputs.format(**known)

    def own_update(self) -> str | None:
        """The framework's own optimizer, if it makes the same numbers of these settings."""
        optimizer = self.optimizer
        is_plain = type(optimizer) in BUILT_IN and not optimizer.l1 and not (optimizer.l2 and optimizer.clip_value)
        return self.updates.get(optimizer.name) if is_plain else None


class Torch(Autodiff):
    """PyTorch: a module and an optimizer of `torch.optim`, or the update by hand where none is the same."""

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
        "hinge": "torch.sum(F.relu(1 - t * a))",
    }
    of_net_inputs = {
        "binary_crossentropy": 'F.binary_cross_entropy_with_logits(z, t, reduction="sum")',
        "categorical_crossentropy": 'F.cross_entropy(z, t, reduction="sum")',
        "kl_divergence": 'F.kl_div(F.log_softmax(z, dim=1), t, reduction="sum")',
    }
    updates = {
        "sgd": "SGD({of}, lr={eta})", "momentum": "SGD({of}, lr={eta}, momentum=momentum)",
        "nesterov": "SGD({of}, lr={eta}, momentum=momentum, nesterov=True)", "adagrad": "Adagrad({of}, lr={eta}, eps=epsilon)",
        "rmsprop": "RMSprop({of}, lr={eta}, alpha=rho, eps=epsilon)",
        "adam": "Adam({of}, lr={eta}, betas=(beta1, beta2), eps=epsilon)",
    }

    def parts(self) -> list[str]:
        forward = self.forward_lines("self.layer{number}({a})")
        forward += [f"return a{self.count}"]
        if self.cancels:
            forward[-2:] = [f"return z{self.count}  # the loss has the {self.layers[-1].activation.name} in it"]
        made = [line for number, layer in enumerate(self.layers, 1) for line in self.layer_lines(number, layer)]
        net = block("class Net(nn.Module):", block("def __init__(self):", "super().__init__()", *made), "",
                    block("def forward(self, x):", *forward))
        loss = block(f"def loss({'z' if self.cancels else 'a'}, t):", f"return {self.total()}{' / len(t)' * self.is_mean}")
        return [net, loss, *self.training()]

    def layer_lines(self, number: int, layer: Layer) -> list[str]:
        """A layer with its weights and biases."""
        fan_in = len(layer.weights[0])
        frozen = "" if layer.trainable_bias else ", requires_grad=False"
        return [
            f"self.layer{number} = nn.Linear({fan_in}, {layer.size}{'' if layer.has_bias else ', bias=False'})",
            f"self.layer{number}.weight = nn.Parameter(W{number})",
            *[f"self.layer{number}.bias = nn.Parameter(b{number}{frozen})"] * layer.has_bias,
        ]

    def total(self) -> str:
        """The loss of all outputs of all examples."""
        term = self.term()
        return term if 'reduction="sum"' in term or term.startswith("torch.sum") else f"torch.sum({term})"

    def own_update(self) -> str | None:
        optimizer = self.optimizer
        is_other = optimizer.clip_norm is not None or optimizer.schedule.name != "constant" and "velocity" in optimizer.state
        return None if is_other or optimizer.name == "nesterov" and not optimizer.momentum else super().own_update()

    def training(self) -> list[str]:
        """The model, its optimizer, and a step."""
        optimizer, own = self.optimizer, self.own_update()
        before, after = ["E = loss(model(x), t)", "E.backward()"], ["return E.item()  # as it was before the update"]
        head = "def train_step(x, t):"
        if own is None:
            call = "update({name: w.grad for name, w in parameters.items() if w.requires_grad})"
            made = "model = Net()\nparameters = dict(model.named_parameters())"
            update = self.update().replace("def update", "@torch.no_grad()\ndef update")
            return [made, update, block(head, "model.zero_grad()", *before, call, *after)]
        eta, of = "eta", "model.parameters()"
        lines = ["model = Net()"]
        if optimizer.l2:
            of = "groups"
            lines += ["weights, biases = ([w for w in model.parameters() if w.ndim == ndim] for ndim in (2, 1))",
                      'groups = [{"params": weights, "weight_decay": l2}, {"params": biases}]']
        if optimizer.schedule.name != "constant":
            eta = "learning_rate"
            factor = self.rate("1", "k")
            after.insert(0, "schedule.step()")
        lines.append(f"optimizer = torch.optim.{own.format(of=of, eta=eta)}")
        if eta != "eta":
            lines.append(f"schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: {factor})")
        clip = "nn.utils.clip_grad_value_(model.parameters(), clip_value)"
        step = [*[clip] * (optimizer.clip_value is not None), "optimizer.step()"]
        return ["\n".join(lines), block(head, "optimizer.zero_grad()", *before, *step, *after)]


class Keras(Autodiff):
    """Keras 3: a model that is compiled with a loss of its own, and an optimizer of Keras where one is the same."""

    framework = "Keras"
    imports = ("import keras", "import numpy as np", "from keras import ops")
    setting = 'keras.config.set_floatx("float64")'
    xp = "ops"
    functions = {"sigmoid": "ops.sigmoid"}
    assigned, done_before, has_scalars = "w.assign({})", ("shortened",), False
    named = {"linear", "sigmoid", "tanh", "relu", "selu", "softsign", "softmax"}
    activations = {
        "leaky_relu": "ops.leaky_relu({z}, {alpha})", "elu": "ops.elu({z}, {alpha})", "softplus": "ops.logaddexp({z}, 0.0)",
        "swish": "ops.silu({z})", "hard_sigmoid": "ops.relu6({z} + 3) / 6", "gelu": "ops.gelu({z}, approximate=False)",
    }
    of_net_inputs = {
        "binary_crossentropy": "ops.binary_crossentropy(t, z, from_logits=True)",
        "categorical_crossentropy": "-t * ops.log_softmax(z)",
        "kl_divergence": "times_log(t, t) - t * ops.log_softmax(z)",
    }
    of_outputs = {"hinge": "ops.relu(1 - t * a)"}
    updates = {
        "sgd": "SGD(eta", "momentum": "SGD(eta, momentum=float(momentum)", "nesterov": "SGD(eta, momentum=momentum, nesterov=True",
    }


    def parts(self) -> list[str]:
        layers, numbers = [], []
        for number, layer in enumerate(self.layers, 1):
            kind, bias = layer.activation.name, "" if layer.has_bias else ", use_bias=False"
            a = None if number == self.count and self.cancels or kind == "linear" else kind
            text = f'"{a}"' if a in (None, *self.named) else f"lambda z: {self.activation(number, 'z')}"
            layers.append(f"    keras.layers.Dense({layer.size}{f', activation={text}' * (a is not None)}{bias}),")
            place, both = f"model.layers[{number - 1}]", f", b{number}" * layer.has_bias
            numbers.append(f"{place}.set_weights([W{number}.T{both}])")
            numbers += [f"{place}.bias.trainable = False"] * (layer.has_bias and not layer.trainable_bias)
        numbers[0] += "  # Keras has a row for each input"
        inputs = f"    keras.Input(({len(self.network.input_names)},)),"
        end = f"  # the loss has the {self.layers[-1].activation.name} in it" * self.cancels
        model = ["model = keras.Sequential([", inputs, *layers, f"]){end}", *numbers]
        loss = block("class Loss(keras.losses.Loss):",
                     block(f"def call(self, t, {'z' if self.cancels else 'a'}):", f"return ops.sum({self.term()}, axis=-1)"))
        optimizer, updates = self.training()
        compiled = f"model.compile(optimizer={optimizer}, loss=Loss({'reduction=%ssum%s' % (2 * (chr(34),)) * (not self.is_mean)}))"
        step = block("def train_step(x, t):", "return float(model.train_on_batch(x, t))  # as it was before the update")
        return ["\n".join(model), loss, *updates, compiled, step]

    def training(self) -> tuple[str, list[str]]:
        """The optimizer, and its class if it is none of Keras's own."""
        optimizer, own = self.optimizer, self.own_update()
        norm = ", global_clipnorm=clip_norm" * (optimizer.clip_norm is not None)
        if own is not None and not optimizer.l2 and optimizer.schedule.name == "constant":
            value = ", clipvalue=clip_value" * (optimizer.clip_value is not None)
            return f"keras.optimizers.{own}{value}{norm})", []
        eta = "eta" if optimizer.schedule.name == "constant" else "learning_rate"
        states = ", ".join([f'"{each}"' for each in optimizer.state])
        names, index = self.remembered(), "self._get_variable_index(w)"
        build = block("def build(self, variables):", "super().build(variables)",
                      f"self.memory = [self.add_optimizer_variables(variables, name) for name in [{states}]]")
        read = [f"{', '.join(names)}{',' * (len(names) == 1)} = [each[{index}] for each in self.memory]"]
        keep = [f"{name}.assign({self.remembered('+')[place]})" for place, name in enumerate(names)]
        count = 'updates = ops.cast(self.iterations, "float64")'
        lines = [*[count] * self.counts(), *self.eta_line(), *["updates += 1"] * self.counts()]
        step = block(f"def update_step(self, g, w, {eta}):", *lines, *read * bool(names), *self.rule_lines(), *keep)
        blocks = [build, "", step] if names else [step]
        return f"Update({eta}{norm})", [block("class Update(keras.optimizers.Optimizer):", *blocks)]


FRAMEWORKS = {"numpy": NumPy, "torch": Torch, "keras": Keras}


def network_code(problem: Problem, framework: str) -> str:
    """A script with the network of a problem, its loss, and a training step on its first batch.

    framework: "numpy"

    >>> from neurosim import built_in
    >>> script = network_code(built_in("mazur"), "numpy")
    >>> print(script[script.index("def loss"):script.index("def update")].strip())
    def loss(a, t):
        return np.sum((a - t)**2 / 2) / len(t)

    Raises InputError for what the framework has no words for.
    """
    script = FRAMEWORKS[known("framework", framework, FRAMEWORKS)]
    if not isinstance(problem, Problem):
        raise InputError(f"expected a Problem, got {shorten(problem)}; Problem(network, inputs, targets, optimizer) makes one")
    _check(problem)
    return script(problem).text()


def _check(problem):
    """What no script has."""
    if not problem.inputs or None in problem.targets:
        raise InputError("a training step needs examples with targets; give some with --inputs and --targets")
    network = problem.network.copy()
    network.forward(problem.inputs[0])
    guards.check_can_train(network)
    if problem.optimizer is not None and problem.optimizer.order != "simultaneous":
        raise InputError("frameworks update all layers together: there is no code for the order 'sequential'; "
                         "--order simultaneous has some")
    if any(type(part) not in BUILT_IN for part in (network.loss, *[layer.activation for layer in network.layers])):
        problem.trace().python()  # refuses a class whose numbers are not those of its formulas
