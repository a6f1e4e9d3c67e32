"""`sync` and `batch`: reading the log over a connection. And the marks that a client sets there."""
import pytest

from support import shapes
from support.people import direct_conversation, group_conversation
from support.waiting import eventually


@pytest.fixture
def conversation(alice, bob):
    made = direct_conversation(alice, bob)
    for number in range(1, 6):
        alice.send(made, str(number))
    return made


@pytest.fixture
def connection(alice, bob, conversation):
    """bob's, after everything that he had missed."""
    with bob.connect() as opened:
        opened.expect("ready")
        for _ in range(5):
            opened.expect("event")
        yield opened


def sync(connection, conversation, **members):
    connection.send("sync", conversationId=conversation["id"], **members)
    return connection.expect("batch")


def seqs(batch):
    return [event["seq"] for event in batch["events"]]


def test_a_batch_has_the_log_from_there(bob, connection, conversation):
    batch = sync(connection, conversation, afterSeq=2, ref="x")
    assert set(batch) == {"op", "ref", "conversationId", "events", "lastSeq"}
    assert (batch["ref"], batch["conversationId"]) == ("x", conversation["id"])
    assert (seqs(batch), batch["lastSeq"]) == ([3, 4, 5], 5)
    log = bob.rest.get(f"/v1/conversations/{conversation['id']}/events?afterSeq=2").json["events"]
    assert batch["events"] == log


def test_a_batch_has_no_ref_when_none_was_given(connection, conversation):
    assert "ref" not in sync(connection, conversation, afterSeq=0)


def test_a_batch_is_as_long_as_was_asked_for(connection, conversation):
    assert seqs(sync(connection, conversation, afterSeq=0, limit=1)) == [1]
    assert seqs(sync(connection, conversation, afterSeq=1, limit=200)) == [2, 3, 4, 5]


@pytest.mark.parametrize("after", [5, 6, 2**62])
def test_at_and_past_the_head_a_batch_is_empty(alice, connection, conversation, after):
    batch = sync(connection, conversation, afterSeq=after)
    assert (batch["events"], batch["lastSeq"]) == ([], 5)
    alice.send(conversation, "6")
    assert connection.expect("event")["event"]["seq"] == 6


def test_an_older_sync_moves_nothing(alice, connection, conversation):
    sync(connection, conversation, afterSeq=0, limit=2)
    alice.send(conversation, "6")
    assert connection.expect("event")["event"]["seq"] == 6


@pytest.mark.parametrize("members", [
    {}, {"afterSeq": -1}, {"afterSeq": "1"}, {"afterSeq": 0, "limit": 0},
    {"afterSeq": 0, "limit": 201}, {"afterSeq": 0, "limit": "x"}, {"afterSeq": 1.5},
])
def test_a_sync_past_the_bounds_is_an_error(connection, conversation, members):
    connection.send("sync", ref="x", conversationId=conversation["id"], **members)
    shapes.error(connection.expect("error"), ref="x", code="validation_failed", retryable=False)


def test_a_sync_of_what_is_not_ones_own_is_not_found(alice, carol, connection):
    hidden = direct_conversation(alice, carol)
    for id in (hidden["id"], "1"):
        connection.send("sync", ref="x", conversationId=id, afterSeq=0)
        shapes.error(connection.expect("error"), ref="x", code="not_found")


def test_one_conversations_endpoint_syncs_that_one_alone(alice, bob, conversation):
    other = group_conversation(alice, bob)
    with bob.connect(f"/ws/{conversation['id']}") as connection:
        connection.expect("ready")
        for _ in range(5):
            connection.expect("event")
        connection.send("sync", ref="x", conversationId=other["id"], afterSeq=0)
        shapes.error(connection.expect("error"), ref="x", code="not_found")
        assert seqs(sync(connection, conversation, afterSeq=4)) == [5]


def test_a_batch_is_cut_at_512_kib_and_goes_on(alice, bob):
    notes = group_conversation(alice, bob)
    for _ in range(40):
        alice.send(notes, "\U0001f600" * 4096)  # 16 KiB
    with bob.connect() as connection:
        connection.expect("ready")
        for _ in range(40):
            connection.expect("event")
        first = sync(connection, notes, afterSeq=0, limit=200)
        assert 20 < len(seqs(first)) < 40 and first["lastSeq"] == 40
        second = sync(connection, notes, afterSeq=seqs(first)[-1], limit=200)
        assert seqs(first) + seqs(second) == list(range(1, 41))


# --- delivered, read ---

def marks_of(person, conversation):
    shown = person.rest.get(f"/v1/conversations/{conversation['id']}").json
    return shown["deliveredSeq"], shown["readSeq"], shown["unreadCount"]


def test_marks_rise_without_an_answer(bob, connection, conversation):
    connection.send("delivered", conversationId=conversation["id"], seq=4)
    connection.send("read", conversationId=conversation["id"], seq=2)
    connection.send("delivered", conversationId=conversation["id"], seq=1)
    eventually(lambda: marks_of(bob, conversation) == (4, 2, 3), what="the marks have risen")
    connection.send("read", conversationId=conversation["id"], seq=2**62)
    eventually(lambda: marks_of(bob, conversation) == (5, 5, 0), what="the head is the bound")
    connection.send("ping")
    connection.expect("pong")


@pytest.mark.parametrize("op", ["delivered", "read"])
@pytest.mark.parametrize("seq", [None, "1", -1, 1.5, []])
def test_a_mark_of_a_wrong_type_is_an_error(connection, conversation, op, seq):
    connection.send(op, ref="x", conversationId=conversation["id"], seq=seq)
    shapes.error(connection.expect("error"), ref="x", code="validation_failed")


@pytest.mark.parametrize("op", ["delivered", "read"])
def test_a_mark_where_one_is_no_member_is_an_error(alice, carol, connection, op):
    hidden = direct_conversation(alice, carol)
    for id in (hidden["id"], "1"):
        connection.send(op, ref="x", conversationId=id, seq=1)
        shapes.error(connection.expect("error"), ref="x", code="not_found")
