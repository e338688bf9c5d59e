"""Practice: one number at a time."""

import json

import pytest

from neurosim import InputError
from neurosim.exercises.generator import new_exercise
from neurosim.exercises.kinds import KINDS
from neurosim.exercises.practice import (
    KNOWN, PRACTISED, SKILLS, Practice, Record, new_practice, read_record, skill_of, typed,
)
from neurosim.exercises.sheet import answer_texts
from neurosim.support.files import read_file


@pytest.fixture
def practice():
    return Practice(new_exercise("deltas", 1), done=2)


@pytest.mark.parametrize("text, number", [
    ("0.59", 0.59), (".593", 0.593), ("0,59", 0.59), ("3.8e-3", 0.0038), ("1/3", 1 / 3),
    ("0.15*0.05+0.35", 0.3575), ("0,15*0,05 + 0,35", 0.3575),
    ("-(2 + 1)/4", -0.75), ("59 %", 0.59), ("2^-1", 0.5), ("1/(1+exp(0))", 0.5),
])
def test_a_number_may_be_typed_in_many_ways(text, number):
    from neurosim.diagnosis.typed_numbers import typed_number

    assert typed_number(typed(text), "").value == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize("text", [
    "", "abc", "w+1", "1/0", "0.5.1", "__import__('os')", "2**", "9^9^9^9", "9" * 500, "1e999",
])
def test_what_is_no_number_is_said(text):
    with pytest.raises(InputError, match="your number: expected a number") as error:
        typed(text)
    assert "\n" not in str(error.value)


def test_worked_steps_fade():
    """A third, two thirds, and all of nine."""
    exercise = new_exercise("deltas", 1)
    assert [len(Practice(exercise, done).asked) for done in range(5)] == [3, 6, 9, 9, 9]
    first = Practice(exercise)
    assert list(first.shown) + first.asked == list(exercise.asked)
    assert first.shown == {address: answer_texts(exercise)[address] for address in first.shown}


def test_right_answers_lead_to_the_end(practice):
    key = answer_texts(practice.exercise)
    while practice.question:
        reply = practice.answer(key[practice.question])
        assert reply.is_right
    assert practice.answers == key


def test_right_from_ones_own_numbers(practice):
    """A short z is right, and its a follows from it as typed."""
    import math

    z = practice.exercise.trace["z[h1]"].value
    assert practice.answer(f"{z:.2f}").is_right
    own = 1 / (1 + math.exp(-round(z, 2)))
    reply = practice.answer(f"{own:.6f}")
    assert reply.is_right and reply.text == " from your own numbers before it"


def test_what_a_wrong_number_equals(practice):
    network, inputs = practice.exercise.problem.network, practice.exercise.problem.inputs[0]
    weights = network.layers[0].neurons[0].weights
    reply = practice.answer(f"{sum(w * x for w, x in zip(weights, inputs)):.4f}")
    assert reply.is_right is False and "without the bias" in reply.text
    assert practice.question == "z[h1]"


def test_too_few_digits_tell_nothing(practice):
    reply = practice.answer(f"{practice.exercise.trace['z[h1]'].value:.0f}")
    assert reply.is_right is None and reply.text == "too few digits to tell; give more of them"


def test_a_number_that_is_worked_out_here_counts_as_rounded(practice):
    """However many digits it comes to."""
    key = answer_texts(practice.exercise)
    for _ in range(7):
        assert practice.answer(key[practice.question]).is_right
    z, a = (practice.exercise.trace[f"{name}[h1]"].value for name in "za")
    weight = practice.exercise.problem.network.layers[1].neurons[0].weights[0]
    assert practice.answer(f"{weight}*{key['delta[o1]']}*{a:.4f}*(1-{a:.4f})").is_right and z


def test_another_convention_is_told_and_not_kept(practice):
    key = answer_texts(practice.exercise)
    for _ in range(6):
        practice.answer(key[practice.question])
    reply = practice.answer(f"{-float(key['delta[o1]']):.4f}")
    assert reply.is_right is None and reply.text.startswith("right by another convention: errors as t - a")
    assert practice.question == "delta[o1]"


def test_nothing_is_asked_behind_the_end(practice):
    while practice.question:
        practice.skip()
    for call in (practice.skip, lambda: practice.hint(1), lambda: practice.answer("1")):
        with pytest.raises(InputError, match="nothing is asked any more"):
            call()


def test_hints_have_four_levels(practice):
    for _ in range(6):
        practice.skip()
    assert practice.question == "delta[o1]"
    key = answer_texts(practice.exercise)
    words, symbols, numbers, value = map(practice.hint, range(1, 5))
    assert words == SKILLS["output delta"][1]
    assert symbols.split("\n")[-1] == "delta[o1] = dE/da[o1] * f'[o1]" and "a[o1] - t[o1]" in symbols
    assert key["a[o1]"] in numbers and "[" not in numbers.replace("[o1] =", "")
    assert value == f"delta[o1] = {key['delta[o1]']}"


def test_a_rule_is_known_after_three_in_a_row_without_a_hint():
    record = Record()
    for is_right, hinted, known in ((True, False, False), (True, False, False), (True, True, False), (True, False, False),
                                    (True, False, False), (True, False, True), (False, False, False)):
        record.note("z", is_right, hinted)
        assert record.is_known("z") == known
    assert record.bars() == [("net input", "...", "5 of 7")] and KNOWN == 3


def test_every_number_that_is_practised_is_a_skill():
    for kind in PRACTISED:
        exercise = new_exercise(kind, 1)
        assert all(skill_of(exercise, address) in SKILLS for address in exercise.asked)
    assert set(KINDS) - set(PRACTISED) == {kind for kind in KINDS if kind.startswith(("weights-for", "missing"))}


def test_the_next_exercise_has_what_is_not_known_yet():
    record = Record()
    assert new_practice(record, 1).exercise.kind == "forward-pass"
    for skill in ("z", "a"):
        for _ in range(3):
            record.note(skill, True, False)
    assert record.next_kind() == "loss"


def test_a_record_is_kept_whole(tmp_path):
    record = Record()
    record.note("hidden delta", True, False)
    record.done["deltas"] = 2
    record.save(tmp_path / "me.json")
    again = read_file(tmp_path / "me.json", read_record)
    assert (again.skills, again.done, again.current) == (record.skills, record.done, None)


def test_an_exercise_that_was_left_is_gone_on_with(tmp_path):
    record = Record()
    practice = new_practice(record, 1, "deltas")
    first = practice.question
    practice.answer(answer_texts(practice.exercise)[first])
    record.save(tmp_path / "me.json")
    again = new_practice(read_file(tmp_path / "me.json", read_record), 2)
    assert (again.exercise, again.answers) == (practice.exercise, practice.answers) and again.question != first


def test_a_short_number_that_cannot_be_meant_is_wrong(practice):
    z = practice.exercise.trace["z[h1]"].value
    assert practice.answer(str(round(z) + 3)).is_right is False


@pytest.mark.parametrize("document", [
    {}, [], {"format": "neurosim-practice/2", "skills": {}, "done": {}},
    {"format": "neurosim-practice/1", "skills": {"y": {}}, "done": {}},
    {"format": "neurosim-practice/1", "skills": {"z": {"row": -1, "right": 0, "asked": 0}}, "done": {}},
    {"format": "neurosim-practice/1", "skills": {}, "done": {"nosuch": 1}},
])
def test_a_broken_record_is_refused(tmp_path, document):
    (tmp_path / "me.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="me.json: "):
        read_file(tmp_path / "me.json", read_record)
