"""What a drawing of the network shows: its units with their numbers, and its connections with their weights."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.support import checks
from neurosim.support.errors import InputError
from neurosim.support.number_text import number_text
from neurosim.support.records import documented

if TYPE_CHECKING:
    from neurosim.support.types import Number

SHOWN = ("a", "delta", "t")  # of each unit, beside its bias
LOSSES = ("E", "mean E", "sum E")  # of the pass, or of the batch that ends with it
# A layer of more than so many units is folded, if none were chosen: only the first few and the last are drawn.
MOST_UNITS, FIRST_UNITS = 20, 5


@documented
class Unit(NamedTuple):
    """A unit, or what stands for those of a layer that are not drawn.

    id:       such as "n1_2", for the second unit of the first layer after the inputs
    name:     its name, or such as "... 44 more ..."
    lines:    the numbers under the name, such as "a = 0.5933"
    left_out: how many units it stands for; 0 for a unit
    """

    id: str
    name: str
    lines: list[str]
    left_out: int = 0


@documented
class Connection(NamedTuple):
    """A connection.

    source: the `Unit` it comes from
    target: the `Unit` it leads to
    weight: the number that the pass ran with; None if it is not to be shown
    label:  its text, with the new weight behind it, such as "0.4000 → 0.3589"; "" for nothing to show
    """

    source: Unit
    target: Unit
    weight: Number | None
    label: str


@documented
class Drawing(NamedTuple):
    """What any language draws.

    layers:      the `Unit`s of each layer, from the inputs on
    connections: a list of `Connection`s for each pair of neighbouring layers
    pass_number: which pass it is
    passes:      of how many
    losses:      texts such as "E = 0.2984"
    """

    layers: list[list[Unit]]
    connections: list[list[Connection]]
    pass_number: int
    passes: int
    losses: list[str]


def drawing(trace, pass_number, decimals, phases, units=None):
    """The network in one pass of the trace, by default the last; where that ends with an update, with old → new.

    A number is shown if its step is of one of these phases; None means all. Of the units only these are drawn.
    """
    checks.decimals(decimals)
    trace.only(units)  # refuses a unit that there is not
    chosen = [units] if isinstance(units, str) else units
    shown = {step.address for step in trace.only(phases=phases)}
    passes = [split_address(step.address)[2] or 1 for step in trace]
    last = max(passes)
    if pass_number is None:
        pass_number = last
    elif checks.count(pass_number, "pass_number") > last:
        raise InputError(f"pass_number must be from 1 to {last}, got {pass_number}")
    before, after = _parameters(trace, passes, pass_number, shown)
    suffix = pass_number if last > 1 else None

    def text(value):
        return number_text(value, decimals)

    def change(address):
        """The text of a weight or bias, old and new."""
        old = text(before[address]) if address in before else ""
        return f"{old} → {text(after[address])}".lstrip() if address in after else old

    def values(*addresses):
        """Texts such as "a = 0.5933" of the numbers that are shown."""
        found = [address for address in addresses if address in shown]
        return [f"{split_address(address)[0]} = {text(trace[address].value)}" for address in found]

    def lines(name):
        """The numbers of a unit."""
        bias = change(make_address("b", name))
        return [f"b = {bias}"] * bool(bias) + values(*(make_address(quantity, name, suffix) for quantity in SHOWN))

    def connection(source, target):
        address = make_address("w", f"{source.name}->{target.name}")
        return Connection(source, target, before.get(address), change(address))

    names = [trace.structure.input_names, *trace.structure.layer_names]
    layers = [_units(index, layer, lines, chosen) for index, layer in enumerate(names)]
    drawn = [[unit for unit in layer if not unit.left_out] for layer in layers]
    connections = [[connection(*pair) for pair in product(*pair_of_layers)] for pair_of_layers in zip(drawn, drawn[1:])]
    losses = values(*(make_address(quantity, "", suffix) for quantity in LOSSES))
    return Drawing(layers, connections, pass_number, last, losses)


def _units(index, names, lines, chosen):
    """The units of one layer that are drawn, and where the first of the others would be what stands for them."""
    numbers = range(1, len(names) + 1)
    if chosen is not None:
        drawn = [number for number, name in zip(numbers, names) if name in chosen]
    else:
        drawn = numbers if len(names) <= MOST_UNITS else [*numbers[:FIRST_UNITS], len(names)]
    units = {number: Unit(f"n{index}_{number}", names[number - 1], lines(names[number - 1])) for number in drawn}
    others = [number for number in numbers if number not in units]
    if others:
        units[others[0]] = Unit(f"n{index}_{others[0]}", f"... {len(others)} more ...", [], len(others))
    return [units[number] for number in sorted(units)]


def _parameters(trace, passes, pass_number, shown):
    """The weights and biases before a pass and, where it ends with an update, after it; by their first addresses.

    Only those whose step is shown.
    """
    before, after = {}, {}
    for step, number in zip(trace, passes):
        quantity, place, _ = split_address(step.address)
        if quantity in ("w", "b"):
            before[step.address] = step
        elif quantity in ("w+", "b+") and number <= pass_number:
            (after if number == pass_number else before)[make_address(quantity[0], place)] = step
    return [
        {address: step.value for address, step in steps.items() if step.address in shown} for steps in (before, after)
    ]
