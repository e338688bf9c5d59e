"""The option --long, the random networks that a test goes through, and the command line."""

import pytest
from random_networks import PAIRS

from neurosim.cli import main


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="go through many times as many random networks")


def pytest_generate_tests(metafunc):
    """A test that asks for `pair_number` and `pair` goes through output activations and losses: a few of them, or all."""
    if {"pair_number", "pair"} <= set(metafunc.fixturenames):
        pairs = list(enumerate(PAIRS))[:: 1 if metafunc.config.getoption("--long") else 8]
        metafunc.parametrize("pair_number, pair", pairs, ids=["-".join(pair) for _, pair in pairs])


@pytest.fixture(autouse=True)
def no_settings_of_the_terminal(monkeypatch):
    """What is printed is the same for everybody who runs the tests."""
    for name in ("COLUMNS", "NO_COLOR", "PAGER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def seeds(request):
    """The seeds of the random networks for one pair of output activation and loss."""
    return range(40 if request.config.getoption("--long") else 4)


@pytest.fixture
def run(capsys):
    """Run a command as a person does: run("verify", "mazur") is (exit status, output, errors)."""

    def run(*arguments):
        status = main(list(map(str, arguments)))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run
