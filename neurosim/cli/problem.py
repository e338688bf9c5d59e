"""The problem that a command works on: that of SOURCE, with what the options put in place of its own."""

from __future__ import annotations

from argparse import ArgumentTypeError

from neurosim.cli.data import check_no_reading, choose_example, option_of, take_data
from neurosim.cli.parser import group
from neurosim.cli.source import OF_TYPED, add_typed, open_source
from neurosim.cli.values import cells, examples, gradients, rate, setting, whole_number, whole_number_or_all
from neurosim.core.description import with_rate
from neurosim.core.losses import LOSSES
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.targets import FLAT, in_rows
from neurosim.problems import catalogue
from neurosim.problems.shorthand import loss_meant
from neurosim.support import checks
from neurosim.support.errors import InputError, shown, shown_path
from neurosim.trace.rounding import Digits, Places

MOST_TRACED = 20  # examples of a data file together
# What an optimizer's settings are called as options.
OPTIMIZER_SETTINGS = {"name": "optimizer", "learning_rate": "learning_rate", "momentum": "momentum", "order": "order"}
# What options say that a saved problem then has.
SAVED = ("inputs", "targets", *OPTIMIZER_SETTINGS.values(), "loss", "batch_size", "reduction", *OF_TYPED, "seed")


def add_examples(parser, has_seed=True):
    """The options that replace a problem's examples, and those of a network that is typed."""
    options = group(parser, "the computation")
    options.add_argument("--inputs", metavar="A,B[;A,B]", help="in place of the file's examples")
    options.add_argument("--targets", type=examples, metavar="A,B[;A,B]", help="what the outputs should be")
    add_typed(parser, has_seed)


def add_settings(parser):
    """The options that replace a problem's optimizer and loss."""
    options = group(parser, "the computation")
    options.add_argument("--learning-rate", type=rate, metavar="ETA", help="in place of the file's")
    options.add_argument("--momentum", type=rate, metavar="M", help="of the optimizer momentum or nesterov (0.9)")
    options.add_argument("--optimizer", metavar="NAME", help=f"in place of the file's: {', '.join(OPTIMIZERS)}")
    options.add_argument("--order", metavar="ORDER", help="of updates: simultaneous or sequential")
    options.add_argument("--loss", metavar="NAME", help="in place of the file's, such as squared_error")


def add_computation(parser, has_epochs=True, has_seed=True):
    """The options of a computation: its examples, settings, batches and, where it has an end, its length."""
    options = group(parser, "the computation")
    add_examples(parser, has_seed)
    add_settings(parser)
    options.add_argument("--batch-size", type=whole_number_or_all, metavar="N", help="examples to an update, or all")
    options.add_argument("--reduction", metavar="NAME", help="of the gradients of a batch: mean or sum")
    if has_epochs:
        options.add_argument("--epochs", type=whole_number, metavar="N", help="passes over all examples (1)")


def add_shuffle(parser, default):
    """The option that says in which order the examples of an epoch go through."""
    options = group(parser, "the computation")
    options.add_argument("--shuffle", metavar="YES", help=f"a new order of the examples every epoch: yes or no ({default})")


def epochs(options):
    """How many epochs were asked for."""
    return 1 if options.epochs is None else options.epochs


def add_backward_from(parser):
    """The option that gives the error at the outputs, in place of targets."""
    options = group(parser, "the computation")
    options.add_argument("--backward-from", type=gradients, metavar="UNIT[=DE/DA]",
                         help="in place of targets: dE/da of outputs, 1 if no number is given, and 0 of all others")


def output_gradients(options, problem):
    """dE/da of each output, as they were given; None without them."""
    if options.backward_from is None:
        return None
    for name in ("targets", "loss"):
        if getattr(options, name) is not None:
            raise InputError(f"--{name} does not go with --backward-from, which says itself what goes back")
    outputs, given = problem.network.layer_names[-1], {}
    for name, number in options.backward_from:
        if checks.known("output", name, outputs) in given:
            raise InputError(f"--backward-from: {name} stands there twice")
        given[name] = checks.number(number, f"--backward-from {name}")
    return [given.get(name, 0) for name in outputs]


def add_set(parser):
    """The option that puts numbers in place of those that come out."""
    options = group(parser, "what if")
    options.add_argument("--set", action="append", type=setting, default=[], metavar="ADDRESS=NUMBER", dest="values",
                         help="as if it had come out so; may be given several times")


def add_swaps(parser):
    """The options that work a trace out again with something swapped."""
    options = group(parser, "what if")
    add_set(parser)
    options.add_argument("--places", type=whole_number, metavar="N", help="round every number to N places on the way")
    options.add_argument("--digits", type=whole_number, metavar="N", help="or to N significant digits")


def swapped(trace, options):
    """The trace with the swaps of `add_swaps`."""
    if options.places is not None and options.digits is not None:
        raise InputError("--places and --digits exclude each other")
    rounding = Places(options.places) if options.places is not None else None
    rounding = Digits(options.digits) if options.digits is not None else rounding
    values = dict(options.values)
    return trace.replay(values, rounding=rounding) if values or rounding else trace


def open_problem(options, problem=None):
    """The problem of SOURCE (or this one) with the examples of `add_examples`, or those of a DATA file, and the settings."""
    problem = _with_examples(options, problem or open_source(options))
    change_settings(problem, options)
    save_if_asked(problem, options)
    return problem


def _with_examples(options, problem):
    if "data" in options and take_data(problem, options) is not None:
        return problem
    if options.inputs is not None:
        problem.inputs = _given_inputs(problem, options)
        problem.targets = [None] * len(problem.inputs)
    if options.targets is not None:
        problem.targets = _given_targets(problem, options)
        if problem.preparation is not None:
            problem.targets = problem.preparation.scale_targets(problem.targets)
    if len(problem.targets) != len(problem.inputs):
        raise InputError(f"--targets: expected {len(problem.inputs)} examples, got {len(problem.targets)}")
    if not problem.inputs:
        name_one = "name a data file after it, or " if problem.preparation is not None and "data" in options else ""
        raise InputError(f"{shown_path(options.source)} has no examples; {name_one}give some with --inputs and --targets")
    network = problem.network
    for inputs, targets in zip(problem.inputs, problem.targets):
        checks.example(inputs, "inputs", "a", network.input_names)
        if targets is not None:
            checks.example(targets, "targets", "t", network.layer_names[-1])
    return problem


def _given_inputs(problem, options):
    """The inputs that were given, as the network takes them: one for each, or the cells of its data file's columns."""
    preparation = problem.preparation
    if preparation is not None and not all(kind.is_scaled for kind in preparation.kinds):
        rows = cells(options.inputs)
        if any(len(row) != preparation.inputs or any(isinstance(cell, str) for cell in row) for row in rows):
            return preparation.encode(rows)
    try:
        rows = examples(options.inputs)
    except ArgumentTypeError as error:
        raise InputError(f"argument --inputs: {error} (see neurosim {options.command} --help)") from None
    if preparation is None:
        return rows
    return preparation.scale([checks.example(row, "inputs", "a", problem.network.input_names) for row in rows])


def _given_targets(problem, options):
    """The targets that were given; those of several examples may stand flat, and classes by their numbers."""
    rows, layer = options.targets, problem.network.layers[-1]
    flat, count = [number for row in rows for number in row], len(problem.inputs)
    is_flat = len(rows) != count if layer.size == 1 else layer.activation.coupled
    if not is_flat or len(flat) != count or len(rows) not in (1, count):
        return rows
    rows, meaning = in_rows(flat, problem.network, "--targets")
    if meaning != FLAT:
        options.notes.append(f"--targets: read as {meaning}")
    return rows


def save_if_asked(problem, options):
    """Write the problem to the file of --save, which is what the commands that lead on are then about."""
    path = getattr(options, "save", None)
    if path is None:
        return
    if getattr(options, "backward_from", None) is not None:
        raise InputError("--save does not go with --backward-from, which a file cannot hold")
    problem.save(path)
    options.source = path
    for name in SAVED:
        if hasattr(options, name):
            setattr(options, name, None)


def open_problem_to_trace(options, problem=None):
    """The same; a trained one stands where its next update would come."""
    problem = open_problem(options, problem)
    if problem.training is not None and problem.optimizer is not None and getattr(options, "optimizer", None) is None:
        from neurosim.training.checkpoint import resume

        resume(problem.training, problem.network, problem.optimizer)
    return problem


def problem_to_trace(options, problem):
    """The same with only the example that was chosen; of a data file that has more than a few, one must be."""
    problem = open_problem_to_trace(options, problem)
    choose_example(problem, options)
    if options.data is not None and len(problem.inputs) > MOST_TRACED:
        raise InputError(f"{shown_path(options.data)} has {len(problem.inputs)} examples; choose one with --example N; "
                         "neurosim predict SOURCE DATA --wrong lists those that come out wrong")
    return problem


def trace_as_it_is(trace, options):
    """A whole trace that SOURCE holds, of which no example can be chosen any more."""
    changed = [name for name in (*SAVED, "epochs", "shuffle", "backward_from") if getattr(options, name, None) is not None]
    if changed:
        raise InputError(f"{option_of(changed[0])} cannot change what is already a trace; --set swaps a number in it")
    if options.data is not None or options.example is not None:
        what = "--example" if options.data is None else shown_path(options.data)
        raise InputError(f"{what} does not go with what is already a trace; @N says which of its passes")
    check_no_reading(options, "SOURCE is a trace")
    return catalogue.whole(trace, options.source)


def goes_through(problem):
    """Whether the problem has examples, and the first of them goes forward and, with targets, back."""
    network = problem.network.copy()
    try:
        for inputs, targets in list(zip(problem.inputs, problem.targets))[:1]:
            network.forward(inputs)
            if None not in problem.targets:
                network.backward(targets)
    except InputError:
        return False
    return bool(problem.inputs)


def change_settings(problem, options):
    """Put the loss, optimizer, batch size and reduction that were given in place of the problem's own.

    An optimizer of another name starts from its own settings.
    """
    given = {option: value for option, value in vars(options).items() if value is not None}
    if "loss" in given:
        activation = problem.network.layers[-1].activation.name
        full = loss_meant(given["loss"], activation)
        if full != given["loss"]:
            options.notes.append(f"--loss: {shown(given['loss'])} is read as {full}, since the outputs are {activation}")
        problem.network.loss = LOSSES.make(full)
    asked = {setting: given[option] for setting, option in OPTIMIZER_SETTINGS.items() if option in given}
    if asked:
        if None in problem.targets:
            raise InputError(f"an update needs targets; give some with --targets, or leave out {', '.join(asked)}")
        own = with_rate(problem.optimizer or OPTIMIZERS.make("sgd"))
        if "momentum" in asked and own["name"] == "sgd":
            own["name"] = "momentum"
        kept = own if asked.get("name", own["name"]) == own["name"] else {}
        problem.optimizer = OPTIMIZERS.make({**kept, **asked})
    if "batch_size" in given:
        problem.batch_size = given["batch_size"]
    if "reduction" in given:
        problem.reduction = checks.reduction(given["reduction"])
