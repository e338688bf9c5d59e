"""The derivative of a formula with respect to a name in which it is linear, as those of the backward pass are in errors."""

from __future__ import annotations

from functools import lru_cache

from neurosim.formula.formula import Formula, NotAFormula, number

ZERO, ONE = number(0), number(1)


@lru_cache(maxsize=None)
def derivative(formula: Formula, name: str) -> Formula:
    """The derivative with respect to a name; for a name inside sum(...), with respect to one element of its list.

    >>> from neurosim.formula.formula import formula
    >>> str(derivative(formula("sum(delta*x) / n"), "delta"))
    'x / n'

    Raises NotAFormula unless the formula is linear in the name.
    """
    if name not in formula.names:
        return ONE if formula.kind == "name" and formula.parts[0] == name else ZERO
    if formula.kind == "name":
        return ONE
    if formula.kind == "sum":
        return _of_a_sum(formula.parts, name)
    if formula.kind == "product":
        return _of_a_product(formula.parts, name)
    if formula.kind == "negative":
        return Formula("negative", (derivative(formula.parts[0], name),))
    if formula.kind == "call" and formula.parts[0] == "sum":
        return derivative(formula.parts[1], name)
    raise NotAFormula(f"{formula} is not linear in {name}")


def _of_a_sum(parts, name):
    """The derivatives of the terms, of which those of 0 fall away."""
    terms = []
    for sign, term in zip(("+", *parts[1::2]), parts[::2]):
        slope = derivative(term, name)
        if slope != ZERO:
            slope = Formula("negative", (slope,)) if sign == "-" and not terms else slope
            terms += ["+" if sign == "-" and not terms else sign, slope]
    if not terms:
        return ZERO
    return Formula("sum", tuple(terms[1:])) if len(terms) > 2 else terms[1]


def _of_a_product(parts, name):
    """The product with the derivative of the one factor that has the name in it."""
    signs, factors = ["*", *parts[1::2]], list(parts[::2])
    places = [place for place, factor in enumerate(factors) if name in factor.names]
    if len(places) > 1 or "/" in signs[places[0]]:
        raise NotAFormula(f"{Formula('product', parts)} is not linear in {name}")
    (place,) = places
    slope = derivative(factors[place], name)
    if slope.kind == "negative":
        return Formula("negative", (_product(signs, factors, place, slope.parts[0]),))
    return _product(signs, factors, place, slope)


def _product(signs, factors, place, slope):
    """The product with this in the place of one factor; 1 falls away."""
    factors[place] = slope
    if factors[place] == ONE and len(factors) > 1 and (place or "/" not in signs[1]):
        del factors[place], signs[place]
    flat = [part for pair in zip(signs, factors) for part in pair][1:]
    return Formula("product", tuple(flat)) if len(flat) > 1 else flat[0]
