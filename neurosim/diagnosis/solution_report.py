"""A solution for a book's conventions as text."""

from __future__ import annotations

from neurosim.diagnosis.solve_conventions import AS_GIVEN, SHIFTS
from neurosim.support.tables import json_text, paragraph, table

MOST = 5  # conventions that are shown
WORDS = {
    "loss": "the loss times {}", "order": "{} updates", "biases": "{} biases", "reduction": "the {} over the batch",
    "errors": "errors as {}", "reading": "{}", "convention": "{}", "rounding": "{}",
    "shift": "measured {}",
}


def solution_text(solution, format="simple", width=None):
    """The report of a solution, as `Solution.text` says."""
    if format == "json":
        return _json(solution)
    count = len(solution.printed)
    if solution:
        more = len(solution.whole) - 1
        also = f" (and {more} {'other' if more == 1 else 'others'}, changing more or as much)" if more else ""
        said = f"all {count} printed numbers come out with: {conventions_text(solution.whole[0])}{also}"
        return paragraph(said, format, width)
    first = solution.first_inconsistent
    why = "the first that does not fit those before it is" if solution.giving(first) else "none of those tried gives"
    said = f"no single rule gives all {count} printed numbers; {why} {first} = {solution.printed[first].text}"
    lines = [paragraph(said, format, width)]
    rows = []
    for address, answer in solution.printed.items():
        giving = solution.giving(address)
        rows.append((address, answer.text, conventions_text(giving[0]) if giving else "nothing that was tried"))
    lines.append(table(rows, ("printed", "number", "comes out with"), format, width=width))
    ranked = [(f"{len(solution.reproduced[c])} of {count}", conventions_text(c)) for c in solution.ranked[:MOST]]
    if ranked:
        lines.append(table(ranked, ("gives", "conventions"), format, width=width))
    return "\n\n".join(lines)


def conventions_text(conventions):
    """What differs from the given conventions, in words."""
    told = {**conventions._asdict(), "shift": SHIFTS[conventions.shift]}
    different = [field for field in WORDS if getattr(conventions, field) != getattr(AS_GIVEN, field)]
    return ", ".join(WORDS[field].format(told[field]) for field in different) or "the conventions as given"


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
