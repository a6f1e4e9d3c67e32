"""Compares two runs of the benchmarks: python3 bench/compare.py BEFORE.json AFTER.json

Prints for each benchmark that both have how AFTER's time stands to BEFORE's: 0.50 is twice as fast.
What is marked lies beyond the noise: the middle halves of the repetitions (first to third quartile)
do not overlap, and the medians are more than 5 % apart, as two runs are of one program; with fewer
than 3 repetitions, which tell nothing of the noise, more than 10 %.

    --fail-above R   exit 1 when a benchmark beyond the noise has a ratio above R (such as 1.10)
    --all            also show what lies within the noise

Exit 2: a file is not there or is none of ours, or the two have no benchmark in common.
Runs of different machines, compilers or flags compare badly: what differs is said first.
"""
import argparse
import sys

from readings import BadResults, in_words, read_results, readings_of

NOISE_MIN = 0.05
REPETITIONS_MIN = 3
NOISE_WITHOUT_REPETITIONS = 0.10
TOLD_CONTEXT = ("machine", "kernel", "compiler", "flags", "num_cpus")


def is_beyond_noise(before, after):
    change = abs(after.median - before.median)
    if min(len(before.times), len(after.times)) < REPETITIONS_MIN:
        return change > NOISE_WITHOUT_REPETITIONS * before.median
    before_low, before_high = before.quartiles
    after_low, after_high = after.quartiles
    is_apart = after_low > before_high or after_high < before_low
    return is_apart and change > NOISE_MIN * before.median


def compare(before, after):
    """(name, before, after, ratio, is beyond noise) of each that both have."""
    rows = []
    for name, new in after.items():
        old = before.get(name)
        if old is None or not old.times or not new.times:
            continue
        rows.append((name, old, new, new.median / old.median, is_beyond_noise(old, new)))
    return rows


def print_differences(before, after):
    for key in TOLD_CONTEXT:
        old, new = (results.get("context", {}).get(key) for results in (before, after))
        if old != new:
            print(f"different {key}: {old} before, {new} after")


def print_rows(rows, shows_all):
    width = max(len(row[0]) for row in rows)
    print(f"{'benchmark':<{width}}  {'before':>9}  {'after':>9}  ratio")
    for name, old, new, ratio, is_beyond in rows:
        if not is_beyond and not shows_all:
            continue
        mark = "" if not is_beyond else "  slower" if ratio > 1 else "  faster"
        print(f"{name:<{width}}  {in_words(old.median):>9}  {in_words(new.median):>9}"
              f"  {ratio:>5.2f}{mark}")
    beyond = [ratio for *_, ratio, is_beyond in rows if is_beyond]
    slower = sum(ratio > 1 for ratio in beyond)
    print(f"{len(rows)} compared: {slower} slower, {len(beyond) - slower} faster,"
          f" {len(rows) - len(beyond)} within the noise")


def print_unpaired(before, after):
    for names, where in ((before.keys() - after.keys(), "before"),
                         (after.keys() - before.keys(), "after")):
        if names:
            print(f"only {where}: {', '.join(sorted(names))}")


def main(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--fail-above", type=float, metavar="R")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args(arguments)
    try:
        before, after = read_results(options.before), read_results(options.after)
        readings = readings_of(before), readings_of(after)
    except BadResults as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    rows = compare(*readings)
    if not rows:
        print("compare: the two runs have no benchmark in common", file=sys.stderr)
        return 2
    print_differences(before, after)
    print_rows(rows, options.all)
    print_unpaired(*readings)
    if options.fail_above is None:
        return 0
    failed = [name for name, _, _, ratio, is_beyond in rows
              if is_beyond and ratio > options.fail_above]
    for name in failed:
        print(f"above {options.fail_above}: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
