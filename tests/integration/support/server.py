"""One Ringtalk server process under test: started with options, watched, stopped and judged.

The binary is $RINGTALK_BINARY, or the one that `./dev build` makes. Logs go to files in a
temporary folder; a failing test prints their tails. Whatever a sanitizer says is a failure.
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from .rest import RestClient
from .services import REPOSITORY
from .waiting import SLOWNESS, eventually

DEFAULT_BINARY = REPOSITORY / "build" / "dev" / "src" / "app" / "ringtalk"
START_SECONDS_MAX = 30 * SLOWNESS
STOP_SECONDS_MAX = 30 * SLOWNESS
SANITIZER_WORDS = re.compile(
    r"(?:ERROR|WARNING): (?:\w+Sanitizer)|runtime error:|SUMMARY: \w+Sanitizer")

# The cheapest Argon2id there is: these tests are about behaviour, not about the price of a guess.
DEFAULT_OPTIONS = {
    "mode": "development",
    "host": "127.0.0.1",
    "port": 0,
    "log-format": "json",
    "argon2-memory": "64KiB",
    "argon2-passes": 1,
}


def binary_path():
    return Path(os.environ.get("RINGTALK_BINARY", DEFAULT_BINARY))


class Server:
    """A running server. `options` are command line options without their dashes; None leaves a
    default out. `environment` is added to a clean one."""

    def __init__(self, options, environment=None, database=None):
        self.options = {**DEFAULT_OPTIONS, **options}
        self.database = database  # the name of its database, for tests that look into it
        self.host = self.options["host"]
        self.port = None
        self._folder = Path(tempfile.mkdtemp(prefix="ringtalk-server-"))
        self.options.setdefault("state-dir", str(self._folder / "state"))
        (self._folder / "state").mkdir()
        self._environment = environment or {}
        self._process = None
        self._stopped_on_purpose = False
        self._listening_events_before = 0

    # --- life ---

    def start(self):
        """Starts the process and waits until /readyz answers 200."""
        self.launch()
        try:
            self.port = self._wait_for_port()
            eventually(self._is_ready, START_SECONDS_MAX, "the server is ready")
        except BaseException as failure:
            self.kill()
            raise RuntimeError(f"the server did not start: {failure}\n{self.log_tail()}") from None
        return self

    def launch(self):
        """Starts the process without waiting for anything."""
        self._listening_events_before = len(self.log_events("server.listening"))
        command = ["setpriv", "--pdeathsig", "KILL", "--", *self.command_line()]
        with open(self._folder / "stdout", "ab") as out, open(self._folder / "stderr", "ab") as err:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                             stderr=err, cwd=self._folder,
                                             env=self._clean_environment())
        self._stopped_on_purpose = False

    def stop(self):
        """SIGTERM; the server must finish in time, with exit code 0 and no sanitizer report."""
        if self._process is None or self._stopped_on_purpose:
            return
        self._stopped_on_purpose = True
        self._process.send_signal(signal.SIGTERM)
        code = self.wait(STOP_SECONDS_MAX)
        problems = self.sanitizer_reports()
        if code != 0 or problems:
            raise AssertionError(f"the server ended with exit code {code} after SIGTERM"
                                 f"\n{problems}\n{self.log_tail()}")

    def kill(self):
        """SIGKILL: a crash. `start` brings the server back on the same port."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(STOP_SECONDS_MAX)
            if self.port is not None:
                eventually(self._port_is_free, what="the port of the killed server is free")
        self._stopped_on_purpose = True

    def signal(self, number):
        """Sends a signal and goes on; `wait` tells how the server took it."""
        self._stopped_on_purpose = True
        self._process.send_signal(number)

    def wait(self, seconds=STOP_SECONDS_MAX):
        """Waits for the process to end; its exit code (negative: the signal)."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the server did not end within {seconds} s"
                                 f"\n{self.log_tail()}") from None

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def check(self):
        """Fails when the server died by itself or a sanitizer spoke."""
        died = not self._stopped_on_purpose and self._process.poll() is not None
        problems = self.sanitizer_reports()
        if died or problems:
            state = f"died with exit code {self._process.returncode}" if died else "is not healthy"
            raise AssertionError(f"the server {state}\n{problems}\n{self.log_tail()}")

    def remove(self):
        shutil.rmtree(self._folder, ignore_errors=True)

    # --- what it is and says ---

    @property
    def pid(self):
        return self._process.pid

    @property
    def http_url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def websocket_url(self):
        return f"ws://{self.host}:{self.port}"

    def rest(self, token=None, timeout=10 * SLOWNESS):
        """A new REST client with a connection of its own."""
        return RestClient(self.host, self.port, token=token, timeout=timeout)

    def log_events(self, name=None):
        """The server's log so far as dictionaries; only events called `name` when given."""
        events = []
        for line in self._text("stdout").splitlines() + self._text("stderr").splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and (name is None or event.get("event") == name):
                events.append(event)
        return events

    def log_text(self):
        return self._text("stdout") + self._text("stderr")

    def log_tail(self, lines=20):
        parts = [f"--- {' '.join(self.command_line())}"]
        for stream in ("stdout", "stderr"):
            tail = self._text(stream).splitlines()[-lines:]
            if tail:
                parts.append("\n".join([f"--- {stream}, last lines", *tail]))
        return "\n".join(parts)

    def sanitizer_reports(self, lines=60):
        """The first lines of what a sanitizer printed; empty when all is well."""
        found = self._text("stderr").splitlines()
        for number, line in enumerate(found):
            if SANITIZER_WORDS.search(line):
                return "\n".join(found[number:number + lines])
        return ""

    def command_line(self):
        words = [str(binary_path())]
        options = {**self.options, "port": self.port or self.options["port"]}
        for name, value in options.items():
            if value is not None:
                words += [f"--{name}", str(value)]
        return words

    # --- details ---

    def _text(self, stream):
        path = self._folder / stream
        return path.read_text(errors="replace") if path.exists() else ""

    def _clean_environment(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("RINGTALK_", "PG"))}
        return {**kept, **self._environment}

    def _wait_for_port(self):
        def port():
            self._fail_if_ended()
            events = self.log_events("server.listening")
            return events[-1]["port"] if len(events) > self._listening_events_before else None

        return eventually(port, START_SECONDS_MAX, "the server logs server.listening")

    def _port_is_free(self):
        """The kernel takes down a ring after its process has ended: a few milliseconds."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
                return True
            except OSError:
                return False

    def _is_ready(self):
        self._fail_if_ended()
        try:
            with self.rest(timeout=5) as client:
                return client.get("/readyz").status == 200
        except OSError:
            return False

    def _fail_if_ended(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"it ended with exit code {self._process.returncode}")
