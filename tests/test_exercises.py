"""Exercises: what is drawn, that a sheet alone gives its key, and what a kind's numbers guarantee."""

import json
import random
from collections import Counter
from hashlib import sha256

import pytest
from exercises_measured import GIVEN, measured, problems
from sheet_solvers import solved

import neurosim as ns
from neurosim import InputError
from neurosim.diagnosis.diagnosis import hypotheses
from neurosim.diagnosis.mistakes import MISTAKES
from neurosim.diagnosis.typed_numbers import WAYS, typed_number, ways_to_write
from neurosim.exercises.exercise import Exercise, exercise_of, exercise_text
from neurosim.exercises.generator import APART, UNITS, new_exercise, predicted, with_mistake
from neurosim.exercises.kinds import KINDS
from neurosim.exercises.marking import grade
from neurosim.exercises.sheet import answer_texts
from neurosim.exercises.sheet_forms import KEY_FORMS, SHEET_FORMS, key_text, sheet_text
from neurosim.support.number_text import number_text

VARIANTS = [(kind, given) for kind in KINDS for given in GIVEN.get(kind, ("",))]
# Of each kind its version and what its bytes hash to: whoever changes the bytes raises the version.
BYTES = {
    "forward-pass": (1, "9f32bc06626d5fb4"),
    "loss": (1, "6984b5a2555c2efd"),
    "deltas": (1, "c2bbb9b597db623f"),
    "one-update": (1, "c7a57371b6e2a45f"),
    "two-updates": (1, "9356ca1510994bac"),
    "batch": (1, "bd2106381edf3bbc"),
    "momentum": (1, "b678d07767d62aea"),
    "softmax": (1, "83235457392fbd45"),
    "perceptron": (1, "dff7272f62edc713"),
    "weights-for-and": (1, "169b6c959eeb3335"),
    "weights-for-or": (1, "d4241a942c3ce011"),
    "weights-for-xor": (1, "123a8177258464a9"),
    "missing-weight": (1, "5dc62122e168bbc4"),
    "missing-rate": (1, "9dcc7d3bf615b2f6"),
    "zero-gradients": (1, "2e51ecdba068afca"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_of_a_kind_change_only_with_its_version(kind):
    text = exercise_text(new_exercise(kind, "1"))
    assert (KINDS[kind].version, sha256(text.encode()).hexdigest()[:16]) == BYTES[kind]


@pytest.mark.parametrize("kind, given", VARIANTS)
def test_a_file_holds_the_whole_exercise(kind, given):
    exercise = new_exercise(kind, "7", given=given)
    again = exercise_of(json.loads(exercise_text(exercise)))
    assert again == exercise and exercise_text(again) == exercise_text(exercise)
    assert answer_texts(again) == answer_texts(exercise)


@pytest.mark.parametrize("kind, given", VARIANTS)
def test_numbers_are_humane(kind, given):
    for seed in range(5):
        exercise = new_exercise(kind, seed, given=given)
        problem, trace = exercise.problem, exercise.trace
        assert exercise.computed.verify()
        neurons = [neuron for layer in problem.network.layers for neuron in layer.neurons]
        own = [number for neuron in neurons for number in [*neuron.weights, neuron.bias]]
        assert all(round(number, 2) == number != 0 for number in own)
        assert all(round(number, 2) == number != 0 for row in problem.inputs for number in row)
        for address in exercise.asked if not exercise.hidden and not KINDS[kind].zeros else ():
            unit = 10.0**-exercise.places
            assert abs(trace[address].value) >= unit / 2
            if not address.startswith(("w+", "b+")):
                assert abs(trace[address].value) >= UNITS * unit
            distance = abs(trace[address].value) / unit % 1 - 0.5
            assert abs(distance) * unit >= 1e-9


@pytest.mark.parametrize("kind, given", [pair for pair in VARIANTS if not pair[0].startswith(("weights-for", "missing"))])
def test_the_first_wrong_number_of_a_mistake_can_be_seen(kind, given):
    for seed in range(3):
        exercise = new_exercise(kind, seed, given=given)
        for mistake in hypotheses(MISTAKES.values(), exercise.computed):
            made = with_mistake(exercise, mistake)
            off = [abs(made[address].value - exercise.trace[address].value) for address in exercise.asked] if made else []
            first = next((distance for distance in off if distance > 1e-9), None)
            assert first is None or first > APART * 0.5 * 10.0**-exercise.places, (mistake.kind.name, mistake.form)


def test_mistakes_that_a_network_does_not_tell_apart_are_named_together():
    """At eta = 1/2 a factor 2 in the gradient makes up for a missing eta; both double the step."""
    exercise = next(e for e in (new_exercise("one-update", seed) for seed in range(50))
                    if e.problem.optimizer.learning_rate == 0.5)
    together = [{one.kind.name for one in group} for group, _, _ in predicted(exercise)]
    assert {"gradient-factor", "no-learning-rate"} in together


def test_zero_gradients_are_those_of_dead_units():
    exercise = new_exercise("zero-gradients", 3)
    trace = exercise.trace
    dead = [name for name in trace.structure.layer_names[0] if trace[f"z[{name}]"].value < 0]
    assert len(dead) == 1
    for name in dead:
        assert trace[f"dE/dw[{name}->o1]"].value == 0 == trace[f"dE/db[{name}]"].value


def test_a_perceptrons_table_ends_with_the_first_epoch_in_which_nothing_changes():
    for seed in range(12):
        _check_table(new_exercise("perceptron", seed))


def _check_table(exercise):
    trace, count = exercise.trace, len(exercise.problem.inputs)
    deltas = [trace[f"delta[o1]@{number}"].value for number in range(1, exercise.epochs * count + 1)]
    epochs = [any(deltas[start : start + count]) for start in range(0, len(deltas), count)]
    assert epochs == [True] * (len(epochs) - 1) + [False]


@pytest.mark.parametrize("kind", ["weights-for-and", "weights-for-or", "weights-for-xor"])
def test_the_weights_of_a_key_solve_the_table(kind):
    table = {"and": [-1, -1, -1, 1], "or": [-1, 1, 1, 1], "xor": [-1, 1, 1, -1]}[kind.split("-")[-1]]
    exercise = new_exercise(kind, 5)
    assert exercise.problem.inputs == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    assert [target for target, in exercise.problem.targets] == table
    assert [exercise.problem.network.forward(row) for row in exercise.problem.inputs] == [[target] for target in table]


# Sheets


@pytest.mark.parametrize("kind, given", [pair for pair in VARIANTS if not pair[0].startswith("weights-for")])
def test_a_sheets_text_alone_gives_its_key(kind, given):
    exercise = new_exercise(kind, 11, given=given)
    work, places = solved(sheet_text(exercise)), exercise.places
    assert {address: number_text(work[address], places) for address in exercise.asked} == answer_texts(exercise)


@pytest.mark.parametrize("kind, given", VARIANTS)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_of_a_sheet_is_too_long(kind, given, width):
    exercise = new_exercise(kind, 4, given=given)
    for text in (sheet_text(exercise, width=width), key_text(exercise, width=width)):
        assert max(map(len, text.split("\n"))) <= width


@pytest.mark.parametrize("kind, given", VARIANTS)
@pytest.mark.parametrize("form", SHEET_FORMS)
def test_a_sheet_shows_no_answer(kind, given, form):
    """Longer than two decimals, so that none is a given by chance."""
    exercise = new_exercise(kind, 6, given=given)
    text = sheet_text(exercise, form)
    answers = [answer.lstrip("-") for answer in answer_texts(exercise).values()]
    long = [answer for answer in answers if len(answer.partition(".")[2].rstrip("0")) > 2]
    assert long or exercise.places < 3
    assert not [answer for answer in long if answer in text and answer not in exercise.given.values()]
    assert "seed" not in text


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_to_fill_in_is_marked_as_it_stands(form, tmp_path):
    from neurosim.diagnosis.answer_file import read_answer_file
    from neurosim.support.files import read_file

    exercise = new_exercise("batch", 1)
    for text, marks in ((sheet_text(exercise, form), 0), (key_text(exercise, form), exercise.marks)):
        (tmp_path / "answers").write_text(text, encoding="utf-8")
        assert grade(exercise, read_file(tmp_path / "answers", read_answer_file)).mark == marks


@pytest.mark.parametrize("form", KEY_FORMS)
def test_a_key_has_every_answer(form):
    exercise = new_exercise("one-update", 8)
    text = key_text(exercise, form).replace("\\", "")
    assert all(answer.lstrip("-") in text for answer in answer_texts(exercise).values())


def test_a_sheet_says_how_numbers_may_be_written_as_the_reader_reads_them():
    assert all(typed_number(way, "").value == 0.25 for way in WAYS)
    assert all(way in ways_to_write() for way in WAYS)
    assert ways_to_write() in " ".join(sheet_text(new_exercise("loss", 1)).split())


def test_a_drawing_joins_every_unit_to_every_one_of_the_next_layer():
    """Worked by hand: two inputs, three units and one."""
    from neurosim.exercises.drawing import text_drawing

    problem = new_exercise("forward-pass", 1, layers="2-3-1").problem
    problem.inputs = [[0.1, 0.25]]
    assert text_drawing(problem).split("\n") == [
        "              ┌── h1 ──┐",
        "   x1 = 0.1 ──┤        │",
        "              ├── h2 ──┼── o1",
        "  x2 = 0.25 ──┤        │",
        "              └── h3 ──┘",
    ]


# What is refused


@pytest.mark.parametrize("settings, message", [
    ({"kind": "one-updat"}, "unknown kind of exercise 'one-updat'; did you mean 'one-update'?"),
    ({"layers": "2"}, "layers: expected sizes such as 2-3-1, the inputs first, got '2'"),
    ({"layers": "2-0-1"}, "layers: expected sizes such as 2-3-1, the inputs first, got '2-0-1'"),
    ({"layers": "40-40-1"}, "layers: 100 connections are the most to work by hand, got 1640"),
    ({"activation": "tanh,tanh,tanh"}, "activation: expected 1 or 2, one for each layer, got 3"),
    ({"given": "all"}, "unknown part that is given 'all'"),
    ({"places": 0}, "places must be a whole number of 1 or more, got 0"),
    ({"kind": "perceptron", "layers": "3-1"}, "layers: this kind has 2 inputs and 1 output, got 3-1"),
    ({"kind": "forward-pass", "given": "forward"}, "there is nothing that forward-pass asks for, and that is not given"),
    ({"activation": "step"}, "found no numbers fit to work by hand"),
])
def test_what_fits_no_kind_is_refused(settings, message):
    with pytest.raises(InputError) as error:
        new_exercise(**{"kind": "one-update", "seed": 1, **settings})
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("change, message", [
    ({"asked": {}}, "asked: an exercise asks for at least one number"),
    ({"asked": {"z[h9]": 1}}, "unknown address in asked 'z[h9]'"),
    ({"asked": {"z[h1]": -1}}, "asked.z[h1] must not be negative, got -1"),
    ({"places": 40}, "places: 12 are the most, got 40"),
    ({"scheme": {"rigth": 1}}, "unknown verdict in scheme 'rigth'; did you mean 'right'?"),
    ({"scheme": {"own": 2}}, "scheme.own: a share is from 0 to 1, got 2"),
    ({"given": {"z[h1]": 0.5}}, "given.z[h1]: expected a number in quotes, as the sheet prints it, got 0.5"),
    ({"format": "neurosim-exercise/9"}, "format: expected 'neurosim-exercise/1', got 'neurosim-exercise/9'"),
    ({"problem": {"inputs": 2}}, "problem: the key 'layers' is missing"),
    ({"extra": 1}, "unknown key 'extra'"),
    ({"hidden": "z"}, "hidden: expected a list in brackets, got 'z'"),
])
def test_a_file_is_read_strictly(change, message):
    document = json.loads(exercise_text(new_exercise("one-update", 1)))
    with pytest.raises(InputError) as error:
        exercise_of({**document, **change})
    assert message in str(error.value)


def test_an_exercise_of_a_worked_example_asks_what_a_teacher_likes():
    exercise = Exercise(ns.built_in("mazur"), {"delta[o1]": 2, "delta[h1]": 3}, places=5, id="mazur")
    assert answer_texts(exercise) == {"delta[o1]": "0.13850", "delta[h1]": "0.00877"}
    assert "delta[h1] = .......... (3)" in sheet_text(exercise) and exercise.marks == 5


# Over many


def test_generated_exercises_and_their_marking(request):
    count = 1000 if request.config.getoption("--long") else 38
    total, told = Counter(), []
    for problem in problems(count):
        counts, more = measured(problem)
        total += counts
        told += more
    worked = total["all digits: full marks"]
    assert total["keys that verify"] == total["problems"] == count
    assert total["sheets whose text gives the key"] == worked
    for way in ("one digit more", "mixed", "asked digits"):
        assert total[f"{way}: full marks"] == worked, told
    assert total["asked digits: a note"] > 0
    assert total["mistakes named"] >= 0.95 * total["mistakes"], told
    assert total["mistakes that cost one mark"] >= 0.95 * total["mistakes"], told
    assert total["slips that cost one mark"] >= 0.95 * total["slips"], told


def test_only_random_is_asked():
    """So that the same seed gives the same exercise on every Python: `random()` alone is the same in all of them."""
    import inspect

    from neurosim.exercises import generator, kinds, numbers

    source = "".join(map(inspect.getsource, (generator, kinds, numbers)))
    assert source.count("random.Random(") == 1 and ".random, set()" in source
    for name in (name for name in dir(random.Random) if not name.startswith("_") and name != "random"):
        assert f".{name}(" not in source, name
