"""Device profiles: kept for an account, sent nowhere."""

import json
import re

import pytest

EDITOR = ".config/Antigravity/User/globalStorage/storage.json"
NAMES = ["machine_id", "mac_machine_id", "dev_device_id", "sqm_id"]
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
GIVEN = {"machine_id": "auth0|user_x", "mac_machine_id": "m", "dev_device_id": "d", "sqm_id": "{S}"}
CAMEL = {"machineId": "auth0|user_x", "macMachineId": "m", "devDeviceId": "d", "sqmId": "{S}"}


@pytest.fixture
def own(launch, tmp_path):
    gateway = launch(workers=1, accounts=2, environment={"ANTIGRAVITY_CLI_HOME": str(tmp_path)})
    gateway.accounts = [account["id"] for account in gateway.admin("GET", "/api/accounts").json["accounts"]]
    return gateway


def view(gateway, account: str) -> dict:
    answer = gateway.admin("GET", f"/api/accounts/{account}/device-profiles")
    assert answer.status == 200 and set(answer.json) == {"current_storage", "bound_profile", "history", "baseline"}, answer
    assert gateway.admin("GET", f"/api/accounts/{account}/device-versions").json == answer.json
    return answer.json


def bind(gateway, account: str, body=None) -> dict:
    answer = gateway.admin("POST", f"/api/accounts/{account}/bind-device", body)
    assert answer.status == 200 and answer.json["success"] is True and answer.json["message"], answer
    return answer.json["device_profile"]


def is_profile(profile: dict) -> bool:
    patterns = [r"auth0\|user_[0-9a-z]{32}", UUID, UUID, r"\{" + UUID.upper() + r"\}"]
    return list(profile) == NAMES and all(
        re.fullmatch(pattern, profile[name]) for pattern, name in zip(patterns, NAMES))


def write_editor(folder, document):
    path = folder / EDITOR
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))


def test_without_an_editor_and_without_a_profile_everything_is_empty(own):
    assert view(own, own.accounts[0]) == {
        "current_storage": None, "bound_profile": None, "history": [], "baseline": None}


def test_a_preview_is_stored_nowhere(own):
    first, second = (own.admin("POST", "/api/accounts/device-preview") for _ in range(2))
    assert first.status == 200 and first.json != second.json
    assert is_profile(first.json), first.json
    assert view(own, own.accounts[0])["bound_profile"] is None


def test_a_bound_profile_has_a_history_and_the_first_of_all_is_the_baseline(own):
    one, other = own.accounts
    first = bind(own, one)
    second = bind(own, one, {"mode": "generate", "accountId": other})
    third = bind(own, other, {})
    assert all(is_profile(profile) for profile in (first, second, third))
    shown = view(own, one)
    assert shown["bound_profile"] == second and shown["baseline"] == first
    assert [entry["profile"] for entry in shown["history"]] == [first, second]
    assert [entry["is_current"] for entry in shown["history"]] == [False, True]
    assert all(set(entry) == {"id", "created_at", "label", "profile", "is_current"} for entry in shown["history"])
    assert {entry["label"] for entry in shown["history"]} == {"generate"}
    assert view(own, other)["baseline"] == first and view(own, other)["bound_profile"] == third
    shown = {account["id"]: account["device_bound"] for account in own.admin("GET", "/api/accounts").json["accounts"]}
    assert shown == {one: True, other: True}


@pytest.mark.parametrize("mode", ["copy", "", "Generate", 5, True])
def test_other_modes_are_refused(own, mode):
    answer = own.admin("POST", f"/api/accounts/{own.accounts[0]}/bind-device", {"mode": mode})
    assert (answer.status, answer.json["code"], answer.json["details"]["field"]) == (400, "invalid_request", "mode")
    assert view(own, own.accounts[0])["history"] == []


def test_a_profile_is_captured_from_the_editor(own, tmp_path):
    account = own.accounts[0]
    flat = {f"telemetry.{name}": value for name, value in CAMEL.items()}
    mixed = {"telemetry": {"machineId": "nested", "sqmId": ""}, **flat}
    for document, expected in [({"telemetry": CAMEL}, GIVEN), (flat, GIVEN), (mixed, None)]:
        write_editor(tmp_path, document)
        assert view(own, account)["current_storage"] == expected
    answer = own.admin("POST", f"/api/accounts/{account}/bind-device", {"mode": "capture"})
    assert (answer.status, answer.json["code"]) == (404, "storage_not_found"), answer
    write_editor(tmp_path, flat)
    assert bind(own, account, {"mode": "capture"}) == GIVEN
    assert view(own, account)["history"][-1]["label"] == "capture"


@pytest.mark.parametrize("document", ["", "{", "[]", "null", {"telemetry": {**CAMEL, "sqmId": 5}}, {"telemetry": "x"}])
def test_what_is_no_editors_file_is_as_if_it_were_not_there(own, tmp_path, document):
    write_editor(tmp_path, document)
    answer = own.admin("POST", f"/api/accounts/{own.accounts[0]}/bind-device", {"mode": "capture"})
    assert (answer.status, answer.json["code"]) == (404, "storage_not_found"), answer
    assert view(own, own.accounts[0])["current_storage"] is None


@pytest.mark.parametrize("body", [{"profile": GIVEN}, {"profile": CAMEL, "accountId": "x"}, GIVEN, CAMEL])
def test_a_given_profile_is_bound_in_every_spelling(own, body):
    answer = own.admin("POST", f"/api/accounts/{own.accounts[0]}/bind-device-profile", body)
    assert (answer.status, answer.json) == (200, GIVEN)
    shown = view(own, own.accounts[0])
    assert shown["bound_profile"] == GIVEN and [entry["label"] for entry in shown["history"]] == ["generated"]


@pytest.mark.parametrize("body, field", [
    ({}, "machineId"), ({"profile": {}}, "profile.machineId"), ({"profile": 5}, "profile"),
    ({"profile": {**CAMEL, "sqmId": ""}}, "profile.sqmId"), ({**CAMEL, "devDeviceId": 5}, "devDeviceId"),
    ({**GIVEN, "mac_machine_id": "x" * 300}, "macMachineId")])
def test_a_given_profile_needs_all_four_names(own, body, field):
    answer = own.admin("POST", f"/api/accounts/{own.accounts[0]}/bind-device-profile", body)
    assert (answer.status, answer.json["code"], answer.json["details"]["field"]) == (400, "invalid_request", field)
    assert view(own, own.accounts[0])["bound_profile"] is None


def test_an_earlier_version_is_bound_again(own):
    one, other = own.accounts
    first, second = bind(own, one), bind(own, one)
    bind(own, other)
    versions = [entry["id"] for entry in view(own, one)["history"]]
    foreign = view(own, other)["history"][0]["id"]

    def restore(version):
        return own.admin("POST", f"/api/accounts/{one}/device-versions/{version}/restore")

    assert (restore(versions[0]).status, restore(versions[0]).json) == (200, first)
    shown = view(own, one)
    assert shown["bound_profile"] == first and [entry["is_current"] for entry in shown["history"]] == [True, False]
    assert restore("current").json == first
    assert restore(versions[1]).json == second
    assert restore("baseline").json == first
    assert [entry["is_current"] for entry in view(own, one)["history"]] == [False, False]
    for version in ("no-such-version", foreign):
        answer = restore(version)
        assert (answer.status, answer.json["code"]) == (404, "version_not_found"), answer
    assert view(own, one)["bound_profile"] == first


def test_a_version_that_is_in_use_stays(own):
    account = own.accounts[0]
    for version in ("baseline", "current", "no-such-version"):
        answer = own.admin("DELETE", f"/api/accounts/{account}/device-versions/{version}")
        assert (answer.status, answer.json["code"]) == (404, "version_not_found"), answer
    bind(own, account), bind(own, account)
    old, new = [entry["id"] for entry in view(own, account)["history"]]
    for version in ("baseline", "current", new):
        answer = own.admin("DELETE", f"/api/accounts/{account}/device-versions/{version}")
        assert (answer.status, answer.json["code"]) == (409, "version_in_use"), answer
    answer = own.admin("DELETE", f"/api/accounts/{account}/device-versions/{old}")
    assert (answer.status, answer.body) == (204, b"")
    assert [entry["id"] for entry in view(own, account)["history"]] == [new]
    assert own.admin("DELETE", f"/api/accounts/{account}/device-versions/{old}").status == 404


def test_the_original_goes_to_the_current_account(own):
    answer = own.admin("POST", "/api/accounts/restore-original")
    assert (answer.status, answer.json["code"]) == (404, "version_not_found"), answer
    one, other = own.accounts
    first = bind(own, other)
    bind(own, one), bind(own, other)
    answer = own.admin("POST", "/api/accounts/restore-original")
    assert answer.status == 200 and isinstance(answer.json, str), answer
    assert view(own, one)["bound_profile"] == first and view(own, other)["bound_profile"] != first


def test_profiles_survive_the_process_and_end_with_their_account(own, launch):
    one, other = own.accounts
    bind(own, one), bind(own, one), bind(own, other)
    before = view(own, one)
    assert own.stop() == 0
    again = launch.again(own)
    assert view(again, one) == before
    assert again.admin("DELETE", f"/api/accounts/{one}").status == 204
    assert view(again, other)["baseline"] == before["baseline"]
