"""How a network does on examples: its outputs, the classes they mean, its loss and metrics."""

from __future__ import annotations

from neurosim.core.examples import checked_examples
from neurosim.support import checks
from neurosim.support.errors import NonFiniteError
from neurosim.support.numeric import is_finite
from neurosim.training.metrics import classes, make_metrics


def middle_of(network):
    """Where the two classes of a single output part: 0 if its targets are -1 and 1, and else 0.5."""
    return network.layers[-1].activation.middle if network.loss.middle is None else network.loss.middle


def evaluate(network, inputs, targets, metrics=()):
    """The mean loss and metrics of some examples, as `Network.evaluate` says."""
    inputs, targets = checked_examples(network, inputs, targets)
    outputs = predict(network, inputs)
    losses = [network.loss(output, target) for output, target in zip(outputs, targets)]
    return measured(network, losses, outputs, targets, make_metrics(metrics))


def measured(network, losses, outputs, targets, metrics):
    """The mean loss and the metrics of examples that went through, by name; NonFiniteError where one is too large."""
    middle = middle_of(network)
    row = {"loss": sum(losses) / len(losses), **{metric.name: metric(outputs, targets, middle) for metric in metrics}}
    for name, value in row.items():
        if not is_finite(value):
            raise NonFiniteError(name, "", value)
    return row


def predict(network, inputs):
    """The outputs for each of several examples, as a list of lists."""
    return [network.forward(example) for example in checks.as_list(inputs, "inputs", of="lists")]


def predict_classes(network, inputs):
    """The class of each of several examples, as `Network.predict_classes` says."""
    return classes(predict(network, inputs), middle_of(network))
