"""The network between all parties: it cuts connections anywhere, and loses what Redis should pass
on."""
import dataclasses
import random
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from proxy import CuttingProxy, DroppingProxy
from scene import Scene
from support.people import group_conversation, register
from support.waiting import SLOWNESS, eventually

# What is lost on its way is found by the comparison of heads, once a heartbeat.
QUICK_HEARTBEAT = {"heartbeat": "1s", "heartbeat-grace": "60s"}
# So that nothing is found by a comparison while a test lasts.
SLOW_HEARTBEAT = {"heartbeat": "10m", "heartbeat-grace": "10m"}
TALK_SECONDS = 4
CUTS_MIN = 3
LOST_MIN = 5
ENOUGH_SECONDS_MAX = 40 * SLOWNESS
TOLD_SECONDS_MAX = 20 * SLOWNESS


def chance_of(judge):
    """For the proxies: its own, so that a scene's does not depend on the network's."""
    return random.Random(judge.seed + 1)


def talk_until(scene, is_enough):
    scene.talk_for(TALK_SECONDS, TALK_SECONDS)
    eventually(is_enough, ENOUGH_SECONDS_MAX, "there was enough harm")


def test_nothing_is_lost_when_clients_are_cut_off_anywhere(cluster, judge, proxies, tmp_path):
    scene = Scene(cluster, judge.seed, tmp_path)
    chance = chance_of(judge)
    cutting = {name: proxies.start(CuttingProxy((server.host, server.port), chance, 30_000))
               for name, server in cluster.servers.items()}
    for proxy in cutting.values():
        proxy.tell_cut = lambda: scene.notes.append("cut client")
    scene.urls = {name: "ws://{}:{}/v1/ws".format(*proxy.address)
                  for name, proxy in cutting.items()}

    def story(scene):
        talk_until(scene, lambda: all(proxy.cuts >= CUTS_MIN for proxy in cutting.values()))
        for proxy in cutting.values():
            proxy.is_on = False

    judge.judge(scene, story)


@pytest.mark.parametrize("what, bytes_mean", [("postgres", 150_000), ("redis", 30_000)])
def test_nothing_is_lost_when_servers_are_cut_off_anywhere(start_cluster, services, judge, proxies,
                                                           what, bytes_mean):
    service = getattr(services, what)
    cutting = proxies.start(CuttingProxy(Path(service.socket), chance_of(judge), bytes_mean))
    cutting.is_on = False
    option = ({"redis-url": f"unix://{cutting.address}"} if what == "redis" else
              {"database-url": lambda name: services.postgres.url(name, cutting.address.parent)})
    cluster = start_cluster(options=option)

    def story(scene):
        cutting.tell_cut = lambda: scene.notes.append(f"cut {what}")
        cutting.is_on = True
        talk_until(scene, lambda: cutting.cuts >= CUTS_MIN)
        cutting.is_on = False
        scene.talk_for(1, 1)

    judge.play(cluster, story)


@pytest.mark.parametrize("percent", [1, 100])
def test_nothing_is_lost_when_publishes_are(start_cluster, services, judge, proxies, percent):
    dropping = proxies.start(DroppingProxy(Path(services.redis.socket), chance_of(judge),
                                           percent / 100))
    cluster = start_cluster(options={"redis-url": f"unix://{quote(str(dropping.address))}",
                                     **QUICK_HEARTBEAT})

    judge.play(cluster, lambda scene: talk_until(scene, lambda: dropping.dropped >= LOST_MIN))
    print(f"{dropping.dropped} publishes dropped, {dropping.passed} passed on")
    assert (dropping.passed > 0) == (percent < 100)


@pytest.mark.parametrize("backends", [("io_uring", "epoll"), ("epoll", "io_uring")], ids="-".join)
def test_removed_is_told_though_the_notice_is_lost(start_cluster, services, seed, proxies,
                                                   backends):
    dropping = proxies.start(DroppingProxy(Path(services.redis.socket), random.Random(seed), 1))
    cluster = start_cluster(backends, {"redis-url": f"unix://{quote(str(dropping.address))}",
                                       **SLOW_HEARTBEAT})
    here, there = cluster.servers.values()
    alice, bob = register(here, "Alice"), register(here, "Bob")
    groups = [group_conversation(alice, bob) for _ in range(3)]
    with dataclasses.replace(bob, server=there).connect() as connection:
        connection.expect("ready")
        connection.expect_silence()  # heads are compared when somebody begins to listen
        for group in groups:
            dropped = dropping.dropped
            path = f"/v1/conversations/{group['id']}/members/{bob.id}"
            begin = time.monotonic()
            assert alice.rest.delete(path).status == 204
            told = connection.expect("removed", TOLD_SECONDS_MAX)
            print(f"removed was told after {1000 * (time.monotonic() - begin):.0f} ms")
            assert told["conversationId"] == group["id"]
            assert dropping.dropped > dropped
        connection.expect_silence()
    assert cluster.figures("ringtalk_removals_found_total")["server2"] > 0
    assert dropping.passed == 0
