"""How soon there is service again when PostgreSQL or Redis is: measured and told. The bounds are
wide, because a busy machine is no finding."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import people
from support.waiting import SLOWNESS, eventually

DOWN_SECONDS = 3  # long enough for the pauses between attempts to have grown
BACK_SECONDS_MAX = 15 * SLOWNESS


def wait_until_back(service):
    """The moment at which it answers, while its starter may still be busy."""
    with ThreadPoolExecutor(1) as starter:
        started = starter.submit(service.start)
        eventually(service.is_up, 60 * SLOWNESS, "it is up", pause=0.005)
        moment = time.monotonic()
        started.result()
    return moment


def measure(say, what, moment, checks):
    """`checks`: instance → a function that says whether it serves."""
    with ThreadPoolExecutor(len(checks)) as watchers:
        def watch(check):
            eventually(check, BACK_SECONDS_MAX, "there is service again", pause=0.01)
            return time.monotonic() - moment

        seconds = dict(zip(checks, watchers.map(watch, checks.values())))
    told = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
    say(f"\nservice is back after {what} is: {told}")


@pytest.mark.parametrize("way", ["immediate", "fast"])
def test_service_is_back_soon_after_postgresql_is(cluster, services, say, way):
    alice, bob = people.register(cluster.first, "Alice"), people.register(cluster.first, "Bob")
    path = f"/v1/conversations/{people.direct_conversation(alice, bob)['id']}/messages"
    services.postgres.stop(way)
    time.sleep(DOWN_SECONDS)
    moment = wait_until_back(services.postgres)

    def writes_through(server):
        def writes():
            with server.rest(token=alice.token) as rest:
                return rest.post(path, {"content": "back?"}).status == 200

        return writes

    measure(say, "PostgreSQL", moment,
            {name: writes_through(server) for name, server in cluster.servers.items()})


def test_the_bus_is_back_soon_after_redis_is(cluster, services, say):
    services.redis.kill()
    time.sleep(DOWN_SECONDS)
    moment = wait_until_back(services.redis)
    measure(say, "Redis", moment, {
        name: lambda name=name: cluster.figures("ringtalk_bus_connections_up")[name] == 2
        for name in cluster.servers})
