"""The command that steps through a computation: debug."""

from __future__ import annotations

from neurosim.cli.options import add_command, whole_number, whole_number_or_all
from neurosim.cli.problem import add_examples, add_settings, open_problem_to_trace
from neurosim.support.checks import count


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "debug", run_debug, "step through passes and updates, forward and back",
                         'neurosim debug mazur --command "goto delta[h1]"')
    parser.add_argument("--command", action="append", metavar="COMMAND", dest="commands",
                        help="run it in place of what is typed; may be given several times")
    parser.add_argument("--epochs", type=whole_number, default=1, metavar="N", help="passes over all examples (1)")
    add_examples(parser)
    add_settings(parser)
    parser.add_argument("--batch-size", type=whole_number_or_all, metavar="N", help="examples to an update, or all")
    parser.add_argument("--reduction", metavar="NAME", help="of the gradients of a batch: mean or sum")


def run_debug(options):
    """neurosim debug SOURCE"""
    problem = open_problem_to_trace(options)
    has_targets = None not in problem.targets
    problem.network.debug(
        problem.inputs, problem.targets if has_targets else None,
        problem.optimizer if has_targets else None, problem.batch_size, problem.reduction,
        count(options.epochs, "epochs"), options.commands, problem.title,
    )
