"""Which account serves, and how a request outlives trouble upstream: the scheduler through the real programs."""

import concurrent.futures
import signal
import time

import pytest

from harness.gateway import KEY
from harness.metrics import parse
from harness.pool import (BARE, FORBIDDEN, MODEL, QUOTA, QUOTA_RESET, accounts, again, error_info, generations, locks,
                          messages, pool, refusal, retry_info, stream_of, switch_off, talk, waiting)
from harness.programs import wait_until
from harness.wire import events_of, request

# Over a restart


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_learnt_of_accounts_survives_the_process(launch, sandbox, end):
    gateway = pool(launch, 3)
    page = "https://accounts.google.com/signin/continue?sandbox=1"
    sandbox.script({"account": "account0", **refusal(429, error_info("QUOTA_EXHAUSTED", quotaResetDelay="3h"))},
                   {"account": "account1", **refusal(403, error_info("VALIDATION_REQUIRED", validation_url=page))},
                   {"account": "account2", **FORBIDDEN})
    assert talk(gateway).status == 429
    before = accounts(gateway)
    assert [before[f"account{n}"]["state"] for n in range(3)] == ["ACTIVE", "VALIDATION", "FORBIDDEN"], before
    until = locks(gateway, "account0")["claude"]["until"]
    assert abs(until - time.time() - 3 * 3600) < 15
    if end == signal.SIGKILL:
        time.sleep(1.5)
    gateway.program.send(end)
    gateway.program.wait(30)
    other = again(launch, gateway)
    after = accounts(other)
    assert abs(locks(other, "account0")["claude"]["until"] - until) <= 2
    for name in ("account1", "account2"):
        for member in ("state", "state_reason", "validation_url"):
            assert after[name][member] == before[name][member], (name, member)
        assert abs(after[name]["state_until"] - before[name]["state_until"]) <= 2
    sandbox.reset()
    answer = talk(other)
    assert answer.status == 429 and generations(sandbox) == [], "a restart must not try a locked account"
    assert talk(other, model="gemini-3-flash").status == 200, "another quota of the locked account serves"
    assert set(generations(sandbox)) == {"account0"}


def test_a_lock_cleared_right_after_a_start_does_not_come_back(launch, sandbox):
    gateway = pool(launch, 1)
    sandbox.script({"account": "account0", **refusal(429, error_info("QUOTA_EXHAUSTED", quotaResetDelay="3h"))})
    assert talk(gateway).status == 429 and locks(gateway, "account0")
    gateway.program.send(signal.SIGTERM)
    gateway.program.wait(30)
    sandbox.reset()
    other = again(launch, gateway)
    assert other.admin("POST", "/api/accounts/limits/clear", {}).status == 200
    assert talk(other).status == 200 and not locks(other, "account0")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_conversations_keep_their_account_over_the_process(launch, sandbox, end):
    gateway = pool(launch, 4)
    for number in range(8):
        assert talk(gateway, session=f"s{number}").status == 200
    served = generations(sandbox)
    assert len(set(served)) > 1
    if end == signal.SIGKILL:
        time.sleep(6)
    gateway.program.send(end)
    gateway.program.wait(30)
    other = again(launch, gateway)
    sandbox.reset()
    for number in range(8):
        assert talk(other, session=f"s{number}").status == 200
    assert generations(sandbox) == served


# Limits

LOCK_SPREAD = 0.25 + 1
"""Seconds that a lock's shown end may lie behind the stated one: a quarter at random, and rounding up to whole ones."""


def test_a_used_up_quota_locks_one_quota_of_one_account(launch, sandbox):
    """And the same request is served by another account."""
    gateway = pool(launch)
    sandbox.script({"account": "account0", "model": MODEL, **QUOTA})
    wait_until(lambda: talk(gateway).status == 200 and "account0" in generations(sandbox), 10, "account0 to be asked")
    left = locks(gateway, "account0")["claude"]["until"] - time.time()
    assert QUOTA_RESET - 20 < left <= QUOTA_RESET + LOCK_SPREAD, left
    assert locks(gateway, "account1") == {}
    before = len(generations(sandbox))
    for number in range(4):
        assert talk(gateway, f"claude {number}").status == 200
    assert set(generations(sandbox)[before:]) == {"account1"}
    switch_off(gateway, "account1")
    assert talk(gateway, "flash", model="gemini-3-flash").status == 200
    assert generations(sandbox)[-1] == "account0", "its other quota serves at once"
    answer = talk(gateway, "claude again")
    assert answer.status == 429 and answer.field("x-should-retry") == "false"


def test_a_short_limit_of_a_lone_account_is_waited_out_once(launch, sandbox):
    gateway = pool(launch, 1)
    sandbox.script({"times": 1, **refusal(429, error_info("RATE_LIMIT_EXCEEDED"), retry_info("1.2s"))})
    began = time.monotonic()
    assert talk(gateway).status == 200
    assert 1.3 <= time.monotonic() - began < 4
    assert generations(sandbox) == ["account0", "account0"]


def test_a_body_that_three_accounts_refuse_is_the_suspect(launch, sandbox):
    gateway = pool(launch, 7)
    sandbox.script({"contains": "unwelcome", **BARE})
    answer = talk(gateway, "unwelcome one")
    assert answer.status == 429 and answer.json["error"]["code"] == "upstream_request_rejected", answer
    assert len(set(generations(sandbox))) == 3 and len(generations(sandbox)) == 3
    # Everybody else is served in the same second, by the same accounts too.
    assert [talk(gateway, f"number {number}").status for number in range(12)] == [200] * 12
    assert all(account["locks"] == [] or {lock["reason"] for lock in account["locks"]} == {"held: bare_refusal"}
               for account in accounts(gateway).values())
    before = len(generations(sandbox))
    answer = talk(gateway, "unwelcome one")
    assert answer.status == 429 and int(answer.field("Retry-After")) >= 1
    assert len(generations(sandbox)) == before, "the same body is refused without asking"
    assert talk(gateway, "welcome").status == 200


def test_when_all_are_locked_the_client_hears_the_shortest_time(launch, sandbox):
    gateway = pool(launch)
    for account, delay in (("account0", "90s"), ("account1", "200s")):
        sandbox.script({"account": account, **refusal(429, error_info("RATE_LIMIT_EXCEEDED"), retry_info(delay))})
    answer = talk(gateway)
    assert answer.status == 429 and 85 <= int(answer.field("Retry-After")) <= 91, answer
    assert answer.field("x-should-retry") is None
    sandbox.reset()
    answer = talk(gateway, "another")
    assert answer.status == 429 and 80 <= int(answer.field("Retry-After")) <= 91 and generations(sandbox) == []


def test_a_long_wait_tells_clients_not_to_repeat(launch, sandbox):
    gateway = pool(launch, 1)
    sandbox.script(refusal(429, error_info("RATE_LIMIT_EXCEEDED"), retry_info("130s")))
    answer = talk(gateway)
    assert answer.status == 429 and int(answer.field("Retry-After")) > 120 and answer.field("x-should-retry") == "false"


# Accounts


def test_a_refused_token_is_refreshed_once_for_the_same_account(launch, sandbox):
    gateway = pool(launch)
    sandbox.script({"times": 1, **refusal(401, status="UNAUTHENTICATED")})
    tokens = [call["method"] for call in sandbox.calls["calls"]].count("token")
    assert talk(gateway).status == 200
    served = generations(sandbox)
    assert len(served) == 2 and served[0] == served[1]
    assert [call["method"] for call in sandbox.calls["calls"]].count("token") == tokens + 1


def test_a_token_refused_again_moves_on_and_the_account_rests(launch, sandbox):
    gateway = pool(launch)
    sandbox.script({"account": "account0", **refusal(401, status="UNAUTHENTICATED")})
    wait_until(lambda: talk(gateway).status == 200 and "account0" in generations(sandbox), 10, "account0 to be asked")
    found = accounts(gateway)["account0"]
    assert found["state"] == "AUTH_FAILED" and 200 < found["state_until"] - time.time() < 400
    assert found["disabled"] is False and accounts(gateway)["account1"]["state"] == "ACTIVE"


def test_fifty_requests_on_an_expired_token_cause_one_refresh(launch, sandbox):
    gateway = pool(launch, 1)
    sandbox.expire_tokens("account0")
    before = [call["method"] for call in sandbox.calls["calls"]].count("token")
    with concurrent.futures.ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda number: talk(gateway, f"number {number}").status, range(50)))
    assert set(answers) == {200}
    assert [call["method"] for call in sandbox.calls["calls"]].count("token") == before + 1


def test_a_dead_refresh_token_disables_its_account_and_another_serves(launch, sandbox):
    gateway = pool(launch)
    sandbox.expire_tokens("account0")
    sandbox.script({"method": "token", "status": 400, "body": {"error": "invalid_grant"}})
    wait_until(lambda: talk(gateway).status == 200 and accounts(gateway)["account0"]["disabled"], 10, "account0 to be out")
    found = accounts(gateway)
    assert found["account0"]["state"] == "NEEDS_REAUTH" and found["account0"]["disabled_reason"].startswith("invalid_grant")
    assert found["account1"]["state"] == "ACTIVE" and talk(gateway).status == 200


def test_an_owner_who_has_to_confirm_something_is_not_forbidden(launch, sandbox):
    gateway = pool(launch, 1)
    page = "https://accounts.google.com/signin/continue?sandbox=1"
    sandbox.script(refusal(403, error_info("VALIDATION_REQUIRED", validation_url=page)))
    assert talk(gateway).status == 503
    found = accounts(gateway)["account0"]
    assert (found["state"], found["validation_url"]) == ("VALIDATION", page)
    assert 400 < found["state_until"] - time.time() <= 730
    assert not (found["quota"] or {}).get("is_forbidden") and found["disabled"] is False


def test_an_account_out_for_good_says_so(launch, sandbox):
    gateway = pool(launch, 1)
    sandbox.script(refusal(403, message="This service has been disabled in this account for violation of Terms of Service."))
    assert talk(gateway).status == 503
    found = wait_until(lambda: (a := accounts(gateway)["account0"])["quota"]["is_forbidden"] and a, 5, "the mark")
    assert (found["state"], found["state_until"]) == ("FORBIDDEN", None) and "for good" in found["state_reason"]


def test_refused_accounts_are_never_the_clients_401_or_403(launch, sandbox):
    gateway = pool(launch, 3)
    sandbox.script(FORBIDDEN)
    answer = talk(gateway)
    assert answer.status == 503 and answer.field("x-should-retry") == "false", answer
    assert sorted(generations(sandbox)) == ["account0", "account1", "account2"]


def test_nine_dead_accounts_cost_one_request(launch, sandbox):
    gateway = pool(launch, 10)
    gateway.admin("PATCH", "/api/config", {"proxy": {"scheduling": {"mode": "PerformanceFirst"}}})
    for number in range(9):
        sandbox.script({"account": f"account{number}", **FORBIDDEN})
    assert talk(gateway, "first").status == 503
    assert generations(sandbox) == [f"account{number}" for number in range(9)]
    assert talk(gateway, "second").status == 200
    assert generations(sandbox)[9:] == ["account9"]


def test_the_preferred_account_serves_whenever_it_can(launch, sandbox):
    gateway = pool(launch)
    preferred = accounts(gateway)["account1"]["id"]
    assert gateway.admin("PATCH", "/api/config", {"proxy": {"preferred_account_id": preferred}}).status == 200
    assert [talk(gateway, f"{n}").status for n in range(4)] == [200] * 4 and set(generations(sandbox)) == {"account1"}
    sandbox.script({"account": "account1", "times": 1, **refusal(429, error_info("RATE_LIMIT_EXCEEDED"), retry_info("4s"))})
    assert talk(gateway, "limited").status == 200 and talk(gateway, "after").status == 200
    assert generations(sandbox)[-2:] == ["account0", "account0"]
    time.sleep(4.5)
    assert talk(gateway, "again").status == 200 and generations(sandbox)[-1] == "account1"
    assert gateway.admin("GET", "/api/config").json["proxy"]["preferred_account_id"] == preferred


# Streams


@pytest.mark.parametrize("end", ["cut", "reset", "clean"])
def test_a_stream_that_breaks_before_content_is_served_by_another_account(launch, sandbox, end):
    gateway = pool(launch)
    sandbox.script({"times": 1, "events": [], "end": end})
    answer = messages(gateway, "hello")
    names = [event.name for event in answer.events]
    assert names.count("message_start") == 1 and names[-1] == "message_stop" and "error" not in names
    assert len(generations(sandbox)) == 2 and (end != "clean" or len(set(generations(sandbox))) == 2)


@pytest.mark.parametrize("length", [1, 20_000])
def test_a_request_on_a_dead_connection_is_sent_again_under_another_id(launch, sandbox, length):
    gateway = pool(launch, 1)
    assert talk(gateway, "first").status == 200
    sandbox.script({"times": 1, "drop": True})
    assert talk(gateway, "word " * length).status == 200
    assert generations(sandbox) == ["account0"] * 3
    _, dropped, answered = sandbox.bodies("streamGenerateContent")
    assert dropped.pop("requestId") != answered.pop("requestId")
    assert dropped == answered and len(str(answered)) > 5 * length
    assert gateway.status["scheduling"]["leases"] == 0


def test_a_stream_that_breaks_after_content_ends_with_one_error(launch, sandbox):
    gateway = pool(launch)
    sandbox.script({"times": 1, "text": ["Hello "], "end": "cut"})
    names = [event.name for event in messages(gateway, "hello").events]
    assert names[0] == "message_start" and names[-1] == "error"
    assert names.count("error") == 1 and "message_stop" not in names
    assert len(generations(sandbox)) == 1, "no account begins anew what the client has seen half of"


def test_signs_of_life_go_on_while_a_stream_waits_for_an_account(launch, sandbox):
    gateway = pool(launch, 1, heartbeat_first_seconds=1, heartbeat_seconds=1, park_max_seconds=30)
    sandbox.script({"times": 1, **refusal(429, error_info("RATE_LIMIT_EXCEEDED"), retry_info("5s"))})
    assert talk(gateway, "first").status == 429, "whoever has had the account's refusal does not get it again"
    with gateway.connect() as connection, gateway.connect() as silent:
        stream_of(connection, "hello")
        wait_until(lambda: waiting(gateway) == 1, 5, "the stream to wait")
        body = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": "one piece"}]}
        silent.send(request("POST", "/v1/messages", {"Authorization": f"Bearer {KEY}"}, body))
        wait_until(lambda: waiting(gateway) == 2, 5, "the other one to wait")
        silent.expect_silence(2.5)
        assert connection.head().status == 200, "the head of a stream does not wait for an account"
        answer, text = silent.answer(), b""
        assert answer.status == 200
        while data := connection.chunk():
            text += data
    beginning = text[:text.index(b"event: message_start")].decode()
    assert beginning.count(":") >= 3, text
    assert all(not line or line.startswith(":") for line in beginning.splitlines()), text
    assert [event.name for event in events_of(text)][-1] == "message_stop"


def test_a_stream_outlives_the_disabling_of_its_account_and_the_next_request_goes_elsewhere(launch, sandbox):
    gateway = pool(launch)
    sandbox.script({"contains": "long", "times": 1, "text": ["a ", "b ", "c"], "pace_ms": 400})
    with gateway.connect() as connection:
        stream_of(connection, "long one", session="s")
        wait_until(lambda: sandbox.calls["open"] == 1, 5, "the upstream call")
        (serving,) = generations(sandbox)
        switch_off(gateway, serving)
        names = [event.name for event in connection.answer().events]
    assert names[-1] == "message_stop" and "error" not in names
    assert talk(gateway, "long one, next", session="s").status == 200
    assert len(generations(sandbox)) == 2 and generations(sandbox)[1] != serving


# Leaving


def test_whoever_leaves_frees_what_it_had(launch, sandbox):
    gateway = pool(launch, 1, max_inflight_per_account=1)
    sandbox.script({"contains": "slow", "text": ["late"], "delay_ms": 20_000})
    with gateway.connect() as first:
        stream_of(first, "slow")
        wait_until(lambda: sandbox.calls["open"] == 1, 5, "the upstream call")
        with gateway.connect() as second:
            stream_of(second, "parked")
            wait_until(lambda: waiting(gateway) == 1, 5, "the waiter")
        wait_until(lambda: waiting(gateway) == 0, 2, "the waiter to be gone")
        assert gateway.status["scheduling"]["leases"] == 1
    wait_until(lambda: sandbox.calls["open"] == 0, 2, "the upstream call to end")
    wait_until(lambda: gateway.status["scheduling"]["leases"] == 0, 2, "the slot")
    assert talk(gateway).status == 200 and accounts(gateway)["account0"]["locks"] == []
    assert len(generations(sandbox)) == 2, "neither was tried again"


def test_a_killed_worker_frees_its_leases_and_loses_nothing(launch, sandbox):
    gateway = pool(launch, 3, max_inflight_per_account=8)
    for number in range(6):
        assert talk(gateway, session=f"s{number}").status == 200
    served = generations(sandbox)
    sandbox.script({"account": "account0", "contains": "lock", **QUOTA}, {"contains": "slow", "text": ["x"], "delay_ms": 20_000})
    wait_until(lambda: talk(gateway, "lock", model="gemini-3-flash").status == 200 and locks(gateway, "account0"), 10, "a lock")
    connections = [gateway.connect() for _ in range(5)]
    for number, connection in enumerate(connections):
        stream_of(connection, f"slow {number}")
    wait_until(lambda: gateway.status["scheduling"]["leases"] == 5, 5, "five leases")
    (worker,) = gateway.ready_workers()
    gateway.kill(worker)
    wait_until(lambda: gateway.status["scheduling"]["leases"] == 0, 5, "the slots")
    ended = parse(gateway.admin("GET", "/metrics").body.decode())["antigravity_attempts_total"]
    assert ended["antigravity_attempts_total", (("class", "worker_lost"),)] == 5
    wait_until(lambda: gateway.ready_workers() not in ([], [worker]), 10, "another worker")
    assert "flash" in locks(gateway, "account0")
    before = len(generations(sandbox))
    for number in range(6):
        assert talk(gateway, session=f"s{number}").status == 200
    assert generations(sandbox)[before:] == served
    for connection in connections:
        connection.close()


def test_twelve_at_once_on_one_account_all_finish(launch, sandbox):
    gateway = pool(launch, 1, max_inflight_per_account=8)
    sandbox.script({"contains": "number", "text": ["done"], "delay_ms": 700})
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        answers = [threads.submit(talk, gateway, f"number {number}") for number in range(12)]
        wait_until(lambda: waiting(gateway) == 4 and gateway.status["scheduling"]["leases"] == 8, 5, "eight and four")
        assert [answer.result().status for answer in answers] == [200] * 12


def test_a_refused_signature_is_repaired_once(launch, sandbox):
    gateway = pool(launch, 1)
    broken = refusal(400, message="Corrupted thought signature.", status="INVALID_ARGUMENT")
    sandbox.script({"contains": "once", "times": 1, **broken}, {"contains": "always", **broken})
    assert talk(gateway, "once", model="gemini-3-pro-high").status == 200
    assert generations(sandbox) == ["account0", "account0"]
    assert talk(gateway, "always", model="gemini-3-pro-high").status == 400
    assert len(generations(sandbox)) == 4
