"""Differences as text: where two computations part, and a table of what differs most."""

from __future__ import annotations

from neurosim.support import checks
from neurosim.support.number_text import number_text, told_apart
from neurosim.support.tables import json_text, paragraph, table

SOME = 4  # addresses that are named


def diff_text(diff, format="simple", decimals=None, most=None, width=None, names=("first", "second")):
    """The text of a `Diff`, as `Diff.text` says."""
    checks.decimals(decimals)
    if format == "json":
        return _json(diff, names)
    parts = [paragraph("\n".join(_told(diff, decimals, names)), format, width)]
    if diff.differences:
        parts.append(differences_table(diff.most[:most], len(diff.differences), format, decimals, width, names))
    return "\n\n".join(parts)


def differences_table(rows, count, format="simple", decimals=None, width=None, names=("first", "second"),
                      rest="smaller changes"):
    """A table of these differences of so many; `rest` are those that it does not show."""
    cells = [(found.address, *_two(found.old, found.new, decimals), share_text(found.share)) for found in rows]
    text, left = table(cells, ("address", *names, "change"), format, width=width), count - len(rows)
    return f"{text}\n{paragraph(f'and {left} {rest}', format, width)}" if left else text


def share_text(share):
    """`+1.50 %`, of what was there before; or that nothing was."""
    if share is None:
        return "from 0"
    text = number_text(100 * share, decimals=2)
    return f"{text} %" if text.startswith("-") else f"+{text} %"


def _two(old, new, decimals):
    return told_apart(old, new) if decimals is None else [number_text(value, decimals) for value in (old, new)]


def _told(diff, decimals, names):
    """The lines above the table."""
    for name, (old, new) in diff.settings.items():
        yield f"{name}: {old} in {names[0]}, {new} in {names[1]}"
    for name, only in zip(names, (diff.only_first, diff.only_second)):
        if only:
            yield f"only {name} has {', '.join(only[:SOME])}{f' and {len(only) - SOME} more' if len(only) > SOME else ''}"
    if not diff.differences:
        yield f"{'nothing differs: ' * (not diff)}{diff.compared} numbers are the same"
        return
    computed = next((found for found in diff.differences if found.phase != "given"), diff.first)
    firsts = [diff.first] if computed is diff.first else [diff.first, computed]
    texts = ["{}: {} and {}".format(found.address, *_two(found.old, found.new, decimals)) for found in firsts]
    given = " (given)" * (diff.first.phase == "given")
    yield f"{len(diff.differences)} of {diff.compared} numbers differ"
    yield f"first {f'{given}, then '.join(texts) if len(texts) > 1 else texts[0] + given}"


def _json(diff, names):
    rows = [found._asdict() for found in diff.differences]
    return json_text({
        "equal": not diff, "names": list(names), "settings": diff.settings, "compared": diff.compared,
        "first": diff.first and diff.first.address, "differences": rows, "only_first": diff.only_first,
        "only_second": diff.only_second,
    })
