"""Measures whole servers, each in one run with its limits and peers: `./dev bench e2e`.

    python3 bench/e2e [PART…] [--repetitions 5] [--seconds 5] [--results FILE]

Without a part: all of them. Prints ratios (median, smallest and largest of the rounds) and writes
all figures as JSON into bench/results/. Absolute figures of different runs say little: compare
ratios. Exit 1 when a part could not be measured; a missed goal is told, and stands in the file.
"""
import argparse
import importlib
import json
import statistics
import sys
import time
import traceback
from pathlib import Path

# As a package: beside this file, http.py would hide Python's own.
sys.path[0] = str(Path(__file__).resolve().parents[1])
sys.dont_write_bytecode = True

from e2e import machine  # noqa: E402

PARTS = ("database", "messages", "fan_out", "http", "idle_memory")
OTHERS_CORES_MAX = 0.3


def main():
    options = read_options()
    report = {"machine": machine.describe(), "parts": {}}
    failed = []
    for name in options.parts or PARTS:
        part = importlib.import_module(f"e2e.{name}")
        print(f"==> {name}: {part.ABOUT}", flush=True)
        try:
            result = part.run(options)
        except Exception:
            traceback.print_exc()
            failed.append(name)
            continue
        for comparison in result["comparisons"]:
            print(f"    {comparison}")
        tell_of_others(result["rounds"])
        result["comparisons"] = [comparison.as_json() for comparison in result["comparisons"]]
        report["parts"][name] = result
    if report["parts"]:
        options.results.parent.mkdir(parents=True, exist_ok=True)
        options.results.write_text(json.dumps(report, indent=2) + "\n")
        print(f"All figures: {options.results}")
    if failed:
        print(f"Not measured: {', '.join(failed)}")
    return 1 if failed else 0


def tell_of_others(rounds):
    """Whoever reads the ratios shall know when the machine was not ours."""
    busy = statistics.median(run["othersCores"] for runs in rounds.values() for run in runs)
    if busy > OTHERS_CORES_MAX:
        print(f"    Others kept {busy:.1f} cores busy meanwhile: what is told of throughput says"
              " little, processor time holds better.")


def read_options():
    parser = argparse.ArgumentParser(prog="bench/e2e", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--repetitions", type=whole_number(1, 100), default=5)
    parser.add_argument("--seconds", type=whole_number(1, 600), default=5, help="of each run")
    parser.add_argument("--results", type=Path, default=default_results())
    options = parser.parse_args()
    for name in options.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name}; there are: {', '.join(PARTS)}")
    options.tell = lambda line: print(line, flush=True)
    return options


def whole_number(smallest, largest):
    def read(text):
        value = int(text)
        if not smallest <= value <= largest:
            raise argparse.ArgumentTypeError(f"must be from {smallest} to {largest}")
        return value

    return read


def default_results():
    name = time.strftime("e2e-%Y%m%d-%H%M%S.json", time.gmtime())
    return machine.REPOSITORY / "bench" / "results" / name


if __name__ == "__main__":
    sys.exit(main())
