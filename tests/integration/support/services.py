"""Private PostgreSQL and Redis for one test session, started by tools/dev/services.sh.

Both listen on Unix sockets in a short folder of their own under the system's temporary folder;
nothing is shared with ./dev up or with the machine's own servers.
"""
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from .processes import is_alive
from .waiting import eventually

REPOSITORY = Path(__file__).resolve().parents[3]
SCRIPT = REPOSITORY / "tools" / "dev" / "services.sh"
ACTION_SECONDS_MAX = 120

_database_numbers = itertools.count(1)


class StateFolder:
    """The folder that holds data, sockets and logs of one set of services."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="ringtalk-"))
        self.path.chmod(0o711)  # the service user passes through; sockets/ is closed to others

    def run(self, action, *arguments, check=True):
        command = ["sh", str(SCRIPT), action, str(self.path), *arguments]
        finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=ACTION_SECONDS_MAX)
        if check and finished.returncode != 0:
            raise RuntimeError(f"{action}: {finished.stderr.strip()}\n{self.log_tail()}")
        return finished.returncode == 0

    def log_tail(self, lines=20):
        parts = []
        for log in sorted((self.path / "log").glob("*.log")):
            tail = log.read_text(errors="replace").splitlines()[-lines:]
            parts.append("\n".join([f"--- {log.name}", *tail]))
        return "\n".join(parts)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Postgres:
    """One PostgreSQL cluster. `stop` and `start` may be called under a running server."""

    def __init__(self, state):
        self._state = state
        self.socket_folder = state.path / "sockets"

    def start(self):
        self._state.run("start-postgres")

    def stop(self, mode="fast"):
        """`fast` ends sessions in order, `immediate` is a crash."""
        self._state.run("stop-postgres", mode)

    def is_up(self):
        return self._state.run("status-postgres", check=False)

    def create_database(self):
        """A new empty database owned by the role ringtalk; its name."""
        name = f"test_{os.getpid()}_{next(_database_numbers)}"
        self.sql(f"CREATE DATABASE {name} OWNER ringtalk", user="postgres")
        return name

    def drop_database(self, name):
        self.sql(f"DROP DATABASE {name} WITH (FORCE)", user="postgres")

    def url(self, database, socket_folder=None):
        folder = quote(str(socket_folder or self.socket_folder), safe="")
        return f"postgresql://ringtalk@/{database}?host={folder}"

    @property
    def socket(self):
        return self.socket_folder / ".s.PGSQL.5432"

    @property
    def pid(self):
        """Of the postmaster, whose children are the backends."""
        return int((self._state.path / "postgres" / "postmaster.pid").read_text().split()[0])

    def sql(self, statement, database="postgres", user="ringtalk"):
        """Runs one statement; its rows as lists of strings (NULL is an empty string)."""
        command = ["psql", "-XAtq", "-F", "\x1f", "-v", "ON_ERROR_STOP=1",
                   "-h", str(self.socket_folder), "-U", user, "-d", database, "-c", statement]
        finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=ACTION_SECONDS_MAX)
        if finished.returncode != 0:
            raise RuntimeError(f"{statement}: {finished.stderr.strip()}")
        return [line.split("\x1f") for line in finished.stdout.splitlines()]


class Redis:
    """One Redis server. `stop` and `start` may be called under a running server."""

    def __init__(self, state):
        self._state = state
        self.socket = state.path / "sockets" / "redis.sock"

    def start(self):
        self._state.run("start-redis")

    def stop(self):
        self._state.run("stop-redis")

    def kill(self):
        """SIGKILL: a crash."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not is_alive(pid), what="the killed Redis is gone")

    @property
    def pid(self):
        return int((self._state.path / "redis" / "redis.pid").read_text())

    def is_up(self):
        return self._state.run("status-redis", check=False)

    def url(self):
        return f"unix://{self.socket}"

    def command(self, *words):
        """Runs one command through redis-cli; what it prints."""
        command = ["redis-cli", "-s", str(self.socket), *words]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=ACTION_SECONDS_MAX, check=True).stdout.strip()


class Services:
    """PostgreSQL and Redis together; a context manager that leaves nothing behind."""

    def __init__(self):
        self.state = StateFolder()
        self.postgres = Postgres(self.state)
        self.redis = Redis(self.state)

    def __enter__(self):
        try:
            self.postgres.start()
            self.redis.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.state.path.joinpath("sockets").exists():
                self.redis.stop()
                self.postgres.stop("immediate")
        finally:
            self.state.remove()
