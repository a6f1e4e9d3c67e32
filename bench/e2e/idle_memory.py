"""Part "idle_memory": what a WebSocket at rest costs the server, authenticated, of a member of ten
conversations: the growth of its resident memory by each connection. One freshly started server a
run; the kernel's part (sockets, and what epoll or io_uring remembers) is not in it.
"""
import tempfile
from contextlib import ExitStack

from .alternation import Comparison, Spread, alternate
from .loadgen import run_loadgen
from .processes import OthersCores
from .servers import Services, start_ringtalk, why_io_uring_is_refused

ABOUT = "memory of a WebSocket at rest"
CONNECTIONS = 18_000
CONVERSATIONS_OF_EACH = 10
MEMBERS = 100
BYTES_GOAL = 2048
START_BYTES_GOAL = 25 * 1024 * 1024


def run(options):
    with ExitStack() as stack:
        logs = stack.enter_context(tempfile.TemporaryDirectory(prefix="ringtalk-bench-"))
        services = stack.enter_context(Services())
        refusal = why_io_uring_is_refused()
        backends = ["epoll"] if refusal else ["epoll", "io_uring"]
        runs = {backend: lambda backend=backend: measure(services, logs, backend)
                for backend in backends}
        rounds = alternate(runs, min(options.repetitions, 3), options.tell,
                           OthersCores(services.pids))
    return {
        "rounds": rounds.results,
        "comparisons": [comparison for backend in backends
                        for comparison in comparisons(rounds, backend)],
        "conditions": {"connections": CONNECTIONS, "conversationsOfEach": CONVERSATIONS_OF_EACH,
                       "members": MEMBERS, "shards": 1},
    }


def measure(services, logs, backend):
    with start_ringtalk(services, logs, backend) as server:
        at_start = resident_bytes(server.pid)
        report = run_loadgen(server, "idle", "--users", CONNECTIONS, "--members", MEMBERS,
                             "--conversations", CONNECTIONS * CONVERSATIONS_OF_EACH // MEMBERS,
                             seconds=5)
    return {"bytesAConnection": report["figures"]["bytes_per_connection"],
            "bytesAtStart": at_start}


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def comparisons(rounds, backend):
    def room(figure, goal):
        return Spread.of([goal / one[figure] for one in rounds.results[backend]])

    return [Comparison(f"2 KiB / a connection at rest, {backend}",
                       room("bytesAConnection", BYTES_GOAL), 1.0),
            Comparison(f"25 MiB / a shard at its start, {backend}",
                       room("bytesAtStart", START_BYTES_GOAL), 1.0)]
