"""The accounting checker: does a history keep what CONTRACT.md §3 promises?

    python3 checker.py HISTORY…      prints every broken promise; exit 1 when there is one

Each rule is a function from a Ledger to the Findings against it. RULES names them all.
"""
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from history import NO_KEY, parse

# Going away, cut off, restarting, try later, slow consumer.
HARMLESS_CLOSE_CODES = {1000, 1001, 1006, 1012, 1013, 4008}
UNAVAILABLE = 503


@dataclass(frozen=True)
class Finding:
    rule: str
    text: str
    line: int = 0

    def __str__(self):
        place = f"line {self.line}: " if self.line else ""
        return f"{self.rule}: {place}{self.text}"


@dataclass
class Ledger:
    """A history, filed: the records by what the rules ask for."""
    records: list
    user_of: dict = field(default_factory=dict)        # session → user
    stored: dict = field(default_factory=lambda: defaultdict(list))  # conversation → [(seq, key)]
    seqs_of: dict = field(default_factory=lambda: defaultdict(list))  # (conversation, key) → [seq]
    key_at: dict = field(default_factory=dict)         # (conversation, seq) → key
    tries: Counter = field(default_factory=Counter)    # (conversation, key) → how often it was sent
    members: list = field(default_factory=list)

    def __post_init__(self):
        for record in self.records:
            if record.kind == "session":
                self.user_of[record.session] = record.user
            elif record.kind == "send":
                self.tries[record.conversation, record.key] += 1
            elif record.kind == "stored":
                self.stored[record.conversation].append(record.seq)
                self.key_at[record.conversation, record.seq] = record.key
                if record.key != NO_KEY:
                    self.seqs_of[record.conversation, record.key].append(record.seq)
            elif record.kind == "member":
                self.members.append(record)

    def of_kind(self, *kinds):
        return (record for record in self.records if record.kind in kinds)


def lost(ledger):
    """Promise 1: what was acknowledged is stored."""
    for ack in ledger.of_kind("ack"):
        if not ledger.seqs_of[ack.conversation, ack.key]:
            yield Finding("lost", f"{ack.key} was acknowledged and is not in {ack.conversation}",
                          ack.line)


def doubled(ledger):
    """Promise 1: each key is stored once."""
    for (conversation, key), seqs in ledger.seqs_of.items():
        if len(seqs) > 1:
            yield Finding("doubled", f"{key} is stored in {conversation} at {seqs}")


def moved(ledger):
    """Promise 1: what stood at a seq stands there for everyone and for ever."""
    for seen in ledger.of_kind("ack", "event", "page"):
        at = (seen.conversation, seen.seq)
        if at in ledger.key_at and ledger.key_at[at] != seen.key:
            yield Finding("moved", f"{seen}, but {ledger.key_at[at]} is stored there", seen.line)


def unknown(ledger):
    """Nobody is told of what is not in the log."""
    for seen in ledger.of_kind("event", "page"):
        if (seen.conversation, seen.seq) not in ledger.key_at:
            yield Finding("unknown", f"{seen}, but nothing is stored there", seen.line)


def hole_in_log(ledger):
    """The log is numbered from 1 without a gap."""
    for conversation, seqs in ledger.stored.items():
        expected = 1
        for seq in sorted(set(seqs)):
            if seq != expected:
                yield Finding("hole_in_log", f"{conversation} has {seq} where {expected} was due")
            expected = seq + 1


def hole_in_feed(ledger):
    """Promise 2: each connection sees each log in order and without a hole."""
    position = {}
    held = set()
    paged = defaultdict(int)
    early = defaultdict(set)  # acked while held: some in their place, some at once
    for record in ledger.records:
        at = (record.session, record.conversation)
        if record.kind == "ready":
            position[at] = record.delivered
        elif record.kind == "held":
            held.add(at)
        elif record.kind == "caught":
            held.discard(at)
        elif record.kind == "page":
            position[at] = max(position.get(at, 0), record.seq)
            paged[at] = max(paged[at], record.seq)
        elif record.kind == "ack" and at in held:
            early[at].add(record.seq)
        elif record.kind == "ack" and record.seq <= paged[at]:
            continue  # the page was faster: the ack has no place
        elif record.kind == "event" or record.kind == "ack" and record.outcome == "new":
            due = position.get(at, 0) + 1
            while due < record.seq and due in early[at]:
                due += 1
            if record.seq != due:
                yield Finding("hole_in_feed", f"{record}, but {due} was due", record.line)
            position[at] = max(record.seq, due - 1)


def echoed(ledger):
    """Promise 3: on the connection that sent a message its ack takes the place of the event; but
    an ack into a log that is held comes at once, and the event later with the log."""
    senders = {(send.session, send.conversation, send.key) for send in ledger.of_kind("send")
               if ledger.tries[send.conversation, send.key] == 1}
    held = set()
    for record in ledger.of_kind("held", "caught", "ack", "event"):
        at = (record.session, record.conversation)
        if record.kind == "held":
            held.add(at)
        elif record.kind == "caught":
            held.discard(at)
        elif record.kind == "ack" and at in held:
            senders.discard((*at, record.key))
        elif record.kind == "event" and (*at, record.key) in senders:
            yield Finding("echoed", f"{record}, to the connection that had sent it", record.line)


def undelivered(ledger):
    """Every member got everything, by whatever connection and in whatever shape."""
    seen = defaultdict(set)  # (user, conversation) → seqs
    for record in ledger.of_kind("ack", "event", "page"):
        seen[ledger.user_of.get(record.session), record.conversation].add(record.seq)
    for member in ledger.members:
        due = {seq for seq in ledger.stored[member.conversation] if seq > member.joined}
        missing = sorted(due - seen[member.user, member.conversation])
        if missing:
            yield Finding("undelivered", f"{member.user} never saw {missing[:5]} of "
                          f"{member.conversation} ({len(missing)} in all)", member.line)


def sender_order(ledger):
    """What one connection sent, one after the other, stands in that order."""
    last = {}  # (session, conversation) → (seq, key) of the latest one
    for send in ledger.of_kind("send"):
        name = (send.conversation, send.key)
        seqs = ledger.seqs_of[name]
        # What was sent again may have been stored by any of the tries.
        if not seqs or ledger.tries[name] > 1:
            continue
        at = (send.session, send.conversation)
        if at in last and seqs[0] < last[at][0]:
            yield Finding("sender_order", f"{send.key} was sent behind {last[at][1]} and is stored "
                          f"before it, at {seqs[0]}", send.line)
        last[at] = (seqs[0], send.key)


def mark_fell(ledger):
    """Marks only rise; the kill of a database, and of nothing else, may take back the last moments
    of them."""
    known = {}
    for record in ledger.of_kind("ready", "member", "kill", "back"):
        if record.kind in ("kill", "back"):  # between the two it still answered, or answered again
            known = {} if record.what == "postgres" else known
            continue
        user = record.user or ledger.user_of.get(record.session)
        at = (user, record.conversation)
        before = known.get(at, (0, 0))
        now = (record.delivered, record.read)
        if now[0] < before[0] or now[1] < before[1]:
            yield Finding("mark_fell", f"{record}: {user} was at {before} before", record.line)
        known[at] = now


def unread(ledger):
    """The unread count is the number of messages past the read mark, exactly."""
    for member in ledger.members:
        past = [seq for seq in ledger.stored[member.conversation] if seq > member.read
                and ledger.key_at[member.conversation, seq] != NO_KEY]
        if member.unread != len(past):
            yield Finding("unread", f"{member.user} is told {member.unread} unread in "
                          f"{member.conversation}, there are {len(past)}", member.line)


def blamed(ledger):
    """Promise 7: no witness breaks the protocol, so no close code may say that he did, and none
    that the server is broken."""
    for end in ledger.of_kind("end"):
        if end.code is not None and end.code not in HARMLESS_CLOSE_CODES:
            yield Finding("blamed", f"{end}: closed with a code that says he, or the server, is at "
                          "fault", end.line)


def turned_away(ledger):
    """A good token is taken on every instance, unless that one cannot work just now."""
    for refused in ledger.of_kind("refused"):
        if refused.code != UNAVAILABLE:
            yield Finding("turned_away", f"{refused}: {refused.user}'s token is good", refused.line)


RULES = (lost, doubled, moved, unknown, hole_in_log, hole_in_feed, echoed, undelivered,
         sender_order, mark_fell, unread, blamed, turned_away)


def check(records):
    """All findings against a history; an empty list: every promise was kept."""
    ledger = Ledger(records)
    return [finding for rule in RULES for finding in rule(ledger)]


def main(paths):
    broken = 0
    for path in paths:
        for finding in check(parse(Path(path).read_text())):
            print(f"{path}: {finding}")
            broken += 1
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
