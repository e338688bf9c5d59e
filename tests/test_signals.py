"""Ctrl-C and what else ends a process: one line, its status, and no whole epoch of a training is lost."""

import json
import os
import platform
import random
import signal
import threading
import time

import pytest
from data_files import IRIS
from interruptions import Interrupting, lines_of
from processes import HANDLED, Command, outcome, seconds_after_entry
from terminal import Terminal

import neurosim as ns
from neurosim.cli import main
from neurosim.cli.long_run import Remedy

TRAIN = ["train", IRIS, "--layers", "3", "--optimizer", "momentum", "--batch-size", "30"]
WITHOUT_END = [*TRAIN, "--epochs", "1000000"]
LINE = "neurosim: interrupted\n"


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """Seven commands, most of which take longer for their work than for loading it."""
    folder = tmp_path_factory.mktemp("commands")
    draw = random.Random(1)
    inputs = [[draw.random() for _ in range(8)] for _ in range(20)]
    network = ns.Network(8, [ns.Layer(12, "tanh"), ns.Layer(2)], seed=1)
    ns.Problem(network, inputs, [[0, 1]] * 20, "sgd").save(folder / "large.json")
    large, answers = str(folder / "large.json"), folder / "answers.json"
    answers.write_text(json.dumps({"E": 0.5, "z[h1]": 0.1, "a[o1]": 0.7, "w+[h1->o1]": 0.3}))
    return {
        "trace": ["trace", "mazur", "--epochs", "60"],
        "explain": ["explain", large, "w+[x1->h1]@20"],
        "check": ["check", large, "--method", "central"],
        "diagnose": ["diagnose", "mazur", str(answers)],
        "health": ["health", large],
        "debug": ["debug", "mazur", "--epochs", "500", "--command", "continue", "--command", "restart"],
        "train": [*TRAIN, "--epochs", "150"],
    }


@pytest.mark.parametrize("name", ["trace", "explain", "check", "diagnose", "health", "debug", "train"])
def test_a_command_interrupted_at_any_moment_says_one_line(name, commands, request):
    """Whatever it is at: loading, reading, computing, writing or ending. What is over already has ended as it ends."""
    times = 30 if request.config.getoption("--long") else 2
    duration, whole = seconds_after_entry(*commands[name]), outcome(*commands[name])
    assert whole[2] == "" and "Traceback" not in whole[1]
    interrupted = 0
    for number in range(times):
        with Command(*commands[name]).enter() as command:
            time.sleep(random.uniform(0, duration) if number else 0)
            status, out, err = command.send(signal.SIGINT).end()
        assert (status, out, err) == whole or status == 130 and err.startswith("neurosim: interrupted"), (status, err)
        assert err.count("\n") <= 1
        interrupted += status == 130
    assert interrupted


@pytest.mark.parametrize("number, times", [(signal.SIGKILL, 50), (signal.SIGINT, 50)], ids=["SIGKILL", "SIGINT"])
def test_a_training_broken_off_at_random_moments_equals_an_unbroken_one(number, times, tmp_path, request):
    times = times if request.config.getoption("--long") else 4
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    command = [*TRAIN, "--epochs", str(60 * times)]
    duration = seconds_after_entry(*command, "--save", str(whole))
    command += ["--resume", "--save", str(parts), "--save-every", "0" if number == signal.SIGKILL else "1000"]
    epochs = broken = 0
    for _ in range(times):
        with Command(*command).enter() as process:
            time.sleep(random.uniform(0, 2 * duration / times))
            status, _, err = process.send(number).end()
        saved = epochs_in(parts)
        assert saved >= epochs
        if status == 0:
            break
        if number == signal.SIGINT:
            check_told(status, err, parts)
        epochs, broken = saved, broken + 1
    assert broken
    assert main(command) == 0
    assert parts.read_bytes() == whole.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"whole.json", "parts.json"}


@pytest.fixture
def answered():
    """Tests that run in the background were started to ignore Ctrl-C, as a command then does too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


# Where Python itself was just leaving a `with`, a file is closed only when it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_training_interrupted_at_any_line_has_lost_no_whole_epoch(tmp_path, request, capsys, answered):
    """From reading the options to the report, and real signals: those that come while something is saved wait."""
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    command = ["train", "goodfellow-xor", "--optimizer", "momentum", "--epochs", "3", "--resume", "--save-every", "0"]
    command += ["--save"]

    def afresh():
        parts.unlink(missing_ok=True)
        return main([*command, str(parts)])

    def interrupt():
        if signal.getsignal(signal.SIGINT) is not caller:  # `main` answers it
            signal.raise_signal(signal.SIGINT)

    assert main([*command, str(whole)]) == 0
    caller = signal.getsignal(signal.SIGINT)
    statuses = []
    for line in range(1, lines_of(afresh), 31 if request.config.getoption("--long") else 499):
        capsys.readouterr()
        parts.unlink(missing_ok=True)
        with Interrupting(line, interrupt=interrupt):
            statuses.append(main([*command, str(parts)]))
        err = capsys.readouterr().err
        if statuses[-1] == 0:
            assert err == ""
        else:
            check_told(statuses[-1], err, parts)
        assert main([*command, str(parts)]) == 0
        assert parts.read_bytes() == whole.read_bytes(), line
    assert statuses.count(0) <= 3  # the first lines of `main` and its last


def epochs_in(path):
    """How many epochs the training in a file has."""
    return len(ns.load(path).training["history"]["loss"]) if path.exists() else 0


def check_told(status, err, path):
    """The line says what the file holds."""
    epochs = epochs_in(path)
    after = f" after epoch {epochs}; "
    ends = ["", " in the first epoch", f"{after}nothing new to save", f"{after}saved in {path}"]
    assert status == 130 and err in [f"neurosim: interrupted{end}\n" for end in ends], (status, err, epochs)


@pytest.mark.parametrize("number, status, by", [
    (signal.SIGINT, 130, ""), (signal.SIGTERM, 143, " by SIGTERM"), (signal.SIGHUP, 129, " by SIGHUP"),
])
def test_each_signal_has_its_status_and_saves(number, status, by, tmp_path):
    net = tmp_path / "net.json"
    with Command(*WITHOUT_END, "--save", str(net), "--save-every", "0") as command:
        wait_for(net)
        ended, out, err = command.send(number).end()
    epochs = epochs_in(net)
    assert (ended, err) == (status, f"neurosim: interrupted{by} after epoch {epochs}; saved in {net}\n")
    assert ("ended interrupted" in out) == (number == signal.SIGINT)  # what ends the process waits for no report


def wait_for(path):
    """Wait until there is such a file."""
    end = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(platform.python_implementation() == "PyPy", reason="PyPy does not tell what it was started to ignore")
def test_a_signal_that_the_shell_ignores_stays_ignored():
    ignored = [signal.SIGINT, signal.SIGHUP]
    whole = outcome("trace", "mazur", "--epochs", "60")
    with Command("trace", "mazur", "--epochs", "60", ignored=ignored).enter() as command:
        assert command.send(*ignored).end() == whole
    with Command(*WITHOUT_END, ignored=[signal.SIGINT]).enter() as command:
        assert command.send(signal.SIGINT, signal.SIGTERM).end()[0] == 143


SIGNALS_WHILE_SAVING = """
replace = os.replace
def interrupted(*paths):
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)
    replace(*paths)
os.replace = interrupted
"""


@pytest.mark.parametrize("settings", [["--save-every", "0", "--epochs", "1000"], ["--epochs", "2"]], ids=["midway", "end"])
def test_signals_while_something_is_saved_wait_until_it_is(settings, tmp_path):
    net = tmp_path / "net.json"
    status, out, err = outcome(*TRAIN, *settings, "--save", str(net), code=SIGNALS_WHILE_SAVING)
    epochs = epochs_in(net)
    assert (status, err) == (130, f"neurosim: interrupted after epoch {epochs}; saved in {net}\n")
    assert epochs == 1 if "--save-every" in settings else 2


# A signal comes while a module is looked for that `main` imports, and Python makes something else of its exception.
WHILE_LOADING = """
class Interrupted:
    def find_spec(self, name, *_):
        if name == "neurosim.cli.commands":
            {}
sys.meta_path.insert(0, Interrupted())
def interrupt(*_):
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):
        pass
class Dying:
    __del__ = interrupt
class Named:
    __set_name__ = interrupt
"""


@pytest.mark.parametrize("what", [
    "interrupt()", "Dying()", "type('Class', (), {'attribute': Named()})",
], ids=["as it is", "printed and forgotten", "a RuntimeError"])
def test_what_python_makes_of_an_interruption_is_one_all_the_same(what):
    status, out, err = outcome("list", code=WHILE_LOADING.format(what))
    assert (status, out, err) == (130, "", LINE)


@pytest.mark.parametrize("number", HANDLED)
def test_a_signal_at_the_very_end_changes_nothing(number):
    code = f"import atexit; atexit.register(lambda: os.kill(os.getpid(), {int(number)}))"
    assert outcome("list", code=code) == outcome("list")


SIGNALS_ON_THE_WAY_OUT = """
from neurosim.training.run import Run
epoch, so_far = Run.epoch, Run.history_so_far
def third(run):
    if len(run.history) == 2:
        os.kill(os.getpid(), signal.SIGINT)
    epoch(run)
def later(run):
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
    return so_far(run)
Run.epoch, Run.history_so_far = third, later
"""


def test_more_signals_on_the_way_out_of_a_training_wait_until_it_is_saved(tmp_path):
    net = tmp_path / "net.json"
    status, out, err = outcome(*TRAIN, "--save", str(net), code=SIGNALS_ON_THE_WAY_OUT)
    assert (status, out, err) == (130, "", f"neurosim: interrupted after epoch 2; saved in {net}\n")
    assert epochs_in(net) == 2


def test_a_second_signal_ends_at_once_what_does_not_end_by_the_first():
    code = """
import neurosim.cli.commands
def run(*_):
    for _ in range(2):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        except KeyboardInterrupt:
            pass
    os.write(2, b"still here")
neurosim.cli.commands.run = run
"""
    assert outcome("list", code=code) == (130, "", LINE)


def test_what_was_cut_short_is_not_written_at_the_very_end():
    """Where nobody reads it any more, that would be an error, and another status."""
    code = """
import neurosim.cli.commands
def run(*_):
    sys.stdout.write("cut sh")
    os.kill(os.getpid(), signal.SIGINT)
    signal.pause()
neurosim.cli.commands.run = run
"""
    reader, writer = os.pipe()
    os.close(reader)
    command = Command("list", code=code, stdout=writer)
    os.close(writer)
    assert command.end() == (130, "", LINE)


def test_a_command_that_waits_for_a_reader_can_be_left():
    """What it has not written yet is forgotten, also when the reader goes away later."""
    reader, writer = os.pipe()
    with Command("trace", "mazur", "--epochs", "60", stdout=writer) as command:
        os.close(writer)
        assert os.read(reader, 1)  # from now on nobody reads, and the pipe fills
        time.sleep(0.3)
        command.send(signal.SIGINT)
        assert command.process.wait(timeout=60) == 130
        assert command.process.stderr.read().decode() == LINE
    os.close(reader)


def test_control_c_ends_a_script_for_the_debugger_and_not_a_person():
    with Command("debug", "mazur", "--epochs", "100000", "--command", "continue", "--command", "info").enter() as command:
        time.sleep(0.5)
        status, out, err = command.send(signal.SIGINT).end()
    assert (status, err) == (130, LINE) and "info" not in out
    with Terminal("-m", "neurosim", "debug", "mazur") as terminal:
        terminal.expect("(neurosim) ")
        terminal.type("\x03")
        terminal.expect("(neurosim) ", impatient="\x03")
        while terminal.process.poll() is None:  # as with Ctrl-C: one that comes between two keys waits for the next
            terminal.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        assert terminal.ends() == 143 and "neurosim: interrupted by SIGTERM\n" in terminal.screen


def test_main_leaves_the_signals_of_its_caller_as_they_were():
    before = [signal.getsignal(number) for number in HANDLED]
    assert main(["list"]) == 0 and main(["lst"]) == 2
    assert [signal.getsignal(number) for number in HANDLED] == before


def test_main_runs_in_any_thread(capsys):
    statuses = []
    thread = threading.Thread(target=lambda: statuses.append(main(["list"])))
    thread.start()
    thread.join()
    assert statuses == [0] and "mazur" in capsys.readouterr().out


def test_the_progress_line_is_gone_when_the_training_was_left():
    with Terminal("-m", "neurosim", *WITHOUT_END) as terminal:
        terminal.expect("left")
        terminal.type("\x03")
        assert terminal.ends() == 130
    line = terminal.screen.rpartition("\r")[2]
    assert line.startswith("rows      150 of ") or line.startswith("neurosim: interrupted after epoch ")
    assert terminal.screen.endswith("\n") and terminal.screen.count("neurosim: interrupted") == 1


def test_a_terminal_that_is_closed_loses_no_epoch(tmp_path):
    net = tmp_path / "net.json"
    with Terminal("-m", "neurosim", *WITHOUT_END, "--save", str(net), "--save-every", "1000") as terminal:
        terminal.expect("left")
        with open(os.devnull) as nowhere:
            os.dup2(nowhere.fileno(), terminal.master)  # which closes it
        assert terminal.process.wait(timeout=60) == 129
    assert epochs_in(net) > 0


def test_ctrl_c_while_a_smaller_rate_is_tried_is_no_answer(monkeypatch):
    problem = ns.built_in("goodfellow-xor")
    problem.optimizer = ns.OPTIMIZERS.make("sgd")
    monkeypatch.setattr(ns.Network, "fit", lambda *_, **__: ns.History(stopped_by="interrupted"))
    with pytest.raises(KeyboardInterrupt):
        Remedy(problem, problem.inputs, problem.targets).text(True)
