"""All commands: the parser, and running one of them.

Exit status: 0 fine; 1 the thing checked does not hold; 2 bad usage or bad input, said in one line; 130 after Ctrl-C, 143
after SIGTERM, 129 after SIGHUP.
"""

import argparse
import os
import sys

from neurosim.cli import ask, check, code, data, debug, diagnose, exercise, guide, health, learn, look, page, practice
from neurosim.cli.options import check_written, tell_notes
from neurosim.cli.parser import Parser, in_full, join_negative_values
from neurosim.support.errors import InputError, UnknownNameError, shown, shown_path
from neurosim.support.page import page_width
from neurosim.support.terminal import painted, stream_width

LONGEST_MESSAGE = 1000  # characters; all but those that show a whole choice have far fewer
BAD = 2  # exit status: bad usage or bad input, or the system's refusal
COMMAND_GROUPS = (look, page, ask, check, debug, diagnose, exercise, practice, health, learn, data, code, guide)


GROUPS = {  # of the commands, in the order in which help lists them
    "follow a number": ("trace", "page", "explain", "predict", "summary", "verify", "compare", "list"),
    "check your own numbers": ("diagnose", "mutate", "solve"),
    "exercises": ("exercise", "practice"),
    "step through": ("debug",),
    "train on your data": ("data", "train", "evaluate", "health"),
    "test your own code": ("check",),
    "other frameworks": ("code",),
    "read on": ("guide",),
}


class Program(Parser):
    """The parser of the program itself, whose help lists the commands by what people come for."""

    def _sections(self):
        of_commands = self._subparsers._group_actions[0]
        lines = {action.dest: action for action in of_commands._get_subactions()}
        sections = [(title, None, [lines[name] for name in names]) for title, names in GROUPS.items()]
        return [*sections, ("options", None, [action for action in self._actions if action is not of_commands])]


class PrintVersion(argparse.Action):
    """Looks the version up in the installed package, and only when it is asked for."""

    def __call__(self, parser, *_):
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"neurosim {version('neurosim')}")
        except PackageNotFoundError:
            print("neurosim, from a checkout that is not installed")
        parser.exit()


def make_parser():
    """The parser of all commands; every group of commands adds its own."""
    parser = Program(
        prog="neurosim", example="neurosim trace mazur",
        description="A microscope for backpropagation: every number of a neural network, and where it came from.",
        epilog="SOURCE is a problem file, - for standard input, or a built-in example: neurosim list",
    )
    parser.add_argument("--version", action=PrintVersion, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", parser_class=Parser)
    for group in COMMAND_GROUPS:
        group.add_commands(commands)
    return parser, commands.choices


def run(arguments, signals):
    """Run one command; return its exit status."""
    _open_what_is_closed()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal can't show stops nothing
    try:
        parser, commands = make_parser()
        if arguments[:1] == ["help"]:
            arguments = [*arguments[1:2], "--help"]
        if arguments and not arguments[0].startswith("-") and arguments[0] not in commands:
            raise UnknownNameError("command", arguments[0], commands)
        arguments, notes = in_full(arguments)
        options, unknown = parser.parse_known_args(join_negative_values(arguments))
        if unknown:
            commands.get(options.command, parser).refuse(unknown)
        if options.command is None:
            parser.print_help()
            return 0
        check_written(options)
        options.notes = notes
        options.width = stream_width(sys.stdout) if getattr(options, "output", None) is None else page_width()
        options.signals = signals
        status = options.run(options)
        tell_notes(options)
        sys.stdout.flush()
        return status or 0
    except InputError as error:
        return _fail(error, signals)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        why = error.strerror or error
        return _fail(f"{shown_path(error.filename)}: {why}" if error.filename else why, signals)


def _open_what_is_closed():
    """Where the shell has closed a stream, Python has None in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))


def _fail(error, signals):
    signals.over = True  # one line is enough
    try:
        sys.stderr.write(painted(f"neurosim: error: {shown(str(error), LONGEST_MESSAGE)}\n", sys.stderr))
        sys.stderr.flush()
    except OSError:  # nobody can be told; what was not written would be tried again at the very end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    return BAD
