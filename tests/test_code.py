"""Scripts for other frameworks: each is Python, and where its framework is installed it gives the numbers of a training."""

import ast
import copy
import json
import random
import re

import pytest
from built_ins import TRACED
from frameworks import frameworks_python, run_python
from hostile_texts import TEXTS
from random_networks import PAIRS, number_of, random_network, targets_for

import neurosim as ns
from neurosim import Activation, InputError, Layer, Loss, Network, Optimizer, Problem

PACKAGES = {"numpy": ["numpy"], "torch": ["numpy", "torch"], "keras": ["numpy", "torch", "keras"]}
# How far a weight may be from neurosim's own, as a share of the largest of its layer. On PyTorch, Keras rounds products and
# sums to float32, whatever floatx is; what Adam and its like divide by may be as small as what is lost by that.
WITHIN = {"numpy": 1e-10, "torch": 1e-10, "keras": 1e-5}
RATES = {"sgd": 0.1, "momentum": 0.05, "nesterov": 0.05, "adagrad": 0.1, "rmsprop": 0.02, "adam": 0.05}
CHANGES = [
    {}, {"l2": 0.1}, {"clip_value": 0.05}, {"schedule": {"name": "exponential", "factor": 0.7}}, {"l1": 0.01}, {"clip_norm": 0.1},
    {"l1": 0.02, "l2": 0.1, "clip_value": 0.1}, {"schedule": {"name": "step", "factor": 0.5, "every": 2}}, {},
    {"l2": 0.01, "schedule": {"name": "inverse_time", "decay": 0.5}}, {"clip_norm": 0.05, "schedule": "exponential"},
]  # fmt: skip
# Runs each script as the main one, and its step twice more; prints what it printed and the weights as they are then.
RUNNER = """
import contextlib, io, json, pathlib, re, sys
for path in sys.argv[1:]:
    script, printed = pathlib.Path(path).read_text(encoding="utf-8"), io.StringIO()
    space = {"__name__": "__main__"}
    with contextlib.redirect_stdout(printed):
        exec(compile(script, path, "exec"), space)
    for _ in range(2):
        eval(re.findall(r"(train_step\\(inputs.*\\))\\)$", script, re.M)[0], space)
    model = space.get("model")
    if model is None:
        names = sorted((name for name in space if re.fullmatch(r"[Wb]\\d+", name)), key=lambda name: (int(name[1:]), name))
        weights = [space[name].tolist() for name in names]
    elif hasattr(model, "get_weights"):
        weights = [each.T.tolist() for layer in model.layers for each in layer.get_weights()]
    else:
        weights = [each.tolist() for each in model.state_dict().values()]
    print(json.dumps([printed.getvalue(), weights]))
"""


def mazur():
    return ns.built_in("mazur")


def own_numbers(problem):
    """(E of the first batch, all weights and biases after three steps on it), by neurosim."""
    network, size = problem.network.copy(), len(problem.inputs) if problem.batch_size == "all" else problem.batch_size
    inputs, targets = problem.inputs[:size], problem.targets[:size]
    optimizer = copy.deepcopy(problem.optimizer) or ns.SGD()
    history = network.fit(inputs, targets, 3, "all", optimizer, shuffle=False, reduction=problem.reduction)
    E = history["loss"][0] * (len(inputs) if problem.reduction == "sum" else 1)
    return E, [part for layer in network.layers for part in (layer.weights, layer.biases) if part is not None]


def differences(problem, printed, weights):
    """The relative differences of E, and of each layer's weights and of its biases as a share of the largest."""
    E, own = own_numbers(problem)
    assert len(own) == len(weights)
    yield abs(float(printed.split()[-1]) - E) / max(abs(E), 1e-3)
    for mine, others in zip(map(flat, own), map(flat, weights)):
        assert len(mine) == len(others)
        yield max(abs(a - b) for a, b in zip(mine, others)) / max(map(abs, mine + [1e-3]))


def flat(part):
    return [number for row in part for number in row] if isinstance(part[0], list) else list(part)


def worst(problems, framework, folder):
    """(the largest difference, which problem's) of scripts that run one after another."""
    python = frameworks_python(*PACKAGES[framework])
    paths = [folder / f"{number}.py" for number in range(len(problems))]
    for path, problem in zip(paths, problems):
        path.write_text(ns.network_code(problem, framework), encoding="utf-8")
    (folder / "runner.py").write_text(RUNNER, encoding="utf-8")
    warnings = "default" if framework == "keras" else "error"  # some of Keras's own are of NumPy's newest version
    lines = run_python(python, "-W", warnings, folder / "runner.py", *paths).splitlines()
    assert len(lines) == len(problems)
    return max((max(differences(problem, *json.loads(line))), problem.title) for problem, line in zip(problems, lines))


def random_problem(number, pair):
    """A problem with this output activation and loss, and the other settings by its number."""
    network, *example = random_network(number, *pair, deepest=3)
    draw, size = random.Random(number), number % 3 + 1
    rows = [example] + [[[number_of(draw, float) for _ in network.input_names], targets_for(draw, network)] for _ in range(3)]
    name = list(RATES)[number % len(RATES)]
    optimizer = {"name": name, "learning_rate": RATES[name], **CHANGES[number % len(CHANGES)]}
    title = f"{number}: {[layer.activation.name for layer in network.layers]}, {network.loss.name}, {optimizer}"
    reduction = ("mean", "sum")[number % 2]
    return Problem(network, *zip(*rows), optimizer, "all" if number % 5 == 0 else size, reduction, title)


def can_be_said(problem, framework):
    return framework == "numpy" or all(layer.activation.differentiable for layer in problem.network.layers)


# The numbers


@pytest.mark.parametrize("framework", PACKAGES)
def test_random_networks_learn_the_same(framework, tmp_path, request):
    """With --long seven times all pairs of activation and loss."""
    numbers = range(7 * len(PAIRS)) if request.config.getoption("--long") else range(0, 2 * len(PAIRS), 11)
    problems = [random_problem(number, PAIRS[number % len(PAIRS)]) for number in numbers]
    difference, title = worst([one for one in problems if can_be_said(one, framework)], framework, tmp_path)
    print(framework, difference, title)
    assert difference <= WITHIN[framework], title


@pytest.mark.parametrize("framework", PACKAGES)
def test_the_built_in_examples_learn_the_same(framework, tmp_path):
    problems = [ns.built_in(name) for name in TRACED]
    problems = [one for one in problems if None not in one.targets and can_be_said(one, framework)]
    for problem in problems:
        if problem.optimizer is not None:
            problem.optimizer.order = "simultaneous"
    difference, title = worst(problems, framework, tmp_path)
    print(framework, difference, title)
    assert difference <= WITHIN[framework], title
