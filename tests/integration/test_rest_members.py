"""Adding and removing members."""
import pytest

from support import people, shapes
from support.crowd import add_silent_users, at_once
from support.people import direct_conversation, group_conversation


def add(person, conversation, *ids):
    return person.rest.post(f"/v1/conversations/{conversation['id']}/members",
                            {"memberIds": list(ids)})


def remove(person, conversation, id):
    return person.rest.delete(f"/v1/conversations/{conversation['id']}/members/{id}")


def events(person, conversation):
    answer = person.rest.get(f"/v1/conversations/{conversation['id']}/events")
    assert answer.status == 200, answer.body
    return answer.json["events"]


# --- POST …/members ---

def test_any_member_adds_members(alice, bob, carol):
    made = group_conversation(alice, bob)
    answer = add(bob, made, carol.id)
    assert answer.status == 200
    shown = shapes.conversation(answer.json, id=made["id"], lastSeq=1)
    assert sorted(shown["memberIds"]) == sorted([alice.id, bob.id, carol.id])
    [joined] = events(carol, made)
    shapes.event(joined, "joined", seq=1, userIds=[carol.id], byUserId=bob.id)


def test_one_call_is_one_event_of_those_who_are_new(server, alice, bob, carol):
    made = group_conversation(alice, bob)
    dora = people.register(server, "Dora")
    assert add(alice, made, carol.id, bob.id, dora.id, carol.id, alice.id).status == 200
    [joined] = events(alice, made)
    shapes.event(joined, "joined", seq=1, byUserId=alice.id)
    assert sorted(joined["userIds"]) == sorted([carol.id, dora.id])


def test_adding_only_members_changes_nothing(alice, bob):
    made = group_conversation(alice, bob)
    answer = add(alice, made, bob.id)
    assert answer.status == 200
    shapes.conversation(answer.json, lastSeq=0)
    assert events(alice, made) == []


def test_one_who_is_added_by_many_at_once_joins_once(server, alice, bob, carol):
    made = group_conversation(alice, bob)

    def add_carol():
        with server.rest(alice.token) as client:
            return client.post(f"/v1/conversations/{made['id']}/members",
                               {"memberIds": [carol.id]}).status

    assert at_once([add_carol] * 8) == [200] * 8
    assert len(events(alice, made)) == 1


def test_a_new_member_sees_the_history_and_starts_at_his_joining(alice, bob, carol):
    made = group_conversation(alice, bob)
    alice.send(made, "before")
    add(alice, made, carol.id)
    shown = carol.rest.get(f"/v1/conversations/{made['id']}").json
    shapes.conversation(shown, lastSeq=2, deliveredSeq=2, readSeq=2, unreadCount=0)
    history = carol.rest.get(f"/v1/conversations/{made['id']}/messages").json["messages"]
    assert [message["content"] for message in history] == ["before"]
    alice.send(made, "after")
    assert carol.rest.get(f"/v1/conversations/{made['id']}").json["unreadCount"] == 1


@pytest.mark.parametrize("members", [None, "bob", [], [5], ["no id!"]])
def test_members_to_add_must_be_a_list_of_ids(alice, members):
    made = group_conversation(alice)
    answer = alice.rest.post(f"/v1/conversations/{made['id']}/members", {"memberIds": members})
    problem = shapes.problem(answer, 400, "validation_failed")
    assert problem["errors"][0]["field"].startswith("memberIds")


def test_one_who_does_not_exist_keeps_all_out(alice, bob):
    made = group_conversation(alice)
    problem = shapes.problem(add(alice, made, bob.id, "1"), 400, "validation_failed")
    assert problem["errors"][0]["field"].startswith("memberIds")
    assert events(alice, made) == []


def test_nobody_is_added_to_a_direct_conversation(alice, bob, carol):
    made = direct_conversation(alice, bob)
    shapes.problem(add(alice, made, carol.id), 400, "validation_failed")


def test_a_group_has_1000_members_and_no_more(services, server, alice):
    ids = add_silent_users(services, server, 1000)
    made = alice.rest.post("/v1/conversations", {
        "name": "Crowd", "memberIds": ids[:998], "isGroup": True}).json
    shapes.problem(add(alice, made, ids[998], ids[999]), 400, "validation_failed",
                   field="memberIds")
    full = add(alice, made, ids[998])
    assert full.status == 200 and len(full.json["memberIds"]) == 1000
    shapes.problem(add(alice, made, ids[999]), 400, "validation_failed", field="memberIds")
    assert add(alice, made, ids[0]).status == 200


# --- DELETE …/members/{userId} ---

def test_members_leave_by_themselves(alice, bob):
    made = group_conversation(alice, bob)
    answer = remove(bob, made, bob.id)
    assert (answer.status, answer.body) == (204, b"")
    shown = shapes.conversation(alice.rest.get(f"/v1/conversations/{made['id']}").json, lastSeq=1)
    assert shown["memberIds"] == [alice.id]
    [left] = events(alice, made)
    shapes.event(left, "left", seq=1, userId=bob.id, byUserId=bob.id)


def test_the_creator_removes_others(alice, bob):
    made = group_conversation(alice, bob)
    assert remove(alice, made, bob.id).status == 204
    [left] = events(alice, made)
    shapes.event(left, "left", seq=1, userId=bob.id, byUserId=alice.id)


def test_others_remove_nobody_else(alice, bob, carol):
    made = group_conversation(alice, bob, carol)
    shapes.problem(remove(bob, made, carol.id), 403, "forbidden")
    shapes.problem(remove(bob, made, alice.id), 403, "forbidden")
    assert events(alice, made) == []


def test_nobody_leaves_a_direct_conversation(alice, bob):
    made = direct_conversation(alice, bob)
    shapes.problem(remove(alice, made, alice.id), 400, "validation_failed")
    shapes.problem(remove(alice, made, bob.id), 400, "validation_failed")


def test_one_who_is_no_member_cannot_be_removed(alice, bob, carol):
    made = group_conversation(alice, bob)
    for id in (carol.id, "1", "no-such-user", "x" * 41):
        shapes.problem(remove(alice, made, id), 404, "not_found")


def test_one_is_removed_once(server, alice, bob):
    made = group_conversation(alice, bob)

    def remove_bob():
        with server.rest(alice.token) as client:
            return client.delete(f"/v1/conversations/{made['id']}/members/{bob.id}").status

    assert sorted(at_once([remove_bob] * 6)) == [204] + [404] * 5
    assert len(events(alice, made)) == 1


def test_who_has_left_finds_nothing(alice, bob, carol):
    made = group_conversation(alice, bob, carol)
    alice.send(made, "hello")
    remove(bob, made, bob.id)
    path = f"/v1/conversations/{made['id']}"
    answers = [
        bob.rest.get(path), bob.rest.patch(path, {"name": "Mine"}),
        bob.rest.get(path + "/messages"), bob.rest.get(path + "/events"),
        bob.rest.post(path + "/messages", {"content": "still here"}),
        bob.rest.post(path + "/receipts", {"readSeq": 1}),
        bob.rest.post(path + "/members", {"memberIds": [bob.id]}),
        bob.rest.delete(f"{path}/members/{bob.id}"),
    ]
    for answer in answers:
        shapes.problem(answer, 404, "not_found")
    assert bob.rest.get("/v1/conversations").json["conversations"] == []
    assert [event["kind"] for event in events(alice, made)] == ["message", "left"]


def test_who_comes_back_starts_anew(alice, bob):
    made = group_conversation(alice, bob)
    alice.send(made, "one")
    remove(bob, made, bob.id)
    alice.send(made, "two")
    add(alice, made, bob.id)
    shown = bob.rest.get(f"/v1/conversations/{made['id']}").json
    shapes.conversation(shown, lastSeq=4, deliveredSeq=4, readSeq=4, unreadCount=0)
    assert [event["kind"] for event in events(bob, made)] == ["message", "left", "message",
                                                              "joined"]


def test_the_log_numbers_all_kinds_of_events_without_a_gap(alice, bob, carol):
    made = group_conversation(alice, bob)
    path = f"/v1/conversations/{made['id']}"
    alice.send(made, "one")
    add(alice, made, carol.id)
    alice.rest.patch(path, {"name": "Two"})
    carol.send(made, "three")
    remove(carol, made, carol.id)
    bob.send(made, "four")
    log = events(alice, made)
    assert [event["seq"] for event in log] == [1, 2, 3, 4, 5, 6]
    kinds = ["message", "joined", "renamed", "message", "left", "message"]
    for event, kind in zip(log, kinds):
        shapes.event(event, kind)
