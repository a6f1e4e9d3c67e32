"""Health, readiness and metrics: what an operator's probes see."""
import pytest

from support.metrics import check_with_promtool, read_metrics
from support.waiting import eventually


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_probes_answer_200_without_a_token(rest, path):
    assert rest.get(path).status == 200


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_a_head_probe_has_the_length_but_not_the_body(rest, path):
    length = rest.get(path).headers["Content-Length"]
    answer = rest.head(path)
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, length, b"")


def test_a_probe_of_the_wrong_method_names_the_allowed_ones(rest):
    answer = rest.delete("/healthz")
    answer.problem(405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_metrics_please_promtool(rest):
    rest.get("/healthz")
    answer = rest.get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    check_with_promtool(answer.body.decode())
    assert read_metrics(answer.body.decode())


def test_readiness_follows_the_database(start_server, own_services):
    server = start_server(services=own_services)
    with server.rest() as client:
        own_services.postgres.stop()
        away = eventually(lambda: _answer_unless(client, 200), what="/readyz notices")
        away.problem(503, "unavailable")
        assert int(away.headers["Retry-After"]) >= 1
        assert client.get("/livez").status == 200

        own_services.postgres.start()
        eventually(lambda: _answer_unless(client, 503), 30, what="/readyz recovers by itself")
        assert client.get("/readyz").status == 200


def test_sigterm_ends_the_server_with_exit_code_0(start_server):
    server = start_server()
    server.stop()
    assert not server.is_running()


def _answer_unless(client, status):
    answer = client.get("/readyz")
    return None if answer.status == status else answer
