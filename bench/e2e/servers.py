"""The servers that are measured, each started for one part: a private PostgreSQL and Redis (those
of ./dev, with a state folder of their own), Ringtalk, nginx, the FastAPI peer, the bare programs.

What serves runs on core 0, what generates load on core 1 (processes.py). PostgreSQL and Redis are
pinned only where a part says so.
"""
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from .machine import REPOSITORY, file_system_of
from .processes import Program, cpu_seconds_of_tree, free_port

BUILD = REPOSITORY / "build" / "bench"
SERVICES_SCRIPT = REPOSITORY / "tools" / "dev" / "services.sh"
POSTGRES_PROGRAMS = Path(os.environ.get("RINGTALK_POSTGRES_PROGRAMS",
                                        "/usr/lib/postgresql/15/bin"))
SOCKET_PATH_BYTES_MAX = 107  # sizeof(sockaddr_un.sun_path) - 1
NOBODY = 65534
DEBIAN_PYTHON = "/usr/bin/python3"  # whose packages the FastAPI peer needs


def binary(path):
    """A program of build/bench, or a sentence on how to get it."""
    found = BUILD / path
    if not found.exists():
        raise RuntimeError(f"{found} is missing: ./dev bench builds it")
    return found


def state_folder():
    """Where PostgreSQL keeps its data: on the checkout's disk, var/bench, unless the user that runs
    it cannot reach that or the paths of its sockets would be too long."""
    folder = REPOSITORY / "var" / "bench"
    socket = folder / "sockets" / ".s.PGSQL.5432"
    if os.geteuid() == 0 and not is_reachable_for_others(REPOSITORY) or \
            len(os.fsencode(socket)) > SOCKET_PATH_BYTES_MAX:
        name = hashlib.sha256(os.fsencode(REPOSITORY)).hexdigest()[:12]
        if os.geteuid() == 0:
            folder = Path("/var/lib/ringtalk-bench") / name
        else:
            folder = Path(f"/tmp/ringtalk-bench-{os.getuid()}-{name}")
    folder.mkdir(parents=True, exist_ok=True)
    kind = file_system_of(folder)
    if kind in ("tmpfs", "ramfs"):
        raise RuntimeError(f"{folder} is on {kind}, where fsync costs nothing: "
                           "put the checkout on a disk")
    return folder


def is_reachable_for_others(folder):
    command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--",
               "test", "-x", str(folder)]
    return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0


class Services:
    """PostgreSQL with fsync, and Redis; new and empty, gone afterwards. A context manager."""

    def __init__(self, with_redis=True):
        self.path = state_folder()
        self.sockets = self.path / "sockets"
        self._with_redis = with_redis

    def __enter__(self):
        self._stop()  # what a run that was killed has left
        shutil.rmtree(self.path)
        self.path.mkdir(mode=0o755)
        self._act("start-postgres")
        try:
            if self.sql("SHOW fsync").strip() != "on":
                raise RuntimeError("this PostgreSQL runs without fsync: it would measure nothing")
            if self._with_redis:
                self._act("start-redis")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._stop()
        shutil.rmtree(self.path, ignore_errors=True)

    def _stop(self):
        if self.sockets.exists():
            self._act("stop-redis")
            self._act("stop-postgres", "immediate")

    def _act(self, action, *words):
        command = ["sh", str(SERVICES_SCRIPT), action, str(self.path), *words]
        # Not our pipes: the services inherit them and would keep them open.
        with open(self.path / "actions.log", "ab") as log:
            finished = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if finished.returncode != 0:
            words = (self.path / "actions.log").read_text(errors="replace").splitlines()[-5:]
            raise RuntimeError("\n".join([f"{action} failed", *words]))

    @property
    def redis_url(self):
        return f"unix://{self.sockets}/redis.sock"

    def database_url(self, database="ringtalk", user="ringtalk"):
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets), safe='')}"

    def connection_words(self, database="ringtalk", user="postgres"):
        """The options of psql and pgbench."""
        return ["-h", str(self.sockets), "-U", user, database]

    def sql(self, statement, **words):
        return self._psql(["-c", statement], **words)

    def sql_file(self, path, variables=None, **words):
        settings = [word for name, value in (variables or {}).items()
                    for word in ("-v", f"{name}={value}")]
        return self._psql([*settings, "-f", str(path)], **words)

    def _psql(self, words, stdin=subprocess.DEVNULL, **connection):
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *words,
                   *self.connection_words(**connection)]
        finished = subprocess.run(command, stdin=stdin, capture_output=True, text=True)
        if finished.returncode != 0:
            raise RuntimeError(f"psql: {finished.stderr.strip()}")
        return finished.stdout

    def pids(self):
        """The roots of their process trees, which are not children of ours."""
        files = [self.path / "postgres" / "postmaster.pid", self.path / "redis" / "redis.pid"]
        return [int(file.read_text().split()[0]) for file in files if file.exists()]

    def postgres_cpu_seconds(self):
        """Of all its processes, those that have ended too."""
        return cpu_seconds_of_tree(self.pids()[0])


def why_io_uring_is_refused():
    """The kernel's words, or nothing where io_uring works."""
    sys.path.append(str(REPOSITORY / "tests" / "integration"))
    from support import kernel
    return kernel.why_io_uring_is_refused()


def start_ringtalk(services, log_folder, backend, *options):
    """One shard on the server's core; the port is its attribute."""
    port = free_port()
    state = Path(log_folder) / f"ringtalk-{backend}-state"
    state.mkdir(exist_ok=True)
    command = [binary("src/app/ringtalk"), "--mode", "development", "--host", "127.0.0.1",
               "--port", port, "--shards", 1, "--backend", backend, "--state-dir", state,
               "--log-level", "warning",
               "--test-endpoints", "on", "--rate-limits", "off",
               "--database-url", services.database_url(),
               "--redis-url", services.redis_url, *options]
    return with_port(Program(f"ringtalk-{backend}", command, log_folder), port)


NGINX_SETTINGS = """\
# nginx as whoever wants speed would set it: one worker, a body from memory, no log of requests.
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  default_type text/plain;
  client_body_temp_path {folder}/client;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location /64b {{ return 200 "{body}"; }}
  }}
}}
"""


def start_nginx(log_folder):
    port = free_port()
    folder = Path(log_folder) / "nginx"
    folder.mkdir(exist_ok=True)
    settings = folder / "nginx.conf"
    settings.write_text(NGINX_SETTINGS.format(folder=folder, port=port, body="x" * 64))
    command = ["nginx", "-p", folder, "-e", "stderr", "-c", settings]
    return with_port(Program("nginx", command, log_folder), port)


def start_bare_echo(log_folder, answer):
    port = free_port()
    command = [binary("bench/bare/bare_echo"), "--port", port, "--answer", answer]
    return with_port(Program(f"bare_echo_{answer}", command, log_folder), port)


def why_fastapi_cannot_run():
    """What is missing, or nothing."""
    command = [DEBIAN_PYTHON, "-c", "import fastapi, uvicorn, asyncpg, redis.asyncio, jwt,"
               " websockets, uvloop, httptools"]
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return finished.stderr.strip().splitlines()[-1] if finished.returncode else None


def start_fastapi(database_url, redis_url, log_folder, workers=1):
    """The peer; its tables are made in the database at the start."""
    port = free_port()
    peers = REPOSITORY / "bench" / "peers"
    command = [DEBIAN_PYTHON, "-m", "uvicorn", "--app-dir", peers, "fastapi_baseline:app",
               "--port", port, "--workers", workers, "--no-access-log", "--log-level", "warning",
               "--loop", "uvloop", "--http", "httptools", "--ws", "websockets",
               "--ws-ping-interval", 25, "--ws-ping-timeout", 25]
    environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url,
                   "PYTHONDONTWRITEBYTECODE": "1"}
    return with_port(Program("fastapi", command, log_folder, environment=environment), port)


def with_port(program, port):
    program.port = port
    try:
        return program.wait_for_port(port)
    except BaseException:
        program.stop()
        raise
