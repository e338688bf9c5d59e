"""Formulas along a line of text, as they are typed: w - 0.5*(-0.25) / (sqrt(v) + 1e-08)."""

from __future__ import annotations

# How tightly a piece holds together, from the loosest to the tightest.
LOOSE, CHOICE, OR, AND, NOT, COMPARISON, SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(11)


class LineNotation:
    """A language whose formulas go along a line. Each method returns the text of a piece, and how tightly it holds."""

    def write(self, piece, level=LOOSE):
        """The text of a formula; in brackets, if it holds together less tightly than `level`."""
        if piece.kind == "operand":
            return self._operand(*piece.parts, level)
        text, own = getattr(self, f"_{piece.kind}")(*piece.parts)
        return text if own >= level else f"({text})"

    def template(self, formula):
        """The formula as a format, to be given the texts of its operands, and these texts with needed brackets."""
        return self.write(formula)

    def own(self, text):
        """What a person has named, as it stands in a format: its braces mean nothing there."""
        return text.replace("{", "{{").replace("}", "}}")

    def _operand(self, index, level):
        return f"{{1[{index}]}}" if level > LOOSE else f"{{0[{index}]}}"

    def _number(self, text):
        return text, LOOSE if text.startswith("-") or "/" in text else ATOM

    def _name(self, name):
        return self.own(name), ATOM

    def _foreign(self, *parts):
        return "".join(self.own(part) if isinstance(part, str) else self.write(part) for part in parts), ATOM

    def _negative(self, part):
        return f"-{self.write(part, POWER)}", NEGATIVE

    def _sum(self, first, *others):
        signed = [f" {sign} {self.write(part, PRODUCT)}" for sign, part in zip(others[::2], others[1::2])]
        return self.write(first, SUM) + "".join(signed), SUM

    def _product(self, first, *others):
        signed = [
            (" / " if sign == "/" else sign) + self.write(part, POWER) for sign, part in zip(others[::2], others[1::2])
        ]
        level = NEGATIVE if first.kind == "negative" else PRODUCT
        return self.write(first, NEGATIVE) + "".join(signed), level

    def _power(self, base, exponent):
        return f"{self.write(base, ATOM)}^{self.write(exponent, ATOM)}", POWER

    def _call(self, name, *arguments):
        return f"{self.own(name)}({', '.join(map(self.write, arguments))})", ATOM

    def _choice(self, value, condition, otherwise):
        value, condition = self.write(value, OR), self.write(condition, OR)
        return f"{value} if {condition} else {self.write(otherwise, CHOICE)}", CHOICE

    def _or(self, *parts):
        return " or ".join([self.write(part, AND) for part in parts]), OR

    def _and(self, *parts):
        return " and ".join([self.write(part, NOT) for part in parts]), AND

    def _not(self, part):
        return f"not {self.write(part, NOT)}", NOT

    def _comparison(self, *parts):
        return " ".join(part if isinstance(part, str) else self.write(part, SUM) for part in parts), COMPARISON


class PlainNotation(LineNotation):
    """The same for what is shown as it is, and is no format."""

    def own(self, text):
        return text


TEXT, PLAIN = LineNotation(), PlainNotation()
