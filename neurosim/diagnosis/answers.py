"""A person's numbers: by address, or as nested lists by layer, in whatever layout they come.

    {"delta[h1]": "0.0073", "w+[x1->h1]": "0.1498"}       addresses
    {"W1": [[0.15, 0.2], [0.25, 0.3]], "delta2": [...]}   a list for each layer, 1 being the first behind the inputs

A text is taken as it was typed: "0.0730" has four decimals, and is right if it is what rounds to them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Dict, List, NamedTuple

from neurosim.core.address import UnknownAddressError, make_address, split_address, which_pass
from neurosim.support.errors import InputError, shorten
from neurosim.support.records import documented


@documented
class Answer(NamedTuple):
    """A person's number.

    text:      as it was typed
    value:     as a float
    half_unit: half a unit of its last digit, such as 0.00005 for "0.0073"
    """

    text: str
    value: float
    half_unit: float


@documented
class Answers(NamedTuple):
    """A person's numbers.

    by_address: {address: `Answer`}
    notes:      what was recognised in the layout, such as a transposed matrix
    """

    by_address: Dict[str, Answer]
    notes: List[str]


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?")
ARROW = re.compile(r"\s*(->|→)\s*")
LAYERED = re.compile(r"(delta|dW|db|dA|W|b|z|a)(\d{1,9})(\+|_new)?")
QUANTITIES = {"W": "w", "b": "b", "z": "z", "a": "a", "delta": "delta", "dA": "dE/da", "dW": "dE/dw", "db": "dE/db"}
MOST_DIGITS = 400  # what is longer was not typed as a number
PROGRAM_DIGITS = 12  # numbers of so many digits come from a program, which drops zeros at the end


def read_answers(trace, document):
    """The `Answers` in a mapping from addresses, or from names such as "dW2", to numbers or lists of them.

    Raises InputError for what is no number, for an address that the trace doesn't have, and for a shape that
    fits no layer.
    """
    if not hasattr(document, "items") or isinstance(document, type):
        raise InputError(f"answers: expected addresses or layers with their numbers, got {shorten(document)}")
    cells, notes = {}, []
    # the weights first, since they can show in which layout the gradients are
    for key, value in sorted(document.items(), key=lambda item: not str(item[0]).startswith("W")):
        key = str(key)
        layered = LAYERED.fullmatch(key)
        if layered and key not in trace:
            found = _layer(trace, key, layered, _plain(value), notes)
        else:
            found = {_address(trace, key): _plain(value)}
        for address, typed in found.items():
            if address in cells:
                raise InputError(f"answers: {address} is given twice")
            cells[address] = typed
    if not cells:
        raise InputError("answers: none were given")
    return Answers(with_precision(cells), notes)


def _plain(value):
    """Lists and numbers in place of a program's arrays and numbers."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _address(trace, key):
    key = ARROW.sub("->", key).strip()
    if key not in trace:
        if f"{key}@1" in trace:
            raise InputError(which_pass(f"answers: {key} is", f"{key}@1"))
        raise UnknownAddressError(key, [step.address for step in trace])
    return key


def with_precision(cells):
    """{address: Answer}; how precise a number is meant depends on how the others are written."""
    texts = {address: _text(address, typed) for address, typed in cells.items()}
    numbers = [texts[address] for address, typed in cells.items() if not isinstance(typed, str)]
    from_program = 2 * sum(len(_digits(text)) >= PROGRAM_DIGITS for text in numbers) > len(numbers)
    places = max(_places(text) for text in texts.values())
    found = {}
    for address, text in texts.items():
        exact = from_program and not isinstance(cells[address], str)
        whole = float(text) == int(float(text)) and not isinstance(cells[address], str) or text.lstrip("+-").isdigit()
        digits = max(places, PROGRAM_DIGITS) if exact else places if whole else _places(text)
        found[address] = Answer(text, float(text), 0.5 * 10.0**-digits)
    return found


def _text(address, typed):
    if isinstance(typed, str):
        text = typed.strip().replace("\u2212", "-")  # the typographer's minus
    elif isinstance(typed, (int, float, Decimal, Fraction)) and not isinstance(typed, bool):
        text = str(typed) if isinstance(typed, Decimal) else _written(typed)
    else:
        text = ""
    if len(text) > MOST_DIGITS or not NUMBER.fullmatch(text) or not abs(float(text)) < 1e300:
        raise InputError(f"answers: {address}: expected a number, got {shorten(typed)}")
    return text


def _written(number):
    """An int, float or Fraction as a text; one that is too large for a float as none."""
    try:
        return repr(float(number)) if isinstance(number, Fraction) else repr(number)
    except (OverflowError, ValueError):
        return ""


def _places(text):
    return max(0, -Decimal(text).as_tuple().exponent)


def _digits(text):
    return Decimal(text).as_tuple().digits


# Nested lists by layer


def _layer(trace, key, match, value, notes):
    """{address: typed number} of a list for one layer."""
    quantity, number, new = QUANTITIES[match[1]], int(match[2]), match[3]
    layers = [trace.structure.input_names, *trace.structure.layer_names]
    if new and quantity not in ("w", "b") or not (0 if quantity == "a" else 1) <= number < len(layers):
        raise InputError(f"answers: {key}: there is no such list; layers go from 1 to {len(layers) - 1}")
    names = layers[number]
    if quantity in ("w", "dE/dw"):
        value = _matrix(trace, key, value, names, layers[number - 1], notes)
        places = [[f"{source}->{name}" for source in layers[number - 1]] for name in names]
        bias = {"w": "b", "dE/dw": "dE/db"}[quantity]
        found = {}
        for name, row_places, row in zip(names, places, value):
            found.update(zip([_single(trace, quantity, new, place) for place in row_places], row))
            if len(row) > len(row_places):
                found[_single(trace, bias, new, name)] = row[-1]
        return found
    if quantity in ("b", "dE/db"):
        row = _row(key, value, len(names))
        return dict(zip([_single(trace, quantity, new, name) for name in names], row))
    passes = sorted({split_address(step.address)[2] for step in trace} - {None}) or [None]
    rows = _passes(key, value, len(names), len(passes), notes)
    return {
        _address(trace, make_address(quantity, name, number)): typed
        for number, row in zip(passes, rows)
        for name, typed in zip(names, row)
    }


def _single(trace, quantity, new, place):
    """The only address that a weight, bias or gradient, or its new value, has in the trace."""
    wanted = make_address(f"{quantity}{'+' if new else ''}", place)
    found = [step.address for step in trace if step.address.partition("@")[0].endswith(wanted)]
    found = [address for address in found if address.partition("[")[0].split(" ")[-1] == wanted.partition("[")[0]]
    if len(found) != 1:
        reason = "it is not in this computation" if not found else f"there are several, such as {found[0]}"
        raise InputError(f"answers: {wanted}: {reason}")
    return found[0]


def _row(key, value, size):
    """A list of so many numbers; a column or a row in a list of its own is one too."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(row, (list, tuple)) for row in value):
        value = value[0] if len(value) == 1 else [cell for row in value for cell in row]
    if not isinstance(value, (list, tuple)) or len(value) != size:
        raise InputError(f"answers: {key}: expected {size} numbers, got {shorten(value)}")
    return list(value)


def _passes(key, value, size, passes, notes):
    """A row of numbers for each pass."""
    if passes == 1:
        return [_row(key, value, size)]
    shape = _shape(value)
    if shape == (passes, size):
        return value
    if shape == (size, passes):
        notes.append(f"{key} has a column for each example")
        return list(zip(*value))
    wanted = f"{passes} rows of {size} numbers, one for each example"
    raise InputError(f"answers: {key}: expected {wanted}, got {shorten(value)}")


def _matrix(trace, key, value, names, sources, notes):
    """A row for each unit, its bias last if it was folded in; transposed and folded layouts are recognised."""
    height, width, shape = len(names), len(sources), _shape(value)
    known = [[trace[f"w[{source}->{name}]"].value for source in sources] for name in names]
    fits = {
        (width + 1, height): "transposed folded", (height, width + 1): "folded",
        (width, height): "transposed", (height, width): "",
    }
    if shape not in fits:
        raise InputError(f"answers: {key}: expected {height} rows of {width} numbers, got {_shape_text(value, shape)}")
    layout = fits[shape]
    if shape == (width, height) == (height, width) and _is_turned(key, value, known, notes):
        layout = "transposed"
    if layout.startswith("transposed"):
        notes.append(f"{key} is transposed: a row for each unit that the weights come from")
        value = [list(row) for row in zip(*value)]
    if layout.endswith("folded"):
        first = _distance([row[1:] for row in value], known) < _distance([row[:-1] for row in value], known)
        first = first if key.startswith("W") else _bias_is_first(key, value, notes)
        notes.append(f"{key} has the biases in it, as its {'first' if first else 'last'} column")
        value = [[*row[1:], row[0]] if first else row for row in value]
    return value


def _is_turned(key, value, known, notes):
    """Whether a square matrix is transposed: weights are compared with the known ones, gradients follow the weights."""
    if key.startswith("W"):
        return _distance(zip(*value), known) < _distance(value, known)
    return any(note.startswith(f"W{key.lstrip('dW')} is transposed") for note in notes)


def _bias_is_first(key, value, notes):
    """Gradients can't be compared with anything known; they follow the weights, or else the bias stands last."""
    return any(note.startswith("W") and note.endswith("first column") for note in notes)


def _shape(value):
    """(rows, columns) of a list of lists of equal lengths; None for anything else."""
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(row, (list, tuple)) for row in value):
        return None
    lengths = {len(row) for row in value}
    return (len(value), lengths.pop()) if len(lengths) == 1 else None


def _shape_text(value, shape):
    return f"{shape[0]} of {shape[1]}" if shape else shorten(value)


def _distance(rows, known):
    try:
        return sum(abs(float(x) - y) for row, others in zip(rows, known) for x, y in zip(row, others))
    except (ArithmeticError, TypeError, ValueError):  # what is no number is refused further on
        return 0.0
