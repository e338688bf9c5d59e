"""The reader: from a line of text to a `Formula`.

The text is cut into numbers, names, signs and five words. Python's own parser says what belongs to what; it sees a
variable in place of each number and name, so that nothing that a person typed means anything in Python.
"""

from __future__ import annotations

import ast
import math
import re

from neurosim.formula.formula import Formula, NotAFormula
from neurosim.support.errors import shorten

LONGEST = 4000  # characters
DEEPEST = 60  # signs and brackets inside each other
WORDS = ("if", "else", "and", "or", "not")
OPERAND = r"\s*(?!(?:if|else|and|or)\b)[\w.(]"  # makes a sign of the + before it, which is else part of a name
TOKEN = re.compile(
    r"(?P<room> ?)(?:"
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![\w.]))"
    rf"|(?P<name>[^\W\d]\w*'?(?:\+(?!{OPERAND}))?)"  # w, f', velocity+
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/^(),<>]))"
)
AS_PYTHON = {"*": "@", " * ": "*", "^": "**"}  # a product keeps its author's room; for Python's parser @ binds as * does
SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.MatMult: "*", ast.Mult: " * ", ast.Div: "/",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}
CHAINS = {"sum": (ast.Add, ast.Sub), "product": (ast.MatMult, ast.Mult, ast.Div)}
TOO_DEEP = f"it goes more than {DEEPEST} deep"
MISFIT = "its signs and brackets do not fit together"


def read(text: str) -> Formula:
    """The formula that the text says. Raises NotAFormula, which says why it says none."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise NotAFormula(f"it has {len(text)} characters, and {LONGEST} are the most")
    tokens = list(_tokens(text))
    _check_order(tokens)
    operands = [Formula(kind, (token,)) for kind, token in tokens if kind != "sign"]
    variables = iter([f"x{index}" for index in range(len(operands))])
    source = " ".join(AS_PYTHON.get(token, token) if kind == "sign" else next(variables) for kind, token in tokens)
    try:
        return _Reader(operands).read(ast.parse(source, mode="eval").body)
    except SyntaxError:
        raise NotAFormula(MISFIT) from None
    except (RecursionError, MemoryError):
        raise NotAFormula(TOO_DEEP) from None


def _tokens(text):
    """What the text consists of: (kind, text) of each number, name and sign."""
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise _misplaced(text[position:].lstrip()[0])
        kind, token, position = match.lastgroup, match[match.lastgroup], match.end()
        if kind == "number" and not math.isfinite(float(token)):
            raise NotAFormula(f"{shorten(token)} is too large for a number")
        if kind == "name":
            _check_name(token, text[position : position + 1])
        if token == "*" and match["room"]:
            token = " * "
        yield "sign" if token in WORDS else kind, token


def _check_name(name, following):
    """Refuse letters that are none, such as the little 2 of x²; and a+-b, which is a + -b or a+ - b."""
    if not name.rstrip("'+").isidentifier():
        raise _misplaced(name)
    if name.endswith("+") and following in ("+", "-"):
        ways = f"{name[:-1]} + {following} or {name} {following}"
        raise NotAFormula(f"{name}{following} can be read in two ways; write {ways}")


def _check_order(tokens):
    """Refuse the first token that cannot stand behind those before it, and brackets that go too deep."""
    before, depth = "", 0
    whole = False  # whether an operand ends where the next token begins
    for kind, token in tokens:
        begins_one = kind != "sign" or token == "not"
        fits = begins_one != whole or token in ("(", "+", "-") or before + token == "()"
        if not fits or token in (")", ",") and not depth:
            raise _misplaced(token.strip())
        depth += (token == "(") - (token == ")")
        if depth > DEEPEST:
            raise NotAFormula(TOO_DEEP)
        before, whole = token, kind != "sign" or token == ")"
    if not whole:
        raise NotAFormula("it ends too early" if tokens else "nothing stands in it")
    if depth:
        raise NotAFormula("a bracket is not closed")


def _misplaced(token):
    if token == "=":
        return NotAFormula("equality is written ==")
    return NotAFormula(f"{shorten(token)} cannot stand there")


class _Reader:
    """Turns the nodes of Python's tree into pieces of a formula, one method for each kind; all others are refused."""

    def __init__(self, operands):
        self.operands, self.depth = operands, 0

    def read(self, node):
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotAFormula(MISFIT)
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotAFormula(TOO_DEEP)
        piece = method(node)
        self.depth -= 1
        return piece

    def _name(self, node):
        return self.operands[int(node.id[1:])]

    def _unaryop(self, node):
        part = self.read(node.operand)
        if isinstance(node.op, ast.UAdd):
            return part
        return Formula("not" if isinstance(node.op, ast.Not) else "negative", (part,))

    def _binop(self, node):
        if isinstance(node.op, ast.Pow):
            return Formula("power", (self.read(node.left), self.read(node.right)))
        kind = "sum" if isinstance(node.op, CHAINS["sum"]) else "product"
        backwards = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, CHAINS[kind]):
            backwards += [self.read(node.right), SIGNS[type(node.op)]]
            node = node.left
        return Formula(kind, (self.read(node), *reversed(backwards)))

    def _boolop(self, node):
        return Formula("and" if isinstance(node.op, ast.And) else "or", tuple(map(self.read, node.values)))

    def _compare(self, node):
        rest = [part for op, right in zip(node.ops, node.comparators) for part in (SIGNS[type(op)], self.read(right))]
        return Formula("comparison", (self.read(node.left), *rest))

    def _ifexp(self, node):
        return Formula("choice", (self.read(node.body), self.read(node.test), self.read(node.orelse)))

    def _call(self, node):
        function = self.read(node.func)
        if function.kind != "name":
            raise NotAFormula(f"{shorten(str(function))} is no function")
        return Formula("call", (*function.parts, *map(self.read, node.args)))
