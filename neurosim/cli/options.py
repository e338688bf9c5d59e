"""What the commands' options share: the parser, the types of values, and where the output goes."""

from __future__ import annotations

import argparse
import math
import re
import shlex
import sys
from collections import deque
from contextlib import suppress
from itertools import combinations

from neurosim.support import checks
from neurosim.support.errors import InputError, did_you_mean, near, shorten, shown, shown_path
from neurosim.support.files import check_writable, is_same_file, write_atomically
from neurosim.support.page import visible
from neurosim.support.tables import check_format
from neurosim.support.terminal import show

# These take numbers, whose minus sign must not be taken for the start of another option.
NUMBER_OPTIONS = ("--inputs", "--targets", "--learning-rate", "--decimals", "--terms", "--pass", "--places", "--digits",
                  "--seed", "--epochs", "--example", "--weights", "--biases", "--momentum")

SHORT_OPTIONS = {"--eta": "--learning-rate", "--lr": "--learning-rate"}

# These change the numbers of SOURCE itself, and not every command takes them.
CHANGES = ("inputs", "targets", "learning_rate", "momentum", "optimizer", "order", "loss", "batch_size", "reduction",
           "epochs", "shuffle", "values", "places", "digits", "activations", "weights", "biases", "backward_from")

READ = ("source", "other", "data", "answers", "printed", "also")
WRITTEN = {"output": "-o", "save": "--save", "history": "--history"}

YES_OR_NO = {"yes": True, "no": False}
MOST_DIGITS = 20  # of a whole number
LONGEST_NOTE = 1000  # characters, as of an error
LONGEST_MESSAGE = 200  # characters of what argparse says
DOES_NOT_HOLD = 1  # exit status: the thing checked does not hold, or there is an alarm


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, and whose help ends with an example that works as it stands."""

    def __init__(self, example, **settings):
        super().__init__(allow_abbrev=False, **settings)
        self.example = example

    def format_help(self):
        formatter = self._get_formatter()
        formatter.add_text(self.description)
        for title, description, actions in self._sections():
            formatter.start_section(title)
            formatter.add_text(description)
            formatter.add_arguments(actions)
            formatter.end_section()
        formatter.add_text(self.epilog)
        example = f"example: {self.example}\n"  # in one line, however narrow the terminal is
        return f"{self._usage()}\n{formatter.format_help()}\n{example}"

    def _usage(self):
        """The arguments alone, since the options stand below with what they do."""
        formatter = self._get_formatter()
        formatter.add_usage(None, self._get_positional_actions(), [])
        return formatter.format_help().replace(self.prog, f"{self.prog} [OPTIONS]", 1)

    def _sections(self):
        """(title, description, actions) of each part of the help."""
        return [(one.title, one.description, one._group_actions) for one in self._action_groups]

    def print_help(self, file=None):
        """Unlike argparse's own, this doesn't hide that the disk is full."""
        (file or sys.stdout).write(self.format_help())

    def exit(self, status=0, message=None):
        sys.stdout.flush()
        super().exit(status, message)

    def _get_values(self, action, arg_strings):
        """Before Python 3.13 argparse took away the value of `--option=--`, and gave an empty list in its place."""
        if action.option_strings and arg_strings == ["--"]:
            return self._get_value(action, "--")
        return super()._get_values(action, arg_strings)

    def parse_known_args(self, args=None, namespace=None):
        return super().parse_known_args(args if self._subparsers else self._options_first(args), namespace)

    def _options_first(self, words):
        """The options before all arguments, which argparse would take only where they stand side by side."""
        options, arguments, rest = [], [], deque(words)
        while rest:
            word = rest.popleft()
            if word == "--":
                return [*options, *arguments, word, *rest]
            is_option = word.startswith("-") and word != "-"
            (options if is_option else arguments).append(word)
            action = self._option_string_actions.get(word) if is_option else None
            if action and action.nargs == "?" and (not rest or rest[0].startswith("--")):
                options[-1] += "="  # no value, so that it takes no argument for one
            elif action and action.nargs != 0 and rest:
                options.append(rest.popleft())
        return options + arguments

    def refuse(self, unknown):
        """Raise InputError for words that are left over, with the option that the first may have been meant to be."""
        close = near(unknown[0].partition("=")[0], self._option_string_actions, 1)
        self.error(f"unrecognized arguments: {' '.join(unknown)}{did_you_mean(close) if close else ''}")

    def error(self, message):
        raise InputError(f"{shown(message, LONGEST_MESSAGE)} (see {self.prog} --help)")


def in_full(arguments):
    """(the arguments with their options in full, a note for each that was short)"""
    notes, full = [], []
    for argument in arguments:
        option, sign, value = argument.partition("=")
        full.append(SHORT_OPTIONS.get(option, option) + sign + value)
        if option in SHORT_OPTIONS:
            notes.append(f"{option} is read as {SHORT_OPTIONS[option]}")
    return full, notes


def tell_notes(options):
    """Write the notes to standard error, a line each, beside what the command prints; a command that is refused has none."""
    for note in options.notes:
        sys.stderr.write(f"neurosim: {shown(note, LONGEST_NOTE)}\n")
    options.notes = []


def join_negative_values(arguments):
    """`--inputs -1,2` as `--inputs=-1,2`, which argparse understands."""
    joined = []
    for argument in arguments:
        if joined and joined[-1] in NUMBER_OPTIONS and re.match(r"-\.?\d", argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def add_command(
    commands, name, run, help, example, source="a problem file, - or a built-in example", metavar="SOURCE"
):
    """The parser of a command that begins with the argument SOURCE."""
    parser = commands.add_parser(name, help=help, description=described(help), example=example)
    parser.add_argument("source", metavar=metavar, help=source)
    parser.set_defaults(run=run)
    return parser


def described(help):
    """What a command's own help begins with, from its line in the help of all."""
    return f"{help[0].upper()}{help[1:]}."


def group(parser, title):
    """The group of options under this title in the command's help, made when it is first asked for."""
    found = [one for one in parser._action_groups if one.title == title]
    return found[0] if found else parser.add_argument_group(title)


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


def examples(text):
    """One example, `0.05,0.1`, or several, `0,1;1,1`, as a list of lists of floats.

    A space does for a comma, and so do the lists of Python and JSON: `[0, 1]`, `[[0, 1], [1, 1]]`.
    """
    message = f"expected numbers with commas between them, got {shorten(text)}"
    lists = re.fullmatch(r"\s*\[\s*(.*?)\s*\]\s*", text, re.DOTALL)
    if lists:
        text = re.sub(r"\]\s*,\s*\[", ";", lists[1].strip("[]"))
    return [[_float(cell, message) for cell in re.split(r"\s*,\s*|\s+", row.strip())] for row in text.split(";")]


def cells(text):
    """The same for a network that learned from a data file, where a cell may be a text: `red,yes,4`."""
    return [[_number_or_text(cell.strip()) for cell in row.split(",")] for row in text.split(";")]


def _number_or_text(text):
    try:
        return float(text)
    except ValueError:
        return text


def names(text):
    """`h1,o2` as a list."""
    return [name.strip() for name in text.split(",")]


def yes_or_no(options, name, default=None):
    """An option that takes yes or no, as a bool."""
    answer = getattr(options, name)
    return default if answer is None else YES_OR_NO[checks.known(f"choice for --{name}", answer, YES_OR_NO)]


def whole_number(text, other=""):
    """`12` as an int."""
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        least = " of 0 or more" if re.fullmatch(r"-\d+", text) else ""
        raise argparse.ArgumentTypeError(f"expected a whole number{least}{other}, got {shorten(text)}")
    return int(text)


def whole_number_or_all(text):
    """`12` as an int, or `all`."""
    return text if text == "all" else whole_number(text, " or all")


def setting(text):
    """`z[h1]=0.38` as a pair of an address and a float."""
    address, number = typed_setting(text)
    return address, _float(number, f"expected a number behind the =, got {shorten(number)}")


def typed_setting(text):
    """`z[h1]=0.380` as a pair of an address and the number as it was typed."""
    address, sign, number = text.rpartition("=")
    if not sign or not address:
        raise argparse.ArgumentTypeError(f"expected an address and a number, such as z[h1]=0.38, got {shorten(text)}")
    return address.strip(), number.strip()


def gradients(text):
    """`o1,o2=-0.5` as pairs of a name and a float, which is 1 where none was given."""
    pairs = [name.partition("=") for name in names(text)]
    return [
        (name.strip(), _float(number, f"expected a number behind the =, got {shorten(number)}") if sign else 1)
        for name, sign, number in pairs
    ]


def seconds(text):
    """`5` as a float of 0 or more."""
    number = _float(text, f"expected seconds, got {shorten(text)}")
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"expected seconds, 0 or more, got {shorten(text)}")
    return number


def table_format(text):
    """The name of a format that tables can be drawn in."""
    try:
        check_format(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def rate(text):
    """`0.5` as a float."""
    return _float(text, f"expected a number, got {shorten(text)}")


def _float(text, message):
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(message) from None
