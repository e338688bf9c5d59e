"""What a person gives is checked here, once, before anything changes."""

from __future__ import annotations

from neurosim.support.errors import InputError, NonFiniteError, UnknownNameError, counted, shorten
from neurosim.support.numeric import is_finite, is_number

# These would make an address such as w[x1->h1]@2 ambiguous, or a list of names such as h1,h2.
RESERVED_IN_NAMES = ("->", "→", "[", "]", "@", ",")
LONGEST_NAME = 100  # characters, so that an address in a message cannot fill a page
REDUCTIONS = ("mean", "sum")  # of the gradients of a batch
FEWEST_TERMS = 3  # no formula but a sum over units has more
LARGEST_INT = 10**300  # larger whole numbers may not go into a float


def numbers(values, place, count=None):
    """The values as a new list of finite numbers; `place`, such as "inputs", begins the message if they are not.

    Takes any iterable of numbers, and arrays by their `tolist()`.
    """
    values = as_list(values, place)
    if count is not None and len(values) != count:
        raise InputError(f"{place}: expected {counted(count, 'number')}, got {len(values)}")
    try:
        total = sum(values)
        if total - total >= 0 and not (isinstance(total, int) and abs(total) > LARGEST_INT):
            return values  # none was infinite or NaN; that is all that most lists ever need
    except (TypeError, ValueError, ArithmeticError):
        pass
    for index, value in enumerate(values):
        number(value, f"{place}[{index}]")
    return values


def number(value, place):
    """The value itself, if it is one finite number."""
    if not is_number(value):
        raise InputError(f"{place}: expected a number, got {shorten(value)}")
    if not is_finite(value) or isinstance(value, int) and abs(value) > LARGEST_INT:
        raise InputError(f"{place}: expected a finite number, got {shorten(value)}")
    return value


def example(values, place, quantity, names):
    """Like `numbers`, one for each of the named units; a value that is not finite is reported by its address."""
    try:
        if type(values) is list and len(values) == len(names):
            total = sum(values)
            if type(total) is float and total - total == 0:
                return values.copy()  # a list of finite floats, as most are, needs no other look
    except (TypeError, ValueError, ArithmeticError):
        pass
    values = as_list(values, place)
    try:
        return numbers(values, place, len(names))
    except InputError:
        for name, value in zip(names, values):
            if is_number(value) and not is_finite(value):
                raise NonFiniteError(quantity, name, value) from None
        raise


def lists_of_floats(rows, size):
    """True if all rows are lists of `size` finite floats, as most are: their sums show it."""
    if set(map(type, rows)) != {list} or set(map(len, rows)) != {size}:
        return False
    try:
        totals = list(map(sum, rows))
        return set(map(type, totals)) == {float} and is_finite(sum(totals))
    except (TypeError, ValueError, ArithmeticError):
        return False


def rows(values, place):
    """The values as a list of lists, as a matrix is given."""
    return [as_list(row, f"{place}[{index}]") for index, row in enumerate(as_list(values, place, of="lists"))]


def is_row(values):
    """True for a list of numbers, False for a list of such lists."""
    return not any(hasattr(value, "__len__") and not isinstance(value, str) for value in values)


def as_list(values, place, of="numbers"):
    """A new list of the values; text, mappings and single things are refused."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (str, bytes, dict)) or not hasattr(values, "__iter__"):
        raise InputError(f"{place}: expected a list of {of}, got {shorten(values)}")
    return list(values)


def count(value, place):
    """The value itself, if it is a whole number of 1 or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(f"{place} must be a whole number of 1 or more, got {shorten(value)}")
    return value


def known(kind, name, names):
    """The name itself, if it is among these names of a kind."""
    if name not in names:
        raise UnknownNameError(kind, name, names)
    return name


def reduction(value):
    """The value itself, if it is "mean" or "sum"."""
    return known("reduction", value, REDUCTIONS)


def positive(value, place):
    """The value itself, if it is a number above 0."""
    if not number(value, place) > 0:
        raise InputError(f"{place} must be positive, got {shorten(value)}")
    return value


def not_negative(value, place):
    """The value itself, if it is a number of 0 or more."""
    if not number(value, place) >= 0:
        raise InputError(f"{place} must not be negative, got {shorten(value)}")
    return value


def below_one(value, place):
    """The value itself, if it is a number from 0 up to 1, which it may not reach."""
    if not 0 <= number(value, place) < 1:
        raise InputError(f"{place} must be at least 0 and below 1, got {shorten(value)}")
    return value


def yes_or_no(value, place, hint=""):
    """The value itself, if it is True or False."""
    if not isinstance(value, bool):
        raise InputError(f"{place} must be True or False, got {shorten(value)}{hint}")
    return value


def unit_names(values, place):
    """The values as a list of names that can stand in an address, none of them twice."""
    names, taken = as_list(values, place, of="names"), set()
    for index, name in enumerate(names):
        if not isinstance(name, str) or not name.isprintable() or name != "".join(name.split()) or not name:
            raise InputError(f"{place}[{index}]: expected a printable name without spaces, got {shorten(name)}")
        if len(name) > LONGEST_NAME:
            raise InputError(f"{place}[{index}]: a name has {LONGEST_NAME} characters at most, got {shorten(name)}")
        for reserved in RESERVED_IN_NAMES:
            if reserved in name:
                raise InputError(f"{place}[{index}]: a name cannot contain {reserved!r}, got {shorten(name)}")
        if name in taken:
            raise InputError(f"{place}[{index}]: the name {shorten(name)} is taken")
        taken.add(name)
    return names


def terms(value):
    """Raise InputError unless sums can be shortened to so many terms."""
    if value is not None and count(value, "terms") < FEWEST_TERMS:
        raise InputError(f"terms must be {FEWEST_TERMS} or more, got {value}")


def decimals(value):
    """Raise InputError unless numbers can have so many decimals."""
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
    if value is not None and value != "all" and not whole:
        raise InputError(f'decimals must be a whole number from 0 to 100, or "all", got {shorten(value)}')
