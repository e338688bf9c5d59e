"""Solving for conventions: numbers made under one are found to need it, and mixed ones are said to be mixed."""

import copy
import json
import pickle
import random

import pytest
from mutated_traces import problem_trace

import neurosim as ns
from neurosim import InputError, UnknownNameError
from neurosim.diagnosis.solve_conventions import FACTORS, changes

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
    with pytest.raises(InputError, match="expected an optimizer"):
        ns.built_in("mazur").network.solve([1, 2], [1, 0], {"E": "1"}, None)


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
    assert "needs targets and an optimizer" in run("solve", "goodfellow-xor", str(path))[2]
