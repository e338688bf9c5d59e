"""A debugger for backpropagation, in the manner of gdb and pdb: through a computation number by number."""

from __future__ import annotations

import sys

from neurosim.debugger.commands import Commands
from neurosim.debugger.session import Session
from neurosim.support import checks
from neurosim.support.errors import InputError, shorten


def debug(
    network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean", epochs=1, commands=None, title="",
    shuffle=False, start="", numbers=None,
):
    """Debug a computation, as `Network.debug` says; `numbers` are those by which people know the examples."""
    if isinstance(commands, str):
        commands = commands.splitlines()
    for line in [] if commands is None else checks.as_list(commands, "commands", of="lines"):
        if not isinstance(line, str):
            raise InputError(f"commands: expected lines of text, got {shorten(line)}")
    session = Session(network, inputs, targets, optimizer, batch_size, reduction, epochs, shuffle, numbers=numbers)
    if start:
        session.goto(start)
    debugger = Commands(session, title)
    debugger.greet()
    if start:
        debugger.stand()
    if commands is None and sys.stdin.isatty():
        debugger.interact()
        return
    try:
        if commands is None:
            debugger.run_script(sys.stdin, "standard input, line")
        else:
            debugger.run_script(commands)
    except UnicodeDecodeError as error:
        raise InputError(f"standard input: not text in UTF-8, at byte {error.start}") from None
