"""The commands that look at a network: trace, predict, summary and list."""

from __future__ import annotations

from functools import partial

from neurosim.cli.data import add_data, add_reading, choose_example, dropped_note, numbers_of, same_examples, take_data
from neurosim.cli.measures import is_classification
from neurosim.cli.options import (
    DOES_NOT_HOLD, add_command, add_output, next_step, tell_notes, write_output, yes_or_no,
)
from neurosim.cli.parser import described
from neurosim.cli.predictions import largest_errors, predicted_file, wrong_of_classes
from neurosim.cli.problem import (
    add_backward_from, add_computation, add_examples, add_shuffle, add_swaps, epochs, goes_through, open_problem,
    output_gradients, problem_to_trace, save_if_asked, swapped, trace_as_it_is,
)
from neurosim.cli.source import ALONE, add_typed, layout_shown, open_any, open_source
from neurosim.cli.values import names, whole_number
from neurosim.core.address import split_address
from neurosim.problems import catalogue
from neurosim.support.checks import known
from neurosim.support.errors import InputError, shorten, shown_path
from neurosim.support.tables import csv_text, paragraph, table
from neurosim.trace.files import trace_file
from neurosim.trace.step import Trace

FORWARD = {"given", "forward"}

# What a trace can be shown as: the function that draws it, and the options that it takes.
STEPS = ("--only", "--phase")
WORKED = (*STEPS, "--decimals", "--terms")
DRAWN = (*STEPS, "--decimals", "--pass")
FORMS = {
    "table": (Trace.table, (*WORKED, "--format", "width")),
    "text": (Trace.text, (*WORKED, "--matrices", "width")),
    "markdown": (Trace.markdown, (*WORKED, "--matrices")),
    "latex": (Trace.latex, (*WORKED, "--matrices")),
    "latex-fragment": (partial(Trace.latex, fragment=True), (*WORKED, "--matrices")),
    "json": (Trace.json, STEPS),
    "csv": (Trace.csv, STEPS),
    "python": (Trace.python, ()),
    "xlsx": (Trace.xlsx, ("path",)),
    "dot": (Trace.dot, DRAWN),
    "mermaid": (Trace.mermaid, DRAWN),
    "svg": (Trace.svg, DRAWN),
    "jsonl": (trace_file, ()),
}
IN_FULL = {"python": "the script", "xlsx": "the sheet"}  # what works the numbers out again
# The options by the names that they have in the parser and in the functions.
FORM_OPTIONS = {
    "--only": ("only", "units"), "--phase": ("phase", "phases"), "--decimals": ("decimals", "decimals"),
    "--terms": ("terms", "terms"), "--format": ("format", "format"), "--pass": ("pass_number", "pass_number"),
    "--matrices": ("matrices", "weights_by"),
}


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "trace", run_trace,
                         "every number of a forward pass, a backward pass and an update",
                         "neurosim trace mazur --only h1")
    add_data(parser)
    add_computation(parser)
    add_backward_from(parser)
    add_shuffle(parser, "no")
    add_swaps(parser)
    parser.add_argument("--only", type=names, metavar="UNIT[,UNIT]", help="only these units")
    parser.add_argument("--phase", type=names, metavar="PHASE[,PHASE]", help="only these phases, such as backward")
    parser.add_argument("--terms", type=whole_number, metavar="N", help="shorten longer sums (8); 0: never")
    parser.add_argument("--as", dest="form", default="table", metavar="FORM", help=", ".join(FORMS))
    parser.add_argument("--matrices", action="store_true", help="a worked solution by layers, as --weights-by says")
    parser.add_argument("--pass", dest="pass_number", type=whole_number, metavar="N", help="to draw (the last)")
    add_reading(parser)
    add_output(parser)
    parser.set_defaults(format=None)

    parser = add_command(commands, "predict", run_predict, "the outputs for given inputs, or for a file's examples",
                         "neurosim predict goodfellow-xor --inputs 0.5,1")
    add_data(parser, "a data file, for a network that was trained on one; with -o FILE and no --format its own columns are "
             "written too")
    parser.add_argument("--wrong", action="store_true", help="those that come out wrong; of quantities the largest errors")
    add_examples(parser)
    add_reading(parser)
    add_output(parser)
    parser.set_defaults(format=None)

    parser = add_command(commands, "summary", run_summary, "the layers of a network and their parameters",
                         "neurosim summary mazur")
    add_typed(parser, weights="alone it shows the weights of every layer")
    add_output(parser, decimals=False)

    help = "the built-in worked examples; of one whether its printed numbers come out"
    parser = commands.add_parser("list", help=help, description=described(help), example="neurosim list perceptron")
    parser.add_argument("words", nargs="*", metavar="WORD", help="the name of one, or words to look for, such as softmax")
    add_output(parser, decimals=False)
    parser.set_defaults(run=run_list)


def run_trace(options):
    """neurosim trace SOURCE"""
    options.matrices = layout_shown(options, options.matrices)
    draw, settings = _form(options)
    trace = swapped(trace_of(options), options)
    if "path" in settings:  # what is no text, and writes itself
        tell_notes(options)
        draw(trace, **settings)
        return
    if not trace.only(options.only, options.phase):
        phases = dict.fromkeys(step.phase for step in trace)
        needs = "" if "backward" in phases else "; the later phases need --targets"
        raise InputError(f"the trace has no such steps: it goes through {', '.join(phases)}{needs}")
    unit = _unit_to_explain(trace, options.only or ()) if options.form == "table" else None
    then = next_step(options, "explain", *same_examples(options, unit)) if unit else ""
    write_output(draw(trace, **settings) + then, options)


def _unit_to_explain(trace, shown):
    """The first unit that is worked out, of these if one is, such as h1, or h1@1 in a trace of several passes."""
    worked_out = [step for step in trace if step.phase == "forward" and step.unit]
    step = next((step for step in worked_out if step.unit in shown), worked_out[0] if worked_out else None)
    if step is None:
        return None
    number = split_address(step.address)[2]
    return f"{step.unit}@{number}" if number else step.unit


def trace_of(options):
    """The trace of SOURCE: as it stands in a trace file, or recorded now."""
    source = open_any(options)
    if isinstance(source, Trace):
        return trace_as_it_is(source, options)
    problem = problem_to_trace(options, source)
    try:
        return problem.trace(epochs(options), yes_or_no(options, "shuffle", False), output_gradients(options, problem))
    except InputError:
        if not options.phase or not FORWARD.issuperset(options.phase):
            raise
        # a network that cannot be trained still goes forward, as if it had been asked for without targets
        problem.targets = options.targets = [None] * len(problem.inputs)
        return problem.trace(epochs(options), yes_or_no(options, "shuffle", False))


def _form(options):
    """The function that draws the form that was asked for, and its settings by the options that were given."""
    draw, possible = FORMS[known("form", options.form, FORMS)]
    settings = {}
    for option, (name, setting) in FORM_OPTIONS.items():
        value = getattr(options, name)
        if value is None:
            continue
        if option not in possible:
            forms = ", ".join([form for form, (_, options_of_it) in FORMS.items() if option in options_of_it])
            raise InputError(f"{option} does not go with --as {options.form}, but with {forms}")
        settings[setting] = value
    for name in ("places", "digits"):
        if options.form in IN_FULL and getattr(options, name) is not None:
            works = f"{IN_FULL[options.form]} works every number out with all its digits"
            raise InputError(f"--{name} does not go with --as {options.form}: {works}")
    if settings.get("terms") == 0:
        settings["terms"] = None
    if "width" in possible:
        settings["width"] = options.width
    if "path" in possible:
        if options.output is None:
            raise InputError(f"a workbook is no text to print: -o sheet.{options.form} writes it to a file")
        settings["path"] = options.output
    return draw, settings


def run_predict(options):
    """neurosim predict SOURCE"""
    from neurosim.training.prediction_report import prediction_table

    problem = open_source(options)
    found = take_data(problem, options, needs_target=options.wrong)
    if found is None:
        open_problem(options, problem)
    choose_example(problem, options)
    network, preparation, inputs, targets = problem.network, problem.preparation, problem.inputs, problem.targets
    outputs = network.predict(inputs)
    if options.wrong:
        _write_wrong(problem, outputs, found, options)
        return
    if found is not None and options.output is not None and options.format is None and options.example is None:
        write_output(predicted_file(problem, found, outputs, options.thousands), options)
        return
    called, meanings = "class", None
    if preparation is not None and preparation.classes:
        meanings = [preparation.classes[number] for number in network.predict_classes(inputs)]
    elif preparation is not None and preparation.scales_target:
        called, meanings = f"predicted {preparation.target}", [a for a, in preparation.in_own_unit(outputs)]
    text = prediction_table(network, inputs, outputs, targets, meanings, options.format or "simple", options.decimals,
                            options.width, called, problem.numbers)
    write_output(text + dropped_note(found, options) + _trace_next(problem, options), options)


def _write_wrong(problem, outputs, found, options):
    """Tell the examples that come out wrong, or of quantities those with the largest errors, and what explains the first."""
    if None in problem.targets:
        raise InputError(f"{shown_path(options.data or options.source)}: there are no targets to tell what is wrong by")
    headers, rows, question = (wrong_of_classes if is_classification(problem) else largest_errors)(problem, outputs)
    if options.output is not None and options.format is None:
        write_output(csv_text(headers, rows).rstrip("\n"), options)
        return
    format = options.format or "simple"
    text, then = table(rows, headers, format, options.decimals, headers[:1], options.width), ""
    if format != "json":
        told = "come out wrong" if is_classification(problem) else "are here, those with the largest E first"
        said = paragraph(f"{len(rows)} of {len(outputs)} examples {told}", format, options.width)
        text = "\n\n".join([said, text] if rows else [said])
        text += dropped_note(found, options)
    if rows:
        then = next_step(options, "explain", *same_examples(options, question, example=rows[0][0]))
    write_output(text + then, options)


def run_summary(options):
    """neurosim summary SOURCE"""
    layout = layout_shown(options, options.weights == ALONE)
    options.weights = options.weights or None
    problem = open_source(options)
    save_if_asked(problem, options)
    write_output(problem.network.summary(options.format, options.width, layout) + _trace_next(problem, options), options)


def _trace_next(problem, options):
    first = numbers_of(problem)[0] if getattr(options, "data", None) else None
    return next_step(options, "trace", *same_examples(options, example=first)) if goes_through(problem) else ""


def run_list(options):
    """neurosim list [WORD ...]"""
    from neurosim.exercises import library

    if len(options.words) == 1 and options.words[0] in catalogue.names():
        problem = catalogue.built_in(options.words[0])
        page = library.page(problem)
        only = () if goes_through(problem) else ("--phase", "given,forward")
        then = next_step(options, "trace", options.words[0], *only)
        write_output(page.text(options.format, options.width, None) + then, options)
        return 0 if page else DOES_NOT_HOLD
    rows = [(name, problem.title, problem.source) for name, problem in library.found(options.words)]
    if not rows:
        raise InputError(f"no built-in example has {shorten(' '.join(options.words))} in its name, title, source or topics")
    text = table(rows, ("name", "title", "source"), options.format, width=options.width)
    then = next_step(options, "list", rows[0][0]) if options.words else next_step(options, "trace", "mazur")
    write_output(text + then, options)
    return 0
