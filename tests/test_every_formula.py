"""Every step of many traces: its text, and its value, to the last bit, by its rule."""

from pathlib import Path

import pytest
from every_formula import traces
from rule_check import its_value

from neurosim.formula.formula import operand
from neurosim.formula.values import function
from neurosim.trace.lines import in_numbers, in_symbols, lines_of


def test_every_step_reads_as_it_should_and_has_the_value_of_its_rule():
    """The first step of each rule in each shape is in the file, which was read line by line."""
    read, shapes = [], set()
    for where, trace in traces():
        for line in lines_of(trace, trace.steps):
            step, shape = line.step, (line.step.rule, str(line.rule.formula), min(len(line.step.operands), 5))
            if step.operands:
                assert line.rule.evaluate(*line.values) == its_value(step), (where, step)
                if shape not in shapes:
                    shapes.add(shape)
                    read.append(f"{step.rule}: {in_symbols(line, 8)} = {in_numbers(line, 8, 4)}\n")
    assert "".join(read) == (Path(__file__).parent / "expected" / "every_formula.txt").read_text(encoding="utf-8")


def test_what_computes_more_safely_than_it_reads_agrees_with_its_formula():
    """Sigmoid, softplus, cross-entropies and clipping by norm are the core's own; their formulas give the same numbers."""
    compared = set()
    for where, trace in traces():
        for line in lines_of(trace, trace.steps):
            if line.step.operands and not line.rule.by_formula:
                count = len(line.values)
                worked_out = function(line.rule.written([operand(index) for index in range(count)]), range(count))
                try:
                    value = worked_out(*map(float, line.values))
                except (ValueError, ZeroDivisionError):  # log(0), 0 / 0, and a norm of 0, for which the core has an answer
                    continue
                compared.add(line.rule.name)
                assert value == pytest.approx(line.step.value, rel=1e-9, abs=1e-12), (where, line.step)
    safe = {"sigmoid", "softplus", "gelu", "binary_crossentropy", "log_cosh", "kl_divergence", "sgd shortened"}
    assert safe <= compared and len(compared) > 50
