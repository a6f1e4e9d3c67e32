"""The fault suites start what they kill; nothing of it may stay behind."""
from support.processes import unwind_on_sigterm


def pytest_configure():
    unwind_on_sigterm()
