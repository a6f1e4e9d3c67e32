"""Who is online where, with two instances on one Redis."""
import time

import pytest

from support.people import direct_conversation, register
from support.shape_choice import on_each_backend, once
from support.waiting import SLOWNESS, eventually
from test_instances import start_instances
from test_ws_presence import (GRACE_SECONDS, expect_no_presence, expect_presence, presences,
                              status_of, watch)

# CONTRACT §1: reading one's writes on another instance.
SOON_SECONDS = 1 * SLOWNESS
KILLED_SECONDS = 30 * SLOWNESS


@pytest.fixture
def instances(start_server, services):
    return start_instances(start_server, services)


@pytest.fixture
def fragile(start_server, own_services):
    """Instances whose Redis the test may stop."""
    return start_instances(start_server, own_services)


@pytest.fixture
def alice(instances):
    return register(instances.here, "Alice")


@pytest.fixture
def bob(instances):
    """Registered here, connected there."""
    return instances.elsewhere(register(instances.here, "Bob"))


@on_each_backend
def test_who_is_on_the_other_instance_is_online(instances, alice, bob,
                                                open_connection):
    watcher = open_connection(alice)
    assert watch(watcher, bob)[bob.id]["status"] == "offline"
    connection = open_connection(bob)
    expect_presence(watcher, bob, "online")
    eventually(lambda: status_of(bob, alice) == "online", SOON_SECONDS, "online by REST")
    found = alice.rest.get(f"/v1/users?email={bob.email}").json["users"]
    assert [user["status"] for user in found] == ["online"]
    # To the other instance within the grace: nobody is told anything.
    at_home = instances.elsewhere(bob)
    at_home.server = instances.here
    connection.close()
    time.sleep(1)
    second = open_connection(at_home)
    expect_no_presence(watcher, GRACE_SECONDS + 1)
    assert status_of(bob, alice) == "online"
    second.close()
    gone = expect_presence(watcher, bob, "offline", GRACE_SECONDS + 5 * SLOWNESS)
    assert gone["lastSeenAt"] is not None
    time.sleep(SOON_SECONDS)
    late = open_connection(instances.elsewhere(alice))
    assert watch(late, bob)[bob.id]["lastSeenAt"] == gone["lastSeenAt"]


@on_each_backend
def test_a_conversations_endpoint_watches_members_on_the_other_instance(
        instances, alice, bob, open_connection):
    made = direct_conversation(alice, bob)
    watcher = open_connection(alice, f"/ws/{made['id']}")
    presences(watcher, 2)
    open_connection(bob)
    expect_presence(watcher, bob, "online")


@once
def test_the_users_of_a_killed_instance_go_offline(instances, alice, bob,
                                                   open_connection):
    watcher = open_connection(alice)
    lost = bob.connect()
    lost.expect("ready")
    assert watch(watcher, bob)[bob.id]["status"] == "online"
    begin = time.monotonic()
    instances.there.kill()
    gone = expect_presence(watcher, bob, "offline", KILLED_SECONDS)
    print(f"offline after {time.monotonic() - begin:.1f} s")
    assert gone["lastSeenAt"] is not None
    assert status_of(bob, alice) == "offline"


@once
def test_presence_outlives_a_redis_that_has_lost_everything(fragile, open_connection):
    alice = register(fragile.here, "Alice")
    bob = fragile.elsewhere(register(fragile.here, "Bob"))
    carol = fragile.elsewhere(register(fragile.here, "Carol"))
    watcher = open_connection(alice)
    open_connection(bob)
    assert watch(watcher, bob, carol)[bob.id]["status"] == "online"
    fragile.redis.stop()
    fragile.wait_for_bus(is_up=False)
    # Nobody is offline because we are deaf; by REST there is only what this instance knows.
    assert status_of(bob, alice) == "offline"
    assert status_of(alice, alice) == "online"
    open_connection(carol)
    expect_no_presence(watcher, 1)
    fragile.redis.start()
    fragile.wait_for_bus()
    expect_presence(watcher, carol, "online", 20 * SLOWNESS)
    eventually(lambda: status_of(bob, alice) == "online", 20 * SLOWNESS, "Bob is known again")
    expect_no_presence(watcher, 11)
