"""A drawing of a network that shows its givens only, for a sheet: in signs, and as a picture in LaTeX."""

from __future__ import annotations

from itertools import product
from math import dist

from neurosim.exercises.generator import decimals_of
from neurosim.render.latex import LATEX
from neurosim.render.symbols import Symbols

STUB = "──"
# What stands where units on the left and right join the line between two layers, by whether there is one to the left,
# to the right, above and below.
JOINTS = {
    (1, 1, 0, 0): "─", (1, 1, 0, 1): "┬", (1, 1, 1, 0): "┴", (1, 1, 1, 1): "┼", (1, 0, 0, 1): "┐",
    (1, 0, 1, 0): "┘", (1, 0, 1, 1): "┤", (0, 1, 0, 1): "┌", (0, 1, 1, 0): "└", (0, 1, 1, 1): "├", (0, 0, 1, 1): "│",
}
MOST_LABELLED = 3  # units of a layer up to which a picture has the weights beside its lines
WIDE, STEP, MARGIN, RADIUS = 78, 18, 6, 4  # mm: a picture, from one unit to the next, and a unit itself


def text_drawing(problem):
    """The network in signs: each layer a column, and every unit joined to every one of the next layer.

    A single example's inputs stand beside their units.
    """
    network = problem.network
    inputs = problem.inputs[0] if len(problem.inputs) == 1 else None
    first = [f"{name} = {value:g}" for name, value in zip(network.input_names, inputs)] if inputs else network.input_names
    columns = [list(first), *network.layer_names]
    height = 2 * max(map(len, columns)) - 1
    places = [range((height - 2 * len(names) + 1) // 2, height, 2)[: len(names)] for names in columns]
    rows = []
    for row in range(height):
        line = "  "
        for index, (names, here) in enumerate(zip(columns, places)):
            name, width = names[here.index(row)] if row in here else "", max(map(len, names))
            line += name.ljust(width) if index else name.rjust(width)
            line += _joint(row, here, places[index + 1]) if index + 1 < len(columns) else ""
        rows.append(line.rstrip())
    return "\n".join(rows)


def _joint(row, here, following):
    """What stands in a row between the units of a layer, which are in the rows `here`, and those of the next."""
    first, last = min(*here, *following), max(*here, *following)
    left, right = row in here, row in following
    between = first <= row <= last
    sign = JOINTS[left, right, row > first, row < last] if between else " "
    return f" {STUB if left else '  '}{sign}{STUB if right else '  '} "


def latex_drawing(exercise):
    """The network as a picture, with the weights beside the lines of a small network."""
    network, symbols = exercise.problem.network, Symbols(LATEX)
    columns = [network.input_names, *network.layer_names]
    height, across = STEP * max(map(len, columns)), (WIDE - 2 * MARGIN) / (len(columns) - 1)
    at = {
        name: (MARGIN + index * across, height / 2 + STEP * ((len(names) - 1) / 2 - row))
        for index, names in enumerate(columns) for row, name in enumerate(names)
    }
    places = max(
        decimals_of(number) for layer in network.layers for neuron in layer.neurons
        for number in (*neuron.weights, neuron.bias or 0)
    )
    lines = [r"\begin{center}\setlength{\unitlength}{1mm}", rf"\begin{{picture}}({WIDE},{height})"]
    for sources, names in zip(columns, columns[1:]):
        for source, name in product(sources, names):
            lines.append(_line(at[source], at[name]))
            if max(map(len, columns)) <= MOST_LABELLED:
                address = f"w[{source}->{name}]"
                weight = "?" if address in exercise.hidden else f"{exercise.computed[address].value:.{places}f}"
                lines.append(_label(weight, at[source], at[name], source == sources[0]))
    for name, (x, y) in at.items():
        lines.append(rf"\put({x:.2f},{y:.2f}){{\circle{{{2 * RADIUS}}}\makebox(0,0){{${symbols.unit(name)}$}}}}")
    return "\n".join([*lines, r"\end{picture}\end{center}"])


def _between(start, end, share):
    return tuple(one + (other - one) * share for one, other in zip(start, end))


def _line(start, end):
    """A line from the edge of one unit to that of another."""
    away = RADIUS / dist(start, end)
    points = (_between(start, end, share) for share in (away, 0.5, 1 - away))
    return r"\qbezier" + "".join(f"({x:.2f},{y:.2f})" for x, y in points)


def _label(weight, start, end, is_first):
    """A weight near the beginning of its line: above one that rises, below one that falls."""
    x, y = _between(start, end, 0.26)
    rise = end[1] - start[1]
    y += (2.4 if rise > 0 else -2.4) if rise else (1.6 if is_first else -1.6)
    return rf"\put({x:.2f},{y:.2f}){{\makebox(0,0){{\scriptsize {weight}}}}}"
