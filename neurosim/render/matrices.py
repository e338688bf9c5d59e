"""The matrix form of a worked solution: what the units of a layer have in common, as books print it.

A layer's numbers of one quantity are a matrix or a vector, named by the layer: W1, b1, z1, a1, delta1, W1+; a0 are the
inputs. With a row for each unit vectors are columns, z1 = W1 a0 + b1; with a row for each input they are rows,
z1 = a0 W1 + b1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.core.weights import transposed
from neurosim.support.records import documented

if TYPE_CHECKING:
    from typing import Any

    from neurosim.trace.lines import Line

MOST_ROWS, MOST_COLUMNS = 8, 6  # of a matrix that is shown whole
MOST_BESIDE = 8  # columns of all matrices in a row of TeX
GAP = "..."
OWN = ("W", "b", "z", "a", "t", "E", "f'", "delta", "dE/da", "dE/dW", "dE/db", "exp", "W+", "b+")  # the rest is of W or b


@documented
class Equation(NamedTuple):
    """What a layer's numbers of one quantity are equal to.

    name:    the address of all of them, such as z[1]
    lines:   the `Line` of each, in the order of the units
    formula: of elementwise ones None; else a list of the names of matrices, each with whether it is transposed, and "+"
    factors: the same with the rows of their numbers, as (address, value) pairs
    value:   the rows of numbers, as (address, value) pairs
    """

    name: str
    lines: list[Line]
    formula: list[Any] | None
    factors: list[Any] | None
    value: list[list[Any]]


class Layers:
    """Puts the lines of a trace together, a quantity of a layer at a time, in one of the two layouts."""

    def __init__(self, trace, weights_by):
        network = trace.structure
        self.sizes = [len(names) for names in (network.input_names, *network.layer_names)]
        names = enumerate((network.input_names, *network.layer_names))
        self.numbers = {name: number for number, layer in names for name in layer}
        self.by_input = weights_by == "input"

    def name(self, address):
        """The name of what an address is one number of, as an address; its own where it belongs to no unit."""
        quantity, place, pass_number = split_address(address)
        unit = place.rpartition("->")[2]
        if unit not in self.numbers:
            return address
        layer = self.numbers[unit]
        quantity = quantity.replace("dE/dw", "dE/dW") if "->" in place else quantity
        quantity = {"w": "W", "w+": "W+"}.get(quantity, quantity)
        if quantity.rpartition(" ")[2] not in OWN:
            layer = f"{'W' if '->' in place else 'b'}{layer}"
        return make_address(quantity, str(layer), pass_number)

    def equations(self, lines):
        """What these lines are in matrix form: `Equation`s, and between them the lines that stand for themselves.

        Those are what belongs to no unit, and what a layer's units don't have in common, as where a bias is not trained.
        """
        groups = {}
        for line in lines:
            groups.setdefault(self.name(line.step.address), []).append(line)
        in_order = sorted(groups.items(), key=lambda group: group[1][-1].number)
        return [one for name, group in in_order for one in self._as_one(name, group)]

    def _as_one(self, name, lines):
        """The equation of some lines, or the lines where they are no whole layer's or read different things."""
        if lines[0].step.address == name:
            return lines
        units = {split_address(line.step.address)[1].rpartition("->")[2] for line in lines}
        if len(units) < self.sizes[self.numbers[next(iter(units))]]:
            return lines
        equation = self._equation(name, lines)
        return [equation] if all(self._is_one(part) for part in equation.factors or () if part != "+") else lines

    def _is_one(self, rows):
        return len({self.name(address) for row in rows for address, _ in row}) == 1

    def _equation(self, name, lines):
        cells = [(line.step.address, line.step.value) for line in lines]
        is_matrix = "->" in lines[0].step.address
        sources = len({line.step.address.partition("->")[0] for line in lines}) if is_matrix else 1
        rows = [cells[start : start + sources] for start in range(0, len(cells), sources)]  # a row for each unit
        product = PRODUCTS.get(lines[0].step.rule)
        parts = product(self, lines, sources) if product else None
        formula = parts and [part if part == "+" else (self.name(part[0][0][0][0]), part[1]) for part in parts]
        factors = parts and [part if part == "+" else self._laid_out(part[0]) for part in parts]
        return Equation(name, lines, formula, factors, self._laid_out(rows))

    def _laid_out(self, rows):
        return transposed(rows) if self.by_input else rows

    def _in_order(self, first, second):
        """A matrix and what it is multiplied with; where vectors are rows, the other way round."""
        return [second, first] if self.by_input else [first, second]

    def weighted_sum(self, lines, _):
        """W a + b"""
        operands = [list(zip(line.step.operands, line.values)) for line in lines]
        has_bias = len(operands[0]) % 2
        weights = [row[: len(row) - has_bias : 2] for row in operands]
        inputs = [[cell] for cell in operands[0][1::2]]
        parts = self._in_order((weights, False), (inputs, False))
        return [*parts, "+", ([[row[-1]] for row in operands], False)] if has_bias else parts

    def arriving_error(self, lines, _):
        """W^T delta"""
        operands = [list(zip(line.step.operands, line.values)) for line in lines]
        return self._in_order(([row[::2] for row in operands], True), ([[cell] for cell in operands[0][1::2]], False))

    def weight_gradient(self, lines, sources):
        """delta a^T"""
        operands = [list(zip(line.step.operands, line.values)) for line in lines]
        deltas, inputs = [[row[0]] for row in operands[::sources]], [[row[1] for row in operands[:sources]]]
        return self._in_order((deltas, False), (inputs, True))


PRODUCTS = {
    "weighted_sum": Layers.weighted_sum, "weighted_sum_without_bias": Layers.weighted_sum,
    "arriving_error": Layers.arriving_error, "weight_gradient": Layers.weight_gradient,
}


def shortened(rows, columns=MOST_COLUMNS):
    """The rows of texts, of a large matrix the first and the last ones, with GAP between."""
    if len(rows) > MOST_ROWS:
        rows = [*rows[: MOST_ROWS - 2], [GAP] * len(rows[0]), rows[-1]]
    if len(rows[0]) > columns:
        rows = [[*row[: columns - 2], GAP, row[-1]] for row in rows]
    return rows


def plain_name(name, is_transposed=False):
    """The name of a matrix in a line of text: z1, W1+, velocity[W1], W2^T."""
    quantity, place, number = split_address(name)
    plus = "+" * quantity.endswith("+")
    quantity = quantity[: len(quantity) - len(plus)]
    at = f"@{number}" if number else ""
    where = place if place.isdigit() else f"[{place}]" if place else ""
    return f"{quantity}{where}{plus}{at}{'^T' * is_transposed}"


def reduced(equation):
    """(reduction, first pass, last pass) of a gradient over a batch; None for what is reduced over nothing."""
    reduction, _, rest = equation.lines[0].step.rule.partition("_")
    if rest not in ("weight_gradient", "bias_gradient"):
        return None
    passes = [split_address(operand)[2] for operand in equation.lines[0].step.operands]
    return reduction, passes[0], passes[-1]


def operand_names(equation, layers):
    """The names of what the formula of an elementwise equation reads; of a batch without the pass."""
    names = [layers.name(operand) for operand in equation.lines[0].step.operands]
    return [name.partition("@")[0] for name in names] if reduced(equation) else names


# In text


def equation_text(equation, layers, accuracy, terms, width):
    """The lines of an equation: its formula, and under it the same in brackets."""
    name = plain_name(equation.name)
    formula = _formula_text(equation, layers, terms)
    first = [f"{name} = {formula}"] if formula else []
    start = " " * len(name) if formula else name
    room = width - len(f"{name} = ")
    value = _block(equation.value, accuracy, room)
    parts = [part if part == "+" else _block(part, accuracy, room) for part in equation.factors or ()]
    whole = [start, "=", *parts, "=", value] if parts else [start, "=", value]
    if _wide(whole) <= width:
        return first + _beside(whole)
    rows = _packed([start, "="], parts, width) if parts else []
    return first + [line for row in [*rows, [start, "=", value]] for line in _beside(row)]


def _packed(start, parts, width):
    """Rows of blocks and words that are as wide as this at most, the first with this start, if each block fits in."""
    rows, sign = [start], []
    for part in parts:
        if part == "+":
            sign = ["+"]
        elif len(rows[-1]) > 2 and _wide([*rows[-1], *sign, part]) > width:
            rows, sign = [*rows, [" " * len(start[0]), *(sign or [" "]), part]], []
        else:
            rows, sign = [*rows[:-1], [*rows[-1], *sign, part]], []
    return rows


def _wide(parts):
    return sum(len(part[0]) if isinstance(part, list) else len(part) for part in parts) + len(parts) - 1


def _formula_text(equation, layers, terms):
    if equation.formula:
        return " ".join(part if part == "+" else plain_name(*part) for part in equation.formula)
    line, names = equation.lines[0], list(map(plain_name, operand_names(equation, layers)))
    if reduced(equation):
        reduction, first, last = reduced(equation)
        product = f"{names[0]} {names[1]}^T" if "->" in line.step.address else names[0]
        return f"{reduction} of {product} over passes {first} to {last}"
    if line.step.rule == "softmax_delta":
        output, gradient = names[:2]
        return f"{output} * ({gradient} - sum({gradient}*{output}))"
    return line.rule.text(names, None, terms, line.values)


def _block(rows, accuracy, room):
    """The lines of a matrix between brackets, of so many columns as there is room for, but of three at least."""
    texts = [[accuracy.text(*cell) for cell in row] for row in rows]
    for columns in range(MOST_COLUMNS, 2, -1):
        rows = shortened(texts, columns)
        widths = [max(map(len, column)) for column in zip(*rows)]
        if sum(widths) + 2 * len(widths) + 2 <= room:
            break
    return [f"[ {'  '.join(map(str.rjust, row, widths))} ]" for row in rows]


def _beside(parts):
    """Blocks of lines and words beside each other, each in the middle."""
    height = max(len(part) for part in parts if isinstance(part, list))
    columns = []
    for part in parts:
        lines = part if isinstance(part, list) else [part]
        above = (height - len(lines)) // 2
        blank = " " * len(lines[0])
        columns.append([*[blank] * above, *lines, *[blank] * (height - len(lines) - above)])
    return [" ".join(row).rstrip() for row in zip(*columns)]


# In TeX


def equation_rows(equation, layers, derivation):
    """The aligned rows of an equation: its formula, and under it the same in brackets."""
    label, formula = derivation.symbols.address(equation.name).tex, _formula_tex(equation, layers, derivation)
    value = _matrix_tex(equation.value, derivation)
    parts = [part if part == "+" else _matrix_tex(part, derivation) for part in equation.factors or ()]
    if not formula:
        return [f"{label} &= {value}"]
    rows = [f"{label} &= {formula}", *([f"&= {' '.join(parts)}"] if parts else [])]
    columns = sum(len(shortened(part)[0]) for part in (*(equation.factors or ()), equation.value) if part != "+")
    if columns > MOST_BESIDE:
        return [*rows, f"&= {value}"]
    return [*rows[:-1], f"{rows[-1]} = {value}"]


def _formula_tex(equation, layers, derivation):
    symbols, dialect = derivation.symbols, derivation.dialect
    if equation.formula:
        return " ".join(part if part == "+" else _name_tex(part[0], symbols, part[1]) for part in equation.formula)
    line, names = equation.lines[0], operand_names(equation, layers)
    if not names:
        return ""
    if reduced(equation):
        reduction, first, last = reduced(equation)
        product = [_name_tex(names[0], symbols)]
        product += [_name_tex(names[1], symbols, True)] if "->" in line.step.address else []
        return rf"{dialect.text(reduction + ' of')}\; {' '.join(product)}\; {dialect.text(f'over passes {first} to {last}')}"
    pieces = list(map(symbols.address, names))
    if line.step.rule == "softmax_delta":
        output, gradient = (piece.tex for piece in pieces[:2])
        return rf"{output} \cdot \left({gradient} - {{\textstyle\sum}} {gradient} \cdot {output}\right)"
    tree = derivation.notation.tree(line.rule, line.values)
    return derivation.notation.write(tree, pieces).tex if tree else dialect.text(line.rule.text(names))


def _name_tex(name, symbols, is_transposed=False):
    tex = symbols.address(name).tex
    return tex if not is_transposed else rf"{{{tex}}}^{{\top}}" if "^" in tex else rf"{tex}^{{\top}}"


def _matrix_tex(rows, derivation):
    rows = shortened([[derivation.accuracy.text(*cell) for cell in row] for row in rows])
    texts = [
        " & ".join(r"\cdots" if text == GAP else derivation.symbols.number(text).tex for text in row) for row in rows
    ]
    return rf"\begin{{pmatrix}} {f' {derivation.dialect.newline} '.join(texts)} \end{{pmatrix}}"
