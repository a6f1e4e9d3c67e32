"""HTTP/1.1 itself: framing, pipelining, keep-alive, and requests that are not well formed."""
import pytest

from support import shapes
from support.raw import RawConnection, json_request, request


@pytest.fixture
def raw(server):
    with RawConnection(server) as connection:
        yield connection


def chunked(path, chunks, token, trailer=b""):
    head = request("PATCH", path, {"Content-Type": "application/json",
                                   "Authorization": f"Bearer {token}",
                                   "Transfer-Encoding": "chunked"})
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + \
        b"0\r\n" + trailer + b"\r\n"


# --- more than one request ---

def test_a_connection_serves_request_after_request(raw):
    for _ in range(3):
        answer = raw.exchange(request("GET", "/healthz"))
        assert answer.status == 200 and "Connection" not in answer.headers


def test_pipelined_requests_are_answered_in_order(raw, alice):
    kinds = [
        (request("GET", "/healthz"), 200),
        (json_request("PATCH", "/v1/users/me", {"name": "Al"}, alice.token), 200),
        (request("GET", "/nothing"), 404),
        (json_request("POST", "/v1/users/login",
                      {"email": alice.email, "password": "wrong password"}), 401),
        (request("GET", "/v1/users/me", {"Authorization": f"Bearer {alice.token}"}), 200),
        (request("DELETE", "/healthz"), 405),
        (json_request("PATCH", "/v1/users/me", "{", alice.token), 400),
    ]
    raw.send(b"".join(data.replace(b"Host: test", b"Host: test\r\nX-Request-Id: n%d" % number)
                      for number, (data, _) in enumerate(kinds * 3)))
    for number, (_, status) in enumerate(kinds * 3):
        answer = raw.read_response()
        assert (answer.status, answer.headers["X-Request-Id"]) == (status, f"n{number}")


def test_a_request_may_come_byte_by_byte(raw, alice):
    data = json_request("PATCH", "/v1/users/me", {"name": "Slow"}, alice.token)
    for at in range(len(data)):
        raw.send(data[at:at + 1])
    assert raw.read_response().json["name"] == "Slow"


def test_connection_close_is_honoured_and_said(raw):
    answer = raw.exchange(request("GET", "/healthz", {"Connection": "close"}))
    assert answer.status == 200 and answer.headers["Connection"] == "close"
    assert raw.is_closed_by_peer()


def test_http_1_0_closes_unless_asked_to_stay(server):
    with RawConnection(server) as connection:
        answer = connection.exchange(request("GET", "/healthz", version="HTTP/1.0", host=None))
        assert answer.status == 200
        assert connection.is_closed_by_peer()
    with RawConnection(server) as connection:
        stay = request("GET", "/healthz", {"Connection": "keep-alive"}, version="HTTP/1.0")
        for _ in range(2):
            answer = connection.exchange(stay)
            assert answer.status == 200
            assert answer.headers["Connection"].lower() == "keep-alive"


def test_an_answer_to_head_has_no_body(raw):
    raw.send(request("HEAD", "/healthz") + request("HEAD", "/nothing") +
             request("GET", "/healthz"))
    assert raw.read_response(is_head=True).status == 200
    assert raw.read_response(is_head=True).status == 404
    assert raw.read_response().status == 200


def test_answers_carry_the_date_and_their_length(raw):
    answer = raw.exchange(request("GET", "/nothing"))
    assert answer.headers["Date"].endswith(" GMT")
    assert len(answer.headers.get_all("Content-Length")) == 1
    assert answer.status_line == "HTTP/1.1 404 Not Found"


# --- bodies ---

def test_a_chunked_body_is_read(raw, alice):
    chunks = [b'{"na', b'me":"', b"Chu", b"nk", b'"}']
    answer = raw.exchange(chunked("/v1/users/me", chunks, alice.token, b"X-Trailer: x\r\n"))
    assert (answer.status, answer.json["name"]) == (200, "Chunk")
    assert raw.exchange(request("GET", "/healthz")).status == 200


def test_a_chunked_body_may_have_64_kib_and_no_more(server, alice):
    whole = b'{"name":"Al","x":"' + b"x" * (65_536 - 20) + b'"}'
    with RawConnection(server) as connection:
        pieces = [whole[at:at + 4096] for at in range(0, len(whole), 4096)]
        assert connection.exchange(chunked("/v1/users/me", pieces, alice.token)).status == 200
    with RawConnection(server) as connection:
        answer = connection.exchange(chunked("/v1/users/me", [*pieces, b" "], alice.token))
        shapes.problem(answer, 413, "too_large")


def test_a_client_may_wait_for_100_continue(raw, alice):
    data = json_request("PATCH", "/v1/users/me", {"name": "Al"}, alice.token,
                        Expect="100-continue")
    head, body = data.split(b"\r\n\r\n")
    interim = raw.exchange(head + b"\r\n\r\n")
    assert interim.status == 100
    assert raw.exchange(body).status == 200


def test_a_body_that_is_too_large_is_refused_instead_of_continued(raw, alice):
    head = request("PATCH", "/v1/users/me", {
        "Authorization": f"Bearer {alice.token}", "Content-Type": "application/json",
        "Expect": "100-continue", "Content-Length": "65537"})
    answer = raw.exchange(head)
    shapes.problem(answer, 413, "too_large")
    assert answer.headers["Connection"] == "close"
    assert raw.is_closed_by_peer()


def test_a_refused_client_that_goes_on_sending_still_reads_the_answer(raw, alice):
    raw.send(request("PATCH", "/v1/users/me", {
        "Authorization": f"Bearer {alice.token}", "Content-Type": "application/json",
        "Content-Length": "1000000"}))
    for _ in range(10):
        raw.send(b"x" * 100_000)
    shapes.problem(raw.read_response(), 413, "too_large")


def test_a_get_may_have_a_body_which_is_not_the_next_request(raw):
    hidden = request("GET", "/nothing")
    assert raw.exchange(request("GET", "/healthz", body=hidden)).status == 200
    assert raw.exchange(request("GET", "/healthz")).status == 200


def test_a_post_without_a_body_is_answered_sensibly(raw, alice):
    answer = raw.exchange(request("POST", "/v1/conversations", {
        "Authorization": f"Bearer {alice.token}", "Content-Type": "application/json"}))
    assert answer.status in (400, 411), answer.body
    shapes.problem(answer, answer.status, answer.json["code"])


# --- what is not HTTP ---

HOST = b"Host: test\r\n"


@pytest.mark.parametrize("data,status", [
    (b"hello\r\n\r\n", 400),
    (b"GET\r\n\r\n", 400),
    (b"GET /healthz\r\n\r\n", 400),
    (b"GET  /healthz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n" + HOST * 2 + b"\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\n" + HOST + b"\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nHost: test\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X : y\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n" + HOST + b": y\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: y\r\n folded\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: \x00\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\x0bb\r\n\r\n", 400),
    (b"GET healthz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    (b"GET /h\x7f HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    (b"GET /%zz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    (b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\n", 400),
    (b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
    (b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: +1\r\n\r\nx", 400),
    (b"POST /healthz HTTP/1.1\r\n" + HOST +
     b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
    (b"POST /healthz HTTP/1.1\r\n" + HOST +
     b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (b"POST /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    (b"POST /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    (b"POST /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
    (b"BREW /healthz HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    (b"GET /healthz HTTP/2.0\r\n" + HOST + b"\r\n", 505),
    (b"GET /healthz HTTP/1.2\r\n" + HOST + b"\r\n", 505),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    (b"CONNECT test:80 HTTP/1.1\r\n" + HOST + b"\r\n", None),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
], ids=repr)
def test_what_is_not_http_is_refused_and_the_connection_closed(raw, data, status):
    answer = raw.exchange(data)
    assert answer.status in (range(400, 600) if status is None else (status,)), answer.body
    body = shapes.problem(answer, answer.status, answer.json["code"])
    if answer.status == 400:
        assert body["code"] == "malformed_request"
    if answer.status in (400, 501, 505) and b"%zz" not in data:
        assert answer.headers["Connection"] == "close"
        assert raw.is_closed_by_peer()


def test_a_smuggled_request_is_not_answered(raw):
    raw.send(b"POST /healthz HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n"
             b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + request("GET", "/healthz"))
    assert raw.read_response().status == 400
    assert raw.read_to_end() == b""


def test_an_absolute_target_is_understood(raw):
    assert raw.exchange(request("GET", "http://test/healthz")).status == 200


def test_options_of_the_whole_server_is_answered(raw):
    answer = raw.exchange(request("OPTIONS", "*"))
    assert answer.status == 204 and "GET" in answer.headers["Allow"]
