"""A checkpoint is read as strictly as the network beside it: every part that no training could have left is refused."""

import copy
import json

import pytest
from harmless import check_message

import neurosim as ns
from neurosim import InputError, Layer, Network, Problem
from neurosim.training.checkpoint import checkpoint
from written_problem import read

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


@pytest.fixture(scope="module")
def document():
    """A problem file with the checkpoint of a training with everything in it."""
    network, optimizer = Network(2, [Layer(2, "relu"), Layer(1)], seed=1), ns.Adam(0.5)
    history = network.fit(*XOR, 3, optimizer=optimizer, metrics=["mae"], validation=XOR, record=["h1", "o1"])
    problem = Problem(network, *XOR, optimizer, training=checkpoint(network, optimizer, history))
    path = ns.problems.problem_file.problem_text(problem)
    return json.loads(path)


def put(*path, to):
    def change(training):
        for key in path[:-1]:
            training = training[key]
        training[path[-1]] = to

    return change


def drop(*path):
    def change(training):
        for key in path[:-1]:
            training = training[key]
        del training[path[-1]]

    return change


EVENT = [2, [1], 5, "changed its sign", "w[x1->h1]", 0.5, -0.5, None]
BROKEN = {
    "no object": (lambda training: training.clear(), "training: the key 'history' is missing"),
    "a key too many": (put("memry", to=[]), "training: unknown key 'memry'; did you mean 'memory'?"),
    "a memory of numbers": (put("memory", 2, to=1.5), "training.memory[2]: expected an object in braces, got 1.5"),
    "a memory of nothing": (put("memory", 2, to=None), "training.memory[2]: expected an object in braces, got None"),
    "a memory that is none": (put("memory", to={}), "training.memory: expected a list in brackets, got {}"),
    "a neuron without memory": (drop("memory", 0), "training.memory: expected 3 entries, one for each neuron, got 2"),
    "a memory without biases": (drop("memory", 1, "bias"), "training.memory[1]: the key 'bias' is missing"),
    "a memory of a third part": (put("memory", 1, "slope", to=None), "training.memory[1]: unknown key 'slope'"),
    "another optimizer's": (
        put("memory", 0, "weights", to={"velocity": [0, 0]}), "training.memory[0].weights: of another optimizer than adam"
    ),
    "a memory too short": (put("memory", 0, "weights", "m", to=[0.5]), "memory[0].weights.m: expected 2 numbers, got 1"),
    "a memory of true": (put("memory", 0, "bias", "m", 0, to=True), "memory[0].bias.m[0]: expected a number, got True"),
    "a negative square": (
        put("memory", 2, "weights", "v", 1, to=-1e-9),
        "training.memory[2].weights.v: a sum of squares is never negative, got -1e-09"
    ),
    "updates of true": (put("updates", to=True), "training.updates: expected a whole number of 0 or more, got True"),
    "half an update": (put("updates", to=1.5), "training.updates: expected a whole number of 0 or more, got 1.5"),
    "updates before the first": (put("updates", to=-1), "training.updates: expected a whole number of 0 or more, got -1"),
    "a history of nothing": (put("history", to=[]), "training.history: expected columns, got []"),
    "a column too short": (drop("history", "loss", 0), "training.history.mae: expected 2 numbers, got 3"),
    "a column of text": (put("history", "mae", 1, to="0.5"), "training.history.mae[1]: expected a number, got '0.5'"),
    "a history without loss": (drop("history", "loss"), "training.history: expected the columns of a run, which begin with"),
    "a column of no run": (put("history", "zzz", to=[1, 2, 3]), "training.history: expected the columns of a run"),
    "a validation of half": (drop("history", "validation mae"), "training.history: expected the columns of a run"),
    "no random numbers": (put("random", to=[]), "training.random: expected a version and a list of numbers, got []"),
    "random numbers too few": (put("random", 1, to=[1]), "training.random: not a random state"),
    "a random number of text": (put("random", 1, 3, to="5"), "training.random[1][3]: expected a whole number of 0 or more"),
    "half a random number": (put("random", 1, 3, to=0.5), "training.random[1][3]: expected a whole number of 0 or more"),
    "random numbers of another kind": (put("random", 0, to=9), "training.random: not a random state"),
    "a change below nothing": (put("weight_change", to=-1), "training.weight_change must not be negative, got -1"),
    "a change of text": (put("weight_change", to="0.1"), "training.weight_change: expected a number, got '0.1'"),
    "the life of nobody": (put("lives", "h7", to={"epochs": [], "events": []}), "training.lives: unknown key 'h7'"),
    "a life that is none": (put("lives", "h1", to=5), "training.lives.h1: expected an object in braces, got 5"),
    "a life before birth": (put("lives", "h1", "epochs", to=[[0, 3]]), "lives.h1.epochs: expected stretches of 3 epochs"),
    "a life too long": (put("lives", "h1", "epochs", to=[[1, 4]]), "lives.h1.epochs: expected stretches of 3 epochs"),
    "a life twice": (put("lives", "h1", "epochs", to=[[1, 3], [2, 3]]), "lives.h1.epochs: expected stretches of 3 epochs"),
    "half an epoch": (put("lives", "h1", "epochs", to=[[1, 1.5]]), "lives.h1.epochs: expected a whole number"),
    "an event in half an epoch": (put("lives", "h1", "events", to=[[0.5, *EVENT[1:]]]), "events[0].epoch: expected a whole"),
    "an event by no example": (
        put("lives", "h1", "events", to=[[1, [0], *EVENT[2:]]]), "events[0].examples: expected a whole number of 1 or more"
    ),
    "an event of text": (put("lives", "h1", "events", to=["died"]), "events[0]: expected a list in brackets, got 'died'"),
    "a count of text": (
        put("lives", "h1", "events", to=[[1, [1], 1, "died", None, None, None, [1, "2", 4]]]),
        "events[0].flat: expected a whole number of 0 or more, got '2'"
    ),
}


def test_what_a_training_leaves_is_read(document):
    assert read(json.dumps(document)).training == document["training"]
    changed = copy.deepcopy(document)
    changed["training"]["lives"]["h1"]["events"] = [EVENT]
    assert read(json.dumps(changed)).training == changed["training"]


@pytest.mark.parametrize("change, message", BROKEN.values(), ids=BROKEN)
def test_what_no_training_leaves_is_refused_with_its_place(change, message, document):
    changed = copy.deepcopy(document)
    change(changed["training"])
    with pytest.raises(InputError) as caught:
        read(json.dumps(changed))
    assert str(caught.value).startswith("it: ") and message in str(caught.value)
    check_message(str(caught.value))


def test_a_network_with_the_checkpoint_of_another_is_refused(document):
    with pytest.raises(InputError, match="training.memory: expected 1 entries, one for each neuron, got 3"):
        read(json.dumps({**document, "layers": [{"size": 1}]}))
    with pytest.raises(InputError, match=r"training.memory\[0\].weights: of another optimizer than sgd"):
        read(json.dumps({**document, "optimizer": "sgd"}))
