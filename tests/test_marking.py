"""Marking: what each number earns, by the judge that judges anybody's numbers."""

import json

import pytest

import neurosim as ns
from neurosim import InputError
from neurosim.core.address import make_address, split_address
from neurosim.exercises.exercise import Exercise
from neurosim.exercises.generator import new_exercise
from neurosim.exercises.kinds import KINDS
from neurosim.exercises.grade_report import WORDS
from neurosim.exercises.marking import grade
from neurosim.exercises.sheet import answer_texts

# Mazur's page in four decimals: z[h1] = 0.3775 and so on; every number below is worked from these by hand.
ASKED = ("z[h1]", "a[h1]", "z[o1]", "a[o1]", "delta[o1]", "w+[h1->o1]")


@pytest.fixture(scope="module")
def mazur():
    return Exercise(ns.built_in("mazur"), dict.fromkeys(ASKED, 1), id="mazur")


@pytest.fixture(scope="module")
def key(mazur):
    return answer_texts(mazur)


def verdicts(marked):
    return {one.address: one.verdict for one in marked.marks if one.verdict != "right"}


def test_the_printed_page_earns_all_marks(mazur, key):
    """Mazur 2015: z 0.3775, a 0.593269992, z 1.105905967, a 0.75136507, delta 0.138498562, w5+ 0.35891648."""
    page = {"z[h1]": "0.3775", "a[h1]": "0.593269992", "z[o1]": "1.105905967", "a[o1]": "0.75136507",
            "delta[o1]": "0.138498562", "w+[h1->o1]": "0.35891648"}
    marked = grade(mazur, page)
    assert marked and marked.mark == 6 and verdicts(marked) == {}


def test_a_blank_earns_nothing_and_is_no_zero(mazur, key):
    marked = grade(mazur, {**key, "z[o1]": "", "delta[o1]": "?"})
    assert verdicts(marked) == {"z[o1]": "blank", "delta[o1]": "blank"} and marked.mark == 4 and not marked
    assert grade(mazur, {}).mark == 0 and set(verdicts(grade(mazur, {})).values()) == {"blank"}


def test_what_follows_from_ones_own_number_earns_its_mark(mazur, key):
    """a[h1] of 0.6 in place of 0.5933: sigmoid(0.3775) is not 0.6, and what is made from 0.6 is right."""
    out = 1 / (1 + 2.718281828459045 ** -(0.4 * 0.6 + 0.45 * 0.596884378 + 0.6))
    z, delta = 0.4 * 0.6 + 0.45 * 0.596884378 + 0.6, (out - 0.01) * out * (1 - out)
    own = {"z[h1]": "0.3775", "a[h1]": "0.6000", "z[o1]": f"{z:.4f}", "a[o1]": f"{out:.4f}", "delta[o1]": f"{delta:.4f}",
           "w+[h1->o1]": f"{0.4 - 0.5 * delta * 0.6:.4f}"}
    marked = grade(mazur, own)
    assert marked.mark == 5 and verdicts(marked)["z[o1]"] == verdicts(marked)["w+[h1->o1]"] == "own"
    assert "right from your own numbers before it" in str(marked)


def test_a_known_mistake_costs_its_first_number_and_is_named(mazur, key):
    """Without the output's derivative: delta = a - t = 0.7414, and w5+ = 0.4 - 0.5 * 0.741365 * 0.593270 = 0.1801."""
    marked = grade(mazur, {**key, "delta[o1]": "0.7414", "w+[h1->o1]": "0.1801"})
    assert marked.mark == 5 and verdicts(marked) == {"delta[o1]": "mistake", "w+[h1->o1]": "own"}
    assert marked.mistakes == [("no-output-slope",)]
    assert "To fix it: " in str(marked)


def test_a_mistake_made_everywhere_costs_once():
    """Han and Kamber's example without biases: every net input is wrong by the same mistake."""
    problem = ns.built_in("han-kamber")
    network = problem.network
    sums = {name: sum(w * x for w, x in zip(neuron.weights, problem.inputs[0]))
            for name, neuron in zip(network.layer_names[0], network.layers[0].neurons)}
    exercise = Exercise(problem, {f"z[{name}]": 1 for name in sums})
    marked = grade(exercise, {f"z[{name}]": f"{value:.4f}" for name, value in sums.items()})
    assert [one.verdict for one in marked.marks] == ["mistake", "follows"] and marked.mark == 1
    assert "no-bias" in marked.mistakes[0]


def test_a_slip_costs_one_number(mazur, key):
    marked = grade(mazur, {**key, "z[o1]": "1.1095"})  # 1.1059 with two digits exchanged
    assert verdicts(marked) == {"z[o1]": "slip"} and marked.mark == 5


def test_too_few_digits_earn_nothing_and_are_asked_for(mazur, key):
    marked = grade(mazur, {**key, "a[h1]": "0.59"})
    assert verdicts(marked) == {"a[h1]": "short"} and "give 4 decimals" in str(marked)


def test_a_number_with_fewer_decimals_counts_where_the_others_are_zeros():
    exercise = new_exercise("perceptron", 1)
    short = {address: text.rstrip("0") for address, text in answer_texts(exercise).items()}
    assert any(len(text) < 4 for text in short.values())
    assert grade(exercise, short)


def test_a_convention_costs_nothing(mazur, key):
    """delta as (t - a) f', which is added: the other sign."""
    marked = grade(mazur, {**key, "delta[o1]": "-0.1385"})
    assert marked and marked.mark == 6 and any("convention" in note for note in marked.notes)


def test_rounding_on_the_way_earns_the_mark_with_a_note(mazur):
    """In three decimals throughout: a 0.593, z = 0.4*0.593 + 0.45*0.597 + 0.6 = 1.106, written with a fourth."""
    answers = {"a[h1]": "0.5930", "z[o1]": "1.1059", "a[o1]": "0.7514", "delta[o1]": "0.1386", "w+[h1->o1]": "0.3589"}
    marked = grade(mazur, answers)
    assert verdicts(marked)["delta[o1]"] == "rounded" and marked.marks[4].mark == 1


@pytest.mark.parametrize("answers, trivial", [
    ({"a[h1]": "0.0000", "w+[h1->o1]": "0.4000"}, "w+[h1->o1]"),  # eta * delta * 0
    ({"delta[o1]": "0.0000", "w+[h1->o1]": "0.4000"}, "w+[h1->o1]"),
    ({"z[o1]": "40.0000", "a[o1]": "1.0000", "delta[o1]": "0.0000"}, "a[o1]"),  # a saturated unit
])
def test_nothing_follows_where_ones_own_number_left_nothing_to_work_out(mazur, key, answers, trivial):
    marked = grade(mazur, {**key, **answers})
    assert verdicts(marked)[trivial] == "trivial" and "left nothing to work out" in " ".join(str(marked).split())


def test_marks_follow_the_scheme_that_stands_in_the_exercise(key):
    exercise = Exercise(ns.built_in("mazur"), {address: 2 for address in ASKED}, scheme={"slip": 0.5, "mistake": 0.25})
    assert grade(exercise, {**key, "z[o1]": "1.1095"}).mark == 11
    assert grade(exercise, {**key, "delta[o1]": "0.7414", "w+[h1->o1]": "0.1801"}).mark == 10.5


def test_right_numbers_are_hidden_on_request(mazur, key):
    marked = grade(mazur, {**key, "z[o1]": "1.1095", "delta[o1]": ""})
    text = marked.text(hide=True)
    assert "1.1059" not in text and key["delta[o1]"] not in text and "1.1059" in marked.text()
    document = json.loads(marked.text("json", hide=True))
    assert all(number["expected"] is None for number in document["numbers"])


def test_a_grade_as_json_says_all(mazur, key):
    document = json.loads(grade(mazur, {**key, "a[h1]": ""}).text("json"))
    assert list(document) == ["format", "sheet", "mark", "of", "numbers", "mistakes", "conventions", "notes"]
    assert document["format"] == "neurosim-grade/1" and document["sheet"] == "mazur"
    assert (document["mark"], document["of"]) == (5, 6)
    assert all(number["verdict"] in WORDS for number in document["numbers"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("weights")])
@pytest.mark.parametrize("number", ["0", "0.0000", "0.5000", "0.1", "the old one"])
def test_the_same_number_in_every_blank_earns_next_to_nothing(kind, number):
    """But zeros where they are right, and an output of 1 that a perceptron has half of the time."""
    for seed in range(3):
        exercise = new_exercise(kind, seed)
        answers = {address: old(exercise, address) if number == "the old one" else number for address in exercise.asked}
        right = sum(answer_texts(exercise)[address].strip("-0.") == "" for address in exercise.asked)
        most = 0.5 if kind == "perceptron" else 0.12
        assert grade(exercise, answers).mark <= right + most * exercise.marks


def old(exercise, address):
    """The weight or bias before its update, of anything else a blank."""
    quantity, place, _ = split_address(address)
    return f"{exercise.computed[make_address(quantity[0], place)].value:.4f}" if quantity in ("w+", "b+") else ""


def test_what_is_no_number_is_wrong_and_spoils_nothing_else(mazur, key):
    marked = grade(mazur, {**key, "a[h1]": "0.59(?)"})
    assert verdicts(marked) == {"a[h1]": "wrong"} and marked.mark == 5
    assert "wrong: no number that can stand there" in " ".join(str(marked).split())


@pytest.mark.parametrize("number", ["1e16", "1e200", "-1e7", "9" * 50])
def test_huge_numbers_are_not_gone_on_from(mazur, number):
    """Beside which all else would vanish, so that anything followed from them."""
    assert grade(mazur, dict.fromkeys(ASKED, number)).mark == 0


def test_nothing_is_given_but_by_the_sheet_and_what_is_not_asked_does_not_count(mazur):
    sevens = dict.fromkeys(ASKED, "7")
    assert grade(mazur, {"given": sevens, **sevens}).mark == 0
    made_up = {"dE/dw[h1->o1]": "1", "w+[h1->o1]": "-0.1000"}  # 0.4 - 0.5 * 1
    assert grade(mazur, made_up).mark == 0


def test_decimals_that_were_not_asked_are_rounded_away(mazur, key):
    """0.75136507 on the page; what was worked out from rounded numbers may end otherwise."""
    assert grade(mazur, {**key, "a[o1]": "0.7513799"}) and grade(mazur, {**key, "a[o1]": 0.7513799})
    assert not grade(mazur, {**key, "a[o1]": "0.7517"})


def test_what_should_stand_there_is_the_key_where_the_answer_agrees_with_it(mazur, key):
    """Also where the person's own rounded numbers before it would lead to another last digit."""
    marked = grade(mazur, key)
    assert {one.address: f"{one.expected:.4f}" for one in marked.marks} == key


@pytest.mark.parametrize("kind", ["weights-for-and", "weights-for-xor"])
def test_any_weights_that_solve_the_table_are_right(kind):
    """AND: 1, 1, -1. XOR: OR and NAND below, AND above."""
    weights = {"weights-for-and": {"w[x1->o1]": 1, "w[x2->o1]": 1, "b[o1]": -1}, "weights-for-xor": {
        "w[x1->h1]": 1, "w[x2->h1]": 1, "b[h1]": 1, "w[x1->h2]": -1, "w[x2->h2]": -1, "b[h2]": 1,
        "w[h1->o1]": 1, "w[h2->o1]": 1, "b[o1]": -1,
    }}[kind]
    exercise = new_exercise(kind, 1)
    assert grade(exercise, weights)
    marked = grade(exercise, {**weights, "b[o1]": 3})
    assert marked.mark == 0 and "a[o1]@1 is 1, and should be -1" in marked.notes
    assert grade(exercise, {"b[o1]": 3}).mark == 0


def test_a_lost_number_is_right_or_wrong():
    exercise = new_exercise("missing-rate", 4)
    right = exercise.problem.optimizer.learning_rate
    assert grade(exercise, {"eta": f"{right:.2f}"}) and grade(exercise, {"eta": str(right)})
    assert [one.verdict for one in grade(exercise, {"eta": f"{right + 0.1:.2f}"}).marks] == ["wrong"]


def test_what_the_sheet_gives_is_gone_on_from():
    exercise = new_exercise("one-update", 5, given="forward")
    assert grade(exercise, answer_texts(exercise))
    assert exercise.trace["a[o1]"].value == float(exercise.given["a[o1]"])


@pytest.mark.parametrize("answers, message", [
    ({"sheet": "other", "z[h1]": 1}, "these are the answers to sheet other, and this is sheet mazur"),
    ({"z[h9]": "1"}, "z[h9]"),
    ([1, 2], "answers: expected addresses with their numbers, got [1, 2]"),
])
def test_what_is_no_sheet_is_refused_in_one_line(mazur, answers, message):
    with pytest.raises(InputError) as error:
        grade(mazur, answers)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_the_sum_in_place_of_the_mean_is_named_beside_a_slip_before_it():
    """A batch of two whose means are right: to update by the sum is to take twice the rate. One mean has digits swapped."""
    exercise = new_exercise("batch", 9)
    trace, eta = exercise.trace, exercise.problem.optimizer.learning_rate
    answers = answer_texts(exercise)
    for address in exercise.asked:
        quantity, place, number = split_address(address)
        if quantity in ("w+", "b+"):
            gradient = trace[make_address(f"mean dE/d{quantity[0]}", place, number)].value
            answers[address] = f"{trace[make_address(quantity[0], place)].value - 2 * eta * gradient:.4f}"
    first = next(address for address in answers if address.startswith("mean dE/dw"))
    answers[first] = f"{answers[first][:-2]}{answers[first][-1]}{answers[first][-2]}"
    marked = grade(exercise, answers)
    assert marked.mistakes == [("other-rate",)] and marked.mark == exercise.marks - 2
    assert "or the sum of the gradients" in " ".join(str(marked).split()) and verdicts(marked)[first] == "slip"
