"""What is acknowledged survives: the server and PostgreSQL are killed under people who talk."""
import os
import random
import time

import pytest

from checker import check
from scene import Scene
from support.server import Server
from support.services import Services

ACKED_MIN = 100  # less would prove little


@pytest.fixture
def services():
    with Services() as started:
        yield started


@pytest.fixture(params=["io_uring", "epoll"])
def server(request, services):
    database = services.postgres.create_database()
    server = Server({"backend": request.param, "shards": 2,
                     "database-url": services.postgres.url(database),
                     "redis-url": services.redis.url()}, database=database)
    server.start()
    yield server
    try:
        server.stop()
    finally:
        server.remove()


@pytest.fixture
def seed():
    """RINGTALK_FAULT_SEED plays a run again, as far as the machine's own chance allows."""
    chosen = int(os.environ.get("RINGTALK_FAULT_SEED") or random.SystemRandom().getrandbits(32))
    print(f"RINGTALK_FAULT_SEED={chosen}")
    return chosen


def play(story, server, services, seed, folder):
    scene = Scene(server, services, seed, folder)
    findings = check(scene.play(story))
    assert not findings, "\n".join(map(str, [*findings[:20], f"history: {folder}/history"]))
    assert scene.acked >= ACKED_MIN
    print(f"{scene.acked} messages acknowledged")


def test_nothing_is_lost_while_the_server_is_killed(server, services, seed, kills, tmp_path):
    def story(scene):
        for _ in range(kills(3)):
            time.sleep(scene.random.uniform(0.5, 1.5))
            scene.kill_server(scene.random.uniform(0, 0.5))
        time.sleep(1)

    play(story, server, services, seed, tmp_path)


def test_nothing_is_lost_while_postgresql_is_killed(server, services, seed, kills, tmp_path):
    def story(scene):
        for _ in range(kills(2)):
            time.sleep(scene.random.uniform(0.5, 1.5))
            scene.kill_postgres(scene.random.uniform(0, 1))
        time.sleep(2)

    play(story, server, services, seed, tmp_path)
