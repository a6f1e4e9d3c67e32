"""Ten seconds of everyday traffic, lost connections in it: all is delivered, once, in order."""
from support.loadgen import SOUND, run_load


def test_ten_seconds_of_mixed_traffic(server):
    outcome = run_load(server.http_url, "mixed", "--rate", "500", "--for", "10s",
                       "--backend", server.options["backend"])
    report = outcome.report
    assert outcome.code in SOUND, (outcome.errors, report.get("findings"))
    assert report["errors"] == {}
    assert report["accounts"]["delivered"] == report["accounts"]["expected"] > 1000
    assert report["figures"]["drops"] > 0 and report["latency"]["resume"]["count"] > 0
    assert report["latency"]["page"]["count"] > 0
