"""The commands that ask a trace: verify, explain and compare."""

from __future__ import annotations

import os
import re

from neurosim.cli.data import add_data, add_reading
from neurosim.cli.options import DOES_NOT_HOLD, add_command, add_destination, add_output, next_step, write_output
from neurosim.cli.problem import (
    add_backward_from, add_examples, add_settings, add_swaps, output_gradients, problem_to_trace, swapped,
    trace_as_it_is,
)
from neurosim.cli.source import open_any
from neurosim.cli.values import names, whole_number
from neurosim.problems import catalogue
from neurosim.support.errors import InputError, shown, shown_path
from neurosim.support.files import read_file, told_with
from neurosim.trace.step import Trace

OUTPUT_GRADIENT = re.compile(r"da\[(.+)\]/d([zawb])\[(.+)\]")


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = add_command(commands, "verify", run_verify, "whether every number of a trace is true",
                         "neurosim trace mazur --as jsonl | neurosim verify -",
                         "a trace file, -, or what can be traced", metavar="TRACE")
    add_destination(parser)

    parser = add_command(commands, "explain", run_explain,
                         "where a number comes from: its terms, its derivation, the paths of a weight",
                         'neurosim explain mazur "x1->h1"',
                         "a problem file, a trace file, - or a built-in example")
    add_data(parser)
    parser.add_argument("address", metavar="ADDRESS", help="such as delta[h1], 'z[o1] - z[o2]', or x1->h1 for the weight")
    add_examples(parser)
    add_settings(parser)
    add_backward_from(parser)
    add_swaps(parser)
    parser.add_argument("--paths", type=whole_number, default=20, metavar="N", help="how many of the largest; 0: all")
    parser.add_argument("--depth", type=whole_number, metavar="N", help="of the derivation, in steps away from the number")
    parser.add_argument("--terms", type=whole_number, default=8, metavar="N", help="of a sum, the largest; 0: all")
    add_reading(parser)
    add_output(parser)

    parser = add_command(commands, "compare", run_compare, "what differs between two computations, number by number",
                         "neurosim compare mazur mazur", "a problem file, a trace file, - or a built-in example", "A")
    parser.add_argument("other", metavar="B", help="another, or a JSON of tensors that a program wrote")
    parser.add_argument("--only", type=names, metavar="UNIT[,UNIT]", help="only the numbers of these units")
    parser.add_argument("--phase", type=names, metavar="PHASE[,PHASE]", help="only these phases, such as backward")
    parser.add_argument("--most", type=whole_number, default=10, metavar="N", help="how many rows (10); 0: all")
    add_output(parser)


def run_verify(options):
    """neurosim verify TRACE"""
    trace = catalogue.open_trace(options.source, as_it_is=True)
    verdict = trace.verify()
    can_explain = not verdict and _is_whole(trace, options.source)
    then = next_step(options, "explain", options.source, verdict.breaks[0].address) if can_explain else ""
    write_output(verdict.text(options.width) + then, options)
    return 0 if verdict else DOES_NOT_HOLD


def _is_whole(trace, source):
    """Whether nothing but values is wrong, so that the trace can be explained."""
    try:
        return bool(catalogue.whole(trace, source))
    except InputError:
        return False


def run_explain(options):
    """neurosim explain SOURCE [DATA] ADDRESS"""
    source = open_any(options)
    if options.data is None and os.path.isfile(options.address):
        raise InputError(f"{shown_path(options.address)}: which number? ADDRESS, such as z[o1], comes behind the data file")
    _check_asked(options.address)
    is_trace = isinstance(source, Trace)
    trace = trace_as_it_is(source, options) if is_trace else _trace(options, source)
    explanation = swapped(trace, options).explain(options.address, options.paths or None, options.depth)
    write_output(explanation.text(options.format, options.decimals, options.terms or None, options.width, None), options)


def _check_asked(address):
    """Say how the gradient of an output is asked for, which is no number of a trace that begins at the error."""
    gradient = OUTPUT_GRADIENT.fullmatch("".join(address.split()))
    if gradient:
        output, quantity, place = gradient.groups()
        meant = f"delta[{place}]" if quantity == "z" else f"dE/d{quantity}[{place}]"
        raise InputError(f"{shown(address)} is {meant} of a trace that goes back from {output}: --backward-from {output}")


def _trace(options, source):
    problem = problem_to_trace(options, source)
    return problem.trace(output_gradients=output_gradients(options, problem))


def run_compare(options):
    """neurosim compare A B"""
    if options.source == options.other == "-":
        raise InputError("standard input can be read once; give - for A or for B")
    if options.other.endswith(".json") and os.path.isfile(options.other):
        from neurosim.frameworks.tensors import read_tensors  # only here: they load the judge

        tensors = read_file(options.other, read_tensors)
        if tensors is not None:
            return _compare_tensors(options, tensors)
    first, second = map(catalogue.open_trace, (options.source, options.other))
    diff = first.diff(second, options.only, options.phase)
    write_output(diff.text(options.format, options.decimals, options.most or None, options.width, ("A", "B")), options)
    return DOES_NOT_HOLD if diff else 0


def _compare_tensors(options, tensors):
    """The first number in a JSON of tensors that departs from what it was made from."""
    from neurosim.frameworks.tensors import compare_tensors

    if options.only or options.phase or options.decimals is not None:
        raise InputError("--only, --phase and --decimals are for traces; a JSON of tensors is compared as a whole")
    source = catalogue.open_any(options.source)
    if isinstance(source, Trace):
        raise InputError("a JSON of tensors is compared with a problem file, whose network and examples it belongs to")
    with told_with(shown_path(options.other)):
        comparison = compare_tensors(source, tensors)
    write_output(comparison.text(options.format, options.width, options.most or None), options)
    return 0 if comparison else DOES_NOT_HOLD
