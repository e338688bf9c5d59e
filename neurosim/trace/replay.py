"""Replay: the trace worked out again like a spreadsheet, with something in it swapped."""

from __future__ import annotations

import copy
from itertools import chain, count

from neurosim.core.address import split_address
from neurosim.support.checks import as_list
from neurosim.support.errors import InputError, NonFiniteError, UnknownNameError, shorten
from neurosim.support.numeric import is_finite, is_number
from neurosim.trace.rounding import checked_rounding, round_at
from neurosim.trace.rules import Rule
from neurosim.trace.softmax import largest_address, needs_shift, powers_rule, softmax_layers
from neurosim.trace.step import Step, Trace

COUNTERS = ("k", "t")  # numbers of updates, which stay whole numbers: t without a unit is no target


def replay(trace, values=None, rules=None, rewire=None, rounding=None, number=None):
    """Swap something and work out what follows, as `Trace.replay` says."""
    for name, swap in (("values", values), ("rules", rules), ("rewire", rewire)):
        if not isinstance(swap or {}, dict):
            raise InputError(f"{name}: expected a dict, got {shorten(swap)}")
    if number is not None and not callable(number):
        raise InputError(f"number: expected Fraction, Decimal or a function of a number, got {shorten(number)}")
    rounding = checked_rounding(rounding, trace)
    swapped = _Swapped(trace, values or {}, rules or {}, rewire or {}, rounding, number)
    steps = swapped.work_out(in_order(swapped.steps, swapped.taken_together()) if rewire else swapped.steps.values())
    return _new_trace(trace, steps, swapped)


def depends_on(trace, address):
    """What a number was made from, as `Trace.depends_on` says."""
    found = {trace[address].address}
    for step in reversed(trace.steps):
        if step.address in found:
            found.update(step.operands)
    found.discard(trace[address].address)
    return [step.address for step in trace if step.address in found]


def affects(trace, address):
    """What was made from a number, as `Trace.affects` says."""
    found = {trace[address].address}
    for step in trace:
        if not found.isdisjoint(step.operands):
            found.add(step.address)
    return [step.address for step in trace if step.address in found][1:]


class _Swapped:
    """The steps of a trace with the swaps in them, still with the old values."""

    def __init__(self, trace, values, rules, rewire, rounding, number):
        self.trace, self.number = trace, number
        self.rounding = trace.rounding if rounding is None else rounding
        self.everything = rounding is not None or number is not None
        self.rules, self.steps = dict(trace.rules), {step.address: step for step in trace}
        self.touched, self.softmax_layers = set(), softmax_layers(trace)
        self._swap_rules(rules)
        for address, operands in rewire.items():
            self._rewire(trace[address], operands)
        for address, value in values.items():
            _check_number(address, value, "expected a number, got")
            self._put(trace[address], rule="given", operands=(), value=value)

    def _put(self, step, **changes):
        self.steps[step.address] = self.steps[step.address]._replace(**changes)
        self.touched.add(step.address)

    def _swap_rules(self, rules):
        everywhere, used = {}, {step.rule for step in self.trace}
        for key, new in rules.items():
            rule = self._known(new, key)
            found = self._of_quantity(key)
            if key in used or key in self.trace.rules and not found:
                everywhere[key] = rule
            elif isinstance(key, str) and ("[" in key or key in self.trace):
                self._put(self._computed(self.trace[key]), rule=rule)
            elif found:
                for step in found:
                    if step.address not in rules:
                        self._put(self._computed(step), rule=rule)
            else:
                raise UnknownNameError("rule", key, self.trace.rules)
        for step in self.trace if everywhere else ():
            if step.rule in everywhere and step.address not in self.touched:
                self._put(self._computed(step), rule=everywhere[step.rule])

    def _of_quantity(self, key):
        """The steps that compute a quantity, of a word that is one: E, which has no unit, or z of every unit."""
        found = [step for step in self.trace if step.address.partition("@")[0] == key]
        return found or [s for s in self.trace if s.rule != "given" and split_address(s.address)[0] == key]

    def _known(self, new, key):
        """The name of the new rule in place of `key`, which is known from now on."""
        if isinstance(new, str):
            if new not in self.rules:
                raise UnknownNameError("rule", new, self.rules)
            if new == "given":
                raise InputError(f"'given' is no rule to work out {key} by; swap its value")
            return new
        if not isinstance(new, Rule):
            if not callable(new):
                raise InputError(f"expected a rule's name, a Rule or a function, got {shorten(new)}")
            name = getattr(new, "__name__", "<lambda>")
            if name == "<lambda>":
                name = self._free_name(f"own {key}")
            new = Rule(name, evaluate=new)
        if self.rules.setdefault(new.name, new).evaluate is not new.evaluate:
            raise InputError(f"there is already a rule called {new.name!r}; give yours another name")
        return new.name

    def _free_name(self, name):
        names = chain([name], (f"{name} {number}" for number in count(2)))
        return next(name for name in names if name not in self.rules)

    def _rewire(self, step, operands):
        self._computed(step)
        if isinstance(operands, dict):
            swaps = {self.trace[old].address: self.trace[new].address for old, new in operands.items()}
            for old in swaps:
                if old not in step.operands:
                    raise InputError(f"{step.address} does not read {old}; it reads {', '.join(step.operands)}")
            operands = [swaps.get(operand, operand) for operand in step.operands]
        operands = as_list(operands, f"rewire {step.address}", of="addresses")
        if not operands:
            raise InputError(f"{step.address} has to read something; to put a number there, swap its value")
        self._put(step, operands=tuple(self.trace[operand].address for operand in operands))

    def _computed(self, step):
        if step.rule == "given":
            raise InputError(f"{step.address} is given, so it has no rule and reads nothing; swap its value")
        return step

    def work_out(self, steps):
        """The steps with new values wherever something that they depend on has changed."""
        values, changed, new_steps = {}, set(), []
        for step in self._in_turn(steps, values) if self.softmax_layers else steps:
            address = step.address
            if step.rule == "given":
                value = step.value
                if self.number is not None and address.partition("@")[0] not in COUNTERS:
                    value = _as_number(address, value, self.number)
                is_new = self.everything or address in self.touched
            else:
                is_new = self.everything or address in self.touched or not changed.isdisjoint(step.operands)
                value = self._evaluate(step, values) if is_new else step.value
            if is_new:
                step = Step(address, step.phase, step.rule, step.operands, value)
                if not self._is_as_before(address, value):
                    changed.add(address)
            values[address] = value
            new_steps.append(step)
        return new_steps

    def _is_as_before(self, address, value):
        """Whether a number came out as the trace has it, so that what reads it has no reason to change."""
        old = self.trace[address].value if address in self.trace else None
        return type(value) is type(old) and value == old

    def taken_together(self):
        """{address: what must be worked out before it, besides its operands} where softmax layers are as recorded."""
        before = {}
        for first, total in self.softmax_layers.items():
            powers = self.steps[total].operands
            if self.touched.isdisjoint([total, first, *powers]):
                before.update((power, (first,)) for power in powers if power != first)
                before[first] = tuple([self.steps[power].operands[0] for power in powers if self.steps[power].operands])
        return before

    def _in_turn(self, steps, values):
        """The steps; those of a softmax layer as its present net inputs need them, with the largest z or without."""
        for step in steps:
            total = self.softmax_layers.get(step.address)
            if total:
                powers = self.steps[total].operands
                net_inputs = [self.steps[power].operands[0] for power in powers if self.steps[power].operands]
                as_recorded = self.touched.isdisjoint([total, step.address, *powers])
                if as_recorded and needs_shift([values[z] for z in net_inputs]) != (step.rule == "largest"):
                    largest = [] if step.rule == "largest" else [largest_address(total)]
                    for power, z in zip(powers, net_inputs):
                        self._put(self.steps[power], rule=powers_rule(largest), operands=(z, *largest))
                    if not largest:
                        continue
                    self.touched.update(largest)
                    yield Step(*largest, "forward", "largest", tuple(net_inputs), 0)
            yield self.steps[step.address]

    def _evaluate(self, step, values):
        address, operands = step.address, [values[operand] for operand in step.operands]
        rule = f"the rule {step.rule!r}"
        value = _attempt(f"{address}: {rule} cannot be applied", self.rules[step.rule].evaluate, *operands)
        _check_number(address, value, f"{rule} gave", ", which is not a number")
        if self.rounding is None:
            return value
        value = _attempt(f"{address}: {shorten(value)} cannot be rounded", round_at, address, value, self.rounding)
        return _check_number(address, value, "the rounding gave", ", which is not a number")


def _attempt(complaint, function, *operands):
    """What the function makes of the operands; if it can make nothing of them, an InputError that begins so."""
    try:
        return function(*operands)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise InputError(f"{complaint}: {error}") from None


def _check_number(address, value, complaint, end=""):
    """The value, if it is a finite number."""
    if not is_number(value):
        raise InputError(f"{address}: {complaint} {shorten(value)}{end}")
    if not is_finite(value):
        quantity, place, _ = split_address(address)
        raise NonFiniteError(quantity, place, value)
    return value


def _as_number(address, value, number):
    """A given in another kind of number: a float as it is written, so that 0.1 becomes Fraction(1, 10)."""
    exact = isinstance(number, type) and hasattr(number, "as_integer_ratio") and not issubclass(number, (int, float))
    written = repr(value) if exact and isinstance(value, float) else value
    name = getattr(number, "__name__", "number")
    new = _attempt(f"{address}: {shorten(value)} cannot become a {name}", number, written)
    return _check_number(address, new, f"{name} gave", ", which is not a number")


def in_order(steps, before):
    """The steps with each behind those that it reads, and those in `before`; otherwise in the order that they had."""
    ordered = {}
    for start in steps:
        pending = [start]
        while pending:
            address = pending[-1]
            if address in ordered:
                pending.pop()
                continue
            wanted = (*steps[address].operands, *before.get(address, ()))
            missing = [operand for operand in wanted if operand not in ordered]
            if not missing:
                ordered[pending.pop()] = steps[address]
                continue
            if missing[0] in pending:
                circle = [*pending[pending.index(missing[0]) :], missing[0]]
                raise InputError(f"these steps read each other in a circle: {' <- '.join(reversed(circle))}")
            pending.append(missing[0])
    return ordered.values()


def _new_trace(trace, steps, swapped):
    settings = trace.settings
    new = Trace(steps, swapped.rules, trace.structure, settings, swapped.rounding, trace.title, trace.source)
    if "eta" in new and settings.optimizer is not None and new["eta"].value != settings.optimizer.learning_rate:
        optimizer = copy.copy(settings.optimizer)
        optimizer.learning_rate = new["eta"].value
        new.settings = settings._replace(optimizer=optimizer)
    return new
