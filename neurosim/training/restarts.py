"""Running until a stop, and starting again from new weights until a goal is met."""

from __future__ import annotations

import copy

from neurosim.support.errors import NonFiniteError


class Epochs:
    """The epochs of a run as an iterable: each step trains for one epoch and yields the run, until a stop is reached.

    The last stop is the largest number of epochs, which gives the length.
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


def run_until_stop(run, stops, progress):
    """Go through the epochs of a run until a stop is reached, or until Ctrl-C."""
    epochs = Epochs(run, stops)
    try:
        for _ in progress(epochs) if progress else epochs:
            pass
    except KeyboardInterrupt:
        run.history.stopped_by = "interrupted"


def best_attempt(run, stops, progress, restarts, executor):
    """Attempts one after the other, or all at once on an executor, until one has met its goal, in their order.

    Each starts from a copy of the run and with its own random numbers, so the order makes no difference.
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
        run_until_stop(run, stops, progress)
    except NonFiniteError as error:  # an attempt that has not met its goal
        run.broken = error
    return run
