"""Steps, and the trace that they make up."""

from __future__ import annotations

from collections import namedtuple

from neurosim.core.address import make_address, split_address
from neurosim.support.checks import as_list
from neurosim.support.errors import InputError, UnknownNameError
from neurosim.trace.parameters import parameters, put_parameters
from neurosim.trace.rounding import round_at
from neurosim.trace.toolbox import Toolbox

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


def _names(names, place):
    return names if names is None else [names] if isinstance(names, str) else as_list(names, place, of="names")


class Settings(namedtuple("Settings", ("optimizer", "batch_size", "reduction", "examples"))):
    """What besides the network a trace was recorded with.

    optimizer:  a copy without what it remembered, which stands in the trace's givens; None without updates
    batch_size: how many examples come before an update
    reduction:  "mean" or "sum", of the gradients over a batch of several
    examples:   how many there are in an epoch
    """

    __slots__ = ()


class Trace(Toolbox):
    """The steps of a computation in the order in which they ran, each found by its address.

    steps:     the list of `Step`s
    rules:     the rules that the steps name, by name
    structure: a network with the same layers, whatever its weights
    settings:  what else the trace was recorded with, a `Settings`
    rounding:  how each value was rounded when it was computed; None for not at all

    >>> from neurosim import Layer, Network
    >>> trace = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])]).trace([1, 2])
    >>> trace["z[o1]"].value
    16
    >>> trace["z[o1]"].operands
    ('w[x1->o1]', 'a[x1]', 'w[x2->o1]', 'a[x2]', 'b[o1]')
    """

    def __init__(self, steps, rules, network, settings, rounding=None):
        """`network` has the trace's layers; its weights and biases are to be taken from the steps."""
        self.steps, self.rules, self.settings, self.rounding = steps, rules, settings, rounding
        self.structure = network
        self._by_address = {step.address: step for step in steps}
        self._network = self._after = None

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

    @property
    def network(self):
        """The network as it was before."""
        if self._network is None:
            self._network = self._with_parameters([step for step in self.steps if step.phase == "given"])
        return self._network

    @property
    def after(self):
        """The network as it is after the last update."""
        if self._after is None:
            self._after = self._with_parameters(self.steps)
        return self._after

    def _with_parameters(self, steps):
        network = self.structure.copy()
        put_parameters(parameters(steps), network)
        return network

    def evaluate(self, step):
        """What the step's rule makes of its operands' values, rounded if the trace is; of a given, its value."""
        if not step.operands:
            return step.value
        value = self.rules[step.rule].evaluate(*[self._by_address[operand].value for operand in step.operands])
        return self.rounded(step.address, value)

    def rounded(self, address, value):
        """The value as this trace rounds it at an address."""
        return round_at(address, value, self.rounding)

    def only(self, units=None, phases=None):
        """The steps that belong to these units and phases (a list of names, or one); None means all."""
        units, phases = _names(units, "units"), _names(phases, "phases")
        known = [name for names in (self.structure.input_names, *self.structure.layer_names) for name in names]
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
        return f"<Trace of {self.structure!r}: {len(self)} steps>"
