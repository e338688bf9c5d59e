"""The trace as a script in Python that works every number out again, a line each, and prints it."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from fractions import Fraction
from itertools import chain, count

from neurosim.core.address import split_address
from neurosim.formula.formula import NotAFormula, formula, operand
from neurosim.formula.python import SAFER, PythonNotation
from neurosim.render.worked import PHASE_TITLES, worked
from neurosim.support.errors import InputError, shorten
from neurosim.trace.rules import Rule

RESERVED = {"print", "sum", "type", "address", "value", "Fraction", "Decimal"}  # names that the script has for other things
REMARK = "Where a formula as it reads would overflow, divide by 0 or lose digits, another stands for it that does not."
PRINTING = """\
]:
    print(address, "=", value)"""


def trace_python(trace):
    """The script, as `Trace.python` says."""
    if trace.rounding:
        raise InputError("there is no script of a trace with rounded numbers; record it without rounding")
    script = _Script(trace)
    return "\n\n".join(script.parts())


class _Script:
    """What a script is made of: a notation, the names of its variables, and the form of each rule in it."""

    def __init__(self, trace):
        self.trace = trace
        self.notation = PythonNotation(_kind(trace))
        self.variables = variables(trace, RESERVED | self.notation.functions)
        self.forms, self.templates = {}, {}
        for rule, steps in _by_rule(trace).items():
            self.forms[rule] = self._form(trace.rules[rule], steps)

    def parts(self):
        """The parts of the script, between which a line is left empty."""
        solution = worked(self.trace)
        sections = [part for section in solution.sections for part in self._section(section)]
        title = f"{solution.title}.\nA line for each number; at the end all are printed by their addresses."
        title += f"\n{solution.remarks[0]}"
        if any(form is not self.trace.rules[name].formula for name, form in self.forms.items()):
            title += f"\n{REMARK}"
        pairs = [f"    ({step.address!r}, {self.variables[step.address]})," for step in self.trace]
        printing = ["# Every number by its address", "\n".join(["for address, value in [", *pairs, PRINTING])]
        return [_comment(title), *self.notation.preamble("\n".join(sections)), *sections, *printing]

    def _section(self, section):
        """The heading, if it is that of a pass or a phase, and the lines under it."""
        is_phase = section.level <= 2 and section.title in PHASE_TITLES.values()
        headings = [section.title] if is_phase else [f"==== {section.title} ===="] if section.level == 1 else []
        return [*map(_comment, headings), *["\n".join(map(self._line, section.lines))] * bool(section.lines)]

    def _line(self, line):
        step = line.step
        names = [self.variables[operand] for operand in step.operands]
        right = self._template(line.rule, len(names)).format(names, names) if names else literal(step.value)
        return f"{self.variables[step.address]} = {right}"

    def _template(self, rule, size):
        """The form of a rule with slots for so many operands."""
        if (rule.name, size) not in self.templates:
            self.templates[rule.name, size] = self.notation.template(_written(rule, self.forms[rule.name], size))
        return self.templates[rule.name, size]

    def _form(self, rule, steps):
        """The formula of a rule as it reads, or else, where that does not give the values of all steps, the safer one."""
        complaint = f"{steps[0].address}: there is no Python for {rule.name!r}"
        if rule.formula is None:
            raise InputError(f"{complaint}, which has no formula")
        safer = SAFER.get(str(rule.formula))
        try:
            if self._gives(rule, rule.formula, steps, _close if safer else _alike):
                return rule.formula
            if safer and self._gives(rule, formula(safer), steps, _alike):
                return formula(safer)
        except NotAFormula as error:
            raise InputError(f"{complaint}, {shorten(str(rule.formula))}: {error}") from None
        raise InputError(f"{complaint}, whose numbers are not those of its formula {shorten(str(rule.formula))}")

    def _gives(self, rule, form, steps, are_equal):
        """Whether a form gives the values of these steps, as it does if the rule has nothing else to work them out."""
        sizes = {len(step.operands) for step in steps}
        functions = {size: self.notation.function(_written(rule, form, size), size) for size in sizes}
        return rule.by_formula or all(are_equal(self._worked_out(functions, step), step.value) for step in steps)

    def _worked_out(self, functions, step):
        """What the function for so many operands makes of those of a step; None if it can make nothing of them."""
        try:
            return functions[len(step.operands)]([self.trace[operand].value for operand in step.operands])
        except (ArithmeticError, TypeError, ValueError):
            return None


def _alike(value, own):
    return value is not None and abs(value - own) * 10**9 <= abs(own)


def _close(value, own):
    """Whether two values are equal to 13 digits, and so are their distances from 1, of which slopes are made."""
    return value is not None and abs(value - own) * 10**13 <= min(abs(own), abs(1 - abs(own)))


def _by_rule(trace):
    """The steps that are worked out, by the names of their rules."""
    found = {}
    for step in trace:
        if step.operands:
            found.setdefault(step.rule, []).append(step)
    return found


def _written(rule, form, size):
    """A form of a rule with slots for its operands."""
    slots = [operand(index) for index in range(size)]
    return Rule(rule.name, form, rule.evaluate, rule.names, rule.constants).written(slots)


def _comment(text):
    """The text as a comment, of which nothing that a person has typed is a line by itself."""
    return "\n".join(f"# {''.join(sign if sign.isprintable() else ' ' for sign in line)}" for line in text.split("\n"))


# Numbers and names


def _kind(trace):
    """The kind of number that is to stay exact, "Decimal" or "Fraction", or "" where there is none."""
    for step in trace:
        if not isinstance(step.value, (int, float, Fraction, Decimal)):
            raise InputError(f"{step.address}: there is no Python for a number of the kind {type(step.value).__name__}")
    kinds = [kind for kind in (Decimal, Fraction) if any(isinstance(step.value, kind) for step in trace)]
    return kinds[0].__name__ if kinds else ""


def literal(value):
    """A number as it is written in a script, with all its digits.

    >>> literal(Fraction(1, 3)), literal(0.1)
    ('Fraction(1, 3)', '0.1')
    """
    if isinstance(value, Decimal):
        return f'Decimal("{Decimal.__str__(value)}")'
    if isinstance(value, Fraction):
        return f"Fraction({value.numerator}, {value.denominator})"
    return float.__repr__(value) if isinstance(value, float) else int.__repr__(value)


def variables(trace, taken):
    """{address: the name of its variable}, each a name of its own and none of those that are taken.

    >>> from neurosim import built_in
    >>> names = variables(built_in("mazur").trace(), set())
    >>> names["dE/dw[x1->h1]"], names["w+[x1->h1]"], names["f'[h1]"]
    ('dE_dw_x1_h1', 'new_w_x1_h1', 'slope_h1')
    """
    network, taken = trace.network, set(taken)
    units, names = {}, {}
    for unit in chain(network.input_names, *network.layer_names):
        units[unit] = _own_name(_word(unit) or "unit", set(units.values()))
    for step in trace:
        quantity, place, number = split_address(step.address)
        words = ["new"] * quantity.endswith("+") + ["slope" if quantity == "f'" else _word(quantity)]
        words += [units.get(unit, unit) for unit in place.split("->") if unit] + [f"pass{number}"] * bool(number)
        names[step.address] = _own_name("_".join(words), taken)
        taken.add(names[step.address])
    return names


def _word(text):
    """What of the text can stand in a variable's name, which Python reads in its usual form: ﬁ is fi."""
    text = unicodedata.normalize("NFKC", text)
    signs = [sign if f"x{sign}".isidentifier() else "_" for sign in text]
    return "_".join(filter(None, "".join(signs).split("_")))


def _own_name(name, taken):
    """The name, or with a number behind it if it is taken."""
    name = name if f"x{name}".isidentifier() and not name[:1].isdecimal() else f"_{name}"
    return next(name for name in chain([name], (f"{name}_{number}" for number in count(2))) if name not in taken)
