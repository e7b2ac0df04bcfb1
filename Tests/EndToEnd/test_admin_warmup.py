"""Warm-up: one small request for each untouched quota, on the operator's word."""

import pytest

from harness.programs import wait_until

FULL = {"remainingFraction": 1, "resetTime": "2099-01-01T00:00:00Z"}
USED = {"remainingFraction": 0.99, "resetTime": "2099-01-01T00:00:00Z"}


@pytest.fixture
def own(launch):
    return launch(workers=2, accounts=0)


def offer(sandbox, **quotas):
    models = {name.replace("_", "-"): {"quotaInfo": quota} for name, quota in quotas.items()}
    sandbox.script({"method": "fetchAvailableModels", "status": 200, "body": {"models": models}})


def warmed(sandbox) -> list[tuple]:
    return sorted((call["account"], call["model"]) for call in sandbox.calls["calls"] if call["method"] == "generateContent")


def test_without_accounts_nothing_is_warmed_up(own):
    answer = own.admin("POST", "/api/accounts/warmup")
    assert (answer.status, answer.json) == (200, "No accounts available")
    answer = own.admin("POST", "/api/accounts/no-such-account/warmup")
    assert (answer.status, answer.json["code"]) == (404, "account_not_found"), answer


def test_untouched_models_get_one_small_request_and_rest_for_four_hours(own, sandbox):
    offer(sandbox, gemini_3_flash=FULL, gemini_3_pro_high=FULL, gemini_2_5_flash=FULL, claude_sonnet_4_5=USED)
    account = own.add_account("1//sandbox-alice")["id"]
    answer = own.admin("POST", "/api/accounts/warmup")
    assert (answer.status, answer.json) == (200, "Warmup task triggered for 2 models"), answer
    expected = [("alice", "gemini-3-flash"), ("alice", "gemini-3-pro-high")]
    wait_until(lambda: warmed(sandbox) == expected, 15, "two small requests")

    def is_done():
        return own.admin("POST", "/api/accounts/warmup").json == "All models are in 4-hour cooldown, skipped 2 items"

    wait_until(is_done, 15, "their marks")
    assert warmed(sandbox) == expected
    # The rest is of no account to whoever names the account.
    answer = own.admin("POST", f"/api/accounts/{account}/warmup")
    assert (answer.status, answer.json) == (200, "Successfully triggered warmup for 2 model series")
    wait_until(lambda: len(warmed(sandbox)) == 4, 15, "two more")


def test_what_has_been_used_needs_no_warmup(own, sandbox):
    offer(sandbox, gemini_3_flash=USED)
    account = own.add_account("1//sandbox-alice")["id"]
    assert own.admin("POST", "/api/accounts/warmup").json == "No models need warmup"
    assert own.admin("POST", f"/api/accounts/{account}/warmup").json == "No warmup needed"
    assert warmed(sandbox) == []


def test_a_warmup_of_a_dead_account_says_so(own, sandbox):
    account = own.add_account("1//sandbox-alice")["id"]
    sandbox.revoke("alice")
    answer = own.admin("POST", f"/api/accounts/{account}/warmup")
    assert (answer.status, answer.json["code"]) == (409, "reauth_required"), answer


def test_a_warmup_that_is_refused_is_neither_repeated_nor_marked(own, sandbox):
    offer(sandbox, gemini_3_flash=FULL)
    own.add_account("1//sandbox-alice")
    own.add_account("1//sandbox-bob")
    sandbox.script({"account": "alice", "status": 500, "body": {"error": {"code": 500, "status": "INTERNAL"}}})
    assert own.admin("POST", "/api/accounts/warmup").json == "Warmup task triggered for 2 models"
    wait_until(lambda: len(warmed(sandbox)) >= 2, 15, "one request for each account")
    wait_until(lambda: own.admin("POST", "/api/accounts/warmup").json == "Warmup task triggered for 1 models", 15, "a mark")
    assert [call["account"] for call in sandbox.calls["calls"] if call["method"] == "generateContent"].count("bob") == 1
