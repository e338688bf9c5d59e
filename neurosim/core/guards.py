"""What must hold before and after each step of learning. Guards raise, and change nothing but what they put back.

The algorithm in `network.py` reads without them; `forward`, `backward` and `update` stand between them.
"""

from __future__ import annotations

from functools import wraps
from itertools import combinations
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Callable, cast

from neurosim.support.errors import InputError, NonFiniteError, shorten
from neurosim.support.numeric import is_finite, is_number

if TYPE_CHECKING:
    from typing import TypeVar

    Step = TypeVar("Step", bound=Callable[..., Any])

SYMBOLS = {"net_input": "z", "output": "a", "delta": "delta"}
READERS = {attribute: attrgetter(attribute) for attribute in SYMBOLS}


def check_can_run(network):
    """A pass needs layers, whose neurons have a weight for each of their inputs."""
    if not network.layers:
        raise InputError("the network has no layers; add one, such as Layer(1)")
    fan_in = len(network.input_names)
    for layer, names in zip(network.layers, network.layer_names):
        for neuron, name in zip(layer.neurons, names):
            if not hasattr(neuron.weights, "__len__"):
                raise InputError(f"weights of {name}: expected a list of {fan_in} numbers, got {shorten(neuron.weights)}")
            if len(neuron.weights) != fan_in:
                raise InputError(f"weights of {name}: expected {fan_in} numbers, got {len(neuron.weights)}")
        fan_in = layer.size


def check_can_train(network):
    """A backward pass needs a forward pass, and derivatives all the way down."""
    check_can_run(network)
    output_layer, loss = network.layers[-1], network.loss
    if output_layer.neurons[0].output is None or output_layer.neurons[0].batch_gradients is not None:
        raise InputError("backward needs a forward pass first")
    cancels = output_layer.activation.name in loss.cancels_with
    for layer, names in zip(network.layers, network.layer_names):
        if not (layer.activation.differentiable or cancels and layer is output_layer):
            raise InputError(
                f"{names[0]}: {layer.activation.name} has no useful derivative, so the layer cannot be trained"
                + (" except as the output under the loss 'perceptron'" if layer is output_layer else "")
            )
    if loss.only_with and output_layer.activation.name not in loss.only_with:
        wanted = " or ".join(loss.only_with)
        raise InputError(f"the loss {loss.name!r} needs {wanted} outputs, not {output_layer.activation.name}")


def refuse_mixed_numbers(step: Step) -> Step:
    """A step of learning whose numbers do not mix, as Decimals and floats, or grow too large, is bad input.

    Any other TypeError, such as one in your own activation, comes through as it is.
    """

    @wraps(step)
    def guarded(network, *arguments, **named):
        try:
            return step(network, *arguments, **named)
        except TypeError as error:
            mixed = _kinds_that_do_not_mix(network, [*arguments, *named.values()])
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


def check_finite(network, *attributes):
    """What every neuron has just computed must be finite; the first that is not is named.

    The output layer then forgets its outputs, so that nothing can be learnt from such a pass.
    """
    for layer, names in zip(network.layers, network.layer_names):
        for attribute in attributes:
            read = READERS[attribute]
            if not is_finite(sum(map(read, layer.neurons))):
                for name, neuron in zip(names, layer.neurons):
                    if not is_finite(read(neuron)):
                        broken = NonFiniteError(SYMBOLS[attribute], name, read(neuron))
                        for output_neuron in network.layers[-1].neurons:
                            output_neuron.output = output_neuron.delta = None
                        raise broken


def check_finite_loss(loss):
    """The loss itself can overflow though no delta does."""
    if not is_finite(loss):
        raise NonFiniteError("E", "", loss)


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
        """True if the sum of every neuron's present weights and bias is finite, so that all of them are."""
        return all([is_finite(sum(neuron.weights) + (neuron.bias or 0)) for neuron, _, _ in self.parameters])


def all_or_nothing(network, optimizer, descend):
    """Update by `descend`; should it be interrupted or leave a number that is not finite, all is put back."""
    before = Snapshot(network, optimizer)
    done_or_put_back(before, _descend_and_look, network, optimizer, descend, before)


def _descend_and_look(network, optimizer, descend, before):
    descend(optimizer)
    if not before.still_finite():
        _name_first_not_finite(network)  # or nothing: a sum can overflow though none of its terms does


def done_or_put_back(before, step, *arguments):
    """What `step` returns once it is done; if it is not, whatever it has changed is as it was `before`.

    before: an object whose `put_back()` puts it back, however far the step has come, and once more with the same result.
    One assignment parts what is put back from what stays: an interruption behind it comes through to the caller, but the
    step is done.
    """
    done = False
    try:
        result = step(*arguments)
        done = True
        return result
    finally:
        if not done:
            _surely(before.put_back)


def _surely(put_back):
    """Put back; a second interruption meanwhile begins it again."""
    try:
        put_back()
    except KeyboardInterrupt:
        put_back()
        raise


def _name_first_not_finite(network):
    for names, sources, layer in network.named_layers():
        for name, neuron in zip(names, layer.neurons):
            for source, weight in zip(sources, neuron.weights):
                if not is_finite(weight):
                    raise NonFiniteError("w+", f"{source}->{name}", weight)
            if neuron.bias is not None and not is_finite(neuron.bias):
                raise NonFiniteError("b+", name, neuron.bias)
