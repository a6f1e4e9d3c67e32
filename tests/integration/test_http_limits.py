"""How large and how slow a request may be."""
import time

import pytest

from support import people, shapes
from support.raw import RawConnection, request
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS

LINE_BYTES_MAX = 8 * 1024
HEADER_BYTES_MAX = 16 * 1024
HEADERS_MAX = 100


@pytest.fixture
def raw(server):
    with RawConnection(server) as connection:
        yield connection


def line_of(size):
    """A request whose first line has so many bytes."""
    rest = len("GET /healthz? HTTP/1.1")
    return request("GET", "/healthz?" + "x" * (size - rest))


def headers_of(size):
    """A request whose header lines have so many bytes with their ends."""
    padding = size - len("Host: test\r\n") - len("X-A: \r\nX-B: \r\n")
    return request("GET", "/healthz", {"X-A": "x" * (padding // 2),
                                       "X-B": "x" * (padding - padding // 2)})


def so_many_headers(count):
    return request("GET", "/healthz", {f"X-{number}": "x" for number in range(count - 1)})


def test_a_request_line_may_have_8_kib(raw):
    assert raw.exchange(line_of(LINE_BYTES_MAX)).status == 200


def test_a_longer_request_line_is_414(raw):
    shapes.problem(raw.exchange(line_of(LINE_BYTES_MAX + 1)), 414, "uri_too_long")
    assert raw.is_closed_by_peer()


def test_headers_may_have_16_kib(raw):
    assert raw.exchange(headers_of(HEADER_BYTES_MAX)).status == 200


def test_larger_headers_are_431(raw):
    shapes.problem(raw.exchange(headers_of(HEADER_BYTES_MAX + 1)), 431, "headers_too_large")
    assert raw.is_closed_by_peer()


def test_a_hundred_headers_are_read(raw):
    assert raw.exchange(so_many_headers(HEADERS_MAX)).status == 200


def test_one_more_header_is_431(raw):
    shapes.problem(raw.exchange(so_many_headers(HEADERS_MAX + 1)), 431, "headers_too_large")


def test_a_line_without_an_end_is_refused_in_time(raw):
    raw.send(b"GET /" + b"x" * 10_000)
    shapes.problem(raw.read_response(), 414, "uri_too_long")


# --- time limits, by a server that is quick to lose patience ---

@pytest.fixture
def impatient(start_server):
    return start_server({"http-header-timeout": "400ms", "http-body-timeout": "600ms",
                         "http-idle-timeout": "1s"})


@on_each_backend
def test_slow_requests_are_given_up(impatient):
    token = people.register(impatient, "Alice").token
    half_head = b"GET /healthz HTTP/1.1\r\nHost: te"
    half_body = request("PATCH", "/v1/users/me", {
        "Content-Type": "application/json", "Authorization": f"Bearer {token}",
        "Content-Length": "100"}) + b"{"
    with RawConnection(impatient) as idle, RawConnection(impatient) as slow_head, \
            RawConnection(impatient) as slow_body, RawConnection(impatient) as used:
        assert used.exchange(request("GET", "/healthz")).status == 200
        started = time.monotonic()
        slow_head.send(half_head)
        slow_body.send(half_body)

        shapes.problem(slow_head.read_response(), 408, "request_timeout")
        assert 0.3 < time.monotonic() - started < 2 * SLOWNESS
        assert slow_head.is_closed_by_peer()
        shapes.problem(slow_body.read_response(), 408, "request_timeout")
        assert 0.5 < time.monotonic() - started < 3 * SLOWNESS
        assert slow_body.is_closed_by_peer()

        assert used.is_closed_by_peer() and idle.is_closed_by_peer()
        assert 0.8 < time.monotonic() - started < 4 * SLOWNESS


@on_each_backend
def test_a_head_that_trickles_in_does_not_stretch_its_time(impatient):
    with RawConnection(impatient) as connection:
        started = time.monotonic()
        data = request("GET", "/healthz", {"X-Padding": "x" * 1000})
        try:
            for at in range(len(data)):
                connection.send(data[at:at + 1])
                time.sleep(0.05)
                if time.monotonic() - started > 5 * SLOWNESS:
                    break
        except ConnectionError:
            pass
        assert time.monotonic() - started < 5 * SLOWNESS


@on_each_backend
def test_a_connection_in_use_is_not_given_up(impatient):
    with RawConnection(impatient) as connection:
        for _ in range(8):
            assert connection.exchange(request("GET", "/healthz")).status == 200
            time.sleep(0.3)
