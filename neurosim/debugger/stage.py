"""The stage: the whole network as text, with what is known of it so far and the present step marked."""

from neurosim.debugger.computation import NotKnownError
from neurosim.debugger.expressions import Name
from neurosim.debugger.texts import WIDEST, names_text, phase_text, value_text
from neurosim.render.numbers import number_text
from neurosim.render.table import table
from neurosim.trace.address import make_address

OF_UNITS = ("z", "a", "t", "dE/da", "f'", "delta")
NOT_KNOWN = "."
FIRST = 3  # units of a wide layer that are shown besides the present one and the last


def stage(session):
    """The layers in a row, the units with their numbers, and the connections that lead to the present unit."""
    parts = [f"{phase_text(session, session.here)}\n{_layers(session)}", _units(session)]
    if session.here.phase in ("forward", "gradient", "update") and session.here.unit:
        parts.append(_connections(session))
    loss = _value(session, "E", "")
    if loss not in (None, NOT_KNOWN) and session.here.unit:
        parts.append(f"E = {loss}")
    if session.here.phase != "given":
        parts.append(f"=> {value_text(session, session.here)}")
    return "\n\n".join(parts)


def _layers(session):
    """`x1 x2 --> [h1] h2 --> o1 o2`, with the arrows in the direction in which the numbers go."""
    step = session.here
    arrow = " --> " if step.phase in ("given", "forward", "loss") else " <-- "
    texts = []
    for names in _all_names(session):
        text = names_text(names)
        if step.phase != "given" and step.unit in names:
            marked = [f"[{name}]" if name == step.unit else name for name in names]
            text = " ".join(marked) if len(names) <= WIDEST else f"{names[0]} .. [{step.unit}] .. {names[-1]}"
        texts.append(text)
    return arrow.join(texts)


def _all_names(session):
    network = session.trace.structure
    return [network.input_names, *network.layer_names]


def _units(session):
    quantities = [quantity for quantity in OF_UNITS if quantity in session.computation.quantities]
    rows = []
    for number, names in enumerate(_all_names(session)):
        last = number == len(session.trace.structure.layers)
        kind = "input" if number == 0 else "output" if last else "hidden"
        for name in _some(names, session.here.unit):
            cells = ["" if name is None else _cell(session, quantity, name) for quantity in quantities]
            rows.append((kind, "..." if name is None else name, *cells))
            kind = ""
    return table(rows, ("layer", "unit", *quantities))


def _some(names, present):
    """The names of a layer; of a wide one some, with None for those that are left out."""
    if len(names) <= WIDEST:
        return names
    shown = [*names[:FIRST], None]
    if present in names[FIRST:-1]:
        shown += [present, None]
    return [*shown, names[-1]]


def _connections(session):
    names = _all_names(session)
    unit = session.here.unit
    before = next((first for first, second in zip(names, names[1:]) if unit in second), [])
    gradient = next((q for q in session.computation.quantities if q.endswith("dE/dw")), None)
    quantities = [quantity for quantity in ("w", gradient, "w+") if quantity in session.computation.quantities]
    rows = []
    for name in _some(before, None):
        cells = ["" if name is None else _cell(session, quantity, f"{name}->{unit}") for quantity in quantities]
        rows.append(("..." if name is None else name, "" if name is None else _cell(session, "a", name), *cells))
    biases = [gradient.replace("dE/dw", "dE/db") if q == gradient else q.replace("w", "b") for q in quantities]
    cells = [_cell(session, quantity, unit) for quantity in biases]
    if any(cells):
        rows.append(("bias", "", *cells))
    return table(rows, (f"to {unit} from", "a", *quantities))


def _cell(session, quantity, place):
    """The number at an address as text, marked if it is the present step's; "" if there is no such address."""
    text = _value(session, quantity, place)
    if text is None:
        return ""
    head = session.here.address.partition("@")[0]
    present = session.here.phase != "given" and head == make_address(quantity, place)
    return f"> {text}" if present else text


def _value(session, quantity, place):
    name = Name(quantity, place or None, None)
    if name.head not in session.computation.heads:
        return None
    try:
        return number_text(session.computation.value(name, session.place))
    except NotKnownError:
        return NOT_KNOWN
