"""Predictions beside a data file's own columns, as the file would have them."""

from __future__ import annotations

import csv
import io
from itertools import chain, count

from neurosim.cli.data import numbers_of
from neurosim.core.address import make_address
from neurosim.problems.table_file import SPACES
from neurosim.support.tables import cell_text

MOST_ERRORS = 20  # of quantities
PROBABILITIES = ("sigmoid", "softmax")  # the activations of outputs that are probabilities


def predicted_file(problem, found, outputs, thousands=None):
    """The rows of the file that was understood, in its own separator and decimal sign, with the predictions behind them.

    A row that was left out, because a cell is missing, has no prediction.
    """
    table = found.table
    headers, rows = predicted_columns(problem, outputs, table.names)
    mark = found.decimal_mark(thousands)
    predicted = {number: [cell if isinstance(cell, str) else str(cell).replace(".", mark) for cell in row]
                 for number, row in zip(found.kept, rows)}
    empty = [""] * len(headers)
    lines = [[*row, *predicted.get(number, empty)] for number, row in enumerate(table.rows)]
    if table.has_header:
        names = ["" if name in table.unnamed else name for name in table.names]
        lines.insert(0, [*names, *headers])
    file = io.StringIO()
    delimiter = table.separator
    if delimiter == SPACES:  # where an empty cell would vanish
        lines = [[cell if cell != "" else "?" for cell in line] for line in lines]
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(lines)
    return file.getvalue().rstrip("\n")


def predicted_columns(problem, outputs, taken=()):
    """(headers, rows): the class and its probability, or the quantity in its own unit; no header is among those taken."""
    preparation, network = problem.preparation, problem.network
    headers = [_free(f"predicted {target_name(problem)}", taken)]
    if preparation is not None and preparation.classes is None:
        return headers, preparation.in_own_unit(outputs)
    numbers = _classes(outputs, network)
    rows = [[_class_name(problem, number)] for number in numbers]
    if network.layers[-1].activation.name in PROBABILITIES:
        headers.append(_free("probability", taken))
        for row, number, output in zip(rows, numbers, outputs):
            row.append(output[number] if len(output) > 1 else output[0] if number else 1 - output[0])
    return headers, rows


def wrong_of_classes(problem, outputs):
    """(headers, rows, question) of the examples that are given the wrong class; the question is about the first of them."""
    target, network = target_name(problem), problem.network
    right, found = _classes(problem.targets, network), _classes(outputs, network)
    headers, predicted = predicted_columns(problem, outputs, [target])
    wrong = [position for position, (one, other) in enumerate(zip(right, found)) if one != other]
    numbers = numbers_of(problem)
    rows = [[numbers[position], _class_name(problem, right[position]), *predicted[position]] for position in wrong]
    question = _question(network.layer_names[-1], found[wrong[0]], right[wrong[0]]) if wrong else None
    return ["example", target, *headers], rows, question


def _question(names, found, right):
    """Why z of the class that was found is larger than that of the right one; or, of a single output, what its z is."""
    return f"z[{names[found]}] - z[{names[right]}]" if len(names) > 1 else f"z[{names[0]}]"


def largest_errors(problem, outputs):
    """(headers, rows, question) of the examples with the largest E: targets and outputs in their own unit, and E."""
    names, network, preparation = problem.network.layer_names[-1], problem.network, problem.preparation
    in_own_unit = list if preparation is None else preparation.in_own_unit
    losses = [network.loss(output, target) for output, target in zip(outputs, problem.targets)]
    rows = [[number, *wanted, *got, loss] for number, wanted, got, loss in zip(
        numbers_of(problem), in_own_unit(problem.targets), in_own_unit(outputs), losses)]
    rows.sort(key=lambda row: -row[-1])
    if preparation is not None:
        headers = [preparation.target, *predicted_columns(problem, [], [preparation.target])[0]]
    else:
        headers = [make_address(quantity, name) for quantity in "ta" for name in names]
    return ["example", *headers, "E"], rows[:MOST_ERRORS], "E"


def target_name(problem):
    """What people call the target."""
    return "class" if problem.preparation is None else problem.preparation.target


def _class_name(problem, number):
    return str(number) if problem.preparation is None else cell_text(problem.preparation.classes[number])


def _classes(outputs, network):
    from neurosim.training.evaluation import middle_of
    from neurosim.training.metrics import classes

    return classes(outputs, middle_of(network))


def _free(name, taken):
    """The name, or with the first number behind it by which it is not taken."""
    numbered = (f"{name} {number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)
