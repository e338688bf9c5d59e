"""The steps that are to be shown, with their formulas in symbols and in numbers."""

import re
from collections import namedtuple

from neurosim import checks
from neurosim.errors import InputError
from neurosim.render.numbers import factor_text

# Those around a number that is the whole formula, or a function's argument: exp((-1)), max(0, (-1)).
UNNEEDED_BRACKETS = re.compile(r"(?:(?<=^)|(?<=[(])|(?<=, ))\(([^()]*)\)(?=$|[),])")
FEWEST_TERMS = 3  # no formula but a sum over units has more

# A step, its number in the whole trace, its rule, and the values of its operands.
Line = namedtuple("Line", ("number", "step", "rule", "values"))


def chosen_lines(trace, units=None, phases=None):
    """A `Line` for each step that belongs to these units and phases; None means all."""
    return lines_of(trace, trace.only(units, phases))


def lines_of(trace, steps):
    """A `Line` for each of these steps of the trace, in its order."""
    chosen = {step.address for step in steps}
    return [
        Line(number, step, trace.rules[step.rule], [trace[operand].value for operand in step.operands])
        for number, step in enumerate(trace, 1)
        if step.address in chosen
    ]


def in_symbols(line, terms=None):
    """The formula with addresses in it; of a given, nothing."""
    return shorten_sums(line.rule.formula(line.step.operands), terms)


def in_numbers(line, terms=None, decimals=None):
    """The formula with numbers in it; of a given, nothing."""
    texts = [factor_text(value, decimals) for value in line.values]
    return UNNEEDED_BRACKETS.sub(r"\1", shorten_sums(line.rule.formula(texts), terms))


def formulas(trace, step, decimals=None, terms=8):
    """The formula of one step with addresses in it, and with numbers.

    >>> from neurosim import Layer, Network
    >>> trace = Network(1, [Layer(1, "linear", weights=[[3]], biases=[-5])]).trace([2])
    >>> formulas(trace, trace["z[o1]"])
    ('w[x1->o1]*a[x1] + b[o1]', '3*2 + (-5)')
    """
    line = Line(None, step, trace.rules[step.rule], [trace[operand].value for operand in step.operands])
    return in_symbols(line, terms), in_numbers(line, terms, decimals)


def check_terms(terms):
    """Raise InputError unless sums can be shortened to so many terms."""
    if terms is not None and checks.count(terms, "terms") < FEWEST_TERMS:
        raise InputError(f"terms must be {FEWEST_TERMS} or more, got {terms}")


def check_decimals(decimals):
    """Raise InputError unless numbers can have so many decimals."""
    if decimals is not None and (not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= 100):
        raise InputError(f"decimals must be a whole number from 0 to 100, got {decimals!r}")


def shorten_sums(formula, terms):
    """The formula with the middle of every long sum left out.

    >>> shorten_sums("(a + b + c + d) / 4", terms=3)
    '(a + b + ... + d) / 4'
    """
    if terms is None or formula.count(" + ") < terms:
        return formula
    cuts, sums, in_address = [], [[0]], False  # of each sum that is open: where its terms begin
    for position, sign in enumerate(formula + ")"):
        if sign in "[]":
            in_address = sign == "["  # a unit's name may contain brackets
        elif in_address:
            continue
        elif sign == "(":
            sums.append([position + 1])
        elif sign == ")":
            beginnings = sums.pop()
            if len(beginnings) > terms:
                cuts.append((beginnings[terms - 1], beginnings[-1]))
        elif formula.startswith(" + ", position):
            sums[-1].append(position + 3)
    for start, end in sorted(cuts, reverse=True):
        formula = f"{formula[:start]}... + {formula[end:]}"
    return formula
