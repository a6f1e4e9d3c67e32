"""Judge: plays a scene, has its history checked, and fails the test on any finding."""
from checker import check
from scene import Scene

ACKED_MIN = 100  # less would prove little
FINDINGS_SHOWN = 20


class Judge:
    def __init__(self, seed, folder):
        self.seed = seed
        self._folder = folder

    def play(self, cluster, story, **options):
        """Plays it in a scene of its own; (scene, records) when there is nothing to be said."""
        return self.judge(Scene(cluster, self.seed, self._folder, **options), story)

    def judge(self, scene, story):
        records = scene.play(story)
        findings = check(records)
        assert not findings, "\n".join(
            map(str, [*findings[:FINDINGS_SHOWN], f"{len(findings)} in all",
                      f"history: {self._folder}/history", f"RINGTALK_FAULT_SEED={self.seed}"]))
        assert scene.acked >= ACKED_MIN
        print(f"{scene.acked} messages acknowledged")
        return scene, records
