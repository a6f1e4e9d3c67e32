"""Coming and going while connected."""
from support import shapes
from support.people import direct_conversation, group_conversation
from support.waiting import eventually


def add(person, conversation, *others):
    answer = person.rest.post(f"/v1/conversations/{conversation['id']}/members",
                              {"memberIds": [other.id for other in others]})
    assert answer.status == 200, answer.body


def remove(person, conversation, other):
    answer = person.rest.delete(f"/v1/conversations/{conversation['id']}/members/{other.id}")
    assert answer.status == 204, answer.body


def test_a_new_conversation_reaches_open_connections_of_all_members(alice, bob, carol,
                                                                    open_connection):
    connections = [open_connection(person) for person in (alice, bob, bob)]
    stranger = open_connection(carol)
    for make in (group_conversation, direct_conversation):
        made = make(alice, bob)
        for connection in connections:
            message = connection.expect("conversation")
            assert set(message) == {"op", "conversation"}
            shapes.conversation(message["conversation"], id=made["id"], lastSeq=0,
                                creatorId=made["creatorId"], isGroup=made["isGroup"])
        alice.send(made, "first")
        for connection in connections:
            assert connection.expect("event")["event"]["seq"] == 1
    stranger.expect_silence()


def test_a_conversation_that_exists_is_not_told_again(alice, bob, open_connection):
    made = direct_conversation(alice, bob)
    connection = open_connection(bob)
    assert direct_conversation(bob, alice)["id"] == made["id"]
    connection.expect_silence()


def test_one_can_send_at_once_into_a_new_conversation(alice, bob, open_connection):
    connection = open_connection(bob)
    made = group_conversation(alice, bob)
    connection.expect("conversation")
    connection.send("send", conversationId=made["id"], content="hello")
    shapes.ack(connection.expect("ack"), seq=1)


def test_an_added_member_gets_the_conversation_then_its_events(alice, bob, carol,
                                                               open_connection):
    group = group_conversation(alice, bob)
    alice.send(group, "before")
    newcomer, old = open_connection(carol), open_connection(bob)
    assert old.expect("event")["event"]["seq"] == 1
    add(alice, group, carol)
    shown = newcomer.expect("conversation")["conversation"]
    shapes.conversation(shown, id=group["id"], lastSeq=2, deliveredSeq=2, readSeq=2)
    assert carol.id in shown["memberIds"]
    joined = old.expect("event")["event"]
    shapes.event(joined, "joined", seq=2, userIds=[carol.id], byUserId=alice.id)
    alice.send(group, "after")
    for connection in (newcomer, old):
        assert connection.expect("event")["event"]["seq"] == 3
    newcomer.send("sync", conversationId=group["id"], afterSeq=0)
    assert [event["seq"] for event in newcomer.expect("batch")["events"]] == [1, 2, 3]


def test_members_hear_of_renames_and_leavings(alice, bob, open_connection):
    group = group_conversation(alice, bob)
    connection = open_connection(alice)
    bob.rest.patch(f"/v1/conversations/{group['id']}", {"name": "Tea"})
    shapes.event(connection.expect("event")["event"], "renamed", seq=1, name="Tea",
                 byUserId=bob.id)
    remove(bob, group, bob)
    shapes.event(connection.expect("event")["event"], "left", seq=2, userId=bob.id,
                 byUserId=bob.id)


def test_a_removed_member_hears_of_it_in_place_of_the_event(alice, bob, open_connection):
    group = group_conversation(alice, bob)
    connection, other = open_connection(bob), open_connection(alice)
    remove(alice, group, bob)
    assert connection.expect("removed", 1) == {"op": "removed", "conversationId": group["id"]}
    assert other.expect("event")["event"]["kind"] == "left"

    alice.send(group, "without bob")
    connection.expect_silence()
    connection.send("send", ref="x", conversationId=group["id"], content="still here?")
    shapes.error(connection.expect("error"), ref="x", code="not_found")
    connection.send("sync", ref="y", conversationId=group["id"], afterSeq=0)
    shapes.error(connection.expect("error"), ref="y", code="not_found")


def test_who_leaves_by_himself_hears_of_it_on_all_connections(alice, bob, open_connection):
    group = group_conversation(alice, bob)
    connections = [open_connection(bob), open_connection(bob)]
    remove(bob, group, bob)
    for connection in connections:
        connection.expect("removed", 1)


def test_on_the_conversations_own_endpoint_a_removal_closes_with_4003(alice, bob,
                                                                      open_connection):
    group = group_conversation(alice, bob)
    connection = open_connection(bob, f"/ws/{group['id']}")
    remaining = open_connection(alice, f"/ws/{group['id']}")
    remove(alice, group, bob)
    connection.expect("removed", 1)
    assert connection.wait_closed()[0] == 4003
    assert remaining.expect("event")["event"]["kind"] == "left"


def test_who_was_removed_and_added_again_goes_on(alice, bob, open_connection):
    group = group_conversation(alice, bob)
    connection = open_connection(bob)
    for round in range(3):
        remove(alice, group, bob)
        connection.expect("removed")
        alice.send(group, "without bob")
        add(alice, group, bob)
        shown = connection.expect("conversation")["conversation"]
        assert shown["lastSeq"] == shown["readSeq"] == 3 * round + 3
    alice.send(group, "with bob")
    assert connection.expect("event")["event"]["seq"] == 10


def test_messages_around_a_removal_come_before_it_or_not_at_all(alice, bob, open_connection):
    group = group_conversation(alice, bob)
    connection, writer = open_connection(bob), open_connection(alice)
    for number in range(30):
        writer.send("send", conversationId=group["id"], content=str(number))
    remove(alice, group, bob)
    seqs = []
    while (message := connection.receive())["op"] == "event":
        seqs.append(message["event"]["seq"])
    assert message["op"] == "removed"
    assert seqs == list(range(1, len(seqs) + 1))
    log = alice.rest.get(f"/v1/conversations/{group['id']}/events").json["events"]
    [left] = [event["seq"] for event in log if event["kind"] == "left"]
    assert len(seqs) <= left - 1
    connection.expect_silence(0.1)


def test_what_happened_while_away_shows_in_the_next_ready(alice, bob, open_connection):
    group = group_conversation(alice, bob)
    remove(alice, group, bob)
    made = direct_conversation(alice, bob)
    eventually(lambda: len(bob.rest.get("/v1/conversations").json["conversations"]) == 1)
    with bob.connect() as connection:
        ready = connection.expect("ready")
        assert [mark["id"] for mark in ready["conversations"]] == [made["id"]]
