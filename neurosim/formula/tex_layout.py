"""Long formulas over several lines."""

from __future__ import annotations

from neurosim.formula.tex import ATOM, BRACKET, DOT, IF, OTHERWISE, PRODUCT, SIGN, Piece, joined, pairs

INDENT = 2  # em: how much further in the second line of a formula stands, and all after it


def lay_out(notation, tree, operands, room):
    """The lines of a formula, a piece each, which fit into the room (in em) if they can be made to.

    A formula that fits stays whole. One that does not is broken before the + and - of its sums, of which those
    in brackets, fractions, roots and cases are written in a line: (a + b) / 2. All lines but the first stand further in.
    """
    whole = notation.write(tree, operands)
    if whole.width <= room:
        return [whole]
    lines, width = [[]], 0
    for piece in _parts(notation, tree, operands, room - INDENT - SIGN):
        if lines[-1] and width + piece.width > room - INDENT * (len(lines) > 1):
            lines.append([])
            width = 0
        lines[-1].append(piece)
        width += piece.width
    return [joined(line, ATOM) for line in lines]


def fits(lines, room):
    """Whether such lines fit into the room."""
    return all(line.width <= room - INDENT * (number > 0) for number, line in enumerate(lines))


def _parts(notation, tree, operands, room):
    """The pieces between which a line may end: one, where all of it fits into the room."""
    piece = notation.write(tree, operands)
    if piece.width <= room or tree.kind not in BREAKABLE:
        return [piece]
    return BREAKABLE[tree.kind](notation, operands, room, *tree.parts)


def _sum(notation, operands, room, first, *others):
    parts = _parts(notation, first, operands, room)
    for sign, term in pairs(others):
        pieces = _parts(notation, term, operands, room)
        pieces = _in_brackets(pieces, "big") if term.kind in ("sum", "negative", "choice") else _safe(pieces)
        parts += _before(f"{sign} ", SIGN, pieces)
    return parts


def _product(notation, operands, room, first, *others):
    parts = _factor(notation, first, operands, room, ("sum", "choice", "comparison"))
    for sign, factor in pairs(others):
        pieces = _factor(notation, factor, operands, room, ("sum", "choice", "comparison", "product", "negative"))
        pieces = _before("/ " if sign == "/" else r"\cdot ", DOT, pieces)
        last = parts.pop()
        parts += _before(f"{last.tex} ", last.width, pieces)
    return parts


def _factor(notation, factor, operands, room, loose):
    pieces = _parts(notation, factor, operands, room)
    return _in_brackets(pieces, "big") if factor.kind in loose else _safe(pieces)


def _power(notation, operands, room, base, exponent):
    raised = notation.write(exponent, operands)
    return _after(f"^{{{raised.tex}}}", raised.width, _in_brackets(_parts(notation, base, operands, room), "big"))


def _call(notation, operands, room, name, *arguments):
    parts = []
    for number, argument in enumerate(arguments):
        pieces = _parts(notation, argument, operands, room)
        parts += _before(", ", DOT, pieces) if number else pieces
    if name == "sqrt":
        return _after("^{1/2}", 1, _in_brackets(parts, "big"))
    return _before(notation.function(name), len(name) * DOT, _in_brackets(parts, "big"))


def _negative(notation, operands, room, part):
    return _before("-", DOT, _in_brackets(_parts(notation, part, operands, room), "big"))


def _choice(notation, operands, room, value, condition, otherwise):
    parts = _parts(notation, value, operands, room)
    parts += _before(r"\text{ if }", IF, _parts(notation, condition, operands, room - IF))
    return parts + _before(r"\text{, otherwise }", OTHERWISE, _parts(notation, otherwise, operands, room - OTHERWISE))


BREAKABLE = {"choice": _choice, "sum": _sum, "product": _product, "power": _power, "call": _call, "negative": _negative}


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
