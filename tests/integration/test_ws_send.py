"""Sending over a WebSocket: acks, events, their order."""
import uuid

import pytest

from support import shapes
from support.people import direct_conversation, group_conversation


def send(connection, conversation, content, **members):
    connection.send("send", conversationId=conversation["id"], content=content, **members)


@pytest.mark.parametrize("endpoint", ["/v1/ws", "/ws/{}"])
def test_a_send_is_acknowledged_when_it_is_stored(alice, conversation, open_connection, endpoint):
    connection = open_connection(alice, endpoint.format(conversation["id"]))
    key = str(uuid.uuid4())
    send(connection, conversation, "hello", ref="first", clientId=key)
    ack = shapes.ack(connection.expect("ack"), ref="first", clientId=key, seq=1, duplicate=False,
                     conversationId=conversation["id"], id=f"{conversation['id']}-1")
    [event] = alice.log(conversation)
    shapes.message(event["message"], id=ack["id"], timestamp=ack["timestamp"], clientId=key,
                   content="hello")


def test_without_a_key_the_ack_has_none(alice, bob, conversation, open_connection):
    connection, other = open_connection(alice), open_connection(bob)
    send(connection, conversation, "hello")
    shapes.ack(connection.expect("ack"), clientId=None, duplicate=False)
    shapes.message(other.expect("event")["event"]["message"], clientId=None)


def test_the_other_member_gets_the_event(alice, bob, conversation, open_connection):
    sender, receiver = open_connection(alice), open_connection(bob)
    send(sender, conversation, "Grüße \U0001f44b")
    message = receiver.expect("event")
    assert set(message) == {"op", "conversationId", "event"}
    event = shapes.event(message["event"], "message", seq=1)
    shapes.message(event["message"], conversationId=conversation["id"], senderId=alice.id, seq=1,
                   content="Grüße \U0001f44b")
    assert event == bob.log(conversation)[0]


def test_the_ack_takes_the_place_of_the_event_on_the_sending_connection(
        alice, bob, conversation, open_connection):
    first, second, other = (open_connection(person) for person in (alice, alice, bob))
    send(first, conversation, "one")
    shapes.ack(first.expect("ack"), seq=1)
    assert second.expect("event")["event"]["seq"] == 1

    send(other, conversation, "two")
    shapes.ack(other.until("ack"), seq=2)
    for connection in (first, second):
        assert connection.expect("event")["event"]["seq"] == 2
        connection.expect_silence(0.1)


def test_a_message_sent_by_rest_reaches_all_connections(alice, bob, conversation,
                                                        open_connection):
    connections = [open_connection(alice), open_connection(bob),
                   open_connection(bob, f"/ws/{conversation['id']}")]
    sent = alice.send(conversation, "by REST")
    for connection in connections:
        assert connection.expect("event")["event"]["message"] == sent


def test_eight_sends_in_flight_keep_their_order(alice, bob, conversation, open_connection):
    sender, receiver = open_connection(alice), open_connection(bob)
    for number in range(1, 9):
        send(sender, conversation, str(number), ref=f"r{number}")
    for number in range(1, 9):
        shapes.ack(sender.expect("ack"), ref=f"r{number}", seq=number)
        assert receiver.expect("event")["event"]["message"]["content"] == str(number)


def test_hundreds_of_sends_in_flight_are_all_acknowledged_in_order(alice, conversation,
                                                                   open_connection):
    connection = open_connection(alice)
    for number in range(300):
        send(connection, conversation, str(number), ref=str(number))
    for number in range(300):
        shapes.ack(connection.expect("ack"), ref=str(number), seq=number + 1)


def test_acks_and_events_interleave_by_seq(alice, bob, conversation, open_connection):
    connections = [open_connection(alice), open_connection(bob)]
    for number in range(20):
        for connection in connections:
            send(connection, conversation, str(number))
    for connection in connections:
        seqs = []
        for _ in range(40):
            message = connection.receive()
            assert message["op"] in ("ack", "event")
            seqs.append(message["seq"] if message["op"] == "ack" else message["event"]["seq"])
        assert seqs == list(range(1, 41))


def test_a_duplicate_is_acknowledged_as_the_first_was(alice, bob, conversation, open_connection):
    first, second, other = (open_connection(person) for person in (alice, alice, bob))
    key = str(uuid.uuid4())
    send(first, conversation, "once", clientId=key)
    ack = shapes.ack(first.expect("ack"), duplicate=False)
    assert second.expect("event")["event"]["seq"] == other.expect("event")["event"]["seq"] == 1

    for connection in (first, second):
        send(connection, conversation, "once", clientId=key, ref="again")
        shapes.ack(connection.expect("ack"), ref="again", duplicate=True, id=ack["id"],
                   seq=ack["seq"], timestamp=ack["timestamp"], clientId=key)
    other.expect_silence()
    assert len(alice.log(conversation)) == 1


def test_two_equal_sends_in_flight_store_one(alice, conversation, open_connection):
    connection = open_connection(alice)
    key = str(uuid.uuid4())
    for number in range(4):
        send(connection, conversation, "once", clientId=key, ref=str(number))
    acks = [connection.expect("ack") for _ in range(4)]
    assert sorted(ack["ref"] for ack in acks) == ["0", "1", "2", "3"]
    assert {ack["seq"] for ack in acks} == {1}
    assert sorted(ack["duplicate"] for ack in acks) == [False, True, True, True]
    assert len(alice.log(conversation)) == 1


def test_a_key_used_for_something_else_is_an_error(alice, bob, conversation, open_connection):
    connection, other = open_connection(alice), open_connection(bob)
    key = str(uuid.uuid4())
    send(connection, conversation, "one", clientId=key)
    connection.expect("ack")
    send(connection, conversation, "two", clientId=key, ref="x")
    shapes.error(connection.expect("error"), ref="x", code="key_reused", retryable=False)
    other.expect("event")
    send(other, conversation, "one", clientId=key, ref="y")
    shapes.error(other.expect("error"), ref="y", code="key_reused")
    send(connection, conversation, "three")
    shapes.ack(connection.expect("ack"), seq=2)


def test_a_send_into_what_is_not_ones_own_is_not_found(alice, bob, carol, open_connection):
    hidden = direct_conversation(alice, bob)
    connection = open_connection(carol)
    details = set()
    for id in (hidden["id"], "1"):
        send(connection, {"id": id}, "hello", ref="x")
        details.add(shapes.error(connection.expect("error"), ref="x", code="not_found",
                                 retryable=False)["detail"])
    assert len(details) == 1
    assert alice.log(hidden) == []


def test_one_conversations_endpoint_sends_and_shows_that_one_alone(alice, bob, conversation,
                                                                   open_connection):
    other = group_conversation(alice, bob)
    connection = open_connection(alice, f"/ws/{conversation['id']}")
    send(connection, other, "elsewhere", ref="x")
    shapes.error(connection.expect("error"), ref="x", code="not_found")
    bob.send(other, "elsewhere")
    bob.send(conversation, "here")
    assert connection.expect("event")["event"]["message"]["content"] == "here"
    connection.expect_silence(0.1)


@pytest.mark.parametrize("content", ["\U0001f600" * 4096, "\u0001" * 4096])
def test_the_longest_content_is_carried(alice, bob, conversation, open_connection, content):
    sender, receiver = open_connection(alice), open_connection(bob)
    send(sender, conversation, content)
    sender.expect("ack")
    assert receiver.expect("event")["event"]["message"]["content"] == content
