"""Formulas in JavaScript, each as a function of the list of its operands.

    sum(w*a) + b    ->  x => sum((x.length - 1) / 2, i => x[2*i]*x[1 + 2*i]) + x[x.length - 1]
    a if z > 0 else b   ->  x => x[1] > 0 ? x[0] : x[2]

What JavaScript's `Math` lacks, such as erfc, is a function of the page's own kernel, by the name that it has here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.formula.formula import Formula, NotAFormula, goes_through_lists, number
from neurosim.formula.safer import safer
from neurosim.formula.text import AND, ATOM, CHOICE, NOT, OR, SUM, PlainNotation
from neurosim.support.errors import shown

if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

OF_MATH = ("exp", "log", "sqrt", "tanh", "atan", "cosh", "abs", "min", "max", "floor", "expm1", "log1p")
OF_KERNEL = ("erfc", "sign", "sigmoid", "softplus", "log_cosh", "times_log", "log_of_rest", "over")
LISTS = {"sum": "sum", "max": "largest", "min": "smallest"}  # functions of the kernel: of how many, and each
SIGNS = {"==": "===", "!=": "!=="}


def javascript(formula: Formula, reads: Sequence[str] | None = None, constants: Mapping[str, Any] | None = None) -> str:
    """The text of a function of the list of operands, as a row that `Formula.bind` takes apart.

    reads:     the names of the operands in their order, if not all that the formula has
    constants: numbers that stand in the formula by name

    >>> from neurosim.formula.formula import formula
    >>> javascript(formula("w - eta*g")), javascript(formula("sum(delta*x) / n"))
    ('x => x[0] - x[1]*x[2]', 'x => sum(x.length / 2, i => x[2*i]*x[1 + 2*i]) / (x.length / 2)')

    Raises NotAFormula for what a page cannot work out, such as a function that is not known here.
    """
    constants = constants or {}
    form = safer(formula).put({name: number(value) for name, value in constants.items()})
    if reads is not None:
        return f"x => {JavaScript({name: f'x[{place}]' for place, name in enumerate(reads)}).write(form)}"
    names = [name for name in formula.names if name not in constants]
    lists = [name for name in formula.lists if name not in constants]
    if not lists:
        return javascript(formula, names, constants)
    start, single = names.index(lists[0]), [name for name in names if name not in lists]
    variables = {
        name: f"x[{place}]" if place < start else f"x[x.length - {len(single) - place}]" for place, name in enumerate(single)
    }
    inside = {name: f"x[{_place(start + place, len(lists))}]" for place, name in enumerate(lists)}
    length = f"(x.length - {len(single)})" if single else "x.length"
    count = f"{length} / {len(lists)}" if len(lists) > 1 else length.strip("()")
    return f"x => {JavaScript(variables, inside, count).write(form)}"


def _place(first, step):
    return " + ".join([str(first)] * bool(first) + [f"{step}*i" if step > 1 else "i"])


class JavaScript(PlainNotation):
    """The notation.

    variables: what stands for each name; inside: for each inside of sums; count: how many terms these have
    """

    def __init__(self, variables, inside=None, count=None):
        self.variables, self.inside, self.count = variables, inside or {}, count

    def _name(self, name):
        if name == "n" and self.count:
            return self.count, ATOM if self.count == "x.length" else OR
        if name == "pi":
            return "PI", ATOM
        if name not in self.variables and name not in self.inside:
            raise NotAFormula(f"nothing is known of {shown(name)}")
        return self.variables.get(name) or self.inside[name], ATOM

    def _foreign(self, *parts):
        raise NotAFormula("it is in another language")

    def _power(self, base, exponent):
        return f"pow({self.write(base)}, {self.write(exponent)})", ATOM

    def _call(self, name, *arguments):
        if name in LISTS and goes_through_lists(Formula("call", (name, *arguments))):
            return f"{LISTS[name]}({self.count}, i => {self.write(*arguments)})", ATOM
        if name not in OF_MATH and name not in OF_KERNEL:
            raise NotAFormula(f"a page has no function {shown(name)}")
        return super()._call(name, *arguments)

    def _choice(self, value, condition, otherwise):
        return f"{self.write(condition, OR)} ? {self.write(value, OR)} : {self.write(otherwise, CHOICE)}", CHOICE

    def _or(self, *parts):
        return " || ".join([self.write(part, AND) for part in parts]), OR

    def _and(self, *parts):
        return " && ".join([self.write(part, NOT) for part in parts]), AND

    def _not(self, part):
        return f"!({self.write(part)})", NOT

    def _comparison(self, *parts):
        pairs = zip(parts[::2], parts[1::2], parts[2::2])
        texts = [f"{self.write(left, SUM)} {SIGNS.get(sign, sign)} {self.write(right, SUM)}" for left, sign, right in pairs]
        return " && ".join(texts), AND if len(texts) > 1 else NOT
