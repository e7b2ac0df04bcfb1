"""The operator's command: what it prints, how it ends, and who may use it."""

import json
import os
import pathlib
import socket
import stat
import subprocess
import tempfile
import time

import pytest

from harness.programs import folder, plain_environment, wait_until
from harness.wire import request

VERBS = ["status", "health", "doctor", "logs", "reload", "wait", "backup", "restore", "check-config", "cli-sync", "metrics",
         "version"]


@pytest.fixture
def place():
    """A runtime folder; the names of Unix sockets have to be short."""
    with tempfile.TemporaryDirectory(prefix="agw") as path:
        yield pathlib.Path(path)


@pytest.fixture
def running(launch, sandbox, place):
    return launch(workers=1, accounts=2, environment={"RUNTIME_DIRECTORY": str(place)})


def run(place: pathlib.Path, *words: str, **variables: str) -> subprocess.CompletedProcess:
    environment = {**plain_environment(), "RUNTIME_DIRECTORY": str(place), "ANTIGRAVITY_DATA_DIR": str(place / "none")}
    return subprocess.run([folder() / "antigravity-supervisor", "ctl", *words], env={**environment, **variables},
                          capture_output=True, text=True, timeout=60)


def test_every_verb_answers_on_standard_output(running, place):
    assert run(place, "health").stdout == "ok\n"
    assert run(place, "wait", "--timeout", "10").returncode == 0
    version = json.loads(run(place, "version", "--json").stdout)
    assert version["version"] == version["running"] and version["version"] in run(place, "version").stdout
    assert run(place, "metrics").stdout.startswith("# HELP antigravity_")
    checked = run(place, "check-config")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_status_shows_accounts_limits_and_workers(running, place, sandbox):
    sandbox.script({"account": "account0", "status": 429, "body": {"error": {"code": 429, "message": "x", "details": [
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "QUOTA_EXHAUSTED",
         "metadata": {"quotaResetDelay": "2h37m22s"}}]}}})
    wait_until(lambda: running.chat("hi").status == 200 and any(
        a["locks"] for a in running.admin("GET", "/api/accounts").json["accounts"]), 10, "a lock")
    shown = run(place, "status")
    assert shown.returncode == 0, shown
    line = next(line for line in shown.stdout.splitlines() if line.startswith("account0@example.com"))
    assert "ACTIVE" in line and "flash: exhausted" in line and "2h3" in line, shown.stdout
    assert str(running.ready_workers()[0]) in shown.stdout and " waiting" in shown.stdout
    running.wait_idle()
    found = json.loads(run(place, "status", "--json").stdout)
    assert {account["email"] for account in found["accounts"]} == {"account0@example.com", "account1@example.com"}
    assert found["service"]["scheduling"] == {"leases": 0, "waiting": 0, "bindings": 1, "quarantined": 0}
    assert "ya29" not in json.dumps(found) and "1//" not in json.dumps(found)


def test_reload_replaces_the_workers_or_changes_nothing(running, place, tmp_path):
    before = running.ready_workers()
    answer = run(place, "reload")
    assert (answer.returncode, answer.stdout) == (0, "reloaded\n"), answer
    after = running.wait_ready(1)
    assert set(after).isdisjoint(before)


def test_reload_says_why_it_changed_nothing(launch, sandbox, place, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("admin-test-0123456789")
    gateway = launch(workers=1, accounts=0, environment={
        "RUNTIME_DIRECTORY": str(place), "ANTIGRAVITY_WEB_PASSWORD": "", "ANTIGRAVITY_WEB_PASSWORD_FILE": str(secret)})
    before = gateway.ready_workers()
    secret.unlink()
    answer = run(place, "reload")
    assert answer.returncode == 1 and answer.stdout == "" and "WEB_PASSWORD" in answer.stderr, answer
    assert gateway.ready_workers() == before


def test_the_exit_status_says_what_is_wrong(launch, sandbox, place):
    for verb in ("status", "health", "reload", "metrics", "logs"):
        assert run(place, verb).returncode == 7, verb
    began = time.monotonic()
    assert run(place, "wait", "--timeout", "1").returncode == 7 and time.monotonic() - began >= 1
    assert run(place, "version").returncode == 0
    for words in ([], ["nothing"], ["status", "more"], ["status", "--what"], ["wait", "--timeout"], ["metrics", "--json"],
                  ["status", "--timeout", "3"]):
        answer = run(place, *words)
        assert answer.returncode == 2 and answer.stdout == "" and "--help" in answer.stderr, words
    answer = run(place, "check-config", ANTIGRAVITY_PORT="many")
    assert answer.returncode == 78 and "ANTIGRAVITY_PORT" in answer.stderr
    assert json.loads(run(place, "check-config", "--json", ANTIGRAVITY_PORT="many").stdout)["ok"] is False


def test_a_stale_socket_is_replaced_and_a_stopped_gateway_leaves_none(launch, sandbox, place):
    for _ in range(2):
        gateway = launch(workers=1, accounts=0, environment={"RUNTIME_DIRECTORY": str(place)})
        assert run(place, "health").returncode == 0
        gateway.program.process.kill()
        gateway.program.wait(5)
        assert run(place, "health").returncode == 7
    gateway = launch(workers=1, accounts=0, environment={"RUNTIME_DIRECTORY": str(place)})
    path = place / "control.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert gateway.stop() == 0 and not path.exists()


def test_no_other_user_gets_in(running, place):
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    place.chmod(0o755)
    (place / "control.sock").chmod(0o666)
    answer = subprocess.run(
        ["python3", "-c", "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
         "try: s.sendall(b'GET /api/accounts HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); print(s.recv(100))\n"
         "except OSError: print(b'')", str(place / "control.sock")],
        user=65534, capture_output=True, text=True, timeout=20)
    assert answer.stdout.strip() == "b''", answer


def test_ai_requests_are_not_served_at_the_control_socket(running, place):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(place / "control.sock"))
        client.sendall(request("GET", "/v1/models", {"Connection": "close"}))
        assert client.recv(100).startswith(b"HTTP/1.1 404")


def test_help_manual_and_completion_name_every_verb():
    for option in ("--help", "--print-manual-page", "--print-completion"):
        text = run(pathlib.Path("/nonexistent"), option).stdout
        assert [verb for verb in VERBS if verb.replace("-", r"\-") not in text and verb not in text] == [], option


def test_the_installed_name_is_the_command(tmp_path):
    link = tmp_path / "antigravity-gateway"
    link.symlink_to(folder() / "antigravity-supervisor")
    answer = subprocess.run([link, "version"], env=plain_environment(), capture_output=True, text=True, timeout=20)
    assert answer.returncode == 0 and answer.stdout.startswith("antigravity-gateway ")
    assert subprocess.run([link], env=plain_environment(), capture_output=True, timeout=20).returncode == 2


def test_logs_shows_the_newest_records_oldest_first(running, place):
    for number in range(3):
        assert running.chat(f"hello {number}").status == 200
    assert running.ai("POST", "/v1/messages", {"model": "m", "messages": "\x1b[31m"}).status == 400
    shown = run(place, "logs")
    lines = shown.stdout.splitlines()
    assert shown.returncode == 0 and len(lines) == 4, shown
    assert " 400 " in lines[3] and " /v1/messages " in lines[3] and " 200 " in lines[0]
    assert "account0@example.com" in shown.stdout or "account1@example.com" in shown.stdout
    assert len(run(place, "logs", "--limit", "2").stdout.splitlines()) == 2
    assert run(place, "logs", "--errors").stdout.splitlines() == lines[3:]
    assert run(place, "logs", "chat", "200").stdout.splitlines() == lines[:3]
    records = [json.loads(line) for line in run(place, "logs", "--json").stdout.splitlines()]
    assert [record["status"] for record in records] == [200, 200, 200, 400]


def test_logs_goes_on_with_what_comes(running, place, tmp_path):
    assert running.chat("before").status == 200
    out = tmp_path / "followed"
    environment = {**plain_environment(), "RUNTIME_DIRECTORY": str(place), "ANTIGRAVITY_DATA_DIR": str(place / "none")}
    with open(out, "wb") as file:
        following = subprocess.Popen([folder() / "antigravity-supervisor", "ctl", "logs", "--follow", "chat"],
                                     env=environment, stdout=file, stderr=subprocess.PIPE)
    try:
        wait_until(lambda: len(out.read_text().splitlines()) == 1, 10, "what was there")
        time.sleep(0.2)
        assert running.ai("POST", "/v1/messages", {"model": "m", "messages": 5}).status == 400
        assert running.chat("after").status == 200
        wait_until(lambda: len(out.read_text().splitlines()) == 2, 10, "what came")
        assert "/v1/chat/completions" in out.read_text().splitlines()[1]
        assert running.stop() == 0
        assert following.wait(10) == 0
    finally:
        following.kill()


def test_doctor_finds_what_needs_a_person(running, place, sandbox):
    found = run(place, "doctor")
    assert found.returncode == 0 and "TROUBLE" not in found.stdout, found
    for subject in ("gateway", "health", "oauth-client", "accounts", "disk", "state", "backups", "traffic-log"):
        assert subject in found.stdout
    for number in range(2):
        sandbox.revoke(f"account{number}")
        sandbox.expire_tokens(f"account{number}")
    running.chat("hello")
    running.chat("hello")
    wait_until(lambda: all(a["disabled"] for a in running.admin("GET", "/api/accounts").json["accounts"]), 10, "refusals")
    found = run(place, "doctor", "--json")
    findings = json.loads(found.stdout)
    assert found.returncode == 1 and findings["ok"] is False
    assert [f["text"] for f in findings["findings"] if f["verdict"] == "trouble"] == ["0 of 2 serve requests"]
    assert len([f for f in findings["findings"] if f["subject"] == "account" and "invalid_grant" in f["text"]]) == 2
    for number in range(2):
        sandbox.revoke(f"account{number}", False)


def test_what_the_operator_may_is_not_for_the_port(running, place):
    for method, path in (("POST", "/api/system/backup"), ("GET", "/api/system/doctor")):
        assert running.admin(method, path).status == 404, path
