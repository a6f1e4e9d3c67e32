"""Counters that move as known traffic says, summed over the shards."""
import pytest

from support import people
from support.metrics import check_with_promtool, read_metrics
from support.people import direct_conversation
from support.waiting import eventually


@pytest.fixture
def own_server(start_server):
    return start_server()


def scrape(server):
    with server.rest() as client:
        return read_metrics(client.get("/metrics").body.decode())


def value(metrics, name, **labels):
    """The sum of all samples of that name that have these labels."""
    wanted = [f'{label}="{text}"' for label, text in labels.items()]
    return sum(number for written, number in metrics.get(name, {}).items()
               if all(label in written for label in wanted))


def test_metrics_count_what_has_happened(own_server):
    before = scrape(own_server)
    alice, bob = (people.register(own_server, name) for name in ("Alice", "Bob"))
    made = direct_conversation(alice, bob)
    receivers = [bob.connect() for _ in range(6)]
    sender = alice.connect()
    for connection in (*receivers, sender):
        connection.expect("ready")
    for number in range(10):
        sender.send("send", conversationId=made["id"], content=str(number))
        sender.expect("ack")
    for _ in range(5):
        alice.send(made, "by REST")
    sender.send("dance")
    sender.until("error")
    for connection in receivers:
        for _ in range(15):
            connection.expect("event")
    for _ in range(3):
        alice.rest.get("/v1/nothing")

    now = scrape(own_server)

    def moved(name, **labels):
        return value(now, name, **labels) - value(before, name, **labels)

    route = "/v1/conversations/{id}/messages"
    requests = "ringtalk_http_requests_total"
    assert moved(requests, method="POST", route=route, status="2xx") == 5
    assert moved(requests, method="POST", route="/v1/users/register", status="2xx") == 2
    assert moved(requests, status="4xx") == 3
    assert moved("ringtalk_http_request_duration_seconds_count", route=route) == 5
    assert moved("ringtalk_messages_committed_total") == 15
    assert 1 <= moved("ringtalk_commit_batches_total") <= 15
    assert moved("ringtalk_events_delivered_total") == 6 * 15 + 5
    assert moved("ringtalk_acks_sent_total") == 10
    assert moved("ringtalk_command_errors_total") == 1
    assert moved("ringtalk_websocket_messages_received_total") == 11
    assert value(now, "ringtalk_websocket_sessions") == 7
    assert value(now, "ringtalk_users_online") == 2
    assert value(now, "ringtalk_db_segments_total") > value(before, "ringtalk_db_segments_total")

    sender.close()
    receivers[0].send_raw(b"binary")
    receivers[0].wait_closed()
    for connection in receivers[1:]:
        connection.close()
    eventually(lambda: value(scrape(own_server), "ringtalk_websocket_sessions") == 0)
    closed = "ringtalk_websocket_closed_total"
    last = scrape(own_server)
    assert value(last, closed, code="1000") == 6 and value(last, closed, code="1003") == 1
    assert value(last, "ringtalk_users_online") == 0


def test_metrics_name_the_backend_and_the_shards(own_server, shape):
    metrics = scrape(own_server)
    assert value(metrics, "ringtalk_build_info", backend=shape.backend) == 1
    assert value(metrics, "ringtalk_shards") == shape.shards
    assert value(metrics, "process_open_fds") > 0
    assert value(metrics, "process_resident_memory_bytes") > 1_000_000


def test_counters_never_fall_and_promtool_is_pleased(server, alice, bob):
    made = direct_conversation(alice, bob)
    before = scrape(server)
    alice.send(made, "hello")
    with server.rest() as client:
        text = client.get("/metrics").body.decode()
    check_with_promtool(text)
    now = read_metrics(text)
    for name, samples in before.items():
        if name.endswith(("_total", "_count", "_bucket", "_sum")):
            for labels, number in samples.items():
                assert now[name][labels] >= number, f"{name}{{{labels}}}"


def test_every_histogram_is_whole(server, alice):
    alice.rest.get("/v1/users/me")
    metrics = scrape(server)
    bases = [name[:-len("_bucket")] for name in metrics if name.endswith("_bucket")]
    assert "ringtalk_http_request_duration_seconds" in bases
    for base in bases:
        infinite = sum(number for labels, number in metrics[base + "_bucket"].items()
                       if 'le="+Inf"' in labels)
        assert infinite == sum(metrics[base + "_count"].values()), base


def test_live_messages_are_read_from_nowhere_but_the_mail(own_server):
    """The event is there before the ack tells of it: nobody is behind or asks the store."""
    alice, bob = people.register(own_server, "Alice"), people.register(own_server, "Bob")
    conversations = [people.direct_conversation(alice, bob),
                     people.group_conversation(alice, bob)]
    with alice.connect() as writer, bob.connect() as reader:
        writer.expect("ready")
        reader.expect("ready")

        def talk(messages):
            for _ in range(messages):
                for conversation in conversations:
                    writer.send("send", conversationId=conversation["id"], content="hello")
                    writer.expect("ack")
                    reader.expect("event")

        talk(3)  # who has just begun to listen may have missed the first
        before = value(scrape(own_server), "ringtalk_feed_fills_total")
        talk(20)
        assert value(scrape(own_server), "ringtalk_feed_fills_total") == before
