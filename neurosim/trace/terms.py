"""What a number is the sum of: its terms by size, each with its share, and the factor that gives it its sign.

Everything is read off the formula of the rule. A product of which one factor is a sum counts as a sum of products, and
so does a mean; of a square root the terms are those under it. The difference of two numbers by the same rule is the sum
of the differences of their terms, and what two terms have in common stands outside: (w[h3->o10] - w[h3->o8])*a[h3].
"""

from __future__ import annotations

from typing import Any, NamedTuple

from neurosim.core.address import split_address
from neurosim.formula.formula import Formula, operand
from neurosim.formula.text import LOOSE, TEXT
from neurosim.support.number_text import factor_text
from neurosim.support.numeric import magnitude
from neurosim.support.records import documented
from neurosim.trace.paths import is_error
from neurosim.trace.rules import worked_out

NOT_DEFINED = (ArithmeticError, TypeError, ValueError)  # as log(0), where the rule computes in a safer way than it reads
NO_SUMS = ("a", "f'")  # what an activation makes: no term of its formula is a part of the number by itself


@documented
class Term(NamedTuple):
    """One term of a sum.

    formula:  the term, in which operands stand by their numbers
    operands: the addresses of all operands of the sum
    values:   their numbers
    value:    the number that the term is
    share:    its size as a part of the sizes of all terms together, from 0 to 1
    """

    formula: Formula
    operands: list[str]
    values: list[Any]
    value: Any
    share: Any

    @property
    def symbols(self) -> str:
        """The term with addresses in it."""
        return TEXT.write(self.formula).format(self.operands, self.operands)

    def numbers(self, decimals=None) -> str:
        """The term with numbers in it."""
        texts = [factor_text(value, decimals) for value in self.values]
        return TEXT.write(self.formula).format(texts, texts)

    @property
    def sign(self) -> str:
        """What gives the term its sign: the factors that are negative, or 0. Of a single number that is added, nothing."""
        is_negative, piece = (True, self.formula.parts[0]) if self.formula.kind == "negative" else (False, self.formula)
        factors = [factor for _, factor in factors_of(piece)] if is_negative or piece.kind == "product" else []
        values = [(factor, worked_out(factor, self.values)) for factor in factors if factor.operands]
        found = [f"{self._text(factor)} = 0" for factor, value in values if value == 0]
        if self.value != 0:
            found = [f"{self._text(factor)} < 0" for factor, value in values if value < 0]
            found += ["subtracted"] * is_negative
        return ", ".join(found)

    def _text(self, piece):
        return TEXT.write(piece, LOOSE).format(self.operands, self.operands)


@documented
class Terms(NamedTuple):
    """A number as the sum of its terms.

    address: of the number, or the difference of two, or norm^2 of a square root
    value:   the number
    terms:   all `Term`s, the largest first; of a product one
    """

    address: str
    value: Any
    terms: list[Term]


def terms_of(trace, step):
    """The `Terms` of a step, and of a product those of its factor that is worked out from the loss, down to a sum."""
    found = []
    while step is not None and _has_terms(step):
        tree = trace.rules[step.rule].shown(len(step.operands))
        is_root = tree.kind == "call" and tree.parts[0] == "sqrt"
        pieces = _summands(tree.parts[1] if is_root else tree)
        if len(pieces) == 1 and pieces[0].kind != "product":
            break
        address, value = (f"{step.address}^2", step.value * step.value) if is_root else (step.address, step.value)
        try:
            found.append(_terms(trace, address, value, step.operands, pieces))
        except NOT_DEFINED:
            break
        errors = [address for address in step.operands if is_error(address)]
        step = trace[errors[0]] if len(pieces) == 1 and errors else None
    return found


def terms_of_difference(trace, name, first, second):
    """The `Terms` of the difference of two steps."""
    steps = first, second
    operands = list(dict.fromkeys(address for step in steps for address in (step.address, *step.operands)))
    place = {address: operand(index) for index, address in enumerate(operands)}
    ones, others = (
        _summands(trace.rules[step.rule].written([place[address] for address in step.operands])) if _has_terms(step)
        else [place[step.address]]
        for step in steps
    )
    if first.rule == second.rule and len(ones) == len(others) > 1:
        pieces = [_together(*pair) for pair in zip(ones, others)]
    else:
        pieces = [*ones, *map(_negative, others)]
    value, plain = first.value - second.value, [place[first.address], _negative(place[second.address])]
    try:
        return [_terms(trace, name, value, operands, pieces)]
    except NOT_DEFINED:
        return [_terms(trace, name, value, operands, plain)]


def _has_terms(step):
    return bool(step.operands) and split_address(step.address)[0] not in NO_SUMS


def _terms(trace, address, value, operands, pieces):
    values = [trace[operand].value for operand in operands]
    found = [(piece, worked_out(piece, values)) for piece in pieces]
    whole = sum(magnitude(value) for _, value in found)
    terms = [
        Term(piece, list(operands), values, value, magnitude(value) / whole if whole else 0) for piece, value in found
    ]
    return Terms(address, value, sorted(terms, key=lambda term: magnitude(term.value), reverse=True))


def _summands(piece):
    """The pieces that a formula is the sum of."""
    if piece.kind == "negative":
        return [_negative(part) for part in _summands(piece.parts[0])]
    if piece.kind == "sum":
        signed = zip(("+", *piece.parts[1::2]), piece.parts[::2])
        return [_negative(one) if sign == "-" else one for sign, part in signed for one in _summands(part)]
    factors = factors_of(piece)
    at = next((index for index, (sign, part) in enumerate(factors) if part.kind == "sum" and sign != "/"), None)
    if piece.kind != "product" or at is None:
        return [piece]
    return [_product([*factors[:at], *_signed(one, factors[at][0]), *factors[at + 1 :]], one) for one in
            _summands(factors[at][1])]


def _signed(summand, sign):
    """The factors of a summand without its sign, the first behind this one."""
    first, *others = factors_of(summand.parts[0] if summand.kind == "negative" else summand)
    return [(sign, first[1]), *others]


def _product(factors, summand):
    product = Formula("product", tuple([part for pair in factors for part in pair][1:]))
    return _negative(product) if summand.kind == "negative" else product


def _negative(piece):
    return piece.parts[0] if piece.kind == "negative" else Formula("negative", (piece,))


def factors_of(piece):
    """What a piece of a formula is the product of, as pairs of a sign and a piece."""
    return list(zip(("*", *piece.parts[1::2]), piece.parts[::2])) if piece.kind == "product" else [("*", piece)]


def _together(one, other):
    """The difference of two terms, with what they have in common outside of it."""
    if one.kind == other.kind == "negative":
        return _negative(_together(*one.parts, *other.parts))
    common = [factor for factor in factors_of(one) if factor in factors_of(other)]
    rests = [[factor for factor in factors_of(piece) if factor not in common] for piece in (one, other)]
    if not common or not all(rest and rest[0][0] != "/" for rest in rests):
        return Formula("sum", (one, *(("+", *other.parts) if other.kind == "negative" else ("-", other))))
    parts = [rest[0][1] if len(rest) == 1 else _product(rest, one) for rest in rests]
    return _product([("*", Formula("sum", (parts[0], "-", parts[1]))), *common], one)
