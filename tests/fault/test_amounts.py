"""Many at once, and much that waits."""
from habits import Habits
from scene import Scene
from support.waiting import SLOWNESS

SENDERS = 64
MESSAGES_EACH = 20
AWAY = 0  # the number of who is away


def test_64_senders_through_two_instances_make_one_order(cluster, judge):
    def story(scene):
        scene.wait_until_written(120 * SLOWNESS)

    scene, records = judge.play(cluster, story, rooms=[range(SENDERS)],
                                habits=Habits(quota=MESSAGES_EACH, mark_every=100))
    instances = {record.instance for record in records if record.kind == "session"}
    assert instances == {"server1", "server2"}
    assert scene.acked == SENDERS * MESSAGES_EACH


def test_all_that_waited_for_who_was_away_comes_once_and_in_order(cluster, judge, tmp_path,
                                                                  is_long):
    senders, conversations, messages = (20, 300, 100_000) if is_long else (10, 60, 10_000)
    rooms = [(1 + number % senders, AWAY) for number in range(conversations)]
    habits = Habits(quota=messages // senders, pause_seconds_max=0, unacked_max=32,
                    is_skewed=True, is_patient=True, mark_every=0)
    scene = Scene(cluster, judge.seed, tmp_path, rooms, habits)
    away = scene.witnesses[AWAY]
    away.is_absent = True
    away.stop_writing()

    def story(scene):
        scene.wait_until_written(600 * SLOWNESS)
        away.is_absent = False

    _, records = judge.judge(scene, story)
    sessions = [record.session for record in records
                if record.kind == "session" and record.user == away.name]
    seen = {}
    for record in records:
        if record.session in sessions and record.kind in ("event", "page"):
            seen.setdefault(record.conversation, []).append(record.seq)
    assert len(sessions) == 1 and len(seen) == conversations
    for conversation, seqs in seen.items():
        assert seqs == list(range(1, len(seqs) + 1)), conversation
    assert any(record.kind == "page" for record in records), "nothing came in pages"
    assert scene.acked == messages // senders * senders
