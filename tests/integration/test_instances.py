"""Two instances on one database."""
from support.metrics import read_metrics
from support.people import direct_conversation, register

HEARTBEAT = {"heartbeat": "300ms", "heartbeat-grace": "10s"}
JWT_KEY = {"RINGTALK_JWT_KEY": "the same key of thirty-two letters"}


def test_what_another_instance_has_stored_is_found_by_comparing_heads(start_server):
    here = start_server(HEARTBEAT, environment=JWT_KEY)
    there = start_server({**HEARTBEAT, "database-url": here.options["database-url"]},
                         environment=JWT_KEY)
    alice, bob = register(here, "Alice"), register(here, "Bob")
    conversation = direct_conversation(alice, bob)
    with alice.connect() as connection:
        connection.expect("ready")
        with there.rest(token=bob.token) as rest:
            for text in ("one", "two"):
                sent = rest.post(f"/v1/conversations/{conversation['id']}/messages",
                                 {"content": text})
                assert sent.status == 200, sent.body
        contents = [connection.expect("event")["event"]["message"]["content"] for _ in range(2)]
        assert contents == ["one", "two"]
        # And what is written here goes on in the same order, without a hole.
        alice.send(conversation, "three")
        assert connection.expect("event")["event"]["seq"] == 3
    with here.rest() as rest:
        figures = read_metrics(rest.get("/metrics").body.decode())
    assert figures["ringtalk_heads_found_behind_total"][""] >= 1
