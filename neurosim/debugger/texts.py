"""What the debugger says about steps, places and changes, as text."""

from __future__ import annotations

from neurosim.core.address import layer_place, split_address
from neurosim.core.summary import summary
from neurosim.debugger.conditions import Name
from neurosim.debugger.stops import STOPS, value_of
from neurosim.debugger.timeline import NotKnownError
from neurosim.support.errors import InputError, UnknownNameError, shown
from neurosim.support.number_text import number_text, told_apart
from neurosim.support.page import equation
from neurosim.support.tables import table
from neurosim.trace.explain import GRADIENTS
from neurosim.trace.lines import formulas
from neurosim.trace.softmax import layer_index

WIDEST = 8  # units of a layer that are named one by one


def names_text(names, present=None):
    """The units of a layer, the present one in brackets: all of a few, or the first, the present and the last."""
    if len(names) <= WIDEST:
        return " ".join(f"[{name}]" if name == present else name for name in names)
    between = f" [{present}] .." if present in names else ""
    return f"{names[0]} ..{between} {names[-1]}"


def phase_text(session, step):
    """Where a step is, the present one or one before it: `pass 2 (epoch 1, example 2), forward, layer h1 h2`."""
    timeline, parts = session.timeline, []
    has_batches = timeline.settings.batch_size > 1 and timeline.first_update is not None
    if timeline.passes > 1:
        number = session.pass_number if step.phase == "given" else split_address(step.address)[2]
        epoch, example = timeline.example_of(number)
        update = f", update {timeline.update_of(number)}" if has_batches else ""
        parts.append(f"pass {number} (epoch {epoch}{update}, example {example})")
    if step.phase == "given":
        return ", ".join([*parts, "at its beginning" if parts else "at the beginning"])
    parts.append(step.phase)
    layers = session.trace.structure.layer_names
    index = layer_index(layers, step)
    if index is not None and step.phase != "loss":
        parts.append(f"layer {names_text(layers[index])}")
    return ", ".join(parts)


def value_text(session, step):
    """A step and its value in one line."""
    address = step.address
    if address in session.what_ifs:
        value, original = told_apart(step.value, session.original_value(address))
        return f"{address} = {value}  (set; it was {original})"
    return f"{address} = {number_text(step.value)}{'  (given)' * (step.phase == 'given')}"


def step_text(session, step, width):
    """A step of the present batch with its formula, with the numbers in it, and its value, under each other."""
    if not step.operands:
        return value_text(session, step)
    symbols, numbers = formulas(session.trace, step)
    texts = dict.fromkeys([symbols, numbers, number_text(step.value)])  # each of them once
    return equation(step.address, texts, width)


def ending(session, end):
    """Why a move could not go on."""
    if end == "end":
        return f"the end: nothing is computed after {session.here.address}"
    return "the beginning: nothing is computed before" if end == "start" else end


def reading_text(session, expression):
    """An expression and its value here; a single address is written in full."""
    label = expression.text
    names = expression.names
    if len(names) == 1 and not names[0].earlier and str(names[0]) == "".join(label.split()).replace("→", "->"):
        label = session.timeline.address(names[0], session.place)
    value = session.evaluate(expression)
    return f"{label} = {value_of(value)}"


def display_text(session, expression):
    """Like `reading_text`, for what may not be known yet."""
    try:
        return reading_text(session, expression)
    except NotKnownError:
        return f"{expression.text}: not known here"
    except InputError as error:
        return str(error)


def listing(session, count, width):
    """A table of so many steps around the present one; what is still to come has no numbers yet."""
    steps, index = session.trace.steps, session.place[1]
    first = max(0, min(index - count // 2, len(steps) - count))
    rows = []
    for number, step in enumerate(steps[first : first + count], first):
        symbols, numbers = formulas(session.trace, step)
        known = (numbers, number_text(step.value)) if number <= index else ("", "")
        rows.append(("=>" if number == index else "", step.phase, step.address, symbols, *known))
    headers = ("", "phase", "address", "formula", "with numbers", "value")
    return table(rows, headers, width=width, chain=headers[3:5])


OF_UNITS = ("z", "a", "t", "dE/da", "f'", "delta")
NOT_KNOWN = "."
LEFT_OUT = " ..."  # in place of units; none is called so, for names have no spaces
FIRST = 3  # units of a wide layer that are shown besides the present one and the last


def network_text(session, width, asked=""):
    """The layers in a row, units with their numbers, and the connections that lead to one unit.

    asked: only this unit, or all units of this layer; else it is the present unit, and of wide layers some.
    """
    layers, here = session.timeline.unit_names, session.here
    index = _layer_asked_for(asked, layers)
    unit = asked if index is None and asked else here.unit
    kept = {unit, _wanted(session)}
    shown = [[asked] * (asked in names) if asked else _some(names, kept) for names in layers]
    if index is not None:
        shown[index] = layers[index]
    parts = [f"{phase_text(session, here)}\n{_layers(session)}", _units(session, width, shown)]
    if unit and index is None and unit not in layers[0] and (asked or here.phase in ("forward", "gradient", "update")):
        parts.append(_connections(session, unit, width))
    loss = _cell(session, "E", None)
    if loss not in ("", NOT_KNOWN) and here.unit:
        parts.append(f"E = {loss}")
    if here.phase != "given":
        parts.append(f"=> {value_text(session, here)}")
    return "\n\n".join(parts)


def _layer_asked_for(asked, layers):
    """The index of a layer among all, the inputs first, by its number or place; None for a unit or nothing."""
    if not asked or any(asked in names for names in layers):
        return None
    places = {"x": 0, **{layer_place(index, len(layers) - 1): index + 1 for index in range(len(layers) - 1)}}
    places.update((str(index), index) for index in range(len(layers)))
    if asked not in places:
        raise UnknownNameError("unit or layer", asked, [*places, *(name for names in layers for name in names)])
    return places[asked]


def _layers(session):
    """`x1 x2 --> [h1] h2 --> o1 o2`, with the arrows in the direction in which the numbers go."""
    step = session.here
    arrow = " --> " if step.phase in ("given", "forward", "loss") else " <-- "
    present = None if step.phase == "given" else step.unit
    return arrow.join(names_text(names, present) for names in session.timeline.unit_names)


def _units(session, width, shown):
    """A row for each of these units, which are given layer by layer."""
    quantities = [quantity for quantity in OF_UNITS if quantity in session.timeline.quantities]
    rows = []
    for kind, names in zip(["input", *["hidden"] * (len(shown) - 2), "output"], shown):
        for name in names:
            rows.append((kind, name, *[_cell(session, quantity, name) for quantity in quantities]))
            kind = ""
    return table(rows, ("layer", "unit", *quantities), width=width, keys=2)


def _wanted(session):
    """The name of the output with the largest target, which is the right class if there are classes."""
    if "t" not in session.timeline.quantities:
        return None
    names = session.timeline.unit_names[-1]
    return max(names, key=lambda name: session.timeline.value(Name("t", name, None), session.place))


def _some(names, kept):
    """The names of a layer; of a wide one some, these among them, and where some are left out a text that says so."""
    if len(names) <= WIDEST:
        return names
    chosen = [position for position, name in enumerate(names) if position < FIRST or name in kept or name == names[-1]]
    found = []
    for before, position in zip([-1, *chosen], chosen):
        found += [LEFT_OUT] * (position > before + 1) + [names[position]]
    return found


def _connections(session, unit, width, all_of_them=False):
    before = next(before for names, before, _ in session.trace.structure.named_layers() if unit in names)
    quantities = [q for q in ("w", *GRADIENTS["w"], "w+") if q in session.timeline.quantities]
    rows = [
        (name, _cell(session, "a", name), *[_cell(session, quantity, f"{name}->{unit}") for quantity in quantities])
        for name in (before if all_of_them else _some(before, ()))
    ]
    cells = [_cell(session, quantity.replace("w", "b"), unit) for quantity in quantities]
    if any(cells):
        rows.append(("bias", "", *cells))
    return table(rows, (f"to {unit} from", "a", *quantities), width=width)


def locals_text(session, unit, width):
    """All that is known of a unit: its own numbers, and the connections that lead to it and away from it."""
    layers = session.timeline.unit_names
    index = next((index for index, names in enumerate(layers) if unit in names), None)
    if index is None:
        raise UnknownNameError("unit", unit, [name for names in layers for name in names])
    own = [head for head in session.timeline.heads if split_address(head)[1] == unit]
    cells = [(head, _cell(session, *split_address(head)[:2]).replace("> ", "")) for head in own]
    parts = [table(cells, ("of it", "value"), width=width)]
    if index:
        parts.append(_connections(session, unit, width, all_of_them=True))
    if index + 1 < len(layers):
        headers = [quantity for quantity in ("w", "delta", "w+") if quantity in session.timeline.quantities]
        rows = [
            (name, *[_cell(session, header, name if header == "delta" else f"{unit}->{name}") for header in headers])
            for name in layers[index + 1]
        ]
        parts.append(table(rows, (f"from {unit} to", *headers), width=width))
    return "\n\n".join(parts)


def _cell(session, quantity, place):
    """The number at an address as text, marked if it is the present step's; "" if there is no such address."""
    name, step = Name(quantity, place, None), session.here
    if name.head not in session.timeline.heads:
        return ""
    try:
        text = number_text(session.timeline.value(name, session.place))
    except NotKnownError:
        return NOT_KNOWN
    present = step.phase != "given" and step.address.partition("@")[0] == name.head
    return f"> {text}" if present else text


SOME = 6  # addresses that are named one by one


def _position(session, width):
    step = session.here
    at = "" if step.phase == "given" else f", at {step.address}"
    return f"position: {phase_text(session, step)}{at}"


def _stops(session, width, kind, none):
    rows = [
        (stop.number, stop.text, _where(stop), stop.hits, _state(stop))
        for stop in session.stops.values() if stop.kind == kind
    ]
    headers = (kind, "at", "tested at", "hits", "state")
    if not any(row[-1] for row in rows):
        headers, rows = headers[:-1], [row[:-1] for row in rows]
    return table(rows, headers, width=width) if rows else none


def _where(stop):
    places = sorted(stop.at)
    return ", ".join(places if len(places) <= SOME else [*places[:SOME], "..."])


def _state(stop):
    """What a stop was told, as text."""
    told = ["disabled"] * (not stop.enabled) + ["once"] * stop.temporary + [f"ignores {stop.ignored}"] * bool(stop.ignored)
    return "; ".join([*told, *stop.commands])


SAVED = "# breakpoints of neurosim debug"


def script_of(stops):
    """Lines that make these stops again."""
    lines = [SAVED]
    for stop in stops:
        command = "tbreak" if stop.temporary else next(one for one, made in STOPS.items() if type(stop) is made)
        lines.append(f"{command} {stop.text}")
        lines += ["disable last"] * (not stop.enabled) + [f"ignore last {stop.ignored}"] * bool(stop.ignored)
        if stop.commands:
            lines.append(f"commands last {'; '.join(stop.commands)}")
    return "".join(f"{line}\n" for line in lines)


def _displays(session, width):
    lines = [f"display {number}: {expression.text}" for number, expression in session.displays.items()]
    return "\n".join(lines) or "no displays"


def what_ifs_text(session, width=None):
    """What was set, a line each."""
    lines = []
    for address, value in session.what_ifs.items():
        new, old = told_apart(value, session.original_value(address))
        lines.append(f"what if {address} = {new}, and not {old}")
    return "\n".join(lines) or "no what-ifs"


def _network(session, width):
    settings = session.timeline.settings
    parts = [f"loss: {shown(session.trace.structure.loss.name, None)}"]
    if settings.optimizer is not None:
        parts.append(f"optimizer: {settings.optimizer!r}")
    if settings.batch_size > 1:
        parts.append(f"batches of {settings.batch_size}, {settings.reduction} of the gradients")
    return f"{summary(session.trace.structure, width=width)}\n" + "\n".join(parts)


TOPICS = {  # of info
    "position": _position,
    "breakpoints": lambda session, width: _stops(session, width, "breakpoint", "no breakpoints"),
    "watches": lambda session, width: _stops(session, width, "watch", "no watches"),
    "logs": lambda session, width: _stops(session, width, "log", "no logs"),
    "displays": _displays,
    "what-ifs": what_ifs_text,
    "network": _network,
}
