"""The JSON report against its schema: what the program writes validates, and spoilt reports do not.

Called by Meson with the program that writes made-up reports and the schema; skipped (exit 77) where
python3-jsonschema is not installed.
"""
import copy
import json
import subprocess
import sys
import unittest
from pathlib import Path

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

SAMPLE_REPORT, SCHEMA_FILE = sys.argv[1:3]
SCHEMA = json.loads(Path(SCHEMA_FILE).read_text(encoding="utf-8"))


def sample(which):
    done = subprocess.run([SAMPLE_REPORT, which], check=True, capture_output=True)
    return json.loads(done.stdout)


def is_valid(report):
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(report)


class SchemaTest(unittest.TestCase):
    def test_the_schema_is_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_what_is_written_validates(self):
        for which in ("json", "json-least", "json-worst"):
            with self.subTest(which):
                jsonschema.Draft202012Validator(SCHEMA).validate(sample(which))

    def test_each_member_is_required(self):
        report = sample("json")
        for member in report:
            with self.subTest(member):
                spoilt = copy.deepcopy(report)
                del spoilt[member]
                self.assertFalse(is_valid(spoilt))

    def test_members_that_nobody_has_described_are_refused(self):
        report = sample("json")
        for place in (report, report["accounts"], report["seconds"][0], report["latency"],
                      report["latency"]["ack"], report["generator"], report["environment"]):
            place["undescribed"] = 1
            self.assertFalse(is_valid(report))
            del place["undescribed"]
        self.assertTrue(is_valid(report))

    def test_the_histogram_adds_up(self):
        for name, series in sample("json")["latency"].items():
            with self.subTest(name):
                counts = [count for _, count in series["buckets"]]
                bounds = [bound for bound, _ in series["buckets"]]
                self.assertEqual(sum(counts), series["count"])
                self.assertEqual(bounds, sorted(set(bounds)))
                self.assertGreaterEqual(bounds[-1], series["maxNs"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
