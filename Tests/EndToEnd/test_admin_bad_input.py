"""Every account endpoint with input that it cannot use: a refusal that names what is wrong, and nothing half done."""

import pytest

PROFILE = {"machineId": "a", "macMachineId": "b", "devDeviceId": "c", "sqmId": "d"}
# What takes a body. `{id}` is an account, `{version}` a version of its device profile, `{other}` one of another account.
TAKE_A_BODY = [
    "/api/accounts", "/api/accounts/switch", "/api/accounts/{id}/toggle-proxy", "/api/accounts/{id}/bind-device",
    "/api/accounts/bulk-delete", "/api/accounts/reorder", "/api/accounts/{id}/bind-device-profile",
    "/api/accounts/limits/clear", "/api/proxy/preferred-account",
]
# Bytes that are no object, and the code.
NO_OBJECTS = [
    (b"{", "invalid_json"), (b"{}}", "invalid_json"), (b'{"accountId":"x",}', "invalid_json"), (b"\xff{}", "invalid_json"),
    (b'{"a":"\xc3\x28"}', "invalid_json"), (b"{'a':1}", "invalid_json"), (b"[" * 2000, "invalid_json"),
    (b"[]", "invalid_request"), (b"5", "invalid_request"), (b'"x"', "invalid_request"), (b"null", "invalid_request"),
]
# Method, path, body, the field that the refusal names.
WRONG_FIELDS = [
    ("POST", "/api/accounts", {}, "refreshToken"),
    ("POST", "/api/accounts", {"refreshToken": None}, "refreshToken"),
    ("POST", "/api/accounts", {"refreshToken": ["1//x"]}, "refreshToken"),
    ("POST", "/api/accounts", {"refreshToken": " \t"}, "refreshToken"),
    ("POST", "/api/accounts", {"refreshToken": "x" * 4097}, "refreshToken"),
    ("POST", "/api/accounts", {"apiKey": "sandbox-key-x", "label": "a", "refreshToken": "1//x"}, "apiKey"),
    ("POST", "/api/accounts", {"apiKey": "sandbox-key-x"}, "label"),
    ("POST", "/api/accounts", {"apiKey": "sandbox-key-x", "label": 5}, "label"),
    ("POST", "/api/accounts", {"apiKey": "sandbox-key-x", "label": " "}, "label"),
    ("POST", "/api/accounts", {"apiKey": 5, "label": "a"}, "apiKey"),
    ("POST", "/api/accounts/switch", {}, "accountId"),
    ("POST", "/api/accounts/switch", {"accountId": None}, "accountId"),
    ("POST", "/api/accounts/switch", {"accountId": ["{id}"]}, "accountId"),
    ("POST", "/api/accounts/refresh?include_forbidden=maybe", None, "include_forbidden"),
    ("GET", "/api/accounts/{id}/quota?cached=maybe", None, "cached"),
    ("POST", "/api/accounts/{id}/toggle-proxy", {"enable": "false"}, "enable"),
    ("POST", "/api/accounts/{id}/toggle-proxy", {"enable": 0}, "enable"),
    ("POST", "/api/accounts/{id}/toggle-proxy", {"enable": False, "reason": []}, "reason"),
    ("POST", "/api/accounts/{id}/toggle-proxy", {"enable": False, "reason": "x" * 5000}, "reason"),
    ("POST", "/api/accounts/{id}/bind-device", {"mode": "copy"}, "mode"),
    ("POST", "/api/accounts/{id}/bind-device", {"mode": 5}, "mode"),
    ("POST", "/api/accounts/bulk-delete", {}, "accountIds"),
    ("POST", "/api/accounts/bulk-delete", {"accountIds": "{id}"}, "accountIds"),
    ("POST", "/api/accounts/bulk-delete", {"accountIds": ["{id}", 5]}, "accountIds[1]"),
    ("POST", "/api/accounts/bulk-delete", {"accountIds": ["{id}", None]}, "accountIds[1]"),
    ("POST", "/api/accounts/reorder", {}, "accountIds"),
    ("POST", "/api/accounts/reorder", {"accountIds": {"0": "{id}"}}, "accountIds"),
    ("POST", "/api/accounts/reorder", {"accountIds": ["{second}", True]}, "accountIds[1]"),
    ("POST", "/api/accounts/limits/clear", {"accountId": 5}, "accountId"),
    ("POST", "/api/accounts/{id}/bind-device-profile", {}, "machineId"),
    ("POST", "/api/accounts/{id}/bind-device-profile", {"profile": []}, "profile"),
    ("POST", "/api/accounts/{id}/bind-device-profile", {"profile": {**PROFILE, "sqmId": None}}, "profile.sqmId"),
    ("POST", "/api/accounts/{id}/bind-device-profile", {**PROFILE, "machineId": ""}, "machineId"),
    ("POST", "/api/accounts/{id}/bind-device-profile", {**PROFILE, "devDeviceId": "x" * 300}, "devDeviceId"),
    ("POST", "/api/proxy/preferred-account", {"accountId": 5}, "accountId"),
]
NOT_FOUND = [
    ("GET", "/api/accounts/nobody", None, "account_not_found"),
    ("DELETE", "/api/accounts/nobody", None, "account_not_found"),
    ("POST", "/api/accounts/switch", {"accountId": "nobody"}, "account_not_found"),
    ("GET", "/api/accounts/nobody/quota", None, "account_not_found"),
    ("POST", "/api/accounts/nobody/toggle-proxy", {"enable": False}, "account_not_found"),
    ("POST", "/api/accounts/nobody/bind-device", {}, "account_not_found"),
    ("POST", "/api/accounts/nobody/warmup", None, "account_not_found"),
    ("POST", "/api/accounts/limits/clear", {"accountId": "nobody"}, "account_not_found"),
    ("POST", "/api/proxy/preferred-account", {"accountId": "nobody"}, "account_not_found"),
    ("GET", "/api/accounts/nobody/device-profiles", None, "account_not_found"),
    ("GET", "/api/accounts/nobody/device-versions", None, "account_not_found"),
    ("POST", "/api/accounts/nobody/bind-device-profile", PROFILE, "account_not_found"),
    ("POST", "/api/accounts/nobody/device-versions/{version}/restore", None, "account_not_found"),
    ("DELETE", "/api/accounts/nobody/device-versions/{version}", None, "account_not_found"),
    ("POST", "/api/accounts/{id}/device-versions/{other}/restore", None, "version_not_found"),
    ("DELETE", "/api/accounts/{id}/device-versions/{other}", None, "version_not_found"),
    ("POST", "/api/accounts/{id}/bind-device", {"mode": "capture"}, "storage_not_found"),
]
IN_USE = [
    ("DELETE", "/api/accounts/{id}/device-versions/baseline", None, "version_in_use"),
    ("DELETE", "/api/accounts/{id}/device-versions/current", None, "version_in_use"),
    ("DELETE", "/api/accounts/{id}/device-versions/{version}", None, "version_in_use"),
    ("POST", "/api/accounts/switch", {"accountId": "{dead}"}, "reauth_required"),
    ("GET", "/api/accounts/{dead}/quota", None, "reauth_required"),
]


class Place:
    """A gateway with accounts that have something to lose, and the names of all that."""

    def __init__(self, gateway, sandbox):
        self.gateway = gateway
        self.names = {name: gateway.add_account(f"1//sandbox-{name}")["id"] for name in ("id", "second", "dead")}
        for account, name in ((self.names["id"], "version"), (self.names["second"], "other")):
            assert gateway.admin("POST", f"/api/accounts/{account}/bind-device").status == 200
            self.names[name] = self.profiles(account)["history"][0]["id"]
        sandbox.revoke("dead")
        # Found dead now, so that no refusal below is the one that finds it.
        assert gateway.admin("GET", f"/api/accounts/{self.names['dead']}/quota").status == 409
        self.before = self.state

    def profiles(self, account: str) -> dict:
        return self.gateway.admin("GET", f"/api/accounts/{account}/device-profiles").json

    @property
    def state(self) -> list:
        """All that the endpoints could change."""
        paths = ["/api/accounts", "/api/config", "/api/proxy/preferred-account"]
        return [self.gateway.admin("GET", path).json for path in paths] + [
            self.profiles(self.names[name]) for name in ("id", "second", "dead")]

    def fill(self, value):
        if isinstance(value, str):
            for name, text in self.names.items():
                value = value.replace("{" + name + "}", text)
        elif isinstance(value, list):
            value = [self.fill(item) for item in value]
        elif isinstance(value, dict):
            value = {name: self.fill(item) for name, item in value.items()}
        return value

    def refuse(self, method: str, path: str, body, status: int):
        answer = self.gateway.admin(method, self.fill(path), self.fill(body))
        assert answer.status == status, (method, path, body, answer)
        assert set(answer.json) >= {"error", "code"} and answer.json["error"], answer
        return answer.json


@pytest.fixture
def place(launch, sandbox):
    return Place(launch(workers=1, accounts=0), sandbox)


def test_what_is_no_object_is_refused_everywhere(place):
    for path in TAKE_A_BODY:
        for body, code in NO_OBJECTS:
            assert place.refuse("POST", path, body, 400)["code"] == code, (path, body[:20])
    assert place.state == place.before


def test_a_wrong_field_is_named(place):
    for method, path, body, field in WRONG_FIELDS:
        refusal = place.refuse(method, path, body, 400)
        assert (refusal["code"], refusal["details"]["field"]) == ("invalid_request", field), (path, body, refusal)
    assert place.state == place.before


@pytest.mark.parametrize("status, rows", [(404, NOT_FOUND), (409, IN_USE)])
def test_what_is_not_there_or_in_use_is_said(place, status, rows):
    for method, path, body, code in rows:
        assert place.refuse(method, path, body, status)["code"] == code, (path, body)
    assert place.state == place.before
