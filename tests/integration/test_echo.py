"""The endpoints for conformance suites and benchmarks."""
import os

import pytest

from support.raw import BINARY, CONTINUATION, TEXT, RawConnection, RawWebSocket, request
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS
from support.websocket import HandshakeRefused, WebSocketClient

MESSAGE_BYTES_MAX = 16 * 1024 * 1024


@pytest.fixture(scope="module")
def echo_server(services, shape, pytestconfig):
    from conftest import finish_server, make_server
    server = make_server(services, shape, pytestconfig, {"test-endpoints": "on"})
    try:
        yield server.start()
    finally:
        finish_server(server, pytestconfig)


def test_the_endpoints_are_off_by_default(server, rest):
    for answer in (rest.get("/test/static/1k"), rest.post("/test/post", body=b"x")):
        answer.problem(404, "not_found")
    with pytest.raises(HandshakeRefused) as refused:
        WebSocketClient(server, "/test/echo")
    assert refused.value.status == 404


@on_each_backend
@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 1_000_003])
def test_both_kinds_of_messages_come_back(echo_server, size):
    data = os.urandom(size // 2).hex() + "x" * (size % 2)
    with WebSocketClient(echo_server, "/test/echo") as connection:
        connection.send_raw(data)
        assert connection.receive_raw() == data
        connection.send_raw(data.encode())
        assert connection.receive_raw() == data.encode()


@on_each_backend
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_sixteen_mib_come_back_and_no_more(echo_server, opcode):
    data = os.urandom(1024).hex().encode() * (MESSAGE_BYTES_MAX // 2048)
    with RawWebSocket(echo_server, "/test/echo") as connection:
        connection.socket.settimeout(30 * SLOWNESS)
        connection.send_frame(opcode, data)
        assert connection.read_frame() == (opcode, data)
    with RawWebSocket(echo_server, "/test/echo") as connection:
        connection.send(b"\x82\xff" + (MESSAGE_BYTES_MAX + 1).to_bytes(8, "big") + b"mask")
        assert connection.read_until_close() == 1009


@on_each_backend
def test_thousands_of_fragments_make_one_message(echo_server):
    with RawWebSocket(echo_server, "/test/echo") as connection:
        connection.send_frame(TEXT, b"x", is_final=False)
        for _ in range(5000):
            connection.send_frame(CONTINUATION, "é".encode(), is_final=False)
        connection.send_frame(CONTINUATION, b"")
        assert connection.read_frame() == (TEXT, ("x" + "é" * 5000).encode())


@on_each_backend
def test_messages_sent_without_reading_all_come_back(echo_server):
    messages = [f"{number}:".encode() + b"x" * 5000 for number in range(200)]
    with RawWebSocket(echo_server, "/test/echo") as connection:
        for message in messages:
            connection.send_frame(BINARY, message)
        for message in messages:
            assert connection.read_frame() == (BINARY, message)


@on_each_backend
def test_a_posted_body_is_measured(echo_server):
    with echo_server.rest(timeout=30 * SLOWNESS) as client:
        for size in (0, 1, 100_000, MESSAGE_BYTES_MAX):
            answer = client.post("/test/post", body=b"x" * size)
            assert (answer.status, answer.json) == (200, {"bytes": size})
    with RawConnection(echo_server) as connection:
        answer = connection.exchange(
            request("POST", "/test/post", {"Content-Length": str(MESSAGE_BYTES_MAX + 1)}))
        answer.problem(413, "too_large")


@on_each_backend
def test_static_bodies_are_served(echo_server):
    with echo_server.rest() as client:
        for name, size in {"64b": 64, "1k": 1024, "64k": 65_536, "1m": 1_048_576}.items():
            answer = client.get(f"/test/static/{name}")
            assert (answer.status, len(answer.body)) == (200, size)
            again = client.get(f"/test/static/{name}",
                               headers={"If-None-Match": answer.headers["ETag"]})
            assert (again.status, again.body) == (304, b"")
        client.get("/test/static/nothing").problem(404, "not_found")
        client.get("/test/static/../../etc/passwd").problem(404, "not_found")
