"""Many members on many connections: every one sees the same log."""
import pytest

from support import people
from support.people import direct_conversation, group_conversation

MEMBERS = 50
MESSAGES_EACH = 40


@pytest.fixture
def opened():
    connections = []
    yield connections
    for connection in connections:
        connection.abort()


def connect(person, opened, path="/v1/ws"):
    connection = person.connect(path)
    opened.append(connection)
    connection.expect("ready")
    return connection


def seq_of(message):
    assert message["op"] in ("ack", "event"), message
    return message["seq"] if message["op"] == "ack" else message["event"]["seq"]


def test_two_members_meet_whatever_shards_they_are_on(alice, bob, opened):
    made = direct_conversation(alice, bob)
    senders = [connect(alice, opened) for _ in range(8)]
    receivers = [connect(bob, opened) for _ in range(8)]
    for number, sender in enumerate(senders):
        sender.send("send", conversationId=made["id"], content=str(number))
        assert sender.expect("ack")["seq"] == number + 1
        for connection in receivers + [other for other in senders if other is not sender]:
            event = connection.expect("event")["event"]
            assert (event["seq"], event["message"]["content"]) == (number + 1, str(number))


def test_fifty_members_see_the_messages_of_three_senders_in_one_order(server, opened):
    everybody = [people.register(server, f"Member{number}") for number in range(MEMBERS)]
    group = group_conversation(everybody[0], *everybody[1:])
    connections = [connect(person, opened) for person in everybody]
    senders = connections[:3]
    for number in range(MESSAGES_EACH):
        for name, sender in enumerate(senders):
            sender.send("send", conversationId=group["id"], content=f"{name}:{number}",
                        ref=f"{name}:{number}")

    total = 3 * MESSAGES_EACH
    seen = []
    for connection in connections:
        messages = [connection.receive() for _ in range(total)]
        assert [seq_of(message) for message in messages] == list(range(1, total + 1))
        seen.append([message["ref"] if message["op"] == "ack"
                     else message["event"]["message"]["content"] for message in messages])
    assert all(order == seen[0] for order in seen)
    for name in range(3):
        own = [text for text in seen[0] if text.startswith(f"{name}:")]
        assert own == [f"{name}:{number}" for number in range(MESSAGES_EACH)]


def test_conversations_do_not_mix(server, alice, bob, carol, opened):
    groups = [group_conversation(alice, bob, carol, name=str(n)) for n in range(6)]
    connections = [connect(person, opened) for person in (alice, bob, carol)]
    only = [connect(carol, opened, f"/ws/{group['id']}") for group in groups]
    for number in range(10):
        for group in groups:
            connections[number % 2].send("send", conversationId=group["id"],
                                         content=f"{group['name']}:{number}")
    for connection in connections:
        seqs = {group["id"]: [] for group in groups}
        for _ in range(60):
            message = connection.receive()
            seqs[message["conversationId"]].append(seq_of(message))
        assert list(seqs.values()) == [list(range(1, 11))] * 6
    for group, connection in zip(groups, only):
        events = [connection.expect("event")["event"] for _ in range(10)]
        assert [event["seq"] for event in events] == list(range(1, 11))
        assert sorted(event["message"]["content"] for event in events) == \
            [f"{group['name']}:{number}" for number in range(10)]
