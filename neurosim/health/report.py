"""The health of a network as a table."""

from __future__ import annotations

from neurosim.health.life import KINDS, SIGN
from neurosim.support.errors import counted
from neurosim.support.number_text import number_text
from neurosim.support.numeric import is_finite
from neurosim.support.page import fold, page_width
from neurosim.support.tables import json_text, paragraph, table

HEADERS = ("severity", "place", "symptom", "criterion", "number", "what usually helps")
MOST_EXAMPLES = 5  # of a batch are named


def health_text(health, format="simple", decimals=None, width=None, most=None):
    """The table of findings, as `Health.text` says."""
    rows = list(map(_row, health.findings))
    if format == "json":
        findings = [dict(zip(HEADERS, row)) for row in rows]
        not_judged = [missing._asdict() for missing in health.not_judged]
        return json_text({"findings": findings, "not judged": not_judged})
    size = counted(health.examples, "example")
    drawn = table(rows, HEADERS, format, decimals, width=width, most=most)
    nothing = f"nothing is wrong in what was judged, on {size}" if health.not_judged else f"nothing is wrong on {size}"
    lines = [drawn if rows else paragraph(nothing, format, width)]
    if health.not_judged:
        lines.append("")
    for reason in dict.fromkeys(missing.reason for missing in health.not_judged):
        symptoms = ", ".join(missing.symptom for missing in health.not_judged if missing.reason == reason)
        lines.append(paragraph(f"not judged: {symptoms} ({reason})", format, width))
    return "\n".join(lines)


def _row(finding):
    place = finding.place
    if finding.examples:
        place += f", examples {' and '.join(map(str, finding.examples))}"
    number = finding.number if is_finite(finding.number) else str(finding.number)  # JSON knows no infinity, nor does a table
    return finding.severity, place, finding.symptom, finding.criterion, number, finding.advice


def life_text(life, most=40, decimals=6, width=None):
    """The events of a life, as `Life.text` says."""
    stretches = ", ".join(f"epoch {a}" if a == b else f"epochs {a} to {b}" for a, b in life.epochs)
    lines = [f"{life.name}, recorded in {stretches}:" + ("" if life.events else " nothing")]
    told, ends = [_line(life, event, decimals) for event in life.events], 0 if most is None else most // 2
    if most is not None and len(told) > most:
        told[ends : len(told) - ends] = [f"  ... {len(told) - 2 * ends} more ..."]
    return fold("\n".join(lines + told), page_width(width))


def _line(life, event, decimals):
    if not event.examples:
        place = f"before epoch {event.epoch + 1}"
    else:
        place = f"epoch {event.epoch}, {_examples(event.examples)} (update {event.update})"
    return f"  {place}: {_what(life, event, decimals)}"


def _what(life, event, decimals):
    moved = ""
    if event.before is not None:
        moved = f"went from {number_text(event.before, decimals)} to {number_text(event.after, decimals)}"
    kind = KINDS[event.event]
    happened = kind.name if event.examples else kind.already or kind.name
    if kind is SIGN:
        return f"{event.address} {happened}: it {moved}"
    if kind.counted is None:
        return f"{life.name} {happened} {event.address}"
    before, after, of = event.flat
    counted = f"{kind.counted} on {after} of {of} examples"
    if before is not None:
        counted += f", before on {before}"
    if event.upstream is not None:
        unit, happened_there = event.upstream
        counted += f"; not by its own weights: {unit}, which it reads, {happened_there or 'changed most'}"
    return f"{life.name} {happened}: {counted}" + (f"; {event.address} {moved}" if moved else "")


def _examples(numbers):
    if len(numbers) == 1:
        return f"example {numbers[0]}"
    named = ", ".join(map(str, numbers[:MOST_EXAMPLES])) + (", ..." if len(numbers) > MOST_EXAMPLES else "")
    return f"a batch of {len(numbers)} examples ({named})"
