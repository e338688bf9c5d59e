"""The health of a network as a table."""

import html
import json

from neurosim.elementary import is_finite
from neurosim.render.table import table

HEADERS = ("severity", "place", "symptom", "criterion", "number", "what usually helps")
WIDEST = 40  # characters of a column


def health_text(health, format="simple", decimals=None):
    """The findings, a row for each, and below them what was not judged and why.

    format: one of tabulate's, or "json" for one object.
    decimals: so many for every number; None means nine significant digits.
    """
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


def health_html(health):
    """The same as a notebook shows it."""
    return f"<pre>{html.escape(health_text(health))}</pre>"


def _number(value):
    """JSON knows no infinity, and neither does a table."""
    return value if is_finite(value) else str(value)
