"""Nothing is lost: instances, PostgreSQL and Redis are killed under people who talk."""
import pytest


@pytest.fixture(params=["io_uring", "epoll"])
def alone(request, start_cluster):
    """One instance."""
    return start_cluster([request.param])


def test_nothing_is_lost_while_the_only_server_is_killed(alone, judge):
    def story(scene):
        for _ in range(3):
            scene.talk_for(0.5, 1.5)
            scene.kill("server", scene.random.uniform(0, 0.5))
        scene.talk_for(1, 1)

    judge.play(alone, story)


def test_nothing_is_lost_while_one_of_two_instances_is_killed(cluster, judge):
    def story(scene):
        for name in ("server1", "server2", "server1"):
            scene.talk_for(0.5, 1.5)
            scene.kill(name, scene.random.uniform(0, 1))
        scene.talk_for(1, 1)

    judge.play(cluster, story)


@pytest.mark.parametrize("what", ["postgres", "redis"])
def test_nothing_is_lost_while_what_instances_share_is_killed(cluster, judge, what):
    def story(scene):
        for _ in range(2):
            scene.talk_for(0.5, 1.5)
            scene.kill(what, scene.random.uniform(0, 1))
        scene.talk_for(2, 2)

    judge.play(cluster, story)


def test_nothing_is_lost_when_redis_forgets_everything(cluster, judge):
    def story(scene):
        for _ in range(4):
            scene.talk_for(0.2, 0.8)
            scene.flush_redis()
        scene.talk_for(0.5, 0.5)

    judge.play(cluster, story)


def test_nothing_is_lost_while_instances_are_restarted_in_turn(cluster, judge):
    def story(scene):
        for name in ("server1", "server2"):
            scene.talk_for(0.5, 1)
            scene.restart(name)
        scene.talk_for(0.5, 0.5)

    _, records = judge.play(cluster, story)
    assert 1012 in {record.code for record in records if record.kind == "end"}
