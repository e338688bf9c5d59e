"""The commands that look at a network: trace, predict, summary and list."""

from functools import partial

from neurosim import checks, exercises
from neurosim.checkpoint import resume
from neurosim.cli.learn import prepared_examples
from neurosim.cli.options import add_output, add_source, change_optimizer, examples, names, rate, whole_number, write_output
from neurosim.errors import InputError, UnknownNameError
from neurosim.evaluation import predict, predict_classes
from neurosim.losses import LOSSES
from neurosim.optimizers import OPTIMIZERS
from neurosim.render.csv import trace_csv
from neurosim.render.dot import trace_dot
from neurosim.render.json import trace_json
from neurosim.render.latex import trace_latex
from neurosim.render.markdown import trace_markdown
from neurosim.render.mermaid import trace_mermaid
from neurosim.render.prediction import prediction_table
from neurosim.render.table import table, trace_table
from neurosim.render.text import trace_text

FORWARD = {"given", "forward"}

# What a trace can be shown as: the function that draws it, and the options that it takes.
STEPS = ("--only", "--phase")
WORKED = (*STEPS, "--decimals", "--terms")
DRAWN = ("--decimals", "--pass")
FORMS = {
    "table": (trace_table, (*WORKED, "--format")),
    "text": (trace_text, WORKED),
    "markdown": (trace_markdown, WORKED),
    "latex": (trace_latex, WORKED),
    "latex-fragment": (partial(trace_latex, fragment=True), WORKED),
    "json": (trace_json, STEPS),
    "csv": (trace_csv, STEPS),
    "dot": (trace_dot, DRAWN),
    "mermaid": (trace_mermaid, DRAWN),
}
# The options by the names that they have in the parser and in the functions.
FORM_OPTIONS = {
    "--only": ("only", "units"), "--phase": ("phase", "phases"), "--decimals": ("decimals", "decimals"),
    "--terms": ("terms", "terms"), "--format": ("format", "format"), "--pass": ("pass_number", "pass_number"),
}  # fmt: skip


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = commands.add_parser("trace", help="every number of a forward pass, a backward pass and an update")
    add_source(parser)
    add_examples(parser)
    parser.add_argument("--learning-rate", type=rate, metavar="ETA", help="in place of the file's")
    parser.add_argument("--optimizer", metavar="NAME", help=f"in place of the file's: {', '.join(OPTIMIZERS)}")
    parser.add_argument("--order", metavar="ORDER", help="of updates: simultaneous or sequential")
    parser.add_argument("--loss", metavar="NAME", help="in place of the file's, such as squared_error")
    parser.add_argument("--only", type=names, metavar="UNIT[,UNIT]", help="only the steps of these units")
    parser.add_argument("--phase", type=names, metavar="PHASE[,PHASE]", help="only these phases, such as backward")
    parser.add_argument("--terms", type=whole_number, metavar="N", help="shorten longer sums (8); 0: never")
    parser.add_argument("--as", dest="form", default="table", metavar="FORM", help=", ".join(FORMS))
    parser.add_argument("--pass", dest="pass_number", type=whole_number, metavar="N", help="to draw; by default the last")
    add_output(parser)
    parser.set_defaults(run=run_trace, format=None)

    parser = commands.add_parser("predict", help="the outputs for given inputs, or for a file's examples")
    add_source(parser)
    parser.add_argument("data", nargs="?", metavar="DATA", help="a CSV file, for a network that was trained on one")
    add_examples(parser)
    add_output(parser)
    parser.set_defaults(run=run_predict)

    parser = commands.add_parser("summary", help="the layers of a network and their parameters")
    add_source(parser)
    add_output(parser, decimals=False)
    parser.set_defaults(run=run_summary)

    parser = commands.add_parser("list", help="the built-in worked examples")
    add_output(parser, decimals=False)
    parser.set_defaults(run=run_list)


def add_examples(parser):
    """The options that put other examples in place of a file's."""
    parser.add_argument("--inputs", type=examples, metavar="A,B[;A,B]", help="in place of the file's examples")
    parser.add_argument("--targets", type=examples, metavar="A,B[;A,B]", help="what the outputs should be")


def run_trace(options):
    """neurosim trace SOURCE"""
    draw, settings = _form(options)
    problem = chosen_problem(options)
    _change_settings(problem, options)
    if problem.training is not None and problem.optimizer is not None and options.optimizer is None:
        resume(problem.training, problem.network, problem.optimizer)  # the update that would come next
    try:
        trace = problem.trace()
    except InputError:
        if not options.phase or not FORWARD.issuperset(options.phase):
            raise
        problem.targets = [None] * len(problem.inputs)  # a network that cannot be trained still goes forward
        trace = problem.trace()
    if not trace.only(options.only, options.phase):
        needs = "" if None not in problem.targets else "; the later phases need --targets"
        raise InputError(f"the trace has no such steps: it goes through {', '.join(_phases(trace))}{needs}")
    write_output(draw(trace, **settings), options)


def _form(options):
    """The function that draws the form that was asked for, and its settings by the options that were given."""
    if options.form not in FORMS:
        raise UnknownNameError("form", options.form, FORMS)
    draw, possible = FORMS[options.form]
    settings = {}
    for option, (name, setting) in FORM_OPTIONS.items():
        value = getattr(options, name)
        if value is None:
            continue
        if option not in possible:
            raise InputError(f"{option} does not go together with --as {options.form}")
        settings[setting] = value
    if settings.get("terms") == 0:
        settings["terms"] = None
    return draw, settings


def run_predict(options):
    """neurosim predict SOURCE"""
    if options.data:
        if options.inputs or options.targets:
            raise InputError(f"--inputs and --targets cannot go together with {options.data}")
        problem = exercises.open_source(options.source)
        inputs, targets = prepared_examples(problem, options.data)
    else:
        problem = chosen_problem(options)
        inputs, targets = problem.inputs, problem.targets
    classes = problem.preparation.classes if problem.preparation else None
    outputs = predict(problem.network, inputs)
    found = [classes[number] for number in predict_classes(problem.network, inputs)] if classes else None
    write_output(prediction_table(problem.network, inputs, outputs, targets, found, options.format, options.decimals), options)


def run_summary(options):
    """neurosim summary SOURCE"""
    write_output(exercises.open_source(options.source).network.summary(options.format), options)


def run_list(options):
    """neurosim list"""
    problems = [(name, exercises.built_in(name)) for name in exercises.names()]
    rows = [(name, problem.title, problem.source) for name, problem in problems]
    write_output(table(rows, ("name", "title", "source"), options.format, widest=50), options)


def _phases(trace):
    return dict.fromkeys(step.phase for step in trace)


def chosen_problem(options):
    """The problem of SOURCE, with what the options put in place of its own."""
    problem = exercises.open_source(options.source)
    if options.inputs is not None:
        problem.inputs, problem.targets = options.inputs, [None] * len(options.inputs)
        if problem.preparation is not None:
            names = problem.network.input_names
            rows = [checks.example(row, "inputs", "a", names) for row in problem.inputs]
            problem.inputs = problem.preparation.scale(rows)
    if options.targets is not None:
        problem.targets = options.targets
    if len(problem.targets) != len(problem.inputs):
        raise InputError(f"--targets: expected {len(problem.inputs)} examples, got {len(problem.targets)}")
    if not problem.inputs:
        raise InputError(f"{options.source} has no examples; give some with --inputs and --targets")
    network = problem.network
    for inputs, targets in zip(problem.inputs, problem.targets):
        checks.example(inputs, "inputs", "a", network.input_names)
        if targets is not None:
            checks.example(targets, "targets", "t", network.layer_names[-1])
    return problem


def _change_settings(problem, options):
    if options.loss is not None:
        problem.network.loss = LOSSES.make(options.loss)
    asked = {"name": options.optimizer, "learning_rate": options.learning_rate, "order": options.order}
    asked = {key: value for key, value in asked.items() if value is not None}
    if asked and None in problem.targets:
        raise InputError(f"an update needs targets; give some with --targets, or leave out {', '.join(asked)}")
    if asked:
        problem.optimizer = change_optimizer(problem.optimizer, asked)
