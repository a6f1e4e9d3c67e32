"""Part "http": requests a second of one core, by wrk on another: Ringtalk's static body of 64
bytes, beside nginx with such a body from memory, and a bare loop that counts "\\r\\n\\r\\n".

32 connections; one request in flight each, and 16 pipelined. Where servers are faster than the one
wrk, its rate is the limit and says nothing: the server's own CPU time a request is told beside it,
which has no such limit.
"""
import itertools
import re
import tempfile
import urllib.request
from contextlib import ExitStack

from .alternation import Comparison, alternate
from .machine import REPOSITORY
from .processes import OthersCores, run_pinned
from .servers import Services, start_bare_echo, start_nginx, start_ringtalk, why_io_uring_is_refused

ABOUT = "GET of 64 bytes, plain and 16 pipelined, beside nginx and a bare loop"
CONNECTIONS = 32
PIPELINED = 16
BODY_BYTES = 64
SCRIPT = REPOSITORY / "bench" / "e2e" / "pipeline.lua"


def run(options):
    with ExitStack() as stack:
        logs = stack.enter_context(tempfile.TemporaryDirectory(prefix="ringtalk-bench-"))
        services = stack.enter_context(Services())
        backends = usable_backends(options.tell)
        servers = {
            **{backend: (stack.enter_context(start_ringtalk(services, logs, backend)),
                         "/test/static/64b") for backend in backends},
            "nginx": (stack.enter_context(start_nginx(logs)), "/64b"),
            "bare": (stack.enter_context(start_bare_echo(logs, "http")), "/"),
        }
        runs = {}
        for depth in (1, PIPELINED):
            for name, (server, path) in servers.items():
                check_answer(name, server, path)
                runs[f"{name} x{depth}"] = lambda server=server, path=path, depth=depth: \
                    measure(server, path, depth, options.seconds)
        rounds = alternate(runs, options.repetitions, options.tell,
                           OthersCores(services.pids))
    return {
        "rounds": rounds.results,
        "comparisons": comparisons(rounds, backends),
        "conditions": {"connections": CONNECTIONS, "pipelined": PIPELINED, "bodyBytes": BODY_BYTES,
                       "isPinned": True, "shards": 1},
    }


def usable_backends(tell):
    refusal = why_io_uring_is_refused()
    if refusal:
        tell(f"    without io_uring: {refusal}")
    return ["epoll"] if refusal else ["epoll", "io_uring"]


def comparisons(rounds, backends):
    found = []
    for depth, backend, peer in itertools.product((1, PIPELINED), backends, ("nginx", "bare")):
        how = "plain" if depth == 1 else f"{depth} pipelined"
        ours, other = f"{backend} x{depth}", f"{peer} x{depth}"
        found.append(Comparison(f"requests a second, {how}: Ringtalk on {backend} / {peer}",
                                rounds.ratio(ours, other, "requestsPerSecond")))
        found.append(Comparison(f"requests a second of CPU, {how}: Ringtalk on {backend} / {peer}",
                                rounds.ratio(other, ours, "cpuNanoseconds")))
    return found


def check_answer(name, server, path):
    """What is compared must be the same: 200 and a body of 64 bytes."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as response:
        body = response.read()
    if response.status != 200 or len(body) != BODY_BYTES:
        raise RuntimeError(f"{name} answered {response.status} with {len(body)} bytes, not 200 with"
                           f" {BODY_BYTES}")


def measure(server, path, depth, seconds):
    words = ["wrk", "--threads", 1, "--connections", CONNECTIONS, "--duration", f"{seconds}s",
             f"http://127.0.0.1:{server.port}{path}"]
    if depth > 1:
        words += ["--script", SCRIPT, "--", depth]
    before = server.cpu_seconds()
    requests, per_second = requests_of(run_pinned(words))
    cpu_seconds = server.cpu_seconds() - before
    return {"requestsPerSecond": per_second, "cpuNanoseconds": cpu_seconds * 1e9 / requests,
            "cpuShare": cpu_seconds / seconds}


def requests_of(report):
    """How many requests wrk did, and how many a second; all must have been answered with 200."""
    if "Socket errors" in report or "Non-2xx" in report:
        raise RuntimeError(f"not all requests were answered:\n{report}")
    requests = re.search(r"(\d+) requests in", report)
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", report)
    if not requests or not per_second:
        raise RuntimeError(f"wrk said something else than a report:\n{report}")
    return int(requests[1]), float(per_second[1])
