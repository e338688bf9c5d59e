"""The commands, run as a person runs them; the layouts are compared with files in tests/expected."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import neurosim as ns
from neurosim.cli import main
from neurosim.problems.catalogue import built_in
from neurosim.problems.problem_file import problem_text

EXPECTED = Path(__file__).parent / "expected"


def run(capsys, *arguments):
    assert main(list(arguments)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def without_next(printed):
    """What was printed without its last line, which says which command leads on."""
    text, next_line = printed.rsplit("\n\nnext: ", 1)
    assert next_line.count("\n") == 1
    return text + "\n"


def process(*arguments, **settings):
    environment = dict(os.environ)  # and not what the line editor has put into it behind Python's back, such as COLUMNS
    return subprocess.run(
        [sys.executable, "-m", "neurosim", *arguments],
        **{"capture_output": True, "text": True, "timeout": 60, "env": environment, **settings},
    )


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("trace_mazur.txt", ["trace", "mazur"]),
        ("trace_han_kamber_unit_6.txt", ["trace", "han-kamber", "--only", "6", "--decimals", "3"]),
        ("trace_vidhya_update.md", ["trace", "analytics-vidhya", "--phase", "gradient,update", "--only", "o1",
                                    "--format", "github", "--decimals", "8"]),
        ("trace_nand.txt", ["trace", "wikipedia-nand", "--phase", "forward,update"]),
        ("predict_xor.txt", ["predict", "goodfellow-xor"]),
        ("summary_mazur.txt", ["summary", "mazur"]),
        ("list.txt", ["list"]),
    ],
)
def test_layout(name, arguments, capsys):
    assert run(capsys, *arguments) == (EXPECTED / name).read_text(encoding="utf-8")


def test_python_m_neurosim_is_the_same_program(capsys):
    result = process("trace", "mazur", "--phase", "loss")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == run(capsys, "trace", "mazur", "--phase", "loss")


def test_json_holds_the_numbers_in_full(capsys):
    rows = json.loads(run(capsys, "trace", "mazur", "--format", "json"))
    assert rows[17]["address"] == "z[h1]" and rows[-1]["address"] == "w+[x2->h2]"
    assert {row["address"]: row["value"] for row in rows}["E"] == 0.2983711087600027


def test_settings_take_the_place_of_the_file_s(capsys):
    def value(address, *arguments):
        rows = json.loads(run(capsys, "trace", "mazur", "--format", "json", *arguments))
        return next(row["value"] for row in rows if row["address"] == address)

    assert value("eta", "--learning-rate", "0.25") == 0.25
    assert value("E", "--loss", "squared_error") == 2 * value("E")
    assert value("a[x1]", "--inputs", "-1,2") == -1
    assert value("t[o2]", "--targets", "0.5,.75") == 0.75
    assert value("w+[x1->h1]", "--order", "sequential") != value("w+[x1->h1]")
    assert value("a[x2]@2", "--inputs", "1,2;3,4", "--targets", "0,1;1,0") == 4


def test_an_optimizer_of_another_name_starts_from_its_own_settings(tmp_path, capsys):
    problem = built_in("mazur")
    problem.optimizer = ns.Adam(0.5, beta1=0.5)
    problem.save(tmp_path / "p.json")
    rows = json.loads(run(capsys, "trace", str(tmp_path / "p.json"), "--optimizer", "sgd", "--format", "json"))
    assert {row["address"]: row["value"] for row in rows}["eta"] == 0.1
    rows = json.loads(run(capsys, "trace", str(tmp_path / "p.json"), "--learning-rate", "0.25", "--format", "json"))
    assert {row["address"]: row["value"] for row in rows}["eta"] == 0.25 and rows[-1]["formula"].count("v_hat") == 1


def test_an_optimizer_can_be_given_to_a_file_without_one(capsys):
    out = run(capsys, "trace", "goodfellow-xor", "--optimizer", "sgd", "--learning-rate", "0.5", "--phase", "update")
    assert "w+[x1->h1]@4" in out


def test_a_step_network_can_be_traced_forward(tmp_path, capsys):
    net = ns.Network(2, [ns.Layer(2, "step"), ns.Layer(1, "step")], seed=1)
    ns.Problem(net, [[1, 0]], [[1]]).save(tmp_path / "steps.json")
    assert "a[o1]" in run(capsys, "trace", str(tmp_path / "steps.json"), "--phase", "forward")
    assert main(["trace", str(tmp_path / "steps.json")]) == 2
    assert "h1: step has no useful derivative" in capsys.readouterr().err


def test_predict_shows_targets_where_they_are_known(capsys):
    assert "t[o1]" in run(capsys, "predict", "goodfellow-xor")
    assert "t[o1]" not in run(capsys, "predict", "goodfellow-xor", "--inputs", "1,1")
    rows = json.loads(run(capsys, "predict", "goodfellow-xor", "--inputs", "0.5,1", "--format", "json"))
    assert rows == [{"example": 1, "a[x1]": 0.5, "a[x2]": 1.0, "a[o1]": 0.5}]


def test_long_sums_are_shortened_unless_asked_for(tmp_path, capsys):
    network = ns.Network(20, [ns.Layer(1)], seed=1)
    ns.Problem(network, [[1] * 20], [[1]]).save(tmp_path / "wide.json")
    short = run(capsys, "trace", str(tmp_path / "wide.json"), "--phase", "forward")
    by_size = sorted(range(20), key=lambda index: -abs(network["o1"].weights[index]))  # and so their terms: each input is 1
    assert [f"w[x{index + 1}->o1]" in short for index in by_size] == [True] * 8 + [False] * 12 and "..." in short
    assert "w[x20->o1]*a[x20]" in run(capsys, "trace", str(tmp_path / "wide.json"), "--phase", "forward", "--terms", "0")


def test_a_problem_comes_from_standard_input():
    result = process("predict", "-", input=problem_text(built_in("goodfellow-xor")))
    assert result.returncode == 0 and result.stdout == without_next(process("predict", "goodfellow-xor").stdout)
    result = process("predict", "-", input="{}")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "neurosim: error: standard input: the key 'inputs' is missing\n"


def test_output_goes_to_a_file(tmp_path, capsys):
    path = tmp_path / "trace.txt"
    assert run(capsys, "trace", "mazur", "-o", str(path)) == ""
    assert path.read_text(encoding="utf-8") == without_next(run(capsys, "trace", "mazur"))


def test_a_refused_command_leaves_the_output_file_as_it_was(tmp_path, capsys):
    path = tmp_path / "trace.txt"
    path.write_text("old")
    assert main(["trace", "mazur", "--format", "simpel", "-o", str(path)]) == 2
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["trace.txt"]


def test_no_command_shows_the_help(capsys):
    assert "COMMAND" in run(capsys)


@pytest.mark.parametrize("arguments", [["--help"], ["trace", "--help"], ["--version"]])
def test_help_and_version_end_well(arguments):
    result = process(*arguments)
    assert result.returncode == 0 and "neurosim" in result.stdout and result.stderr == ""


def test_a_reader_that_stops_early_is_no_error():
    command = f"{sys.executable} -m neurosim trace mazur | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert result.stderr == "" and result.stdout.startswith("  #")


def test_closed_streams_are_no_error(tmp_path):
    def shell(command):
        return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)

    program = f"{sys.executable} -m neurosim"
    assert (shell(f"{program} list >&-").returncode, shell(f"{program} list >&-").stderr) == (0, "")
    result = shell(f"{program} summary - <&-")
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert shell(f"{program} nonsense 2>&-").stdout == ""


def test_output_to_a_pipe_or_a_full_device(capsys):
    command = f"{sys.executable} -m neurosim summary mazur -o /dev/stdout | cat"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (result.stderr, result.stdout) == ("", without_next(run(capsys, "summary", "mazur")))
    if os.path.exists("/dev/full"):
        assert main(["list", "-o", "/dev/full"]) == 2
        assert "/dev/full: No space left on device" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
@pytest.mark.parametrize("command", [
    "--help >/dev/full", "trace --help >/dev/full", "--version >/dev/full", ">/dev/full", "summary mazur >/dev/full",
    "trace nosuch 2>/dev/full", "list >/dev/full 2>/dev/full",
])
def test_what_cannot_be_written_is_an_error(command):
    shell = ["bash", "-c", f"{sys.executable} -m neurosim {command}"]
    result = subprocess.run(shell, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2 and result.stdout == ""
    assert result.stderr.count("\n") == (0 if "2>" in command else 1)


def test_control_c_ends_with_130(monkeypatch):
    class Interrupted(io.BytesIO):
        def read(self, *size):
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Interrupted()))
    assert main(["summary", "-"]) == 130


def test_a_terminal_without_unicode_stops_nothing(tmp_path):
    net = ns.Network(["größe"], [ns.Layer(1)], seed=1)
    net.save(tmp_path / "net.json")
    result = process("summary", str(tmp_path / "net.json"), env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (result.returncode, result.stderr) == (0, "") and "gr\\xf6\\xdfe" in result.stdout


def test_unreadable_bytes_are_one_line():
    result = subprocess.run(
        [sys.executable, "-m", "neurosim", "summary", "-"], input=b"\xff\xfe", capture_output=True, timeout=60
    )
    assert result.returncode == 2 and result.stderr.count(b"\n") == 1


def test_standard_input_is_what_main_reads(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(problem_text(built_in("mazur")).encode())))
    assert "sigmoid" in run(capsys, "summary", "-")


def test_a_command_loads_only_the_rooms_that_it_needs():
    code = "import sys; from neurosim.cli import main; main(['list']); print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True).stdout
    loaded = {name.split(".")[1] for name in printed.split() if name.startswith("neurosim.")}
    assert not loaded & {"render", "diagnosis", "debugger", "training", "health", "testing"}


def test_answers_as_they_are_written_by_hand(tmp_path, capsys):
    # Mazur's page: z = 0.3775, 1.105905967; E of o1 0.274811083
    lines = "z_h1 = 0.3775\nW1 = [[.15, .2], [.25, .3]]\nb1,0.35,0.35\nz[o1]=1.105905967\nE_o1 = 0.274811083\n"
    (tmp_path / "mine.csv").write_text(lines, encoding="utf-8")
    assert run(capsys, "diagnose", "mazur", str(tmp_path / "mine.csv")).startswith("right: 9 numbers")
    typed = ("--answer", "z1=(0.3775, 0.3925)", "--answer", "z_o1=1.105905967")
    assert run(capsys, "diagnose", "mazur", *typed).startswith("right: 3 numbers")
