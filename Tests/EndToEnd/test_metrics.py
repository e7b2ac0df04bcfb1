"""`GET /metrics`: the exposition format to the letter, and numbers that are true."""

import math
import re

import pytest

from harness.gateway import KEY
from harness.programs import wait_until
from harness.wire import request

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (\S+)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


def parse(text: str) -> dict[str, dict[tuple, float]]:
    """The samples of each family; an AssertionError for whatever a strict reader would refuse."""
    assert text.endswith("\n") and "\r" not in text
    families: dict[str, dict[tuple, float]] = {}
    kinds: dict[str, str] = {}
    current = None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ", 3)[2]
            assert current not in families, f"{current} comes twice"
            assert len(line.split(" ", 3)) == 4 and line.split(" ", 3)[3], line
            families[current] = {}
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current and not families[name] and kind in SUFFIXES, line
            kinds[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels, value = match.groups()
            assert any(name == current + suffix for suffix in SUFFIXES[kinds[current]]), line
            pairs = tuple(re.findall(r'([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"', labels or ""))
            assert len({name for name, _ in pairs}) == len(pairs), line
            assert (name, pairs) not in families[current], f"{line} comes twice"
            families[current][name, pairs] = float(value)
    for name, kind in kinds.items():
        assert re.fullmatch(NAME, name) and name.startswith("antigravity_")
        assert name.endswith("_total") == (kind == "counter"), name
        if kind == "histogram":
            check_histogram(name, families[name])
        elif kind == "counter":
            assert all(value >= 0 for value in families[name].values()), name
    return families


def check_histogram(name: str, samples: dict[tuple, float]):
    buckets = [(float(dict(labels)["le"]), value) for (suffix, labels), value in samples.items()
               if suffix == name + "_bucket"]
    assert buckets == sorted(buckets) and buckets[-1][0] == math.inf
    assert [value for _, value in buckets] == sorted(value for _, value in buckets)
    assert buckets[-1][1] == samples[name + "_count", ()] and (name + "_sum", ()) in samples


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
