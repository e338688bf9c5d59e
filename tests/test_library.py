"""The library: the printed numbers of each built-in page come out, or are misprints that are named."""

import json

import pytest
from printed import printed

import neurosim as ns
from neurosim import InputError
from neurosim.exercises.library import HOW, MISPRINT, found, page, topics
from neurosim.problems.catalogue import names
from neurosim.problems.problem_file import problem_of, problem_text

PAGES = [name for name in names() if ns.built_in(name).printed is not None]


def test_every_built_in_example_has_printed_numbers():
    assert set(names()) - set(PAGES) == {"mitchell-momentum"}  # an exercise without a solution
    assert sum(len(ns.built_in(name).printed["numbers"]) for name in PAGES) > 650


@pytest.mark.parametrize("name", PAGES)
def test_the_printed_numbers_come_out(name):
    problem = ns.built_in(name)
    judged = page(problem)
    assert judged and [one.address for one in judged.numbers if one.how == HOW["wrong"]] == []
    assert {one.address: one.printed for one in judged.numbers} == problem.printed["numbers"]
    for one in judged.numbers:
        if one.address in problem.printed["misprints"]:
            assert one.how.startswith(f"{MISPRINT}: ")
            continue
        elif one.how == HOW["right"] and not judged.conventions:
            is_cut = repr(one.computed).startswith(one.printed)  # off behind its last digit
            is_alike = one.computed == pytest.approx(float(one.printed), rel=1e-12)
            assert is_cut or is_alike or one.computed == printed(one.printed)


@pytest.mark.parametrize("name", ["mazur", "han-kamber", "analytics-vidhya", "sivanandam-bpn"])
def test_another_digit_does_not_come_out(name):
    problem = ns.built_in(name)
    address, text = next((address, text) for address, text in problem.printed["numbers"].items() if len(text) > 4)
    wrong = text[:-2] + str((int(text[-2]) + 5) % 10) + text[-1] if text[-2] != "." else text[:-1] + "9"
    problem.printed = {**problem.printed, "numbers": {**problem.printed["numbers"], address: wrong}}
    assert not page(problem) and {one.address: one.how for one in page(problem).numbers}[address] == HOW["wrong"]


def test_conventions_and_chains_of_roundings_are_told():
    text = str(page(ns.built_in("han-kamber")))
    assert "convention: errors as t - a, with updates that are added" in text
    assert [line.split(maxsplit=3) for line in text.splitlines() if line.startswith("delta[6]")] == [
        ["delta[6]", "0.1311", "-0.131169", "from the printed numbers before it"]
    ]


@pytest.mark.parametrize("name", [name for name in PAGES if ns.built_in(name).printed["misprints"]])
def test_misprints_do_not_come_out(name):
    """Judged with the others, some of them at least are wrong, or a mistake that a page made."""
    problem = ns.built_in(name)
    problem.printed = {**problem.printed, "misprints": {}}
    assert not page(problem)


def test_a_problem_file_keeps_its_printed_numbers():
    problem = ns.built_in("singman-small-child")
    again = problem_of(json.loads(problem_text(problem)))
    assert again == problem and again.printed == problem.printed and again.printed["epochs"] == 2


@pytest.mark.parametrize("entry, message", [
    ({"numbers": {"z[h1]": 0.3775}}, "printed.numbers: expected an object of texts by address"),
    ({"numbers": ["0.1"]}, "printed.numbers: expected an object of texts by address"),
    ({"numbers": {}, "misprints": {"E": "why"}}, "printed.misprints: no number is printed for 'E'"),
    ({"numbers": {}, "epochs": 0}, "printed.epochs: expected a whole number of 1 or more, got 0"),
    ({"number": {}}, "printed: unknown key 'number'; did you mean 'numbers'"),
    ({}, "printed: the key 'numbers' is missing"),
    ([], "printed: expected an object in braces"),
])
def test_wrong_entries_are_refused(entry, message):
    document = json.loads(problem_text(ns.built_in("mazur")))
    with pytest.raises(InputError, match=message):
        problem_of({**document, "printed": entry})


def test_what_is_looked_for_is_found(run):
    assert [name for name, _ in found(["softmax"])] == [
        "cs231n-softmax", "postnetwork-softmax", "prakash-three-layers",
    ]
    assert {name for name, _ in found(["perceptron", "Hagan"])} == {"hagan-apple-orange", "hagan-perceptron"}
    assert "perceptron" in topics(ns.built_in("wikipedia-nand")) and "batch" in topics(ns.built_in("trask-11-lines"))
    status, out, err = run("list", "delta", "rule")
    assert (status, err) == (0, "") and "singman-small-child" in out and "mazur" not in out
    assert run("list", "no-such")[0] == 2


def test_one_example_is_judged_on_the_command_line(run):
    status, out, err = run("list", "mazur")
    assert (status, err) == (0, "") and "24 as computed" in out and out.endswith("next: neurosim trace mazur\n")
    document = json.loads(run("list", "postnetwork-softmax", "--format", "json")[1])
    assert [one["address"] for one in document["numbers"] if one["how it comes out"].startswith("misprint")] == [
        "z[o2]", "a[o1]", "a[o2]", "E",
    ]
    network = ns.Problem(ns.built_in("mazur").network)
    with pytest.raises(InputError, match="has no printed numbers"):
        page(network)
