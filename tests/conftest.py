"""The option --long, and the random networks that a test goes through."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="go through ten times as many random networks")


@pytest.fixture
def seeds(request):
    """The seeds of the random networks for one pair of output activation and loss."""
    return range(40 if request.config.getoption("--long") else 4)
