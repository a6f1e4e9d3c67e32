"""The fault suites start what they kill; nothing of it may stay behind."""
import os
import random

import pytest

from cluster import Cluster
from judge import Judge
from proxy import Proxies
from support.processes import unwind_on_sigterm
from support.services import Services


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="the full sizes; see docs/reliability.md")


def pytest_configure():
    unwind_on_sigterm()


@pytest.fixture(scope="session")
def _services():
    with Services() as started:
        yield started


@pytest.fixture
def services(_services):
    """PostgreSQL and Redis, both up, whatever the test before has done to them."""
    _services.postgres.start()
    _services.redis.start()
    return _services


@pytest.fixture
def proxies():
    with Proxies() as started:
        yield started


@pytest.fixture
def start_cluster(services, proxies):
    """start_cluster(backends, options): instances that end with the test, before
    the proxies, and must end well."""
    started = []

    def start(*arguments, **options):
        cluster = Cluster(services, *arguments, **options)
        started.append(cluster)
        return cluster.start()

    yield start
    for cluster in started:
        cluster.finish()


@pytest.fixture
def cluster(start_cluster):
    """Two instances, on io_uring and on epoll."""
    return start_cluster()


@pytest.fixture
def seed():
    """RINGTALK_FAULT_SEED plays a run again, as far as the machine's own chance allows."""
    chosen = int(os.environ.get("RINGTALK_FAULT_SEED") or random.SystemRandom().getrandbits(32))
    print(f"RINGTALK_FAULT_SEED={chosen}")
    return chosen


@pytest.fixture
def judge(seed, tmp_path):
    return Judge(seed, tmp_path)


@pytest.fixture
def is_long(request):
    return request.config.getoption("--long")


@pytest.fixture
def say(capsys):
    """Prints what is worth reading also when the test passes."""
    def say(*words, **options):
        with capsys.disabled():
            print(*words, flush=True, **options)

    return say
