"""Part "messages": durable messages through WebSockets, beside the FastAPI peer and pgbench.

All store into the same PostgreSQL (fsync on, unpinned); the servers are on core 0, the generator on
core 1; 50 senders, closed loop:

    pairs x1, pairs x8    conversations of two, so many messages of each sender in flight
    group                 one conversation of 50, everybody writes, one in flight
    update_insert         pgbench on 32 connections: UPDATE of the conversation, INSERT of a message
"""
import tempfile
from contextlib import ExitStack

from .alternation import Comparison, alternate
from .database import CONVERSATIONS, SCRIPTS, commit_by_pgbench
from .loadgen import measured
from .processes import OthersCores, run_pinned
from .servers import Services, binary, start_fastapi, start_ringtalk, why_fastapi_cannot_run

ABOUT = "durable messages through WebSockets, beside FastAPI and pgbench"
SENDERS = 50
FLOWS = {
    "pairs x1": ("send", "--closed", "--in-flight", 1, "--senders", SENDERS,
                 "--users", 2 * SENDERS),
    "pairs x8": ("send", "--closed", "--in-flight", 8, "--senders", SENDERS,
                 "--users", 2 * SENDERS),
    "group": ("fanout", "--closed", "--in-flight", 1, "--senders", SENDERS, "--users", SENDERS,
              "--conversations", 1, "--members", SENDERS - 1),
}


def run(options):
    with ExitStack() as stack:
        logs = stack.enter_context(tempfile.TemporaryDirectory(prefix="ringtalk-bench-"))
        services = stack.enter_context(Services())
        prepare(services)
        servers = {"ringtalk": stack.enter_context(start_ringtalk(services, logs, "epoll"))}
        refusal = why_fastapi_cannot_run()
        if refusal:
            options.tell(f"    without the FastAPI peer: {refusal}")
        else:
            services.sql("CREATE DATABASE peer OWNER ringtalk")
            servers["fastapi"] = stack.enter_context(start_fastapi(
                services.database_url(database="peer"), services.redis_url, logs))
        runs = {
            f"{name} {flow}": lambda server=server, words=words: measured(
                server, *words, seconds=options.seconds)
            for flow, words in FLOWS.items() for name, server in servers.items()
        }
        runs["update_insert"] = lambda: commit_by_pgbench(services, "update_insert",
                                                          options.seconds)
        rounds = alternate(runs, options.repetitions, options.tell, OthersCores(services.pids))
    return {
        "rounds": rounds.results,
        "comparisons": comparisons(rounds, has_peer=not refusal),
        "conditions": {"senders": SENDERS, "isPinned": True, "shards": 1, "backend": "epoll"},
    }


def prepare(services):
    """The schema and what pgbench writes to; Ringtalk's own users are made by the generator."""
    run_pinned([binary("bench/database/database_path"), "--database-url", services.database_url(),
                "--migrate"], core=None)
    for script in ("conversations.sql", "peer_tables.sql"):
        services.sql_file(SCRIPTS / script, {"conversations": CONVERSATIONS})
    services.sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO ringtalk")


def comparisons(rounds, has_peer):
    database = [one["messagesPerSecond"] for one in rounds.results["update_insert"]]
    for name in list(rounds.results):
        if name.startswith("ringtalk"):
            for one, limit in zip(rounds.results[name], database, strict=True):
                one["ackedByUpdateInsert"] = one["ackedPerSecond"] / limit
    found = [Comparison("messages a second, 8 in flight: Ringtalk / pgbench UPDATE+INSERT on 32",
                        rounds.spread("ringtalk pairs x8", "ackedByUpdateInsert"), 3.0)]
    if not has_peer:
        return found
    ratio = rounds.ratio
    return found + [
        Comparison("messages a second, 8 in flight: Ringtalk / FastAPI",
                   ratio("ringtalk pairs x8", "fastapi pairs x8", "ackedPerSecond"), 10.0),
        Comparison("ack p50, 1 in flight: FastAPI / Ringtalk",
                   ratio("fastapi pairs x1", "ringtalk pairs x1", "ackP50Milliseconds"), 5.0),
        Comparison("deliveries a second, a conversation of 50: Ringtalk / FastAPI",
                   ratio("ringtalk group", "fastapi group", "deliveredPerSecond"), 8.0),
        Comparison("CPU a delivery, a conversation of 50: FastAPI / Ringtalk",
                   ratio("fastapi group", "ringtalk group", "cpuMicrosecondsADelivery")),
    ]
