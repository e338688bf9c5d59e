"""The training that a command describes, and the network that a data file suggests for it.

Its layers, loss and optimizer are by what the target is, unless options say.
"""

from __future__ import annotations

from neurosim.cli.data import CHOICE, READING, is_data_file, open_understood, option_of
from neurosim.cli.parser import group
from neurosim.cli.problem import change_settings
from neurosim.cli.source import open_source
from neurosim.cli.values import rate, whole_number
from neurosim.core.activations import ACTIVATIONS
from neurosim.core.description import check_sizes
from neurosim.core.layer import Layer
from neurosim.core.network import Network
from neurosim.core.optimizers import OPTIMIZERS, SGD
from neurosim.problems.preparation import SCALINGS, TARGET_SCALINGS
from neurosim.problems.problem_file import Problem
from neurosim.support.errors import InputError, shown, shown_path

SUITED = {"linear": "half_squared_error", "sigmoid": "binary_crossentropy", "softmax": "categorical_crossentropy"}
# A step of one example overshoots the best weights the more, the larger rate times inputs is (Widrow and Hoff 1960): at a
# tenth the mean squared error stays 5 % above the least.
LARGEST_RATE, RATE_TIMES_INPUTS = 0.01, 0.1  # of quantities


EPOCHS = 100  # of a training, if nothing else is said
NETWORK = ("layers", "activation", "scaling", "target_scaling", "test_share", "seed")


def add_network(parser):
    """The options that say what network learns from a data file, and from which part of it."""
    options = group(parser, "the network that learns from a data file")
    options.add_argument("--layers", type=_sizes, metavar="N[,N]", help="sizes of the hidden layers: 16,8")
    options.add_argument("--activation", metavar="NAME", help="of the hidden layers (tanh)")
    options.add_argument("--scaling", metavar="NAME", help=f"of the inputs: {', '.join(SCALINGS)} (z-score)")
    options.add_argument("--target-scaling", metavar="NAME",
                         help=f"of a quantity to learn: {', '.join(TARGET_SCALINGS)} (z-score)")
    options.add_argument("--test-share", type=rate, metavar="SHARE", help="kept for a test at the end (0.2)")
    options.add_argument("--seed", type=whole_number, metavar="N", help="of weights, order and split (1)")


def _sizes(text):
    return [whole_number(size) for size in text.split(",")]


def training_of(options):
    """What a data file was taken for or None, the problem to train, its training examples, those for the test or None."""
    if is_data_file(options.source):
        understood, problem, training, test = network_for(options)
    else:
        check_not_given(options, (*CHOICE, *NETWORK, *READING))
        understood, problem, test = None, open_source(options), None
        training = problem.inputs, problem.targets
        if not problem.inputs or None in problem.targets:
            raise InputError(f"{shown_path(options.source)}: training needs examples with targets")
    change_settings(problem, options)
    problem.optimizer = problem.optimizer or OPTIMIZERS.make("sgd")
    return understood, problem, training, test


def check_not_given(options, names, why="goes with a data file; {} has its own network"):
    """Raise InputError, which says why, for one of these options, which have no place beside this SOURCE."""
    for name in names:
        if getattr(options, name, None) is not None:
            raise InputError(f"{option_of(name)} {why.format(shown_path(options.source))}")


def network_for(options):
    """(understanding, problem, training examples, test examples or None) of the data file that options name."""
    from neurosim.training.checkpoint import DEFAULTS

    seed = 1 if options.seed is None else options.seed
    understood = open_understood(options.source, options)
    if len(understood.table.names) < 2:
        raise InputError(f"{shown_path(options.source)}: expected two columns or more; what stands between them can be said "
                         "with --separator")
    share = DEFAULTS["test_share"] if options.test_share is None else options.test_share
    training, test = understood.examples().split(share, seed)
    preparation = training.prepare(options.scaling or "z-score", target_scaling=options.target_scaling or "z-score")
    activation = "linear" if preparation.classes is None else "sigmoid" if preparation.outputs == 1 else "softmax"
    check_sizes([preparation.inputs, *(options.layers or ()), preparation.outputs])
    network = Network(preparation.inputs, loss=options.loss or SUITED[activation], seed=seed)
    activation_of_hidden = ACTIVATIONS.make(options.activation or "tanh")
    for size in options.layers or ():
        network.add(Layer(size, activation_of_hidden))
    network.add(Layer(preparation.outputs, activation))
    title = f"{shown(preparation.target)} from {len(preparation.columns)} columns"
    optimizer = SGD(_rate(preparation)) if preparation.classes is None else None
    problem = Problem(network, title=title, preparation=preparation, optimizer=optimizer)
    problem.numbers = training.numbers
    return understood, problem, preparation.apply(training), preparation.apply(test) if len(test) else None


def _rate(preparation):
    """The learning rate for a quantity, of one digit."""
    return min(LARGEST_RATE, float(f"{RATE_TIMES_INPUTS / (preparation.inputs + 1):.0e}"))
