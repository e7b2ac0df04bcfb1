"""What clients notice when workers die, hang, are replaced or stopped."""

import collections
import contextlib
import ctypes
import json
import os
import signal
import socket
import statistics
import threading
import time

import pytest

from conftest import size
from harness import load, procfs
from harness.gateway import ADMIN, KEY
from harness.load import CUT, ERROR_EVENT, REFUSED, SERVED, Load
from harness.programs import wait_until
from harness.wire import Closed, events_of, request

# A busy machine is slower: times may be stretched by a factor.
TIME_FACTOR = size("TIME_FACTOR", 1)


LIBC = ctypes.CDLL(None, use_errno=True)
# One number on every architecture since it came with Linux 5.6.
PIDFD_GETFD = 438


def chat(text: str, stream: bool = True) -> bytes:
    body = {"model": "gemini-3-flash", "stream": stream, "messages": [{"role": "user", "content": text}]}
    return request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {KEY}"}, body)


def kill_oldest(gateway) -> float:
    """Kills the worker that has been ready for longest; how long until as many are ready again."""
    ready = [w for w in gateway.status["workers"] if w["state"] == "ready"]
    victim = min(ready, key=lambda w: (w["started_at"], w["pid"]))["pid"]
    began = time.monotonic()
    gateway.kill(victim)
    wait_until(lambda: (pids := gateway.ready_workers()) and victim not in pids and len(pids) >= len(ready),
               5 * TIME_FACTOR, "a replacement", every=0.005)
    return time.monotonic() - began


def test_kills_under_load(launch, sandbox):
    gateway = launch(workers=4)
    load.script(sandbox)
    ready_after = []
    with Load(gateway, idle=16, stream=16, whole=16, fresh=14, admin=2).running() as running:
        time.sleep(2.5)
        for _ in range(size("KILLS", 12)):
            ready_after.append(kill_oldest(gateway))
            time.sleep(0.5)
    kills = len(ready_after)
    running.only(SERVED, kinds=("admin",))
    # Idle connections live on; a request that was just being served may be refused, wholly.
    running.only(SERVED, REFUSED, kinds=("idle", "fresh", "whole"))
    running.only(SERVED, REFUSED, ERROR_EVENT, CUT, kinds=("stream",))
    # Nearly every stream stands at an event boundary when its worker dies: cut ones are the exception.
    assert running.count(CUT) <= kills, running.summary
    assert running.count(ERROR_EVENT) > 0, running.summary
    assert running.count(SERVED, "idle") >= 16 * 3, running.summary
    assert running.count(REFUSED, "idle") <= kills, running.summary
    assert max(ready_after) < 0.5 * TIME_FACTOR, ready_after
    assert gateway.health["status"] == "ok"


def test_a_worker_has_one_thread(launch):
    """Its release build counts references as if there were no other (docs/decisions/0011)."""
    gateway = launch(workers=2)
    served = [gateway.chat("hi", stream=stream).status for stream in (False, True) for _ in range(8)]
    assert set(served) == {200}
    assert [procfs.threads(pid) for pid in gateway.ready_workers()] == [1, 1]
    assert procfs.threads(gateway.program.pid) > 1


def test_idle_connections_survive_the_death_of_their_worker(launch):
    """All of them, every time: nothing but idle connections here."""
    gateway = launch(workers=2)
    token = {"Authorization": f"Bearer {ADMIN}"}
    connections = [gateway.connect() for _ in range(32)]
    for number, connection in enumerate(connections):
        assert connection.ask("GET", f"/v1/models?n={number}", {"Authorization": f"Bearer {KEY}"}).status == 200
    for round_number in range(3):
        time.sleep(1.1)
        old = set(gateway.ready_workers())
        for pid in old:
            gateway.kill(pid)
        wait_until(lambda: len(set(gateway.ready_workers()) - old) == 2, 5, "both replacements")
        for number, connection in enumerate(connections):
            path = f"/v1/models?n={round_number}.{number}"
            assert connection.ask("GET", path, {"Authorization": f"Bearer {KEY}"}).status == 200, (round_number, number)
            assert connection.ask("GET", "/api/proxy/status", token).status == 200


def test_a_request_not_begun_gets_another_worker_or_an_answer(launch, sandbox):
    """The whole body has come, the upstream has been asked, nothing is written: a complete 503 in the dialect."""
    gateway = launch(workers=1)
    sandbox.script({"contains": "slow", "text": ["late"], "delay_ms": 3000})
    with gateway.connect() as connection:
        connection.send(chat("slow one"))
        wait_until(lambda: sandbox.calls["open"] == 1, 5, "the upstream call")
        gateway.kill(gateway.ready_workers()[0])
        answer = connection.answer(seconds=5)
        assert answer.status == 503 and answer.field("Retry-After") == "1", answer
        assert answer.json["error"]["code"] == "gateway_worker_lost", answer.json
        connection.expect_end()
    wait_until(lambda: sandbox.calls["open"] == 0, 5, "the upstream call to end")


def test_half_a_request_gets_another_worker(launch):
    """The head has been handed over and the body has not come: the next worker reads on."""
    gateway = launch(workers=2)
    whole = chat("two halves", stream=False)
    with gateway.connect() as connection:
        connection.send(whole[:-20])
        time.sleep(0.3)
        for pid in gateway.ready_workers():
            gateway.kill(pid)
        time.sleep(0.1)
        connection.send(whole[-20:])
        answer = connection.answer(seconds=10)
    assert answer.status == 200 or (answer.status == 503 and answer.field("Retry-After")), answer


def broken_stream(gateway, sandbox, path: str, body: dict) -> bytes:
    """What a client gets whose worker dies while the answer streams."""
    sandbox.script({"text": ["tick "], "repeat": 2000, "pace_ms": 100})
    with gateway.connect() as connection:
        connection.send(request("POST", path, {"Authorization": f"Bearer {KEY}"}, body))
        assert connection.head().status == 200
        seen = b""
        while b"tick" not in seen:
            seen += connection.chunk()
        gateway.kill(gateway.ready_workers()[0])
        while piece := connection.chunk():
            seen += piece
        connection.expect_end()
    return seen


MESSAGES = [{"role": "user", "content": "endless"}]


@pytest.mark.parametrize("path, members", [
    ("/v1/chat/completions", {"messages": MESSAGES}),
    ("/v1/completions", {"prompt": "endless"}),
    ("/v1/chat/completions", {"input": "endless"}),
    ("/cursor/chat/completions", {"messages": MESSAGES}),
], ids=["chat", "completions", "chat of a response's body", "cursor"])
def test_a_begun_stream_ends_with_the_error_event(launch, sandbox, path, members):
    seen = broken_stream(launch(workers=1), sandbox, path, {"model": "gemini-3-flash", "stream": True, **members})
    events = list(events_of(seen))
    assert events[-1].data == "[DONE]" and events[-2].json["error"]["code"] == "gateway_worker_lost", events[-2:]
    assert b'"finish_reason":"' not in seen


@pytest.mark.parametrize("path", ["/v1/responses", "/v1/completions"])
def test_a_begun_response_ends_as_a_failed_one(launch, sandbox, path):
    """In the terms of Responses, also where such a body came to another path: the number goes on rising, nothing is raised
    at the top, and nothing follows."""
    seen = broken_stream(launch(workers=1), sandbox, path, {"model": "gemini-3-flash", "stream": True, "input": "endless"})
    events = [event.json for event in events_of(seen)]
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    last = events[-1]
    assert last["type"] == "response.failed" and "error" not in last and b"[DONE]" not in seen
    assert last["sequence_number"] > events[-2]["sequence_number"]
    response = last["response"]
    assert response["status"] == "failed" and response["usage"] is None and response["output"] == []
    assert response["error"]["code"] == "server_is_overloaded" and response["error"]["message"]


def test_a_begun_message_ends_with_the_error_event(launch, sandbox):
    seen = broken_stream(launch(workers=1), sandbox, "/v1/messages", {
        "model": "gemini-3-flash", "max_tokens": 9000, "stream": True, "messages": MESSAGES})
    events = [event.json for event in events_of(seen)]
    assert events[-1]["type"] == "error" and events[-1]["error"]["type"] == "api_error"
    assert b"message_stop" not in seen and b"message_delta" not in seen


def test_a_begun_array_ends_with_the_error_as_its_last_element(launch, sandbox):
    seen = broken_stream(launch(workers=1), sandbox, "/v1beta/models/gemini-3-flash:streamGenerateContent", {
        "contents": [{"role": "user", "parts": [{"text": "endless"}]}]})
    *answers, error = json.loads(seen)
    assert answers and error["error"]["status"] == "UNAVAILABLE" and list(error) == ["error"]


def test_killing_in_a_loop(launch):
    """Back-off instead of a storm, degraded health, a working admin API, and service returns."""
    gateway = launch(workers=2)
    seen: set[int] = set()
    reasons: set[str] = set()
    answers = []
    stop = threading.Event()

    def killer():
        while not stop.is_set():
            for pid in gateway.worker_processes():
                seen.add(pid)
                try:
                    gateway.kill(pid)
                except (AssertionError, ProcessLookupError):
                    pass
            time.sleep(0.005)

    thread = threading.Thread(target=killer, daemon=True)
    thread.start()
    until = time.monotonic() + 4
    number = 0
    while time.monotonic() < until:
        health = gateway.health
        reasons |= set(health.get("reasons", []))
        assert gateway.admin("GET", "/api/accounts").status == 200
        number += 1
        began = time.monotonic()
        answer = gateway.ai("GET", f"/v1/models?n={number}")
        answers.append((answer.status, time.monotonic() - began))
        if answer.status == 503:
            assert answer.field("Retry-After") == "1" and answer.json["error"]["code"].startswith("gateway_"), answer
        else:
            assert answer.status == 200
    stop.set()
    thread.join()
    assert "no_ready_worker" in reasons, reasons
    assert max(seconds for _, seconds in answers) < 3 * TIME_FACTOR, answers
    # Two places, 100 ms doubling: four seconds are room for about a dozen starts, a storm would be hundreds.
    assert len(seen) < 40, len(seen)
    wait_until(lambda: len(gateway.ready_workers()) == 2, 15, "both workers after the storm")
    assert gateway.health["status"] == "ok"
    assert gateway.ai("GET", "/v1/models").status == 200


def test_a_stopped_worker_is_passed_by_and_replaced(launch):
    gateway = launch(workers=2)
    key = {"Authorization": f"Bearer {KEY}"}
    kept = [gateway.connect(30) for _ in range(8)]
    for connection in kept:
        assert connection.ask("GET", "/v1/models", key).status == 200
    stopped = gateway.ready_workers()[0]
    gateway.kill(stopped, signal.SIGSTOP)
    time.sleep(2.5)
    took = []
    for number in range(20):
        began = time.monotonic()
        assert gateway.ai("GET", f"/v1/models?n={number}").status == 200
        took.append(time.monotonic() - began)
    assert max(took) < 1 * TIME_FACTOR and statistics.median(took) < 0.2 * TIME_FACTOR, took
    wait_until(lambda: not procfs.exists(stopped), 15, "the stopped worker to be killed")
    wait_until(lambda: len(gateway.ready_workers()) == 2, 10, "its replacement")
    for connection in kept:
        assert connection.ask("GET", "/v1/models", key).status == 200


def test_a_request_that_has_killed_two_workers_is_refused(launch, sandbox):
    gateway = launch(workers=1)
    sandbox.script({"contains": "poison", "text": ["never"], "delay_ms": 60_000})
    poison = chat("poison", stream=False)
    for _ in range(2):
        time.sleep(1.1)
        with gateway.connect() as connection:
            connection.send(poison)
            wait_until(lambda: sandbox.calls["open"] == 1, 5, "the upstream call")
            gateway.kill(gateway.ready_workers()[0])
            assert connection.answer(seconds=5).status == 503
        wait_until(lambda: sandbox.calls["open"] == 0, 5, "the upstream call to end")
        gateway.wait_ready(1)
    with gateway.connect() as connection:
        connection.send(poison)
        answer = connection.answer(seconds=5)
    assert (answer.status, answer.json["error"]["code"]) == (503, "gateway_request_refused"), answer
    assert answer.field("x-should-retry") == "false"
    assert gateway.chat("something else").status == 200


def test_rolling_restarts_under_load(launch, sandbox):
    """Nothing fails, nothing is cut."""
    gateway = launch(workers=2)
    load.script(sandbox)
    with Load(gateway, stream=32, whole=8, fresh=8, idle=8, admin=1).running() as running:
        time.sleep(1)
        for _ in range(size("ROLLS", 20)):
            before = set(gateway.ready_workers())
            gateway.program.send(signal.SIGHUP)
            wait_until(lambda: (now := set(gateway.ready_workers())) and not now & before and len(now) == 2,
                       15 * TIME_FACTOR, "two new workers", every=0.02)
    running.only(SERVED)
    assert running.count(SERVED, "stream") > 20, running.summary
    wait_until(lambda: len(gateway.worker_processes()) == 2, 15, "the old generation to be gone")
    assert gateway.program.is_running


def test_sigterm_lets_streams_finish(launch, sandbox):
    gateway = launch(workers=2)
    sandbox.script({"text": ["word "] * 40, "pace_ms": 50})
    results = []

    def one(number: int):
        with gateway.connect(30) as connection:
            results.append(load.judge(connection, chat(f"stream {number}"), True)[0])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    wait_until(lambda: sandbox.calls["open"] == 8, 5, "all streams")
    idle = gateway.connect()
    workers = gateway.worker_processes()
    began = time.monotonic()
    gateway.program.send(signal.SIGTERM)
    assert gateway.program.wait(15) == 0, gateway.program.stderr[-2000:]
    for thread in threads:
        thread.join(5)
    assert results == [SERVED] * 8, results
    assert time.monotonic() - began > 0.5
    assert not any(procfs.exists(pid) for pid in workers)
    with pytest.raises((Closed, ConnectionResetError)):
        idle.answer(seconds=2)
    with pytest.raises(ConnectionRefusedError):
        gateway.connect()


def test_sigterm_answers_everybody_who_is_in_the_queue(launch):
    """The kernel has let them in before the stop: more than one turn of the loop accepts, every request is answered."""
    gateway = launch(workers=1)
    token = {"Authorization": f"Bearer {ADMIN}"}
    kinds = {"ai": lambda n: chat(f"queued {n}", stream=False), "admin": lambda n: request("GET", "/api/accounts", token),
             "silent": lambda n: b""}
    gateway.kill(gateway.program.pid, signal.SIGSTOP)
    queued = []
    for number in range(300):
        kind = list(kinds)[number % 3]
        queued.append((kind, gateway.connect(20)))
        queued[-1][1].send(kinds[kind](number))
    gateway.program.send(signal.SIGTERM)
    gateway.program.send(signal.SIGCONT)
    answers = collections.Counter()
    for kind, connection in queued:
        if kind == "silent":
            connection.expect_end()
            answers["silent"] += 1
        else:
            answer = connection.answer()
            assert answer.status in (200, 503) and (kind == "ai" or answer.status == 200), answer
            assert answer.status == 200 or answer.field("Retry-After") == "1", answer
            answers[kind] += 1
        connection.close()
    assert answers == {"ai": 100, "admin": 100, "silent": 100}
    assert gateway.program.wait(20) == 0


def test_sigterm_while_many_connect(launch):
    """Whoever got in is answered; whoever did not is refused. Nobody is reset."""
    for _ in range(size("STOPS", 4)):
        gateway = launch(workers=1)
        load.script(launch.sandbox)
        endings = collections.Counter()
        details = []

        def one(number: int):
            count = 0
            while True:
                try:
                    connection = gateway.connect(20)
                except ConnectionRefusedError:
                    return
                with connection:
                    count += 1
                    if number % 2:
                        data = chat(f"load fresh {number} {count}", stream=False)
                    else:
                        data = request("GET", "/api/accounts", {"Authorization": f"Bearer {ADMIN}"})
                    how, detail, _ = load.judge(connection, data, False)
                    endings[how] += 1
                    if how not in (SERVED, REFUSED):
                        details.append((number, how, detail))

        threads = [threading.Thread(target=one, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        time.sleep(0.7)
        gateway.program.send(signal.SIGTERM)
        assert gateway.program.wait(20) == 0, gateway.program.stderr[-2000:]
        for thread in threads:
            thread.join(20)
        assert not details, (endings, details[:5])
        assert endings[SERVED] > 50, endings


def test_sigterm_answers_who_asks_on_a_kept_connection(launch, sandbox):
    """Streams finish, and whoever asks again right behind one hears that the gateway stops."""
    gateway = launch(workers=2)
    load.script(sandbox)
    endings = collections.Counter()
    details = []

    def one(number: int):
        """One request after the other, as long as the connection says that it goes on."""
        count = 0
        with gateway.connect(40) as connection:
            while True:
                count += 1
                kind = ("stream", "whole", "admin")[number % 3]
                if kind == "admin":
                    time.sleep(0.02)
                    data = request("GET", "/api/accounts", {"Authorization": f"Bearer {ADMIN}"})
                else:
                    data = chat(f"load {kind} {number} {count}", kind == "stream")
                how, detail, again = load.judge(connection, data, kind == "stream")
                endings[how] += 1
                if how not in (SERVED, REFUSED):
                    details.append((number, count, how, detail))
                if not again:
                    return

    threads = [threading.Thread(target=one, args=(number,)) for number in range(18)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    gateway.program.send(signal.SIGTERM)
    for thread in threads:
        thread.join(30)
    assert gateway.program.wait(20) == 0, gateway.program.stderr[-2000:]
    assert not details, (endings, details[:5])
    assert endings[REFUSED] == 12, endings


@pytest.mark.parametrize("begun", [
    request("POST", "/api/event_logging/batch", {}, b"x" * 1000)[:-999],
    request("POST", "/api/accounts", {"Authorization": f"Bearer {ADMIN}"}, b"x" * 1000)[:-999],
    b"GET /api/health HTTP/1.1\r\nX-Slow: "], ids=["events", "admin", "head"])
def test_sigterm_does_not_wait_for_a_request_that_drips(launch, begun):
    gateway = launch(workers=1, accounts=0)
    with gateway.connect() as connection:
        connection.send(begun)
        time.sleep(0.2)
        began = time.monotonic()
        gateway.program.send(signal.SIGTERM)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while gateway.program.is_running and time.monotonic() - began < 20:
                connection.send(b"x")
                time.sleep(0.2)
        assert gateway.program.wait(10) == 0
        assert time.monotonic() - began < 4 * TIME_FACTOR


def test_a_second_sigterm_hurries(launch, sandbox):
    gateway = launch(workers=1)
    sandbox.script({"text": ["tick "], "end": "stall"})
    with gateway.connect() as connection:
        connection.send(chat("endless"))
        assert connection.head().status == 200
        gateway.program.send(signal.SIGTERM)
        time.sleep(1)
        assert gateway.program.is_running
        began = time.monotonic()
        gateway.program.send(signal.SIGTERM)
        assert gateway.program.wait(10) == 0
        assert time.monotonic() - began < 4 * TIME_FACTOR


def test_a_supervisor_killed_leaves_no_workers_for_ever(launch):
    """Without anybody to adopt them, idle workers end soon."""
    gateway = launch(workers=2)
    workers = gateway.ready_workers()
    gateway.program.send(signal.SIGKILL)
    gateway.program.wait(5)
    wait_until(lambda: not any(procfs.exists(pid) for pid in workers), 10, "orphaned workers to end")


def channels(pid: int) -> list[socket.socket]:
    """Duplicates of a supervisor's ends of its channels, taken as the kernel lets root take them."""
    pidfd = os.pidfd_open(pid)
    found = []
    for number, target in procfs.descriptors(pid).items():
        if not target.startswith("socket:"):
            continue
        copy = LIBC.syscall(PIDFD_GETFD, pidfd, number, 0)
        if copy < 0:
            pytest.skip("descriptors of another process cannot be had here")
        end = socket.socket(fileno=copy)
        if end.type == socket.SOCK_SEQPACKET:
            found.append(end)
        else:
            end.close()
    os.close(pidfd)
    return found


def test_workers_know_that_the_supervisor_is_gone_although_their_channel_is_kept_open(launch, sandbox):
    """The stream that has begun finishes; without anybody to adopt them the workers end."""
    gateway = launch(workers=2)
    workers = gateway.ready_workers()
    sandbox.script({"text": ["word "] * 40, "pace_ms": 50})
    kept = channels(gateway.program.pid)
    assert len(kept) == 2
    with gateway.connect(20) as connection:
        connection.send(chat("to the end"))
        assert connection.head().status == 200
        gateway.program.send(signal.SIGKILL)
        gateway.program.wait(5)
        seen = b""
        while piece := connection.chunk():
            seen += piece
    assert list(events_of(seen))[-1].data == "[DONE]" and b'"finish_reason":"stop"' in seen
    wait_until(lambda: not any(procfs.exists(pid) for pid in workers), 10, "orphaned workers to end")
    for end in kept:
        end.close()
