"""The FastAPI peer of the benchmarks speaks the contract as far as a load generator needs it.

Each expectation is put to Ringtalk too: what one of them answers otherwise would measure two
different flows. Bulk users and Redis that loses letters are asked of the peer alone.
"""
import sys
import uuid

import pytest

from support.rest import RestClient
from support.server import Server
from support.services import REPOSITORY
from support.websocket import WebSocketClient as WebSocket

sys.path.append(str(REPOSITORY / "bench"))
from e2e.servers import start_fastapi, why_fastapi_cannot_run  # noqa: E402

PASSWORD = "correct horse"


class Peer:
    """The running peer, with the members that the clients of these tests want of a server."""

    host = "127.0.0.1"

    def __init__(self, program):
        self.port = program.port
        self.websocket_url = f"ws://{self.host}:{self.port}"

    def rest(self, token=None):
        return RestClient(self.host, self.port, token=token)


@pytest.fixture(scope="module")
def peer(services, tmp_path_factory):
    missing = why_fastapi_cannot_run()
    if missing:
        pytest.skip(f"the FastAPI peer cannot run: {missing}; tools/dev/packages.txt names its "
                    "Debian packages")
    database = services.postgres.create_database()
    with start_fastapi(services.postgres.url(database), services.redis.url(),
                       tmp_path_factory.mktemp("fastapi")) as program:
        yield Peer(program)


@pytest.fixture(scope="module")
def ringtalk(services):
    server = Server({"backend": "epoll", "shards": 1, "redis-url": services.redis.url(),
                     "database-url": services.postgres.url(services.postgres.create_database())})
    try:
        yield server.start()
        server.stop()
    finally:
        server.kill()
        server.remove()


@pytest.fixture(params=["ringtalk", "peer"])
def either(request):
    return request.getfixturevalue(request.param)


class Person:
    def __init__(self, server, name="somebody"):
        self.server = server
        self.email = f"{uuid.uuid4()}@example.com"
        with server.rest() as client:
            client.post("/v1/users/register",
                        {"name": name, "email": self.email, "password": PASSWORD})
            answer = client.post("/v1/users/login", {"email": self.email, "password": PASSWORD})
        self.token, self.id = answer.json["token"], answer.json["user"]["id"]

    def rest(self):
        return self.server.rest(self.token)

    def connect(self):
        socket = WebSocket(self.server, token=self.token)
        socket.ready = socket.expect("ready")
        return socket


def group_of(*people):
    with people[0].rest() as client:
        answer = client.post("/v1/conversations", {
            "name": "group", "isGroup": True, "memberIds": [person.id for person in people]})
    assert answer.status == 201
    assert set(answer.json["memberIds"]) == {person.id for person in people}
    return answer.json["id"]


def history_of(person, conversation, **query):
    with person.rest() as client:
        answer = client.get(f"/v1/conversations/{conversation}/messages", query=query)
    assert answer.status == 200
    return answer.json


def send(socket, conversation, content, **members):
    socket.send("send", conversationId=conversation, content=content, **members)


def test_registers_and_logs_in(either):
    email = f"{uuid.uuid4()}@example.com"
    new = {"name": "Ann", "email": email, "password": PASSWORD}
    with either.rest() as client:
        assert client.get("/healthz").status == 200
        registered = client.post("/v1/users/register", new)
        assert registered.status == 201
        assert registered.json["name"] == "Ann" and registered.json["email"] == email
        client.post("/v1/users/register", new).problem(409, "email_taken")
        answer = client.post("/v1/users/login", {"email": email, "password": PASSWORD})
        assert answer.status == 200 and answer.json["tokenType"] == "Bearer"
        assert answer.json["user"]["id"] == registered.json["id"]
        wrong = client.post("/v1/users/login", {"email": email, "password": "wrong" + PASSWORD})
        assert wrong.status == 401


def test_a_direct_conversation_of_a_pair_is_made_once(either):
    ann, bob = Person(either), Person(either)
    body = {"isGroup": False, "memberIds": [bob.id]}
    with ann.rest() as client:
        first, again = (client.post("/v1/conversations", body) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json["id"] == again.json["id"]


def test_an_ack_takes_the_place_of_the_own_event(either):
    ann, bob = Person(either), Person(either)
    conversation = group_of(ann, bob)
    with ann.connect() as first, ann.connect() as second, bob.connect() as other:
        assert [one["id"] for one in first.ready["conversations"]] == [conversation]
        for number in (1, 2, 3):
            client_id = str(uuid.uuid4())
            send(first, conversation, f"text {number}", clientId=client_id, ref=str(number))
            ack = first.expect("ack")
            assert ack["seq"] == number and ack["clientId"] == client_id
            assert ack["ref"] == str(number) and ack["duplicate"] is False
            for socket in (second, other):
                event = socket.expect("event")["event"]
                message = event["message"]
                assert event["seq"] == message["seq"] == number and event["kind"] == "message"
                assert message["content"] == f"text {number}" and message["senderId"] == ann.id
                assert message["id"] == ack["id"] and message["timestamp"] == ack["timestamp"]
        first.send("ping")
        first.expect("pong")  # and no event in between


def test_an_acknowledged_message_is_in_the_database(either):
    ann = Person(either)
    conversation = group_of(ann)
    with ann.connect() as socket:
        send(socket, conversation, "kept")
        ack = socket.expect("ack")
    page = history_of(ann, conversation, beforeSeq=ack["seq"] + 1)  # no cache has such a page
    assert [message["content"] for message in page["messages"]] == ["kept"]


def test_the_same_client_id_is_stored_once(either):
    ann, bob = Person(either), Person(either)
    conversation = group_of(ann, bob)
    client_id = str(uuid.uuid4())
    with ann.connect() as socket:
        acks = []
        for _ in range(2):
            send(socket, conversation, "once", clientId=client_id)
            acks.append(socket.expect("ack"))
    assert [ack["duplicate"] for ack in acks] == [False, True]
    assert acks[0]["seq"] == acks[1]["seq"]
    assert len(history_of(bob, conversation)["messages"]) == 1


def test_many_who_send_at_once_make_one_log_without_a_hole(either):
    senders = [Person(either) for _ in range(6)]
    witness = Person(either)
    conversation = group_of(witness, *senders)
    each = 20
    sockets = [sender.connect() for sender in senders]
    with witness.connect() as watching:
        for number in range(each):
            for socket in sockets:
                send(socket, conversation, f"text {number}")
        total = each * len(sockets)
        seen = [watching.expect("event")["event"]["seq"] for _ in range(total)]
        assert seen == list(range(1, total + 1))
        for socket in sockets:  # events and acks together are the log too
            own = [socket.receive() for _ in range(total)]
            assert [one["seq"] if one["op"] == "ack" else one["event"]["seq"]
                    for one in own] == seen
            socket.close()


def test_history_comes_in_pages_newest_first(either):
    ann = Person(either)
    conversation = group_of(ann)
    with ann.connect() as socket:
        for number in range(1, 61):  # more than any cache keeps
            send(socket, conversation, f"text {number}")
            socket.expect("ack")
    page = history_of(ann, conversation, limit=25)
    assert [message["seq"] for message in page["messages"]] == list(range(60, 35, -1))
    assert page["nextCursor"] is not None
    page = history_of(ann, conversation, limit=25, beforeSeq=36)
    assert [message["seq"] for message in page["messages"]] == list(range(35, 10, -1))
    page = history_of(ann, conversation, limit=25, beforeSeq=11)
    assert [message["content"] for message in page["messages"]] == \
        [f"text {number}" for number in range(10, 0, -1)]
    assert page["nextCursor"] is None


@pytest.mark.parametrize("limit, status", [(0, 400), (1, 200), (100, 200), (101, 400)])
def test_the_size_of_a_page_has_bounds(either, limit, status):
    ann = Person(either)
    conversation = group_of(ann)
    with ann.rest() as client:
        path = f"/v1/conversations/{conversation}/messages"
        assert client.get(path, query={"limit": limit}).status == status


@pytest.mark.parametrize("length, op", [(0, "error"), (1, "ack"), (4096, "ack"), (4097, "error")])
def test_the_length_of_a_message_has_bounds(either, length, op):
    ann = Person(either)
    conversation = group_of(ann)
    with ann.connect() as socket:
        send(socket, conversation, "é" * length)
        assert socket.expect(op)["op"] == op


def test_sync_gives_what_lies_behind(either):
    ann, bob = Person(either), Person(either)
    conversation = group_of(ann, bob)
    with ann.connect() as socket:
        for number in (1, 2, 3):
            send(socket, conversation, f"text {number}")
            socket.expect("ack")
        socket.send("sync", conversationId=conversation, afterSeq=1, limit=1, ref="r")
        batch = socket.expect("batch")
    assert [event["message"]["content"] for event in batch["events"]] == ["text 2"]
    assert batch["lastSeq"] == 3 and batch["ref"] == "r"


def test_what_one_is_no_member_of_does_not_exist(either):
    ann, eve = Person(either), Person(either)
    conversation = group_of(ann)
    with eve.rest() as client:
        client.get(f"/v1/conversations/{conversation}/messages").problem(404, "not_found")
    with eve.connect() as socket:
        send(socket, conversation, "hello")
        assert socket.expect("error")["code"] == "not_found"


def test_who_is_connected_hears_of_a_new_conversation(either):
    ann, bob = Person(either), Person(either)
    with ann.connect() as one, bob.connect() as other:
        conversation = group_of(ann, bob)
        send(one, conversation, "first")
        assert one.until("ack")["seq"] == 1
        assert other.until("event")["event"]["message"]["content"] == "first"


@pytest.mark.parametrize("count, status", [(0, 400), (1, 201), (1000, 201), (1001, 400)])
def test_the_peer_makes_users_in_bulk(peer, count, status):
    with peer.rest() as client:
        answer = client.post("/v1/test/users", {"count": count})
        assert answer.status == status
        if status == 201:
            assert len({user["id"] for user in answer.json["users"]}) == count
            token = answer.json["users"][-1]["token"]
            with WebSocket(peer, token=token) as socket:
                assert socket.expect("ready")["user"]["id"] == answer.json["users"][-1]["id"]


def test_the_peer_fills_what_redis_has_lost(peer, services):
    ann, bob = Person(peer), Person(peer)
    conversation = group_of(ann, bob)
    seen = []
    with ann.connect() as sending, bob.connect() as watching:
        send(sending, conversation, "before")
        sending.expect("ack")
        seen.append(watching.expect("event")["event"]["seq"])
        services.redis.command("client", "kill", "type", "pubsub")
        send(sending, conversation, "lost")
        assert sending.expect("ack")["seq"] == 2  # committed, whoever hears of it
        seen.append(watching.expect("event")["event"]["seq"])
    assert seen == [1, 2]
