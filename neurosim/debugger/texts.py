"""What the debugger says about steps, places and changes, as text."""

from neurosim.debugger.computation import NotKnownError
from neurosim.errors import InputError
from neurosim.render.formulas import formulas
from neurosim.render.numbers import number_text
from neurosim.render.table import table

WIDEST = 8  # units of a layer that are named one by one
MOST_CHANGES = 10  # rows of a table of changes


def names_text(names):
    """The units of a layer: all of a few, or the first and the last."""
    return " ".join(names) if len(names) <= WIDEST else f"{names[0]} .. {names[-1]}"


def phase_text(session, step):
    """Where a step of the present batch is: `pass 2 (epoch 1, example 2), forward, layer h1 h2`."""
    computation, parts = session.computation, []
    if computation.passes > 1:
        number = computation.pass_at((session.place[0], computation.index(step.address)))
        epoch, example = divmod(number - 1, computation.settings.examples)
        parts.append(f"pass {number} (epoch {epoch + 1}, example {example + 1})")
    if step.phase == "given":
        return ", ".join([*parts, "at its beginning" if parts else "at the beginning"])
    parts.append(step.phase)
    layer = next((names for names in session.trace.structure.layer_names if step.unit in names), None)
    if layer and step.phase != "loss":
        parts.append(f"layer {names_text(layer)}")
    return ", ".join(parts)


def value_text(session, step):
    """A step and its value in one line."""
    address = step.address
    if address in session.what_ifs:
        number = session.computation.chapter_of(address)
        remark = f"  (set; it was {number_text(session.original.chapter(number)[address].value)})"
    else:
        remark = "  (given)" if step.phase == "given" else ""
    return f"{address} = {number_text(step.value)}{remark}"


def step_text(session, step):
    """A step of the present batch with its formula, with the numbers in it, and its value, under each other."""
    if not step.operands:
        return value_text(session, step)
    symbols, numbers = formulas(session.trace, step)
    lines = dict.fromkeys([symbols, numbers, number_text(step.value)])  # each of them once
    return f"{step.address} = " + f"\n{' ' * len(step.address)} = ".join(lines)


def ending(session, end):
    """Why a move could not go on."""
    if end == "end":
        return f"the end: nothing is computed after {session.here.address}"
    return "the beginning: nothing is computed before" if end == "start" else end


def condition_text(value):
    """A value as text, also if it is True or False."""
    return str(value).lower() if isinstance(value, bool) else number_text(value)


def reading_text(session, expression):
    """An expression and its value here; a single address is told in full."""
    label = expression.text
    if len(expression.names) == 1 and str(expression.names[0]) == "".join(label.split()).replace("→", "->"):
        label = session.computation.address(expression.names[0], session.place)
    return f"{label} = {condition_text(session.evaluate(expression))}"


def display_text(session, expression):
    """Like `reading_text`, for what may not be known yet."""
    try:
        return reading_text(session, expression)
    except NotKnownError:
        return f"{expression.text}: not known here"
    except InputError as error:
        return str(error)


def listing(session, count):
    """A table of so many steps around the present one; what is still to come has no numbers yet."""
    steps, index = session.trace.steps, session.place[1]
    first = max(0, min(index - count // 2, len(steps) - count))
    rows = []
    for number in range(first, min(first + count, len(steps))):
        step, known = steps[number], session.is_known(steps[number].address)
        symbols, numbers = formulas(session.trace, step)
        mark = "=>" if number == index else ""
        value = number_text(step.value) if known else ""
        rows.append((mark, step.phase, step.address, symbols, numbers if known else "", value))
    return table(rows, ("", "phase", "address", "formula", "with numbers", "value"))


def changes_text(found, asked=()):
    """A table of `Change`s, the biggest first: of many the first ones, and those that were asked for."""

    def is_asked(change):
        return change.address in asked or change.address.partition("@")[0] == "E"

    chosen = [change for number, change in enumerate(found) if number < MOST_CHANGES or is_asked(change)]
    rows = [
        (change.address, number_text(change.old), number_text(change.new), _percent(change.share)) for change in chosen
    ]
    lines = [table(rows, ("address", "was", "is", "change"))]
    left = len(found) - len(chosen)
    return "\n".join([*lines, f"and {left} smaller changes"] if left else lines)


def _percent(share):
    if share is None:
        return "from 0"
    text = number_text(100 * share, decimals=2)
    return f"{text} %" if text.startswith("-") else f"+{text} %"
