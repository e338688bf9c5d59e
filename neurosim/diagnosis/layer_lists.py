"""A person's lists by layer, such as "dW2" or "z1@3": at which addresses their numbers stand.

    W1, b1, dW1, db1, z1, a1, delta1, dA1    layer 1 is the first behind the inputs
    W1+, W1_new, b1+                         new values
    W1+@2                                    those after the second update; @ counts passes in all other lists

All matrices of a sheet have one layout: a row for each unit, or for each unit that the weights come from; with the
biases in them first, last or not. It is told by the matrices that are not square, and else by the known weights.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple

from neurosim.core.address import make_address, split_address
from neurosim.diagnosis.typed_numbers import is_blank, typed_number
from neurosim.support.errors import InputError, counted, shorten

LAYERED = re.compile(r"(delta|dE/dW|dE/db|dW|db|dA|W|b|z|a)(\d{1,9})(\+|_new)?(?:@(\d{1,9}))?", re.ASCII)
QUANTITIES = {"W": "w", "b": "b", "z": "z", "a": "a", "delta": "delta", "dA": "dE/da", "dW": "dE/dw", "db": "dE/db",
              "dE/dW": "dE/dw", "dE/db": "dE/db"}
BIASES = {"w": "b", "w+": "b+", "dE/dw": "dE/db"}
NEED_TARGETS = ("t", "E", "f'", "dE/da", "delta", "dE/dw", "dE/db", "w+", "b+")
LAYOUTS = [(turned, first) for turned in (False, True) for first in (False, True)]  # the likeliest first
DEEPEST = 3  # lists in each other: passes, rows, cells


class Matrix(NamedTuple):
    """A matrix of one pass as it was written.

    key:     the name of its list
    rows:    its cells
    weights: the addresses of its weights, a row for each unit
    biases:  those of its biases, if it has them in it, or else []
    turned:  in which of the two ways it can be read: {False}, {True}, or both
    is_flat: whether it was written as one row of cells, which is never turned
    """

    key: str
    rows: List[list]
    weights: List[List[str]]
    biases: List[str]
    turned: set
    is_flat: bool

    def cells(self, turned, first):
        """{address: cell} in a layout."""
        rows = zip(*self.rows) if turned and not self.is_flat else self.rows
        found = {}
        for unit, row in enumerate(rows):
            row = list(row)
            if self.biases:
                found[self.biases[unit]] = row.pop(0 if first else -1)
            found.update(zip(self.weights[unit], row))
        return found


class Table(NamedTuple):
    """The numbers of a layer's units in several passes.

    key:       the name of its list
    rows:      its cells
    addresses: a row of them for each pass
    turned:    in which of the two ways it can be read: {False}, {True}, or both
    """

    key: str
    rows: List[list]
    addresses: List[List[str]]
    turned: set

    def cells(self, turned):
        """{address: cell}, where `turned` tables have a column for each pass."""
        rows = zip(*self.rows) if turned else self.rows
        return {place: cell for places, row in zip(self.addresses, rows) for place, cell in zip(places, row)}


class LayerLists:
    """The lists of a sheet: each is put in by `add`, and `cells` tells the addresses when all are there.

    trace:      of the computation
    what:       with what every complaint begins
    is_endless: whether the passes go on behind those of the trace, which then is of an epoch at least
    """

    def __init__(self, trace, what, is_endless=False):
        self.trace, self.what, self.is_endless = trace, what, is_endless
        self.layers = [trace.structure.input_names, *trace.structure.layer_names]
        self.examples = trace.settings.examples
        self._found, self.written = None, []

    def add(self, owner, key, value):
        """Put in a list, which belongs to an owner."""
        match = LAYERED.fullmatch(key)
        quantity, number = QUANTITIES[match[1]] + ("+" if match[3] else ""), int(match[2])
        is_new = quantity.endswith("+")
        if is_new and quantity not in ("w+", "b+") or not (0 if quantity == "a" else 1) <= number < len(self.layers):
            raise self._error(key, f"there is no such list; layers go from 1 to {len(self.layers) - 1}")
        if is_blank(value):
            return
        add = self._add_matrices if quantity in BIASES else self._add_rows
        self.written += [(owner, written) for written in add(key, quantity, number, match[4], value)]

    def cells(self):
        """Pairs of an owner and {address: cell}, in the order in which the lists were put in."""
        turned, first = self._layout()
        has_columns = self._has_columns()
        for owner, written in self.written:
            if isinstance(written, Matrix):
                yield owner, written.cells(turned, first)
            else:
                yield owner, written.cells(has_columns) if isinstance(written, Table) else written

    def notes(self):
        """What was recognised in the layout."""
        turned, first = self._layout()
        has_biases = any(matrix.biases for matrix in self._of(Matrix))
        parts = ["a row for each unit that the weights come from"] * turned
        parts += [f"the biases in them {'first' if first else 'last'}"] * has_biases
        notes = [f"your matrices have {' and '.join(parts)}"] if parts else []
        return notes + ["your lists have a column for each pass"] * self._has_columns()

    # One kind of list after the other

    def _add_matrices(self, key, quantity, number, asked, value):
        names, sources = self.layers[number], self.layers[number - 1]
        passes = self._passes(key, quantity, f"{sources[0]}->{names[0]}", asked)
        values = [value] if len(passes) == 1 else value
        if len(passes) > 1 and not (isinstance(value, list) and len(value) == len(passes)):
            raise self._error(key, f"expected {len(passes)} matrices, one for each of the passes{_numbers(passes)}", value)
        has_bias = self.trace.structure.layers[number - 1].has_bias
        for matrix, pass_number in zip(values, passes):
            rows, turned, is_folded, is_flat = self._matrix(key, matrix, len(names), len(sources), has_bias)
            weights = [[self._address(quantity, f"{source}->{name}", pass_number) for source in sources] for name in names]
            biases = [self._address(BIASES[quantity], name, pass_number) for name in names] if is_folded else []
            yield Matrix(key, rows, weights, biases, turned, is_flat)

    def _matrix(self, key, value, height, width, has_bias):
        """(rows, ways to read them, whether the biases are in them, whether it was one row of cells)."""
        for size, is_folded in ((width, False), (width + 1, True))[: 1 + has_bias]:
            flat = _flat(value, height, size)
            if flat:
                return flat, {False, True}, is_folded, True
            turned = {way for way, shape in ((False, (height, size)), (True, (size, height))) if _shape(value) == shape}
            if turned:
                return value, turned, is_folded, False
        shape = _shape(value)
        got = f"{shape[0]} of {shape[1]}" if shape else shorten(value)
        raise self._error(key, f"expected {counted(height, 'row')} of {counted(width, 'number')}, got {got}")

    def _add_rows(self, key, quantity, number, asked, value):
        names = self.layers[number]
        passes = self._passes(key, quantity, names[0], asked)
        addresses = [[self._address(quantity, name, pass_number) for name in names] for pass_number in passes]
        if len(passes) == 1:
            yield dict(zip(addresses[0], self._row(key, value, len(names))))
            return
        value = [[cell] for cell in value] if len(names) == 1 and _is_row(value, len(passes)) else value
        value = [self._row(key, row, len(names)) for row in value] if _is_deep(value, len(passes)) else value
        ways = ((False, (len(passes), len(names))), (True, (len(names), len(passes))))
        turned = {way for way, shape in ways if _shape(value) == shape}
        if not turned:
            each = "each example" if len(passes) == self.examples else f"each of the passes{_numbers(passes)}"
            raise self._error(key, f"expected {len(passes)} rows of {counted(len(names), 'number')}, one for {each}", value)
        yield Table(key, value, addresses, turned)

    def _row(self, key, value, size):
        """A list of so many numbers; a row or a column in lists of its own is one too, and a number where one is enough."""
        value = [value] if size == 1 and not isinstance(value, list) else value
        if _shape(value) in ((1, size), (size, 1)):
            value = [cell for row in value for cell in row]
        if not _is_row(value, size):
            raise self._error(key, f"expected {counted(size, 'number')}", value)
        return value

    # The layout of all of them

    def _of(self, kind):
        return [written for _, written in self.written if isinstance(written, kind)]

    def _layout(self):
        """(whether the matrices are turned, whether the biases in them stand first)."""
        matrices = self._of(Matrix)
        ways = self._ways(matrices, "a row for each unit", "a row for each unit that the weights come from")
        known = [matrix for matrix in matrices if matrix.key.startswith("W")]
        old = [matrix for matrix in known if matrix.weights[0][0].startswith("w[")]
        numbers = [_in_numbers(matrix) for matrix in old or known]
        possible = [layout for layout in LAYOUTS if layout[0] in ways]
        distances = [sum(self._distance(matrix.cells(*layout)) for matrix in numbers) for layout in possible]
        nearest = min(distances)
        return possible[distances.index(nearest) if 2 * nearest < distances[0] else 0]  # a wrong weight turns no matrix

    def _has_columns(self):
        """Whether the tables have a column for each pass."""
        tables = self._of(Table)
        ways = self._ways(tables, "a row for each pass", "a column for each pass")
        inputs = [_in_numbers(table) for table in tables if table.key == "a0"]
        return min(sorted(ways), key=lambda way: sum(self._distance(table.cells(way)) for table in inputs))

    def _ways(self, lists, plain, other):
        """The ways in which all the lists can be read."""
        ways = {False, True}.intersection(*[one.turned for one in lists])
        if not ways:
            first = next(one.key for one in lists if one.turned == {False})
            second = next(one.key for one in lists if one.turned == {True})
            raise self._error(second, f"it has {other}, but {first} has {plain}; write all in one layout")
        return ways

    def _distance(self, cells):
        """How far known numbers, {address: value}, lie from those of the computation."""
        there = [(value, float(self.trace[address].value)) for address, value in cells.items() if address in self.trace]
        return sum(abs(value - known) for value, known in there if value is not None)

    # Passes and addresses

    def _passes(self, key, quantity, place, asked):
        """The numbers of the passes that a list is about, [None] where there is only one and it has no number."""
        numbers = list(self._numbered(quantity, place))
        if asked is None:
            return numbers
        count, is_new = int(asked), quantity.endswith("+")
        if quantity in ("w", "b"):
            new = f"{key.partition('@')[0]}+@{asked}"
            raise self._error(key, f"these are there before any pass; the new ones of an update are {new}")
        if is_new and count and self.is_endless:
            epoch, index = divmod(count - 1, len(numbers))
            return [epoch * self.examples + numbers[index]]
        if is_new and 1 <= count <= len(numbers):
            return [numbers[count - 1]]
        if not is_new and numbers == [None] and count == 1:
            return numbers
        is_later = self.is_endless and count and (count - 1) % self.examples + 1 in numbers
        if not is_new and (count in numbers or is_later):
            return [count]
        counted = f"update {count}; there {_are(len(numbers))}" if is_new else f"pass {count}; it is in{_numbers(numbers)}"
        raise self._error(key, f"there is no {counted}")

    def _numbered(self, quantity, place):
        """{number of the pass: address} of a quantity, whatever its gradient was reduced by."""
        if self._found is None:
            self._found = {}
            for step in self.trace:
                name, there, number = split_address(step.address)
                if not self.is_endless or number is None or number <= self.examples:
                    self._found.setdefault((name.rpartition(" ")[2], there), {})[number] = step.address
        found = self._found.get((quantity, place))
        if not found:
            lacks = lacks_targets(self.trace, quantity)
            complaint = "it needs targets, and there are none" if lacks else "it is not in this computation"
            raise self._error(make_address(quantity, place), complaint)
        return found

    def _address(self, quantity, place, number):
        """The address of a quantity in a pass."""
        found = self._numbered(quantity, place)
        if number in found:
            return found[number]
        same = found.get((number - 1) % self.examples + 1) if number else None  # the same example an epoch before
        if same is None:
            raise self._error(make_address(quantity, place, number), "it is not in this computation")
        return make_address(*split_address(same)[:2], number)

    def _error(self, key, complaint, value=None):
        got = "" if value is None else f", got {shorten(value)}"
        return InputError(f"{self.what}: {shorten(key)[1:-1]}: {complaint}{got}")


def lacks_targets(trace, quantity):
    """Whether a trace does not have a quantity because it ends with the forward pass."""
    return quantity.rpartition(" ")[2] in NEED_TARGETS and not any(
        step.address.startswith(("t[", "dE/da[")) for step in trace
    )


def plain(value, place, depth=DEEPEST):
    """Lists and numbers in place of a program's arrays and numbers."""
    if hasattr(value, "tolist") and not isinstance(value, type):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        return value
    if not depth:
        raise InputError(f"{place}: lists in lists in lists are the most; these go deeper")
    return [plain(one, place, depth - 1) for one in value]


def _in_numbers(written):
    """A matrix or a table with its cells as floats."""
    return written._replace(rows=[list(map(_value, row)) for row in written.rows])


def _value(cell):
    """A cell as a float; None for a blank one, and for one that is refused further on."""
    try:
        return None if is_blank(cell) else typed_number(cell, "").value
    except InputError:
        return None


def _flat(value, height, width):
    """The rows of a matrix that was written as one row of cells, where that leaves no doubt; else None."""
    if (height, width) == (1, 1) and not isinstance(value, list):
        return [[value]]
    if height == 1 and _is_row(value, width):
        return [value]
    return [[cell] for cell in value] if width == 1 and _is_row(value, height) else None


def _is_row(value, size):
    return isinstance(value, list) and len(value) == size and not any(isinstance(cell, list) for cell in value)


def _is_deep(value, passes):
    """Whether it is a list with a matrix for each pass."""
    return isinstance(value, list) and len(value) == passes and all(_shape(row) for row in value)


def _shape(value):
    """(rows, columns) of a list of lists of equal lengths without lists in them; None for anything else."""
    if not isinstance(value, list) or not value or not all(isinstance(row, list) for row in value):
        return None
    size = len(value[0])
    return (len(value), size) if all(_is_row(row, size) for row in value) else None


def _numbers(passes):
    """The numbers of some passes, with a space before them."""
    shown = passes if len(passes) <= 6 else [*passes[:3], "...", passes[-1]]
    return f" {', '.join(str(number or 1) for number in shown)}"


def _are(count):
    return "is only 1" if count == 1 else f"are {count}"
