"""The admin API of the running gateway."""

import concurrent.futures
import json

import pytest

from harness.gateway import ADMIN, KEY

ACCOUNT_MEMBERS = {
    "id", "email", "name", "is_current", "disabled", "disabled_reason", "disabled_at", "proxy_disabled",
    "proxy_disabled_reason", "proxy_disabled_at", "protected_models", "quota", "device_bound", "last_used", "kind",
}


@pytest.fixture
def own(launch):
    """A gateway without accounts, for tests that change its state."""
    return launch(workers=1, accounts=0)


# Authentication


@pytest.mark.parametrize("token", [None, "wrong", KEY, ADMIN + "x", ADMIN[:-1]])
def test_only_the_admin_token_opens(gateway, token):
    answer = gateway.admin("GET", "/api/accounts", token=token)
    assert answer.status == 401
    assert answer.json["code"] == "unauthorized" and isinstance(answer.json["error"], str)
    assert "Bearer" in answer.field("WWW-Authenticate")


@pytest.mark.parametrize("fields", [
    {"x-admin-token": ADMIN}, {"Authorization": f"Bearer {ADMIN}"}, {"Authorization": f"BEARER {ADMIN}"},
    {"Authorization": ADMIN}, {"x-api-key": ADMIN}, {"x-goog-api-key": ADMIN},
    {"x-admin-token": "wrong", "x-api-key": ADMIN}])
def test_every_place_of_the_token_opens(gateway, fields):
    with gateway.connect() as connection:
        assert connection.ask("GET", "/api/accounts", fields).status == 200


def test_the_query_is_no_place_for_the_token(gateway):
    assert gateway.admin("GET", f"/api/accounts?key={ADMIN}", token=None).status == 401


def test_without_a_password_the_api_key_opens(launch):
    gateway = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_WEB_PASSWORD": ""}, token=KEY)
    assert gateway.admin("GET", "/api/accounts", token=KEY).status == 200
    assert gateway.admin("GET", "/api/accounts", token=ADMIN).status == 401


def test_without_authentication_the_admin_api_takes_its_token_all_the_same(launch):
    gateway = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_AUTH_MODE": "off"})
    assert gateway.ai("GET", "/v1/models", key=None).status == 200
    for token, status in ((None, 401), (KEY, 401), (ADMIN, 200)):
        assert gateway.admin("GET", "/api/accounts", token=token).status == status


def test_password_and_key_open_a_side_each_in_strict_mode(launch):
    environment = {"ANTIGRAVITY_WEB_PASSWORD": "", "ABV_WEB_PASSWORD": ADMIN, "ANTIGRAVITY_AUTH_MODE": "strict"}
    gateway = launch(workers=1, accounts=0, environment=environment)
    assert gateway.admin("GET", "/api/accounts", token=KEY).status == 401
    assert gateway.ai("GET", "/v1/models", key=ADMIN).status == 401
    assert gateway.ai("GET", "/v1/models", key=KEY).status == 200


def test_a_first_start_makes_a_key_and_keeps_it(launch, tmp_path):
    gateway = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_API_KEY": ""})
    key = gateway.admin("GET", "/api/config").json["proxy"]["api_key"]
    assert key.startswith("sk-") and len(key) == 35
    assert key not in gateway.program.stderr and ADMIN not in gateway.program.stderr


# Paths


@pytest.mark.parametrize("method, path, status, code", [
    ("GET", "/api/unknown", 404, "not_found"), ("GET", "/api/accounts/", 404, "not_found"),
    ("PUT", "/api/accounts", 405, "method_not_allowed"), ("DELETE", "/api/proxy/status", 405, "method_not_allowed"),
    ("GET", "/api/accounts/a%2Fb", 404, None), ("GET", "/api/accounts/..%2f..", 404, None),
])
def test_paths_and_methods(gateway, method, path, status, code):
    answer = gateway.admin(method, path)
    assert answer.status == status, answer
    assert isinstance(answer.json["error"], str)
    if code:
        assert answer.json["code"] == code
    if status == 405:
        assert answer.field("Allow")


def test_every_answer_is_json_and_not_stored(gateway):
    for path in ("/api/accounts", "/api/config", "/api/proxy/status", "/api/unknown"):
        answer = gateway.admin("GET", path)
        assert answer.field("Content-Type") == "application/json; charset=utf-8", path
        assert answer.field("Cache-Control") == "no-store", path


@pytest.mark.parametrize("path", ["/api/health", "/healthz", "/health"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_needs_no_token(gateway, path, method):
    with gateway.connect() as connection:
        answer = connection.ask(method, path)
    assert answer.status == 200
    if method == "GET":
        assert answer.json["status"] == "ok"


def test_event_logging_is_open_and_thrown_away(gateway):
    for path in ("/v1/api/event_logging", "/v1/api/event_logging/batch", "/api/event_logging/batch"):
        answer = gateway.admin("POST", path, {"events": []}, token=None)
        assert (answer.status, answer.json) == (200, {"status": "ok"}), path


def test_the_root_answers(gateway):
    for method in ("GET", "HEAD"):
        with gateway.connect() as connection:
            assert connection.ask(method, "/").status == 200


# Pages of other origins

PAGE = "https://console.lan:8443"


def test_no_page_may_use_the_admin_api_unless_it_is_listed(own):
    """By default none; a listed one may read answers and refusals alike, and still needs the token."""
    ask = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
    page = {"Origin": PAGE, "Authorization": f"Bearer {ADMIN}"}
    with own.connect() as connection:
        for method, fields, status in (("OPTIONS", ask, 401), ("GET", page, 200)):
            answer = connection.ask(method, "/api/config", fields)
            assert answer.status == status
            assert not [name for name, _ in answer.fields if name.lower().startswith("access-control")], answer
        assert own.admin("PATCH", "/api/config", {"gateway": {"http": {"admin_cors_origins": [PAGE]}}}).status == 200
        answer = connection.ask("OPTIONS", "/api/config", ask)
        assert (answer.status, answer.body) == (204, b"")
        assert answer.field("Access-Control-Allow-Origin") == PAGE and answer.field("Vary") == "Origin"
        assert "PATCH" in answer.field("Access-Control-Allow-Methods")
        assert answer.field("Access-Control-Allow-Headers") == "authorization"
        assert answer.field("Access-Control-Allow-Credentials") is None
        for fields, status in ((page, 200), ({"Origin": PAGE}, 401), (page | {"Origin": "https://other.lan"}, 200)):
            answer = connection.ask("GET", "/api/config", fields)
            assert answer.status == status
            assert answer.field("Access-Control-Allow-Origin") == (PAGE if fields["Origin"] == PAGE else None)
    answer = own.admin("PATCH", "/api/config", {"gateway": {"http": {"admin_cors_origins": ["*"]}}})
    assert (answer.status, answer.json["details"]["field"]) == (400, "gateway.http.admin_cors_origins"), answer


# Accounts


def test_an_account_from_its_refresh_token(own):
    assert own.admin("GET", "/api/accounts").json == {"accounts": [], "current_account_id": None}
    assert own.admin("GET", "/api/accounts/current").json is None
    added = own.add_account("1//sandbox-alice")
    assert ACCOUNT_MEMBERS <= set(added), ACCOUNT_MEMBERS - set(added)
    assert added["is_current"] is True and added["disabled"] is False and added["kind"] == "code_assist"
    assert "@" in added["email"]
    assert own.admin("GET", "/api/accounts/current").json["id"] == added["id"]
    second = own.add_account("1//sandbox-bob")
    listed = own.admin("GET", "/api/accounts").json
    assert [account["id"] for account in listed["accounts"]] == [added["id"], second["id"]]
    assert listed["current_account_id"] == added["id"] and second["is_current"] is False
    assert own.status["active_accounts"] == 2


def test_no_secret_leaves_with_an_account(own):
    own.add_account("1//sandbox-alice")
    text = own.admin("GET", "/api/accounts").body.decode()
    assert "1//sandbox" not in text and "access_token" not in text and "refresh" not in text
    assert "1//sandbox" not in own.program.stderr and "@" not in own.program.stderr


def test_the_same_mailbox_is_one_account(own):
    first = own.add_account("1//sandbox-alice")
    again = own.add_account("1//sandbox-alice")
    assert again["id"] == first["id"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: own.add_account("1//sandbox-carol")["id"], range(8)))
    assert len(set(added)) == 1
    assert len(own.admin("GET", "/api/accounts").json["accounts"]) == 2


@pytest.mark.parametrize("body, status, code, names", [
    ({}, 400, "invalid_request", "refreshToken"), ({"refreshToken": ""}, 400, "invalid_request", "refreshToken"),
    ({"refreshToken": "   "}, 400, "invalid_request", "refreshToken"),
    ({"refreshToken": 5}, 400, "invalid_request", "refreshToken"),
    ({"refreshToken": "x" * 5000}, 400, "invalid_request", "refreshToken"),
    (b"{", 400, "invalid_json", None), (b"[]", 400, "invalid_request", None), (b"", 400, "invalid_request", "refreshToken"),
    ({"refreshToken": "1//sandbox-revoked"}, 400, "invalid_grant", None),
])
def test_what_is_no_account_is_refused_and_nothing_is_stored(own, body, status, code, names):
    answer = own.admin("POST", "/api/accounts", body)
    assert (answer.status, answer.json["code"]) == (status, code), answer
    if names:
        assert names in answer.json["error"]
    assert "1//" not in answer.body.decode()
    assert own.admin("GET", "/api/accounts").json["accounts"] == []


def test_an_api_key_is_an_account_under_its_label(own):
    answer = own.admin("POST", "/api/accounts", {"apiKey": "sandbox-key-home", "label": "Home"})
    assert answer.status == 200, answer
    assert (answer.json["kind"], answer.json["email"], answer.json["quota"]) == ("gemini_key", "Home", None)
    assert "sandbox-key" not in own.admin("GET", "/api/accounts").body.decode()
    for body in ({"apiKey": "sandbox-key-x"}, {"apiKey": "sandbox-key-x", "label": "a", "refreshToken": "1//x"},
                 {"apiKey": "wrong", "label": "a"}):
        answer = own.admin("POST", "/api/accounts", body)
        assert (answer.status, answer.json["code"]) == (400, "invalid_request"), answer
    assert len(own.admin("GET", "/api/accounts").json["accounts"]) == 1


def test_a_body_that_is_not_json_by_its_type(own):
    with own.connect() as connection:
        token = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "text/plain"}
        answer = connection.ask("POST", "/api/accounts", token, b'{"refreshToken":"1//sandbox-x"}')
    assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type")


def test_an_oauth_client_that_is_refused_is_the_gateways_fault(own, sandbox):
    sandbox.script({"method": "token", "status": 401, "body": {"error": "invalid_client"}})
    answer = own.admin("POST", "/api/accounts", {"refreshToken": "1//sandbox-alice"})
    assert (answer.status, answer.json["code"]) == (502, "upstream_error"), answer


def test_a_project_that_is_not_found_is_not_fatal(own, sandbox):
    sandbox.script({"method": "loadCodeAssist", "status": 500, "body": {"error": {"code": 500}}})
    assert own.add_account("1//sandbox-alice")["disabled"] is False


def test_the_token_is_refreshed_once_for_many_requests(own, sandbox):
    own.add_account("1//sandbox-alice")
    sandbox.expire_tokens("alice")
    sandbox.script({"text": ["fine"]})
    before = [call["method"] for call in sandbox.calls["calls"]].count("token")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: own.chat("hi"), range(20)))
    assert [answer.status for answer in answers] == [200] * 20, answers
    after = [call["method"] for call in sandbox.calls["calls"]].count("token")
    assert after - before == 1


def test_a_revoked_account_is_disabled_with_its_reason(own, sandbox):
    own.add_account("1//sandbox-alice")
    sandbox.script({"times": 1, "status": 401, "body": {"error": {"code": 401, "status": "UNAUTHENTICATED"}}})
    sandbox.script({"method": "token", "status": 400, "body": {"error": "invalid_grant"}})
    answer = own.chat("hi")
    assert answer.status == 503, answer
    account = own.admin("GET", "/api/accounts").json["accounts"][0]
    assert account["disabled"] is True and account["disabled_reason"].startswith("invalid_grant")


# Configuration


def document(gateway) -> dict:
    answer = gateway.admin("GET", "/api/config")
    assert answer.status == 200
    return answer.json


def test_the_whole_document_goes_round(own):
    config = document(own)
    for name in ("language", "theme", "auto_refresh", "refresh_interval", "proxy", "gateway", "quota_protection"):
        assert name in config, name
    config["some_later_key"] = {"a": [1, 0.4, None]}
    config["theme"] = "dark"
    config["proxy"]["request_timeout"] = 300
    answer = own.admin("POST", "/api/config", {"config": config})
    assert answer.status == 200 and answer.json["success"] is True, answer
    assert document(own) == config
    assert own.admin("POST", "/api/config", config).status == 200


@pytest.mark.parametrize("change, member", [
    ({"refresh_interval": 0}, "refresh_interval"), ({"refresh_interval": "15"}, "refresh_interval"),
    ({"proxy": {"port": 70000}}, "proxy.port"), ({"proxy": {"auth_mode": "sometimes"}}, "proxy.auth_mode"),
    ({"proxy": {"request_timeout": 5}}, "proxy.request_timeout"), ({"proxy": {"api_key": "with space"}}, "proxy.api_key"),
    ({"proxy": {"upstream_proxy": {"enabled": True, "url": ""}}}, "proxy.upstream_proxy"),
    ({"proxy": {"custom_mapping": {"a": 5}}}, "proxy.custom_mapping"),
])
def test_a_bad_document_changes_nothing_and_names_the_member(own, change, member):
    before = document(own)
    changed = json.loads(json.dumps(before))
    for name, value in change.items():
        if isinstance(value, dict):
            changed[name].update(value)
        else:
            changed[name] = value
    answer = own.admin("POST", "/api/config", {"config": changed})
    assert (answer.status, answer.json["code"]) == (400, "invalid_request"), answer
    assert member in answer.json["error"], answer.json
    assert document(own) == before


def test_a_missing_required_key_is_named(own):
    config = document(own)
    del config["language"]
    answer = own.admin("POST", "/api/config", {"config": config})
    assert answer.status == 400 and "language" in json.dumps(answer.json["details"]["missing"]), answer


def test_a_changed_key_counts_for_the_next_request(launch):
    """On every worker, also on connections that were already open."""
    gateway = launch(workers=2, environment={"ANTIGRAVITY_API_KEY": ""})
    config = document(gateway)
    old, new = config["proxy"]["api_key"], "sk-another-key"
    with gateway.connect() as open_connection:
        assert open_connection.ask("GET", "/v1/models", {"x-api-key": old}).status == 200
        config["proxy"]["api_key"] = new
        assert gateway.admin("POST", "/api/config", {"config": config}).status == 200
        assert open_connection.ask("GET", "/v1/models", {"x-api-key": old}).status == 401
        assert open_connection.ask("GET", "/v1/models", {"x-api-key": new}).status == 200
    for _ in range(8):
        assert gateway.ai("GET", "/v1/models", key=old).status == 401
        assert gateway.ai("GET", "/v1/models", key=new).status == 200


def test_a_mapping_counts_for_the_next_request(own, sandbox):
    own.add_account("1//sandbox-alice")
    config = document(own)
    config["proxy"]["custom_mapping"] = {"my-model": "gemini-2.5-flash"}
    assert own.admin("POST", "/api/config", {"config": config}).status == 200
    answer = own.chat("hi", model="my-model")
    assert answer.status == 200 and answer.json["model"] == "my-model", answer
    assert sandbox.bodies()[-1]["model"] == "gemini-2.5-flash"


def test_without_authentication_a_host_name_must_be_configured(launch):
    """On every worker, also on connections that were already open."""
    gateway = launch(workers=2, environment={"ANTIGRAVITY_AUTH_MODE": "off"})
    asks = b"GET /v1/models HTTP/1.1\r\nHost: Gateway.lan:8045\r\n\r\n"
    with gateway.connect() as connection:
        assert connection.ask("GET", "/v1/models").status == 200
        connection.send(asks)
        assert connection.answer().status == 403
        assert gateway.admin("PATCH", "/api/config", {"gateway": {"http": {"hosts": ["gateway.lan"]}}}).status == 200
        for _ in range(4):
            connection.send(asks)
            assert connection.answer().status == 200
        connection.send(asks.replace(b"Gateway.lan", b"other.lan"))
        assert connection.answer().status == 403


def test_a_setting_of_the_environment_beats_the_document(own):
    config = document(own)
    assert config["proxy"]["api_key"] == KEY
    assert "proxy.api_key" in own.status["env_overrides"]
    config["proxy"]["api_key"] = "sk-stored-underneath"
    answer = own.admin("POST", "/api/config", {"config": config})
    assert answer.status == 200 and "proxy.api_key" in answer.json["overridden_by_env"], answer
    assert own.ai("GET", "/v1/models", key=KEY).status == 200
    assert own.ai("GET", "/v1/models", key="sk-stored-underneath").status == 401


def test_a_changed_port_needs_a_restart_and_says_so(own):
    config = document(own)
    config["proxy"]["allow_lan_access"] = not config["proxy"]["allow_lan_access"]
    answer = own.admin("POST", "/api/config", {"config": config})
    assert "proxy.allow_lan_access" in answer.json["restart_required"], answer
    assert "proxy.allow_lan_access" in own.status["restart_required"]


# Status


def test_status(gateway):
    status = gateway.status
    assert status["running"] is True and status["port"] == gateway.address[1]
    assert status["base_url"] == status["url"]
    assert status["effective_auth_mode"] == "all_except_health"
    assert status["active_accounts"] == 1 and status["version"]
    assert len(status["workers"]) == 2
    for worker in status["workers"]:
        assert {"id", "pid", "state", "started_at", "restarts", "active_requests"} <= set(worker)
        assert worker["state"] == "ready"


# Bodies, further routes


@pytest.mark.parametrize("path, size", [("/api/config", 9 << 20), ("/api/accounts", 9 << 20),
                                        ("/v1/api/event_logging", 2 << 20), ("/api/health", 2 << 20)])
def test_a_body_above_the_bound_is_refused_before_it_is_read(gateway, path, size):
    method = "GET" if path == "/api/health" else "POST"
    with gateway.connect() as connection:
        fields = {"Authorization": f"Bearer {ADMIN}", "Content-Length": str(size), "Content-Type": "application/json"}
        answer = connection.ask(method, path, fields)
    assert (answer.status, answer.json["code"]) == (413, "payload_too_large"), answer


def test_a_patch_changes_what_it_names_and_nothing_else(own):
    before = document(own)
    answer = own.admin("PATCH", "/api/config", {"theme": "dark", "proxy": {"request_timeout": 200}, "later": {"a": 1}})
    assert answer.status == 200, answer
    before["theme"], before["proxy"]["request_timeout"], before["later"] = "dark", 200, {"a": 1}
    assert document(own) == before
    assert own.admin("PATCH", "/api/config", {"config": {"later": None}}).status == 200
    del before["later"]
    assert document(own) == before
    assert own.admin("PATCH", "/api/config", {"theme": "pink"}).status == 400


def test_in_strict_mode_health_paths_take_the_api_key(launch):
    gateway = launch(workers=1, accounts=0, environment={"ANTIGRAVITY_AUTH_MODE": "strict"})
    for path in ("/healthz", "/health"):
        assert gateway.admin("GET", path, token=None).status == 401, path
        assert gateway.admin("GET", path, token=ADMIN).status == 401, path
        assert gateway.admin("GET", path, token=KEY).status == 200, path
    assert gateway.admin("GET", "/api/health", token=None).status == 200


def test_workers_are_replaced_on_request(own):
    before = own.ready_workers()
    answer = own.admin("POST", "/api/proxy/workers/restart")
    assert answer.status == 200 and answer.json["success"] is True, answer
    assert not set(before) & set(own.wait_ready())


def test_a_member_that_acts_only_at_a_start_is_named(own):
    assert own.admin("PATCH", "/api/config", {"proxy": {"auto_start": False}}).json["restart_required"] == [
        "proxy.auto_start"]


def test_an_error_of_the_body_names_its_place(own):
    answer = own.admin("POST", "/api/config", b'{"config": {"proxy": {"port": 80,}}}')
    assert (answer.status, answer.json["code"]) == (400, "invalid_json"), answer
    assert answer.json["details"]["path"].startswith("config.proxy") and answer.json["details"]["offset"] > 0, answer
