"""Interleaved repetitions: [a, b, c] × n, so that a machine's bad minute falls on all alike.

Figures of different rounds are never compared: a ratio is taken within each round, and what is told
is the median of the ratios with the smallest and the largest.
"""
import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spread:
    """The median of some figures, and how far they lie apart."""
    median: float
    smallest: float
    largest: float

    @staticmethod
    def of(figures):
        if not figures:
            raise ValueError("no figure to take a median of")
        return Spread(statistics.median(figures), min(figures), max(figures))

    def as_json(self):
        return {"median": self.median, "smallest": self.smallest, "largest": self.largest}


@dataclass
class Rounds:
    """What each run of each round measured: `results[name][round][figure]`."""
    results: dict = field(default_factory=dict)

    def spread(self, name, figure):
        return Spread.of([result[figure] for result in self.results[name]])

    def ratio(self, name, other, figure):
        """`name` divided by `other`, round by round."""
        pairs = zip(self.results[name], self.results[other], strict=True)
        return Spread.of([one[figure] / two[figure] for one, two in pairs])


def alternate(runs, repetitions, tell=lambda line: None, others_cores=None):
    """Calls each of `runs` (a name and a function that returns a dictionary of figures) once a
    round, in their order. `others_cores` (processes.OthersCores) tells how much of the machine
    somebody else had meanwhile."""
    rounds = Rounds({name: [] for name in runs})
    for number in range(1, repetitions + 1):
        for name, run in runs.items():
            if others_cores is not None:
                others_cores.begin()
            result = run()
            if others_cores is not None:
                result = {**result, "othersCores": others_cores.end()}
            rounds.results[name].append(result)
            figures = "  ".join(f"{key} {value:,.2f}" for key, value in result.items())
            tell(f"    {number}/{repetitions} {name}: {figures}")
    return rounds


@dataclass(frozen=True)
class Comparison:
    """A ratio that a part of the benchmark tells, with its goal where there is one."""
    what: str
    ratio: Spread
    goal: float = None  # at least

    @property
    def is_met(self):
        return self.goal is None or self.ratio.median >= self.goal

    def __str__(self):
        spread = f"{self.ratio.smallest:.2f} to {self.ratio.largest:.2f}"
        text = f"{self.what}: {self.ratio.median:.2f} ({spread})"
        if self.goal is None:
            return text
        return f"{text}, goal {self.goal:g}: {'met' if self.is_met else 'MISSED'}"

    def as_json(self):
        return {"what": self.what, "ratio": self.ratio.as_json(), "goal": self.goal,
                "isMet": self.is_met if self.goal is not None else None}
