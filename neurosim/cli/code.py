"""The command code: the network as a script for another framework."""

from __future__ import annotations

from neurosim.cli.data import add_data, add_reading, choose_example
from neurosim.cli.options import add_command, add_destination, write_output
from neurosim.cli.problem import add_computation, open_problem


def add_commands(commands):
    """Add this group's command to the parser's."""
    parser = add_command(commands, "code", run_code, "the network and a training step as a script for another framework",
                         "neurosim code mazur --for torch")
    parser.add_argument("--for", dest="framework", default="numpy", metavar="NAME", help="numpy, torch or keras (numpy)")
    add_data(parser)
    add_computation(parser, has_epochs=False)
    add_reading(parser)
    add_destination(parser)


def run_code(options):
    """neurosim code SOURCE --for FRAMEWORK"""
    from neurosim.frameworks.code import network_code  # only here: no other command needs it

    problem = open_problem(options)
    choose_example(problem, options)
    write_output(network_code(problem, options.framework), options)
