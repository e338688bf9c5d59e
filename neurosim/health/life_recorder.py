"""Watching units while they learn: what a `Run` is asked to record of them.

Weights and twins are checked after every update. Whether a unit is dead or saturated depends on all examples, so
that is checked after every epoch; if it has changed, the epoch runs again on a copy, and a search by halves finds
the update that changed it. Training gives the same numbers whether or not units are watched.
"""

from __future__ import annotations

import copy

from neurosim.core.guards import Snapshot
from neurosim.health.life import PARTED, SIGN, TWIN, Event
from neurosim.health.saturation import flat_part
from neurosim.health.upstream import Moment, cause
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten


class Watch:
    """The units of the given names, and a copy of the run, the shadow, on which they are examined.

    Raises UnknownNameError for a name that no unit has.
    """

    def __init__(self, network, names):
        names = checks.as_list([names] if isinstance(names, str) else names, "record", of="names of units")
        for name in names:
            if not isinstance(name, str):
                raise InputError(f"record: expected names of units, got {shorten(name)}")
            network[name]
        self.names = list(dict.fromkeys(names))
        self.shadow = None

    def open(self, run):
        """Before an epoch: remember where it begins."""
        if self.shadow is None:
            self._begin(run)
        self.shadow.take_over(run)
        self.start = Snapshot(self.shadow.network, self.shadow.optimizer)
        self.first_update, self.events = run.optimizer.updates, []

    def _begin(self, run):
        self.run, self.shadow = run, copy.copy(run)
        self.shadow.network, self.shadow.optimizer = copy.deepcopy((run.network, run.optimizer))
        self.shadow.watch = None
        self.units = [WatchedUnit(run.network, name) for name in self.names]
        self.counts = self._count()
        self.before = {unit.name: self._state_at_the_start(unit) for unit in self.units}

    def looking(self, order, update):
        """The update with a look at every unit behind it."""
        size, self.events = self.run.batch_size, []
        starts = iter(range(0, len(order), size))
        for unit in self.units:
            unit.open()

        def update_and_look(optimizer):
            update(optimizer)
            start = next(starts)
            for unit in self.units:
                for event in unit.look():
                    self._add(unit, start // size + 1, order, *event)

        return update_and_look

    def close(self, order):
        """After an epoch: its events, by the units' names."""
        self.shadow.take_over(self.run)
        counts = self._count()
        for unit in self.units:
            was, now = self.counts[unit.name], counts[unit.name]
            if self._is_flat(unit, was) != self._is_flat(unit, now):
                self._find(unit, order, self._is_flat(unit, was))
        found = {name: list(self.before.get(name, ())) for name in self.names}
        self.counts, self.before = counts, {}
        for name, event in sorted(self.events, key=lambda pair: pair[1].update):
            found[name].append(event)
        return found

    def _add(self, unit, number, order, kind, *what):
        """An event by the update of this number in the epoch."""
        size = self.run.batch_size
        examples = tuple(index + 1 for index in order[(number - 1) * size : number * size])
        epoch, update = len(self.run.history) + 1, self.first_update + number
        self.events.append((unit.name, Event(epoch, examples, update, kind.name, *what)))

    def _state_at_the_start(self, unit):
        """What is so before the first update, unless an earlier training has already seen it."""
        history = self.run.history
        if unit.name in history.lives and history.lives[unit.name].ends_with(len(history)):
            return []
        at = len(history), (), self.run.optimizer.updates
        count, of = self.counts[unit.name], len(self.run.inputs)
        events = [Event(*at, TWIN.name, twin) for twin in unit.twins()]
        if self._is_flat(unit, count):
            events.append(Event(*at, unit.part.begins.name, flat=(None, count, of)))
        return events

    # Dead or saturated: on how many of all examples, and since which update

    def _count(self):
        """On how many examples each unit is flat, as the shadow is now; {name: count}."""
        network = self.shadow.network
        parts = [(unit.name, unit.part, network[unit.name]) for unit in self.units if unit.part is not None]
        counts = dict.fromkeys(self.names, 0)
        for example in self.run.inputs if parts else ():
            network.propagate(example)
            for name, part, neuron in parts:
                counts[name] += part.holds(neuron.net_input, neuron.output)
        return counts

    def _is_flat(self, unit, count):
        return unit.part is not None and count / len(self.run.inputs) >= unit.part.share

    def _find(self, unit, order, was):
        """Halve the epoch until one update is left: the one that changed whether the unit is flat."""
        size = self.run.batch_size
        low, high, here = 0, -(-len(order) // size), self.start
        while high - low > 1:
            middle = (low + high) // 2
            here.put_back()
            self.shadow.run_examples(order[low * size : middle * size])
            if self._is_flat(unit, self._count()[unit.name]) == was:
                low, here = middle, Snapshot(self.shadow.network, self.shadow.optimizer)
            else:
                high = middle
        here.put_back()
        before, as_before = self._count()[unit.name], Moment(self.shadow.network, self.run.inputs)
        self.shadow.run_examples(order[low * size : high * size])
        after, as_after = self._count()[unit.name], Moment(self.shadow.network, self.run.inputs)
        *moved, upstream = cause(self.shadow.network, unit.name, as_before, as_after)
        kind = unit.part.ends if was else unit.part.begins
        self._add(unit, high, order, kind, *moved, (before, after, len(self.run.inputs)), upstream)


class WatchedUnit:
    """A neuron of the run, with the weights that enter and leave it and the other neurons of its layer."""

    def __init__(self, network, name):
        self.name, self.neuron = name, network[name]
        layers = network.named_layers()
        number = next(number for number, (names, _, _) in enumerate(layers) if name in names)
        names, sources, layer = layers[number]
        self.part = flat_part(layer.activation)
        self.others = [(other, neuron) for other, neuron in zip(names, layer.neurons) if other != name]
        after, _, next_layer = layers[number + 1] if number + 1 < len(layers) else ((), (), None)
        self.next_neurons = next_layer.neurons if next_layer else []
        self.addresses = [f"w[{source}->{name}]" for source in sources] + [f"w[{name}->{target}]" for target in after]
        self.positions = {neuron: position for position, neuron in enumerate(layer.neurons)}

    def open(self):
        """Look for the first time."""
        self.values, self.twins_before = self._weights(), self.twins()
        self.signs = self.values

    def look(self):
        """What an update has changed: (event, address, before, after) each."""
        values, events = self._weights(), []
        for address, sign, before, after in zip(self.addresses, self.signs, self.values, values):
            if sign and after and (sign < 0) != (after < 0):
                events.append((SIGN, address, before, after))
        self.signs = [after or sign for sign, after in zip(self.signs, values)]  # a weight of 0 has the sign it had
        self.values = values
        twins = self.twins()
        events += [(TWIN, twin) for twin in twins if twin not in self.twins_before]
        events += [(PARTED, twin) for twin in self.twins_before if twin not in twins]
        self.twins_before = twins
        return events

    def twins(self):
        """The names of the hidden units that are equal to this one: the same weights in and out, the same bias."""
        own = self.neuron
        return [
            name
            for name, other in (self.others if self.next_neurons else ())
            if other.weights == own.weights and other.bias == own.bias and self._leaving(other) == self._leaving(own)
        ]

    def _leaving(self, neuron):
        position = self.positions[neuron]
        return [after.weights[position] for after in self.next_neurons]

    def _weights(self):
        return self.neuron.weights + self._leaving(self.neuron)
