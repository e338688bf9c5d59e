"""The command that examines a network: health."""

from __future__ import annotations

from neurosim.cli.data import add_reading, dropped_note
from neurosim.cli.learn import examples_to_measure
from neurosim.cli.options import DOES_NOT_HOLD, add_command, add_output, next_step, write_output
from neurosim.cli.problem import goes_through
from neurosim.problems import catalogue
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
    problem = catalogue.open_source(options.source)
    read, inputs, targets = examples_to_measure(problem, options)
    if not inputs:
        raise InputError(f"{shown_path(options.source)} has no examples; name a data file to examine the network on")
    targets = None if targets is None or None in targets else targets
    optimizer = None if targets is None else problem.optimizer
    if optimizer is not None and problem.training is not None:
        from neurosim.training.checkpoint import resume

        resume(problem.training, problem.network, optimizer)  # the updates that would come next
    found = problem.network.health(inputs, targets, optimizer, problem.batch_size, problem.reduction)
    units = [name for names in problem.network.layer_names for name in names]
    places = [place for finding in found.findings for place in finding.place.split(", ") if place in units]
    number = "@1" * (len(inputs) > 1)
    then = next_step(options, "explain", options.source, f"{places[0]}{number}") if places and goes_through(problem) else ""
    write_output(found.text(options.format, options.decimals, options.width) + dropped_note(read, options) + then, options)
    return DOES_NOT_HOLD if found.alarms else 0
