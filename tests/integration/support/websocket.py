"""A synchronous WebSocket client on python3-websockets, so that tests read from top to bottom.

The library runs on one event loop in a background thread, shared by all clients of the session.
Every call has a time limit. For frames that no honest client sends, open a socket instead.
"""
import asyncio
import json
import threading
import time
from urllib.parse import quote

import websockets

from .waiting import SLOWNESS

CALL_SECONDS_MAX = 10 * SLOWNESS
MESSAGE_BYTES_MAX = 32 * 1024 * 1024
WAYS_TO_BRING_THE_TOKEN = ("header", "subprotocol", "query")
# News that may come between any two messages, or not at all: seen by who asks for them.
PASSING_OPS = ("receipt", "typing", "presence")


class HandshakeRefused(Exception):
    """The server answered the upgrade with an ordinary HTTP status."""

    def __init__(self, status, headers):
        super().__init__(f"handshake refused with {status}")
        self.status = status
        self.headers = headers


class Closed(Exception):
    """The connection is closed; 1006 means without a close frame."""

    def __init__(self, code, reason):
        super().__init__(f"closed with {code} {reason}")
        self.code = code
        self.reason = reason


class _LoopThread:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True, name="websockets").start()

    def run(self, coroutine, seconds):
        async def bounded():
            return await asyncio.wait_for(coroutine, seconds)

        return asyncio.run_coroutine_threadsafe(bounded(), self._loop).result(seconds + 5)


_loop_thread = None


def _run(coroutine, seconds=CALL_SECONDS_MAX):
    global _loop_thread
    if _loop_thread is None:
        _loop_thread = _LoopThread()
    return _loop_thread.run(coroutine, seconds)


class WebSocketClient:
    """One connection. `way` is how the token travels; `headers`, `subprotocols` are added."""

    def __init__(self, server, path="/v1/ws", token=None, way="header", *, headers=None,
                 subprotocols=None, compression=None, **options):
        assert way in WAYS_TO_BRING_THE_TOKEN, way
        sent = dict(headers or {})
        offered = list(subprotocols or [])
        if token is not None and way == "header":
            sent["Authorization"] = f"Bearer {token}"
        elif token is not None and way == "subprotocol":
            offered += ["ringtalk.v1", f"bearer.{token}"]
        elif token is not None:
            path += f"{'&' if '?' in path else '?'}token={quote(token, safe='')}"

        async def connect():
            return await websockets.connect(
                server.websocket_url + path, extra_headers=sent, subprotocols=offered or None,
                compression=compression, max_size=MESSAGE_BYTES_MAX, max_queue=None,
                ping_interval=None, close_timeout=5, open_timeout=CALL_SECONDS_MAX, **options)

        try:
            self._protocol = _run(connect())
        except websockets.InvalidStatusCode as refusal:
            raise HandshakeRefused(refusal.status_code, refusal.headers) from None

    @property
    def subprotocol(self):
        return self._protocol.subprotocol

    @property
    def response_headers(self):
        return self._protocol.response_headers

    def send(self, op, **members):
        """Sends the command {"op": op, …members}."""
        self.send_raw(json.dumps({"op": op, **members}))

    def send_raw(self, message):
        """A str is sent as text, bytes as binary; a list as the fragments of one message."""
        try:
            _run(self._protocol.send(message))
        except websockets.ConnectionClosed:
            raise self._closed() from None

    def receive_raw(self, seconds=CALL_SECONDS_MAX):
        """The next message as str or bytes. Raises Closed, or TimeoutError after `seconds`."""
        try:
            return _run(self._protocol.recv(), seconds)
        except websockets.ConnectionClosed:
            raise self._closed() from None
        except (asyncio.TimeoutError, TimeoutError):
            raise TimeoutError(f"no message within {seconds:g} s") from None

    def receive(self, seconds=CALL_SECONDS_MAX, passing=()):
        """The next message as a dictionary; of passing news only the ops in `passing`."""
        end = time.monotonic() + seconds
        while True:
            message = json.loads(self.receive_raw(max(0, end - time.monotonic())))
            if message["op"] not in PASSING_OPS or message["op"] in passing:
                return message

    def expect(self, op, seconds=CALL_SECONDS_MAX):
        """The next message, which must be this op: nothing but passing news may come before it."""
        message = self.receive(seconds, passing=(op,))
        assert message["op"] == op, f"expected {op}, got {message}"
        return message

    def until(self, op, seconds=CALL_SECONDS_MAX):
        """Passes over other messages until this op comes."""
        while True:
            message = self.receive(seconds, passing=(op,))
            if message["op"] == op:
                return message

    def expect_silence(self, seconds=0.3, passing=()):
        """Nothing comes for `seconds`: only for what must not be sent at all. Of passing news only
        the ops in `passing` count."""
        try:
            message = self.receive(seconds, passing)
        except TimeoutError:
            return
        raise AssertionError(f"expected silence, got {message!r}")

    def ping(self, payload=b"", seconds=CALL_SECONDS_MAX):
        """Sends a ping frame and waits for its pong."""
        async def ping_and_wait():
            await (await self._protocol.ping(payload))

        _run(ping_and_wait(), seconds)

    def wait_closed(self, seconds=CALL_SECONDS_MAX):
        """Waits for the end, dropping what comes before it; (code, reason)."""
        _run(self._protocol.wait_closed(), seconds)
        closed = self._closed()
        return closed.code, closed.reason

    def close(self, code=1000, reason=""):
        """The closing handshake; harmless when closed already."""
        _run(self._protocol.close(code, reason))

    def abort(self):
        """Drops the connection without a word, as a dead phone does."""
        async def abort():
            self._protocol.transport.abort()

        _run(abort())

    def _closed(self):
        return Closed(self._protocol.close_code, self._protocol.close_reason)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
