"""Outages, deaths and waiting while the pool is at work: what must neither be lost nor be taken out on anybody."""

import concurrent.futures
import itertools
import sqlite3
import threading
import time

import pytest

from conftest import size
from harness.pool import (BARE, QUOTA, accounts, again, error_info, generations, locks, pool, refusal,
                          retry_info, stream_of, switch_off, talk, waiting)
from harness.programs import wait_until
from harness.wire import events_of

# A share of the full measure, which is a minute.
OUTAGE_SECONDS = size("OUTAGE_SECONDS", 6)
RATE = 50
PAGE = "https://accounts.google.com/signin/continue?sandbox=1"
VALIDATION = refusal(403, error_info("VALIDATION_REQUIRED", validation_url=PAGE))
# Ways in which an upstream can be down: it answers nothing but errors, or not at all.
OUTAGES = {"errors": refusal(503, message="The service is unavailable."), "silence": {"drop": True}}


def attempts(sandbox, since: int) -> int:
    """Attempts that have reached the upstream since the call of that number."""
    found = sandbox.calls
    others = [call for call in found["calls"] if call["number"] > since and not call["method"].endswith("enerateContent")]
    return found["received"] - since - len(others)


def at_a_rate(ask, seconds: float, rate: int = RATE) -> list:
    """Calls `ask(number)` so often a second, each call by itself; what the calls gave, in order."""
    with concurrent.futures.ThreadPoolExecutor(64) as threads:
        began, answers = time.monotonic(), []
        for number in range(int(seconds * rate)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            answers.append(threads.submit(ask, number))
        return [answer.result() for answer in answers]


# The upstream is down


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_neither_multiplies_attempts_nor_costs_an_account(launch, sandbox, outage):
    gateway = pool(launch, 4)
    sandbox.script(OUTAGES[outage])
    before = sandbox.calls["received"]
    answers = at_a_rate(lambda number: talk(gateway, f"during {number}", session=f"s{number}"), OUTAGE_SECONDS)
    made = attempts(sandbox, since=before)
    print(f"{outage}: {made} attempts for {len(answers)} requests in {OUTAGE_SECONDS} s")
    # The budget: ten retries at first, and one for each five requests.
    assert len(answers) <= made <= len(answers) * 1.2 + 10
    assert {answer.status for answer in answers} <= {502, 503}
    found = accounts(gateway)
    assert all(account["state"] == "ACTIVE" and not account["disabled"] for account in found.values())
    kinds = [lock["reason"].split(":")[0] for account in found.values() for lock in account["locks"]]
    # An account whose errors come in a row rests for a moment, never more than half of the pool; silence is nobody's.
    assert len(kinds) <= (2 if outage == "errors" else 0) and set(kinds) <= {"cooling", "probing"}, found
    # The upstream is back: the next request is served, by one attempt.
    sandbox.reset()
    assert talk(gateway, "after").status == 200
    assert len(generations(sandbox)) == 1
    assert [talk(gateway, f"after {number}").status for number in range(8)] == [200] * 8


def test_a_thousand_requests_to_a_dead_upstream_make_few_more_attempts(launch, sandbox):
    gateway = pool(launch, 2)
    sandbox.script(OUTAGES["errors"])
    before = sandbox.calls["received"]
    with concurrent.futures.ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda number: talk(gateway, f"number {number}").status, range(1000)))
    made = attempts(sandbox, since=before)
    print(f"{made} attempts for {len(answers)} requests")
    assert 1000 <= made <= 1210 and set(answers) <= {502, 503}


def test_a_poisoned_request_that_is_repeated_leaves_everybody_else_alone(launch, sandbox):
    gateway = pool(launch, 5)
    sandbox.script({"contains": "unwelcome", **BARE})
    stop, refused = threading.Event(), []

    def repeat():
        while not stop.is_set():
            refused.append(talk(gateway, "the unwelcome one").status)
            stop.wait(0.1)

    poisoner = threading.Thread(target=repeat)
    poisoner.start()
    try:
        wait_until(lambda: refused, 10, "the first refusal")
        before = sandbox.calls["received"]
        answers = at_a_rate(lambda number: talk(gateway, f"welcome {number}").status, OUTAGE_SECONDS)
    finally:
        stop.set()
        poisoner.join()
    of_others = len(answers)
    of_the_poisoned = attempts(sandbox, since=before) - of_others
    print(f"{len(refused)} times refused by {3 + of_the_poisoned} attempts; {of_others} others, all served at once")
    assert answers == [200] * of_others, "everybody else is served"
    assert set(refused) == {429} and len(refused) > OUTAGE_SECONDS
    # Three accounts are asked, then the body is refused here for 15, 30, 60 s.
    assert of_the_poisoned <= 3 * (OUTAGE_SECONDS // 15), "nobody's request was tried twice"
    found = accounts(gateway).values()
    assert {lock["reason"].split(":")[0] for account in found for lock in account["locks"]} <= {"held"}


# Deaths amid traffic


class Traffic:
    """Conversations that go on from several threads until the block ends; failed requests are counted, not judged."""

    def __init__(self, gateway, conversations: int = 12):
        self.gateway = gateway
        self.served = self.failed = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._converse, args=(n,)) for n in range(conversations)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _converse(self, number: int):
        turn = 0
        while not self._stop.is_set():
            turn += 1
            try:
                is_served = talk(self.gateway, f"talk {number} turn {turn}", session=f"s{number}").status == 200
            except Exception:  # noqa: BLE001 - a connection may be cut while processes are killed
                is_served = False
            with self._lock:
                self.served += is_served
                self.failed += not is_served
            self._stop.wait(0.0 if is_served else 0.05)


def home(gateway, sandbox, conversations: int = 12) -> list[str]:
    """The account of each conversation, found by one request each."""
    before = len(generations(sandbox))
    for number in range(conversations):
        assert talk(gateway, f"where is {number}", session=f"s{number}").status == 200
    return generations(sandbox)[before:]


def tokens(sandbox) -> int:
    return [call["method"] for call in sandbox.calls["calls"]].count("token")


def ask_until(condition, gateway, seconds: float = 20, **members):
    """Begins one conversation after the other, so that each account has its turn, until the condition holds."""
    numbers = itertools.count()

    def ask() -> bool:
        assert talk(gateway, f"conversation {next(numbers)}", **members).status == 200
        return condition()

    wait_until(ask, seconds, "what another conversation brings")


def settled(launch, sandbox, workers: int):
    """A pool with conversations, and a quota of account0 that is used up."""
    gateway = pool(launch, 4, workers=workers, max_inflight_per_account=8)
    sandbox.script({"account": "account0", "model": "gemini-3-flash", **QUOTA})
    ask_until(lambda: locks(gateway, "account0"), gateway, model="gemini-3-flash")
    sandbox.reset()
    sandbox.script({"contains": "talk", "text": ["word"], "delay_ms": 60})
    return gateway, locks(gateway, "account0")["flash"]["until"], home(gateway, sandbox)


def assert_all_slots_are_free(gateway, sandbox):
    """Eight of each account at once, no more and no fewer; account by account."""
    wait_until(lambda: gateway.status["scheduling"]["leases"] == 0, 10, "the end of all leases")
    sandbox.script({"contains": "slot", "text": ["x"], "delay_ms": 1500})
    with concurrent.futures.ThreadPoolExecutor(36) as threads:
        answers = [threads.submit(talk, gateway, f"slot {number}") for number in range(36)]
        wait_until(lambda: gateway.status["scheduling"]["leases"] == 32 and waiting(gateway) == 4, 10, "32 slots taken")
        assert [answer.result().status for answer in answers] == [200] * 36


def test_killing_workers_amid_traffic_loses_no_lock_no_conversation_no_token_and_no_slot(launch, sandbox):
    gateway, until, homes = settled(launch, sandbox, workers=2)
    refreshes = tokens(sandbox)
    with Traffic(gateway) as traffic:
        for _ in range(size("POOL_KILLS", 4)):
            # A worker that dies within a second is started again after a pause that grows: not what is tested here.
            time.sleep(1.2)
            victim = gateway.wait_ready(2, seconds=30)[0]
            gateway.kill(victim)
            wait_until(lambda: victim not in gateway.ready_workers(), 5, "its death to be noticed")
    gateway.wait_ready(2, seconds=30)
    assert traffic.served > 10 * traffic.failed, (traffic.served, traffic.failed)
    assert abs(locks(gateway, "account0")["flash"]["until"] - until) <= 1 and set(locks(gateway, "account0")) == {"flash"}
    assert all(not locks(gateway, f"account{number}") for number in range(1, 4)), "no account is punished for a death"
    assert home(gateway, sandbox) == homes
    assert tokens(sandbox) == refreshes, "tokens outlive workers"
    assert_all_slots_are_free(gateway, sandbox)


def test_killing_the_supervisor_amid_traffic_loses_no_lock_no_conversation_and_no_token(launch, sandbox):
    gateway, until, homes = settled(launch, sandbox, workers=2)
    refreshes = tokens(sandbox)
    with Traffic(gateway):
        # Conversations are stored every five seconds.
        time.sleep(6)
        gateway.program.process.kill()
        gateway.program.wait(10)
    other = again(launch, gateway)
    assert abs(locks(other, "account0")["flash"]["until"] - until) <= 2
    assert all(not locks(other, f"account{number}") for number in range(1, 4))
    assert home(other, sandbox) == homes
    assert tokens(sandbox) == refreshes, "the stored tokens serve on"
    assert talk(other, model="gemini-3-flash").status == 200 and generations(sandbox)[-1] != "account0"
    other.end()
    last = launch(workers=1, accounts=0, environment={
        "ANTIGRAVITY_DATA_DIR": str(gateway.data), "ANTIGRAVITY_GATEWAY_SCHEDULING_MAX_INFLIGHT_PER_ACCOUNT": "8"})
    assert_all_slots_are_free(last, sandbox)


# Waiting


def test_in_cache_first_a_conversation_waits_for_its_own_account_under_signs_of_life(launch, sandbox):
    gateway = pool(launch, 2, heartbeat_first_seconds=1, heartbeat_seconds=1)
    patch = {"proxy": {"scheduling": {"mode": "CacheFirst", "max_wait_seconds": 60}}}
    assert gateway.admin("PATCH", "/api/config", patch).status == 200
    with gateway.connect() as connection:
        stream_of(connection, "first turn", session="s")
        assert connection.answer().status == 200
    (bound,) = generations(sandbox)
    limit = refusal(429, error_info("RATE_LIMIT_EXCEEDED"), retry_info("5s"))
    sandbox.script({"account": bound, "times": 1, **limit})
    began = time.monotonic()
    with gateway.connect() as connection:
        stream_of(connection, "second turn", session="s")
        wait_until(lambda: waiting(gateway) == 1, 5, "the conversation to wait")
        answer = connection.answer()
    assert 5 <= time.monotonic() - began < 10
    assert generations(sandbox) == [bound] * 3, "the other account is free, and not asked"
    beginning = answer.body[:answer.body.index(b"event: message_start")]
    assert beginning.count(b"\n:") + beginning.startswith(b":") >= 3, answer.body
    names = [event.name for event in answer.events]
    assert names.count("message_start") == 1 and names[-1] == "message_stop" and "error" not in names


@pytest.mark.parametrize("fails", [False, True])
def test_a_silent_upstream_gets_signs_of_life_and_may_still_be_left_for_another_account(launch, sandbox, fails):
    gateway = pool(launch, 2, heartbeat_first_seconds=1, heartbeat_seconds=1)
    ending = {"events": [], "end": "clean"} if fails else {"text": ["at ", "last"]}
    sandbox.script({"times": 1, "delay_ms": 3500, **ending}, {"text": ["from the other"]})
    with gateway.connect() as connection:
        stream_of(connection, "hello")
        head = connection.head()
        assert head.status == 200 and sandbox.calls["open"] == 1, "the head leaves while the upstream is silent"
        text = b""
        while data := connection.chunk():
            text += data
    beginning = text[:text.index(b"event: message_start")].decode()
    assert beginning.count(":") >= 2 and all(not line or line.startswith(":") for line in beginning.splitlines()), text
    names = [event.name for event in events_of(text)]
    assert names.count("message_start") == 1 and names[-1] == "message_stop" and "error" not in names
    assert len(set(generations(sandbox))) == (2 if fails else 1)
    assert (b"from the other" in text) == fails


def test_waiters_of_two_api_keys_are_served_in_turn(launch, sandbox):
    """A key that is replaced while its requests wait leaves two keys in the line."""
    gateway = launch(workers=1, accounts=1, environment={
        "ANTIGRAVITY_API_KEY": "", "ANTIGRAVITY_GATEWAY_SCHEDULING_MAX_INFLIGHT_PER_ACCOUNT": "1",
        "ANTIGRAVITY_GATEWAY_SCHEDULING_PARK_MAX_SECONDS": "30"})
    first = gateway.admin("GET", "/api/config").json["proxy"]["api_key"]
    sandbox.script({"contains": "holds", "text": ["x"], "delay_ms": 2500}, {"contains": "in line", "text": ["x"], "delay_ms": 100})
    other = "sk-test-another-key-0123456789"
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        answers = [threads.submit(talk, gateway, "holds the slot", key=first)]
        wait_until(lambda: sandbox.calls["open"] == 1, 5, "the slot to be taken")
        for number in range(6):
            answers.append(threads.submit(talk, gateway, f"first in line {number}", key=first))
            wait_until(lambda: waiting(gateway) == number + 1, 5, "a waiter")
        patch = {"proxy": {"api_key": other}}
        assert gateway.admin("PATCH", "/api/config", patch).status == 200
        for number in range(3):
            answers.append(threads.submit(talk, gateway, f"second in line {number}", key=other))
            wait_until(lambda: waiting(gateway) == 7 + number, 5, "another waiter")
        assert [answer.result().status for answer in answers] == [200] * 10
    texts = [str(body) for body in sandbox.bodies("streamGenerateContent")]
    order = "".join("a" if "first in line" in text else "b" for text in texts if "in line" in text)
    assert order in ("abababaaa", "bababaaaa"), order


# Accounts that come back


def test_a_dead_refresh_token_is_tried_once_more_and_may_prove_alive(launch, sandbox):
    """After a minute, by itself."""
    gateway = pool(launch, 3)
    dead = {"method": "token", "status": 400, "body": {"error": "invalid_grant"}}
    sandbox.script({"account": "account0", "times": 1, **dead}, {"account": "account1", **dead})
    for name in ("account0", "account1"):
        sandbox.expire_tokens(name)
    ask_until(lambda: all(accounts(gateway)[name]["disabled"] for name in ("account0", "account1")), gateway)
    began = time.monotonic()
    tried = tokens(sandbox)
    wait_until(lambda: not accounts(gateway)["account0"]["disabled"], 75, "the good refresh", every=0.5)
    assert time.monotonic() - began > 50
    found = accounts(gateway)
    assert found["account0"]["state"] == "ACTIVE" and found["account0"]["disabled_reason"] in (None, "")
    wait_until(lambda: tokens(sandbox) >= tried + 2, 15, "the other refresh")
    time.sleep(1)
    assert accounts(gateway)["account1"]["disabled"] and tokens(sandbox) == tried + 2, "one more try each"


def test_an_account_whose_owner_has_confirmed_comes_back_by_a_probe(launch, sandbox):
    """The time of the block passes while the service is away; no client's request is the probe."""
    gateway = pool(launch, 2)
    sandbox.script({"account": "account0", **VALIDATION}, {"account": "account0", "method": "fetchAvailableModels", **VALIDATION})
    ask_until(lambda: accounts(gateway)["account0"]["state"] == "VALIDATION", gateway)
    first = accounts(gateway)["account0"]["state_until"] - time.time()
    gateway = let_pass(launch, gateway)
    found = wait_until(lambda: (a := accounts(gateway)["account0"])["state_until"] > time.time() + 60 and a, 10, "the probe")
    assert found["state"] == "VALIDATION" and found["validation_url"] == PAGE
    assert found["state_until"] - time.time() > 3 * first, "a probe that is refused again: the next step"
    sandbox.reset()
    gateway = let_pass(launch, gateway)
    wait_until(lambda: accounts(gateway)["account0"]["state"] == "ACTIVE", 10, "the account to be back")
    assert generations(sandbox) == []
    switch_off(gateway, "account1")
    assert talk(gateway).status == 200 and generations(sandbox) == ["account0"]


def let_pass(launch, gateway):
    """Stops the service and starts it when the states of its accounts have ended."""
    assert gateway.stop() == 0
    with sqlite3.connect(gateway.data / "telemetry.db") as telemetry:
        telemetry.execute("UPDATE account_states SET until = until - 90000000, probe_at = probe_at - 90000000")
    next_one = again(launch, gateway)
    next_one.data = gateway.data
    return next_one
