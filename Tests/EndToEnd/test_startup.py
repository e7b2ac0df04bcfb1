"""What a supervisor that cannot start says, and how it exits."""

import os
import shutil
import signal
import socket
import sqlite3

import pytest

from harness.gateway import ADMIN, Gateway, settings
from harness.programs import Program, wait_until

CONFIGURATION = 78


def start(tmp_path, environment: dict, arguments: tuple = ()) -> Program:
    return Program("antigravity-supervisor", list(arguments), environment, tmp_path)


@pytest.mark.parametrize("name, value", [
    ("ANTIGRAVITY_PORT", "abc"), ("ANTIGRAVITY_PORT", "70000"), ("ANTIGRAVITY_PORT", "-1"), ("PORT", "80a"),
    ("ANTIGRAVITY_WORKERS", "many"), ("ANTIGRAVITY_WORKERS", "-2"), ("ANTIGRAVITY_AUTH_MODE", "sometimes"),
    ("ABV_MAX_BODY_SIZE", "big"), ("LOG_LEVEL", "loud"), ("ABV_BIND_LOCAL_ONLY", "perhaps"),
    ("ANTIGRAVITY_CURSOR_REASONING_MODE", "whatever"), ("ANTIGRAVITY_GOOGLE_URL", "no address"),
])
def test_a_setting_that_cannot_be_read_is_named(tmp_path, name, value):
    environment = settings(None, tmp_path / "state")
    if name == "PORT":
        del environment["ANTIGRAVITY_PORT"]
    program = start(tmp_path, {**environment, name: value})
    assert program.wait(10) == CONFIGURATION, program.stderr
    lines = [line for line in program.stderr.splitlines() if name in line]
    assert len(lines) == 1, program.stderr
    assert not (tmp_path / "state.address").exists()


def test_a_blank_setting_counts_as_unset(launch):
    gateway = launch(workers=1, environment={"LOG_LEVEL": "", "ANTIGRAVITY_AUTH_MODE": "  "})
    assert gateway.health["status"] == "ok"


def test_an_unreadable_database_stops_the_start_and_stays_where_it_is(tmp_path):
    data = tmp_path / "state"
    data.mkdir(mode=0o700)
    broken = b"this is no database\n" * 500
    (data / "state.db").write_bytes(broken)
    program = start(tmp_path, settings(None, data))
    assert program.wait(10) == CONFIGURATION, program.stderr
    assert "state.db" in program.stderr
    assert (data / "state.db").read_bytes() == broken


def damage(file) -> bytes:
    """Overwrites all but the file's own header; returns what the file holds then."""
    content = bytearray(file.read_bytes())
    content[1024:] = os.urandom(len(content) - 1024)
    file.write_bytes(content)
    return bytes(content)


def test_a_damaged_database_without_a_backup_stops_the_start(launch, tmp_path):
    gateway = launch(workers=1)
    assert gateway.stop() == 0
    shutil.rmtree(gateway.data / "backups", ignore_errors=True)
    file = gateway.data / "state.db"
    content = damage(file)
    program = start(tmp_path, settings(None, gateway.data))
    assert program.wait(10) == CONFIGURATION, program.stderr
    assert "state.db" in program.stderr
    assert file.read_bytes() == content


def test_a_damaged_database_comes_back_from_its_backup(launch):
    gateway = launch(workers=1)
    key = gateway.admin("GET", "/api/config").json["proxy"]["api_key"]
    assert gateway.stop() == 0
    # A copy as the daily one; such a short life makes none itself.
    shutil.copy(gateway.data / "state.db", gateway.data / "backups" / "state-000000000001.db")
    damage(gateway.data / "state.db")
    gateway.address_file.unlink()
    again = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0)
    launch.gateways.append(again)
    assert again.admin("GET", "/api/config").json["proxy"]["api_key"] == key
    assert "state-restored" in again.program.stderr


def test_a_second_supervisor_on_the_same_folder_is_refused(launch, tmp_path):
    gateway = launch(workers=1)
    program = start(tmp_path, settings(None, gateway.data))
    assert program.wait(10) == CONFIGURATION, program.stderr
    assert str(gateway.data) in program.stderr or "lock" in program.stderr
    assert gateway.health["status"] == "ok"


def test_the_folder_is_free_again_after_a_kill(launch):
    gateway = launch(workers=1)
    gateway.program.send(signal.SIGKILL)
    gateway.program.wait(5)
    gateway.address_file.unlink()
    again = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0)
    launch.gateways.append(again)
    assert again.chat("hi").status == 200


def test_a_busy_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        program = start(tmp_path, {**settings(None, tmp_path / "state"), "ANTIGRAVITY_PORT": port})
        assert program.wait(10) not in (0, None), program.stderr
        assert port in program.stderr, program.stderr


def test_the_data_folder_is_private(launch):
    gateway = launch(workers=1)
    assert gateway.data.stat().st_mode & 0o777 == 0o700
    for file in gateway.data.glob("state.db*"):
        assert file.stat().st_mode & 0o777 == 0o600, file


def test_accounts_and_settings_outlive_a_restart(launch):
    gateway = launch(workers=1)
    before = gateway.admin("GET", "/api/accounts").json
    assert gateway.stop() == 0
    gateway.address_file.unlink()
    again = Gateway(launch.sandbox, gateway.logs, workers=1, accounts=0)
    launch.gateways.append(again)
    assert again.admin("GET", "/api/accounts").json["accounts"][0]["id"] == before["accounts"][0]["id"]
    assert again.chat("hi").status == 200


def test_help_and_version_need_no_settings(tmp_path):
    for argument in ("--help", "--version"):
        program = start(tmp_path, {}, (argument,))
        assert program.wait(5) == 0
        assert program.stdout.strip()
    program = start(tmp_path, {}, ("--nonsense",))
    assert program.wait(5) == 2


def test_without_an_oauth_client_it_starts_and_says_what_is_missing(launch):
    gateway = launch(workers=1, accounts=0,
                     environment={"ANTIGRAVITY_OAUTH_CLIENT_ID": "", "ANTIGRAVITY_OAUTH_CLIENT_SECRET": ""})
    answer = gateway.admin("POST", "/api/accounts", {"refreshToken": "1//sandbox-x"})
    assert (answer.status, answer.json["code"]) == (503, "state_unavailable"), answer
    assert "ANTIGRAVITY_OAUTH_CLIENT_ID" in answer.json["error"]


def test_a_traffic_log_that_cannot_be_opened_is_tried_again(launch):
    gateway = launch(workers=1)
    assert gateway.stop() == 0
    holder = sqlite3.connect(gateway.data / "telemetry.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    gateway = launch.again(gateway)
    wait_until(lambda: gateway.health.get("reasons") == ["telemetry_unavailable"], 20, "the reason")
    assert gateway.chat().status == 200
    holder.close()
    wait_until(lambda: gateway.health["status"] == "ok", 30, "open")
    assert gateway.chat().status == 200
    wait_until(lambda: gateway.admin("GET", "/api/logs").json != [], 10, "a record")


def test_a_reload_reads_the_files_of_secrets_again(launch, tmp_path):
    file = tmp_path / "password"
    file.write_text(ADMIN + "\n")
    gateway = launch(workers=1, environment={"ANTIGRAVITY_WEB_PASSWORD": "", "ANTIGRAVITY_WEB_PASSWORD_FILE": str(file)})
    file.write_text("another-password")
    gateway.program.send(signal.SIGHUP)
    wait_until(lambda: gateway.admin("GET", "/api/accounts", token="another-password").status == 200, 10, "the new one")
    assert gateway.admin("GET", "/api/accounts").status == 401
    file.unlink()
    gateway.program.send(signal.SIGHUP)
    wait_until(lambda: "reload-failed" in gateway.program.stderr, 5, "the refusal")
    assert gateway.admin("GET", "/api/accounts", token="another-password").status == 200
