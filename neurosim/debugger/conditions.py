"""Expressions over addresses, such as `abs(delta[h1]) < 1e-4`, in a small language that can do nothing else.

The text is cut into tokens: numbers, operators, addresses, and the few words known here. Each address is
replaced by a variable, Python's parser says what belongs to what, and every piece of the tree that is
not in the tables below is refused. Nothing is ever run as Python.
"""

from __future__ import annotations

import ast
import operator
import re
from typing import NamedTuple

from neurosim.core.address import make_address
from neurosim.support.errors import InputError, UnknownNameError, shorten
from neurosim.support.numeric import as_kind, exp, is_finite, log, sqrt, tanh
from neurosim.support.records import documented

LONGEST = 1000  # characters of an expression
DEEPEST = 60  # brackets and operators inside each other
LARGEST_EXPONENT = 10_000
LARGEST_POWER = 4096  # bits of a whole number

NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
OPERATOR = re.compile(r"\*\*|<=|>=|==|!=|[-+*/^<>(),]")
WORD = re.compile(r"[^\W\d][\w']*")
PLACE = re.compile(r"\[([^\[\]@,]*)\]")
PASS = re.compile(r"@(\d{1,9})(?!\w)")
ADDRESS_LIKE = re.compile(r"([^\W\d][\w'/]*\+?)[\[@][^\s()]*")  # for messages only
OPERAND = re.compile(r"\s*[\w.(]")  # makes a plus sign of the + before it

EXAMPLE = "abs(delta[h1]) < 1e-4"


def _power(base, exponent):
    """base ** exponent, as long as the digits of the result can be held."""
    exact = not isinstance(base, float) and not isinstance(exponent, float)
    if exact and abs(exponent) > LARGEST_EXPONENT:
        raise OverflowError
    if exact and hasattr(base, "numerator"):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent) > LARGEST_POWER:
            raise OverflowError
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError
    return result


def _round(x, places=0):
    """The number with so many decimals, of the same kind as x."""
    if not isinstance(places, int) or abs(places) > 100:
        raise ValueError
    return round(x, places)


FUNCTIONS = {
    "abs": abs, "min": min, "max": max, "exp": exp, "log": log, "sqrt": sqrt, "tanh": tanh, "round": _round,
}
ARGUMENTS = {"min": (1, 100), "max": (1, 100), "round": (1, 2)}  # how many at least and at most; the others take one
LOGIC = ("and", "or", "not")
ARITHMETIC = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: _power,
}
SIGNS = {ast.USub: operator.neg, ast.UAdd: operator.pos}
COMPARISONS = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}


@documented
class Name(NamedTuple):
    """An address as it was typed.

    quantity:    such as "delta" or "w+"
    place:       the unit or connection, None where there are no brackets
    pass_number: None where there is no @
    """

    quantity: str
    place: str | None
    pass_number: int | None

    @property
    def head(self):
        """The address without its pass."""
        return make_address(self.quantity, self.place or "")

    def __str__(self):
        return self.head if self.pass_number is None else f"{self.head}@{self.pass_number}"


class Expression:
    """A compiled expression.

    names:        the addresses in it, each as a `Name`
    is_condition: whether it is true or false, and no number

    >>> expression = Expression("abs(delta[h1]) < 1e-4 or E > 2*E@1", quantities=["delta", "E"])
    >>> [str(name) for name in expression.names], expression.is_condition
    (['delta[h1]', 'E', 'E@1'], True)
    >>> expression(lambda name: 0.5)
    False
    """

    def __init__(self, text, quantities, like=0.0):
        """`quantities` may stand in it; numbers are taken as the kind of number that `like` is."""
        self.text, self.like, self.names = " ".join(text.split()), like, []
        if len(self.text) > LONGEST:
            raise InputError(f"an expression may have {LONGEST} characters, got {len(self.text)}")
        source = "".join(f" {token} " for token in self._tokens(sorted(quantities, key=len, reverse=True)))
        try:
            tree = ast.parse(source.strip(), mode="eval").body
            self.is_condition, self._evaluate = self._compile(tree, 0)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{self._shown} is not an expression; one looks like {EXAMPLE}") from None

    def __call__(self, lookup):
        """The number, True or False; `lookup` gives the value of a Name."""
        try:
            value = self._evaluate(lookup)
            if isinstance(value, bool) or is_finite(value):
                return value
            why = "a number becomes too large"
        except InputError:
            raise
        except ZeroDivisionError:
            why = "division by zero"
        except OverflowError:
            why = "a number becomes too large"
        except (ArithmeticError, ValueError, TypeError):
            why = "it is not defined for these numbers"
        raise InputError(f"{self.text} cannot be worked out: {why}")

    @property
    def _shown(self):
        return shorten(self.text) if self.text else "an empty text"

    # From text to tokens

    def _tokens(self, quantities):
        position, text, depth = 0, self.text, 0
        while position < len(text):
            if text[position] == " ":
                position += 1
                continue
            token, position = self._token(position, quantities)
            depth += (token == "(") - (token == ")")
            if depth > DEEPEST:
                raise InputError(f"an expression may have {DEEPEST} brackets inside each other")
            yield token

    def _token(self, position, quantities):
        """The token that begins here, as Python's parser may read it, and where it ends."""
        text = self.text
        name, end = read_name(text, position, quantities)
        if name is not None:
            if name not in self.names:
                self.names.append(name)
            return f"q{self.names.index(name)}", end
        match = NUMBER.match(text, position)
        if match and not WORD.match(text, match.end()):
            return _plain_number(match[0]), match.end()
        match = OPERATOR.match(text, position)
        if match:
            return "**" if match[0] == "^" else match[0], match.end()
        match = WORD.match(text, position)
        if match and match[0] in (*LOGIC, *FUNCTIONS) and not text.startswith(("[", "@"), match.end()):
            return match[0], match.end()
        raise self._unknown(position, quantities)

    def _unknown(self, position, quantities):
        """The error about what cannot begin here."""
        text = self.text
        match = ADDRESS_LIKE.match(text, position)
        if match and match[1] in quantities:
            return InputError(f"{self._shown}: {shorten(match[0])} is not an address; one looks like z[h1] or E@2")
        if match:
            return UnknownNameError("quantity", match[1], quantities)
        match = WORD.match(text, position)
        if match:
            return UnknownNameError("name", match[0], [*quantities, *FUNCTIONS, *LOGIC])
        if text[position] == "=":
            return InputError(f"{self._shown}: equality is written ==")
        return InputError(f"{self._shown}: {text[position]!r} cannot stand there; an expression looks like {EXAMPLE}")

    # From the parser's tree to functions

    def _compile(self, node, depth):
        """(whether it is a condition, the function that evaluates it from `lookup`) of a piece of the tree."""
        if depth > DEEPEST:
            raise InputError(f"an expression may go {DEEPEST} deep")
        kind = type(node).__name__
        compile_ = getattr(self, f"_{kind.lower()}", None)
        if compile_ is None:
            raise InputError(f"{self._shown} is not an expression; one looks like {EXAMPLE}")
        return compile_(node, depth + 1)

    def _number(self, node, depth):
        """The function of a piece that must be a number."""
        is_condition, function = self._compile(node, depth)
        if is_condition:
            raise InputError(f"{self._shown}: a condition stands where a number is needed")
        return function

    def _condition(self, node, depth):
        """The function of a piece that must be true or false."""
        is_condition, function = self._compile(node, depth)
        if not is_condition:
            raise InputError(f"{self._shown}: and, or and not go between comparisons, as in z[h1] > 0 and a[h1] < 1")
        return function

    def _name(self, node, depth):
        if node.id in FUNCTIONS:
            raise InputError(f"{self._shown}: {node.id} is a function; write {node.id}(...)")
        name = self.names[int(node.id[1:])]
        return False, lambda lookup: lookup(name)

    def _constant(self, node, depth):
        value = as_kind(node.value, self.like)
        return False, lambda lookup: value

    def _binop(self, node, depth):
        apply = ARITHMETIC[type(node.op)]
        left, right = self._number(node.left, depth), self._number(node.right, depth)
        return False, lambda lookup: apply(left(lookup), right(lookup))

    def _unaryop(self, node, depth):
        if isinstance(node.op, ast.Not):
            part = self._condition(node.operand, depth)
            return True, lambda lookup: not part(lookup)
        apply, part = SIGNS[type(node.op)], self._number(node.operand, depth)
        return False, lambda lookup: apply(part(lookup))

    def _compare(self, node, depth):
        parts = [self._number(part, depth) for part in (node.left, *node.comparators)]
        tests = [COMPARISONS[type(op)] for op in node.ops]
        if len(tests) == 1:
            test, (left, right) = tests[0], parts
            return True, lambda lookup: bool(test(left(lookup), right(lookup)))

        def chain(lookup):
            values = [part(lookup) for part in parts]
            return all(test(*pair) for test, pair in zip(tests, zip(values, values[1:])))

        return True, chain

    def _boolop(self, node, depth):
        parts = [self._condition(part, depth) for part in node.values]
        join = all if isinstance(node.op, ast.And) else any
        return True, lambda lookup: join(part(lookup) for part in parts)

    def _call(self, node, depth):
        name = getattr(node.func, "id", None)
        if name not in FUNCTIONS:
            raise InputError(f"{self._shown}: only {', '.join(FUNCTIONS)} can be called")
        least, most = ARGUMENTS.get(name, (1, 1))
        if not least <= len(node.args) <= most or node.keywords:
            raise InputError(f"{self._shown}: {name} takes {least if least == most else f'{least} to {most}'}, "
                             f"got {len(node.args)}")
        function, parts = FUNCTIONS[name], [self._number(part, depth) for part in node.args]
        if name in ("min", "max"):
            return False, lambda lookup: function([part(lookup) for part in parts])
        return False, lambda lookup: function(*[part(lookup) for part in parts])


def _plain_number(text):
    """A number as Python writes it: 007 is 7."""
    if not is_finite(float(text)):
        raise InputError(f"{shorten(text)} is too large for a number")
    return str(int(text)) if text.isdigit() else repr(float(text))


def read_name(text, position, quantities):
    """(the `Name` that begins here, where it ends), or (None, position); `quantities` are sorted, the longest first."""
    for quantity in quantities:
        if not text.startswith(quantity, position):
            continue
        end, place = position + len(quantity), None
        match = PLACE.match(text, end)
        if match:
            place, end = "".join(match[1].split()).replace("→", "->"), match.end()
        elif end < len(text) and (text[end] == "[" or text[end] == "'" or text[end].isalnum() or text[end] == "_"):
            continue
        elif quantity.endswith("+") and OPERAND.match(text, end):
            continue
        match = PASS.match(text, end)
        if match:
            return Name(quantity, place, int(match[1])), match.end()
        if text.startswith("@", end):
            continue
        return Name(quantity, place, None), end
    return None, position
