"""What the command line says of the next step: an example at the end of each help, and the command that leads on.

Whatever it says is run as it stands, in an empty folder or where the files of the command before are.
"""

import io
import re
import shlex
import sys

import pytest
from broken_traces import BROKEN, broken_lines
from built_ins import TRACED

import neurosim as ns
from neurosim.cli import main
from neurosim.cli.commands import make_parser
from neurosim.core.activations import Sigmoid

COMMANDS = sorted(make_parser()[1])
MISTAKEN = '{"delta[o1]": 0.741365}'  # a - t of the first output, without the derivative
NOT_EXPLAINED = '{"delta[o1]": 0.2, "delta[h1]": 0.3}'


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """A function that runs a line as a shell would: (exit status of its last command, what that printed)."""
    monkeypatch.chdir(tmp_path)

    def run(line):
        status, printed = 0, ""
        for command in _commands(line):
            program, *arguments = command
            if program == "echo":
                printed = " ".join(arguments) + "\n"
                continue
            assert program == "neurosim"
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(printed.encode())))
            status = main(arguments)
            printed, errors = capsys.readouterr()
            assert errors == "", f"{line}: {errors}"
        return status, printed

    return run


def _commands(line):
    """The words of each command of a pipe."""
    commands = [[]]
    for word in shlex.split(line):
        if word == "|":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def _help(capsys, *command):
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def next_line(printed):
    """The command that leads on, of a printed text, as a shell reads it; None if it names none."""
    _, mark, line = printed.partition("\n\nnext: ")
    line = re.sub(r" \\\n +", " ", line)
    assert printed.endswith("\n") and line.count("\n") == printed.count("next: ") == bool(mark)
    return line.rstrip("\n") or None


# Help


@pytest.mark.parametrize("command", [[], *[[name] for name in COMMANDS]])
def test_each_help_ends_with_an_example_that_works(command, capsys, shell, tmp_path):
    *_, before, last = _help(capsys, *command).splitlines()
    example = re.fullmatch("example: (.+)", last)[1]
    assert before == "" and not command or f"neurosim {command[0]}" in example
    status, printed = shell(example)
    assert status == (1 if command == ["diagnose"] else 0)  # there a mistake is the point
    written = [path.name for path in tmp_path.iterdir()]
    assert (bool(printed), written) == ((False, ["walk.html"]) if command == ["page"] else (True, []))


def test_the_help_of_decimals_names_all(capsys):
    assert "or all for all its digits" in " ".join(_help(capsys, "trace").split())


# What leads on


def lines_for(source):
    """The commands about a source whose output leads on or might."""
    yield from (f"trace {source}", f"predict {source}", f"summary {source}", f"verify {source}", f"health {source}")
    yield from (f"train {source} --epochs 2 --save 'my net.json'", f"mutate {source}", f"evaluate {source}")
    yield from (f"trace {source} --phase forward", f"explain {source} E@1", f"check {source}")


def _refused(source, line):
    """The perceptron's step has no slope to check, a forward pass no targets, and traces of one pass have no @1."""
    problem = ns.built_in(source)
    without = None in problem.targets or problem.network.loss.name == "perceptron"
    needs = ("check", "train", "evaluate") if None in problem.targets else ("check",)
    return without and line.startswith(needs) or line.startswith("explain")


@pytest.mark.parametrize("source", TRACED)
def test_every_command_that_leads_on_works(source, shell):
    for line in lines_for(source):
        if _refused(source, line):
            continue
        seen = set()
        while line and line not in seen:  # on and on, as a reader would go
            seen.add(line)
            status, printed = shell(line if line.startswith("neurosim") else f"neurosim {line}")
            assert printed and status in (0, 1)
            line = next_line(printed)


def test_the_list_leads_to_a_trace_and_that_to_a_unit(shell):
    assert next_line(shell("neurosim list")[1]) == "neurosim trace mazur"
    assert next_line(shell("neurosim trace mazur")[1]) == "neurosim explain mazur h1"
    assert next_line(shell("neurosim trace mazur --only o2")[1]) == "neurosim explain mazur o2"
    assert next_line(shell("neurosim trace goodfellow-xor")[1]) == "neurosim explain goodfellow-xor h1@1"
    assert next_line(shell("neurosim trace han-kamber --only 1")[1]) == "neurosim explain han-kamber 4"


def test_predict_and_summary_lead_to_a_trace(shell):
    assert next_line(shell("neurosim predict mazur")[1]) == "neurosim trace mazur"
    assert next_line(shell("neurosim summary mazur")[1]) == "neurosim trace mazur"


def test_nothing_leads_on_where_there_is_nothing_to_trace(shell):
    ns.Network(2, [ns.Layer(1)], seed=1).save("no examples.json")
    assert next_line(shell("neurosim summary 'no examples.json'")[1]) is None
    net = ns.Network(2, [ns.Layer(2, "step"), ns.Layer(1, "step")], seed=1)
    ns.Problem(net, [[1, 0]], [[1]]).save("steps.json")
    assert next_line(shell("neurosim predict steps.json")[1]) is None
    assert next_line(shell("neurosim trace steps.json --phase forward")[1]) is None


def test_what_is_wider_than_the_terminal_goes_on_behind_a_backslash(shell, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    printed = shell("neurosim mutate goodfellow-xor --mistake bias-subtracted")[1]
    assert printed.endswith(
        "\n\nnext: neurosim mutate goodfellow-xor --mistake \\\n"
        "      bias-subtracted --answers | neurosim diagnose \\\n"
        "      goodfellow-xor -\n"
    )
    assert "[bias-subtracted]" in shell(next_line(printed))[1]


def test_the_mistakes_lead_to_one_and_that_to_its_diagnosis(shell):
    one = next_line(shell("neurosim mutate mazur")[1])
    assert one == "neurosim mutate mazur --mistake sigmoid-sign"
    assert next_line(shell(one)[1]) == f"{one} --answers | neurosim diagnose mazur -"
    printed = shell('neurosim mutate mazur --mistake delta-factor --form "1/2"')[1]
    assert "--form 1/2 " in next_line(printed) and "[delta-factor]" in shell(next_line(printed))[1]


def test_a_diagnosis_leads_to_the_first_wrong_number(shell, tmp_path):
    (tmp_path / "mine.json").write_text(MISTAKEN)
    explained = shell("neurosim diagnose mazur mine.json")[1]
    assert next_line(explained) == "neurosim explain mazur 'delta[o1]'"
    assert shell(next_line(explained))[0] == 0
    (tmp_path / "mine.json").write_text(NOT_EXPLAINED)
    unexplained = shell("neurosim diagnose mazur mine.json")[1]
    assert next_line(unexplained) == "neurosim explain mazur 'delta[o1]'"
    (tmp_path / "mine.json").write_text('{"z[h1]": 0.3775}')  # as Mazur prints it
    assert next_line(shell("neurosim diagnose mazur mine.json")[1]) is None


def test_what_nothing_explains_asks_for_the_numbers_that_the_first_wrong_one_is_made_from():
    trace = ns.built_in("mazur").trace()
    assert "Give dE/da[h1], f'[h1] as well: delta[h1] is made from them." in trace.diagnose({"delta[h1]": 0.3127}).text()
    both = {"delta[h1]": 0.3127, "dE/da[h1]": 0.036350}  # whose own number is right, by Mazur's figures
    assert "Give f'[h1] as well: delta[h1] is made from it." in trace.diagnose(both).text()
    assert "neurosim" not in trace.diagnose(both).text()


def test_a_trace_that_is_not_true_leads_to_its_first_wrong_number(shell, tmp_path):
    shell("neurosim trace mazur --as jsonl -o it.jsonl")
    file = tmp_path / "it.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace("0.3775", "0.3875"), encoding="utf-8")
    status, printed = shell("neurosim verify it.jsonl")
    assert (status, next_line(printed)) == (1, "neurosim explain it.jsonl 'z[h1]'")
    assert shell(next_line(printed))[0] == 0


def test_a_trace_with_a_hole_leads_nowhere(shell, tmp_path):
    shell("neurosim trace mazur --as jsonl -o it.jsonl")
    file = tmp_path / "it.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if '"address": "w[x1->h1]"' not in line), encoding="utf-8")
    assert len(file.read_text(encoding="utf-8").splitlines()) == len(lines) - 1
    status, printed = shell("neurosim verify it.jsonl")
    assert (status, next_line(printed)) == (1, None)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_trace_leads_only_to_what_works(name, shell, tmp_path, capsys):
    (tmp_path / "broken.jsonl").write_text("".join(broken_lines(name)[0]), encoding="utf-8")
    status = main(["verify", "broken.jsonl"])
    printed, errors = capsys.readouterr()
    assert (status, bool(printed)) == (2 if errors else 1, not errors)  # some are refused when they are read
    line = next_line(printed) if printed else None
    assert line is None or shell(line)[0] == 0


def test_a_finding_about_a_unit_leads_to_it(shell):
    net = ns.Network(1, [ns.Layer(1, "relu", [[-1.0]], [0.0]), ns.Layer(1, "linear", [[1.0]], [0.0])])
    ns.Problem(net, [[1], [2], [3]], [[1], [1], [1]], ns.SGD(0.1)).save("dead.json")  # relu of what is below 0
    status, printed = shell("neurosim health dead.json")
    assert (status, next_line(printed)) == (1, "neurosim explain dead.json h1 --example 1")
    assert shell(next_line(printed))[0] == 0


def test_a_check_that_does_not_hold_leads_to_the_worst_gradient(shell, monkeypatch):
    monkeypatch.setattr(Sigmoid, "derivative", lambda self, net_input, output: output)
    status, printed = shell("neurosim check mazur")
    worst = re.search(r"most of all (\S+),", printed)[1]
    assert (status, next_line(printed)) == (1, f"neurosim explain mazur '{worst}'")
    assert shell(next_line(printed))[0] == 0
    for source in ("trask-11-lines", "negnevitsky-xor", "analytics-vidhya"):  # of batches and of one example
        printed = shell(f"neurosim check {source}")[1]
        worst = re.search(r"most of all (\S+),", printed)[1]
        assert worst in next_line(printed) and shell(next_line(printed))[0] == 0


def test_a_saved_training_leads_to_its_measures(shell, tmp_path):
    rows = "".join(f"{x},{y},{x * y}\n" for x in range(4) for y in range(4))
    (tmp_path / "my data.csv").write_text("x,y,product\n" + rows)
    printed = shell("neurosim train 'my data.csv' --regression --epochs 2 --save it.json --learning-rate 0.01")[1]
    assert next_line(printed) == "neurosim evaluate it.json 'my data.csv'"
    assert shell(next_line(printed))[0] == 0
    assert next_line(shell("neurosim train 'my data.csv' --regression --epochs 2")[1]) is None
    assert next_line(shell("neurosim train mazur --epochs 2 --save it.json")[1]) == "neurosim evaluate it.json"


@pytest.mark.parametrize(
    "line",
    [
        "neurosim trace mazur --loss squared_error", "neurosim trace mazur --learning-rate 0.1",
        "neurosim trace mazur --set z[h1]=1", "neurosim trace mazur --places 0", "neurosim predict mazur --inputs 1,2",
        "neurosim mutate mazur --order sequential", "neurosim mutate mazur --mistake no-bias --targets 1,0",
        "echo delta[o1],0.741 | neurosim diagnose mazur - --targets 0.01,0.98",
    ],
)
def test_nothing_leads_on_where_options_changed_the_numbers(line, shell):
    assert next_line(shell(line)[1]) is None


@pytest.mark.parametrize(
    "line",
    [
        "neurosim list --format json", "neurosim list --format github", "neurosim trace mazur --as text",
        "neurosim trace mazur --as csv", "neurosim predict mazur --format json", "neurosim summary mazur --format html",
        "neurosim mutate mazur --mistake no-bias --answers", "neurosim mutate mazur --format tsv",
        "echo delta[o1],0.741 | neurosim diagnose mazur - --format json",
    ],
)
def test_nothing_leads_on_where_a_program_may_read(line, shell):
    assert "next: " not in shell(line)[1]


def test_nothing_leads_on_from_a_file_or_from_standard_input(shell, tmp_path):
    shell("neurosim trace mazur -o it.txt")
    assert "next: " not in (tmp_path / "it.txt").read_text(encoding="utf-8")
    assert next_line(shell("neurosim trace mazur --as jsonl | neurosim trace -")[1]) is None


def test_no_report_of_the_library_names_a_command():
    problem = ns.built_in("mazur")
    trace = problem.trace()
    reports = (trace.verify(), trace.explain("h1"), trace.diagnose({"delta[o1]": 0.741}), trace,
               problem.network.health(problem.inputs), problem.network.check_gradients(problem.inputs, problem.targets))
    assert not any("next: " in str(report) for report in reports)
