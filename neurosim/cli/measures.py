"""Measures of a network on examples, in the unit of the data file that it learned from."""

from __future__ import annotations

from neurosim.support.errors import shown
from neurosim.support.number_text import number_text


def is_classification(problem):
    """Whether the targets are classes."""
    if problem.preparation is not None:
        return problem.preparation.classes is not None
    return problem.network.loss.name in ("binary_crossentropy", "categorical_crossentropy", "perceptron", "hinge")


def metrics_for(problem):
    """The names of the metrics that suit the targets."""
    from neurosim.training.metrics import OF_CLASSES, OF_QUANTITIES

    return OF_CLASSES if is_classification(problem) else OF_QUANTITIES


def measured(problem, inputs, targets, metrics):
    """The loss as the network learns it, and metrics of outputs and targets in their own unit, by name."""
    from neurosim.training.metrics import make_metrics

    network, preparation = problem.network, problem.preparation
    if preparation is None or not preparation.scales_target:
        return network.evaluate(inputs, targets, metrics)
    outputs, wanted = map(preparation.in_own_unit, (network.predict(inputs), targets))
    in_own_unit = {metric.name: metric(outputs, wanted) for metric in make_metrics(metrics)}
    return {**network.evaluate(inputs, targets), **in_own_unit}


def unit_note(problem):
    """A line that says in which units the measures are, or nothing where there is but one."""
    preparation = problem.preparation
    if preparation is None or not preparation.scales_target:
        return ""
    center, scale = number_text(preparation.target_center), number_text(preparation.target_scale)
    return f"loss: of (t - {center}) / {scale}, as it is learnt; rmse and mae: in the unit of {shown(preparation.target)}"
