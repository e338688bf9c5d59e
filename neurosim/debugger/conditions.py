"""Expressions over addresses, such as `abs(delta[h1]) < 1e-4`: formulas with addresses in place of names.

Each address is replaced by a name, the reader of formulas reads the rest, and a formula is worked out by the few
functions known here. So are `prev(E)`, a number as it was in the pass before, and `mean(E)`, `any(z[h1] > 0)` and their
like, which go over the passes of an epoch; `rises(E)` is E > prev(E). Nothing is ever run as Python.
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from neurosim.core.address import make_address
from neurosim.formula.formula import Formula, NotAFormula
from neurosim.formula.reader import OPERAND, read
from neurosim.formula.values import function_of_lookup
from neurosim.support.errors import InputError, UnknownNameError, shorten, shown
from neurosim.support.numeric import exp, is_finite, log, one, sqrt, tanh
from neurosim.support.records import documented

LONGEST = 1000  # characters of an expression
LARGEST_EXPONENT = 10_000
LARGEST_POWER = 4096  # bits of a whole number

PLACE = r"\[(?P<place>[^\[\]@,]*)\]"
PASS = r"@(?P<pass>\d{1,9})(?!\w)"
OTHER = r"(?P<word>[^\W\d][\w']*)|[\d.][\w.]*|."  # a word, a number or a sign
ADDRESS_LIKE = re.compile(r"([^\W\d][\w'/]*\+?)[\[@][^\s()]*")  # for messages only
CALLED = re.compile(r"[\d.)] *\(")  # a number, an address or brackets where only a function can be

EXAMPLE = "abs(delta[h1]) < 1e-4"


def _power(like, base, exponent):
    """base ** exponent, as long as the digits of the result can be held."""
    exact = not isinstance(base, float) and not isinstance(exponent, float)
    if exact and abs(exponent) > LARGEST_EXPONENT:
        raise OverflowError
    if exact and hasattr(base, "numerator"):
        bits = max(base.numerator.bit_length(), base.denominator.bit_length())
        if bits * abs(exponent) > LARGEST_POWER:
            raise OverflowError
    if isinstance(base, int) and exponent < 0:
        base = base * one(like)
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
    "abs": abs, "min": lambda *numbers: min(numbers), "max": lambda *numbers: max(numbers),  # also of a single number
    "exp": exp, "log": log, "sqrt": sqrt, "tanh": tanh, "round": _round,
}
LOGIC = ("and", "or", "not")
OVER_EPOCH = {  # what they make of the values in all passes of an epoch
    "any": any, "all": all, "count": sum, "mean": lambda values: sum(values) / len(values),
}
OF_CONDITIONS = ("any", "all", "count")  # of these, those that take conditions; the others take numbers
CALL = re.compile(rf"(?<![\w'])(prev|rises|{'|'.join(OVER_EPOCH)})\s*\(")
ALL_FUNCTIONS = (*FUNCTIONS, "prev", "rises", *OVER_EPOCH)


@documented
class Name(NamedTuple):
    """An address as it was typed.

    quantity:    such as "delta" or "w+"
    place:       the unit or connection, None where there are no brackets
    pass_number: None where there is no @
    earlier:     whether it is what it was in the pass, or before the update, before that one: prev(E)
    """

    quantity: str
    place: str | None
    pass_number: int | None
    earlier: bool = False

    @property
    def names(self):
        """The addresses in it."""
        return [self]

    @property
    def head(self):
        """The address without its pass."""
        return make_address(self.quantity, self.place or "")

    def __str__(self):
        text = self.head if self.pass_number is None else f"{self.head}@{self.pass_number}"
        return f"prev({text})" if self.earlier else text


@documented
class OverEpoch(NamedTuple):
    """What a function makes of an expression in all passes of an epoch.

    function:   of `OVER_EPOCH`
    expression: an `Expression` whose addresses have no pass
    earlier:    whether it is that of the epoch before
    """

    function: str
    expression: Expression
    earlier: bool = False

    @property
    def names(self):
        """The addresses in it."""
        return self.expression.names

    def __str__(self):
        text = f"{self.function}({self.expression.text})"
        return f"prev({text})" if self.earlier else text


class Expression:
    """A compiled expression.

    names:        the addresses in it, also within any(...) and the like, each as a `Name`
    reads:        what it is worked out from: a `Name` or an `OverEpoch` each
    is_condition: whether it is true or false, and no number

    >>> expression = Expression("abs(delta[h1]) < 1e-4 or E > 2*E@1", quantities=["delta", "E"])
    >>> [str(name) for name in expression.names], expression.is_condition
    (['delta[h1]', 'E', 'E@1'], True)
    >>> expression(lambda name: 0.5)
    False
    """

    def __init__(self, text, quantities, like=0.0):
        """`quantities` may stand in it; numbers are taken as the kind of number that `like` is."""
        self.text, self.reads = " ".join(text.split()), []
        if len(self.text) > LONGEST:
            raise InputError(f"an expression may have {LONGEST} characters, got {len(self.text)}")
        self._quantities, self._like = quantities, like
        source = self._source(self.text)
        self._reads_only = source.strip() == "q0"
        if CALLED.search(source):
            raise InputError(f"{self._shown}: only {', '.join(ALL_FUNCTIONS)} can be called")
        addresses = {f"q{index}": name for index, name in enumerate(self.reads)}
        try:
            formula = read(source)
        except NotAFormula as error:
            why = re.sub(r"\bq\d+\b", lambda match: str(addresses[match[0]]), str(error))
            raise InputError(f"{self._shown} is not an expression: {why}; one looks like {EXAMPLE}") from None
        self.is_condition = self._is_condition(formula, addresses)
        self._evaluate = function_of_lookup(formula, addresses, like, {**FUNCTIONS, "^": partial(_power, like)})

    @property
    def names(self):
        """The addresses in it, also within any(...) and the like."""
        return list(dict.fromkeys(name for read in self.reads for name in read.names))

    def __call__(self, lookup):
        """The number, True or False; `lookup` gives the value of a Name."""
        try:
            value = self._evaluate(lookup)
            if isinstance(value, bool) or is_finite(value):
                return value
            raise OverflowError
        except InputError:
            raise
        except ZeroDivisionError:
            why = "division by zero"
        except OverflowError:
            why = "a number becomes too large"
        except (ArithmeticError, ValueError, TypeError):
            why = "it is not defined for these numbers"
        raise InputError(f"{shown(self.text)} cannot be worked out: {why}")

    @property
    def _shown(self):
        return shorten(self.text) if self.text else "an empty text"

    def _source(self, text):
        """What the reader of formulas gets of a text: in place of what it is worked out from the names q0, q1, ..."""
        parts, start = [], 0
        for call, end in _calls(text, self._shown):
            parts += [self._plain(text[start : call.start()]), self._called(call[1], text[call.end() : end - 1].strip())]
            start = end
        return "".join([*parts, self._plain(text[start:])])

    def _plain(self, text):
        return re.sub(f"{address_pattern(self._quantities)}|{OTHER}", self._piece, text)

    def _piece(self, match):
        """What the formula has in place of a piece of the text."""
        if match["quantity"]:
            return self._read(_name(match))
        is_address_like = match.string.startswith(("[", "@"), match.end())
        if match["word"] and (is_address_like or match["word"] not in (*LOGIC, *FUNCTIONS)):
            raise self._unknown(match)
        return match[0]

    def _read(self, read):
        self.reads += [read] if read not in self.reads else []
        return f" q{self.reads.index(read)} "

    def _called(self, function, text):
        """The same for prev(...), rises(...) and a function over an epoch."""
        if function == "rises":
            return f"({self._source(f'{text} > prev({text})')})"
        inner = Expression(text, self._quantities, self._like)
        if function == "prev":
            if not inner._reads_only or inner.reads[0].earlier:
                wanted = "prev and rises take one number, as in prev(E) or rises(mean(E))"
                raise InputError(f"{self._shown}: {wanted}, got {shorten(text)}")
            return self._read(inner.reads[0]._replace(earlier=True))
        if not inner.reads or any(isinstance(read, OverEpoch) or read.earlier or read.pass_number for read in inner.reads):
            what = "E > 1" if function in OF_CONDITIONS else "E"
            raise InputError(f"{self._shown}: {function}(...) takes what is in every pass, as in {function}({what})")
        if inner.is_condition != (function in OF_CONDITIONS):
            wanted = f"a condition, as in {function}(E > 1)" if function in OF_CONDITIONS else "a number, as in mean(E)"
            raise InputError(f"{self._shown}: {function}(...) takes {wanted}")
        return self._read(OverEpoch(function, inner))

    def _unknown(self, word):
        """The error about a word that means nothing here."""
        if word[0] in ALL_FUNCTIONS:
            return InputError(f"{self._shown}: {word[0]} is a function; write {word[0]}(...)")
        match = ADDRESS_LIKE.match(word.string, word.start())
        if match and match[1] in self._quantities:
            return InputError(f"{self._shown}: {shorten(match[0])} is not an address; one looks like z[h1] or E@2")
        if match:
            return UnknownNameError("quantity", match[1], self._quantities)
        return UnknownNameError("name", word[0], [*self._quantities, *ALL_FUNCTIONS, *LOGIC])

    def _is_condition(self, piece, reads):
        """Whether a piece of the formula is true or false, and no number; its parts must be what it needs."""
        is_logic = piece.kind in LOGIC
        for part in piece.parts:
            if isinstance(part, Formula) and self._is_condition(part, reads) != is_logic:
                raise InputError(f"{self._shown}: " + (
                    "and, or and not go between comparisons, as in z[h1] > 0 and a[h1] < 1" if is_logic
                    else "a condition stands where a number is needed"
                ))
        read = reads.get(piece.parts[0]) if piece.kind == "name" else None
        return is_logic or piece.kind == "comparison" or getattr(read, "function", None) in ("any", "all")


def _calls(text, shown):
    """(match of CALL, index behind its closing bracket) of each outermost call in a text that is not within an address."""
    start, found = 0, CALL.search(text)
    while found:
        before = text[start : found.start()]
        if before.count("[") > before.count("]"):
            found = CALL.search(text, found.end())
            continue
        end, depth = found.end(), 1
        while depth:
            if end == len(text):
                raise InputError(f"{shown}: the bracket behind {found[1]} is not closed")
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield found, end
        start, found = end, CALL.search(text, end)


def pieces(text, sign):
    """The pieces of a text between such signs that are within no brackets."""
    found, depth = [""], 0
    for character in text:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == sign and not depth:
            found.append("")
        else:
            found[-1] += character
    return [piece.strip() for piece in found]


def read_name(text, quantities):
    """(the `Name` that a text begins with, what follows it), or (None, the text)."""
    match = re.match(address_pattern(quantities), text)
    return (_name(match), text[match.end() :]) if match else (None, text)


def address_pattern(quantities):
    """What an address of one of these quantities looks like, as a regular expression."""
    longest_first = sorted(quantities, key=len, reverse=True)
    choice = "|".join(re.escape(quantity) + _not_before(quantity) for quantity in longest_first)
    return rf"(?P<quantity>{choice})({PLACE}|(?![\['\w]))({PASS}|(?!@))"


def _not_before(quantity):
    if quantity.endswith("+"):
        return rf"(?!{OPERAND})"  # w+1 is a sum
    return r"(?!\s*\()" if quantity in FUNCTIONS else ""  # exp(...) is the function, exp[o1] a step of softmax


def _name(match):
    place, number = match["place"], match["pass"]
    if place is not None:
        place = "".join(place.split()).replace("→", "->")
    return Name(match["quantity"], place, number and int(number))
