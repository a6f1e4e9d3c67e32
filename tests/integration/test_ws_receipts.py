"""`receipt`: how far others, and one's own other devices, have received and read."""
import pytest

from support import people, shapes
from support.metrics import read_metrics
from support.people import direct_conversation, group_conversation
from support.waiting import SLOWNESS, eventually

READ_SECONDS_MAX = 1 * SLOWNESS
DELIVERED_SECONDS_MAX = 5 * SLOWNESS
RECEIPT = {"op": shapes.one_of("receipt"), "conversationId": shapes.is_id,
           "userId": shapes.is_id, "deliveredSeq": shapes.is_seq, "readSeq": shapes.is_seq}


@pytest.fixture
def talk(alice, bob):
    """A direct conversation with five messages of alice, of which nothing waits to be told."""
    made = direct_conversation(alice, bob)
    for number in range(5):
        alice.send(made, str(number))
    assert marks_of(alice, made) == (5, 5, 0)
    return made


def marks_of(person, conversation):
    shown = person.rest.get(f"/v1/conversations/{conversation['id']}").json
    return shown["deliveredSeq"], shown["readSeq"], shown["unreadCount"]


def mark(connection, op, conversation, seq):
    """Sends the mark; when this returns, the server has it."""
    connection.send(op, conversationId=conversation["id"], seq=seq)
    connection.send("ping", ref="marked")
    assert connection.until("pong")["ref"] == "marked"


def expect_receipt(connection, person, delivered, read, seconds=READ_SECONDS_MAX):
    """The next receipt about this person."""
    while True:
        receipt = shapes.has_shape(connection.until("receipt", seconds), RECEIPT, {})
        if receipt["userId"] == person.id:
            break
    assert (receipt["deliveredSeq"], receipt["readSeq"]) == (delivered, read)
    return receipt


def expect_no_receipt(connection, seconds=0.3):
    connection.expect_silence(seconds, passing=("receipt",))


def caught_up(open_connection, person, conversation, path="/v1/ws"):
    """A connection that has had its `ready` and five events, if they were owed."""
    connection = open_connection(person, path)
    if marks_of(person, conversation)[0] < 5:
        for _ in range(5):
            connection.expect("event")
    return connection


def test_a_read_mark_reaches_the_other_member_and_the_own_second_device(
        alice, bob, talk, open_connection):
    phone, laptop = (caught_up(open_connection, bob, talk) for _ in range(2))
    other = open_connection(alice)
    mark(phone, "read", talk, 3)
    for connection in (other, laptop):
        receipt = expect_receipt(connection, bob, 3, 3)
        assert receipt["conversationId"] == talk["id"]
    expect_no_receipt(phone)


def test_a_delivered_mark_is_told_somewhat_later(alice, bob, talk, open_connection):
    phone, other = caught_up(open_connection, bob, talk), open_connection(alice)
    mark(phone, "delivered", talk, 4)
    expect_receipt(other, bob, 4, 0, DELIVERED_SECONDS_MAX)


def test_many_marks_are_told_as_one(alice, bob, talk, open_connection):
    phone, other = caught_up(open_connection, bob, talk), open_connection(alice)
    for seq in range(1, 6):
        phone.send("delivered", conversationId=talk["id"], seq=seq)
        phone.send("read", conversationId=talk["id"], seq=seq)
    expect_receipt(other, bob, 5, 5)
    expect_no_receipt(other, 1)


def test_a_mark_that_changes_nothing_is_not_told(alice, bob, talk, open_connection):
    phone, other = caught_up(open_connection, bob, talk), open_connection(alice)
    mark(phone, "read", talk, 3)
    expect_receipt(other, bob, 3, 3)
    mark(phone, "read", talk, 2)
    mark(phone, "read", talk, 3)
    expect_no_receipt(other, 1)


def test_marks_by_rest_are_told_at_once_to_all_devices(alice, bob, talk, open_connection):
    phone, other = caught_up(open_connection, bob, talk), open_connection(alice)
    path = f"/v1/conversations/{talk['id']}/receipts"
    assert bob.rest.post(path, {"readSeq": 2}).status == 204
    for connection in (phone, other):
        expect_receipt(connection, bob, 2, 2)
    assert bob.rest.post(path, {"readSeq": 1}).status == 204
    expect_no_receipt(other, 0.3)


def test_what_two_devices_have_read_is_told_to_both(bob, talk, open_connection):
    phone, laptop = (caught_up(open_connection, bob, talk) for _ in range(2))
    mark(phone, "read", talk, 2)
    mark(laptop, "read", talk, 4)
    for connection in (phone, laptop):
        receipt = connection.until("receipt", READ_SECONDS_MAX)
        assert receipt["userId"] == bob.id


def test_past_the_head_is_the_head_of_that_moment(alice, bob, talk, open_connection):
    phone, other = caught_up(open_connection, bob, talk), open_connection(alice)
    mark(phone, "read", talk, 2**62)
    alice.send(talk, "not read yet")
    expect_receipt(other, bob, 5, 5)
    assert marks_of(bob, talk) == (5, 5, 1)


def test_an_answer_tells_that_what_was_before_is_read(alice, bob, talk, open_connection):
    phone, laptop = (caught_up(open_connection, bob, talk) for _ in range(2))
    other = open_connection(alice)
    phone.send("send", conversationId=talk["id"], content="answer")
    phone.until("ack")
    for connection in (other, laptop):
        expect_receipt(connection, bob, 0, 6)
    expect_no_receipt(phone)


def test_marks_survive_a_reconnection(bob, talk):
    with bob.connect() as connection:
        connection.until("ready")
        mark(connection, "read", talk, 3)
    with bob.connect() as connection:
        [shown] = connection.expect("ready")["conversations"]
        assert (shown["deliveredSeq"], shown["readSeq"]) == (3, 3)
        assert connection.expect("event")["event"]["seq"] == 4


def test_ones_own_marks_show_at_once(server, bob, talk, open_connection):
    phone = caught_up(open_connection, bob, talk)
    devices = [bob, people.log_in(server, bob.email), people.log_in(server, bob.email)]
    for seq, device in zip((1, 2, 3), devices):
        mark(phone, "delivered", talk, seq + 2)
        mark(phone, "read", talk, seq)
        assert marks_of(device, talk) == (seq + 2, seq, 5 - seq)
        [listed] = device.rest.get("/v1/conversations").json["conversations"]
        assert (listed["readSeq"], listed["unreadCount"]) == (seq, 5 - seq)
        with device.connect(f"/ws/{talk['id']}") as connection:
            [ready] = connection.expect("ready")["conversations"]
            assert (ready["deliveredSeq"], ready["readSeq"]) == (seq + 2, seq)


def test_unread_is_exact_after_ones_own_sends(alice, bob, open_connection):
    group = group_conversation(alice, bob)
    writer = open_connection(bob)
    for number in range(1, 11):
        alice.send(group, "read me")
        writer.send("send", conversationId=group["id"], content="seen")
        writer.until("ack")
        # Nothing of alice's was marked as delivered, so the delivered mark stays where it is.
        assert marks_of(bob, group) == (0, 2 * number, 0)
        assert marks_of(alice, group)[2] == 1


def test_a_direct_conversation_made_again_shows_settled_marks(alice, bob, talk, open_connection):
    phone = caught_up(open_connection, bob, talk)
    mark(phone, "read", talk, 4)
    again = direct_conversation(bob, alice)
    assert (again["id"], again["readSeq"], again["unreadCount"]) == (talk["id"], 4, 1)


def test_strangers_and_former_members_are_told_nothing(alice, bob, carol, open_connection):
    group = group_conversation(alice, bob, carol)
    alice.send(group, "hello")
    stranger, phone = open_connection(carol), open_connection(bob)
    alice.rest.delete(f"/v1/conversations/{group['id']}/members/{carol.id}")
    stranger.until("removed")
    mark(phone, "read", group, 1)
    expect_no_receipt(stranger, 1)


def test_on_a_conversations_own_endpoint_only_its_receipts_come(alice, bob, talk,
                                                                open_connection):
    group = group_conversation(alice, bob)
    alice.send(group, "elsewhere")
    narrow = open_connection(alice, f"/ws/{talk['id']}")
    phone = caught_up(open_connection, bob, talk)
    mark(phone, "read", group, 1)
    mark(phone, "read", talk, 1)
    assert expect_receipt(narrow, bob, 1, 1)["conversationId"] == talk["id"]


def test_marks_that_wait_are_written_when_the_server_stops(start_server):
    server = start_server()
    alice, bob = people.register(server, "Alice"), people.register(server, "Bob")
    made = direct_conversation(alice, bob)
    alice.send(made, "hello")
    with bob.connect() as connection:
        connection.expect("ready")
        mark(connection, "read", made, 1)
        server.stop()
    server.start()
    assert marks_of(people.log_in(server, bob.email), made) == (1, 1, 0)


def test_marks_are_counted(start_server):
    server = start_server()
    alice, bob = people.register(server, "Alice"), people.register(server, "Bob")
    made = direct_conversation(alice, bob)
    alice.send(made, "hello")
    with alice.connect() as other, bob.connect() as connection:
        other.expect("ready")
        connection.expect("ready")
        mark(connection, "read", made, 1)
        expect_receipt(other, bob, 1, 1)

    def sample(name):
        with server.rest() as rest:
            return sum(read_metrics(rest.get("/metrics").body.decode())[name].values())

    assert sample("ringtalk_passing_sent_total") >= 1
    assert sample("ringtalk_marks_raised_total") >= 1
    assert sample("ringtalk_mark_batches_total") >= 1
    eventually(lambda: sample("ringtalk_marks_pending") == 0, what="nothing waits")
    assert sample("ringtalk_marks_forgotten_total") == 0
