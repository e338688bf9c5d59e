"""The command that checks the gradients of a network: check."""

from __future__ import annotations

from neurosim.cli.options import DOES_NOT_HOLD, add_command, add_output, next_step, write_output
from neurosim.cli.problem import add_examples, open_problem
from neurosim.core.address import split_address
from neurosim.gradients.methods import METHODS
from neurosim.support.checks import REDUCTIONS
from neurosim.support.errors import InputError


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "check", run_check,
                         "every gradient beside one that is found without backpropagation",
                         "neurosim check mazur --loss squared_error")
    parser.add_argument("--method", default="dual", metavar="NAME", help=f"{', '.join(METHODS)} (dual)")
    add_examples(parser)
    parser.add_argument("--loss", metavar="NAME", help="in place of the file's, such as squared_error")
    parser.add_argument("--reduction", metavar="NAME", help=f"of several examples: {' or '.join(REDUCTIONS)}")
    add_output(parser)


def run_check(options):
    """neurosim check SOURCE"""
    problem = open_problem(options)
    network, inputs, targets = problem.network, problem.inputs, problem.targets
    if None in targets:
        raise InputError("gradients need targets; give some with --targets")
    if len(inputs) == 1:
        inputs, targets = inputs[0], targets[0]
    check = network.check_gradients(inputs, targets, options.method, problem.reduction)
    text = check.text(options.format, options.decimals, options.width, None)
    worst = None if check else _worst(check, problem)
    write_output(text + (next_step(options, "explain", options.source, worst) if worst else ""), options)
    return 0 if check else DOES_NOT_HOLD


def _worst(check, problem):
    """The address of the gradient that differs most in the problem's trace, which may have only that of a batch."""
    try:
        gradients = [step.address for step in problem.trace() if step.phase == "gradient"]
    except InputError:
        return None
    places = [split_address(row.address)[1] for row in check.with_verdict("differs")]  # the worst first
    return next((one for one in gradients if places and split_address(one)[1] == places[0]), None)
