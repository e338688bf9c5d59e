"""The steps of a worked solution as the aligned rows of a derivation in TeX, in either of its dialects."""

from __future__ import annotations

import textwrap

from neurosim.formula.tex import ATOM, LETTER, ROOM, SIGN, Notation, Piece
from neurosim.formula.tex_layout import INDENT, fits, lay_out
from neurosim.render.matrices import equation_rows
from neurosim.render.symbols import Symbols
from neurosim.trace.lines import Line, in_symbols, numbers_in

BETWEEN = 2  # em: between equations in a row
BELOW = 1  # em: how much further in than its symbol stands what goes under it


class Derivation:
    """Writes steps in one dialect, their numbers as an `Accuracy` does, with so many terms.

    room: the width of a line in em
    compact: a step whose formula, numbers and value fit beside each other has one row, and short ones share rows
    """

    def __init__(self, dialect, accuracy, terms=None, room=ROOM, compact=False):
        self.dialect, self.accuracy, self.terms = dialect, accuracy, terms
        self.room, self.compact = room, compact
        self.notation, self.symbols = Notation(dialect, terms), Symbols(dialect)

    def rows(self, lines):
        """Of each step a list of rows: its symbol and formula, then the formula with numbers, then the value.

        Where they are too wide beside the symbol, they go under it.
        """
        labels = [self.symbols.address(line.step.address) for line in lines]
        room = self.room - max((label.width for label in labels), default=0) - 2 * SIGN
        steps = [self._equations(line, room) for line in lines]
        if all(fits(equation, room) for step in steps for equation in step):
            if self.compact and all(len(step) == len(step[0]) == 1 for step in steps):
                return _side_by_side(labels, [step[0][0] for step in steps], self.room)
            return [_beside(label.tex, equations) for label, equations in zip(labels, steps)]
        room = self.room - BELOW - 2 * SIGN
        return [_below(label, self._equations(line, room), room) for label, line in zip(labels, lines)]

    def rows_of_section(self, section, layers):
        """The same of all that stands under a heading, be it in matrix form."""
        if not section.equations:
            return self.rows(section.lines) if section.lines else []
        return [
            row for equation in section.equations
            for row in (self.rows([equation]) if isinstance(equation, Line) else [equation_rows(equation, layers, self)])
        ]

    def _equations(self, line, room):
        """What the step equals, each as a list of pieces, a piece for a row."""
        value = [self.symbols.number(self.accuracy.text(line.step.address, line.step.value))]
        if not line.step.operands:
            return [value]
        texts = self.accuracy.texts(line)
        symbols, numbers = map(self.symbols.address, line.step.operands), map(self.symbols.number, texts)
        upright = numbers_in(line.rule, texts, self.terms, line.values)
        ways = (
            self._formula(line, list(symbols), room) or self._upright(in_symbols(line, self.terms), room),
            self._formula(line, list(numbers), room) or self._upright(upright, room),
        )
        equations = [*[way for way in ways if [piece.tex for piece in way] != [value[0].tex]], value]
        row = _joined([piece for equation in equations for piece in equation])
        return [[row]] if self.compact and len(ways[0]) == len(ways[1]) == 1 and row.width <= room else equations

    def _formula(self, line, operands, room):
        tree = self.notation.tree(line.rule, line.values)
        return tree and lay_out(self.notation, tree, operands, room)

    def _upright(self, formula, room):
        """A formula that is not written in the grammar, such as that of your own class, as it is."""
        rows = textwrap.wrap(formula, max(int((room - INDENT) / LETTER), 1), break_long_words=False, break_on_hyphens=False)
        return [Piece(self.dialect.text(row), len(row) * LETTER, ATOM, False) for row in rows or [""]]


def _side_by_side(labels, pieces, room):
    """As many equations in a row as fit."""
    widest = max(label.width for label in labels) + SIGN + max(piece.width for piece in pieces) + BETWEEN
    count = max(1, int((room + BETWEEN) / widest))
    equations = [f"{label.tex} &= {piece.tex}" for label, piece in zip(labels, pieces)]
    return [[" & ".join(equations[start : start + count])] for start in range(0, len(equations), count)]


def _joined(pieces):
    """Several pieces that are equal as one."""
    return Piece(" = ".join(piece.tex for piece in pieces), sum(piece.width + SIGN for piece in pieces) - SIGN, ATOM, False)


def _beside(label, equations):
    first, *others = [row for equation in equations for row in _rows("&=", equation)]
    return [f"{label} {first}", *others]


def _below(label, equations, room):
    if len(equations) == 1 and label.width + equations[0][0].width <= room:
        return [f"& {label.tex} = {equations[0][0].tex}"]
    return [f"& {label.tex}", *[row for equation in equations for row in _rows(r"&\quad =", equation)]]


def _rows(start, equation):
    first, *others = [piece.tex for piece in equation]
    further_in = start.replace("=", r"\qquad {}")
    return [f"{start} {first}", *[f"{further_in} {row}" for row in others]]
