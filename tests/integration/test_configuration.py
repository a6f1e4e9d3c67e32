"""Options, environment, file: who beats whom, and what is refused with which words."""
import os
import re
import socket
import subprocess
import time

import pytest

from support import people
from support.server import binary_path
from support.shape_choice import once
from support.waiting import SLOWNESS, eventually

EXIT_UNAVAILABLE = 69
EXIT_SYSTEM = 71
EXIT_CONFIG = 78
KEY = "0123456789abcdef0123456789abcdef"


def ringtalk(*words, environment=None, cwd=None, seconds=20 * SLOWNESS):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("RINGTALK_", "PG")) or name.endswith("SAN_OPTIONS")}
    return subprocess.run([str(binary_path()), *words], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=seconds, cwd=cwd,
                          env={**kept, **(environment or {})})


def refused(finished, *words):
    """Exit 78 with all the words on standard error."""
    assert finished.returncode == EXIT_CONFIG, (finished.returncode, finished.stderr)
    for word in words:
        assert word in finished.stderr, finished.stderr
    assert "what():" not in finished.stderr


def print_config(*words, **options):
    """The configuration in force: {option: (value, where it came from)}."""
    finished = ringtalk("--print-config", *words, **options)
    assert finished.returncode == 0, finished.stderr
    lines = re.findall(r'^([a-z0-9-]+) = "?(.*?)"?  # (.*)$', finished.stdout, re.MULTILINE)
    return {name: (value, source) for name, value, source in lines}


@pytest.fixture
def config_file(tmp_path):
    def write(text):
        path = tmp_path / "ringtalk.toml"
        path.write_text(text)
        return str(path)
    return write


# --- who beats whom ---

def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(config_file):
    path = config_file('port = 1001\nshards = 2\nlog-level = "error"\nheartbeat = "11s"\n')
    environment = {"RINGTALK_PORT": "1002", "RINGTALK_SHARDS": "3"}
    config = print_config("--config", path, "--port", "1003", environment=environment)
    assert config["port"] == ("1003", "--port")
    assert config["shards"] == ("3", "RINGTALK_SHARDS")
    assert config["log-level"][0] == "error" and path in config["log-level"][1]
    assert config["heartbeat-grace"] == ("8s", "default")


def test_the_environment_can_name_the_file(config_file):
    path = config_file("port = 1001\n")
    assert print_config(environment={"RINGTALK_CONFIG": path})["port"][0] == "1001"


def test_what_is_printed_is_a_file_that_means_the_same(config_file):
    words = ["--port", "1003", "--heartbeat", "1500ms", "--argon2-memory", "64MiB"]
    printed = ringtalk("--print-config", *words).stdout
    first, second = print_config(*words), print_config("--config", config_file(printed))
    assert {name: value for name, (value, _) in first.items()} == \
        {name: value for name, (value, _) in second.items()}


def test_secrets_are_not_printed():
    finished = ringtalk("--print-config", "--jwt-key", KEY,
                        "--database-url", "postgresql://ringtalk:s3cret@/x")
    assert finished.returncode == 0
    assert KEY not in finished.stdout and "s3cret" not in finished.stdout


@once
def test_a_server_obeys_flags_environment_and_file(start_server, config_file):
    path = config_file('heartbeat = "7s"\nlog-level = "debug"\n')
    server = start_server({"config": path}, environment={"RINGTALK_LOG_LEVEL": "info"})
    alice = people.register(server, "Alice")
    with alice.connect() as connection:
        assert connection.expect("ready")["heartbeatSeconds"] == 7
    assert not server.log_events("ws.opened"), "debug came from the file, info from above it"


# --- what is refused ---

def test_an_unknown_flag_is_refused_with_the_nearest():
    refused(ringtalk("--prot", "1"), "--prot", "--port")
    refused(ringtalk("--hartbeat=1s"), "--hartbeat", "--heartbeat")
    refused(ringtalk("stray"), "stray")


def test_an_unknown_variable_is_refused_with_the_nearest():
    refused(ringtalk(environment={"RINGTALK_PROT": "1"}), "RINGTALK_PROT", "RINGTALK_PORT")


def test_an_unknown_key_of_the_file_is_refused_with_its_line(config_file):
    path = config_file("# comment\nport = 1\nshard = 2\n")
    refused(ringtalk("--config", path), f"{path}:3", "shard", "shards")


def test_a_file_that_is_no_toml_or_not_there_is_refused(config_file, tmp_path):
    path = config_file("port = \n")
    refused(ringtalk("--config", path), path)
    refused(ringtalk("--config", str(tmp_path / "nowhere.toml")), "nowhere.toml")


@pytest.mark.parametrize("flag,value", [
    ("port", "65536"), ("port", "-1"), ("port", "http"), ("port", ""), ("shards", "257"),
    ("heartbeat", "25"), ("heartbeat", "99ms"), ("heartbeat", "11min"), ("argon2-memory", "8"),
    ("backend", "kqueue"), ("test-endpoints", "maybe"), ("log-level", "loud"), ("mode", "prod"),
    ("jwt-lifetime", "25h"),
])
def test_a_bad_value_is_refused_with_its_source(config_file, flag, value):
    refused(ringtalk(f"--{flag}", value), f"--{flag}")
    if value:
        variable = f"RINGTALK_{flag.replace('-', '_').upper()}"
        refused(ringtalk(environment={variable: value}), variable)
        refused(ringtalk("--config", config_file(f'\n{flag} = "{value}"\n')), ":2", flag)


@pytest.mark.parametrize("flag,value", [("port", "0"), ("port", "65535"), ("heartbeat", "100ms"),
                                        ("heartbeat", "10min"), ("shards", "256")])
def test_values_at_the_bounds_are_accepted(flag, value):
    assert print_config(f"--{flag}", value)[flag][0] == value


def test_all_errors_of_all_sources_are_told_at_once(config_file):
    finished = ringtalk("--config", config_file('shards = "x"\n'), "--port", "x",
                        environment={"RINGTALK_HEARTBEAT": "x"})
    refused(finished, "--port", "RINGTALK_HEARTBEAT", "shards")


# --- production mode ---

def test_production_demands_a_key():
    refused(ringtalk("--mode", "production"), "jwt-key")


@pytest.mark.parametrize("flag", ["test-endpoints", "demo-data"])
def test_production_refuses_test_aids(flag):
    refused(ringtalk("--mode", "production", "--jwt-key", KEY, f"--{flag}", "on"), f"--{flag}")


def test_a_short_or_unreadable_key_is_refused(tmp_path):
    refused(ringtalk("--jwt-key", "x" * 31), "32")
    refused(ringtalk("--jwt-key-file", str(tmp_path / "nowhere.key")), "nowhere.key")
    refused(ringtalk("--jwt-key", KEY, "--jwt-key-file", "x"), "--jwt-key-file")


@once
def test_production_serves_with_a_key_and_limits_rates(start_server):
    server = start_server({"mode": "production", "jwt-key": KEY})
    with server.rest() as client:
        answers = [client.post("/v1/users/login", {"email": "a@b.c", "password": "12345678"})
                   for _ in range(40)]
    assert answers[0].status == 401
    assert int(answers[0].headers["RateLimit-Limit"]) > 0
    limited = [answer for answer in answers if answer.status == 429]
    assert limited, "nobody guesses passwords that fast"
    limited[0].problem(429, "rate_limited")
    assert int(limited[0].headers["Retry-After"]) >= 1


@once
def test_development_keeps_its_key_over_a_restart(start_server):
    server = start_server()
    alice = people.register(server, "Alice")
    server.stop()
    server.start()
    with server.rest(alice.token) as client:
        assert client.get("/v1/users/me").status == 200


# --- at the start ---

def test_help_names_every_option():
    finished = ringtalk("--help")
    assert finished.returncode == 0 and finished.stderr == ""
    for name in print_config():
        assert f"--{name} " in finished.stdout, name
    for name in ("--jwt-key ", "--config", "--print-config", "--version"):
        assert name in finished.stdout
    assert all(len(line) <= 100 for line in finished.stdout.splitlines())


def test_version_is_told():
    assert re.fullmatch(r"ringtalk \d+\.\d+\.\d+\S*\n", ringtalk("--version").stdout)


@once
def test_a_port_in_use_is_told_clearly(start_server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = start_server({"port": port}, wait=False)
        assert server.wait(20 * SLOWNESS) == EXIT_SYSTEM
        server.kill()
    [event] = server.log_events("server.cannot_start")
    assert str(port) in event["detail"] and "in use" in event["detail"]


@once
def test_an_unreachable_database_ends_the_start_in_bounded_time(start_server, tmp_path):
    url = f"postgresql://ringtalk@/x?host={tmp_path}"
    started = time.monotonic()
    server = start_server({"database-url": url}, wait=False)
    assert server.wait(60 * SLOWNESS) == EXIT_UNAVAILABLE
    assert 5 < time.monotonic() - started < 50 * SLOWNESS, "it waits, but not for ever"
    server.kill()
    assert server.log_events("database.away") and server.log_events("database.unusable")


@once
def test_a_database_that_comes_late_is_waited_for(start_server, own_services):
    database = own_services.postgres.create_database()
    own_services.postgres.stop()
    url = own_services.postgres.url(database)
    server = start_server({"database-url": url}, wait=False)
    eventually(lambda: server.log_events("database.away"))
    own_services.postgres.start()
    eventually(lambda: server.log_events("server.listening"), 30 * SLOWNESS)


@once
def test_sigterm_while_waiting_for_the_database_ends_it(start_server, tmp_path):
    server = start_server({"database-url": f"postgresql://ringtalk@/x?host={tmp_path}"},
                          wait=False)
    eventually(lambda: server.log_events("database.away"))
    started = time.monotonic()
    server.signal(15)
    server.wait(60 * SLOWNESS)
    assert time.monotonic() - started < 5 * SLOWNESS


@once
def test_demo_data_lets_alice_write_to_bob_at_once(start_server):
    server = start_server({"demo-data": "on"})
    alice = people.log_in(server, "alice@example.com", "alicealice")
    [shown] = alice.rest.get("/v1/conversations").json["conversations"]
    bob = people.log_in(server, "bob@example.com", "bobbobbob")
    assert sorted(shown["memberIds"]) == sorted([alice.id, bob.id])
    assert alice.send(shown, "hello")["seq"] == 1
