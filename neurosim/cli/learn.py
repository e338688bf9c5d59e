"""The commands that train a network and measure it: train and evaluate."""

from __future__ import annotations

from signal import SIGINT

from neurosim.cli.data import CHOICE, add_choice, add_reading, check_no_reading, dropped_note, open_prepared, typed
from neurosim.cli.long_run import LongRun
from neurosim.cli.measures import is_classification, measured, metrics_for, unit_note
from neurosim.cli.new_network import EPOCHS, NETWORK, add_network, training_of
from neurosim.cli.options import add_command, add_output, check_kept, next_step, write_output, yes_or_no
from neurosim.cli.problem import add_shuffle
from neurosim.cli.source import open_source
from neurosim.cli.values import names, rate, seconds, whole_number, whole_number_or_all
from neurosim.core.description import with_rate
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.problems import problem_file
from neurosim.support import checks
from neurosim.support.errors import InputError, shown_path
from neurosim.support.files import write_atomically
from neurosim.support.tables import paragraph, table


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "train", run_train, "train a network on a data file, or on a problem file's examples",
                         "neurosim train trask-11-lines --epochs 500",
                         "a data file, a problem file, - or a built-in example")
    add_choice(parser)
    add_network(parser)
    parser.add_argument("--loss", metavar="NAME", help="by default what suits the target, or the file's")
    parser.add_argument("--optimizer", metavar="NAME", help=f"{', '.join(OPTIMIZERS)}; by default sgd, or the file's")
    parser.add_argument("--learning-rate", type=rate, metavar="ETA",
                        help="by default the optimizer's own; for a quantity of a data file 0.01 or less")
    parser.add_argument("--momentum", type=rate, metavar="M", help="of the optimizer momentum or nesterov (0.9)")
    parser.add_argument("--epochs", type=whole_number, metavar="N", help=f"at most so many ({EPOCHS})")
    parser.add_argument("--batch-size", type=whole_number_or_all, metavar="N", help="examples to an update, or all (1)")
    add_shuffle(parser, "yes")
    parser.add_argument("--stop-loss", type=rate, metavar="X", help="end when the loss is below")
    parser.add_argument("--stop-error-rate", type=rate, metavar="X", help="end when the error rate is below")
    parser.add_argument("--stop-change", type=rate, metavar="X", help="end when no weight changes by as much")
    parser.add_argument("--patience", type=whole_number, metavar="N", help="end when the loss has not fallen for so long")
    parser.add_argument("--restarts", type=whole_number, default=0, metavar="N", help="new weights if a goal is not met")
    parser.add_argument("--save", metavar="FILE", help="write the network here, while it trains and at the end")
    parser.add_argument("--save-every", type=seconds, default=5.0, metavar="SECONDS", help="how often, while it trains (5)")
    parser.add_argument("--resume", action="store_true", help="go on from --save FILE, if it is there")
    parser.add_argument("--record", type=names, default=(), metavar="UNIT[,UNIT]", help="tell their life at the end")
    parser.add_argument("--history", metavar="FILE", help="write the measurements of each epoch here, as CSV")
    add_reading(parser)
    add_output(parser)

    parser = add_command(commands, "evaluate", run_evaluate, "the loss and the metrics of a network on examples",
                         "neurosim evaluate trask-11-lines")
    parser.add_argument("data", nargs="?", metavar="DATA", help="a data file; by default the source's own examples")
    add_reading(parser)
    add_output(parser)


def run_train(options):
    """neurosim train SOURCE"""
    _check_options(options)
    understood, problem, training, test = training_of(options)
    if understood is not None:
        check_kept("--save", options.save, options.source)
    if options.stop_error_rate is not None and not is_classification(problem):
        raise InputError("--stop-error-rate is for classes; the target is a quantity")
    metrics = ["accuracy"] if is_classification(problem) else []
    goes_on = problem.training is not None or options.resume or options.restarts > 0
    history, settings = _before(options, problem)
    before = len(history) if history else 0
    if options.epochs > before:
        history = LongRun(options, problem, before, settings).fit(
            *training, metrics=metrics, stop=_stops(options), restarts=options.restarts, history=history,
            record=options.record, shuffle=options.shuffle,
        )
    if options.history:
        write_atomically(options.history, history.csv())
    if options.signals.received not in (None, SIGINT):
        raise KeyboardInterrupt  # what ends the process waits for no report
    if len(history):
        data = [options.source, *typed(options)] if problem.preparation is not None else []
        then = next_step(options, "evaluate", options.save, *data, again=False) if options.save else ""
        event = None if goes_on else _event_to_see(history, options)
        if event is not None:
            words = _training_words(options, understood)
            then = next_step(options, "debug", *words, "--update", str(event.update), again=False)
        told = [] if len(history) == before else settings[1:]
        report = _report(problem, history, told, training, test, metrics, options)
        write_output(_understood(understood, problem, options) + report + then, options)
    if history.stopped_by == "interrupted":
        raise KeyboardInterrupt


def _event_to_see(history, options):
    """The first death or saturation that was recorded, or else the first event at all; None without one."""
    events = [event for name in options.record for event in history.life(name).events if event.examples]
    return min(events, key=lambda event: (event.flat is None, event.update), default=None)


def _training_words(options, understood):
    """The words by which `debug` goes through the training that has just been."""
    settings = ("loss", "optimizer", "learning_rate", "momentum", "batch_size")
    words = [options.source, *typed(options, (*CHOICE, *NETWORK, *settings))]
    is_file = understood is not None
    words += [] if is_file and options.epochs == EPOCHS else ["--epochs", str(options.epochs)]
    words += [] if is_file == options.shuffle else ["--shuffle", "yes" if options.shuffle else "no"]
    return words + typed(options)


def _check_options(options):
    if options.resume and not options.save:
        raise InputError("--resume needs --save FILE, the file to go on from")
    if options.resume and options.restarts:
        raise InputError("--resume and --restarts exclude each other")
    if options.record and options.format == "json":
        raise InputError("--record tells a story, which --format json has no place for")
    if options.epochs is not None:
        checks.count(options.epochs, "epochs")


def _before(options, problem):
    """(history, settings) of the run to go on from, with what the options change; the problem is brought to where it stands.

    The history of a new run is None.
    """
    from neurosim.training.checkpoint import SETTINGS, resume, settings_now, with_settings

    history, settings = None, []
    saved = _saved(options) if options.resume else None
    if saved is not None:
        _check_same(saved, problem, options.save)
        history = resume(saved.training, saved.network, problem.optimizer)
        problem.network = saved.network
        rate = saved.optimizer.learning_rate
        settings = saved.training.get(SETTINGS, [{"epoch": 1, "learning_rate": rate}])
        if options.learning_rate is None:
            problem.optimizer.learning_rate = rate
    now = settings_now(settings)
    if options.epochs is None:
        options.epochs = now.get("epochs", EPOCHS)
    asked = {"learning_rate": problem.optimizer.learning_rate, "epochs": options.epochs}
    asked["shuffle"] = options.shuffle = yes_or_no(options, "shuffle", now["shuffle"])
    asked["test_share"] = now["test_share"] if options.test_share is None else options.test_share
    if saved is not None and asked["test_share"] != now["test_share"]:
        raise _another("test share", options.save)
    return history, with_settings(settings, len(history or ()) + 1, asked)


def _saved(options):
    """The problem in the file to go on from, or None if there is no file."""
    try:
        saved = problem_file.load(options.save)
    except FileNotFoundError:
        return None
    if saved.training is None:
        raise InputError(f"{shown_path(options.save)}: the file holds no training to go on with")
    return saved


def _check_same(saved, problem, path):
    """What is resumed must be the training that the command describes, but for its learning rate and its length."""
    for what, of in (
        ("layers", lambda it: [(layer.size, layer.activation) for layer in it.network.layers]),
        ("loss", lambda it: it.network.loss),
        ("seed", lambda it: it.network.seed),
        ("data or scaling", lambda it: it.preparation.describe() if it.preparation else None),
        ("optimizer", lambda it: it.optimizer and {**with_rate(it.optimizer), "learning_rate": None}),
        ("batch size", lambda it: it.batch_size),
    ):
        if of(saved) != of(problem):
            raise _another(what, path)


def _another(what, path):
    return InputError(f"{shown_path(path)}: the training there has another {what} than this command, so it cannot go on")


def _stops(options):
    from neurosim.training.stopping import ErrorRateBelow, LossBelow, Patience, WeightChangeBelow

    return [
        stop(value)
        for stop, value in (
            (LossBelow, options.stop_loss), (ErrorRateBelow, options.stop_error_rate),
            (WeightChangeBelow, options.stop_change), (Patience, options.patience),
        )
        if value is not None
    ]


def _understood(understood, problem, options):
    """What the data file was taken for, above the report that people read."""
    if understood is None or options.format == "json":
        return ""
    return paragraph(understood.text(options.width, problem.preparation), options.format, options.width) + "\n\n"


def _report(problem, history, changes, training, test, metrics, options):
    if problem.preparation is not None and not is_classification(problem):
        metrics = metrics_for(problem)
    parts = [("training", training)] + ([("test", test)] if test else [])
    values = [(name, len(part[0]), measured(problem, *part, metrics)) for name, part in parts]
    rows = [(name, size, *measures.values()) for name, size, measures in values]
    text = table(rows, ("examples", "number", *values[0][2]), options.format, options.decimals, ["number"], options.width)
    if options.format == "json":
        return text
    ended = {"epochs": "after all epochs", "interrupted": "interrupted"}.get(history.stopped_by, f"by {history.stopped_by}")
    how_long = f"{len(history)} epochs, ended {ended}" if history.stopped_by else f"{len(history)} epochs"
    said = ["\n".join([repr(problem.network), how_long, *map(_change_text, changes), history.chart()])]
    lives = [history.life(name) for name in options.record if name in history.lives]
    lives = [life.renumbered(problem.numbers).text(width=options.width) for life in lives]
    units = [unit_note(problem)] if unit_note(problem) else []
    before, *behind = [paragraph(part, options.format, options.width) for part in (*said, *units, *lives)]
    return "\n\n".join([before, text, *behind])


def _change_text(change):
    what = {"learning_rate": "the learning rate is {}", "epochs": "it ends after {} epochs", "shuffle": "shuffling is {}"}
    told = [text.format(change[name]) for name, text in what.items() if name in change]
    return f"from epoch {change['epoch']} on {' and '.join(told)}"


def run_evaluate(options):
    """neurosim evaluate SOURCE [DATA]"""
    from neurosim.training.evaluation import middle_of
    from neurosim.training.metrics import confusion_matrix

    problem = open_source(options)
    found, inputs, targets = examples_to_measure(problem, options)
    if not inputs or targets is None or None in targets:
        raise InputError(f"{shown_path(options.data or options.source)}: there are no examples with targets to measure by")
    values = measured(problem, inputs, targets, metrics_for(problem))
    text = table(list(values.items()), ("measure", "value"), options.format, options.decimals, width=options.width)
    if options.format != "json" and unit_note(problem):
        text = f"{text}\n\n{paragraph(unit_note(problem), options.format, options.width)}"
    if options.format != "json" and is_classification(problem):
        matrix = confusion_matrix(problem.network.predict(inputs), targets, middle_of(problem.network))
        classes = problem.preparation.classes if problem.preparation else [str(number) for number in range(len(matrix))]
        headers = ("right class", *(f"taken for {name}" for name in classes))
        rows = [(name, *row) for name, row in zip(classes, matrix)]
        drawn = table(rows, headers, options.format, counts=headers, width=options.width)
        text = f"{text}\n\n{drawn}"
    write_output(text + dropped_note(found, options), options)


def examples_to_measure(problem, options):
    """(Understanding, inputs, targets) of the data file that was named, or else (None, and the problem's own)."""
    if options.data:
        return open_prepared(problem, options.data, options)
    check_no_reading(options, "name it after SOURCE")
    return None, problem.inputs, problem.targets
