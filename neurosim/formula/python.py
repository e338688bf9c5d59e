"""Formulas in Python, for a script that needs nothing but the standard library.

    w - 0.5*g^2  ->  w - 0.5*g**2        the numbers stay exact beside Fractions and Decimals: Fraction("0.5")

The functions that formulas call come from `math` or are defined in the script.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Sequence

from neurosim.formula.formula import Formula, NotAFormula
from neurosim.formula.text import ATOM, POWER, LineNotation
from neurosim.support.errors import shown

NUMBER = re.compile(r"-?((\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|\d+/\d+)")
WORD = re.compile(r"\w+")
WHOLE = re.compile(r"-?\d+")
MOST_TERMS = 500  # of a sum with plus signs: Python reads no formula that is nested a thousand deep, as a + b + c is
KINDS = {"Fraction": "from fractions import Fraction", "Decimal": "from decimal import Decimal"}
BUILT_IN = {"abs", "min", "max"}
FROM_MATH = {"exp", "log", "sqrt", "tanh", "atan", "erfc", "cosh", "floor", "expm1", "log1p", "pi"}

# By its name what a script defines: those that call others stand before them.
DEFINED = {
    "softplus": "def softplus(z):\n    return max(0, z) + log1p(exp(-abs(z)))  # with a power that cannot be too large",
    "sigmoid": """\
def sigmoid(z):
    if z >= 0:
        return 1 / (1 + exp(-z))
    return exp(z) / (1 + exp(z))  # the same, with a power that cannot be too large""",
    "log_cosh": """\
def log_cosh(error):
    error = abs(error)
    if error < 1:  # the same, accurate also near 0
        sinh = (expm1(error / 2) - expm1(-error / 2)) / 2
        return log1p(2 * sinh**2)
    return error + log1p(exp(-2 * error)) - log(2)""",
    "times_log": "def times_log(t, a):\n    return t * log(above_zero(a)) if t != 0 else 0 * a  # 0 log(0) is 0",
    "log_of_rest": "def log_of_rest(a):\n    return log1p(-a) if a < 1 else log(above_zero(1 - a))",
    "over": "def over(t, a):\n    return t / above_zero(a) if t != 0 else 0 * a  # 0 / 0 is 0",
    "above_zero": "def above_zero(a):\n    return max(a, 1e-300)  # so that there is a logarithm, and a quotient",
    "sign": "def sign(x):\n    return type(x)((x > 0) - (x < 0))",
}
DEFINED_FOR_DECIMALS = {
    **DEFINED,
    "above_zero": """\
def above_zero(a):
    return a if a > 0 else Decimal("1e-300")  # so that there is a logarithm, and a quotient""",
    "tanh": """\
def tanh(x):
    fall = exp(-2 * abs(x))
    size = (1 - fall) / (1 + fall)
    return size if x >= 0 else -size""",
    "cosh": "def cosh(x):\n    return (exp(x) + exp(-x)) / 2",
    "expm1": "def expm1(x):\n    return exp(x) - 1",
    "log1p": "def log1p(x):\n    return log(1 + x)",
    "exp": "def exp(x):\n    return Decimal(x).exp()",
    "log": "def log(x):\n    return Decimal(x).ln()",
    "sqrt": "def sqrt(x):\n    return Decimal(x).sqrt()",
}


class PythonNotation(LineNotation):
    """Python, beside numbers of a kind: "Fraction", "Decimal", or "" for floats and whole numbers.

    >>> from neurosim.formula.formula import formula, operand
    >>> PythonNotation("Fraction").template(formula("0.5*g^2").put({"g": operand(0)})).format(["g"], ["g"])
    'Fraction("0.5")*g**2'

    Raises NotAFormula for what a script cannot work out, such as a function that is not known here.
    """

    def __init__(self, kind: str = "") -> None:
        self.kind = kind
        self.defined = DEFINED_FOR_DECIMALS if kind == "Decimal" else DEFINED
        self.imported = {"floor"} if kind == "Decimal" else FROM_MATH
        self.functions = self.imported | BUILT_IN | set(self.defined)

    def preamble(self, lines: str) -> list[str]:
        """The imports and the definitions, each a text, that must stand before these lines."""
        words = set(WORD.findall(lines))
        definitions: list[str] = []
        for name, definition in self.defined.items():
            if name in words:
                definitions.insert(0, definition)
                words.update(WORD.findall(definition))
        imports = [line for kind, line in KINDS.items() if kind in words]
        names = sorted(words & self.imported)
        imports += [f"from math import {', '.join(names)}"] * bool(names)
        return ["\n".join(imports)] * bool(imports) + definitions

    def function(self, formula: Formula, size: int) -> Callable[[Sequence[Any]], Any]:
        """What a script with this formula works out, as a function of a list of `size` operands."""
        slots = [f"operands[{index}]" for index in range(size)]
        text = self.template(formula).format(slots, slots)
        known: dict[str, Any] = {}
        exec("\n".join(self.preamble(text)), known)
        function: Callable[[Sequence[Any]], Any] = eval(f"lambda operands: {text}", known)
        return function

    def _number(self, text):
        if not NUMBER.fullmatch(text):
            raise NotAFormula(f"{text} is no number")
        return super()._number(text) if WHOLE.fullmatch(text) or not self.kind else (f'{self.kind}("{text}")', ATOM)

    def _name(self, name):
        if name != "pi" or name not in self.functions:
            raise NotAFormula(f"nothing is known of {shown(name)}")
        return name, ATOM

    def _foreign(self, *parts):
        raise NotAFormula("it is in another language")

    def _typed(self, text):
        return f"{self.kind}({text})", ATOM

    def _of_kind(self, piece):
        """A whole number as one of the kind, where nothing beside it makes it one."""
        if self.kind and piece.kind == "number" and WHOLE.fullmatch(piece.parts[0]):
            return Formula("typed", piece.parts)
        return piece.each(self._of_kind) if piece.kind == "negative" else piece

    def _sum(self, first, *others):
        if len(others) < 2 * MOST_TERMS:
            return super()._sum(first, *others)
        signed = zip(others[::2], others[1::2])
        terms = [first, *[part if sign == "+" else Formula("negative", (part,)) for sign, part in signed]]
        return f"sum([{', '.join(map(self.write, terms))}])", ATOM

    def _product(self, first, *others):
        if all(part.kind == "number" for part in (first, *others[1::2])):
            first = self._of_kind(first)  # a quotient of whole numbers, such as 1 / 6
        return super()._product(first, *others)

    def _power(self, base, exponent):
        return f"{self.write(base, ATOM)}**{self.write(exponent, ATOM)}", POWER

    def _call(self, name, *arguments):
        if name not in self.functions or name == "pi":
            raise NotAFormula(f"a script has no {shown(name)}(){f' of {self.kind}s' * bool(self.kind)}")
        return super()._call(name, *map(self._of_kind, arguments))

    def _choice(self, value, condition, otherwise):
        return super()._choice(self._of_kind(value), condition, self._of_kind(otherwise))
