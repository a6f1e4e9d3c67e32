"""`typing`: passed on to the other members, and kept nowhere."""
import time

import pytest

from support import shapes
from support.people import direct_conversation, group_conversation

TYPING = {"op": shapes.one_of("typing"), "conversationId": shapes.is_id, "userId": shapes.is_id,
          "on": shapes.is_bool}
PAUSE_SECONDS = 2


def type_(connection, conversation, on=True, **members):
    connection.send("typing", conversationId=conversation["id"], on=on, **members)


def expect_typing(connection, person, conversation, on=True):
    shapes.has_shape(connection.expect("typing"), TYPING,
                     {"conversationId": conversation["id"], "userId": person.id, "on": on})


def expect_nothing(connection, seconds=0.3):
    connection.expect_silence(seconds, passing=("typing",))


def test_typing_reaches_the_other_members_on_all_their_devices(alice, bob, carol,
                                                               open_connection):
    group = group_conversation(alice, bob, carol)
    writer = open_connection(alice)
    others = [open_connection(person) for person in (bob, bob, carol)]
    type_(writer, group)
    for connection in others:
        expect_typing(connection, alice, group)
    type_(writer, group, on=False)
    for connection in others:
        expect_typing(connection, alice, group, on=False)


def test_nobody_hears_of_oneself_nor_of_strangers(alice, bob, carol, open_connection):
    made = direct_conversation(alice, bob)
    direct_conversation(bob, carol)
    writer, own_other = open_connection(alice), open_connection(alice)
    stranger = open_connection(carol)
    type_(writer, made)
    for connection in (writer, own_other, stranger):
        expect_nothing(connection)


def test_it_is_passed_on_once_in_two_seconds(alice, bob, conversation, open_connection):
    writer, reader = open_connection(alice), open_connection(bob)
    begin = time.monotonic()
    type_(writer, conversation)
    expect_typing(reader, alice, conversation)
    while time.monotonic() < begin + PAUSE_SECONDS - 0.5:
        type_(writer, conversation)
        expect_nothing(reader, 0.1)
    time.sleep(max(0, begin + PAUSE_SECONDS + 0.1 - time.monotonic()))
    type_(writer, conversation)
    expect_typing(reader, alice, conversation)


def test_an_end_is_passed_on_once_and_only_after_a_beginning(alice, bob, conversation,
                                                             open_connection):
    writer, reader = open_connection(alice), open_connection(bob)
    type_(writer, conversation, on=False)
    expect_nothing(reader)
    type_(writer, conversation)
    expect_typing(reader, alice, conversation)
    for _ in range(3):
        type_(writer, conversation, on=False)
    expect_typing(reader, alice, conversation, on=False)
    expect_nothing(reader)


def test_there_is_no_answer(alice, conversation, open_connection):
    writer = open_connection(alice)
    type_(writer, conversation, ref="x")
    type_(writer, conversation, ref="x")
    writer.send("ping", ref="y")
    assert writer.receive(passing=("typing", "receipt"))["ref"] == "y"


@pytest.mark.parametrize("on", [None, 1, "true", []])
def test_on_must_be_a_boolean(alice, conversation, open_connection, on):
    writer = open_connection(alice)
    type_(writer, conversation, on=on, ref="x")
    shapes.error(writer.expect("error"), ref="x", code="validation_failed")


def test_where_one_is_no_member_it_is_an_error(alice, bob, carol, open_connection):
    hidden = direct_conversation(alice, bob)
    reader, writer = open_connection(alice), open_connection(carol)
    for made in (hidden, {"id": "1"}):
        type_(writer, made, ref="x")
        shapes.error(writer.expect("error"), ref="x", code="not_found")
    expect_nothing(reader)


def test_a_conversations_own_endpoint_covers_no_other(alice, bob, conversation, open_connection):
    group = group_conversation(alice, bob)
    writer = open_connection(alice, f"/ws/{conversation['id']}")
    narrow, wide = open_connection(bob, f"/ws/{conversation['id']}"), open_connection(bob)
    type_(writer, group, ref="x")
    shapes.error(writer.expect("error"), ref="x", code="not_found")
    type_(writer, conversation)
    for connection in (narrow, wide):
        expect_typing(connection, alice, conversation)


def test_a_former_member_can_neither_type_nor_see_it(alice, bob, carol, open_connection):
    group = group_conversation(alice, bob, carol)
    writer, former = open_connection(alice), open_connection(carol)
    alice.rest.delete(f"/v1/conversations/{group['id']}/members/{carol.id}")
    former.expect("removed")
    type_(writer, group)
    expect_nothing(former)
    type_(former, group, ref="x")
    shapes.error(former.expect("error"), ref="x", code="not_found")
