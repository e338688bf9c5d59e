"""KeyboardInterrupt at any line of the package that a call runs through."""

import sys

from package import PACKAGE

OURS = str(PACKAGE)


def _raise():
    raise KeyboardInterrupt


class Interrupting:
    """While it is open, KeyboardInterrupt comes at the line of this number that runs, and again `later` lines behind it.

    lines: how many have run. With `at` 0 none is interrupted. interrupt: what raises it.
    """

    def __init__(self, at=0, later=0, interrupt=_raise):
        self.at, self.later, self.lines, self.interrupt = at, later, 0, interrupt

    def __enter__(self):
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(None)

    def _trace(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                self.at += self.later
                if not self.later:
                    sys.settrace(None)
                self.interrupt()
        return self._trace


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
