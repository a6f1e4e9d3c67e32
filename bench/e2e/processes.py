"""Programs that a measurement starts: pinned to a core, watched, stopped by their own pid."""
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

SERVER_CORE = 0
GENERATOR_CORE = 1
START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 15
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def pinned(core):
    """The words that keep a command on `core`; on a machine with one core, or None: no words."""
    if core is None or os.cpu_count() <= core:
        return []
    return ["taskset", "--cpu-list", str(core)]


class Program:
    """A running server. It dies with us; its words go to a log file."""

    def __init__(self, name, command, log_folder, core=SERVER_CORE, environment=None, cwd=None):
        self.name = name
        self.log = Path(log_folder) / f"{name}.log"
        words = ["setpriv", "--pdeathsig", "KILL", "--", *pinned(core), *map(str, command)]
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=subprocess.STDOUT, cwd=cwd,
                                             env={**os.environ, **(environment or {})})

    @property
    def pid(self):
        return self._process.pid

    def wait_for(self, is_ready, what):
        end = time.monotonic() + START_SECONDS_MAX
        while not is_ready():
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self._process.returncode}"
                                   f"\n{self.log_tail()}")
            if time.monotonic() > end:
                raise RuntimeError(f"{self.name}: not in {START_SECONDS_MAX} s: {what}"
                                   f"\n{self.log_tail()}")
            time.sleep(0.02)
        return self

    def wait_for_port(self, port):
        return self.wait_for(lambda: accepts_connections(port), f"port {port} answers")

    def stop(self):
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu_seconds(self):
        return cpu_seconds_of_tree(self.pid)

    def log_tail(self, lines=20):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def accepts_connections(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds_of_tree(pid):
    """CPU time of a process and of all its descendants, those that were reaped too."""
    try:
        fields = stat_fields(pid)
        ticks = sum(map(int, fields[11:15]))
        return ticks / TICKS_A_SECOND + sum(map(cpu_seconds_of_tree, children_of(pid)))
    except OSError:
        return 0  # has just ended: its parent counts it


class OthersCores:
    """How many cores were busy with what is not ours: a measurement beside a build is worth less.
    `roots` returns the pids whose trees are ours, beside this process itself."""

    def __init__(self, roots=lambda: ()):
        self._roots = roots
        self.begin()

    def begin(self):
        self._before = self._now()

    def end(self):
        seconds, busy, own = (now - then for now, then in zip(self._now(), self._before))
        return max(0.0, (busy - own) / seconds)

    def _now(self):
        own = sum(map(cpu_seconds_of_tree, {os.getpid(), *self._roots()}))
        return time.monotonic(), busy_seconds(), own


def busy_seconds():
    """CPU time of the whole machine: user, nice, system, irq, softirq and steal of proc(5)."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(fields[i]) for i in (0, 1, 2, 5, 6, 7)) / TICKS_A_SECOND


def children_of(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def stat_fields(pid):
    """proc(5)'s fields from `state` on; behind a name that may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def run_pinned(command, core=GENERATOR_CORE, seconds_max=600, **options):
    """Runs a generator to its end; its standard output."""
    words = [*pinned(core), *map(str, command)]
    finished = subprocess.run(words, stdin=options.pop("stdin", subprocess.DEVNULL),
                              capture_output=True, text=True, timeout=seconds_max, **options)
    if finished.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: exit {finished.returncode}"
                           f"\n{finished.stdout}{finished.stderr}".rstrip())
    return finished.stdout
