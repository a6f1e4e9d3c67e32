"""SIGTERM: what was accepted is finished, and everybody is told."""
import signal
import time
import uuid

import pytest

from support import people, shapes
from support.people import direct_conversation
from support.raw import RawConnection, RawWebSocket, json_request, request
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS, eventually

QUICK_SECONDS = 2 * SLOWNESS


@pytest.fixture
def running(start_server):
    return start_server()


def is_refused(server):
    try:
        RawConnection(server, seconds=1).close()
    except ConnectionError:
        return True
    return False


@on_each_backend
def test_sessions_hear_bye_and_close_with_1012(running):
    alice = people.register(running, "Alice")
    connections = [alice.connect() for _ in range(5)]
    for connection in connections:
        connection.expect("ready")
    running.signal(signal.SIGTERM)
    for connection in connections:
        bye = connection.expect("bye")
        assert set(bye) == {"op", "reason", "reconnectAfterMs"}
        assert shapes.is_text(bye["reason"]) and 0 <= bye["reconnectAfterMs"] <= 60_000
        assert connection.wait_closed()[0] == 1012
    assert running.wait(QUICK_SECONDS + 3) == 0
    assert is_refused(running)


@on_each_backend
def test_idle_connections_do_not_hold_the_end(running):
    idle = [RawConnection(running) for _ in range(20)]
    for connection in idle[:10]:
        assert connection.exchange(request("GET", "/healthz")).status == 200
    started = time.monotonic()
    running.signal(signal.SIGTERM)
    assert running.wait() == 0
    assert time.monotonic() - started < QUICK_SECONDS
    for connection in idle:
        assert connection.is_closed_by_peer()


@on_each_backend
def test_peers_that_do_nothing_hold_the_end_no_longer_than_its_time_limit(start_server):
    server = start_server({"drain-timeout": "2s"})
    alice = people.register(server, "Alice")
    with RawConnection(server) as half, RawWebSocket(server, token=alice.token) as deaf:
        deaf.read_frame()
        half.send(b"GET /healthz HTTP/1.1\r\nHos")
        time.sleep(0.1)
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait(15 * SLOWNESS) == 0
        assert time.monotonic() - started < 2 + QUICK_SECONDS


@on_each_backend
def test_a_request_in_flight_is_answered(start_server):
    server = start_server({"argon2-memory": "256MiB", "argon2-passes": 3})
    slow = json_request("POST", "/v1/users/register", {
        "name": "Slow", "email": people.unique_email(), "password": people.PASSWORD})
    with RawConnection(server) as connection:
        connection.send(slow)
        time.sleep(0.1)
        server.signal(signal.SIGTERM)
        answer = connection.read_response()
        assert (answer.status, answer.headers["Connection"]) == (201, "close")
        assert connection.is_closed_by_peer()
    assert server.wait() == 0


@on_each_backend
def test_readiness_falls_before_the_end(start_server):
    server = start_server({"argon2-memory": "256MiB", "argon2-passes": 4})
    with RawConnection(server) as slow, RawConnection(server) as pipelined:
        slow.send(json_request("POST", "/v1/users/register", {
            "name": "Slow", "email": people.unique_email(), "password": people.PASSWORD}))
        time.sleep(0.1)
        # A request that has begun when the server is told to stop is still answered: not ready.
        pipelined.send(b"GET /readyz HTTP/1.1\r\nHost: x\r\n")
        time.sleep(0.1)
        server.signal(signal.SIGTERM)
        eventually(lambda: server.log_events("server.draining"))
        time.sleep(0.1)
        pipelined.send(b"\r\n")
        shapes.problem(pipelined.read_response(), 503, "unavailable")
        assert slow.read_response().status == 201
    assert server.wait() == 0


@on_each_backend
def test_nothing_acknowledged_is_lost_by_a_restart(running):
    alice, bob = people.register(running, "Alice"), people.register(running, "Bob")
    made = direct_conversation(alice, bob)
    keys = {f"message {number}": str(uuid.uuid4()) for number in range(300)}
    acknowledged = []
    connection = alice.connect()
    connection.expect("ready")
    for number, (content, key) in enumerate(keys.items()):
        connection.send("send", ref=content, conversationId=made["id"], content=content,
                        clientId=key)
        if number == 200:
            running.signal(signal.SIGTERM)
            break
    while (message := connection.receive())["op"] != "bye":
        assert message["op"] in ("ack", "event"), message
        acknowledged.append(message["ref"])
    assert connection.wait_closed()[0] == 1012
    assert running.wait() == 0
    running.start()

    restarted = people.log_in(running, alice.email)
    with restarted.connect() as connection:
        connection.expect("ready")
        for content, key in keys.items():
            connection.send("send", ref=content, conversationId=made["id"], content=content,
                            clientId=key)
        answers = {}
        while len(answers) < len(keys):
            message = connection.until("ack")
            answers[message["ref"]] = message
    assert all(answers[content]["duplicate"] for content in acknowledged)
    seqs = sorted(answer["seq"] for answer in answers.values())
    assert seqs == list(range(1, len(keys) + 1))


@on_each_backend
def test_a_kill_loses_nothing_that_was_acknowledged(running):
    alice, bob = people.register(running, "Alice"), people.register(running, "Bob")
    made = direct_conversation(alice, bob)
    connection = alice.connect()
    connection.expect("ready")
    for number in range(200):
        connection.send("send", ref=str(number), conversationId=made["id"], content=str(number))
    acknowledged = [connection.expect("ack") for _ in range(50)]
    running.kill()
    running.start()
    log = people.log_in(running, bob.email).rest.get(
        f"/v1/conversations/{made['id']}/events?limit=200").json["events"]
    by_seq = {event["seq"]: event["message"]["content"] for event in log}
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    for ack in acknowledged:
        assert by_seq[ack["seq"]] == ack["ref"]


@on_each_backend
def test_a_second_sigterm_and_sigint_end_it_too(start_server):
    server = start_server()
    server.signal(signal.SIGINT)
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
