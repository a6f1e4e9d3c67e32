"""Two instances on one database and one Redis: who is on which makes no difference."""
import dataclasses
import time

import pytest

from support.metrics import read_metrics
from support.people import direct_conversation, group_conversation, register
from support.shape_choice import on_each_backend
from support.waiting import SLOWNESS, eventually

JWT_KEY = {"RINGTALK_JWT_KEY": "the same key of thirty-two letters"}
# What must not have waited for a comparison of heads: half of the heartbeat.
SOON_SECONDS = 12 * SLOWNESS
# No comparison comes while a test lasts.
SELDOM = {"heartbeat": "10m", "heartbeat-grace": "10m"}
# Each shard has a connection of its own to Redis.
PATIENCE_SECONDS = 20 * SLOWNESS


@dataclasses.dataclass
class Instances:
    here: object
    there: object
    redis: object

    def elsewhere(self, person):
        """The same login, seen from the other instance."""
        return dataclasses.replace(person, server=self.there,
                                   rest=self.there.rest(token=person.token))

    def figure(self, name):
        """Of both instances together."""
        return sum(_figures(server)[name][""] for server in (self.here, self.there))

    def wait_for_bus(self, is_up=True):
        for server in (self.here, self.there):
            eventually(lambda: _figures(server)["ringtalk_bus_connections_up"][""]
                       == (server.options["shards"] if is_up else 0),
                       PATIENCE_SECONDS, f"the bus is {'up' if is_up else 'away'}")


def _figures(server):
    with server.rest() as rest:
        return read_metrics(rest.get("/metrics").body.decode())


def start_instances(start_server, services, **options):
    here = start_server(options, environment=JWT_KEY, services=services)
    there = start_server({**options, "database-url": here.options["database-url"]},
                         environment=JWT_KEY, services=services)
    instances = Instances(here, there, services.redis)
    instances.wait_for_bus()
    return instances


@pytest.fixture
def instances(start_server, services):
    return start_instances(start_server, services)


@pytest.fixture
def fragile(start_server, own_services):
    """Instances whose Redis the test may stop."""
    return start_instances(start_server, own_services)


@pytest.fixture
def alice(request):
    return register(_instances_of(request).here, "Alice")


@pytest.fixture
def bob(request):
    """Registered here, connected there."""
    instances = _instances_of(request)
    return instances.elsewhere(register(instances.here, "Bob"))


def _instances_of(request):
    name = "fragile" if "fragile" in request.fixturenames else "instances"
    return request.getfixturevalue(name)


def contents(connection, count, seconds=SOON_SECONDS):
    return [connection.expect("event", seconds)["event"]["message"]["content"]
            for _ in range(count)]


@on_each_backend
def test_messages_reach_members_on_the_other_instance_in_one_order(instances, alice, bob,
                                                                   open_connection):
    conversation = direct_conversation(alice, bob)
    on_both = open_connection(alice), open_connection(bob)
    for number in range(10):
        alice.send(conversation, f"from here {number}")
        bob.send(conversation, f"from there {number}")
    expected = [f"from {place} {number}" for number in range(10) for place in ("here", "there")]
    for connection in on_both:
        assert contents(connection, 20) == expected
    assert instances.figure("ringtalk_bus_letters_heard_total") > 0


@on_each_backend
def test_receipts_and_typing_reach_the_other_instance(instances, alice, bob, open_connection):
    conversation = direct_conversation(alice, bob)
    alice.send(conversation, "hello")
    here, there = open_connection(alice), open_connection(bob)
    there.send("read", conversationId=conversation["id"], seq=1)
    receipt = here.until("receipt", SOON_SECONDS)
    while receipt["userId"] != bob.id:
        receipt = here.until("receipt", SOON_SECONDS)
    assert (receipt["conversationId"], receipt["readSeq"]) == (conversation["id"], 1)
    there.send("typing", conversationId=conversation["id"], on=True)
    typing = here.until("typing", SOON_SECONDS)
    assert (typing["userId"], typing["on"]) == (bob.id, True)


@on_each_backend
def test_membership_is_told_on_the_other_instance(instances, alice, bob, open_connection):
    there = open_connection(bob)
    group = group_conversation(alice, name="without Bob")
    members = f"/v1/conversations/{group['id']}/members"
    for _ in range(2):
        assert alice.rest.post(members, {"memberIds": [bob.id]}).status == 200
        told = there.expect("conversation", SOON_SECONDS)["conversation"]
        assert told["id"] == group["id"]
        alice.send(group, "welcome")
        assert contents(there, 1) == ["welcome"]
        begin = time.monotonic()
        assert alice.rest.delete(f"{members}/{bob.id}").status == 204
        assert there.expect("removed", SOON_SECONDS)["conversationId"] == group["id"]
        print(f"removed was told after {1000 * (time.monotonic() - begin):.0f} ms")
        alice.send(group, "not for Bob")
        there.expect_silence()
    # A new conversation, too.
    opened = direct_conversation(alice, bob)
    assert there.expect("conversation", SOON_SECONDS)["conversation"]["id"] == opened["id"]


@on_each_backend
def test_without_redis_messages_still_reach_the_other_instance(fragile, alice, bob,
                                                               open_connection):
    conversation = direct_conversation(alice, bob)
    here, there = open_connection(alice), open_connection(bob)
    alice.send(conversation, "with Redis")
    assert contents(there, 1) == contents(here, 1) == ["with Redis"]
    fragile.redis.stop()
    fragile.wait_for_bus(is_up=False)
    alice.send(conversation, "without")
    assert contents(here, 1) == contents(there, 1) == ["without"]
    fragile.redis.start()
    fragile.wait_for_bus()
    bob.send(conversation, "with Redis again")
    assert contents(here, 1) == contents(there, 1) == ["with Redis again"]


@on_each_backend
def test_without_redis_membership_is_still_told_on_the_other_instance(fragile, alice, bob,
                                                                      open_connection):
    group = group_conversation(alice, bob)
    there = open_connection(bob)
    fragile.redis.stop()
    fragile.wait_for_bus(is_up=False)
    opened = direct_conversation(alice, bob)
    assert there.expect("conversation", SOON_SECONDS)["conversation"]["id"] == opened["id"]
    alice.send(opened, "hello")
    assert contents(there, 1) == ["hello"]
    path = f"/v1/conversations/{group['id']}/members/{bob.id}"
    assert alice.rest.delete(path).status == 204
    assert there.expect("removed", SOON_SECONDS)["conversationId"] == group["id"]


@pytest.fixture
def strangers(start_server, services):
    """Instances that tell each other nothing: only the database knows of both."""
    options = {**SELDOM, "redis-url": ""}
    here = start_server(options, environment=JWT_KEY)
    there = start_server({**options, "database-url": here.options["database-url"]},
                         environment=JWT_KEY)
    return Instances(here, there, services.redis)


def remove(person, group, other):
    path = f"/v1/conversations/{group['id']}/members/{other.id}"
    assert person.rest.delete(path).status == 204


@on_each_backend
def test_removed_is_told_on_the_other_instance_by_the_database_alone(strangers, open_connection):
    alice, bob = register(strangers.here, "Alice"), register(strangers.here, "Bob")
    group = group_conversation(alice, bob)
    there = strangers.elsewhere(bob)
    devices = open_connection(there), open_connection(there)
    endpoint = open_connection(there, f"/ws/{group['id']}")
    endpoint.expect_silence()  # heads are compared when somebody begins to listen
    begin = time.monotonic()
    remove(alice, group, bob)
    for device in (*devices, endpoint):
        assert device.expect("removed", SOON_SECONDS)["conversationId"] == group["id"]
    print(f"removed was told after {1000 * (time.monotonic() - begin):.0f} ms")
    assert endpoint.wait_closed()[0] == 4003
    assert strangers.figure("ringtalk_removals_found_total") > 0
    for device in devices:
        device.expect_silence()


@on_each_backend
def test_who_is_added_again_hears_of_later_removals_alone(strangers, open_connection):
    alice, bob = register(strangers.here, "Alice"), register(strangers.here, "Bob")
    group, other = group_conversation(alice, bob), group_conversation(alice, bob)
    there = open_connection(strangers.elsewhere(bob))
    # On his own instance he is told at once, before anybody has asked the database.
    remove(strangers.elsewhere(alice), group, bob)
    answer = strangers.elsewhere(alice).rest.post(f"/v1/conversations/{group['id']}/members",
                                                  {"memberIds": [bob.id]})
    assert answer.status == 200, answer.body
    assert there.expect("removed")["conversationId"] == group["id"]
    assert there.expect("conversation")["conversation"]["id"] == group["id"]
    # The departure that he has come back from is asked for as well, and is no news.
    for left in (other, group):
        remove(alice, left, bob)
        assert there.expect("removed", SOON_SECONDS)["conversationId"] == left["id"]
    there.expect_silence()


@on_each_backend
def test_a_removal_right_before_an_outage_is_told(start_server, own_services, open_connection):
    instances = start_instances(start_server, own_services, **SELDOM)
    alice, bob = register(instances.here, "Alice"), register(instances.here, "Bob")
    group = group_conversation(alice, bob)
    there = open_connection(instances.elsewhere(bob))
    own_services.redis.stop()
    remove(alice, group, bob)
    own_services.postgres.stop()
    own_services.postgres.start()
    assert there.expect("removed", PATIENCE_SECONDS)["conversationId"] == group["id"]
    there.expect_silence()


@on_each_backend
def test_a_server_starts_without_redis_and_finds_it_later(start_server, own_services):
    own_services.redis.stop()
    server = start_server({}, services=own_services)
    alice, bob = register(server, "Alice"), register(server, "Bob")
    conversation = direct_conversation(alice, bob)
    with bob.connect() as connection:
        connection.expect("ready")
        alice.send(conversation, "served from memory")
        assert contents(connection, 1) == ["served from memory"]
    own_services.redis.start()
    eventually(lambda: _figures(server)["ringtalk_bus_connections_up"][""] > 0,
               PATIENCE_SECONDS, "the bus is up")


@on_each_backend
def test_instances_count_an_address_together(start_server, services):
    instances = start_instances(start_server, services, **{"rate-limits": "on"})
    login = {"email": "nobody@example.com", "password": "not the password"}
    statuses = []
    for number in range(60):
        server = (instances.here, instances.there)[number % 2]
        with server.rest() as rest:
            statuses.append(rest.post("/v1/users/login", login).status)
        if statuses[-1] == 429:
            break
    # 20 at once and 10 a minute, whichever instance is asked; what is on its way comes on top.
    assert statuses[-1] == 429 and 20 <= len(statuses) <= 32, statuses


def test_a_last_message_whose_publish_was_lost_is_found_by_comparing_heads(start_server, services):
    """There is no bus between them at all."""
    heartbeat = {"heartbeat": "300ms", "heartbeat-grace": "10s", "redis-url": ""}
    here = start_server(heartbeat, environment=JWT_KEY)
    there = start_server({**heartbeat, "database-url": here.options["database-url"]},
                         environment=JWT_KEY)
    alone = Instances(here, there, services.redis)
    alice, bob = register(here, "Alice"), register(here, "Bob")
    conversation = direct_conversation(alice, bob)
    with alice.connect() as connection:
        connection.expect("ready")
        for text in ("one", "two"):
            alone.elsewhere(bob).send(conversation, text)
        assert contents(connection, 2) == ["one", "two"]
        # And what is written here goes on in the same order, without a hole.
        alice.send(conversation, "three")
        assert connection.expect("event")["event"]["seq"] == 3
    assert alone.figure("ringtalk_heads_found_behind_total") >= 1
