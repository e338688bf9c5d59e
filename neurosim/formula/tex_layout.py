"""Long formulas over several lines."""

from __future__ import annotations

from neurosim.formula.tex import ATOM, BRACKET, DOT, PRODUCT, SIGN, Piece


def lay_out(notation, tree, operands, room):
    """The formula in TeX as a list of lines, each of which fits into the room (in em) if it can be made to.

    A formula that fits stays whole. One that does not is broken before the + and - of its sums, of which those
    in brackets, fractions and roots are written in a line: (a + b) / 2.
    """
    lines, width = [[]], 0
    for piece in _parts(notation, tree, operands, room - SIGN):
        if lines[-1] and width + piece.width > room - SIGN * (len(lines) > 1):
            lines.append([])
            width = 0
        lines[-1].append(piece.tex)
        width += piece.width
    return [" ".join(line) for line in lines]


def _parts(notation, tree, operands, room):
    """The pieces between which a line may end: one, where all of it fits into the room."""
    piece = notation.write(tree, operands)
    kind = tree[0]
    if piece.width <= room or kind not in ("sum", "product", "power", "call", "negative"):
        return [piece]
    return {"sum": _sum, "product": _product, "power": _power, "call": _call, "negative": _negative}[kind](
        notation, tree, operands, room
    )


def _sum(notation, tree, operands, room):
    parts = []
    for number, (sign, term) in enumerate(tree[1]):
        pieces = _parts(notation, term, operands, room)
        if number:
            loose = term[0] in ("sum", "negative", "choice")
            pieces = _in_brackets(pieces, "big") if loose else _safe(pieces)
            pieces = _before(f"{sign} ", SIGN, pieces)
        parts += pieces
    return parts


def _product(notation, tree, operands, room):
    parts = []
    for number, (sign, factor) in enumerate(tree[1]):
        pieces = _parts(notation, factor, operands, room)
        loose = factor[0] in ("sum", "choice", "comparison") or number and factor[0] in ("product", "negative")
        pieces = _in_brackets(pieces, "big") if loose else _safe(pieces)
        if number:
            pieces = _before(r"\cdot " if sign == "*" else "/ ", DOT, pieces)
            last = parts.pop()
            pieces = _before(f"{last.tex} ", last.width, pieces)
        parts += pieces
    return parts


def _power(notation, tree, operands, room):
    exponent = notation.write(tree[2], operands)
    base = _in_brackets(_parts(notation, tree[1], operands, room), "big")
    return _after(f"^{{{exponent.tex}}}", exponent.width, base)


def _call(notation, tree, operands, room):
    _, name, arguments = tree
    parts = []
    for number, argument in enumerate(arguments):
        pieces = _parts(notation, argument, operands, room)
        parts += _before(", ", DOT, pieces) if number else pieces
    if name == "sqrt":
        return _after("^{1/2}", 1, _in_brackets(parts, "big"))
    return _before(notation.function(name), len(name) * DOT, _in_brackets(parts, "big"))


def _negative(notation, tree, operands, room):
    return _before("-", DOT, _in_brackets(_parts(notation, tree[1], operands, room), "big"))


def _safe(pieces):
    """The pieces, of which a single loose one, such as a negative number, gets brackets."""
    return _in_brackets(pieces) if len(pieces) == 1 and pieces[0].level < PRODUCT else pieces


def _in_brackets(pieces, size=""):
    left, right = (r"\bigl(", r"\bigr)") if size else ("(", ")")
    return _after(right, BRACKET, _before(left, BRACKET, pieces))


def _before(tex, width, pieces):
    first, *others = pieces
    return [Piece(tex + first.tex, first.width + width, ATOM, first.tall), *others]


def _after(tex, width, pieces):
    *others, last = pieces
    return [*others, Piece(last.tex + tex, last.width + width, ATOM, last.tall)]
