"""The grammar of formulas: the text of a formula as a tree, from which other notations are written.

A tree is a tuple that begins with what it is:

    ("number", "0.5")    ("name", "pi")    ("operand", 0), written {0}    ("dots",), written ...
    ("sum", (("+", tree), ("-", tree), ...))       ("product", (("*", tree), ("/", tree), ...))
    ("negative", tree)   ("power", base, exponent)   ("call", "max", (tree, ...))
    ("comparison", (tree, "<", tree, ...))           ("choice", value, condition, otherwise)

A sum and a product hold all their terms side by side, so that one of a thousand terms is no deeper than one
of two; and numbers stay the texts that they were, with all their digits.
"""

from __future__ import annotations

import re

TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|(?P<name>[^\W\d]\w*)"
    r"|\{(?P<operand>\d+)\}|(?P<sign>\.\.\.|\*\*|<=|>=|==|!=|[-+*/^(),<>]))"
)
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
DEEPEST = 50  # brackets in brackets; no formula that a person reads has more


class NotInTheGrammar(ValueError):
    """The text is no formula of this grammar, as that of your own class may be."""


def parse(text):
    """The tree of a formula.

    >>> parse("{0} * (1 - {1})")
    ('product', (('*', ('operand', 0)), ('*', ('sum', (('+', ('number', '1')), ('-', ('operand', 1)))))))

    Raises NotInTheGrammar.
    """
    parser = _Parser(text)
    tree = parser.choice()
    if parser.tokens[parser.position] != END:
        raise NotInTheGrammar(text)
    return tree


END = ("end", "")


def _tokens(text):
    tokens, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = TOKENS.match(text, position)
        if match is None:
            raise NotInTheGrammar(text)
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return [*tokens, END]


class _Parser:
    """Goes through the tokens once; each method reads one kind of tree, from the loosest binding to the tightest."""

    def __init__(self, text):
        self.text, self.tokens, self.position, self.depth = text, _tokens(text), 0, 0

    def _next_is(self, *texts):
        """The next token's text if it is one of these, taken; or else None."""
        kind, text = self.tokens[self.position]
        if kind in ("sign", "name") and text in texts:
            self.position += 1
            return text
        return None

    def _expect(self, text):
        if not self._next_is(text):
            raise NotInTheGrammar(self.text)

    def choice(self):
        value = self.comparison()
        if not self._next_is("if"):
            return value
        condition = self.comparison()
        self._expect("else")
        return "choice", value, condition, self.choice()

    def comparison(self):
        parts = [self.sum()]
        sign = self._next_is(*COMPARISONS)
        while sign:
            parts += [sign, self.sum()]
            sign = self._next_is(*COMPARISONS)
        return parts[0] if len(parts) == 1 else ("comparison", tuple(parts))

    def sum(self):
        return self._chain("sum", ("+", "-"), self.product)

    def product(self):
        return self._chain("product", ("*", "/"), self.signed)

    def _chain(self, kind, signs, part):
        parts = [(signs[0], part())]
        sign = self._next_is(*signs)
        while sign:
            parts.append((sign, part()))
            sign = self._next_is(*signs)
        return parts[0][1] if len(parts) == 1 else (kind, tuple(parts))

    def signed(self):
        if not self._next_is("-"):
            return self.power()
        self._go_deeper()
        tree = ("negative", self.signed())
        self.depth -= 1
        return tree

    def power(self):
        base = self.atom()
        return ("power", base, self.signed()) if self._next_is("^", "**") else base

    def atom(self):
        kind, text = self.tokens[self.position]
        self.position += 1
        if kind == "operand":
            return kind, int(text)
        if kind == "number":
            return kind, text
        if kind == "name" and text not in ("if", "else"):
            return ("call", text, self._arguments()) if self._next_is("(") else (kind, text)
        if text == "...":
            return ("dots",)
        if text == "(":
            return self._arguments(most=1)[0]
        raise NotInTheGrammar(self.text)

    def _arguments(self, most=None):
        """What stands between an opening bracket, which is taken, and the closing one."""
        self._go_deeper()
        arguments = [self.choice()]
        while len(arguments) != most and self._next_is(","):
            arguments.append(self.choice())
        self._expect(")")
        self.depth -= 1
        return tuple(arguments)

    def _go_deeper(self):
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotInTheGrammar(self.text)
