"""Addresses: the name of every quantity.

    z[h1]                  the net input of h1
    w[x1->h1]              the weight from x1 to h1
    w+[x1->h1]@2           its new value, after the second pass
    mean dE/dw[x1->h1]@3   its gradient over a batch that ended with the third pass
    S[o]                   the sum that the softmax units of the output layer share
"""

from __future__ import annotations

import re

from neurosim.support.errors import InputError, UnknownNameError, did_you_mean, near, nearest, shorten

MOST_LISTED = 6  # addresses of one quantity that a message lists
MOST_OFFERED = 3  # addresses that may have been meant
SHORT_FOR = ("delta", "a")  # what a unit's name means: the first of these that there is
# A word where an address may stand, outside of brackets: a unit or a connection, no function
WORD = re.compile(r"\[[^\[\]]*\]|(?<![\w.'])([\w.']+\s*(?:->|→)\s*[\w.']+|[^\W\d][\w.']*)(?![\w.'(\[])")
# A subscript, as in z_h1, z_{h1} or z[o]
SUBSCRIPT = re.compile(r"([^\[\]{}_]+)(?:_\{([^\[\]{}]+)\}|_([^\[\]{}]+)|\[([^\[\]]+)\])")
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


def resolve(text, known):
    """The address that a text means: a connection its weight, a unit its delta, or its output if it has none.

    known: addresses without their passes; what none of them can be meant by stays as it is.

    >>> resolve("h1@2", {"delta[h1]", "a[h1]"}), resolve("x1→h1", {"w[x1->h1]"}), resolve("x1", {"a[x1]"})
    ('delta[h1]@2', 'w[x1->h1]', 'a[x1]')
    """
    head, at, number = str(text).replace("→", "->").strip().partition("@")
    head = bracketed(head, known)
    if "[" in head or head in known:
        return f"{head}{at}{number}"
    if "->" in head:
        return f"w[{''.join(head.split())}]{at}{number}"
    meant = (make_address(quantity, head) for quantity in SHORT_FOR)
    return next((address for address in meant if address in known), head) + at + number


def bracketed(head, known):
    """The address that a subscript means, if one does; of the only unit of its kind the 1 may be left out.

    known: addresses without their passes

    >>> bracketed("z_{h1}", {"z[h1]"}), bracketed("delta_o", {"delta[o1]"}), bracketed("z[o]", {"z[o1]", "z[o2]"})
    ('z[h1]', 'delta[o1]', 'z[o]')
    """
    match = SUBSCRIPT.fullmatch(head)
    if head in known or not match:
        return head
    quantity, place = match[1], "".join(match[match.lastindex].split())
    exact, first, second = (make_address(quantity, place + end) for end in ("", "1", "2"))
    if exact in known:
        return exact
    return first if first in known and second not in known else head


def written_out(text, known):
    """A text with the addresses that are meant in place of units and connections; a quantity's name stays its own.

    >>> written_out("abs(h1) > x1->h1 * E[o1]", {"delta[h1]": 1, "w[x1->h1]": 1, "E[o1]": 1})
    'abs(delta[h1]) > w[x1->h1] * E[o1]'
    """
    own = quantities(known)
    return WORD.sub(lambda match: resolve(match[0], known) if match[1] and match[1] not in own else match[0], text)


class UnknownAddressError(UnknownNameError):
    """An unknown address; the message offers near ones, or says at which units a quantity is."""

    def __init__(self, address, known, kind="address"):
        super().__init__(kind, address, ())  # whose message is not this one
        self.known = list(known)
        quantity = _head(str(address))
        at = str(address)[len(quantity) :]
        at_units = _at_units(quantity, [one for one in self.known if at and one.endswith(at)])
        at_units, quantity = ([one + at for one in at_units], quantity + at) if at_units else (
            _at_units(quantity, self.known), quantity)
        message = f"unknown {kind} {shorten(address)}{nearest_addresses(address, self.known)}"
        self.args = (of_what(quantity, at_units) if at_units else message,)

    def __reduce__(self):
        return type(self), (self.name, self.known, self.kind)


def nearest_addresses(address, known):
    """The end of a message about an unknown address: up to three near ones, or what there is of its quantity."""
    text, known = str(address).replace("dE/dz[", "delta["), list(map(str, known))
    if "[" not in text:
        return _nearest_of_word(text, known)
    same_head = [one for one in known if _head(one).lower() == _head(text).lower()]
    same_quantity = [one for one in known if _quantity(one).lower() == _quantity(text).lower()]
    alike = same_head or same_quantity or known
    close = near(text, alike, MOST_OFFERED)
    return did_you_mean(close) if close else nearest(text, alike)


def _nearest_of_word(word, known):
    """The same for a word without brackets, which may be the place of an address, or meant as a quantity."""
    there = [one for one in known if "[" in one and split_address(one)[1] == _head(word)]
    close = near(word, there, MOST_OFFERED, cutoff=0) or near(word, known, MOST_OFFERED)
    return did_you_mean(close) if close else f"; the quantities are {', '.join(quantities(known))}"


def quantities(addresses):
    """The quantities of these addresses, each once."""
    return list(dict.fromkeys(_quantity(_head(one)) for one in addresses))


def of_what(quantity, addresses):
    """What to say of a quantity that stands without its unit, though it is at each of these addresses."""
    shown = addresses if len(addresses) <= MOST_LISTED else [*addresses[:3], "...", addresses[-1]]
    return f"{quantity} of what? There is {', '.join(shown)}"


def which_pass(what, address):
    """What to say of something that is in several passes; `address` is one of them, such as z[h1]@1."""
    return f"{what} in several passes; say which, such as {address}"


def _at_units(quantity, addresses):
    """The addresses of a quantity at its units, each without its pass."""
    return list(dict.fromkeys(_head(one) for one in addresses if "[" in one and _quantity(one) == quantity))


def _head(address):
    return address.partition("@")[0]


def _quantity(address):
    return address.partition("[")[0]
