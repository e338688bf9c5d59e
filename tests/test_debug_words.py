"""gdb's words in the debugger: what they stop, pass over, tell, run and keep; and conditions that look further than here."""

import io
import os
import random
import sys
from pathlib import Path

import pytest
from random_networks import PAIRS, random_network, targets_for
from shells import said
from terminal import Terminal

import neurosim as ns
from neurosim import InputError, Layer, Network
from neurosim.cli import main
from neurosim.core.address import split_address
from neurosim.debugger.commands import Commands
from neurosim.debugger.repl import completions
from neurosim.debugger.session import Session

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]


def xor(**settings):
    return Session(Network(2, [Layer(2), Layer(1)], seed=1), *XOR, ns.SGD(0.5), **settings)


def shell(session=None):
    return Commands(session or xor(epochs=3), stdout=io.StringIO())


# Moves


def test_reverse_next_and_reverse_finish_end_where_next_and_finish_ended():
    for forward, back in (("next_unit", "back_unit"), ("finish", "back_layer")):
        session = xor(epochs=2)
        places = [session.start]
        while not getattr(session, forward)().end:
            places.append(session.place)
        for place in reversed(places[:-1]):
            getattr(session, back)()
            assert session.place == place
        assert getattr(session, back)().end == "start"


def test_until_goes_to_the_next_time_or_the_next_pass_and_stops_on_the_way():
    session = xor(epochs=2)
    for address in ("E@1", "E@2", "E@3"):
        session.run_to("E")
        assert session.here.address == address
    session.finish_pass()
    assert session.here.address == "b+[h2]@3"
    session.add("break", "z[h1]@5")
    assert session.run_to("E@7").hits[0].text == "z[h1]@5" and session.here.address == "z[h1]@5"
    assert session.run_to("E@7").hits == [] and session.here.address == "E@7" and list(session.stops) == [1]
    with pytest.raises(InputError, match="E@7 is computed already; goto E@7 goes back there"):
        session.run_to("E@7")


# Stops


def test_ignored_hits_and_those_of_tbreak_count_forward():
    it = shell()
    said(it, "break E", "ignore 1 2", "c")
    assert it.session.here.address == "E@3" and it.session.stops[1].hits == 3
    said(it, "continue 4")
    assert it.session.here.address == "E@7"
    said(it, "ignore 1 9", "rc")
    assert it.session.here.address == "E@6" and it.session.stops[1].ignored == 9
    said(it, "ignore 1 0", "delete", "tbreak z[h1]", "rc")
    assert it.session.here.address == "z[h1]@6" and list(it.session.stops) == [2]
    said(it, "c")
    assert it.session.here.address == "z[h1]@7" and not it.session.stops
    said(it, "goto E@8")
    assert said(it, "continue 2")[0].startswith("error: nothing has stopped the run here")


def test_what_is_disabled_does_nothing_until_it_is_enabled():
    it = shell()
    said(it, "break E@2", "watch w[x1->h1]", "log z[h1]", "disable")
    assert said(it, "c")[-1].startswith("the end: ")
    said(it, "restart", "enable 1", "c")
    assert it.session.here.address == "E@2"
    assert "disabled" in "\n".join(said(it, "info watches"))


def test_a_condition_is_replaced_and_taken_away():
    it = shell()
    assert said(it, "break E if E > 9", "condition 1 E@3 > 0", "condition 1") == [
        "breakpoint 1: E if E > 9", "breakpoint 1: E if E@3 > 0", "breakpoint 1: E",
    ]
    assert said(it, "break if E > 9", "condition 2")[1] == (
        "error: breakpoint 2 has nothing but its condition; delete 2 takes it away"
    )


def test_a_log_tells_and_stops_nothing():
    it = shell(xor())
    lines = said(it, "log E@2 if E > 0: a[x1] + 1, min(1, 2)", "log E@3", "c")
    loss = f"{it.session.evaluate('E@3'):.6g}"
    assert lines[2:4] == ["log 1: pass 2, a[x1] + 1 = 1, min(1, 2) = 1", f"log 2: pass 3, E@3 = {loss}"]
    assert lines[-1].startswith("the end: ") and "log" not in "".join(said(it, "rc"))


# Commands of a stop, and lines of several


def test_the_commands_of_a_stop_run_where_it_stops():
    it = shell()
    lines = said(it, "break E@2; break E@3", "commands 1 print a[x2]; print a[x1]", "c; print t[o1]")
    assert lines[-3:] == ["a[x2]@2 = 1", "a[x1]@2 = 0", "t[o1]@2 = 1"]
    said(it, "commands 2", "print 7", "end")
    assert said(it, "c")[-1] == "7 = 7"
    said(it, "commands 2", "end")
    assert it.session.stops[2].commands == []


def test_commands_behind_continue_give_way_to_those_of_the_next_stop():
    it = shell()
    lines = said(it, "break E", "commands 1 print 1; continue; print 2", "c")
    assert lines.count("1 = 1") == 12 and lines.count("2 = 2") == 1


@pytest.mark.parametrize(
    "line, message",
    [
        ("commands 1 prnt", "unknown command 'prnt'"),
        ("commands 1 commands 1 step", "commands cannot stand among the commands of a stop"),
        ("commands 2 step", "log 2 stops nothing"),
        ("commands 7 step", "there is no breakpoint or watch 7"),
        ("ignore 1 x", "expected how many"),
        ("ignore 1", "what? For example: ignore 1 4"),
        ("condition 1 E", "E is no condition"),
        ("disable 8", "there is no breakpoint or watch 8"),
        ("tbreak E@99", "the passes are 1 to 12"),
        ("until a[x1]", "is given, and no step computes it"),
        ("save E", "save is written like"),
        ("where h9", "unknown unit or layer 'h9'"),
        ("info locals h9", "unknown unit 'h9'"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(line, message):
    it = shell()
    said(it, "break E if E > 0", "log E")
    before = {number: (stop.text, stop.commands, stop.ignored, stop.enabled) for number, stop in it.session.stops.items()}
    lines = said(it, line)
    assert len(lines) == 1 and lines[0].startswith("error: ") and message in lines[0]
    stops = it.session.stops
    assert {number: (stop.text, stop.commands, stop.ignored, stop.enabled) for number, stop in stops.items()} == before


def test_what_follows_a_wrong_command_in_its_line_does_not_run():
    assert said(shell(), "print 1; prnt; print 2") == ["1 = 1", "error: unknown command 'prnt'; did you mean 'print'?"]


# Scripts and files


@pytest.mark.parametrize(
    "commands, message",
    [
        (["print 1", "prnt", "print 2"], "command 2, 'prnt': unknown command 'prnt'; did you mean 'print'?"),
        (["print 1; print a[o1]"], "command 1, 'print a[o1]': a[o1] is not computed yet; goto a[o1] goes there"),
        (["break E", "commands 1", "step"], "commands go on until a line that says end, and none does"),
        (["break E", "commands 1 goto z", "c"], "command 3: breakpoint 1, 'goto z': z of what? There is z[h1]"),
    ],
)
def test_a_script_ends_at_its_first_wrong_command(commands, message, capsys):
    options = [option for command in commands for option in ("--command", command)]
    assert main(["debug", "mazur", *options]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"neurosim: error: {message}") and captured.err.count("\n") == 1
    assert f"(neurosim) {commands[0]}" in captured.out and "2 = 2" not in captured.out


def test_saved_stops_come_back(tmp_path):
    one, path = shell(), tmp_path / "my.stops"
    said(
        one, "break delta[h1] if delta[h1] < 0", "tbreak E", "watch w[x1->h1] if w[x1->h1] > 0", "log E: z[h1], prev(E)",
        "delete 2", "ignore 3 5", "commands 1 print E; step", "break if all(z[h1] > 0)", "disable 4",
        f"save breakpoints {path}",
    )
    other = shell()
    assert not [line for line in said(other, f"source {path}") if line.startswith("error")]
    told = ("text", "ignored", "enabled", "temporary", "commands")
    kept, back = [
        [(type(stop), [vars(stop)[name] for name in told]) for stop in it.session.stops.values()] for it in (one, other)
    ]
    assert kept == back
    said(other, f"save breakpoints {path}")
    assert path.read_text().count("\n") == 8


def test_save_takes_the_place_of_no_other_file(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("break E\n")
    assert "is there, and save has not written it" in said(shell(), f"save breakpoints {path}")[0]
    assert path.read_text() == "break E\n"


def test_a_file_that_is_wrong_is_named_with_its_line(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("# stops\n\nprint 1\nprnt\nprint 2\n")
    message = f"error: {path}, line 4, 'prnt': unknown command 'prnt'; did you mean 'print'?"
    assert said(shell(), f"source {path}") == ["1 = 1", message]
    assert "No such file" in said(shell(), f"source {tmp_path}/none")[0]
    path.write_text(f"source {path}\n")
    lines = said(shell(), f"source {path}")
    assert len(lines) == 1 and "files read each other" in lines[0]


# Conditions that look further than the present pass


def trainings(seed):
    """Pairs of a session and the whole trace, example by example and in batches."""
    network, inputs, targets = random_network(seed, *PAIRS[seed % len(PAIRS)])
    draw = random.Random(seed)
    rows = [inputs] + [[draw.uniform(-1, 1) for _ in inputs] for _ in range(3)]
    wanted = [targets] + [targets_for(draw, network) for _ in range(3)]
    for settings in ({"epochs": 3}, {"epochs": 3, "batch_size": 3}, {"epochs": 2, "shuffle": True}):
        arguments = network, rows, wanted, ns.SGD(0.05)
        try:
            yield Session(*arguments, **settings), network.trace(rows, wanted, ns.SGD(0.05), **settings)
        except ns.NonFiniteError:
            pass


def stops_of(session, text):
    """Where a breakpoint stops, forward; and what the way back shows."""
    session.restart()
    stop, forward, back = session.add("break", text), [], []
    while not session.run().end:
        forward.append(session.here.address)
    while not session.run_back().end:
        back.append(session.here.address)
    session.delete(stop.number)
    last = [step.address for step in session.timeline.batch(len(session.timeline) - 1).steps][-1]
    assert back == [address for address in reversed(forward) if address != last]
    return forward


@pytest.mark.parametrize("seed", range(0, 90, 15))
def test_prev_and_over_an_epoch_say_what_a_loop_over_the_trace_says(seed):
    for session, trace in trainings(seed):
        unit = trace.structure.layer_names[0][0]
        values = {(quantity, place, number): step.value for step in trace
                  for quantity, place, number in [split_address(step.address)]}
        passes = session.timeline.passes
        losses = [values["E", "", number] for number in range(1, passes + 1)]
        nets = [values["z", unit, number] for number in range(1, passes + 1)]
        rising = [f"E@{k}" for k in range(2, passes + 1) if losses[k - 1] > losses[k - 2]]
        assert stops_of(session, "E if rises(E)") == stops_of(session, "if E > prev(E)") == rising
        assert stops_of(session, "E if 2*prev(E) > prev(E) + E") == [
            f"E@{k}" for k in range(2, passes + 1) if 2 * losses[k - 2] > losses[k - 2] + losses[k - 1]
        ]
        epochs = range(4, passes + 1, 4)
        means = {k: sum(losses[k - 4 : k]) / 4 for k in epochs}
        for text, holds in (
            (f"if all(z[{unit}] <= 0)", lambda k: max(nets[k - 4 : k]) <= 0),
            (f"if any(z[{unit}] > 0)", lambda k: max(nets[k - 4 : k]) > 0),
            (f"if count(z[{unit}] > 0) == 2", lambda k: sum(net > 0 for net in nets[k - 4 : k]) == 2),
        ):
            assert stops_of(session, text) == [f"z[{unit}]@{k}" for k in epochs if holds(k)], text
        assert stops_of(session, "if rises(mean(E))") == [f"E@{k}" for k in epochs[1:] if means[k] > means[k - 4]]
        for number in range(1, passes + 1):
            session.goto(f"E@{number}")
            first = (number - 1) // 4 * 4
            so_far = losses[first:number]
            assert session.evaluate("mean(E)") == pytest.approx(sum(so_far) / len(so_far), rel=1e-12)
            assert session.evaluate(f"count(E >= {losses[first]!r})") == sum(loss >= losses[first] for loss in so_far)


def test_the_pass_that_is_going_on_counts_as_soon_as_it_is_known():
    session = xor(epochs=2)
    assert stops_of(session, "if all(z[h1] > -99) and all(z[h2] > -99)") == ["z[h2]@4", "z[h2]@8"]
    losses = [session.timeline.batch(number)[f"E@{number + 1}"].value for number in range(8)]
    session.goto("z[h1]@7")
    assert session.evaluate("mean(E)") == pytest.approx(sum(losses[4:6]) / 2, rel=1e-12)
    assert session.evaluate("prev(mean(E))") == pytest.approx(sum(losses[:4]) / 4, rel=1e-12)
    session.goto("z[h1]@5")
    with pytest.raises(InputError, match="no pass of this epoch has it yet"):
        session.evaluate("mean(E)")


def test_prev_of_a_weight_is_the_one_before_the_last_update():
    for settings in ({}, {"batch_size": 2}):
        session = xor(epochs=3, **settings)
        trace = Network(2, [Layer(2), Layer(1)], seed=1).trace(*XOR, ns.SGD(0.5), epochs=3, **settings)
        size = settings.get("batch_size", 1)
        for last in range(2 * size, 12, size):
            session.goto(f"w+[x1->h1]@{last + size}" if last + size <= 12 else f"w+[x1->h1]@{last}")
            of = split_address(session.here.address)[2] - size
            assert session.evaluate("w[x1->h1]") == session.evaluate("prev(w+[x1->h1])") == trace[f"w+[x1->h1]@{of}"].value
            before = f"w+[x1->h1]@{of - size}" if of > size else "w[x1->h1]"
            assert session.evaluate("prev(w[x1->h1])") == trace[before].value


def test_the_condition_of_a_watch_is_about_the_new_number():
    network = Network(1, [Layer(1, "linear", weights=[[2.0]], bias=False)])
    session = Session(network, [[1]], [[0]], ns.SGD(0.5), epochs=4)  # 2, 1, 0.5, 0.25, 0.125
    session.add("watch", "w[x1->o1] if w[x1->o1] < 0.6 and prev(w[x1->o1]) < 0.9")
    assert str(session.run().hits[0]) == "watch 1: w+[x1->o1]@3: 0.5 -> 0.25"


@pytest.mark.parametrize(
    "command, text, message",
    [
        ("break", "z[h1] if delta[h1] < 0", r"delta\[h1\] is computed only after z\[h1\], in .*; break at delta\[h1\]"),
        ("break", "z[h1] if z[h1] > 0 or E > 1", r"E is computed only after z\[h1\], in this pass; break at E"),
        ("break", "z[h1] if all(delta[h1] > 0)", r"delta\[h1\] is computed only after z\[h1\]"),
        ("break", "E@2 if E@3 > 0", "E@3 is computed only after pass 2; break at E@3"),
        ("break", "z[h1] if w > 0", r"w of what\? There is w\[x1->h1\]"),
        ("break", "if z > 0 and w > 0", r"w of what\? There is"),
        ("break", "E@1 if prev(E@1) > 0", "is never known: there is no pass, epoch or update before"),
        ("log", "z[h1] if E > 0: E", r"E is computed only after z\[h1\]"),
        ("watch", "z[h1] if delta[h1] < 0", r"delta\[h1\] is computed only after z\[h1\]"),
        ("break", "if any(E) > 0", r"any\(...\) takes a condition, as in any\(E > 1\)"),
        ("break", "if mean(E > 1) > 0", r"mean\(...\) takes a number, as in mean\(E\)"),
        ("break", "if mean(mean(E)) > 0", r"mean\(...\) takes what is in every pass, as in mean\(E\)"),
        ("break", "if any(rises(E))", r"any\(...\) takes what is in every pass, as in any\(E > 1\)"),
        ("break", "if rises(E + 1)", r"prev and rises take one number, as in prev\(E\) or rises\(mean\(E\)\), got 'E \+ 1'"),
        ("break", "if prev > 1", r"prev is a function; write prev\(...\)"),
        ("break", "if mean(E > 1", "the bracket behind mean is not closed"),
    ],
)
def test_what_can_never_be_known_or_asked_is_refused(command, text, message):
    session = xor(epochs=2)
    with pytest.raises(InputError, match=message) as caught:
        session.add(command, text)
    assert not session.stops and "\n" not in str(caught.value)


def test_nothing_goes_before_the_only_pass_or_epoch():
    problem = ns.built_in("mazur")
    session = Session(problem.network, problem.inputs, problem.targets, problem.optimizer)
    for text in ("E if prev(E) > 0", "if rises(E)"):
        with pytest.raises(InputError, match=r"prev\(E\) is never known"):
            session.add("break", text)
    with pytest.raises(InputError, match=r"prev\(mean\(E\)\) is never known"):
        xor().add("break", "if rises(mean(E))")
    session.add("break", "w+[x1->h1] if prev(w+[x1->h1]) == 0.15")
    assert session.run().hits


# Looking


def test_the_unit_of_the_target_is_always_shown():
    targets = [float(unit == 13) for unit in range(30)]
    it = shell(Session(Network(2, [Layer(3), Layer(30)], seed=1), [1, 2], targets, ns.SGD(0.1)))
    rows = [line.split() for line in said(it, "goto a[o30]", "where")]
    names = [row[0] for row in rows if row and row[0].startswith("o") and row[0][1:].isdecimal()]
    assert names == ["o2", "o3", "o14", "o30"]  # the row of o1 begins with the name of the layer


def test_where_shows_a_layer_whole_and_a_unit_with_what_leads_to_it():
    session = Session(Network(2, [Layer(3), Layer(12), Layer(2)], seed=1), [1, 2], [0, 1], ns.SGD(0.1))
    it = shell(session)
    said(it, "goto E")
    for name in ("h2", "2"):
        lines = "\n".join(said(it, f"where {name}"))
        shown = lines.partition("=>")[0].split("layer  ")[1]
        assert all(f"h2.{unit} " in shown for unit in range(1, 13)) and "h1.1 " not in shown
    assert "to h1.2 from" in "\n".join(said(it, "where h1.2"))


def test_info_locals_has_every_address_of_a_unit():
    it = shell()
    said(it, "goto delta[h1]@2")
    lines = "\n".join(said(it, "info locals h1"))
    for head in it.session.timeline.heads:
        if split_address(head)[1] == "h1":
            assert f"\n{head} " in f"\n{lines}"
    assert f"{it.session.evaluate('delta[h1]'):.6g}" in lines and "to h1 from" in lines


def test_completion_goes_on_behind_a_semicolon():
    it = shell()
    assert completions(it, "delta[h", "step; goto delta[h") == ["delta[h1]", "delta[h2]"]
    assert "mean(" in completions(it, "mea", "break if mea")


def test_help_fits_a_small_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = said(shell(), "help")
    assert len(lines) <= 22 and max(map(len, lines)) <= 80


# The history


@pytest.fixture
def typed(monkeypatch, tmp_path):
    """Types lines to `neurosim debug` in a terminal, whose state is kept in a folder, and gives what it printed."""
    for module in ("pty", "termios", "readline"):
        pytest.importorskip(module, reason=f"there is no {module} here")
    if sys.implementation.name == "pypy":
        pytest.skip("PyPy edits lines with a program of its own")
    folder = str(Path(ns.__file__).parent.parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")]))

    def typed(*lines, folder=tmp_path):
        with Terminal("-m", "neurosim", "debug", "mazur", XDG_STATE_HOME=str(folder)) as it:
            it.expect("(neurosim) ")
            for line in lines:
                it.type(line)
                it.expect("(neurosim) ", impatient=line if line == "\x03" else None)
            it.type("\x04")
            assert it.ends() == 0
            return it.screen

    return typed


def test_lines_are_kept_for_the_next_session_once(typed, tmp_path):
    typed("print 1 + 1\r", "\x03", "print 2 + 2\r")
    path = tmp_path / "neurosim" / "history"
    assert [line for line in path.read_text().splitlines() if line.startswith("print")] == ["print 1 + 1", "print 2 + 2"]
    assert typed("\x1b[A\x1b[A\r").count("1 + 1 = 2") == 1  # two lines up
    assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0


def test_without_a_folder_for_it_there_is_no_history(typed):
    screen = typed("print 1 + 1\r", folder=os.devnull)
    assert "1 + 1 = 2" in screen and "error:" not in screen


def test_diff_shows_the_operands_that_each_number_was_made_of(capsys):
    """Wherever the reader stands: z of the first pass reads given weights, z of the second those of an update."""
    assert main(["debug", "mazur", "--epochs", "2", "--command", "goto E@2", "--command", "diff z[h1]@1 z[h1]@2"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["w[x1->h1]", "0.15", "w+[x1->h1]@1", "0.149781"] in [row[:4] for row in rows]
    assert ["w[x2->h1]", "0.2", "w+[x2->h1]@1", "0.199561"] in [row[:4] for row in rows]


def test_where_a_unit_is_shows_this_unit_alone_and_e_once():
    it = shell()
    lines = said(it, "goto E@1", "where h2")
    assert [line.split()[:2] for line in lines if line.startswith(("input", "hidden", "output"))] == [["hidden", "h2"]]
    assert [line for line in lines if line.startswith(("E =", "=> E"))] == ["=> E@1 = " + lines[-1].split()[-1]]
