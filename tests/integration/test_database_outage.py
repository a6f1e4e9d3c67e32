"""PostgreSQL goes away under a running server, and comes back."""
import os
import signal
import time
import uuid
from pathlib import Path

import pytest

from support import people, shapes
from support.people import direct_conversation
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS, eventually

RECOVERY_SECONDS_MAX = 30 * SLOWNESS


class Scene:
    """A server, its own database, two people, and a conversation with one message."""

    def __init__(self, start_server, services):
        self.postgres = services.postgres
        self.server = start_server({"db-query-timeout": "2s"}, services=services)
        self.alice = people.register(self.server, "Alice")
        self.bob = people.register(self.server, "Bob")
        self.conversation = direct_conversation(self.alice, self.bob)
        self.path = f"/v1/conversations/{self.conversation['id']}"
        self.alice.send(self.conversation, "before")

    def wait_until_ready(self):
        """Each shard has connections of its own: asked are those that the two people are on."""
        for person in (self.alice, self.bob):
            eventually(lambda: person.rest.get("/readyz").status == 200, RECOVERY_SECONDS_MAX,
                       "the server is ready by itself")

    def contents(self):
        """The contents of the log, which must have no hole."""
        messages, after = [], 0
        while True:
            page = self.bob.rest.get(self.path + "/events",
                                     query={"afterSeq": after, "limit": 200}).json
            for event in page["events"]:
                after += 1
                assert event["seq"] == after
                messages.append(event["message"]["content"])
            if after >= page["lastSeq"]:
                return messages

    def kill_postgres(self):
        """SIGKILL to the postmaster: its children notice and follow."""
        pid_file = Path(self.postgres.socket_folder).parent / "postgres" / "postmaster.pid"
        pid = int(pid_file.read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not self.postgres.is_up(), what="PostgreSQL is dead")
        return pid


@pytest.fixture
def scene(start_server, own_services):
    return Scene(start_server, own_services)


@on_each_backend
def test_an_outage_is_told_and_ends_by_itself(scene):
    server, alice = scene.server, scene.alice
    pid = server.pid
    with alice.connect() as connection:
        connection.expect("ready")
        scene.postgres.stop()

        with server.rest() as client:
            eventually(lambda: client.get("/readyz").status == 503, what="/readyz notices")
            shapes.problem(client.get("/readyz"), 503, "unavailable")
            assert client.get("/healthz").status == client.get("/livez").status == 200
            login = {"email": alice.email, "password": people.PASSWORD}
            shapes.problem(client.post("/v1/users/login", login), 503, "unavailable")
            registration = {"name": "X", "email": people.unique_email(), "password": "12345678"}
            shapes.problem(client.post("/v1/users/register", registration), 503, "unavailable")
        key = str(uuid.uuid4())
        send = {"content": "meanwhile", "clientId": key}
        for answer in (alice.rest.get("/v1/users/me"), alice.rest.get("/v1/conversations"),
                       alice.rest.get(scene.path + "/messages"),
                       alice.rest.post(scene.path + "/messages", send),
                       alice.rest.post(scene.path + "/receipts", {"readSeq": 1}),
                       alice.rest.patch("/v1/users/me", {"name": "Al"})):
            shapes.problem(answer, 503, "unavailable")
        shapes.problem(alice.rest.get("/v1/users/me", headers={"Authorization": "Bearer x"}), 401,
                       "unauthenticated")

        connection.send("sync", ref="s", conversationId=scene.conversation["id"], afterSeq=0)
        connection.send("send", ref="m", conversationId=scene.conversation["id"],
                        content="meanwhile", clientId=key)
        errors = {error["ref"]: error for error in
                  (connection.expect("error", 15 * SLOWNESS) for _ in range(2))}
        for ref in ("s", "m"):
            shapes.error(errors[ref], ref=ref, code="unavailable", retryable=True)
        connection.send("ping")
        connection.expect("pong")

        scene.postgres.start()
        scene.wait_until_ready()
        assert server.pid == pid and server.is_running()
        eventually(lambda: alice.rest.get("/v1/users/me").status == 200, RECOVERY_SECONDS_MAX)
        _send_until_acknowledged(connection, conversationId=scene.conversation["id"],
                                 content="meanwhile", clientId=key)
    assert scene.contents() == ["before", "meanwhile"]


def _send_until_acknowledged(connection, **members):
    """The shard that owns the conversation may find the database a little later than others."""
    def answer():
        connection.send("send", ref="again", **members)
        message = connection.receive(RECOVERY_SECONDS_MAX)
        if message["op"] == "ack":
            return message
        shapes.error(message, ref="again", code="unavailable", retryable=True)

    shapes.ack(eventually(answer, RECOVERY_SECONDS_MAX, "the send is acknowledged", pause=0.2),
               ref="again")


@on_each_backend
def test_a_connection_during_an_outage_is_asked_to_try_later(scene):
    scene.postgres.stop()
    with scene.server.rest() as client:
        eventually(lambda: client.get("/readyz").status == 503, what="/readyz notices")
    with scene.bob.connect() as connection:
        assert connection.wait_closed(15 * SLOWNESS)[0] == 1013
    scene.postgres.start()
    scene.wait_until_ready()
    with scene.bob.connect() as connection:
        connection.expect("ready")
        assert connection.expect("event")["event"]["message"]["content"] == "before"


@on_each_backend
@pytest.mark.parametrize("way", ["stopped", "crashed", "killed"])
def test_nothing_acknowledged_is_lost_and_nothing_lands_twice(scene, way):
    keys = {f"message {number}": str(uuid.uuid4()) for number in range(400)}
    acknowledged = _send_while(scene, keys, lambda: _end_postgres(scene, way))
    scene.postgres.start()
    scene.wait_until_ready()
    after_the_outage = scene.contents()
    assert set(acknowledged) <= set(after_the_outage)
    assert len(after_the_outage) == len(set(after_the_outage)), "something landed twice"

    unknown = [content for content in keys if content not in acknowledged]
    for content in unknown:
        answer = scene.alice.rest.post(scene.path + "/messages",
                                       {"content": content, "clientId": keys[content]})
        assert answer.status == 200, answer.body
    assert sorted(scene.contents()) == sorted(["before", *keys])


def _end_postgres(scene, way):
    if way == "killed":
        scene.kill_postgres()
    else:
        scene.postgres.stop("fast" if way == "stopped" else "immediate")


def _send_while(scene, keys, end_postgres):
    """Sends all over a WebSocket, with the outage after the first acks; who was acknowledged."""
    acknowledged = []
    contents = list(keys)
    with scene.alice.connect() as connection:
        connection.expect("ready")
        for number, content in enumerate(contents):
            connection.send("send", ref=content, conversationId=scene.conversation["id"],
                            content=content, clientId=keys[content])
            if number == 100:
                acknowledged.append(connection.expect("ack")["ref"])
                end_postgres()
        answers = len(acknowledged)
        end = time.monotonic() + 30 * SLOWNESS
        while answers < len(contents):
            message = connection.receive(max(0.1, end - time.monotonic()))
            assert message["op"] in ("ack", "error"), message
            if message["op"] == "ack":
                acknowledged.append(message["ref"])
            else:
                assert message["code"] == "unavailable" and message["retryable"], message
            answers += 1
    return acknowledged
