"""Formulas worked out: a function made from the tree, for any kind of number, as fast as code typed by hand.

The function is compiled from text that this module writes: signs, the numbers of the formula, functions that are known
here, and variables of its own naming. No name of the formula, and nothing else that a person typed, gets into it.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any, Callable, Mapping, Sequence

from neurosim.formula.formula import Formula, NotAFormula, goes_through_lists
from neurosim.formula.text import ATOM, POWER, PRODUCT, SUM, LineNotation
from neurosim.support import numeric
from neurosim.support.errors import nearest, shorten


def _cosh(x):
    return (numeric.exp(x) + numeric.exp(0 - x)) / 2


def _square(x):
    return x * x


FUNCTIONS = {
    "exp": numeric.exp, "log": numeric.log, "sqrt": numeric.sqrt, "tanh": numeric.tanh, "atan": numeric.atan,
    "erfc": numeric.erfc, "abs": numeric.magnitude, "sign": numeric.sign, "cosh": _cosh, "floor": math.floor,
    "min": min, "max": max, "sum": sum,
}
ARGUMENTS = {"min": (1, 100), "max": (1, 100), "round": (1, 2)}  # how many at least and at most; the others take one
HELPERS = {
    "dot": numeric.dot, "as_kind": numeric.as_kind, "one": numeric.one, "pi": numeric.pi, "square": _square,
    "len": len, "zip": zip, "__builtins__": {},
}
OWN = "own rule"  # a function that comes with the operands, behind them; a formula that is typed cannot call it
NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def function(formula: Formula, names: Sequence[str] | None = None) -> Callable[..., Any]:
    """The formula as a function of the values of these names, in this order; without names, of a row of operands.

    >>> from neurosim.formula.formula import formula
    >>> function(formula("sum(w*a) + b"))(1, 2, 3, 4, 5), function(formula("w - eta*g"), ["w", "g", "eta"])(1, 0.5, 0.1)
    (19, 0.95)

    Raises NotAFormula for what cannot be worked out, such as a function that is not known here.
    """
    try:
        return _function(formula, names if names is None else tuple(names))
    except NotAFormula as error:
        raise NotAFormula(f"{formula} cannot be worked out: {error}") from None


def function_of_lookup(
    formula: Formula, keys: Mapping[str, Any], like: Any, functions: Mapping[str, Callable[..., Any]]
) -> Callable[[Callable[[Any], Any]], Any]:
    """The function that works a formula out, of what gives the value of a key and is asked only where the value counts.

    keys:      what to ask for in place of each name
    like:      a number of the kind that the formula's own numbers take
    functions: those that the formula may call, by name; and by ^ what works out a power

    >>> from neurosim.formula.formula import formula
    >>> function_of_lookup(formula("1 < 2 or abs(z) > 3"), {"z": "z[h1]"}, 0.0, {"abs": abs, "^": pow})({}.get)
    True
    """
    variables = {name: f"value(key{index})" for index, name in enumerate(keys)}
    code = Code(variables, like="like", functions=functions).write(formula)
    asked = {f"key{index}": key for index, key in enumerate(keys.values())}
    return _made(f"lambda value: {code}", {**functions, **asked, "like": like, "power": functions["^"]})


@lru_cache(maxsize=None)
def _function(formula, names):
    if names is None and formula.lists:
        return _of_a_row(formula)
    names = formula.names if names is None else names
    code = Code({name: f"x{index}" for index, name in enumerate(names)})
    return _made(f"lambda {', '.join(code.variables.values())}: {code.write(formula)}", FUNCTIONS)


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
    source = f"lambda *row: {code.write(formula)} if {fits} else refuse(len(row))"
    return _made(source, {**FUNCTIONS, "refuse": formula.layout})


def _made(source, known):
    return eval(source, {**known, **HELPERS})


class Code(LineNotation):
    """Python that works a formula out to the last bit as the core does: squares are products, sums of products `dot`.

    variables: what stands for each name. count: what stands for n.
    like:      what is of the kind that the formula's own numbers take; else the first variable is.
    """

    def __init__(self, variables, count=None, like=None, functions=FUNCTIONS):
        self.variables, self.count, self.like, self.functions = variables, count, like, functions

    def _operand(self, index, level):
        return self.variables[index]

    def _sample(self):
        """What is of the kind that the formula's own numbers take: of row[0:-1:2] the first, row[0]."""
        variable = self.like or next(iter(self.variables.values()), "0")
        return f"{variable[:-1].split(':')[0]}]" if ":" in variable else variable

    def _number(self, text):
        if not NUMBER.fullmatch(text):
            raise NotAFormula(f"{text} is no number of a formula")
        return str(int(text)) if text.isdigit() else f"as_kind({float(text)!r}, {self._sample()})", ATOM

    def _name(self, name):
        if name == "n" and self.count:
            return self.count, ATOM
        if name in self.variables:
            return self.variables[name], ATOM
        if name == "pi":
            return f"pi({self._sample()})", ATOM
        if name in self.functions:
            raise NotAFormula(f"{name} is a function; write {name}(...)")
        raise NotAFormula(f"nothing is known of {name}")

    def _foreign(self, *parts):
        raise NotAFormula("it is in another language")

    def _negative(self, part):
        return f"0 - {self.write(part, POWER)}", SUM

    def _product(self, first, *others):
        text, level = super()._product(first, *others)
        return (f"{self._one()} * {text}", PRODUCT) if "/" in others and _is_typed(first) else (text, level)

    def _power(self, base, exponent):
        if "^" in self.functions:
            return f"power({self.write(base)}, {self.write(exponent)})", ATOM
        text = self.write(base, ATOM)
        if exponent == Formula("number", ("2",)):
            return (f"{text}*{text}", PRODUCT) if base.kind == "name" else (f"square({text})", ATOM)
        if exponent.kind == "negative" and _is_typed(base):
            text = f"({self._one()} * {text})"
        return f"{text}**{self.write(exponent, ATOM)}", POWER

    def _one(self):
        """What makes 1 / 6, 2^-1 and sqrt(2), of whole numbers that were typed, of the operands' kind."""
        return f"one({self._sample()})"

    def _call(self, name, *arguments):
        if name == OWN:
            return super()._call(self.variables[OWN], *arguments)
        if name not in self.functions:
            raise NotAFormula(f"unknown function {shorten(name)}{nearest(name, self.functions)}")
        least, most = ARGUMENTS.get(name, (1, 1))
        if not least <= len(arguments) <= most:
            wanted = least if least == most else f"{least} to {most}"
            raise NotAFormula(f"{name} takes {wanted}, got {len(arguments)}")
        if "sum" in self.functions and goes_through_lists(Formula("call", (name, *arguments))):
            return self._through_lists(name, *arguments)
        if len(arguments) == 1 and _is_typed(*arguments):
            return f"{name}({self._one()} * {self.write(*arguments, POWER)})", ATOM
        return super()._call(name, *arguments)

    def _through_lists(self, name, term):
        lists = {name: self.variables[name] for name in term.names if name in self.variables}
        if not lists:
            raise NotAFormula(f"nothing in {name}({term}) is a list")
        if name == "sum" and len(lists) == 2 and [getattr(part, "kind", part) for part in term.parts] in PAIRS:
            return f"dot({', '.join(lists.values())})", ATOM
        if term.kind == "name":
            return f"{name}({self.write(term)})", ATOM
        inner = Code({**self.variables, **{name: f"y{index}" for index, name in enumerate(lists)}}, self.count)
        each = ", ".join(f"y{index}" for index in range(len(lists)))
        return f"{name}([{inner.write(term)} for {each}, in zip({', '.join(lists.values())})])", ATOM


# The kinds of the parts of a product of two names
PAIRS = (["name", "*", "name"], ["name", " * ", "name"])


def _is_typed(piece):
    """Whether nothing stands in it but numbers that were typed."""
    parts = [part for part in piece.parts if isinstance(part, Formula)]
    return piece.kind not in ("name", "operand") and all(map(_is_typed, parts))
