"""Marks: how far somebody has received and read."""
import pytest

from support import people, shapes
from support.people import direct_conversation, group_conversation
from support.waiting import eventually


@pytest.fixture
def conversation(alice, bob):
    made = direct_conversation(alice, bob)
    for number in range(4):
        alice.send(made, str(number))
    return made


def mark(person, conversation, **marks):
    return person.rest.post(f"/v1/conversations/{conversation['id']}/receipts", marks)


def marks_of(person, conversation):
    shown = person.rest.get(f"/v1/conversations/{conversation['id']}").json
    return shown["deliveredSeq"], shown["readSeq"], shown["unreadCount"]


def test_marks_are_set_without_a_word(bob, conversation):
    answer = mark(bob, conversation, deliveredSeq=3, readSeq=2)
    assert (answer.status, answer.body) == (204, b"")
    assert marks_of(bob, conversation) == (3, 2, 2)


def test_marks_only_rise(bob, conversation):
    mark(bob, conversation, deliveredSeq=3, readSeq=2)
    assert mark(bob, conversation, deliveredSeq=1, readSeq=1).status == 204
    assert marks_of(bob, conversation) == (3, 2, 2)


def test_reading_is_receiving(bob, conversation):
    mark(bob, conversation, readSeq=3)
    assert marks_of(bob, conversation) == (3, 3, 1)
    mark(bob, conversation, deliveredSeq=1, readSeq=4)
    assert marks_of(bob, conversation) == (4, 4, 0)


def test_receiving_is_not_reading(bob, conversation):
    mark(bob, conversation, deliveredSeq=4)
    assert marks_of(bob, conversation) == (4, 0, 4)


@pytest.mark.parametrize("seq", [5, 1000, 2**62])
def test_marks_past_the_head_are_taken_as_the_head(alice, bob, conversation, seq):
    assert mark(bob, conversation, deliveredSeq=seq).status == 204
    assert marks_of(bob, conversation) == (4, 0, 4)
    assert mark(bob, conversation, readSeq=seq).status == 204
    assert marks_of(bob, conversation) == (4, 4, 0)
    alice.send(conversation, "one more")
    assert marks_of(bob, conversation) == (4, 4, 1)


def test_no_marks_change_nothing(bob, conversation):
    assert mark(bob, conversation).status == 204
    assert mark(bob, conversation, readSeq=0, deliveredSeq=0).status == 204
    assert marks_of(bob, conversation) == (0, 0, 4)


@pytest.mark.parametrize("member", ["deliveredSeq", "readSeq"])
@pytest.mark.parametrize("value", [-1, 1.5, "1", [], True, -2**63, 2**63])
def test_a_mark_must_be_a_number(bob, conversation, member, value):
    shapes.problem(mark(bob, conversation, **{member: value}), 400, "validation_failed",
                   field=member)
    assert marks_of(bob, conversation) == (0, 0, 4)


def test_a_mark_that_no_machine_can_hold_is_refused(bob, conversation):
    for value in (2**64, 10**400):
        assert mark(bob, conversation, readSeq=value).status == 400


def test_marks_are_each_users_own_and_the_same_on_every_device(server, alice, bob, conversation):
    mark(bob, conversation, readSeq=2)
    second = people.log_in(server, bob.email)
    assert marks_of(second, conversation) == (2, 2, 2)
    assert marks_of(alice, conversation)[1] == 4


def test_sending_reads_up_to_the_own_message(alice, bob, conversation):
    eventually(lambda: marks_of(alice, conversation) == (4, 4, 0), what="all are one's own")
    bob.send(conversation, "answer")
    eventually(lambda: marks_of(bob, conversation)[1:] == (5, 0), what="bob has read")


def test_sending_skips_nothing_that_was_not_delivered(bob, conversation):
    mark(bob, conversation, deliveredSeq=3)
    bob.send(conversation, "answer")
    eventually(lambda: marks_of(bob, conversation)[1] == 5, what="the read mark has risen")
    delivered, read, unread = marks_of(bob, conversation)
    assert (delivered, read, unread) == (3, 5, 0)


def test_sending_right_behind_what_was_delivered_goes_on(bob, conversation):
    mark(bob, conversation, deliveredSeq=4)
    bob.send(conversation, "answer")
    bob.send(conversation, "and more")
    eventually(lambda: marks_of(bob, conversation) == (6, 6, 0), what="both marks have risen")


def test_unread_counts_messages_alone(alice, bob):
    group = group_conversation(alice, bob)
    path = f"/v1/conversations/{group['id']}"
    alice.send(group, "one")
    alice.rest.patch(path, {"name": "two"})
    alice.send(group, "three")
    assert marks_of(bob, group) == (0, 0, 2)
    mark(bob, group, readSeq=1)
    assert marks_of(bob, group)[2] == 1
    mark(bob, group, readSeq=2)
    assert marks_of(bob, group)[2] == 1
    mark(bob, group, readSeq=3)
    assert marks_of(bob, group)[2] == 0
