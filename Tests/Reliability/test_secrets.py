"""Secrets of every kind are planted, everything is made to happen that could let one out, and then all is searched."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading

import pytest

from harness import procfs
from harness.cloudflared import Cloudflared
from harness.gateway import KEY
from harness.programs import folder, plain_environment, wait_until

# Each in the form it has in life; none of them says what it is.
SECRETS = {
    "API key": "sk-planted-0f1e2d3c4b5a6978",
    "admin password": "planted-password-81726354",
    "OAuth client secret": "GOCSPX-planted-aabbccddeeff",
    "proxy password": "planted-proxy-55aa55aa",
    "refresh token": "1//sandbox-planted0",
    "refused refresh token": "1//nobody-has-planted-this",
    "key of an account": "sandbox-key-planted9",
    "tunnel token": "eyJhIjoicGxhbnRlZC10dW5uZWwtdG9rZW4i",
}


class Proxy(threading.Thread):
    """Takes every connection and refuses it, once it has read what it was asked."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.asked = b""

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(2)
                try:
                    self.asked += client.recv(65536)
                    client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                except OSError:
                    pass


@pytest.fixture
def place():
    """A runtime folder; the names of Unix sockets have to be short."""
    with tempfile.TemporaryDirectory(prefix="agw") as path:
        yield pathlib.Path(path)


@pytest.fixture
def cloudflared(tmp_path):
    """A stand-in that says its token in its log."""
    program = Cloudflared(tmp_path)
    program.set("echo", SECRETS["tunnel token"])
    yield program
    program.end()


@pytest.fixture
def planted(launch, tmp_path, place, cloudflared):
    """A gateway that got its secrets from files, and tells everything it can tell."""
    files = {"API_KEY": SECRETS["API key"], "WEB_PASSWORD": SECRETS["admin password"],
             "OAUTH_CLIENT_SECRET": SECRETS["OAuth client secret"]}
    environment = {"RUNTIME_DIRECTORY": str(place), "ANTIGRAVITY_LOG_LEVEL": "trace", "TMPDIR": str(tmp_path / "temporary"),
                   "ANTIGRAVITY_GATEWAY_LOGGING_BODIES": "all", "ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(cloudflared.path)}
    (tmp_path / "temporary").mkdir()
    for name, secret in files.items():
        (tmp_path / name).write_text(secret + "\n")
        environment |= {f"ANTIGRAVITY_{name}": "", f"ANTIGRAVITY_{name}_FILE": str(tmp_path / name)}
    gateway = launch(workers=2, accounts=0, token=SECRETS["admin password"], environment=environment)
    gateway.temporary = tmp_path / "temporary"
    return gateway


def run(place: pathlib.Path, *words: str) -> str:
    environment = {**plain_environment(), "RUNTIME_DIRECTORY": str(place), "ANTIGRAVITY_DATA_DIR": "/nonexistent"}
    done = subprocess.run([folder() / "antigravity-supervisor", "ctl", *words], env=environment, capture_output=True,
                          text=True, timeout=60)
    return done.stdout + done.stderr


def exercise(gateway, sandbox, place) -> dict[str, str]:
    """Makes things go right and wrong; everything that was answered, by what was asked."""
    said = {}

    def keep(name: str, answer):
        said[name] = str(answer.fields) + answer.body.decode(errors="replace")
        return answer

    key = SECRETS["API key"]
    keep("added", gateway.admin("POST", "/api/accounts", {"refreshToken": SECRETS["refresh token"]}))
    keep("key added", gateway.admin("POST", "/api/accounts", {"apiKey": SECRETS["key of an account"], "label": "home"}))
    keep("refused", gateway.admin("POST", "/api/accounts", {"refreshToken": SECRETS["refused refresh token"]}))
    keep("uploaded", gateway.admin("POST", "/api/accounts/import/upload",
                                   [{"refresh_token": SECRETS["refused refresh token"]}]))
    keep("bad member", gateway.admin("PATCH", "/api/config", {"proxy": {"api_key": 5, "port": SECRETS["proxy password"]}}))
    for number in range(4):
        body = {"model": "gemini-3-flash", "messages": [{"role": "user", "content": f"my key is {key}"}]}
        # The answer may say again what its client said; the log may not.
        assert gateway.ai("POST", "/v1/chat/completions", body, key=key).status == 200
    stream = {"contents": [{"parts": [{"text": f"token {SECRETS['refresh token']}"}]}]}
    path = f"/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse&key={key}"
    assert gateway.ai("POST", path, stream, key=None).status == 200
    keep("wrong key", gateway.ai("POST", "/v1/chat/completions", {}, key=key[:-1]))
    keep("bad body", gateway.ai("POST", "/v1/messages", {"model": key, "messages": SECRETS["admin password"]}, key=key))
    keep("no route", gateway.ai("POST", f"/v1/{key}", {}, key=key))
    keep("wrong token", gateway.admin("GET", "/api/accounts", token=SECRETS["OAuth client secret"]))
    # Google says back what it was sent.
    tokens = access_tokens(gateway)
    for status in (400, 403, 500):
        sandbox.script({"times": 3, "status": status, "body": {"error": {
            "code": status, "status": "INVALID_ARGUMENT",
            "message": f"Request had {' '.join(tokens)} and {SECRETS['OAuth client secret']} {SECRETS['refresh token']}"}}})
        keep(f"upstream {status}", gateway.ai("POST", "/v1/chat/completions", body, key=key))
        sandbox.reset()
    sandbox.script({"method": "token", "status": 400, "times": 9, "body": {
        "error": "invalid_grant", "error_description": f"Token {SECRETS['refresh token']} of {SECRETS['OAuth client secret']}"}})
    sandbox.expire_tokens("planted0")
    keep("revoked", gateway.ai("POST", "/v1/chat/completions", body, key=key))
    keep("tunnel", gateway.admin("POST", "/api/proxy/cloudflared/start", {
        "mode": "auth", "token": SECRETS["tunnel token"], "wait": True}))
    keep("bad tunnel", gateway.admin("POST", "/api/proxy/cloudflared/start", {
        "mode": 5, "token": SECRETS["tunnel token"]}))
    gateway.kill(gateway.ready_workers()[0])
    gateway.wait_ready(2)
    return said | proxied(gateway, body, keep) | shown(gateway, place)


def proxied(gateway, body, keep) -> dict:
    """Everything goes through a proxy that refuses it."""
    proxy = Proxy()
    proxy.start()
    address = f"http://someone:{SECRETS['proxy password']}@127.0.0.1:{proxy.port}"
    keep("proxy set", gateway.admin("PATCH", "/api/config", {"proxy": {"upstream_proxy": {"enabled": True, "url": address}}}))
    keep("proxied", gateway.ai("POST", "/v1/chat/completions", body, key=SECRETS["API key"]))
    keep("quota", gateway.admin("POST", "/api/accounts/refresh"))
    assert proxy.asked.startswith((b"CONNECT", b"POST", b"GET")), "the proxy was not asked"
    keep("not reached", gateway.admin("PATCH", "/api/config", {"proxy": {"upstream_proxy": {
        "enabled": True, "url": f"http://someone:{SECRETS['proxy password']}@127.0.0.1:1"}}}))
    keep("through nothing", gateway.ai("POST", "/v1/chat/completions", body, key=SECRETS["API key"]))
    proxy.listener.close()
    return {}


def shown(gateway, place) -> dict[str, str]:
    """Everything that can be looked at, but the two answers whose purpose is to give secrets back."""
    said = {}
    for path in ("/api/accounts", "/api/accounts/current", "/api/proxy/status", "/api/logs?limit=1000", "/api/proxy/stats",
                 "/api/health", "/metrics", "/api/stats/token/by-account", "/api/system/data-dir", "/api/openapi.json",
                 "/api/proxy/cloudflared/status"):
        said[path] = gateway.admin("GET", path).body.decode()
    for record in json.loads(said["/api/logs?limit=1000"]):
        said[f"record {record['url']} {record['status']}"] = gateway.admin("GET", f"/api/logs/{record['id']}").body.decode()
    for account in json.loads(said["/api/accounts"])["accounts"]:
        for view in ("", "/quota", "/device-profiles"):
            path = f"/api/accounts/{account['id']}{view}"
            said[path] = gateway.admin("GET", path).body.decode()
    for words in (("status",), ("status", "--json"), ("doctor",), ("doctor", "--json"), ("logs",), ("logs", "--json"),
                  ("health",), ("metrics",), ("version",)):
        said["ctl " + " ".join(words)] = run(place, *words)
    config = gateway.admin("GET", "/api/config").json
    # What the configuration is asked for it gives back: these members, and no other.
    config["proxy"]["api_key"] = config["proxy"]["admin_password"] = config["proxy"]["upstream_proxy"]["url"] = ""
    assert config["cloudflared"].pop("token") == SECRETS["tunnel token"]
    said["/api/config"] = json.dumps(config)
    return said


def access_tokens(gateway) -> list[str]:
    with contextlib.closing(sqlite3.connect(f"file:{gateway.data}/state.db?mode=ro", uri=True)) as database, database:
        return [token for token, in database.execute("SELECT access_token FROM accounts WHERE access_token IS NOT NULL")]


def processes(pid: int) -> list[int]:
    found = [pid]
    for child in procfs.children(pid):
        found += processes(child)
    return found


def is_meant_to_hold_some(path: pathlib.Path) -> bool:
    """The state and its copies, and the file from which cloudflared reads its token."""
    return path.name.startswith("state") or path.parts[-2:] == ("tunnel", "token")


def leftovers(gateway) -> dict[str, bytes]:
    """What the gateway has written, but the state and its copies; the names of all files; and what /proc shows."""
    found = {"names of files": "\n".join(str(path) for path in gateway.data.rglob("*")).encode()}
    for path in [*gateway.data.rglob("*"), *gateway.temporary.rglob("*")]:
        if path.is_file() and not is_meant_to_hold_some(path):
            found[str(path)] = path.read_bytes()
    for pid in processes(gateway.program.pid):
        for name in ("cmdline", "environ", "comm"):
            found[f"/proc/{pid}/{name}"] = pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
    return found


def test_no_secret_is_anywhere_but_in_the_state(planted, sandbox, place):
    said = exercise(planted, sandbox, place)
    secrets = {**SECRETS, **{f"access token {n}": token for n, token in enumerate(access_tokens(planted))}}
    assert len(secrets) > len(SECRETS)
    copy = planted.temporary / "copy.db"
    run(place, "backup", str(copy))
    assert SECRETS["refresh token"].encode() in copy.read_bytes()
    copy.unlink()
    planted.program.send(signal.SIGHUP)
    planted.wait_ready(2)
    places = {name: text.encode() for name, text in said.items()} | leftovers(planted)
    assert any(name.endswith("telemetry.db") for name in places) and len(places) > 40
    assert planted.stop() == 0
    places |= {"after the end " + name: content for name, content in leftovers_of_files(planted).items()}
    places["standard error"] = planted.program.stderr_path.read_bytes()
    places["standard output"] = planted.program.stdout_path.read_bytes()
    found = [(secret, place) for secret, text in secrets.items() for place, content in places.items()
             if text.encode() in content or text[:-2].encode() in content]
    assert found == []
    assert b"planted0@example.com" not in places["standard error"], "accounts are named by their ids in the log"
    assert planted.program.stderr.count("\n") > 10 and list(planted.temporary.iterdir()) == []
    sandbox.reset()


def leftovers_of_files(gateway) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in gateway.data.rglob("*")
            if path.is_file() and not is_meant_to_hold_some(path)}
