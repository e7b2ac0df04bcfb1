"""Signing in with a browser: from the consent page of the stand-in to the account."""

import concurrent.futures
import re
import time
import urllib.parse

import pytest

from harness.wire import Connection

LOGIN = "/api/accounts/oauth"


@pytest.fixture
def own(launch):
    """A gateway without accounts."""
    return launch(workers=1, accounts=0)


def begin(gateway, path=f"{LOGIN}/start", method="POST") -> dict:
    answer = gateway.admin(method, path)
    assert answer.status == 200, answer
    return answer.json


def consent(sandbox, url: str, account: str = "demo") -> str:
    """What the browser does at Google's page: it is sent back to this address."""
    parts = urllib.parse.urlsplit(url)
    assert f"http://{parts.netloc}" == sandbox.url and parts.path == "/o/oauth2/v2/auth"
    with Connection(sandbox.address) as connection:
        answer = connection.ask("GET", f"{parts.path}?{parts.query}&login_hint={account}")
    assert answer.status == 302, answer
    return answer.field("Location")


def come_back(gateway, address: str):
    """The browser follows; it carries no token."""
    parts = urllib.parse.urlsplit(address)
    with gateway.connect() as connection:
        return connection.ask("GET", f"{parts.path}?{parts.query}")


def emails(gateway) -> list[str]:
    return [account["email"] for account in gateway.admin("GET", "/api/accounts").json["accounts"]]


@pytest.mark.parametrize("method, path", [
    ("POST", f"{LOGIN}/start"), ("POST", f"{LOGIN}/prepare"), ("GET", "/api/auth/url")])
def test_a_whole_login(own, sandbox, method, path):
    begun = begin(own, path, method)
    assert begun["redirect_uri"] == f"http://localhost:{own.address[1]}/auth/callback"
    assert begun["expires_in"] == 600 and f"state={begun['state']}" in begun["url"]
    status = own.admin("GET", f"{LOGIN}/status?state={begun['state']}").json
    assert (status["status"], status["account"], status["error"]) == ("pending", None, None)
    page = come_back(own, consent(sandbox, begun["url"], "alice"))
    assert page.status == 200 and page.field("Content-Type") == "text/html; charset=utf-8"
    assert b"oauth-success" in page.body and b"alice@example.com" in page.body
    policy = page.field("Content-Security-Policy")
    nonce = re.search(r'<script nonce="(\w+)">', page.body.decode())[1]
    assert "default-src 'none'" in policy and f"script-src 'nonce-{nonce}'" in policy
    assert page.field("Referrer-Policy") == "no-referrer" and page.field("Cache-Control") == "no-store"
    listed = own.admin("GET", "/api/accounts").json
    assert [account["email"] for account in listed["accounts"]] == ["alice@example.com"]
    assert listed["accounts"][0]["has_project"] and listed["current_account_id"] == listed["accounts"][0]["id"]
    status = own.admin("GET", f"{LOGIN}/status?state={begun['state']}").json
    assert status["status"] == "done" and status["account"]["email"] == "alice@example.com"
    assert own.admin("POST", f"{LOGIN}/complete").json["email"] == "alice@example.com"
    assert own.chat("hello").status == 200
    assert "4/sandbox" not in own.program.stderr and begun["state"] not in own.program.stderr


def test_nobody_attaches_an_account_without_an_open_login(own, sandbox):
    """Any code under a wrong state, none, or one that has served is refused before Google is asked."""
    begun = begin(own)
    address = consent(sandbox, begun["url"])
    before = len(sandbox.calls["calls"])
    for query in ("code=4%2Fsandbox-mallory", "code=4%2Fsandbox-mallory&state=", "state=x&code=4%2Fsandbox-mallory",
                  f"code=4%2Fsandbox-mallory&state={begun['state'][:-1]}", f"state={begun['state']}", "",
                  "state=%ff&code=%ff"):
        page = come_back(own, f"http://gateway/auth/callback?{query}")
        assert page.status == 400 and page.field("Content-Type").startswith("text/html"), query
        assert b"<script" not in page.body and b"mallory" not in page.body
    assert len(sandbox.calls["calls"]) == before and emails(own) == []
    assert come_back(own, address).status == 200
    assert come_back(own, address).status == 400
    assert emails(own) == ["demo@example.com"]


def test_a_preview_does_not_use_a_login_up(own, sandbox):
    address = consent(sandbox, begin(own)["url"])
    parts = urllib.parse.urlsplit(address)
    with own.connect() as connection:
        assert connection.ask("HEAD", f"{parts.path}?{parts.query}").status == 400
    assert come_back(own, address).status == 200


def test_a_person_who_says_no(own, sandbox):
    begun = begin(own)
    page = come_back(own, consent(sandbox, begun["url"], "denied"))
    assert page.status == 400 and b"declined" in page.body
    status = own.admin("GET", f"{LOGIN}/status").json
    assert (status["state"], status["status"]) == (begun["state"], "failed") and "declined" in status["error"]
    answer = own.admin("POST", f"{LOGIN}/complete")
    assert (answer.status, answer.json["code"]) == (400, "invalid_grant")


def test_without_a_refresh_token_the_advice_is_to_revoke(own, sandbox):
    page = come_back(own, consent(sandbox, begin(own)["url"], "bob-norefresh"))
    assert page.status == 400 and b"myaccount.google.com/permissions" in page.body
    url = consent(sandbox, begin(own)["url"], "bob-norefresh")
    answer = own.admin("POST", f"{LOGIN}/complete", {"code": url})
    assert (answer.status, answer.json["code"]) == (400, "invalid_grant")
    assert "myaccount.google.com/permissions" in answer.json["error"] and emails(own) == []


def test_a_login_works_while_the_service_is_stopped(launch, sandbox):
    gateway = launch(workers=1, accounts=0)
    assert gateway.admin("PATCH", "/api/config", {"proxy": {"auto_start": False}}).status == 200
    assert come_back(gateway, consent(sandbox, begin(gateway)["url"])).status == 200
    assert emails(gateway) == ["demo@example.com"]


def test_the_public_address_is_where_the_browser_comes_back_to(launch, sandbox):
    gateway = launch(workers=1, accounts=0, environment={"ABV_PUBLIC_URL": "https://gw.example.com/"})
    begun = begin(gateway)
    assert begun["redirect_uri"] == "https://gw.example.com/auth/callback"
    address = consent(sandbox, begun["url"])
    assert address.startswith("https://gw.example.com/auth/callback?")
    assert come_back(gateway, address).status == 200


@pytest.mark.parametrize("path", [f"{LOGIN}/complete", f"{LOGIN}/submit-code"])
def test_a_code_is_pasted_alone_or_as_the_address_that_did_not_load(own, sandbox, path):
    for account, paste in (("carol", lambda url: url), ("dave", lambda url: urllib.parse.urlsplit(url).query)):
        answer = own.admin("POST", path, {"code": paste(consent(sandbox, begin(own)["url"], account))})
        assert answer.status == 200 and answer.json["email"] == f"{account}@example.com", answer
    first, second = begin(own), begin(own)
    consent(sandbox, first["url"], "erin")
    answer = own.admin("POST", path, {"code": "4/sandbox-erin", "state": first["state"]})
    assert answer.status == 200 and answer.json["email"] == "erin@example.com", answer
    consent(sandbox, second["url"], "frank")
    answer = own.admin("POST", path, {"code": "4%2Fsandbox-frank"})
    assert answer.status == 200 and answer.json["email"] == "frank@example.com", answer


@pytest.mark.parametrize("path", [f"{LOGIN}/complete", f"{LOGIN}/submit-code"])
def test_what_cannot_finish_a_login(own, path):
    def ask(body) -> tuple:
        answer = own.admin("POST", path, body)
        return answer.status, answer.json["code"], answer.json.get("details", {}).get("field")

    assert ask({"code": "4/sandbox-x"}) == (409, "oauth_no_flow", None)
    state = begin(own)["state"]
    assert ask({"code": "4/sandbox-x", "state": "wrong"}) == (400, "invalid_request", "state")
    assert ask({"code": "http://x/?code=4/sandbox-x&state=wrong"}) == (400, "invalid_request", "state")
    assert ask({"code": f"http://x/?code=4/x&state={state}", "state": "y"}) == (400, "invalid_request", "state")
    assert ask({"code": f"http://x/?state={state}"}) == (400, "invalid_request", "code")
    assert ask({"code": 5}) == (400, "invalid_request", "code")
    assert ask({"code": " "}) == (400, "invalid_request", "code")
    assert ask({"code": "x" * 9000}) == (400, "invalid_request", "code")
    assert ask({"code": "4/sandbox-x", "state": 5}) == (400, "invalid_request", "state")
    assert ask(b"{") == (400, "invalid_json", None)
    assert ask({"code": "nonsense", "state": state}) == (400, "invalid_grant", None)
    assert ask({"code": "4/sandbox-x", "state": state}) == (409, "oauth_no_flow", None)
    begin(own)
    assert own.admin("POST", f"{LOGIN}/cancel").json == {"success": True, "cancelled": 1}
    assert ask({"code": "4/sandbox-x"}) == (409, "oauth_no_flow", None)
    assert emails(own) == []


def test_a_code_must_be_there_to_be_submitted(own):
    answer = own.admin("POST", f"{LOGIN}/submit-code", {})
    assert (answer.status, answer.json["details"]["field"]) == (400, "code")
    assert own.admin("POST", f"{LOGIN}/complete", {}).json["code"] == "oauth_no_flow"


def pending(gateway, before: str | None = None) -> dict:
    """The newest login, once there is another one than before."""
    for _ in range(500):
        answer = gateway.admin("GET", f"{LOGIN}/status")
        if answer.status == 200 and answer.json["state"] != before:
            return answer.json
        time.sleep(0.02)
    raise AssertionError("no login began")


@pytest.mark.parametrize("how", [{"wait": True}, "?wait=true"])
def test_start_can_wait_for_the_account(own, sandbox, how):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        path, body = (f"{LOGIN}/start", how) if isinstance(how, dict) else (f"{LOGIN}/start{how}", None)
        started = pool.submit(own.admin, "POST", path, body)
        url = pending(own)["url"]
        completed = pool.submit(own.admin, "POST", f"{LOGIN}/complete")
        assert come_back(own, consent(sandbox, url)).status == 200
        for answer in (started.result(), completed.result()):
            assert answer.status == 200 and answer.json["email"] == "demo@example.com", answer


def test_whoever_waits_is_told_of_a_cancellation(own):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        started = pool.submit(own.admin, "POST", f"{LOGIN}/start", {"wait": True})
        state = pending(own)["state"]
        assert own.admin("POST", f"{LOGIN}/cancel", {"state": "other"}).json["cancelled"] == 0
        assert own.admin("POST", f"{LOGIN}/cancel", {"state": state}).json["cancelled"] == 1
        assert started.result().json["code"] == "oauth_no_flow"
    assert own.admin("GET", f"{LOGIN}/status?state={state}").json["status"] == "failed"


def test_a_stop_does_not_wait_for_a_browser(own):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        started = pool.submit(own.admin, "POST", f"{LOGIN}/start", {"wait": True})
        pending(own)
        assert own.stop(20) == 0
        assert started.result().status == 504


def test_at_most_eight_logins_are_open(own):
    states = [begin(own)["state"] for _ in range(9)]
    found = [own.admin("GET", f"{LOGIN}/status?state={state}").json["status"] for state in states]
    assert found == ["failed"] + 8 * ["pending"]


def test_an_unknown_login_has_no_status(own):
    for query in ("", "?state=x", "?state="):
        answer = own.admin("GET", f"{LOGIN}/status{query}")
        assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("variable", ["ANTIGRAVITY_OAUTH_CLIENT_ID", "ANTIGRAVITY_OAUTH_CLIENT_SECRET"])
def test_a_missing_setting_is_named(launch, variable):
    gateway = launch(workers=1, accounts=0, environment={variable: ""})
    for method, path in (("POST", f"{LOGIN}/start"), ("POST", f"{LOGIN}/prepare"), ("GET", "/api/auth/url")):
        answer = gateway.admin(method, path)
        assert (answer.status, answer.json["code"]) == (503, "state_unavailable")
        assert answer.json["details"]["missing"] == [variable] and variable in answer.json["error"]


@pytest.mark.parametrize("value", ["yes", 1, []])
def test_wait_is_true_or_false(gateway, value):
    answer = gateway.admin("POST", f"{LOGIN}/start", {"wait": value})
    assert (answer.status, answer.json["details"]["field"]) == (400, "wait")
    assert gateway.admin("POST", f"{LOGIN}/start?wait=maybe").status == 400


def test_the_callback_is_only_read(gateway):
    for method in ("POST", "PUT"):
        answer = gateway.admin(method, "/auth/callback", token=None)
        assert answer.status == 405 and "GET" in answer.field("Allow")
