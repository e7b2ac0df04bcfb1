"""A client that goes away: the upstream call it waited for is cancelled within a second, and nothing else is harmed."""

import socket
import struct
import time

import pytest

from harness.gateway import KEY
from harness.metrics import parse
from harness.programs import wait_until
from harness.wire import request

SECONDS_MAX = 1.0


def ask(gateway, stream: bool):
    connection = gateway.connect()
    body = {"model": "gemini-3-flash", "stream": stream, "messages": [{"role": "user", "content": "hi"}]}
    connection.send(request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, body))
    return connection


def expect_cancelled(sandbox, since: float):
    wait_until(lambda: sandbox.calls["open"] == 0, 5, "the upstream call to end")
    took = time.monotonic() - since
    assert took < SECONDS_MAX, f"cancelled after {took:.2f} s"
    assert sandbox.calls["cancelled"] == 1, sandbox.calls


@pytest.mark.parametrize("way", ["close", "half-close", "reset"])
@pytest.mark.parametrize("stream, rule", [
    (True, {"text": ["one"], "end": "stall"}),
    (True, {"delay_ms": 20_000, "text": ["late"]}),
    (False, {"text": ["one"], "end": "stall"}),
    (False, {"delay_ms": 20_000, "text": ["late"]}),
], ids=["in a stream", "before a stream", "within a whole answer", "before a whole answer"])
def test_the_upstream_call_is_cancelled(gateway, sandbox, stream, rule, way):
    sandbox.script(rule)
    connection = ask(gateway, stream)
    wait_until(lambda: sandbox.calls["open"] == 1, 5, "the upstream call")
    if stream and "end" in rule:
        assert connection.head().status == 200
        while b"one" not in connection.chunk():
            pass
    left = time.monotonic()
    leave(connection, way)
    expect_cancelled(sandbox, left)
    connection.close()
    assert gateway.ai("GET", "/v1/models").status == 200


def leave(connection, way: str):
    if way == "half-close":
        # A half-closed client counts as gone: documented, since nothing tells it from one that has left.
        connection.socket.shutdown(socket.SHUT_WR)
        return
    if way == "reset":
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_clients_that_leave_at_once_leave_nothing_behind(gateway, sandbox):
    sandbox.script({"delay_ms": 3000, "text": ["late"]})
    for _ in range(30):
        ask(gateway, True).close()
    wait_until(lambda: sandbox.calls["open"] == 0, 5, "all upstream calls to end")
    wait_until(lambda: sum(w["active_requests"] for w in gateway.status["workers"]) == 0, 5, "no open exchange")


def test_departed_clients_are_no_strikes_of_the_account(launch, sandbox):
    gateway = launch(workers=1, accounts=2)
    sandbox.script({"contains": "hi", "delay_ms": 20_000, "text": ["late"]})
    for number in range(10):
        connection = ask(gateway, stream=number % 2 == 0)
        wait_until(lambda: sandbox.calls["open"] == 1, 5, "the upstream call")
        connection.close()
        wait_until(lambda: sandbox.calls["open"] == 0, 5, "its end")
    gateway.wait_idle()
    found = parse(gateway.admin("GET", "/metrics").body.decode())["antigravity_attempts_total"]
    ended = {dict(labels)["class"]: count for (_, labels), count in found.items() if count}
    assert ended == {"client_gone": 10}
    now = gateway.admin("GET", "/api/accounts").json["accounts"]
    assert [(account["state"], account["locks"]) for account in now] == [("ACTIVE", [])] * 2
    assert gateway.chat("hello").status == 200
