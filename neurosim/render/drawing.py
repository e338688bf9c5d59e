"""What a drawing of the network shows: its units with their numbers, and its connections with their weights."""

from __future__ import annotations

from itertools import product

from neurosim.core.address import make_address, split_address
from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.number_text import number_text

SHOWN = ("a", "delta", "t")  # of each unit, beside its bias


def drawing(trace, pass_number, decimals, escape, newline):
    """The network in one pass of the trace, by default the last; where that ends with an update, with old -> new.

    Returns {id of a unit: label} for each layer, and (id of a unit, id of the next, label) for each connection.

    escape:  how the drawing's language writes a text
    newline: what it has between two lines of a label
    """
    checks.decimals(decimals)
    passes = [split_address(step.address)[2] or 1 for step in trace]
    last = max(passes)
    if pass_number is None:
        pass_number = last
    elif checks.count(pass_number, "pass_number") > last:
        raise InputError(f"pass_number must be from 1 to {last}, got {pass_number}")
    before, after = _parameters(trace, passes, pass_number)
    suffix = pass_number if last > 1 else None

    def text(value):
        return number_text(value, decimals)

    def change(address):
        """The text of a weight or bias, old and new."""
        old = text(before[address] if address in before else trace[address].value)
        return f"{old} → {text(after[address])}" if address in after else old

    def label(name):
        """The name of a unit, and under it texts such as "a = 0.5933"."""
        bias = make_address("b", name)
        lines = [name, f"b = {change(bias)}"] if bias in before else [name]
        for quantity in SHOWN:
            address = make_address(quantity, name, suffix)
            lines += [f"{quantity} = {text(trace[address].value)}"] if address in trace else []
        return newline.join(map(escape, lines))

    names = [trace.network.input_names, *trace.network.layer_names]
    ids = {name: f"n{index}_{number}" for index, layer in enumerate(names) for number, name in enumerate(layer, 1)}
    layers = [{ids[name]: label(name) for name in layer} for layer in names]
    edges = [
        (ids[source], ids[target], escape(change(make_address("w", f"{source}->{target}"))))
        for sources, targets in zip(names, names[1:])
        for source, target in product(sources, targets)
    ]
    return layers, edges


def _parameters(trace, passes, pass_number):
    """The weights and biases before a pass and, where it ends with an update, after it; by their first addresses."""
    before, after = {}, {}
    for step, number in zip(trace, passes):
        quantity, place, _ = split_address(step.address)
        if quantity in ("w", "b"):
            before[step.address] = step.value
        elif quantity in ("w+", "b+") and number <= pass_number:
            (after if number == pass_number else before)[make_address(quantity[0], place)] = step.value
    return before, after
