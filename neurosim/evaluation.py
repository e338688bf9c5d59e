"""What a network makes of examples: its outputs, the classes they mean, its loss and metrics."""

from neurosim import checks
from neurosim.errors import InputError, NonFiniteError
from neurosim.metrics import classes, make_metrics

ABOUT_NOUGHT = ("sign", "tanh", "bipolar_sigmoid", "softsign", "arctan")  # activations from -1 to 1, or about so


def evaluate(network, inputs, targets, metrics=()):
    """The mean loss of some examples, and metrics, by name."""
    inputs, targets = checked_examples(network, inputs, targets)
    outputs = predict(network, inputs)
    losses = [network.loss(output, target) for output, target in zip(outputs, targets)]
    measured = {metric.name: metric(outputs, targets) for metric in make_metrics(metrics)}
    return {"loss": sum(losses) / len(losses), **measured}


def predict(network, inputs):
    """The outputs for each of several examples, as a list of lists."""
    return [network.forward(example) for example in checks.as_list(inputs, "inputs", of="lists")]


def predict_classes(network, inputs):
    """The class of each of several examples: the largest output's number, or of one output 1 above the middle.

    The middle is 0.5, and 0 for the activations that go from about -1 to 1.
    """
    outputs = predict(network, inputs)
    return classes(outputs, 0 if network.layers[-1].activation.name in ABOUT_NOUGHT else 0.5)


def checked_examples(network, inputs, targets):
    """Inputs and targets as lists of lists of numbers that fit the network, and as many of the one as of the other."""
    inputs, targets = (checks.as_list(values, place, of="lists") for values, place in ((inputs, "inputs"), (targets, "targets")))
    if not inputs or len(inputs) != len(targets):
        raise InputError(f"expected examples, each with targets; got {len(inputs)} inputs and {len(targets)} targets")
    if not network.layers:
        raise InputError("the network has no layers; add one, such as Layer(1)")
    parts = (inputs, "inputs", "a", network.input_names), (targets, "targets", "t", network.layer_names[-1])
    return [
        [_numbered(number, values, place, quantity, names) for number, values in enumerate(part, 1)]
        for part, place, quantity, names in parts
    ]


def _numbered(number, values, place, quantity, names):
    try:
        return checks.example(values, place, quantity, names)
    except NonFiniteError as error:
        error.example = number
        raise
    except InputError as error:
        raise InputError(f"example {number}: {error}") from None
