"""The command page: a trace as one HTML file, in which it is walked, changed and practised."""

from __future__ import annotations

import sys

from neurosim.cli.data import add_data, add_reading
from neurosim.cli.look import trace_of
from neurosim.cli.options import add_command, add_destination, write_output
from neurosim.cli.problem import add_backward_from, add_computation, add_shuffle, add_swaps, swapped
from neurosim.cli.values import names
from neurosim.support.errors import InputError


def add_commands(commands):
    """Add this group's command to the parser's."""
    parser = add_command(commands, "page", run_page, "one HTML file in which a pass is walked, changed and practised",
                         "neurosim page mazur -o walk.html")
    parser.add_argument("--hide", type=names, metavar="KIND[,KIND]", help="numbers to be worked out, such as z,a,delta")
    add_data(parser)
    add_computation(parser)
    add_backward_from(parser)
    add_shuffle(parser, "no")
    add_swaps(parser)
    add_reading(parser)
    add_destination(parser)
    parser.set_defaults(phase=None)


def run_page(options):
    """neurosim page SOURCE -o FILE"""
    write_page(swapped(trace_of(options), options).page(options.hide), options)


def write_page(page, options):
    """Write a page to its file; to a terminal it would only be noise."""
    if options.output is None and sys.stdout.isatty():
        raise InputError("a page is for a browser: -o walk.html writes it to a file")
    write_output(page, options)
