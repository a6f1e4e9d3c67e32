"""A soak: half of what the server can do, for long, and its memory does not grow."""
import pytest

from load import Load
from support.server import Server
from support.services import Services

PAIRS = 8
GROWTH_MAX = 1.05  # from the second minute to the end
SETTLED_SECONDS = 120


@pytest.fixture(params=["io_uring", "epoll"])
def server(request):
    with Services() as services:
        database = services.postgres.create_database()
        server = Server({"backend": request.param, "shards": 2,
                         "database-url": services.postgres.url(database),
                         "redis-url": services.redis.url()}, database=database)
        server.start()
        yield server
        try:
            server.stop()
        finally:
            server.remove()


def resident_kib(server):
    with open(f"/proc/{server.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def test_memory_stays_flat_at_half_of_the_maximum_rate(server, request):
    is_long = request.config.getoption("--long")
    load = Load(server, PAIRS)
    maximum = load.as_fast_as_possible(20 if is_long else 2)
    resident = {}

    def look(second):
        resident[second] = resident_kib(server)

    load.at_rate(maximum / 2, 660 if is_long else 8, look)
    load.finish()
    load.close()
    begin = resident[SETTLED_SECONDS if is_long else 2]
    end = resident[max(resident)]
    print(f"{maximum:.0f} messages/s at most; at half of it {load.acked} acknowledged and "
          f"{load.events} delivered; RSS {begin} KiB, then {end} KiB after {max(resident)} s: "
          f"{end / begin:.3f}")
    # A few seconds say nothing of memory: then only the account is checked.
    if is_long:
        assert end <= GROWTH_MAX * begin
