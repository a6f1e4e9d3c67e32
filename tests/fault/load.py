"""Load: many pairs of people who write to each other as fast as one process of Python can count.

Messages are finished frames that are sent again and again; acks and events are counted in the bytes
that come, not parsed. So this says how many there were, and nothing about their order.
"""
import json
import selectors
import time

from support import people
from support.raw import TEXT, RawWebSocket, frame_bytes

ACK, EVENT = b'"op":"ack"', b'"op":"event"'
ERROR = b'"op":"error"'
RECEIVE_BYTES = 1 << 18
OUTSTANDING_MAX = 500  # of one person; past it the load lags behind its own schedule


class Talker:
    """One connection that writes into one conversation of two."""

    def __init__(self, person, room):
        websocket = RawWebSocket(person.server, token=person.token)
        self.socket = websocket.socket
        self.socket.setblocking(False)
        send = {"op": "send", "conversationId": room, "content": "x" * 64}
        self._frame = frame_bytes(TEXT, json.dumps(send).encode())
        self._unsent = bytearray()
        self._rest = b""
        self.sent = self.acked = self.events = 0

    @property
    def outstanding(self):
        return self.sent - self.acked

    def offer(self, messages):
        self._unsent += self._frame * messages
        self.sent += messages

    def write(self):
        if self._unsent:
            try:
                del self._unsent[:self.socket.send(self._unsent)]
            except BlockingIOError:
                pass

    def read(self):
        data = self.socket.recv(RECEIVE_BYTES)
        if not data:
            raise ConnectionError("the server has closed the connection")
        seen = self._rest + data
        assert ERROR not in seen, seen[seen.index(ERROR) - 20:][:300]
        kept = len(EVENT) - 1
        self.acked += seen.count(ACK) - self._rest.count(ACK)
        self.events += seen.count(EVENT) - self._rest.count(EVENT)
        self._rest = seen[-kept:]


class Load:
    def __init__(self, server, pairs):
        self.talkers = []
        self._selector = selectors.DefaultSelector()
        for number in range(pairs):
            one, other = (people.register(server, f"Pair{number}") for _ in range(2))
            room = people.direct_conversation(one, other)["id"]
            for person in (one, other):
                talker = Talker(person, room)
                self.talkers.append(talker)
                self._selector.register(talker.socket, selectors.EVENT_READ, talker)

    @property
    def acked(self):
        return sum(talker.acked for talker in self.talkers)

    @property
    def events(self):
        return sum(talker.events for talker in self.talkers)

    def as_fast_as_possible(self, seconds, in_flight=32):
        """Messages a second, each person having so many in flight."""
        begin, before = time.monotonic(), self.acked
        while time.monotonic() < begin + seconds:
            for talker in self.talkers:
                talker.offer(in_flight - talker.outstanding)
            self._turn()
        return (self.acked - before) / (time.monotonic() - begin)

    def at_rate(self, rate, seconds, every_second):
        """So many messages a second, offered on schedule; calls every_second(seconds passed)."""
        begin, told, offered = time.monotonic(), 0, 0
        while (passed := time.monotonic() - begin) < seconds:
            due = int(rate * passed) - offered
            share = due // len(self.talkers)
            if share > 0:
                for talker in self.talkers:
                    talker.offer(min(share, OUTSTANDING_MAX - talker.outstanding))
                offered += share * len(self.talkers)
            self._turn()
            if int(passed) > told:
                told = int(passed)
                every_second(told)

    def finish(self, seconds=30):
        """Waits until everything that was sent is acknowledged and delivered."""
        end = time.monotonic() + seconds
        while not self.is_complete() and time.monotonic() < end:
            self._turn()
        assert self.is_complete(), [(t.sent, t.acked, t.events) for t in self.talkers]

    def is_complete(self):
        return all(one.outstanding == other.outstanding == 0
                   and one.events == other.sent and other.events == one.sent
                   for one, other in zip(self.talkers[::2], self.talkers[1::2]))

    def close(self):
        for talker in self.talkers:
            talker.socket.close()

    def _turn(self):
        for talker in self.talkers:
            talker.write()
        for key, _ in self._selector.select(0.002):
            key.data.read()
