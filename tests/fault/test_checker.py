"""The checker itself: silent on a good history, and each rule catches the history spoilt for it."""
from pathlib import Path

import pytest

from checker import RULES, check
from history import BadHistory, parse

HISTORIES = Path(__file__).parent / "histories"
RULE_NAMES = [rule.__name__ for rule in RULES]


def findings_in(name):
    return check(parse((HISTORIES / f"{name}.history").read_text()))


@pytest.mark.parametrize("name", ["good", "good_held"])
def test_a_good_history_has_no_findings(name):
    assert findings_in(name) == []


def test_only_a_held_log_excuses_an_ack_out_of_its_order_and_the_event_behind_it():
    text = (HISTORIES / "good_held.history").read_text()
    found = check(parse(text.replace("held b1 room\n", "")))
    assert {finding.rule for finding in found} == {"hole_in_feed", "echoed"}


def test_an_ack_among_what_comes_by_itself_has_its_place_in_a_held_log_too():
    """A repeated send whose first try is in the log."""
    text = (HISTORIES / "good_held.history").read_text()
    repeated = text.replace("event b1 room 1 k1\n", "send b1 room k1\nack b1 room k1 1 new\n")
    assert check(parse(repeated)) == []


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_each_rule_alone_catches_the_history_spoilt_for_it(rule):
    found = findings_in(f"spoilt_{rule}")
    assert {finding.rule for finding in found} == {rule}, "\n".join(map(str, found))


@pytest.mark.parametrize("what, rules", [
    ("postgres", set()),
    ("redis", {"mark_fell"}),
    ("server1", {"mark_fell"}),
])
def test_only_a_kill_of_the_database_may_take_back_the_last_marks(what, rules):
    text = (HISTORIES / "spoilt_mark_fell.history").read_text()
    killed = text.replace("session b2 bob", f"kill {what}\nback {what}\nsession b2 bob")
    assert {finding.rule for finding in check(parse(killed))} == rules


@pytest.mark.parametrize("code", ["", " 1000", " 1006", " 1012", " 1013", " 4008"])
def test_a_connection_may_end_in_many_ways(code):
    text = (HISTORIES / "good.history").read_text()
    assert check(parse(text.replace("end a1\n", f"end a1{code}\n"))) == []


def test_an_instance_that_cannot_work_now_may_say_so():
    text = (HISTORIES / "spoilt_turned_away.history").read_text()
    assert check(parse(text.replace(" 401", " 503"))) == []


@pytest.mark.parametrize("line, words", [
    ("sent a room k", "line 2: there is no record sent"),
    ("send a room", "line 2: send needs session conversation key"),
    ("event a room five k", "line 2: seq must be a number, not five"),
    ("event a room -5 k", "line 2: seq must be a number, not -5"),
    ("ack a room k 5 maybe", "line 2: outcome must be new or again"),
])
def test_a_line_that_is_no_record_is_refused_with_its_place(line, words):
    with pytest.raises(BadHistory, match=words):
        parse(f"session a alice\n{line}\n")


def test_a_record_is_written_as_it_was_read():
    text = (HISTORIES / "good.history").read_text()
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    assert [str(record) for record in parse(text)] == [line for line in lines if line]
