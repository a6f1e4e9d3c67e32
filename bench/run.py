"""Runs all benchmarks, keeps the results, prints a table: what `./dev bench` does after the build.

    run.py [--filter REGEX] [--repetitions N]

The program is build/bench/bench/ringtalk_bench. The results go to bench/results/, named by time and
commit: Google Benchmark's JSON, to whose context is added on what and of what it was measured.
"""
import argparse
import datetime
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from readings import OURS, in_words, read_results, readings_of, split_name

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
RESULTS = ROOT / "bench" / "results"
SECONDS_A_REPETITION = 0.1


class BenchmarkFailed(Exception):
    """The program did not run to its end. Its text is for people."""


def measure(build, pattern, repetitions, seconds):
    """Runs the benchmarks that fit; their repetitions take turns, so that a noisy moment meets
    all of them. Returns the parsed JSON."""
    program = build / "bench" / "ringtalk_bench"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "results.json")
        run = subprocess.run(
            [program, f"--benchmark_filter={pattern}", f"--benchmark_repetitions={repetitions}",
             f"--benchmark_min_time={seconds}", "--benchmark_enable_random_interleaving=true",
             f"--benchmark_out={out}", "--benchmark_out_format=json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace", check=False)
        if run.returncode != 0:
            raise BenchmarkFailed(f"{program} ended with {run.returncode}:\n{run.stderr}")
        if not out.exists() or out.stat().st_size == 0:
            raise BenchmarkFailed(f"no benchmark fits {pattern}; {program} --benchmark_list_tests"
                                  " names them")
        return read_results(out)


def git(*arguments):
    """Its answer; "" where there is no git, or no repository."""
    if shutil.which("git") is None:
        return ""
    answer = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True,
                            check=False)
    return answer.stdout.strip() if answer.returncode == 0 else ""


def commit_name():
    name = git("rev-parse", "--short=8", "HEAD") or "unknown"
    return name + ("-dirty" if git("status", "--porcelain", "--untracked-files=no") else "")


def processor():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def compiler_and_flags(build):
    """The compiler's own words, and the flags (-O3, -g, …) with which the benchmarks were built."""
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    words = next(shlex.split(entry["command"]) for entry in commands
                 if entry["file"].endswith("bench/main.cc"))
    compiler = next(word for word in words if "clang" in word)
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False)
    flags = [word for word in words if re.match(r"-(O|g|f|m|std|DNDEBUG|march)", word)]
    return version.stdout.partition("\n")[0], " ".join(flags)


def context_of(build):
    compiler, flags = compiler_and_flags(build)
    return {"commit": commit_name(), "machine": processor(), "kernel": platform.release(),
            "compiler": compiler, "flags": flags}


def keep(results):
    RESULTS.mkdir(exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    path = RESULTS / f"{now:%Y-%m-%dT%H%M%SZ}-{results['context']['commit']}.json"
    path.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return path


def table_rows(readings):
    """path, size, time, spread, allocations, twin, twin's time, ratio: of our code, with a further
    row for each further twin."""
    rows = []
    for name, reading in readings.items():
        path, variant, size = split_name(name)
        if variant != OURS:
            continue
        if not reading.times:
            rows.append((path, size, "-", "", "", reading.error, "", ""))
            continue
        low, high = reading.quartiles
        allocations = f"{max(reading.allocations):.4g}" if reading.allocations else ""
        row = (path, size, in_words(reading.median), f"±{(high - low) / reading.median / 2:.0%}",
               allocations)
        twins = [twin for twin in readings.values() if twin.times and twin.name != name
                 and split_name(twin.name)[::2] == (path, size)]
        for twin in twins or [None]:
            if twin is None:
                rows.append((*row, "", "", ""))
            else:
                rows.append((*row, split_name(twin.name)[1], in_words(twin.median),
                             f"{twin.median / reading.median:.2f}"))
            row = ("", "", "", "", "")
    return rows


def print_table(readings):
    head = ("path", "size", "time", "", "allocs", "twin", "its time", "ratio")
    rows = [head, *table_rows(readings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    is_text = (True, False, False, False, False, True, False, False)
    for row in rows:
        cells = [f"{cell:<{width}}" if text else f"{cell:>{width}}"
                 for cell, width, text in zip(row, widths, is_text)]
        print("  ".join(cells).rstrip())


def main(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--filter", default=".", metavar="REGEX",
                        help="only the benchmarks whose names fit")
    parser.add_argument("--repetitions", type=int, default=5, metavar="N",
                        help="how often each is run (5)")
    options = parser.parse_args(arguments)
    if options.repetitions < 1:
        parser.error("--repetitions must be 1 or more")
    print(f"Running the benchmarks, {options.repetitions} times each; once through all of them"
          " takes half a minute.", flush=True)
    context = context_of(BUILD)
    try:
        results = measure(BUILD, options.filter, options.repetitions, SECONDS_A_REPETITION)
    except BenchmarkFailed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    results["context"].update(context)
    print()
    print_table(readings_of(results))
    load = os.getloadavg()[0]
    if load > (os.cpu_count() or 1):
        print(f"\nThe machine was busy (load {load:.1f}): ratios hold, times do not.")
    print(f"\nKept in {keep(results).relative_to(ROOT)}; compare two by bench/compare.py.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
