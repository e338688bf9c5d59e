"""The table of a trace."""

from __future__ import annotations

from neurosim.support import checks
from neurosim.support.tables import MOST_ROWS, paragraph, table
from neurosim.trace.lines import chosen_lines, in_numbers, in_symbols
from neurosim.trace.step import PHASES

TRACE_HEADERS = ("#", "phase", "address", "formula", "with numbers", "value")


def trace_table(trace, units=None, phases=None, format="simple", decimals=None, terms=8, width=None,
                most=None):
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
    chain = TRACE_HEADERS[3:5]
    return table(rows, TRACE_HEADERS, format, decimals, counts=["#"], width=width, chain=chain, most=most, whole="table()")


def shortened_table(trace, format):
    """What a notebook shows of a trace, and `print`: all of a short one, and of others both ends of what is computed."""
    is_short = len(trace) <= MOST_ROWS
    phases = None if is_short else [phase for phase in PHASES if phase != "given"]
    heading = paragraph(repr(trace) + ("" if is_short else "\nof which these are computed:"), format)
    return f"{heading}\n\n{trace_table(trace, None, phases, format, most=MOST_ROWS)}"
