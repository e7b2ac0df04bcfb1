"""Starting and stopping AI service, mapping, keys, the preferred account, and the little that is kept of /api/system."""

import re
import threading

import pytest

from harness.gateway import ADMIN, KEY
from harness.programs import wait_until


@pytest.fixture
def own(launch):
    return launch(workers=2, accounts=1)


def restart(gateway, launch):
    assert gateway.stop() == 0
    return launch.again(gateway)


# Start and stop

DIALECTS = [
    ("GET", "/v1/models", lambda body: body["error"]["message"]),
    ("POST", "/v1/chat/completions", lambda body: body["error"]["message"]),
    ("POST", "/v1/messages", lambda body: (body["type"], body["error"]["type"], body["error"]["message"])),
    ("POST", "/v1beta/models/gemini-3-flash:generateContent", lambda body: (body["error"]["status"],
                                                                            body["error"]["message"])),
]


def test_a_stopped_service_refuses_ai_requests_and_nothing_else(own, launch):
    for _ in range(2):
        answer = own.admin("POST", "/api/proxy/stop")
        assert (answer.status, answer.json) == (200, {"success": True, "running": False})
    assert own.status["running"] is False and own.status["restart_required"] == []
    for method, path, text in DIALECTS:
        for _ in range(3):
            answer = own.ai(method, path, {"model": "gemini-3-flash", "messages": []} if method == "POST" else None)
            assert answer.status == 503, (path, answer)
            assert "Proxy service is currently disabled" in str(text(answer.json)), answer
    assert own.admin("GET", "/api/health", token=None).status == 200
    with own.connect() as connection:
        assert connection.ask("GET", "/").status == 200
    # The process starts as it was left.
    own = restart(own, launch)
    assert own.status["running"] is False and own.chat("hi").status == 503
    for _ in range(2):
        answer = own.admin("POST", "/api/proxy/start", {"config": {"port": 9999}})
        assert (answer.status, answer.json) == (200, {"success": True, "running": True, "active_accounts": 1})
    assert own.status["running"] is True and own.chat("hi").status == 200
    own = restart(own, launch)
    assert own.status["running"] is True and own.chat("hi").status == 200


def test_a_service_without_accounts_runs(launch):
    own = launch(workers=1, accounts=0)
    assert own.admin("POST", "/api/proxy/start").json == {"success": True, "running": True, "active_accounts": 0}


def test_a_stop_lets_what_runs_finish(own, sandbox):
    sandbox.script({"text": ["one ", "two ", "three"], "delay_ms": 1500})
    answers = []
    request = threading.Thread(target=lambda: answers.append(own.chat("hi")))
    request.start()
    wait_until(
        lambda: any("enerateContent" in call["method"] for call in sandbox.calls["calls"]), 10, "the request at the upstream")
    assert own.admin("POST", "/api/proxy/stop").status == 200
    assert own.chat("hi").status == 503
    request.join(15)
    assert answers[0].status == 200, answers


def test_the_stored_word_for_the_next_start_stops_nothing(own, launch):
    answer = own.admin("PATCH", "/api/config", {"proxy": {"auto_start": False}})
    assert answer.json["restart_required"] == ["proxy.auto_start"], answer
    assert own.status["running"] is True and own.chat("hi").status == 200
    own = restart(own, launch)
    assert own.status["running"] is False and own.status["restart_required"] == []


# Mapping


@pytest.mark.parametrize("wrap", [
    lambda mapping: {"config": {"custom_mapping": mapping, "port": "ignored"}}, lambda mapping: {"custom_mapping": mapping},
    lambda mapping: {"customMapping": mapping}])
def test_a_mapping_replaces_the_old_one_and_counts_at_once(own, sandbox, wrap):
    assert own.admin("POST", "/api/proxy/mapping", wrap({"old": "gemini-3-pro-high"})).status == 200
    answer = own.admin("POST", "/api/proxy/mapping", wrap({"mine-*": "gemini-2.5-flash", "other": "gemini-3-flash"}))
    assert (answer.status, answer.json) == (200, {"success": True, "count": 2})
    for _ in range(4):
        assert own.chat("hi", model="mine-1").status == 200
    assert {body["model"] for body in sandbox.bodies()[-4:]} == {"gemini-2.5-flash"}
    config = own.admin("GET", "/api/config").json["proxy"]
    assert config["custom_mapping"] == {"mine-*": "gemini-2.5-flash", "other": "gemini-3-flash"}
    assert config["port"] == own.address[1]
    assert own.admin("POST", "/api/proxy/mapping", wrap({})).json["count"] == 0


@pytest.mark.parametrize("body, field", [
    ({}, "custom_mapping"), ({"config": {}}, "config.custom_mapping"),
    ({"custom_mapping": []}, "proxy.custom_mapping"), ({"custom_mapping": {"a": 5}}, "proxy.custom_mapping"),
    ({"custom_mapping": {"": "a"}}, "proxy.custom_mapping"), ({"custom_mapping": {"a": ""}}, "proxy.custom_mapping"),
    ({"custom_mapping": {"a" * 257: "b"}}, "proxy.custom_mapping"),
    ({"custom_mapping": {str(number): "a" for number in range(1001)}}, "proxy.custom_mapping"),
])
def test_a_bad_mapping_changes_nothing(gateway, body, field):
    before = gateway.admin("GET", "/api/config").json
    answer = gateway.admin("POST", "/api/proxy/mapping", body)
    assert (answer.status, answer.json["code"], answer.json["details"]["field"]) == (400, "invalid_request", field)
    assert gateway.admin("GET", "/api/config").json == before


# Keys and conversations


def test_a_new_key_is_made_and_not_stored(gateway):
    before = gateway.admin("GET", "/api/config").json
    first, second = (gateway.admin("POST", "/api/proxy/api-key/generate") for _ in range(2))
    assert first.status == 200 and re.fullmatch(r"sk-[0-9a-f]{32}", first.json) and first.json != second.json
    assert gateway.admin("GET", "/api/config").json == before


def test_conversations_are_forgotten_and_counted(own):
    own.add_account("1//sandbox-bob")
    assert own.admin("POST", "/api/proxy/session-bindings/clear").json["success"] is True
    for number in range(3):
        fields = {"x-session-id": f"conversation-{number}"}
        body = {"model": "gemini-3-flash", "messages": [{"role": "user", "content": f"hi {number}"}]}
        assert own.ai("POST", "/v1/chat/completions", body, fields=fields).status == 200
    # The end of a request that is on its way would make its conversation known again.
    own.wait_idle()
    answer = own.admin("POST", "/api/proxy/session-bindings/clear")
    assert answer.status == 200 and answer.json["cleared"] >= 3, answer
    assert own.admin("POST", "/api/proxy/session-bindings/clear").json == {"success": True, "cleared": 0}


# The preferred account


def test_the_preferred_account_serves_everything_and_stays(own, launch, sandbox):
    second = own.add_account("1//sandbox-bob")["id"]
    assert own.admin("GET", "/api/proxy/preferred-account").json is None
    answer = own.admin("POST", "/api/proxy/preferred-account", {"accountId": second})
    assert answer.status == 200 and answer.json["success"] is True
    assert own.admin("GET", "/api/config").json["proxy"]["preferred_account_id"] == second
    sandbox.reset()
    for _ in range(6):
        assert own.chat("hi").status == 200
    assert {call["account"] for call in sandbox.calls["calls"] if "enerateContent" in call["method"]} == {"bob"}
    own = restart(own, launch)
    assert own.admin("GET", "/api/proxy/preferred-account").json == second
    for body in ({"accountId": None}, {}):
        assert own.admin("POST", "/api/proxy/preferred-account", body).status == 200
        assert own.admin("GET", "/api/proxy/preferred-account").json is None
    assert own.admin("POST", "/api/proxy/preferred-account", {"account_id": second}).status == 200
    assert own.admin("GET", "/api/proxy/preferred-account").json == second


@pytest.mark.parametrize("body, status, code", [
    ({"accountId": "no-such-account"}, 404, "account_not_found"), ({"accountId": 5}, 400, "invalid_request")])
def test_a_preference_names_an_account(gateway, body, status, code):
    answer = gateway.admin("POST", "/api/proxy/preferred-account", body)
    assert (answer.status, answer.json["code"]) == (status, code), answer
    assert gateway.admin("GET", "/api/proxy/preferred-account").json is None


# /api/system


def test_what_is_kept_of_the_system_group(own):
    answer = own.admin("GET", "/api/system/data-dir")
    assert (answer.status, answer.json) == (200, str(own.data.resolve()))
    assert own.admin("GET", "/api/system/updates/check-status").json is False
    assert own.admin("GET", "/api/system/updates/settings").json == {
        "auto_check": False, "last_check_time": 0, "check_interval_hours": 24}


# Configuration


def test_an_unchanged_document_goes_round_and_keeps_what_nobody_knows(own, launch):
    added = {"unknown": {"deep": [1, 0.4000, None, "x"]}, "proxy": {"later": True}, "gateway": {"new_group": {"a": 1}},
             "accounts_page_size": 25}
    assert own.admin("PATCH", "/api/config", added).status == 200
    before = own.admin("GET", "/api/config")
    assert own.admin("POST", "/api/config", {"config": before.json}).status == 200
    assert own.admin("GET", "/api/config").json == before.json
    own = restart(own, launch)
    assert own.admin("GET", "/api/config").json == {**before.json, "proxy": {
        **before.json["proxy"], "port": own.address[1]}}


def test_an_old_mapping_moves_into_the_custom_one(own):
    config = own.admin("GET", "/api/config").json
    config["proxy"]["custom_mapping"] = {"kept": "gemini-3-flash"}
    config["proxy"]["anthropic_mapping"] = {"claude-x": "claude-sonnet-4-5", "kept": "other", "claude-4.5-series": "x"}
    config["proxy"]["openai_mapping"] = {"gpt-x": "gemini-3-flash", "gpt-4-series": "y"}
    assert own.admin("POST", "/api/config", {"config": config}).status == 200
    proxy = own.admin("GET", "/api/config").json["proxy"]
    assert proxy["custom_mapping"] == {"kept": "gemini-3-flash", "claude-x": "claude-sonnet-4-5", "gpt-x": "gemini-3-flash"}
    assert "anthropic_mapping" not in proxy and "openai_mapping" not in proxy


def test_an_absent_optional_member_returns_to_its_default(launch):
    own = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_WEB_PASSWORD": ""}, token=KEY)
    config = own.admin("GET", "/api/config").json
    config["proxy"]["admin_password"] = ADMIN
    assert own.admin("POST", "/api/config", {"config": config}).status == 200
    assert own.admin("GET", "/api/config").status == 401
    own.token = ADMIN
    for name in ("admin_password", "request_timeout", "custom_mapping", "scheduling"):
        del config["proxy"][name]
    del config["quota_protection"]
    assert own.admin("POST", "/api/config", {"config": config}).status == 200
    own.token = KEY
    shown = own.admin("GET", "/api/config").json
    assert shown["proxy"]["admin_password"] is None and shown["proxy"]["request_timeout"] == 120
    assert shown["proxy"]["scheduling"] == {"mode": "Balance", "max_wait_seconds": 60}
    assert shown["quota_protection"]["threshold_percentage"] == 10


@pytest.mark.parametrize("change, field", [
    ({"language": "xx"}, "language"), ({"theme": "Dark"}, "theme"), ({"auto_refresh": 1}, "auto_refresh"),
    ({"refresh_interval": 1441}, "refresh_interval"), ({"refresh_interval": 1.5}, "refresh_interval"),
    ({"sync_interval": 3601}, "sync_interval"), ({"proxy": {"auth_mode": "Strict"}}, "proxy.auth_mode"),
    ({"proxy": {"port": 0}}, "proxy.port"), ({"proxy": {"api_key": ""}}, "proxy.api_key"),
    ({"proxy": {"api_key": "x" * 257}}, "proxy.api_key"), ({"proxy": {"admin_password": "a b"}}, "proxy.admin_password"),
    ({"proxy": {"request_timeout": 7201}}, "proxy.request_timeout"),
    ({"proxy": {"upstream_proxy": {"enabled": True, "url": "ftp://x"}}}, "proxy.upstream_proxy.url"),
    ({"proxy": {"scheduling": {"mode": "balance"}}}, "proxy.scheduling.mode"),
    ({"proxy": {"scheduling": {"max_wait_seconds": 3601}}}, "proxy.scheduling.max_wait_seconds"),
    ({"proxy": {"experimental": {"context_compression_threshold_l1": 1.5}}},
     "proxy.experimental.context_compression_threshold_l1"),
    ({"proxy": {"cursor_reasoning_mode": "loud"}}, "proxy.cursor_reasoning_mode"),
    ({"quota_protection": {"threshold_percentage": 100}}, "quota_protection.threshold_percentage"),
    ({"quota_protection": []}, "quota_protection"), ({"proxy": 5}, "proxy"),
    ({"scheduled_warmup": {"monitored_models": "x"}}, "scheduled_warmup.monitored_models"),
    ({"accounts_page_size": -1}, "accounts_page_size")])
def test_a_member_out_of_its_bounds_is_named_and_nothing_is_stored(gateway, change, field):
    before = gateway.admin("GET", "/api/config").json
    answer = gateway.admin("PATCH", "/api/config", change)
    assert (answer.status, answer.json["code"]) == (400, "invalid_request"), answer
    assert answer.json["details"]["field"] == field
    assert gateway.admin("GET", "/api/config").json == before


@pytest.mark.parametrize("spelling, stored", [("OFF", "hide"), (" native ", "raw"), ("fold", "think_tags"),
                                              ("on", "inline"), ("", None), (None, None)])
def test_a_reasoning_mode_is_stored_in_its_canonical_word(own, spelling, stored):
    config = own.admin("GET", "/api/config").json
    config["proxy"]["cursor_reasoning_mode"] = spelling
    assert own.admin("POST", "/api/config", {"config": config}).status == 200
    assert own.admin("GET", "/api/config").json["proxy"]["cursor_reasoning_mode"] == stored


# Death


def test_a_killed_supervisor_forgets_nothing_that_it_has_acknowledged(own, launch):
    second = own.add_account("1//sandbox-bob")["id"]
    own.kill(own.ready_workers()[0])
    assert own.admin("POST", "/api/accounts/switch", {"accountId": second}).status == 200
    assert own.admin("POST", "/api/accounts/reorder", {"accountIds": [second]}).status == 200
    assert own.admin("POST", "/api/proxy/mapping", {"custom_mapping": {"a": "gemini-3-flash"}}).status == 200
    before = (own.admin("GET", "/api/accounts").json, own.admin("GET", "/api/config").json)
    own.program.process.kill()
    own.program.process.wait(10)
    own = launch.again(own)
    after = (own.admin("GET", "/api/accounts").json, own.admin("GET", "/api/config").json)
    for document in (before[1], after[1]):
        del document["proxy"]["port"]
    assert after[1] == before[1]
    ids = [[account["id"] for account in listed["accounts"]] for listed, _ in (before, after)]
    assert ids[0] == ids[1] and after[0]["current_account_id"] == second


# Keys at the first start


def test_the_key_of_a_first_start_opens_in_every_place_and_is_the_same_after_a_restart(launch):
    environment = {"ANTIGRAVITY_API_KEY": "", "ANTIGRAVITY_WEB_PASSWORD": "", "ABV_API_KEY": "", "API_KEY": ""}
    own = launch(workers=1, accounts=0, environment={**environment, "ABV_WEB_PASSWORD": ADMIN})
    key = own.admin("GET", "/api/config").json["proxy"]["api_key"]
    assert own.admin("GET", "/api/accounts", token=key).status == 401
    assert own.ai("GET", "/v1/models", key=ADMIN).status == 401 and own.ai("GET", "/v1/models", key=key).status == 200
    assert own.stop() == 0
    own = launch(workers=1, accounts=0, token=key, environment={**environment, "ANTIGRAVITY_DATA_DIR": str(own.data)})
    for fields in ({"x-admin-token": key}, {"Authorization": f"Bearer {key}"}, {"Authorization": key}, {"x-api-key": key},
                   {"x-goog-api-key": key}):
        with own.connect() as connection:
            assert connection.ask("GET", "/api/accounts", fields).status == 200, fields
    assert own.admin("GET", "/api/config").json["proxy"]["api_key"] == key
