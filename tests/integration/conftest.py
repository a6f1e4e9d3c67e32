"""Fixtures of the integration tests.

`server` runs once for each shape (backend × shards) with a database of its own; a test that takes
it runs four times. `start_server` makes more servers of that shape with other options;
`own_services` is a PostgreSQL and Redis that one test may stop and start.
"""
from dataclasses import dataclass

import pytest

from support import people
from support.kernel import why_io_uring_is_refused
from support.processes import unwind_on_sigterm
from support.server import Server, binary_path
from support.services import Services


@dataclass(frozen=True)
class Shape:
    backend: str
    shards: int

    def __str__(self):
        return f"{self.backend}-{self.shards}"


SHAPES = [Shape(backend, shards) for backend in ("io_uring", "epoll") for shards in (1, 4)]

_watched_servers = pytest.StashKey[list]()


def pytest_configure(config):
    unwind_on_sigterm()
    config.stash[_watched_servers] = []


def pytest_collection_modifyitems(items):
    if items and not binary_path().exists():
        raise pytest.UsageError(f"no server to test: {binary_path()} is missing; ./dev build")


@pytest.fixture(scope="session")
def services():
    with Services() as started:
        yield started


@pytest.fixture
def own_services():
    """PostgreSQL and Redis for one test alone, free to be stopped and started."""
    with Services() as started:
        yield started


@pytest.fixture(scope="session", params=SHAPES, ids=str)
def shape(request):
    refusal = why_io_uring_is_refused() if request.param.backend == "io_uring" else None
    if refusal:
        pytest.skip(refusal)
    return request.param


def make_server(services, shape, config, options, environment=None):
    database = services.postgres.create_database()
    everything = {
        "backend": shape.backend,
        "shards": shape.shards,
        "database-url": services.postgres.url(database),
        "redis-url": services.redis.url(),
        **options,
    }
    server = Server(everything, environment, database)
    config.stash[_watched_servers].append(server)
    return server


def finish_server(server, config):
    config.stash[_watched_servers].remove(server)
    try:
        server.stop()
    finally:
        server.kill()
        server.remove()


@pytest.fixture(scope="session")
def server(services, shape, pytestconfig):
    """The server that tests share: do not stop it, and make users of your own."""
    shared = make_server(services, shape, pytestconfig, {})
    try:
        yield shared.start()
    finally:
        finish_server(shared, pytestconfig)


@pytest.fixture
def start_server(services, shape, pytestconfig):
    """start_server({"option": value, …}, services=…, wait=True): a server for one test alone."""
    started = []

    def start(options=None, *, environment=None, services=services, wait=True):
        server = make_server(services, shape, pytestconfig, options or {}, environment)
        started.append(server)
        if wait:
            server.start()
        else:
            server.launch()
        return server

    try:
        yield start
    finally:
        for server in reversed(started):
            finish_server(server, pytestconfig)


@pytest.fixture
def rest(server):
    """A REST client without a token."""
    with server.rest() as client:
        yield client


@pytest.fixture
def alice(server):
    return people.register(server, "Alice")


@pytest.fixture
def bob(server):
    return people.register(server, "Bob")


@pytest.fixture
def carol(server):
    return people.register(server, "Carol")


@pytest.fixture
def conversation(alice, bob):
    """A direct one, empty; made by alice."""
    return people.direct_conversation(alice, bob)


@pytest.fixture
def open_connection():
    """open_connection(person, path): a connection that has had its `ready`."""
    opened = []

    def open_one(person, path="/v1/ws"):
        connection = person.connect(path)
        opened.append(connection)
        connection.expect("ready")
        return connection

    yield open_one
    for connection in opened:
        connection.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows what the servers logged last; a server that died fails its test."""
    outcome = yield
    report = outcome.get_result()
    servers = item.config.stash[_watched_servers]
    if report.when == "call" and report.passed:
        try:
            for server in servers:
                server.check()
        except AssertionError as died:
            report.outcome = "failed"
            report.longrepr = str(died)
    if report.failed:
        for server in servers:
            report.sections.append(("server log", server.log_tail()))
