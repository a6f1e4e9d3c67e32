"""Making, listing, showing and renaming conversations."""
import random

import pytest

from support import people, shapes
from support.crowd import add_silent_users, at_once
from support.people import direct_conversation, group_conversation


def create(person, **body):
    return person.rest.post("/v1/conversations", body)


def conversations(person, **query):
    return shapes.page(person.rest.get("/v1/conversations", query=query), "conversations",
                       shapes.conversation)


# --- POST /v1/conversations: groups ---

def test_a_new_group_is_told_whole(alice, bob, carol):
    answer = create(alice, name="Tea", memberIds=[bob.id, carol.id], isGroup=True)
    assert answer.status == 201
    made = shapes.conversation(
        answer.json, name="Tea", creatorId=alice.id, isGroup=True, lastSeq=0, lastMessage=None,
        deliveredSeq=0, readSeq=0, unreadCount=0)
    assert sorted(made["memberIds"]) == sorted([alice.id, bob.id, carol.id])
    assert answer.headers["Location"] == f"/v1/conversations/{made['id']}"


def test_the_creator_and_doubles_are_counted_once(alice, bob):
    made = create(alice, name="Tea", memberIds=[bob.id, alice.id, bob.id], isGroup=True).json
    assert sorted(made["memberIds"]) == sorted([alice.id, bob.id])


def test_a_group_may_be_of_oneself_alone(alice):
    answer = create(alice, name="Notes", memberIds=[], isGroup=True)
    assert answer.status == 201 and answer.json["memberIds"] == [alice.id]


def test_two_groups_of_the_same_people_are_two(alice, bob):
    assert group_conversation(alice, bob)["id"] != group_conversation(alice, bob)["id"]


@pytest.mark.parametrize("name", ["x", "\U0001f600" * 128])
def test_a_groups_name_may_be_as_long_as_the_bounds(alice, name):
    assert create(alice, name=name, memberIds=[], isGroup=True).json["name"] == name


@pytest.mark.parametrize("name", ["", "x" * 129, None, 5])
def test_a_groups_name_past_the_bounds_is_refused(alice, name):
    shapes.problem(create(alice, name=name, memberIds=[], isGroup=True), 400,
                   "validation_failed", field="name")


def test_a_group_needs_a_name(alice):
    shapes.problem(create(alice, memberIds=[], isGroup=True), 400, "validation_failed",
                   field="name")


@pytest.mark.parametrize("members", [None, "bob", {}, [5], ["no id!"], [None]])
def test_members_must_be_a_list_of_ids(alice, members):
    answer = create(alice, name="Tea", memberIds=members, isGroup=True)
    problem = shapes.problem(answer, 400, "validation_failed")
    assert problem["errors"][0]["field"].startswith("memberIds")


@pytest.mark.parametrize("is_group", [None, "true", 1])
def test_is_group_must_be_said(alice, is_group):
    shapes.problem(create(alice, name="Tea", memberIds=[], isGroup=is_group), 400,
                   "validation_failed", field="isGroup")


def test_members_who_do_not_exist_are_refused(alice, bob):
    for unknown in ("1", "9" * 18, "no-such-user"):
        answer = create(alice, name="Tea", memberIds=[bob.id, unknown], isGroup=True)
        problem = shapes.problem(answer, 400, "validation_failed")
        assert problem["errors"][0]["field"].startswith("memberIds")


def test_999_others_may_be_named_and_no_more(services, server, alice):
    ids = add_silent_users(services, server, 1000)
    shapes.problem(create(alice, name="Crowd", memberIds=ids, isGroup=True), 400,
                   "validation_failed", field="memberIds")
    answer = create(alice, name="Crowd", memberIds=ids[:999], isGroup=True)
    assert answer.status == 201, answer.body
    assert set(answer.json["memberIds"]) == {alice.id, *ids[:999]}


# --- POST /v1/conversations: of two ---

def test_a_pair_has_one_conversation_whoever_asks(alice, bob):
    made = create(alice, memberIds=[bob.id], isGroup=False)
    again = create(alice, memberIds=[bob.id], isGroup=False)
    other = create(bob, memberIds=[alice.id, bob.id], isGroup=False)
    assert (made.status, again.status, other.status) == (201, 200, 200)
    for answer in (made, again, other):
        shapes.conversation(answer.json, id=made.json["id"], name=None, isGroup=False,
                            creatorId=alice.id)


def test_the_name_of_a_direct_conversation_is_ignored(alice, bob):
    answer = create(alice, memberIds=[bob.id], isGroup=False, name="Ours")
    assert answer.status == 201 and answer.json["name"] is None


def test_of_sixteen_who_make_the_pairs_conversation_one_does(server, alice, bob):
    def ask(person, other):
        def once():
            with server.rest(person.token) as client:
                return client.post("/v1/conversations",
                                   {"memberIds": [other.id], "isGroup": False})
        return once

    answers = at_once([ask(alice, bob), ask(bob, alice)] * 8)
    assert sorted(answer.status for answer in answers) == [200] * 15 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_a_direct_conversation_is_of_exactly_two(alice, bob, carol):
    for members in ([], [alice.id], [bob.id, carol.id]):
        shapes.problem(create(alice, memberIds=members, isGroup=False), 400,
                       "validation_failed", field="memberIds")


def test_a_direct_conversation_with_nobody_is_refused(alice):
    shapes.problem(create(alice, memberIds=["1"], isGroup=False), 400, "validation_failed")


# --- GET /v1/conversations ---

def test_a_user_without_conversations_has_an_empty_list(alice):
    assert conversations(alice) == ([], None)


def newest_first(made):
    """Their ids; two that were made in one millisecond stand in the order of their ids."""
    made = sorted(made, key=lambda c: (c["createdAt"], int(c["id"])), reverse=True)
    return [conversation["id"] for conversation in made]


def test_the_list_begins_with_the_latest_activity(alice, bob):
    made = [group_conversation(alice, bob, name=str(number)) for number in range(3)]
    # Activity has whole milliseconds, and a tie goes to the larger id.
    while alice.send(made[0], "hello")["timestamp"] <= made[-1]["createdAt"]:
        pass
    latest, *others = [conversation["id"] for conversation in conversations(alice)[0]]
    assert latest == made[0]["id"]
    assert others == newest_first(made[1:])


def test_the_list_is_paged_so_that_each_comes_once(alice):
    made = [group_conversation(alice, name=str(number)) for number in range(7)]
    seen, cursor = [], None
    for expected in (3, 3, 1):
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        found, cursor = conversations(alice, **query)
        assert len(found) == expected
        seen += [conversation["id"] for conversation in found]
    assert cursor is None
    assert seen == newest_first(made)


def test_a_list_that_ends_with_its_page_has_no_cursor(alice):
    for number in range(2):
        group_conversation(alice, name=str(number))
    assert conversations(alice, limit=2)[1] is None


def test_the_list_shows_the_last_message_and_what_is_unread(alice, bob):
    made = direct_conversation(alice, bob)
    alice.send(made, "one")
    last = alice.send(made, "two")
    [found] = conversations(bob)[0]
    shapes.conversation(found, id=made["id"], lastSeq=2, unreadCount=2, readSeq=0)
    shapes.message(found["lastMessage"], id=last["id"], content="two", seq=2)


@pytest.mark.parametrize("limit", [1, 100])
def test_the_list_takes_limits_at_the_bounds(alice, limit):
    conversations(alice, limit=limit)


@pytest.mark.parametrize("limit", [0, 101, -1, "x", ""])
def test_the_list_refuses_other_limits(alice, limit):
    shapes.problem(alice.rest.get("/v1/conversations", query={"limit": limit}), 400,
                   "validation_failed", field="limit")


@pytest.mark.parametrize("cursor", ["x", "", "AAAA", "%00", "a" * 500])
def test_the_list_refuses_a_cursor_that_it_did_not_give(alice, cursor):
    shapes.problem(alice.rest.get("/v1/conversations", query={"cursor": cursor}), 400,
                   "validation_failed", field="cursor")


# --- GET, PATCH /v1/conversations/{id} ---

def test_a_member_sees_the_conversation(alice, bob):
    made = group_conversation(alice, bob, name="Tea")
    answer = bob.rest.get(f"/v1/conversations/{made['id']}")
    assert answer.status == 200
    shapes.conversation(answer.json, id=made["id"], name="Tea", creatorId=alice.id)


def test_any_member_renames_a_group(alice, bob):
    made = group_conversation(alice, bob, name="Tea")
    answer = bob.rest.patch(f"/v1/conversations/{made['id']}", {"name": "Coffee"})
    assert answer.status == 200
    shapes.conversation(answer.json, id=made["id"], name="Coffee", lastSeq=1)
    assert alice.rest.get(f"/v1/conversations/{made['id']}").json["name"] == "Coffee"
    [event] = alice.rest.get(f"/v1/conversations/{made['id']}/events").json["events"]
    shapes.event(event, "renamed", seq=1, name="Coffee", byUserId=bob.id)


@pytest.mark.parametrize("name", ["", "x" * 129, None, 5])
def test_a_new_name_past_the_bounds_is_refused(alice, name):
    made = group_conversation(alice)
    shapes.problem(alice.rest.patch(f"/v1/conversations/{made['id']}", {"name": name}), 400,
                   "validation_failed", field="name")


def test_a_direct_conversation_is_not_renamed(alice, bob):
    made = direct_conversation(alice, bob)
    shapes.problem(alice.rest.patch(f"/v1/conversations/{made['id']}", {"name": "Ours"}), 400,
                   "validation_failed")


def test_many_renames_at_once_take_one_seq_each(server, alice):
    made = group_conversation(alice)

    def rename(name):
        with server.rest(alice.token) as client:
            return client.patch(f"/v1/conversations/{made['id']}", {"name": name}).status

    names = [f"name {number}" for number in range(8)]
    random.shuffle(names)
    assert at_once([lambda name=name: rename(name) for name in names]) == [200] * 8
    events = alice.rest.get(f"/v1/conversations/{made['id']}/events").json["events"]
    assert [event["seq"] for event in events] == list(range(1, 9))
    assert sorted(event["name"] for event in events) == sorted(names)
    assert people.log_in(server, alice.email).rest.get(
        f"/v1/conversations/{made['id']}").json["name"] == events[-1]["name"]
