"""Givens copied wrongly: what may stand for a given on a person's sheet."""

from __future__ import annotations

from neurosim.core.address import make_address, split_address

LONGEST = 6  # digits of a given that is copied by hand
MOST = 30  # givens that are looked at, the nearest first


def miscopied(positions, address):
    """(in words, {address: number}) of each way to copy a given wrongly: its sign, two digits swapped, another's place."""
    right, trace = positions.trace[address].value, positions.trace
    ways = {-right: f"{address} with the other sign"} if right else {}
    for value in digits_swapped(right):
        ways.setdefault(value, f"{address} with digits swapped, {value:g}")
    for other in beside(positions, address):
        ways.setdefault(trace[other].value, f"{other} for {address}")
        if trace[other].value != right:
            yield f"{address} and {other} exchanged", {address: trace[other].value, other: right}
    for value, words in ways.items():
        if value != right:
            yield words, {address: value}


def digits_swapped(number):
    """The numbers that come of swapping two digits side by side; 0.5 may have been written as 0.50.

    >>> digits_swapped(0.15), digits_swapped(-2.03), digits_swapped(0.5)
    ([0.51], [-2.3], [0.05])
    """
    text = f"{number:.{LONGEST}g}"
    text += "0" * (text[-2:-1] == ".")
    if "e" in text or float(text) != number:
        return []
    pairs = [(place, one, other) for place, (one, other) in enumerate(zip(text, text[1:])) if (one + other).isdigit()]
    return [float(text[:place] + other + one + text[place + 2 :]) for place, one, other in pairs if one != other]


def beside(positions, address):
    """The addresses of the givens that stand next to one: weights of the same unit or input, biases, inputs, targets."""
    quantity, place, number = split_address(address)
    source, arrow, target = place.rpartition("->")
    layer = positions.layer_numbers[target]
    places = [source + arrow + other for other in _next_to(positions.layers[layer], target)]
    if source:
        places += [f"{other}->{target}" for other in _next_to(positions.layers[layer - 1], source)]
    if quantity == "b":
        places += [names[0] for names in positions.layers[max(layer - 1, 1) : layer + 2] if target not in names]
    found = [make_address(quantity, other, number) for other in places]
    return [other for other in found if other in positions.trace]


def _next_to(names, name):
    place = names.index(name)
    return [*names[max(place - 1, 0) : place], *names[place + 1 : place + 2]]


def nearest_givens(positions, first, answered):
    """The addresses of the unwritten givens that a number is made from by steps that are unwritten, the nearest first."""
    pending, seen, found = [first], {first}, []
    for address in pending:
        for operand in positions.trace[address].operands:
            if operand not in seen and operand not in answered:
                seen.add(operand)
                pending.append(operand)
                if not positions.trace[operand].operands and _is_copied(operand):
                    found.append(operand)
        if len(found) >= MOST:
            break
    return found[:MOST]


def _is_copied(address):
    """Whether it is a weight, a bias, an input or a target: of eta other numbers are tried, and t may count updates."""
    quantity, place, _ = split_address(address)
    return quantity in ("w", "b", "a", "t") and place != ""
