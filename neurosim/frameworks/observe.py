"""Watching a PyTorch model while its owner's own step runs.

Forward hooks on Linears see the net inputs as they come out, and the outputs of the layer before as they come in, whatever
function made one of the other, in place or not. Hooks on those tensors see the gradients. Nothing is stepped, cleared or
seeded, and every hook is taken out again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.losses import LOSSES
from neurosim.frameworks.comparison import compared
from neurosim.frameworks.dense import Dense, plain, targets_by_example
from neurosim.frameworks.judged import whole
from neurosim.frameworks.pytorch import (
    ACTIVATIONS_THERE, DROPOUTS, TRANSPARENT, Found, Meaning, brought_in, described, kind, label, meaning, unwrapped,
)
from neurosim.frameworks.seen import SeenLayer, Step, bits_of, outputs_of
from neurosim.support.errors import InputError, shown

if TYPE_CHECKING:
    from neurosim.core.activations import AnyActivation
    from neurosim.frameworks.comparison import Comparison
    from neurosim.frameworks.observe_keras import KerasObserver
    from neurosim.trace.step import Trace

GUESSES = (  # what a function between two Linears may be, the plainest first
    "linear", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", {"name": "leaky_relu", "alpha": 0.2}, "elu", "selu",
    "swish", "gelu", "softplus", "softsign", "hard_sigmoid", "exponential",
)
ENOUGH = 0.3  # of the outputs, for an activation to be the one that was meant


class Pass:
    """One pass of the model: what its modules took and gave, in the order of running."""

    def __init__(self):
        self.ran, self.outputs, self.output_gradients = [], None, None

    @property
    def went_back(self):
        return any(one.deltas is not None for one in self.ran) or self.output_gradients is not None


class Ran:
    """A module that ran; of what is no Linear only which it was."""

    def __init__(self, found):
        self.found = found
        self.inputs = self.net_inputs = self.input_gradients = self.deltas = None


class Watched:
    """What can be done with a step that was seen: `step` has its numbers."""

    step: Any

    def compare(self, other: Watched | None = None) -> Comparison:
        """The first number that departs from what it was made from, and the mistake that it equals: a `Comparison`.

        other: another model, or the same one earlier, watched on the same examples: then the first number that differs.
        """
        return compared(self.step, None if other is None else other.step)

    def trace(self) -> Trace:
        """The same step as neurosim works it out: a `Trace`, to be asked, drawn or changed."""
        return whole(self.step).trace()

    def save(self, path: Any) -> None:
        """Write what was seen to a JSON of tensors, which `neurosim compare` takes."""
        from neurosim.frameworks.tensors import write_step

        write_step(self.step, path)


class Observer(Watched):
    """Watches a model inside a `with`; afterwards it tells what was seen."""

    def __init__(self, model, loss, optimizer, targets, activations):
        self.model, self.loss, self.optimizer = unwrapped(model), loss, optimizer
        self.targets, self.activations = targets, activations
        self._labels = {
            module: label(name) if name else kind(module) for name, module in self.model.named_modules()
        }
        self._linear = [module for module in self._labels if kind(module) == "Linear"]
        if not self._linear:
            raise InputError("there is no Linear in this model")
        self._handles, self._passes, self._step = [], [], None
        self._entry, self._gradients, self._used, self._exit, self._bring_in = {}, {}, {}, {}, None

    # In and out

    def __enter__(self) -> Observer:
        if self.optimizer is not None:
            self._bring_in = brought_in(self.optimizer, self._linear)
        for parameter in self._parameters():
            self._entry[parameter] = plain(parameter), None if parameter.grad is None else plain(parameter.grad)
            if parameter.requires_grad and hasattr(parameter, "register_post_accumulate_grad_hook"):
                self._handles.append(parameter.register_post_accumulate_grad_hook(self._gradient_is_there))
        if hasattr(self.optimizer, "register_step_pre_hook"):
            self._handles.append(self.optimizer.register_step_pre_hook(self._update_begins))
        self._handles.append(self.model.register_forward_pre_hook(self._pass_begins))
        for module in self._labels:
            if next(iter(module.children()), None) is None:
                self._handles.append(module.register_forward_hook(self._module_ran))
        self._handles.append(self.model.register_forward_hook(self._pass_ends))
        if hasattr(self.loss, "register_forward_hook"):
            self._handles.append(self.loss.register_forward_hook(self._loss_ran))
        return self

    def __exit__(self, *error: object) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []
        for parameter in self._parameters():
            if parameter not in self._gradients and parameter.grad is not None and parameter.requires_grad:
                self._gradients[parameter] = plain(parameter.grad)
            self._exit[parameter] = plain(parameter)

    def _parameters(self):
        return [one for module in self._linear for one in (module.weight, module.bias) if one is not None]

    # What the hooks see

    def _pass_begins(self, module, arguments):
        self._passes = [one for one in self._passes if one.went_back]
        self._passes.append(Pass())

    def _module_ran(self, module, arguments, output):
        if not self._passes:
            return  # a part of the model was called without the model
        ran = Ran(Found(self._labels[module], module))
        self._passes[-1].ran.append(ran)
        if kind(module) == "Linear":
            ran.inputs, ran.net_inputs = _rows(arguments[0]), _rows(output)
            _watch(arguments[0], ran, "input_gradients")
            _watch(output, ran, "deltas")

    def _pass_ends(self, module, arguments, output):
        if hasattr(output, "reshape"):
            self._passes[-1].outputs = _rows(output)
            _watch(output, self._passes[-1], "output_gradients")

    def _loss_ran(self, module, arguments, output):
        self.targets = arguments[1]

    def _gradient_is_there(self, parameter):
        self._gradients[parameter] = plain(parameter.grad)

    def _update_begins(self, *_):
        there = [(parameter, parameter.grad) for parameter in self._parameters() if parameter.grad is not None]
        self._used = {parameter: plain(gradient) for parameter, gradient in there}

    # What was seen

    @property
    def step(self) -> Step:
        """What was seen, by layer. Raises InputError, with the module's name, for what is no run of dense layers."""
        if self._handles:
            raise InputError("the step is still being watched; compare behind the end of the `with`")
        if self._step is None:
            self._step = self._seen()
        return self._step

    def _seen(self):
        back = [one for one in self._passes if one.went_back]
        if len(back) > 1:
            raise InputError(f"{len(back)} passes of the model went backward; watch one step at a time")
        if not self._passes:
            raise InputError("no pass of the model was seen; call the model itself inside the `with`, not model.forward")
        seen = back[0] if back else self._passes[-1]
        linear = [one for one in seen.ran if kind(one.found.module) == "Linear"]
        _check_once(linear)
        means = meaning(self.loss, len(linear[-1].net_inputs[0])) if linear else Meaning(None, "mean")
        layers = [self._layer(one) for one in linear]
        self._join(layers, linear, seen, means)
        last, targets = layers[-1], self.targets
        targets = None if targets is None else targets_by_example(targets, last.activation, len(last.weights))
        has_loss = self.loss is not None and targets is not None
        return Step(layers, LOSSES.make(means.loss) if has_loss else None, targets, means.reduction, self._bring_in)

    @property
    def gives_net_inputs(self) -> bool:
        """Whether the model's outputs in its last pass are the net inputs of its last Linear."""
        seen = self._passes[-1]
        return [one.net_inputs for one in seen.ran if one.net_inputs is not None][-1] == seen.outputs

    def _layer(self, ran):
        module = ran.found.module
        weights, left = self._entry[module.weight]
        layer = SeenLayer(ran.found.label, None, weights, None, ran.inputs)
        layer.net_inputs, layer.deltas = ran.net_inputs, ran.deltas
        layer.left_weight_gradients, layer.weight_gradients = left, self._gradients.get(module.weight)
        layer.used_weight_gradients, layer.new_weights = self._changed(module.weight), self._exit[module.weight]
        if module.bias is not None:
            layer.biases, layer.left_bias_gradients = self._entry[module.bias]
            layer.bias_gradients, layer.new_biases = self._gradients.get(module.bias), self._exit[module.bias]
            layer.used_bias_gradients = self._changed(module.bias) or layer.bias_gradients
        return layer

    def _changed(self, parameter):
        """The gradient that the update found, if it is another than that which came in."""
        used = self._used.get(parameter)
        return None if used == self._gradients.get(parameter) else used

    def _join(self, layers, linear, seen, means):
        """Give each layer its outputs, their gradients and its activation, from what follows it."""
        given = self.activations if isinstance(self.activations, (list, tuple)) else [self.activations] * len(layers)
        if len(given) != len(layers):
            raise InputError(f"activations: expected {len(layers)}, one for each Linear, got {len(given)}")
        places = [seen.ran.index(one) for one in linear] + [len(seen.ran)]
        for index, layer in enumerate(layers):
            between = [one.found for one in seen.ran[places[index] + 1 : places[index + 1]]]
            if index + 1 < len(layers):
                layer.outputs, layer.output_gradients = linear[index + 1].inputs, linear[index + 1].input_gradients
            elif means.output is None:
                layer.outputs, layer.output_gradients = seen.outputs, seen.output_gradients
            name = given[index]
            if name is None:
                name = _activation(layer, between, means if index + 1 == len(layers) else None)
            layer.activation = ACTIVATIONS.make(name)


def observe(
    model: Any, loss: Any = None, optimizer: Any = None, targets: Any = None,
    activations: AnyActivation | list[AnyActivation | None] | None = None,
) -> Observer | KerasObserver:
    """Watch a PyTorch model, or a part of it that is a run of dense layers, while your own training step runs.

    Of a compiled Keras model the step is `model.train_on_batch(x, y)`; it says its loss and its optimizer itself.

        with ns.observe(model, loss, optimizer) as seen:
            my_step()
        print(seen.compare())

    loss:        the loss module that the step calls, whose targets are then seen; or a loss of ours, with `targets`.
                 Without it the gradient that arrives at the end is taken as given.
    optimizer:   the torch.optim optimizer that the step calls; without it new weights are not judged
    activations: of the Linears in their order, by name, where a function's numbers don't tell which it is; one for all, or a
                 list in which None leaves one to be found

    The step runs as it is. Raises InputError for what is no model of PyTorch's, and for a scripted one.
    """
    if hasattr(model, "train_on_batch"):
        from neurosim.frameworks.observe_keras import KerasObserver

        return KerasObserver(model)
    return Observer(model, loss, optimizer, targets, activations)


def run_once(model, loss, inputs):
    """(dense layers, Linears, what the loss means) of a model of any class, which is run on some inputs."""
    observer = Observer(model, loss, None, None, None)
    first = observer._linear[0].weight
    tensor = inputs if hasattr(inputs, "reshape") else first.new_tensor(inputs)
    with observer:
        model(tensor)
    step = observer.step
    layers = [Dense(one.label, one.weights, one.biases, one.activation) for one in step.layers]
    by_label = {called: module for module, called in observer._labels.items()}
    return layers, [by_label[one.label] for one in layers], meaning(loss, len(layers[-1].weights))


def _rows(tensor):
    """A tensor as a row of numbers for each example."""
    return plain(tensor.detach().reshape(-1, tensor.shape[-1]))


def _watch(tensor, owner, name):
    """Have the gradient of a tensor put down when it arrives."""
    if getattr(tensor, "requires_grad", False):
        def arrived(gradient):
            setattr(owner, name, _rows(gradient))

        tensor.register_hook(arrived)


def _check_once(linear):
    seen = set()
    for one in linear:
        if one.found.module.weight in seen:
            raise InputError(
                f"{shown(one.found.label)} ran twice in a pass, or shares its weights: that has no equal here"
            )
        seen.add(one.found.module.weight)


def _activation(layer, between, means):
    """What stands behind a Linear: by its module if it is one, or else by its numbers; `means` is of the loss behind it."""
    for one in between:
        if kind(one.module) in DROPOUTS and one.module.training and one.module.p:
            raise InputError(
                f"{shown(one.label)} drops units by chance in training mode; call model.eval(), or watch the part behind it"
            )
    modules = [one for one in between if kind(one.module) not in (*DROPOUTS, *TRANSPARENT)]
    if means is not None and means.output is not None:
        return _inside(modules, means)
    if len(modules) == 1 and kind(modules[0].module) in ACTIVATIONS_THERE:
        return described(modules[0])
    if layer.outputs is None:
        return "linear"
    if list(map(len, layer.outputs)) != list(map(len, layer.net_inputs)):
        raise InputError(f"what follows {shown(layer.label)} takes other numbers than it gives{_named(modules)}")
    shares = [_share_given(layer, ACTIVATIONS.make(guess)) for guess in GUESSES]
    best = max(shares)
    if best < ENOUGH:
        raise InputError(
            f"what {shown(layer.label)}'s numbers go through is no activation that is known here{_named(modules)}; say with "
            "activations=[...] which it should be, or watch a part of the model"
        )
    return GUESSES[shares.index(best)]


def _named(modules):
    return "".join(f"; there stands {shown(one.label)}, a {shown(kind(one.module))}" for one in modules[:1])


def _inside(modules, means):
    names = [kind(one.module) for one in modules]
    if names != list(means.ends):
        expected, got = means.ends[0] if means.ends else "nothing", " and ".join(names) or "nothing"
        raise InputError(
            f"the loss has the {means.output} inside: expected {expected} behind the last Linear, got {got}"
        )
    return means.output


def _share_given(layer, activation):
    """Which part of a layer's outputs an activation gives."""
    bits, near = bits_of(layer.weights), []
    for outputs, expected, zs in zip(layer.outputs, outputs_of(activation, layer.net_inputs), layer.net_inputs):
        largest = max(map(abs, expected), default=0.0)
        near += [abs(a - wanted) <= bits * max(largest, abs(z)) for a, wanted, z in zip(outputs, expected, zs)]
    return sum(near) / len(near) if near else 0
