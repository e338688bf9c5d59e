"""Solving for conventions: numbers made under one are found to need it, and mixed ones are said to be mixed."""

import copy
import json
import pickle
import math
import random
from decimal import Decimal

import pytest
from mutated_traces import problem_trace

import neurosim as ns
from neurosim import InputError, UnknownNameError
from neurosim.diagnosis.solve_conventions import AS_GIVEN, FACTORS, changes

# Han, Kamber and Pei, tables 9.2 to 9.4: Err = O(1 - O)(T - O), outputs to three places and worked on with these
HAN_KAMBER = {
    "z": {"4": "-0.7", "5": "0.1", "6": "-0.105"}, "a": {"4": "0.332", "5": "0.525", "6": "0.474"},
    "delta": {"4": "-0.0087", "5": "-0.0065", "6": "0.1311"},
    "w+": {"4->6": "-0.261", "5->6": "-0.138", "1->4": "0.192", "2->4": "0.4", "3->4": "-0.508", "1->5": "-0.306",
           "2->5": "0.1", "3->5": "0.194"},
    "b+": {"4": "-0.408", "5": "0.194", "6": "0.218"},
}

# Matt Mazur's page, closing paragraph: the loss after one round and after 10,000, and the outputs then
CLOSING = {
    "E@2": "0.291027924", "E@10001": "0.0000351085", "a[o1]@10001": "0.015912196", "a[o2]@10001": "0.984065734",
}


def solve(problem, printed):
    return problem.network.solve(
        problem.inputs, problem.targets, printed, problem.optimizer, problem.batch_size, problem.reduction
    )


def test_mazur_closing_numbers_follow_no_single_rule():
    solution = solve(ns.built_in("mazur"), CLOSING)
    assert not solution and solution.whole == [] and solution.first_inconsistent == "E@10001"
    (first_round,) = solution.giving("E@2")
    assert first_round.order == "sequential" and changes(first_round) == 1
    (loss_at_the_end,) = solution.giving("E@10001")  # simultaneous, after 9,999 updates
    assert (loss_at_the_end.order, loss_at_the_end.shift) == ("as given", -1)
    assert solution.reproduced[first_round] == {"E@2", "a[o1]@10001", "a[o2]@10001"}
    text = str(solution)
    assert "no single rule gives all 4 printed numbers" in text
    assert "E@2          0.291027924   sequential updates" in text


def test_numbers_that_come_out_as_they_are_need_nothing():
    printed = {"E": "0.298371109", "w+[x1->h1]": "0.149780716", "delta[o1]": "0.138498562"}
    solution = solve(ns.built_in("mazur"), printed)
    assert solution and changes(solution.whole[0]) == 0
    assert str(solution).startswith("all 3 printed numbers come out with: the conventions as given")


def test_han_and_kamber_rounded_their_outputs():
    solution = solve(ns.built_in("han-kamber"), {"a[6]": "0.474", "delta[6]": "-0.1311", "w+[4->6]": "-0.261"})
    assert solution.whole[0].rounding == "outputs to 3 places" and changes(solution.whole[0]) == 1


def han_kamber(*quantities):
    return {f"{quantity}[{place}]": text for quantity in quantities for place, text in HAN_KAMBER[quantity].items()}


@pytest.mark.parametrize(
    "printed", [
        {"delta[6]": "0.1311"}, {"a[6]": "0.474", "delta[6]": "0.1311"}, han_kamber("a", "delta"), han_kamber(*HAN_KAMBER),
    ]
)
def test_han_and_kamber_s_errors_are_t_minus_a(printed):
    best = solve(ns.built_in("han-kamber"), printed).whole[0]
    assert best == AS_GIVEN._replace(errors="t - a", rounding="outputs to 3 places")


@pytest.mark.parametrize("quantities", [("z", "a", "delta"), ("a", "delta")])
def test_without_an_optimizer_there_are_conventions_too(quantities):
    problem, printed = ns.built_in("han-kamber"), han_kamber(*quantities)
    solution = problem.network.solve(problem.inputs, problem.targets, printed)
    assert solution.whole[0] == AS_GIVEN._replace(errors="t - a", rounding="outputs to 3 places")
    assert all(conventions.shift == 0 and conventions.order == "as given" for conventions in solution.reproduced)
    with pytest.raises(InputError, match="printed: pass 2 comes after an update, which needs an optimizer"):
        problem.network.solve(problem.inputs, problem.targets, {"E@2": "0.1"})


def test_without_targets_there_are_roundings():
    """z of two units in a row, 1/3 and half of it, which is 0.165 where the first output is 0.33."""
    layers = [ns.Layer(1, "linear", weights=[[1 / 3]], bias=False), ns.Layer(1, "linear", weights=[[0.5]], bias=False)]
    network = ns.Network(1, layers)
    assert network.solve([1], None, {"z[h1]": "0.3333", "z[o1]": "0.1667"}).whole == [AS_GIVEN]
    assert network.solve([1], None, {"z[h1]": "0.3333", "z[o1]": "0.165"}).whole[0].rounding == "outputs to 2 places"
    twenty = network.solve([[k] for k in range(20)], None, {"z[o1]@19": "3"})  # 18 / 6
    assert twenty.whole == [AS_GIVEN]


def linear_unit(kind):
    """One linear unit, whose error shrinks by 1 - eta (x^2 + 1) = 0.8 in each update: -0.7, -0.56, ..."""
    network = ns.Network(1, [ns.Layer(1, "linear", weights=[[kind("0.3")]], biases=[kind(1)])], loss="half_squared_error")
    return network, [kind(1)], [kind(2)], ns.SGD(kind("0.1"))


@pytest.mark.parametrize("kind", [float, Decimal])
@pytest.mark.parametrize("number", [1, 2, 20])
def test_errors_as_t_minus_a_in_any_pass_and_kind_of_number(kind, number):
    network, inputs, targets, optimizer = linear_unit(kind)
    error = 0.7 * 0.8 ** (number - 1)
    printed = {f"delta[o1]@{number}": f"{error:.9f}", "w+[x1->o1]@1": "0.37", "w[x1->o1]": "0.3"}
    assert network.solve(inputs, targets, printed, optimizer).whole[0] == AS_GIVEN._replace(errors="t - a")
    printed[f"dE/dw[x1->o1]@{number}"] = f"-{printed[f'delta[o1]@{number}']}"
    assert network.solve(inputs, targets, printed, optimizer).whole[0].errors == "t - a in delta"


def test_numbers_may_be_worked_on_as_they_are_printed():
    """A hidden delta from 0.131 and not from 0.131169, while the hidden outputs have all their digits."""
    output = 1 / (1 + math.exp(0.7))
    printed = {"delta[6]": "-0.131", "delta[4]": f"{output * (1 - output) * -0.131 * -0.3:.6f}"}
    solution = solve(ns.built_in("han-kamber"), printed)
    assert solution.whole == [AS_GIVEN._replace(rounding="upstream numbers as printed")]


def test_numbers_may_be_cut_off():
    """Mazur's page has 0.3775, 0.593269992, 0.596884378, 0.75136507 and 0.138498562."""
    printed = {"z[h1]": "0.3775", "a[h1]": "0.5932", "a[h2]": "0.5968", "a[o1]": "0.7513", "delta[o1]": "0.1384"}
    assert solve(ns.built_in("mazur"), printed).whole == [AS_GIVEN._replace(rounding="further digits cut off")]


def test_gradients_may_be_changes_of_the_weights():
    """Mazur's page: dE/dw5 = 0.082167041 and eta = 0.5."""
    best = solve(ns.built_in("mazur"), {"dE/dw[h1->o1]": "-0.04108352", "E": "0.298371109"}).whole[0]
    assert best == AS_GIVEN._replace(reading="changes of the weights, -eta dE/dw, in place of the gradients")


@pytest.mark.parametrize("delta, field", [("2.666667", "convention"), ("8", "reading")])
def test_a_loss_may_be_the_mean_over_the_outputs(delta, field):
    """Outputs 1, 2 and 4 for targets 0: 21 / 3, and 2 * 4 / 3 or 2 * 4 for the last delta."""
    network = ns.Network(1, [ns.Layer(3, "linear", weights=[[1], [2], [4]], bias=False)], loss="squared_error")
    (best, *_) = network.solve([1], [0, 0, 0], {"E": "7.0000", "delta[o3]": delta}).whole
    assert changes(best) == 1 and getattr(best, field).startswith("a loss with another factor")


def test_what_adds_nothing_to_simpler_conventions_is_not_told():
    assert set(solve(ns.built_in("mazur"), {"E": "0.298371109", "a[h1]": "0.1234"}).reproduced) == {AS_GIVEN}


def test_a_page_that_nothing_gives():
    """A misprint, and a last weight that follows from it: 0.1 + 0.9 * 0.1131 * 1 is 0.2018."""
    solution = solve(ns.built_in("han-kamber"), {**han_kamber(*HAN_KAMBER), "delta[6]": "0.1131", "b+[6]": "0.2018"})
    assert not solution and solution.giving("delta[6]@1") == [] and solution.first_inconsistent == "delta[6]@1"
    (best, *_) = solution.ranked
    assert (best.errors, best.rounding, len(solution.reproduced[best])) == ("t - a", "upstream numbers as printed", 19)
    assert "nothing that was tried" in str(solution)


def test_mazur_with_biases_trained():
    """The unit test of a public network in Rust has the same example with its biases updated."""
    printed = {"w+[x1->h1]": "0.149780716", "b+[o1]": "0.530751", "b+[o2]": "0.619049", "b+[h1]": "0.345614"}
    assert solve(ns.built_in("mazur"), printed).whole[0].biases == "trained"


@pytest.mark.parametrize("loss", FACTORS)
@pytest.mark.parametrize("order", ["simultaneous", "sequential"])
@pytest.mark.parametrize("shift", [0, 1])
def test_the_conventions_that_numbers_were_made_with_are_found(loss, order, shift):
    draw = random.Random(f"{loss} {order} {shift}")
    trace = problem_trace(draw, (2, 3, 2), 1)
    network = trace.network.copy()
    losses = {"as given": "half_squared_error", "2": "squared_error", "1/2": None}
    if losses[loss] is None:
        network.loss = ns.LOSSES.make("squared_error")
        made = network.copy()
        made.loss = ns.LOSSES.make("half_squared_error")
    else:
        made = network.copy()
        made.loss = ns.LOSSES.make(losses[loss])
    inputs, targets = [[trace[f"a[{x}]"].value for x in ("x1", "x2")]], [[trace[f"t[{o}]"].value for o in ("o1", "o2")]]
    book = made.trace(inputs, targets, ns.SGD(0.3, order=order), epochs=4)
    printed = {f"{quantity}@{number}": f"{book[f'{quantity}@{number + shift}'].value:.9f}"
               for quantity in ("E", "delta[h1]", "w+[x1->h2]") for number in (1, 2, 3)}
    best = network.solve(inputs, targets, printed, ns.SGD(0.3)).whole[0]
    assert (best.loss, best.shift) == (loss, shift)
    assert best.order == ("as given" if order == "simultaneous" else "sequential")


def test_the_reduction_over_a_batch():
    problem = ns.built_in("analytics-vidhya")  # which sums
    mean = problem.network.trace(problem.inputs, problem.targets, problem.optimizer, "all", "mean")
    printed = {"w+[h1->o1]@3": f"{mean['w+[h1->o1]@3'].value:.9f}", "b+[o1]@3": f"{mean['b+[o1]@3'].value:.9f}"}
    assert solve(problem, printed).whole[0].reduction == "mean"
    far = problem.network.trace(problem.inputs, problem.targets, problem.optimizer, "all", "sum", epochs=11)
    assert changes(solve(problem, {"a[o1]@31": f"{far['a[o1]@31'].value:.9f}"}).whole[0]) == 0


@pytest.mark.parametrize(
    "printed, error, message",
    [
        ({}, InputError, "printed: none were given"),
        (dict, InputError, "printed: expected addresses or layers with their numbers, got <class 'dict'>"),
        ({"E": "x"}, InputError, "E@1: expected a number, got 'x'"),
        ({"z[h9]": 1}, UnknownNameError, "unknown address 'z.h9.'"),
        ({"E@300000": "1"}, InputError, "pass 300000 is too far"),
        ({"E@0": "1"}, InputError, "E@0: passes count from 1"),
    ],
)
def test_what_cannot_be_solved_for_is_refused(printed, error, message):
    with pytest.raises(error, match=message):
        solve(ns.built_in("mazur"), printed)
    with pytest.raises(InputError, match="an update needs targets"):
        ns.built_in("mazur").network.solve([1, 2], None, {"E": "1"}, "sgd")


@pytest.mark.parametrize("optimizer", ["sgd", {"name": "sgd", "learning_rate": 0.01}])
def test_an_optimizer_may_be_a_name_or_a_description(optimizer):
    problem = ns.built_in("mazur")
    trace = problem.network.trace(problem.inputs, problem.targets, ns.OPTIMIZERS.make(optimizer))
    printed = {"w+[h1->o1]": f"{trace['w+[h1->o1]'].value:.9f}"}
    assert changes(problem.network.solve(problem.inputs, problem.targets, printed, optimizer).whole[0]) == 0


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda result: pickle.loads(pickle.dumps(result))])
def test_a_solution_comes_back_equal(copied):
    solution = solve(ns.built_in("mazur"), {"E": "0.298371109", "E@2": "0.291027924"})
    again = copied(solution)
    assert again == solution and again is not solution and str(again) == str(solution)


def test_solutions_are_equal_if_all_that_they_say_is():
    problem = ns.built_in("mazur")
    assert solve(problem, {"E": "0.298371109"}) == solve(problem, {"E": "0.298371109"}) != solve(problem, {"E": "0.3"})


def test_solve_on_the_command_line(run, tmp_path):
    path = tmp_path / "printed.json"
    path.write_text(json.dumps({"E": "0.298371109", "E@2": "0.291027924"}))
    status, out, err = run("solve", "mazur", str(path))
    assert (status, err) == (0, "") and out == "all 2 printed numbers come out with: sequential updates\n"
    path.write_text(json.dumps({"E": "0.298371109", "E@2": "0.512345"}))
    status, out, err = run("solve", "mazur", str(path))
    assert status == 1 and "none of those tried gives E@2 = 0.512345" in out and "nothing that was tried" in out
    document = json.loads(run("solve", "mazur", str(path), "--format", "json")[1])
    assert document["first_inconsistent"] == "E@2" and not document["solved"]
    assert run("solve", "mazur", str(tmp_path / "none.json"))[0] == 2


def test_solve_on_the_command_line_without_an_optimizer(run, tmp_path):
    """Goodfellow's XOR, whose outputs are 0, 1, 1 and 0."""
    path = tmp_path / "printed.json"
    path.write_text(json.dumps({"a[o1]@1": "0", "a[o1]@2": "1", "a[o1]@4": "0"}))
    status, out, err = run("solve", "goodfellow-xor", str(path))
    assert (status, out, err) == (0, "all 3 printed numbers come out with: the conventions as given\n", "")
    path.write_text(json.dumps({"a[o1]@2": "1", "a[o1]@3": "0"}))
    assert run("solve", "goodfellow-xor", str(path))[0] == 1
    path.write_text(json.dumps({"a[o1]@5": "0"}))
    assert "pass 5 comes after an update, which needs an optimizer" in run("solve", "goodfellow-xor", str(path))[2]
    path.write_text(json.dumps({"a[6]": "0.474", "delta[6]": "0.1311"}))
    assert "errors as t - a, outputs to 3 places" in run("solve", "han-kamber", str(path))[1]
