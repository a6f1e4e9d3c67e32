"""Delivery of the FastAPI peer: whatever was committed comes back through Redis, whoever stored it,
and leaves to the members' sockets in the order of seq, without a hole.

One object a worker. A message on the bus is "SEQ TIMESTAMP MESSAGE": nothing is parsed here.
"""
import asyncio
import json
import uuid
from contextlib import suppress
from datetime import timezone

HOLE_SECONDS = 0.5  # a message that comes before its predecessor waits so long for it
RECONNECT_SECONDS = 0.05
NOBODY = (None, None)


def canonical(text):
    """Ids are strings here: to format a UUID again and again would cost more than to parse it."""
    return str(uuid.UUID(text))


def when(moment):
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message_json(conversation, seq, client_id, sender, content, timestamp):
    return (f'{{"id":"{conversation}-{seq}","conversationId":"{conversation}","seq":{seq},'
            f'"senderId":"{sender}","type":"text","content":{json.dumps(content)},'
            f'"timestamp":"{timestamp}","clientId":"{client_id}","status":"sent"}}')


def message_of(conversation, row):
    return message_json(conversation, row["seq"], str(row["id"]), str(row["sender_id"]),
                        row["body"], when(row["created_at"]))


def event_json(seq, timestamp, message):
    return f'{{"seq":{seq},"kind":"message","timestamp":"{timestamp}","message":{message}}}'


class Delivery:
    def __init__(self, pg, redis):
        self._pg = pg
        self._redis = redis
        self._bus = redis.pubsub()
        self._listener = None
        self._sockets = {}   # user id -> set of WebSockets
        self._members = {}   # conversation id -> set of user ids; members do not change here
        self._joining = {}   # conversation id -> the task that subscribes to it, or has done so
        self._held = {}      # conversation id -> {seq: message that came before its predecessor}
        self.heads = {}      # conversation id -> seq that was last delivered here
        self.own_acks = {}   # (conversation id, seq) -> (its sender's WebSocket, its ack)

    async def start(self):
        await self._bus.subscribe("fa:control")
        self._listener = asyncio.create_task(self._listen())

    def stop(self):
        self._listener.cancel()

    # --- who is here ---

    def is_online(self, user):
        return bool(self._sockets.get(user))

    def add(self, user, socket):
        self._sockets.setdefault(user, set()).add(socket)

    def remove(self, user, socket):
        self._sockets.get(user, set()).discard(socket)

    async def members_of(self, conversation):
        found = self._members.get(conversation)
        if found is None:
            rows = await self._pg.fetch("SELECT user_id FROM fa_members WHERE conversation_id=$1",
                                        conversation)
            found = {str(row["user_id"]) for row in rows}
            if found:
                self._members[conversation] = found
        return found

    # --- what is heard ---

    async def announce(self, conversation):
        """A new conversation: workers where a member is connected shall hear of its messages."""
        await self._redis.publish("fa:control", conversation)

    async def join(self, conversations):
        """Afterwards their messages are heard here, and `heads` knows them."""
        fresh = [one for one in conversations if one not in self._joining]
        if fresh:
            task = asyncio.create_task(self._subscribe(fresh))
            self._joining.update((one, task) for one in fresh)
        for one in conversations:
            if one not in self.heads:
                await self._joining[one]

    async def _subscribe(self, conversations):
        """Asks first and compares second, so that nothing falls between."""
        try:
            await self._bus.subscribe(*(f"fa:conv:{one}" for one in conversations))
            rows = await self._pg.fetch("SELECT id,last_seq FROM fa_conversations WHERE id=ANY($1)",
                                        conversations)
        except BaseException:
            for one in conversations:
                del self._joining[one]
            raise
        for row in rows:
            conversation = str(row["id"])
            self.heads[conversation] = row["last_seq"]
            if conversation in self._held:
                await self._fill_hole(conversation)

    async def _join_if_wanted(self, conversation):
        if any(map(self.is_online, await self.members_of(conversation))):
            await self.join([conversation])

    async def _listen(self):
        while True:
            with suppress(Exception):  # above all: Redis has closed the connection
                async for letter in self._bus.listen():
                    if letter["type"] != "message":
                        continue
                    text = letter["data"].decode()
                    if letter["channel"] == b"fa:control":
                        asyncio.create_task(self._join_if_wanted(text))
                    else:
                        channel = letter["channel"].decode()
                        await self._deliver(channel.rpartition(":")[2], text)
            await asyncio.sleep(RECONNECT_SECONDS)
            with suppress(Exception):
                await self._bus.connect()  # subscribes anew
                await self._catch_up()

    async def _catch_up(self):
        """Nobody repeats what was published while the bus was away."""
        for row in await self._pg.fetch("SELECT id,last_seq FROM fa_conversations WHERE id=ANY($1)",
                                        list(self.heads)):
            await self._fill(str(row["id"]), row["last_seq"])

    # --- what leaves ---

    async def _deliver(self, conversation, text):
        seq = int(text.partition(" ")[0])
        head = self.heads.get(conversation)
        if head is None or seq > head + 1:
            self._hold(conversation, seq, text)
        elif seq <= head:
            await self.give_ack(conversation, seq)
        else:
            waiting = self._held.get(conversation)
            while text is not None:
                self.heads[conversation] = seq
                await self._send_out(conversation, seq, text)
                seq += 1
                text = waiting.pop(seq, None) if waiting else None

    def _hold(self, conversation, seq, text):
        waiting = self._held.setdefault(conversation, {})
        if not waiting:
            asyncio.get_running_loop().call_later(
                HOLE_SECONDS, lambda: asyncio.create_task(self._fill_hole(conversation)))
        waiting[seq] = text

    async def _fill_hole(self, conversation):
        waiting = self._held.get(conversation)
        if waiting and conversation in self.heads:
            await self._fill(conversation, max(waiting))

    async def _fill(self, conversation, last_seq):
        """What Redis has lost, or brings late, comes from the database."""
        for row in await self._pg.fetch(
                "SELECT seq,id,sender_id,body,created_at FROM fa_messages"
                " WHERE conversation_id=$1 AND seq>$2 AND seq<=$3 ORDER BY seq",
                conversation, self.heads[conversation], last_seq):
            self._held.get(conversation, {}).pop(row["seq"], None)
            await self._deliver(conversation, f"{row['seq']} {when(row['created_at'])} "
                                              f"{message_of(conversation, row)}")

    async def _send_out(self, conversation, seq, text):
        _, timestamp, message = text.split(" ", 2)
        event = (f'{{"op":"event","conversationId":"{conversation}",'
                 f'"event":{event_json(seq, timestamp, message)}}}')
        own, ack = self.own_acks.pop((conversation, seq), NOBODY)
        pushes = [push(socket, event) for member in await self.members_of(conversation)
                  for socket in self._sockets.get(member, ()) if socket is not own]
        if own is not None:
            pushes.append(push(own, ack))
        if pushes:
            await asyncio.gather(*pushes)

    async def give_ack(self, conversation, seq):
        own, ack = self.own_acks.pop((conversation, seq), NOBODY)
        if own is not None:
            await push(own, ack)


async def push(socket, text):
    with suppress(Exception):  # its own handler sees the end of the connection
        await socket.send_text(text)
