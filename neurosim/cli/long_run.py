"""A training that a person can leave: its progress line, checkpoints while it runs, and the save at its end."""

from __future__ import annotations

import sys
import time
from contextlib import suppress

from neurosim.core.guards import Snapshot
from neurosim.support.errors import InputError, NonFiniteError, shown_path
from neurosim.support.page import visible
from neurosim.support.terminal import stream_width

MOST_TENTHS = 8  # of a learning rate, to look for one that helps
OFTEN = 0.1  # seconds between two looks of the progress line


class LongRun:
    """A call of `fit` of which no whole epoch is lost, whatever ends it, if there is a file to save it in.

    before: how many epochs the run has that it goes on from. settings: those of its checkpoints.
    """

    def __init__(self, options, problem, before, settings):
        self.options, self.problem, self.before, self.settings = options, problem, before, settings
        is_scaled = problem.preparation is not None and problem.preparation.scales_target
        self.line = ProgressLine(options.epochs, {"loss": "loss of the scaled target"} if is_scaled else {})
        self.saved, self.run, self.is_told = time.monotonic(), None, False

    def fit(self, inputs, targets, **settings):
        """Train, save, and return the history."""
        problem, signals, history, error = self.problem, self.options.signals, None, None
        network, optimizer = problem.network, problem.optimizer
        remedy = Remedy(problem, inputs, targets)
        signals.patient = True
        try:
            try:
                history = network.fit(
                    inputs, targets, epochs=self.options.epochs - self.before, batch_size=problem.batch_size,
                    optimizer=optimizer, reduction=problem.reduction, progress=self, **settings,
                )
            finally:
                signals.hold()
        except (KeyboardInterrupt, Exception) as caught:
            error, history = caught, history or self._whole_epochs()
        self.line.clear()
        self._save_at_the_end(history)
        signals.patient = False
        signals.release()
        if isinstance(error, NonFiniteError):
            if error.example is not None and problem.numbers is not None:
                error.example = problem.numbers[error.example - 1]
            raise InputError(f"{error}; {remedy.text(error.epoch == self.before + 1)}{self._what_is_saved()}") from None
        if error is not None:
            raise error
        return history

    def __call__(self, epochs):
        """What `fit` calls `progress`."""
        self.line.begin()
        for run in epochs:
            self.run = run
            if self.options.signals.received:  # the exception that it raised got lost
                raise KeyboardInterrupt
            if self._is_due():
                self._save_on_the_way()
            self.line.show(run.history)
            yield run

    def _is_due(self):
        is_kept = self.options.save and not self.options.restarts
        return is_kept and time.monotonic() - self.saved >= self.options.save_every

    def _save_on_the_way(self):
        """Save a checkpoint; that it can't be is told once, and training goes on: the disk may have room again later."""
        signals, path = self.options.signals, shown_path(self.options.save)
        signals.hold()
        try:
            self._save(self.run.history_so_far())
        except OSError as error:
            if not self.is_told:
                self.line.clear()
                _tell(f"neurosim: {path}: {error.strerror}; training goes on without a checkpoint\n")
            self.is_told = True
        finally:
            self.saved = time.monotonic()
            signals.release()

    def _whole_epochs(self):
        """The history up to the last whole epoch, to which all else is put back; None if there is none."""
        if self.run is None:
            return None
        self.run.back_to_whole_epoch()
        self.problem.network, self.problem.optimizer = self.run.network, self.run.optimizer  # those of a new start
        return self.run.history_so_far()

    def _save_at_the_end(self, history):
        signals, path = self.options.signals, self.options.save
        if history is None or len(history) == self.before:
            signals.said = f" after epoch {self.before}; nothing new to save" if self.before else " in the first epoch"
            return
        if path:
            self._save(history)
        signals.said = f" after epoch {len(history)}" + (f"; saved in {shown_path(path)}" if path else "")

    def _save(self, history):
        from neurosim.training.checkpoint import checkpoint

        problem = self.problem
        problem.training = checkpoint(problem.network, problem.optimizer, history, self.settings)
        problem.save(self.options.save)

    def _what_is_saved(self):
        """The end of a message that says what the file holds."""
        if not self.options.save or self.run is None:
            return ""
        return f"; {shown_path(self.options.save)} holds epoch {len(self.run.history)}"


class Remedy:
    """Which smaller learning rate helps where a number was not finite, found by trying from where the run began."""

    def __init__(self, problem, inputs, targets):
        self.problem, self.examples = problem, (inputs, targets)
        self.start, self.random = Snapshot(problem.network, problem.optimizer), problem.network.random.getstate()
        self.network, self.optimizer = problem.network, problem.optimizer

    def text(self, is_first_epoch):
        """The end of a message; is_first_epoch: it was the first one that was not finite."""
        rate = self.optimizer.learning_rate
        smaller = [float(f"{rate / 10**tenths:.6g}") for tenths in range(1, MOST_TENTHS + 1)]
        helps = next(filter(self._is_finite_with, smaller), None)
        if helps is None:
            return f"not even with --learning-rate {smaller[-1]} is the first epoch finite"
        if is_first_epoch:
            return f"with --learning-rate {helps} the first epoch is finite"
        return f"the first epoch is finite with this rate, so try a smaller one, such as --learning-rate {helps}"

    def _is_finite_with(self, rate):
        self.start.put_back()
        self.network.random.setstate(self.random)
        self.optimizer.learning_rate = rate
        problem = self.problem
        try:
            tried = self.network.fit(*self.examples, 1, problem.batch_size, self.optimizer, reduction=problem.reduction)
        except InputError:
            return False
        if tried.stopped_by == "interrupted":
            raise KeyboardInterrupt
        return True


class ProgressLine:
    """One line rewritten in place while a person watches.

    called: what is shown in place of the name of a column of the history
    """

    def __init__(self, epochs, called=None):
        self.called = called or {}
        self.epochs, self.width, self.is_watched = epochs, 0, sys.stderr.isatty()
        self.begin()

    def begin(self):
        """The next epoch is the first, from which the time left is reckoned."""
        self.done, self.started = 0, time.monotonic()
        self.shown = self.started

    def show(self, history):
        """After each epoch: what it has come to, if that was not shown a moment ago."""
        now = time.monotonic()
        self.done += 1
        if self.is_watched and now - self.shown >= OFTEN:
            left = max(0, self.epochs - len(history)) * (now - self.started) / self.done
            last = {self.called.get(name, name): float(values[-1]) for name, values in history.columns.items()}
            measured = "  ".join(f"{name} {value:.4g}" for name, value in last.items())
            self._rewrite(f"epoch {len(history)}/{self.epochs}  {measured}  {_duration(left)} left")
            self.shown = now

    def _rewrite(self, line):
        line = visible(line)[: stream_width(sys.stderr) - 1]  # a longer one would begin another line
        self.width = max(self.width, len(line))
        _tell(f"\r{line:{self.width}}")

    def clear(self):
        """Leave an empty line behind."""
        if self.width:
            _tell(f"\r{'':{self.width}}\r")


def _tell(text):
    """Write it for a person, who may have left and taken the terminal along; the training goes on."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _duration(seconds):
    """`45 s`, `12 min` or `3 h 20 min`."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
