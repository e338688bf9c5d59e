"""The reader: from a line of text to a `Formula`.

Python's own parser says what belongs to what; every piece of its tree that is not in the tables below is refused.
Nothing is ever run as Python.
"""

from __future__ import annotations

import ast
import re

from neurosim.formula.formula import Formula, NotAFormula

LONGEST = 2000  # characters
SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=",
}
PLUS = re.compile(r"\b([^\W\d]\w*)\+(?!\s*[\w.(])")  # of a name such as velocity+, behind which no operand comes
PRIME = re.compile(r"\b([^\W\d]\w*)'")
MARKS = {"__plus": "+", "__prime": "'"}  # how Python's parser gets to see them
CHARACTERS = re.compile(r"[\w\s.+\-*/^(),<>=!]*")


def read(text: str) -> Formula:
    """The formula that the text says. Raises NotAFormula."""
    source = PRIME.sub(r"\1__prime", PLUS.sub(r"\1__plus", text.strip())).replace("^", "**")
    if len(text) > LONGEST or not CHARACTERS.fullmatch(source):
        raise NotAFormula(f"this is no formula: {text}")
    try:
        return _Reader(source).read(ast.parse(source, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotAFormula(f"this is no formula: {text}") from None


class _Reader:
    """Turns the nodes of Python's tree into pieces of a formula, one method for each kind."""

    def __init__(self, source):
        self.source = source

    def read(self, node):
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotAFormula
        return method(node)

    def _constant(self, node):
        if type(node.value) not in (int, float):
            raise NotAFormula
        return Formula("number", (self.source[node.col_offset : node.end_col_offset],))

    def _name(self, node):
        name = node.id
        for mark, sign in MARKS.items():
            name = name.replace(mark, sign)
        return Formula("name", (name,))

    def _unaryop(self, node):
        if not isinstance(node.op, ast.USub):
            raise NotAFormula
        return Formula("negative", (self.read(node.operand),))

    def _binop(self, node):
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Pow):
            return Formula("power", (left, right))
        if type(node.op) not in SIGNS:
            raise NotAFormula
        sign = SIGNS[type(node.op)]
        kind = "sum" if sign in "+-" else "product"
        if sign == "*" and " *" in self.source[node.left.end_col_offset : node.right.col_offset]:
            sign = " * "  # a product keeps the room that its author gave it
        chain = left.parts if left.kind == kind else (left,)
        return Formula(kind, (*chain, sign, right))

    def _compare(self, node):
        if not all(type(op) in SIGNS for op in node.ops):
            raise NotAFormula
        rest = [part for op, right in zip(node.ops, node.comparators) for part in (SIGNS[type(op)], self.read(right))]
        return Formula("comparison", (self.read(node.left), *rest))

    def _ifexp(self, node):
        return Formula("choice", (self.read(node.body), self.read(node.test), self.read(node.orelse)))

    def _call(self, node):
        if not isinstance(node.func, ast.Name) or node.keywords or not node.args:
            raise NotAFormula
        return Formula("call", (self._name(node.func).parts[0], *map(self.read, node.args)))
