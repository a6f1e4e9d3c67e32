"""The beginning of a connection: `ready`, and what was missed."""
from support import people, shapes
from support.people import group_conversation
from support.waiting import eventually

HEARTBEAT_SECONDS = 25
CATCH_UP_EVENTS_MAX = 200


def write(person, conversation, count, first=1):
    """Sends so many messages quickly; returns when all are committed."""
    with person.connect(f"/ws/{conversation['id']}") as connection:
        connection.expect("ready")
        for number in range(first, first + count):
            connection.send("send", conversationId=conversation["id"], content=str(number))
        for _ in range(count):
            connection.until("ack")


def expect_events(connection, conversation, seqs):
    for seq in seqs:
        message = connection.expect("event")
        assert set(message) == {"op", "conversationId", "event"}
        assert (message["conversationId"], message["event"]["seq"]) == (conversation["id"], seq)


def test_ready_comes_first_and_tells_who_and_what(alice, bob, conversation):
    alice.send(conversation, "hello")
    group = group_conversation(alice, bob)
    eventually(lambda: _shown(alice, conversation)["readSeq"] == 1)
    with alice.connect() as connection:
        ready = shapes.ready(connection.expect("ready"), hasMore=False,
                             heartbeatSeconds=HEARTBEAT_SECONDS)
        shapes.own_user(ready["user"], id=alice.id, email=alice.email, status="online")
        assert ready["conversations"] == [
            {"id": group["id"], "lastSeq": 0, "deliveredSeq": 0, "readSeq": 0},
            {"id": conversation["id"], "lastSeq": 1, "deliveredSeq": 1, "readSeq": 1}]
        connection.expect_silence()


def test_ready_on_one_conversation_tells_that_one_alone(alice, bob, conversation):
    group_conversation(alice, bob)
    with alice.connect(f"/ws/{conversation['id']}") as connection:
        ready = shapes.ready(connection.expect("ready"), hasMore=False)
        assert [mark["id"] for mark in ready["conversations"]] == [conversation["id"]]


def test_each_connection_is_a_session_of_its_own_in_one_epoch(alice, bob):
    with alice.connect() as first, alice.connect() as second, bob.connect() as third:
        ready = [connection.expect("ready") for connection in (first, second, third)]
        assert len({message["sessionId"] for message in ready}) == 3
        assert len({message["epoch"] for message in ready}) == 1


def test_what_was_missed_follows_by_itself_in_order(alice, bob, conversation):
    write(alice, conversation, 5)
    with bob.connect() as connection:
        connection.expect("ready")
        expect_events(connection, conversation, range(1, 6))
        connection.expect_silence()


def test_what_was_delivered_does_not_come_again(alice, bob, conversation):
    write(alice, conversation, 5)
    bob.rest.post(f"/v1/conversations/{conversation['id']}/receipts", {"deliveredSeq": 3})
    with bob.connect() as connection:
        assert connection.expect("ready")["conversations"][0]["deliveredSeq"] == 3
        expect_events(connection, conversation, (4, 5))
        connection.expect_silence()


def test_all_kinds_of_events_are_caught_up(alice, bob, carol):
    group = group_conversation(alice, bob)
    path = f"/v1/conversations/{group['id']}"
    alice.send(group, "one")
    alice.rest.post(path + "/members", {"memberIds": [carol.id]})
    alice.rest.patch(path, {"name": "three"})
    alice.rest.delete(f"{path}/members/{carol.id}")
    log = alice.rest.get(path + "/events").json["events"]
    with bob.connect() as connection:
        connection.expect("ready")
        events = [connection.expect("event")["event"] for _ in range(4)]
    assert events == log


def test_several_conversations_are_caught_up(alice, bob, carol):
    groups = [group_conversation(alice, bob, carol) for _ in range(4)]
    for group in groups:
        for number in range(3):
            alice.send(group, str(number))
    with bob.connect() as connection:
        connection.expect("ready")
        seen = {group["id"]: [] for group in groups}
        for _ in range(12):
            message = connection.expect("event")
            seen[message["conversationId"]].append(message["event"]["seq"])
        connection.expect_silence()
    assert list(seen.values()) == [[1, 2, 3]] * 4


def test_two_hundred_missed_events_come_by_themselves_and_live_ones_go_on(alice, bob,
                                                                          conversation):
    write(alice, conversation, CATCH_UP_EVENTS_MAX)
    with bob.connect() as connection:
        connection.expect("ready")
        expect_events(connection, conversation, range(1, CATCH_UP_EVENTS_MAX + 1))
        alice.send(conversation, "live")
        expect_events(connection, conversation, [CATCH_UP_EVENTS_MAX + 1])


def test_past_two_hundred_the_rest_is_held_until_it_was_synced(alice, bob, conversation):
    write(alice, conversation, 250)
    with bob.connect() as connection:
        connection.expect("ready")
        expect_events(connection, conversation, range(1, CATCH_UP_EVENTS_MAX + 1))
        alice.send(conversation, "251, held")
        connection.expect_silence()

        assert sync(connection, conversation, after=200, limit=30) == (list(range(201, 231)), 251)
        alice.send(conversation, "252, held")
        connection.expect_silence()

        assert sync(connection, conversation, after=230) == (list(range(231, 253)), 252)
        alice.send(conversation, "253, live")
        expect_events(connection, conversation, [253])


def test_an_old_sync_releases_nothing(alice, bob, conversation):
    write(alice, conversation, 250)
    with bob.connect() as connection:
        connection.expect("ready")
        expect_events(connection, conversation, range(1, CATCH_UP_EVENTS_MAX + 1))
        assert sync(connection, conversation, after=0, limit=50)[0] == list(range(1, 51))
        alice.send(conversation, "held")
        connection.expect_silence()


def test_a_held_conversation_does_not_hold_others(alice, bob, conversation):
    other = group_conversation(alice, bob)
    write(alice, conversation, 201)
    with bob.connect() as connection:
        connection.expect("ready")
        expect_events(connection, conversation, range(1, CATCH_UP_EVENTS_MAX + 1))
        alice.send(other, "live")
        expect_events(connection, other, [1])


def test_one_who_sends_into_a_held_conversation_gets_the_ack(alice, bob, conversation):
    write(alice, conversation, 250)
    with bob.connect() as connection:
        connection.expect("ready")
        expect_events(connection, conversation, range(1, CATCH_UP_EVENTS_MAX + 1))
        connection.send("send", ref="mine", conversationId=conversation["id"], content="hello")
        assert shapes.ack(connection.expect("ack"), ref="mine")["seq"] == 251


def test_events_during_the_catching_up_come_behind_it(server, alice, bob, conversation):
    write(alice, conversation, 100)
    with alice.connect() as writer:
        writer.expect("ready")
        with bob.connect() as connection:
            for number in range(20):
                writer.send("send", conversationId=conversation["id"], content=str(number))
            connection.expect("ready")
            expect_events(connection, conversation, range(1, 121))


def sync(connection, conversation, after, **members):
    """(seqs, head) of one batch."""
    connection.send("sync", ref="s", conversationId=conversation["id"], afterSeq=after, **members)
    batch = connection.expect("batch")
    assert set(batch) == {"op", "ref", "conversationId", "events", "lastSeq"}
    assert (batch["ref"], batch["conversationId"]) == ("s", conversation["id"])
    return [event["seq"] for event in batch["events"]], batch["lastSeq"]


def _shown(person, conversation):
    return person.rest.get(f"/v1/conversations/{conversation['id']}").json


def test_a_new_login_catches_up_from_the_same_marks(server, alice, bob, conversation):
    write(alice, conversation, 3)
    bob.rest.post(f"/v1/conversations/{conversation['id']}/receipts", {"readSeq": 2})
    with people.log_in(server, bob.email).connect() as connection:
        connection.expect("ready")
        expect_events(connection, conversation, [3])
