"""What the debugger says about steps, places and changes, as text."""

from __future__ import annotations

from neurosim.core.address import split_address
from neurosim.core.summary import summary
from neurosim.debugger.conditions import Name
from neurosim.debugger.timeline import NotKnownError
from neurosim.support.errors import InputError, shown
from neurosim.support.number_text import number_text, told_apart
from neurosim.support.page import equation
from neurosim.support.tables import table
from neurosim.trace.explain import GRADIENTS
from neurosim.trace.lines import formulas
from neurosim.trace.softmax import layer_index

WIDEST = 8  # units of a layer that are named one by one
MOST_CHANGES = 10  # rows of a table of changes


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
    if len(expression.names) == 1 and str(expression.names[0]) == "".join(label.split()).replace("→", "->"):
        label = session.timeline.address(expression.names[0], session.place)
    value = session.evaluate(expression)
    return f"{label} = {str(value).lower() if isinstance(value, bool) else number_text(value)}"


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


def changes_text(session, found, width):
    """A table of `Change`s, the biggest first: of many the first ones, and those that were asked for."""
    if not found:
        return "nothing changes here"
    asked = {*session.what_ifs, *(stop.text for stop in session.stops.values())}
    chosen = [
        change for number, change in enumerate(found)
        if number < MOST_CHANGES or change.address in asked or change.address.partition("@")[0] == "E"
    ]
    rows = [(address, *told_apart(old, new), _percent(share)) for address, old, new, share in chosen]
    text, left = table(rows, ("address", "was", "is", "change"), width=width), len(found) - len(chosen)
    return f"{text}\nand {left} smaller changes" if left else text


def _percent(share):
    if share is None:
        return "from 0"
    text = number_text(100 * share, decimals=2)
    return f"{text} %" if text.startswith("-") else f"+{text} %"


OF_UNITS = ("z", "a", "t", "dE/da", "f'", "delta")
NOT_KNOWN = "."
LEFT_OUT = " ..."  # in place of units; none is called so, for names have no spaces
FIRST = 3  # units of a wide layer that are shown besides the present one and the last


def network_text(session, width):
    """The layers in a row, the units with their numbers, and the connections that lead to the present unit."""
    parts = [f"{phase_text(session, session.here)}\n{_layers(session)}", _units(session, width)]
    if session.here.phase in ("forward", "gradient", "update") and session.here.unit:
        parts.append(_connections(session, width))
    loss = _cell(session, "E", None)
    if loss not in ("", NOT_KNOWN) and session.here.unit:
        parts.append(f"E = {loss}")
    if session.here.phase != "given":
        parts.append(f"=> {value_text(session, session.here)}")
    return "\n\n".join(parts)


def _layers(session):
    """`x1 x2 --> [h1] h2 --> o1 o2`, with the arrows in the direction in which the numbers go."""
    step = session.here
    arrow = " --> " if step.phase in ("given", "forward", "loss") else " <-- "
    present = None if step.phase == "given" else step.unit
    return arrow.join(names_text(names, present) for names in _all_names(session))


def _all_names(session):
    network = session.trace.structure
    return [network.input_names, *network.layer_names]


def _units(session, width):
    quantities = [quantity for quantity in OF_UNITS if quantity in session.timeline.quantities]
    kinds = ["input", *["hidden"] * (len(session.trace.structure.layers) - 1), "output"]
    rows = []
    for kind, names in zip(kinds, _all_names(session)):
        for name in _some(names, session.here.unit):
            rows.append((kind, name, *[_cell(session, quantity, name) for quantity in quantities]))
            kind = ""
    return table(rows, ("layer", "unit", *quantities), width=width, keys=2)


def _some(names, present):
    """The names of a layer; of a wide one some, and where some are left out a text that says so."""
    if len(names) <= WIDEST:
        return names
    shown = [*names[:FIRST], LEFT_OUT]
    if present in names[FIRST:-1]:
        shown += [present, LEFT_OUT]
    return [*shown, names[-1]]


def _connections(session, width):
    unit = session.here.unit
    before = next(before for names, before, _ in session.trace.structure.named_layers() if unit in names)
    quantities = [q for q in ("w", *GRADIENTS["w"], "w+") if q in session.timeline.quantities]
    rows = [
        (name, _cell(session, "a", name), *[_cell(session, quantity, f"{name}->{unit}") for quantity in quantities])
        for name in _some(before, None)
    ]
    cells = [_cell(session, quantity.replace("w", "b"), unit) for quantity in quantities]
    if any(cells):
        rows.append(("bias", "", *cells))
    return table(rows, (f"to {unit} from", "a", *quantities), width=width)


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
    rows = [(stop.number, stop.text, _where(stop), stop.hits) for stop in session.stops.values() if stop.kind == kind]
    return table(rows, (kind, "at", "tested at", "hits"), width=width) if rows else none


def _where(stop):
    places = sorted(stop.at)
    return ", ".join(places if len(places) <= SOME else [*places[:SOME], "..."])


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
    "displays": _displays,
    "what-ifs": what_ifs_text,
    "network": _network,
}
