"""Accounts in and out: databases, folders and JSON of other programs."""

import base64
import json
import os
import pathlib
import sqlite3
import time

import pytest

from harness.gateway import ADMIN
from harness.programs import wait_until

IMPORT = "/api/accounts/import"
OLD_KEY = "jetskiStateSync.agentManagerInitState"
NEW_KEY = "antigravityUnifiedStateSync.oauthToken"
EDITOR = ".config/Antigravity/User/globalStorage/state.vscdb"


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field of a protocol buffer."""
    size, count = b"", len(content)
    while True:
        size += bytes([count & 0x7F | (0x80 if count > 0x7F else 0)])
        count >>= 7
        if not count:
            return bytes([number << 3 | 2]) + size + content


def token_info(refresh_token: str) -> bytes:
    return field(1, b"ya29.x") + field(2, b"Bearer") + field(3, refresh_token.encode())


def old_value(refresh_token: str) -> str:
    return base64.b64encode(field(2, b"dev@example.com") + field(6, token_info(refresh_token))).decode()


def new_value(refresh_token: str) -> str:
    row = field(1, base64.b64encode(token_info(refresh_token)))
    return base64.b64encode(field(1, field(1, b"oauthTokenInfoSentinelKey") + field(2, row))).decode()


def database(path: pathlib.Path, **values: str) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS ItemTable (key TEXT PRIMARY KEY, value TEXT)")
        connection.executemany("INSERT OR REPLACE INTO ItemTable VALUES (?, ?)", values.items())
    connection.close()
    return path


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def own(launch, home):
    """A gateway without accounts that looks into a home folder of the test."""
    return launch(workers=1, accounts=0, environment={"ABV_CLI_HOME": str(home)})


def emails(gateway) -> list[str]:
    return [account["email"] for account in gateway.admin("GET", "/api/accounts").json["accounts"]]


def refused(answer) -> tuple:
    return answer.status, answer.json["code"]


# The editor's database


@pytest.mark.parametrize("values", [{OLD_KEY: old_value("1//sandbox-alice")}, {NEW_KEY: new_value("1//sandbox-alice")}])
@pytest.mark.parametrize("how", ["home", "path", "custom"])
def test_an_editors_login(own, home, values, how):
    path = database(home / EDITOR, **values)
    before = path.read_bytes()
    ask = {"home": ("db", {}), "path": ("db", {"path": str(path)}), "custom": ("db-custom", {"path": str(path)})}[how]
    answer = own.admin("POST", f"{IMPORT}/{ask[0]}", ask[1])
    assert answer.status == 200 and answer.json["email"] == "alice@example.com", answer
    assert answer.json["is_current"] and answer.json["has_project"] and "imported" not in answer.json
    assert path.read_bytes() == before and sorted(os.listdir(path.parent)) == ["state.vscdb"]
    assert list((own.data / "import").iterdir()) == []
    assert "1//" not in own.program.stderr


def test_nothing_to_import(own, home):
    answer = own.admin("POST", f"{IMPORT}/db")
    assert refused(answer) == (404, "import_source_not_found")
    assert str(home / EDITOR) in answer.json["error"] and ".antigravity-agent" in answer.json["error"]
    for path in ("db", "db-custom", "v1"):
        assert refused(own.admin("POST", f"{IMPORT}/{path}", {"path": str(home / "gone")})) == (
            404, "import_source_not_found")
    assert refused(own.admin("POST", f"{IMPORT}/v1")) == (404, "import_source_not_found")


@pytest.mark.parametrize("path", ["db", "db-custom", "v1"])
@pytest.mark.parametrize("value", ["relative", "/a/../b", 5, "/" + "x" * 5000, "/a\0b"])
def test_a_path_is_absolute(own, path, value):
    answer = own.admin("POST", f"{IMPORT}/{path}", {"path": value})
    assert refused(answer) == (400, "invalid_request") and answer.json["details"]["field"] == "path"


def test_a_custom_database_needs_its_path(own):
    answer = own.admin("POST", f"{IMPORT}/db-custom", {})
    assert refused(answer) == (400, "invalid_request") and answer.json["details"]["field"] == "path"


def hostile(home: pathlib.Path) -> list[pathlib.Path]:
    sound = database(home / "sound", **{NEW_KEY: new_value("1//sandbox-x")})
    (home / "cut").write_bytes(sound.read_bytes()[:1500])
    (home / "magic").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    (home / "text").write_bytes(b"no JSON")
    (home / "deep").write_bytes(b"[" * 100_000)
    (home / "types").write_text(json.dumps({"accounts": 5, "token": []}))
    (home / "link").symlink_to(sound)
    os.mkfifo(home / "pipe")
    with open(home / "huge", "wb") as huge:
        huge.truncate(1 << 40)
    with sqlite3.connect(home / "other") as connection:
        connection.execute("CREATE TABLE Other (key, value)")
    with sqlite3.connect(home / "endless") as connection:
        connection.execute("CREATE VIEW ItemTable AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                           "SELECT i AS key, i AS value FROM n")
    database(home / "empty")
    database(home / "base64", **{NEW_KEY: "!!!"})
    database(home / "protobuf", **{OLD_KEY: base64.b64encode(b"\x32\xff\xff\xff\xff\x0f").decode()})
    return [file for file in sorted(home.iterdir()) if file.name != "sound"]


def test_what_is_no_source_is_unreadable_and_nothing_breaks(own, home):
    for path in hostile(home):
        answer = own.admin("POST", f"{IMPORT}/db", {"path": str(path)})
        assert refused(answer) == (422, "import_unreadable"), path
    assert emails(own) == [] and own.health["status"] == "ok"


def test_a_single_login_that_google_refuses(own, home):
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-revoked")})
    answer = own.admin("POST", f"{IMPORT}/db")
    assert refused(answer) == (400, "invalid_grant") and emails(own) == []


def test_the_same_login_twice_is_one_account(own, home):
    """A refused token changes nothing, and a good one is the same account each time."""
    assert refused(own.admin("POST", "/api/accounts", {"refreshToken": "1//sandbox-revoked"})) == (400, "invalid_grant")
    assert emails(own) == []
    first = own.add_account("1//sandbox-alice")
    assert own.add_account("1//sandbox-alice")["id"] == first["id"]
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-alice")})
    assert own.admin("POST", f"{IMPORT}/db").json["id"] == first["id"]
    assert emails(own) == ["alice@example.com"]


# The first version's folder


def v1(folder: pathlib.Path, **accounts: str) -> pathlib.Path:
    """A folder with an account for each refresh token."""
    (folder / "backups").mkdir(parents=True)
    index = {}
    for name, token in accounts.items():
        (folder / "backups" / f"{name}.json").write_text(json.dumps({"token": {"refresh_token": token}}))
        index[name] = {"email": f"{name}@v1.example", "backup_file": f"backups/{name}.json"}
    (folder / "antigravity_accounts.json").write_text(json.dumps({"accounts": index}))
    return folder


def test_the_accounts_of_the_first_version(own, home):
    v1(home / ".antigravity-agent", a="1//sandbox-alice", b="1//sandbox-revoked", c="1//sandbox-carol")
    answer = own.admin("POST", f"{IMPORT}/v1")
    assert answer.status == 200, answer
    found = {account["email"]: account for account in answer.json}
    assert list(found) == ["alice@example.com", "b@v1.example", "carol@example.com"]
    dead = found["b@v1.example"]
    assert dead["disabled"] and dead["disabled_reason"].startswith("invalid_grant: ")
    assert not found["alice@example.com"]["disabled"] and emails(own) == list(found)


def test_an_index_without_accounts_is_no_error(own, home):
    v1(home / ".antigravity-agent")
    assert own.admin("POST", f"{IMPORT}/v1").json == []


def test_a_folder_is_recognised_and_several_logins_are_told(own, home):
    folder = v1(home / "v1", a="1//sandbox-alice", b="1//sandbox-revoked", c="1//sandbox-carol")
    answer = own.admin("POST", f"{IMPORT}/db", {"path": str(folder)})
    assert answer.status == 200 and answer.json["email"] == "alice@example.com", answer
    assert [account["email"] for account in answer.json["imported"]] == ["alice@example.com", "carol@example.com"]
    assert [item["source"] for item in answer.json["skipped"]] == ["b@v1.example"]
    assert own.admin("POST", f"{IMPORT}/v1", {"path": str(folder / "antigravity_accounts.json")}).status == 200


# Uploads


def upload(gateway, body: bytes, content_type: str | None = "application/octet-stream", token: str = ADMIN):
    fields = {"Authorization": f"Bearer {token}"}
    if content_type:
        fields["Content-Type"] = content_type
    with gateway.connect() as connection:
        return connection.ask("POST", f"{IMPORT}/upload", fields, body)


def test_a_database_or_json_is_uploaded(own, home):
    path = database(home / "x", **{NEW_KEY: new_value("1//sandbox-alice")})
    answer = upload(own, path.read_bytes())
    assert answer.status == 200 and answer.json["skipped"] == [], answer
    assert [account["email"] for account in answer.json["imported"]] == ["alice@example.com"]
    body = json.dumps([{"refresh_token": "1//sandbox-bob"}, {"email": "x@y"}, {"refresh_token": "1//sandbox-revoked"}])
    answer = upload(own, body.encode(), "application/json")
    assert [account["email"] for account in answer.json["imported"]] == ["bob@example.com"]
    assert [item["source"] for item in answer.json["skipped"]] == ["x@y", "entry 3"]
    boundary = "xYz"
    form = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n"
            f"{json.dumps({'accounts': [{'refresh_token': '1//sandbox-carol'}]})}\r\n--{boundary}--\r\n").encode()
    answer = upload(own, form, f"multipart/form-data; boundary={boundary}")
    assert [account["email"] for account in answer.json["imported"]] == ["carol@example.com"], answer
    assert emails(own) == ["alice@example.com", "bob@example.com", "carol@example.com"]


@pytest.mark.parametrize("body, content_type, status, code", [
    (b"", None, 400, "invalid_request"), (b"x", None, 422, "import_unreadable"),
    (b"SQLite format 3\0", None, 422, "import_unreadable"), (b"{}", "application/json", 422, "import_unreadable"),
    (b"--a", "multipart/form-data; boundary=a", 400, "invalid_request"),
    (b"--a", "multipart/form-data", 400, "invalid_request"),
    (b'--a\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--a--', "multipart/form-data; boundary=a", 400,
     "invalid_request"),
    (b'{"refresh_token":"1//sandbox-revoked"}', None, 400, "invalid_grant"),
])
def test_uploads_that_are_refused(own, body, content_type, status, code):
    answer = upload(own, body, content_type)
    assert refused(answer) == (status, code), answer
    assert emails(own) == []


def test_an_upload_has_a_limit(own):
    with own.connect() as connection:
        connection.send((f"POST {IMPORT}/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ADMIN}\r\n"
                         f"Content-Length: {(64 << 20) + 1}\r\n\r\n").encode())
        assert connection.answer("POST").status == 413


# The editor and the current account


def test_the_editors_login_is_taken_over_when_it_is_another_one(own, home):
    assert own.admin("POST", "/api/accounts/sync/db").json is None
    database(home / EDITOR)
    assert own.admin("POST", "/api/accounts/sync/db").json is None
    first = own.add_account("1//sandbox-alice")
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-alice")})
    assert own.admin("POST", "/api/accounts/sync/db").json is None
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-bob")})
    answer = own.admin("POST", "/api/accounts/sync/db")
    assert answer.json["email"] == "bob@example.com" and answer.json["is_current"] is False
    assert own.admin("GET", "/api/accounts/current").json["id"] == first["id"]
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-revoked")})
    assert refused(own.admin("POST", "/api/accounts/sync/db")) == (400, "invalid_grant")
    (home / EDITOR).write_bytes(b"nonsense")
    assert refused(own.admin("POST", "/api/accounts/sync/db")) == (422, "import_unreadable")


def test_with_auto_sync_the_editors_login_is_taken_over_by_itself(own, home, sandbox):
    own.add_account("1//sandbox-alice")
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-bob")})
    assert own.admin("PATCH", "/api/config", {"auto_sync": True, "sync_interval": 1}).status == 200
    wait_until(lambda: emails(own) == ["alice@example.com", "bob@example.com"], 10, "the editor's login")
    assert own.admin("GET", "/api/accounts/current").json["email"] == "alice@example.com"
    # A login that Google refuses is asked about once, one that is stored not at all, and neither is said in secret words.
    sandbox.reset()
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-revoked")})
    wait_until(lambda: "account-not-synced" in own.program.stderr, 10, "the refusal")
    time.sleep(2.5)
    assert own.program.stderr.count("account-not-synced") == 1
    assert "1//" not in own.program.stderr
    # Off is off.
    assert own.admin("PATCH", "/api/config", {"auto_sync": False}).status == 200
    database(home / EDITOR, **{NEW_KEY: new_value("1//sandbox-carol")})
    time.sleep(2.5)
    assert emails(own) == ["alice@example.com", "bob@example.com"]


# Out


def test_export_gives_refresh_tokens_of_the_chosen_accounts(own):
    alice, bob = own.add_account("1//sandbox-alice"), own.add_account("1//sandbox-bob")
    key = own.admin("POST", "/api/accounts", {"apiKey": "sandbox-key-home", "label": "Home"}).json
    both = [{"email": "alice@example.com", "refresh_token": "1//sandbox-alice"},
            {"email": "bob@example.com", "refresh_token": "1//sandbox-bob"}]
    for body, expected in (({}, both), (None, both), ({"accountIds": None}, both), ({"accountIds": []}, []),
                           ({"accountIds": [bob["id"], "unknown", key["id"]]}, both[1:]),
                           ({"account_ids": [alice["id"]]}, both[:1])):
        answer = own.admin("POST", "/api/accounts/export", body)
        assert answer.status == 200 and answer.json == {"accounts": expected}, (body, answer)
        assert answer.field("Cache-Control") == "no-store"
    assert "1//" not in own.program.stderr and "accounts-exported" in own.program.stderr
    for value in ("x", [5], 5):
        assert refused(own.admin("POST", "/api/accounts/export", {"accountIds": value})) == (400, "invalid_request")


def test_an_export_can_be_uploaded(own, launch):
    own.add_account("1//sandbox-alice")
    exported = own.admin("POST", "/api/accounts/export").body
    other = launch(workers=1, accounts=0)
    assert upload(other, exported, "application/json").status == 200
    assert emails(other) == ["alice@example.com"]


# The first start


def test_a_first_start_takes_the_original_over(launch, home):
    folder = home / ".antigravity_tools"
    (folder / "accounts").mkdir(parents=True)
    for name in ("alice", "bob"):
        record = {"id": name, "email": f"{name}@example.com", "token": {"refresh_token": f"1//sandbox-{name}"}}
        (folder / "accounts" / f"{name}.json").write_text(json.dumps(record))
    index = {"version": "2.0", "accounts": [{"id": "bob"}, {"id": "alice"}], "current_account_id": "alice"}
    (folder / "accounts.json").write_text(json.dumps(index))
    (folder / "gui_config.json").write_text(json.dumps({"theme": "dark", "proxy": {"request_timeout": 77}}))
    gateway = launch(workers=1, accounts=0, environment={"ABV_CLI_HOME": str(home)})
    listed = gateway.admin("GET", "/api/accounts").json
    assert [account["id"] for account in listed["accounts"]] == ["bob", "alice"]
    assert listed["current_account_id"] == "alice"
    config = gateway.admin("GET", "/api/config").json
    assert (config["theme"], config["proxy"]["request_timeout"]) == ("dark", 77)
    assert gateway.chat("hello").status == 200
