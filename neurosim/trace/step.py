"""Steps, and the trace that they make up."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Iterator, NamedTuple

from neurosim.core.address import UnknownAddressError, make_address, resolve, split_address, which_pass
from neurosim.support.checks import as_list
from neurosim.support.errors import InputError, UnknownNameError
from neurosim.support.files import one_line
from neurosim.support.records import documented
from neurosim.trace.parameters import parameters, put_parameters
from neurosim.trace.rounding import round_at
from neurosim.trace.softmax import SHARED, layer_index
from neurosim.trace.toolbox import Toolbox

if TYPE_CHECKING:
    from neurosim.core.network import Network
    from neurosim.core.optimizers import Optimizer
    from neurosim.support.types import Names, Number
    from neurosim.trace.rounding import AnyRounding
    from neurosim.trace.rules import Rule

PHASES = ("given", "forward", "loss", "backward", "gradient", "update")


@documented
class Step(NamedTuple):
    """One number of a computation.

    address:  its name, such as "z[h1]"
    phase:    one of `PHASES`
    rule:     the name of the rule that made it; the trace's `rules` holds the rule itself
    operands: the addresses of the earlier steps that the rule reads, in the rule's order
    value:    the number
    """

    address: str
    phase: str
    rule: str
    operands: tuple[str, ...]
    value: Number

    @property
    def unit(self) -> str:
        """The name of the unit that the number belongs to; of a connection, the unit that it enters; else ""."""
        quantity, place, _ = split_address(self.address)
        return "" if quantity in SHARED else place.rpartition("->")[2]


def _names(names, place):
    return names if names is None else [names] if isinstance(names, str) else as_list(names, place, of="names")


@documented
class Settings(NamedTuple):
    """What besides the network a trace was recorded with.

    optimizer:  a copy without what it remembered, which stands in the trace's givens; None without updates
    batch_size: how many examples come before an update
    reduction:  "mean" or "sum", of the gradients over a batch of several
    examples:   how many there are in an epoch
    """

    optimizer: Optimizer | None
    batch_size: int
    reduction: str
    examples: int


class Trace(Toolbox):
    """The steps of a computation in the order in which they ran, each found by its address.

    Two traces are equal if their steps are and the rules of these read the same; whatever the networks and titles.

    >>> from neurosim import Layer, Network
    >>> trace = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])]).trace([1, 2])
    >>> trace["z[o1]"].value
    16
    >>> trace["z[o1]"].operands
    ('w[x1->o1]', 'a[x1]', 'w[x2->o1]', 'a[x2]', 'b[o1]')
    """

    __slots__ = {
        "steps": "the list of `Step`s",
        "rules": "the rules that the steps name, by name",
        "structure": "a network with the same layers, whatever its weights",
        "settings": "what else the trace was recorded with, a `Settings`",
        "rounding": "how each value was rounded when it was computed; None for not at all",
        "title": 'what the problem is called, or ""',
        "source": 'where the problem comes from, or ""',
    }

    def __init__(
        self, steps: list[Step], rules: dict[str, Rule], network: Network, settings: Settings,
        rounding: AnyRounding = None, title: str = "", source: str = "",
    ) -> None:
        """`network` has the trace's layers; its weights and biases are to be taken from the steps."""
        self.steps, self.rules, self.settings, self.rounding = steps, rules, settings, rounding
        self.structure, self.title, self.source = network, one_line(title, "title"), one_line(source, "source")
        self._by_address = {step.address: step for step in steps}
        self._network: Network | None = None
        self._after: Network | None = None

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __contains__(self, address: object) -> bool:
        return address in self._by_address

    def __getitem__(self, address: str) -> Step:
        """The step at an address; `h1` means `delta[h1]` (or `a[h1]` if there is none), `x1->h1` means `w[x1->h1]`."""
        return self._by_address.get(str(address)) or self._by_address[self._meant(address)]

    def _meant(self, text):
        """The address that a text means, if the trace has it."""
        address = resolve(text, {address.partition("@")[0] for address in self._by_address})
        if address not in self._by_address:
            self._refuse(address)
        return address

    def _refuse(self, address):
        quantity, place, number = split_address(address)
        if number is None and make_address(quantity, place, 1) in self:
            raise InputError(which_pass(f"{address} is", f"{address}@1"))
        raise UnknownAddressError(address, self._by_address)

    @property
    def network(self) -> Network:
        """The network as it was before."""
        if self._network is None:
            self._network = self._with_parameters([step for step in self.steps if step.phase == "given"])
        return self._network

    @property
    def after(self) -> Network:
        """The network as it is after the last update."""
        if self._after is None:
            self._after = self._with_parameters(self.steps)
        return self._after

    def _with_parameters(self, steps):
        network = self.structure.copy()
        put_parameters(parameters(steps), network)
        return network

    def evaluate(self, step: Step) -> Number:
        """What the step's rule makes of its operands' values, rounded if the trace is; of a given, its value."""
        if not step.operands:
            return step.value
        value = self.rules[step.rule].evaluate(*[self._by_address[operand].value for operand in step.operands])
        return self.rounded(step.address, value)

    def rounded(self, address: str, value: Number) -> Number:
        """The value as this trace rounds it at an address."""
        return round_at(address, value, self.rounding)

    def only(self, units: Names = None, phases: Names = None) -> list[Step]:
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
            if (units is None or self._belongs(step, units)) and (phases is None or step.phase in phases)
        ]

    def _belongs(self, step, units):
        """Whether a step is of one of these units, or shared by the softmax layer of one."""
        if step.unit:
            return step.unit in units
        layers = self.structure.layer_names
        index = layer_index(layers, step)
        return index is not None and not set(units).isdisjoint(layers[index])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trace):
            return NotImplemented
        examples = {step.rule: step for step in self.steps}.values()  # one step for each rule
        return self.steps == other.steps and all(
            self.rules[step.rule].text(step.operands) == other.rules[step.rule].text(step.operands)
            for step in examples
        )

    def __deepcopy__(self, memo):
        parts = copy.deepcopy((self.structure, self.settings, self.rounding), memo)
        return Trace(list(self.steps), dict(self.rules), *parts, self.title, self.source)

    def __reduce__(self):
        from neurosim.trace.writer import rules_of  # only here: the writer writes steps

        known = rules_of(self.structure, self.settings.optimizer)
        own = {name: rule for name, rule in self.rules.items() if not rule.does_as(known.get(name))}
        for name, part in [*own.items(), ("rounding", self.rounding)]:
            try:
                pickle.dumps(part)
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                raise InputError(f"{name!r} cannot be pickled; use functions at the top level of a module") from error
        parts = self.structure, self.settings, self.rounding, self.title, self.source
        return _unpickled, (self.steps, own, *parts)

    def __repr__(self) -> str:
        return f"<Trace of {self.structure!r}: {len(self)} steps>"


def _unpickled(steps, own_rules, network, settings, rounding, title="", source=""):
    """A trace as it was before it was pickled; the rules that its network and optimizer bring are made again."""
    from neurosim.trace.writer import rules_of

    rules = {**rules_of(network, settings.optimizer), **own_rules}
    return Trace(steps, rules, network, settings, rounding, title, source)
