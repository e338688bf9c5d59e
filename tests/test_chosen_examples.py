"""Commands about one example of a data file or of a problem file, by its number, and those that come out wrong."""

import json
import math
import re
import shlex

import pytest
from data_files import IRIS

import neurosim as ns
from neurosim.cli import main
from neurosim.problems.csv_data import read_csv


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    """The path of a network that has learnt a little of iris."""
    path = str(tmp_path_factory.mktemp("iris") / "net.json")
    assert main(["train", IRIS, "--layers", "3", "--epochs", "2", "--save", path]) == 0
    return path


@pytest.fixture
def line(tmp_path):
    """(network, data): a = 2x, learnt from a file of quantities; its second row misses a cell."""
    net, data = tmp_path / "line.json", tmp_path / "line.csv"
    data.write_text("x,t\n1,2\n,7\n3,9\n4,8.5\n5,10\n")
    assert main(["train", str(data), "--missing", "drop", "--scaling", "none", "--target-scaling", "none", "--epochs", "1",
                 "--save", str(net)]) == 0
    problem = ns.load(net)
    problem.network.layers[0].weights, problem.network.layers[0].biases = [[2.0]], [0.0]
    problem.training = None
    problem.save(net)
    return str(net), str(data)


def next_command(out):
    """The words of the next command that an output names."""
    text = re.search(r"^next: neurosim (.*)", out, re.MULTILINE | re.DOTALL)[1].replace("\\\n", "")
    return shlex.split(text)


# predict --wrong


def test_the_wrong_examples_are_those_whose_largest_output_is_another_class(iris, run):
    problem, examples = ns.load(iris), read_csv(IRIS, "species")
    inputs, _ = problem.preparation.apply(examples)
    wrong = []
    for number, (row, label) in enumerate(zip(inputs, examples.labels), 1):
        outputs = problem.network.forward(row)
        found = problem.preparation.classes[outputs.index(max(outputs))]
        if found != label:
            wrong.append((number, label, found, max(outputs)))
    rows = json.loads(run("predict", iris, IRIS, "--wrong", "--format", "json")[1])
    assert wrong and [tuple(row.values()) for row in rows] == wrong
    status, out, _ = run("predict", iris, IRIS, "--wrong")
    assert status == 0 and out.startswith(f"{len(wrong)} of 150 examples come out wrong\n")
    assert run("predict", iris, IRIS, "--wrong", "--example", wrong[-1][0])[1].startswith("1 of 1 examples come out wrong\n")


def test_the_command_that_explains_the_first_wrong_example_works(iris, run):
    words = next_command(run("predict", iris, IRIS, "--wrong")[1])
    first, *_ = json.loads(run("predict", iris, IRIS, "--wrong", "--format", "json")[1])
    classes = ns.load(iris).preparation.classes
    found, right = [classes.index(first[name]) + 1 for name in ("predicted species", "species")]
    question = f"z[o{found}] - z[o{right}]"
    assert words == ["explain", iris, IRIS, question, "--example", str(first["example"])]
    status, out, _ = run(*words)
    assert status == 0 and float(re.match(re.escape(question) + r" = (\S+)\n", out)[1]) > 0


def test_where_all_is_right_nothing_leads_on(run, tmp_path):
    net = ns.Network(1, [ns.Layer(1, "sigmoid", weights=[[1.0]], bias=False)], "binary_crossentropy")
    ns.Problem(net, [[2], [-2]], [[1], [0]]).save(tmp_path / "p.json")
    assert run("predict", tmp_path / "p.json", "--wrong") == (0, "0 of 2 examples come out wrong\n", "")


def test_of_quantities_the_largest_errors_come_first(line, run):
    """a is 2, 6, 8, 10, so the errors are 0, -3, -0.5, 0."""
    net, data = line
    status, out, _ = run("predict", net, data, "--missing", "drop", "--wrong")
    rows = [list(map(float, text.split())) for text in out.split("\n\n")[1].splitlines()[2:]]
    assert status == 0 and rows == [[3, 9, 6, 4.5], [4, 8.5, 8, 0.125], [1, 2, 2, 0], [5, 10, 10, 0]]
    assert out.startswith("4 of 4 examples are here, those with the largest E first\n")
    assert "1 with missing cells left out" in " ".join(out.split())
    words = next_command(out)
    assert words == ["explain", net, data, "E", "--example", "3", "--missing", "drop"]
    assert run(*words)[1].startswith("E = 4.5\n")


def test_what_is_wrong_takes_targets(line, run, tmp_path):
    bare = tmp_path / "bare.csv"
    bare.write_text("x\n1\n")
    assert "there are no targets to tell what is wrong by" in run("predict", line[0], bare, "--wrong")[2]
    assert "there are no targets" in run("predict", "mazur", "--inputs", "1,2", "--wrong")[2]


def test_two_classes_without_a_data_file_are_0_and_1(run, tmp_path):
    """z = x, so -2 is taken for 0."""
    net = ns.Network(1, [ns.Layer(1, "sigmoid", weights=[[1.0]], bias=False)], "binary_crossentropy")
    ns.Problem(net, [[2], [-2]], [[1], [1]]).save(tmp_path / "p.json")
    rows = json.loads(run("predict", tmp_path / "p.json", "--wrong", "--format", "json")[1])
    assert rows == [{"example": 2, "class": "1", "predicted class": "0",
                     "probability": pytest.approx(1 - 1 / (1 + math.exp(2)))}]


# trace and explain of one example


def test_a_row_of_a_file_is_traced_by_its_number(line, run):
    """x = 3, t = 9: z = 6 and E = (6 - 9)^2 / 2."""
    net, data = line
    out = run("explain", net, data, "E", "--example", 3, "--missing", "drop")[1]
    assert out.startswith("E = 4.5\n")
    out = run("trace", net, data, "--example", 3, "--missing", "drop", "--as", "csv")[1]
    values = dict(re.findall(r"^\d+,\w+,([^,]+),.*?([-\d.]+)$", out, re.MULTILINE))
    assert float(values["a[x1]"]) == 3 and float(values["z[o1]"]) == 6 and float(values["t[o1]"]) == 9


def test_the_trace_is_that_of_the_row_by_itself(iris, run):
    problem, examples = ns.load(iris), read_csv(IRIS, "species")
    inputs, targets = problem.preparation.apply(examples)
    for number in (1, 77, 150):
        network = problem.network.copy()
        loss = network.forward(inputs[number - 1]) and network.backward(targets[number - 1])
        out = run("explain", iris, IRIS, "E", "--example", number, "--decimals", "all")[1]
        assert out.startswith(f"E = {loss!r}\n")
        out = run("explain", iris, IRIS, "h2", "--example", number, "--decimals", "all")[1]
        assert out.startswith(f"delta[h2] = {network['h2'].delta!r}\n")


def test_options_may_stand_anywhere(line, run):
    net, data = line
    right = run("explain", net, data, "E", "--example", 3, "--missing", "drop")
    for words in (
        ["--example", 3, net, "--missing", "drop", data, "E"], [net, "--example=3", data, "--missing", "drop", "E"],
        [net, data, "--missing=drop", "--example", 3, "--", "E"],
    ):
        assert run("explain", *words) == right
    assert run("evaluate", net, "--missing", "drop", data)[0] == 0


def test_a_few_rows_are_traced_together_and_many_are_not(line, iris, run):
    assert "a[x1]@4" in run("trace", *line, "--missing", "drop", "--as", "csv")[1]
    for command in (["trace", iris, IRIS], ["explain", iris, IRIS, "h1"]):
        status, out, err = run(*command)
        assert (status, out) == (2, "") and "has 150 examples; choose one with --example N; neurosim predict" in err


def test_an_example_of_a_problem_file_goes_by_its_place(run):
    """XOR: the inputs of the third are 1 and 0, and w = 1, b = 0."""
    out = run("explain", "goodfellow-xor", "z[o1]", "--example", 3)[1]
    assert re.search(r"w\[x1->h1\]\*a\[x1\].* 1\*1 \+ 1\*0 \+ 0 ", out)
    assert run("predict", "goodfellow-xor", "--example", 3, "--format", "json")[1].count("example") == 1


def test_without_a_target_column_the_trace_goes_forward_only(line, run, tmp_path):
    bare = tmp_path / "bare.csv"
    bare.write_text("x\n1\n4\n")
    out = run("trace", line[0], bare, "--example", 2)[1]
    assert "z[o1]" in out and "backward" not in out and "loss" not in out
    assert run("explain", line[0], bare, "o1", "--example", 2)[1].startswith("a[o1] = 8\n")


def test_predictions_go_by_the_rows_of_the_file(line, run):
    rows = json.loads(run("predict", *line, "--missing", "drop", "--format", "json")[1])
    assert [row["example"] for row in rows] == [1, 3, 4, 5]


def test_a_trained_network_is_explained_where_its_next_update_would_come(run, tmp_path):
    """As `trace` has it: with momentum the update goes on with what is remembered."""
    path = tmp_path / "p.json"
    run("train", "trask-11-lines", "--optimizer", "momentum", "--epochs", "3", "--save", path)
    out = run("explain", path, "x1->o1", "--example", 2, "--decimals", "all")[1]
    traced = run("trace", path, "--example", 2, "--as", "csv")[1]
    value = re.search(r"^\d+,update,w\+\[x1->o1\],.*?([-\d.e]+)$", traced, re.MULTILINE)[1]
    assert float(re.search(r"w\+\[x1->o1\] = (\S+)", out)[1]) == float(value)
    assert "dE/dw[x1->o1] = 0, " in out and float(value) != float(re.search(r"w\[x1->o1\] = (\S+),", out)[1])


@pytest.mark.parametrize("arguments, message", [
    (["explain", "{net}", "{data}", "--missing", "drop", "--example", "2", "E"],
     "line.csv: there is no example 2; they are 1 to 5; its row misses a cell"),
    (["trace", "{net}", "{data}", "--missing", "drop", "--example", "6"], "there is no example 6; they are 1 to 5\n"),
    (["trace", "{net}", "{data}", "--example", "1"], "1 cell is missing"),
    (["predict", "{net}", "{data}", "--missing", "drop", "--example", "0"], "there is no example 0; they are 1 to 5\n"),
    (["trace", "mazur", "--example", "2"], "mazur: there is no example 2; they are 1 to 1\n"),
    (["trace", "mazur", "--example", "two"], "expected a whole number, got 'two'"),
    (["trace", "mazur", "--missing", "drop"], "--missing goes with a data file, and there is none"),
    (["explain", "mazur", "h1", "--rows", "3"], "--rows goes with a data file, and there is none"),
    (["explain", "{net}", "{data}"], "line.csv: which number? ADDRESS, such as z[o1], comes behind the data file"),
    (["explain", "{net}", "E"], "line.json has no examples; name a data file after it, or give some with --inputs"),
    (["explain", "{net}", "{data}", "E", "--inputs", "3"], "--inputs does not go with"),
    (["explain", "mazur", "{data}", "E"], "the network was not trained on a data file"),
])
def test_what_cannot_be_chosen_is_refused_in_one_line(line, run, arguments, message):
    net, data = line
    status, out, err = run(*[word.format(net=net, data=data) for word in arguments])
    assert (status, out) == (2, "") and err.count("\n") == 1 and message in err


def test_a_trace_file_has_no_examples_to_choose(line, run, tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text(run("trace", "mazur", "--as", "jsonl")[1])
    assert "--example does not go with what is already a trace" in run("trace", path, "--example", "1")[2]
    assert "line.csv does not go with what is already a trace" in run("explain", path, line[1], "E")[2]
    assert run("explain", path, "E")[0] == 0
