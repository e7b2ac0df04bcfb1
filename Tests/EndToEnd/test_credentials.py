"""A broken OAuth client, and moments that no token or record has: the accounts serve all the same."""

import json
import urllib.parse
import urllib.request

import pytest

from harness.programs import wait_until

LARGEST = 9223372036854775807
SECRET = "ANTIGRAVITY_OAUTH_CLIENT_SECRET"


def account(gateway) -> dict:
    return gateway.admin("GET", "/api/accounts").json["accounts"][0]


def is_client_blamed(answer) -> bool:
    return answer.status == 503 and "OAuth client" in answer.json["error"]["message"]


def test_a_refused_oauth_client_takes_no_account_out(launch, sandbox):
    gateway = launch(workers=1, accounts=1)
    sandbox.expire_tokens("account0")
    sandbox.script({"method": "token", "status": 401, "body": {"error": "invalid_client"}})
    assert is_client_blamed(gateway.chat())
    assert account(gateway)["disabled"] is False
    sandbox.reset()
    wait_until(lambda: gateway.chat().status == 200, 15, "the account serves again")


def test_an_oauth_client_that_is_set_again_counts_at_once(launch, sandbox, tmp_path):
    file = tmp_path / "secret"
    file.write_text("test-secret")
    gateway = launch(workers=1, accounts=1, environment={SECRET: "", f"{SECRET}_FILE": str(file)})
    file.write_text("wrong-secret")
    assert gateway.admin("POST", "/api/proxy/reload", {}).status == 200
    sandbox.expire_tokens("account0")
    sandbox.script({"method": "token", "status": 401, "body": {"error": "invalid_client"}})
    assert is_client_blamed(gateway.chat())
    sandbox.reset()
    file.write_text("test-secret")
    assert gateway.admin("POST", "/api/proxy/reload", {}).status == 200
    assert gateway.chat().status == 200


@pytest.mark.parametrize("seconds", [LARGEST, str(LARGEST), 100_000_000_000_000_000, -5])
def test_a_validity_that_no_token_has_does_no_harm_now_and_after_a_restart(launch, sandbox, seconds):
    gateway = launch(workers=1, accounts=0)
    form = {"grant_type": "refresh_token", "refresh_token": "1//sandbox-account7", "client_id": "test-client",
            "client_secret": "test-secret"}
    with urllib.request.urlopen(f"{sandbox.url}/token", urllib.parse.urlencode(form).encode()) as reply:
        token = json.load(reply)["access_token"]
    sandbox.script({"method": "token", "body": {"access_token": token, "expires_in": seconds, "token_type": "Bearer"}})
    gateway.add_account("1//sandbox-account7")
    assert gateway.chat().status == 200
    assert gateway.stop() == 0
    assert launch.again(gateway).chat().status == 200


@pytest.mark.parametrize("number", [LARGEST, 100_000_000_000_000_000, -LARGEST - 1])
def test_an_imported_folder_with_moments_that_cannot_be_does_no_harm(launch, tmp_path, number):
    folder = tmp_path / "home" / ".antigravity_tools"
    (folder / "accounts").mkdir(parents=True)
    (folder / "accounts.json").write_text(json.dumps({"accounts": [{"id": "a"}, {"id": "b"}]}))
    for name in ("a", "b"):
        record = {
            "email": f"{name}@example.com", "created_at": number, "last_used": number,
            "token": {"access_token": "ya29.x", "refresh_token": f"1//sandbox-{name}", "expires_in": number,
                      "expiry_timestamp": min(number, 0)},
            "quota": {"models": [{"name": "gemini-3-flash", "percentage": number}], "last_updated": number}}
        if name == "b":
            record |= {"disabled": True, "disabled_reason": "invalid_grant: x", "disabled_at": number}
        (folder / "accounts" / f"{name}.json").write_text(json.dumps(record))
    gateway = launch(workers=1, accounts=0, environment={"ABV_CLI_HOME": str(folder.parent)})
    assert len(gateway.admin("GET", "/api/accounts").json["accounts"]) == 2
    assert gateway.chat().status == 200
    assert gateway.program.is_running
