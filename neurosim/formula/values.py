"""Formulas worked out: a function made from the tree, for any kind of number, as fast as code typed by hand.

The function is compiled from text that this module writes: signs, the numbers of the formula, the functions in
`FUNCTIONS`, and variables of its own naming. No name of the formula, and nothing else that a person typed, gets into it.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from neurosim.formula.formula import Formula, NotAFormula, goes_through_lists
from neurosim.formula.text import ATOM, POWER, PRODUCT, SUM, LineNotation
from neurosim.support import numeric


def _cosh(x):
    return (numeric.exp(x) + numeric.exp(0 - x)) / 2


FUNCTIONS = {
    "exp": numeric.exp, "log": numeric.log, "sqrt": numeric.sqrt, "tanh": numeric.tanh, "atan": numeric.atan,
    "erfc": numeric.erfc, "abs": numeric.magnitude, "sign": numeric.sign, "cosh": _cosh, "floor": math.floor,
    "min": min, "max": max, "sum": sum,
}
KNOWN = {
    **FUNCTIONS, "dot": numeric.dot, "as_kind": numeric.as_kind, "one": numeric.one, "pi": numeric.pi,
    "len": len, "zip": zip, "__builtins__": {},
}
OWN = "own rule"  # a function that comes with the operands, behind them; a formula that is typed cannot call it
NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
WHOLE = re.compile(r"\d+")


def function(formula, names=None):
    """The formula as a function of the values of these names, in this order; without names, of a row of operands.

    >>> from neurosim.formula.formula import formula
    >>> function(formula("sum(w*a) + b"))(1, 2, 3, 4, 5), function(formula("w - eta*g"), ["w", "g", "eta"])(1, 0.5, 0.1)
    (19, 0.95)

    Raises NotAFormula for what cannot be worked out, such as a function that is not known here.
    """
    return _function(formula, names if names is None else tuple(names))


@lru_cache(maxsize=None)
def _function(formula, names):
    if names is None and formula.lists:
        return _of_a_row(formula)
    names = formula.names if names is None else names
    code = Code({name: f"x{index}" for index, name in enumerate(names)})
    return _made(f"lambda {', '.join(code.variables.values())}: {code.write(formula)}")


def _of_a_row(formula):
    """The same for a formula with sums, whose operands come in turns."""
    names, lists, step = formula.names, formula.lists, len(formula.lists)
    single = [name for name in names if name not in lists]
    before = names.index(lists[0])
    end = before - len(single) or ""
    variables = {name: f"row[{index if index < before else index - len(single)}]" for index, name in enumerate(single)}
    variables.update((name, f"row[{before + place}:{end}:{step}]") for place, name in enumerate(lists))
    code = Code(variables, count=f"((len(row) - {len(single)}) // {step})")
    fits = f"len(row) >= {len(single)} and (len(row) - {len(single)}) % {step} == 0"
    return _made(f"lambda *row: {code.write(formula)} if {fits} else refuse(len(row))", refuse=formula.layout)


def _made(source, **more):
    return eval(source, {**KNOWN, **more})


class Code(LineNotation):
    """Python that works a formula out to the last bit as the core does: squares are products, sums of products `dot`.

    variables: what stands for each name. count: what stands for n.
    """

    def __init__(self, variables, count=None):
        self.variables, self.count = variables, count

    def _operand(self, index, level):
        return self.variables[index]

    def _like(self):
        """A variable whose kind of number the formula's own numbers take."""
        variable = next(iter(self.variables.values()), "0")
        return f"{variable[:-1].split(':')[0]}]" if ":" in variable else variable

    def _number(self, text):
        if not NUMBER.fullmatch(text):
            raise NotAFormula(f"{text} is no number of a formula")
        return text if WHOLE.fullmatch(text) else f"as_kind({text}, {self._like()})", ATOM

    def _name(self, name):
        if name == "n" and self.count:
            return self.count, ATOM
        if name == "pi" and name not in self.variables:
            return f"pi({self._like()})", ATOM
        if name not in self.variables:
            raise NotAFormula(f"nothing is known of {name}")
        return self.variables[name], ATOM

    def _foreign(self, *parts):
        raise NotAFormula("a formula in another language cannot be worked out")

    def _negative(self, part):
        return f"0 - {self.write(part, POWER)}", SUM

    def _product(self, first, *others):
        text, level = super()._product(first, *others)
        if "/" in others and first.kind == "number":
            text = f"one({self._like()}) * {text}"  # a quotient of whole numbers, such as 1 / 6, is of the operands' kind
        return text, level

    def _power(self, base, exponent):
        if exponent == Formula("number", ("2",)):
            return f"{self.write(base, ATOM)}*{self.write(base, ATOM)}", PRODUCT
        return f"{self.write(base, ATOM)}**{self.write(exponent, ATOM)}", POWER

    def _call(self, name, *arguments):
        if name == OWN:
            return super()._call(self.variables[OWN], *arguments)
        if name not in FUNCTIONS:
            raise NotAFormula(f"{name} is no function that can be worked out")
        if not goes_through_lists(Formula("call", (name, *arguments))):
            return super()._call(name, *arguments)
        (term,) = arguments
        lists = {name: self.variables[name] for name in term.names if name in self.variables}
        if name == "sum" and len(lists) == 2 and [getattr(part, "kind", part) for part in term.parts] in PAIRS:
            return f"dot({', '.join(lists.values())})", ATOM
        if term.kind == "name":
            return f"{name}({self.write(term)})", ATOM
        inner = Code({**self.variables, **{name: f"y{index}" for index, name in enumerate(lists)}}, self.count)
        each = ", ".join(f"y{index}" for index in range(len(lists)))
        return f"{name}([{inner.write(term)} for {each}, in zip({', '.join(lists.values())})])", ATOM


# The kinds of the parts of a product of two names
PAIRS = (["name", "*", "name"], ["name", " * ", "name"])
