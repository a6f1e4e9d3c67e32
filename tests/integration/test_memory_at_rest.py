"""What a WebSocket costs the server while nothing happens on it (docs/performance.md)."""
import time

import pytest

from support import people
from support.people import group_conversation
from support.processes import resident_kib
from support.raw import RawWebSocket
from support.waiting import SLOWNESS

PEOPLE = 50
CONVERSATIONS = 10
WARMING = 400       # connections that fill what is kept for all: pools, buffers, tables
CONNECTIONS = 1000
KIB_EACH_MAX = 3.0  # half as much again as it is


def connect(server, person):
    socket = RawWebSocket(server, token=person.token)
    opcode, payload = socket.read_frame()
    assert opcode == 1 and b'"op":"ready"' in payload, payload
    assert payload.count(b'"lastSeq"') == CONVERSATIONS, payload
    return socket


@pytest.mark.skipif(SLOWNESS != 1, reason="sanitizers keep freed memory on purpose")
def test_a_connection_at_rest_costs_little_memory(start_server, shape, record_property):
    if shape.shards > 1:
        pytest.skip("what is kept for all has to be filled once on each shard")
    server = start_server({"heartbeat": "10min"})
    persons = [people.register(server) for _ in range(PEOPLE)]
    for _ in range(CONVERSATIONS):
        group_conversation(*persons)
    for person in persons:
        person.rest.close()
    sockets = []
    try:
        for number in range(WARMING):
            sockets.append(connect(server, persons[number % PEOPLE]))
        time.sleep(0.5)
        before = resident_kib(server.pid)
        for number in range(CONNECTIONS):
            sockets.append(connect(server, persons[number % PEOPLE]))
        time.sleep(0.5)
        each = (resident_kib(server.pid) - before) / CONNECTIONS
    finally:
        for socket in sockets:
            socket.close()
    record_property("kib_each", round(each, 2))
    print(f"KiB a connection at rest: {each:.2f}")
    assert each < KIB_EACH_MAX
