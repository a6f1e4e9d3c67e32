"""Part "database": the group commit alone, beside what PostgreSQL does for others.

All write into the same PostgreSQL, unpinned (the clients need CPU time too, in each of the cases),
each run into empty logs after a checkpoint, bodies of 100 bytes, 10,000 conversations:

    ours 1, ours 2     database_path: src/db's PgMessageStore, batches of 64, 1 and 2 connections
    update_insert      pgbench, 32 connections: UPDATE of the conversation, INSERT of the message
    single_insert      pgbench, 32 connections: one INSERT
    copy               COPY of rows like ours into a table like ours: the limit
"""
import json
import random
import re
import time
import uuid

from .alternation import Comparison, alternate
from .machine import REPOSITORY, file_system_of
from .processes import OthersCores, run_pinned
from .servers import POSTGRES_PROGRAMS, Services, binary

ABOUT = "the group commit, beside pgbench and COPY on the same PostgreSQL"
SCRIPTS = REPOSITORY / "bench" / "database"
CONVERSATIONS = 10_000
BODY = "x" * 100
PGBENCH_CONNECTIONS = 32
COPY_ROWS = 400_000
UPDATE_INSERT_GOAL = 6.0
COPY_GOAL = 0.20


def run(options):
    with Services(with_redis=False) as services:
        database_path = binary("bench/database/database_path")
        run_pinned([database_path, "--database-url", services.database_url(), "--migrate"],
                   core=None)
        variables = {"conversations": CONVERSATIONS}
        for script in ("conversations.sql", "peer_tables.sql"):
            services.sql_file(SCRIPTS / script, variables)
        services.sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO ringtalk")
        rows = services.path / "rows.tsv"
        write_rows(rows)
        runs = {
            "ours 1": lambda: commit_by_ourselves(services, database_path, 1, options.seconds),
            "ours 2": lambda: commit_by_ourselves(services, database_path, 2, options.seconds),
            "update_insert": lambda: commit_by_pgbench(services, "update_insert", options.seconds),
            "single_insert": lambda: commit_by_pgbench(services, "single_insert", options.seconds),
            "copy": lambda: copy(services, rows),
        }
        rounds = alternate(runs, options.repetitions, options.tell,
                           OthersCores(services.pids))
        settings = services.sql("SELECT name, setting FROM pg_settings WHERE name IN ("
                                "'fsync', 'synchronous_commit', 'wal_level', 'shared_buffers',"
                                "'max_wal_size', 'full_page_writes', 'wal_sync_method')")
    return {
        "rounds": rounds.results,
        "comparisons": comparisons(rounds),
        "conditions": {"postgres": dict(line.split("|") for line in settings.splitlines()),
                       "disk": file_system_of(REPOSITORY), "conversations": CONVERSATIONS,
                       "bodyBytes": len(BODY), "batch": 64, "isPinned": False},
    }


def comparisons(rounds):
    def ratio(name, other):
        return rounds.ratio(name, other, "messagesPerSecond")

    return [
        Comparison("1 connection / pgbench UPDATE+INSERT on 32", ratio("ours 1", "update_insert"),
                   UPDATE_INSERT_GOAL),
        Comparison("1 connection / COPY", ratio("ours 1", "copy"), COPY_GOAL),
        Comparison("2 connections / pgbench UPDATE+INSERT on 32", ratio("ours 2", "update_insert")),
        Comparison("2 connections / COPY", ratio("ours 2", "copy")),
        Comparison("pgbench INSERT / UPDATE+INSERT, both on 32",
                   ratio("single_insert", "update_insert")),
        Comparison("PostgreSQL's CPU a message: UPDATE+INSERT / 1 connection",
                   rounds.ratio("update_insert", "ours 1", "postgresCpuMicroseconds")),
        Comparison("PostgreSQL's CPU a message: COPY / 1 connection",
                   rounds.ratio("copy", "ours 1", "postgresCpuMicroseconds")),
    ]


def measured(services, function):
    """Empties the logs, calls `function`, which returns (messages in all, messages a second)."""
    services.sql_file(SCRIPTS / "empty_logs.sql")
    before = services.postgres_cpu_seconds()
    messages, per_second = function()
    cpu_seconds = services.postgres_cpu_seconds() - before
    return {"messagesPerSecond": per_second,
            "postgresCpuMicroseconds": cpu_seconds * 1e6 / messages}


def commit_by_ourselves(services, database_path, connections, seconds):
    latency = {}

    def commit():
        words = [database_path, "--database-url", services.database_url(), "--connections",
                 connections, "--batch", 64, "--conversations", CONVERSATIONS, "--body-bytes",
                 len(BODY), "--warm-up", 1, "--seconds", seconds]
        report = json.loads(run_pinned(words, core=None))
        latency.update(report["batchMicroseconds"])
        stored = int(services.sql("SELECT count(*) FROM events"))
        if stored < report["messages"]:
            raise RuntimeError(f"{report['messages']} messages were counted, {stored} are stored")
        return stored, report["messagesPerSecond"]

    figures = measured(services, commit)
    return {**figures, "batchP50Microseconds": latency["p50"],
            "batchP99Microseconds": latency["p99"]}


def commit_by_pgbench(services, script, seconds):
    def commit():
        words = [POSTGRES_PROGRAMS / "pgbench", "--no-vacuum", "--protocol=prepared",
                 f"--client={PGBENCH_CONNECTIONS}", "--jobs=2", f"--time={seconds}",
                 f"--define=conversations={CONVERSATIONS}", f"--define=body='{BODY}'",
                 f"--file={SCRIPTS / (script + '.sql')}", *services.connection_words()]
        return transactions_of(run_pinned(words, core=None))

    return measured(services, commit)


def transactions_of(report):
    """How many transactions pgbench did, and how many a second; none may have failed."""
    failed = re.search(r"number of failed transactions: (\d+)", report)
    processed = re.search(r"transactions actually processed: (\d+)", report)
    per_second = re.search(r"tps = ([\d.]+) \(without initial connection time\)", report)
    if not (processed and per_second) or (failed and int(failed[1]) > 0):
        raise RuntimeError(f"pgbench did not do what it should:\n{report}")
    return int(processed[1]), float(per_second[1])


def copy(services, rows):
    def copy_file():
        with open(rows, encoding="ascii") as file:
            begun_at = time.monotonic()
            services.sql("COPY copied FROM STDIN", stdin=file)
            took = time.monotonic() - begun_at
        stored = int(services.sql("SELECT count(*) FROM copied"))
        if stored != COPY_ROWS:
            raise RuntimeError(f"COPY stored {stored} rows of {COPY_ROWS}")
        return stored, stored / took

    return measured(services, copy_file)


def write_rows(path):
    """Rows as the group commit stores them: any conversation next, dense within each."""
    source = random.Random(1)
    heads = [0] * (CONVERSATIONS + 1)
    with open(path, "w", encoding="ascii") as file:
        for _ in range(COPY_ROWS):
            conversation = source.randint(1, CONVERSATIONS)
            heads[conversation] += 1
            seq = heads[conversation]
            client_id = uuid.UUID(int=source.getrandbits(128))
            file.write(f"{conversation}\t{seq}\t{seq}\t0\t0\t{2 * conversation}"
                       f"\t2026-01-01T00:00:00Z\t{client_id}\t{BODY}\n")
