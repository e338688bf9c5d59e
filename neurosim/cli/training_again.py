"""A training again, from its first epoch: of a network that was saved, and the data file that it learned from."""

from __future__ import annotations

import math

from neurosim.cli.data import open_prepared
from neurosim.cli.source import open_source
from neurosim.core.description import with_rate
from neurosim.core.layer import Layer
from neurosim.core.network import Network
from neurosim.core.optimizers import OPTIMIZERS
from neurosim.support.errors import InputError, shown_path

SAME = 1e-9  # a first loss that differs by no more, as a part of it, is that of the same training


def training_again(options):
    """(problem, number of epochs, whether shuffled) as `train` began with them.

    Raises InputError if the first epoch does not come out as the checkpoint has it: of another file, or one read otherwise.
    Last digits may differ, as versions of Python add up differently.
    """
    from neurosim.training.checkpoint import SETTINGS, settings_now

    problem, path = open_source(options), shown_path(options.source)
    problem.optimizer = problem.optimizer or OPTIMIZERS.make("sgd")
    found, _, _ = open_prepared(problem, options.data, options)
    if problem.training is None or not problem.training["history"]:
        raise InputError(f"{path} holds no training to go through again")
    history, settings = problem.training["history"], problem.training.get(SETTINGS, [])
    begun = settings_now(settings[:1])
    rate = begun.get("learning_rate", problem.optimizer.learning_rate)
    problem.optimizer = OPTIMIZERS.make({**with_rate(problem.optimizer), "learning_rate": rate})
    training, _ = found.examples().split(begun["test_share"], problem.network.seed)
    problem.inputs, problem.targets = problem.preparation.apply(training)
    problem.numbers = training.numbers
    problem.network = _drawn_anew(problem.network)
    loss = _first_loss(problem, begun["shuffle"])
    if not math.isclose(loss, history["loss"][0], rel_tol=SAME):
        raise InputError(
            f"{path}: its training can't be gone through again: the first epoch comes out with the loss {loss!r}, and "
            f"was {history['loss'][0]!r}; was it another file, read otherwise, or begun anew by --restarts?"
        )
    changes = [change["epoch"] for change in settings[1:] if set(change) & {"learning_rate", "shuffle"}]
    return problem, min([len(history["loss"]), *[epoch - 1 for epoch in changes]]), begun["shuffle"]


def _drawn_anew(network):
    """The network as its seed makes it."""
    layers = [Layer(layer.size, layer.activation) for layer in network.layers]
    return Network(network.input_names, layers, network.loss, network.seed)


def _first_loss(problem, shuffle):
    """The loss of the first epoch, trained on a copy."""
    optimizer = OPTIMIZERS.make(with_rate(problem.optimizer))
    settings = {"batch_size": problem.batch_size, "optimizer": optimizer, "shuffle": shuffle, "reduction": problem.reduction}
    return problem.network.copy().fit(problem.inputs, problem.targets, 1, **settings)["loss"][0]
