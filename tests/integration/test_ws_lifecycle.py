"""How long a connection lives: logout, expiry, heartbeats, dead peers."""
import time

import pytest

from support import people, shapes
from support.metrics import read_metrics
from support.people import direct_conversation
from support.raw import CLOSE, PING, PONG, TEXT, RawConnection, RawWebSocket, upgrade_request
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS, eventually
from support.websocket import HandshakeRefused


# --- logout ---

def test_a_logout_closes_that_logins_connections_with_4001(server, alice, bob):
    made = direct_conversation(alice, bob)
    other_login = people.log_in(server, alice.email)
    connections = [alice.connect() for _ in range(6)] + [alice.connect(f"/ws/{made['id']}")]
    kept = [other_login.connect(), bob.connect()]
    for connection in connections + kept:
        connection.expect("ready")

    alice.rest.post("/v1/users/logout", {"refreshToken": alice.refresh_token})

    for connection in connections:
        assert connection.wait_closed(1 * SLOWNESS)[0] == 4001
    with pytest.raises(HandshakeRefused) as refused:
        alice.connect()
    assert refused.value.status == 401
    for connection in kept:
        connection.send("ping")
        connection.expect("pong")
        connection.close()


def test_a_voided_family_closes_its_connections_with_4001(alice):
    with alice.connect() as connection:
        connection.expect("ready")
        for expected in (200, 401):
            answer = alice.rest.post("/v1/users/refresh", {"refreshToken": alice.refresh_token})
            assert answer.status == expected
        assert connection.wait_closed(1 * SLOWNESS)[0] == 4001


# --- expiry ---

@on_each_backend
def test_a_token_that_expires_closes_with_4001(start_server):
    server = start_server({"jwt-lifetime": f"{2 * SLOWNESS:g}s"})
    alice = people.register(server, "Alice")
    with alice.connect() as connection:
        connection.expect("ready")
        assert connection.wait_closed(4 * SLOWNESS)[0] == 4001
    with pytest.raises(HandshakeRefused) as refused:
        alice.connect()
    assert refused.value.status == 401


@on_each_backend
def test_a_fresh_token_lets_the_connection_live_on(start_server):
    lifetime = 4 * SLOWNESS  # up to a second less: claims are whole seconds
    server = start_server({"jwt-lifetime": f"{lifetime:g}s"})
    started = time.monotonic()
    alice, bob = people.register(server, "Alice"), people.register(server, "Bob")
    with alice.connect() as connection:
        connection.expect("ready")
        connection.send("auth", ref="bob", token=bob.token)
        shapes.error(connection.expect("error"), ref="bob", code="forbidden")
        connection.send("auth", ref="bad", token="x")
        shapes.error(connection.expect("error"), ref="bad", code="unauthenticated")

        time.sleep(started + lifetime / 2 - time.monotonic())
        fresh = alice.rest.post("/v1/users/refresh", {"refreshToken": alice.refresh_token}).json
        connection.send("auth", ref="fresh", token=fresh["token"])
        answer = connection.expect("authenticated")
        assert set(answer) == {"op", "ref", "expiresAt"} and shapes.is_time(answer["expiresAt"])
        time.sleep(started + 1.15 * lifetime - time.monotonic())
        connection.send("ping")
        connection.expect("pong")
        assert connection.wait_closed(lifetime)[0] == 4001


# --- silence ---

@on_each_backend
def test_silence_ends_a_connection_and_any_frame_keeps_it(start_server):
    server = start_server({"heartbeat": "400ms", "heartbeat-grace": "300ms"})
    alice = people.register(server, "Alice")
    started = time.monotonic()
    with RawWebSocket(server, token=alice.token) as dead, \
            RawWebSocket(server, token=alice.token) as talking, alice.connect() as ponging:
        assert dead.read_frame()[0] == TEXT
        assert dead.read_frame()[0] == PING
        end = started + 2.0
        while time.monotonic() < end:
            talking.send_frame(TEXT, b'{"op":"ping"}')
            time.sleep(0.1)
        dead.socket.settimeout(5 * SLOWNESS)
        last = _frames_to_the_end(dead)
        assert all(opcode in (PING, CLOSE) for opcode in last), last
        ponging.expect("ready")
        ponging.send("ping")
        ponging.expect("pong")
        talking.send_frame(PING, b"alive")
        while talking.read_frame() != (PONG, b"alive"):
            pass


def _frames_to_the_end(connection):
    opcodes = []
    try:
        while True:
            opcodes.append(connection.read_frame()[0])
    except ConnectionError:
        return opcodes


# --- peers that vanish ---

@on_each_backend
def test_a_peer_that_vanishes_leaves_nothing_behind(start_server):
    server = start_server()
    alice, bob = people.register(server, "Alice"), people.register(server, "Bob")
    made = direct_conversation(alice, bob)
    for end in ("reset", "close", "half"):
        with RawWebSocket(server, token=bob.token) as connection:
            connection.read_frame()
            if end == "reset":
                connection.reset()
            elif end == "half":
                connection.send(b"\x81\xfe\x10")
    alice.connect().abort()
    alice.send(made, "into the void")
    eventually(lambda: _is_offline(alice, bob), 10 * SLOWNESS, "bob is offline")


def _is_offline(alice, bob):
    return alice.rest.get(f"/v1/users/{bob.id}").json["status"] == "offline"


def test_a_peer_that_vanishes_in_the_handshake_harms_nobody(server, alice):
    for _ in range(10):
        connection = RawConnection(server)
        connection.send(upgrade_request("/v1/ws", alice.token))
        connection.reset()
    with alice.connect() as connection:
        connection.expect("ready")


# --- slow consumers ---

@on_each_backend
def test_a_consumer_that_does_not_read_is_closed_and_harms_nobody(start_server):
    server = start_server()
    alice, bob = people.register(server, "Alice"), people.register(server, "Bob")
    made = direct_conversation(alice, bob)
    with RawWebSocket(server, token=bob.token, receive_bytes=64 * 1024) as lazy, \
            alice.connect() as writer, bob.connect() as reader:
        writer.expect("ready")
        reader.expect("ready")

        def talk(first, messages):
            for number in range(first, first + messages):
                writer.send("send", conversationId=made["id"], content="\U0001f600" * 4096)
                writer.expect("ack")
                assert reader.expect("event")["event"]["seq"] == number

        # The server's side of the socket keeps 4 MiB at most, and then there is a MiB of outbox.
        talk(1, 500)
        # The close stands behind what was not read; who does not read it in time finds an end.
        eventually(lambda: has_slow_consumer(server), seconds=20 * SLOWNESS)
        lazy.socket.settimeout(20 * SLOWNESS)
        assert lazy.read_to_end()
        talk(501, 10)


def has_slow_consumer(server):
    with server.rest() as client:
        figures = read_metrics(client.get("/metrics").body.decode())
    closed = figures.get("ringtalk_websocket_closed_total", {})
    return sum(number for labels, number in closed.items() if '"4008"' in labels) == 1
