"""A trace as CSV, for spreadsheets and statistics programs."""

from __future__ import annotations

from neurosim.support.tables import csv_text
from neurosim.trace.lines import chosen_lines, in_symbols

HEADERS = ("number", "phase", "address", "rule", "formula", "operands", "value")


def trace_csv(trace, units=None, phases=None):
    """The steps as CSV, as `Trace.csv` says."""
    rows = []
    for line in chosen_lines(trace, units, phases):
        step = line.step
        formula = f"{step.address} = {in_symbols(line)}" if step.operands else ""
        operands = "; ".join(step.operands)
        rows.append((line.number, step.phase, step.address, step.rule, formula, operands, step.value))
    return csv_text(HEADERS, rows).rstrip("\n")
