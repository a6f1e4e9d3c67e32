"""Scene: people who talk through one server while something is killed, and the history of it.

    records = Scene(server, services, seed, folder).play(story)

`story(scene)` runs beside the talk, which has a thread of its own, and kills; then everybody stops
writing, everything that is owed must arrive, and the store's own account is written under the
history.
"""
import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from history import NO_KEY, parse
from support import people
from witness import Witness

PEOPLE = 4
SETTLE_SECONDS_MAX = 60
LEAVE_SECONDS_MAX = 30


class Scene:
    def __init__(self, server, services, seed, folder):
        self.server = server
        self.services = services
        self.random = random.Random(seed)
        self.notes = []
        self._folder = Path(folder)
        cast = [people.register(server, f"Person{number}") for number in range(PEOPLE)]
        self._people = {person.id: person for person in cast}
        rooms = [people.group_conversation(cast[0], *cast[1:])["id"],
                 people.direct_conversation(cast[0], cast[1])["id"]]
        self._rooms_of = {person.id: rooms if person in cast[:2] else rooms[:1] for person in cast}
        self.witnesses = [
            Witness(person.id, person.token, self._rooms_of[person.id],
                    random.Random(self.random.getrandbits(64)), self.notes) for person in cast]

    def play(self, story):
        """The records of what happened; also kept as a file, for whoever looks into a failure."""
        with ThreadPoolExecutor(1) as stage:
            talk = stage.submit(asyncio.run, self._live())
            try:
                story(self)
                for witness in self.witnesses:
                    witness.stop_writing()
                self._settle(talk)
            finally:
                for witness in self.witnesses:
                    witness.leave()
            talk.result(LEAVE_SECONDS_MAX)  # raises what a witness could not bear
        self._write_the_account()
        text = "\n".join(self.notes) + "\n"
        (self._folder / "history").write_text(text)
        return parse(text)

    def kill_server(self, down_seconds):
        self.notes.append("kill server")
        self.server.kill()
        time.sleep(down_seconds)
        self.server.start()

    def kill_postgres(self, down_seconds):
        self.notes.append("kill postgres")
        self.services.postgres.stop("immediate")
        time.sleep(down_seconds)
        self.services.postgres.start()

    @property
    def acked(self):
        return sum(witness.acked for witness in self.witnesses)

    async def _live(self):
        url = f"{self.server.websocket_url}/v1/ws"
        await asyncio.gather(*(witness.live(url) for witness in self.witnesses))

    def _settle(self, talk):
        """Waits until everyone has everything; the checker tells what is missing if not."""
        end = time.monotonic() + SETTLE_SECONDS_MAX
        while time.monotonic() < end and not talk.done():
            heads = self._heads()
            if all(witness.is_settled({room: heads[room] for room in self._rooms_of[witness.name]})
                   for witness in self.witnesses):
                return
            time.sleep(0.2)

    def _heads(self):
        rows = self._sql("SELECT id, last_seq FROM conversations")
        return {room: int(last_seq) for room, last_seq in rows}

    def _write_the_account(self):
        for room, seq, key in self._sql(
                "SELECT conversation_id, seq, coalesce(client_id::text, '') FROM events"
                " ORDER BY 1, 2"):
            self.notes.append(f"stored {room} {seq} {key or NO_KEY}")
        joined = {(room, user): seq for room, user, seq in self._sql(
            "SELECT conversation_id, user_id, joined_seq FROM members")}
        for user, person in self._people.items():
            for room in self._rooms_of[user]:
                with self.server.rest(token=person.token) as rest:
                    seen = rest.get(f"/v1/conversations/{room}").json
                self.notes.append(f"member {room} {user} {joined[room, user]} "
                                  f"{seen['deliveredSeq']} {seen['readSeq']} {seen['unreadCount']}")

    def _sql(self, statement):
        return self.services.postgres.sql(statement, self.server.database)
