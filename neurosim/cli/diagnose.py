"""The commands about a person's own numbers, or a book's: diagnose, solve and mutate."""

from __future__ import annotations

import sys

from neurosim.cli.options import DOES_NOT_HOLD, add_command, add_destination, add_output, next_step, write_output
from neurosim.cli.problem import add_computation, add_set, epochs, goes_through, open_problem_to_trace
from neurosim.cli.values import seconds, table_format, typed_setting
from neurosim.problems import catalogue
from neurosim.support.errors import InputError, shown, shown_path
from neurosim.support.files import read_file
from neurosim.support.number_text import number_text
from neurosim.support.tables import json_text


def add_commands(commands):
    """Add this group's commands to the parser's."""
    for name, run, numbers, what, help, example in (
        ("diagnose", run_diagnose, "answers", "your numbers",
         "the first of your own numbers that is wrong, and the mistake behind it",
         "neurosim diagnose mazur --answer 'delta[o1]=0.741'"),
        ("solve", run_solve, "printed", "the printed numbers",
         "which conventions give a book's printed numbers",
         "echo E,0.5967 | neurosim solve mazur -"),
    ):
        parser = add_command(commands, name, run, help, example)
        many = "?" if name == "diagnose" else None
        parser.add_argument(numbers, nargs=many, metavar=numbers.upper(), help=f"a JSON or CSV file with {what}, or -")
        add_computation(parser, has_epochs=name == "diagnose")
        add_set(parser)
        if name == "diagnose":
            parser.add_argument("--answer", action="append", type=typed_setting, default=[], metavar="ADDRESS=NUMBER",
                                help="one of your numbers, besides those of the file; may be given several times")
            parser.add_argument("--also", action="append", default=[], metavar="FILE",
                                help="whether the numbers are another problem's, besides the built-in ones; several times")
            parser.add_argument("--budget", type=seconds, metavar="SECONDS", help="answer after so long (10)")
        parser.add_argument("--format", type=table_format, default="simple", help="a format of tabulate, or json")
        add_destination(parser)

    parser = add_command(commands, "mutate", run_mutate, "the numbers that a known mistake gives",
                         "neurosim mutate mazur --mistake no-output-slope")
    parser.add_argument("--mistake", metavar="NAME", help="one of those that are listed without it")
    parser.add_argument("--form", metavar="FORM", help="which of its forms")
    parser.add_argument("--answers", action="store_true", help="all numbers, as diagnose takes them")
    add_computation(parser)
    add_output(parser)


def run_diagnose(options):
    """neurosim diagnose SOURCE ANSWERS"""
    if options.source == options.answers == "-":
        raise InputError("SOURCE and ANSWERS cannot both come from standard input")
    if options.answers is None and not options.answer:
        raise InputError("expected your numbers: ANSWERS, which is a file, or --answer ADDRESS=NUMBER")
    problem = open_problem_to_trace(options)
    answers = {} if options.answers is None else read_answers(options.answers)
    for address, number in options.answer if isinstance(answers, dict) else ():
        if address in answers:
            raise InputError(f"--answer: {shown(address)} is given twice")
        answers[address] = number
    targets, settings = _computation(problem, options)
    values = dict(options.values)
    diagnosis = problem.network.diagnose(problem.inputs, targets, answers, *settings, values, options.budget)
    also = _elsewhere(diagnosis, options) if options.format != "json" else ""
    write_output(diagnosis.text(options.format, options.width) + also + _then(diagnosis, problem, options), options)
    return 0 if diagnosis else DOES_NOT_HOLD


def _computation(problem, options):
    """A problem's targets and its settings, as `diagnose` takes them."""
    targets, optimizer = _targets(problem)
    return targets, (optimizer, problem.batch_size, problem.reduction, epochs(options))


def _targets(problem):
    """A problem's targets and its optimizer; without targets there is no update."""
    return (None, None) if None in problem.targets else (problem.targets, problem.optimizer)


def _elsewhere(diagnosis, options):
    """The end of a text that says of which other problem the numbers are, where they are none of this one's."""
    from neurosim.diagnosis.elsewhere import are_of
    from neurosim.diagnosis.judged_trace import Judged

    problems = {f"of {shown_path(path)}": catalogue.open_source(path) for path in options.also}
    if diagnosis.status != "unexplained" and len(diagnosis.wrong) < len(diagnosis.numbers):
        return ""
    others = [name for name in catalogue.names() if name != options.source]
    problems.update({f"of the built-in problem {name}": catalogue.built_in(name) for name in others})
    for which, problem in problems.items():
        targets, settings = _computation(problem, options)
        if problem.inputs and are_of(diagnosis.answers, Judged(problem.network, problem.inputs, targets, *settings).trace):
            return f"\n\nThese numbers are those {which}."
    return ""


def _then(diagnosis, problem, options):
    """The command that sends the number asked for, with ? in place of your own, or else that looks at what is wrong."""
    if diagnosis.ask:
        words = ["diagnose", options.source, *filter(None, [options.answers])]
        for address, number in options.answer:
            words += ["--answer", f"{address}={number}"]
        return next_step(options, *words, "--answer", f"{diagnosis.ask.address}=?")
    can_explain = diagnosis.wrong and goes_through(problem)  # as what is only judged does not
    return next_step(options, "explain", options.source, diagnosis.wrong[0]) if can_explain else ""


def run_solve(options):
    """neurosim solve SOURCE PRINTED"""
    if options.source == options.printed == "-":
        raise InputError("SOURCE and PRINTED cannot both come from standard input")
    problem = open_problem_to_trace(options)
    targets, optimizer = _targets(problem)
    solution = problem.network.solve(
        problem.inputs, targets, read_answers(options.printed), optimizer, problem.batch_size, problem.reduction,
        dict(options.values),
    )
    write_output(solution.text(options.format, options.width), options)
    return 0 if solution else DOES_NOT_HOLD


def run_mutate(options):
    """neurosim mutate SOURCE --mistake NAME"""
    from neurosim.diagnosis.diagnosis import hypotheses
    from neurosim.diagnosis.mistakes import MISTAKES
    from neurosim.diagnosis.report import mistakes_table, mutation_table

    trace = open_problem_to_trace(options).trace(epochs(options))
    if options.mistake is None:
        if options.form is not None or options.answers:
            raise InputError("--form and --answers need a --mistake")
        found = hypotheses(MISTAKES.values(), trace)
        then = [next_step(options, "mutate", options.source, "--mistake", one.kind.name) for one in found[:1]]
        write_output("".join([mistakes_table(found, options.format, options.width), *then]), options)
        return
    mutated = trace.mutate(options.mistake, options.form)
    if options.answers:
        numbers = {step.address: number_text(step.value, options.decimals) for step in mutated if step.operands}
        write_output(json_text(numbers), options)
    else:
        text = mutation_table(trace, mutated, options.format, options.decimals, options.width)
        form = [] if options.form is None else ["--form", options.form]
        write_output(text + next_step(
            options, "mutate", options.source, "--mistake", options.mistake, *form, "--answers",
            pipe=("diagnose", options.source, "-"),
        ), options)


def read_answers(path):
    """The answers in a file, or in - for standard input."""
    from neurosim.diagnosis.answer_file import read_answer_file

    return read_from(path, read_answer_file)


def read_from(path, read):
    """What `read` makes of a file, or of - for standard input."""
    return read(sys.stdin.buffer, "standard input") if path == "-" else read_file(path, read)
