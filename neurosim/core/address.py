"""Addresses: the name of every quantity.

    z[h1]                  the net input of h1
    w[x1->h1]              the weight from x1 to h1
    w+[x1->h1]@2           its new value, after the second pass
    mean dE/dw[x1->h1]@3   its gradient over a batch that ended with the third pass
    S[o]                   the sum that the softmax units of the output layer share
"""

from __future__ import annotations

from neurosim.support.errors import InputError, shorten

LONGEST_ADDRESS = 300  # characters, which two names of the longest leave room in


def make_address(quantity, place="", pass_number=None):
    """The address of a quantity, at a unit or connection, in a numbered pass of several."""
    suffix = f"@{pass_number}" if pass_number else ""
    return f"{quantity}[{place}]{suffix}" if place else f"{quantity}{suffix}"


def layer_place(index, count):
    """The place of what all units of a layer share: o for the outputs, h for a single hidden layer, or h1, h2, ..."""
    if index == count - 1:
        return "o"
    return "h" if count == 2 else f"h{index + 1}"


def split_address(address):
    """(quantity, place, pass number) of an address; "" and None for what it does not have.

    >>> split_address("w+[x1->h1]@2")
    ('w+', 'x1->h1', 2)
    """
    text, _, number = address.partition("@")
    quantity, _, place = text.partition("[")
    if number and not (number.isdecimal() and len(number) < 10) or place and not place.endswith("]"):
        raise InputError(f"{shorten(address)} is not an address; one looks like z[h1], w[x1->h1] or delta[o1]@2")
    return quantity, place[:-1], int(number) if number else None
