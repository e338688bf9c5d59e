"""A program in a pseudo-terminal, with a person's fingers on the keys."""

import os
import select
import signal
import struct
import subprocess
import sys
import time

CHANGES_THE_OUTPUT = ("PYTHONSTARTUP", "COLUMNS", "LINES", "NO_COLOR", "PAGER", "LESS")
TIMEOUT = 60  # seconds to wait for an answer, which only a broken program needs


class Terminal:
    """Runs a command in a terminal of its own; `screen` is all that it has printed.

    size: its lines and columns
    settings: variables of its environment, such as TERM; a terminal without a name knows no colours
    """

    def __init__(self, *command, size=(50, 200), **settings):
        import fcntl
        import pty
        import termios

        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in CHANGES_THE_OUTPUT}
        environment = {**kept, "TERM": "dumb", "INPUTRC": os.devnull, "XDG_STATE_HOME": os.devnull, **settings}
        streams = {"stdin": slave, "stdout": slave, "stderr": slave}
        self.process = subprocess.Popen(
            [sys.executable, *command], **streams, env=environment, preexec_fn=_own_terminal
        )
        os.close(slave)
        self.screen, self.read = "", 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def type(self, keys):
        """Press these keys."""
        os.write(self.master, keys.encode())

    def expect(self, text, impatient=None):
        """Wait until the text is printed, after what was expected before; return what came up to it.

        Keys for the `impatient` are pressed again after some seconds without an answer: a Ctrl-C that comes
        while Python's line editor is between two keys waits for the next one.
        """
        end = time.monotonic() + TIMEOUT
        while text not in self.screen[self.read :]:
            left = max(0, end - time.monotonic())
            ready = select.select([self.master], [], [], min(left, 3) if impatient else left)[0]
            if not ready and impatient and left:
                self.type(impatient)
                continue
            assert ready, f"waited in vain for {text!r}, got {self.screen[self.read:]!r}"
            try:
                printed = os.read(self.master, 65536)
            except OSError:  # which is how a terminal ends
                printed = b""
            assert printed, f"ended before {text!r}, with {self.screen[self.read:]!r}"
            self.screen += printed.decode(errors="replace").replace("\r\n", "\n")
        start, self.read = self.read, self.screen.index(text, self.read) + len(text)
        return self.screen[start : self.read]

    def ends(self):
        """Wait until the program ends and all that it printed is on the screen; return its exit status."""
        end, printed = time.monotonic() + TIMEOUT, b""
        while time.monotonic() < end:
            ended = self.process.poll() is not None
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    printed += os.read(self.master, 65536)
                except OSError:  # which is how a terminal ends
                    break
            elif ended:
                break
        self.screen += printed.decode(errors="replace").replace("\r\n", "\n")
        return self.process.wait(timeout=TIMEOUT)


def _own_terminal():
    """Make standard input the terminal that Ctrl-C comes from."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in (signal.SIGINT, signal.SIGHUP):  # whatever the tests themselves were started to ignore
        signal.signal(number, signal.SIG_DFL)
