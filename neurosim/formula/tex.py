"""Formulas in TeX: the one place where the text of a rule becomes fractions, roots, powers and cases.

A `Piece` is a part of a formula in TeX. It knows how wide it comes out, so that a long formula can be laid
out over several lines, and how tightly it holds together, so that brackets stand where they are needed.
"""

from __future__ import annotations

from collections import namedtuple

from neurosim.formula.formula import DOTS, Formula

# How tightly a piece holds together, from the loosest to the tightest.
CHOICE, COMPARISON, SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(7)

# tex, its width (in em), how tightly it holds together, and whether it is taller than a line.
Piece = namedtuple("Piece", ("tex", "width", "level", "tall"))

ROOM = 43  # em: a line of a page with usual margins
DIGIT, LETTER, SIGN, DOT, BRACKET = 0.5, 0.55, 1.25, 0.75, 0.4
IF, OTHERWISE = 1, 4.5  # the words, with the space behind them
INDEX = 0.8  # how large a subscript is beside its letter

FUNCTIONS = {
    "exp": r"\exp", "log": r"\ln", "tanh": r"\tanh", "cosh": r"\cosh", "atan": r"\arctan", "min": r"\min",
    "max": r"\max", "sum": r"\sum",
}
FENCES = {"abs": (r"\lvert ", r" \rvert"), "floor": (r"\lfloor ", r" \rfloor")}
NAMES = {"pi": r"\pi", "eta": r"\eta"}
COMPARISONS = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}

# What differs between TeX on a page of its own and TeX inside Markdown: how any text is written, < and >, and
# how a line ends.
Dialect = namedtuple("Dialect", ("text", "less", "greater", "newline"))


class Notation:
    """Writes trees of formulas as pieces in one dialect; `terms` is how many a sum may have before it is shortened."""

    def __init__(self, dialect, terms=None):
        self.dialect, self.terms = dialect, terms
        self.comparisons = {**COMPARISONS, "<": dialect.less, ">": dialect.greater}

    def tree(self, rule, values):
        """The formula of a rule with operands of these values, or None if it is in another language."""
        tree = rule.shown(len(values), self.terms, values)
        return None if tree.kind == "foreign" else tree

    def write(self, tree, operands):
        """The piece of a formula, with a piece in place of each operand."""
        return getattr(self, f"_{tree.kind}")(operands, *tree.parts)

    def _number(self, operands, text):
        return number_piece(text)

    def _name(self, operands, name):
        if name == DOTS.parts[0]:
            return Piece(r"\cdots", 1.2, ATOM, False)
        return Piece(NAMES.get(name) or self.dialect.text(name), len(name) * LETTER, ATOM, False)

    def _operand(self, operands, index):
        return operands[index]

    def _negative(self, operands, tree):
        piece = bracketed(self.write(tree, operands), PRODUCT)
        return piece._replace(tex=f"-{piece.tex}", width=piece.width + DOT, level=NEGATIVE)

    def _sum(self, operands, first, *others):
        pieces = [bracketed(self.write(first, operands), NEGATIVE)]
        for sign, term in pairs(others):
            piece = bracketed(self.write(term, operands), PRODUCT)
            pieces.append(piece._replace(tex=f"{sign} {piece.tex}", width=piece.width + SIGN))
        return joined(pieces, SUM)

    def _product(self, operands, first, *others):
        if first.kind == "negative":  # -a / b as the negative of a fraction
            return self._negative(operands, Formula("product", (*first.parts, *others)))
        piece = self.write(first, operands)
        for sign, factor in pairs(others):
            other = self.write(factor, operands)
            if sign == "/":
                width = max(piece.width, other.width) + BRACKET
                piece = Piece(rf"\frac{{{piece.tex}}}{{{other.tex}}}", width, PRODUCT, True)
            else:
                piece, other = bracketed(piece, PRODUCT), bracketed(other, PRODUCT)
                tall, width = piece.tall or other.tall, piece.width + DOT + other.width
                piece = Piece(rf"{piece.tex} \cdot {other.tex}", width, PRODUCT, tall)
        return piece

    def _power(self, operands, base, exponent):
        base, exponent = bracketed(self.write(base, operands), ATOM), self.write(exponent, operands)
        width = base.width + INDEX * exponent.width
        return Piece(f"{base.tex}^{{{exponent.tex}}}", width, POWER, base.tall or exponent.tall)

    def _call(self, operands, name, *arguments):
        pieces = [self.write(argument, operands) for argument in arguments]
        piece = joined([pieces[0], *[p._replace(tex=f", {p.tex}", width=p.width + DOT) for p in pieces[1:]]], ATOM)
        if name == "sqrt":
            return Piece(rf"\sqrt{{{piece.tex}}}", piece.width + 1, ATOM, True)
        if name == "exp" and not piece.tall:
            return Piece(f"e^{{{piece.tex}}}", LETTER + INDEX * piece.width, POWER, False)
        if name in FENCES:
            return fenced(piece, *FENCES[name])
        piece = fenced(piece)
        return piece._replace(tex=self.function(name) + piece.tex, width=piece.width + len(name) * LETTER)

    def function(self, name):
        """The name of a function."""
        return FUNCTIONS.get(name) or (rf"\operatorname{{{name}}}" if name.isalpha() else self.dialect.text(name))

    def _comparison(self, operands, *parts):
        pieces = [
            Piece(self.comparisons[part], SIGN, ATOM, False) if isinstance(part, str)
            else bracketed(self.write(part, operands), SUM)
            for part in parts
        ]
        return joined(pieces, COMPARISON)

    def _choice(self, operands, value, condition, otherwise):
        rows, lefts, rights = [], [], []
        tree = Formula("choice", (value, condition, otherwise))
        while tree.kind == "choice":
            value, condition, tree = tree.parts
            left, right = self.write(value, operands), self.write(condition, operands)
            rows.append(rf"{left.tex} & \text{{if }}{{{right.tex}}}")
            lefts.append(left.width)
            rights.append(right.width + IF)
        last = self.write(tree, operands)
        rows.append(rf"{last.tex} & \text{{otherwise}}")
        inside = f" {self.dialect.newline} ".join(rows)
        width = 2 + max(*lefts, last.width) + max(*rights, OTHERWISE)
        return Piece(rf"\begin{{cases}} {inside} \end{{cases}}", width, CHOICE, True)


def pairs(parts):
    """The signs and pieces behind the first piece of a chain: "+" and b, "-" and c from a + b - c."""
    return zip(parts[::2], parts[1::2])


def joined(pieces, level):
    """Pieces side by side."""
    tex, width = " ".join(piece.tex for piece in pieces), sum(piece.width for piece in pieces)
    return Piece(tex.replace(" , ", ", "), width, level, any(piece.tall for piece in pieces))


def bracketed(piece, level):
    """The piece, in brackets if it holds together less tightly than this."""
    return piece if piece.level >= level else fenced(piece)


def fenced(piece, left="(", right=")"):
    """The piece between brackets, which are as tall as it is."""
    before, after = (r"\left", r"\right") if piece.tall else ("", "")
    width = piece.width + (4 if piece.tall else 2) * BRACKET
    return Piece(f"{before}{left}{piece.tex}{after}{right}", width, ATOM, piece.tall)


def number_piece(text):
    r"""The piece of a number that `number_text` has written: 1.5e-07 is 1.5 \cdot 10^{-7}."""
    if text.startswith("-"):
        piece = number_piece(text[1:])
        return piece._replace(tex=f"-{piece.tex}", width=piece.width + DOT, level=NEGATIVE)
    mantissa, _, exponent = text.lower().partition("e")
    if exponent:
        width = (len(mantissa) + 2) * DIGIT + DOT + INDEX * len(exponent) * DIGIT
        return Piece(rf"{mantissa} \cdot 10^{{{int(exponent)}}}", width, PRODUCT, False)
    numerator, stroke, denominator = text.partition("/")
    if stroke:
        width = (max(len(numerator), len(denominator)) + 1) * DIGIT
        return Piece(rf"\frac{{{numerator}}}{{{denominator}}}", width, PRODUCT, True)
    return Piece(text, len(text) * DIGIT, ATOM, False)
