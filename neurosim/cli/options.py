"""What the commands' options share: the parser, the types of values, and where the output goes."""

from __future__ import annotations

import argparse
import re
import sys

from neurosim.support.errors import InputError, shorten, shown
from neurosim.support.files import write_atomically
from neurosim.support.page import visible
from neurosim.support.terminal import show

# These take numbers, whose minus sign must not be taken for the start of another option.
NUMBER_OPTIONS = ("--inputs", "--targets", "--learning-rate", "--decimals", "--terms", "--pass", "--places", "--digits",
                  "--seed", "--epochs")

MOST_DIGITS = 20
LONGEST_MESSAGE = 200  # characters of what argparse says
DOES_NOT_HOLD = 1  # exit status: the thing checked does not hold, or there is an alarm


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def __init__(self, **settings):
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message):
        raise InputError(f"{shown(message, LONGEST_MESSAGE)} (see {self.prog} --help)")


def join_negative_values(arguments):
    """`--inputs -1,2` as `--inputs=-1,2`, which argparse understands."""
    joined = []
    for argument in arguments:
        if joined and joined[-1] in NUMBER_OPTIONS and re.match(r"-\.?\d", argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def add_command(commands, name, run, help, source="a problem file, - or a built-in example", metavar="SOURCE"):
    """The parser of a command that begins with the argument SOURCE."""
    parser = commands.add_parser(name, help=help)
    parser.add_argument("source", metavar=metavar, help=source)
    parser.set_defaults(run=run)
    return parser


def add_output(parser, decimals=True):
    """The options of every command that draws a table."""
    parser.add_argument("--format", default="simple", help="a format of tabulate (simple, github, html, ...) or json")
    if decimals:
        parser.add_argument("--decimals", type=whole_number_or_all, metavar="N", help="of every number, or all its digits")
    add_destination(parser)


def add_destination(parser):
    """The options that say where the output goes."""
    parser.add_argument("-o", dest="output", metavar="FILE", help="write to a file instead")
    parser.add_argument("--no-pager", action="store_true", help="print what is long straight away, even if PAGER is set")


def write_output(text, options):
    """Print the text, or write it to the file that was asked for; nothing in it can steer a terminal."""
    text = visible(text, kept="\n\t" if getattr(options, "format", None) == "tsv" else "\n")
    if options.output is not None:
        write_atomically(options.output, text + "\n")
    else:
        show(text + "\n", sys.stdout, not options.no_pager)


def examples(text):
    """One example, `0.05,0.1`, or several, `0,1;1,1`, as a list of lists of floats."""
    message = f"expected numbers with commas between them, got {shorten(text)}"
    return [[_float(cell, message) for cell in row.split(",")] for row in text.split(";")]


def names(text):
    """`h1,o2` as a list."""
    return [name.strip() for name in text.split(",")]


def whole_number(text):
    """`12` as an int."""
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"expected a whole number, got {shorten(text)}")
    return int(text)


def whole_number_or_all(text):
    """`12` as an int, or `all`."""
    return text if text == "all" else whole_number(text)


def setting(text):
    """`z[h1]=0.38` as a pair of an address and a float."""
    address, sign, number = text.rpartition("=")
    if not sign or not address:
        raise argparse.ArgumentTypeError(f"expected an address and a number, such as z[h1]=0.38, got {shorten(text)}")
    return address.strip(), _float(number, f"expected a number behind the =, got {shorten(number)}")


def rate(text):
    """`0.5` as a float."""
    return _float(text, f"expected a number, got {shorten(text)}")


def _float(text, message):
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(message) from None
