"""The command that steps through a computation: debug."""

from __future__ import annotations

import sys

from neurosim.cli.options import add_command
from neurosim.cli.problem import add_computation, epochs, open_problem_to_trace


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "debug", run_debug, "step through passes and updates, forward and back",
                         'neurosim debug mazur --command "goto delta[h1]"')
    parser.add_argument("--command", action="append", metavar="COMMAND", dest="commands",
                        help="run it in place of what is typed; may be given several times")
    add_computation(parser)


def run_debug(options):
    """neurosim debug SOURCE"""
    problem = open_problem_to_trace(options)
    has_targets = None not in problem.targets
    options.signals.shared = options.commands is None and sys.stdin.isatty()  # Ctrl-C gives a person a fresh prompt
    problem.network.debug(
        problem.inputs, problem.targets if has_targets else None,
        problem.optimizer if has_targets else None, problem.batch_size, problem.reduction,
        epochs(options), options.commands, problem.title,
    )
