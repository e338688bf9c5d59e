"""The command line: each command is a few lines over the library.

`main` answers signals before it loads the commands.
"""

import sys

from neurosim.cli.signals import Signals


def main(arguments=None):
    """Run one command; return its exit status.

    arguments: by default those of the process, which is then expected to end behind this call.
    """
    signals, status = Signals(is_program=arguments is None), None
    try:
        signals.handle()
        from neurosim.cli.commands import BAD, run

        status = run(list(sys.argv[1:] if arguments is None else arguments), signals)
        signals.over = True
        return status if signals.received is None or status == BAD else signals.told()
    except BaseException as error:  # KeyboardInterrupt, or another that Python raised in its place
        signals.over = True
        if signals.received is None and not isinstance(error, KeyboardInterrupt):
            raise
        return signals.told()
    finally:
        signals.end()
