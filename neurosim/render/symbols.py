r"""Addresses, units and numbers in TeX: z[h1] is z_{h_1}, and dE/da[h1] is \frac{\partial E}{\partial a_{h_1}}."""

from __future__ import annotations

import re

from neurosim.core.address import split_address
from neurosim.formula.tex import ATOM, BRACKET, DIGIT, INDEX, LETTER, POWER, Piece, fenced, number_piece
from neurosim.support.checks import REDUCTIONS

NUMBERED = re.compile(r"([A-Za-z])(\d[\d.]*)")  # h1, h1.2
PLAIN = re.compile(r"[A-Za-z]|\d[\d.]*")
NUMBER = re.compile(r"-?(\d+\.?\d*(e[-+]?\d+)?|\d+/\d+)", re.IGNORECASE)
WRITTEN_OUT = re.compile(r"\\(?=exp|max)")  # whose names are seen
WRAPPING_OR_COMMAND = re.compile(r"\\(?:text|texttt|verb|char)\b ?|[{}$_|]|(\\[A-Za-z]+ ?|\\.)")

WIDTHS = {**dict.fromkeys("mwMW%@", 1), **dict.fromkeys("fijlrt_.:;'!|() ", 0.4), **dict.fromkeys("0123456789", DIGIT)}
CAPITAL = 0.75  # em, as these

# The letter of a quantity, and what is written above it on the right. Whatever is not here is its own letter.
LETTERS = {
    "eta": (r"\eta", ""), "scheduled eta": (r"\eta", r"\text{scheduled}"), "delta": (r"\delta", ""),
    "f'": ("f", r"\prime"), "largest z": (r"\max z", ""), "exp": (r"\exp", ""),
    "velocity": ("v", ""), "decayed": ("g", r"\text{decayed}"), "clipped": ("g", r"\text{clipped}"),
    "shortened": ("g", r"\text{shortened}"), "norm": (r"\lVert g \rVert", ""),
}


class Symbols:
    """Writes addresses and numbers as pieces in one dialect."""

    def __init__(self, dialect):
        self.dialect = dialect

    def number(self, text):
        """The piece of a number that `number_text` has written."""
        if NUMBER.fullmatch(text):
            return number_piece(text)
        return Piece(self.dialect.text(text), len(text) * LETTER, ATOM, False)

    def unit(self, name):
        """The name of a unit: h1 with its number below, anything else upright."""
        numbered = NUMBERED.fullmatch(name)
        if numbered:
            return f"{numbered[1]}_{{{numbered[2]}}}" if len(numbered[2]) > 1 else f"{numbered[1]}_{numbered[2]}"
        return name if PLAIN.fullmatch(name) else self.dialect.text(name)

    def address(self, address):
        """The piece of an address."""
        quantity, place, pass_number = split_address(address)
        reduction, _, rest = quantity.partition(" ")
        if reduction in REDUCTIONS and rest:
            piece = self._symbol(rest, place, None)
            raised = f"^{{({pass_number})}}" if pass_number else ""
            if reduction == "sum":
                piece = fenced(piece._replace(tex=rf"{{\textstyle\sum}} {piece.tex}", width=piece.width + 1))
                return piece._replace(tex=f"{piece.tex}{raised}", width=piece.width + 1, level=POWER)
            return piece._replace(tex=rf"\overline{{{piece.tex}}}{raised}", width=piece.width + 1, level=POWER)
        return self._symbol(quantity, place, pass_number)

    def _symbol(self, quantity, place, pass_number):
        if quantity.startswith("dE/d"):  # of this pass's error
            error = self._symbol("E", "", pass_number)
            by = self._symbol(quantity[len("dE/d") :], place, None if quantity != "dE/da" else pass_number)
            width = max(error.width, by.width) + LETTER + BRACKET
            return Piece(rf"\frac{{\partial {error.tex}}}{{\partial {by.tex}}}", width, POWER, True)
        plus = quantity.endswith("+")
        letter, above = self._letter(quantity[:-1] if plus else quantity)
        raised = [above] * bool(above) + ["+"] * plus + [f"({pass_number})"] * bool(pass_number)
        index = r" \to ".join(map(self.unit, place.split("->"))) if place else ""
        tex = letter + (f"_{{{index}}}" if index else "") + (f"^{{{''.join(raised)}}}" if raised else "")
        width = visible_width(letter) + INDEX * max(visible_width(index), visible_width("".join(raised)))
        return Piece(tex, width + 2 * (quantity == "norm"), POWER if raised else ATOM, False)

    def _letter(self, quantity):
        if quantity in LETTERS:
            return LETTERS[quantity]
        if quantity.endswith("_hat"):
            return rf"\hat {self._letter(quantity[: -len('_hat')])[0]}", ""
        return (quantity, "") if len(quantity) == 1 and quantity.isalpha() else (self.dialect.text(quantity), "")


def visible_width(tex):
    """About how wide is what there is to see of upright text (in em)."""
    seen = WRAPPING_OR_COMMAND.sub(lambda match: "x" if match[1] else "", WRITTEN_OUT.sub("", tex))
    return sum(WIDTHS.get(sign) or (CAPITAL if sign.isupper() else LETTER) for sign in seen)
