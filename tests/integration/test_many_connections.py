"""A thousand peers that vanish in the middle of something leave nothing behind."""
import random
import time

import pytest

from support import people
from support.metrics import read_metrics
from support.people import direct_conversation
from support.processes import open_descriptors, resident_kib
from support.raw import (CONTINUATION, TEXT, RawConnection, RawWebSocket, frame_bytes,
                         json_request, request, upgrade_request)
from support.waiting import SLOWNESS

PEERS_A_ROUND = 1000
ROUNDS = 3
GROWTH_KIB_MAX = 2048  # of the third round over the second: one leaked KiB a peer would show
GAUGES = ("ringtalk_http_connections", "ringtalk_websocket_sessions", "ringtalk_topics",
          "ringtalk_users_online", "ringtalk_db_segments_waiting", "ringtalk_mailbox_letters",
          "ringtalk_commit_queue_messages", "ringtalk_worker_queue_jobs",
          "ringtalk_backend_operations_in_flight")


class Vandal:
    """Opens connections and drops each in the middle of something."""

    def __init__(self, server, person, conversation):
        self._server = server
        self._token = person.token
        self._send = b'{"op":"send","conversationId":"%s","content":"hello"}' % \
            conversation["id"].encode()
        message = json_request("POST", f"/v1/conversations/{conversation['id']}/messages",
                               {"content": "hello"}, person.token)
        get = request("GET", "/v1/conversations", {"Authorization": f"Bearer {person.token}"})
        upgrade = upgrade_request("/v1/ws", person.token)
        self._bytes_of_http = [
            b"", b"GE", get[:40], message[:-5], message[:-1], get, message, get * 20 + get[:9],
            upgrade[:-2], upgrade,
            upgrade + frame_bytes(TEXT, self._send)[:11],
            request("POST", "/v1/users/login", {"Transfer-Encoding": "chunked"}) + b"5\r\nab",
        ]
        self._bytes_of_websocket = [
            b"", b"\x81", b"\x81\xfe", frame_bytes(TEXT, self._send)[:-7],
            frame_bytes(TEXT, self._send), frame_bytes(TEXT, self._send) * 8 + b"\x81\xff\x00",
            frame_bytes(TEXT, b'{"op"', is_final=False),
            frame_bytes(TEXT, b'{"op"', is_final=False) + frame_bytes(CONTINUATION, b":")[:3],
            frame_bytes(8, b"\x03\xe8"), b"\xff" * 20,
        ]

    def drop_one(self, number):
        choose = random.Random(number)
        if number % 4 == 0:
            connection = RawWebSocket(self._server, token=self._token)
            kinds = self._bytes_of_websocket
            if choose.random() < 0.5:
                connection.read_frame()
        else:
            connection = RawConnection(self._server)
            kinds = self._bytes_of_http
        try:
            connection.send(kinds[number // 4 % len(kinds)])
        finally:
            connection.reset() if choose.random() < 0.5 else connection.close()


def gauges(client):
    metrics = read_metrics(client.get("/metrics").body.decode())
    return {name: sum(metrics[name].values()) for name in GAUGES}


def test_a_thousand_who_vanish_leave_no_descriptor_task_or_byte(start_server,
                                                                record_property):
    server = start_server()
    alice, bob = people.register(server, "Alice"), people.register(server, "Bob")
    conversation = direct_conversation(alice, bob)
    vandal = Vandal(server, alice, conversation)
    alice.rest.close()
    bob.rest.close()
    with server.rest() as probe:
        probe.get("/metrics")
        for number in range(50):
            vandal.drop_one(number)
        before = _state_at_rest(server, probe)
        resident = []
        for round in range(ROUNDS):
            for number in range(PEERS_A_ROUND):
                vandal.drop_one(number)
            assert _state_at_rest(server, probe) == before, f"after round {round + 1}"
            resident.append(resident_kib(server.pid))
    record_property("resident_kib", resident)
    print(f"resident KiB after each round: {resident}")
    if SLOWNESS == 1:  # sanitizers keep freed memory on purpose
        assert resident[2] - resident[1] < GROWTH_KIB_MAX, resident

    other = people.log_in(server, bob.email)
    assert other.send(conversation, "still here")["seq"] > 1
    log = _whole_log(other, conversation)
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))


def _state(server, probe):
    return open_descriptors(server.pid), gauges(probe)


def _state_at_rest(server, probe):
    """The state once no peer is left but the probe, and nothing changes any more."""
    end = time.monotonic() + 30 * SLOWNESS
    while True:
        earlier = _state(server, probe)
        time.sleep(0.3)
        state = _state(server, probe)
        is_alone = state[1]["ringtalk_http_connections"] == 1 and \
            state[1]["ringtalk_websocket_sessions"] == 0
        if is_alone and state == earlier:
            return state
        assert time.monotonic() < end, f"not at rest: {earlier}, then {state}"


def _whole_log(person, conversation):
    events = []
    while True:
        page = person.rest.get(f"/v1/conversations/{conversation['id']}/events",
                               query={"afterSeq": len(events), "limit": 200}).json
        events += page["events"]
        if len(events) >= page["lastSeq"]:
            return events


@pytest.mark.parametrize("count", [500])
def test_many_idle_connections_are_served_side_by_side(server, alice, count):
    idle = [RawConnection(server) for _ in range(count)]
    try:
        for connection in idle:
            connection.send(request("GET", "/healthz"))
        for connection in idle:
            assert connection.read_response().status == 200
        assert alice.rest.get("/v1/users/me").status == 200
    finally:
        for connection in idle:
            connection.close()
