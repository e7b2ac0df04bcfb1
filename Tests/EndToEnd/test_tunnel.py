"""The tunnel's routes, with a stand-in for cloudflared: shapes, refusals, words and environment, and what may come through."""

import hashlib
import http.server
import json
import threading
import time

import pytest

from harness import procfs
from harness.cloudflared import Cloudflared, Tunnel, fake
from harness.gateway import ADMIN, KEY
from harness.programs import wait_until

TOKEN = "eyJhIjoiNWFiNGU5Z-tunnel-token-0123456789"
MEMBERS = {"installed", "version", "running", "url", "error", "mode", "pid", "restarts", "started_at", "state",
           "ready_connections", "retry_at"}
# What Cloudflare's edge puts into every request that comes through a tunnel.
EDGE = {"Cf-Ray": "8f3c2a1b4d5e6f70-FRA", "Cf-Connecting-Ip": "203.0.113.7", "X-Forwarded-For": "203.0.113.7",
        "Cdn-Loop": "cloudflare; loops=1"}


@pytest.fixture
def program(tmp_path):
    program = Cloudflared(tmp_path)
    yield program
    program.end()


@pytest.fixture
def begin(launch, program):
    """Starts a gateway that knows the stand-in."""
    def begin(environment=None, **options) -> Tunnel:
        settings = {"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(program.path), **(environment or {})}
        return Tunnel(launch(workers=1, environment=settings, **options), program)
    return begin


@pytest.fixture
def tunnel(begin):
    return begin()


def hostile(gateway, method, path, fields, body=None):
    with gateway.connect() as connection:
        return connection.ask(method, path, fields, body)


# The life of a quick tunnel.

def test_a_quick_tunnel_from_its_start_to_its_end(tunnel, program):
    before = tunnel.status
    assert set(before) == MEMBERS
    assert before == {
        "installed": True, "version": "cloudflared version 2026.8.2 (built 2026-08-20-1012 UTC)", "running": False,
        "url": None, "error": None, "mode": None, "pid": None, "restarts": 0, "started_at": None, "state": "stopped",
        "ready_connections": 0, "retry_at": None}
    program.set("mode", "slow-ready")
    began = time.monotonic()
    answer = tunnel.call("start", {"config": {"enabled": False, "mode": "quick", "port": 8045, "use_http2": True}})
    assert time.monotonic() - began < 3
    assert (answer["running"], answer["url"], answer["state"], answer["mode"]) == (True, None, "starting", "quick")
    assert set(answer) == MEMBERS
    status = tunnel.wait("connected")
    assert status["url"] == "https://fake-tunnel-1.trycloudflare.com"
    assert (status["ready_connections"], status["error"], status["restarts"]) == (1, None, 0)
    assert status["pid"] == program.call(0)["pid"] and abs(status["started_at"] - time.time()) < 60
    # A second start changes nothing.
    again = tunnel.call("start", {"config": {"mode": "auth", "token": TOKEN}})
    assert (again["pid"], again["mode"]) == (status["pid"], "quick")
    assert len(program.calls) == 1
    gone = tunnel.call("stop")
    assert gone == {**before}
    assert program.processes == [] and tunnel.keepers == []
    assert tunnel.call("stop") == before


def test_start_without_a_body_is_a_quick_tunnel_to_our_own_port(tunnel, program):
    assert tunnel.call("start")["mode"] == "quick"
    assert program.call(0)["argv"][-1] == f"http://127.0.0.1:{tunnel.gateway.address[1]}"


def test_a_start_may_wait_for_the_address(tunnel):
    answer = tunnel.call("start", {"config": {}, "wait": True})
    assert answer["url"] == "https://fake-tunnel-1.trycloudflare.com"


@pytest.mark.parametrize("mode", ["address-in-log", "address-in-json"])
def test_the_log_names_the_address_when_nothing_else_does(tunnel, program, mode):
    program.set("mode", mode)
    assert tunnel.call("start", {"wait": True})["url"] == "https://fake-tunnel-1.trycloudflare.com"


def test_an_error_line_names_no_address(tunnel, program):
    program.set("mode", "never-ready")
    tunnel.call("start")
    time.sleep(1)
    assert (tunnel.status["state"], tunnel.status["url"]) == ("starting", None)


# Words and environment.

def general(call: dict) -> list[str]:
    """The words in front, with the port that was chosen for them."""
    argv = call["argv"]
    port = argv[argv.index("--metrics") + 1]
    assert port.startswith("127.0.0.1:")
    config = argv[argv.index("--config") + 1]
    return ["tunnel", "--config", config, "--no-autoupdate", "--metrics", port]


def scrubbed(call: dict, gateway):
    environment = call["environment"]
    assert set(environment) <= {"HOME", "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"}
    text = json.dumps([call["argv"], environment])
    for secret in (KEY, ADMIN, "test-secret", "test-client", TOKEN):
        assert secret not in text
    assert environment["HOME"] == str(gateway.data / "tunnel")


def test_the_words_of_a_quick_tunnel(begin, program):
    tunnel = begin({"TUNNEL_LOGLEVEL": "debug", "NO_AUTOUPDATE": "1", "TUNNEL_TOKEN": "no", "LANG": "C"})
    tunnel.call("start", {"port": 9000, "useHttp2": False})
    call = program.call(0)
    assert call["argv"] == [*general(call), "--protocol", "auto", "--grace-period", "10s", "--url",
                            "http://127.0.0.1:9000"]
    scrubbed(call, tunnel.gateway)
    assert call["descriptors"] == [0, 1, 2]
    # As /proc has it, and of the keeper too: nobody can read a secret there.
    keeper = call["parent"]
    assert tunnel.keepers == [keeper]
    for pid in (call["pid"], keeper):
        for name in ("cmdline", "environ"):
            text = open(f"/proc/{pid}/{name}", "rb").read().decode()
            for secret in (KEY, ADMIN, "test-secret", TOKEN, "ANTIGRAVITY_API_KEY", "NOTIFY_SOCKET"):
                assert secret not in text, (pid, name)
    # Nothing of the supervisor is open there: neither its databases nor its listeners.
    assert set(procfs.descriptors(call["pid"])) == {0, 1, 2, *[n for n in procfs.descriptors(call["pid"]) if n > 2]}
    assert not any("state" in target for target in procfs.descriptors(keeper).values())
    assert procfs.descriptors(call["pid"])[0] == "/dev/null"


def test_the_words_of_a_named_tunnel_hold_no_token(tunnel, program):
    answer = tunnel.call("start", {"config": {"mode": "auth", "token": TOKEN}, "wait": True})
    call = program.call(0)
    file = str(tunnel.gateway.data / "tunnel" / "token")
    assert call["argv"] == [*general(call), "--protocol", "http2", "--grace-period", "10s", "run", "--token-file", file]
    scrubbed(call, tunnel.gateway)
    assert call["token"] == TOKEN
    assert (tunnel.gateway.data / "tunnel" / "token").stat().st_mode & 0o777 == 0o600
    # From the log: the host of the first rule.
    assert (answer["mode"], answer["url"]) == ("auth", "https://gateway.example.com")
    assert tunnel.wait("connected")["ready_connections"] == 4
    tunnel.call("stop")
    assert not (tunnel.gateway.data / "tunnel").exists()
    assert TOKEN not in tunnel.gateway.program.stderr


def test_a_release_that_reads_no_token_file_gets_it_in_its_environment(tunnel, program):
    program.set("version", "2024.12.1")
    tunnel.call("start", {"mode": "auth", "token": TOKEN})
    call = program.call(0)
    assert call["argv"][-1] == "run" and TOKEN not in " ".join(call["argv"])
    assert call["environment"]["TUNNEL_TOKEN"] == TOKEN
    keeper = open(f"/proc/{call['parent']}/environ", "rb").read().decode()
    assert TOKEN not in keeper and not (tunnel.gateway.data / "tunnel" / "token").exists()


def test_a_configured_name_is_the_address_of_a_named_tunnel(begin):
    tunnel = begin({"ANTIGRAVITY_GATEWAY_TUNNEL_HOSTNAME": "ai.example.org"})
    answer = tunnel.call("start", {"mode": "auth", "token": TOKEN, "wait": True})
    assert answer["url"] == "https://ai.example.org"


def test_a_token_is_not_shown_although_cloudflared_says_it(tunnel, program):
    program.set("mode", "invalid-token")
    program.set("echo", TOKEN)
    tunnel.call("start", {"mode": "auth", "token": TOKEN})
    status = tunnel.wait("failed")
    assert status["error"].startswith("Tunnel process exited (status: 255)\n") and "***" in status["error"]
    assert TOKEN not in status["error"] and TOKEN not in tunnel.gateway.program.stderr
    assert "tunnel_failed" in tunnel.gateway.health["reasons"]
    assert tunnel.call("stop")["error"] is None


# What is refused.

BAD = [
    ({"config": []}, "config"), ({"config": "quick"}, "config"), ({"mode": "named"}, "mode"), ({"mode": 1}, "mode"),
    ({"config": {"mode": "Quick"}}, "config.mode"), ({"port": 0}, "port"), ({"port": 65536}, "port"),
    ({"port": "8045"}, "port"), ({"port": 1.5}, "port"), ({"mode": "auth"}, "token"),
    ({"config": {"mode": "auth", "token": ""}}, "config.token"), ({"mode": "auth", "token": None}, "token"),
    ({"token": 7}, "token"), ({"token": "a b"}, "token"), ({"token": "x" * 4097}, "token"), ({"use_http2": "yes"}, "use_http2"),
    ({"enabled": 1}, "enabled"), ({"wait": "yes"}, "wait"),
]


@pytest.mark.parametrize("body, field", BAD, ids=lambda value: str(value)[:40])
def test_a_bad_start_names_the_member_and_starts_nothing(gateway, body, field):
    answer = gateway.admin("POST", "/api/proxy/cloudflared/start", body)
    assert (answer.status, answer.json["code"], answer.json["details"]["field"]) == (400, "invalid_request", field)
    assert gateway.admin("GET", "/api/proxy/cloudflared/status").json["state"] == "stopped"


@pytest.mark.parametrize("what", ["start", "stop", "install"])
@pytest.mark.parametrize("body, status, code", [
    (b"{", 400, "invalid_json"), (b"[]", 400, "invalid_request"), (b'"start"', 400, "invalid_request")])
def test_a_body_that_is_no_object_is_refused(gateway, what, body, status, code):
    answer = gateway.admin("POST", f"/api/proxy/cloudflared/{what}", body)
    assert (answer.status, answer.json["code"]) == (status, code)


def test_without_cloudflared(begin, program, tmp_path):
    tunnel = begin({"PATH": str(tmp_path), "ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(tmp_path / "nowhere")})
    status = tunnel.status
    assert (status["installed"], status["version"], status["running"], status["url"]) == (False, None, False, None)
    answer = tunnel.call("start", {}, status=503)
    assert answer["code"] == "tunnel_not_installed"
    assert tunnel.gateway.admin("GET", "/api/config").json.get("cloudflared") is None


def test_a_program_that_cannot_tell_its_version_is_none(begin, program):
    program.set("mode", "broken")
    assert begin({"PATH": "/usr/bin:/bin"}).status["installed"] is False


def test_cloudflared_is_found_along_the_path(begin, program):
    tunnel = begin({"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": "", "PATH": f"{program.folder}:/usr/bin:/bin"})
    assert tunnel.status["installed"] is True


def test_a_program_that_cannot_be_executed_is_told_with_the_systems_words(tunnel, program):
    tunnel.status  # known for half a minute
    program.path.write_bytes(b"\x7fELF\x02garbage")
    answer = tunnel.call("start", {}, status=500)
    assert answer["code"] == "internal" and "exec" in answer["error"].lower()
    assert tunnel.status["state"] == "failed"
    assert tunnel.gateway.admin("GET", "/api/config").json["cloudflared"]["enabled"] is False
    assert tunnel.keepers == []


def test_a_program_that_ends_at_once_has_run(tunnel, program):
    """However fast it is: that it was started is the answer, what became of it is the state."""
    program.path.write_text('#!/bin/sh\n[ "$1" = --version ] && echo cloudflared version 1 && exit 0\necho no >&2\nexit 255\n')
    tunnel.call("start", {"wait": True})
    status = tunnel.wait("failed")
    assert status["error"] == "Tunnel process exited (status: 255)\nno"


# What may come through.

def test_the_key_is_asked_for_while_a_tunnel_runs(begin):
    tunnel = begin({"ANTIGRAVITY_AUTH_MODE": "off"})
    gateway = tunnel.gateway
    assert gateway.ai("GET", "/v1/models", key=None).status == 200
    tunnel.call("start")
    assert gateway.ai("GET", "/v1/models", key=None).status == 401
    assert gateway.ai("GET", "/v1/models").status == 200
    assert gateway.status["effective_auth_mode"] == "all_except_health"
    tunnel.call("stop")
    assert gateway.ai("GET", "/v1/models", key=None).status == 200
    assert gateway.status["effective_auth_mode"] == "off"


OUT_OF_REACH = [
    ("GET", "/api/accounts"), ("POST", "/api/config"), ("GET", "/api/health"), ("GET", "/api/proxy/cloudflared/status"),
    ("GET", "/"), ("GET", "/accounts"), ("GET", "/metrics"), ("OPTIONS", "/api/accounts"), ("POST", "/api/event_logging/batch"),
]
WITHIN_REACH = [("GET", "/v1/models", 200), ("GET", "/healthz", 200), ("GET", "/health", 200),
                ("GET", "/auth/callback", 400), ("POST", "/v1/api/event_logging/batch", 200)]


def test_the_tunnel_leads_neither_to_the_admin_api_nor_to_the_console(tunnel):
    gateway = tunnel.gateway
    fields = {**EDGE, "Authorization": f"Bearer {ADMIN}"}
    assert hostile(gateway, "GET", "/api/accounts", fields).status == 200  # no tunnel of ours
    tunnel.call("start", {"wait": True})
    for method, path in OUT_OF_REACH:
        for token in (ADMIN, "wrong"):
            answer = hostile(gateway, method, path, {**EDGE, "Authorization": f"Bearer {token}"},
                             {} if method == "POST" else None)
            assert answer.status == 404, (method, path, answer.status)
    for method, path, status in WITHIN_REACH:
        answer = hostile(gateway, method, path, {**EDGE, "Authorization": f"Bearer {KEY}"})
        assert answer.status == status, (method, path, answer.status, answer.body)
    # Each mark alone is enough, and so is the public name without any.
    token = {"Authorization": f"Bearer {ADMIN}"}
    for name, value in EDGE.items():
        if name != "X-Forwarded-For":
            assert hostile(gateway, "GET", "/api/accounts", {name: value, **token}).status == 404, name
    with gateway.connect() as connection:
        connection.send(b"GET /api/accounts HTTP/1.1\r\nHost: fake-tunnel-1.trycloudflare.com\r\nAuthorization: Bearer "
                        + ADMIN.encode() + b"\r\n\r\n")
        assert connection.answer().status == 404
    # A kept connection that has asked a worker before finds the same door closed.
    with gateway.connect() as connection:
        assert connection.ask("GET", "/v1/models", {**EDGE, "Authorization": f"Bearer {KEY}"}).status == 200
        assert connection.ask("GET", "/api/accounts", fields).status == 404
    assert hostile(gateway, "GET", "/api/accounts", token).status == 200  # from this machine


def test_the_operator_may_let_the_admin_api_through(begin):
    tunnel = begin({"ANTIGRAVITY_GATEWAY_TUNNEL_ADMIN": "true"})
    tunnel.call("start")
    assert hostile(tunnel.gateway, "GET", "/api/accounts", EDGE).status == 401
    fields = {**EDGE, "Authorization": f"Bearer {ADMIN}"}
    assert hostile(tunnel.gateway, "GET", "/api/accounts", fields).status == 200
    assert hostile(tunnel.gateway, "GET", "/", EDGE).status == 200


def test_the_traffic_log_has_the_clients_address(tunnel):
    gateway = tunnel.gateway
    body = {"model": "gemini-3-flash", "messages": [{"role": "user", "content": "hello"}]}
    fields = {**EDGE, "X-Forwarded-For": "198.51.100.1, 203.0.113.7", "Authorization": f"Bearer {KEY}"}

    def address():
        logs = gateway.admin("GET", "/api/logs").json
        return logs and logs[0]["client_ip"]

    tunnel.call("start")
    assert hostile(gateway, "POST", "/v1/chat/completions", fields, body).status == 200
    wait_until(address, 5, "the record")
    assert address() == "203.0.113.7"


def test_a_client_on_this_machine_may_be_pointed_at_the_tunnel(begin, tmp_path):
    (tmp_path / "home").mkdir()
    tunnel = begin({"ANTIGRAVITY_CLI_HOME": str(tmp_path / "home")})
    ask = {"appType": "Codex", "usePublicUrl": True, "dryRun": True}
    assert tunnel.gateway.admin("POST", "/api/proxy/cli/sync", ask).status == 400
    tunnel.call("start", {"wait": True})
    answer = tunnel.gateway.admin("POST", "/api/proxy/cli/sync", ask)
    assert answer.status == 200 and b"https://fake-tunnel-1.trycloudflare.com" in answer.body


# The configuration document.

def test_the_document_remembers_the_last_start(tunnel, program):
    gateway = tunnel.gateway
    tunnel.call("start", {"mode": "auth", "token": TOKEN, "port": 8045, "use_http2": False})
    remembered = {"enabled": True, "mode": "auth", "port": 8045, "token": TOKEN, "use_http2": False}
    assert gateway.admin("GET", "/api/config").json["cloudflared"] == remembered
    tunnel.call("stop")
    assert gateway.admin("GET", "/api/config").json["cloudflared"] == {**remembered, "enabled": False}


def test_the_document_starts_and_stops_the_tunnel(tunnel, program):
    gateway = tunnel.gateway
    assert gateway.admin("PATCH", "/api/config", {"cloudflared": {"enabled": True, "mode": "quick"}}).status == 200
    tunnel.wait("connected")
    assert gateway.admin("PATCH", "/api/config", {"language": "de"}).status == 400
    assert gateway.admin("PATCH", "/api/config", {"theme": "dark"}).status == 200
    assert tunnel.status["state"] == "connected" and len(program.calls) == 1
    assert gateway.admin("PATCH", "/api/config", {"cloudflared": {"enabled": False}}).status == 200
    tunnel.wait("stopped")
    assert program.processes == []


def test_a_document_that_does_not_speak_of_tunnels_leaves_one_alone(tunnel, program):
    gateway = tunnel.gateway
    before = gateway.admin("GET", "/api/config").json
    tunnel.call("start", {"wait": True})
    assert gateway.admin("POST", "/api/config", before).status == 200
    time.sleep(0.5)
    assert tunnel.status["state"] == "connected" and "cloudflared" not in gateway.admin("GET", "/api/config").json
    tunnel.call("stop")
    assert program.processes == []


@pytest.mark.parametrize("path, value", [
    ("cloudflared", []), ("cloudflared.mode", "other"), ("cloudflared.port", 0), ("cloudflared.enabled", "yes"),
    ("cloudflared.token", "a b"), ("gateway.tunnel.sha256", "abc"), ("gateway.tunnel.version", "../x"),
    ("gateway.tunnel.hostname", "https://x"), ("gateway.tunnel.releases", "ftp://x"), ("gateway.tunnel.admin", 1)])
def test_the_document_takes_only_what_fits(gateway, path, value):
    for step in reversed(path.split(".")):
        value = {step: value}
    answer = gateway.admin("PATCH", "/api/config", value)
    assert (answer.status, answer.json["details"]["field"]) == (400, path)


# Installation.

class Releases:
    """A server with one release, which it leads to as the real one does."""

    def __init__(self):
        self.program = fake()
        self.asked: list[str] = []
        releases = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                releases.asked.append(self.path)
                if self.path.startswith("/assets/"):
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(releases.program)))
                    self.end_headers()
                    self.wfile.write(releases.program)
                elif self.path.startswith("/2026.8.2/cloudflared-linux-"):
                    self.send_response(302)
                    self.send_header("Location", "/assets" + self.path)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif self.path.startswith("/loop/"):
                    self.send_response(302)
                    self.send_header("Location", self.path)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    self.send_error(404)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.program).hexdigest()


@pytest.fixture
def releases():
    releases = Releases()
    yield releases
    releases.server.shutdown()


@pytest.fixture
def bare(begin, releases, tmp_path):
    """A gateway without cloudflared, and where it may fetch one."""
    def bare(**settings) -> Tunnel:
        named = {f"ANTIGRAVITY_GATEWAY_TUNNEL_{name.upper()}": value for name, value in settings.items()}
        return begin({"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": "", "PATH": str(tmp_path),
                      "ANTIGRAVITY_GATEWAY_TUNNEL_RELEASES": releases.url, **named})
    return bare


def test_an_installation_fetches_checks_and_runs(bare, releases):
    tunnel = bare(version="2026.8.2", sha256=releases.digest.upper())
    assert tunnel.status["installed"] is False
    answer = tunnel.call("install")
    assert answer["installed"] is True and answer["version"].startswith("cloudflared version 2026.8.2")
    path = tunnel.gateway.data / "bin" / "cloudflared"
    assert path.read_bytes() == releases.program and path.stat().st_mode & 0o777 == 0o755
    assert len(releases.asked) == 2 and [p.name for p in path.parent.iterdir()] == ["cloudflared"]
    # Installed already: nothing is fetched.
    assert tunnel.call("install")["installed"] is True
    assert len(releases.asked) == 2


@pytest.mark.parametrize("given, missing", [
    ({}, ["gateway.tunnel.version", "gateway.tunnel.sha256"]), ({"version": "2026.8.2"}, ["gateway.tunnel.sha256"]),
    ({"sha256": "0" * 64}, ["gateway.tunnel.version"])])
def test_an_installation_needs_release_and_digest(bare, releases, given, missing):
    answer = bare(**given).call("install", status=400)
    assert (answer["code"], answer["details"]["missing"]) == ("invalid_request", missing)
    assert all(name in answer["error"] for name in missing) and releases.asked == []


@pytest.mark.parametrize("version, digest", [("2026.8.2", "0" * 64), ("2026.8.3", None), ("loop", None)])
def test_what_is_not_the_right_program_is_not_installed(bare, releases, version, digest):
    tunnel = bare(version=version, sha256=digest or releases.digest)
    answer = tunnel.call("install", status=502)
    assert answer["code"] == "upstream_error"
    folder = tunnel.gateway.data / "bin"
    assert not folder.exists() or list(folder.iterdir()) == []
    assert tunnel.status["installed"] is False


def test_a_program_that_does_not_run_is_not_installed(bare, releases):
    releases.program = b"\x7fELF nothing that runs"
    tunnel = bare(version="2026.8.2", sha256=releases.digest)
    assert tunnel.call("install", status=502)["code"] == "upstream_error"
    assert list((tunnel.gateway.data / "bin").iterdir()) == []


def test_an_installed_program_needs_no_installation(tunnel):
    assert tunnel.call("install")["installed"] is True
