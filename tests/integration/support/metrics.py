"""Reading and judging what /metrics says (Prometheus text format)."""
import re
import subprocess

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")


def check_with_promtool(text):
    """Asserts that promtool finds neither an error nor anything to complain about."""
    finished = subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                              capture_output=True, timeout=30)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def read_metrics(text):
    """{name: {labels as written between the braces: value}}."""
    metrics = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            match = _SAMPLE.match(line)
            assert match, f"not a sample: {line!r}"
            metrics.setdefault(match[1], {})[match[2] or ""] = float(match[3])
    return metrics
