"""Histories: what clients saw, and what the store held in the end, as a text that people can read.

One record a line, words apart by blanks, in the order in which they happened; `#` begins a comment.

    session S U I          client U opens connection S to instance I (I may be left out)
    refused U I A          the upgrade of U's connection to I was answered with HTTP status A
    ready   S C D R        `ready`: U's delivered mark D and read mark R in conversation C
    held    S C            more waits than comes by itself: held until `sync`s reach the head
    caught  S C            a `batch` has reached it
    send    S C K          a message with key K (its clientId) leaves
    ack     S C K N new    its ack: it is event N; `again` in place of `new` for a duplicate
    event   S C N K        a live event; K is `-` for an event that is no message
    page    S C N K        the same, as a part of a `batch`
    slow    S              from here on U reads nothing for a while
    end     S A            connection S is over, with close code A (none: it was U who left)
    kill    W              W (server1, postgres, redis, …) is killed; `back` when it serves again
    stop    W              W is stopped (SIGSTOP); `back` when it goes on
    back    W
    restart W              W is asked to end (SIGTERM), and does so in order; then `back`
    flush   W              W forgets all that it knows
    cut     W              a connection to W is cut after some number of bytes
    stored  C N K          in the end: the log, event by event
    member  C U J D R X    in the end: who joined at J, with both marks and the unread count X

Names are words without blanks; N, D, R, J, X and A are numbers.
"""
from dataclasses import dataclass

NUMBERS = {"seq", "joined", "delivered", "read", "unread", "code"}
OPTIONAL = {"instance", "code"}  # at the end of a line
KINDS = {
    "session": ("session", "user", "instance"),
    "refused": ("user", "instance", "code"),
    "ready": ("session", "conversation", "delivered", "read"),
    "held": ("session", "conversation"),
    "caught": ("session", "conversation"),
    "send": ("session", "conversation", "key"),
    "ack": ("session", "conversation", "key", "seq", "outcome"),
    "event": ("session", "conversation", "seq", "key"),
    "page": ("session", "conversation", "seq", "key"),
    "slow": ("session",),
    "end": ("session", "code"),
    "kill": ("what",),
    "stop": ("what",),
    "back": ("what",),
    "restart": ("what",),
    "flush": ("what",),
    "cut": ("what",),
    "stored": ("conversation", "seq", "key"),
    "member": ("conversation", "user", "joined", "delivered", "read", "unread"),
}
OUTCOMES = ("new", "again")
NO_KEY = "-"


class BadHistory(Exception):
    """A line that is no record: the history cannot be judged."""


@dataclass(slots=True)
class Record:
    """One line. Which fields there are stands in KINDS; the others are None."""
    kind: str
    line: int = 0
    session: str | None = None
    user: str | None = None
    instance: str | None = None
    conversation: str | None = None
    key: str | None = None
    seq: int | None = None
    outcome: str | None = None
    what: str | None = None
    joined: int | None = None
    delivered: int | None = None
    read: int | None = None
    unread: int | None = None
    code: int | None = None

    def __str__(self):
        values = (getattr(self, name) for name in KINDS[self.kind])
        return " ".join([self.kind, *(str(value) for value in values if value is not None)])


def parse(text):
    """The records of a history; BadHistory names the first line that is none."""
    records = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words:
            records.append(_record(number, words))
    return records


def _record(number, words):
    kind, *values = words
    names = KINDS.get(kind)
    if names is None:
        raise BadHistory(f"line {number}: there is no record {kind}; there are {', '.join(KINDS)}")
    if len(values) != len(names) and not (len(values) == len(names) - 1 and names[-1] in OPTIONAL):
        raise BadHistory(f"line {number}: {kind} needs {' '.join(names)}, not {' '.join(values)}")
    fields = dict(zip(names, values))
    for name in NUMBERS.intersection(fields):
        if not fields[name].isdecimal():
            raise BadHistory(f"line {number}: {name} must be a number, not {fields[name]}")
        fields[name] = int(fields[name])
    if fields.get("outcome", OUTCOMES[0]) not in OUTCOMES:
        raise BadHistory(f"line {number}: outcome must be new or again, not {fields['outcome']}")
    return Record(kind=kind, line=number, **fields)
