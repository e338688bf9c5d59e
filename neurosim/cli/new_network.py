"""The network that a data file suggests: its layers, loss and optimizer by what the target is, unless options say."""

from __future__ import annotations

from neurosim.cli.data import open_understood
from neurosim.core.activations import ACTIVATIONS
from neurosim.core.description import check_sizes
from neurosim.core.layer import Layer
from neurosim.core.network import Network
from neurosim.core.optimizers import SGD
from neurosim.problems.problem_file import Problem
from neurosim.support.errors import InputError, shown, shown_path

SUITED = {"linear": "half_squared_error", "sigmoid": "binary_crossentropy", "softmax": "categorical_crossentropy"}
# A step of one example overshoots the best weights the more, the larger rate times inputs is (Widrow and Hoff 1960): at a
# tenth the mean squared error stays 5 % above the least.
LARGEST_RATE, RATE_TIMES_INPUTS = 0.01, 0.1  # of quantities


def network_for(options):
    """(understanding, problem, training examples, test examples or None) of the data file that options name."""
    seed = 1 if options.seed is None else options.seed
    understood = open_understood(options.source, options)
    if len(understood.table.names) < 2:
        raise InputError(f"{shown_path(options.source)}: expected two columns or more; what stands between them can be said "
                         "with --separator")
    share = 0.2 if options.test_share is None else options.test_share
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
    return understood, problem, preparation.apply(training), preparation.apply(test) if len(test) else None


def _rate(preparation):
    """The learning rate for a quantity, of one digit."""
    return min(LARGEST_RATE, float(f"{RATE_TIMES_INPUTS / (preparation.inputs + 1):.0e}"))
