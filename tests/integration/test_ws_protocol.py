"""Commands that are not understood, and frames that break RFC 6455."""
import pytest

from support import shapes
from support.people import direct_conversation
from support.raw import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawWebSocket)

MESSAGE_BYTES_MAX = 64 * 1024


@pytest.fixture
def connection(alice):
    with alice.connect() as opened:
        opened.expect("ready")
        yield opened


@pytest.fixture
def raw(server, alice):
    with RawWebSocket(server, token=alice.token) as opened:
        opcode, payload = opened.read_frame()
        assert opcode == TEXT and b'"ready"' in payload
        yield opened


def expect_still_open(connection):
    connection.send("ping", ref="alive")
    assert connection.expect("pong") == {"op": "pong", "ref": "alive"}


# --- errors that leave the connection open ---

@pytest.mark.parametrize("text", [
    "", " ", "{", "hello", "[1", '{"op":"ping"', '{"op":"ping"} {}', '{"op":"ping","op":"ping"}',
    '{"op":"ping","ref":"\\ud800"}', '{"op":"ping","ref":"\\u0000"}',
    '{"op":"ping","x":' + "[" * 16 + "]" * 16 + "}",
])
def test_malformed_json_is_an_error(connection, text):
    connection.send_raw(text)
    shapes.error(connection.expect("error"), code="malformed_json", retryable=False)
    expect_still_open(connection)


@pytest.mark.parametrize("text", ["[]", "5", "null", '"ping"'])
def test_what_is_no_object_is_an_error(connection, text):
    connection.send_raw(text)
    error = shapes.error(connection.expect("error"))
    assert error["code"] in ("malformed_json", "validation_failed")
    expect_still_open(connection)


@pytest.mark.parametrize("op", ["dance", "", "PING", 5, None, ["ping"], "ready", "ack"])
def test_an_unknown_op_is_an_error(connection, op):
    connection.send(op, ref="x")
    shapes.error(connection.expect("error"), ref="x", code="validation_failed", retryable=False)
    expect_still_open(connection)


def test_no_op_is_an_error(connection):
    connection.send_raw('{"ref":"x"}')
    shapes.error(connection.expect("error"), ref="x", code="validation_failed")


@pytest.mark.parametrize("members", [
    {"conversationId": 5}, {"conversationId": None}, {"content": None}, {"content": 5},
    {"content": ""}, {"content": "x" * 4097}, {"clientId": "x"}, {"clientId": 5},
    {"type": "image"}, {"type": 5},
])
def test_wrong_members_of_a_send_are_an_error(alice, bob, connection, members):
    made = direct_conversation(alice, bob)
    connection.expect("conversation")
    connection.send("send", ref="x", **{"conversationId": made["id"], "content": "x", **members})
    shapes.error(connection.expect("error"), ref="x", code="validation_failed", retryable=False)
    expect_still_open(connection)
    log = alice.rest.get(f"/v1/conversations/{made['id']}/events").json
    assert log == {"events": [], "lastSeq": 0}


@pytest.mark.parametrize("ref", ["x" * 65, 5, {}])
def test_a_wrong_ref_is_an_error(connection, ref):
    connection.send("ping", ref=ref)
    shapes.error(connection.expect("error"), code="validation_failed")
    expect_still_open(connection)


@pytest.mark.parametrize("ref", ["", "x" * 64, "\U0001f600" * 64, "\"\\\n"])
def test_a_ref_comes_back_as_it_was(connection, ref):
    connection.send("ping", ref=ref)
    assert connection.expect("pong") == {"op": "pong", "ref": ref}


def test_unknown_members_are_ignored(connection):
    connection.send("ping", colour="red", nested={"a": [1]})
    assert connection.expect("pong") == {"op": "pong"}


def test_errors_and_answers_come_in_the_order_of_the_commands(connection):
    for number in range(20):
        connection.send("ping" if number % 2 else "dance", ref=str(number))
    assert [connection.receive()["ref"] for _ in range(20)] == [str(n) for n in range(20)]


# --- ping and pong frames, fragments ---

def test_a_ping_frame_is_answered_with_its_payload(raw):
    for payload in (b"", b"x", b"y" * 125):
        raw.send_frame(PING, payload)
        assert raw.read_frame() == (PONG, payload)


def test_a_pong_that_nobody_asked_for_is_ignored(raw):
    raw.send_frame(PONG, b"hello")
    raw.send_frame(PING, b"x")
    assert raw.read_frame() == (PONG, b"x")


def test_a_message_may_come_in_fragments_with_pings_between(raw):
    raw.send_frame(TEXT, b'{"op":"p', is_final=False)
    raw.send_frame(PING, b"x")
    raw.send_frame(CONTINUATION, b'ing","ref":"\xc3', is_final=False)
    raw.send_frame(CONTINUATION, b"", is_final=False)
    raw.send_frame(CONTINUATION, b'\xa9"}')
    assert raw.read_frame() == (PONG, b"x")
    assert raw.read_frame() == (TEXT, '{"op":"pong","ref":"é"}'.encode())


def test_a_message_may_have_64_kib(raw):
    payload = b'{"op":"ping","x":"' + b"x" * (MESSAGE_BYTES_MAX - 20) + b'"}'
    assert len(payload) == MESSAGE_BYTES_MAX
    raw.send_frame(TEXT, payload)
    assert raw.read_frame() == (TEXT, b'{"op":"pong"}')


# --- what closes the connection ---

def test_a_larger_message_closes_with_1009(raw):
    raw.send_frame(TEXT, b"x" * (MESSAGE_BYTES_MAX + 1))
    assert raw.read_until_close() == 1009


def test_a_larger_message_in_fragments_closes_with_1009(raw):
    raw.send_frame(TEXT, b"x" * 40_000, is_final=False)
    raw.send_frame(CONTINUATION, b"x" * 40_000, is_final=False)
    assert raw.read_until_close() == 1009


def test_an_announced_giant_closes_with_1009_before_it_comes(raw):
    raw.send(b"\x81\xff" + (2**62).to_bytes(8, "big") + b"mask")
    assert raw.read_until_close() == 1009


@pytest.mark.parametrize("payload", [b"", b'{"op":"ping"}', b"\x00" * 1000])
def test_a_binary_message_closes_with_1003(raw, payload):
    raw.send_frame(BINARY, payload)
    assert raw.read_until_close() == 1003


@pytest.mark.parametrize("fragments", [
    [b"\xff"], [b"\xc3"], [b"\xed\xa0\x80"], [b"\xc0\xaf"], [b"\xf4\x90\x80\x80"],
    [b"a\xc3", b"b"], [b"\xe2\x82", b"\xac\xff"],
])
def test_invalid_utf_8_closes_with_1007(raw, fragments):
    for number, fragment in enumerate(fragments):
        raw.send_frame(CONTINUATION if number else TEXT, fragment,
                       is_final=number == len(fragments) - 1)
    assert raw.read_until_close() == 1007


@pytest.mark.parametrize("opcode,payload,options", [
    (TEXT, b"{}", {"is_masked": False}),
    (TEXT, b"{}", {"reserved_bits": 4}),
    (TEXT, b"{}", {"reserved_bits": 1}),
    (3, b"", {}), (7, b"", {}), (11, b"", {}), (15, b"", {}),
    (PING, b"x" * 126, {}),
    (PING, b"", {"is_final": False}),
    (CLOSE, b"", {"is_final": False}),
    (CONTINUATION, b"x", {}),
    (CLOSE, b"x", {}),
    (CLOSE, b"\x03\xec", {}),   # 1004
    (CLOSE, b"\x03\xed", {}),   # 1005
    (CLOSE, b"\x03\xee", {}),   # 1006
    (CLOSE, b"\x00\x00", {}),
    (CLOSE, b"\x13\x88", {}),   # 5000
], ids=repr)
def test_what_rfc_6455_forbids_closes_with_1002(raw, opcode, payload, options):
    raw.send_frame(opcode, payload, **options)
    assert raw.read_until_close() == 1002


def test_a_new_message_within_a_message_closes_with_1002(raw):
    raw.send_frame(TEXT, b"{", is_final=False)
    raw.send_frame(TEXT, b"}")
    assert raw.read_until_close() == 1002


def test_a_close_reason_that_is_no_utf_8_closes_with_1007(raw):
    raw.send_frame(CLOSE, b"\x03\xe8\xff")
    assert raw.read_until_close() == 1007


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999])
def test_a_close_is_answered_and_the_connection_ended(raw, code):
    raw.send_frame(CLOSE, code.to_bytes(2, "big") + b"bye")
    assert raw.read_until_close() == code
    assert raw.is_closed_by_peer()


def test_a_close_without_a_code_is_answered(raw):
    raw.send_frame(CLOSE)
    assert raw.read_frame()[0] == CLOSE
    assert raw.is_closed_by_peer()


def test_nothing_comes_behind_the_close(raw):
    raw.send_frame(BINARY, b"x")
    for _ in range(5):
        raw.send_frame(TEXT, b'{"op":"ping"}')
    raw.read_until_close()
    raw.send_frame(CLOSE, b"\x03\xeb")
    assert raw.is_closed_by_peer()


def test_a_flood_of_tiny_fragments_is_ended(raw):
    raw.send_frame(TEXT, b"x", is_final=False)
    try:
        for _ in range(3000):
            raw.send_frame(CONTINUATION, b"", is_final=False)
    except ConnectionError:
        pass
    assert raw.read_until_close() in (1002, 1008, 1009)
