"""Readers who stop reading cost a bounded buffer, are closed, and miss nothing in the end."""
import random

from habits import Habits
from support.waiting import SLOWNESS, eventually

LONG_MESSAGES = Habits(characters=4000, receive_bytes=16 * 1024, pause_seconds_max=0.004)
CLOSED_SECONDS_MAX = 60 * SLOWNESS


def sleep_until(is_over):
    """A story in which two of the four read nothing until then."""
    def story(scene):
        slow = scene.witnesses[2:]
        scene.talk_for(0.5, 1)
        for witness in slow:
            scene.ask(witness.sleep())
        eventually(lambda: is_over(scene.cluster), CLOSED_SECONDS_MAX, "who sleeps is closed")
        for witness in slow:
            scene.ask(witness.wake())
        scene.talk_for(1, 1)

    return story


def assert_sleepers_caught_up_by_sync(records):
    def users(kind):
        return {record.session.partition("/")[0] for record in records if record.kind == kind}

    assert len(users("slow")) == 2 and users("slow") <= users("page")


def test_nothing_is_lost_when_slow_readers_are_closed(start_cluster, judge, say):
    """Mostly with 4008. A log that was being fetched by page when its reader fell asleep does not
    grow past the bound: then it is the heartbeat that finds him silent."""
    cluster = start_cluster([random.Random(judge.seed).choice(["io_uring", "epoll"])])

    # The close frame stands behind what they do not read: the server tells of it.
    def are_gone(cluster):
        return sum(cluster.figures("ringtalk_websocket_sessions").values()) == 2

    _, records = judge.play(cluster, sleep_until(are_gone), habits=LONG_MESSAGES)
    closed = sum(cluster.figures("ringtalk_slow_consumers_total").values())
    say(f"{closed:.0f} of 2 closed as slow consumers")
    assert_sleepers_caught_up_by_sync(records)


def test_nothing_is_lost_when_slow_readers_of_two_instances_are_closed(start_cluster, judge):
    """What comes from elsewhere is fetched by page, and no faster than it is read; then it is the
    heartbeat that finds them silent."""
    cluster = start_cluster(options={"heartbeat": "4s", "heartbeat-grace": "4s"})

    def are_gone(cluster):
        return sum(cluster.figures("ringtalk_websocket_sessions").values()) == 2

    _, records = judge.play(cluster, sleep_until(are_gone), habits=LONG_MESSAGES)
    assert_sleepers_caught_up_by_sync(records)
