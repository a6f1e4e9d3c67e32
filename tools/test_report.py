"""Adds up what the test suites of ./dev test reported; its last line is `N passed, N failed`.

    test_report.py FOLDER SUITE…

FOLDER/SUITE/status holds the suite's exit status and milliseconds; beside it lie JUnit files, and
Meson's testlog.json. Every GoogleTest and pytest case counts as one. A suite that ended badly
without a failed case, or that ran nothing, counts as one failure. `, N skipped` follows only when
cases were skipped, each with its reason. Exit 0 only when nothing failed and something passed.
"""
import json
import sys
import xml.etree.ElementTree as xml
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

REASON_CHARACTERS_MAX = 200
MESON_PROJECT = "ringtalk"  # JUnit suite `ringtalk.NAME.Router`: of the Meson test NAME
MESON_GOOD = {"OK", "EXPECTEDFAIL"}


@dataclass
class Outcome:
    """What one suite came to; the texts name each failed and skipped case with its reason."""
    passed: int = 0
    failures: list = field(default_factory=list)
    skips: list = field(default_factory=list)
    milliseconds: int = 0


def one_line(text):
    words = " ".join((text or "").split())
    return words[:REASON_CHARACTERS_MAX] + ("…" if len(words) > REASON_CHARACTERS_MAX else "")


def reason(element):
    return one_line(element.get("message") or element.text) or "no reason given"


def count_case(case, outcome):
    name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
    bad = [child for child in case if child.tag in ("failure", "error")]
    skipped = case.find("skipped")
    if bad:
        outcome.failures.append(f"{name}: {reason(bad[0])}")
    elif skipped is not None:
        outcome.skips.append(f"{name}: {reason(skipped)}")
    elif case.get("status") == "notrun":
        outcome.skips.append(f"{name}: disabled")
    else:
        outcome.passed += 1


def read_junit(path, outcome):
    for case in xml.parse(path).getroot().iter("testcase"):
        count_case(case, outcome)


def read_meson(json_path, junit_path, outcome):
    """GoogleTest cases from the JUnit file. Other programs, and how each GoogleTest program ended,
    from the log: a crash or a timeout is not always in the JUnit file."""
    junit_suites = list(xml.parse(junit_path).getroot().iter("testsuite"))
    for line in json_path.read_text().splitlines():
        program = json.loads(line)
        name = program["name"]
        cases = [case for suite in junit_suites
                 if suite.get("name").startswith(f"{MESON_PROJECT}.{name}.")
                 for case in suite.iter("testcase")]
        failures_before = len(outcome.failures)
        for case in cases:
            count_case(case, outcome)
        if program["result"] == "SKIP":
            outcome.skips.append(f"{name}: {one_line(program.get('stdout')) or 'no reason given'}")
        elif program["result"] not in MESON_GOOD:
            if len(outcome.failures) == failures_before:
                ended = f"{program['result']}, exit status {program['returncode']}"
                outcome.failures.append(f"{name}: ended with {ended}")
        elif not cases:
            outcome.passed += 1


def read_suite(folder):
    outcome = Outcome()
    status, milliseconds = "1", "0"
    if (folder / "status").exists():
        status, milliseconds = (folder / "status").read_text().split()
    outcome.milliseconds = int(milliseconds)
    meson_log, meson_junit = folder / "testlog.json", folder / "testlog.junit.xml"
    try:
        if meson_log.exists() and meson_junit.exists():
            read_meson(meson_log, meson_junit, outcome)
        for path in sorted(folder.glob("*.xml")):
            if path != meson_junit:
                read_junit(path, outcome)
    except (xml.ParseError, ValueError, KeyError) as error:
        outcome.failures.append(f"{folder.name}: a report cannot be read: {error}")
    if status != "0" and not outcome.failures:
        outcome.failures.append(f"{folder.name}: ended with exit status {status}, see above")
    if not outcome.failures and not outcome.passed:
        outcome.failures.append(f"{folder.name}: ran no test")
    return outcome


def print_skips(outcomes):
    reasons = Counter()
    for name, outcome in outcomes.items():
        for skip in outcome.skips:
            reasons[f"{name}: {skip.rpartition(': ')[2]}"] += 1
    for reason, count in reasons.items():
        print(f"skipped {count} of {reason}")


def main(folder, suites):
    outcomes = {name: read_suite(Path(folder) / name) for name in suites}
    print()
    for name, outcome in outcomes.items():
        for failure in outcome.failures:
            print(f"FAILED {name}: {failure}")
    print_skips(outcomes)
    for name, outcome in outcomes.items():
        print(f"{name:<17} {outcome.passed} good, {len(outcome.failures)} bad"
              f" in {outcome.milliseconds / 1000:.0f} s")
    passed = sum(outcome.passed for outcome in outcomes.values())
    failed = sum(len(outcome.failures) for outcome in outcomes.values())
    skipped = sum(len(outcome.skips) for outcome in outcomes.values())
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
