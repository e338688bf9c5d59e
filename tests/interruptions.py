"""KeyboardInterrupt at any line of the package that a call runs through."""

import sys

from package import PACKAGE

OURS = str(PACKAGE)


def _raise():
    raise KeyboardInterrupt


class Interrupting:
    """While it is open, KeyboardInterrupt comes at the line of this number that runs, and again `later` lines behind it.

    lines: how many have run. With `at` 0 none is interrupted. interrupt: what raises it. times: how often it has.
    """

    def __init__(self, at=0, later=0, interrupt=_raise):
        self.at, self.later, self.lines, self.interrupt, self.times = at, later, 0, interrupt, 0

    def __enter__(self):
        sys.setprofile(self._go_on if self.later else None)
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)
        sys.settrace(None)

    def _trace(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                self.at += self.later
                self.times += 1
                self.interrupt()  # upon which Python traces no more
        return self._trace

    def _go_on(self, frame, event, argument):
        """Trace again from the next call or return on, if there is another interruption to come."""
        if self.times == 1 and self.later and sys.gettrace() is None:
            sys.settrace(self._trace)
            while frame is not None:
                if frame.f_code.co_filename.startswith(OURS):
                    frame.f_trace = self._trace
                frame = frame.f_back


def lines_of(call):
    """How many lines run in a call; the call before it makes what is made once and kept."""
    call()
    with Interrupting() as counting:
        call()
    return counting.lines


def places(lines, request, sample, long_sample=1):
    """The numbers of the lines to interrupt: with --long all, or every `long_sample`th, and else every `sample`th."""
    step = long_sample if request.config.getoption("--long") else sample
    return range(1 + lines % step, lines + 1, step)
