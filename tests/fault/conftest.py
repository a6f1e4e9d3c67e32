"""The fault suites start what they kill; nothing of it may stay behind."""
import pytest
from support.processes import unwind_on_sigterm

LONG_FACTOR = 40


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help=f"{LONG_FACTOR} times as many kills")


def pytest_configure():
    unwind_on_sigterm()


@pytest.fixture
def kills(request):
    """kills(n): how often to kill in this run, n times in a short one."""
    factor = LONG_FACTOR if request.config.getoption("--long") else 1
    return lambda short: short * factor
