"""Metrics: how good outputs are, in numbers that people compare.

Each takes the outputs and the targets of all examples, a list of lists each, and gives one number.
An example's class is the index of its largest output; with a single output it is 1 above `middle` and else
0. The middle is 0.5, or 0 for a network whose targets are -1 and 1.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.numeric import sqrt
from neurosim.support.registry import Named, Registry

if TYPE_CHECKING:
    from typing import Sequence, Union

    from neurosim.support.types import Number

    AnyMetric = Union[str, "Metric"]


def classes(rows, middle=0.5):
    """The class of each row of outputs or targets."""
    if rows and len(rows[0]) == 1:
        return [int(row[0] > middle) for row in rows]
    return [max(range(len(row)), key=row.__getitem__) for row in rows]


def confusion_matrix(outputs, targets, middle=0.5):
    """How often an example of class i (row) was given the class j (column)."""
    size = max(2, len(targets[0]))
    matrix = [[0] * size for _ in range(size)]
    for right, found in zip(classes(targets, middle), classes(outputs, middle)):
        matrix[right][found] += 1
    return matrix


class Metric(Named):
    """The base of every metric."""

    def __call__(
        self, outputs: Sequence[Sequence[Number]], targets: Sequence[Sequence[Number]], middle: Number = 0.5
    ) -> Number:
        """One number for all examples."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(outputs, targets)")


class Accuracy(Metric):
    """The share of examples whose class is right."""

    name = "accuracy"

    def __call__(self, outputs, targets, middle=0.5):
        return _right(outputs, targets, middle) / len(targets)


class ErrorRate(Metric):
    """The share of examples whose class is wrong."""

    name = "error_rate"

    def __call__(self, outputs, targets, middle=0.5):
        return (len(targets) - _right(outputs, targets, middle)) / len(targets)


def _right(outputs, targets, middle):
    """How many examples are given the right class."""
    return sum(map(operator.eq, classes(outputs, middle), classes(targets, middle)))


class MSE(Metric):
    """The mean of all squared errors."""

    name = "mse"

    def __call__(self, outputs, targets, middle=0.5):
        errors = _errors(outputs, targets)
        return sum([error * error for error in errors]) / len(errors)


class RMSE(MSE):
    """The square root of the mean of all squared errors, in the unit of the targets."""

    name = "rmse"

    def __call__(self, outputs, targets, middle=0.5):
        return sqrt(super().__call__(outputs, targets))


class R2(Metric):
    """The share of the targets' squares about their mean that the outputs explain: 1 - sum (a-t)^2 / sum (t-mean)^2.

    Below 0 where the mean itself is nearer. The targets of each output have their own mean; where all are the same,
    it is 1 for outputs without an error and else 0.
    """

    name = "r2"

    def __call__(self, outputs, targets, middle=0.5):
        errors = sum([error * error for error in _errors(outputs, targets)])
        columns = [(column, sum(column) / len(column)) for column in zip(*targets)]
        about_mean = sum([(t - mean) * (t - mean) for column, mean in columns for t in column])
        return 1 - errors / about_mean if about_mean else 1.0 * (not errors)


class MAE(Metric):
    """The mean of all absolute errors."""

    name = "mae"

    def __call__(self, outputs, targets, middle=0.5):
        errors = _errors(outputs, targets)
        return sum(map(abs, errors)) / len(errors)


def _errors(outputs, targets):
    return [a - t for row, wanted in zip(outputs, targets) for a, t in zip(row, wanted)]


class _OfClasses(Metric):
    """A metric of one class: of class 1 where there are two, and else the mean over all classes.

    Where nothing was found, or nothing was to be found, a share of nothing counts as 0.
    """

    def __call__(self, outputs, targets, middle=0.5):
        matrix = confusion_matrix(outputs, targets, middle)
        chosen = [1] if len(matrix) == 2 else range(len(matrix))
        return sum(self.of_class(matrix, number) for number in chosen) / len(chosen)

    def of_class(self, matrix, number):
        raise NotImplementedError


class Precision(_OfClasses):
    """Of the examples taken for the class, the share that is of it."""

    name = "precision"

    def of_class(self, matrix, number):
        found = sum(row[number] for row in matrix)
        return matrix[number][number] / found if found else 0.0


class Recall(_OfClasses):
    """Of the examples of the class, the share that was found."""

    name = "recall"

    def of_class(self, matrix, number):
        right = sum(matrix[number])
        return matrix[number][number] / right if right else 0.0


class F1(_OfClasses):
    """The harmonic mean of precision and recall."""

    name = "f1"

    def of_class(self, matrix, number):
        precision, recall = Precision().of_class(matrix, number), Recall().of_class(matrix, number)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


METRICS = Registry("metric", Metric, (Accuracy, ErrorRate, MSE, RMSE, MAE, R2, Precision, Recall, F1))
OF_CLASSES = ("accuracy", "error_rate", "mse", "mae", "precision", "recall", "f1")
OF_QUANTITIES = ("rmse", "mae", "r2")


def make_metrics(given):
    """A list of metrics from a list of names or metrics, or from one."""
    given = [given] if isinstance(given, (str, Metric)) else checks.as_list(given or (), "metrics", of="names")
    metrics = [METRICS.make(one) for one in given]
    names = [metric.name for metric in metrics]
    if len(set(names)) < len(names):
        raise InputError(f"metrics: the same one twice in {', '.join(names)}")
    return metrics
