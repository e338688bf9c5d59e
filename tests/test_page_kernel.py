"""The page's kernel, under node: what is shipped stays, and what is edited comes out as Python's own replay has it."""

import random

import every_formula
import pytest
from built_ins import TRACED
from page_kernel import NODE, in_node, replays

import neurosim as ns
from neurosim import Digits, Places
from neurosim.page.data import shipped
from neurosim.support.number_text import number_text

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node here to run a page's scripts in")
EDITS = 50
ROUNDINGS = (Places(2), Places(4), Digits(3), Places(3, half="even"), Digits(4, half="cut"))
FORMULAS = dict(every_formula.traces())
FEW = [name for name in FORMULAS if "{" not in name or name.endswith("mean of 1")]  # of the optimizers and their settings


def edits(trace, draw):
    """A few numbers of a trace, givens and steps alike, that are put in place of its own."""
    steps = draw.sample(trace.steps, draw.choice((1, 1, 1, 2, 3)))
    ways = (lambda value: draw.uniform(-2, 2), lambda value: value * 1.1, lambda value: round(draw.uniform(-1, 1), 2))
    return {step.address: draw.choice(ways)(step.value) for step in steps}


def right(trace, swaps, rounding):
    """What Python's replay comes to, {address: number}; None where it is refused."""
    try:
        return {step.address: step.value for step in trace.replay(swaps, rounding=rounding)}
    except ns.InputError:
        return None


def largest(values):
    """The largest number of each quantity."""
    found = {}
    for address, value in values.items():
        quantity = address.partition("@")[0].partition("[")[0]
        found[quantity] = max(found.get(quantity, 0), abs(value))
    return lambda address: found[address.partition("@")[0].partition("[")[0]]


def compare(trace, tasks, tolerance=1e-12):
    """Hold the page's replays against Python's: differences are measured by the largest number of their quantity.

    Without an edit every number stays bit for bit, though JavaScript's exp differs in the last one now and then.
    """
    tasks = [({}, None), *tasks]
    found = list(replays(trace, tasks))
    assert {address: value for address, value in found[0].items() if value is not None} == {
        step.address: step.value for step in trace
    }
    for (swaps, rounding), found in zip(tasks, found):
        expected = right(trace, swaps, rounding)
        if expected is None or isinstance(found, str):
            assert expected is None and isinstance(found, str), (swaps, found)
            continue
        assert {address for address, value in found.items() if value is not None} == expected.keys()
        size = largest(expected)
        for address, value in expected.items():
            difference = abs(found[address] - value)
            assert difference <= tolerance * size(address), (swaps, rounding, address, found[address], value)


@pytest.mark.parametrize("name", TRACED)
def test_built_in_examples_replay_as_in_python(name):
    trace, draw = ns.built_in(name).trace(), random.Random(name)
    compare(trace, [(edits(trace, draw), None) for _ in range(EDITS)])


def check_formula(name, count):
    trace, draw = FORMULAS[name], random.Random(name)
    compare(trace, [(edits(trace, draw), None) for _ in range(count)], 1e-9 if name == "gelu" else 1e-12)


@pytest.mark.parametrize("name", FEW)
def test_every_formula_replays_as_in_python(name, pytestconfig):
    check_formula(name, EDITS if pytestconfig.getoption("--long") else 4)


def test_every_setting_of_every_optimizer_replays_as_in_python(pytestconfig):
    if not pytestconfig.getoption("--long"):
        pytest.skip("it takes a minute; --long runs it")
    for name in sorted(FORMULAS.keys() - set(FEW)):
        check_formula(name, EDITS)


@pytest.mark.parametrize("name", ["mazur", "han-kamber", "goodfellow-xor", "cs231n-softmax", "trask-11-lines"])
@pytest.mark.parametrize("rounding", ROUNDINGS, ids=repr)
def test_rounded_replays_are_those_of_python(name, rounding):
    trace, draw = ns.built_in(name).trace(), random.Random(name)
    compare(trace, [({}, rounding), *[(edits(trace, draw), rounding) for _ in range(10)]])


@pytest.mark.parametrize("rounding", [Places(3), {"a": Places(2), "delta[o1]": Digits(2)}], ids=repr)
def test_a_trace_that_was_rounded_is_replayed_so(rounding):
    trace, draw = ns.built_in("mazur").trace().replay(rounding=rounding), random.Random(1)
    compare(trace, [(edits(trace, draw), None) for _ in range(20)])


def test_softmax_takes_the_largest_z_away_when_an_edit_makes_it_large():
    trace = ns.built_in("cs231n-softmax").trace()
    first = next(step.address for step in trace if step.address.startswith("z["))
    small, large = replays(trace, [({}, None), ({first: 50.0}, None)])
    assert small["largest z[o]"] is None and large["largest z[o]"] == 50


TIES = [
    0.0075, 0.029775, 1.005, 2.5, -2.5, 0.125, 1e-7, 123456.5, 0.1 + 0.2, 1 / 3, 5e-324, 4.76837158203125e-07, 0.5, -0.0005,
    99.995, 9.5, 0.95, 1e22, 1.015625, 0.0, 999999.5, 0.99999995,
]
NO_NUMBERS = ["", "x", "1,000.5", "1e400", "0x10", "1/0", "--1"]


@pytest.mark.parametrize("rounding", [kind(count, half) for kind in (Places, Digits) for count in (1, 2, 3, 7, 13)
                                      for half in ("up", "even", "cut")], ids=repr)
def test_numbers_are_rounded_as_python_rounds_them(rounding):
    """The ties of decimal text among them: 0.0075 to three places is 0.008, where toFixed says 0.007."""
    draw = random.Random(1)
    numbers = TIES + [draw.uniform(-1, 1) * 10 ** draw.randint(-8, 8) for _ in range(200)]
    kind = {"name": rounding.name, "count": rounding.count, "half": rounding.half}
    found = in_node(f"const work = x => round(x, {kind});".replace("'", '"'), numbers)
    assert found == [rounding(number) for number in numbers]


@pytest.mark.parametrize("places", [None, 0, 2, 4])
def test_numbers_are_written_as_python_writes_them(places):
    draw = random.Random(2)
    numbers = TIES + [draw.uniform(-1, 1) * 10 ** draw.randint(-12, 12) for _ in range(300)]
    found = in_node(f"const work = x => numberText(x, {'undefined' if places is None else places});", numbers)
    assert found == [number_text(number, places) for number in numbers]


def test_typed_numbers_are_read_as_python_reads_them():
    from neurosim.diagnosis.typed_numbers import WAYS, typed_number

    texts = [*WAYS, "-0.5", "\u22120.5", " 3 ", "1e-3", "+2", ".5", "5.", "59.3%", "2/3", *NO_NUMBERS]
    found = in_node("const work = text => typedNumber(text, 'here').value;", texts)
    for text, value in zip(texts, found):
        try:
            assert value == typed_number(text, "").value, text
        except ns.InputError:
            assert isinstance(value, str) and value.startswith("here: expected a number"), text


def test_erfc_has_all_its_digits_far_out():
    import math

    numbers = [-6, -1, -0.1, 0, 0.3, 0.999, 1, 1.5, 3, 6, 12, 26]
    for x, value in zip(numbers, in_node("const work = x => erfc(x);", numbers)):
        assert value == pytest.approx(math.erfc(x), rel=1e-12)


@pytest.mark.parametrize("text, up, down", [("0.3775", "0.3776", "0.3774"), ("0.09", "0.10", "0.08"), ("0", "1", "-1"),
                                            ("-0.01", "0.00", "-0.02"), ("1.5e-7", "1.6e-7", "1.4e-7"), ("9", "10", "8")])
def test_the_last_digit_goes_up_and_down(text, up, down):
    assert in_node("const work = ([text, way]) => lastDigit(text, way);", [[text, 1], [text, -1]]) == [up, down]


def test_numbers_of_other_kinds_and_own_classes_are_not_worked_out():
    from fractions import Fraction

    trace = ns.built_in("goodfellow-xor").trace()
    assert "Fractions" in shipped(trace.replay(number=Fraction)).fixed
    assert "your own" in shipped(trace.replay(rules={"z": lambda *operands: sum(operands)})).fixed
    assert not shipped(trace).fixed
