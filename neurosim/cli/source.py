"""What SOURCE names, as every command opens it: a file, a built-in example, or the sizes of a network that is typed.

A typed network needs no file: SOURCE is 2-2-1, and its numbers stand in options, a layer's matrix as on a sheet.
"""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError

from neurosim.cli.data import is_data_file
from neurosim.cli.parser import group
from neurosim.cli.values import examples, whole_number
from neurosim.core.activations import ACTIVATIONS
from neurosim.core.losses import LOSSES
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.core.weights import WEIGHTS_BY
from neurosim.problems import catalogue
from neurosim.problems.problem_file import problem_of
from neurosim.support.checks import known
from neurosim.support.errors import InputError, shown, shown_path
from neurosim.support.files import told_with

SIZES = re.compile(r"[0-9]{1,7}(-[0-9]{1,7})+")
OF_TYPED = ("activations", "weights", "weights_by", "biases")  # besides `seed`, which other networks have too
SHORT = {"loss": LOSSES, "optimizer": OPTIMIZERS, "activation": ACTIVATIONS}  # options that may have a short name
SEED = 1
ALONE = ""  # what --weights is where it stands without a value


def add_typed(parser, has_seed=True, weights=None):
    """The options of a network that is typed, and where to save it.

    --seed may be there already. weights: what --weights without a value does, if it does something.
    """
    typed = parser.add_argument_group(
        "without a file", "SOURCE may be how many inputs there are, and units of each layer: 2-2-1. Layers have | between "
        "them, rows of a matrix ; and numbers a space or a comma.",
    )
    typed.add_argument("--activations", metavar="NAME,NAME", help="of each layer, or one for all (sigmoid)")
    alone = {"nargs": "?", "const": ALONE} if weights else {}
    told = f"; {weights}" if weights else ""
    typed.add_argument("--weights", metavar='"A B; C D | E F"', **alone,
                       help=f"a row for each unit; what is not given is drawn{told}")
    typed.add_argument("--weights-by", metavar="ROW", help=f"what a row is for: {' or '.join(WEIGHTS_BY)} ({WEIGHTS_BY[0]})")
    typed.add_argument("--biases", metavar='"A B | C"', help="one for each unit; beside --weights none if not given")
    if has_seed:
        typed.add_argument("--seed", type=whole_number, metavar="N", help=f"of what is drawn ({SEED})")
    group(parser, "output").add_argument("--save", metavar="FILE", help="write the problem to a file, with all options said")


def open_any(options):
    """The `Problem` or the `Trace` that SOURCE means; notes say how short forms were understood."""
    given = [name for name in (*OF_TYPED, "seed") if getattr(options, name, None) is not None]
    if is_typed(options):
        found = _typed(options)
    elif given and hasattr(options, "weights"):
        raise InputError(f"--{given[0].replace('_', '-')} goes with a network that is typed, such as 2-2-1; "
                         f"{shown_path(options.source)} has its own")
    elif looks_typed(options.source):
        written = f"neurosim trace {options.source} --inputs A,B --targets C --save FILE writes one"
        raise InputError(f"{options.command} takes no network that is typed, only a file: {written}")
    elif is_data_file(options.source) and os.path.isfile(options.source):
        raise InputError(f"{shown_path(options.source)} is no problem file, which is JSON; if it is a table, neurosim train "
                         "--save FILE makes a network of it")
    else:
        found = catalogue.open_any(options.source)
    for name, registry in SHORT.items():
        text = getattr(options, name, None)
        full = text if text is None else registry.full_name(text)
        if full not in (text, text and text.lower()):
            options.notes.append(f"--{name}: {shown(text)} is read as {full}")
    options.notes += getattr(found, "notes", ())
    return found


def open_source(options):
    """The `Problem` that SOURCE means."""
    return catalogue.only_problem(open_any(options), options.source)


def is_typed(options):
    """Whether SOURCE is a network's sizes, and the command takes one."""
    return hasattr(options, "weights") and looks_typed(options.source)


def layout_shown(options, is_shown):
    """The layout in which matrices are shown, or None; that of a typed network is its own too."""
    if not is_shown:
        return None
    layout = options.weights_by or WEIGHTS_BY[0]
    if not is_typed(options):
        options.weights_by = None
    return layout


def looks_typed(source):
    """Whether this is a network's sizes. An existing file of that name wins."""
    return bool(SIZES.fullmatch(source)) and not os.path.exists(source)


def _typed(options):
    """The `Problem` of a typed network, without examples."""
    inputs, *sizes = map(int, options.source.split("-"))
    activations = (options.activations or "sigmoid").split(",")
    if len(activations) not in (1, len(sizes)):
        raise InputError(f"--activations: expected 1 or {len(sizes)}, one for each layer, got {len(activations)}")
    weights_by = known("layout", options.weights_by or WEIGHTS_BY[0], WEIGHTS_BY)
    matrices, biases = _parts("weights", options, len(sizes)), _parts("biases", options, len(sizes))
    layers = [{"activation": name.strip()} for name in activations * (len(sizes) // len(activations))]
    for number, (layer, size, rows, bias) in enumerate(zip(layers, sizes, matrices, biases), 1):
        if rows is None:
            layer["size"] = size
        else:
            fan_in = [inputs, *sizes][number - 1]
            layer.update(weights=_matrix(rows, fan_in, size, weights_by, number), weights_by=weights_by)
        if bias is not None:
            layer["biases"] = [number for row in bias for number in row]
    drawn = [number for number, rows in enumerate(matrices, 1) if rows is None]
    document = {"inputs": inputs, "layers": layers}
    if drawn or options.seed is not None:
        document["seed"] = SEED if options.seed is None else options.seed
    with told_with(options.source):
        problem = problem_of(document)
    if drawn:
        problem.notes.append(f"weights drawn from --seed {problem.network.seed}: {_layers(drawn)}")
    without = [number for number, layer in enumerate(problem.network.layers, 1) if not layer.has_bias]
    if without:
        problem.notes.append(f"no biases given, so none: {_layers(without)}")
    return problem


def _matrix(rows, fan_in, size, weights_by, number):
    """A layer's matrix, of so many units; of a single unit a row of numbers will do in either layout."""
    if size == len(rows) == 1 and len(rows[0]) == fan_in:
        return rows[0]
    units = len(rows) if weights_by == "unit" else max(map(len, rows))
    if units != size:
        parts = "rows with ; between them" if weights_by == "unit" else "numbers in each row"
        raise InputError(f"--weights, layer {number}: expected {size} {parts}, one for each unit, got {units}")
    return rows


def _layers(numbers):
    return f"layer{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _parts(name, options, count):
    """For each layer the rows of numbers that the option of this name has for it, or None."""
    text = getattr(options, name)
    if text is None:
        return [None] * count
    parts = text.split("|")
    if len(parts) != count:
        raise InputError(f"--{name}: expected {count} layers with | between them, got {len(parts)}")
    rows = []
    for number, part in enumerate(parts, 1):
        try:
            rows.append(examples(part.strip().strip(";")) if part.strip() else None)
        except ArgumentTypeError as error:
            raise InputError(f"--{name}, layer {number}: {error}") from None
    return rows
