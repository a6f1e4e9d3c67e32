"""Witness: a client that writes, reads, reconnects and notes everything in a history.

It sends with keys, holds on to what is not acknowledged, and repeats that in its order on the next
connection, as CONTRACT.md asks of clients. All witnesses of a test run on one event loop and write
into one list, so the history has their order.
"""
import asyncio
import json
import uuid

import websockets

from history import NO_KEY

UNACKED_MAX = 8
RECONNECT_SECONDS_MAX = 0.2
CATCH_UP_MAX = 200  # what the server sends by itself after `ready`
CALL_SECONDS_MAX = 20
MARK_EVERY = 10     # messages seen


class Witness:
    """One user, one connection at a time. `random` decides what it does; `notes` is the history."""

    def __init__(self, name, token, conversations, random, notes):
        self.name = name
        self.acked = 0
        self.positions = dict.fromkeys(conversations, 0)
        self._token = token
        self._conversations = list(conversations)
        self._random = random
        self._notes = notes
        self._unacked = {}  # key → (conversation, content), in the order of sending
        self._session = None
        self._held = set()  # conversations that wait for our syncs
        self._sessions = 0
        self._writes = True
        self._is_over = False

    def stop_writing(self):
        self._writes = False

    def is_settled(self, heads):
        """Nothing is owed to it, and nothing by it."""
        return not self._unacked and all(self.positions[name] >= heads[name] for name in heads)

    async def live(self, url):
        """Connects to `url`, again and again, until leave()."""
        while not self._is_over:
            try:
                async with websockets.connect(
                        url, extra_headers={"Authorization": f"Bearer {self._token}"},
                        compression=None, ping_interval=None, open_timeout=CALL_SECONDS_MAX,
                        close_timeout=1, max_queue=None) as socket:
                    await self._talk(socket)
            except (OSError, websockets.WebSocketException, asyncio.TimeoutError):
                pass
            await asyncio.sleep(self._random.uniform(0, RECONNECT_SECONDS_MAX))

    def leave(self):
        self._is_over = True

    async def _talk(self, socket):
        self._sessions += 1
        self._session = f"{self.name}/{self._sessions}"
        self._held.clear()
        self._note("session", self._session, self.name)
        writer = None
        try:
            ready = json.loads(await socket.recv())
            await self._read_ready(socket, ready)
            writer = asyncio.create_task(self._write(socket))
            while not self._is_over:
                try:
                    message = await asyncio.wait_for(socket.recv(), 0.2)
                except asyncio.TimeoutError:
                    continue
                await self._take(socket, json.loads(message))
        finally:
            if writer is not None:
                writer.cancel()
            self._note("end", self._session)

    async def _read_ready(self, socket, ready):
        for head in ready["conversations"]:
            if head["id"] not in self.positions:
                continue
            self._note("ready", self._session, head["id"], head["deliveredSeq"], head["readSeq"])
            if head["lastSeq"] - head["deliveredSeq"] > CATCH_UP_MAX:
                self._held.add(head["id"])
                self._note("held", self._session, head["id"])
                await self._sync(socket, head["id"], head["deliveredSeq"])

    async def _write(self, socket):
        for key, (conversation, content) in list(self._unacked.items()):
            await self._send(socket, key, conversation, content)
        while True:
            if self._writes and len(self._unacked) < UNACKED_MAX:
                key = str(uuid.UUID(int=self._random.getrandbits(128)))
                conversation = self._random.choice(self._conversations)
                content = f"{self.name} says {self._random.randrange(10 ** 9)}"
                self._unacked[key] = (conversation, content)
                await self._send(socket, key, conversation, content)
            await asyncio.sleep(self._random.uniform(0, 0.01))

    async def _send(self, socket, key, conversation, content):
        self._note("send", self._session, conversation, key)
        await socket.send(json.dumps({"op": "send", "conversationId": conversation, "ref": key,
                                      "content": content, "clientId": key}))

    async def _take(self, socket, message):
        op = message["op"]
        if op == "ack":
            outcome = "again" if message["duplicate"] else "new"
            self._note("ack", self._session, message["conversationId"], message["clientId"],
                       message["seq"], outcome)
            if self._unacked.pop(message["clientId"], None):
                self.acked += 1
            if message["conversationId"] not in self._held:
                self._saw(message["conversationId"], message["seq"])
        elif op == "event":
            self._note_event("event", message["conversationId"], message["event"])
            if message["event"]["seq"] % MARK_EVERY == 0:
                await self._mark(socket, message["conversationId"], message["event"]["seq"])
        elif op == "batch":
            for event in message["events"]:
                self._note_event("page", message["conversationId"], event)
            if message["events"] and message["events"][-1]["seq"] < message["lastSeq"]:
                await self._sync(socket, message["conversationId"], message["events"][-1]["seq"])
            elif message["conversationId"] in self._held:
                self._held.remove(message["conversationId"])
                self._note("caught", self._session, message["conversationId"])
        elif op == "error" and message.get("ref") in self._unacked:
            assert message["retryable"], message
            await asyncio.sleep(0.1)
            await self._send(socket, message["ref"], *self._unacked[message["ref"]])

    async def _mark(self, socket, conversation, seq):
        op = self._random.choice(("delivered", "read"))
        await socket.send(json.dumps({"op": op, "conversationId": conversation, "seq": seq}))

    async def _sync(self, socket, conversation, after):
        await socket.send(json.dumps({"op": "sync", "conversationId": conversation,
                                      "afterSeq": after, "limit": CATCH_UP_MAX}))

    def _note_event(self, kind, conversation, event):
        key = event["message"]["clientId"] if event["kind"] == "message" else NO_KEY
        self._note(kind, self._session, conversation, event["seq"], key)
        self._saw(conversation, event["seq"])

    def _saw(self, conversation, seq):
        # From ready on the server goes on without a hole: the largest seq says it all.
        self.positions[conversation] = max(self.positions[conversation], seq)

    def _note(self, *words):
        self._notes.append(" ".join(map(str, words)))
