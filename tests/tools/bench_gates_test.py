"""The gates of the benchmarks: the table is read to the letter, and each gate holds up to its limit
and not past it. Nothing is measured here."""
import contextlib
import io
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import callgrind  # noqa: E402
import gate  # noqa: E402
import gate_rules  # noqa: E402
from gate_rules import BadGates, parse_gates  # noqa: E402
from readings import Reading  # noqa: E402

RATIO = '[[ratio]]\npath = "unmask"\nsize = "20"\ntwin = "loop"\nat_least = 2\nwhy = "speed"\n'
ALLOCATIONS = '[[allocations]]\nbenchmark = "parse/ours"\nat_most = 3\nwhy = "memory"\n'
INSTRUCTIONS = '[[instructions]]\npath = "parse"\ncount = 100\nwhy = "work"\n'
COUNTED = '[counted_with]\n"clang-19" = "19.1"\n'
ALL = RATIO + ALLOCATIONS + COUNTED + INSTRUCTIONS


class TableOfGates(unittest.TestCase):
    def test_reads_the_three_kinds(self):
        table = parse_gates(ALL)
        self.assertEqual(table.benchmarks, ["unmask/ours/20", "unmask/loop/20", "parse/ours"])
        self.assertEqual([each.name for each in table.instructions], ["parse"])
        self.assertEqual(table.counted_with, {"clang-19": "19.1"})

    def test_the_table_of_this_project_is_good(self):
        table = parse_gates(gate.TABLE.read_text(encoding="utf-8"))
        self.assertTrue(table.ratios and table.allocations and table.instructions)
        self.assertTrue(all(each.count > 0 for each in table.instructions))

    def test_a_benchmark_that_two_gates_need_is_run_once(self):
        table = parse_gates(RATIO + ALLOCATIONS.replace("parse/ours", "unmask/ours/20"))
        self.assertEqual(table.benchmarks, ["unmask/ours/20", "unmask/loop/20"])

    def test_refuses_what_it_does_not_understand_and_says_where(self):
        for text, words in (
                ("[[ratio", "not TOML"),
                ("[[speed]]\n", "`speed`"),
                (RATIO + "limit = 3\n", "number 1: there is no `limit`"),
                (RATIO.replace('twin = "loop"\n', ""), "`twin` is missing"),
                (RATIO.replace("= 2", '= "2"'), "`at_least` must be a float"),
                (RATIO.replace("= 2", "= true"), "`at_least` must be a float"),
                (INSTRUCTIONS.replace("100", "100.5"), "`count` must be a int"),
                (ALLOCATIONS.replace('"memory"', '" "'), "without a reason"),
                (ALLOCATIONS + RATIO + RATIO, "is there twice")):
            with self.subTest(words=words):
                with self.assertRaises(BadGates) as raised:
                    parse_gates(text)
                self.assertIn(words, str(raised.exception))


class Limits(unittest.TestCase):
    ratio, = parse_gates(RATIO).ratios
    allocation, = parse_gates(ALLOCATIONS).allocations
    instruction, = parse_gates(INSTRUCTIONS).instructions

    def judge_ratio(self, ours, twin):
        return gate_rules.judge_ratio(self.ratio, {
            "unmask/ours/20": Reading("unmask/ours/20", ours),
            "unmask/loop/20": Reading("unmask/loop/20", twin)})

    def judge_allocations(self, *counts):
        return gate_rules.judge_allocations(
            self.allocation, {"parse/ours": Reading("parse/ours", [1], list(counts))})

    def test_a_ratio_holds_at_its_limit_and_not_below(self):
        self.assertTrue(self.judge_ratio([10] * 3, [20] * 3).holds)
        verdict = self.judge_ratio([10] * 3, [19.9] * 3)
        self.assertFalse(verdict.holds)
        self.assertEqual((verdict.measured, verdict.limit), ("1.99", "≥ 2.00"))

    def test_one_noisy_repetition_does_not_decide(self):
        self.assertTrue(self.judge_ratio([10, 10, 1000], [1, 30, 30]).holds)

    def judge_patiently(self, *twins):
        """Ours takes 10; the twin's time in each run."""
        runs = [{"unmask/ours/20": Reading("unmask/ours/20", [10]),
                 "unmask/loop/20": Reading("unmask/loop/20", [twin])} for twin in twins]
        first = runs.pop(0)
        with contextlib.redirect_stdout(io.StringIO()):
            verdict = gate.judge_ratio_patiently(self.ratio, first, lambda _: runs.pop(0))
        return verdict.holds, len(runs)

    def test_a_ratio_that_does_not_hold_is_measured_twice_more_and_no_oftener(self):
        self.assertEqual(self.judge_patiently(20, 1), (True, 1))
        self.assertEqual(self.judge_patiently(1, 20, 1), (True, 1))
        self.assertEqual(self.judge_patiently(1, 1, 20), (True, 0))
        self.assertEqual(self.judge_patiently(1, 1, 1, 20), (False, 1))

    def test_allocations_hold_at_their_limit_and_not_past_it(self):
        self.assertTrue(self.judge_allocations(3, 3).holds)
        self.assertFalse(self.judge_allocations(3, 4).holds)

    def test_a_block_every_so_many_messages_is_no_allocation_a_message(self):
        self.assertTrue(self.judge_allocations(3.004).holds)
        self.assertFalse(self.judge_allocations(3.006).holds)

    def test_instructions_hold_up_to_5_percent_more_than_were_counted(self):
        self.assertTrue(gate_rules.judge_instructions(self.instruction, {"parse": 105}, []).holds)
        self.assertFalse(gate_rules.judge_instructions(self.instruction, {"parse": 106}, []).holds)

    def test_tells_of_another_compiler_where_the_count_has_grown(self):
        verdict = gate_rules.judge_instructions(self.instruction, {"parse": 200}, ["clang-19"])
        self.assertIn("100% more", verdict.advice)
        self.assertIn("clang-19", verdict.advice)

    def test_what_was_not_measured_does_not_hold(self):
        failed = {"unmask/ours/20": Reading("unmask/ours/20", error="no ring")}
        uncounted = {"parse/ours": Reading("parse/ours", [1])}
        for verdict in (gate_rules.judge_ratio(self.ratio, {}),
                        gate_rules.judge_ratio(self.ratio, failed),
                        gate_rules.judge_allocations(self.allocation, {}),
                        gate_rules.judge_allocations(self.allocation, uncounted),
                        gate_rules.judge_instructions(self.instruction, {}, [])):
            self.assertFalse(verdict.holds)
        self.assertIn("no ring", gate_rules.judge_ratio(self.ratio, failed).advice)

    def test_a_path_without_a_gate_does_not_hold(self):
        table = parse_gates(INSTRUCTIONS)
        self.assertEqual(gate_rules.paths_without_gate(table, ["parse"]), [])
        verdict, = gate_rules.paths_without_gate(table, ["parse", "write"])
        self.assertFalse(verdict.holds)
        self.assertEqual(verdict.gate.name, "write")


class Counting(unittest.TestCase):
    def test_the_start_of_the_program_cancels_out(self):
        self.assertEqual(callgrind.instructions_each(5_000 + 340 * 10, 5_000 + 340 * 20, 10), 340)

    def test_finds_the_total_in_callgrinds_words(self):
        self.assertEqual(callgrind.collected("==1== Collected : 8570123\n==1== \n"), 8570123)
        self.assertIsNone(callgrind.collected("valgrind: failed to start"))

    def test_names_packages_that_are_others_or_gone(self):
        counted = {"a": "1", "b": "1", "c": "1"}
        self.assertEqual(callgrind.changed_packages(counted, {"a": "1", "b": "2"}), ["b", "c"])

    def test_a_refresh_writes_counts_and_versions_and_nothing_else(self):
        text = callgrind.refreshed(ALL, {"parse": 90}, {"clang-19": "19.2", "libc6": "2.36"})
        self.assertEqual(text, ALL.replace("100", "90").replace(
            '"19.1"\n', '"19.2"\n"libc6" = "2.36"\n'))
        self.assertEqual(parse_gates(text).instructions[0].count, 90)

    def test_a_refresh_refuses_a_path_without_its_block(self):
        with self.assertRaises(callgrind.CountingFailed) as raised:
            callgrind.refreshed(ALL, {"write": 7}, {})
        self.assertIn("path write needs one block", str(raised.exception))


class Report(unittest.TestCase):
    def setUp(self):
        table = parse_gates(ALL)
        self.verdicts = [
            gate_rules.Verdict(table.ratios[0], "3.00", "≥ 2.00"),
            gate_rules.Verdict(table.allocations[0], "4", "≤ 3", advice="look for it"),
            gate_rules.Verdict(table.instructions[0], "nothing", "≤ 105", skipped="no valgrind")]

    def test_prints_what_was_measured_and_what_to_do(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            gate.print_verdicts(self.verdicts)
        for words in ("unmask/ours/20 against loop", "3.00     ≥ 2.00  ok",
                      "4        ≤ 3  FAILED", "look for it", "why: memory", "no valgrind"):
            self.assertIn(words, out.getvalue())

    def test_each_gate_is_a_case_of_the_suite(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "gates.junit.xml")
            gate.write_junit(self.verdicts, path)
            cases = xml.parse(path).getroot().findall("testcase")
        self.assertEqual([[child.tag for child in case] for case in cases],
                         [[], ["failure"], ["skipped"]])


if __name__ == "__main__":
    unittest.main()
