"""Runs the gates of bench/gates.toml: what `./dev bench --ci` does after the build.

    gate.py [--refresh-instructions] [--junit FILE]

Ratios come from one run of the benchmarks that are gated, whose repetitions take turns; so do the
allocations. A ratio that does not hold is measured again, twice at most. Instructions come from
callgrind. Each gate is told with what was measured, its limit and, where it does not hold, what to
do. The last line is `N passed, N failed`; exit 1 unless all hold.
"""
import argparse
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import callgrind
from gate_rules import (BadGates, Verdict, judge_allocations, judge_instructions, judge_ratio,
                        parse_gates, paths_without_gate)
from readings import BadResults, readings_of
from run import BUILD, ROOT, BenchmarkFailed, measure

TABLE = ROOT / "bench" / "gates.toml"
REPETITIONS = 9
SECONDS_A_REPETITION = 0.02
TRIES = 3  # of a ratio that does not hold


def measure_these(names):
    pattern = f"^({'|'.join(names)})$"
    return readings_of(measure(BUILD, pattern, REPETITIONS, SECONDS_A_REPETITION))


def judge_benchmarks(gates):
    readings = measure_these(gates.benchmarks)
    return [*(judge_ratio_patiently(gate, readings, measure_these) for gate in gates.ratios),
            *(judge_allocations(gate, readings) for gate in gates.allocations)]


def judge_ratio_patiently(gate, readings, measure_again):
    """What is lost is lost each time; what a busy machine has spoilt is good the next time."""
    verdict = judge_ratio(gate, readings)
    for _ in range(TRIES - 1):
        if verdict.holds:
            break
        print(f"{gate.name}: {verdict.measured}, limit {verdict.limit}; measuring it again")
        verdict = judge_ratio(gate, measure_again(gate.benchmarks))
    return verdict


def judge_counts(gates):
    reason = callgrind.why_impossible()
    if reason:
        return [Verdict(gate, "nothing", f"≤ {gate.limit}", skipped=reason)
                for gate in gates.instructions]
    program = callgrind.program_in(BUILD)
    paths = callgrind.paths_of(program)
    counts = callgrind.count_all(program, paths)
    changed = callgrind.changed_packages(gates.counted_with, callgrind.installed_versions())
    if changed:
        print(f"The counts in gates.toml were made with another {', '.join(changed)}.")
    return [*(judge_instructions(gate, counts, changed) for gate in gates.instructions),
            *paths_without_gate(gates, paths)]


def refresh_instructions():
    reason = callgrind.why_impossible()
    if reason:
        raise callgrind.CountingFailed(reason)
    program = callgrind.program_in(BUILD)
    counts = callgrind.count_all(program, callgrind.paths_of(program))
    text = TABLE.read_text(encoding="utf-8")
    for gate in parse_gates(text).instructions:
        if gate.path in counts and counts[gate.path] != gate.count:
            print(f"{gate.path}: {gate.count} before, {counts[gate.path]} now")
    TABLE.write_text(callgrind.refreshed(text, counts, callgrind.installed_versions()),
                     encoding="utf-8")
    print(f"Wrote {len(counts)} counts into {TABLE.relative_to(ROOT)}.")


def print_verdicts(verdicts):
    heads = {"ratio": "Ratios: how many times faster than the naive twin",
             "allocations": "Allocations a message",
             "instructions": "Instructions a run"}
    width = max(len(verdict.gate.name) for verdict in verdicts)
    for kind, head in heads.items():
        print(f"\n{head}")
        for verdict in verdicts:
            if verdict.gate.kind != kind:
                continue
            word = "skipped" if verdict.skipped else "ok" if verdict.holds else "FAILED"
            print(f"  {verdict.gate.name:<{width}}  {verdict.measured:>8}"
                  f"  {verdict.limit:>9}  {word}")
            for text in filter(None, (verdict.advice, verdict.skipped)):
                print(f"      {text}")
            if verdict.advice and verdict.gate.why:
                print(f"      why: {verdict.gate.why}")


def write_junit(verdicts, path):
    suite = xml.Element("testsuite", name="bench", tests=str(len(verdicts)))
    for verdict in verdicts:
        case = xml.SubElement(suite, "testcase", classname=verdict.gate.kind,
                              name=verdict.gate.name)
        if verdict.skipped:
            xml.SubElement(case, "skipped", message=verdict.skipped)
        elif not verdict.holds:
            xml.SubElement(case, "failure", message=f"{verdict.measured}, limit {verdict.limit}: "
                                                    f"{verdict.advice}")
    Path(path).write_bytes(xml.tostring(suite, encoding="utf-8", xml_declaration=True))


def main(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench --ci")
    parser.add_argument("--refresh-instructions", action="store_true",
                        help="write today's counts of instructions into gates.toml")
    parser.add_argument("--junit", metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        if options.refresh_instructions:
            refresh_instructions()
            return 0
        gates = parse_gates(TABLE.read_text(encoding="utf-8"))
        verdicts = [*judge_benchmarks(gates), *judge_counts(gates)]
    except BadGates as error:
        print(f"bench/gates.toml: {error}", file=sys.stderr)
        return 1
    except (BadResults, BenchmarkFailed, callgrind.CountingFailed) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print_verdicts(verdicts)
    if options.junit:
        write_junit(verdicts, options.junit)
    failed = sum(not verdict.holds for verdict in verdicts)
    skipped = sum(bool(verdict.skipped) for verdict in verdicts)
    print(f"\n{len(verdicts) - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
