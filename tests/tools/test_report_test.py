"""tools/test_report.py on reports of every kind of ending: nothing bad may look good."""
import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import test_report  # noqa: E402

GOOD = '<testcase classname="C" name="good"/>'
BAD = '<testcase classname="C" name="bad"><failure message="1 is not 2"/></testcase>'
BROKEN = '<testcase classname="C" name="broken"><error message="no fixture"/></testcase>'
SKIPPED = '<testcase classname="C" name="skip"><skipped message="no io_uring"/></testcase>'


def junit(*cases, name="pytest"):
    return f'<testsuites><testsuite name="{name}">{"".join(cases)}</testsuite></testsuites>'


def meson_line(name, result="OK", status=0):
    return json.dumps({"name": name, "result": result, "returncode": status, "stdout": ""})


class Report(unittest.TestCase):
    def report(self, suites):
        """Writes {suite: {file: text}} and reports on it; (exit status, printed lines)."""
        with tempfile.TemporaryDirectory() as folder:
            for suite, files in suites.items():
                Path(folder, suite).mkdir()
                for name, text in files.items():
                    Path(folder, suite, name).write_text(text)
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                status = test_report.main(folder, list(suites))
            return status, printed.getvalue().splitlines()

    def unit(self, *lines, cases=(), status=0):
        files = {"status": f"{status} 10", "testlog.json": "\n".join(lines),
                 "testlog.junit.xml": junit(*cases, name="ringtalk.http.Router")}
        return self.report({"unit": files})

    def test_adds_up_the_cases_of_all_suites(self):
        status, lines = self.report({
            "unit": {"status": "0 10", "testlog.json": meson_line("http"),
                     "testlog.junit.xml": junit(GOOD, GOOD, name="ringtalk.http.Router")},
            "integration": {"status": "0 10", "a.xml": junit(GOOD)}})
        self.assertEqual((status, lines[-1]), (0, "3 passed, 0 failed"))

    def test_failures_and_errors_fail_and_are_named_with_their_reason(self):
        status, lines = self.report({"a": {"status": "1 10", "a.xml": junit(GOOD, BAD, BROKEN)}})
        self.assertEqual((status, lines[-1]), (1, "1 passed, 2 failed"))
        self.assertIn("FAILED a: C.bad: 1 is not 2", lines)

    def test_skipped_cases_are_told_with_their_reason(self):
        status, lines = self.report({"a": {"status": "0 10", "a.xml": junit(GOOD, SKIPPED)}})
        self.assertEqual((status, lines[-1]), (0, "1 passed, 0 failed, 1 skipped"))
        self.assertIn("skipped 1 of a: no io_uring", lines)

    def test_a_suite_that_ended_badly_without_a_failed_case_fails(self):
        status, lines = self.report({"a": {"status": "3 10", "a.xml": junit(GOOD)}})
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed"))

    def test_a_suite_without_any_report_fails(self):
        self.assertEqual(self.report({"a": {}})[1][-1], "0 passed, 1 failed")
        self.assertEqual(self.report({"a": {"status": "0 10"}})[1][-1], "0 passed, 1 failed")

    def test_a_suite_of_skipped_cases_alone_fails(self):
        status, lines = self.report({"a": {"status": "0 10", "a.xml": junit(SKIPPED)}})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed, 1 skipped"))

    def test_a_report_cut_short_fails(self):
        text = junit(GOOD, GOOD)[:-30]
        status, lines = self.report({"a": {"status": "0 10", "a.xml": text}})
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_a_program_without_cases_counts_as_one(self):
        status, lines = self.unit(meson_line("http"), meson_line("tidy"), cases=[GOOD])
        self.assertEqual((status, lines[-1]), (0, "2 passed, 0 failed"))

    def test_a_program_that_crashed_fails_though_its_cases_passed(self):
        for result, code in (("FAIL", -11), ("TIMEOUT", -15), ("ERROR", 99)):
            with self.subTest(result=result):
                status, lines = self.unit(meson_line("http", result, code), cases=[GOOD], status=1)
                self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed"))

    def test_a_failed_case_of_a_program_counts_once(self):
        status, lines = self.unit(meson_line("http", "FAIL", 1), cases=[GOOD, BAD], status=1)
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed"))

    def test_finds_the_cases_of_programs_whose_name_meson_dresses_up(self):
        files = {"status": "0 10", "testlog.json": meson_line("ringtalk:unit / http"),
                 "testlog.junit.xml": junit(GOOD, GOOD,
                                            name="ringtalk.ringtalk:unit / http.Router")}
        self.assertEqual(self.report({"unit": files})[1][-1], "2 passed, 0 failed")

    def test_the_failure_of_one_program_does_not_hide_the_crash_of_another(self):
        status, lines = self.unit(meson_line("http", "FAIL", 1), meson_line("ws", "FAIL", -6),
                                  cases=[BAD], status=1)
        self.assertEqual((status, lines[-1]), (1, "0 passed, 2 failed"))


if __name__ == "__main__":
    unittest.main()
