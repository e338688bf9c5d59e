"""The command that examines a network: health."""

from __future__ import annotations

import re

from neurosim.cli.data import add_reading, dropped_note, numbers_of, same_examples, take_data
from neurosim.cli.options import DOES_NOT_HOLD, add_command, add_output, next_step, write_output
from neurosim.cli.problem import goes_through
from neurosim.cli.source import open_source
from neurosim.support.errors import InputError, shown_path


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "health", run_health,
                         "what is wrong with units and layers; status 1 if there is an alarm",
                         "neurosim health trask-11-lines")
    parser.add_argument("data", nargs="?", metavar="DATA", help="a data file, for a network that was trained on one")
    add_reading(parser)
    add_output(parser)


def run_health(options):
    """neurosim health SOURCE [DATA]"""
    problem = open_source(options)
    read = take_data(problem, options, needs_target=True)
    if not problem.inputs:
        raise InputError(f"{shown_path(options.source)} has no examples; name a data file to examine the network on")
    targets = None if None in problem.targets else problem.targets
    optimizer = None if targets is None else problem.optimizer
    if optimizer is not None and problem.training is not None:
        from neurosim.training.checkpoint import resume

        resume(problem.training, problem.network, optimizer)  # the updates that would come next
    found = problem.network.health(problem.inputs, targets, optimizer, problem.batch_size, problem.reduction)
    found = found.renumbered(problem.numbers)
    then = _explain_next(problem, found, options) if goes_through(problem) else ""
    text = found.text(options.format, options.decimals, options.width, None)
    write_output(text + dropped_note(read, options) + then, options)
    return DOES_NOT_HOLD if found.alarms else 0


def _explain_next(problem, found, options):
    """The command that explains the first number that is not well, in the first of the examples that it is about."""
    asked = [(address, finding) for finding in found.findings for address in _addresses(problem.network, finding.place)]
    if not asked:
        return ""
    address, finding = asked[0]
    example = [*finding.examples, *numbers_of(problem)][0]
    words = same_examples(options, address, example=example if len(problem.inputs) > 1 else None)
    return next_step(options, "explain", *words)


def _addresses(network, place):
    """The address that a finding's place stands for, if it is a unit, a layer or a number of either."""
    units = [name for names in network.layer_names for name in names]
    layer = re.match(r"layer (\d+) ", place)
    names = [network.layer_names[int(layer[1]) - 1][0]] if layer else place.split(", ")
    names = [re.sub(r"^t\[(.*)\]$", r"\1", name) for name in names]  # of a target, what its output makes of it
    return [name for name in names if re.sub(r"^[^\[]+\[(.*)\]$", r"\1", name) in units]
