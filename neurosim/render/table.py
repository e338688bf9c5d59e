"""Tables of any rows, and the table of a trace."""

from __future__ import annotations

from neurosim.support import checks
from neurosim.support.tables import table
from neurosim.trace.lines import chosen_lines, in_numbers, in_symbols

TRACE_HEADERS = ("#", "phase", "address", "formula", "with numbers", "value")


def trace_table(trace, units=None, phases=None, format="simple", decimals=None, terms=8, width=None):
    """The table of a trace, as `Trace.table` says."""
    checks.terms(terms)
    checks.decimals(decimals)
    decimals = "all" if format == "json" and decimals is None else decimals
    rows = [
        (
            line.number, line.step.phase, line.step.address,
            in_symbols(line, terms), in_numbers(line, terms, decimals), line.step.value,
        )
        for line in chosen_lines(trace, units, phases)
    ]
    return table(rows, TRACE_HEADERS, format, decimals, counts=["#"], width=width, chain=TRACE_HEADERS[3:5])
