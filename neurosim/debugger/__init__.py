"""A debugger for backpropagation, in the manner of gdb and pdb: through a computation number by number."""

import sys

from neurosim import checks
from neurosim.errors import InputError, shorten


def debug(
    network, inputs, targets=None, optimizer=None, batch_size=1, reduction="mean", epochs=1, commands=None, title="",
):  # fmt: skip
    """Step through the network's passes and updates, on a copy, with commands read from the terminal.

    The arguments are those of `trace`. `commands`, a list of lines or a text, are run in place of what would be
    typed; so are the lines of a standard input that is no terminal. `title` is printed first.

    >>> from neurosim import Layer, Network
    >>> network = Network(2, [Layer(1, "linear", weights=[[3, 4]], biases=[5])])
    >>> debug(network, [1, 2], commands=["step", "print a[x1] + a[x2]"])
    <Network 2-1: linear; half_squared_error>, one pass. Type help for the commands.
    (neurosim) step
    -- forward, layer o1
    z[o1] = w[x1->o1]*a[x1] + w[x2->o1]*a[x2] + b[o1]
          = 3*1 + 4*2 + 5
          = 16
    (neurosim) print a[x1] + a[x2]
    a[x1] + a[x2] = 3
    """
    from neurosim.debugger.session import Session  # only now: whoever debugs nothing pays for nothing
    from neurosim.debugger.shell import Shell

    if isinstance(commands, str):
        commands = commands.splitlines()
    for line in [] if commands is None else checks.as_list(commands, "commands", of="lines"):
        if not isinstance(line, str):
            raise InputError(f"commands: expected lines of text, got {shorten(line)}")
    shell = Shell(Session(network, inputs, targets, optimizer, batch_size, reduction, epochs), title)
    if commands is None and sys.stdin.isatty():
        shell.interact()
        return
    try:
        shell.run_script(sys.stdin if commands is None else commands)
    except UnicodeDecodeError as error:
        raise InputError(f"standard input: not text in UTF-8, at byte {error.start}") from None
