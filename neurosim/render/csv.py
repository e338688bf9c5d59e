"""A trace as CSV, for spreadsheets and statistics programs."""

import csv
import io

from neurosim.render.formulas import chosen_lines, in_symbols

HEADERS = ("number", "phase", "address", "rule", "formula", "operands", "value")


def trace_csv(trace, units=None, phases=None):
    """A line for each step under a line of headers, with every number in full.

    units, phases: only the steps that belong to these; None means all. `number` counts all steps, as the table does.
    The formula is written as an equation: one that began with a minus would be no text to a spreadsheet, which
    takes cells with = + - @ in front for its own formulas.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADERS)
    for line in chosen_lines(trace, units, phases):
        step = line.step
        formula = f"{step.address} = {in_symbols(line)}" if step.operands else ""
        operands = "; ".join(step.operands)
        writer.writerow((line.number, step.phase, step.address, _text(step.rule), formula, operands, step.value))
    return file.getvalue().rstrip("\n")


def _text(text):
    """The text so that a spreadsheet takes it for one, also where a class of one's own has a name like =f."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
