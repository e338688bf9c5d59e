"""What another language makes of a trace: for each rule the form that gives its values, for each number a name."""

from __future__ import annotations

import unicodedata
from itertools import chain, count

from neurosim.core.address import split_address
from neurosim.formula.formula import NotAFormula, operand
from neurosim.formula.safer import safer
from neurosim.support.errors import InputError, shorten
from neurosim.trace.lines import chosen_lines
from neurosim.trace.rules import Rule


class Forms:
    """The rules of a trace in another language.

    forms:     of each rule by its name the formula as it reads, or the safer one
    templates: by the name of a rule and the number of its operands
    """

    def __init__(self, trace, language, notation, function):
        """`function` makes of a formula, and how many operands it has, what works it out from the list of these."""
        self.language, self.notation, self.function = language, notation, function
        self.forms, self.templates = {}, {}
        for name, lines in _by_rule(trace).items():
            self.forms[name], templates = self._form(trace.rules[name], lines)
            self.templates.update(((name, size), template) for size, template in templates.items())
        self.is_safer = any(form is not trace.rules[name].formula for name, form in self.forms.items())

    def _form(self, rule, lines):
        """The formula as it reads, or else, where that does not give the values of all lines, the safer; its templates."""
        complaint = f"{lines[0].step.address}: there is no {self.language} for {shorten(rule.name)}"
        if rule.formula is None:
            raise InputError(f"{complaint}, which has no formula")
        other, sizes = safer(rule.formula), {len(line.values) for line in lines}
        try:
            for form, are_equal in ((rule.formula, _alike if other is rule.formula else _close), (other, _alike)):
                slotted = {size: written(rule, form, size) for size in sizes}
                templates = {size: self.notation.template(slotted[size]) for size in sizes}
                if self._gives(rule, slotted, lines, are_equal):
                    return form, templates
        except NotAFormula as error:
            raise InputError(f"{complaint}, {shorten(str(rule.formula))}: {error}") from None
        raise InputError(f"{complaint}, whose numbers are not those of its formula {shorten(str(rule.formula))}")

    def _gives(self, rule, slotted, lines, are_equal):
        """Whether a form gives the values of these lines, as it does if the rule has nothing else to work them out."""
        functions = {size: self.function(form, size) for size, form in slotted.items()}
        try:
            return rule.by_formula or all(
                are_equal(functions[len(line.values)](line.values), line.step.value) for line in lines
            )
        except (ArithmeticError, TypeError, ValueError):
            return False  # it can make nothing of their operands


def _alike(value, own):
    return abs(value - own) * 10**9 <= abs(own)


def _close(value, own):
    """Whether two values are equal to 13 digits, and so are their distances from 1, of which slopes are made."""
    return abs(value - own) * 10**13 <= min(abs(own), abs(1 - abs(own)))


def _by_rule(trace):
    """The lines that are worked out, by the names of their rules."""
    found = {}
    for line in chosen_lines(trace):
        if line.values:
            found.setdefault(line.step.rule, []).append(line)
    return found


def written(rule, form, size):
    """A form of a rule with slots for its operands."""
    return Rule(rule.name, form, rule.evaluate, rule.names, rule.constants).written(list(map(operand, range(size))))


# Names


def variables(trace, taken, legal, alike=str):
    """{address: the name of its variable}, each a name of its own and none of those that are taken.

    legal: makes of a name one that the language allows; alike: makes the same of two names that it does not tell apart

    >>> from neurosim import built_in
    >>> names = variables(built_in("mazur").trace(), set(), str)
    >>> names["dE/dw[x1->h1]"], names["w+[x1->h1]"], names["f'[h1]"]
    ('dE_dw_x1_h1', 'new_w_x1_h1', 'slope_h1')
    """
    network, taken_units, taken = trace.network, set(), set(taken)
    units = {
        unit: own_name(_word(unit) or "unit", taken_units, alike)
        for unit in chain(network.input_names, *network.layer_names)
    }
    names = {}
    for step in trace:
        quantity, place, number = split_address(step.address)
        words = ["new"] * quantity.endswith("+") + ["slope" if quantity == "f'" else _word(quantity)]
        words += [units.get(unit, unit) for unit in place.split("->") if unit] + [f"pass{number}"] * bool(number)
        names[step.address] = own_name(legal("_".join(words)), taken, alike)
    return names


def _word(text):
    """What of the text can stand in a variable's name, which Python reads in its usual form: ﬁ is fi."""
    text = unicodedata.normalize("NFKC", text)
    signs = [sign if f"x{sign}".isidentifier() else "_" for sign in text]
    return "_".join(filter(None, "".join(signs).split("_")))


def own_name(name, taken, alike=str):
    """The name, or with a number behind it if it is taken; it is taken then."""
    names = chain([name], (f"{name}_{number}" for number in count(2)))
    own = next(name for name in names if alike(name) not in taken)
    taken.add(alike(own))
    return own
