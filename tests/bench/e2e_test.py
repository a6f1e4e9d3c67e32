"""bench/e2e without its servers: what is computed, and what is read from others' reports."""
import argparse
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))

from e2e import __main__ as program  # noqa: E402
from e2e import database, http, idle_memory, loadgen, messages, processes  # noqa: E402
from e2e.alternation import Comparison, Rounds, Spread, alternate  # noqa: E402

PGBENCH_REPORT = """\
number of transactions actually processed: 21496
number of failed transactions: {failed} (0.000%)
latency average = 7.442 ms
tps = 4299.56 (without initial connection time)
"""
WRK_REPORT = """\
  31650 requests in 2.00s, 4.29MB read
{trouble}Requests/sec:  15822.87
Transfer/sec:      2.15MB
"""


class Alternation(unittest.TestCase):
    def test_each_round_runs_everything_in_order(self):
        calls = []

        def run(name):
            calls.append(name)
            return {"speed": len(calls)}

        rounds = alternate({name: lambda name=name: run(name) for name in "ab"}, 2)
        self.assertEqual(calls, ["a", "b", "a", "b"])
        self.assertEqual(rounds.results["b"], [{"speed": 2}, {"speed": 4}])

    def test_a_ratio_is_taken_within_each_round(self):
        rounds = Rounds({"a": [{"speed": 10}, {"speed": 300}, {"speed": 8}],
                         "b": [{"speed": 5}, {"speed": 100}, {"speed": 8}]})
        self.assertEqual(rounds.ratio("a", "b", "speed"), Spread(2, 1, 3))

    def test_rounds_of_unequal_number_are_refused(self):
        rounds = Rounds({"a": [{"speed": 1}], "b": []})
        with self.assertRaises(ValueError):
            rounds.ratio("a", "b", "speed")

    def test_nothing_has_no_median(self):
        with self.assertRaises(ValueError):
            Spread.of([])

    def test_a_goal_is_met_at_it_and_missed_below(self):
        self.assertTrue(Comparison("a / b", Spread(6, 1, 9), 6.0).is_met)
        self.assertFalse(Comparison("a / b", Spread(5.99, 1, 9), 6.0).is_met)
        self.assertIn("MISSED", str(Comparison("a / b", Spread(5.99, 1, 9), 6.0)))
        self.assertIsNone(Comparison("a / b", Spread(1, 1, 1)).as_json()["isMet"])


class Reports(unittest.TestCase):
    def test_pgbench(self):
        self.assertEqual(database.transactions_of(PGBENCH_REPORT.format(failed=0)),
                         (21496, 4299.56))

    def test_a_failed_transaction_voids_the_run(self):
        with self.assertRaises(RuntimeError):
            database.transactions_of(PGBENCH_REPORT.format(failed=1))

    def test_wrk(self):
        self.assertEqual(http.requests_of(WRK_REPORT.format(trouble="")), (31650, 15822.87))

    def test_an_unanswered_request_voids_the_run(self):
        for trouble in ("  Non-2xx or 3xx responses: 1\n",
                        "  Socket errors: connect 0, read 1, write 0, timeout 0\n"):
            with self.assertRaises(RuntimeError):
                http.requests_of(WRK_REPORT.format(trouble=trouble))

    def test_something_else_than_a_report_is_refused(self):
        for read in (database.transactions_of, http.requests_of):
            with self.assertRaises(RuntimeError):
                read("usage: …")


class LoadgenReports(unittest.TestCase):
    def report(self, delivered=600):
        return {"counters": {"acked": 100, "delivered": 500}, "measuredSeconds": 2.0,
                "accounts": {"delivered": delivered}, "invalidBecause": [],
                "generator": {"cpuOfBusiestThread": 0.25},
                "latency": {"ack": {"p50Ns": 3_000_000}}}

    def test_rates_are_of_the_window_and_cpu_of_the_whole_run(self):
        figures = loadgen.figures_of(self.report(), cpu_seconds=0.003)
        self.assertEqual(figures["ackedPerSecond"], 50)
        self.assertEqual(figures["deliveredPerSecond"], 250)
        self.assertAlmostEqual(figures["cpuMicrosecondsADelivery"], 5)
        self.assertEqual(figures["ackP50Milliseconds"], 3)
        self.assertNotIn("deliverP50Milliseconds", figures)
        self.assertEqual(figures["isValid"], 1)

    def test_an_invalid_run_is_marked(self):
        report = {**self.report(), "invalidBecause": ["it was itself the bottleneck"]}
        self.assertEqual(loadgen.figures_of(report, cpu_seconds=1)["isValid"], 0)

    def test_a_run_without_a_delivery_measures_nothing(self):
        with self.assertRaisesRegex(RuntimeError, "nobody heard"):
            loadgen.figures_of(self.report(delivered=0), cpu_seconds=1)


class Comparisons(unittest.TestCase):
    def test_messages_are_compared_with_the_database_without_the_peer(self):
        rounds = Rounds({"ringtalk pairs x8": [{"ackedPerSecond": 300}, {"ackedPerSecond": 500}],
                         "update_insert": [{"messagesPerSecond": 100}] * 2})
        [found] = messages.comparisons(rounds, has_peer=False)
        self.assertEqual(found.ratio, Spread(median=4, smallest=3, largest=5))
        self.assertTrue(found.is_met)

    def test_memory_meets_its_goal_at_it_and_misses_it_a_byte_past(self):
        for size, is_met in ((2048, True), (2049, False)):
            rounds = Rounds({"epoll": [{"bytesAConnection": size, "bytesAtStart": 1}]})
            self.assertEqual(idle_memory.comparisons(rounds, "epoll")[0].is_met, is_met)


class Options(unittest.TestCase):
    def test_a_number_is_taken_at_its_bounds_and_refused_past_them(self):
        read = program.whole_number(1, 600)
        self.assertEqual([read("1"), read("600")], [1, 600])
        for text in ("0", "601"):
            with self.assertRaises(argparse.ArgumentTypeError):
                read(text)


class Processes(unittest.TestCase):
    def test_counts_the_cpu_of_children_that_have_ended(self):
        before = processes.cpu_seconds_of_tree(os.getpid())
        burn = "import time\nwhile time.process_time() < 0.2: pass"
        subprocess.run([sys.executable, "-c", burn], check=True)
        self.assertGreaterEqual(processes.cpu_seconds_of_tree(os.getpid()) - before, 0.15)

    def test_what_we_do_is_not_what_others_do(self):
        class Scripted(processes.OthersCores):
            moments = iter([(0, 0, 0), (100, 50, 20), (104, 57, 25)])  # seconds, busy, own

            def _now(self):
                return next(self.moments)

        others = Scripted()
        others.begin()
        self.assertEqual(others.end(), (7 - 5) / 4)

    def test_a_failing_generator_is_told_with_its_words(self):
        command = [sys.executable, "-c", "import sys; sys.exit('no such server')"]
        with self.assertRaisesRegex(RuntimeError, "no such server"):
            processes.run_pinned(command)

    def test_a_server_that_ends_at_once_is_told_with_its_words(self):
        with tempfile.TemporaryDirectory() as logs:
            program = processes.Program("server", [sys.executable, "-c", "print('bad port')\n1/0"],
                                        logs)
            with self.assertRaisesRegex(RuntimeError, "bad port"):
                program.wait_for_port(1)


if __name__ == "__main__":
    unittest.main()
