"""Becoming a WebSocket: three ways to bring the token, and who is refused."""
import base64
import hashlib

import pytest

from support import people, shapes
from support.people import direct_conversation, group_conversation
from support.raw import PING, PONG, RawConnection, RawWebSocket, frame_bytes, upgrade_request
from support.shape_choice import once
from support.waiting import eventually
from support.websocket import WAYS_TO_BRING_THE_TOKEN, HandshakeRefused, WebSocketClient

SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def upgrade(server, path="/v1/ws", token=None, **headers):
    """The answer to a handshake that is not expected to succeed."""
    with RawConnection(server) as connection:
        return connection.exchange(upgrade_request(path, token, **headers))


@pytest.mark.parametrize("way", WAYS_TO_BRING_THE_TOKEN)
def test_a_token_opens_both_endpoints_by_each_way(alice, bob, way):
    made = direct_conversation(alice, bob)
    for path in ("/v1/ws", "/v1/ws/", f"/ws/{made['id']}"):
        with alice.connect(path, way=way) as connection:
            assert connection.subprotocol == ("ringtalk.v1" if way == "subprotocol" else None)
            ready = connection.expect("ready")
            shapes.ready(ready)
            assert ready["user"]["id"] == alice.id


@pytest.mark.parametrize("way", WAYS_TO_BRING_THE_TOKEN)
def test_a_bad_token_is_401_before_the_upgrade(server, alice, way):
    for path in ("/v1/ws", "/ws/1"):
        with pytest.raises(HandshakeRefused) as refused:
            WebSocketClient(server, path, token=alice.token[:-2] + "xx", way=way)
        assert refused.value.status == 401
        assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_token_is_401_before_the_upgrade(server):
    for path in ("/v1/ws", "/ws/1"):
        shapes.problem(upgrade(server, path), 401, "unauthenticated")


def test_a_logged_out_token_is_401_before_the_upgrade(server, alice):
    alice.rest.post("/v1/users/logout", {"refreshToken": alice.refresh_token})
    shapes.problem(upgrade(server, "/v1/ws", alice.token), 401, "unauthenticated")


@pytest.mark.parametrize("path", ["/ws/1", "/ws/no-such-conversation", "/ws/" + "x" * 41])
def test_a_conversation_that_is_not_there_is_404(server, alice, path):
    shapes.problem(upgrade(server, path, alice.token), 404, "not_found")


def test_a_conversation_of_others_is_404_in_the_same_words(server, alice, bob, carol):
    made = direct_conversation(alice, bob)
    answers = [upgrade(server, f"/ws/{id}", carol.token) for id in (made["id"], "1")]
    problems = [shapes.problem(answer, 404, "not_found") for answer in answers]
    for problem in problems:
        del problem["requestId"]
    assert problems[0] == problems[1]
    assert [sorted(set(answer.headers)) for answer in answers][0] == sorted(set(answers[1].headers))


def test_one_who_has_left_is_404(server, alice, bob):
    made = group_conversation(alice, bob)
    bob.rest.delete(f"/v1/conversations/{made['id']}/members/{bob.id}")
    shapes.problem(upgrade(server, f"/ws/{made['id']}", bob.token), 404, "not_found")


@once
@pytest.mark.parametrize("way", WAYS_TO_BRING_THE_TOKEN)
def test_no_token_ever_reaches_the_log(start_server, way):
    server = start_server({"log-level": "debug"})
    alice = people.register(server, "Alice")
    with alice.connect(way=way) as connection:
        connection.expect("ready")
    with pytest.raises(HandshakeRefused):
        WebSocketClient(server, "/v1/ws", token=alice.token[:-2] + "xx", way=way)
    alice.rest.get(f"/v1/users/me?token={alice.token}")
    eventually(lambda: server.log_events("ws.closed"), what="the connection is logged")
    log = server.log_text()
    for secret in (*alice.token.split("."), alice.refresh_token, people.PASSWORD, alice.email):
        assert secret not in log


# --- the handshake itself ---

def test_the_answer_proves_that_the_key_was_read(server, alice):
    key = base64.b64encode(b"0123456789abcdef").decode()
    with RawWebSocket(server, token=alice.token, Sec_WebSocket_Key=key) as connection:
        headers = connection.handshake.headers
        digest = hashlib.sha1((key + SUFFIX).encode()).digest()
        assert headers["Sec-WebSocket-Accept"] == base64.b64encode(digest).decode()
        assert headers["Upgrade"].lower() == "websocket"
        assert headers["Connection"].lower() == "upgrade"
        assert "Sec-WebSocket-Extensions" not in headers


@pytest.mark.parametrize("version", ["8", "12", "14", "x", None])
def test_another_version_is_426(server, alice, version):
    answer = upgrade(server, token=alice.token, Sec_WebSocket_Version=version)
    shapes.problem(answer, 426, "upgrade_required")
    assert answer.headers["Sec-WebSocket-Version"] == "13"


def test_a_plain_get_is_426(alice, bob):
    made = direct_conversation(alice, bob)
    for path in ("/v1/ws", f"/ws/{made['id']}"):
        answer = alice.rest.get(path)
        shapes.problem(answer, 426, "upgrade_required")
        assert answer.headers["Upgrade"] == "websocket"
        assert "upgrade" in answer.headers["Connection"].split(", ")


@pytest.mark.parametrize("key", [None, "", "x", "AAAA", base64.b64encode(b"x" * 17).decode(),
                                 base64.b64encode(b"x" * 15).decode(), "?" * 22 + "=="])
def test_a_bad_key_is_400(server, alice, key):
    shapes.problem(upgrade(server, token=alice.token, Sec_WebSocket_Key=key), 400,
                   "malformed_request")


def test_a_page_of_another_origin_is_403(server, alice):
    shapes.problem(upgrade(server, token=alice.token, Origin="https://evil.example"), 403,
                   "forbidden")
    shapes.problem(upgrade(server, token=alice.token, Origin="null"), 403, "forbidden")
    with RawWebSocket(server, token=alice.token, Origin="http://test"):
        pass


def test_frames_right_behind_the_handshake_are_read(server, alice):
    with RawConnection(server) as connection:
        connection.send(upgrade_request("/v1/ws", alice.token) + frame_bytes(PING, b"early"))
        assert connection.read_response().status == 101
        connection.__class__ = RawWebSocket
        frames = [connection.read_frame() for _ in range(2)]
        assert (PONG, b"early") in frames


def test_another_upgrade_is_answered_as_if_it_were_none(server):
    with RawConnection(server) as connection:
        answer = connection.exchange(
            b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
        assert answer.status == 200
