"""Examples: rows of inputs and targets, checked against the network that is to learn from them."""

from __future__ import annotations

from neurosim.support import checks
from neurosim.support.errors import InputError, NonFiniteError


def checked_examples(network, inputs, targets):
    """Inputs and targets as lists of lists of numbers that fit the network, and as many of the one as of the other."""
    inputs, targets = checks.as_list(inputs, "inputs", of="lists"), checks.as_list(targets, "targets", of="lists")
    if not inputs or len(inputs) != len(targets):
        raise InputError(f"expected examples, each with targets; got {len(inputs)} inputs and {len(targets)} targets")
    if not network.layers:
        raise InputError("the network has no layers; add one, such as Layer(1)")
    output_layer, output_names = network.layers[-1], network.layer_names[-1]
    loss, activation, checked_inputs, checked_targets = network.loss, output_layer.activation, [], []
    for number, (example, target) in enumerate(zip(inputs, targets), 1):
        try:
            checked_inputs.append(checks.example(example, "inputs", "a", network.input_names))
            checked_targets.append(checks.example(target, "targets", "t", output_names))
            loss.check_targets(checked_targets[-1], activation)
        except InputError as error:
            raise of_example(number, error) from None
    return checked_inputs, checked_targets


def of_example(number, error):
    """The InputError, saying which example it is about."""
    if not isinstance(error, NonFiniteError):
        return InputError(f"example {number}: {error}")
    error.example = number
    return error
