"""Training: epochs over all examples until a stop, begun again with new weights if that is asked for."""

import copy
import itertools

from neurosim import checks
from neurosim.batch import Batch
from neurosim.elementary import is_finite
from neurosim.errors import InputError, NonFiniteError, UnknownNameError, shorten
from neurosim.evaluation import checked_examples, evaluate, middle_of, predict
from neurosim.guards import Snapshot, is_optimizer
from neurosim.history import History
from neurosim.metrics import ErrorRate, make_metrics
from neurosim.optimizers import OPTIMIZERS
from neurosim.stopping import MaxEpochs, make_stops
from neurosim.watching import Watch


class Run:
    """One training run: goes through epochs and keeps what stops and checkpoints look at.

    history: what was measured so far. weight_change: the largest change of a weight or bias in the last epoch.
    watch: a `Watch` that records the life of some units, or None.
    """

    def __init__(
        self, network, inputs, targets, optimizer, batch_size, shuffle, reduction, metrics, validation, history,
        watch=None,
    ):  # fmt: skip
        self.network, self.inputs, self.targets, self.optimizer = network, inputs, targets, optimizer
        self.batch_size, self.shuffle, self.reduction = batch_size, shuffle, reduction
        self.metrics, self.validation, self.history = metrics, validation, history
        self.watch = watch
        self.before = self.broken = None

    def epoch(self):
        """Go through all examples once, in a new order if they are shuffled, and measure.

        The examples run without guards. Should a number not be finite at the end, the epoch runs again from
        where it began with guards, which name the number and leave the last finite weights. An epoch that is
        interrupted leaves everything as it was before it.
        """
        random_state = self.network.random.getstate()
        order = self._order()
        self.before = Snapshot(self.network, self.optimizer)
        try:
            if self.watch:
                self.watch.open(self)
            losses, outputs = self._learn(order)
            events = self.watch.close(order) if self.watch else {}
        except KeyboardInterrupt:
            self.before.put_back()
            self.network.random.setstate(random_state)
            raise
        self.history.record(self._measured(order, losses, outputs), events)

    def _learn(self, order):
        network = self.network
        try:
            losses, outputs = self.run_examples(order)
            broken = not is_finite(sum(losses)) or not self.before.still_finite()
        except Exception:  # whatever it is, the guards meet it again, and can say where
            broken = True
        if broken:
            self.before.put_back()
            losses, outputs = self._run_examples(order, network.forward, network.backward, network.update)
        return losses, outputs

    def _order(self):
        """The examples' numbers; shuffled by the network's own random numbers, one for each example."""
        order = list(range(len(self.inputs)))
        if self.shuffle:
            keys = [self.network.random.random() for _ in order]
            order.sort(key=keys.__getitem__)
        return order

    def run_examples(self, order):
        """All examples in that order, without guards; return their losses and outputs, from before their updates."""
        network = self.network
        sequential = self.optimizer.order == "sequential"
        descend = network.descend_sequentially if sequential else network.descend
        return self._run_examples(order, network.propagate, network.backpropagate, descend)

    def _run_examples(self, order, forward, backward, update):
        """The same by these three steps."""
        if self.watch:
            update = self.watch.looking(order, update)
        loss, optimizer = self.network.loss, self.optimizer
        outputs, number = [], 0
        try:
            for start in range(0, len(order), self.batch_size):
                batch = Batch(self.network, self.reduction) if self.batch_size > 1 else None
                for number in order[start : start + self.batch_size]:
                    outputs.append(forward(self.inputs[number]))
                    backward(self.targets[number])
                    if batch:
                        batch.collect()
                if batch:
                    batch.reduce()
                update(optimizer)
            losses = [loss(output, self.targets[number]) for output, number in zip(outputs, order)]
        except NonFiniteError as error:
            error.example, error.epoch = number + 1, len(self.history) + 1
            raise
        return losses, outputs

    def _measured(self, order, losses, outputs):
        row = {"loss": sum(losses) / len(losses)}
        targets = [self.targets[number] for number in order]
        middle = middle_of(self.network)
        row.update((metric.name, metric(outputs, targets, middle)) for metric in self.metrics)
        if self.validation:
            measured = evaluate(self.network, *self.validation, metrics=self.metrics)
            row.update((f"validation {name}", value) for name, value in measured.items())
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

    @property
    def weight_change(self):
        if self.before is None:
            return float("inf")  # no epoch has run yet
        changes = [0]
        for neuron, weights, bias in self.before.parameters:
            changes += [abs(new - old) for new, old in zip(neuron.weights, weights)]
            if bias is not None:
                changes.append(abs(neuron.bias - bias))
        return max(changes)

    @property
    def error_rate(self):
        """The share of the examples that the network misclassifies now."""
        return ErrorRate()(predict(self.network, self.inputs), self.targets, middle_of(self.network))


def fit(
    network, inputs, targets, epochs=None, batch_size=1, optimizer="sgd", shuffle=True, reduction="mean",
    validation=None, metrics=(), stop=None, restarts=0, progress=None, history=None, executor=None,
    record=(),
):  # fmt: skip
    """Train on examples and return the `History`: the mean loss and the metrics of each epoch, as they came.

    inputs, targets: a list of numbers for each example.
    epochs: at most so many; without it 1, or what a `MaxEpochs` says.
    batch_size: examples to an update, or "all"; their gradients are reduced by `reduction`, "mean" or "sum".
    shuffle: a new order every epoch, from the network's seed.
    optimizer: an optimizer, or its name; given again to another `fit`, it goes on where it was.
    validation: a pair (inputs, targets) that is measured after every epoch and not trained on.
    metrics: names such as "accuracy". stop: one or several of `neurosim.stopping`.
    restarts: how often to draw new weights and begin again when a run has not met its goal (`LossBelow`,
    `ErrorRateBelow`); the network keeps the best run. executor: any `concurrent.futures.Executor`, to make the
    attempts at once; the result is the same as without one.
    progress: a callable that the epochs go through, such as `tqdm`: it is given an iterable of known length,
    which yields the run after every epoch, and returns an iterable. Not used on an executor.
    history: an earlier one, to continue; it stays as it is.
    record: names of units, whose life `history.life(name)` then tells: when they died, saturated, and so on.

    Ctrl-C ends the training, and keeps the history and the weights so far.
    Raises InputError for examples that do not fit, and NonFiniteError, naming unit, quantity, example and
    epoch, as soon as a number is not finite; the network then has its last finite weights.
    """
    try:
        inputs, targets = checked_examples(network, inputs, targets)
    except NonFiniteError as error:
        error.epoch = 1  # where it would have come up
        raise
    if validation is not None:
        validation = checked_examples(network, *_pair(validation))
    optimizer = OPTIMIZERS.make(optimizer) if isinstance(optimizer, (str, dict)) else optimizer
    is_optimizer(optimizer)
    size = checks.count(len(inputs) if batch_size == "all" else batch_size, 'batch_size (or "all")')
    if optimizer.order == "sequential" and size > 1:
        raise InputError("the update order 'sequential' takes one example at a time, not a batch")
    if history is not None and not isinstance(history, History):
        raise InputError(f"history: expected a History, got {shorten(history)}")
    stops = _all_stops(stop, epochs, len(history) if history else 0)
    if not isinstance(restarts, int) or restarts < 0:
        raise InputError(f"restarts must be a whole number of 0 or more, got {shorten(restarts)}")
    if restarts and not any(stop.goal for stop in stops):
        raise InputError("restarts need a goal to meet: a loss or an error rate to fall below")
    if progress is not None and not callable(progress):
        raise InputError(f"progress: expected a callable such as tqdm, got {shorten(progress)}")
    watch = Watch(network, () if record is None else record)
    network.forward(inputs[0])
    network.backward(targets[0])  # what cannot be trained is refused before anything changes
    run = Run(
        network, inputs, targets, optimizer, size, shuffle, checks.reduction(reduction), make_metrics(metrics),
        validation, History() + history if history else History(), watch if watch.names else None,
    )  # fmt: skip
    _check_columns(run, stops)
    if restarts:
        return _best_attempt(run, stops, progress, restarts, executor)
    _run_until_stop(run, stops, progress)
    return run.history


def _all_stops(stop, epochs, epochs_before):
    """The stops that were asked for and, at the end, the largest number of epochs."""
    stops = make_stops(stop)
    if epochs is None:
        epochs = max([stop.epochs for stop in stops if isinstance(stop, MaxEpochs)], default=1)
    return [*stops, MaxEpochs(checks.count(epochs, "epochs") + epochs_before)]


def _check_columns(run, stops):
    """What the stops look at must be measured, and what was measured before must be the same."""
    columns, before = run.columns(), list(run.history)
    for column in [stop.column for stop in stops if hasattr(stop, "column")]:
        if column not in columns:
            raise UnknownNameError("column of the history", column, columns)
    if before and before != columns:
        raise InputError(f"history: expected the columns {', '.join(columns)}, got {', '.join(before)}")


class Epochs:
    """The epochs of a run, each gone through when it is asked for; yields the run until a stop is reached.

    The last of the stops is the largest number of epochs, which gives the length.
    """

    def __init__(self, run, stops):
        self.run, self.stops = run, stops

    def __len__(self):
        return self.stops[-1].epochs - len(self.run.history)

    def __iter__(self):
        reached = self._reached() if len(self.run.history) else None  # a run that is resumed may be at its end
        while not reached:
            self.run.epoch()
            yield self.run
            reached = self._reached()
        self.run.history.stopped_by = "epochs" if reached is self.stops[-1] else repr(reached)

    def _reached(self):
        return next((stop for stop in self.stops if stop.reached(self.run)), None)


def _run_until_stop(run, stops, progress):
    epochs = Epochs(run, stops)
    try:
        for _ in progress(epochs) if progress else epochs:
            pass
    except KeyboardInterrupt:
        run.history.stopped_by = "interrupted"


def _best_attempt(run, stops, progress, restarts, executor):
    """Attempts one after the other, or all at once on an executor, until one has met its goal, in their order.

    Each starts from a copy of the run and from random numbers of its own, so that the order is of no matter.
    """
    goals = [repr(stop) for stop in stops if stop.goal]
    if executor is None:
        attempts = (_attempt(copy.deepcopy(run), stops, progress, number) for number in range(restarts + 1))
    else:
        futures = [executor.submit(_attempt, copy.deepcopy(run), stops, None, number) for number in range(restarts + 1)]
        attempts = (future.result() for future in futures)
    best = broken = None
    for attempt in attempts:
        met = attempt.history.stopped_by in goals
        if attempt.broken:
            broken = broken or attempt.broken
        elif len(attempt.history) and (best is None or met or attempt.history["loss"][-1] < best.history["loss"][-1]):
            best = attempt
        if met or attempt.history.stopped_by == "interrupted":
            break
    if executor is not None:
        for future in futures:
            future.cancel()
    if best is None and broken:
        raise broken
    if best is None:  # interrupted before anything was learnt
        run.history.stopped_by = "interrupted"
        return run.history
    run.take_over(best)
    return best.history


def _attempt(run, stops, progress, number):
    """The run, from its own weights for number 0, and else from weights drawn for that number."""
    if number:
        run.network.random.seed(f"{run.network.seed}, attempt {number}")
        run.network.draw_again()
        run.optimizer.forget()
    try:
        _run_until_stop(run, stops, progress)
    except NonFiniteError as error:  # an attempt that has not met its goal
        run.broken = error
    return run


def sweep(train, executor=None, **choices):
    """Call `train` for every combination of the choices; return pairs (settings, result), in that order.

    choices: a list for each argument of `train`, such as seed=[1, 2, 3], rate=[0.1, 0.5].
    executor: any `concurrent.futures.Executor`; `train` must then be a function that it can send, and give a
    result that it can send back. The results are the same as without one.

    >>> sweep(pow, base=[2, 3], exp=[2])
    [({'base': 2, 'exp': 2}, 4), ({'base': 3, 'exp': 2}, 9)]
    """
    lists = [checks.as_list(values, name, of="choices") for name, values in choices.items()]
    settings = [dict(zip(choices, values)) for values in itertools.product(*lists)]
    if executor is None:
        return [(chosen, train(**chosen)) for chosen in settings]
    futures = [executor.submit(train, **chosen) for chosen in settings]
    return [(chosen, future.result()) for chosen, future in zip(settings, futures)]


def _pair(validation):
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise InputError("validation: expected a pair (inputs, targets)")
    return validation
