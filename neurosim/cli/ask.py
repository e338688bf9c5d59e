"""The commands that ask a trace: verify and explain."""

from __future__ import annotations

from neurosim.cli.options import add_output, whole_number, write_output
from neurosim.cli.problem import add_swaps, swapped
from neurosim.problems import catalogue

DOES_NOT_HOLD = 1  # exit status


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = commands.add_parser("verify", help="whether every number of a trace is true")
    parser.add_argument("source", metavar="TRACE", help="a trace file, -, or what can be traced")
    parser.add_argument("-o", dest="output", metavar="FILE", help="write to a file instead")
    parser.set_defaults(run=run_verify)

    parser = commands.add_parser("explain", help="where a number comes from, and the paths of a weight to the loss")
    parser.add_argument("source", metavar="SOURCE", help="a problem file, a trace file, - or a built-in example")
    parser.add_argument("address", metavar="ADDRESS", help="such as delta[h1], or x1->h1 for the weight between them")
    add_swaps(parser)
    parser.add_argument("--paths", type=whole_number, default=20, metavar="N", help="how many of the largest; 0: all")
    parser.add_argument("--terms", type=whole_number, default=8, metavar="N", help="shorten longer sums; 0: never")
    add_output(parser)
    parser.set_defaults(run=run_explain)


def run_verify(options):
    """neurosim verify TRACE"""
    verdict = catalogue.open_trace(options.source).verify()
    write_output(str(verdict), options)
    return 0 if verdict else DOES_NOT_HOLD


def run_explain(options):
    """neurosim explain SOURCE ADDRESS"""
    trace = swapped(catalogue.open_trace(options.source), options)
    explanation = trace.explain(options.address, options.paths or None)
    write_output(explanation.text(options.format, options.decimals, options.terms or None), options)
