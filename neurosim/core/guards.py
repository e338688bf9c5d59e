"""What must hold before and after each step of learning. Guards raise; where they change anything, they put it back, or
they make the network forget a pass that can't be learnt from.

The algorithm in `network.py` reads without them; `forward`, `backward` and `update` stand between them. A check is one
look at all that could be wrong, mostly one sum; what is wrong, and where, is searched for only if something is.
"""

from __future__ import annotations

from functools import wraps
from itertools import combinations
from typing import TYPE_CHECKING, Any, Callable, cast

from neurosim.support.errors import InputError, NonFiniteError, shorten
from neurosim.support.numeric import is_finite, is_number

if TYPE_CHECKING:
    from typing import TypeVar

    Step = TypeVar("Step", bound=Callable[..., Any])

SYMBOLS = {"net_input": "z", "output": "a", "delta": "delta"}
NOT_GIVEN = object()


def check_can_run(network):
    """A pass needs layers, whose neurons have a weight for each of their inputs."""
    if not network.layers:
        raise InputError("the network has no layers; add one, such as Layer(1)")
    if not _weights_fit(network):
        _name_first_misfit(network)


def _weights_fit(network):
    """Whether each neuron has one weight for each of its inputs."""
    fan_in = len(network.input_names)
    try:
        for layer in network.layers:
            for neuron in layer.neurons:
                if len(neuron.weights) != fan_in:
                    return False
            fan_in = layer.size
    except TypeError:  # no list
        return False
    return True


def _name_first_misfit(network):
    for names, sources, layer in network.named_layers():
        for name, neuron in zip(names, layer.neurons):
            if not hasattr(neuron.weights, "__len__"):
                wanted = f"a list of {len(sources)} numbers"
                raise InputError(f"weights of {name}: expected {wanted}, got {shorten(neuron.weights)}")
            if len(neuron.weights) != len(sources):
                raise InputError(f"weights of {name}: expected {len(sources)} numbers, got {len(neuron.weights)}")


def check_can_train(network):
    """A backward pass needs a forward pass, derivatives all the way down, and outputs for which the loss is defined."""
    output_layer, loss = network.layers[-1] if network.layers else None, network.loss
    check_can_go_back(network, output_layer and output_layer.activation.name in loss.cancels_with)
    if loss.only_with and output_layer.activation.name not in loss.only_with:
        wanted = " or ".join(loss.only_with)
        raise InputError(f"the loss {loss.name!r} needs {wanted} outputs, not {output_layer.activation.name}")


def check_can_go_back(network, cancels=False):
    """A forward pass has been, and every layer has a derivative; the last needs none where the loss `cancels` it."""
    check_can_run(network)
    output_layer = network.layers[-1]
    if output_layer.neurons[-1].output is None or output_layer.neurons[-1].batch_gradients is not None:
        raise InputError("backward needs a forward pass first")
    for names, layer in zip(network.layer_names, network.layers):
        if not (layer.activation.differentiable or layer is output_layer and cancels):
            raise InputError(
                f"{names[0]}: {layer.activation.name} has no useful derivative, so the layer cannot be trained"
                + (" except as the output under the loss 'perceptron'" if layer is output_layer else "")
            )


def refuse_mixed_numbers(step: Step) -> Step:
    """A step of learning whose numbers do not mix, as Decimals and floats, or grow too large, is bad input.

    Any other TypeError, such as one in your own activation, comes through as it is.
    """

    @wraps(step)
    def guarded(network, argument=NOT_GIVEN, **named):  # a step has one argument, and passing on *arguments costs time
        try:
            if argument is NOT_GIVEN:
                return step(network, **named)
            return step(network, argument, **named) if named else step(network, argument)
        except TypeError as error:
            mixed = _kinds_that_do_not_mix(network, [argument, *named.values()])
            if not mixed:
                raise
            raise InputError(f"numbers of the kinds {' and '.join(mixed)} do not mix: {error}") from error
        except ArithmeticError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"the arithmetic failed with {type(error).__name__}: {error}") from error

    return cast("Step", guarded)


def _kinds_that_do_not_mix(network, arguments):
    """The names of two kinds of numbers that take part in a step and cannot be multiplied; none if all can."""
    taking_part = []
    for layer in network.layers:
        for neuron in layer.neurons:
            taking_part += [*neuron.weights, *(neuron.inputs or ()), neuron.bias]
    for thing in (*arguments, network.loss, *[layer.activation for layer in network.layers]):
        taking_part += thing if isinstance(thing, (list, tuple)) else getattr(thing, "__dict__", {}).values()
    of_each_kind = {type(value): value for value in taking_part if is_number(value)}
    for (kind, value), (other_kind, other) in combinations(of_each_kind.items(), 2):
        try:
            value * other
        except TypeError:
            return kind.__name__, other_kind.__name__
    return ()


def check_can_draw_again(network):
    """New weights can only be drawn where none were given."""
    if all(layer.given_weights is not None for layer in network.layers):
        raise InputError("restarts need weights to draw; all of this network's weights were given")


def check_can_update(network, optimizer):
    """An update needs deltas; a sequential one those of a single example."""
    if not network.layers or network.layers[-1].neurons[0].delta is None:
        raise InputError("update needs a backward pass first")
    if optimizer.order == "sequential" and network.layers[0].neurons[0].batch_gradients is not None:
        raise InputError("the update order 'sequential' takes one example at a time, not a batch")


def check_finite_pass(network, outputs):
    """All net inputs and outputs must be finite.

    The outputs of a hidden layer need no look: one that is not finite makes the net inputs behind it so too, even
    behind a weight of 0.
    """
    try:
        total = sum(outputs)
        for layer in network.layers:
            for neuron in layer.neurons:
                total += neuron.net_input
        if is_finite(total):
            return
    except (TypeError, ArithmeticError):
        pass  # numbers that are finite, but do not add up: Decimals beside the floats of your own activation
    _name_first_in_the_pass(network, "net_input", "output")


def check_finite_deltas(network):
    """All deltas must be finite."""
    try:
        total = 0
        for layer in network.layers:
            for neuron in layer.neurons:
                total += neuron.delta
        if is_finite(total):
            return
    except (TypeError, ArithmeticError):
        pass
    _name_first_in_the_pass(network, "delta")


def _name_first_in_the_pass(network, *attributes):
    """Raise for the first number that is not finite, if there is one: a sum can overflow though none of its terms does."""
    for layer, names in zip(network.layers, network.layer_names):
        for attribute in attributes:
            for name, neuron in zip(names, layer.neurons):
                value = getattr(neuron, attribute)
                if not is_finite(value):
                    forget_pass(network)
                    raise NonFiniteError(SYMBOLS[attribute], name, value)


def check_finite_loss(network, loss):
    """The loss itself can overflow though no delta does."""
    if not is_finite(loss):
        forget_pass(network)
        raise NonFiniteError("E", "", loss)


def forget_pass(network):
    """Make the output layer forget its outputs, so that nothing can be learnt from a pass that failed, or fails yet."""
    for neuron in network.layers[-1].neurons:
        neuron.output = neuron.delta = None


class Snapshot:
    """Every neuron with its weights and bias, and all that an optimizer's updates change, to put them back by."""

    def __init__(self, network, optimizer):
        self.parameters = [(neuron, neuron.weights, neuron.bias) for layer in network.layers for neuron in layer.neurons]
        self.optimizer, self.remembered = optimizer, optimizer.snapshot()

    def put_back(self):
        for neuron, weights, bias in self.parameters:
            neuron.weights, neuron.bias = weights, bias
        vars(self.optimizer).update({**self.remembered, "memory": dict(self.remembered["memory"])})  # which updates change

    def still_finite(self):
        """True if all present weights and biases are finite, as they are if their sum is."""
        try:
            total = 0
            for neuron, _, _ in self.parameters:
                total += sum(neuron.weights)
                if neuron.bias is not None:
                    total += neuron.bias
            if is_finite(total):
                return True
        except (TypeError, ArithmeticError):
            pass
        return all([is_finite(number) for neuron, _, _ in self.parameters for number in (*neuron.weights, neuron.bias or 0)])


def all_or_nothing(network, optimizer, descend):
    """Update by `descend`; should it be interrupted or leave a number that is not finite, all is put back."""
    before = Snapshot(network, optimizer)
    done_or_put_back(before, _descend_and_look, network, optimizer, descend, before)


def _descend_and_look(network, optimizer, descend, before):
    descend(optimizer)
    if not before.still_finite():
        _name_first_not_finite(network)


def done_or_put_back(before, step, *arguments):
    """Run a step and return what it returns; if it does not finish, call `before.put_back()`, which may be called twice.

    The step counts as finished from the assignment on: a later interruption is raised, but nothing is put back.
    """
    done = False
    try:
        try:
            result = step(*arguments)
            done = True
            return result
        finally:
            if not done:
                before.put_back()
    finally:
        if not done:  # once more, because a second interruption may have cut the first time short
            before.put_back()


def _name_first_not_finite(network):
    for names, sources, layer in network.named_layers():
        for name, neuron in zip(names, layer.neurons):
            for source, weight in zip(sources, neuron.weights):
                if not is_finite(weight):
                    raise NonFiniteError("w+", f"{source}->{name}", weight)
            if neuron.bias is not None and not is_finite(neuron.bias):
                raise NonFiniteError("b+", name, neuron.bias)
