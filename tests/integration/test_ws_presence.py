"""`watch` and `presence` within one instance, and who is online by REST."""
import time

import pytest

from support import shapes
from support.people import direct_conversation, group_conversation, register
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS, eventually

PRESENCE = {"op": shapes.one_of("presence"), "userId": shapes.is_id,
            "status": shapes.one_of("online", "offline"),
            "lastSeenAt": shapes.or_null(shapes.is_time)}
GRACE_SECONDS = 5
SECONDS = 10 * SLOWNESS


def presences(connection, count, seconds=SECONDS):
    """The next `count` of them, by user."""
    told = {}
    for _ in range(count):
        news = connection.expect("presence", seconds)
        shapes.has_shape(news, PRESENCE, {})
        assert news["status"] == "offline" or news["lastSeenAt"] is None
        told[news["userId"]] = news
    return told


def expect_presence(connection, person, status, seconds=SECONDS):
    return shapes.has_shape(connection.expect("presence", seconds), PRESENCE,
                            {"userId": person.id, "status": status})


def expect_no_presence(connection, seconds=0.3):
    connection.expect_silence(seconds, passing=("presence",))


def watch(connection, *people, **members):
    connection.send("watch", userIds=[person.id for person in people], **members)
    return presences(connection, len(people))


def status_of(person, asker):
    return asker.rest.get(f"/v1/users/{person.id}").json["status"]


def test_watch_is_answered_with_each_and_then_told_changes(alice, bob, carol, open_connection):
    watcher = open_connection(alice)
    open_connection(carol)
    told = watch(watcher, bob, carol, alice)
    assert {id: news["status"] for id, news in told.items()} == {
        bob.id: "offline", carol.id: "online", alice.id: "online"}
    assert told[bob.id]["lastSeenAt"] is None
    first = bob.connect()
    expect_presence(watcher, bob, "online")
    second = bob.connect()
    first.close()
    expect_no_presence(watcher)
    begin = time.time()
    second.close()
    gone = expect_presence(watcher, bob, "offline", SECONDS + GRACE_SECONDS)
    assert time.time() - begin >= GRACE_SECONDS - 0.1
    seen = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(begin))
    assert gone["lastSeenAt"][:16] >= seen
    # It is written down, and told to whoever asks later.
    def written():
        news = watch(watcher, bob)[bob.id]
        return news["lastSeenAt"] == gone["lastSeenAt"]
    eventually(written, what="lastSeenAt is the same for everybody")
    other = open_connection(carol)
    assert watch(other, bob)[bob.id]["lastSeenAt"] == gone["lastSeenAt"]


def test_one_connection_of_many_is_enough_wherever_it_is(alice, bob, open_connection):
    watcher = open_connection(alice)
    connections = [bob.connect() for _ in range(8)]
    for connection in connections:
        connection.expect("ready")
    assert watch(watcher, bob)[bob.id]["status"] == "online"
    for connection in connections[:-1]:
        connection.close()
    expect_no_presence(watcher, GRACE_SECONDS + 1)
    assert status_of(bob, alice) == "online"
    connections[-1].close()
    expect_presence(watcher, bob, "offline", SECONDS + GRACE_SECONDS)


@on_each_backend
def test_who_comes_back_within_the_grace_was_never_gone(alice, bob, open_connection):
    watcher = open_connection(alice)
    with bob.connect() as connection:
        connection.expect("ready")
        watch(watcher, bob)
    time.sleep(1)
    assert status_of(bob, alice) == "online"
    open_connection(bob)
    expect_no_presence(watcher, GRACE_SECONDS + 1)
    assert status_of(bob, alice) == "online"


def test_a_list_replaces_the_one_before(alice, bob, carol, open_connection):
    watcher = open_connection(alice)
    watch(watcher, bob)
    watch(watcher, carol)
    open_connection(bob)
    expect_no_presence(watcher, 1.2)
    open_connection(carol)
    expect_presence(watcher, carol, "online")
    watcher.send("watch", userIds=[])
    watcher.send("ping", ref="done")
    assert watcher.receive(passing=("presence",))["op"] == "pong"
    watcher.send("watch", userIds=[carol.id, carol.id])
    expect_presence(watcher, carol, "online")
    expect_no_presence(watcher)


def test_users_who_do_not_exist_are_offline(alice, open_connection):
    watcher = open_connection(alice)
    for unknown in ("1", "no-such-user"):
        watcher.send("watch", userIds=[unknown])
        shapes.has_shape(watcher.expect("presence"), PRESENCE,
                         {"userId": unknown, "status": "offline", "lastSeenAt": None})


def test_a_list_holds_two_hundred(alice, bob, open_connection):
    watcher = open_connection(alice)
    strangers = [str(id) for id in range(1, 200)]
    watcher.send("watch", userIds=[bob.id, *strangers])
    assert len(presences(watcher, 200)) == 200
    watcher.send("watch", userIds=["300", bob.id, *strangers], ref="x")
    error = shapes.error(watcher.expect("error"), ref="x", code="validation_failed")
    assert "userIds" in str(error)
    # The list before it still stands.
    open_connection(bob)
    expect_presence(watcher, bob, "online")


@pytest.mark.parametrize("user_ids", [None, "1", [1], [""], {}])
def test_user_ids_must_be_a_list_of_ids(alice, open_connection, user_ids):
    watcher = open_connection(alice)
    watcher.send("watch", userIds=user_ids, ref="x")
    shapes.error(watcher.expect("error"), ref="x", code="validation_failed")


def test_nobody_is_told_who_does_not_watch(alice, bob, conversation, open_connection):
    contact = open_connection(alice)
    open_connection(bob)
    expect_no_presence(contact, 1.2)


def test_changes_come_at_most_once_a_second(server, alice, open_connection):
    people = [register(server, f"Person{number}") for number in range(5)]
    watcher = open_connection(alice)
    watch(watcher, *people)
    times = []
    for person in people:
        open_connection(person)
        time.sleep(0.1)
    for person in people:
        watcher.expect("presence")
        times.append(time.monotonic())
    batches = 1 + sum(later - sooner > 0.3 for sooner, later in zip(times, times[1:]))
    assert batches <= 2, times


def test_a_conversations_endpoint_watches_its_members(alice, bob, carol, open_connection):
    group = group_conversation(alice, bob)
    watcher = open_connection(alice, f"/ws/{group['id']}")
    told = presences(watcher, 2)
    assert {id: news["status"] for id, news in told.items()} == {
        alice.id: "online", bob.id: "offline"}
    open_connection(bob)
    expect_presence(watcher, bob, "online")
    members = f"/v1/conversations/{group['id']}/members"
    alice.rest.post(members, {"memberIds": [carol.id]})
    assert watcher.receive(passing=("presence",))["event"]["kind"] == "joined"
    expect_presence(watcher, carol, "offline")
    alice.rest.delete(f"{members}/{carol.id}")
    assert watcher.receive(passing=("presence",))["event"]["kind"] == "left"
    open_connection(carol)
    expect_no_presence(watcher, 1.2)


def test_a_list_of_ones_own_takes_the_place_of_the_members(alice, bob, carol, open_connection):
    made = direct_conversation(alice, bob)
    watcher = open_connection(alice, f"/ws/{made['id']}")
    presences(watcher, 2)
    watch(watcher, carol)
    open_connection(bob)
    open_connection(carol)
    expect_presence(watcher, carol, "online")
    expect_no_presence(watcher, 1.2)
