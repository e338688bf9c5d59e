"""Traces as scripts in Python: each is run, and prints the numbers of its trace."""

import ast
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from every_formula import traces
from nasty_names import NASTY
from python_scripts import printed, printed_by_python, worst_difference
from random_networks import PAIRS, SMOOTH_OR_BENT, random_network

import neurosim as ns
from neurosim import SGD, Activation, InputError, Layer, Loss, Network, Places
from neurosim.formula.safer import SAFER
from neurosim.trace.rules import Rule

GELU = 5e-12  # its slope is a difference of nearly equal numbers
EXTREME = (1e-9, 30, 1000)  # by which inputs are multiplied
SMALLEST = 1e-290  # floats that are not much smaller have all their digits


def mazur():
    return ns.built_in("mazur").trace()


def assert_agrees(trace, within=1e-12):
    numbers = printed(trace.python())
    difference, address = worst_difference(trace, numbers)
    assert difference <= within, (address, trace[address].value, numbers[address])


# The numbers


def test_scripts_print_the_numbers_of_their_traces(request):
    """With --long of all: every built-in example and activation, loss, optimizer, clipping, decay, schedule and batch."""
    chosen = [pair for number, pair in enumerate(traces()) if number % 16 == 0 or request.config.getoption("--long")]
    for name, trace in chosen:
        assert_agrees(trace, GELU if name == "gelu" else 1e-12)
    assert len(chosen) >= (128 if request.config.getoption("--long") else 8)


def test_scripts_of_random_networks_print_the_numbers_of_their_traces(pair_number, pair):
    network, inputs, targets = random_network(pair_number, *pair)
    has_gelu = any(layer.activation.name == "gelu" for layer in network.layers)
    assert_agrees(network.trace(inputs, targets, SGD(0.1)), GELU if has_gelu else 1e-12)


def test_mazur_script_prints_the_numbers_of_his_page(tmp_path):
    """https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/"""
    numbers = printed_by_python(mazur().python(), tmp_path / "mazur.py")
    page = {"z[h1]": 0.3775, "a[h1]": 0.593269992, "a[o1]": 0.75136507, "E": 0.298371109, "delta[o1]": 0.138498562,
            "w+[h1->o1]": 0.35891648, "w+[x1->h1]": 0.149780716}  # fmt: skip
    assert {address: float(numbers[address]) for address in page} == pytest.approx(page, rel=1e-8)


def test_scripts_run_where_no_package_can_be_imported(tmp_path):
    third = Fraction(1, 3)
    exact = Network(2, [Layer(1, "leaky_relu", weights=[[third, -2]], biases=[0])]).trace([third, 7], [1], SGD(0.1))
    nasty = Network(NASTY[:12], [Layer(12, "softmax", names=NASTY[12:])], seed=1).trace([0.1] * 12, [0.2] * 12, SGD(0.1))
    for trace in (exact, nasty):
        assert worst_difference(trace, printed_by_python(trace.python(), tmp_path / "script.py"))[0] <= 1e-12


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_exact_numbers_stay_exact(kind):
    net = Network(2, [Layer(2, "hard_sigmoid", weights=[[kind("0.1"), kind("-0.3")]] * 2, biases=[kind(1)] * 2),
                      Layer(1, "leaky_relu", weights=[[kind(-3), kind("0.7")]], biases=[kind("0.2")])], "huber")  # fmt: skip
    trace = net.trace([kind("0.5"), kind(2)], [kind(1)], SGD(0.1, l1=0.01, clip_value=0.3))
    assert {address: kind(text) for address, text in printed(trace.python()).items()} == {
        step.address: step.value for step in trace
    }


@pytest.mark.parametrize("kind", [Fraction, Decimal])
def test_whole_numbers_of_a_formula_are_of_the_kind_where_they_stand_alone(kind):
    """max(0, z) is divided by 2 later, and would be a float by that."""
    net = Network(1, [Layer(2, "relu", weights=[[kind(-1)], [kind(1)]], biases=[0, 0])], "mean_squared_error")
    trace = net.trace([1], [1, 3], SGD(kind("0.1")))
    assert {address: kind(text) for address, text in printed(trace.python()).items()} == {
        step.address: step.value for step in trace
    }
    assert isinstance(trace["E[o1]"].value, kind) and printed(trace.python())["E[o1]"] == str(kind(1) / 2)


@pytest.mark.parametrize("activation", sorted(set(SMOOTH_OR_BENT) - {"arctan", "gelu"}))
def test_decimals_need_no_floats(activation):
    weights, size = [[Decimal("0.3")], [Decimal("-0.4")]], 2
    net = Network(1, [Layer(size, activation, weights=weights, biases=[Decimal(1)] * size)], "log_cosh")
    trace = net.trace([Decimal("0.5")], [Decimal(0)] * size, ns.Adam(0.1))
    assert_agrees(trace)
    assert "from math" not in trace.python()


# Where a formula as it reads would not do


@pytest.mark.parametrize("factor", EXTREME)
def test_scripts_of_extreme_numbers_run_and_agree(factor):
    for number, pair in enumerate(PAIRS[::5]):
        network, inputs, targets = random_network(number + 500, *pair, deepest=2)
        if any(layer.activation.name == "exponential" for layer in network.layers):
            continue  # whose outputs would be infinite
        trace = network.trace([x * factor for x in inputs], targets, SGD(0.1))
        if all(step.value == 0 or abs(step.value) > SMALLEST for step in trace):
            assert_agrees(trace, GELU)


def test_zero_times_the_logarithm_of_zero():
    net = Network(1, [Layer(2, "softmax", weights=[[1], [-1]], bias=False)], "categorical_crossentropy")
    trace = net.trace([1000], [1, 0])
    assert trace["a[o2]"].value == trace["E[o2]"].value == 0
    assert_agrees(trace)


def test_gradients_of_length_zero_are_not_shortened():
    net = Network(1, [Layer(1, "linear", weights=[[2]], biases=[0])])
    trace = net.trace([1], [2], SGD(0.1, clip_norm=1))
    assert trace["norm"].value == 0
    assert_agrees(trace)


def test_comfortable_numbers_need_no_definitions():
    assert "def " not in mazur().python()


def test_what_stands_for_a_formula_stands_for_one_that_a_class_has():
    owners = [*ns.ACTIVATIONS.values(), *ns.LOSSES.values()]
    formulas = {text for owner in owners for text in (owner.formula, owner.derivative_formula)}
    assert set(SAFER) - formulas == {"g * min(1, clip_norm / norm)"}  # of the optimizers


# What it looks like


def test_a_line_for_each_number_under_the_phases():
    script = mazur().python()
    assert re.findall(r"^# (\w[\w ]*)$", script, re.M) == [
        "Given", "Forward pass", "Loss", "Backward pass", "Gradients", "Update", "Every number by its address",
    ]
    lines = script.splitlines()
    assert sum(" = " in line for line in lines) == len(mazur())
    for line in ("w_x1_h1 = 0.15", "z_h1 = w_x1_h1*a_x1 + w_x2_h1*a_x2 + b_h1", "a_h1 = 1 / (1 + exp(-z_h1))",
                 "E_o1 = (a_o1 - t_o1)**2 / 2", "new_w_x1_h1 = w_x1_h1 - eta*dE_dw_x1_h1"):  # fmt: skip
        assert line in lines


def test_several_passes_have_names_and_headings_of_their_own():
    net = Network(1, [Layer(1, "linear", weights=[[1]], biases=[0])])
    script = net.trace([[1], [2]], [[0], [1]], SGD(0.5), batch_size=2).python()
    assert re.findall("==== (.*) ====", script) == ["Start", "Pass 1", "Pass 2", "Batch of passes 1 to 2"]
    assert "mean_dE_dw_x1_o1_pass2 = (delta_o1_pass1*a_x1_pass1 + delta_o1_pass2*a_x1_pass2) / 2" in script


def test_sums_of_thousands_of_terms_are_not_nested_too_deeply():
    net = Network(4000, [Layer(1, "linear", weights=[[1] * 4000], biases=[5])])
    assert printed(net.trace([2] * 4000).python())["z[o1]"] == "8005"


# Names and texts that a person has typed


def test_variables_are_distinct_names_of_python():
    names = [*NASTY, "if", "a_b", "a-b", "a+b", "1", "²", "ﬁ", "fi", "exp", "h1_2"]
    net = Network(names, [Layer(2, "sigmoid", names=["pass", "b_pass"]), Layer(2, "tanh", names=["None", "h1"])], seed=1)
    trace = net.trace([0.1] * len(names), [0.2, 0.3], ns.Adam(0.1))
    tree = ast.parse(trace.python())
    assigned = [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]
    assert len(set(assigned)) == len(trace)
    assert_agrees(trace)


def test_what_a_person_has_typed_never_becomes_code():
    class Hostile(Activation):
        name = "x\nimport os\rimport os\r\nimport os\x0cimport os"
        formula, derivative_formula = "3 * z", "3"

        def __call__(self, net_input):
            return 3 * net_input

        def derivative(self, net_input, output):
            return 3

    names = ["');import-os;('", '"""', "\\", "{0}", "#", "x=1", "__import__('os')"]
    trace = Network(names, [Layer(2, Hostile, names=["'+exit()+'", "\\n"])], seed=1).trace([1] * 7, [0, 0], SGD(0.1))
    kinds = {type(node) for node in ast.parse(trace.python()).body}
    assert kinds == {ast.Assign, ast.For}
    assert_agrees(trace)


# Swaps, and what there is no Python for


def test_swapped_numbers_and_rules_stand_in_the_script():
    trace = mazur().replay(values={"z[h1]": 0.38}, rules={"delta": Rule("delta without slope", "g", names=["g", "slope"])})
    assert "\nz_h1 = 0.38\n" in trace.python() and "\ndelta_o1 = dE_da_o1\n" in trace.python()
    assert_agrees(trace)


def test_rounded_numbers_have_no_script():
    with pytest.raises(InputError, match="^there is no script of a trace with rounded numbers; record it without rounding$"):
        mazur().replay(rounding=Places(4)).python()


class Own(Activation):
    """An activation of one's own, which doubles."""

    derivative_formula = "2"

    def __call__(self, net_input):
        return 2 * net_input

    def derivative(self, net_input, output):
        return 2


class OwnLoss(Loss):
    """A loss of one's own, without formulas."""

    def term(self, output, target, size):
        return output - target

    def derivative(self, output, target, size):
        return 1


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "'Own(z)': a script has no Own()"),
        ("doubled(z)", "'doubled(z)': a script has no doubled()"),
        ("2z", "'2z': it is in another language"),
        ("factor * z", "'factor * z': nothing is known of factor"),
        ("z.real", "'z.real': it is in another language"),
    ],
)  # fmt: skip
def test_a_class_whose_text_is_no_formula_is_refused(text, reason):
    own = type("Own", (Own,), {"formula": text})
    trace = Network(1, [Layer(1, own)], seed=1).trace([1])
    with pytest.raises(InputError, match=f"^{re.escape(f'a[o1]: there is no Python for {chr(39)}Own{chr(39)}, {reason}')}$"):
        trace.python()


def test_a_class_that_computes_something_else_is_refused():
    trace = Network(1, [Layer(1, type("Own", (Own,), {"formula": "z + 2"}))], seed=1).trace([1])
    with pytest.raises(InputError, match=r"^a\[o1\]: .* 'Own', whose numbers are not those of its formula 'z \+ 2'$"):
        trace.python()


def test_a_loss_and_a_rule_without_a_formula_are_refused():
    trace = Network(1, [Layer(1, "linear")], OwnLoss, seed=1).trace([1], [0])
    with pytest.raises(InputError, match=r"^E\[o1\]: there is no Python for 'OwnLoss'"):
        trace.python()
    with pytest.raises(InputError, match=r"^delta\[o1\]: there is no Python for 'twice', which has no formula$"):
        mazur().replay(rules={"delta": Rule("twice", evaluate=lambda g, slope: 2 * g * slope)}).python()


def test_decimals_have_no_arc_tangent():
    trace = Network(1, [Layer(1, "arctan", weights=[[Decimal(1)]], biases=[Decimal(0)])]).trace([Decimal(1)])
    with pytest.raises(InputError, match=r"'arctan', 'atan\(z\)': a script has no atan\(\) of Decimals$"):
        trace.python()


class Zero:
    """A number of one's own."""

    def __sub__(self, other):
        return 0

    __truediv__ = __sub__


def test_a_number_of_another_kind_is_refused():
    with pytest.raises(InputError, match=r"^w\+\[x2->h2\]: there is no Python for a number of the kind Zero$"):
        mazur().replay(values={"w+[x2->h2]": Zero()}).python()


def test_the_command_takes_no_part_of_a_script(run):
    status, output, errors = run("trace", "mazur", "--as", "python", "--only", "h1")
    assert (status, output) == (2, "") and "--only does not go with --as python" in errors
