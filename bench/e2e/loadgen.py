"""ringtalk-loadgen as a generator: one run, its report, the figures that parts compare."""
import json
import subprocess
import tempfile
from pathlib import Path

from .processes import GENERATOR_CORE, pinned
from .servers import binary

GOOD, INVALID = 0, 98


def run_loadgen(server, profile, *words, seconds, core=GENERATOR_CORE):
    """Loads `server` for so long; the report (docs/loadgen-report.md). A run in which delivery was
    violated, or that could not be made, is an error; one that the generator calls invalid is not:
    `invalidBecause` tells why."""
    with tempfile.TemporaryDirectory(prefix="ringtalk-bench-") as folder:
        report = Path(folder) / "report.json"
        command = [*pinned(core), binary("tools/loadgen/ringtalk-loadgen"), profile,
                   "--url", f"http://127.0.0.1:{server.port}", "--for", f"{seconds}s",
                   "--warmup", "1s", "--json", report, *words]
        finished = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=600)
        if finished.returncode not in (GOOD, INVALID):
            raise RuntimeError(f"loadgen {profile} ended with {finished.returncode}\n"
                               f"{finished.stdout[-3000:]}{finished.stderr[-1000:]}")
        return json.loads(report.read_text())


def measured(server, profile, *words, seconds):
    """What a run with messages tells: rates a second, latencies, and the server's CPU time."""
    before = server.cpu_seconds()
    report = run_loadgen(server, profile, *words, seconds=seconds)
    return figures_of(report, server.cpu_seconds() - before)


def figures_of(report, cpu_seconds):
    counters, window = report["counters"], report["measuredSeconds"]
    heard = report["accounts"]["delivered"]
    if heard == 0:
        raise RuntimeError("nobody heard of any message: there is nothing to measure")
    figures = {
        "ackedPerSecond": counters["acked"] / window,
        "deliveredPerSecond": counters["delivered"] / window,
        # Of the whole run, set-up included: for short runs a little too much.
        "cpuMicrosecondsADelivery": cpu_seconds * 1e6 / heard,
        "generatorCpu": report["generator"]["cpuOfBusiestThread"],
        "isValid": float(not report["invalidBecause"]),
    }
    for series, name in (("ack", "ackP50Milliseconds"), ("deliver", "deliverP50Milliseconds")):
        if series in report["latency"]:
            figures[name] = report["latency"][series]["p50Ns"] / 1e6
    return figures
