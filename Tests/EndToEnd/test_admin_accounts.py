"""What the operator does with accounts: each change counts for the next request and survives the process."""

import concurrent.futures

import pytest


@pytest.fixture
def own(launch):
    return launch(workers=2, accounts=0)


def add(gateway, *names) -> list[str]:
    return [gateway.add_account(f"1//sandbox-{name}")["id"] for name in names]


def listed(gateway) -> dict:
    return gateway.admin("GET", "/api/accounts").json


def order(gateway) -> list[str]:
    return [account["id"] for account in listed(gateway)["accounts"]]


def get(gateway, account: str) -> dict:
    answer = gateway.admin("GET", f"/api/accounts/{account}")
    assert answer.status == 200, answer
    return answer.json


def restart(gateway, launch):
    """Another process on the same data folder."""
    assert gateway.stop() == 0
    return launch.again(gateway)


UNKNOWN = [
    ("GET", "", None), ("DELETE", "", None), ("GET", "/quota", None), ("GET", "/quota?cached=true", None),
    ("POST", "/toggle-proxy", {}), ("POST", "/toggle-proxy", {"enable": True}), ("POST", "/bind-device", {}),
    ("POST", "/bind-device", {"mode": "capture"}), ("GET", "/device-profiles", None), ("GET", "/device-versions", None),
    ("POST", "/bind-device-profile", {"machineId": "a", "macMachineId": "b", "devDeviceId": "c", "sqmId": "d"}),
    ("POST", "/device-versions/x/restore", None), ("DELETE", "/device-versions/x", None),
]


@pytest.mark.parametrize("method, path, body", UNKNOWN)
def test_an_unknown_account_is_not_found(gateway, method, path, body):
    answer = gateway.admin(method, f"/api/accounts/no-such-account{path}", body)
    assert (answer.status, answer.json["code"]) == (404, "account_not_found"), answer
    assert answer.json["details"] == {"account_id": "no-such-account"}


@pytest.mark.parametrize("account", ["a.b", "..%2Faccounts", "a%00b", "x" * 65, "%C3%A9"])
def test_what_can_be_no_id_is_not_found(gateway, account):
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/quota"), ("POST", "/toggle-proxy")):
        answer = gateway.admin(method, f"/api/accounts/{account}{path}")
        assert (answer.status, answer.json["code"]) == (404, "not_found"), answer


def test_one_account_is_shown_as_in_the_list(own):
    first, second = add(own, "alice", "bob")
    accounts = {account["id"]: account for account in listed(own)["accounts"]}
    assert get(own, first) == accounts[first] and get(own, first)["is_current"] is True
    assert get(own, second) == accounts[second] and get(own, second)["is_current"] is False


# Removing


def test_a_removed_account_is_gone_with_all_that_points_to_it(own, launch):
    first, second, third = add(own, "alice", "bob", "carol")
    assert own.admin("POST", "/api/proxy/preferred-account", {"accountId": first}).status == 200
    assert own.admin("POST", f"/api/accounts/{first}/bind-device").status == 200
    answer = own.admin("DELETE", f"/api/accounts/{first}")
    assert (answer.status, answer.body) == (204, b"")
    assert order(own) == [second, third] and listed(own)["current_account_id"] == second
    assert own.admin("GET", "/api/proxy/preferred-account").json is None
    assert own.admin("GET", "/api/config").json["proxy"]["preferred_account_id"] is None
    assert own.admin("DELETE", f"/api/accounts/{first}").status == 404
    own = restart(own, launch)
    assert order(own) == [second, third] and listed(own)["current_account_id"] == second
    assert own.admin("GET", "/api/proxy/preferred-account").json is None


def test_without_accounts_there_is_no_current_one(own):
    account, = add(own, "alice")
    assert own.admin("DELETE", f"/api/accounts/{account}").status == 204
    assert listed(own) == {"accounts": [], "current_account_id": None}
    assert own.admin("GET", "/api/accounts/current").json is None
    assert own.chat("hi").status == 503
    again, = add(own, "alice")
    assert again != account and listed(own)["current_account_id"] == again


def test_many_are_removed_at_once_and_unknown_ones_are_named(own, sandbox):
    first, second, third = add(own, "alice", "bob", "carol")
    answer = own.admin("POST", "/api/accounts/bulk-delete", {"accountIds": [second, "id9", first, first, "id9"]})
    assert (answer.status, answer.json) == (200, {"success": True, "deleted": 2, "not_found": ["id9"]})
    assert order(own) == [third] and listed(own)["current_account_id"] == third
    sandbox.reset()
    for _ in range(6):
        assert own.chat("hi").status == 200
    served = {call["account"] for call in sandbox.calls["calls"] if "enerateContent" in call["method"]}
    assert served == {"carol"}
    answer = own.admin("POST", "/api/accounts/bulk-delete", {"account_ids": []})
    assert (answer.status, answer.json) == (200, {"success": True, "deleted": 0, "not_found": []})


@pytest.mark.parametrize("path", ["bulk-delete", "reorder"])
@pytest.mark.parametrize("body, field", [
    ({}, "accountIds"), ({"accountIds": None}, "accountIds"), ({"accountIds": "x"}, "accountIds"),
    ({"accountIds": ["x", 5]}, "accountIds[1]"), ({"accountIds": ["x" * 300]}, "accountIds[0]")])
def test_a_list_of_ids_is_a_list_of_strings(gateway, path, body, field):
    answer = gateway.admin("POST", f"/api/accounts/{path}", body)
    assert (answer.status, answer.json["code"], answer.json["details"]["field"]) == (400, "invalid_request", field)
    assert len(order(gateway)) == 1


# Order


def test_the_order_is_the_operators_and_stays(own, launch):
    a, b, c, d = add(own, "alice", "bob", "carol", "dora")
    answer = own.admin("POST", "/api/accounts/reorder", {"accountIds": [c, "unknown", a, c]})
    assert (answer.status, answer.json) == (200, {"success": True})
    assert order(own) == [c, a, b, d] and listed(own)["current_account_id"] == a
    assert own.admin("POST", "/api/accounts/reorder", {"accountIds": []}).status == 200
    assert order(own) == [c, a, b, d]
    own = restart(own, launch)
    assert order(own) == [c, a, b, d]
    e, = add(own, "emil")
    assert order(own) == [c, a, b, d, e]


# Switching


def test_another_account_becomes_current_and_stays(own, launch):
    first, second = add(own, "alice", "bob")
    answer = own.admin("POST", "/api/accounts/switch", {"accountId": second, "unknown": 1})
    assert (answer.status, answer.json) == (200, {"success": True, "current_account_id": second})
    assert listed(own)["current_account_id"] == second
    shown = get(own, second)
    assert shown["is_current"] and shown["device_bound"]
    history = own.admin("GET", f"/api/accounts/{second}/device-versions").json["history"]
    assert [entry["label"] for entry in history] == ["auto_generated"]
    assert own.admin("POST", "/api/accounts/switch", {"account_id": second}).status == 200
    assert len(own.admin("GET", f"/api/accounts/{second}/device-versions").json["history"]) == 1
    own = restart(own, launch)
    assert listed(own)["current_account_id"] == second and order(own) == [first, second]


@pytest.mark.parametrize("body, status, code", [
    ({}, 400, "invalid_request"), ({"accountId": 5}, 400, "invalid_request"), ({"accountId": ""}, 400, "invalid_request"),
    ({"accountId": "no-such-account"}, 404, "account_not_found")])
def test_a_switch_needs_an_account(gateway, body, status, code):
    answer = gateway.admin("POST", "/api/accounts/switch", body)
    assert (answer.status, answer.json["code"]) == (status, code), answer


def test_a_switch_to_a_dead_account_leaves_the_current_one(own, sandbox):
    first, second = add(own, "alice", "bob")
    sandbox.revoke("bob")
    answer = own.admin("GET", f"/api/accounts/{second}/quota")
    assert (answer.status, answer.json["code"]) == (409, "reauth_required"), answer
    assert get(own, second)["disabled"] is True and get(own, second)["state"] == "NEEDS_REAUTH"
    answer = own.admin("POST", "/api/accounts/switch", {"accountId": second})
    assert (answer.status, answer.json["code"]) == (409, "reauth_required"), answer
    assert listed(own)["current_account_id"] == first
    # Its owner has mended it: the switch itself tries the refresh.
    sandbox.revoke("bob", False)
    assert own.admin("POST", "/api/accounts/switch", {"accountId": second}).status == 200
    assert get(own, second)["disabled"] is False and listed(own)["current_account_id"] == second


# Quota

MODEL = {"name", "percentage", "reset_time"}


def test_the_quota_is_read_now_and_kept(own, sandbox):
    account, = add(own, "alice")
    sandbox.reset()
    answer = own.admin("GET", f"/api/accounts/{account}/quota")
    assert answer.status == 200, answer
    assert set(answer.json) == {"models", "last_updated", "is_forbidden", "subscription_tier"}
    names = [model["name"] for model in answer.json["models"]]
    assert names == sorted(names) and names
    assert all(set(model) == MODEL and 0 <= model["percentage"] <= 100 for model in answer.json["models"])
    assert [call["method"] for call in sandbox.calls["calls"]].count("fetchAvailableModels") == 1
    for flag in ("true", "1"):
        assert own.admin("GET", f"/api/accounts/{account}/quota?cached={flag}").json == answer.json
    assert [call["method"] for call in sandbox.calls["calls"]].count("fetchAvailableModels") == 1
    assert get(own, account)["quota"] == answer.json
    answer = own.admin("GET", f"/api/accounts/{account}/quota?cached=perhaps")
    assert (answer.status, answer.json["details"]["field"]) == (400, "cached")


def test_simultaneous_reads_of_one_account_are_one(own, sandbox):
    account, = add(own, "alice")
    sandbox.reset()
    sandbox.script({"method": "loadCodeAssist", "delay_ms": 500})
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: own.admin("GET", f"/api/accounts/{account}/quota"), range(3)))
    assert [answer.status for answer in answers] == [200] * 3
    assert answers[0].json == answers[1].json == answers[2].json
    assert [call["method"] for call in sandbox.calls["calls"]].count("fetchAvailableModels") == 1


def test_a_forbidden_mailbox_is_a_success_that_says_so(own):
    account, = add(own, "forbidden-frank")
    answer = own.admin("GET", f"/api/accounts/{account}/quota")
    assert answer.status == 200 and answer.json["is_forbidden"] is True and answer.json["models"] == []


def test_a_failed_read_leaves_the_stored_quota(own, sandbox):
    account, = add(own, "alice")
    before = get(own, account)["quota"]
    sandbox.script({"method": "fetchAvailableModels", "status": 500, "body": {"error": {"code": 500}}})
    answer = own.admin("GET", f"/api/accounts/{account}/quota")
    assert (answer.status, answer.json["code"]) == (502, "upstream_error"), answer
    assert get(own, account)["quota"] == before


def test_an_api_key_has_no_quota(own):
    account = own.admin("POST", "/api/accounts", {"apiKey": "sandbox-key-home", "label": "Home"}).json["id"]
    answer = own.admin("GET", f"/api/accounts/{account}/quota")
    assert (answer.status, answer.json) == (200, None)
    assert own.admin("POST", "/api/accounts/refresh").json == {"total": 0, "success": 0, "failed": 0, "details": []}


def test_all_quotas_are_read_and_failures_are_counted(own, sandbox):
    add(own, "alice", "bob", "forbidden-frank")
    proxy_disabled, = add(own, "carol")
    assert own.admin("POST", f"/api/accounts/{proxy_disabled}/toggle-proxy", {"enable": False}).status == 200
    sandbox.revoke("bob")
    answer = own.admin("POST", "/api/accounts/refresh")
    assert answer.status == 200, answer
    assert {name: answer.json[name] for name in ("total", "success", "failed")} == {"total": 3, "success": 2, "failed": 1}
    assert len(answer.json["details"]) == 1 and answer.json["details"][0].startswith("Account bob@example.com: ")
    # Bob is disabled now, and is not asked any more.
    assert own.admin("POST", "/api/accounts/refresh").json["total"] == 2
    assert own.admin("POST", "/api/accounts/refresh?include_forbidden=true").json["total"] == 3
    answer = own.admin("POST", "/api/accounts/refresh?include_forbidden=x")
    assert (answer.status, answer.json["details"]["field"]) == (400, "include_forbidden")


def test_a_second_refresh_joins_the_running_one(own, sandbox):
    add(own, "alice", "bob")
    sandbox.reset()
    sandbox.script({"method": "loadCodeAssist", "times": 2, "delay_ms": 700})
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: own.admin("POST", "/api/accounts/refresh").json, range(4)))
    assert all(answer == answers[0] for answer in answers) and answers[0]["total"] == 2
    assert [call["method"] for call in sandbox.calls["calls"]].count("fetchAvailableModels") == 2


# Out of AI traffic


def test_a_toggled_account_serves_nothing_on_any_worker(own, sandbox):
    first, second = add(own, "alice", "bob")
    for expected in (True, False):
        answer = own.admin("POST", f"/api/accounts/{first}/toggle-proxy")
        assert (answer.status, answer.json) == (200, {"success": True, "proxy_disabled": expected})
        assert get(own, first)["proxy_disabled"] is expected
        assert own.status["active_accounts"] == (1 if expected else 2)
        if expected:
            sandbox.reset()
            for _ in range(8):
                assert own.chat("hi").status == 200
            served = {call["account"] for call in sandbox.calls["calls"] if "enerateContent" in call["method"]}
            assert served == {"bob"}
    for account in (first, second):
        assert own.admin("POST", f"/api/accounts/{account}/toggle-proxy", {"enable": False}).status == 200
    assert own.chat("hi").status == 503
    assert own.admin("POST", f"/api/accounts/{second}/toggle-proxy", {"enable": True}).status == 200
    assert own.chat("hi").status == 200


def test_a_reason_is_kept_until_the_account_is_back(own, launch):
    account, = add(own, "alice")
    body = {"enable": False, "reason": "holiday", "accountId": "another"}
    for _ in range(2):
        assert own.admin("POST", f"/api/accounts/{account}/toggle-proxy", body).json["proxy_disabled"] is True
    own = restart(own, launch)
    shown = get(own, account)
    assert (shown["proxy_disabled"], shown["proxy_disabled_reason"]) == (True, "holiday")
    assert isinstance(shown["proxy_disabled_at"], int)
    for _ in range(2):
        answer = own.admin("POST", f"/api/accounts/{account}/toggle-proxy", {"enable": True})
        assert answer.json["proxy_disabled"] is False
    shown = get(own, account)
    assert [shown[name] for name in ("proxy_disabled", "proxy_disabled_reason", "proxy_disabled_at")] == [False, None, None]


@pytest.mark.parametrize("body, field", [({"enable": "yes"}, "enable"), ({"enable": 1}, "enable"),
                                         ({"enable": True, "reason": 5}, "reason")])
def test_a_toggle_takes_truth_values(own, body, field):
    account, = add(own, "alice")
    answer = own.admin("POST", f"/api/accounts/{account}/toggle-proxy", body)
    assert (answer.status, answer.json["details"]["field"]) == (400, field)
    assert get(own, account)["proxy_disabled"] is False


# Protection


def test_a_protected_model_is_shown_and_spared(own, sandbox):
    """Of a shared quota the smallest rest counts, and what is shown is what the scheduler does."""
    account, = add(own, "alice")
    wish = {"quota_protection": {"enabled": True, "threshold_percentage": 20}}
    assert own.admin("PATCH", "/api/config", wish).status == 200
    assert get(own, account)["protected_models"] == []
    quota = lambda rest: {"quotaInfo": {"remainingFraction": rest, "resetTime": "2099-01-01T00:00:00Z"}}
    models = {"claude-sonnet-4-5": quota(0.9), "claude-opus-4-5-thinking": quota(0.2), "claude-sonnet-4-5-thinking":
              quota(0.95), "gemini-3-flash": quota(0.21)}
    sandbox.script({"method": "fetchAvailableModels", "times": 1, "status": 200, "body": {"models": models}})
    assert own.admin("GET", f"/api/accounts/{account}/quota").status == 200
    assert get(own, account)["protected_models"] == ["claude-sonnet-4-5"]
    assert own.chat("hi", model="claude-sonnet-4-5").status == 429
    assert own.chat("hi", model="gemini-3-flash").status == 200
    # Another threshold counts at once, without another read.
    wish["quota_protection"]["threshold_percentage"] = 25
    assert own.admin("PATCH", "/api/config", wish).status == 200
    assert get(own, account)["protected_models"] == ["claude-sonnet-4-5", "gemini-3-flash"]
    wish["quota_protection"]["enabled"] = False
    assert own.admin("PATCH", "/api/config", wish).status == 200
    assert own.chat("hi", model="claude-sonnet-4-5").status == 200
