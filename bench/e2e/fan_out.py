"""Part "fan_out": one conversation of 1,000, so each message goes to 999 sockets, beside a bare
loop that sends the same number of bytes to 999 sockets, again and again.

The server is on core 0, the generator on core 1. One sender with one message in flight: each round
of the fan-out carries one message, and waits for PostgreSQL in between, so its processor time a
delivery is compared. 4 in flight, and 16 senders: rounds carry several, so deliveries a second are.
"""
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from .alternation import Comparison, alternate
from .loadgen import measured
from .processes import (GENERATOR_CORE, OthersCores, SERVER_CORE, START_SECONDS_MAX, free_port,
                        pinned)
from .servers import Services, binary, start_ringtalk, why_io_uring_is_refused

ABOUT = "a message to 999 sockets, beside a bare loop of send()"
MEMBERS = 1000
EVENT_BYTES = 404  # of an event with 64 bytes of content, its frame included
FLOWS = {"one": (1, 1), "one x4": (1, 4), "16 senders": (16, 1)}


def run(options):
    with ExitStack() as stack:
        logs = stack.enter_context(tempfile.TemporaryDirectory(prefix="ringtalk-bench-"))
        services = stack.enter_context(Services())
        refusal = why_io_uring_is_refused()
        backends = ["epoll"] if refusal else ["epoll", "io_uring"]
        runs = {"bare": lambda: bare(options.seconds)}
        for backend in backends:
            server = stack.enter_context(start_ringtalk(services, logs, backend))
            for flow, (senders, in_flight) in FLOWS.items():
                words = ("fanout", "--closed", "--in-flight", in_flight, "--senders", senders,
                         "--users", MEMBERS, "--conversations", 1, "--members", MEMBERS - 1)
                runs[f"{backend} {flow}"] = lambda server=server, words=words: measured(
                    server, *words, seconds=options.seconds)
        rounds = alternate(runs, options.repetitions, options.tell, OthersCores(services.pids))
    return {
        "rounds": rounds.results,
        "comparisons": comparisons(rounds, backends),
        "conditions": {"members": MEMBERS, "eventBytes": EVENT_BYTES, "isPinned": True,
                       "shards": 1},
    }


def bare(seconds):
    """The loop on the server's core, its reader on the generator's."""
    port = free_port()
    sender = subprocess.Popen(
        [*pinned(SERVER_CORE), str(binary("bench/bare/bare_fan_out")), "--port", str(port),
         "--sockets", str(MEMBERS - 1), "--bytes", str(EVENT_BYTES), "--seconds", str(seconds)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        wait_until_it_listens(port)
        subprocess.run([*pinned(GENERATOR_CORE), str(binary("bench/bare/bare_drain")), "--port",
                        str(port), "--sockets", str(MEMBERS - 1)], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, check=True, timeout=60 + seconds)
        words, _ = sender.communicate(timeout=30)
    finally:
        sender.kill()
    report = json.loads(words.splitlines()[-1])  # behind the port
    return {"deliveredPerSecond": report["deliveriesPerSecond"],
            "cpuMicrosecondsADelivery": report["cpuNanosecondsEach"] / 1000}


def wait_until_it_listens(port):
    """Without connecting, for every connection counts."""
    address = f"{port:04X} 00000000:0000 0A"  # proc(5): local port, no peer, TCP_LISTEN
    end = time.monotonic() + START_SECONDS_MAX
    while address not in Path("/proc/net/tcp").read_text():
        if time.monotonic() > end:
            raise RuntimeError(f"bare_fan_out does not listen on port {port}")
        time.sleep(0.02)


def comparisons(rounds, backends):
    found = []
    for backend in backends:
        found.append(Comparison(
            f"CPU a delivery, one message a round: bare / {backend}",
            rounds.ratio("bare", f"{backend} one", "cpuMicrosecondsADelivery"), 0.95))
        for flow in ("one x4", "16 senders"):
            found.append(Comparison(
                f"deliveries a second, {flow}: {backend} / bare",
                rounds.ratio(f"{backend} {flow}", "bare", "deliveredPerSecond")))
    return found
