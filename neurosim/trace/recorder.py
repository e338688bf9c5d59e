"""The recorder: runs the real passes on a copy of a network and writes down what the neurons recorded."""

from __future__ import annotations

import copy

from neurosim.core.batch import Batch
from neurosim.core.examples import Orders, of_example
from neurosim.core.guards import check_can_run
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.targets import in_rows
from neurosim.support import checks
from neurosim.support.errors import InputError, NonFiniteError
from neurosim.support.numeric import is_number
from neurosim.trace.step import Settings, Trace
from neurosim.trace.writer import Writer


def trace(network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean", epochs=1, shuffle=False,
          output_gradients=None):
    """Record a computation, as `Network.trace` says."""
    return Plan(network, inputs, targets, optimizer, batch_size, reduction, epochs, shuffle, None, output_gradients).trace()


def parameters_alone(network):
    """A trace of nothing but the network's weights and biases, which are given."""
    check_can_run(network)
    writer = Writer(network, None, several_passes=False)
    writer.parameters()
    return Trace(writer.steps, writer.rules, network.copy(), Settings(None, 1, "mean", 0))


class Plan:
    """What is to be recorded: its length is the number of batches in all epochs. The arguments are those of `trace`.

    orders: for each epoch the numbers of its examples, counted from 0, in the order in which they go through; by default
    all examples as they stand or, to be shuffled, as `fit` shuffles them
    """

    def __init__(
        self, network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean", epochs=1, shuffle=False,
        orders=None, output_gradients=None,
    ):
        if targets is not None and output_gradients is not None:
            raise InputError("a trace goes back either from targets or from output_gradients")
        self.has_loss = output_gradients is None
        self.examples = _examples(network if self.has_loss else None, inputs, targets if self.has_loss else output_gradients)
        if optimizer is not None:
            optimizer = OPTIMIZERS.make(optimizer)
            if targets is output_gradients is None:
                raise InputError("an update needs targets")
        if not network.layers:
            raise InputError("the network has no layers, so there is nothing to trace")
        if not self.examples:
            raise InputError("there are no examples to trace")
        self.network, self.optimizer, self.epochs = network, optimizer, checks.count(epochs, "epochs")
        random = network.random if checks.yes_or_no(shuffle, "shuffle") else None
        self.orders = orders or Orders(len(self.examples), random)
        count = len(self.orders[0])
        size = checks.count(count if batch_size == "all" else batch_size, 'batch_size (or "all")')
        fresh = copy.copy(optimizer)
        if fresh is not None:
            fresh.memory = {}
        self.settings = Settings(fresh, size, checks.reduction(reduction), count)
        self.batches_an_epoch = -(-count // size)

    def __len__(self):
        return self.batches_an_epoch * self.epochs

    @property
    def passes(self):
        """How many there are in all epochs."""
        return self.settings.examples * self.epochs

    def passes_of(self, number):
        """The numbers, from 1, of the passes of a batch, which is counted from 0, as a range."""
        epoch, index = divmod(number, self.batches_an_epoch)
        count, size = self.settings.examples, self.settings.batch_size
        first = epoch * count + index * size + 1
        return range(first, min(first + size, (epoch + 1) * count + 1))

    def number_of_pass(self, pass_number):
        """The number of the batch that a pass belongs to."""
        epoch, index = divmod(pass_number - 1, self.settings.examples)
        return epoch * self.batches_an_epoch + index // self.settings.batch_size

    def example_of(self, pass_number):
        """(epoch, example) of a pass, both counted from 0."""
        epoch, index = divmod(pass_number - 1, self.settings.examples)
        return epoch, self.orders[epoch][index]

    @property
    def batch_reduction(self):
        """The reduction, or None where every example has an update of its own."""
        return self.settings.reduction if self.settings.batch_size > 1 else None

    def run(self, number, network, optimizer, pass_done=None, batch_done=None):
        """Run the batch of this number, and its update, on a network and an optimizer that stand before it.

        pass_done(inputs, targets, loss) is called when a pass is done; without batches its update is, too.
        batch_done(losses) is called behind the update of a batch. Where output gradients are given they stand for the
        targets, and the losses are None.
        """
        losses, at, targets = [], None, None
        batch = Batch(network, self.batch_reduction) if self.batch_reduction else None
        try:
            for at in map(self.example_of, self.passes_of(number)):
                inputs, targets = self.examples[at[1]]
                network.forward(inputs)
                losses.append(None if targets is None else self._backward(network, targets))
                if batch and targets is not None:
                    batch.collect()
                elif optimizer is not None:
                    network.update(optimizer)
                if pass_done:
                    pass_done(inputs, targets, losses[-1])
            if batch and targets is not None:
                batch.reduce()
                if optimizer is not None:
                    network.update(optimizer)
                if batch_done:
                    batch_done(losses)
        except InputError as error:
            raise _at_example(error, *at) if self.passes > 1 else error

    def _backward(self, network, targets):
        return network.backward(targets) if self.has_loss else network.backward(output_gradients=targets)

    def recorder(self, network, optimizer, passes=0):
        """A `Recorder` of this network and optimizer, which stand behind so many passes."""
        return Recorder(network, optimizer, self.batch_reduction, self.passes > 1, passes, self.has_loss)

    def trace(self):
        """All of it as one trace."""
        recorder = self.recorder(*copy.deepcopy((self.network, self.optimizer)))
        for number in range(len(self)):
            self.run(number, recorder.network, recorder.optimizer, recorder.pass_done, recorder.batch_done)
        return recorder.trace(self.network.copy(), self.settings)


def _at_example(error, epoch, example):
    """The error, saying which example it is about; epoch and example are counted from 0."""
    error = of_example(example + 1, error)
    if isinstance(error, NonFiniteError):
        error.epoch = epoch + 1
    return error.with_traceback(None)


def _examples(network, inputs, targets):
    """A list of pairs (inputs, targets); targets may be None or, without a network, output gradients, never classes."""
    inputs = checks.as_list(inputs, "inputs")
    if checks.is_row(inputs):
        if network is not None and is_number(targets):
            (targets,), _ = in_rows([targets], network)
        return [(inputs, None if targets is None else checks.as_list(targets, "targets"))]
    if targets is None:
        return [(row, None) for row in inputs]
    if network is not None:
        targets, _ = in_rows(checks.as_list(targets, "targets", of="lists"), network)
    targets = checks.rows(targets, "targets")
    if len(targets) != len(inputs):
        raise InputError(f"expected targets for {len(inputs)} examples, got {len(targets)}")
    return list(zip(inputs, targets))


class Recorder:
    """Has the writer write down what a network has just done, a pass and a batch at a time.

    `reduction` is None where every example has an update of its own. `passes` have run before. Without a loss the
    outputs' gradients are given in place of targets.
    """

    def __init__(self, network, optimizer, reduction, several_passes, passes, has_loss=True):
        self.network, self.optimizer, self.reduction, self.has_loss = network, optimizer, reduction, has_loss
        self.writer = Writer(network, optimizer, several_passes, passes)
        self.writer.parameters()

    def trace(self, structure, settings):
        """The `Trace` of what has been written."""
        return Trace(self.writer.steps, self.writer.rules, structure, settings)

    def pass_done(self, inputs, targets, loss):
        """Write down one example forward and, if it has targets, back, and its update if it has one of its own."""
        writer = self.writer
        writer.example(self.network.layers[0].neurons[0].inputs, targets, "t" if self.has_loss else "dE/da")
        writer.forward()
        if targets is None:
            return
        if self.has_loss:
            writer.loss(targets, loss)
        has_update = not self.reduction and self.optimizer is not None
        if has_update and self.optimizer.order == "sequential":  # where a layer's deltas follow the next one's update
            writer.begin_updates()
            self._layer_by_layer(writer.backward, writer.gradients, writer.updates)
            return
        self._layer_by_layer(writer.backward)
        if not self.reduction:
            self._layer_by_layer(writer.gradients)
        if has_update:
            writer.begin_updates()
            self._layer_by_layer(writer.updates)

    def batch_done(self, losses):
        """Write down the reduced loss and gradients of the passes that have just run, and their update."""
        last = self.writer.pass_number
        passes = range(last - len(losses) + 1, last + 1)
        if self.has_loss:
            self.writer.batch_loss(passes, self.reduction, losses)
        self._layer_by_layer(lambda index: self.writer.batch_gradients(index, passes, self.reduction))
        if self.optimizer is not None:
            self.writer.begin_updates(self.reduction)
            self._layer_by_layer(lambda index: self.writer.updates(index, self.reduction))

    def _layer_by_layer(self, *writings):
        for index in reversed(range(len(self.network.layers))):
            for write in writings:
                write(index)
