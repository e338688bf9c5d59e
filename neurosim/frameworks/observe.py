"""Watching a PyTorch model while its owner's own step runs.

Forward hooks on Linears see the net inputs as they come out, and the outputs of the layer before as they come in, whatever
function made one of the other, in place or not. Hooks on those tensors see the gradients. Nothing is stepped, cleared or
seeded, and every hook is taken out again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neurosim.core.activations import ACTIVATIONS
from neurosim.core.losses import LOSSES, Loss
from neurosim.frameworks.between import activations_between
from neurosim.frameworks.comparison import compared
from neurosim.frameworks.dense import Dense, plain, targets_by_example
from neurosim.frameworks.judged import whole
from neurosim.frameworks.pytorch import (
    DROPOUTS, Found, brought_in, check_weight, is_linear, kind, label, meaning, unwrapped,
)
from neurosim.frameworks.seen import SeenLayer, Step
from neurosim.support.errors import InputError, shown

if TYPE_CHECKING:
    from neurosim.core.activations import AnyActivation
    from neurosim.frameworks.comparison import Comparison
    from neurosim.frameworks.observe_keras import KerasObserver
    from neurosim.trace.step import Trace

OF_CLASSES = ("CrossEntropyLoss", "NLLLoss")  # losses whose targets may have fewer axes than the outputs


class Pass:
    """One pass of the model: what its modules took and gave, in the order of running."""

    def __init__(self):
        self.ran, self.outputs, self.output_gradients, self.can_go_back = [], None, None, False
        self.latest = None  # the last Linear that ran, its output, and how often that had been changed in place

    def arrived(self, tensor):
        """Note that a tensor has come to what follows: whether it is the last Linear's output, unchanged."""
        if self.latest and tensor is self.latest[1] and getattr(tensor, "_version", 0) == self.latest[2]:
            self.latest[0].is_passed_on = True

    @property
    def went_back(self):
        return any(one.deltas is not None for one in self.ran) or self.output_gradients is not None


class Ran:
    """A module that ran; of what is no Linear only which it was."""

    def __init__(self, found):
        self.found = found
        self.inputs = self.net_inputs = self.input_gradients = self.deltas = None
        self.is_passed_on = False  # whether its output goes on as it is


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
        meaning(loss, 1)  # which refuses a loss that is not known
        if isinstance(loss, (str, dict, Loss)) and targets is None:
            raise InputError("a loss by its name needs targets=...; those of a loss module are seen when it is called")
        self._labels = {
            module: label(name) if name else kind(module) for name, module in self.model.named_modules()
        }
        self._linear = [module for module in self._labels if is_linear(module)]
        if not self._linear:
            raise InputError("there is no Linear in this model")
        for module, called in self._labels.items():
            unwrapped(module)  # which refuses a scripted part
            if is_linear(module):
                check_weight(module, called)
        self.is_strict = False  # whether an activation that only may be the one is refused
        self._forget()

    def _forget(self):
        self._handles, self._passes, self._losses, self._step = [], [], [], None
        self._refused = self._spread = ""  # why new weights are not judged, and what is odd about the targets
        self._entry, self._gradients, self._used, self._exit, self._bring_in = {}, {}, {}, {}, None

    # In and out

    def __enter__(self) -> Observer:
        self._forget()
        try:
            self._put_in()
        except BaseException:
            self._take_out()
            raise
        return self

    def _put_in(self):
        if self.optimizer is not None:
            self._bring_optimizer_in()
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
            self._handles.append(self.loss.register_forward_hook(self._loss_ran, with_kwargs=True))

    def _bring_optimizer_in(self):
        try:
            self._bring_in = brought_in(self.optimizer, self._linear)
        except InputError as error:
            self._refused = str(error)

    def _take_out(self):
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def __exit__(self, *error: object) -> None:
        self._take_out()
        for parameter in self._parameters():
            if parameter not in self._gradients and parameter.grad is not None and parameter.requires_grad:
                self._gradients[parameter] = plain(parameter.grad)
            self._exit[parameter] = plain(parameter)

    def _parameters(self):
        return [one for module in self._linear for one in (module.weight, module.bias) if one is not None]

    # What the hooks see

    def _pass_begins(self, module, arguments):
        self._passes = [one for one in self._passes if one.can_go_back]
        self._passes.append(Pass())

    def _module_ran(self, module, arguments, output):
        if not self._passes:
            return  # a part of the model was called without the model
        ran = Ran(Found(self._labels[module], module))
        self._passes[-1].ran.append(ran)
        if is_linear(module):
            self._passes[-1].arrived(arguments[0])
            self._passes[-1].latest = ran, output, getattr(output, "_version", 0)
            ran.inputs, ran.net_inputs = _rows(arguments[0]), _rows(output)
            self._watch(arguments[0], ran, "input_gradients")
            self._watch(output, ran, "deltas")

    def _pass_ends(self, module, arguments, output):
        self._passes[-1].arrived(output)
        self._passes[-1].latest = None
        if hasattr(output, "reshape") and output.dim():
            self._passes[-1].outputs = _rows(output)
            self._watch(output, self._passes[-1], "output_gradients")

    def _watch(self, tensor, owner, name):
        """Have the gradient of a tensor put down when it arrives."""
        if getattr(tensor, "requires_grad", False):
            def arrived(gradient):
                setattr(owner, name, _rows(gradient))

            self._handles.append(tensor.register_hook(arrived))
            self._passes[-1].can_go_back = True

    def _loss_ran(self, module, arguments, named, output):
        outputs, targets = [*arguments, *[named[name] for name in ("input", "target") if name in named]][:2]
        shapes = [tuple(getattr(one, "shape", ())) for one in (outputs, targets)]
        if kind(module) not in OF_CLASSES and shapes[0] != shapes[1]:
            both = "outputs of the shape {} and targets of {}".format(*shapes)
            self._spread = f"the loss got {both}, which it spreads over each other; give targets of the outputs' shape"
        self._losses.append((_rows(outputs), targets))

    def _gradient_is_there(self, parameter):
        self._gradients[parameter] = plain(parameter.grad)

    def _update_begins(self, optimizer, arguments, named):
        self._bring_optimizer_in()  # with the learning rate as it is now
        others = [one for one in (*arguments, *named.values()) if one is not None and one is not optimizer]
        if not others:  # no closure, which would work the gradients out only then
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
        linear = [one for one in seen.ran if is_linear(one.found.module)]
        if not linear or not linear[0].inputs:
            raise InputError("no Linear ran in the pass of the model, or there were no examples")
        _check_once(linear)
        means = meaning(self.loss, len(linear[-1].net_inputs[0]))
        layers = [self._layer(one) for one in linear]
        self._join(layers, linear, seen, means)
        last, targets = layers[-1], self._targets_of(seen, len(layers[-1].weights))
        targets = None if targets is None else targets_by_example(targets, last.activation, len(last.weights))
        has_loss = self.loss is not None and targets is not None
        step = Step(layers, LOSSES.make(means.loss) if has_loss else None, targets, means.reduction, self._bring_in)
        if self.loss is not None and not has_loss:
            step.notes.append("the loss was not called on the model's outputs, so it is not judged")
        if self._spread and has_loss:
            step.notes.append(self._spread)
        if self._refused:
            step.notes.append(f"new weights are not judged: {self._refused}")
        return step

    def _targets_of(self, seen, size):
        """The targets that the loss was called with on the outputs of a pass; None if it was not."""
        if self.targets is not None or seen.outputs is None:
            return self.targets
        own = repr(_as_wide(seen.outputs, size))  # of which some may be no numbers
        return next((targets for outputs, targets in self._losses if repr(_as_wide(outputs, size)) == own), None)

    def _activation(self, layer, between, means, is_passed_on):
        if is_passed_on and not (means and means.output):
            return "linear"
        fitting = activations_between(layer, between, means)
        others = [name for name in fitting if name != "linear"]
        if self.is_strict and len(others) > 1:
            names = ", ".join(ACTIVATIONS.make(name).label for name in others)
            raise InputError(f"on these inputs the activation behind {shown(layer.label)} may be any of {names}; give more "
                             "inputs, or say with activations=[...] which it is")
        return fitting[0]

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
            layer.used_bias_gradients = self._changed(module.bias)
        return layer

    def _changed(self, parameter):
        """The gradient that the update found, if it is another than that which came in."""
        used = self._used.get(parameter)
        return None if repr(used) == repr(self._gradients.get(parameter)) else used  # of which some may be no numbers

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
            elif seen.outputs is not None:
                layer.outputs = _as_wide(seen.outputs, len(layer.weights))
                layer.output_gradients = seen.output_gradients and _as_wide(seen.output_gradients, len(layer.weights))
            name = given[index]
            if name is None:
                last = means if index + 1 == len(layers) else None
                name = self._activation(layer, between, last, linear[index].is_passed_on)
            layer.activation = ACTIVATIONS.make(name)
            if means.output is not None and index + 1 == len(layers):
                layer.outputs_are_inside()


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


def run_once(model, loss, inputs, activations):
    """(dense layers, Linears, what the loss means) of a model of any class, which is run on some inputs."""
    observer = Observer(model, None, None, None, activations)
    observer.is_strict = True
    modules = list(observer.model.modules())
    for module in modules:
        if kind(module) in DROPOUTS and module.training and module.p:
            called = observer._labels[module]
            raise InputError(f"{shown(called)} is in training mode and drops units by chance; call model.eval() first")
    first, modes = observer._linear[0].weight, [module.training for module in modules]
    try:
        tensor = inputs if hasattr(inputs, "reshape") else first.new_tensor(plain(inputs))
        model.eval()  # so that nothing is counted or drawn
        with observer:
            model(tensor)
    except (RuntimeError, TypeError, ValueError) as error:
        raise InputError(f"inputs: the model can't be run with them: {shown(str(error), 200)}") from None
    finally:
        for module, mode in zip(modules, modes):
            module.training = mode
    observer.loss = loss
    step = observer.step
    layers = [Dense(one.label, one.weights, one.biases, one.activation) for one in step.layers]
    if step.layers[0].inputs != _rows(tensor):
        raise InputError(f"something before {shown(layers[0].label)} changes the inputs; give the part behind it")
    by_label = {called: module for module, called in observer._labels.items()}
    return layers, [by_label[one.label] for one in layers], meaning(loss, len(layers[-1].weights))


def _as_wide(rows, size):
    """Rows of so many numbers, in place of one row or a column of all of them."""
    numbers = [number for row in rows for number in row]
    if rows and len(rows[0]) != size and len(numbers) % size == 0:
        return [numbers[start : start + size] for start in range(0, len(numbers), size)]
    return rows


def _rows(tensor):
    """A tensor as a row of numbers for each example."""
    return plain(tensor.detach().reshape(-1, tensor.shape[-1]))


def _check_once(linear):
    seen = set()
    for one in linear:
        if one.found.module.weight in seen:
            raise InputError(
                f"{shown(one.found.label)} ran twice in a pass, or shares its weights: that has no equal here"
            )
        seen.add(one.found.module.weight)
