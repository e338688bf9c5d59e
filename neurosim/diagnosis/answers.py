"""A person's numbers: by address, or as nested lists by layer, in whatever layout they come.

    {"delta[h1]": "0.0073", "w+[x1->h1]": "0.1498"}       addresses
    {"W1": [[0.15, 0.2], [0.25, 0.3]], "delta2": [...]}   a list for each layer, as `layer_lists` tells
    {"z_h1": "0.38", "delta_o": "0.14", "z1": "[0.38, 0.39]"}   the same as they are written by hand
    {"given": {"delta[o1]": 0.1479}, "delta[h1]": "?"}    what is taken as given, and what was not worked out

A text is taken as it was typed: "0.0730" has four decimals, and is right if it is what rounds to them.
"""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple

from neurosim.core.address import UnknownAddressError, bracketed, which_pass
from neurosim.diagnosis.layer_lists import LAYERED, LayerLists, lacks_targets, plain
from neurosim.diagnosis.typed_numbers import is_blank, typed_number
from neurosim.support.errors import InputError, shorten
from neurosim.support.numeric import as_kind
from neurosim.support.records import documented
from neurosim.support.typed_lists import is_typed_list, typed_list


@documented
class Answer(NamedTuple):
    """A person's number.

    text:      as it was typed, with a plain minus sign and a point
    value:     as a float
    half_unit: half a unit of its last digit, such as 0.00005 for "0.0073"; 0 of a fraction, which is exact
    """

    text: str
    value: float
    half_unit: float


@documented
class Answers(NamedTuple):
    """A person's numbers.

    by_address: {address: `Answer`}
    notes:      what was recognised in the layout, such as transposed matrices
    given:      {address: number} of what is taken as given
    """

    by_address: Dict[str, Answer]
    notes: List[str]
    given: Dict[str, float] = {}


LONGEST_KEY = 10_000  # characters; a longer one was not typed
ARROW = re.compile(r"\s*(->|→)\s*")
PROGRAM_DIGITS = 12  # numbers of so many digits come from a program, which drops zeros at the end


def read_answers(trace, document, given=None, what="answers", address=None):
    """The `Answers` in a mapping from addresses, or from names such as "dW2", to numbers or lists of them.

    trace:   of the computation; with an `address`, which goes on without end, of its first two epochs
    given:   the same for what is taken as given, besides what is under the key "given"
    what:    with what every complaint begins
    address: a function from an address as it was written to that in the computation

    Raises InputError for what is no number, for an address that the trace doesn't have, and for a shape that
    fits no layer.
    """
    written = _mapping(document, what)
    givens = [_mapping(more, f"{what}: given") for more in (written.pop("given", None), given) if more is not None]
    answered, taken = {}, {}  # {address: what was typed}, which a sheet's lists are read into
    lists, find = LayerLists(trace, what, address is not None), address or (lambda key: _address(trace, key, what))
    known = {step.address.partition("@")[0] for step in trace}
    for cells, sheet in ((answered, written), *[(taken, sheet) for sheet in givens]):
        for key, value in sheet.items():
            head, at, number = ARROW.sub("->", key).partition("@")
            _put_in(lists, cells, bracketed(head, known) + at + number, _plain(value, f"{what}: {shorten(key)[1:-1]}"), find)
    for cells, found in lists.cells():
        _join(cells, found, what)
    if not answered:
        raise InputError(f"{what}: all of them are blank" if written else f"{what}: none were given")
    numbers = _with_precision(taken, f"{what}: given")
    return Answers(_with_precision(answered, what), lists.notes(), {place: one.value for place, one in numbers.items()})


def trace_with_givens(trace, answers):
    """The trace as it comes out with the numbers that the `Answers` take as given, where it has them."""
    given = {place: value for place, value in answers.given.items() if place in trace}
    return trace.replay({place: as_kind(value, trace[place].value) for place, value in given.items()}) if given else trace


def in_floats(trace):
    """The trace in floats, as a person's numbers are, which can't be mixed with Decimals."""
    return trace if all(isinstance(step.value, (int, float)) for step in trace) else trace.replay(number=float)


def _mapping(document, what):
    """{key as a text: value}, each key once."""
    if not hasattr(document, "items") or isinstance(document, type):
        raise InputError(f"{what}: expected addresses or layers with their numbers, got {shorten(document)}")
    found = {}
    for key, value in document.items():
        key = str(key).strip()
        if len(key) > LONGEST_KEY:
            raise InputError(f"{what}: expected an address, got {shorten(key)}")
        if key in found:
            raise InputError(f"{what}: {shorten(key)[1:-1]} is given twice")
        found[key] = value
    return found


def _plain(value, place):
    """A number, a list, or what was typed of either, which stands at a place."""
    if isinstance(value, str) and is_typed_list(value):
        try:
            value = typed_list(value)
        except ValueError:
            message = f"{place}: expected a list of numbers, such as [0.1, 0.2], got {shorten(value)}"
            raise InputError(message) from None
    return plain(value, place)


def _put_in(lists, cells, key, value, find):
    """Put a list, or a single number as one of its own, to the lists that are read into these cells."""
    if key not in lists.trace and LAYERED.fullmatch(key):
        lists.add(cells, key, value)
    else:
        lists.written.append((cells, {find(key): value}))


def _join(cells, found, what):
    """Put what was found to the other cells; blank ones are left out."""
    for address, typed in found.items():
        if address in cells and not is_blank(typed):
            raise InputError(f"{what}: {address} is given twice")
        if not is_blank(typed):
            cells[address] = typed


def _address(trace, key, what):
    if key in trace:
        return key
    if f"{key}@1" in trace:
        raise InputError(which_pass(f"{what}: {key} is", f"{key}@1"))
    if key.endswith("@1") and key[:-2] in trace:  # the only pass there is
        return key[:-2]
    if lacks_targets(trace, key.partition("@")[0].partition("[")[0]):
        raise InputError(f"{what}: {shorten(key)[1:-1]} needs targets, and there are none")
    raise UnknownAddressError(key, [step.address for step in trace])


def _with_precision(cells, what):
    """{address: Answer}; how precise a number is meant depends on how the others are written."""
    numbers = {address: typed_number(typed, f"{what}: {address}") for address, typed in cells.items()}
    _check_commas(numbers, what)
    untyped = [numbers[address] for address, typed in cells.items() if not isinstance(typed, str)]
    long = [number for number in untyped if len(number.decimal.as_tuple().digits) >= PROGRAM_DIGITS]
    is_from_program = 2 * len(long) > len(untyped)
    typed_places = {address: number.places for address, number in numbers.items()}
    most = max((typed_places[address] for address, number in numbers.items() if number.kind == "decimal"), default=0)
    found = {}
    for address, number in numbers.items():
        is_text = isinstance(cells[address], str)
        places = max(most, PROGRAM_DIGITS) if is_from_program and not is_text else typed_places[address]
        if places < most and _is_whole(number, is_text):
            places = most
        found[address] = Answer(number.text, number.value, _half_unit(number, places))
    return found


def _is_whole(number, is_text):
    """Whether it is a whole number, which people write without decimals however precise they mean it."""
    is_integer = number.value.is_integer() and not is_text
    return number.kind == "decimal" and (is_integer or number.text.lstrip("+-").isdigit())


def _half_unit(number, places):
    return {"decimal": 0.5, "percent": 0.005, "fraction": 0.0}[number.kind] * 10.0**-places


def _check_commas(numbers, what):
    """A comma before three digits may stand between thousands, unless another one shows what commas are."""
    if any(number.comma == "clear" for number in numbers.values()):
        return
    for address, number in numbers.items():
        if number.comma:
            thousands = number.text.replace(".", "")
            raise InputError(f"{what}: {address}: {number.text.replace('.', ',')} may be {number.text} or {thousands};"
                             " write it with a point")
