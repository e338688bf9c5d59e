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
    input_names, output_names = network.input_names, network.layer_names[-1]
    plain = checks.lists_of_floats(inputs, len(input_names)) and checks.lists_of_floats(targets, len(output_names))
    if plain:
        inputs, targets = list(map(list.copy, inputs)), list(map(list.copy, targets))
    check_targets, activation = network.loss.check_targets, network.layers[-1].activation
    for index, (example, target) in enumerate(zip(inputs, targets)):
        try:
            if not plain:
                inputs[index] = checks.example(example, "inputs", "a", input_names)
                targets[index] = target = checks.example(target, "targets", "t", output_names)
            check_targets(target, activation)
        except InputError as error:
            raise of_example(index + 1, error) from None
    return inputs, targets


def of_example(number, error):
    """The InputError, saying which example it is about."""
    if not isinstance(error, NonFiniteError):
        return InputError(f"example {number}: {error}")
    error.example = number
    return error
