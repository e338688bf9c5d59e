"""The recorder: runs the real passes on a copy of a network and writes down what the neurons recorded."""

from __future__ import annotations

import copy

from neurosim.core.batch import Batch
from neurosim.core.guards import check_can_run
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.support import checks
from neurosim.support.errors import InputError, NonFiniteError
from neurosim.trace.step import Settings, Trace
from neurosim.trace.writer import Writer


def trace(network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean", epochs=1):
    """Record a computation, as `Network.trace` says."""
    plan = Plan(network, inputs, targets, optimizer, batch_size, reduction, epochs)
    recorder = plan.recorder()
    for number in range(len(plan)):
        plan.record(number, recorder)
    return Trace(recorder.writer.steps, recorder.writer.rules, network.copy(), plan.settings)


def parameters_alone(network):
    """A trace of nothing but the network's weights and biases, which are given."""
    check_can_run(network)
    writer = Writer(network, None, several_passes=False)
    writer.parameters()
    return Trace(writer.steps, writer.rules, network.copy(), Settings(None, 1, "mean", 0))


class Plan:
    """What is to be recorded: its length is the number of batches in all epochs. The arguments are those of `trace`."""

    def __init__(self, network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean", epochs=1):
        examples = _examples(inputs, targets)
        size = checks.count(len(examples) if batch_size == "all" else batch_size, 'batch_size (or "all")')
        self.batches = [examples[start : start + size] for start in range(0, len(examples), size)]
        self.epochs = checks.count(epochs, "epochs")
        checks.reduction(reduction)
        if optimizer is not None:
            optimizer = OPTIMIZERS.make(optimizer)
            if targets is None:
                raise InputError("an update needs targets")
        if not network.layers:
            raise InputError("the network has no layers, so there is nothing to trace")
        if not examples:
            raise InputError("there are no examples to trace")
        self.network, self.optimizer = network, optimizer
        fresh = copy.copy(optimizer)
        if fresh is not None:
            fresh.memory = {}
        self.settings = Settings(fresh, size, reduction, len(examples))

    def __len__(self):
        return len(self.batches) * self.epochs

    def recorder(self):
        """A recorder at the beginning, with a copy of the network and the optimizer."""
        several_passes = self.settings.examples * self.epochs > 1
        reduction = self.settings.reduction if self.settings.batch_size > 1 else None
        return Recorder(*copy.deepcopy((self.network, self.optimizer)), reduction, several_passes)

    def record(self, number, recorder):
        """Have the recorder run the batch of this number, counted from 0 through all epochs."""
        epoch, index = divmod(number, len(self.batches))
        recorder.record(self.batches[index], index * self.settings.batch_size, epoch + 1)


def _examples(inputs, targets):
    """A list of pairs (inputs, targets), whose targets may be None."""
    inputs = checks.as_list(inputs, "inputs")
    if checks.is_row(inputs):
        return [(inputs, None if targets is None else checks.as_list(targets, "targets"))]
    if targets is None:
        return [(row, None) for row in inputs]
    targets = checks.rows(targets, "targets")
    if len(targets) != len(inputs):
        raise InputError(f"expected targets for {len(inputs)} examples, got {len(targets)}")
    return list(zip(inputs, targets))


class Recorder:
    """Runs examples and updates on a network and has the writer write them down.

    `reduction` is None where every example has an update of its own.
    """

    def __init__(self, network, optimizer, reduction, several_passes):
        self.network, self.optimizer, self.reduction = network, optimizer, reduction
        self.several_passes = several_passes
        self.writer = Writer(network, optimizer, several_passes)
        self.writer.parameters()

    def record(self, examples, examples_before, epoch):
        """Run the examples of one batch, and the update that follows them."""
        losses, number = [], examples_before
        batch = Batch(self.network, self.reduction) if self.reduction else None
        try:
            for number, (inputs, targets) in enumerate(examples, examples_before + 1):
                losses.append(self._record_pass(inputs, targets, batch))
            if batch and None not in losses:
                batch.reduce()
                self._record_batch(losses)
        except NonFiniteError as error:
            if self.several_passes:
                error.example, error.epoch = number, epoch
            raise
        except InputError as error:
            raise InputError(f"example {number}: {error}" if self.several_passes else str(error)) from None

    def _record_pass(self, inputs, targets, batch):
        """One example forward and, if it has targets, backward; return its loss."""
        network, writer = self.network, self.writer
        network.forward(inputs)
        loss = None if targets is None else network.backward(targets)
        writer.example(network.layers[0].neurons[0].inputs, targets)
        writer.forward()
        if targets is None:
            return None
        writer.loss(targets, loss)
        if not batch and self.optimizer is not None and self.optimizer.order == "sequential":
            network.update(self.optimizer)  # in which each layer computes its deltas after the next one's update
            writer.begin_updates()
            self._layer_by_layer(writer.backward, writer.gradients, writer.updates)
            return loss
        self._layer_by_layer(writer.backward)
        if batch:
            batch.collect()
            return loss
        self._layer_by_layer(writer.gradients)
        if self.optimizer is not None:
            network.update(self.optimizer)
            writer.begin_updates()
            self._layer_by_layer(writer.updates)
        return loss

    def _record_batch(self, losses):
        """The reduced loss and gradients of the passes that have just run, and their update."""
        last = self.writer.pass_number
        passes = range(last - len(losses) + 1, last + 1)
        self.writer.batch_loss(passes, self.reduction, losses)
        self._layer_by_layer(lambda index: self.writer.batch_gradients(index, passes, self.reduction))
        if self.optimizer is not None:
            self.network.update(self.optimizer)
            self.writer.begin_updates(self.reduction)
            self._layer_by_layer(lambda index: self.writer.updates(index, self.reduction))

    def _layer_by_layer(self, *writings):
        for index in reversed(range(len(self.network.layers))):
            for write in writings:
                write(index)
