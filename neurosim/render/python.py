"""The trace as a script in Python that works every number out again, a line each, and prints it."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from fractions import Fraction
from itertools import chain, count

from neurosim.core.address import split_address
from neurosim.formula.formula import NotAFormula, operand
from neurosim.formula.python import PythonNotation
from neurosim.formula.safer import safer
from neurosim.render.worked import PHASE_TITLES, worked
from neurosim.support.errors import InputError, shorten
from neurosim.support.page import visible
from neurosim.trace.lines import chosen_lines
from neurosim.trace.rules import Rule

RESERVED = {"print", "sum", "type", "address", "value", "Fraction", "Decimal"}  # names that the script has for other things
REMARK = "Where a formula as it reads would overflow, divide by 0 or lose digits, another stands for it that does not."


def trace_python(trace):
    """The script, as `Trace.python` says."""
    if trace.rounding:
        raise InputError("there is no script of a trace with rounded numbers; record it without rounding")
    return "\n\n".join(_Script(trace).parts())


class _Script:
    """What a script is made of: a notation, the names of its variables, and the form of each rule in it."""

    def __init__(self, trace):
        self.trace = trace
        self.notation = PythonNotation(_kind(trace))
        self.variables = variables(trace, RESERVED | self.notation.functions)
        self.templates, self.is_safer = {}, False  # templates by the rule and the number of its operands
        for name, lines in _by_rule(trace).items():
            rule = trace.rules[name]
            form = self._form(rule, lines)
            self.is_safer |= form is not rule.formula
            for size in {len(line.values) for line in lines}:
                self.templates[name, size] = self.notation.template(_written(rule, form, size))

    def parts(self):
        """The parts of the script, between which a line is left empty."""
        solution = worked(self.trace)
        sections = [part for section in solution.sections for part in self._section(section)]
        title = f"{solution.title}.\nA line for each number; at the end all are printed by their addresses."
        title += f"\n{solution.remarks[0]}" + f"\n{REMARK}" * self.is_safer
        pairs = [f"    ({step.address!r}, {self.variables[step.address]})," for step in self.trace]
        printing = "\n".join(["for address, value in [", *pairs, "]:", '    print(address, "=", value)'])
        preamble = self.notation.preamble("\n".join(sections))
        return [_comment(title), *preamble, *sections, "# Every number by its address", printing]

    def _section(self, section):
        """The heading, if it is that of a pass or a phase, and the lines under it."""
        is_phase = section.level <= 2 and section.title in PHASE_TITLES.values()
        headings = [section.title] if is_phase else [f"==== {section.title} ===="] if section.level == 1 else []
        return [*map(_comment, headings), *["\n".join(map(self._line, section.lines))] * bool(section.lines)]

    def _line(self, line):
        step = line.step
        names = [self.variables[operand] for operand in step.operands]
        right = self.templates[step.rule, len(names)].format(names, names) if names else literal(step.value)
        return f"{self.variables[step.address]} = {right}"

    def _form(self, rule, lines):
        """The formula of a rule as it reads, or else, where that does not give the values of all lines, the safer one."""
        complaint = f"{lines[0].step.address}: there is no Python for {shorten(rule.name)}"
        if rule.formula is None:
            raise InputError(f"{complaint}, which has no formula")
        other = safer(rule.formula)
        try:
            if self._gives(rule, rule.formula, lines, _alike if other is rule.formula else _close):
                return rule.formula
            if self._gives(rule, other, lines, _alike):
                return other
        except NotAFormula as error:
            raise InputError(f"{complaint}, {shorten(str(rule.formula))}: {error}") from None
        raise InputError(f"{complaint}, whose numbers are not those of its formula {shorten(str(rule.formula))}")

    def _gives(self, rule, form, lines, are_equal):
        """Whether a form gives the values of these lines, as it does if the rule has nothing else to work them out."""
        sizes = {len(line.values) for line in lines}
        functions = {size: self.notation.function(_written(rule, form, size), size) for size in sizes}
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


def _written(rule, form, size):
    """A form of a rule with slots for its operands."""
    return Rule(rule.name, form, rule.evaluate, rule.names, rule.constants).written(list(map(operand, range(size))))


def _comment(text):
    """The text as a comment, of which nothing that a person has typed is a line by itself."""
    return "\n".join(f"# {visible(line)}" for line in text.split("\n"))


# Numbers and names


def _kind(trace):
    """The kind of number that is to stay exact, "Decimal" or "Fraction", or "" where there is none."""
    for step in trace:
        if not isinstance(step.value, (int, float, Fraction, Decimal)):
            raise InputError(f"{step.address}: there is no Python for a number of the kind {type(step.value).__name__}")
    kinds = (kind.__name__ for kind in (Decimal, Fraction) if any(isinstance(step.value, kind) for step in trace))
    return next(kinds, "")


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
