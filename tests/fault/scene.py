"""Scene: people who talk through a cluster while something befalls it, and the history of it.

    records = Scene(cluster, seed, folder).play(story)

`story(scene)` runs beside the talk, which has a thread of its own; then everybody stops writing,
everything that is owed must arrive, and the store's own account is written under the history.
"""
import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from habits import Habits
from history import NO_KEY, parse
from support import people
from support.waiting import SLOWNESS, eventually
from witness import Witness

SETTLE_SECONDS_MAX = 60 * SLOWNESS
LEAVE_SECONDS_MAX = 30 * SLOWNESS
BACK_SECONDS_MAX = 15 * SLOWNESS
# Who is in which conversation: a group of four, and two of them alone.
FOUR_PEOPLE = ((0, 1, 2, 3), (0, 1))


class Scene:
    def __init__(self, cluster, seed, folder, rooms=FOUR_PEOPLE, habits=Habits()):
        self.cluster = cluster
        self.urls = cluster.urls
        self.random = random.Random(seed)
        self.notes = []
        self._folder = Path(folder)
        self._loop = None
        size = 1 + max(max(room) for room in rooms)
        self._people = [people.register(cluster.first, f"Person{n}") for n in range(size)]
        self._rooms_of = {person.id: [] for person in self._people}
        pairs = set()
        for room in rooms:
            self._open_room([self._people[number] for number in room], tuple(room) not in pairs)
            pairs.add(tuple(room))
        self.witnesses = [
            Witness(person.id, person.token, self._rooms_of[person.id],
                    random.Random(self.random.getrandbits(64)), self.notes, habits)
            for person in self._people]

    def _open_room(self, members, is_first):
        """Two people have one direct conversation; what else they have are groups."""
        is_direct = len(members) == 2 and is_first
        make = people.direct_conversation if is_direct else people.group_conversation
        room = make(*members)["id"]
        for person in members:
            self._rooms_of[person.id].append(room)

    def play(self, story):
        """The records of what happened; also kept as a file, for whoever looks into a failure."""
        with ThreadPoolExecutor(1) as stage:
            talk = stage.submit(asyncio.run, self._live())
            try:
                eventually(lambda: self._loop or talk.done(), what="the talk has begun")
                story(self)
                for witness in self.witnesses:
                    witness.stop_writing()
                self._settle(talk)
            finally:
                if not talk.done():
                    self._loop.call_soon_threadsafe(self._lives.cancel)
            talk.result(LEAVE_SECONDS_MAX)  # raises what a witness could not bear
        try:
            self._write_the_account()
        finally:
            text = "\n".join(self.notes) + "\n"
            (self._folder / "history").write_text(text)
        return parse(text)

    @property
    def acked(self):
        return sum(witness.acked for witness in self.witnesses)

    # --- what a story may do ---

    def talk_for(self, shortest, longest):
        time.sleep(self.random.uniform(shortest, longest))

    def kill(self, what, down_seconds):
        self.kill_all([what], down_seconds)

    def kill_all(self, names, down_seconds):
        """Kills them one after the other; servers come back last, for they need the others."""
        for name in names:
            self.notes.append(f"kill {name}")
            self.cluster.kill(name)
        time.sleep(down_seconds)
        for name in sorted(names):
            self.cluster.start_again(name)
            self.notes.append(f"back {name}")

    def pause(self, what, seconds):
        self.notes.append(f"stop {what}")
        self.cluster.pause(what, seconds)
        self.notes.append(f"back {what}")

    def restart(self, instance):
        """As an update does it; the instance must end well."""
        self.notes.append(f"restart {instance}")
        self.cluster.servers[instance].stop()
        self.cluster.start_again(instance)
        self.notes.append(f"back {instance}")

    def flush_redis(self):
        self.notes.append("flush redis")
        self.cluster.services.redis.command("FLUSHALL")

    def ask(self, coroutine):
        """Runs a coroutine of a witness where the witnesses live."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(LEAVE_SECONDS_MAX)

    def wait_until_written(self, seconds):
        """Everyone who is here has written the whole quota, and it is acknowledged."""
        eventually(lambda: all(witness.has_written() for witness in self._present()), seconds,
                   "all quotas are written and acknowledged")

    def is_over(self):
        """A witness could not bear it: play() raises why."""
        return self._lives.done()

    # --- details ---

    def _present(self):
        return [witness for witness in self.witnesses if not witness.is_absent]

    async def _live(self):
        self._lives = asyncio.gather(*(witness.live(self.urls) for witness in self.witnesses))
        self._loop = asyncio.get_running_loop()
        try:
            await self._lives
        except asyncio.CancelledError:
            pass

    def _settle(self, talk):
        """Waits until everyone has everything; the checker tells what is missing if not."""
        end = time.monotonic() + SETTLE_SECONDS_MAX
        while time.monotonic() < end and not talk.done():
            heads = self._heads()
            if all(witness.is_settled({room: heads[room] for room in self._rooms_of[witness.name]})
                   for witness in self._present()):
                return
            time.sleep(0.2)

    def _heads(self):
        rows = self.cluster.sql(
            f"SELECT id, last_seq FROM conversations WHERE id IN ({self._our_rooms()})")
        return {room: int(last_seq) for room, last_seq in rows}

    def _our_rooms(self):
        return ", ".join({room for rooms in self._rooms_of.values() for room in rooms})

    def _write_the_account(self):
        for room, seq, key in self.cluster.sql(
                "SELECT conversation_id, seq, coalesce(client_id::text, '') FROM events"
                f" WHERE conversation_id IN ({self._our_rooms()}) ORDER BY 1, 2"):
            self.notes.append(f"stored {room} {seq} {key or NO_KEY}")
        joined = {(room, user): seq for room, user, seq in self.cluster.sql(
            "SELECT conversation_id, user_id, joined_seq FROM members"
            f" WHERE conversation_id IN ({self._our_rooms()})")}
        for person in self._people:
            server = self.random.choice(list(self.cluster.servers.values()))
            with server.rest(token=person.token) as rest:
                for room in self._rooms_of[person.id]:
                    seen = _see(rest, room)
                    self.notes.append(
                        f"member {room} {person.id} {joined[room, person.id]} "
                        f"{seen['deliveredSeq']} {seen['readSeq']} {seen['unreadCount']}")


def _see(rest, room):
    """The conversation as its member sees it. Who has just been killed may still be away."""
    def answer():
        response = rest.get(f"/v1/conversations/{room}")
        assert response.status in (200, 503), response
        return response.status == 200 and response.json

    return eventually(answer, BACK_SECONDS_MAX, "the conversation can be seen")
