"""A program in a pseudo-terminal, with a person's fingers on the keys."""

import os
import select
import signal
import subprocess
import sys
import time

TIMEOUT = 60  # seconds to wait for an answer, which only a broken program needs


class Terminal:
    """Runs a command in a terminal of its own; `screen` is all that it has printed."""

    def __init__(self, *command):
        import pty

        self.master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "dumb", "COLUMNS": "200", "INPUTRC": os.devnull}
        environment.pop("PYTHONSTARTUP", None)
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
        """Wait until the program ends; return its exit status."""
        end = time.monotonic() + TIMEOUT
        while self.process.poll() is None and time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.screen += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    break
        return self.process.wait(timeout=TIMEOUT)


def _own_terminal():
    """Make standard input the terminal that Ctrl-C comes from."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
