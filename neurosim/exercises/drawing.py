"""A drawing of a network that shows its givens only, for a sheet: in signs, and as a picture in LaTeX."""

from __future__ import annotations

from neurosim.render.latex import LATEX
from neurosim.render.symbols import Symbols

STUB = "──"
# What stands where units on the left and right join the line between two layers, by whether there is one to the left,
# to the right, above and below.
JOINTS = {
    (1, 1, 0, 0): "─", (1, 1, 0, 1): "┬", (1, 1, 1, 0): "┴", (1, 1, 1, 1): "┼", (1, 0, 0, 1): "┐", (1, 0, 1, 0): "┘",
    (1, 0, 1, 1): "┤", (0, 1, 0, 1): "┌", (0, 1, 1, 0): "└", (0, 1, 1, 1): "├", (0, 0, 1, 1): "│",
}
MOST_LABELLED = 3  # units of a layer up to which a picture has the weights beside its lines
WIDE, STEP = 78, 15  # mm: a picture, and from one unit to the next


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
    rows = [[] for _ in range(height)]
    for index, (names, here) in enumerate(zip(columns, places)):
        width, there = max(map(len, names)), places[index + 1] if index + 1 < len(columns) else ()
        lines = sorted({*here, *there})
        for row, cells in enumerate(rows):
            name = names[here.index(row)] if row in here else ""
            cells.append((name.rjust(width) if index == 0 else name.ljust(width)))
            if there:
                joint = row in here, row in there, row > lines[0], row < lines[-1]
                sign = JOINTS.get(tuple(map(int, joint)), " ") if lines[0] <= row <= lines[-1] else " "
                left, right = (STUB if there_is else "  " for there_is in joint[:2])
                cells.append(f" {left}{sign}{right} ")
    return "\n".join("  " + "".join(cells).rstrip() for cells in rows)


def latex_drawing(exercise):
    """The same as a picture, with the weights beside the lines of a small network."""
    network, symbols = exercise.problem.network, Symbols(LATEX)
    columns = [network.input_names, *network.layer_names]
    height = STEP * max(map(len, columns))
    across = (WIDE - 12) / (len(columns) - 1)
    at = {
        (index, name): (6 + index * across, height / 2 + STEP * ((len(names) - 1) / 2 - row))
        for index, names in enumerate(columns) for row, name in enumerate(names)
    }
    lines = [r"\begin{center}\setlength{\unitlength}{1mm}", rf"\begin{{picture}}({WIDE},{height})"]
    small = max(map(len, columns)) <= MOST_LABELLED
    for index, (sources, names) in enumerate(zip(columns, columns[1:])):
        for name in names:
            for source in sources:
                (left, low), (right, high) = at[index, source], at[index + 1, name]
                away = 4 / ((right - left) ** 2 + (high - low) ** 2) ** 0.5
                ends = [(left + (right - left) * share, low + (high - low) * share) for share in (away, 0.5, 1 - away)]
                lines.append(r"\qbezier" + "".join(f"({x:.2f},{y:.2f})" for x, y in ends))
                address = f"w[{source}->{name}]"
                if small:
                    value = "?" if address in exercise.hidden else f"{exercise.computed[address].value:g}"
                    up = high > low or high == low and source == sources[0]
                    x, y = left + (right - left) * 0.22, low + (high - low) * 0.22 + (1 if up else -1) * (1.6 if high == low else 3)
                    lines.append(rf"\put({x:.2f},{y:.2f}){{\makebox(0,0){{\scriptsize {value}}}}}")
    for (_, name), (x, y) in at.items():
        lines.append(rf"\put({x:.2f},{y:.2f}){{\circle{{8}}\makebox(0,0){{${symbols.unit(name)}$}}}}")
    return "\n".join([*lines, r"\end{picture}\end{center}"])


