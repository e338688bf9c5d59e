"""The trace as a script in Python that works every number out again, a line each, and prints it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from neurosim.formula.python import PythonNotation
from neurosim.render.forms import Forms, variables
from neurosim.render.worked import PHASE_TITLES, worked
from neurosim.support.errors import InputError
from neurosim.support.page import visible

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
        self.variables = variables(trace, RESERVED | self.notation.functions, _legal)
        self.forms = Forms(trace, "Python", self.notation, self.notation.function)

    def parts(self):
        """The parts of the script, between which a line is left empty."""
        solution = worked(self.trace)
        sections = [part for section in solution.sections for part in self._section(section)]
        title = f"{solution.title}.\nA line for each number; at the end all are printed by their addresses."
        title += f"\n{solution.remarks[0]}" + f"\n{REMARK}" * self.forms.is_safer
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
        right = self.forms.templates[step.rule, len(names)].format(names, names) if names else literal(step.value)
        return f"{self.variables[step.address]} = {right}"


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


def _legal(name):
    """The name, if need be with a line before it, which makes one of Python of what begins with a digit."""
    return name if f"x{name}".isidentifier() and not name[:1].isdecimal() else f"_{name}"
