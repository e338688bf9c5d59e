"""What a page ships: the steps by their numbers, the rules as functions in JavaScript, and the known mistakes as swaps."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.conventions import CONVENTIONS
from neurosim.diagnosis.diagnosis import hypotheses
from neurosim.diagnosis.mistakes.entry import MISTAKES
from neurosim.formula.formula import NotAFormula
from neurosim.formula.javascript import javascript
from neurosim.formula.tex import ATOM, CHOICE, Notation, Piece
from neurosim.formula.text import TEXT
from neurosim.page.words import HINTS, NAMES
from neurosim.problems.problem_file import Problem, problem_text
from neurosim.render.latex import LATEX
from neurosim.render.symbols import Symbols
from neurosim.support.errors import InputError
from neurosim.support.number_text import number_text
from neurosim.support.page import visible
from neurosim.support.records import documented
from neurosim.trace.files import trace_lines
from neurosim.trace.rounding import rounding_at
from neurosim.trace.rules import RULES
from neurosim.trace.softmax import largest_address, softmax_layers
from neurosim.trace.step import PHASES, Step

if TYPE_CHECKING:
    from neurosim.trace.step import Trace

TERMS = 8  # of a sum that is shown
LARGEST_WHOLE = 2**53  # up to which JavaScript's numbers hold every whole number
MOST_WITH_MISTAKES = 1000  # steps of a page that names mistakes, and can copy a step in TeX
FACTORS = ("opposite-sign", "loss-factor", "loss-only-factor")  # conventions that the page knows by their factor
SLOT = re.compile(r"\{([01])\[(\d+)\]\}")
MARK = re.compile("\x01(\\d+)\x02")


@documented
class Shipped(NamedTuple):
    """What a page ships.

    document: what its scripts read, for JSON
    rules:    the functions of its rules, each a text in JavaScript
    steps:    the steps of the document, as Python has them
    fixed:    why no number can be changed, or ""
    """

    document: dict[str, Any]
    rules: list[str]
    steps: list[Step]
    fixed: str


def shipped(trace: Trace, whole: Trace | None = None) -> Shipped:
    """What a page of this trace ships. whole: the trace in which nothing is swapped, if it is another."""
    fixed = why_fixed(trace)
    steps, softmax = (list(trace), {}) if fixed else _with_the_largest(trace)
    numbers = _Numbers(trace, steps, fixed)
    few = len(steps) <= MOST_WITH_MISTAKES
    symbols = Symbols(LATEX)
    document = {
        "steps": [
            [step.address, PHASES.index(step.phase), *numbers.of(step.rule, step.operands), None if fixed else step.value]
            for step in steps
        ],
        "softmax": [numbers.of_layer(total, powers) for total, powers in softmax.items()],
        "shapes": numbers.shapes(has_tex=few),
        "tex": [symbols.address(step.address).tex for step in steps] if few else None,
        "layers": [trace.structure.input_names, *trace.structure.layer_names],
        "names": _of_these(NAMES, steps), "hints": _of_these(HINTS, steps), "fixed": fixed,
        "roundings": None if fixed else _roundings(trace, steps),
        "problem": None if fixed else _problem(trace),
        "mistakes": numbers.mistakes(whole or trace) if few and not fixed else None,
    }
    if fixed:
        document["texts"] = [number_text(step.value) for step in steps]
    return Shipped(document, numbers.functions, steps, fixed)


def _of_these(words, steps):
    """Those of the words that are about quantities of these steps, or about no quantity alone."""
    quantities = {split_address(step.address)[0] for step in steps}
    kept = {*quantities, "", "output delta", "hidden delta", "output error"}
    return {key: text for key, text in words.items() if key in kept}


def why_fixed(trace):
    """Why a page cannot work the numbers of a trace out again; "" if it can."""
    for step in trace:
        kind = type(step.value)
        if kind not in (int, float) or abs(step.value) > LARGEST_WHOLE and kind is int:
            what = "a number that is too large for it" if kind is int else f"{kind.__name__}s"
            return f"{step.address} is {what}" if kind is int else f"its numbers are {what}, which a browser has not"
    try:
        for _ in trace_lines(trace):
            pass
    except InputError:
        return "it has parts of your own, which are written in Python"
    return ""


def _with_the_largest(trace):
    """The steps, among them the largest z of each softmax layer, and {its sum: its powers}.

    Where none is taken from the z's it has no value.
    """
    steps, layers = [], softmax_layers(trace)
    softmax = {total: trace[total].operands for total in layers.values()}
    for step in trace:
        if step.address in layers and largest_address(layers[step.address]) not in trace:
            powers = softmax[layers[step.address]]
            net_inputs = [trace[power].operands[0] for power in powers]
            steps.append(Step(largest_address(layers[step.address]), "forward", "largest", tuple(net_inputs), None))
        steps.append(step)
    return steps, softmax


class _Numbers:
    """Steps and rules by their numbers."""

    def __init__(self, trace, steps, fixed):
        self.trace, self.fixed = trace, fixed
        self.index = {step.address: number for number, step in enumerate(steps)}
        self.rules, self.functions, self._numbers, self._counts = [], [], {}, []

    def of(self, rule, operands):
        """The number of a rule, and those of its operands."""
        rule = self.trace.rules.get(rule) or RULES[rule] if isinstance(rule, str) else rule
        return self._number(rule, len(operands)), [self.index[operand] for operand in operands]

    def _number(self, rule, count):
        key = rule.name, rule.formula, rule.names and tuple(rule.names), tuple(rule.constants.items())
        if key not in self._numbers:
            has_none = self.fixed or rule.formula is None
            self.functions.append("x => NaN" if has_none else javascript(rule.formula, rule.names, rule.constants))
            self._numbers[key] = len(self.rules)
            self.rules.append(rule)
            self._counts.append({})
        number = self._numbers[key]
        self._counts[number].setdefault(count)
        return number

    def of_layer(self, total, powers):
        """A softmax layer: its steps, and the rules of its powers with the largest z and without."""
        return {
            "largest": self.index[largest_address(total)], "total": self.index[total],
            "powers": [self.index[power] for power in powers],
            "plain": self.of("exponential", powers[:1])[0], "shifted": self.of("shifted_exponential", powers[:2])[0],
        }

    def shapes(self, has_tex):
        """{"rule, number of operands": how a formula is written, a list of texts and operands, in text and in TeX}."""
        notation = Notation(LATEX)
        return {
            f"{number},{count}": [_text_shape(rule, count), _tex_shape(notation, rule, count) if has_tex else None]
            for number, (rule, counts) in enumerate(zip(self.rules, self._counts)) for count in counts if count
        }

    def mistakes(self, whole):
        """[name, what its numbers equal, {rule: steps}, {step: [rule, operands]}] of each form of each mistake.

        First the steps that another rule makes of the same operands. Conventions have no name.
        """
        given = {step.address for step in self.trace if not step.operands}
        found, conventions = [], [one for name, one in CONVENTIONS.items() if name not in FACTORS]
        try:
            made = hypotheses([*MISTAKES.values(), *conventions], whole)
        except InputError:  # numbers were put in place of steps
            return found
        for one in made:
            same, others = {}, {}
            try:
                for address, (rule, operands) in one.swaps.items():
                    number, read = self.of(rule, operands)
                    if address in given:
                        continue
                    if operands == whole[address].operands:
                        same.setdefault(number, []).append(self.index[address])
                    else:
                        others[self.index[address]] = [number, read]
            except (NotAFormula, KeyError):  # it reads what is not there, such as a target
                continue
            form = f" ({one.form})" if one.form else ""
            is_mistake = one.kind.name in MISTAKES
            found.append([one.kind.name if is_mistake else "", one.kind.equals + form if is_mistake else "", same, others])
        return found


def _text_shape(rule, count):
    """[text, operand, text, ...]: an operand i as -1 - i where a minus sign needs brackets."""
    pieces = SLOT.split(TEXT.template(rule.shown(count, TERMS)))
    shape = [visible(text.replace("{{", "{").replace("}}", "}")) for text in pieces[::3]]
    slots = [-1 - int(index) if bracketed == "1" else int(index) for bracketed, index in zip(pieces[1::3], pieces[2::3])]
    return [part for pair in zip(shape, [*slots, None]) for part in pair][:-1]


def _tex_shape(notation, rule, count):
    """The same in TeX, in which a loose piece may need brackets where a whole one needs none."""
    tree = rule.shown(count, TERMS)
    if tree.kind == "foreign":
        return None
    loose, whole = (
        MARK.split(notation.write(tree, [Piece(f"\x01{index}\x02", 1, level, False) for index in range(count)]).tex)
        for level in (CHOICE, ATOM)
    )
    shape, closing = [], ""
    for part, bare, index in zip(loose[::2], whole[::2], [*loose[1::2], None]):
        opening = part[len(closing) + len(bare) :] if part.startswith(closing + bare) else ""
        shape += [bare] if index is None else [bare, -1 - int(index) if opening else int(index)]
        closing = {"(": ")", r"\left(": r"\right)"}.get(opening, "")
    return shape


def _roundings(trace, steps):
    """How each computed step was rounded: its kinds, and for each step which of them; None without."""
    if trace.rounding is None:
        return None
    kinds, numbers = [], []
    for step in steps:
        kind = rounding_at(step.address, trace.rounding) if step.operands else None
        described = kind and {"name": kind.name, "count": kind.count, "half": kind.half}
        if described not in kinds:
            kinds.append(described)
        numbers.append(kinds.index(described))
    return {"kinds": kinds, "list": numbers}


def _problem(trace):
    """The problem file of the trace's network, with the path of each number of the trace in it; None if there is none."""
    names, outputs = trace.structure.input_names, trace.structure.layer_names[-1]
    count = min(trace.settings.examples, len([step for step in trace if step.address.startswith(f"a[{names[0]}]")]))
    several = count > 1 or any(step.address.endswith("@1") for step in trace)
    rows = {
        key: [
            [make_address(quantity, unit, number if several else None) for unit in units] for number in range(1, count + 1)
        ]
        for key, quantity, units in (("inputs", "a", names), ("targets", "t", outputs))
    }
    has_targets = all(address in trace for row in rows["targets"] for address in row)
    if not has_targets:
        del rows["targets"]
    values = {key: [[trace[address].value for address in row] for row in addresses] for key, addresses in rows.items()}
    settings = trace.settings
    try:
        problem = Problem(
            trace.network, values["inputs"], values.get("targets", ()), settings.optimizer if has_targets else None,
            settings.batch_size, settings.reduction, trace.title, trace.source,
        )
    except InputError:
        return None
    return {"document": json.loads(problem_text(problem)), "rows": rows}
