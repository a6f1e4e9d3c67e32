"""Many at once: threads that start together, and users that are put into the database directly."""
import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

_numbers = itertools.count(1)


def at_once(functions):
    """Calls all functions at the same moment, each in a thread; their results in order."""
    barrier = Barrier(len(functions))

    def call(function):
        barrier.wait()
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(call, functions))


def add_silent_users(services, server, count):
    """So many users who never log in, for large groups; their ids."""
    first = next(_numbers) * 1_000_000 + 1
    services.postgres.sql(
        "INSERT INTO users (id, name, email, email_folded, password_hash, created_at) "
        "SELECT id, 'Silent', id || '@silent.example', id || '@silent.example', '!', now() "
        f"FROM generate_series({first}, {first + count - 1}) AS id", server.database)
    return [str(id) for id in range(first, first + count)]
