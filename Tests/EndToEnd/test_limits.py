"""Time limits and caps, made short by settings: what is slow, silent or too much ends, and nobody else notices."""

import contextlib
import select
import time

import pytest

from harness import procfs
from harness.gateway import ADMIN, KEY
from harness.programs import wait_until
from harness.wire import Closed, Connection, request

MIB = 1 << 20

SHORT = {
    "ANTIGRAVITY_GATEWAY_HTTP_HEAD_TIMEOUT": "1",
    "ANTIGRAVITY_GATEWAY_HTTP_BODY_TIMEOUT": "1",
    "ANTIGRAVITY_GATEWAY_HTTP_IDLE_TIMEOUT": "2",
    "ANTIGRAVITY_GATEWAY_HTTP_WRITE_TIMEOUT": "1",
    "ANTIGRAVITY_GATEWAY_HTTP_REQUESTS_PER_CONNECTION_MAX": "5",
    "ANTIGRAVITY_GATEWAY_HTTP_CONNECTIONS_MAX": "48",
    "ANTIGRAVITY_GATEWAY_SCHEDULING_FIRST_CONTENT_TIMEOUT": "3",
    "ANTIGRAVITY_GATEWAY_SCHEDULING_FIRST_CONTENT_TIMEOUT_THINKING": "3",
}
FACES = {"ai": ("/v1/models", "/v1/chat/completions", KEY), "admin": ("/api/proxy/status", "/api/accounts", ADMIN)}


@pytest.fixture
def short(launch):
    return launch(workers=2, environment=SHORT)


def key(secret: str) -> dict:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("start", [b"", b"GET", b"GET /v1/models HTTP/1.1\r\n", b"GET /api/config HTTP/1.1\r\nHost: a\r\n"])
def test_a_head_that_does_not_come_ends(short, start):
    """A silent connection is closed without a word; a begun head may be answered with 408."""
    with short.connect() as connection:
        connection.send(start)
        began = time.monotonic()
        try:
            answer = connection.answer(seconds=6)
            assert start and answer.status == 408, answer
        except Closed:
            pass
        connection.expect_end()
        assert 0.8 < time.monotonic() - began < 4


def test_a_head_that_drips_has_no_more_time(short):
    """Each byte in time, the whole too late: the deadline is the head's, not the byte's."""
    with short.connect() as connection:
        began = time.monotonic()
        with pytest.raises((BrokenPipeError, ConnectionResetError, Closed, AssertionError)):
            for byte in request("GET", "/v1/models", key(KEY)):
                connection.send(bytes([byte]))
                time.sleep(0.1)
                assert not connection_has_ended(connection)
        assert time.monotonic() - began < 3


def connection_has_ended(connection) -> bool:
    try:
        connection.answer(seconds=0.01)
    except TimeoutError:
        return False
    except (Closed, ConnectionResetError):
        return True
    return True


@pytest.mark.parametrize("face", FACES)
def test_a_body_that_stands_still_ends(short, face):
    _, path, secret = FACES[face]
    with short.connect() as connection:
        connection.send(request("POST", path, key(secret), b"x" * 100)[:-50])
        began = time.monotonic()
        answer = connection.answer(seconds=6)
        assert answer.status == 408, answer
        assert "error" in answer.json
        connection.expect_end()
        assert 0.8 < time.monotonic() - began < 4


def test_a_body_that_moves_has_all_the_time_it_needs(short, sandbox):
    sandbox.script({"text": ["fine"]})
    body = b'{"model":"gemini-3-flash","messages":[{"role":"user","content":"hi"}]}'
    whole = request("POST", "/v1/chat/completions", key(KEY), body)
    head, rest = whole[:-len(body)], whole[-len(body):]
    with short.connect() as connection:
        connection.send(head)
        for start in range(0, len(rest), 10):
            time.sleep(0.4)
            connection.send(rest[start:start + 10])
        assert connection.answer().status == 200


def test_events_that_do_not_come_whole_hold_nothing(launch):
    """They need no token and are thrown away, so they are not kept until then either."""
    gateway = launch(workers=1, accounts=0)
    before = procfs.resident_bytes(gateway.program.pid)
    connections = [gateway.connect() for _ in range(80)]
    for connection in connections:
        connection.send(request("POST", "/api/event_logging/batch", {}, b"x" * MIB)[:-1])
    assert gateway.admin("GET", "/api/health", token=None).status == 200
    assert procfs.resident_bytes(gateway.program.pid) - before < 24 * MIB
    for connection in connections:
        connection.send(b"x" + request("GET", "/api/health"))
        assert (connection.answer().status, connection.answer().status) == (200, 200)


def test_events_that_drip_have_no_more_time(short):
    with short.connect() as connection:
        connection.send(request("POST", "/v1/api/event_logging", {}, b"x" * 1000)[:-900])
        began = time.monotonic()
        while not select.select([connection.socket], [], [], 0.1)[0]:
            connection.send(b"x")
            assert time.monotonic() - began < 4
        assert connection.answer().status == 408
        connection.expect_end()
        assert time.monotonic() - began > 0.8


def test_a_body_without_the_token_is_not_waited_for(gateway):
    with gateway.connect() as connection:
        connection.send(request("POST", "/api/accounts", {}, b"x" * MIB)[:-MIB])
        began = time.monotonic()
        assert connection.answer().status == 401
        connection.expect_end()
        assert time.monotonic() - began < 3


def send_chunks(connection: Connection, count: int) -> bool:
    """The head and so many MiB of a chunked body without its end. False if the gateway answers meanwhile."""
    fields = {**key(KEY), "Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.send(request("POST", "/v1/chat/completions", fields))
        for _ in range(count):
            connection.send(b"100000\r\n" + b"x" * MIB + b"\r\n")
            if select.select([connection.socket], [], [], 0)[0]:
                return False
    return not select.select([connection.socket], [], [], 0.2)[0]


def test_chunked_bodies_that_grow_share_the_room_for_bodies(launch):
    """256 MiB of a worker: who comes too late is told to try again, and what is given up makes room."""
    gateway = launch(workers=1)
    worker = gateway.ready_workers()[0]
    before = procfs.resident_bytes(worker)
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(gateway.connect(30)) for _ in range(6)]
        taken = [send_chunks(connection, 60) for connection in connections]
        assert taken == [True] * 4 + [False] * 2
        assert procfs.resident_bytes(worker) - before < 400 * MIB
        for connection in connections[4:]:
            answer = connection.answer()
            assert (answer.status, answer.field("Retry-After")) == (503, "1"), answer
            assert answer.json["error"]["code"] == "gateway_busy"
    # Answered or gone, nobody holds room any more.
    with gateway.connect(30) as connection:
        wait_until(
            lambda: b"antigravity_requests_open 0\n" in gateway.admin("GET", "/metrics").body, 5, "the others' end")
        assert send_chunks(connection, 90)
        connection.send(b"0\r\n\r\n")
        assert connection.answer().status == 400
    assert gateway.ready_workers() == [worker]


def test_a_body_that_no_worker_has_room_for_is_too_large(launch):
    gateway = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_MAX_BODY_SIZE": str(400 * MIB)})
    for size, status in [(257 * MIB, 413), (401 * MIB, 413)]:
        with gateway.connect() as connection:
            connection.send(request("POST", "/v1/chat/completions", {**key(KEY), "Content-Length": str(size)}))
            assert connection.answer().status == status


@pytest.mark.parametrize("face", FACES)
def test_an_idle_connection_ends_without_a_byte(short, face):
    path, _, secret = FACES[face]
    with short.connect() as connection:
        assert connection.ask("GET", path, key(secret)).status == 200
        began = time.monotonic()
        connection.expect_end(seconds=6)
        assert 1.8 < time.monotonic() - began < 3


@pytest.mark.parametrize("face", FACES)
def test_the_last_request_of_a_connection_says_so(short, face):
    path, _, secret = FACES[face]
    with short.connect() as connection:
        for number in range(5):
            answer = connection.ask("GET", path, key(secret))
            assert answer.status == 200
            assert (answer.field("Connection") == "close") == (number == 4), (number, answer.fields)
        connection.expect_end()


def test_a_client_that_takes_no_byte_is_given_up(short, sandbox):
    """And with it the upstream call."""
    sandbox.script({"text": ["x" * 10_000], "repeat": 20_000})
    with short.connect(30) as connection:
        body = {"model": "gemini-3-flash", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
        connection.send(request("POST", "/v1/chat/completions", key(KEY), body))
        wait_until(lambda: sandbox.calls["open"] == 1, 5, "the upstream call")
        wait_until(lambda: sandbox.calls["open"] == 0, 8, "the upstream call to be given up")
    assert short.ai("GET", "/v1/models").status == 200


def test_at_the_cap_the_longest_idle_connection_makes_room(short):
    connections = [short.connect() for _ in range(40)]
    for number, connection in enumerate(connections):
        assert connection.ask("GET", f"/v1/models?n={number}", key(KEY)).status == 200
    more = []
    for number in range(20):
        more.append(short.connect())
        assert more[-1].ask("GET", f"/v1/models?m={number}", key(KEY)).status == 200, number
    # Idle for longest: the first one went, the last one stays.
    connections[0].expect_end(seconds=1)
    assert more[-1].ask("GET", "/v1/models?again", key(KEY)).status == 200


def test_at_the_cap_it_counts_how_long_a_connection_is_idle_not_how_old_it_is(launch):
    """The workers tell: the first twenty connections have asked again, so the next twenty go before them."""
    gateway = launch(workers=2, environment={"ANTIGRAVITY_GATEWAY_HTTP_CONNECTIONS_MAX": "48"})

    def ask(connection):
        assert connection.ask("GET", "/v1/models", key(KEY)).status == 200

    connections = [gateway.connect() for _ in range(40)]
    for connection in connections + connections[:20]:
        ask(connection)
    for _ in range(9):
        connections.append(gateway.connect())
        ask(connections[-1])
    # Half of them go at once: those twenty, and of the first ones the few that asked first.
    for connection in connections[20:40]:
        connection.expect_end(seconds=1)
    for connection in connections[8:20] + connections[40:]:
        ask(connection)


def test_slow_clients_take_nothing_from_others(short):
    """Forty heads that never come; everybody else is served at once."""
    slow = [short.connect() for _ in range(40)]
    for connection in slow:
        connection.send(b"GET /v1/models HTTP/1.1\r\nHost: a\r\nX-Slow: ")
    for number in range(20):
        began = time.monotonic()
        assert short.ai("GET", f"/v1/models?n={number}").status == 200
        assert time.monotonic() - began < 1
    for connection in slow:
        connection.close()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_upstream_without_content_times_out(short, sandbox, stream):
    sandbox.script({"delay_ms": 30_000, "text": ["late"]})
    began = time.monotonic()
    answer = short.chat("hi", stream=stream)
    assert (answer.status, answer.json["error"]["code"]) == (504, "upstream_timeout"), answer
    assert 2 < time.monotonic() - began < 12
    wait_until(lambda: sandbox.calls["open"] == 0, 3, "the upstream call to be cancelled")


def test_a_stream_that_waits_is_kept_alive_with_comments(launch, sandbox):
    gateway = launch(workers=1, environment={
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_FIRST_SECONDS": "1",
        "ANTIGRAVITY_GATEWAY_SCHEDULING_HEARTBEAT_SECONDS": "1"})
    sandbox.script({"delay_ms": 3500, "text": ["late"]})
    answer = gateway.chat("hi", stream=True)
    assert answer.status == 200
    assert answer.body.count(b": ping\n\n") >= 2, answer.body
    assert answer.events[-1].data == "[DONE]" and "late" in answer.body.decode()
