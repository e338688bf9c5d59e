"""Predictions beside a data file's own columns, as the file would have them."""

from __future__ import annotations

import csv
import io
from itertools import chain, count

from neurosim.problems.table_file import SPACES
from neurosim.support.tables import cell_text

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
    target = preparation.target
    if preparation.classes is None:
        return [_free(f"predicted {target}", taken)], preparation.in_own_unit(outputs)
    numbers = _classes(outputs, network)
    rows = [[cell_text(preparation.classes[number])] for number in numbers]
    headers = [_free(f"predicted {target}", taken)]
    if network.layers[-1].activation.name in PROBABILITIES:
        headers.append(_free("probability", taken))
        for row, number, output in zip(rows, numbers, outputs):
            row.append(output[number] if len(output) > 1 else output[0] if number else 1 - output[0])
    return headers, rows


def _classes(outputs, network):
    from neurosim.training.evaluation import middle_of
    from neurosim.training.metrics import classes

    return classes(outputs, middle_of(network))


def _free(name, taken):
    """The name, or with the first number behind it by which it is not taken."""
    numbered = (f"{name} {number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)
