"""A run: epochs over all examples, each measured."""

from __future__ import annotations

from functools import partial
from operator import sub

from neurosim.core.batch import Batch, goes_by_neuron, run_by_neuron
from neurosim.core.examples import new_order
from neurosim.core.guards import Snapshot, done_or_put_back
from neurosim.support.errors import NonFiniteError
from neurosim.support.numeric import is_finite
from neurosim.training.evaluation import evaluate, measured, middle_of, predict
from neurosim.training.history import Recorded
from neurosim.training.metrics import ErrorRate


class Run:
    """One training run: goes through epochs and keeps what stops and checkpoints look at.

    history: what was measured so far. weight_change: the largest change of a weight or bias in the last epoch.
    watch: a `Watch` that records the life of some units, or None.
    """

    def __init__(
        self, network, inputs, targets, optimizer, batch_size, shuffle, reduction, metrics, validation, history,
        watch=None,
    ):
        self.network, self.inputs, self.targets, self.optimizer = network, inputs, targets, optimizer
        self.batch_size, self.shuffle, self.reduction = batch_size, shuffle, reduction
        self.metrics, self.validation, self.history = metrics, validation, history
        self.watch = watch
        self.parameters_before = self.unfinished = self.broken = None

    def epoch(self):
        """Go through all examples once, in a new order if they are shuffled, and measure.

        An epoch that is interrupted, or fails in any other way, leaves everything as it was before it; but a number that
        is not finite leaves the last finite weights, by which it can be examined; `back_to_whole_epoch` puts them back too.
        """
        start = _EpochStart(self)
        error = done_or_put_back(start, self._epoch, start)
        if error:
            raise error

    def back_to_whole_epoch(self):
        """Put back an epoch that ended in a number that is not finite, if one has."""
        if self.unfinished:
            self.unfinished.put_back()

    def _epoch(self, start):
        """The epoch itself; returns the NonFiniteError that ended it, if there was one."""
        try:
            order = self._order()
            if self.watch:
                self.watch.open(self)
            losses, outputs = self._learn(order, start.parameters)
            events = self.watch.close(order) if self.watch else {}
            self.history.record(self._measured(order, losses, outputs), events)
        except NonFiniteError as error:
            self.unfinished = start
            return error
        self.parameters_before, self.unfinished = start.parameters, None
        return None

    def _learn(self, order, before):
        """The losses and outputs of all examples, which run without guards.

        Should a number not be finite at the end, they run again from where the epoch began with guards, which name the
        number and leave the last finite weights.
        """
        network = self.network
        try:
            losses, outputs = self.run_examples(order)
            if is_finite(sum(losses)) and before.still_finite():
                return losses, outputs
        except Exception:
            pass  # whatever it is, the guards meet it again, and can say where
        before.put_back()
        return self._run_batches(order, partial(self._by_example, network.forward, network.backward), network.update)

    def _order(self):
        """The examples' numbers; shuffled by the network's own random numbers, one for each example."""
        count = len(self.inputs)
        return new_order(count, self.network.random) if self.shuffle else list(range(count))

    def run_examples(self, order):
        """All examples in that order, without guards; return their losses and outputs, from before their updates.

        The outputs are kept for metrics; without metrics there are none.
        """
        network = self.network
        sequential = self.optimizer.order == "sequential"
        descend = network.descend_sequentially if sequential else network.descend
        if self.batch_size > 1 and goes_by_neuron(network):
            return self._run_batches(order, self._by_neuron, descend)
        return self._run_batches(order, partial(self._by_example, network.propagate, network.backpropagate), descend)

    def _run_batches(self, order, forward_backward, update):
        """Go through the batches of the examples in that order: `forward_backward(numbers)`, then `update(optimizer)`."""
        if self.watch:
            update = self.watch.looking(order, update)
        losses, outputs = [], []
        for start in range(0, len(order), self.batch_size):
            numbers = order[start : start + self.batch_size]
            try:
                more_losses, more_outputs = forward_backward(numbers)
                losses += more_losses
                outputs += more_outputs if self.metrics else ()
                update(self.optimizer)
            except NonFiniteError as error:
                error.example, error.epoch = error.example or numbers[-1] + 1, len(self.history) + 1
                raise
        return losses, outputs

    def _by_neuron(self, numbers):
        inputs, targets = [self.inputs[number] for number in numbers], [self.targets[number] for number in numbers]
        return run_by_neuron(self.network, inputs, targets, self.reduction)

    def _by_example(self, forward, backward, numbers):
        loss, losses, outputs = self.network.loss, [], []
        batch = Batch(self.network, self.reduction) if self.batch_size > 1 else None
        for number in numbers:
            try:
                output = forward(self.inputs[number])
                backward(self.targets[number])
            except NonFiniteError as error:
                error.example = number + 1
                raise
            losses.append(loss(output, self.targets[number]))
            outputs.append(output)
            if batch:
                batch.collect()
        if batch:
            batch.reduce()
        return losses, outputs

    def _measured(self, order, losses, outputs):
        targets = [self.targets[number] for number in order]
        row = measured(self.network, losses, outputs, targets, self.metrics)
        if self.validation:
            validated = evaluate(self.network, *self.validation, metrics=self.metrics)
            row.update((f"validation {name}", value) for name, value in validated.items())
        return row

    def columns(self):
        """The names of what is measured after every epoch."""
        names = ["loss", *(metric.name for metric in self.metrics)]
        return [*names, *(f"validation {name}" for name in names if self.validation)]

    def take_over(self, other):
        """Bring this run's network and optimizer to where another run of the same shape has come to."""
        own_neurons = {}
        for layer, other_layer in zip(self.network.layers, other.network.layers):
            for neuron, theirs in zip(layer.neurons, other_layer.neurons):
                neuron.weights, neuron.bias = theirs.weights, theirs.bias
                own_neurons[theirs] = neuron
        memory = {
            (own_neurons[theirs], part): values
            for (theirs, part), values in other.optimizer.memory.items()
            if theirs in own_neurons  # and not of another network that the optimizer has been at work on
        }
        vars(self.optimizer).update({**vars(other.optimizer), "memory": memory})
        self.network.random.setstate(other.network.random.getstate())

    def history_so_far(self):
        """The history, with what a later run has to know of the last epoch."""
        self.history.weight_change = self.weight_change
        return self.history

    @property
    def weight_change(self):
        if self.parameters_before is None:
            return self.history.weight_change  # by which an earlier run ended
        changes = [0]
        for neuron, weights, bias in self.parameters_before.parameters:
            changes.append(max(map(abs, map(sub, neuron.weights, weights))))
            if bias is not None:
                changes.append(abs(neuron.bias - bias))
        return max(changes)

    @property
    def error_rate(self):
        """The share of the examples that the network misclassifies now."""
        return ErrorRate()(predict(self.network, self.inputs), self.targets, middle_of(self.network))


class _EpochStart:
    """All that an epoch changes, as it is before the epoch. Its cost does not grow with the history."""

    def __init__(self, run):
        self.run, self.random, self.parameters_before = run, run.network.random.getstate(), run.parameters_before
        self.parameters, self.recorded = Snapshot(run.network, run.optimizer), Recorded(run.history)
        self.watched = dict(vars(run.watch)) if run.watch else {}

    def put_back(self):
        run = self.run
        self.parameters.put_back()
        self.recorded.put_back()
        run.network.random.setstate(self.random)
        if run.watch:
            vars(run.watch).update(self.watched)
        run.parameters_before, run.unfinished = self.parameters_before, None
