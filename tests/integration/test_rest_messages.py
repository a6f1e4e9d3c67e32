"""Sending messages, once and only once."""
import uuid

import pytest

from support import shapes
from support.crowd import at_once
from support.people import group_conversation


def messages_of(conversation):
    return f"/v1/conversations/{conversation['id']}/messages"


def send(person, conversation, headers=None, **body):
    return person.rest.post(messages_of(conversation), body, headers=headers)


def new_key():
    return str(uuid.uuid4())


# --- what may be sent ---

def test_a_message_is_answered_as_it_was_stored(alice, conversation):
    answer = send(alice, conversation, content="Grüße \U0001f44b")
    assert answer.status == 200
    sent = shapes.message(
        answer.json, conversationId=conversation["id"], seq=1, senderId=alice.id,
        content="Grüße \U0001f44b", clientId=None, status="sent")
    assert sent["id"] == f"{conversation['id']}-1"
    [event] = alice.log(conversation)
    shapes.event(event, "message", seq=1, message=sent, timestamp=sent["timestamp"])


def test_a_message_keeps_the_key_of_its_client(alice, conversation):
    key = new_key()
    answer = send(alice, conversation, content="hello", type="text", clientId=key)
    shapes.message(answer.json, clientId=key)


def test_messages_take_one_seq_each_in_order(alice, bob, conversation):
    for number in range(1, 6):
        sender = alice if number % 2 else bob
        shapes.message(send(sender, conversation, content=str(number)).json, seq=number)


@pytest.mark.parametrize("content", ["x", "\U0001f600" * 4096, "\\u0000 is no NUL", "\t\n\r\"\\/",
                                     "\u0001\u007f\u2028", " "])
def test_content_comes_back_as_it_was(alice, bob, conversation, content):
    assert send(alice, conversation, content=content).json["content"] == content
    assert bob.rest.get(messages_of(conversation)).json["messages"][0]["content"] == content


@pytest.mark.parametrize("content", ["", "x" * 4097, None, 5, ["x"]])
def test_content_past_the_bounds_is_refused(alice, conversation, content):
    shapes.problem(send(alice, conversation, content=content), 400, "validation_failed",
                   field="content")


@pytest.mark.parametrize("member,value", [
    ("type", "image"), ("type", 5), ("clientId", "x"), ("clientId", 5),
    ("clientId", "00000000-0000-0000-0000-00000000000"),
    ("clientId", "000000000000-0000-0000-000000000000"),
])
def test_other_members_must_be_what_they_say(alice, conversation, member, value):
    answer = send(alice, conversation, **{"content": "hello", member: value})
    shapes.problem(answer, 400, "validation_failed", field=member)


def test_a_refused_message_takes_no_seq(alice, conversation):
    send(alice, conversation, content="")
    shapes.message(send(alice, conversation, content="hello").json, seq=1)


def test_many_senders_at_once_make_a_log_without_a_gap(server, alice, bob, conversation):
    def send_one(person, content):
        with server.rest(person.token) as client:
            return client.post(messages_of(conversation), {"content": content})

    answers = at_once([lambda number=number: send_one((alice, bob)[number % 2], str(number))
                       for number in range(24)])
    assert [answer.status for answer in answers] == [200] * 24
    assert sorted(answer.json["seq"] for answer in answers) == list(range(1, 25))
    log = {event["seq"]: event["message"] for event in alice.log(conversation)}
    for number, answer in enumerate(answers):
        assert log[answer.json["seq"]]["content"] == str(number)


# --- the same message twice ---

def test_the_same_key_stores_nothing_twice(alice, conversation):
    key = new_key()
    first = send(alice, conversation, content="once", clientId=key)
    again = send(alice, conversation, content="once", clientId=key)
    assert (first.status, again.status) == (200, 200)
    assert again.json == first.json
    assert len(alice.log(conversation)) == 1


def test_a_header_means_the_same_as_the_member(alice, conversation):
    key = new_key()
    by_header = {"Idempotency-Key": key}
    first = send(alice, conversation, by_header, content="once")
    shapes.message(first.json, clientId=key)
    for again in (send(alice, conversation, by_header, content="once"),
                  send(alice, conversation, by_header, content="once", clientId=key),
                  send(alice, conversation, content="once", clientId=key)):
        assert again.status == 200 and again.json == first.json
    assert len(alice.log(conversation)) == 1


def test_header_and_member_that_differ_are_refused(alice, conversation):
    answer = send(alice, conversation, {"Idempotency-Key": new_key()}, content="hello",
                  clientId=new_key())
    shapes.problem(answer, 400, "validation_failed")
    assert alice.log(conversation) == []


@pytest.mark.parametrize("key", ["", "x", "1234"])
def test_a_header_that_is_no_uuid_is_refused(alice, conversation, key):
    answer = send(alice, conversation, {"Idempotency-Key": key}, content="hello")
    shapes.problem(answer, 400, "validation_failed")


def test_a_key_is_not_used_again_for_other_content(alice, conversation):
    key = new_key()
    send(alice, conversation, content="one", clientId=key)
    shapes.problem(send(alice, conversation, content="two", clientId=key), 409, "key_reused")
    assert len(alice.log(conversation)) == 1


def test_a_key_is_not_used_again_by_another_sender(alice, bob, conversation):
    key = new_key()
    send(alice, conversation, content="one", clientId=key)
    shapes.problem(send(bob, conversation, content="one", clientId=key), 409, "key_reused")


def test_a_key_counts_within_its_conversation(alice, bob, conversation):
    key = new_key()
    other = group_conversation(alice, bob)
    send(alice, conversation, content="one", clientId=key)
    shapes.message(send(alice, other, content="other", clientId=key).json, seq=1, clientId=key)


def test_of_sixteen_equal_sends_at_once_one_is_stored(server, alice, conversation):
    key = new_key()

    def send_one():
        with server.rest(alice.token) as client:
            return client.post(messages_of(conversation), {"content": "once", "clientId": key})

    answers = at_once([send_one] * 16)
    assert [answer.status for answer in answers] == [200] * 16
    assert len({answer.body for answer in answers}) == 1
    assert len(alice.log(conversation)) == 1


def test_of_different_sends_with_one_key_at_once_one_is_stored(server, alice, conversation):
    key = new_key()

    def send_one(content):
        with server.rest(alice.token) as client:
            body = {"content": content, "clientId": key}
            return client.post(messages_of(conversation), body).status

    statuses = at_once([lambda number=number: send_one(str(number)) for number in range(8)])
    assert sorted(statuses) == [200] + [409] * 7
    assert len(alice.log(conversation)) == 1


def test_a_send_over_rest_repeated_over_websocket_lands_once(alice, conversation):
    key = new_key()
    first = send(alice, conversation, content="once", clientId=key).json
    with alice.connect() as connection:
        connection.expect("ready")
        connection.send("send", conversationId=conversation["id"], content="once", clientId=key)
        shapes.ack(connection.until("ack"), id=first["id"], seq=1, duplicate=True, clientId=key,
                   timestamp=first["timestamp"])
    assert len(alice.log(conversation)) == 1


def test_a_send_over_websocket_repeated_over_rest_lands_once(alice, conversation):
    key = new_key()
    with alice.connect() as connection:
        connection.expect("ready")
        connection.send("send", conversationId=conversation["id"], content="once", clientId=key)
        ack = shapes.ack(connection.expect("ack"), duplicate=False)
    answer = send(alice, conversation, content="once", clientId=key)
    assert answer.status == 200
    shapes.message(answer.json, id=ack["id"], seq=1, timestamp=ack["timestamp"])
    assert len(alice.log(conversation)) == 1


# --- status and marks ---

def test_the_status_is_what_has_reached_everybody_else(alice, bob, carol):
    group = group_conversation(alice, bob, carol)
    key = new_key()

    def status():
        again = send(alice, group, content="hello", clientId=key).json
        [listed] = bob.rest.get(messages_of(group)).json["messages"]
        assert again["status"] == listed["status"]
        return listed["status"]

    def mark(person, **marks):
        assert person.rest.post(f"/v1/conversations/{group['id']}/receipts", marks).status == 204

    assert status() == "sent"
    mark(bob, deliveredSeq=1)
    assert status() == "sent"
    mark(carol, readSeq=1)
    assert status() == "delivered"
    mark(bob, readSeq=1)
    assert status() == "read"


def test_who_joined_later_does_not_count_for_the_status(alice, bob, carol):
    group = group_conversation(alice, bob)
    send(alice, group, content="early")
    alice.rest.post(f"/v1/conversations/{group['id']}/members", {"memberIds": [carol.id]})
    bob.rest.post(f"/v1/conversations/{group['id']}/receipts", {"readSeq": 1})
    assert alice.rest.get(messages_of(group)).json["messages"][0]["status"] == "read"
    alice.rest.delete(f"/v1/conversations/{group['id']}/members/{bob.id}")
    assert alice.rest.get(messages_of(group)).json["messages"][0]["status"] == "sent"


def test_alone_a_message_stays_sent(alice):
    notes = group_conversation(alice)
    send(alice, notes, content="note")
    assert alice.rest.get(messages_of(notes)).json["messages"][0]["status"] == "sent"
