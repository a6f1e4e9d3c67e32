"""Somebody keeps the row of a conversation locked: a long transaction, an operator's console."""
import contextlib
import threading

from support.metrics import read_metrics
from support.people import direct_conversation
from support.shape_choice import on_each_backend
from support.waiting import eventually


@contextlib.contextmanager
def row_lock(server, postgres, conversation):
    """Another transaction has the row until the block ends, or for a minute."""
    mark = f"holds {conversation['id']}"
    holding = (f"/* {mark} */ SELECT id FROM conversations WHERE id = {conversation['id']}"
               " FOR UPDATE; SELECT pg_sleep(60)")
    those = (f"FROM pg_stat_activity WHERE query LIKE '/* {mark} */%'"
             " AND pid <> pg_backend_pid()")

    def hold():
        with contextlib.suppress(RuntimeError):  # its end is our termination of it
            postgres.sql(holding, server.database)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        eventually(lambda: postgres.sql(f"SELECT 1 {those} AND wait_event = 'PgSleep'",
                                        user="postgres"), what="the row is locked")
        yield
    finally:
        postgres.sql(f"SELECT pg_terminate_backend(pid) {those}", user="postgres")
        holder.join()


def lanes_opened(server):
    with server.rest() as rest:
        figures = read_metrics(rest.get("/metrics").body.decode())
    return figures["ringtalk_commit_hot_lanes_total"][""]


@on_each_backend
def test_a_locked_conversation_holds_up_nobody_else(server, services, alice, bob, carol,
                                                    open_connection):
    hot, cool = direct_conversation(alice, bob), direct_conversation(alice, carol)
    connection = open_connection(alice)
    lanes_before = lanes_opened(server)
    with row_lock(server, services.postgres, hot):
        for number in range(3):
            connection.send("send", ref=f"hot {number}", conversationId=hot["id"],
                            content=str(number))
        eventually(lambda: lanes_opened(server) > lanes_before, what="it has a lane of its own")
        for number in range(20):
            connection.send("send", ref=f"cool {number}", conversationId=cool["id"], content="x")
            assert connection.expect("ack")["ref"] == f"cool {number}"
    refs = [connection.expect("ack")["ref"] for _ in range(3)]
    assert refs == ["hot 0", "hot 1", "hot 2"]
    assert [event["message"]["content"] for event in bob.log(hot)] == ["0", "1", "2"]


@on_each_backend
def test_a_send_into_a_conversation_that_stays_locked_is_refused_as_retryable(
        server, services, alice, conversation, open_connection):
    connection = open_connection(alice)
    with row_lock(server, services.postgres, conversation):
        connection.send("send", ref="m", conversationId=conversation["id"], content="x")
        error = connection.expect("error", 20)
        assert (error["ref"], error["code"], error["retryable"]) == ("m", "unavailable", True)
    assert alice.log(conversation) == []
    alice.send(conversation, "x")
