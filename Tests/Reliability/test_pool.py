"""Which account serves, and how a request outlives trouble upstream: the scheduler through the real programs."""

import concurrent.futures
import json
import signal
import socket
import time

import pytest

from harness.gateway import ADMIN, KEY
from harness.programs import wait_until
from harness.wire import Closed, events_of, request

QUOTA_RESET = 9442
MODEL = "claude-sonnet-4-5"


def refusal(code: int, *details: dict, message: str = "refused", **members) -> dict:
    """A script member pair: an error of Google's with these details."""
    error = {"code": code, "message": message, **members}
    if details:
        error["details"] = list(details)
    return {"status": code, "body": {"error": error}}


def error_info(reason: str, **metadata) -> dict:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}


def retry_info(delay: str) -> dict:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


QUOTA = refusal(429, error_info("QUOTA_EXHAUSTED", quotaResetDelay="2h37m22s"))
BARE = refusal(429, message="Resource has been exhausted (e.g. check quota).", status="RESOURCE_EXHAUSTED")
FORBIDDEN = refusal(403, message="The caller does not have permission")


def pool(launch, accounts: int = 2, **settings):
    """A gateway with one worker and `account0`, `account1`, ...; settings are those of `gateway.scheduling`."""
    environment = {f"ANTIGRAVITY_GATEWAY_SCHEDULING_{name.upper()}": str(value) for name, value in settings.items()}
    return launch(workers=1, accounts=accounts, environment=environment)


def again(launch, gateway):
    """Another process on the same state."""
    return launch(workers=1, accounts=0, environment={"ANTIGRAVITY_DATA_DIR": str(gateway.data)})


def talk(gateway, text: str = "hello", model: str = MODEL, session: str | None = None, key: str = KEY, **members):
    body = {"model": model, "messages": [{"role": "user", "content": text}], **members}
    return gateway.ai("POST", "/v1/chat/completions", body, key, {"X-Session-ID": session} if session else None)


def generations(sandbox) -> list[str]:
    """Who was asked for an answer, in order."""
    return [call["account"] for call in sandbox.calls["calls"] if call["method"].endswith("enerateContent")]


def accounts(gateway) -> dict[str, dict]:
    listed = gateway.admin("GET", "/api/accounts").json["accounts"]
    return {account["email"].split("@")[0]: account for account in listed}


def locks(gateway, account: str) -> dict[str, dict]:
    return {lock["model"]: lock for lock in accounts(gateway)[account]["locks"]}


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
