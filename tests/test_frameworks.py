"""Other frameworks: what comes in, what is refused and why, and what a step elsewhere equals."""

import json
import random
from pathlib import Path

import pytest
from frameworks import frameworks_python, run_python
from stand_ins import linear, module, optimizer, sequential

import neurosim as ns
from neurosim import InputError
from neurosim.frameworks.tensors import compare_tensors

HERE = Path(__file__).parent
TWO, THREE = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
SGD = {"lr": 0.5, "momentum": 0, "nesterov": False, "dampening": 0, "weight_decay": 0}
ADAM = {"lr": 0.5, "betas": (0.8, 0.9), "eps": 1e-6, "amsgrad": False, "weight_decay": 0}


def found_by(script, *arguments):
    """What a script for another Python prints."""
    packages = {"with_torch.py": ["torch"], "with_keras.py": ["keras", "torch"], "with_sklearn.py": ["sklearn"]}[script]
    return json.loads(run_python(frameworks_python(*packages), HERE / script, *arguments))


def models(request, few, many):
    return many if request.config.getoption("--long") else few


# Beside the frameworks themselves


@pytest.mark.parametrize("script, few", [("with_torch.py", 22), ("with_keras.py", 24), ("with_sklearn.py", 25)])
def test_models_go_on_to_the_same_numbers(script, few, request):
    """20 updates on both sides, from models that have had some before: every loss and optimizer that has an equal."""
    count = models(request, few, 300)
    found = found_by(script, "updates", count)
    assert found["models"] == count and found["worst"] <= 1e-10, found
    assert found["one"] <= 1e-6 and found["sgd"] <= 1e-5 and found["adaptive"] <= 1e-4, found
    assert min([*found["losses"].values(), *found["optimizers"].values()]) >= (5 if count == 300 else 1), found


def test_planted_faults_are_found_where_they_are(request):
    """In 64 and in 32 bits: the first wrong unit of each, and its name where it is a known mistake."""
    found = found_by("with_torch.py", "faults", models(request, 1, 5))
    assert len({one["what"] for one in found}) == 10 and {one["bits"] for one in found} == {32, 64}
    assert not [one for one in found if not one["located"] or not one["named"]]


def test_nothing_departs_in_clean_models(request):
    count = models(request, 22, 60)
    found = found_by("with_torch.py", "clean", count)
    assert {bits: (one["models"], one["departing"]) for bits, one in found.items()} == {"64": (count, 0), "32": (count, 0)}


def test_what_watching_leaves_alone():
    """Hooks are gone behind a step, also behind one that breaks off; weights and random numbers are as without it."""
    assert found_by("with_torch.py", "harmless") == {
        "hooks left": 0, "hooks left by an exception": 0, "same weights": True, "same random numbers": True,
        "same gradients": True, "put back": True, "same outputs": True,
        "same trace": True,
    }


def test_a_number_that_is_not_finite_is_told_where_it_begins():
    """Not those that passed it on."""
    assert found_by("with_torch.py", "not_finite") == {"address": "a[h3]@2", "equals": "no finite number, of finite ones"}


def test_a_step_of_keras_is_watched(request):
    """Nothing departs; and where a layer's weights are put back behind the step, that is found."""
    count = models(request, 12, 48)
    assert found_by("with_keras.py", "watched", count) == {"departing": 0, "found": count, "models": count}


ODD = {  # how what is said begins
    "right": (
        "a look aside between forward and backward", "keywords", "another loss", "squeezed", "three axes",
        "logarithms by a function", "biases clipped", "warmed up", "groups", "no number among the inputs",
    ),
    "refused: fc1 has weights that are not finite before the step; watch an earlier one": ("no number among the weights",),
    "refused: what fc1's numbers go through is no activation that is known here": (
        "leaky, watched", "leaky, brought in", "clamped, watched", "clamped, brought in", "halved, watched",
        "halved, brought in",
    ),
    "refused: what a's numbers go through is no activation that is known here, or more than one": (
        "residual, watched", "residual, brought in", "residual with a function, watched",
        "residual with a function, brought in",
    ),
    "refused: what model[0]'s numbers go through is no activation that is known here": ("normalised",),
    "refused: model[1]: PReLU, which has no equal here": ("PReLU",),
    "refused: the loss has the softmax inside: expected nothing": ("tripled logits",),
    "refused: fc2: numbers of torch.bfloat16 are too coarse": ("half",),
    "refused: model[0]: its weights are worked out from others": ("weight_norm",),
    "refused: a loss by its name needs targets": ("no targets",),
    "refused: RecursiveScriptModule is a scripted module": ("a scripted part",),
    "refused: loss: mse_loss has no equal here, nor is it one of ours by name; did you mean MSELoss()?": (
        "a function as the loss",
    ),
    "mean dE/dw[h1->o1]@8 gradients-not-cleared": ("a second time",),
}  # fmt: skip


def test_odd_models_and_steps_are_right_or_refused():
    """What is not a run of dense layers is refused, and not said to depart; nor does what people do on purpose."""
    found = found_by("with_torch.py", "odd")
    assert found.pop("hooks on the input") == 0 and found.pop("SiLU in 32 bits") is found.pop("a column and a row") is True
    beginnings = {name: beginning for beginning, names in ODD.items() for name in names}
    assert found.keys() == beginnings.keys()
    assert {name: text for name, text in found.items() if not text.startswith(beginnings[name])} == {}


# Refused, with the module's name and the nearest thing

OF_MODULES = {
    "dropout": (module("Dropout", p=0.5), r"model\[1\]: Dropout\(p=0.5\) is in training mode .* call model.eval\(\) first"),
    "a tanh in gelu": (module("GELU", approximate="tanh"), "GELU.* has no equal here; the nearest is GELU"),
    "softmax of the batch": (module("Softmax", dim=0), r"the nearest is Softmax\(dim=1\)"),
    "normalisation": (module("BatchNorm1d"), r"model\[1\]: BatchNorm1d, which has no equal here; give the dense part"),
    "a misspelt one": (module("Sigmoids"), "did you mean 'Sigmoid'"),
    "softplus": (module("Softplus", beta=2), r"the nearest is Softplus\(beta=1\)"),
}


@pytest.mark.parametrize("name", OF_MODULES)
def test_modules_without_an_equal_are_refused(name):
    wrong, message = OF_MODULES[name]
    with pytest.raises(InputError, match=message):
        ns.from_torch(sequential(linear(TWO), wrong, linear(THREE)))


def loss(kind, **settings):
    return module(kind, **{"reduction": "mean", "weight": None, **settings})


OF_LOSSES = {
    "smoothing": (loss("CrossEntropyLoss", label_smoothing=0.1), "label_smoothing=0.1.* nearest is CrossEntropyLoss"),
    "class weights": (loss("CrossEntropyLoss", weight=[1.0, 2.0, 1.0], label_smoothing=0), "without weight"),
    "no reduction": (loss("MSELoss", reduction="none"), 'the nearest is reduction="mean"'),
    "unknown": (loss("TripletMarginLoss"), "TripletMarginLoss has no equal here, nor is it one of ours by name"),
    "logarithms": (loss("NLLLoss"), "expected LogSoftmax at the end"),
}


@pytest.mark.parametrize("name", OF_LOSSES)
def test_losses_without_an_equal_are_refused(name):
    wrong, message = OF_LOSSES[name]
    with pytest.raises(InputError, match=message):
        ns.from_torch(sequential(linear(TWO), module("Tanh"), linear(THREE)), wrong)


def test_a_softmax_that_the_loss_has_already_is_a_fault_of_the_model():
    entropy = loss("CrossEntropyLoss", label_smoothing=0)
    with pytest.raises(InputError, match="so with Softmax at the end of the model it is applied twice"):
        ns.from_torch(sequential(linear(TWO), module("Softmax", dim=1)), entropy)


OF_OPTIMIZERS = {
    "amsgrad": (optimizer("Adam", **{**ADAM, "amsgrad": True}), "amsgrad=True has no equal here"),
    "going up": (optimizer("SGD", **{**SGD, "maximize": True}), "maximize=True"),
    "unknown": (optimizer("Adamax", lr=0.1), "Adamax has no equal here; did you mean 'Adam'"),
    "centered": (optimizer("RMSprop", lr=1, alpha=0.9, eps=1, momentum=0, centered=True), "centered=True"),
}


@pytest.mark.parametrize("name", OF_OPTIMIZERS)
def test_optimizers_without_an_equal_are_refused(name):
    wrong, message = OF_OPTIMIZERS[name]
    with pytest.raises(InputError, match=message):
        ns.from_torch(sequential(linear(TWO)), None, wrong)


def test_models_that_cannot_be_read_are_refused():
    shared = linear([[1.0]])
    frozen = linear(TWO)
    frozen.weight.requires_grad = False
    own = module("Net")
    own.named_children = lambda: [("fc", shared)]
    for model, message in (
        (sequential(shared, shared), r"model\[1\] has the weights of model\[0\]: layers that share weights"),
        (own, "Net is a class of your own, .* give inputs="), (module("ScriptModule", original_name="Net"), "is a scripted"),
        (object(), "expected a model of PyTorch's"), (sequential(module("ReLU")), "expected a Linear to begin with"),
        (sequential(linear(TWO), module("Tanh"), module("Tanh")), "expected one activation behind a Linear"),
    ):
        with pytest.raises(InputError, match=message):
            ns.from_torch(model)
    with pytest.raises(InputError, match=r"model\[0\] is frozen, and here every weight is trained"):
        ns.from_torch(sequential(frozen), None, optimizer("SGD", **SGD))


def test_what_comes_in_is_the_model():
    model = sequential(linear(TWO, [7.0, 8.0]), module("LeakyReLU", negative_slope=0.3), linear(THREE))
    problem = ns.from_torch(model, loss("CrossEntropyLoss", label_smoothing=0), optimizer("Adam", **ADAM))
    assert problem.network.get_weights() == [TWO, [7, 8], THREE]
    assert [layer.activation.label for layer in problem.network.layers] == ["leaky_relu(alpha=0.3)", "softmax"]
    assert problem.optimizer == ns.Adam(0.5, beta1=0.8, beta2=0.9, epsilon=1e-6)
    assert problem.notes == [
        "h1 ... h2 = model[0][0 ... 1]", "o1 ... o3 = model[2][0 ... 2]",
        "the softmax inside CrossEntropyLoss is the output activation here",
    ]


# Arrays


def test_arrays_come_in_by_the_layout_that_their_sizes_show():
    by_unit = ns.from_arrays([TWO, [[1.0, 2.0]]], [[1, 2], [3]], ["tanh", "sigmoid"])
    by_input = ns.from_arrays([list(map(list, zip(*TWO))), [[1.0], [2.0]]], [[1, 2], [3]], ["tanh", "sigmoid"])
    assert by_unit.network.get_weights() == by_input.network.get_weights() == [TWO, [1, 2], [[1, 2]], [3]]


def test_square_matrices_need_a_layout():
    square = [[[1, 2], [3, 4]]]
    with pytest.raises(InputError, match='matrices of 2 by 2 fit both ways; say weights_by="unit" for a row for each unit'):
        ns.from_arrays(square)
    assert ns.from_arrays(square, weights_by="unit").network.get_weights() == [[[1, 2], [3, 4]]]
    assert ns.from_arrays(square, weights_by="input").network.get_weights() == [[[1, 3], [2, 4]]]


@pytest.mark.parametrize("arguments, message", [
    (([],), "expected a matrix for each layer"), (([TWO, TWO],), "don't go one behind the other in either layout"),
    (([TWO], [[1, 2], [3]]), "biases: expected 1, one for each matrix of weights, got 2"),
    (([TWO], [[1, 2]], ["tanh"], "row"), "unknown layout 'row'"),
])
def test_arrays_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        ns.from_arrays(*arguments)


# Tensors that a program wrote


def tensors_of(problem, scale_by=1.0, wrong=None):
    """The numbers of a problem's step as a program writes them; `wrong` is a mistake in it."""
    trace = problem.trace()
    trace = trace.mutate(*wrong) if wrong else trace
    count, names = len(problem.inputs), [problem.network.input_names, *problem.network.layer_names]
    document = {"a0": problem.inputs}

    def at(quantity, place, number):
        suffix = f"@{number}" if count > 1 else ""
        prefix = f"{problem.reduction} " if count > 1 and quantity.startswith("dE/d") and quantity != "dE/da" else ""
        return trace[f"{prefix}{quantity}[{place}]{suffix}"].value

    passes = range(1, count + 1)
    for number, (before, units) in enumerate(zip(names, names[1:]), 1):
        for key, quantity in (("z", "z"), ("a", "a"), ("delta", "delta")):
            scale = scale_by if key == "delta" else 1
            document[f"{key}{number}"] = [[scale * at(quantity, unit, one) for unit in units] for one in passes]
        for key, quantity in (("dW{}", "dE/dw"), ("W{}+", "w+")):
            document[key.format(number)] = [[at(quantity, f"{one}->{unit}", count) for one in before] for unit in units]
        for key, quantity in (("db{}", "dE/db"), ("b{}+", "b+")):
            document[key.format(number)] = [at(quantity, unit, count) for unit in units]
    return document


def problem_with(seed, examples=3):
    draw = random.Random(seed)
    hidden, output = ns.Layer(3, "tanh", bias_initializer="uniform"), ns.Layer(2, bias_initializer="uniform")
    network = ns.Network(2, [hidden, output], "squared_error", seed=seed)
    rows = [[draw.uniform(-1, 1) for _ in range(2)] for _ in range(examples)]
    return ns.Problem(network, rows, [[draw.random(), draw.random()] for _ in rows], ns.Momentum(0.5), "all")


@pytest.mark.parametrize("scale", [1.0, 1 / 3])
def test_right_tensors_are_right_whether_gradients_are_shares_of_a_mean_or_not(scale):
    for seed in range(10):
        problem = problem_with(seed)
        comparison = compare_tensors(problem, tensors_of(problem, scale))
        assert comparison and comparison.step.count > 50, comparison


@pytest.mark.parametrize("mistake, first", [
    (("slope-of-net-input",), "delta[o1]@1"), (("no-hidden-slope",), "delta[h1]@1"), (("bias-subtracted",), "z[h1]@1"),
    (("added-update",), "w+[h1->o1]@3"), (("weights-left-out",), "delta[h1]@1"),
])
def test_a_mistake_in_tensors_is_named(mistake, first):
    problem = problem_with(3)
    comparison = compare_tensors(problem, tensors_of(problem, 1.0, mistake))
    assert comparison.names[:1] == mistake and comparison.address == first, comparison


def test_tensors_by_inputs_and_one_row_for_one_example():
    problem = problem_with(4, examples=1)
    document = tensors_of(problem)
    turned = {key: list(map(list, zip(*value))) if key.startswith(("W", "dW")) else value for key, value in document.items()}
    flat = {key: value[0] if key[0] in "az" or key.startswith("delta") else value for key, value in turned.items()}
    assert compare_tensors(problem, {**flat, "weights_by": "input"})


def test_gradients_alone_are_compared_with_those_that_follow():
    problem = problem_with(7)
    gradients = tensors_of(problem)["dW1"]
    assert compare_tensors(problem, {"dW1": gradients})
    gradients[2][1] += 0.5
    assert compare_tensors(problem, {"dW1": gradients}).address == "mean dE/dw[x2->h3]@3"


@pytest.mark.parametrize("key, value, message", [
    ("z9", [[1.0]], "there is no 'z9'"), ("z1", [[1.0, 2.0]], r"z1\[0\]: expected 3 numbers, got 2"),
    ("z1", [[1.0, 2.0, 3.0]] * 2, "z1: expected 3 rows, one for each example, got 2"), ("db1", ["x"] * 3, "db1"),
    ("q1", [1.0], "there is no 'q1'"), ("dW1", [[1.0, 2.0]], "dW1: expected 3 units, got 1"),
    ("W2+", [[1.0, 2.0, 3.0]] * 3, "expected 2 units, got 3"), ("weights_by", "row", "unknown layout 'row'"),
])
def test_tensors_that_do_not_fit_are_refused(key, value, message):
    problem = problem_with(5)
    with pytest.raises(InputError, match=message):
        compare_tensors(problem, {**tensors_of(problem), key: value})


# Many machines


def test_an_executor_of_dask_gives_the_same_numbers():
    """Seeds swept on a cluster of two processes, and restarts, beside the same without an executor."""
    assert json.loads(run_python(frameworks_python("distributed"), HERE / "with_dask.py")) == {
        "sweep": True, "restarts": True, "marking": True,
    }


# The command


def test_compare_takes_tensors(run, tmp_path):
    path = tmp_path / "tensors.json"
    path.write_text('{"delta2": [0.7413650695523157, -0.21707153467853746]}')
    status, out, err = run("compare", "mazur", path)
    assert status == 1 and not err
    assert "delta[o1] (your delta2[0][0]) is the first number that departs" in out and "no-output-slope" in out
    path.write_text('{"delta2": [0.13849856162855698, -0.03809823651655623]}')
    assert run("compare", "mazur", path) == (0, "right: 2 numbers of 2 layers, each from those before it\n", "")
    for options, message in (
        (("--only", "h1"), "--only, --phase and --decimals are for traces"), (("--format", "none"), "unknown"),
    ):
        status, out, err = run("compare", "mazur", path, *options)
        assert (status, out) == (2, "") and message in err and err.count("\n") == 1
    path.write_text('{"delta2": [1, 2, 3]}')
    status, out, err = run("compare", "mazur", path)
    assert (status, out) == (2, "") and "tensors: delta2[0]: expected 2 numbers, got 3" in err and err.count("\n") == 1
