"""Check the derivatives of a network's activations and loss, one by one, where an example has led them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import make_address
from neurosim.support.scaled import scale_of, value_of
from neurosim.support.errors import InputError
from neurosim.support.numeric import is_finite, magnitude
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.core.activations import Activation
    from neurosim.core.losses import Loss
    from neurosim.support.types import Number


@documented
class WrongDerivative(NamedTuple):
    """A derivative that is not the slope of its function.

    of:      the activation or loss
    address: of what its derivative makes
    given:   that value
    slope:   what it should be
    by:      the address of the number that the slope is by
    at:      the value of that number
    error:   the relative error
    """

    of: Activation | Loss
    address: str
    given: Number
    slope: Number
    by: str
    at: Number
    error: Number


def wrong_derivatives(network, targets, method, number=None):
    """A `WrongDerivative` for each of the last pass that is not the slope of its function.

    number: of the pass in the addresses, if it is one of several.
    """
    found, address = [], partial(make_address, pass_number=number)
    for names, _, layer in network.named_layers():
        for index, name in enumerate(names):
            found.append(_of_activation(layer, index, method, address("f'", name), address("z", name)))
    loss, layer, names = network.loss, network.layers[-1], network.layer_names[-1]
    edges = [at_edge(loss, neuron.output, t, layer.size, method) for neuron, t in zip(layer.neurons, targets)]
    for index, name in enumerate(names):
        if not edges[index]:
            found.append(_of_loss(loss, layer, index, targets, method, address("dE/da", name), address("a", name)))
    if layer.neurons[0].output_gradient is None and not any(edges):  # loss and activation cancel, or say so
        for index, name in enumerate(names):
            found.append(_of_both(loss, layer, index, targets, method, address("delta", name), address("z", name)))
    return [wrong for wrong in found if wrong]


def at_edge(loss, output, target, size, method):
    """True where one output's term of the loss ends or is cut off, as a logarithm of 0 is: it has no slope there."""
    slope = _slope(loss, method, _term(loss, target, size, method), output)
    if slope is None:
        return True
    cut_off = magnitude(slope.at - method.number(loss.term(output, target, size)))
    return not is_finite(slope.value) or cut_off * 10**9 > 1 + magnitude(slope.at)


def _term(loss, target, size, method):
    """One output's term of the loss as a function of the output."""
    target = method.number(target)
    return lambda output: loss.term(output, target, size)


def _of_activation(layer, index, method, address, by):
    activation, neuron = layer.activation, layer.neurons[index]
    given = _measured(activation, method, activation.derivative, neuron.net_input, neuron.output)
    return _compared(activation, address, given, by, neuron.net_input, method, _fire(layer, index, method))


def _fire(layer, index, method):
    """The output of one neuron as a function of its net input."""
    if not layer.activation.coupled:
        return layer.activation
    outputs = _outputs(layer, index, method)
    return lambda net_input: outputs(net_input)[index]


def _outputs(layer, index, method):
    """The outputs of a layer as a function of one neuron's net input, those of the others as they are."""
    net_inputs = [method.number(neuron.net_input) for neuron in layer.neurons]

    def outputs(net_input):
        together = [*net_inputs[:index], net_input, *net_inputs[index + 1 :]]
        shared = [layer.activation.normaliser(together)] if layer.activation.coupled else []
        return [layer.activation(z, *shared) for z in together]

    return outputs


def _of_loss(loss, layer, index, targets, method, address, by):
    output, target = layer.neurons[index].output, targets[index]
    given = _measured(loss, method, lambda a: loss.derivative(a, target, layer.size), output)
    return _compared(loss, address, given, by, output, method, _term(loss, target, layer.size, method))


def _of_both(loss, layer, index, targets, method, address, by):
    """Whether delta is a - t, of an activation that the loss names as one that its derivative cancels with."""
    neuron, outputs, numbers = layer.neurons[index], _outputs(layer, index, method), list(map(method.number, targets))
    delta = _measured(loss, method, lambda a: a - targets[index], neuron.output)
    return _compared(loss, address, delta, by, neuron.net_input, method, lambda z: loss(outputs(z), numbers))


def _compared(of, address, given, by, at, method, function):
    """The `WrongDerivative`, or None if it is right or can't be told, as at a kink."""
    slope = _slope(of, method, function, at)
    if slope is None or slope.kink or not is_finite(slope.value):
        return None
    error = relative_error(value_of(given), slope, scale_of(given))
    if error <= method.tolerance:
        return None
    return WrongDerivative(of, address, value_of(given), of_kind(slope.value, value_of(given)), by, at, error)


def relative_error(given, slope, scale):
    """|given - slope| / scale, where the scale is the largest of their own ones."""
    value = of_kind(slope.value, given)
    difference = magnitude(given - value)
    if difference == 0:
        return 0
    scales = [magnitude(given), magnitude(value), scale, of_kind(slope.scale, given)]
    error = difference / max(scale for scale in scales if is_finite(scale))
    return error if is_finite(error) else float("inf")


def of_kind(number, like):
    """The number as a float beside floats, so that fifty digits can be compared with sixteen."""
    return number if type(number) is type(like) or not hasattr(number, "ln") else type(like)(number)


def _measured(of, method, function, *values):
    """The function's number, which knows its scale if the method tells scales."""
    return _guarded(of, method, function)(*map(method.measured, values))


def _slope(of, method, function, x):
    """The `Slope` of the function at x, or None where it can't be worked out."""
    function = _guarded(of, method, function)
    try:
        return method.slopes(lambda y: [function(y)], x)[0]
    except FloatsOnlyError:
        raise
    except (ArithmeticError, ValueError):
        return None


class FloatsOnlyError(InputError, TypeError):
    """Your own activation or loss that can't be sent the method's numbers."""


def _guarded(of, method, function):
    """The function, which says so if it takes floats only, or turns what it takes into floats."""

    def guarded(*values):
        try:
            result = function(*values)
            result - values[0]  # which fails if they are of kinds that do not mix
            return result
        except (TypeError, AttributeError) as error:
            raise FloatsOnlyError(
                f"{of.name} takes floats only ({error}), and the method {method.name!r} sends it other numbers; "
                "use exp, log, ... of neurosim.support.numeric in it, or the method 'central'"
            ) from error

    return guarded
