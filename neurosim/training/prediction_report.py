"""The outputs for some examples as a table."""

from __future__ import annotations

from itertools import count

from neurosim.core.address import make_address
from neurosim.support.tables import table

WIDEST = 12  # more inputs than these are not repeated beside the outputs


def prediction_table(
    network, inputs, outputs, targets, meanings=None, format="simple", decimals=None, width=None, called="class",
    numbers=None,
):
    """A row for each example: what its outputs mean, its inputs, the outputs and, where they are known, the targets.

    meanings, called: what each row of outputs means, such as a class
    numbers: of the examples, by which people know them; None counts them from 1
    """
    output_names = network.layer_names[-1]
    columns = [("a", network.input_names, inputs)] if len(network.input_names) <= WIDEST else []
    columns.append(("a", output_names, outputs))
    if targets and None not in targets:
        columns.append(("t", output_names, targets))
    headers = [make_address(quantity, name) for quantity, names, _ in columns for name in names]
    rows = [[value for example in row for value in example] for row in zip(*[values for _, _, values in columns])]
    if meanings:
        headers, rows = [called, *headers], [[meaning, *row] for meaning, row in zip(meanings, rows)]
    headers, rows = ["example", *headers], [[number, *row] for number, row in zip(numbers or count(1), rows)]
    return table(rows, headers, format, decimals, counts=["example"], width=width)
