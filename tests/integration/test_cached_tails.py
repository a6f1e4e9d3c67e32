"""Newest pages come from Redis where they are whole there: nobody can tell but by /metrics."""
import uuid

import pytest

from support import people
from support.metrics import read_metrics
from support.people import direct_conversation, group_conversation
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS, eventually

PATIENCE_SECONDS = 20 * SLOWNESS


def figure(server, name):
    with server.rest() as rest:
        return read_metrics(rest.get("/metrics").body.decode())[f"ringtalk_{name}"][""]


def newest(person, conversation, **query):
    answer = person.rest.get(f"/v1/conversations/{conversation['id']}/messages", query=query)
    assert answer.status == 200, answer.body
    return answer.json


def by_seq(person, conversation, limit):
    """The same page, asked for in a way that the cache has no part in."""
    return newest(person, conversation, limit=limit, beforeSeq=1_000_000)


def without_cursors(page):
    return page["messages"], page["nextCursor"] is None


def read_until_hit(server, read):
    """Reads until a read was answered by Redis."""
    def is_hit():
        before = figure(server, "tail_hits_total")
        read()
        return figure(server, "tail_hits_total") > before

    eventually(is_hit, PATIENCE_SECONDS, "Redis has the tail")


@pytest.fixture
def written(server, alice, bob):
    """A conversation of 60 messages with other events between them."""
    group = group_conversation(alice, bob)
    for number in range(60):
        sender = alice if number % 3 else bob
        sender.send(group, f"grüße {number}", clientId=str(uuid.uuid4()))
        if number % 20 == 10:
            path = f"/v1/conversations/{group['id']}"
            assert alice.rest.patch(path, {"name": f"name {number}"}).status == 200
    return group


@on_each_backend
@pytest.mark.parametrize("limit", [1, 20, 50])
def test_a_cached_page_is_the_page_of_the_database(server, alice, bob, written, limit):
    read_until_hit(server, lambda: newest(alice, written, limit=limit))
    expected = by_seq(alice, written, limit)
    assert without_cursors(newest(alice, written, limit=limit)) == without_cursors(expected)
    # Marks move, and statuses with them, though the events are the same.
    bob.rest.post(f"/v1/conversations/{written['id']}/receipts", {"readSeq": 1_000})
    page = newest(alice, written, limit=limit)
    assert without_cursors(page) == without_cursors(by_seq(alice, written, limit))
    own = [message for message in page["messages"] if message["senderId"] == alice.id]
    assert all(message["status"] == "read" for message in own)


@on_each_backend
def test_going_on_behind_a_cached_page_misses_and_doubles_nothing(server, alice, written):
    read_until_hit(server, lambda: newest(alice, written, limit=20))
    seqs, query = [], {"limit": 20}
    while True:
        page = newest(alice, written, **query)
        seqs += [message["seq"] for message in page["messages"]]
        if page["nextCursor"] is None:
            break
        query = {"limit": 20, "cursor": page["nextCursor"]}
    assert len(seqs) == 60 and seqs == sorted(set(seqs), reverse=True)


@on_each_backend
def test_a_conversation_shorter_than_a_page_ends_it(server, alice, conversation):
    assert newest(alice, conversation) == {"messages": [], "nextCursor": None}
    alice.send(conversation, "only one")
    read_until_hit(server, lambda: newest(alice, conversation))
    page = newest(alice, conversation)
    assert [message["content"] for message in page["messages"]] == ["only one"]
    assert page["nextCursor"] is None


@on_each_backend
def test_a_sync_near_the_head_is_answered_from_the_cache(server, alice, written, open_connection):
    connection = open_connection(alice, f"/ws/{written['id']}")

    def sync():
        connection.send("sync", ref="s", conversationId=written["id"], afterSeq=40, limit=10)
        return connection.until("batch")

    read_until_hit(server, sync)
    batch = sync()
    assert [event["seq"] for event in batch["events"]] == list(range(41, 51))
    assert batch["lastSeq"] == 63
    events = alice.rest.get(f"/v1/conversations/{written['id']}/events",
                            query={"afterSeq": 40, "limit": 10}).json["events"]
    assert batch["events"] == events


@on_each_backend
def test_a_flushed_or_dead_redis_costs_nothing_but_a_miss(start_server, own_services):
    server = start_server({}, services=own_services)
    alice, bob = people.register(server, "Alice"), people.register(server, "Bob")
    conversation = direct_conversation(alice, bob)
    for number in range(5):
        alice.send(conversation, str(number))
    read_until_hit(server, lambda: newest(alice, conversation))
    expected = without_cursors(newest(alice, conversation))

    own_services.redis.command("FLUSHALL")
    assert without_cursors(newest(alice, conversation)) == expected
    read_until_hit(server, lambda: newest(alice, conversation))
    own_services.redis.stop()
    assert without_cursors(newest(alice, conversation)) == expected
    alice.send(conversation, "while Redis is dead")
    assert newest(alice, conversation)["messages"][0]["content"] == "while Redis is dead"
    own_services.redis.start()
    read_until_hit(server, lambda: newest(alice, conversation))
    assert newest(alice, conversation)["messages"][0]["content"] == "while Redis is dead"
