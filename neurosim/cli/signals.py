"""What Ctrl-C and the signals that end a process do to a command: one line, and nothing that was learnt is lost.

Loaded before anything else of the package, so that a command can be left while it loads.
"""

import os
import signal
import sys

HANDLED = ("SIGHUP", "SIGINT", "SIGTERM")  # Windows has no SIGHUP
ENDED = 128  # exit status: this and the signal's number


class Signals:
    """The signals that come while a command runs; the first one raises KeyboardInterrupt and decides the exit status.

    received: the number of the first signal, or None.
    held: a signal has to wait for `release`, because something is being saved. waiting: one does.
    patient: the first signal does not wait, later ones do, because there will be something to save.
    shared: somebody else may answer Ctrl-C, such as a debugger that a person types to, or a pager.
    over: the outcome is decided, and no signal changes it.
    said: what the line says behind "interrupted".
    """

    def __init__(self, is_program):
        self.is_program, self.received, self.said = is_program, None, ""
        self.held = self.patient = self.shared = self.over = self.waiting = False
        self.before, self.hook = {}, sys.unraisablehook

    def handle(self):
        """Handle signals from now on, those that the process was started to ignore excepted."""
        sys.unraisablehook = self._swallowed
        for number in [getattr(signal, name) for name in HANDLED if hasattr(signal, name)]:
            before = signal.getsignal(number)
            if before not in (signal.SIG_IGN, None):
                self.before[number] = before  # first, so that it is put back wherever a signal comes
                try:
                    signal.signal(number, self._arrived)
                except ValueError:  # only the main thread may
                    del self.before[number]
                    return

    def end(self):
        """Handle no more signals: as it was before, or, at the end of a program, none reaches it any more."""
        self.over = True
        if not self.is_program:
            for number, before in self.before.items():
                signal.signal(number, before)
            sys.unraisablehook = self.hook
        elif hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, self.before)

    def _arrived(self, number, frame):
        if self.over:
            return
        if self.shared and number == signal.SIGINT:
            raise KeyboardInterrupt
        again = self.received is not None
        self.received = self.received or number
        if self.held or self.patient and again:
            self.waiting = True
            return
        if again and self.is_program:  # while the first one is on its way out
            self._leave_at_once()
        raise SystemExit if self.shared else KeyboardInterrupt

    def hold(self):
        """Let signals wait from now on."""
        self.held = True

    def release(self):
        """Let them wait no more."""
        self.held = False
        if self.waiting:
            self.waiting = False
            raise KeyboardInterrupt

    def _swallowed(self, lost):
        """Python prints and forgets an exception that comes, say, in a __del__; a signal's must not be forgotten."""
        if self.received is None or not issubclass(lost.exc_type, (KeyboardInterrupt, SystemExit)):
            self.hook(lost)
        elif self.is_program and not (self.held or self.patient):
            self._leave_at_once()

    def _leave_at_once(self):
        self.over = True
        os._exit(self.told())

    def told(self):
        """Say in a line that a signal has ended the command, and no more after it; return the exit status."""
        number = self.received or signal.SIGINT
        by = "" if number == signal.SIGINT else f" by {signal.Signals(number).name}"
        line = f"neurosim: interrupted{by}{self.said}\n"
        if not self.is_program:
            sys.stderr.write(line)
            return ENDED + number
        try:
            os.write(2, line.encode("utf-8", "backslashreplace"))
        except OSError:  # the terminal is gone
            pass
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):  # what was cut short would be written at the very end, and might fail
            os.dup2(nowhere, stream)
        return ENDED + number
