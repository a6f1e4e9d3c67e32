"""What Google Benchmark measured, as one Reading a benchmark; used by run.py, gate.py, compare.py.

A benchmark is named PATH/VARIANT, and /SIZE where sizes are told apart: `unmask/ours/1024` is our
code, any other variant its naive twin. Times are nanoseconds a message (or whatever the benchmark
counts as its items): of the processor, so that other programs weigh little; only where threads wait
for each other (the name ends with /real_time) of the clock on the wall.
"""
import json
import statistics
from dataclasses import dataclass, field

OURS = "ours"
REAL_TIME = "real_time"
UNITS_NS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


class BadResults(Exception):
    """The file is not what Google Benchmark writes. Its text is for people."""


@dataclass
class Reading:
    name: str
    times: list = field(default_factory=list)  # one a repetition, ns
    allocations: list = field(default_factory=list)  # a message; empty: not counted
    error: str = ""  # why it was not measured

    @property
    def median(self):
        return statistics.median(self.times)

    @property
    def quartiles(self):
        """The middle half of the repetitions lies between these two."""
        if len(self.times) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.times, n=4, method="inclusive")
        return low, high


def split_name(name):
    """(path, variant, size); the size is "" where there is none."""
    parts = [part for part in name.split("/") if part != REAL_TIME]
    return parts[0], parts[1] if len(parts) > 1 else OURS, "/".join(parts[2:])


def order_of(name):
    """By path, small sizes before large ones, ours before its twins."""
    path, variant, size = split_name(name)
    sizes = [int(part) if part.isdigit() else 0 for part in size.split("/")]
    return path, sizes, size, variant != OURS, variant


def time_of(run):
    if run.get("items_per_second"):
        return 1e9 / run["items_per_second"]
    is_real = run["run_name"].endswith("/" + REAL_TIME)
    return run["real_time" if is_real else "cpu_time"] * UNITS_NS[run["time_unit"]]


def readings_of(results):
    """From the parsed JSON: name to Reading, in order_of(); the file has them in none."""
    readings = {}
    try:
        for run in results["benchmarks"]:
            if run.get("run_type", "iteration") != "iteration":
                continue
            reading = readings.setdefault(run["run_name"], Reading(run["run_name"]))
            if run.get("error_occurred"):
                reading.error = run.get("error_message", "no reason given")
                continue
            reading.times.append(time_of(run))
            if "allocations" in run:
                reading.allocations.append(run["allocations"])
    except (KeyError, TypeError, AttributeError) as error:
        raise BadResults(f"not the JSON of Google Benchmark: {error!r} is missing") from error
    return {name: readings[name] for name in sorted(readings, key=order_of)}


def read_results(path):
    """The parsed JSON of a file."""
    try:
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
    except OSError as error:
        raise BadResults(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BadResults(f"{path}: not JSON: {error}") from error
    if not isinstance(results, dict) or not isinstance(results.get("benchmarks"), list):
        raise BadResults(f"{path}: not the JSON of Google Benchmark: it has no list `benchmarks`")
    return results


def in_words(nanoseconds):
    """Three digits and a unit: "61.3 ns", "1.38 µs"."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size * 0.9995:
            return f"{nanoseconds / size:.3g} {unit}" if nanoseconds < 999.5 * size else \
                f"{nanoseconds / size:.0f} {unit}"
    return f"{nanoseconds:.3g} ns"
