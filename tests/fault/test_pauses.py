"""Who stands still for ten seconds (SIGSTOP) has missed much, and must not act on what it knew."""
import pytest

from habits import Habits

PAUSE_SECONDS = 10


@pytest.mark.parametrize("what", ["instance", "postgres", "redis"])
def test_nothing_is_lost_when_one_stands_still_for_ten_seconds(cluster, judge, what, is_long):
    def story(scene):
        instances = list(cluster.servers)
        scene.random.shuffle(instances)
        chosen = [what] if what != "instance" else instances if is_long else instances[:1]
        for name in chosen:
            scene.talk_for(0.5, 1)
            scene.pause(name, PAUSE_SECONDS)
        scene.talk_for(1, 1)

    judge.play(cluster, story, habits=Habits(pause_seconds_max=0.02))
