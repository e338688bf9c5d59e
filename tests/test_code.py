"""Scripts for other frameworks: each is Python, and where its framework is installed it gives the numbers of a training."""

import ast
import copy
import json
import random
import re

import pytest
from built_ins import TRACED
from every_formula import CONVENTIONS, INPUTS, OUTPUTS
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
    {}, {"l2": 0.1}, {"clip_value": 0.05}, {"schedule": {"name": "exponential", "factor": 0.7}}, {"l1": 0.01},
    {"clip_norm": 0.1},
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
    rows = [example]
    rows += [[[number_of(draw, float) for _ in network.input_names], targets_for(draw, network)] for _ in range(3)]
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
    numbers = range(7 * len(PAIRS)) if request.config.getoption("--long") else range(0, 2 * len(PAIRS), 13)
    assert {number % len(CHANGES) for number in numbers} == set(range(len(CHANGES)))
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


@pytest.mark.parametrize("framework", PACKAGES)
def test_settings_in_which_programs_differ_are_said(framework, tmp_path):
    problems = []
    for number, optimizer in enumerate(CONVENTIONS["optimizer"]):
        net = Network(2, [Layer(3, "tanh", bias_initializer="uniform"), Layer(2)], seed=number)
        problems.append(Problem(net, INPUTS, [[0.2, 0.9]] * 3, optimizer, "all", title=str(optimizer)))
    for loss in CONVENTIONS["loss"]:
        output, target = OUTPUTS.get(loss["name"], ("sigmoid", [1, 0.5]))
        for output in dict.fromkeys([output, "sigmoid"]):
            net = Network(2, [Layer(3, "tanh"), Layer(2, output)], loss, seed=2)
            problems.append(Problem(net, INPUTS, [target] * 3, "sgd", "all", title=f"{loss}, {output}"))
    difference, title = worst(problems, framework, tmp_path)
    assert difference <= WITHIN[framework], title


@pytest.mark.parametrize("framework", PACKAGES)
def test_a_script_in_a_process_of_its_own_prints_the_first_loss(framework, run, tmp_path):
    """https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/"""
    python = frameworks_python(*PACKAGES[framework])
    assert run("code", "mazur", "--for", framework, "-o", tmp_path / "mazur.py") == (0, "", "")
    printed = run_python(python, tmp_path / "mazur.py")
    assert re.match(r"E before the first step: 0\.29837110\d+\n$", printed)


@pytest.mark.parametrize("framework", PACKAGES)
def test_an_optimizer_of_ones_own_learns_the_same_by_its_formulas(framework, tmp_path):
    class Own(Optimizer):
        parameters = (*Optimizer.parameters, "name_", "x")
        state = ("memory", "lambda")
        formulas = {"memory+": "name_*memory + abs(g)", "W1": "max(memory+, x, 0.1)", "lambda+": "lambda + memory*W1",
                    "w+": "w - eta*g / sqrt(W1) - eta*lambda+ / t"}

        def __init__(self, learning_rate=0.1, name_=0.5, x=0.2, **settings):
            self.name_, self.x = name_, x
            super().__init__(learning_rate, **settings)

    problem = random_problem(3, ("tanh", "half_squared_error"))
    problem.optimizer = Own(clip_value=0.3)
    assert worst([problem], framework, tmp_path)[0] <= WITHIN[framework]


def test_an_activation_and_a_loss_of_ones_own_learn_the_same_by_their_formulas(tmp_path):
    network = Network(2, [Layer(3, Steep), Layer(2, Steep)], Far, seed=1)
    problem = Problem(network, [[0.1, -0.2], [0.7, 0.4]], [[0, 1], [1, 1]], ns.Momentum(0.05), 2)
    assert worst([problem], "numpy", tmp_path)[0] <= WITHIN["numpy"]


class Steep(Activation):
    """Straight, and steeper on one side or near 0."""

    formula = "2*z if z > 0.1 and not z > 1 or z < -1 else z"
    derivative_formula = "2 if z > 0.1 and not z > 1 or z < -1 else 1"

    def __call__(self, net_input):
        return self.derivative(net_input, None) * net_input

    def derivative(self, net_input, output):
        return 2 if 0.1 < net_input <= 1 or net_input < -1 else 1


class Far(Loss):
    """The fourth power of the error."""

    formula, derivative_formula = "(a - t)^4", "4*(a - t)^3"

    def term(self, output, target, size):
        return (output - target) ** 4

    def derivative(self, output, target, size):
        return 4 * (output - target) ** 3


class Unsaid(Steep):
    """Without a formula."""

    formula = ""


# What it looks like


@pytest.mark.parametrize("framework", PACKAGES)
def test_every_script_is_python_in_lines_that_are_not_wide(framework):
    problems = [random_problem(number, pair) for number, pair in enumerate(PAIRS)]
    problems.append(Problem(Network(40, [Layer(3) for _ in range(6)], seed=1), [[1 / 3] * 40], [[0] * 3]))
    for problem in problems:
        if can_be_said(problem, framework):
            script = ns.network_code(problem, framework)
            ast.parse(script)
            assert max(map(len, script.splitlines())) <= 112, problem.title


def test_the_backward_pass_of_numpy_is_the_one_on_paper():
    script = ns.network_code(mazur(), "numpy")
    for line in ("    z2 = a1 @ W2.T + b2", "    delta2 = (a2 - t) * (a2 * (1 - a2))",
                 "    delta1 = (delta2 @ W2) * (a1 * (1 - a1))", '        "W1": delta1.T @ x / len(t),',
                 "        w[...] = w - eta*g", 'parameters = {"W1": W1, "W2": W2}  # to train'):  # fmt: skip
        assert line in script.splitlines()


@pytest.mark.parametrize(
    "optimizer, line",
    [
        (ns.SGD(), "torch.optim.SGD(model.parameters(), lr=eta)"),
        (ns.Nesterov(), "torch.optim.SGD(model.parameters(), lr=eta, momentum=momentum, nesterov=True)"),
        (ns.Adam(), "torch.optim.Adam(model.parameters(), lr=eta, betas=(beta1, beta2), eps=epsilon)"),
        (ns.Nesterov(momentum=0), "update({name: w.grad"),  # PyTorch's needs one above 0
        (ns.Momentum(schedule="exponential"), "update({name: w.grad"),  # PyTorch's velocity has no eta in it
        (ns.SGD(l1=0.1), "update({name: w.grad"),  # PyTorch has none
        (ns.SGD(clip_norm=1), "update({name: w.grad"),  # PyTorch divides by the length + 1e-6
        (ns.SGD(l2=0.1, clip_value=1), "update({name: w.grad"),  # PyTorch clips before it decays
    ],
)
def test_pytorch_has_its_own_optimizer_where_that_is_the_same(optimizer, line):
    problem = mazur()
    problem.optimizer = optimizer
    assert line in ns.network_code(problem, "torch")


@pytest.mark.parametrize("framework", PACKAGES)
def test_the_logarithm_and_the_exponential_of_an_output_cancel(framework):
    """Where the framework has softmax and cross-entropy in one, it gets z; NumPy's delta is a - t."""
    script = ns.network_code(ns.built_in("cs231n-softmax"), framework)
    assert {"numpy": "delta1 = a1 - t", "torch": "F.cross_entropy(z, t", "keras": "ops.log_softmax(z)"}[framework] in script


def test_a_batch_is_only_the_first(run):
    assert "train_step(inputs[:2], targets[:2])" in run("code", "goodfellow-xor", "--batch-size", "2")[1]
    assert "train_step(inputs, targets)" in run("code", "goodfellow-xor", "--batch-size", "all")[1]


def test_a_network_that_is_typed_has_a_script(run):
    status, script, errors = run("code", "2-1", "--weights", "0.5 1", "--inputs", "1,2", "--targets", "0", "--loss", "bce")
    assert status == 0 and "W1 = np.array([[0.5, 1.0]])" in script and "--loss" in errors


# What a person has typed


@pytest.mark.parametrize("framework", PACKAGES)
def test_what_a_person_has_typed_never_becomes_code(framework):
    plain = problem = mazur()
    problem.title = problem.source = ""
    tree = ast.dump(ast.parse(ns.network_code(plain, framework)))
    for text in [*TEXTS.values(), "a\nimport os", "a\rimport os", "a\x0cimport os", "\\", '"""']:
        problem.title = problem.source = text
        script = ns.network_code(problem, framework)
        assert ast.dump(ast.parse(script)) == tree and script.replace("\n", "").isprintable()


def test_the_name_of_a_class_never_becomes_code():
    hostile = type("Hostile", (Steep,), {"name": "x\nimport os\rimport os\x0cimport os\u2028import os"})
    optimizer = type("Hostile", (ns.SGD,), {"name": '"""\nimport os', "formulas": {"w+": "w - 2*eta*g"}})
    problem = Problem(Network(1, [Layer(1, hostile)], seed=1), [[1]], [[0]], optimizer())
    tree = ast.parse(ns.network_code(problem, "numpy"))
    assert [node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)] == ["numpy"]


# What there is no script for


def refused(framework, *layers, loss="half_squared_error", **settings):
    network = Network(1, [*layers, Layer(1, "linear", weights=[[1]], biases=[0])] if layers else (), loss, seed=1)
    with pytest.raises(InputError) as error:
        ns.network_code(Problem(network, **{"inputs": [[1]], "targets": [[0]], **settings}), framework)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("framework", PACKAGES)
def test_what_no_framework_has_is_refused(framework):
    from fractions import Fraction

    assert refused(framework, Layer(1), targets=[None]) == "a training step needs examples with targets"
    assert refused(framework, Layer(1), inputs=[], targets=[]) == "a training step needs examples with targets"
    assert "only for 'simultaneous'" in refused(framework, Layer(1), optimizer=ns.SGD(order="sequential"))
    assert "has no useful derivative" in refused(framework, Layer(1, "step"))
    exact = refused(framework, Layer(1, "linear", weights=[[Fraction(1, 3)]], biases=[0]))
    assert exact == "layer 1: a script for a framework has floats, not Fraction(1, 3); float() makes one"
    own = type("Mine", (ns.SCHEDULES["constant"],), {})()
    assert refused(framework, Layer(1), optimizer=ns.SGD(schedule=own)).startswith("'Mine' is a schedule of your own;")
    assert refused(framework).startswith("the network has no layers")


def test_what_has_no_slope_or_one_of_its_own_is_left_to_numpy():
    step = ns.built_in("mitchell-and")
    for framework, name in (("torch", "PyTorch"), ("keras", "Keras")):
        with pytest.raises(InputError, match=f"^layer 1: {name} finds no slope of sign; NumPy takes it$"):
            ns.network_code(step, framework)
        assert refused(framework, Layer(1, Steep)).startswith("'Steep' is a class of your own, whose slope")


def test_a_class_without_a_formula_and_one_with_another_are_refused():
    assert "there is no Python for 'Unsaid'" in refused("numpy", Layer(1, Unsaid))
    other = type("Other", (Steep,), {"formula": "3*z"})
    assert "whose numbers are not those of its formula '3*z'" in refused("numpy", Layer(1, other))


def test_an_unknown_framework_and_no_problem_are_refused(run):
    assert run("code", "mazur", "--for", "pytorch")[2] == (
        "neurosim: error: unknown framework 'pytorch'; did you mean 'torch'?\n"
    )
    with pytest.raises(InputError, match="^expected a Problem, got <Network"):
        ns.network_code(mazur().network, "numpy")
