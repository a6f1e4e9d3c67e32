"""Reading back: pages of messages."""
import pytest

from support import shapes
from support.people import group_conversation


def history(person, conversation, **query):
    return shapes.page(
        person.rest.get(f"/v1/conversations/{conversation['id']}/messages", query=query),
        "messages", shapes.message)


def contents(messages):
    return [message["content"] for message in messages]


def fill(person, conversation, count):
    return [person.send(conversation, str(number)) for number in range(1, count + 1)]


def read_all(person, conversation, **query):
    """All pages to the end, following the cursors."""
    pages, query = [], dict(query)
    while True:
        messages, cursor = history(person, conversation, **query)
        pages.append(messages)
        if cursor is None:
            return pages
        query = {"cursor": cursor, **({"limit": query["limit"]} if "limit" in query else {})}


def set_times(services, server, conversation, times_by_seq):
    """Gives messages times in the past, as if they had been sent then."""
    times = ", ".join(f"({seq}, '{time}'::timestamptz)" for seq, time in times_by_seq.items())
    services.postgres.sql(
        f"UPDATE events SET created_at = sent.time FROM (VALUES {times}) AS sent (seq, time) "
        f"WHERE conversation_id = {conversation['id']} AND events.seq = sent.seq", server.database)


def test_an_empty_conversation_has_an_empty_history(alice, conversation):
    assert history(alice, conversation) == ([], None)


def test_a_history_begins_with_the_newest_twenty(alice, bob, conversation):
    fill(alice, conversation, 22)
    messages, cursor = history(bob, conversation)
    assert contents(messages) == [str(number) for number in range(22, 2, -1)]
    assert contents(history(bob, conversation, cursor=cursor)[0]) == ["2", "1"]


def test_cursors_lead_to_the_end_and_no_further(alice, conversation):
    fill(alice, conversation, 6)
    pages = read_all(alice, conversation, limit=3)
    assert [contents(page) for page in pages] == [["6", "5", "4"], ["3", "2", "1"]]


def test_after_seq_goes_forward(alice, conversation):
    fill(alice, conversation, 7)
    pages = read_all(alice, conversation, afterSeq=2, limit=2)
    assert [contents(page) for page in pages] == [["3", "4"], ["5", "6"], ["7"]]
    assert history(alice, conversation, afterSeq=7) == ([], None)
    assert history(alice, conversation, afterSeq=700) == ([], None)


def test_before_seq_goes_back_from_there(alice, conversation):
    fill(alice, conversation, 5)
    assert contents(history(alice, conversation, beforeSeq=3)[0]) == ["2", "1"]
    assert history(alice, conversation, beforeSeq=1) == ([], None)
    assert history(alice, conversation, beforeSeq=0) == ([], None)
    assert contents(history(alice, conversation, beforeSeq=500, limit=1)[0]) == ["5"]


def test_other_events_are_passed_over(alice, bob, carol):
    group = group_conversation(alice, bob)
    alice.send(group, "one")
    for number in range(5):
        alice.rest.patch(f"/v1/conversations/{group['id']}", {"name": f"name {number}"})
    alice.send(group, "two")
    alice.rest.post(f"/v1/conversations/{group['id']}/members", {"memberIds": [carol.id]})
    assert [contents(page) for page in read_all(alice, group, limit=1)] == [["two"], ["one"]]
    assert contents(history(alice, group, afterSeq=1)[0]) == ["two"]
    assert [contents(page) for page in read_all(alice, group, afterSeq=0, limit=1)] == \
        [["one"], ["two"]]


def test_before_a_time_is_strictly_earlier(services, server, alice, conversation):
    fill(alice, conversation, 4)
    set_times(services, server, conversation, {
        1: "2026-01-01T10:00:00.000Z", 2: "2026-01-01T10:00:00.001Z",
        3: "2026-01-01T10:00:00.001Z", 4: "2026-01-01T10:00:00.002Z"})
    for before, expected in {
        "2026-01-01T10:00:00.003Z": ["4", "3", "2", "1"],
        "2026-01-01T10:00:00.002Z": ["3", "2", "1"],
        "2026-01-01T11:00:00.002+01:00": ["3", "2", "1"],
        "2026-01-01T10:00:00.001Z": ["1"],
        "2026-01-01T10:00:00Z": [],
        "1767261600001": ["1"],
        "1767261600002": ["3", "2", "1"],
        "0": [],
    }.items():
        assert contents(history(alice, conversation, before=before)[0]) == expected, before


def test_messages_of_one_millisecond_come_once_each(services, server, alice, conversation):
    fill(alice, conversation, 9)
    set_times(services, server, conversation,
              {seq: "2026-01-01T10:00:00.001Z" for seq in range(1, 10)})
    pages = read_all(alice, conversation, before="2026-01-01T10:00:00.002Z", limit=4)
    assert [contents(page) for page in pages] == [["9", "8", "7", "6"], ["5", "4", "3", "2"],
                                                  ["1"]]


@pytest.mark.parametrize("limit", [1, 100])
def test_a_history_takes_limits_at_the_bounds(alice, conversation, limit):
    fill(alice, conversation, 2)
    assert len(history(alice, conversation, limit=limit)[0]) == min(limit, 2)


@pytest.mark.parametrize("query,field", [
    ({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"limit": "x"}, "limit"),
    ({"afterSeq": -1}, "afterSeq"), ({"afterSeq": "x"}, "afterSeq"), ({"afterSeq": ""}, "afterSeq"),
    ({"beforeSeq": "1.5"}, "beforeSeq"), ({"beforeSeq": 2**64}, "beforeSeq"),
    ({"before": "yesterday"}, "before"), ({"before": "2026-02-30T00:00:00Z"}, "before"),
    ({"before": "2026-01-01"}, "before"), ({"before": ""}, "before"),
    ({"cursor": "x"}, "cursor"), ({"cursor": ""}, "cursor"),
])
def test_a_history_refuses_what_it_cannot_read(alice, conversation, query, field):
    answer = alice.rest.get(f"/v1/conversations/{conversation['id']}/messages", query=query)
    shapes.problem(answer, 400, "validation_failed", field=field)


def test_a_history_begins_at_one_place(alice, conversation):
    fill(alice, conversation, 2)
    cursor = history(alice, conversation, limit=1)[1]
    for query in ({"beforeSeq": 2, "afterSeq": 1}, {"before": 5, "beforeSeq": 2},
                  {"before": 5, "afterSeq": 1}, {"cursor": cursor, "afterSeq": 1},
                  {"cursor": cursor, "before": 5}):
        answer = alice.rest.get(f"/v1/conversations/{conversation['id']}/messages", query=query)
        shapes.problem(answer, 400, "validation_failed")


def test_a_page_is_cut_at_512_kib_and_goes_on(alice, conversation):
    sent = ["\U0001f600" * 4090 + str(number) for number in range(40)]  # 16 KiB each
    for content in sent:
        alice.send(conversation, content)
    path = f"/v1/conversations/{conversation['id']}/messages"
    answer = alice.rest.get(path, query={"limit": 100})
    assert len(answer.body) <= 512 * 1024
    assert 20 < len(answer.json["messages"]) < 40
    pages = read_all(alice, conversation, limit=100)
    assert contents(message for page in pages for message in page) == sent[::-1]
    forward = read_all(alice, conversation, limit=100, afterSeq=0)
    assert contents(message for page in forward for message in page) == sent
