"""The health of a network as a table."""

from __future__ import annotations

import json

from neurosim.support.numbers import number_text
from neurosim.support.numeric import is_finite
from neurosim.support.tables import table

HEADERS = ("severity", "place", "symptom", "criterion", "number", "what usually helps")
WIDEST = 40  # characters of a column


def health_text(health, format="simple", decimals=None):
    """The table of findings, as `Health.text` says."""
    rows = [(*finding[:4], _number(finding.number), finding.advice) for finding in health.findings]
    if format == "json":
        findings = json.loads(table(rows, HEADERS, format))
        not_judged = [reason._asdict() for reason in health.not_judged]
        return json.dumps({"findings": findings, "not judged": not_judged}, indent=1, ensure_ascii=False)
    size = f"{health.examples} example{'s' * (health.examples != 1)}"
    drawn = table(rows, HEADERS, format, decimals, widest=WIDEST)
    lines = [drawn if rows else f"nothing is wrong on {size}"]
    if health.not_judged:
        lines.append("")
    for reason in dict.fromkeys(missing.reason for missing in health.not_judged):
        symptoms = ", ".join(missing.symptom for missing in health.not_judged if missing.reason == reason)
        lines.append(f"not judged: {symptoms} ({reason})")
    return "\n".join(lines)


def _number(value):
    """JSON knows no infinity, and neither does a table."""
    return value if is_finite(value) else str(value)


MOST_EXAMPLES = 5  # of a batch are named
# What was so before the first update.
ALREADY = {"died": "was dead", "saturated": "was saturated", "became a twin of": "was a twin of"}
REASONS = {"died": "z <= 0", "revived": "z <= 0", "saturated": "saturated", "came out of saturation": "saturated"}


def life_text(life, most=40, decimals=6):
    """The events of a life, as `Life.text` says."""
    stretches = ", ".join(f"epoch {a}" if a == b else f"epochs {a} to {b}" for a, b in life.epochs)
    lines = [f"{life.name}, recorded in {stretches}:" + ("" if life.events else " nothing")]
    events = list(life.events)
    if most is not None and len(events) > most:
        told = [_line(life, event, decimals) for event in (*events[: most // 2], *events[-(most // 2) :])]
        told.insert(most // 2, f"  ... {len(events) - 2 * (most // 2)} more ...")
        return "\n".join(lines + told)
    return "\n".join(lines + [_line(life, event, decimals) for event in events])


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
    happened = event.event if event.examples else ALREADY.get(event.event, event.event)
    if event.flat is None:
        return f"{event.address} changed its sign: it {moved}" if moved else f"{life.name} {happened} {event.address}"
    before, after, of = event.flat
    counted = f"{REASONS[event.event]} on {after} of {of} examples"
    if before is not None:
        counted += f", before on {before}"
    return f"{life.name} {happened}: {counted}" + (f"; {event.address} {moved}" if moved else "")


def _examples(numbers):
    if len(numbers) == 1:
        return f"example {numbers[0]}"
    named = ", ".join(map(str, numbers[:MOST_EXAMPLES])) + (", ..." if len(numbers) > MOST_EXAMPLES else "")
    return f"a batch of {len(numbers)} examples ({named})"
