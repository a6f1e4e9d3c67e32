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


def test_only_a_held_log_excuses_an_ack_out_of_its_order():
    text = (HISTORIES / "good_held.history").read_text()
    found = check(parse(text.replace("held b1 room\n", "")))
    assert {finding.rule for finding in found} == {"hole_in_feed"}


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_each_rule_alone_catches_the_history_spoilt_for_it(rule):
    found = findings_in(f"spoilt_{rule}")
    assert {finding.rule for finding in found} == {rule}, "\n".join(map(str, found))


def test_a_kill_of_the_database_may_take_back_the_last_marks():
    text = (HISTORIES / "spoilt_mark_fell.history").read_text()
    forgiven = text.replace("session b2 bob", "kill postgres\nsession b2 bob")
    assert check(parse(forgiven)) == []


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
