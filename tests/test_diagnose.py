"""Diagnosis: mistakes are found by their numbers, conventions and right answers are never called one."""

import copy
import json
import pickle
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from mutated_traces import (
    KINDS,
    SIZES,
    count_pairs,
    count_random,
    count_right,
    count_singles,
    printed,
    problem_trace,
    random_trace,
)

from every_formula import traces
from formula_values import evaluate

import neurosim as ns
from neurosim import InputError, Rule, UnknownNameError
from neurosim.custom import UpdateRule
from neurosim.diagnosis.conventions import CONVENTIONS
from neurosim.diagnosis.diagnosis import hypotheses, mutated
from neurosim.diagnosis.mistakes.entry import MISTAKES, STAGES
from neurosim.diagnosis.positions import Positions, misread
from neurosim.diagnosis.roundings import to_digits, to_places
from neurosim.formula.formula import formula


@pytest.fixture
def is_long(request):
    return request.config.getoption("--long")


@pytest.fixture(scope="module")
def mazur():
    return ns.built_in("mazur").trace()


# Every mistake diagnoses itself, and nothing else is called a mistake; `python tests/diagnoses.py` has the whole table


@pytest.mark.parametrize("decimals, only, share", [(4, "", 0.98), (3, "", 0.95), (4, "delta[h", 0.95)])
def test_every_mistake_diagnoses_itself(decimals, only, share, is_long):
    sizes = SIZES if is_long else SIZES[:1]
    verdicts, missed = count_singles(decimals, only, sizes=sizes, kinds=KINDS[:2] if is_long else KINDS[:1])
    told = verdicts["unique"] + verdicts["alike"] + (verdicts["convention"] if only else 0)
    # of deltas alone, those of the other sign may as well be t - a
    assert told >= share * sum(verdicts.values()), (verdicts, missed)


def test_pairs_of_independent_mistakes_are_explained(is_long):
    counts = count_pairs(60 if is_long else 8)
    assert counts["explained"] >= 0.8 * sum(counts.values())


def test_right_answers_are_never_a_mistake(is_long):
    counts = count_right(200 if is_long else 25)
    assert counts["right"] >= 0.96 * sum(counts.values()) and not {"mistake", "slip", "convention"} & set(counts)


def test_random_numbers_are_never_a_mistake(is_long):
    counts = count_random(80 if is_long else 15)  # one number that is replaced in right ones is a slip
    assert set(counts) <= {"unexplained", "slip", "undecided"} and counts["unexplained"] > counts["undecided"]


@pytest.mark.parametrize("seed", range(4))
def test_conventions_are_never_a_mistake(seed):
    _, trace = random_trace(seed)
    for hypothesis in hypotheses(CONVENTIONS.values(), trace):
        answers = printed(mutated(trace, [hypothesis]), 5)
        if answers != printed(trace, 5):
            diagnosis = trace.diagnose(answers)
            assert diagnosis.status == "convention" and diagnosis.conventions, (hypothesis, diagnosis)


def test_what_only_looks_like_a_mistake_gives_the_same_numbers():
    """ReLU's derivative taken at a, and x(1 - x) fed with outputs: the numbers are the right ones."""
    trace = problem_trace(random.Random(1), (2, 3, 2), 1, hidden="relu", output="linear")
    at_output = trace.replay(rules={"relu'": lambda z, a: 1 if a > 0 else 0})
    assert printed(at_output, 12) == printed(trace, 12)
    trace = problem_trace(random.Random(1), (2, 3, 2), 1)
    assert printed(trace.replay(rules={"sigmoid'": lambda z, a: a * (1 - a)}), 12) == printed(trace, 12)


def test_gradients_not_cleared_show_in_several_updates():
    trace = problem_trace(random.Random(3), (2, 3, 2), 3, batch=1)
    diagnosis = trace.diagnose(printed(trace.mutate("gradients-not-cleared"), 5))
    assert diagnosis.mistakes == [("gradients-not-cleared",)]


# The data


def test_every_mistake_says_what_it_is_and_how_to_mend_it():
    assert len(MISTAKES) >= 45
    for name, kind in MISTAKES.items():
        assert kind.name == name and kind.stage in STAGES and kind.equals and kind.mend


def test_the_first_number_that_a_mistake_changes_is_of_its_stage():
    phases = {
        "forward": "forward", "loss": "loss", "output delta": "backward", "hidden delta": "backward", "gradient": "gradient",
        "update": "update",
    }
    for seed in range(12):
        _, trace = random_trace(seed)
        for kind in MISTAKES.values():
            for _, swaps in kind.forms(Positions(trace)):
                first = next(step for step in trace if step.address in swaps)
                assert first.phase == phases[kind.stage], kind.name


MUTANTS = {  # worked out by hand from the printed numbers of the page, which has eta = 0.5
    ("no-bias", None): {"z[h1]": 0.0275, "z[h2]": 0.0425},
    ("bias-subtracted", None): {"z[h1]": 0.0275 - 0.35},
    ("bias-in-sum", None): {"z[h1]": 0.0275 + 2 * 0.35},
    ("sum-not-reset", None): {"z[h1]": 0.3775, "z[h2]": 0.3775 + 0.3925},
    ("weights-transposed", None): {"z[h1]": 0.15 * 0.05 + 0.25 * 0.1 + 0.35},
    ("hidden-not-activated", None): {"a[h1]": 0.3775},
    ("no-output-slope", None): {"delta[o1]": 0.74136507},
    ("slope-twice", None): {"delta[o1]": 0.74136507 * 0.186815602**2},
    ("delta-sign", None): {"delta[o1]": -0.138498562},
    ("delta-factor", "2"): {"delta[o1]": 2 * 0.138498562},
    ("error-squared", None): {"delta[o1]": 0.74136507**2 * 0.186815602},
    ("total-error", None): {"delta[o1]": 0.298371109 * 0.186815602},
    ("targets-reversed", None): {"dE/da[o1]": 0.75136507 - 0.99},
    ("slope-of-net-input", None): {"f'[o1]": 1.105905967 * (1 - 1.105905967)},
    ("half-a-slope", "1 - a"): {"f'[o1]": 1 - 0.75136507},
    ("no-hidden-slope", None): {"delta[h1]": 0.036350306},
    ("weights-already-updated", None): {"dE/da[h1]": 0.35891648 * 0.138498562 - 0.51130127 * 0.0380982365},
    ("raw-error", None): {"dE/da[h1]": 0.4 * 0.74136507 + 0.5 * (0.772928465 - 0.99)},
    ("output-for-delta", None): {"dE/da[h1]": 0.4 * 0.75136507 + 0.5 * 0.772928465},
    ("error-shared-out", None): {"dE/da[h1]": 0.74136507 * 0.4 / 0.85 + (0.772928465 - 0.99) * 0.5 / 1.05},
    ("backward-not-transposed", None): {"dE/da[h1]": 0.4 * 0.138498562 + 0.45 * -0.0380982365},
    ("assigned-in-sum", "the last"): {"dE/da[h1]": 0.5 * -0.0380982365},
    ("weights-left-out", None): {"dE/da[h1]": 0.138498562 - 0.0380982365},
    ("mean-over-outgoing", None): {"dE/da[h1]": 0.036350306 / 2},
    ("next-layers-slope", None): {
        "delta[h1]": 0.4 * 0.138498562 * 0.186815602 + 0.5 * -0.0380982365 * 0.175510053,
    },
    ("divided-by-weight", None): {"dE/da[h1]": 0.138498562 / 0.4 - 0.0380982365 / 0.5},
    ("divided-by-input", None): {"dE/dw[h1->o1]": 0.138498562 / 0.593269992},
    ("weight-for-input", None): {"dE/dw[h1->o1]": 0.138498562 * 0.4},
    ("net-input-for-output", None): {"dE/dw[h1->o1]": 0.138498562 * 0.3775},
    ("always-the-inputs", None): {"dE/dw[h1->o1]": 0.138498562 * 0.05},
    ("gradient-without-slope", None): {"dE/dw[h1->o1]": 0.74136507 * 0.593269992, "delta[o1]": 0.138498562},
    ("gradient-transposed", None): {"dE/dw[h2->o1]": -0.0380982365 * 0.593269992},
    ("added-update", None): {"w+[h1->o1]": 0.4 + 0.5 * 0.082167041},
    ("no-learning-rate", None): {"w+[h1->o1]": 0.4 - 0.082167041},
    ("learning-rate-twice", None): {"w+[h1->o1]": 0.4 - 0.25 * 0.082167041},
    ("assigned-update", None): {"w+[h1->o1]": -0.5 * 0.082167041},
    ("hidden-delta-sign", None): {"delta[h1]": -0.0087713546},
    ("hidden-delta-factor", "2"): {"delta[h1]": 2 * 0.0087713546, "delta[o1]": 0.138498562},
    ("gradient-factor", "1/2"): {"dE/dw[h1->o1]": 0.082167041 / 2, "delta[o1]": 0.138498562},
    ("not-updated", None): {"w+[x1->h1]": 0.15, "w+[h1->o1]": 0.4},
    ("not-activated", None): {"a[o1]": 0.4 * 0.3775 + 0.45 * 0.3925 + 0.6},
    ("only-last-layer", None): {"w+[x1->h1]": 0.15, "w+[h1->o1]": 0.35891648},
}


@pytest.mark.parametrize("name, form", MUTANTS, ids=[name for name, _ in MUTANTS])
def test_the_numbers_of_a_mistake(mazur, name, form):
    wrong = mazur.mutate(name, form)
    for address, value in MUTANTS[name, form].items():
        assert wrong[address].value == pytest.approx(value, rel=1e-7, abs=2e-9), address


def wrong_steps(trace):
    """(address, rule, values of its operands) of every step that a mistake or a convention makes by another rule."""
    for hypothesis in hypotheses([*MISTAKES.values(), *CONVENTIONS.values()], trace):
        for address, (rule, operands) in hypothesis.swaps.items():
            if isinstance(rule, Rule):
                yield address, rule, [trace[operand].value for operand in operands]


def value_or_error(function, *arguments):
    try:
        return function(*arguments)
    except (ArithmeticError, ValueError) as error:
        return type(error)


@pytest.mark.parametrize("what, trace", [pytest.param(*pair, id=pair[0]) for pair in list(traces())[::5]])
def test_what_a_wrong_rule_writes_is_what_it_works_out(what, trace):
    """Python itself works out the formula with the numbers in it."""
    for address, rule, values in wrong_steps(trace):
        text = rule.text([f"({value!r})" for value in values])
        value = value_or_error(rule.evaluate, *values)
        written = value_or_error(evaluate, text)
        if isinstance(value, type) or isinstance(written, type):
            assert value == written, (address, text)
        else:
            assert value == pytest.approx(written, rel=1e-9, abs=1e-12), (address, text)


@pytest.mark.parametrize("kind", [float, Fraction, Decimal])
def test_a_wrong_update_keeps_the_parameters_of_the_right_one(kind):
    """By hand: 3 w for the target 5, w = 2: g = 3, and with eta^2 the velocity is -0.03 and w 1.97; then g = 2.73."""
    network = ns.Network(1, [ns.Layer(1, "linear", bias=False, weights=[[kind(2)]])], loss="half_squared_error")
    trace = network.trace([[kind(3)]] * 2, [[kind(5)]] * 2, ns.Momentum(kind("0.1"), momentum=0.9))
    wrong = trace.mutate("learning-rate-twice")
    found = [wrong[address].value for address in ("velocity+[x1->o1]@1", "w+[x1->o1]@1", "w+[x1->o1]@2")]
    assert found == pytest.approx([kind("-0.03"), kind("1.97"), kind("1.97") - kind("0.027") - kind("0.0273")])
    assert {type(value) for value in found} == {kind}
    added = trace.mutate("added-update")["w+[x1->o1]@1"].value
    assert added == pytest.approx(kind("2.3")) and type(added) is kind


@pytest.mark.parametrize("kind", [float, Fraction, Decimal])
def test_a_rule_made_of_another_keeps_its_constants(kind):
    """By hand: 0.5 * 3^2 + 3 = 7.5, whatever kind of number 3 is; and so for the 0.5 of a function of your own."""
    share = {"share": 0.5}
    for right in (Rule("half", "share*w", constants=share), Rule("half", "share*w", lambda w: w / 2, ["w"], share)):
        wrong = right.reworked("wrong", lambda own: formula("right + w").put({"right": own.put({"w": formula("w^2")})}))
        value = wrong.evaluate(kind(3))
        assert value == kind("7.5") and type(value) is kind and wrong.text(["x"]) == "0.5*x^2 + x"


def test_a_class_of_your_own_works_out_the_wrong_rule_too(mazur):
    class SignDescent(ns.SGD):
        def rules(self, g, like):
            rule = UpdateRule("w+", ("w", "eta", g), "{0} - {1}*sign({2})", lambda w, eta, g: w - eta * (1 if g > 0 else -1))
            return [rule]

    trace = mazur.network.trace([0.05, 0.1], [0.01, 0.99], SignDescent(0.25))
    right = trace["w+[x1->h1]"].value
    assert trace["w[x1->h1]"].value - right == 0.25
    values = {"learning-rate-twice": right + 0.25 - 0.0625, "added-update": right + 0.5, "assigned-update": -0.25}
    for name, value in values.items():
        assert trace.mutate(name)["w+[x1->h1]"].value == pytest.approx(value), name


def test_a_function_in_place_of_a_rule_has_no_names_and_so_none_of_their_mistakes(mazur):
    replayed = mazur.replay(rules={"delta": lambda gradient, slope: gradient * slope})
    assert replayed.diagnose(printed(mazur, 6)).status == "right"
    assert replayed.diagnose(printed(mazur.mutate("no-bias"), 6)).mistakes == [("no-bias",)]


def test_a_wrong_layout_is_a_transpose_where_the_matrix_is_square():
    assert misread([[1, 2], [3, 4]]) == [[1, 3], [2, 4]]
    assert misread([[1, 2, 3], [4, 5, 6]]) == [[1, 3, 5], [2, 4, 6]]  # 1 2 | 3 4 | 5 6, read down the columns


# The report


def test_the_report_of_a_single_mistake(mazur):
    diagnosis = mazur.diagnose(printed(mazur.mutate("weights-already-updated"), 5))
    text = diagnosis.text(width=300)
    assert not diagnosis and diagnosis.status == "mistake"
    assert "the first dE/da[h1]: 0.03023, which should be 0.036350" in text
    assert "right before it: z[h1], a[h1]" in text
    assert "Your numbers equal: weights that were already updated when the hidden deltas were computed" in text
    assert "wrong: dE/da[h1] = w+[h1->o1]*delta[o1] + w+[h1->o2]*delta[o2] = " in text
    assert "right: dE/da[h1] = w[h1->o1]*delta[o1] + w[h1->o2]*delta[o2] = " in text
    assert "To fix it: compute all deltas first" in text and "This explains both wrong numbers." in text


def test_what_cannot_be_told_apart_comes_with_the_number_that_would(mazur):
    answers = {"w+[h1->o1]": "0.44108352", "w+[h2->o1]": "0.49133381"}  # w + eta g
    diagnosis = mazur.diagnose(answers)
    assert diagnosis.status == "mistake" and diagnosis.mistakes == [("delta-sign", "added-update")]
    assert diagnosis.ask.address == "delta[o1]" and diagnosis.ask.values == pytest.approx([-0.138498562, 0.138498562])
    assert "Or they equal: the update added" in str(diagnosis)
    assert "Give delta[o1] as well: it is -0.138499 with delta-sign, 0.138499 with added-update." in str(diagnosis)
    diagnosis = mazur.diagnose({**answers, "delta[o1]": "0.1385"})
    assert diagnosis.mistakes == [("added-update",)]


def test_a_second_independent_mistake_is_found_too(mazur):
    both = hypotheses([MISTAKES["no-output-slope"], MISTAKES["added-update"]], mazur)
    diagnosis = mazur.diagnose(printed(mutated(mazur, both), 6))
    assert [names[0] for names in diagnosis.mistakes] == ["no-output-slope", "added-update"]
    assert "Together they explain" in str(diagnosis)


def test_numbers_that_nothing_explains_are_shown_and_not_guessed_at(mazur):
    diagnosis = mazur.diagnose({"a[h1]": "0.5933", "delta[h1]": "0.1234", "delta[h2]": "0.4321"})
    assert diagnosis.status == "unexplained" and diagnosis.wrong == ["delta[h1]", "delta[h2]"]
    assert "No known mistake gives these numbers" in str(diagnosis) and "right before it: a[h1]" in str(diagnosis)


def test_each_number_is_judged_from_those_before_it(mazur):
    """A slip in z is one wrong number, and what was rightly worked out from it is right."""
    slip = mazur.replay(values={"z[h1]": 0.5})
    diagnosis = mazur.diagnose({**printed(slip, 6), "z[h1]": "0.500000"})
    assert diagnosis.wrong == ["z[h1]"]


def test_numbers_rounded_on_the_way_are_right(mazur):
    assert mazur.diagnose(printed(mazur.replay(rounding=ns.Places(3)), 3)).status == "right"
    assert mazur.diagnose({"delta[o1]": "0.1385"}) and not mazur.diagnose({"delta[o1]": "0.1380"})


def test_the_largest_and_the_smallest_floats_round_to_themselves():
    assert to_digits(1e-310, 3) == 1e-310 and to_places(1e305, 8) == 1e305
    assert to_digits(0.0012345, 3) == 0.00123 and to_places(-0.25, 1) == -0.3


def test_the_sign_convention_is_told_as_one(mazur):
    diagnosis = mazur.diagnose({"delta[o1]": "-0.138498562", "delta[h1]": "-0.00877135", "w+[x1->h1]": "0.149780716"})
    assert diagnosis and "a convention, no mistake: errors as t - a" in str(diagnosis)


def test_a_mistake_that_cannot_be_made_is_refused(mazur):
    with pytest.raises(UnknownNameError, match="unknown mistake 'no-biass'; did you mean 'no-bias'"):
        mazur.mutate("no-biass")
    with pytest.raises(InputError, match="the mistake 'softmax-no-slope' cannot be made in this computation"):
        mazur.mutate("softmax-no-slope")
    with pytest.raises(InputError, match="unknown form of delta-factor '3'; choose from 2, 1/2"):
        mazur.mutate("delta-factor", "3")


# Computations of other shapes


def test_a_mistake_is_that_of_its_own_batch_where_the_last_is_smaller():
    network = ns.Network(1, [ns.Layer(2, "softmax", weights=[[1], [2]])], loss="categorical_crossentropy")
    trace = network.trace([[1], [2], [3]], [[1, 0]] * 3, ns.SGD(0.1), batch_size=2, epochs=2)
    wrong = trace.mutate("softmax-over-batch")
    read = {number: wrong[f"a[o1]@{number}"].operands[1:] for number in (3, 5, 6)}
    assert read[3] == ("z[o1]@3", "z[o2]@3") and read[6] == ("z[o1]@6", "z[o2]@6")
    assert read[5] == ("z[o1]@4", "z[o2]@4", "z[o1]@5", "z[o2]@5")


def test_updates_that_need_all_gradients_are_not_known_to_the_hidden_deltas(mazur):
    clipped = mazur.network.trace([0.05, 0.1], [0.01, 0.99], ns.SGD(0.5, clip_norm=0.01))
    with pytest.raises(InputError, match="'weights-already-updated' cannot be made"):
        clipped.mutate("weights-already-updated")
    assert clipped.diagnose(printed(clipped.mutate("no-hidden-slope"), 6)).mistakes == [("no-hidden-slope",)]


def test_a_number_that_was_swapped_stands_in_the_way(mazur):
    with pytest.raises(InputError, match="z.h1. was swapped for a given number"):
        mazur.replay(values={"z[h1]": 0.5}).diagnose({"E": "1"})


@pytest.mark.parametrize("value", ["1e200", "-1e200", "0", "1e-300", "-5", "1"])
@pytest.mark.parametrize("loss", ["half_squared_error", "binary_crossentropy"])
def test_numbers_for_which_no_rule_is_made_have_a_report(mazur, loss, value):
    trace = mazur.network.trace([0.05, 0.1], [0, 1], ns.SGD(0.5))
    for address in ("z[o1]", "a[o1]", "a[h1]", "delta[o1]", "dE/dw[h1->o1]"):
        diagnosis = trace.diagnose({**printed(trace.mutate("no-bias"), 5), address: value})
        assert str(diagnosis) and json.loads(diagnosis.text("json"))["status"] == diagnosis.status


# The command line


def test_diagnose_on_the_command_line(run, tmp_path, mazur):
    path = tmp_path / "answers.json"
    path.write_text(run("mutate", "mazur", "--mistake", "no-hidden-slope", "--answers", "--decimals", "6")[1])
    status, out, err = run("diagnose", "mazur", str(path))
    assert (status, err) == (1, "") and "[no-hidden-slope]" in out
    document = json.loads(run("diagnose", "mazur", str(path), "--format", "json")[1])
    assert document["status"] == "mistake" and document["mistakes"] == [["no-hidden-slope"]]
    assert document["format"] == "neurosim-diagnosis/1"
    path.write_text("address,number\n z[h1] , 0.3775\ndelta[o1],0.1385\n")
    assert run("diagnose", "mazur", str(path)) == (0, "right: 2 numbers, to the digits given\n", "")
    path.write_text('{"delta[o1]": 0.1380}')  # a zero at the end says how precise it is meant
    assert run("diagnose", "mazur", str(path))[0] == 1
    status, out, err = run("mutate", "mazur")
    assert status == 0 and "weights-already-updated" in out and "softmax-no-slope" not in out


# Results travel


COPIES = [copy.deepcopy, lambda result: pickle.loads(pickle.dumps(result))]


@pytest.mark.parametrize("copied", COPIES)
def test_a_mistake_comes_back_by_its_name(copied):
    assert copied(MISTAKES["no-bias"]) is MISTAKES["no-bias"]
    assert copied(CONVENTIONS["opposite-sign"]) is CONVENTIONS["opposite-sign"]


# A trace must be picklable for these two: `Trace.__getstate__`


@pytest.mark.parametrize("copied", COPIES)
def test_a_diagnosis_comes_back_equal(mazur, copied):
    diagnosis = mazur.diagnose(printed(mazur.mutate("added-update"), 6))
    again = copied(diagnosis)
    assert again == diagnosis and again is not diagnosis
    assert str(again) == str(diagnosis) and again.ask == diagnosis.ask


@pytest.mark.parametrize("copied", COPIES)
def test_a_hypothesis_finds_its_swaps_again(mazur, copied):
    hypothesis = hypotheses([MISTAKES["no-output-slope"]], mazur)[0]
    again = copied(hypothesis)
    assert again == hypothesis and again.kind is hypothesis.kind
    assert printed(mutated(mazur, [again]), 6) == printed(mutated(mazur, [hypothesis]), 6)


def test_diagnoses_are_equal_if_all_that_they_say_is(mazur):
    answers = printed(mazur.mutate("added-update"), 6)
    assert mazur.diagnose(answers) == mazur.diagnose(answers) != mazur.diagnose(printed(mazur, 6))


@pytest.mark.parametrize("name", [[1], {}, None, 5, "nothing"])
def test_what_is_no_name_of_a_mistake_is_refused(mazur, name):
    with pytest.raises(UnknownNameError, match="unknown mistake"):
        mazur.mutate(name)


@pytest.mark.parametrize("form", [[1], {}, 5, "nothing"])
def test_what_is_no_form_of_a_mistake_is_refused(mazur, form):
    with pytest.raises(UnknownNameError, match="unknown form of no-bias"):
        mazur.mutate("no-bias", form)
