"""Everything is killed in turn, by chance, under people who write as fast as they are answered.

A run is a row of episodes, each with people, conversations and a history of its own, so that an
hour of it needs no more memory than a minute. docs/reliability.md tells how to run a long one.
"""
import os
import random
import time
from collections import Counter

import pytest

from checker import check
from habits import Habits
from scene import Scene
from support.waiting import SLOWNESS

KILLS_OF_EPISODE = 10
CHATTY = Habits(unacked_max=32, pause_seconds_max=0.001)
# Most of the time one of them is down; now and then an instance goes together with another.
DOWN_SECONDS_MAX = 1
TWO_AT_ONCE = 0.1
BETWEEN_KILLS_SECONDS_MAX = 60 * SLOWNESS
FINDINGS_SHOWN = 20
SUMMED_UP = {"lost": "lost", "doubled": "doubled", "moved": "reordered",
             "sender_order": "reordered", "hole_in_log": "holes", "hole_in_feed": "holes",
             "undelivered": "holes"}


class Run:
    """The account of all episodes."""

    def __init__(self, messages, kills):
        self.messages_due = messages
        self.kills_due = kills
        self.acked = 0
        self.kills = Counter()
        self.findings = []
        self._began = time.monotonic()

    def is_over(self):
        return self.kills.total() >= self.kills_due and self.acked >= self.messages_due

    def pace(self, acked_now):
        """Messages to be acknowledged before the next kill, so that both sums are reached."""
        left = max(self.kills_due - self.kills.total(), 1)
        return max(self.messages_due - self.acked - acked_now, 0) // left

    def summary(self):
        broken = Counter(SUMMED_UP.get(finding.rule, "other findings") for finding in self.findings)
        kinds = ", ".join(f"{what} {count}" for what, count in sorted(self.kills.items()))
        words = [f"{broken[name]} {name}" for name in ("lost", "doubled", "reordered", "holes")]
        if broken["other findings"]:
            words.append(f"{broken['other findings']} other findings")
        minutes = (time.monotonic() - self._began) / 60
        return (f"{self.acked:,} acknowledged, {self.kills.total()} kills ({kinds}), "
                f"{', '.join(words)}; {minutes:.1f} min")


def kill_by_chance(scene, run):
    """One kill of one or two; all is up again in the end."""
    chance = scene.random
    what = [chance.choice([*scene.cluster.servers, "postgres", "redis"])]
    if chance.random() < TWO_AT_ONCE:
        others = {*scene.cluster.servers, "postgres", "redis"} - set(what)
        what.append(chance.choice(sorted(others)))
    scene.kill_all(what, chance.uniform(0, DOWN_SECONDS_MAX))
    run.kills.update(what)


def episode(run):
    """A story: kills, and talk between them."""
    def story(scene):
        begin = run.kills.total()
        while run.kills.total() < min(begin + KILLS_OF_EPISODE, max(run.kills_due, begin + 1)):
            due = scene.acked + run.pace(scene.acked)
            scene.talk_for(0.2, 1.5)
            end = time.monotonic() + BETWEEN_KILLS_SECONDS_MAX
            while scene.acked < due and time.monotonic() < end and not scene.is_over():
                time.sleep(0.05)
            kill_by_chance(scene, run)
        scene.talk_for(0.5, 0.5)

    return story


@pytest.fixture
def run(is_long):
    if not is_long:
        return Run(messages=5_000, kills=6)
    return Run(messages=int(os.environ.get("RINGTALK_FAULT_MESSAGES", 1_000_000)),
               kills=int(os.environ.get("RINGTALK_FAULT_KILLS", 300)))


def test_nothing_is_lost_while_everything_is_killed_by_chance(cluster, seed, tmp_path, run, say):
    seeds = random.Random(seed)
    number = 0
    while not run.is_over():
        number += 1
        folder = tmp_path / "episode"
        folder.mkdir(exist_ok=True)
        scene = Scene(cluster, seeds.getrandbits(64), folder, habits=CHATTY)
        found = check(scene.play(episode(run)))
        run.acked += scene.acked
        run.findings += found
        say(f"\nepisode {number}: {run.summary()}", end="")
        if found:
            folder.rename(tmp_path / f"episode-{number}")
            say("", *found[:FINDINGS_SHOWN], f"history: {tmp_path}/episode-{number}/history",
                sep="\n", end="")
    say(f"\nRINGTALK_FAULT_SEED={seed}: {run.summary()}")
    assert not run.findings
