"""Runs ringtalk-loadgen against a server and reads its report."""
import json
import os
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from .server import binary_path
from .waiting import SLOWNESS, eventually

RUN_SECONDS_MAX = 60 * SLOWNESS

# What a run that found nothing wrong ends with; on a machine that is busy with other things the
# generator may rightly say that its latencies tell nothing (98).
SOUND = (0, 98)


def loadgen_path():
    """Beside the server's, in the same build."""
    build = binary_path().resolve().parents[2]
    return Path(os.environ.get("RINGTALK_LOADGEN", build / "tools/loadgen/ringtalk-loadgen"))


@dataclass
class Outcome:
    code: int
    report: dict = field(repr=False)  # empty when none was written
    errors: str = ""                  # what it said on standard error


class LoadRun:
    """A run under way. `words` are its arguments; the report goes to standard output as JSON."""

    def __init__(self, url, *words):
        self._process = subprocess.Popen(
            [loadgen_path(), *words, "--url", url, "--json", "-"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._errors = []
        self._reader = threading.Thread(target=self._read_errors)
        self._reader.start()

    def _read_errors(self):
        for line in self._process.stderr:
            self._errors.append(line)

    def wait_for(self, words):
        """Until it has said these on standard error."""
        eventually(lambda: any(words in line for line in self._errors), RUN_SECONDS_MAX,
                   f"loadgen says {words!r}")

    def interrupt(self):
        self._process.send_signal(signal.SIGINT)

    def finish(self):
        timer = threading.Timer(RUN_SECONDS_MAX, self._process.kill)
        timer.start()
        output = self._process.stdout.read()
        self._process.wait()
        timer.cancel()
        self._reader.join()
        report = json.loads(output) if output.startswith("{") else {}
        return Outcome(self._process.returncode, report, "".join(self._errors))


def run_load(url, *words):
    return LoadRun(url, *words).finish()
