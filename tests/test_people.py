"""Simulated people: they work as the library does, make its mistakes, and their sheets are judged as they should be."""

import random
from collections import defaultdict

import peoples_mistakes
import pytest
from diagnoses import ROWS, drawn, is_within, measured
from people import Habits, Person, Single, random_problem

from neurosim import InputError
from neurosim.diagnosis.mistakes.entry import MISTAKES

SEEDS = range(40)
SAMPLES = {"one-layer": 3, "single-mistake": 3, "slip-and-mistake": 2, "off": 2, "pairs": 2}  # of the slow rows; else 10


def digits(person):
    return {address: person.value(address) for address in person.places}


def computed(trace):
    """{address: value} of all that a trace works out."""
    return {step.address: step.value for step in trace if step.operands}


def are_equal(numbers, others):
    return all(abs(others[address] - number) < 1e-9 for address, number in numbers.items())


@pytest.mark.parametrize("seed", SEEDS)
def test_people_without_mistakes_get_the_librarys_numbers(seed):
    problem = random_problem(random.Random(seed))
    numbers, expected = digits(Person(problem)), computed(problem.trace())
    assert numbers.keys() == expected.keys()
    assert numbers == pytest.approx(expected, abs=1e-9, rel=0)


def test_problems_are_of_all_kinds():
    problems = [random_problem(random.Random(seed)) for seed in SEEDS]
    assert {problem.hidden for problem in problems} == {"sigmoid", "tanh", "relu", "linear"}
    assert {problem.output for problem in problems} == {"sigmoid", "tanh", "relu", "linear", "softmax"}
    assert len({problem.loss for problem in problems}) == 4
    assert {(len(problem.inputs), problem.reduction) for problem in problems} >= {(1, "sum"), (2, "mean"), (2, "sum")}


def test_people_make_most_mistakes_of_one_update_by_gradient_descent():
    assert set(peoples_mistakes.NAMES) <= MISTAKES.keys()
    stages = {"forward", "output delta", "hidden delta", "gradient", "update"}
    assert len(peoples_mistakes.NAMES) >= 50 and {MISTAKES[name].stage for name in peoples_mistakes.NAMES} == stages


@pytest.fixture(scope="module")
def wrong_works():
    """{name: [(form, wrong digits, the trace of the problem)]} wherever a mistake can be made and changes a number."""
    found = defaultdict(list)
    for seed in SEEDS[:24]:
        problem = random_problem(random.Random(seed))
        right, trace = digits(Person(problem)), problem.trace()
        for made in peoples_mistakes.ALL:
            try:
                numbers = digits(Person(problem, [made]))
            except (ArithmeticError, ValueError):  # such as the logarithm of a negative output
                continue
            if not are_equal(numbers, right):
                found[made.name].append((made.form, numbers, trace))
    return found


def mutations(trace, name):
    """The numbers of each form of a mistake in a trace."""
    for form, _ in MISTAKES[name].forms(positions(trace)):
        try:
            yield computed(trace.mutate(name, form or None))
        except InputError:  # a form that gives no numbers here
            continue


def positions(trace):
    from neurosim.diagnosis.positions import Positions

    return Positions(trace)


@pytest.mark.parametrize("name", peoples_mistakes.NAMES)
def test_a_persons_mistake_changes_the_numbers_to_those_of_the_librarys_mistake(name, wrong_works):
    assert wrong_works[name]
    assert {form for form, _, _ in wrong_works[name]} == {made.form for made in peoples_mistakes.forms(name)}
    for form, numbers, trace in wrong_works[name][:8]:
        assert any(are_equal(numbers, mutated) for mutated in mutations(trace, name)), form


def test_a_mistake_in_one_unit_leaves_the_other_units_alone():
    problem = random_problem(random.Random(3), sizes=[(2, 3, 2)], examples=[1])
    made = peoples_mistakes.forms("no-bias")[0]._replace(layer=1, unit=1)
    wrong, right = Person(problem, [made]), Person(problem)
    changed = {address for address in right.places if address[0] == "z" and wrong.value(address) != right.value(address)}
    assert changed == {"z[h2]", "z[o1]", "z[o2]"}  # the outputs' only because they read a[h2]
    assert wrong.value("z[h2]") == pytest.approx(right.value("z[h2]") - problem.biases[1][1])
    assert wrong.made.keys() == {"z[h2]"}


# How they write numbers down


@pytest.mark.parametrize("habits, text", [
    (Habits(decimals=4), "0.5933"), (Habits(decimals=2), "0.59"), (Habits(decimals=2, cut=True), "0.59"),
    (Habits(decimals=3, cut=True), "0.593"), (Habits(decimals=1), "0.6"), (Habits(decimals=1, cut=True), "0.5"),
    (Habits(decimals=4, coarse={"a[h1]": 1}), "0.6"), (Habits(decimals=4, coarse={"a[h2]": 1}), "0.5933"),
])
def test_a_number_is_written_by_habit(habits, text):
    assert habits.text("a[h1]", 0.59326999) == text


def test_a_half_is_rounded_up_as_by_hand_and_nothing_is_minus_zero():
    assert Habits(decimals=2).text("z[h1]", 0.125) == "0.13"
    assert Habits(decimals=2).text("z[h1]", -0.001) == "0.00"
    assert Habits(decimals=2, cut=True).text("z[h1]", 0.1 + 0.2) == "0.30"


def test_who_carries_rounded_numbers_on_works_the_next_one_out_from_them():
    """Only z and a of 2-2-1, by hand: a of the output is the sigmoid of z as it is written, to two decimals."""
    problem = random_problem(random.Random(0), sizes=[(2, 2, 1)], examples=[1])._replace(output="sigmoid", hidden="linear")
    person = Person(problem, (), Habits("carried", decimals=1))
    own = [float(person.text(f"a[h{j}]")) for j in (1, 2)]
    net_input = sum(w * a for w, a in zip(problem.weights[2][0], own)) + problem.biases[2][0]
    assert abs(float(person.text("z[o1]")) - net_input) <= 0.05 + 1e-12


def test_who_mixes_takes_some_numbers_from_the_written_ones_and_some_from_all_digits():
    problem = random_problem(random.Random(1), sizes=[(3, 4, 3, 2)], examples=[1])
    full, carried, mixed = [Person(problem, (), Habits(way, decimals=2)).sheet() for way in ("full", "carried", "mixed")]
    assert full != carried and mixed != full and mixed != carried


def test_single_numbers_are_32_bit_floats():
    """0.1 to 32 bits is 13421773 / 2^27; a third is 11184811 / 2^25."""
    assert Single(0.1) == 13421773 / 2**27
    assert Single(1) / 3 == 1 / Single(3) == 11184811 / 2**25
    assert 1 - Single(0.1) == 15099494 / 2**24  # the nearest to 0.899999998509883880615234375
    assert type(sum([Single(1), Single(2)])) is Single


def test_a_program_in_32_bits_gets_the_right_numbers_nearly():
    problem = random_problem(random.Random(5))
    right, single = digits(Person(problem)), digits(Person(problem, (), Habits(single=True)))
    assert single == pytest.approx(right, rel=1e-4, abs=1e-6) and single != right
    assert all(float(Single(number)) == number for number in single.values())


# How their sheets are judged; `python tests/diagnoses.py` has the whole table


@pytest.mark.parametrize("name", ROWS)
def test_a_sheet_is_the_same_whenever_it_is_drawn(name):
    assert drawn(name, 0).answers == drawn(name, 0).answers != drawn(name, 1).answers


@pytest.mark.parametrize("name", ROWS)
def test_a_sample_of_each_row_reaches_its_bound(name, request):
    size = 50 if request.config.getoption("--long") else SAMPLES.get(name, 10)
    results = [measured(name, seed)[0] for seed in range(size)]
    for what, (_, bound) in ROWS[name].bounds.items():
        count = sum(found[what] for found in results)
        assert is_within(count, size, bound) or count + 1 >= bound * size > 0, (what, count)  # one may be chance


@pytest.mark.parametrize("name, seed", [
    pytest.param("right-cut", 69, id="what is not written is cut off as well"),
    pytest.param("right-cut", 117, id="a number made from several that were cut off"),
    pytest.param("slip", 146, id="what follows is made from the right number as it would be written"),
    pytest.param("single-right", 56, id="most numbers of a program are as short as 0 and 1"),
    pytest.param("single-mistake", 22, id="two numbers of the other sign"),
    pytest.param("coarse", 8, id="1 written for 1.002, where the old bias is 1"),
    pytest.param("slip-and-mistake", 11, id="a mistake that shows in one number, and a slip"),
    pytest.param("slip-and-mistake", 38, id="the point of 1.0000"),
    pytest.param("mistake-3", 101, id="a mistake that shows in one number of three digits"),
    pytest.param("mistake-3", 29, id="an update added, and no t - a with a slip in a sign"),
])
def test_a_sheet_with_something_rare_in_it(name, seed):
    found = measured(name, seed)[0]
    assert all(found[what] == (bound != 0) for what, (_, bound) in ROWS[name].bounds.items())
