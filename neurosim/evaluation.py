"""What a network makes of examples: its outputs, the classes they mean, its loss and metrics."""

from neurosim import checks
from neurosim.errors import InputError, NonFiniteError
from neurosim.metrics import classes, make_metrics


def middle_of(network):
    """Where the two classes of a single output part: 0 if its targets are -1 and 1, and else 0.5."""
    return network.layers[-1].activation.middle if network.loss.middle is None else network.loss.middle


def evaluate(network, inputs, targets, metrics=()):
    """The mean loss of some examples, and metrics, by name."""
    inputs, targets = checked_examples(network, inputs, targets)
    outputs = predict(network, inputs)
    losses = [network.loss(output, target) for output, target in zip(outputs, targets)]
    measured = {metric.name: metric(outputs, targets, middle_of(network)) for metric in make_metrics(metrics)}
    return {"loss": sum(losses) / len(losses), **measured}


def predict(network, inputs):
    """The outputs for each of several examples, as a list of lists."""
    return [network.forward(example) for example in checks.as_list(inputs, "inputs", of="lists")]


def predict_classes(network, inputs):
    """The class of each of several examples: the largest output's number, or of one output 1 above the middle."""
    return classes(predict(network, inputs), middle_of(network))


def checked_examples(network, inputs, targets):
    """Inputs and targets as lists of lists of numbers that fit the network, and as many of the one as of the other."""
    inputs, targets = checks.as_list(inputs, "inputs", of="lists"), checks.as_list(targets, "targets", of="lists")
    if not inputs or len(inputs) != len(targets):
        raise InputError(f"expected examples, each with targets; got {len(inputs)} inputs and {len(targets)} targets")
    if not network.layers:
        raise InputError("the network has no layers; add one, such as Layer(1)")
    output_layer, output_names = network.layers[-1], network.layer_names[-1]
    checked_inputs, checked_targets, number = [], [], 0
    try:
        for number, (example, target) in enumerate(zip(inputs, targets), 1):
            checked_inputs.append(checks.example(example, "inputs", "a", network.input_names))
            checked_targets.append(checks.example(target, "targets", "t", output_names))
            network.loss.check_targets(checked_targets[-1], output_layer.activation)
    except NonFiniteError as error:
        error.example = number
        raise
    except InputError as error:
        raise InputError(f"example {number}: {error}") from None
    return checked_inputs, checked_targets
