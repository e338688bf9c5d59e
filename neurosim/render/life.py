"""The life of a unit as a story, a line for each event."""

from neurosim.render.numbers import number_text

MOST_EXAMPLES = 5  # of a batch are named
# What was so before the first update.
ALREADY = {"died": "was dead", "saturated": "was saturated", "became a twin of": "was a twin of"}
REASONS = {"died": "z <= 0", "revived": "z <= 0", "saturated": "saturated", "came out of saturation": "saturated"}


def life_text(life, most=40, decimals=6):
    """The events, the first and the last `most` / 2 of them if there are more; None tells them all."""
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
