"""The log itself."""
import pytest

from support import shapes
from support.people import direct_conversation, group_conversation


def log(person, conversation, **query):
    answer = person.rest.get(f"/v1/conversations/{conversation['id']}/events", query=query)
    assert answer.status == 200, answer.body
    assert set(answer.json) == {"events", "lastSeq"}
    return answer.json["events"], answer.json["lastSeq"]


def seqs(events):
    return [event["seq"] for event in events]


def test_a_new_conversation_has_an_empty_log(alice, bob):
    assert log(alice, direct_conversation(alice, bob)) == ([], 0)
    assert log(alice, group_conversation(alice, bob)) == ([], 0)


def test_a_log_tells_each_kind_of_event(alice, bob, carol):
    group = group_conversation(alice, bob)
    path = f"/v1/conversations/{group['id']}"
    sent = alice.send(group, "hello")
    alice.rest.post(path + "/members", {"memberIds": [carol.id]})
    bob.rest.patch(path, {"name": "Tea \"and\" \\ \U0001f375"})
    alice.rest.delete(f"{path}/members/{carol.id}")

    events, head = log(bob, group)
    assert head == 4
    shapes.event(events[0], "message", seq=1, timestamp=sent["timestamp"])
    shapes.message(events[0]["message"], id=sent["id"], content="hello", senderId=alice.id)
    shapes.event(events[1], "joined", seq=2, userIds=[carol.id], byUserId=alice.id)
    shapes.event(events[2], "renamed", seq=3, name="Tea \"and\" \\ \U0001f375", byUserId=bob.id)
    shapes.event(events[3], "left", seq=4, userId=carol.id, byUserId=alice.id)
    assert sorted(events, key=lambda event: event["timestamp"]) == events


def test_a_log_is_read_piece_by_piece(alice, bob):
    conversation = direct_conversation(alice, bob)
    for number in range(5):
        alice.send(conversation, str(number))
    events, head = log(bob, conversation, limit=2)
    assert (seqs(events), head) == ([1, 2], 5)
    events, head = log(bob, conversation, afterSeq=2, limit=2)
    assert (seqs(events), head) == ([3, 4], 5)
    events, head = log(bob, conversation, afterSeq=4)
    assert (seqs(events), head) == ([5], 5)


@pytest.mark.parametrize("after", [1, 2, 2**62])
def test_at_and_past_the_head_there_is_nothing(alice, after):
    notes = group_conversation(alice)
    alice.send(notes, "note")
    assert log(alice, notes, afterSeq=after) == ([], 1)


def test_a_hundred_events_come_unless_more_are_asked_for(services, server, alice):
    notes = group_conversation(alice)
    with alice.connect() as connection:
        connection.expect("ready")
        for number in range(201):
            connection.send("send", conversationId=notes["id"], content=str(number))
        for _ in range(201):
            connection.expect("ack")
    assert seqs(log(alice, notes)[0]) == list(range(1, 101))
    assert seqs(log(alice, notes, limit=200)[0]) == list(range(1, 201))
    assert seqs(log(alice, notes, afterSeq=1, limit=200)[0]) == list(range(2, 202))


@pytest.mark.parametrize("query,field", [
    ({"limit": 0}, "limit"), ({"limit": 201}, "limit"), ({"limit": "x"}, "limit"),
    ({"afterSeq": -1}, "afterSeq"), ({"afterSeq": "x"}, "afterSeq"),
    ({"afterSeq": 2**63}, "afterSeq"),
])
def test_a_log_refuses_what_it_cannot_read(alice, query, field):
    notes = group_conversation(alice)
    answer = alice.rest.get(f"/v1/conversations/{notes['id']}/events", query=query)
    shapes.problem(answer, 400, "validation_failed", field=field)


def test_a_log_is_cut_at_512_kib_and_goes_on(alice):
    notes = group_conversation(alice)
    for _ in range(40):
        alice.send(notes, "\U0001f600" * 4096)  # 16 KiB
    answer = alice.rest.get(f"/v1/conversations/{notes['id']}/events")
    assert len(answer.body) <= 512 * 1024
    events, head = answer.json["events"], answer.json["lastSeq"]
    assert head == 40 and 20 < len(events) < 40
    assert seqs(log(alice, notes, afterSeq=events[-1]["seq"])[0])[0] == events[-1]["seq"] + 1
