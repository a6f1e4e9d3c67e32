"""ringtalk-loadgen against real servers: every profile is sound, and what is not gets found."""
import socket

import pytest

from support.loadgen import SOUND, LoadRun, run_load
from support.shape_choice import on_each_backend, once
from support.spoiling_proxy import SpoilingProxy

SHORT = ("--for", "1500ms", "--warmup", "500ms")

PROFILES = {
    "connect": ("--users", "60", "--rate", "100"),
    "idle": ("--users", "50", "--conversations", "5", "--members", "20"),
    "send": ("--users", "40", "--rate", "200"),
    "fanout": ("--members", "40", "--rate", "20"),
    "mixed": ("--users", "40", "--rate", "200"),
    "rest": ("--users", "20", "--rate", "100"),
    "history": ("--messages", "130", "--rate", "50"),
    "reconnect": ("--users", "20", "--rate", "100", "--drop-rate", "20"),
    "slow-reader": ("--members", "19", "--rate", "50"),
    "soak": ("--users", "40", "--rate", "100"),
    "mvp": ("--users", "200", "--day-factor", "10"),
}
CLOSED = ("send", "fanout", "mixed", "rest", "history", "reconnect")
# Of each profile, what must have been timed.
SERIES = {"connect": "connect", "idle": "ready", "rest": "request", "history": "page"}
FIGURES = {
    "idle": ("bytes_per_connection", "server_rss_growth"),
    "soak": ("server_rss_growth", "drops"),
    "reconnect": ("drops",),
    "history": ("messages_read",),
    "slow-reader": ("slow_readers", "slow_readers_cut_off"),
}


@pytest.fixture(scope="module")
def load_server(services, shape, pytestconfig):
    from conftest import finish_server, make_server
    server = make_server(services, shape, pytestconfig, {"test-endpoints": "on"})
    try:
        yield server.start()
    finally:
        finish_server(server, pytestconfig)


def check_sound(outcome, profile):
    report = outcome.report
    assert outcome.code in SOUND, (outcome.errors, report.get("findings"))
    assert report["profile"] == profile and report["errors"] == {}
    accounts = report["accounts"]
    for fault in ("lost", "doubled", "reordered", "holes"):
        assert accounts[fault] == 0, report["findings"]
    assert accounts["delivered"] == accounts["expected"]


@on_each_backend
@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_finds_a_sound_server_sound(load_server, shape, profile):
    outcome = run_load(load_server.http_url, profile, *PROFILES[profile], *SHORT,
                       "--backend", shape.backend)
    check_sound(outcome, profile)
    report = outcome.report
    assert report["generator"]["backend"] == shape.backend
    assert report["latency"][SERIES.get(profile, "ack")]["count"] > 0
    if profile not in ("connect", "idle"):
        assert report["accounts"]["expected"] > 0
    for figure in FIGURES.get(profile, ()):
        assert figure in report["figures"]


@on_each_backend
@pytest.mark.parametrize("profile", CLOSED)
def test_a_closed_loop_goes_on_by_itself(load_server, profile):
    options = [word for word in PROFILES[profile]]
    if "--rate" in options:
        at = options.index("--rate")
        del options[at:at + 2]
    outcome = run_load(load_server.http_url, profile, *options, *SHORT, "--closed",
                       "--in-flight", "2", "--threads", "2")
    check_sound(outcome, profile)
    assert outcome.report["loop"] == "closed"
    assert outcome.report["latency"][SERIES.get(profile, "ack")]["count"] > 100


@once
def test_many_come_from_several_addresses(load_server):
    outcome = run_load(load_server.http_url, "connect", "--users", "30", "--rate", "100",
                       "--source-ips", "127.0.0.2,127.0.0.3", *SHORT)
    check_sound(outcome, "connect")
    assert outcome.report["counters"]["connected"] == 30


@once
def test_a_sample_is_verified_and_all_is_counted(load_server):
    outcome = run_load(load_server.http_url, "fanout", "--members", "40", "--rate", "20", *SHORT,
                       "--verify", "sample")
    assert outcome.code in SOUND
    assert 0 < outcome.report["accounts"]["expected"] < outcome.report["counters"]["delivered"]
    assert outcome.report["findings"] == []


@once
def test_without_the_test_endpoint_users_are_registered(server):
    outcome = run_load(server.http_url, "send", "--users", "4", "--rate", "20", *SHORT)
    check_sound(outcome, "send")
    assert "registering 4 users one by one" in outcome.errors


# --- a server that is not sound ---

@once
@pytest.mark.parametrize("how,fault", [("drop", "holes"), ("double", "doubled"),
                                       ("swap", "reordered")])
def test_a_server_that_breaks_its_promise_is_found_out(load_server, how, fault):
    with SpoilingProxy(load_server, how) as proxy:
        outcome = run_load(proxy.url, "send", "--users", "4", "--rate", "50", *SHORT)
        assert proxy.spoilt > 0
    assert outcome.code == 3
    assert outcome.report["accounts"][fault] > 0
    assert outcome.report["findings"]


@once
def test_the_proxy_that_spoils_nothing_changes_nothing(load_server):
    with SpoilingProxy(load_server, "nothing") as proxy:
        check_sound(run_load(proxy.url, "send", "--users", "4", "--rate", "50", *SHORT), "send")


@on_each_backend
def test_a_server_that_crashes_and_comes_back_has_lost_nothing(start_server):
    server = start_server({"test-endpoints": "on"})
    run = LoadRun(server.http_url, "reconnect", "--users", "20", "--rate", "100", "--for", "6s")
    run.wait_for("running")
    server.kill()
    server.start()
    outcome = run.finish()
    assert outcome.code in SOUND, outcome
    assert outcome.report["errors"], "a crash goes unnoticed"
    assert outcome.report["accounts"]["lost"] == 0


@on_each_backend
@pytest.mark.parametrize("profile", ["send", "mixed", "rest"])
def test_a_server_that_does_not_come_back_ends_the_run(start_server, profile):
    server = start_server({"test-endpoints": "on"})
    run = LoadRun(server.http_url, profile, "--users", "10", "--rate", "50", "--for", "4s")
    run.wait_for("running")
    server.kill()
    outcome = run.finish()
    assert outcome.code == 69, outcome
    assert server.http_url in outcome.errors


# --- ways to end ---

@once
def test_an_interrupted_run_writes_its_report(load_server):
    run = LoadRun(load_server.http_url, "send", "--users", "4", "--rate", "50", "--for", "10min",
                  "--warmup", "0s")
    run.wait_for("running")
    run.interrupt()
    outcome = run.finish()
    assert outcome.code == 130
    assert outcome.report["interrupted"] is True


def test_nobody_there_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = run_load(f"http://127.0.0.1:{port}", "send")
    assert outcome.code == 69
    assert "refused" in outcome.errors


@once
@pytest.mark.parametrize("words", [
    ("fanout", "--members", "1000"), ("send", "--users", "3"), ("rest", "--users", "7"),
    ("connect", "--source-ips", "::1"), ("mvp", "--connected", "9", "--users", "8"),
])
def test_a_plan_that_cannot_be_done_is_refused(load_server, words):
    outcome = run_load(load_server.http_url, *words)
    assert outcome.code == 2
    assert words[1] in outcome.errors


@once
def test_a_threshold_that_fails_is_told_by_the_exit_code(load_server):
    outcome = run_load(load_server.http_url, "send", "--users", "4", "--rate", "50", *SHORT,
                       "--threshold", "acked.rate>1000000")
    assert outcome.code in (98, 99)
    assert outcome.report["thresholds"][0]["held"] is False


@once
def test_the_highest_rate_is_searched_for(load_server):
    outcome = run_load(load_server.http_url, "send", "--users", "4", "--rate", "4", "--for",
                       "300ms", "--warmup", "0s", "--find-max", "acked.rate<20")
    assert outcome.code in SOUND, outcome
    assert outcome.report["figures"]["max_rate"] > 0
