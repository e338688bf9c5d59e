"""The command line: each command is a few lines over the library.

`main` answers signals before it loads the commands.
"""

import sys

from neurosim.cli.signals import Signals


def main(arguments=None):
    """Run one command; return its exit status.

    arguments: by default those of the process, which is then taken to end with the command.
    """
    signals, status = Signals(is_program=arguments is None), None
    try:
        signals.handle()
        from neurosim.cli.commands import BAD, run

        status = run(list(sys.argv[1:] if arguments is None else arguments), signals)
        signals.over = True
        return status if signals.received is None or status == BAD else signals.told()
    except BaseException as error:  # a signal's, or what Python has made of it, such as a RuntimeError in a class's making
        signals.over = True
        if signals.received is None and not isinstance(error, KeyboardInterrupt):
            raise
        return signals.told()
    finally:
        signals.end()
