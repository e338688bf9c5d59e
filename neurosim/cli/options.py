"""What the commands share: the options of their output, what is written where, and the command that leads on."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from itertools import combinations

from neurosim.cli.parser import described, group
from neurosim.cli.values import table_format, whole_number_or_all
from neurosim.support import checks
from neurosim.support.errors import InputError, shown, shown_path
from neurosim.support.files import check_writable, is_same_file, write_atomically
from neurosim.support.page import visible
from neurosim.support.terminal import show

# These change the numbers of SOURCE itself, and not every command takes them.
CHANGES = ("inputs", "targets", "learning_rate", "momentum", "optimizer", "order", "loss", "batch_size", "reduction",
           "epochs", "shuffle", "values", "places", "digits", "activations", "weights", "biases", "backward_from")

READ = ("source", "other", "data", "answers", "printed", "also", "exercise", "students", "problem")
WRITTEN = {"output": "-o", "save": "--save", "history": "--history", "table": "--marks"}

YES_OR_NO = {"yes": True, "no": False}
LONGEST_NOTE = 1000  # characters, as of an error
DOES_NOT_HOLD = 1  # exit status: the thing checked does not hold, or there is an alarm


def tell_notes(options):
    """Write the notes to standard error, a line each, beside what the command prints; a command that is refused has none."""
    for note in options.notes:
        sys.stderr.write(f"neurosim: {shown(note, LONGEST_NOTE)}\n")
    options.notes = []


def add_command(
    commands, name, run, help, example, source="a problem file, - or a built-in example", metavar="SOURCE"
):
    """The parser of a command that begins with the argument SOURCE."""
    parser = commands.add_parser(name, help=help, description=described(help), example=example)
    parser.add_argument("source", metavar=metavar, help=source)
    parser.set_defaults(run=run)
    return parser


def add_output(parser, decimals=True):
    """The options of every command that draws a table."""
    output = group(parser, "output")
    output.add_argument("--format", type=table_format, default="simple",
                        help="a format of tabulate (simple, github, html, ...) or json")
    if decimals:
        output.add_argument("--decimals", type=whole_number_or_all, metavar="N",
                            help="of every number, or all for all its digits (six significant digits)")
    add_destination(parser)


def add_destination(parser):
    """The options that say where the output goes."""
    output = group(parser, "output")
    output.add_argument("-o", dest="output", metavar="FILE", help="write to a file instead")
    output.add_argument("--no-pager", action="store_true", help="print what is long straight away, even if PAGER is set")


def check_written(options):
    """Raise InputError, or OSError, unless each file that is to be written can be, and takes the place of no other.

    A network may be saved in place of the one that was read.
    """
    given = {option: getattr(options, name) for name, option in WRITTEN.items() if getattr(options, name, None) is not None}
    for option, path in given.items():
        check_writable(path)
        for name in READ if option != "--save" else READ[1:]:
            check_kept(option, path, getattr(options, name, None))
    for (option, path), (other, other_path) in combinations(given.items(), 2):
        if is_same_file(path, other_path):
            raise InputError(f"{option} and {other} are the same file, {shown_path(path)}; give each its own")


def check_kept(option, path, read):
    """Raise InputError if the path that is to be written is that of a file that is read, or of one of several."""
    for one in read if isinstance(read, list) else filter(None, [read]):
        if one == "-":
            with suppress(OSError):  # no file of the system
                one = sys.stdin.fileno()
        if path is not None and is_same_file(path, one):
            raise InputError(f"{option} {shown_path(path)}: this command reads the file, and does not overwrite it")


def write_output(text, options):
    """Print the text, or write it to the file that was asked for; nothing in it can steer a terminal."""
    tell_notes(options)
    text = visible(text, kept="\n\t" if getattr(options, "format", None) == "tsv" else "\n")
    if options.output is not None:
        write_atomically(options.output, text + "\n")
    else:
        options.signals.shared = True  # with a pager
        show(text + "\n", sys.stdout, not options.no_pager)
        sys.stdout.flush()
        options.signals.shared = False


def next_step(options, *words, pipe=(), again=True):
    """The end of a text that says which command leads on, and by which other its output may be read.

    No text where no person reads, and where it would not work when typed. `again`: the command works SOURCE's own
    numbers out again, so that it says nothing of what options put in their place.
    """
    is_read_by_program = options.output is not None or getattr(options, "format", None) not in (None, "simple")
    is_changed = any(getattr(options, name, None) not in (None, []) for name in CHANGES)
    if is_read_by_program or "-" in words or again and is_changed:
        return ""
    line = [_quoted(word) for word in words] + (["|", "neurosim", *map(_quoted, pipe)] if pipe else [])
    return "\n\n" + _folded("next: neurosim", line, options.width) if "".join(line).isprintable() else ""


def _quoted(word):
    """The word as a shell takes it: with quotation marks around an apostrophe, as in "f'[h1]"."""
    return f'"{word}"' if "'" in word and not set(word) & set('"$`\\!') else shlex.quote(word)


def _folded(line, words, width):
    """The line with these words behind it, and where it goes on in the next a backslash, as a shell takes it."""
    lines = [line]
    for number, word in enumerate(words, 1):
        backslash = 2 * (number < len(words))
        if len(lines[-1]) + 1 + len(word) + backslash > width:
            lines[-1] += " \\"
            lines.append(f"      {word}")
        else:
            lines[-1] += f" {word}"
    return "\n".join(lines)


def yes_or_no(options, name, default=None):
    """An option that takes yes or no, as a bool."""
    answer = getattr(options, name)
    return default if answer is None else YES_OR_NO[checks.known(f"choice for --{name}", answer, YES_OR_NO)]
