"""A gradient check as text: the table of all gradients, the worst first, and what it comes to in a few lines."""

from __future__ import annotations

from neurosim.support.number_text import number_text
from neurosim.support.tables import json_text, paragraph, table


def gradient_check_text(check, format="simple", decimals=None, width=None, most=None):
    """The table of a gradient check, as `GradientCheck.text` says."""
    if format == "json":
        return _json(check)
    headers = ["address", "backprop", check.method.label, "relative error", "verdict"]
    rows = [
        [row.address, row.backprop, _independent(row, decimals), _error_text(check, row.error), row.verdict]
        for row in check.rows
    ]
    if any(row.note for row in check.rows):
        headers.append("where")
        rows = [[*cells, row.note] for cells, row in zip(rows, check.rows)]
    parts = [table(rows, headers, format, decimals, width=width, most=most)]
    said = [*[_wrong_text(wrong, decimals) for wrong in check.wrong], _summary(check)]
    return "\n\n".join([*parts, *[paragraph(text, format, width) for text in said]])


def _independent(row, decimals):
    """The independent slope; of a kink those on its left and right."""
    if row.verdict != "kink":
        return row.independent
    return "" if row.left is None else f"{number_text(row.left, decimals)} | {number_text(row.right, decimals)}"


def _error_text(check, error):
    """Two digits of an error tell all; none of one that is rounding."""
    if error is None:
        return ""
    return f"< {check.method.tolerance / 1000:.0e}" if check.is_rounding(error) else f"{float(error):.2g}"


def _wrong_text(wrong, decimals):
    given, slope, at = (number_text(value, decimals) for value in (wrong.given, wrong.slope, wrong.at))
    if wrong.address.startswith("delta"):
        return (
            f"{wrong.of.label} does not cancel with the activation: {wrong.address} = a - t = {given}, "
            f"but the slope of the loss at {wrong.by} = {at} is {slope}"
        )
    return (
        f"the derivative of {wrong.of.label} is wrong: {wrong.address} = {given}, "
        f"but the slope at {wrong.by} = {at} is {slope}"
    )


def _summary(check):
    count, method, tolerance = len(check.rows), check.method.label, f"{check.method.tolerance:g}"
    agree, differ, kinks = check.with_verdict("agrees"), check.with_verdict("differs"), check.with_verdict("kink")
    at_kinks = f"; {len(kinks)} at a kink {'has' if len(kinks) == 1 else 'have'} none to compare with" if kinks else ""
    if differ:
        return (
            f"does not hold: {len(differ)} of {count} gradients differ from those by {method}, "
            f"most of all {differ[0].address}, by {_error_text(check, differ[0].error)} of its scale{at_kinks}"
        )
    text = f"{len(agree)} of {count} gradients agree with those by {method} to {tolerance}{at_kinks}"
    return f"does not hold: {text}, but a derivative is wrong" if check.wrong else text


def _json(check):
    rows = [
        {
            "address": row.address, "backprop": row.backprop, "independent": row.independent,
            "relative_error": row.error, "verdict": row.verdict, "left": row.left, "right": row.right, "where": row.note,
        }
        for row in check.rows
    ]
    wrong = [{**found._asdict(), "of": found.of.label} for found in check.wrong]
    return json_text({
        "holds": bool(check), "method": check.method.name, "tolerance": check.method.tolerance,
        "gradients": rows, "wrong_derivatives": wrong,
    })
