"""Data: examples from a table file, with labels as classes and inputs to scale.

    examples = read_csv("iris.csv", target="species")
    training, test = examples.split(0.2, seed=1)
    preparation = training.prepare("z-score")
    inputs, targets = preparation.apply(training)

A `Preparation` is what must be done to every file in the same way: which columns are read, which categories and classes
there are, and by what inputs and targets are scaled. It is kept with a saved network.
"""

from __future__ import annotations

from neurosim.problems.table_file import read_table
from neurosim.problems.understanding import understand


def read_csv(path, target=None, columns=None, header=None):
    """The `Examples` in a file of a table, as the command line understands it.

    target: the name of the column to learn; of a file without a header its number, from 1.
    columns: the names of the inputs; None takes all but the target and what only tells rows apart.
    header: whether the first line has the names of the columns; None looks.

    Raises InputError with file, line, column and text for what cannot be taken, OSError if the file
    can't be read.
    """
    named = [*(columns or ()), *([] if target is None else [target])]
    return understand(read_table(path, header=header, expected=named), target, columns).examples()
