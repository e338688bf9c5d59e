"""Commands in processes of their own, to which signals come."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TIMEOUT = 120  # seconds to wait for what only a broken program does not do
HANDLED = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class Command:
    """The command `neurosim` with these arguments, started as from a shell.

    code: what runs before `main` is entered. ignored: signals that the shell has it ignore.
    """

    def __init__(self, *arguments, code="", ignored=(), **streams):
        launcher = ["-c", f"import os, signal, sys\n{code}\nfrom neurosim.cli import main\nsys.exit(main())"]
        self.ignored = ignored
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        self.process = subprocess.Popen(
            [sys.executable, *(launcher if code else ["-m", "neurosim"]), *arguments], preexec_fn=self._as_from_a_shell,
            env=environment,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
        )

    def _as_from_a_shell(self):
        for number in HANDLED:
            signal.signal(number, signal.SIG_IGN if number in self.ignored else signal.SIG_DFL)

    def enter(self):
        """Wait until `main` was entered and answers signals."""
        path = Path(f"/proc/{self.process.pid}/status")
        if not path.exists() and self.process.poll() is None:
            pytest.skip("the system does not tell which signals a process handles")
        wanted, end = {number for number in HANDLED if number not in self.ignored}, time.monotonic() + TIMEOUT
        while self.process.poll() is None:
            caught = int(path.read_text().partition("SigCgt:")[2].split()[0], 16)
            if all(caught >> number - 1 & 1 for number in wanted):
                return self
            assert time.monotonic() < end
            time.sleep(0.0005)
        return pytest.fail(f"ended before it could be interrupted: {self.end()}")

    def send(self, *numbers):
        for number in numbers:
            self.process.send_signal(number)
        return self

    def end(self):
        """(exit status, output, errors)"""
        try:
            out, err = self.process.communicate(timeout=TIMEOUT)
        finally:
            self.process.kill()
        return self.process.returncode, (out or b"").decode(), (err or b"").decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def outcome(*arguments, **settings):
    """(exit status, output, errors) of a command that nobody interrupts."""
    return Command(*arguments, **settings).end()


def seconds_after_entry(*arguments):
    """How long a command runs once it answers signals."""
    with Command(*arguments).enter() as command:
        start = time.monotonic()
        command.end()
        return time.monotonic() - start
