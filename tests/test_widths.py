"""Every command on every built-in example fits a page of 60, 80 and 200 columns."""

import json

import pytest
from built_ins import TRACED

from neurosim import Adam, Layer, Network, built_in
from neurosim.cli import main
from neurosim.cli.commands import make_parser
from neurosim.problems import catalogue
from neurosim.problems.problem_file import Problem

WIDTHS = (60, 80, 200)
# Each command's arguments behind SOURCE; {first} and {last} are addresses of the computation, {weight} one of a weight.
ARGUMENTS = {
    "trace": ["", "--as text", "--phase backward,update", "--places 4 --terms 3", "--decimals all", "--format grid"],
    "explain": ["{first}", "{last}", "{weight}", "{weight} --format rounded_grid"],
    "verify": [""],
    "compare": ["han-kamber", "trask-11-lines --most 0 --decimals all", "mazur --format grid"],
    "check": ["", "--method finite_difference"],
    "health": [""],
    "predict": [""],
    "summary": [""],
    "evaluate": [""],
    "train": ["--epochs 2"],
    "mutate": ["", "--mistake {mistake}"],
    "diagnose": ["{right}"],
    "solve": ["{right}"],
}
SESSIONS = [
    "where; list; info; help; help break; help print; explain {weight}; next; finish; step 3; where; list 40",
    "goto {last}; diff {first} {last}; set {first} = 0.123456789 show E a",
    "watch E; break if abs(delta) < 10; continue; info; explain; set {first} = 0.123456789; where; list; print {first}",
]


LEARNT = [name for name in TRACED if None not in built_in(name).targets]


@pytest.fixture(params=LEARNT)
def source(request, tmp_path):
    """A built-in example, and what stands for the words in the arguments."""
    trace = built_in(request.param).trace()
    computed = [step for step in trace if step.operands]
    weight = next(step.address for step in trace if step.address.startswith(("dE/dw[", "mean dE/dw[", "sum dE/dw[")))
    weight = weight[weight.index("dw") + 1 :]
    words = {"first": computed[0].address, "last": computed[-1].address, "weight": weight}
    words["mistake"] = "bias-subtracted"
    path = tmp_path / "right.json"
    path.write_text(json.dumps({step.address: f"{float(step.value):.4f}" for step in computed[:3]}))
    words["right"] = str(path)
    return request.param, words


def too_long(text, width):
    return [line for line in text.split("\n") if len(line) > width]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_any_command_is_longer(source, width, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    name, words = source
    printed = 0
    for command, endings in ARGUMENTS.items():
        for ending in endings:
            status = main([command, name, *[word.format(**words) for word in ending.split()]])
            captured = capsys.readouterr()
            assert (status == 2) == bool(captured.err)
            assert too_long(captured.out, width) == []
            printed += status != 2
    assert printed >= 12  # some say that a network of step units has no gradients, or an example no optimizer


def test_no_line_about_wrong_numbers_is_longer(source):
    trace = built_in(source[0]).trace()
    wrong = {step.address: f"{float(step.value) + 1.2345:.4f}" for step in trace if step.operands}
    for answers in (wrong, dict(list(wrong.items())[:3])):
        report = trace.diagnose(answers)
        assert report.status != "right"
        assert not any(too_long(report.text(width=width), width) for width in WIDTHS)


def test_no_line_about_conventions_that_do_not_fit_is_longer():
    problem = catalogue.built_in("mazur")
    wrong = {"z[h1]": "0.3775", "delta[h1]": "0.1234", "dE/dw[x1->h1]": "0.9", "w+[x1->h1]": "0.77"}
    report = problem.network.solve(problem.inputs, problem.targets, wrong, problem.optimizer)
    assert not report and not any(too_long(report.text(width=width), width) for width in WIDTHS)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("session", SESSIONS)
def test_no_line_of_a_session_is_longer(source, width, session, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    name, words = source
    commands = [f"--command={line.strip()}" for line in session.format(**words).split(";")]
    assert main(["debug", name, *commands]) == 0
    assert too_long(capsys.readouterr().out, width) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_the_help_or_the_list_is_longer(width, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    _, commands = make_parser()
    assert set(commands) == {*ARGUMENTS, "code", "data", "debug", "exercise", "guide", "list", "page", "practice"}
    for arguments in (["--help"], ["list"], *[[command, "--help"] for command in commands]):
        try:
            main(arguments)
        except SystemExit:
            pass
        assert too_long(capsys.readouterr().out, width) == []


LONG = "a_unit_of_thirty_characters_or"  # which must stay whole


@pytest.mark.parametrize("width", WIDTHS)
def test_only_an_address_that_cannot_be_broken_is_wider(width, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    names = [LONG + str(number) for number in range(4)]
    network = Network(names, [Layer(9, "tanh"), Layer(3, "softmax")], loss="categorical_crossentropy", seed=1)
    problem = Problem(network, [[0.1, 0.2, 0.3, 0.4]] * 2, [[1, 0, 0]] * 2, Adam(), batch_size=2, title="Long names")
    monkeypatch.chdir(tmp_path)  # a command that is named has the path in it
    problem.save("long.json")
    weight = f"w[{names[0]}->h1]"
    for arguments in (
        ["trace"], ["trace", "--as", "text"], ["explain", f"{weight}@2"], ["check"], ["health"], ["mutate"], ["summary"],
        ["predict"], ["debug", "--command", "next", "--command", "where", "--command", f"explain {weight}"],
    ):
        assert main([arguments[0], "long.json", *arguments[1:]]) in (0, 1)
        for line in too_long(capsys.readouterr().out, width):
            assert sum(LONG in word for word in line.split()) == 1, line
