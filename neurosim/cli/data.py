"""Data files on the command line: the options by which they are read, and the command that shows what is understood."""

from __future__ import annotations

import os

from neurosim.cli.options import DOES_NOT_HOLD, add_command, add_output, next_step, write_output, yes_or_no
from neurosim.cli.parser import group
from neurosim.cli.values import whole_number
from neurosim.problems import catalogue
from neurosim.problems.columns import THOUSANDS
from neurosim.problems.data_table import column_table
from neurosim.problems.table_file import SEPARATORS, read_table
from neurosim.problems.understanding import MISSING_CHOICES, as_prepared, understand
from neurosim.support import checks
from neurosim.support.errors import InputError, shown_path
from neurosim.support.tables import paragraph


def add_commands(commands):
    """Add this group's command to the parser's."""
    parser = add_command(commands, "data", run_data, "what train would take a data file for, and each column's range",
                         "echo 3,120,2.5 | neurosim data -", "a file of a table, or - for standard input", "FILE")
    add_choice(parser)
    add_reading(parser)
    add_output(parser)


def add_choice(parser, has_inputs=True):
    """The options that say what is learnt from what; --inputs may be there already, for something else."""
    options = group(parser, "what is learnt from a data file")
    options.add_argument("--target", metavar="COLUMN", help="the column of the data file to learn; by default the last")
    if has_inputs:
        options.add_argument("--inputs", dest="columns", metavar="A,B", help="the columns to learn it from; by default all")
    options.add_argument("--ignore", metavar="A,B", help="columns that are no inputs")
    options.add_argument("--regression", action="store_true", default=None, help="the target is a quantity, not a class")


def add_reading(parser):
    """The options of every command that reads a data file."""
    options = group(parser, "reading a data file")
    options.add_argument("--separator", metavar="SIGN", help=f"of the data file: {' '.join(SEPARATORS)}; by default found")
    options.add_argument("--header", metavar="YES", help="whether its first line has names: yes or no; by default found")
    options.add_argument("--encoding", metavar="NAME", help="of its text, such as latin-1 (utf-8)")
    options.add_argument("--thousands", metavar="SIGN", help=f"between groups of digits: {' '.join(THOUSANDS)}")
    options.add_argument("--missing", metavar="WHAT",
                         help=f"of rows with missing cells: {' or '.join(MISSING_CHOICES)} ({MISSING_CHOICES[0]})")
    options.add_argument("--rows", type=whole_number, metavar="N", help="only the first N rows")


READING = ("separator", "header", "encoding", "thousands", "missing", "rows")
CHOICE = ("target", "columns", "ignore", "regression")


def typed(options, names=READING):
    """The options of these names that were given, as the words of another command."""
    words = []
    for name in names:
        value = getattr(options, name)
        if value is not None:
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            words += [option_of(name), *([] if value is True else [text])]
    return words


def option_of(name):
    """The option by which a value of this name is given."""
    return f"--{name.replace('_', '-').replace('columns', 'inputs')}"


def same_examples(options, *words, example=None):
    """The words of a command about the same SOURCE, DATA and --example, or this one, with these in between."""
    data, example = getattr(options, "data", None), getattr(options, "example", None) or example
    chosen = [] if example is None else ["--example", str(example)]
    return [options.source, *filter(None, [data]), *words, *chosen, *(typed(options) if data else [])]


def is_data_file(source):
    """Whether SOURCE is a file of a table, as all are that neither begin as JSON nor are called so."""
    if source == "-" or source.lower().endswith(".json") or os.path.isdir(source):
        return False
    if not os.path.isfile(source):
        has_ending = "." in os.path.basename(source)
        return os.path.exists(source) or source not in catalogue.names() and (has_ending or os.sep in source)
    with open(source, "rb") as file:
        return not file.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def open_table(path, options, expected=()):
    """The `Table` in a file, read as the options say."""
    header = yes_or_no(options, "header")
    if options.thousands is not None:
        checks.known("thousands separator", options.thousands, THOUSANDS)
    return read_table(path, options.separator, header, options.encoding or "utf-8", options.rows, expected)


def open_understood(path, options):
    """The `Understanding` of a file to learn from."""
    texts = [text for text in (options.target, options.columns, options.ignore) if text]
    given = [name for text in texts for name in (text, *text.split(","))]
    table = open_table(path, options, given)
    ignore, columns = _names(options.ignore, table), options.columns and _names(options.columns, table)
    others = [name for name in table.names if name not in [*ignore, *(columns or ())]]
    target = options.target or (others[-1] if others else None)
    if target is None:
        raise InputError(f"{table.path}: every column is an input or ignored, so none is left to learn")
    return understand(table, target, columns, ignore, options.missing or "refuse", options.thousands,
                      bool(options.regression))


def _names(text, table):
    """The names of columns in a text with commas between them, which may stand in one name too."""
    if not text or text in table.names:
        return [text] if text else []
    return [name.strip() for name in text.split(",")]


def open_prepared(problem, path, options, needs_target=True):
    """(Understanding, inputs, targets) of a file for a network that was trained on such; targets may be None.

    The problem gets the numbers of the examples, by which people know them.
    """
    preparation = problem.preparation
    if preparation is None:
        raise InputError("the network was not trained on a data file, so it is not known how to read one for it")
    table = open_table(path, options, preparation.columns)
    found = as_prepared(table, preparation, options.missing or "refuse", options.thousands, needs_target)
    examples = found.examples()
    problem.numbers = examples.numbers
    return found, *preparation.apply(examples)


def dropped_note(found, options):
    """The end of a text that people read, if rows of the data file have been left out."""
    if found is None or not found.dropped or options.format == "json":
        return ""
    note = f"{len(found.kept)} of {found.table.path}, {found.dropped} with missing cells left out"
    return "\n\n" + paragraph(note, options.format or "simple", options.width)


def check_no_reading(options, what):
    """Raise InputError for an option about a data file where none is read."""
    for name in READING:
        if getattr(options, name) is not None:
            raise InputError(f"--{name} goes with a data file, and there is none: {what}")


def add_data(parser, help="a data file, for a network that was trained on one"):
    """The argument that names a data file, and the option that chooses one of its examples."""
    parser.add_argument("data", nargs="?", metavar="DATA", help=help)
    parser.add_argument("--example", type=whole_number, metavar="N",
                        help="only this one, by its row in DATA or its place in SOURCE")


def take_data(problem, options, needs_target=False):
    """The `Understanding` of DATA, the examples of which the problem gets in place of its own; None if no file was named."""
    if options.data is None:
        check_no_reading(options, "name it after SOURCE")
        return None
    for name in ("inputs", "targets"):
        if getattr(options, name, None) is not None:
            raise InputError(f"--{name} does not go with {shown_path(options.data)}, which has its own")
    found, problem.inputs, targets = open_prepared(problem, options.data, options, needs_target)
    problem.targets = [None] * len(problem.inputs) if targets is None else targets
    return found


def choose_example(problem, options):
    """Leave the problem only the example that was chosen, if one was."""
    if options.example is None:
        return
    numbers, source = list(numbers_of(problem)), shown_path(options.data or options.source)
    if options.example not in numbers:
        misses = "; its row misses a cell" if numbers[0] < options.example < numbers[-1] else ""
        raise InputError(f"{source}: there is no example {options.example}; they are {numbers[0]} to {numbers[-1]}{misses}")
    position = numbers.index(options.example)
    for values in ("inputs", "targets"):
        setattr(problem, values, getattr(problem, values)[position : position + 1])
    problem.numbers = [options.example]


def numbers_of(problem):
    """The numbers of the problem's examples, by which people know them."""
    return range(1, len(problem.inputs) + 1) if problem.numbers is None else problem.numbers


def run_data(options):
    """neurosim data FILE"""
    found = open_understood(options.source, options)
    text = column_table(found, options.format, options.decimals, options.width)
    if options.format == "json":
        write_output(text, options)
        return DOES_NOT_HOLD if found.refusals else 0
    parts = [paragraph(found.text(options.width), options.format, options.width), text]
    if found.refusals:
        refused = "\n".join(f"train refuses this: {message}" for message in found.refusals)
        parts.append(paragraph(refused, options.format, options.width))
    words = typed(options, (*CHOICE, *READING))
    then = "" if found.refusals else next_step(options, "train", options.source, *words, again=False)
    write_output("\n\n".join(parts) + then, options)
    return DOES_NOT_HOLD if found.refusals else 0
