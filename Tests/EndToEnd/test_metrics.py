"""`GET /metrics`: the exposition format to the letter, and numbers that are true."""

import pytest

from harness.gateway import KEY
from harness.metrics import parse
from harness.programs import wait_until
from harness.wire import request


def scrape(gateway) -> dict[str, dict]:
    answer = gateway.admin("GET", "/metrics")
    assert answer.status == 200, answer
    assert answer.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    return parse(answer.body.decode())


def value(families: dict, name: str, **labels: str) -> float:
    name = "antigravity_" + name
    return families[name][name, tuple(labels.items())]


def test_what_happens_is_counted(launch, sandbox):
    gateway = launch(workers=1, accounts=2)
    assert value(scrape(gateway), "attempts_total", **{"class": "success"}) == 0
    sandbox.script({"account": "account0", "status": 429, "body": {"error": {"code": 429, "message": "x", "details": [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "QUOTA_EXHAUSTED",
         "metadata": {"quotaResetDelay": "2h"}}]}}},
        {"contains": "bad", "status": 400, "body": {"error": {"code": 400, "message": "no"}}})
    for number in range(6):
        assert gateway.chat(f"number {number}", stream=number % 2 == 0).status == 200
    assert gateway.chat("bad").status == 400
    # The end of an exchange is reported behind its last byte.
    found = wait_until(lambda: value(page := scrape(gateway), "exchanges_total") == 7 and page, 5, "the last exchange")
    assert value(found, "attempts_total", **{"class": "success"}) == 6
    assert value(found, "attempts_total", **{"class": "quota"}) == 1
    assert value(found, "retries_total", **{"class": "quota"}) == 1
    assert value(found, "attempts_total", **{"class": "bad_request"}) == 1
    assert value(found, "denials_total", reason="bad_request") == 1
    assert value(found, "cells", state="exhausted") == 1
    assert value(found, "accounts", state="active") == 2
    assert value(found, "leases_in_flight") == 0 and value(found, "requests_waiting") == 0
    name = "antigravity_first_content_seconds"
    assert found[name][name + "_count", ()] >= 6
    assert value(found, "upstream_seconds_total") > 0
    assert value(found, "workers", state="ready") == 1
    assert all(size > 1 << 20 for size in found["antigravity_resident_bytes"].values())
    assert len(found["antigravity_resident_bytes"]) == 2


def test_a_request_upstream_is_in_flight(gateway, sandbox):
    sandbox.script({"contains": "slow", "text": ["late"], "delay_ms": 1500})
    with gateway.connect() as connection:
        body = {"model": "gemini-3-flash", "messages": [{"role": "user", "content": "slow"}]}
        connection.send(request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, body))
        wait_until(lambda: value(scrape(gateway), "leases_in_flight") == 1, 5, "a lease")
        assert connection.answer().status == 200
    wait_until(lambda: value(scrape(gateway), "leases_in_flight") == 0, 5, "its end")


@pytest.mark.parametrize("setting, fields, status", [
    (False, {}, 401), (True, {}, 200), (True, {"CF-Ray": "1"}, 401), (True, {"X-Forwarded-For": "1.2.3.4"}, 401),
    (True, {"Origin": "https://example.com"}, 401),
])
def test_the_token_is_needed_unless_this_machine_may_do_without(gateway, setting, fields, status):
    patch = {"gateway": {"http": {"metrics_without_token": setting}}}
    assert gateway.admin("PATCH", "/api/config", patch).status == 200
    try:
        with gateway.connect() as connection:
            assert connection.ask("GET", "/metrics", fields).status == status
        # Nothing else opens with it.
        assert gateway.admin("GET", "/api/accounts", token=None).status == 401
    finally:
        gateway.admin("PATCH", "/api/config", {"gateway": {"http": {"metrics_without_token": False}}})
