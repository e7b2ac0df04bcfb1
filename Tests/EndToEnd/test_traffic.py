"""The traffic log and the token statistics through the real processes."""

import json
import socket
import sqlite3
import time

import pytest

from harness.gateway import ADMIN, KEY
from harness.programs import wait_until
from harness.wire import request

HELLO = {"model": "gemini-3-flash", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
SUMMED = ("total_input_tokens", "total_output_tokens", "total_tokens")


def logs(gateway, query: str = "") -> list[dict]:
    answer = gateway.admin("GET", f"/api/logs{query}")
    assert answer.status == 200, answer.body
    return answer.json


def count(gateway, query: str = "") -> int:
    return gateway.admin("GET", f"/api/logs/count{query}").json


def recorded(gateway, number: int) -> list[dict]:
    """All records, newest first, when there are so many: a worker reports a request when its client has the answer."""
    wait_until(lambda: count(gateway) >= number, 5, f"{number} records")
    found = logs(gateway, "?limit=1000")
    assert len(found) == number
    return found


def counted(gateway, number: int, query: str = "") -> dict:
    """The summary when so many requests are counted."""
    wait_until(lambda: summary(gateway)["total_requests"] >= number, 5, f"{number} counted requests")
    return summary(gateway, query)


def detail(gateway, record: dict) -> dict:
    answer = gateway.admin("GET", f"/api/logs/{record['id']}")
    assert answer.status == 200, answer.body
    return answer.json


def summary(gateway, query: str = "") -> dict:
    return gateway.admin("GET", f"/api/stats/token/summary{query}").json


def clear(gateway):
    # What an earlier test left on its way.
    time.sleep(0.2)
    for path in ("/api/logs/clear", "/api/stats/token/clear"):
        assert gateway.admin("POST", path).json["success"] is True


@pytest.fixture
def logged(gateway):
    """The session's gateway with an empty log; the bodies of all requests are kept until the test is over."""
    clear(gateway)
    gateway.admin("PATCH", "/api/config", {"gateway": {"logging": {"bodies": "all"}}})
    yield gateway
    gateway.admin("PATCH", "/api/config", {"gateway": {"logging": {"bodies": "errors", "body_max_bytes": 65536}},
                                           "proxy": {"enable_logging": True}})


def test_lists_are_paged_counted_and_filtered(gateway):
    clear(gateway)
    with gateway.connect() as connection:
        for number in range(250):
            path = "/v1/messages" if number % 10 == 0 else "/v1/models"
            fields = {"Authorization": f"Bearer {KEY}", "Connection": "keep-alive"}
            connection.ask("POST" if path == "/v1/messages" else "GET", f"{path}?n={number}", fields,
                           {} if path == "/v1/messages" else None)
    recorded(gateway, 250)
    answer = gateway.admin("GET", "/api/logs")
    assert (len(answer.json), answer.field("X-Total-Count")) == (100, "250")
    newest = answer.json
    assert [record["url"].split("=")[1] for record in newest] == [str(249 - number) for number in range(100)]
    assert all(record["request_body"] is None and record["response_body"] is None for record in newest)
    assert len(logs(gateway, "?limit=100&offset=200")) == 50 and len(logs(gateway, "?limit=0")) == 100
    assert len(logs(gateway, "?limit=5000")) == 250 and logs(gateway, "?offset=250") == []
    assert count(gateway) == 250
    # Both conditions hold at once; words are taken literally, in any case and any member.
    assert count(gateway, "?errorsOnly=true&filter=messages") == 25
    assert count(gateway, "?errorsOnly=true") == 25 and count(gateway, "?errorsOnly=1&filter=models") == 0
    assert count(gateway, "?filter=MESSAGES%20post%20400") == 25 and count(gateway, "?filter=get%20messages") == 0
    assert count(gateway, "?filter=%25") == 0 and count(gateway, "?filter=_") == 0
    assert count(gateway, "?filter=n%3D249") == 1
    # A page that does not move while records come.
    before = newest[-1]["timestamp"]
    older = logs(gateway, f"?before={before}&limit=1000")
    assert older and all(record["timestamp"] < before for record in older)
    totals = gateway.admin("GET", "/api/proxy/stats").json
    assert totals == {"total_requests": 250, "success_count": 225, "error_count": 25,
                      "dropped_records": 0, "dropped_bodies": totals["dropped_bodies"]}
    cleared = gateway.admin("POST", "/api/logs/clear").json
    assert cleared == {"success": True, "deleted": 250}
    totals = gateway.admin("GET", "/api/proxy/stats").json
    assert [totals[name] for name in ("total_requests", "success_count", "error_count")] == [0, 0, 0]


@pytest.mark.parametrize("query", ["?offset=-1", "?limit=x", "?limit=-1", "?errorsOnly=maybe", "?before=soon",
                                   "?filter=" + "%20".join("abcdefghi")])
def test_a_query_that_cannot_be_meant_is_refused(gateway, query):
    answer = gateway.admin("GET", f"/api/logs{query}")
    assert (answer.status, answer.json["code"]) == (400, "invalid_request")
    assert answer.json["details"]["field"] == query[1:].split("=")[0]


def test_a_record_names_everything_about_its_request(logged):
    answer = logged.ai("POST", "/v1/messages?beta=true", HELLO)
    assert answer.status == 200
    [record] = recorded(logged, 1)
    assert answer.field("x-request-id") == record["request_id"]
    assert abs(record["timestamp"] - time.time() * 1000) < 60_000 and record["duration"] >= 0
    expected = {"method": "POST", "url": "/v1/messages?beta=true", "status": 200, "model": "gemini-3-flash",
                "mapped_model": "gemini-3-flash", "error": None,
                "protocol": "anthropic", "cursor_payload_kind": None, "client_ip": "127.0.0.1", "stream": False}
    expected["account_email"] = logged.admin("GET", "/api/accounts").json["accounts"][0]["email"]
    assert {name: record[name] for name in expected} == expected
    usage = answer.json["usage"]
    assert (record["input_tokens"], record["output_tokens"]) == (usage["input_tokens"], usage["output_tokens"])
    full = detail(logged, record)
    assert json.loads(full["request_body"]) == HELLO and json.loads(full["response_body"]) == answer.json
    cursor = logged.ai("POST", "/cursor/chat/completions", {**HELLO, "stream": True},
                       fields={"X-Forwarded-For": "192.0.2.7, 10.0.0.1"})
    assert cursor.status == 200
    record = recorded(logged, 2)[0]
    assert (record["protocol"], record["cursor_payload_kind"]) == ("openai", cursor.field("X-Cursor-Payload-Kind"))
    assert (record["client_ip"], record["stream"]) == ("192.0.2.7", True)
    unknown = logged.admin("GET", "/api/logs/00000000-0000-4000-8000-000000000000")
    assert (unknown.status, unknown.json["code"]) == (404, "log_not_found")
    assert logged.admin("GET", "/api/logs/a%20b").json["code"] == "not_found"


@pytest.mark.parametrize("path, body", [
    ("/v1/chat/completions", {}), ("/v1/messages", {"max_tokens": 1}), ("/v1/responses", {}),
    ("/v1/messages/count_tokens", {"messages": 1}), ("/v1beta/models/gemini-3-flash:generateContent", {"contents": 1}),
])
def test_a_refused_body_is_recorded_with_the_model_that_it_names(logged, path, body):
    assert logged.ai("POST", path, {"model": "gemini-3-flash", **body}).status == 400
    [record] = recorded(logged, 1)
    assert (record["status"], record["model"], record["mapped_model"]) == (400, "gemini-3-flash", None)


def test_a_name_that_no_model_can_have_is_not_recorded(logged):
    for body in ({"model": "m" * 513}, {**HELLO, "model": "m" * 513}, {**HELLO, "model": 5}, {"messages": []}):
        assert logged.ai("POST", "/v1/chat/completions", body).status == 400
    assert [record["model"] for record in recorded(logged, 4)] == [None] * 4


@pytest.mark.parametrize("path, body", [
    ("/v1/chat/completions", {**HELLO, "stream": True}), ("/v1/messages", {**HELLO, "max_tokens": 9000, "stream": True, "thinking": {"type": "enabled", "budget_tokens": 1024}}),
    ("/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse", {
        "contents": [{"parts": [{"text": "hello"}]}],
        "generationConfig": {"thinkingConfig": {"includeThoughts": True}}}),
])
def test_a_stream_is_kept_as_what_it_said(logged, sandbox, path, body):
    parts = [{"text": "I think", "thought": True}, {"text": "Grüße "}, {"text": "\"all\"\n"}]
    sandbox.script({"events": [
        {"response": {"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}]}} for part in parts]
        + [{"response": {"candidates": [{"content": {"role": "model", "parts": []}, "finishReason": "STOP"}],
                         "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 5,
                                           "totalTokenCount": 17}}}]})
    assert logged.ai("POST", path, body).status == 200
    stored = json.loads(detail(logged, recorded(logged, 1)[0])["response_body"])
    assert stored == {"thinking": "I think", "content": "Grüße \"all\"\n", "input_tokens": 12, "output_tokens": 5}


def test_bodies_are_kept_of_failures_unless_somebody_wants_more(gateway):
    clear(gateway)
    assert gateway.ai("POST", "/v1/messages", HELLO).status == 200
    refused = gateway.ai("POST", "/v1/messages", {**HELLO, "messages": "none"})
    assert refused.status == 400
    unauthorised = gateway.ai("POST", "/v1/messages", HELLO, key="wrong")
    assert unauthorised.status == 401
    closed, failed, served = (detail(gateway, record) for record in recorded(gateway, 3))
    assert (served["request_body"], served["response_body"], served["bodies"]) == (None, None, "errors")
    assert json.loads(failed["request_body"])["messages"] == "none"
    assert json.loads(failed["response_body"]) == refused.json and failed["error"]
    assert (closed["status"], closed["request_body"], closed["response_body"]) == (401, None, None)
    gateway.admin("PATCH", "/api/config", {"gateway": {"logging": {"bodies": "off"}}})
    try:
        assert gateway.ai("POST", "/v1/messages", {**HELLO, "messages": "none"}).status == 400
        silent = detail(gateway, recorded(gateway, 4)[0])
        assert (silent["request_body"], silent["response_body"], silent["bodies"]) == (None, None, "off")
    finally:
        gateway.admin("PATCH", "/api/config", {"gateway": {"logging": {"bodies": "errors"}}})


def test_a_large_body_is_cut_and_its_data_is_left_out(logged):
    logged.admin("PATCH", "/api/config", {"gateway": {"logging": {"body_max_bytes": 1024}}})
    text = "ä" * 4000
    body = {**HELLO, "messages": [{"role": "user", "content": text}]}
    assert logged.ai("POST", "/v1/messages", json.dumps(body, ensure_ascii=False).encode()).status == 200
    total = len(json.dumps(body, ensure_ascii=False).encode())
    kept, mark = detail(logged, recorded(logged, 1)[0])["request_body"].rsplit("\n", 1)
    assert mark == f"…[truncated, {total} bytes total]" and 1020 < len(kept.encode()) <= 1024
    assert "\ufffd" not in kept
    picture = "iVBORw0KGgo" + "A" * 4001
    body = {**HELLO, "system": "look", "messages": [{"role": "user", "content": [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture}},
        {"type": "text", "text": "what is it?"}]}]}
    logged.ai("POST", "/v1/messages", body)
    stored = json.loads(detail(logged, recorded(logged, 2)[0])["request_body"])
    assert stored["messages"][0]["content"][0]["source"]["data"] == f"[base64 {4012 // 4 * 3} bytes]"
    assert stored["messages"][0]["content"][1]["text"] == "what is it?"


def test_no_secret_is_in_the_database_the_lists_or_the_bodies(logged):
    account_token = "1//sandbox-account0"
    secrets = [KEY, ADMIN, account_token, "ya29.sandbox-account0-77", "super-secret-query"]
    for secret in secrets:
        body = {**HELLO, "messages": [{"role": "user", "content": f"my key is {secret}, keep it"}], "metadata": {
            "user_id": secret}, "tools": "broken"}
        logged.ai("POST", "/v1/messages", {**body, "tools": []})
        logged.ai("POST", "/v1/messages", body)
        if "/" not in secret:
            logged.ai("POST", "/v1/messages", {**HELLO, "model": secret})
        encoded = "".join(f"%{byte:02X}" for byte in secret.encode())
        for name in ("key", "api_key", "access_token", "token", "KEY", "%6Bey"):
            logged.ai("GET", f"/v1/models?{name}={secret}")
            logged.ai("GET", f"/v1beta/models?{name}={encoded}")
        if secret != "super-secret-query":
            logged.ai("GET", f"/v1/models/{secret}?other={secret}")
            logged.ai("GET", f"/v1/models/{encoded}?other={encoded}")
    # Where the cut goes through the middle of one.
    logged.admin("PATCH", "/api/config", {"gateway": {"logging": {"body_max_bytes": 1024}}})
    for left in (5, 10, 20):
        body = b'{"model":"gemini-3-flash","system":"' + b"a " * 200
        body += b"b " * ((1024 - left - len(body)) // 2)
        body += b"c" * (1024 - left - len(body)) + KEY.encode() + b'","max_tokens":9,"messages":[' + b" " * 2000 + b"]}"
        logged.ai("POST", "/v1/messages", body)
    logged.ai("GET", "/v1/models/the-last")
    wait_until(lambda: count(logged, "?filter=the-last"), 5, "the last record")
    records = logs(logged, "?limit=1000")
    shown = json.dumps([detail(logged, record) for record in records]) + json.dumps(records)
    assert "my key is ***, keep it" in shown and "=***" in shown
    with sqlite3.connect(f"file:{logged.data}/telemetry.db?mode=ro", uri=True) as database:
        stored = "\n".join(
            str(row) for table in ("request_logs", "request_bodies", "token_usage", "token_stats_hourly")
            for row in database.execute(f"SELECT * FROM {table}"))
    assert "my key is ***, keep it" in stored
    for secret in [KEY, ADMIN, account_token, "ya29.sandbox"]:
        assert secret not in stored and secret not in shown
    for beginning in (KEY[:5], KEY[:10]):
        assert beginning not in stored, beginning
    assert "=super-secret-query" not in stored and "=super-secret-query" not in shown


@pytest.mark.parametrize("is_logged", [True, False])
def test_a_streamed_call_counts_once_whether_it_is_logged_or_not(logged, is_logged):
    toggled = logged.admin("POST", "/api/proxy/monitor/toggle", {"enabled": is_logged})
    assert toggled.status == 200
    assert logged.admin("GET", "/api/config").json["proxy"]["enable_logging"] is is_logged
    for number in range(1, 4):
        assert logged.ai("POST", "/v1/messages", {**HELLO, "stream": True}).status == 200
        now = counted(logged, number)
        assert (now["total_requests"], now["unique_accounts"]) == (number, 1)
        assert now["total_input_tokens"] > 0 and now["total_output_tokens"] > 0
    assert count(logged) == (3 if is_logged else 0)
    assert logged.admin("POST", "/api/proxy/monitor/toggle", {}).status == 400


def test_what_is_not_of_the_ai_endpoints_is_not_recorded(logged):
    logged.ai("POST", "/api/event_logging/batch", {})
    logged.ai("POST", "/v1/api/event_logging", {})
    logged.ai("OPTIONS", "/v1/messages")
    logged.ai("GET", "/healthz")
    logged.admin("GET", "/api/accounts")
    logged.ai("GET", "/v1/models")
    recorded(logged, 1)
    assert logged.admin("POST", "/api/proxy/stop").status == 200
    try:
        assert logged.ai("POST", "/v1/messages", HELLO).status == 503
    finally:
        assert logged.admin("POST", "/api/proxy/start").status == 200
    logged.ai("GET", "/v1/models")
    recorded(logged, 2)


def test_the_sums_of_all_statistics_agree(launch):
    gateway = launch(accounts=2)
    for number in range(6):
        model = ["gemini-3-flash", "gemini-3-pro-high"][number % 2]
        assert gateway.ai("POST", "/v1/messages", {**HELLO, "model": model}).status == 200
    for hours in (1, 24, 168):
        whole = counted(gateway, 6, f"?hours={hours}")
        assert whole["total_requests"] == 6
        for path in ("by-model", "by-account", "hourly"):
            rows = gateway.admin("GET", f"/api/stats/token/{path}?hours={hours}").json
            assert rows and sum(row["request_count"] for row in rows) == 6
            assert [sum(row[name] for row in rows) for name in SUMMED] == [whole[name] for name in SUMMED]
            if path != "hourly":
                assert abs(sum(row["percentage"] for row in rows) - 100) <= 0.5
                assert rows == sorted(rows, key=lambda row: -row["total_tokens"])
    for path in ("daily", "weekly", "daily?tz=Asia/Kathmandu", "weekly?tz=America/New_York", "hourly?tz=Asia/Kolkata",
                 "by-account?tz=Europe/Berlin"):
        rows = gateway.admin("GET", f"/api/stats/token/{path}").json
        assert sum(row["total_tokens"] for row in rows) == whole["total_tokens"], path
    for kind, member in (("model", "model_data"), ("account", "account_data")):
        for unit in ("hourly", "daily", "daily?tz=Australia/Lord_Howe"):
            rows = gateway.admin("GET", f"/api/stats/token/{kind}-trend/{unit}").json
            assert sum(sum(row[member].values()) for row in rows) == whole["total_tokens"]
    for name in ("today", "this_week", "all_time"):
        assert summary(gateway, "?tz=Pacific/Auckland")[name]["total_requests"] <= 6
    assert whole["all_time"]["total_tokens"] == whole["total_tokens"]
    for path in ("hourly", "daily?range=3", "weekly?range=2", "accounts", "models"):
        assert gateway.admin("GET", f"/api/stats/{path}").json, path
    assert gateway.admin("GET", "/api/stats/summary").json["total_requests"] == 6
    for query in ("hourly?hours=0", "hourly?hours=8785", "daily?days=3661", "weekly?weeks=531", "hourly?hours=x",
                  "daily?tz=Mars/Olympus", "daily?tz=../../etc/passwd", "summary?tz="):
        answer = gateway.admin("GET", f"/api/stats/token/{query}")
        assert (answer.status, answer.json["code"]) == (400, "invalid_request"), query
    assert gateway.admin("POST", "/api/stats/token/clear").json == {"success": True}
    assert summary(gateway)["all_time"]["total_requests"] == 0
    assert gateway.admin("GET", "/api/stats/token/hourly").json == []
    assert count(gateway) == 6


def test_an_empty_store_answers_nothing_and_zeros(launch):
    gateway = launch(workers=1, accounts=0)
    assert logs(gateway) == [] and count(gateway) == 0
    for path in ("hourly", "daily", "weekly", "by-account", "by-model", "model-trend/hourly", "account-trend/daily"):
        assert gateway.admin("GET", f"/api/stats/token/{path}").json == []
    zeros = {"total_input_tokens": 0, "total_output_tokens": 0, "total_tokens": 0, "total_requests": 0,
             "unique_accounts": 0}
    assert summary(gateway) == {**zeros, "today": zeros, "this_week": zeros, "all_time": zeros}


def test_listeners_hear_of_requests_as_they_end(gateway):
    clear(gateway)
    head = request("GET", "/api/logs/stream", {"Authorization": f"Bearer {ADMIN}"})
    listeners = [socket.create_connection(gateway.address, 10) for _ in range(16)]
    received = [b"" for _ in listeners]

    def hear(number: int, wanted: bytes):
        while wanted not in received[number]:
            data = listeners[number].recv(65536)
            assert data, received[number]
            received[number] += data

    try:
        for number, listener in enumerate(listeners):
            listener.sendall(head)
            hear(number, b": heartbeat\n\n")
        assert b"text/event-stream" in received[0]
        assert gateway.admin("GET", "/api/logs/stream").status == 503
        assert gateway.ai("POST", "/v1/messages", HELLO).status == 200
        for number in range(16):
            hear(number, b"\"stream\":false")
            event = next(line for line in received[number].split(b"\n") if line.startswith(b"data: "))
            assert json.loads(event[6:].strip())["url"] == "/v1/messages"
        listeners.pop().close()
        wait_until(lambda: _listens(gateway, head), 5, "room for another listener")
    finally:
        for listener in listeners:
            listener.close()


def _listens(gateway, head: bytes) -> bool:
    with socket.create_connection(gateway.address, 10) as listener:
        listener.sendall(head)
        return listener.recv(64).startswith(b"HTTP/1.1 200")


def test_listening_does_not_hold_up_the_end(launch):
    gateway = launch(workers=1)
    with socket.create_connection(gateway.address, 10) as listener:
        listener.sendall(request("GET", "/api/logs/stream", {"Authorization": f"Bearer {ADMIN}"}))
        assert listener.recv(4096).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - began < 40
        rest = b""
        while data := listener.recv(4096):
            rest += data
        assert rest.endswith(b"0\r\n\r\n")
