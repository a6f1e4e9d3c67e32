"""Witness: a client that writes, reads, reconnects and notes everything in a history.

It sends with keys, holds on to what is not acknowledged, and repeats that in its order on the next
connection, as CONTRACT.md asks of clients. When a connection ends, or stays silent for longer than
a person would wait, it goes on at the next instance. All witnesses of a scene run on one event loop
and write into one list, so the history has their order.
"""
import asyncio
import json
import random
import socket as sockets
import uuid
from collections import deque
from urllib.parse import urlsplit

import websockets

from habits import Habits, Held
from history import NO_KEY

RECONNECT_SECONDS_MAX = 0.2
REPEAT_SECONDS = 0.1  # after an `error`
CATCH_UP_MAX = 200    # what the server sends by itself after `ready`
LOOK_SECONDS = 0.25   # how often it looks at the clock


class Witness:
    """One user, one connection at a time. `chance` decides what it does; `notes` is the history."""

    def __init__(self, name, token, conversations, chance: random.Random, notes, habits=Habits()):
        self.name = name
        self.acked = 0
        self.positions = dict.fromkeys(conversations, 0)
        self.is_absent = False
        self._token = token
        self._conversations = list(conversations)
        self._chance = chance
        self._notes = notes
        self._habits = habits
        self._left = habits.quota
        self._writes = True
        self._unacked = {}  # key → (conversation, content), in the order of sending
        self._to_repeat = deque()
        self._may_go_on = asyncio.Event()
        self._socket = None
        self._session = None
        self._sessions = 0
        self._held = {}  # conversation → Held
        self._answered_at = 0.0
        self._sleeps = False

    # --- what a scene asks and tells, from its own thread ---

    def stop_writing(self):
        self._writes = False

    def has_written(self):
        """All of its quota, and every message is acknowledged."""
        return not self._left and not self._unacked

    def is_settled(self, heads):
        """Nothing is owed to it, and nothing by it."""
        return not self._unacked and all(self.positions[name] >= heads[name] for name in heads)

    async def sleep(self):
        """Reads nothing until wake()."""
        self._sleeps = True
        if self._session is not None:
            self._note("slow", self._session)
            self._socket.transport.pause_reading()

    async def wake(self):
        self._sleeps = False
        if self._socket is not None and not self._socket.transport.is_closing():
            self._socket.transport.resume_reading()

    # --- connections ---

    async def live(self, urls):
        """Connects to one of `urls` (instance → URL), then to the next, again and again."""
        instances = list(urls)
        turn = self._chance.randrange(len(instances))
        while True:
            while self.is_absent:
                await asyncio.sleep(LOOK_SECONDS)
            instance = instances[turn % len(instances)]
            try:
                async with self._connect(urls[instance]) as self._socket:
                    await self._talk(self._socket, instance)
            except websockets.InvalidStatusCode as refusal:
                self._note("refused", self.name, instance, refusal.status_code)
            except (OSError, websockets.WebSocketException, asyncio.TimeoutError):
                pass
            turn += 1
            await asyncio.sleep(self._chance.uniform(0, RECONNECT_SECONDS_MAX))

    def _connect(self, url):
        options = {}
        if self._habits.receive_bytes:
            options["sock"] = sock = sockets.socket()
            sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, self._habits.receive_bytes)
            sock.connect((urlsplit(url).hostname, urlsplit(url).port))  # to this machine: at once
        return websockets.connect(
            url, extra_headers={"Authorization": f"Bearer {self._token}"}, compression=None,
            ping_interval=None, open_timeout=self._patience(), close_timeout=1, max_queue=None,
            max_size=None, **options)

    def _patience(self):
        return self._chance.uniform(*self._habits.silence_seconds)

    async def _talk(self, socket, instance):
        self._sessions += 1
        self._session = f"{self.name}/{self._sessions}"
        self._held.clear()
        self._note("session", self._session, self.name, instance)
        beside = []
        try:
            await self._read_ready(
                socket, json.loads(await asyncio.wait_for(socket.recv(), self._patience())))
            beside = [asyncio.create_task(self._write(socket)),
                      asyncio.create_task(self._leave_when_silent(socket))]
            while True:
                await self._take(socket, json.loads(await socket.recv()))
        finally:
            code = socket.close_code
            self._note("end", self._session, *([] if code is None else [code]))
            self._session = None
            for task in beside:
                task.cancel()
            for outcome in await asyncio.gather(*beside, return_exceptions=True):
                if isinstance(outcome, AssertionError):
                    raise outcome

    async def _leave_when_silent(self, socket):
        """Answers are due, and none has come for too long: the network may be at fault."""
        loop = asyncio.get_running_loop()
        patience = self._patience()
        self._answered_at = loop.time()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._sleeps:  # the library may have begun to read again
                socket.transport.pause_reading()
            if self._sleeps or not (self._unacked or self._held):
                self._answered_at = loop.time()
            elif loop.time() - self._answered_at > patience:
                socket.transport.abort()
                return

    # --- writing ---

    async def _write(self, socket):
        self._to_repeat = deque(self._unacked)
        while True:
            if self._to_repeat:
                key = self._to_repeat.popleft()
                if key in self._unacked:
                    await self._send(socket, key)
            elif self._may_write():
                key = str(uuid.UUID(int=self._chance.getrandbits(128)))
                self._unacked[key] = (self._choose_conversation(), self._make_content())
                self._left = self._left and self._left - 1
                await self._send(socket, key)
                await asyncio.sleep(self._chance.uniform(0, self._habits.pause_seconds_max))
            else:
                self._may_go_on.clear()
                await self._may_go_on.wait()

    def _may_write(self):
        return (self._writes and self._left != 0 and not self._sleeps
                and len(self._unacked) < self._habits.unacked_max)

    def _choose_conversation(self):
        if not self._habits.is_skewed:
            return self._chance.choice(self._conversations)
        return self._conversations[int(len(self._conversations) * self._chance.random() ** 2)]

    def _make_content(self):
        content = f"{self.name} says {self._chance.randrange(10 ** 9)}"
        return content.ljust(self._habits.characters, ".")

    async def _send(self, socket, key):
        conversation, content = self._unacked[key]
        self._note("send", self._session, conversation, key)
        await socket.send(json.dumps({"op": "send", "conversationId": conversation, "ref": key,
                                      "content": content, "clientId": key}))

    def _repeat_later(self, key):
        def repeat(session):
            if session == self._session:
                self._to_repeat.append(key)
                self._may_go_on.set()

        asyncio.get_running_loop().call_later(REPEAT_SECONDS, repeat, self._session)

    # --- reading ---

    async def _read_ready(self, socket, ready):
        for head in ready["conversations"]:
            if head["id"] not in self.positions:
                continue
            self._note("ready", self._session, head["id"], head["deliveredSeq"], head["readSeq"])
            if head["lastSeq"] - head["deliveredSeq"] > CATCH_UP_MAX:
                self._note("held", self._session, head["id"])
                is_patient = self._habits.is_patient
                if is_patient is None:
                    is_patient = self._chance.random() < 0.5
                after = head["deliveredSeq"] + (CATCH_UP_MAX if is_patient else 0)
                self._held[head["id"]] = Held(after)
                if not is_patient:
                    await self._sync(socket, head["id"])

    async def _take(self, socket, message):
        op = message["op"]
        self._answered_at = asyncio.get_running_loop().time()
        if op == "event":
            conversation, seq = message["conversationId"], message["event"]["seq"]
            self._note_event("event", conversation, message["event"])
            await self._sync_behind(socket, conversation, seq)
            if self._habits.mark_every and seq % self._habits.mark_every == 0:
                await self._mark(socket, conversation, seq)
        elif op == "ack":
            self._take_ack(message)
            await self._sync_behind(socket, message["conversationId"], message["seq"])
        elif op == "batch":
            await self._take_batch(socket, message)
        elif op == "error":
            self._take_error(socket, message)

    def _take_ack(self, ack):
        outcome = "again" if ack["duplicate"] else "new"
        self._note("ack", self._session, ack["conversationId"], ack["clientId"], ack["seq"],
                   outcome)
        if self._unacked.pop(ack["clientId"], None):
            self.acked += 1
        self._may_go_on.set()
        if outcome == "new" and ack["conversationId"] not in self._held:
            self._saw(ack["conversationId"], ack["seq"])

    async def _take_batch(self, socket, batch):
        conversation, events = batch["conversationId"], batch["events"]
        for event in events:
            self._note_event("page", conversation, event)
        if events and events[-1]["seq"] < batch["lastSeq"]:
            self._held[conversation].after = events[-1]["seq"]
            await self._sync(socket, conversation)
        else:
            del self._held[conversation]
            self._note("caught", self._session, conversation)

    def _take_error(self, socket, error):
        """Whatever cannot be done just now is asked for again; nothing else may be refused."""
        assert error["retryable"], error
        ref = error.get("ref")
        if ref in self._unacked:
            self._repeat_later(ref)
        elif ref in self._held:
            asyncio.get_running_loop().call_later(
                REPEAT_SECONDS, lambda: asyncio.ensure_future(self._sync_again(socket, ref)))

    async def _sync_again(self, socket, conversation):
        try:
            await self._sync(socket, conversation)
        except websockets.ConnectionClosed:
            pass

    async def _sync_behind(self, socket, conversation, seq):
        """Was `seq` the last one that came by itself?"""
        held = self._held.get(conversation)
        if held and not held.is_asked and seq == held.after:
            await self._sync(socket, conversation)

    async def _sync(self, socket, conversation):
        held = self._held.get(conversation)
        if held is None:
            return
        held.is_asked = True
        await socket.send(json.dumps(
            {"op": "sync", "conversationId": conversation, "ref": conversation,
             "afterSeq": held.after, "limit": CATCH_UP_MAX}))

    async def _mark(self, socket, conversation, seq):
        op = self._chance.choice(("delivered", "read"))
        await socket.send(json.dumps({"op": op, "conversationId": conversation, "seq": seq}))

    def _note_event(self, kind, conversation, event):
        key = event["message"]["clientId"] if event["kind"] == "message" else NO_KEY
        self._note(kind, self._session, conversation, event["seq"], key)
        self._saw(conversation, event["seq"])

    def _saw(self, conversation, seq):
        # From ready on the server goes on without a hole: the largest seq says it all.
        if seq > self.positions[conversation]:
            self.positions[conversation] = seq

    def _note(self, *words):
        self._notes.append(" ".join(map(str, words)))
