"""The gates of bench/gates.toml: read, checked, and what to do about each that does not hold.

Pure: what was measured comes in, verdicts go out. Nothing here gates on time alone.
"""
import tomllib
from dataclasses import dataclass

from readings import OURS

ALLOCATION_DIGITS = 2  # a tail that grows by a block every 32nd event is no allocation a message
COUNT_TOLERANCE = 1.05


class BadGates(Exception):
    """The table cannot be used. Its text says where and what."""


@dataclass(frozen=True)
class RatioGate:
    path: str
    twin: str
    at_least: float
    why: str
    size: str = ""

    kind = "ratio"

    @property
    def name(self):
        return f"{self.benchmark(OURS)} against {self.twin}"

    @property
    def benchmarks(self):
        return [self.benchmark(OURS), self.benchmark(self.twin)]

    def benchmark(self, variant):
        return "/".join(filter(None, (self.path, variant, self.size)))


@dataclass(frozen=True)
class AllocationGate:
    benchmark: str
    at_most: float
    why: str

    kind = "allocations"

    @property
    def name(self):
        return self.benchmark

    @property
    def benchmarks(self):
        return [self.benchmark]


@dataclass(frozen=True)
class InstructionGate:
    path: str
    count: int
    why: str

    kind = "instructions"

    @property
    def name(self):
        return self.path

    @property
    def limit(self):
        return int(self.count * COUNT_TOLERANCE)


@dataclass(frozen=True)
class Gates:
    ratios: list
    allocations: list
    instructions: list
    counted_with: dict  # package to version

    @property
    def benchmarks(self):
        """All that must be run, each once."""
        names = [name for gate in (*self.ratios, *self.allocations) for name in gate.benchmarks]
        return list(dict.fromkeys(names))


@dataclass(frozen=True)
class Verdict:
    gate: object
    measured: str
    limit: str
    advice: str = ""  # empty: it holds
    skipped: str = ""  # why it was not looked at

    @property
    def holds(self):
        return not self.advice


FIELDS = {RatioGate: {"path": str, "twin": str, "at_least": float, "why": str, "size": str},
          AllocationGate: {"benchmark": str, "at_most": float, "why": str},
          InstructionGate: {"path": str, "count": int, "why": str}}


def read_gate(kind, number, entry, gate_class):
    fields = FIELDS[gate_class]
    where = f"[[{kind}]] number {number}"
    for name, value in entry.items():
        if name not in fields:
            raise BadGates(f"{where}: there is no `{name}`; it may have {', '.join(fields)}")
        expected = (int, float) if fields[name] is float else fields[name]
        if not isinstance(value, expected) or isinstance(value, bool):
            raise BadGates(f"{where}: `{name}` must be a {fields[name].__name__}, not {value!r}")
    missing = [name for name in fields if name not in entry and name != "size"]
    if missing:
        raise BadGates(f"{where}: `{missing[0]}` is missing")
    if not entry["why"].strip():
        raise BadGates(f"{where}: a gate without a reason (`why`) is one that nobody can judge")
    return gate_class(**entry)


def parse_gates(text):
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadGates(f"not TOML: {error}") from error
    counted_with = table.pop("counted_with", {})
    lists = []
    for kind, gate_class in (("ratio", RatioGate), ("allocations", AllocationGate),
                             ("instructions", InstructionGate)):
        entries = table.pop(kind, [])
        gates = [read_gate(kind, number, entry, gate_class)
                 for number, entry in enumerate(entries, 1)]
        names = [gate.name for gate in gates]
        for name in names:
            if names.count(name) > 1:
                raise BadGates(f"[[{kind}]]: {name} is there twice")
        lists.append(gates)
    if table:
        raise BadGates(f"there is no table `{next(iter(table))}`")
    return Gates(*lists, counted_with)


def missing(gate, limit, reading):
    why = reading.error if reading is not None and reading.error else \
        "no benchmark has this name"
    return Verdict(gate, "nothing", limit, f"{why}: mend the benchmark, or its name in gates.toml")


def judge_ratio(gate, readings):
    limit = f"≥ {gate.at_least:.2f}"
    ours, twin = (readings.get(name) for name in gate.benchmarks)
    for reading in (ours, twin):
        if reading is None or not reading.times:
            return missing(gate, limit, reading)
    ratio = twin.median / ours.median
    advice = "" if ratio >= gate.at_least else (
        "what makes our code faster than the twin is lost: compare `./dev bench --filter "
        f"{gate.path}/` before and after your change; the limit is far below the usual ratio")
    return Verdict(gate, f"{ratio:.2f}", limit, advice)


def judge_allocations(gate, readings):
    limit = f"≤ {gate.at_most:g}"
    reading = readings.get(gate.benchmark)
    if reading is None or not reading.allocations:
        return missing(gate, limit, reading)
    count = round(max(reading.allocations), ALLOCATION_DIGITS)
    advice = "" if count <= gate.at_most else (
        "memory is asked for where it was not: find it with `gdb --args build/bench/bench/"
        f"ringtalk_bench --benchmark_filter='^{gate.benchmark}$'` and a breakpoint on malloc")
    return Verdict(gate, f"{count:g}", limit, advice)


def judge_instructions(gate, counts, changed_packages):
    limit = f"≤ {gate.limit}"
    count = counts.get(gate.path)
    if count is None:
        return Verdict(gate, "nothing", limit, "instruction_paths has no such path: mend its name")
    if count <= gate.limit:
        return Verdict(gate, str(count), limit)
    advice = (f"{count / gate.count - 1:.0%} more instructions than were counted before: see where "
              "with `valgrind --tool=callgrind build/bench/bench/instructions/instruction_paths "
              f"{gate.path} 1000` and callgrind_annotate; if they are worth it, or came with "
              "another compiler, `./dev bench --ci --refresh-instructions` notes the new count")
    if changed_packages:
        advice += f" (since then changed: {', '.join(changed_packages)})"
    return Verdict(gate, str(count), limit, advice)


def paths_without_gate(gates, paths):
    """A path that is counted and not gated would be forgotten."""
    known = {gate.path for gate in gates.instructions}
    return [Verdict(InstructionGate(path, 0, ""), "?", "none",
                    "add a block [[instructions]] with this path to bench/gates.toml, then "
                    "`./dev bench --ci --refresh-instructions`")
            for path in paths if path not in known]
