"""The option --long, the random networks that a test goes through, and the command line."""

import pytest

from neurosim.cli import main


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="go through ten times as many random networks")


@pytest.fixture
def seeds(request):
    """The seeds of the random networks for one pair of output activation and loss."""
    return range(40 if request.config.getoption("--long") else 4)


@pytest.fixture
def run(capsys):
    """Run a command as a person does: run("verify", "mazur") is (exit status, output, errors)."""

    def run(*arguments):
        status = main(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run
