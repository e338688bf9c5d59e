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
    """Go through the epochs of a run until a stop is reached, or until Ctrl-C; return its history."""
    epochs = Epochs(run, stops)
    try:
        for _ in progress(epochs) if progress else epochs:
            pass
        return run.history_so_far()
    except KeyboardInterrupt:
        run.back_to_whole_epoch()
        run.history.stopped_by = "interrupted"
        return run.history_so_far()


def best_attempt(run, stops, progress, restarts, executor):
    """The history of the best attempt, which the run takes over; attempts are made until one has met its goal.

    One after the other, or all at once on an executor. Each starts from a copy of the run and with its own random
    numbers, so the order makes no difference. Ctrl-C ends them, and the best so far is kept.
    """
    attempts = _Attempts(run, stops)
    try:
        if executor is None:
            attempts.one_by_one(progress, restarts)
        else:
            attempts.at_once(executor, restarts)
        return attempts.end()
    except KeyboardInterrupt:
        return attempts.end(interrupted=True)


class _Attempts:
    """The attempts of a run: the `best` so far, and the `current` one, which may still be under way."""

    def __init__(self, run, stops):
        self.run, self.stops = run, stops
        self.goals = [repr(stop) for stop in stops if stop.goal]
        self.best = self.current = self.broken = None
        self.interrupted = False

    def one_by_one(self, progress, restarts):
        for number in range(restarts + 1):
            self.current = copy.deepcopy(self.run)
            if self._is_last(_attempt(self.current, self.stops, progress, number)):
                break

    def at_once(self, executor, restarts):
        futures = []
        try:
            for number in range(restarts + 1):
                futures.append(executor.submit(_attempt, copy.deepcopy(self.run), self.stops, None, number))
            for future in futures:
                self.current = future.result()
                if self._is_last(self.current):
                    break
        finally:
            for future in futures:
                future.cancel()

    def _is_last(self, attempt):
        """Keep the attempt if it is the best so far; True if no other need be made."""
        if self._is_better(attempt):
            self.best = attempt
        self.broken = self.broken or attempt.broken
        self.interrupted = attempt.history.stopped_by == "interrupted"
        return self.interrupted or self._has_met_a_goal(attempt)

    def _is_better(self, attempt):
        stopped = attempt.history.stopped_by not in (None, "interrupted")
        if attempt.broken or not stopped and len(attempt.history) == len(self.run.history):
            return False  # it has learnt nothing
        return (
            self.best is None or self._has_met_a_goal(attempt) or attempt.history["loss"][-1] < self.best.history["loss"][-1]
        )

    def _has_met_a_goal(self, attempt):
        return attempt.history.stopped_by in self.goals

    def end(self, interrupted=False):
        """Bring the run to where the best attempt has come to; return its history."""
        if self.current is not None and self._is_better(self.current):  # one that was interrupted before it was kept
            self.best = self.current
        interrupted = interrupted or self.interrupted
        if self.best is None and self.broken and not interrupted:
            raise self.broken
        history = self.run.history if self.best is None else self.best.history_so_far()
        if self.best is not None:
            self.run.take_over(self.best)
        if interrupted:
            history.stopped_by = "interrupted"
        return history


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
