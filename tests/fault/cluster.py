"""Cluster: the instances under test on one PostgreSQL and one Redis, and what can befall them all.

Names are `server1`, `server2`, … (one alone is `server`), `postgres` and `redis`. Instances take
turns between io_uring and epoll.
"""
import os
import signal
import time

from support.kernel import why_io_uring_is_refused
from support.metrics import read_metrics
from support.processes import children_of
from support.server import Server
from support.waiting import SLOWNESS, eventually

JWT_KEY = {"RINGTALK_JWT_KEY": "the same key of thirty-two letters"}
BUS_SECONDS_MAX = 20 * SLOWNESS


class Cluster:
    def __init__(self, services, backends=("io_uring", "epoll"), options=None):
        """`options` go to each instance; a value may be a function of the cluster's database."""
        self.services = services
        self.database = services.postgres.create_database()
        everything = {"shards": 2, "jwt-lifetime": "1d",
                      "database-url": services.postgres.url(self.database),
                      "redis-url": services.redis.url(), **(options or {})}
        everything = {name: value(self.database) if callable(value) else value
                      for name, value in everything.items()}
        names = [f"server{number}" for number in range(1, len(backends) + 1)]
        self.servers = {
            name: Server({**everything, "backend": _allowed(backend)}, JWT_KEY, self.database)
            for name, backend in zip(names if len(names) > 1 else ["server"], backends)}

    def start(self):
        for server in self.servers.values():
            server.start()
        self.wait_for_bus()
        return self

    def finish(self):
        """Stops all instances in order; each must end well."""
        try:
            for server in self.servers.values():
                server.check()
                server.stop()
        finally:
            for server in self.servers.values():
                server.kill()
                server.remove()
        # After a crash PostgreSQL syncs all files that it has: the next test waits for that.
        if self.services.postgres.is_up():
            self.services.postgres.drop_database(self.database)

    # --- what it says ---

    @property
    def urls(self):
        return {name: f"{server.websocket_url}/v1/ws" for name, server in self.servers.items()}

    @property
    def first(self):
        return next(iter(self.servers.values()))

    def figures(self, name):
        """One figure of /metrics, of each instance."""
        return {instance: _figures(server)[name][""] for instance, server in self.servers.items()}

    def wait_for_bus(self):
        def is_up():
            return set(self.figures("ringtalk_bus_connections_up").values()) == {2}

        eventually(is_up, BUS_SECONDS_MAX, "every shard hears the bus")

    def sql(self, statement):
        return self.services.postgres.sql(statement, self.database)

    # --- what befalls it ---

    def kill(self, what):
        if what == "postgres":
            self.services.postgres.stop("immediate")
        elif what == "redis":
            self.services.redis.kill()
        else:
            self.servers[what].kill()

    def start_again(self, what):
        {"postgres": self.services.postgres, "redis": self.services.redis,
         **self.servers}[what].start()

    def pause(self, what, seconds):
        """SIGSTOP, and SIGCONT after so long."""
        pids = self._pids(what)
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(seconds)
        finally:
            for pid in pids:
                _go_on(pid)

    def _pids(self, what):
        if what == "postgres":
            postmaster = self.services.postgres.pid
            return [postmaster, *children_of(postmaster)]
        return [self.services.redis.pid if what == "redis" else self.servers[what].pid]


def _go_on(pid):
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass  # a backend whose client has left ends before the others are woken


def _allowed(backend):
    return "epoll" if backend == "io_uring" and why_io_uring_is_refused() else backend


def _figures(server):
    with server.rest() as rest:
        return read_metrics(rest.get("/metrics").body.decode())
