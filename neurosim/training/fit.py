"""Training: epochs over all examples until a stop, and restarts with new weights."""

from __future__ import annotations

from neurosim.core.examples import checked_examples
from neurosim.core.guards import check_can_draw_again
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.health.life_recorder import Watch
from neurosim.support import checks
from neurosim.support.errors import InputError, NonFiniteError, shorten, shown
from neurosim.training.history import History
from neurosim.training.metrics import make_metrics
from neurosim.training.restarts import best_attempt, run_until_stop
from neurosim.training.run import Run
from neurosim.training.stopping import MaxEpochs, make_stops
from neurosim.training.sweep import check_executor


def fit(
    network, inputs, targets, epochs=None, batch_size=1, optimizer="sgd", shuffle=True, reduction="mean",
    validation=None, metrics=(), stop=None, restarts=0, progress=None, history=None, executor=None,
    record=(),
):
    """Train on examples, as `Network.fit` says."""
    try:
        inputs, targets = checked_examples(network, inputs, targets)
    except NonFiniteError as error:
        error.epoch = 1  # where it would have come up
        raise
    if validation is not None:
        validation = checked_examples(network, *_pair(validation))
    optimizer = OPTIMIZERS.make(optimizer)
    checks.yes_or_no(shuffle, "shuffle")
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
    if restarts:
        check_can_draw_again(network)
    if progress is not None and not callable(progress):
        raise InputError(f"progress: expected a callable such as tqdm, got {shorten(progress)}")
    check_executor(executor)
    watch = Watch(network, () if record is None else record)
    network.forward(inputs[0])
    network.backward(targets[0])  # what cannot be trained is refused before anything changes
    run = Run(
        network, inputs, targets, optimizer, size, shuffle, checks.reduction(reduction), make_metrics(metrics),
        validation, _continued(history), watch if watch.names else None,
    )
    _check_columns(run, stops)
    if restarts:
        return best_attempt(run, stops, progress, restarts, executor)
    return run_until_stop(run, stops, progress)


def _continued(history):
    """A history to go on with; the given one stays as it is."""
    continued = History() + (history or History())
    continued.stopped_by = None
    return continued


def _all_stops(stop, epochs, epochs_before):
    """The given stops and, last, the largest number of epochs."""
    stops = make_stops(stop)
    if epochs is None:
        epochs = max([stop.epochs for stop in stops if isinstance(stop, MaxEpochs)], default=1)
    return [*stops, MaxEpochs(checks.count(epochs, "epochs") + epochs_before)]


def _check_columns(run, stops):
    """The stops' columns must be measured, and an earlier history must have the same columns."""
    columns, before = run.columns(), list(run.history)
    for column in [stop.column for stop in stops if hasattr(stop, "column")]:
        checks.known("column of the history", column, columns)
    if before and before != columns:
        raise InputError(f"history: expected the columns {', '.join(columns)}, got {shown(', '.join(before))}")


def _pair(validation):
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise InputError("validation: expected a pair (inputs, targets)")
    return validation
