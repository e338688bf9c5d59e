"""The steps of a worked solution as the aligned rows of a derivation in TeX, in either of its dialects."""

from __future__ import annotations

import textwrap

from neurosim.formula.tex import ROOM, SIGN, Notation
from neurosim.formula.tex_layout import lay_out
from neurosim.render.symbols import Symbols
from neurosim.trace.lines import in_symbols, numbers_in

UPRIGHT_ROOM = 60  # characters of a line of upright text


class Derivation:
    """Writes steps in one dialect, their numbers as an `Accuracy` does, with so many terms."""

    def __init__(self, dialect, accuracy, terms=None):
        self.dialect, self.accuracy, self.terms = dialect, accuracy, terms
        self.notation, self.symbols = Notation(dialect, terms), Symbols(dialect)

    def rows(self, lines):
        """Of each step a list of rows: its symbol and formula, then the formula with numbers, then the value."""
        labels = [self.symbols.address(line.step.address) for line in lines]
        room = ROOM - max((label.width for label in labels), default=0) - 2 * SIGN
        return [self._step(label.tex, line, room) for label, line in zip(labels, lines)]

    def _step(self, label, line, room):
        value = self.symbols.number(self.accuracy.text(line.step.address, line.step.value)).tex
        rows = []
        if line.step.operands:
            symbols = [self.symbols.address(operand) for operand in line.step.operands]
            texts = self.accuracy.texts(line)
            numbers = list(map(self.symbols.number, texts))
            ways = (
                self._formula(line.rule, symbols, room) or self._upright(in_symbols(line, self.terms)),
                self._formula(line.rule, numbers, room) or self._upright(numbers_in(line.rule, texts, self.terms)),
            )
            for way in ways:
                if way != [value]:
                    rows += [f"&= {way[0]}", *[rf"&\qquad {{}} {row}" for row in way[1:]]]
        rows.append(f"&= {value}")
        return [f"{label} {rows[0]}", *rows[1:]]

    def _formula(self, rule, operands, room):
        tree = self.notation.tree(rule, len(operands))
        return tree and lay_out(self.notation, tree, operands, room)

    def _upright(self, formula):
        """A formula that is not written in the grammar, such as that of your own class, as it is."""
        return [self.dialect.text(row) for row in textwrap.wrap(formula, UPRIGHT_ROOM)] or [""]
