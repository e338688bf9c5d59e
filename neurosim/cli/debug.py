"""The command that steps through a computation: debug."""

from __future__ import annotations

import sys

from neurosim.cli.data import CHOICE, READING, add_choice, add_reading, is_data_file
from neurosim.cli.new_network import EPOCHS, NETWORK, add_network, check_not_given, training_of
from neurosim.cli.options import add_command, tell_notes, yes_or_no
from neurosim.cli.problem import add_computation, add_shuffle, epochs, open_problem_to_trace, problem_to_trace
from neurosim.cli.source import OF_TYPED, is_typed
from neurosim.cli.training_again import training_again
from neurosim.cli.values import whole_number

CHANGES = (  # which a training that is gone through again has of its own
    "inputs", "targets", "learning_rate", "momentum", "optimizer", "order", "loss", "batch_size", "reduction", "epochs",
    "shuffle",
)
LANDMARKS = ("epoch", "update", "example")  # in the order in which they are gone to


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "debug", run_debug, "step through passes and updates, forward and back",
                         'neurosim debug mazur --command "goto delta[h1]"',
                         "a data file to train on, a saved network, a problem file, - or a built-in example")
    parser.add_argument("data", nargs="?", metavar="DATA", help="the data file that the network learned from")
    for name in LANDMARKS:
        alone = "; with DATA and no --epoch, its pass as the weights stand" if name == "example" else ""
        parser.add_argument(f"--{name}", type=whole_number, metavar="N", help=f"begin at this {name}{alone}")
    parser.add_argument("--command", action="append", metavar="COMMAND", dest="commands",
                        help="run it in place of what is typed; may be given several times")
    add_computation(parser, has_seed=False)
    add_shuffle(parser, "yes for data files, else no")
    add_choice(parser, has_inputs=False)
    add_network(parser)
    add_reading(parser)


def run_debug(options):
    """neurosim debug SOURCE [DATA]"""
    from neurosim.debugger.debug import debug

    problem, length, shuffle = _course(options)
    has_targets = None not in problem.targets
    options.signals.shared = options.commands is None and sys.stdin.isatty()  # Ctrl-C gives a person a fresh prompt
    given = {name: getattr(options, name) for name in LANDMARKS if getattr(options, name) is not None}
    tell_notes(options)
    debug(
        problem.network, problem.inputs, problem.targets if has_targets else None,
        problem.optimizer if has_targets else None, problem.batch_size, problem.reduction, length, options.commands,
        problem.title, shuffle, " ".join(f"{name} {number}" for name, number in given.items()), problem.numbers,
    )


def _course(options):
    """The problem to go through, for how many epochs, and whether shuffled."""
    if options.data is not None or is_data_file(options.source):
        check_not_given(options, (*OF_TYPED, "targets", "save"), "does not go with a data file")
    if options.data is None and is_data_file(options.source):
        options.columns, options.inputs = options.inputs, None
        _, problem, (problem.inputs, problem.targets), _ = training_of(options)
        return problem, EPOCHS if options.epochs is None else options.epochs, yes_or_no(options, "shuffle", True)
    if options.data is None:
        of_files = [name for name in (*CHOICE, *NETWORK, *READING) if name != "seed" or not is_typed(options)]
        check_not_given(options, of_files)
        return open_problem_to_trace(options), epochs(options), yes_or_no(options, "shuffle", False)
    check_not_given(options, (*CHOICE, *NETWORK, *CHANGES), "cannot change the training that {} holds")
    if options.example is not None and options.epoch is options.update is None:
        problem, options.example = problem_to_trace(options, None), None  # which is all that there is
        return problem, 1, False
    return training_again(options)
