"""CSV files: what is read, how it is scaled, and where a bad cell stands."""

import random
import statistics

import pytest

from neurosim import InputError, Layer, Network, Problem, load
from neurosim.problems.csv_data import read_csv
from neurosim.problems.preparation import Preparation
from neurosim.problems.table_file import read_table
from neurosim.problems.understanding import understand


@pytest.fixture
def csv_file(tmp_path):
    def write(text, name="some.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_a_table_with_a_header_and_a_label_column_by_name(csv_file):
    examples = read_csv(csv_file("a,kind,b\n1,x,2.5\n3,y,-4e1\n"), target="kind")
    assert (examples.columns, examples.inputs, examples.labels) == (["a", "b"], [[1, 2.5], [3, -40]], ["x", "y"])


def test_a_table_without_a_header_has_numbered_columns(csv_file):
    path = csv_file("1,2,0\n3,4,1\n")
    assert read_csv(path, target="3").inputs == [[1, 2], [3, 4]] and read_table(path).names == ["1", "2", "3"]
    assert len(read_csv(path, header=True).inputs) == 1


def test_quotes_blank_lines_and_a_byte_order_mark_are_read(csv_file):
    examples = read_csv(csv_file('\ufeff"a, b",c\n\n"1", 2\n'))
    assert (examples.columns, examples.inputs) == (["a, b", "c"], [[1, 2]])


def test_every_row_keeps_its_number_whatever_is_left_out_or_split_off(csv_file):
    """x is the number of the row; of those that miss a cell there is no example."""
    text = "x,t\n\n" + "".join(f"{row},{'' if row % 4 == 0 else -row}\n" for row in range(1, 20))
    examples = understand(read_table(csv_file(text)), "t", missing="drop").examples()
    for part in (examples, *examples.split(0.3, seed=2), examples.chosen([3, 1])):
        assert part.inputs == [[number] for number in part.numbers]
    assert examples.numbers == [row for row in range(1, 20) if row % 4] and examples.chosen([3, 1]).numbers == [5, 2]


def test_only_some_columns_can_be_read(csv_file):
    assert read_csv(csv_file("id,a,b\nfirst,1,2\n"), columns=["b", "a"]).inputs == [[2, 1]]


def test_two_classes_are_0_and_1_and_more_are_one_hot(csv_file):
    two = read_csv(csv_file("a,k\n1,no\n2,yes\n"), "k")
    assert two.prepare().apply(two)[1] == [[0], [1]] and two.prepare().outputs == 1
    three = read_csv(csv_file("a,k\n1,r\n2,g\n3,b\n"), "k")
    assert three.prepare().classes == ["b", "g", "r"]
    assert three.prepare().apply(three)[1] == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]


def test_digits_are_classes_in_their_own_order_and_prices_are_quantities(csv_file):
    digits = read_csv(csv_file("a,d\n" + "".join(f"0,{d}\n" for d in (10, 2, 1, 2))), "d")
    assert digits.prepare().classes == ["1", "2", "10"]
    prices = read_csv(csv_file("a,p\n0,1.5\n0,2\n"), "p")
    assert prices.prepare().classes is None and prices.prepare().apply(prices)[1] == [[1.5], [2.0]]


def test_whole_numbers_that_differ_in_every_row_are_quantities(csv_file):
    assert read_csv(csv_file("a,p\n" + "".join(f"0,{p}\n" for p in (5, 3, 9, 4))), "p").prepare().classes is None
    assert read_csv(csv_file("a,p\n" + "".join(f"0,{p}\n" for p in (5, 3, 9, 5))), "p").classes == ["3", "5", "9"]
    many = "".join(f"0,{p}\n" for p in (*range(21), *range(21)))
    assert read_csv(csv_file("a,p\n" + many), "p").classes is None


def test_scaling_by_mean_and_deviation_or_by_range(csv_file):
    draw = random.Random(2)
    rows = [[draw.uniform(-5, 50), draw.gauss(3, 2), 7.0] for _ in range(50)]
    examples = read_csv(csv_file("a,b,c\n" + "".join(",".join(map(repr, row)) + "\n" for row in rows)))
    scaled = list(zip(*examples.prepare("z-score").apply(examples)[0]))
    for column in scaled[:2]:
        assert statistics.fmean(column) == pytest.approx(0, abs=1e-12) and statistics.pstdev(column) == pytest.approx(1)
    for column in list(zip(*examples.prepare("min-max").apply(examples)[0]))[:2]:
        assert (min(column), max(column)) == (0, pytest.approx(1))
    assert set(scaled[2]) == {0}  # a constant column is only centred
    assert examples.prepare("none").apply(examples)[0] == examples.inputs


def test_the_parameters_of_the_training_part_scale_every_other_file(csv_file):
    training = read_csv(csv_file("a,k\n0,x\n10,y\n"), "k")
    preparation = Preparation.from_description(training.prepare("min-max").describe())
    other = read_csv(csv_file("a,k\n20,x\n5,y\n"), "k")
    assert preparation.apply(other) == ([[2], [0.5]], [[0], [1]])


def test_a_split_is_drawn_by_its_seed_and_loses_nothing(csv_file):
    examples = read_csv(csv_file("a\n" + "".join(f"{n}\n" for n in range(50))))
    training, test = examples.split(0.2, seed=3)
    assert (len(training), len(test)) == (40, 10)
    assert sorted(training.inputs + test.inputs) == sorted(examples.inputs)
    assert examples.split(0.2, seed=3)[1].inputs == test.inputs != examples.split(0.2, seed=4)[1].inputs


@pytest.mark.parametrize(
    "text, target, message",
    [
        ("a,b\n1,2\n3,x\n", None, r"some.csv, line 3, column 'b': expected a number, got 'x'"),
        ("a,b\n1,2\n\n3,\n", None, r"1 cell is missing: line 4 in column 'b'"),
        ("a,b\n1,2\n3,nan\n", None, r"1 cell is missing: line 3 in column 'b'"),
        ("a,b\n1,2\n1,inf\n", None, r"line 3, column 'b': expected a number, got 'inf'"),
        ("a,b\n1,2\n1\n", None, r"line 3: expected 2 cells, got 1"),
        ("a,b\n1,2\n", "c", r"unknown column in .*some.csv 'c'; choose from a, b"),
        ("a,a\n1,2\n", None, r"two columns of the same name"),
        ("", None, r"some.csv: no examples"),
        ("a,b\n", None, r"some.csv: no examples"),
    ],
)
def test_a_bad_file_is_told_by_line_and_column(csv_file, text, target, message):
    with pytest.raises(InputError, match=message):
        read_csv(csv_file(text), target)


def test_a_label_that_was_never_seen_is_refused(csv_file):
    preparation = read_csv(csv_file("a,k\n1,cat\n2,dog\n"), "k").prepare()
    with pytest.raises(InputError, match="line 2, column 'k': unknown class 'dgo'; did you mean 'dog'"):
        preparation.apply(read_csv(csv_file("a,k\n1,dgo\n"), "k"))


def test_classes_are_those_of_the_whole_table_and_written_in_one_way(csv_file):
    examples = read_csv(csv_file("a,k\n" + "".join(f"0,{k}\n" for k in ("1", "2", "1.0", "3"))), "k")
    assert examples.classes == ["1", "2", "3"] and examples.labels == ["1", "2", "1", "3"]
    training, test = examples.split(0.5, seed=1)
    assert training.prepare().classes == test.prepare().classes == ["1", "2", "3"]
    assert training.prepare(regression=True).apply(examples)[1] == [[1], [2], [1], [3]]


@pytest.mark.parametrize(
    "text, message",
    [
        ("a,k\n1,x\n2,x\n", "column 'k': expected two classes or more, got only 'x'"),
        ("a,k\n1.7e308,x\n1.6e308,y\n", "column 'a': the numbers are too large to scale"),
        ("a,k\n1,2.5\n2,nan\n", "1 cell is missing: line 3 in column 'k'"),
    ],
)
def test_what_cannot_be_prepared_is_refused(csv_file, text, message):
    with pytest.raises(InputError, match=message):
        examples = read_csv(csv_file(text), "k")
        examples.prepare("z-score").apply(examples)


@pytest.mark.parametrize(
    "scaling, share, message",
    [("log", 0.1, "unknown scaling 'log'"), ("none", 1, "test share must be")],
)
def test_impossible_wishes_are_refused(csv_file, scaling, share, message):
    with pytest.raises(InputError, match=message):
        read_csv(csv_file("a\n1\n2\n")).split(share, 1)[0].prepare(scaling)


@pytest.mark.parametrize(
    "change",
    [{"scales": [0]}, {"scales": [1, 2]}, {"columns": [1]}, {"centers": ["x"]}, {"classes": 5}],
)
def test_a_preparation_is_read_strictly(csv_file, change):
    description = read_csv(csv_file("a,k\n1,x\n2,y\n"), "k").prepare("z-score").describe()
    with pytest.raises(InputError):
        Preparation.from_description({**description, **change})
    with pytest.raises(InputError, match="the key 'target' is missing"):
        Preparation.from_description({"columns": ["a"]})


KINDS = {"columns": ["a", "c", "y"], "target": "t", "classes": None, "scaling": "z-score", "centers": [2.5, 0, 0],
         "scales": [1.5, 1, 1], "kinds": ["number", ["red", "blue"], "yes/no"], "target_center": 10.0, "target_scale": 2.0}


def test_a_preparation_with_categories_is_the_same_after_a_description():
    preparation = Preparation.from_description(KINDS)
    assert preparation.describe() == KINDS and Preparation.from_description(preparation.describe()) == preparation
    assert (preparation.inputs, preparation.outputs) == (4, 1)
    assert preparation.input_names == ["a", "c=red", "c=blue", "y"]
    assert preparation.encode([[4, "blue", "no"]]) == [[1, 0, 1, 0]]
    assert preparation.in_own_unit(preparation.scale_targets([[7]])) == [[7]]


def test_a_preparation_as_files_had_it_before_means_the_same():
    old = {"columns": ["a", "b"], "target": "k", "classes": ["x", "y"], "scaling": "min-max", "centers": [1, 2],
           "scales": [2.0, 4]}
    preparation = Preparation.from_description(old)
    assert preparation.describe() == old and not preparation.scales_target
    assert preparation.scale([[3, 6]]) == [[1, 1]] and preparation.encode([[3, 6]]) == [[1, 1]]
    assert preparation.in_own_unit([[0.25]]) == [[0.25]]


@pytest.mark.parametrize("change, message", [
    ({"surplus": 1}, "unknown key 'surplus'"), ({"scaling": "zzz"}, "unknown scaling 'zzz'"),
    ({"scaling": 1}, "unknown scaling"),
    ({"columns": ["a", "c", "a"]}, "columns: a name stands twice"), ({"columns": []}, "columns: expected a list of names"),
    ({"columns": "acy"}, "columns: expected a list"),
    ({"target": "a"}, "target: expected the name of a column that is no"),
    ({"target": 5}, "target: expected the name"), ({"classes": ["x"]}, "classes: expected two or more"),
    ({"classes": ["x", "x"]}, "classes: a name stands twice"), ({"classes": ["x", 1]}, "classes: expected a list of names"),
    ({"classes": ["x", "y"]}, "target_center and target_scale are for quantities"),
    ({"centers": [1, 2]}, "centers: expected 3 numbers, got 2"),
    ({"centers": [1, 0, True]}, r"centers\[2\]: expected a number"),
    ({"centers": [1, 0.5, 0]}, r"centers\[1\] and scales\[1\]: expected 0 and 1"),
    ({"scaling": "none"}, r"centers\[0\] and scales\[0\]: expected 0 and 1"),
    ({"scales": [0, 1, 1]}, r"scales\[0\]: must be positive, got 0"),
    ({"scales": [-1, 1, 1]}, r"scales\[0\]: must be positive"),
    ({"scales": [1, 1, 2]}, r"centers\[2\] and scales\[2\]: expected 0 and 1"),
    ({"kinds": ["number"]}, "kinds: expected 3, one for each column, got 1"), ({"kinds": None}, "kinds: expected a list"),
    ({"kinds": ["number", [], "yes/no"]}, r"kinds\[1\]: expected a list of names"),
    ({"kinds": ["number", ["a", "a"], "yes/no"]}, r"kinds\[1\]: a name stands twice"),
    ({"kinds": ["number", ["a", 2], "yes/no"]}, r"kinds\[1\]: expected a list of names"),
    ({"kinds": ["number", ["a", "b"], "date"]}, r'kinds\[2\]: expected "number", "yes/no" or a list'),
    ({"kinds": ["number", ["a", "b"], 5]}, r"kinds\[2\]: expected"),
    ({"target_scale": 0}, "target_scale: must be positive"),
    ({"target_scale": "2"}, "target_scale: expected a number"),
    ({"target_center": None}, "target_center: expected a number"),
    ({"target_center": 1e400}, "target_center: the number is too large"),
])
def test_what_a_preparation_cannot_be_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        Preparation.from_description({**KINDS, **change})


@pytest.mark.parametrize("layers, message", [
    ([Layer(3, "softmax")], "data: the columns and classes need a network with 4 inputs, this one has 3"),
    ([Layer(2, "softmax")], "data: the columns and classes need a network with 1 outputs, this one has 2"),
])
def test_a_saved_network_must_fit_its_data(layers, message, tmp_path):
    path = str(tmp_path / "net.json")
    inputs = 3 if layers[0].size == 3 else 4
    Problem(Network(inputs, layers, seed=1), preparation=Preparation.from_description(KINDS)).save(path)
    with pytest.raises(InputError, match=message):
        load(path)
