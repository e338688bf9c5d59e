"""What a what-if changes: the numbers that came out otherwise, and by how much."""

from collections import namedtuple

from neurosim.elementary import as_kind
from neurosim.errors import InputError


class Change(namedtuple("Change", ("address", "old", "new", "share"))):
    """A number that came out otherwise; `share` is the change as a part of the old one, None where that is 0."""

    __slots__ = ()


def changes(old_trace, new_trace):
    """The `Change`s between two traces with the same addresses, the biggest first."""
    found = []
    for old, new in zip(old_trace, new_trace):
        if new.value != old.value:
            share = (new.value - old.value) / abs(old.value) if old.value else None
            found.append(Change(new.address, old.value, new.value, share))
    return sorted(found, key=lambda change: (change.share is not None, -abs(change.share or 0)))


def of_kind(value, old, address):
    """The number as the kind that the old one is."""
    try:
        return float(value) if isinstance(old, float) else as_kind(value, old)
    except OverflowError:
        raise InputError(f"{address}: the number is too large") from None
