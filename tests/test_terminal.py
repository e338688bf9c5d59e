"""What a real terminal adds: its width, colours, and a pager."""

import re
import sys
from pathlib import Path

import pytest
from terminal import Terminal

import neurosim
from neurosim.cli import main
from neurosim.debugger.repl import COMMANDS
from neurosim.support.terminal import PHASES, painted
from neurosim.trace import step

for module in ("pty", "fcntl", "termios"):
    pytest.importorskip(module, reason=f"there is no {module} here")

COLOUR = re.compile(r"\x1b\[\d*m")
PAGER = f"""{sys.executable} -c "import sys; print('paged'); sys.stdout.write(sys.stdin.read()); print('to the end')" """


@pytest.fixture
def screen():
    """A function that runs neurosim in a terminal and returns what is on its screen at the end."""

    def run(*arguments, status=0, **settings):
        with Terminal("-m", "neurosim", *arguments, **settings) as terminal:
            assert terminal.ends() == status
            return terminal.screen

    return run


@pytest.fixture
def piped(capsys, monkeypatch):
    """A function that returns what neurosim prints where there is no terminal."""

    def run(*arguments, columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        main(arguments)
        return "".join(capsys.readouterr())

    return run


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_width_is_that_of_the_terminal(columns, screen, piped):
    assert screen("trace", "mazur", size=(50, columns)) == piped("trace", "mazur", columns=columns)
    arguments = ["debug", "mazur", "--command", "next", "--command", "where", "--command", "list"]
    assert screen(*arguments, size=(50, columns)) == piped(*arguments, columns=columns)


def test_columns_says_it_better(screen, piped):
    assert screen("list", size=(50, 200), COLUMNS="70") == piped("list", columns=70)


def test_a_terminal_of_no_size_counts_as_100(screen, piped):
    assert screen("list", size=(0, 0)) == piped("list", columns=100)


RUNS = [
    (("trace", "mazur"), 0, ["given", "forward", "loss", "backward", "gradient", "update"]),
    (("debug", "mazur", "--command", "step 9", "--command", "list", "--command", "goto x"), 2, ["forward", "loss", "error"]),
    (("verify", "mazur"), 0, ["true"]),
    (("check", "mazur"), 0, ["agrees"]),
    (("explain", "mazur", "nothing"), 2, ["error"]),
]


@pytest.mark.parametrize("arguments, status, words", RUNS, ids=[run[0][0] for run in RUNS])
def test_colours_add_nothing_to_the_text(arguments, status, words, screen):
    coloured = screen(*arguments, status=status, TERM="xterm")
    for settings in ({}, {"TERM": "xterm", "NO_COLOR": "1"}):
        assert COLOUR.sub("", coloured) == screen(*arguments, status=status, **settings)
    assert set(words) <= set(re.findall(r"\x1b\[\d+m(.*?)\x1b\[0m", coloured))


def test_no_colour_without_a_terminal(piped):
    assert "\x1b" not in piped("trace", "mazur", columns=80)


def test_every_phase_has_a_colour():
    assert tuple(PHASES) == step.PHASES


@pytest.mark.parametrize(
    "line, word",
    [
        ("right: 5 numbers, to the digits given", "right"),
        ("  wrong: delta[o1] = a - t", "wrong"),
        ("not true, first at z[h1]: wrong value", "not true"),
        ("does not hold: 2 of 8 gradients differ", "does not hold"),
        ("alarm       h2       dead ReLU", "alarm"),
        ("dE/dw[x1->h1]  0.1  0.2  0.5  differs", "differs"),
        ("neurosim: error: nothing", "error"),
        ("=>  backward  delta[h1]", "backward"),
        ("-- pass 2 (epoch 1, example 2), gradient, layer h1 h2", "gradient"),
    ],
)
def test_what_is_coloured(line, word):
    assert COLOUR.sub("|", painted(line, AnyTerminal())) == line.replace(word, f"|{word}|", 1)


@pytest.mark.parametrize("line", [
    "all its paths to the loss  and back", "right before it: z[h1]", "a backward pass", "an alarm is no update",
    "it agrees with me", "what is wrong first", "forwards",
])
def test_prose_is_not_coloured(line):
    assert painted(line, AnyTerminal()) == line


class AnyTerminal:
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


def test_a_long_output_goes_through_the_pager(screen):
    paged = screen("trace", "mazur", size=(20, 100), PAGER=PAGER)
    assert paged.startswith("paged\n") and paged.endswith("to the end\n")
    assert paged[len("paged\n") : -len("to the end\n")] == screen("trace", "mazur", size=(20, 100))


def test_what_fits_on_the_screen_is_printed_straight_away(screen):
    assert "paged" not in screen("summary", "mazur", size=(20, 100), PAGER=PAGER)


def test_a_way_around_the_pager(screen):
    assert "paged" not in screen("trace", "mazur", "--no-pager", size=(20, 100), PAGER=PAGER)


@pytest.mark.parametrize("program", ["no-such-program", "'", " "])
def test_a_pager_that_is_not_there_loses_nothing(program, screen):
    assert screen("trace", "mazur", size=(20, 100), PAGER=program) == screen("trace", "mazur", size=(20, 100))


def test_a_reader_who_leaves_the_pager_early_ends_nothing_badly(screen):
    assert screen("trace", "mazur", size=(20, 100), PAGER=f'{sys.executable} -c "print(42)"') == "42\n"


# Every command of the debugger, as a person types them

TYPED = """
help; help all; help goto; step; next; finish; until E; goto epoch 3; goto update 7; goto example 2; goto delta[h1.1]
back 2; reverse-next; reverse-finish; restart; break if all(z[h1.2] <= 0); tbreak E; watch w[x1->h1.2] if rises(E)
log E if rises(E): E, prev(E); condition 3; condition 3 E > 0.1; ignore 3 2; disable 4; enable 4; commands 1 print mean(E)
info breakpoints; continue; continue 2; reverse-continue; print E > prev(E); print count(a[o1] > 0.5); display E; undisplay 1
explain z[h1.2]; explain delta[h1.1] depth 1; explain x1->h1.2; explain z[h1.1] - z[h1.2]; diff E@2 E@3; diff pass 1 2
where; where h1.2; where o; where 2; list; set w[x1->h1.1] = 0.5; unset; info; info locals h1.2; save breakpoints my.stops
source my.stops; delete 3; delete; history; quit
"""


def test_every_command_of_the_debugger_in_a_terminal_of_80_by_24(tmp_path, monkeypatch):
    if sys.implementation.name == "pypy":
        pytest.skip("PyPy edits lines with a program of its own")
    problem = Path(__file__).parent / "tasks" / "dying_relu.json"
    monkeypatch.setenv("PYTHONPATH", str(Path(neurosim.__file__).parent.parent))
    monkeypatch.chdir(tmp_path)
    lines = [line.strip() for line in TYPED.strip().replace("\n", ";").split(";")]
    assert {line.split()[0] for line in lines} == set(COMMANDS)
    arguments = ["-m", "neurosim", "debug", str(problem), "--epochs", "4", "--shuffle", "yes"]
    with Terminal(*arguments, size=(24, 80)) as it:
        it.expect("(neurosim) ")
        for line in lines[:-1]:
            it.type(f"{line}\r")
            it.expect("\n")  # the line itself
            said = it.expect("(neurosim) ")
            assert "error: " not in said and "Traceback" not in said, (line, said)
            too_wide = [one for one in said.split("\n") if len(one) > 80]
            assert not too_wide, line
        it.type("quit\r")
        assert it.ends() == 0
