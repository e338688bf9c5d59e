"""Examples: rows of inputs and targets, checked against the network that is to learn from them."""

from __future__ import annotations

from contextlib import contextmanager

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
    checked_inputs, checked_targets = [], []
    for number, (example, target) in enumerate(zip(inputs, targets), 1):
        with numbered(number):
            checked_inputs.append(checks.example(example, "inputs", "a", network.input_names))
            checked_targets.append(checks.example(target, "targets", "t", output_names))
            network.loss.check_targets(checked_targets[-1], output_layer.activation)
    return checked_inputs, checked_targets


@contextmanager
def numbered(number):
    """What is wrong with this example says which one it is."""
    try:
        yield
    except NonFiniteError as error:
        error.example = number
        raise
    except InputError as error:
        raise InputError(f"example {number}: {error}") from None
