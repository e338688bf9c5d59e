"""Steps, their addresses, and the trace that they make up.

    z[h1]             the net input of h1
    w[x1->h1]         the weight from x1 to h1
    w+[x1->h1]@2      its new value, after the second pass
    mean dE/dw[x1->h1]@3   its gradient over a batch that ended with the third pass
"""

from collections import namedtuple

from neurosim.checks import as_list
from neurosim.errors import InputError, UnknownNameError

PHASES = ("given", "forward", "loss", "backward", "gradient", "update")


class Step(namedtuple("Step", ("address", "phase", "rule", "operands", "value"))):
    """One number of a computation.

    address:  its name, such as "z[h1]"
    phase:    one of `PHASES`
    rule:     the name of the rule that made it; the trace's `rules` holds the rule itself
    operands: the addresses of the earlier steps that the rule reads, in the rule's order
    value:    the number
    """

    __slots__ = ()

    @property
    def unit(self):
        """The name of the unit that the number belongs to; of a connection, the unit that it enters."""
        place = split_address(self.address)[1]
        return place.rpartition("->")[2]


def make_address(quantity, place="", pass_number=None):
    """The address of a quantity, at a unit or connection, in a numbered pass of several."""
    return f"{quantity}[{place}]{_suffix(pass_number)}" if place else f"{quantity}{_suffix(pass_number)}"


def _suffix(pass_number):
    return f"@{pass_number}" if pass_number else ""


def split_address(address):
    """(quantity, place, pass number) of an address; "" and None for what it does not have.

    >>> split_address("w+[x1->h1]@2")
    ('w+', 'x1->h1', 2)
    """
    text, _, number = address.partition("@")
    quantity, _, place = text.partition("[")
    if number and not (number.isdecimal() and len(number) < 10) or place and not place.endswith("]"):
        raise InputError(f"{address!r} is not an address; one looks like z[h1], w[x1->h1] or delta[o1]@2")
    return quantity, place[:-1], int(number) if number else None


def _names(names, place):
    return names if names is None else [names] if isinstance(names, str) else as_list(names, place, of="names")


class Trace:
    """The steps of a computation in the order in which they ran, each found by its address.

    steps:   the list of `Step`s
    rules:   the rules that the steps name, by name
    network: the network as it was before, in a copy
    after:   the network as it is after the last update

    >>> from neurosim import Layer, Network
    >>> trace = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])]).trace([1, 2])
    >>> trace["z[o1]"].value
    16
    >>> trace["z[o1]"].operands
    ('w[x1->o1]', 'a[x1]', 'w[x2->o1]', 'a[x2]', 'b[o1]')
    """

    def __init__(self, steps, rules, network, after):
        self.steps, self.rules, self.network, self.after = steps, rules, network, after
        self._by_address = {step.address: step for step in steps}

    def __len__(self):
        return len(self.steps)

    def __iter__(self):
        return iter(self.steps)

    def __contains__(self, address):
        return address in self._by_address

    def __getitem__(self, address):
        """The step at an address; `→` may stand for `->`."""
        address = str(address).replace("→", "->")
        if address not in self._by_address:
            self._refuse(address)
        return self._by_address[address]

    def _refuse(self, address):
        quantity, place, number = split_address(address)
        if number is None and make_address(quantity, place, 1) in self:
            raise InputError(f"{address} is in several passes; say which, such as {address}@1")
        raise UnknownNameError("address", address, self._by_address)

    def evaluate(self, step):
        """What the step's rule makes of its operands' values; of a given, its value."""
        if not step.operands:
            return step.value
        return self.rules[step.rule].evaluate(*[self._by_address[operand].value for operand in step.operands])

    def only(self, units=None, phases=None):
        """The steps that belong to these units and phases (a list of names, or one); None means all."""
        units, phases = _names(units, "units"), _names(phases, "phases")
        known = [name for names in (self.network.input_names, *self.network.layer_names) for name in names]
        for unit in units or ():
            if unit not in known:
                raise UnknownNameError("unit", unit, known)
        for phase in phases or ():
            if phase not in PHASES:
                raise UnknownNameError("phase", phase, PHASES)
        return [
            step
            for step in self.steps
            if (units is None or step.unit in units) and (phases is None or step.phase in phases)
        ]

    def __repr__(self):
        return f"<Trace of {self.network!r}: {len(self)} steps>"
