"""The commands that ask a trace: verify and explain."""

from neurosim import exercises
from neurosim.cli.options import write_output

DOES_NOT_HOLD = 1  # exit status


def add_commands(commands):
    """Add this group's commands to the parser's."""
    parser = commands.add_parser("verify", help="whether every number of a trace is true")
    parser.add_argument("source", metavar="TRACE", help="a trace file, -, or what can be traced")
    parser.add_argument("-o", dest="output", metavar="FILE", help="write to a file instead")
    parser.set_defaults(run=run_verify)


def run_verify(options):
    """neurosim verify TRACE"""
    verdict = exercises.open_trace(options.source).verify()
    write_output(str(verdict), options)
    return 0 if verdict else DOES_NOT_HOLD
