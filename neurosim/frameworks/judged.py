"""The judge on what was seen: the whole step if it is small, or else the part of it in which the first number departs.

In a part, what was seen of the numbers before the first one that departs is taken as given.
"""

from __future__ import annotations

from math import isfinite

from neurosim.core.address import make_address
from neurosim.core.layer import Layer
from neurosim.core.network import Network
from neurosim.diagnosis.answers import Answer, Answers
from neurosim.diagnosis.search import diagnose_trace
from neurosim.frameworks.seen import BY_EXAMPLE, BY_UNIT, carried_over

MOST_STEPS = 6_000  # of a trace that is judged whole
SECONDS = 5.0  # that the judge has
MOST_WEIGHTS = 1_000  # of the layers in a part
UNITS, SOURCES, EXAMPLES = 4, 8, 4  # that a part has of a layer, of its inputs and of the batch
ORDER = ("z", "a", "dE/da", "delta", "dE/dw", "dE/db", "w+", "b+")


def diagnosed(step, departures):
    """The `Diagnosis` of a step whose departures are these; None if what departs is not finite."""
    first = departures[0]
    if not isfinite(first.seen) or not isfinite(first.expected):
        return None
    is_small = _steps(step) <= MOST_STEPS
    diagnosis = _judged(whole(step) if is_small else _around(step, first, departures))
    if is_small and not diagnosis.found and not diagnosis.conventions:  # what comes later departs too
        return _judged(whole(step, first))
    return diagnosis


def _judged(part):
    return diagnose_trace(part.trace(), part.answers(), budget=SECONDS)


def _steps(step):
    """About how many steps the whole trace has."""
    weights = sum(len(layer.weights) * (len(layer.weights[0]) + 1) for layer in step.layers)
    units = sum(5 * len(layer.weights) for layer in step.layers) + len(step.layers[0].inputs[0])
    return 3 * weights + step.examples * units


def whole(step, first=None):
    """All of a step; `first` as for `Part`."""
    units = [range(len(layer.weights)) for layer in step.layers]
    return Part(step, range(len(step.layers)), units, range(len(step.layers[0].weights[0])), range(step.examples), first)


def _around(step, first, departures):
    """The part of a large step around the first number that departs."""
    layer, index = step.layers[first.layer], first.layer
    alike = [one for one in departures if (one.quantity, one.layer) == (first.quantity, index)]
    few = EXAMPLES if first.quantity in BY_EXAMPLE else step.examples
    examples = _chosen([one.example for one in alike if one.example is not None], range(step.examples), few)
    size, fan_in = len(layer.weights), len(layer.weights[0])
    sources = _chosen([one.source for one in alike if one.source is not None], range(fan_in), SOURCES)
    units = _chosen([one.unit for one in alike], range(size), UNITS)
    layers = [index]
    if first.quantity == "z":
        sources = range(fan_in)
        units = range(size) if size * fan_in <= 4 * MOST_WEIGHTS else units  # all of a matrix that may be transposed
    if layer.activation.coupled:
        units, examples = range(size), range(step.examples) if first.quantity == "a" else examples
    all_units = [units]
    if first.quantity in ("dE/da", "delta"):
        sources = sources[:1]
        above = range(index + 1, len(step.layers))
        weights = sum(len(step.layers[one].weights) * len(step.layers[one].weights[0]) for one in above)
        if weights <= MOST_WEIGHTS:
            layers = [index, *above]
            all_units = [range(len(step.layers[one].weights)) for one in layers]
        elif above:
            layers, all_units = [index, index + 1], [units, range(len(step.layers[index + 1].weights))]
    return Part(step, layers, all_units, sources, examples, first)


def _chosen(wanted, whole, most):
    """So many of a whole, in their order: those that are wanted first."""
    return sorted(list(dict.fromkeys([*wanted, *whole]))[:most])


class Part:
    """Some layers of a step, with some of their units, some inputs of the first, and some examples.

    first: the departure before which all is given; None if all is judged
    """

    def __init__(self, step, layers, units, sources, examples, first=None):
        self.step, self.layers, self.units, self.first = step, list(layers), list(map(list, units)), first
        self.sources, self.examples = list(sources), list(examples)
        self.has_loss = step.has_loss and self.layers[-1] == len(step.layers) - 1
        self.scale = 1 / step.share  # from what was seen to one example's
        self.reduction = step.reduction if self.has_loss else "sum"
        names = [step.network.input_names, *step.network.layer_names]
        self.inputs = [names[self.layers[0]][source] for source in self.sources]
        self.names = [[names[layer + 1][unit] for unit in units] for layer, units in zip(self.layers, self.units)]

    def rows(self, position):
        """(layer seen, its units, its sources) of a layer of the part."""
        sources = self.units[position - 1] if position else self.sources
        return self.step.layers[self.layers[position]], self.units[position], sources

    def network(self):
        """The network of the part."""
        made = []
        for position, names in enumerate(self.names):
            layer, units, sources = self.rows(position)
            weights = [[layer.weights[unit][source] for source in sources] for unit in units]
            biases = layer.biases and [layer.biases[unit] for unit in units]
            made.append(Layer(len(units), layer.activation, weights, biases, biases is not None, names=names))
        return Network(self.inputs, made, self.step.loss or "half_squared_error")

    def trace(self):
        """The trace of the part, without what was seen."""
        network, step = self.network(), self.step
        (first, _, sources), (last, units, _) = self.rows(0), self.rows(len(self.layers) - 1)
        inputs = [[first.inputs[example][source] for source in sources] for example in self.examples]
        arriving = last.output_gradients or [[0.0] * len(last.weights)] * step.examples
        rows = step.targets if self.has_loss else arriving
        goals = [[rows[example][unit] for unit in units] for example in self.examples]
        optimizer = step.optimizer and carried_over(step.optimizer, self._pairs(network))
        if self.has_loss:
            return network.trace(inputs, goals, optimizer, "all", self.reduction)
        return network.trace(inputs, None, optimizer, "all", self.reduction, output_gradients=goals)

    def _pairs(self, network):
        """(neuron of the step, neuron of the part, which of its weights) of each unit."""
        for position, layer in enumerate(network.layers):
            _, units, sources = self.rows(position)
            there = self.step.network.layers[self.layers[position]].neurons
            yield from ((there[unit], neuron, sources) for unit, neuron in zip(units, layer.neurons))

    def answers(self):
        """What was seen as `Answers`; in a part those of the first that departs, with all before it given."""
        answers, given = {}, {}
        for position in range(len(self.layers)):
            layer, units, sources = self.rows(position)
            for quantity in ORDER:
                found = dict(self._numbers(quantity, layer, units, sources, self.names[position], position))
                if self.first is not None and self._is_before(quantity, position):
                    given.update(found)
                    continue
                if self.first is not None and (quantity, self.layers[position]) != self.first[:2]:
                    continue
                half = self.step.bits * max(map(abs, found.values()), default=0.0)
                answers.update((address, Answer(repr(value), value, half)) for address, value in found.items())
        return Answers(answers, [], given)

    def _is_before(self, quantity, position):
        """Whether a quantity of a layer is worked out before the first departure."""
        mine, its = ORDER.index(quantity), ORDER.index(self.first.quantity)
        is_forward, its_forward = mine < 2, its < 2
        here, there = self.layers[position], self.first.layer
        if is_forward != its_forward:
            return is_forward
        if here == there or 4 <= mine or 4 <= its:
            return mine < its
        return here < there if is_forward else here > there

    def _numbers(self, quantity, layer, units, sources, names, position):
        """Pairs (address, number) of what was seen of a quantity in a layer."""
        seen = getattr(layer, {**BY_EXAMPLE, **BY_UNIT}[quantity])
        is_last = position == len(self.layers) - 1
        if seen is None or quantity == "dE/da" and is_last and (self.step.cancels or not self.has_loss):
            return  # it is not needed, or given already
        several = len(self.examples) > 1
        if quantity in BY_EXAMPLE:
            scale = self.scale if quantity in ("dE/da", "delta") else 1
            for number, example in enumerate(self.examples, 1):
                for unit, name in zip(units, names):
                    yield make_address(quantity, name, number if several else None), seen[example][unit] * scale
            return
        prefix = f"{self.reduction} " if several and quantity.startswith("dE") else ""
        number = len(self.examples) if several else None
        before = [self.inputs, *self.names][position]
        for unit, name in zip(units, names):
            if quantity in ("dE/db", "b+"):
                yield make_address(prefix + quantity, name, number), seen[unit]
                continue
            for source, other in zip(sources, before):
                yield make_address(prefix + quantity, f"{other}->{name}", number), seen[unit][source]
