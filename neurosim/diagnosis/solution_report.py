"""A solution for a book's conventions as text."""

from __future__ import annotations

from neurosim.diagnosis.solve_conventions import SHIFTS
from neurosim.support.tables import json_text, table

MOST = 5  # conventions that are shown


def solution_text(solution, format="simple"):
    """The report of a solution, as `Solution.text` says."""
    if format == "json":
        return _json(solution)
    count = len(solution.printed)
    if solution:
        many = len(solution.whole)
        also = f" (and {many - 1} others, which change more or as much)" if many > 1 else ""
        return f"all {count} printed numbers come out with: {conventions_text(solution.whole[0])}{also}"
    lines = [f"no single rule gives all {count} printed numbers"]
    first = solution.first_inconsistent
    if not solution.giving(first):
        lines[0] += f"; none of those tried gives {first} = {solution.printed[first].text}"
    else:
        lines[0] += f"; the first that does not fit those before it is {first} = {solution.printed[first].text}"
    rows = []
    for address, answer in solution.printed.items():
        giving = solution.giving(address)
        rows.append((address, answer.text, conventions_text(giving[0]) if giving else "nothing that was tried"))
    lines.append(table(rows, ("printed", "number", "comes out with"), format))
    ranked = [(len(solution.reproduced[c]), conventions_text(c)) for c in solution.ranked[:MOST]]
    lines.append(table([(f"{n} of {count}", text) for n, text in ranked], ("gives", "conventions"), format))
    return "\n\n".join(lines)


def conventions_text(conventions):
    """What differs from the given conventions, in words."""
    parts = []
    if conventions.loss != "as given":
        parts.append(f"the loss times {conventions.loss}")
    if conventions.order != "as given":
        parts.append(f"{conventions.order} updates")
    if conventions.biases != "as given":
        parts.append(f"{conventions.biases} biases")
    if conventions.reduction != "as given":
        parts.append(f"the {conventions.reduction} over the batch")
    if conventions.rounding != "none":
        parts.append(f"{conventions.rounding} on the way")
    if conventions.shift:
        parts.append(f"measured {SHIFTS[conventions.shift]}")
    return ", ".join(parts) or "the conventions as given"


def _json(solution):
    document = {
        "solved": bool(solution),
        "first_inconsistent": solution.first_inconsistent,
        "printed": {
            address: {
                "number": answer.text,
                "comes_out_with": [conventions_text(conventions) for conventions in solution.giving(address)[:MOST]],
            }
            for address, answer in solution.printed.items()
        },
        "conventions": [
            {"gives": sorted(solution.reproduced[c]), **c._asdict()} for c in (solution.whole or solution.ranked)[:MOST]
        ],
    }
    return json_text(document)
