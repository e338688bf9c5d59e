"""A formula is data: written once as a line of text, kept as a tree, and written again in any notation.

    w - eta*g / (sqrt(v) + epsilon)     names stand for numbers; ^ is a power
    sum(w*a) + b                        inside sum(...) names are lists, which are gone through side by side; so in max(z)
    sum(delta*x) / n                    n is how many numbers those lists have
    velocity+, m_hat, f'                are names too

A tree is a `Formula`, which has a kind and parts:

    number "0.5"    name "w"    operand 0    negative PART    power BASE EXPONENT    call "max" PART PART ...
    sum PART "+" PART "-" PART ...    product PART "*" PART "/" PART ...    comparison PART "<" PART ...
    and PART PART ...    or PART PART ...    not PART
    choice VALUE CONDITION OTHERWISE    foreign, of the texts and names of what is in another language

A sum and a product hold all their terms side by side, so that one of a thousand terms is no deeper than one of two;
and numbers stay the texts that they were, with all their digits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from heapq import nlargest
from itertools import chain
from typing import Any, Callable, Iterator, Mapping, NamedTuple, Sequence

from neurosim.support.errors import InputError, shorten


class Formula(NamedTuple):
    """A piece of a formula: what kind it is, and its parts, which are texts, signs and other pieces."""

    kind: str
    parts: tuple[Any, ...]

    def __str__(self) -> str:
        from neurosim.formula.text import PLAIN

        return PLAIN.write(self)

    @property
    def names(self) -> list[str]:
        """The names in the order in which they first come; without `n` where there is a sum, whose length it is."""
        return list(_names_and_lists(self)[0])

    @property
    def lists(self) -> list[str]:
        """The names that stand only inside sums, so that each is a list."""
        return list(_names_and_lists(self)[1])

    @property
    def operands(self) -> list[int]:
        """The indices of the operands in it."""
        return list(dict.fromkeys(piece.parts[0] for piece, _ in _walk(self) if piece.kind == "operand"))

    def bind(self, operands: Sequence[Any]) -> dict[str, Any]:
        """A row of operands by the names that they stand for; those of a sum are interleaved: w1, a1, w2, a2, ..., b.

        >>> formula("sum(w*a) + b").bind([1, 2, 3, 4, 5])
        {'w': [1, 3], 'a': [2, 4], 'b': 5}

        Raises ValueError for a number of operands that does not fit.
        """
        lists = self.lists
        start, count = self.layout(len(operands))
        end = start + count * len(lists)
        single = iter([*operands[:start], *operands[end:]])
        return {
            name: list(operands[start + lists.index(name) : end : len(lists)]) if name in lists else next(single)
            for name in self.names
        }

    def row(self, bound: Mapping[str, Any]) -> list[Any]:
        """The row of operands that `bind` takes apart.

        >>> formula("sum(w*a) + b").row({"w": [1, 3], "a": [2, 4], "b": 5})
        [1, 2, 3, 4, 5]
        """
        names, lists = self.names, self.lists
        start = names.index(lists[0]) if lists else len(names)
        single = [bound[name] for name in names if name not in lists]
        return [*single[:start], *chain(*zip(*[bound[name] for name in lists])), *single[start:]]

    def layout(self, size: int) -> tuple[int, int]:
        """Where the operands of the sum begin in a row of this size, and how many terms the sum then has."""
        names, lists = self.names, self.lists
        single = len(names) - len(lists)
        count = (size - single) // len(lists) if lists else 0
        if count < 0 or single + count * len(lists) != size:
            if count < 0:
                raise ValueError(f"{self} takes {single} operands or more, got {size}")
            if not lists:
                raise ValueError(f"{self} takes {single} operands, got {size}")
            together = {1: "one by one", 2: "in pairs", 3: "in threes"}.get(len(lists), f"{len(lists)} at a time")
            raise ValueError(f"{self} reads its operands {together}, and one of the {size - single} is left over")
        return (names.index(lists[0]) if lists else single), count

    def places(self, size: int, index: int) -> dict[str, int]:
        """The index of each name in a row of this size; of names in a sum, in the term that operand `index` belongs to."""
        lists = self.lists
        single = [name for name in self.names if name not in lists]
        start, count = self.layout(size)
        found = {name: place if place < start else size - len(single) + place for place, name in enumerate(single)}
        if start <= index < start + count * len(lists):
            first = index - (index - start) % len(lists)
            found.update((name, first + place) for place, name in enumerate(lists))
        return found

    def put(self, swaps: Mapping[str, Any]) -> Formula:
        """The formula with other formulas in place of names; a list of them writes a sum out.

        >>> w, a = formula("0.5"), formula("x")
        >>> str(formula("sum(w*a) + b").put({"w": [w, w], "a": [a, a]}))
        '0.5*x + 0.5*x + b'
        """
        if self.kind == "name":
            return swaps.get(self.parts[0], self)
        if goes_through_lists(self):
            lists = [name for name in self.names if isinstance(swaps.get(name), list)]
            if lists:
                rows = zip(*[swaps[name] for name in lists])
                terms = [self.parts[1].put({**swaps, **dict(zip(lists, row))}) for row in rows]
                return total(terms) if self.parts[0] == "sum" else call(self.parts[0], terms)
        new = self.each(lambda part: part.put(swaps))
        return new._flat(self) if self.kind == "sum" else new

    def _flat(self, before):
        """The sum with every sum(...) that was written out merged into it: w1*a1 + w2*a2 + b has three terms."""
        parts: tuple[Any, ...] = ()
        for old, new in zip(before.parts, self.parts):
            was_sum = isinstance(old, Formula) and old.kind == "call" and new.kind == "sum" and parts[-1:] != ("-",)
            parts += new.parts if was_sum else (new,)
        return Formula("sum", parts)

    def each(self, change: Callable[[Formula], Formula]) -> Formula:
        """The formula with each of its pieces changed."""
        return Formula(self.kind, tuple([change(part) if isinstance(part, Formula) else part for part in self.parts]))

    def shortened(self, terms: int | None, size: Callable[[Formula], Any] | None = None) -> Formula:
        """The formula with dots for what is left out of every sum of more than so many terms; None shortens nothing.

        size: of a term; then the largest stay, in their order. Without it the first and the last stay. The dots are
        where the last is that is left out.

        >>> str(formula("(a + b + c + d) / 4").shortened(3))
        '(a + b + ... + d) / 4'
        """
        if terms is None:
            return self
        short = self.each(lambda part: part.shortened(terms, size))
        begins = [0, *[place + 1 for place, part in enumerate(self.parts) if part == "+"], len(self.parts) + 1]
        if self.kind != "sum" or len(begins) - 1 <= terms:
            return short
        pieces = [short.parts[begin : end - 1] for begin, end in zip(begins, begins[1:])]  # a + b - c has two: a, b - c
        kept = {*range(terms - 1), len(pieces) - 1}
        if size is not None:
            sizes = [size(Formula("sum", self.parts[begin : end - 1])) for begin, end in zip(begins, begins[1:])]
            kept = set(nlargest(terms, range(len(pieces)), key=sizes.__getitem__))
        last = max(set(range(len(pieces))) - kept)
        shown = [(DOTS,) if index == last else pieces[index] for index in sorted({*kept, last})]
        return Formula("sum", (*shown[0], *[part for piece in shown[1:] for part in ("+", *piece)]))


DOTS = Formula("name", ("...",))


def _walk(piece, in_sum=False) -> Iterator[tuple[Formula, bool]]:
    """The pieces of a formula, and whether each stands inside a sum(...)."""
    yield piece, in_sum
    in_sum = in_sum or goes_through_lists(piece)
    for part in piece.parts:
        if isinstance(part, Formula):
            yield from _walk(part, in_sum)


@lru_cache(maxsize=1000)
def _names_and_lists(piece) -> tuple[list[str], list[str]]:
    """Its names, in the order in which they first come, and those of them that stand only inside sums."""
    found = [(each.parts[0], in_sum) for each, in_sum in _walk(piece) if each.kind == "name"]
    single = {name for name, in_sum in found if not in_sum}
    names = [name for name in dict.fromkeys(name for name, _ in found) if name != "pi"]
    lists = [name for name in names if name not in single and name != "n"]
    return [name for name in names if name != "n" or not lists], lists


def goes_through_lists(piece):
    """True for sum(...), and for max(...) and min(...) of one thing."""
    return piece.kind == "call" and (piece.parts[0] == "sum" or piece.parts[0] in ("max", "min") and len(piece.parts) == 2)


@lru_cache(maxsize=None)
def formula(text: str) -> Formula:
    """The formula that a text says.

    >>> str(formula("w - eta*g").put({"eta": number(0.5), "g": number(-0.25)}))
    'w - 0.5*(-0.25)'

    Raises NotAFormula, which is an InputError.
    """
    from neurosim.formula.reader import read  # only here: most who import neurosim read no formula

    try:
        return _with_clear_lists(read(text))
    except NotAFormula as error:
        raise NotAFormula(f"{shorten(text)} is no formula: {error}") from None


def _with_clear_lists(found):
    """The formula, if each name in it is either a list or a number."""
    inside, outside = (
        {piece.parts[0] for piece, in_sum in _walk(found) if piece.kind == "name" and in_sum == wanted}
        for wanted in (True, False)
    )
    if inside & outside:
        raise NotAFormula(f"{min(inside & outside)} stands inside a sum, as a list, and outside, as a number")
    return found


class NotAFormula(InputError):
    """The text is no formula of this grammar, as that of your own class may be."""


def formula_or_foreign(text: str) -> Formula:
    """The formula that a text says; if it is in another language, its words and what stands between them."""
    try:
        return formula(text)
    except NotAFormula:
        pieces = re.split(r"([A-Za-z_]\w*)", text)
        return Formula("foreign", tuple(name(piece) if at % 2 else piece for at, piece in enumerate(pieces)))


def name(text: str) -> Formula:
    """A name."""
    return Formula("name", (text,))


def number(value: Any) -> Formula:
    """A number, written as it is."""
    return Formula("number", (str(value),))


def operand(index: int) -> Formula:
    """What stands for the operand of this number, from 0."""
    return Formula("operand", (index,))


def call(function: str, arguments: Sequence[Formula]) -> Formula:
    """A function of some arguments."""
    return Formula("call", (function, *arguments))


def total(terms: Sequence[Formula]) -> Formula:
    """The sum of some terms."""
    if len(terms) < 2:
        return terms[0] if terms else number(0)
    signed = [("-", *term.parts) if term.kind == "negative" else ("+", term) for term in terms[1:]]
    return Formula("sum", (terms[0], *[part for pair in signed for part in pair]))
