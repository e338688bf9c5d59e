"""A problem as its sheet prints it: layers by their matrices, short names, flat targets, and networks without a file."""

import io
import json
from pathlib import Path

import pytest
from data_files import IRIS
from parameters import bits
from random_networks import random_network

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.problems.problem_file import problem_of, problem_text, read_problem

# A 2-2-1 as a sheet prints it: W1 = [[.1 .2] [.3 .4]], b1 = [.1 -.1], W2 = [[.5 -.6]], b2 = [.2]
SHEET = {
    "inputs": 2,
    "layers": [
        {"activation": "tanh", "weights": [[0.1, 0.2], [0.3, 0.4]], "biases": [0.1, -0.1]},
        {"activation": "sigmoid", "weights": [[0.5, -0.6]], "biases": [0.2]},
    ],
    "loss": "binary_crossentropy",
    "examples": [{"inputs": [1, 0], "targets": [1]}],
}
TYPED = ["2-2-1", "--activations", "tanh,sigmoid", "--loss", "binary_crossentropy",
         "--weights", "0.1 0.2; 0.3 0.4 | 0.5 -0.6", "--biases", "0.1 -0.1 | 0.2", "--inputs", "1,0", "--targets", "1"]


def sheet(*path, to):
    """The sheet with another value at a path."""
    document = place = json.loads(json.dumps(SHEET))
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return document


def by_neuron():
    layers = [Layer(2, "tanh", [[0.1, 0.2], [0.3, 0.4]], [0.1, -0.1]), Layer(1, "sigmoid", [[0.5, -0.6]], [0.2])]
    return Network(2, layers, "binary_crossentropy", seed=0)


def test_a_layer_by_its_matrix_is_the_same_as_neuron_by_neuron():
    assert bits(problem_of(SHEET).network) == bits(by_neuron())
    assert problem_of(SHEET).network["h2"].weights == [0.3, 0.4]


def test_a_row_for_each_input_is_the_same_matrix_transposed():
    document = sheet("layers", 0, to={**SHEET["layers"][0], "weights": [[0.1, 0.3], [0.2, 0.4]], "weights_by": "input"})
    document["layers"][1] = {**SHEET["layers"][1], "weights": [[0.5], [-0.6]], "weights_by": "input"}
    assert bits(problem_of(document).network) == bits(by_neuron())


def test_a_single_unit_may_have_a_row_and_a_number():
    document = sheet("layers", 1, to={"activation": "sigmoid", "weights": [0.5, -0.6], "biases": 0.2})
    assert bits(problem_of(document).network) == bits(by_neuron())


def test_without_biases_a_layer_has_none():
    document = sheet("layers", 1, to={"activation": "sigmoid", "weights": [[0.5, -0.6]]})
    assert problem_of(document).network["o1"].bias is None


@pytest.mark.parametrize("weights_by", ["unit", "input"])
@pytest.mark.parametrize("seed", range(20))
def test_weights_go_out_and_in_again(seed, weights_by):
    network, _, _ = random_network(seed)
    other, given = network.copy(), network.get_weights(weights_by)
    for layer in other.layers:
        layer.weights = [[0.0] * len(row) for row in layer.weights]
    other.set_weights(json.loads(json.dumps(given)), weights_by)
    assert bits(other) == bits(network)
    for layer, matrix in zip(network.layers, [part for part in given if isinstance(part[0], list)]):
        for unit, neuron in enumerate(layer.neurons):
            column = matrix[unit] if weights_by == "unit" else [row[unit] for row in matrix]
            assert column == neuron.weights


@pytest.mark.parametrize("weights, message", [
    ([[[1, 2], [3, 4]], [5, 6], [[7, 8]]], "weights: expected 4, a matrix for each layer, .* got 3"),
    ([[[1, 2, 3], [3, 4, 5]], [5, 6], [[7, 8]], [9]], r"weights\[0\]: expected 2 numbers in each row.* got 2 by 3 numbers"),
    ([[[1, 2]], [5, 6], [[7, 8]], [9]], r"weights\[0\]: expected 2 units, got 1"),
    ([[[1, 2], [3, 4]], [5, 6], [[7], [8]], [9]], r'weights\[2\]: .* a row for each input has weights_by "input"'),
    ([[[1, 2], [3, 4]], [5, 6], [[7, 8]], [9, 10]], r"weights\[3\], biases: expected 1 number, got 2"),
    ([[[1, 2], [3]], [5, 6], [[7, 8]], [9]], r"weights\[0\]: expected rows of one length, got 1 and 2 numbers"),
    ([[[1, 2], [3, "x"]], [5, 6], [[7, 8]], [9]], r"weights\[0\]\[1\]: expected a number, got 'x'"),
])
def test_weights_that_do_not_fit_change_nothing(weights, message):
    network = by_neuron()
    with pytest.raises(InputError, match=message):
        network.set_weights(weights)
    assert bits(network) == bits(by_neuron())


def test_an_unknown_layout_is_refused():
    with pytest.raises(InputError, match="unknown layout 'row'; choose from unit, input"):
        by_neuron().get_weights("row")


def test_structure_and_weights_go_apart(tmp_path):
    network = Network(2, [Layer(3, "tanh", initializer="he_normal"), Layer(1, bias=False)], "mse", seed=4)
    before = bits(network)
    network.save(tmp_path / "structure.json", weights=False)
    assert "weights" not in (tmp_path / "structure.json").read_text()
    network.fit([[0, 1], [1, 0]], [[0], [1]], epochs=3)
    network.save(tmp_path / "weights.json")
    again = ns.load(tmp_path / "structure.json").network
    assert bits(again) == before  # drawn from the same seed
    again.load_weights(tmp_path / "weights.json")
    assert bits(again) == bits(network) != before
    with pytest.raises(InputError, match="weights.json: weights: expected 4"):
        by_neuron().load_weights(tmp_path / "weights.json")


def test_a_seed_is_saved_only_if_one_was_given_or_something_drawn():
    assert '"seed"' not in problem_text(problem_of(SHEET))
    assert '"seed": 3' in problem_text(problem_of({**SHEET, "seed": 3}))
    assert '"seed": 0' in problem_text(problem_of(sheet("layers", 0, to={"size": 2})))
    drawn = Network(2, [Layer(1)])
    assert f'"seed": {drawn.seed}' in problem_text(ns.Problem(drawn))
    assert '"seed"' not in problem_text(ns.Problem(Network(2, [Layer(1, weights=[[1, 2]])])))


# Short names


@pytest.mark.parametrize("registry, short, full", [
    (ns.LOSSES, "bce", "binary_crossentropy"), (ns.LOSSES, "MSE", "mean_squared_error"),
    (ns.LOSSES, "Half-Squared Error", "half_squared_error"), (ns.ACTIVATIONS, "logistic", "sigmoid"),
    (ns.ACTIVATIONS, "ReLU", "relu"), (ns.OPTIMIZERS, "gd", "sgd"), (ns.OPTIMIZERS, "Adam", "adam"),
])
def test_a_short_name_makes_what_its_full_name_makes(registry, short, full):
    assert registry.make(short) == registry.make(full) == registry.make({"name": short})


def test_every_short_name_stands_for_one_that_there_is():
    for registry in (ns.ACTIVATIONS, ns.LOSSES, ns.OPTIMIZERS):
        for short, full in registry.short_names.items():
            assert full in registry and short not in registry and short == short.lower()


@pytest.mark.parametrize("entries, optimizer, notes", [
    ({"eta": 0.3}, ns.SGD(0.3), ["eta: read as the optimizer's learning_rate"]),
    ({"optimizer": {"lr": 0.3}}, ns.SGD(0.3), ["optimizer: lr is read as learning_rate"]),
    ({"optimizer": "adam", "learning_rate": 0.3}, ns.Adam(0.3), ["learning_rate: read as the optimizer's learning_rate"]),
    ({"optimizer": {"name": "sgd", "learning_rate": 0.3, "momentum": 0.5}}, ns.Momentum(0.3, momentum=0.5),
     ["optimizer: sgd with momentum is read as momentum, velocity+ = momentum*velocity - eta*g"]),
    ({"loss": "bce"}, None, ["loss: bce is read as binary_crossentropy"]),
    ({"loss": "CE"}, None, ["loss: CE is read as binary_crossentropy, since the outputs are sigmoid"]),
    ({"loss": {"name": "BCE"}}, None, ["loss: BCE is read as binary_crossentropy"]),
    ({"optimizer": "Adam"}, ns.Adam(), []),
])
def test_short_forms_in_a_file_are_understood_and_told(entries, optimizer, notes):
    problem = problem_of({**SHEET, **entries})
    assert problem.optimizer == optimizer and problem.notes == notes
    again = problem_of(json.loads(problem_text(problem)))
    assert again == problem and again.notes == []


@pytest.mark.parametrize("document, message", [
    ({**SHEET, "activation": "tanh"}, "unknown key 'activation'; it belongs in a layer"),
    ({**SHEET, "targets": [1]}, "unknown key 'targets'; it belongs in an example"),
    ({**SHEET, "weigths": [1]}, "unknown key 'weigths'; 'weights' belongs in a layer"),
    (sheet("layers", 0, "eta", to=1), r"layers\[0\]: unknown key 'eta'; it belongs in the optimizer"),
    (sheet("examples", 0, "loss", to=1), r"examples\[0\]: unknown key 'loss'; it belongs beside layers and examples"),
    (sheet("layers", 0, "bias", to=[1, 2]), r"layers\[0\]: unknown key 'bias'; did you mean 'biases'\?"),
    ({**SHEET, "eta": 1, "optimizer": {"learning_rate": 1}}, "eta: the optimizer has its learning_rate already"),
    ({**SHEET, "optimizer": {"lr": 1, "learning_rate": 1}}, "optimizer: lr and learning_rate are the same; leave one"),
    (sheet("layers", 0, "weights", to=[[1, 2, 3], [4, 5, 6]]), r"weights: expected 2 numbers in each row, one for each"),
    (sheet("layers", 0, "weights", to=[]), r"layers\[0\].weights: expected rows of one length, got no numbers"),
    (sheet("layers", 0, "weights", to=[1, 2, 3]), r"layers\[0\].weights\[0\]: expected a list in brackets, got 1"),
    (sheet("layers", 0, "biases", to=[1]), r"layers\[0\].biases: expected 2 numbers, got 1"),
    (sheet("layers", 0, "weights_by", to="column"), "unknown layout .* 'column'; choose from unit, input"),
])
def test_a_wrong_sheet_is_told_where(document, message):
    with pytest.raises(InputError, match=message):
        read_problem(io.BytesIO(json.dumps(document).encode()), "it")


# Flat targets

SOFTMAX = {"inputs": 1, "layers": [{"size": 3, "activation": "softmax"}], "loss": "cce"}
ROWS = {0: [1, 0, 0], 1: [0, 1, 0], 2: [0, 0, 1]}


@pytest.mark.parametrize("classes, first", [([0, 1, 2], 0), ([0, 0, 1], 0), ([1, 2, 3], 1), ([3, 3, 1], 1)])
def test_class_numbers_are_understood_where_they_can_mean_one_thing(classes, first):
    examples = [{"inputs": index / 4, "targets": number} for index, number in enumerate(classes)]
    problem = problem_of({**SOFTMAX, "examples": examples})
    wanted = [ROWS[number - first] for number in classes]
    assert problem.targets == wanted and problem.inputs == [[0.0], [0.25], [0.5]]
    assert problem.notes[-1] == f"targets: read as classes, counted from {first}"
    network, inputs = problem.network, problem.inputs
    assert network.evaluate(inputs, classes) == network.evaluate(inputs, wanted)
    assert network.trace(inputs, classes).steps == network.trace(inputs, wanted).steps
    assert ns.Problem(network, inputs, classes).targets == wanted


@pytest.mark.parametrize("classes, message", [
    ([1, 1, 2], r"class 1 may be counted from 0 or from 1; write \[0, 1, 0\] or \[1, 0, 0\]"),
    ([0, 3], r"there is no class 3 of 3; write a list like \[1, 0, 0\]"),
    ([-1, 0], "there is no class -1 of 3"), ([7], "there is no class 7 of 3"),
    ([0.5, 1], "expected a list of 3 numbers for each example, got 0.5"),
])
def test_other_class_numbers_are_refused_with_the_right_form(classes, message):
    network, inputs = problem_of(SOFTMAX).network, [[1.0]] * len(classes)
    for use in (network.evaluate, network.trace, network.fit, lambda *rows: ns.Problem(network, *rows)):
        with pytest.raises(InputError, match=message):
            use(inputs, classes)


def test_flat_targets_of_a_single_output_are_one_for_each_example():
    network, inputs = by_neuron(), [[0, 0], [0, 1], [1, 0], [1, 1]]
    rows = [[0], [1], [1], [0]]
    assert network.evaluate(inputs, [0, 1, 1, 0]) == network.evaluate(inputs, rows)
    assert network.trace(inputs[1], 1).steps == network.trace(inputs[1], [1]).steps
    assert network.check_gradients(inputs[1], 1).rows == network.check_gradients(inputs[1], [1]).rows
    assert network.copy().fit(inputs, [0, 1, 1, 0], epochs=3) == network.copy().fit(inputs, rows, epochs=3)


def test_outputs_that_are_no_classes_need_lists():
    network = Network(2, [Layer(2, "sigmoid")], seed=1)
    with pytest.raises(InputError, match="targets: expected a list of 2 numbers for each example, got 0"):
        network.evaluate([[0, 0], [0, 1]], [0, 1])


# Without a file


def test_a_typed_network_is_that_of_the_sheet(run, tmp_path):
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps(SHEET))
    assert run("trace", *TYPED) == (0, run("trace", path, "--loss", "binary_crossentropy")[1], "")
    transposed = [*TYPED, "--weights", "0.1,0.3; 0.2,0.4 | 0.5; -0.6", "--weights-by", "input"]
    assert run("trace", *transposed) == run("trace", *TYPED)
    transposed[-3] = "0.1,0.3; 0.2,0.4 | 0.5 -0.6"  # a single unit's numbers may stand in a row
    assert run("trace", *transposed) == run("trace", *TYPED)


def test_save_writes_what_was_typed(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("typed.json")
    status, out, err = run("trace", *TYPED, "--save", path)
    assert (status, err) == (0, "") and out.endswith(f"next: neurosim explain {path} h1\n")
    assert ns.load(path) == problem_of(SHEET) and '"seed"' not in path.read_text()
    run("trace", "mazur", "--eta", "0.1", "--momentum", "0.5", "--save", path)
    assert ns.load(path).optimizer == ns.Momentum(0.1, momentum=0.5)
    assert ns.load(path).network.get_weights() == ns.built_in("mazur").network.get_weights()


def test_what_is_not_given_is_drawn_and_told(run, tmp_path):
    told = "neurosim: weights drawn from --seed 1: layers 1, 2\n"
    status, out, err = run("predict", "2-3-1", "--inputs", "1,0;0,1")
    assert (status, err) == (0, told)
    drawn = Network(2, [Layer(3), Layer(1)], seed=1).predict([[1, 0], [0, 1]])
    assert [line.split()[-1] for line in out.splitlines()[2:]] == [f"{value:.6g}" for value, in drawn]
    half = ["summary", "2-2-1", "--weights", "1 2; 3 4 |", "--seed", "7", "--save", tmp_path / "half.json"]
    assert run(*half)[2] == "neurosim: weights drawn from --seed 7: layer 2\nneurosim: no biases given, so none: layer 1\n"
    saved = ns.load(tmp_path / "half.json").network
    assert saved.seed == 7 and saved.get_weights()[0] == [[1, 2], [3, 4]] and saved["h1"].bias is None
    assert saved["o1"].weights == Network(2, [Layer(2, weights=[[1, 2], [3, 4]]), Layer(1)], seed=7)["o1"].weights


@pytest.mark.parametrize("command", [
    ["trace"], ["explain", "z[h1]"], ["check"], ["predict"], ["mutate"], ["debug", "--command", "step"],
    ["diagnose", "--answer", "a[h1]=0.197375"], ["trace", "--as", "svg"],
])
def test_every_command_that_takes_inputs_takes_a_typed_network(command, run):
    typed = [word for word in TYPED if word not in ("--loss", "binary_crossentropy")] if command == ["predict"] else TYPED
    status, out, err = run(command[0], typed[0], *command[1:], *typed[1:])
    assert (status, err) == (0, "") and out


def test_an_existing_file_of_that_name_wins(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ns.built_in("mazur").save("2-2-1")
    assert "2-2-2" in run("summary", "2-2-1")[1] or "o2" in run("summary", "2-2-1")[1]


@pytest.mark.parametrize("arguments, message", [
    (["2-2-1", "--weights", "1 2; 3 4"], "--weights: expected 2 layers with | between them, got 1"),
    (["2-2-1", "--weights", "1 2; 3 4; 5 6 | 1 2"], "layer 1: expected 2 rows with ; between them, one for each unit"),
    (["2-2-1", "--weights", "1 2; 3 4 | 1 2 3"], "layers[1].weights: expected 2 numbers in each row"),
    (["2-2-1", "--weights", "1 x; 3 4 | 1 2"], "--weights, layer 1: expected numbers with commas"),
    (["2-2-1", "--biases", "1 2 3 | 4"], "layers[0]: biases: expected 2, one for each neuron, got 3"),
    (["2-2-1", "--activations", "tanh,relu,linear"], "--activations: expected 1 or 2, one for each layer, got 3"),
    (["2-2-1", "--activations", "tahn"], "unknown activation 'tahn'; did you mean 'tanh'?"),
    (["2-2-1", "--loss", "entropy-loss"], "unknown loss 'entropy-loss'"),
    (["2-2-1", "--weights-by", "row"], "unknown layout 'row'; choose from unit, input"),
    (["2-0-1"], "size of a layer must be a whole number of 1 or more, got 0"),
    (["9999999-9999999"], "inputs: 9999999 of them; 2000000 are the most"),
    (["mazur", "--weights", "1 2"], "--weights goes with a network that is typed, such as 2-2-1; mazur has its own"),
    (["mazur", "--seed", "2"], "--seed goes with a network that is typed, such as 2-2-1; mazur has its own"),
])
def test_what_is_typed_wrong_gets_one_line(arguments, message, run):
    status, out, err = run("trace", *arguments, "--inputs", "1,0")
    assert (status, out) == (2, "") and message in err.splitlines()[-1] and err.startswith("neurosim: error: ")


@pytest.mark.parametrize("typed, flat", [("0;1;1", "0,1,1"), ("1,0,0;0,1,0;0,0,1", "0,1,2"), ("1,0,0;0,1,0;0,0,1", "0;1;2")])
def test_flat_targets_on_the_command_line(typed, flat, run):
    size = "2-2-1" if typed == "0;1;1" else "2-2-3"
    activation = "softmax" if size == "2-2-3" else "tanh"
    common = ["check", size, "--activations", activation, "--inputs", "0,1;1,0;1,1", "--targets"]
    wanted, got = run(*common, typed), run(*common, flat)
    assert got[:2] == wanted[:2] and got[0] == 0


def test_a_cross_entropy_without_its_kind_is_that_of_the_outputs(run):
    for activation, loss in (("softmax", "categorical_crossentropy"), ("sigmoid", "binary_crossentropy")):
        status, _, err = run("trace", "2-2", "--activations", activation, "--inputs", "1,0", "--targets", "1,0", "--loss",
                             "cross-entropy", "--weights", "1 2; 3 4", "--biases", "0 0")
        told = f"neurosim: --loss: cross-entropy is read as {loss}, since the outputs are {activation}\n"
        assert (status, err) == (0, told)


def test_short_options_and_names_are_told_on_standard_error(run):
    wanted = run("trace", "mazur", "--learning-rate", "0.1", "--loss", "mean_squared_error")
    got = run("trace", "mazur", "--eta", "0.1", "--loss", "mse")
    assert got[:2] == wanted[:2] and wanted[2] == ""
    assert got[2].splitlines() == ["neurosim: --eta is read as --learning-rate",
                                   "neurosim: --loss: mse is read as mean_squared_error"]


@pytest.mark.parametrize("text", [
    "1 0;0 1", "1, 0; 0, 1", "[[1, 0], [0, 1]]", "[1,0],[0,1]", "[1 0], [0 1]", "(1, 0), (0, 1)",
])
def test_numbers_may_be_typed_as_lists(text, run):
    assert run("predict", "goodfellow-xor", "--inputs", text) == run("predict", "goodfellow-xor", "--inputs", "1,0;0,1")


@pytest.mark.parametrize("arguments, hint", [
    (["trace", "mazur", "--ony", "h1"], "did you mean '--only'? (see neurosim trace --help)"),
    (["trace", "2-2-1", "--activation=tanh"], "did you mean '--activations'? (see neurosim trace --help)"),
    (["--versoin"], "did you mean '--version'? (see neurosim --help)"),
    (["trace", IRIS], "is no problem file, which is JSON; if it is a table, neurosim train --save"),
    (["train", "mazur", "--epochs", "-1"], "--epochs: expected a whole number of 0 or more, got '-1'"),
    (["debug", IRIS, "--targets", "1"], "--targets does not go with a data file"),
    (["train", "2-2-1"], "neurosim trace 2-2-1 --inputs A,B --targets C --save FILE writes one"),
])
def test_what_is_not_known_gets_the_nearest(arguments, hint, run):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "") and hint in err and err.count("\n") == 1


def test_help_may_be_asked_for_by_a_word(run):
    for words, asked in (["help"], ["--help"]), (["help", "train"], ["train", "--help"]):
        with pytest.raises(SystemExit) as ended:
            run(*words)
        assert ended.value.code == 0


def test_what_comes_out_wrong_is_written_as_a_table_that_programs_read(run, tmp_path):
    net, path = tmp_path / "net.json", tmp_path / "wrong.csv"
    assert run("train", IRIS, "--layers", "2", "--epochs", "3", "--save", net)[0] == 0
    assert run("predict", net, IRIS, "--wrong", "-o", path) == (0, "", "")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    assert header == "example,species,predicted species,probability" and rows
    told = run("predict", net, IRIS, "--wrong")[1]
    assert told.startswith(f"{len(rows)} of 150 examples") and all(row.split(",")[0] in told for row in rows)
