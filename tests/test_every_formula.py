"""Every step of many traces: its text, and its value, to the last bit, by its rule."""

from pathlib import Path

from every_formula import traces
from rule_check import its_value

from neurosim.trace.lines import in_numbers, in_symbols, lines_of


def test_every_step_reads_as_it_should_and_has_the_value_of_its_rule():
    """The first step of each rule in each shape is in the file, which was read line by line."""
    read, shapes = [], set()
    for where, trace in traces():
        for line in lines_of(trace, trace.steps):
            step, shape = line.step, (line.step.rule, min(len(line.step.operands), 5))
            if step.operands:
                assert line.rule.evaluate(*line.values) == its_value(step), (where, step)
                if shape not in shapes:
                    shapes.add(shape)
                    read.append(f"{step.rule}: {in_symbols(line, 8)} = {in_numbers(line, 8, 4)}\n")
    assert "".join(read) == (Path(__file__).parent / "expected" / "every_formula.txt").read_text(encoding="utf-8")
