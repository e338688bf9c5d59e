"""The debugger as a person meets it: transcripts, commands, mistakes, and keys pressed in a terminal."""

import io
import os
import subprocess
import sys
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from shells import said
from terminal import Terminal

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.cli import main
from neurosim.debugger.commands import Commands
from neurosim.debugger.repl import ALIASES, COMMANDS, GROUPS, completions
from neurosim.debugger.session import Session

EXPECTED = Path(__file__).parent / "expected"
XOR = ["--inputs", "1,1;0,1;1,0;0,0", "--targets", "0;1;1;0", "--epochs", "2"]


def shell(name="mazur", **settings):
    """A shell over a built-in example that prints into `shell.stdout`."""
    problem = ns.built_in(name)
    return Commands(
        Session(problem.network, problem.inputs, problem.targets, problem.optimizer, **settings), stdout=io.StringIO()
    )


# Transcripts, read line by line beside the tables of `neurosim trace`


@pytest.mark.parametrize(
    "name, arguments, commands",
    [
        (
            "debug_mazur.txt",
            ["mazur"],
            """
            step; s; next; finish; print a[o1] - t[o1]; next; break E; continue; where; explain E
            break if abs(delta) < 0.01; watch w[x1->h1]; display delta[h1]; info breakpoints; c; c
            list 6; back; reverse-continue; print delta[h1]
            delete 1; set w[x1->h1] = 1; print E; info what-ifs; continue; unset; c; goto w+[x1->h1]; where
            print w+[x1->h1] - w[x1->h1]; history; quit; step""",
        ),
        (
            "debug_xor.txt",
            ["negnevitsky-xor", *XOR],
            """
            info position; watch w[1->3]; watch E; c; c; # the first update; info watches; delete 2; c; c; print w[1->3]
            print w[1->3]@1; print E@1 - E@2; break if E < 0.13 and a[1] == 1; c; where; c; finish; step 4
            goto delta[5]@6; print t[5]; where; back 3; list 4; set w[3->5]@5 = -1; print w[3->5]; rc
            goto E@8; explain w[3->5]; continue; print abs(w+[1->3] - w[1->3]@1) > 0.001; restart; where""",
        ),
        ("debug_help.txt", ["mazur"], "help; help all; help break; h rc; ? print; info"),
    ],
)
def test_transcript(name, arguments, commands, capsys):
    commands = [command.strip() for line in commands.strip().splitlines() for command in line.split(";")]
    options = [option for command in commands for option in ("--command", command)]
    assert main(["debug", *arguments, *options]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ((EXPECTED / name).read_text(encoding="utf-8"), "")


# The command line


def test_commands_come_from_standard_input():
    def process(text, *arguments):
        command = [sys.executable, "-m", "neurosim", "debug", *arguments]
        return subprocess.run(command, input=text, capture_output=True, timeout=60)

    script = b"# the loss\n\nfinish\n  print a[h1]  # at the end\nwhere\n"
    result = process(script, "mazur")
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"(neurosim) finish\n-- forward" in result.stdout
    assert b"(neurosim) print a[h1]  # at the end\na[h1] = 0.59327\n" in result.stdout
    assert process(b"", "mazur").stdout.count(b"\n") == 3  # the title, the network and a hint
    assert process(b"quit\nnonsense\n", "mazur").stdout.endswith(b"(neurosim) quit\n")
    assert process(b"\xff\xfe\nstep\n", "mazur").returncode in (0, 2)


def test_settings_take_the_place_of_the_file_s(capsys):
    def output(*arguments):
        assert main(["debug", *arguments]) == 0
        return capsys.readouterr().out

    commands = ["--command", "goto w+[x1->h1]", "--command", "print eta", "--command", "print E"]
    assert "eta = 0.25\nE" not in output("mazur", *commands)
    out = output("mazur", "--learning-rate", "0.25", "--loss", "squared_error", "--order", "sequential", *commands)
    assert "eta = 0.25\n" in out and f"E = {2 * 0.298371109:.6g}" in out
    out = output(
        "trask-11-lines", "--batch-size", "2", "--reduction", "mean", "--epochs", "3", "--command", "goto mean E@12"
    )
    assert (
        "12 passes in 3 epochs" in out
        and "-- pass 12 (epoch 3, update 6, example 4), loss\nmean E@12 = (E@11 + E@12) / 2" in out
    )
    assert "sum E@4" in output("trask-11-lines", "--command", "goto sum E")
    assert "m+[x1->h1]" in output("mazur", "--optimizer", "adam", "--command", "goto m+[x1->h1]")


def test_without_targets_there_is_a_forward_pass(capsys):
    assert main(["debug", "mazur", "--inputs", "1,2", "--command", "c", "--command", "where"]) == 0
    out = capsys.readouterr().out
    assert "the end: nothing is computed after a[o2]" in out and "delta" not in out and "E" not in out


def test_a_trained_network_stands_where_its_next_update_would_come(tmp_path, capsys):
    path = str(tmp_path / "net.json")
    train = ["train", "negnevitsky-xor", "--optimizer", "momentum", "--epochs", "3", "--save", path]
    assert main(train) == 0 and main(["debug", path, "--command", "print velocity[1->3]"]) == 0
    assert "velocity[1->3] = 0\n" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["mazurr"], "'mazurr' is neither a file nor a built-in example; did you mean 'mazur'?"),
        (["mazur", "--epochs", "0"], "epochs must be a whole number of 1 or more, got 0"),
        (["mazur", "--batch-size", "x"], "expected a whole number or all, got 'x'"),
        (["mazur", "--batch-size", "0"], 'batch_size (or "all") must be a whole number of 1 or more, got 0'),
        (["mazur", "--reduction", "men"], "unknown reduction 'men'; did you mean 'mean'?"),
        (["mazur", "--inputs", "1"], "inputs: expected 2 numbers, got 1"),
        (["mazur", "--optimizer", "sdg"], "unknown optimizer 'sdg'; did you mean 'sgd'?"),
        (
            ["grokking-inputs", "--learning-rate", "1e300", "--batch-size", "1"],
            "cannot go on: E is not finite: inf, example 2, epoch 1",
        ),
    ],
)
def test_what_cannot_be_debugged_is_one_line(arguments, message, capsys):
    status = main(["debug", *arguments, "--command", "c"])
    captured = capsys.readouterr()
    if status:
        assert status == 2 and captured.err.count("\n") == 1 and message in captured.err
    else:
        assert message in captured.out  # which the first update tells of only when it is reached


def test_debug_hangs_on_networks(capsys):
    network = Network(1, [Layer(1, "linear", weights=[[Fraction(1, 3)]], bias=False)])
    network.debug(
        [[1], [2]], [[0], [1]], ns.SGD(0.5), epochs=2, batch_size=2, commands="goto w+[x1->o1]\nprint 0.1 + w[x1->o1]"
    )
    assert "(neurosim) print 0.1 + w[x1->o1]\n0.1 + w[x1->o1] = 13/30\n" in capsys.readouterr().out
    Network(1, [Layer(1, weights=[[Decimal("0.1")]], bias=False)]).debug(
        [Decimal("0.3")], commands=["step", "print z[o1] > 0.02"]
    )
    assert "z[o1] > 0.02 = true" in capsys.readouterr().out
    assert network.layers[0].neurons[0].weights == [Fraction(1, 3)]
    for commands in (5, [5], {"step": 1}):
        with pytest.raises(InputError, match="commands: expected"):
            network.debug([1], commands=commands)


# The loop


def test_every_command_can_be_called_by_its_names_and_has_help():
    assert sorted(COMMANDS) == sorted(name[3:].replace("_", "-") for name in dir(Commands) if name.startswith("do_"))
    it = shell()
    for word, command in [*ALIASES.items(), *((command, command) for command in COMMANDS)]:
        assert it.command(word) == command
        usage, *rest = said(it, f"help {word}")
        assert usage.partition(" ")[0] == command and rest
    lines = said(it, "help all")
    assert all(any(f" {command} " in f" {line} " for line in lines) for command in COMMANDS)
    assert [line[:-1] for line in lines if line.endswith(":")] == list(GROUPS)


def test_the_beginning_of_a_name_is_enough():
    it = shell()
    assert [it.command(word) for word in ("ste", "conti", "reverse-c", "hist", "wat", "expl", "undis")] == [
        "step",
        "continue",
        "reverse-continue",
        "history",
        "watch",
        "explain",
        "undisplay",
    ]
    assert said(it, "un") == ["error: 'un' could be until or undisplay or unset"]
    assert said(it, "fini", "sett w")[-1] == "error: unknown command 'sett'; did you mean 'set'?"


def test_an_empty_line_repeats_a_move_and_nothing_else():
    it = shell()
    assert said(it, "step", "", "")[-1] == "      = 0.3925" and it.session.here.address == "z[h2]"
    assert said(it, "print z[h1]", "") == ["z[h1] = 0.3775"]
    assert said(it, "break E", "", "nonsense", "")[0] == "breakpoint 1: E" and len(it.session.stops) == 1
    assert it.session.here.address == "z[h2]"


def test_in_a_script_an_empty_line_does_nothing():
    it = shell()
    it.run_script(["step", "", "   ", "# step", "step"])
    assert it.session.here.address == "a[h1]"


def test_displays_are_shown_after_every_move():
    it = shell()
    assert said(it, "display E", "display a[o1]*2", "display z") == [
        "1: E: not known here",
        "2: a[o1]*2: not known here",
        "3: z: not known here",
    ]
    assert said(it, "goto E")[-3:] == ["1: E = 0.298371", "2: a[o1]*2 = 1.50273", "3: z: not known here"]
    assert said(it, "undisplay 1", "back")[-2:] == ["2: a[o1]*2 = 1.50273", "3: z[o2] = 1.22492"]
    assert said(it, "undisplay 9") == ["error: unknown display '9'; choose from 2, 3"]
    assert said(it, "undisplay", "display", "step")[-1] == "  = 0.298371"


def test_the_stage_of_a_wide_network_stays_small():
    session = Session(Network(100, [Layer(50), Layer(30)], seed=1), [0.5] * 100, [0] * 30, ns.SGD(0.1))
    it = Commands(session, stdout=io.StringIO())
    lines = said(it, "goto z[h20]", "where", "goto dE/dw[x50->h20]", "list", "where")
    assert len(lines) < 100 and max(map(len, lines)) <= 100
    assert "x1 .. x100 --> h1 .. [h20] .. h50 --> o1 .. o30" in lines
    assert any(line.split()[:1] == ["h20"] and ">" in line for line in lines)


def test_long_moves_are_told_shortly():
    lines = said(shell(), "step 30")
    assert (
        lines[0] == "... 18 steps, and" and len(lines) < 25 and lines[-1] == "              = 0.000497713"
    )  # 47 in the table


def test_steps_are_told_with_their_own_pass_also_from_the_next_one():
    it = shell(epochs=3)
    it.onecmd("goto dE/dw[x1->h2]@1")
    lines = said(it, "step 10")
    update = lines.index("-- pass 1 (epoch 1, example 1), update, layer h1 h2")
    assert lines[update + 1].startswith("w+[x1->h1]@1 = ") and lines[update + 4].startswith("w+[x2->h2]@1 = ")
    assert "-- pass 2 (epoch 2, example 1), forward, layer h1 h2" in lines


def test_a_what_if_shows_the_numbers_that_were_asked_about():
    it = shell("negnevitsky-xor")
    lines = said(it, "watch b+[5]", "set w[1->3] = 0.50001")
    changed = {line.split()[0] for line in lines[4:-1]}
    assert lines[1] == "what if w[1->3] = 0.50001, and not 0.5" and {"E", "w[1->3]", "b+[5]"} <= changed
    assert 10 <= len(changed) <= 13 and lines[-1].startswith("and ") and lines[-1].endswith(" smaller changes")
    assert said(it, "set E = E")[0].startswith("error: E is not computed yet; goto E goes there")
    assert said(it, "goto E", "set eta = 0.1")[-1] != "" and said(it, "unset") == ["no what-ifs"]


BAD = [
    "stp",
    "",
    "step -1",
    "step 0",
    "step x",
    "step 99999999999999999999",
    "next 3",
    "finish now",
    "continue x",
    "goto",
    "goto nowhere",
    "goto z",
    "goto z[h1]@2",
    "goto z[h1",
    "back x",
    "rc 3",
    "restart it",
    "break z[h9]",
    "break if",
    "break if z[h1]",
    "break E if",
    "break if __import__('os').system('true')",
    "break if ().__class__",
    "break a[x1]",
    "watch",
    "watch eta",
    "watch z",
    "log : E",
    "watch if E > 1",
    "goto update 99999999999999999999",
    "delete 7",
    "delete x",
    "print",
    "print (",
    "print __import__('os')",
    "print ().__class__.__mro__",
    "print 9**9**9**9",
    "print " + "(" * 3000,
    "print 1/0",
    "print a[o1]",
    "display )",
    "undisplay 3",
    "explain",
    "explain z",
    "where to",
    "list 0",
    "set",
    "set E",
    "set E =",
    "set = 3",
    "set E == 3",
    "set E = z",
    "set E = 1 > 0",
    "set E = 10^999",
    "set E = 1/0",
    "set q = 3",
    "unset E",
    "info everything",
    "history 3",
    "help nonsense",
    "quit now",
    "!ls",
    "print \x00",
    "print \u2028",
    "é",
    "print z[h1] if 1",
    "x" * 100000,
    "p " + "1+" * 5000,
]


@pytest.mark.parametrize("line", BAD, ids=[line[:20] for line in BAD])
def test_a_mistake_is_one_line_and_loses_nothing(line):
    it = shell()
    session = it.session
    session.add("break", "delta")
    before = session.place, dict(session.stops), session.what_ifs, session.timeline
    lines = said(it, line)
    assert len(lines) <= 1 and (not lines or lines[0].startswith("error: ") or lines == ["no watches"])
    assert len("".join(lines)) < 500
    assert (session.place, session.stops, session.what_ifs, session.timeline) == before
    assert said(it, "step")[-1] == "      = 0.3775"


def test_control_c_in_a_command_loses_nothing(monkeypatch):
    it = shell()
    it.interactive = True
    monkeypatch.setattr(it.session, "goto", lambda text: (_ for _ in ()).throw(KeyboardInterrupt))
    assert said(it, "step", "goto E")[-2:] == ["", "interrupted"]
    assert it.session.here.address == "z[h1]"


# Completion


def completed(it, line):
    words = line.split(" ")
    return completions(it, words[-1], line) if len(words) > 1 else it.completenames(line)


def test_what_is_typed_is_completed():
    it = shell("trask-11-lines", batch_size="all")
    assert completed(it, "re") == ["reverse-next", "reverse-finish", "reverse-continue", "restart"]
    assert completed(it, "goto f") == ["f'[o1]"]
    assert completed(it, "p w[x") == ["w[x1->o1]", "w[x2->o1]", "w[x3->o1]"]
    assert completed(it, "print w[x1→") == ["w[x1->o1]"] and completed(it, "watch w+[x1-") == ["w+[x1->o1]"]
    assert completed(it, "print abs(de") == ["abs(delta[o1]"] and completed(it, "display 1-de") == ["1-delta[o1]"]
    assert completed(it, "b if a[x1]<a[o") == ["a[x1]<a[o1]"] and completed(it, "break i") == ["if "]
    assert completed(it, "goto mean dE/dw[x1") == ["dE/dw[x1->o1]"] and completed(it, "p 2 * mea")[0].startswith(
        "mean "
    )
    assert (
        completed(it, "print sq") == ["sqrt("] and completed(it, "goto sq") == [] and completed(it, "print zzz") == []
    )
    assert "E" in completed(it, "explain ") and completed(it, "step z") == [] and completed(it, "nonsense z") == []
    said(it, "break E", "watch w[x1->o1]", "display E", "set eta = 2")
    assert (
        completed(it, "delete ") == ["1", "2"]
        and completed(it, "undisplay ") == ["1"]
        and completed(it, "unset e") == ["eta"]
    )
    assert completed(it, "info w") == ["watches", "what-ifs"]
    assert completed(it, "help s") == ["step", "set", "source", "save"]


# A person at a terminal


@pytest.fixture
def terminal(monkeypatch):
    """Starts `neurosim debug` in a pseudo-terminal, where there is one, with line editing."""
    for module in ("pty", "termios", "readline"):
        pytest.importorskip(module, reason=f"there is no {module} here")
    if sys.implementation.name == "pypy":
        pytest.skip("PyPy edits lines with a program of its own")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(Path(ns.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    )
    started = []

    def start(*arguments):
        started.append(Terminal("-m", "neurosim", "debug", *arguments))
        started[-1].expect("(neurosim) ")
        return started[-1]

    yield start
    for one in started:
        one.__exit__()


def test_keys_in_a_terminal(terminal):
    it = terminal("mazur")
    it.type("fini\t")
    it.expect("finish")  # completed
    it.type("\r")
    it.expect("= 0.596884\n(neurosim) ")
    it.type("goto del\t")
    it.expect("ta[")
    it.type("h1\t")
    it.expect("h1]")
    it.type("\r")
    it.expect("= 0.00877135\n(neurosim) ")
    it.type("print w[x1->h\t\t")
    it.expect("w[x1->h1]  w[x1->h2]")
    it.type("2]\r")
    it.expect("w[x1->h2] = 0.25\n(neurosim) ")
    it.type("\x1b[A")  # arrow up
    it.expect("print w[x1->h2]")
    it.type("\r")
    it.expect("w[x1->h2] = 0.25\n(neurosim) ")
    it.type("half a line")
    it.expect("half a line")
    it.type("\x03")  # Ctrl-C
    it.expect("\n(neurosim) ", impatient="\x03")
    it.type("step\r")
    it.expect("dE/da[h2] = ")
    it.expect("(neurosim) ")
    it.type("\r")  # an empty line
    it.expect("f'[h2] = ")
    it.expect("(neurosim) ")
    it.type("\x04")  # Ctrl-D
    assert it.ends() == 0 and "Traceback" not in it.screen


def interrupt(it, command):
    """Press Ctrl-C while the command runs, once it has begun to."""
    for attempt in range(1, 10):
        it.type(f"{command}\r")
        it.expect(f"{command}\n")
        time.sleep(0.2 * attempt)
        it.type("\x03")
        if "interrupted" in it.expect("(neurosim) ", impatient="\x03"):
            return
    pytest.fail(f"{command} was not interrupted")


def test_control_c_stops_a_long_run_in_a_terminal(terminal):
    it = terminal("negnevitsky-xor", *XOR[:-1], "1000000")
    it.type("break E@5\rc\r")
    it.expect("E@5 = ")
    it.expect("(neurosim) ")
    interrupt(it, "continue")
    interrupt(it, "goto E@999999")
    it.type("rc\r")
    assert "breakpoint 1: E@5" in it.expect("(neurosim) ")
    it.type("q\r")
    assert it.ends() == 0 and "Traceback" not in it.screen
