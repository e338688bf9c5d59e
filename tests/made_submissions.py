"""What a class hands in, made up: right sheets, sheets with one mistake, slips, and nonsense."""

from pathlib import Path

from neurosim.diagnosis.diagnosis import hypotheses
from neurosim.diagnosis.mistakes import MISTAKES
from neurosim.exercises.generator import with_mistake
from neurosim.exercises.sheet import answer_texts
from neurosim.support.number_text import number_text

NONSENSE = (b"", b"{", b"sheet,nosuch\nz[h1],1\n", bytes(range(256)))


def hand_in(sheets, folder, draw):
    """Write a file for each sheet of a class into a folder; return {sheet: "right", "mistake", "slip" or "nonsense"}."""
    made = {}
    for sheet, exercise in sheets.exercises.items():
        share, key = draw.random(), answer_texts(exercise)
        made[sheet] = "right" if share < 0.6 else "mistake" if share < 0.85 else "slip" if share < 0.95 else "nonsense"
        if made[sheet] == "mistake":
            key = mistaken(exercise, key, draw)
        elif made[sheet] == "slip":
            address = draw.choice(list(key))
            key[address] = slipped(key[address], draw)
        lines = [f"sheet,{sheet}", *[f"{address},{number}" for address, number in key.items()]]
        data = draw.choice(NONSENSE) if made[sheet] == "nonsense" else "\n".join(lines).encode()
        Path(folder, f"{sheet}.csv").write_bytes(data)
    return made


def mistaken(exercise, key, draw):
    """The numbers with one known mistake that shows in them."""
    while True:
        trace = with_mistake(exercise, draw.choice(hypotheses(MISTAKES.values(), exercise.computed)))
        wrong = {address: number_text(trace[address].value, exercise.places) for address in key} if trace else key
        if wrong != key:
            return wrong


def slipped(text, draw):
    """The text of a number with another digit, not one of the last two, in which roundings differ; of a short one any."""
    places = [index for index, sign in enumerate(text) if sign.isdigit()]
    index = draw.choice(places[1:-2] or places)
    digit = draw.choice([digit for digit in "0123456789" if digit != text[index]])
    return text[:index] + digit + text[index + 1 :]
