"""Formulas in the cells of a spreadsheet, as Excel and LibreOffice read them from a file.

    a if -3 < z < 3 else b^2    ->  IF(AND(-3 < z, z < 3), a, b^2)
    exp(-z^2)                   ->  EXP(-(z^2))     where a sign before a number binds tighter than ^: -2^2 is 4

Words that sheets lack, such as log1p, are spelled out in those that they have.
"""

from __future__ import annotations

from neurosim.formula.formula import Formula, NotAFormula, formula
from neurosim.formula.python import NUMBER
from neurosim.formula.text import ATOM, NEGATIVE, LineNotation
from neurosim.support.errors import shown
from neurosim.support.number_text import number_text

# The function of a sheet by its name here
FUNCTIONS = {
    **{name: name.upper() for name in ("exp", "sqrt", "tanh", "cosh", "erfc", "abs", "sign", "min", "max")},
    "log": "LN", "atan": "ATAN", "floor": "INT",
}
# Words that sheets lack, by their arguments in the order in which these come. A sheet takes a difference for 0 that has
# no more than some 4e-15 of what it is between, as 1 - a near 1: there it is put together from two that are no such.
SPELLED = {
    "expm1": "tanh(x / 2) * (exp(x) + 1)",
    "log1p": "x if 1 + x == 1 else log(1 + x) * x / (1 + x - 1)",  # Kahan's: what is rounded in 1 + x is so twice
    "sigmoid": "1 / (1 + exp(-z)) if z > 0 else exp(z) / (1 + exp(z))",
    "softplus": "max(0, z) + log1p(exp(-abs(z)))",
    "log_cosh": "-log1p(-tanh(x)^2) / 2 if abs(x) < 1 else abs(x) + log(1 + exp(-2 * abs(x))) - log(2)",
    "times_log": "0 if t == 0 else t * log(max(a, 1e-300))",
    "log_of_rest": "log1p(-a) if a < 0.5 else log(max(0.0009765625 - (a - 0.9990234375), 1e-300))",  # 1 - a
    "over": "0 if t == 0 else t / max(a, 1e-300)",
}
SIGNS = {"==": "=", "!=": "<>"}


class CellNotation(LineNotation):
    """The notation, as a format of the names of cells.

    >>> from neurosim.formula.formula import operand
    >>> CellNotation().template(formula("-times_log(t, a)").put({"t": operand(0), "a": operand(1)}))
    '-IF({1[0]} = 0, 0, {1[0]} * LN(MAX({0[1]}, 1E-300)))'

    Raises NotAFormula for what no sheet can work out, such as a function that is not known here.
    """

    def _number(self, text):
        if not NUMBER.fullmatch(text):
            raise NotAFormula(f"{text} is no number")
        return super()._number("/".join(number_text(float(part), "all").upper() for part in text.split("/")))

    def _name(self, name):
        if name != "pi":
            raise NotAFormula(f"nothing is known of {shown(name)}")
        return "PI()", ATOM

    def _foreign(self, *parts):
        raise NotAFormula("it is in another language")

    def _negative(self, part):
        return f"-{self.write(part, ATOM)}", NEGATIVE

    def _call(self, name, *arguments):
        if name in SPELLED:
            spelled = formula(SPELLED[name])
            piece = spelled.put(dict(zip(spelled.names, arguments)))
            return getattr(self, f"_{piece.kind}")(*piece.parts)
        if name not in FUNCTIONS:
            raise NotAFormula(f"a sheet has no {shown(name)}()")
        return super()._call(FUNCTIONS[name], *arguments)

    def _choice(self, value, condition, otherwise):
        return super()._call("IF", condition, value, otherwise)

    def _or(self, *parts):
        return super()._call("OR", *parts)

    def _and(self, *parts):
        return super()._call("AND", *parts)

    def _not(self, part):
        return super()._call("NOT", part)

    def _comparison(self, *parts):
        if len(parts) > 3:
            return self._and(*[Formula("comparison", parts[at : at + 3]) for at in range(0, len(parts) - 2, 2)])
        left, sign, right = parts
        return super()._comparison(left, SIGNS.get(sign, sign), right)
