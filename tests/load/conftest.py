"""The load suite: real servers under the load generator."""
import pytest

from support.kernel import why_io_uring_is_refused
from support.processes import unwind_on_sigterm
from support.server import Server
from support.services import Services


def pytest_configure():
    unwind_on_sigterm()


@pytest.fixture(scope="session")
def services():
    with Services() as started:
        yield started


@pytest.fixture(params=["io_uring", "epoll"])
def server(request, services):
    refusal = why_io_uring_is_refused() if request.param == "io_uring" else None
    if refusal:
        pytest.skip(refusal)
    server = Server({
        "backend": request.param,
        "shards": 2,
        "test-endpoints": "on",
        "database-url": services.postgres.url(services.postgres.create_database()),
        "redis-url": services.redis.url(),
    })
    try:
        yield server.start()
        server.check()
        server.stop()
    finally:
        server.kill()
        server.remove()
