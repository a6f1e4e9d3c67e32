"""Waiting with a bound. Nothing in these tests sleeps for a guessed time."""
import os
import time

# Sanitizers slow a server down: ./dev sets this factor, and every time limit is multiplied by it.
SLOWNESS = float(os.environ.get("RINGTALK_TEST_SLOWNESS", "1"))


def eventually(condition, seconds=5 * SLOWNESS, what="the condition holds", pause=0.02):
    """Calls `condition` until it returns something true; returns that.

    Raises AssertionError after `seconds`; an exception of the condition goes straight through."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s, but not: {what} (last: {value!r})")
        time.sleep(pause)
