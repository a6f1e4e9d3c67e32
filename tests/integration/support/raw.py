"""A TCP socket to a server, for bytes that no honest client sends, and HTTP answers read strictly.

`RawConnection` speaks HTTP, `RawWebSocket` goes on from there with single frames.
"""
import base64
import os
import socket
import struct
from dataclasses import dataclass, field
from http.client import HTTPMessage
import json

from .rest import Response
from .waiting import SLOWNESS

CALL_SECONDS_MAX = 10 * SLOWNESS
TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0


@dataclass
class RawResponse(Response):
    """A Response that knows its status line and the order of its headers."""

    status_line: str = ""
    header_lines: list = field(default_factory=list)


def request(method, path, headers=None, body=b"", version="HTTP/1.1", host="test"):
    """The bytes of one request. Content-Length comes by itself when there is a body."""
    lines = [f"{method} {path} {version}"]
    lines += [f"Host: {host}"] if host is not None else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_request(method, path, value, token=None, **headers):
    """The bytes of a request with a JSON body (a str or bytes is sent as it is)."""
    body = value if isinstance(value, bytes) else (
        value.encode() if isinstance(value, str) else json.dumps(value).encode())
    sent = {"Content-Type": "application/json", **headers}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    return request(method, path, sent, body)


class RawConnection:
    """`receive_bytes` fixes what the kernel keeps for a client that does not read; by itself the
    kernel may go up to tens of MiB."""

    def __init__(self, server, seconds=CALL_SECONDS_MAX, receive_bytes=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(seconds)
        self.socket.connect((server.host, server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = b""

    def send(self, data):
        self.socket.sendall(data)

    def exchange(self, data, *, is_head=False):
        self.send(data)
        return self.read_response(is_head=is_head)

    def read_response(self, *, is_head=False):
        """The next answer; its body by Content-Length, and none for HEAD, 1xx, 204 and 304."""
        head = self._read_until(b"\r\n\r\n").decode("latin-1")
        status_line, *lines = head[:-4].split("\r\n")
        headers = HTTPMessage()
        for line in lines:
            name, value = line.split(": ", 1)
            headers.add_header(name, value)
        status = int(status_line.split(" ")[1])
        has_body = not (is_head or status < 200 or status in (204, 304))
        body = self.read_exactly(int(headers["Content-Length"])) if has_body else b""
        return RawResponse(status, headers, body, status_line, lines)

    def read_exactly(self, count):
        while len(self._input) < count:
            self._receive()
        data, self._input = self._input[:count], self._input[count:]
        return data

    def read_to_end(self):
        """What still comes until the peer has closed."""
        try:
            while True:
                self._receive()
        except ConnectionError:
            data, self._input = self._input, b""
            return data

    def is_closed_by_peer(self):
        """Waits for the end; False when anything else comes."""
        return self.read_to_end() == b""

    def reset(self):
        """Closes with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()

    def _read_until(self, end):
        while end not in self._input:
            self._receive()
        at = self._input.index(end) + len(end)
        data, self._input = self._input[:at], self._input[at:]
        return data

    def _receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError(f"the server closed; left over: {self._input[:200]!r}")
        self._input += data

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def upgrade_request(path, token=None, **headers):
    """The bytes of a WebSocket handshake. A header given as None is left out."""
    sent = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
    }
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    return request("GET", path, {name: value for name, value in sent.items() if value is not None})


def frame_bytes(opcode, payload=b"", *, is_final=True, is_masked=True, reserved_bits=0):
    first = (0x80 if is_final else 0) | reserved_bits << 4 | opcode
    mask_bit = 0x80 if is_masked else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, mask_bit | len(payload))
    elif len(payload) < 65536:
        head = struct.pack("!BBH", first, mask_bit | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, len(payload))
    if not is_masked:
        return head + payload
    key = b"\x0f\xf0\xaa\x55"
    repeated = key * (len(payload) // 4 + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(repeated[:len(payload)], "big")
    return head + key + masked.to_bytes(len(payload), "big")


class RawWebSocket(RawConnection):
    """Upgraded in the constructor."""

    def __init__(self, server, path="/v1/ws", token=None, receive_bytes=None, **headers):
        super().__init__(server, receive_bytes=receive_bytes)
        self.handshake = self.exchange(upgrade_request(path, token, **headers))
        assert self.handshake.status == 101, self.handshake.body

    def send_frame(self, opcode, payload=b"", **options):
        self.send(frame_bytes(opcode, payload, **options))

    def read_frame(self):
        """(opcode, payload) of the next frame, which must be whole and unmasked."""
        first, second = self.read_exactly(2)
        assert second < 128, "a server must not mask"
        length = second
        if second == 126:
            length = struct.unpack("!H", self.read_exactly(2))[0]
        elif second == 127:
            length = struct.unpack("!Q", self.read_exactly(8))[0]
        assert first & 0x80, "a fragment"
        return first & 0x0f, self.read_exactly(length)

    def read_until_close(self):
        """The close code of the server's close frame; what comes before it is passed over."""
        while True:
            opcode, payload = self.read_frame()
            if opcode == CLOSE:
                return struct.unpack("!H", payload[:2])[0]
