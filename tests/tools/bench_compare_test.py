"""bench/readings.py, compare.py and the table of run.py on results that are written by hand."""
import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import compare  # noqa: E402
import run  # noqa: E402
from readings import BadResults, in_words, readings_of, split_name  # noqa: E402


def runs(name, times, **more):
    """As Google Benchmark writes one run a repetition, and what it adds up of them."""
    each = [{"name": name, "run_name": name, "run_type": "iteration", "repetition_index": index,
             "real_time": 10 * time, "cpu_time": time, "time_unit": "ns", **more}
            for index, time in enumerate(times)]
    total = {"name": f"{name}_mean", "run_name": name, "run_type": "aggregate",
             "real_time": 1e9, "cpu_time": 1e9, "time_unit": "ns"}
    return [*each, total]


def results(*benchmarks, **context):
    return {"context": context, "benchmarks": [entry for each in benchmarks for entry in each]}


class Readings(unittest.TestCase):
    def reading(self, *args, **more):
        return readings_of(results(runs(*args, **more)))[args[0]]

    def test_takes_the_repetitions_and_not_their_sums(self):
        self.assertEqual(self.reading("a/ours", [1, 2, 9]).times, [1, 2, 9])

    def test_counts_the_processors_time_in_nanoseconds(self):
        self.assertEqual(self.reading("a/ours", [2], time_unit="us").median, 2000)

    def test_counts_the_time_on_the_wall_where_threads_wait(self):
        self.assertEqual(self.reading("a/ours/real_time", [2]).median, 20)

    def test_a_benchmark_of_many_items_is_told_by_the_item(self):
        self.assertEqual(self.reading("a/ours", [5], items_per_second=1e8).median, 10)

    def test_quartiles_are_of_the_middle_half(self):
        self.assertEqual(self.reading("a/ours", [1, 2, 3, 4, 5]).quartiles, (2, 4))
        self.assertEqual(self.reading("a/ours", [7]).quartiles, (7, 7))

    def test_keeps_why_a_benchmark_did_not_run(self):
        reading = self.reading("a/ours", [1], error_occurred=True, error_message="no ring")
        self.assertEqual((reading.times, reading.error), ([], "no ring"))

    def test_refuses_what_google_benchmark_does_not_write(self):
        for bad in ({"benchmarks": [{}]}, {"benchmarks": [3]}, {"benchmarks": None}, {}):
            with self.subTest(bad=bad), self.assertRaises(BadResults):
                readings_of(bad)

    def test_comes_in_the_order_of_paths_and_sizes_with_ours_first(self):
        names = ["b/loop/20", "b/ours/1024", "b/ours/20", "a/ours", "b/alone/20"]
        self.assertEqual(list(readings_of(results(*(runs(name, [1]) for name in names)))),
                         ["a/ours", "b/ours/20", "b/alone/20", "b/loop/20", "b/ours/1024"])

    def test_names_have_path_variant_and_size(self):
        self.assertEqual(split_name("unmask/ours/1024"), ("unmask", "ours", "1024"))
        self.assertEqual(split_name("jwt_verify/ours"), ("jwt_verify", "ours", ""))
        self.assertEqual(split_name("hop/ours/real_time"), ("hop", "ours", ""))

    def test_times_are_told_in_three_digits(self):
        for nanoseconds, words in ((1.375, "1.38 ns"), (61.34, "61.3 ns"), (999.4, "999 ns"),
                                   (999.6, "1 µs"), (1383, "1.38 µs"), (27.5e6, "27.5 ms"),
                                   (2e9, "2 s"), (1234e9, "1234 s")):
            self.assertEqual(in_words(nanoseconds), words)


class Comparison(unittest.TestCase):
    def compare(self, before, after):
        rows = compare.compare(readings_of(results(runs("a/ours", before))),
                               readings_of(results(runs("a/ours", after))))
        (_, _, _, ratio, is_beyond), = rows
        return round(ratio, 3), is_beyond

    def test_what_is_apart_lies_beyond_the_noise(self):
        self.assertEqual(self.compare([99, 100, 101], [119, 120, 121]), (1.2, True))
        self.assertEqual(self.compare([99, 100, 101], [49, 50, 51]), (0.5, True))

    def test_what_overlaps_lies_within_it(self):
        self.assertEqual(self.compare([90, 100, 130], [100, 110, 120]), (1.1, False))

    def test_5_percent_are_noise_and_more_is_not(self):
        self.assertEqual(self.compare([100, 100, 100], [105, 105, 105]), (1.05, False))
        self.assertEqual(self.compare([100, 100, 100], [105.1, 105.1, 105.1]), (1.051, True))

    def test_without_repetitions_10_percent_are_noise_and_more_is_not(self):
        self.assertEqual(self.compare([100, 100], [110, 110]), (1.1, False))
        self.assertEqual(self.compare([100, 100], [110.1, 110.1]), (1.101, True))
        self.assertEqual(self.compare([100] * 3, [110.1] * 2), (1.101, True))
        self.assertEqual(self.compare([100] * 2, [109] * 3), (1.09, False))


class Program(unittest.TestCase):
    def main(self, before, after, *options):
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, name) for name in ("before.json", "after.json")]
            for path, text in zip(paths, (before, after)):
                path.write_text(text if isinstance(text, str) else json.dumps(text))
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = compare.main([*map(str, paths), *options])
        return status, out.getvalue() + err.getvalue()

    BEFORE = results(runs("a/ours", [100] * 3), runs("b/ours", [100] * 3), runs("c/ours", [1] * 3),
                     machine="one")
    AFTER = results(runs("a/ours", [120] * 3), runs("b/ours", [100] * 3), runs("d/ours", [1] * 3),
                    machine="two")

    def test_tells_what_differs_and_how_much(self):
        status, told = self.main(self.BEFORE, self.AFTER)
        self.assertEqual(status, 0)
        for words in ("different machine: one before, two after", "a/ours", "1.20  slower",
                      "2 compared: 1 slower, 0 faster, 1 within the noise",
                      "only before: c/ours", "only after: d/ours"):
            self.assertIn(words, told)
        self.assertNotIn("b/ours", told)
        self.assertIn("b/ours", self.main(self.BEFORE, self.AFTER, "--all")[1])

    def test_fails_above_the_bound_and_not_at_it(self):
        self.assertEqual(self.main(self.BEFORE, self.AFTER, "--fail-above", "1.2")[0], 0)
        status, told = self.main(self.BEFORE, self.AFTER, "--fail-above", "1.19")
        self.assertEqual(status, 1)
        self.assertIn("above 1.19: a/ours", told)

    def test_noise_never_fails(self):
        noisy = results(runs("a/ours", [80, 120, 150]))
        self.assertEqual(self.main(self.BEFORE, noisy, "--fail-above", "1.1")[0], 0)

    def test_says_which_file_is_bad(self):
        for bad in ("{", "[]", "{}", '{"benchmarks": [{}]}'):
            with self.subTest(bad=bad):
                self.assertEqual(self.main(self.BEFORE, bad)[0], 2)
        self.assertIn("after.json", self.main(self.BEFORE, "{")[1])

    def test_refuses_two_runs_that_have_nothing_in_common(self):
        status, told = self.main(self.BEFORE, results(runs("x/ours", [1])))
        self.assertEqual(status, 2)
        self.assertIn("in common", told)


class Table(unittest.TestCase):
    def test_shows_each_path_beside_its_twins_and_small_sizes_first(self):
        readings = readings_of(results(
            runs("b/ours/1024", [10] * 3, allocations=2), runs("b/ours/20", [1] * 3),
            runs("b/slow/1024", [40] * 3), runs("b/slower/1024", [50] * 3),
            runs("a/ours", [5], error_occurred=True, error_message="no ring")))
        self.assertEqual(run.table_rows(readings), [
            ("a", "", "-", "", "", "no ring", "", ""),
            ("b", "20", "1 ns", "±0%", "", "", "", ""),
            ("b", "1024", "10 ns", "±0%", "2", "slow", "40 ns", "4.00"),
            ("", "", "", "", "", "slower", "50 ns", "5.00")])


if __name__ == "__main__":
    unittest.main()
