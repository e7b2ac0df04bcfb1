"""Socket activation and notification, without systemd itself: its activation tool and a notify socket of our own."""

import os
import pathlib
import shutil
import signal
import socket
import time

import pytest

from harness.gateway import ADMIN, KEY, settings
from harness.programs import Program, folder, wait_until
from harness.wire import Connection, request

ACTIVATE = shutil.which("systemd-socket-activate")
COLD_START_MAX = 0.25


class Notify:
    """The service manager's end of $NOTIFY_SOCKET."""

    def __init__(self, path: pathlib.Path):
        self.path = str(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.seen: list[str] = []

    @property
    def lines(self) -> list[str]:
        while True:
            try:
                self.seen += self.socket.recv(65536).decode().splitlines()
            except BlockingIOError:
                return self.seen

    def count(self, line: str) -> int:
        return self.lines.count(line)


@pytest.fixture
def notify(tmp_path):
    return Notify(tmp_path / "notify")


def free_port() -> int:
    """Below the ephemeral range, so that no outgoing connection takes it."""
    for port in range(21000 + os.getpid() % 5000, 32000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no free port")


def activated(environment: dict, port: int, logs: pathlib.Path) -> Program:
    """The supervisor behind systemd-socket-activate: started by the first connection."""
    arguments = ["-l", f"127.0.0.1:{port}", "--fdname=http"]
    arguments += [f"--setenv={name}={value}" for name, value in environment.items()]
    return Program(ACTIVATE, [*arguments, str(folder() / "antigravity-supervisor")], {}, logs)


def listening(port: int) -> bool:
    """Without connecting: a connection would be the first request."""
    entry = f"0100007F:{port:04X} 00000000:0000 0A"
    return entry in pathlib.Path("/proc/net/tcp").read_text()


@pytest.mark.skipif(ACTIVATE is None, reason="systemd-socket-activate is not installed")
@pytest.mark.parametrize("path, secret", [("/healthz", None), ("/api/accounts", ADMIN), ("/v1/models", KEY)])
def test_the_first_connection_starts_the_service(launch, notify, tmp_path, path, secret):
    first = launch(workers=2)
    assert first.stop() == 0
    environment = {**settings(launch.sandbox, first.data, 2), "NOTIFY_SOCKET": notify.path}
    port = free_port()
    program = activated(environment, port, tmp_path)
    try:
        wait_until(lambda: listening(port), 5, "the listener")
        fields = {"Authorization": f"Bearer {secret}"} if secret else {}
        began = time.monotonic()
        with Connection(("127.0.0.1", port)) as connection:
            connection.send(request("GET", path, fields))
            answer = connection.answer()
            took = time.monotonic() - began
            assert answer.status == 200, answer
            # The port of the settings is not ours here; the one that was passed is.
            status = connection.ask("GET", "/api/proxy/status", {"Authorization": f"Bearer {ADMIN}"}).json
            assert status["port"] == port
        print(f"cold start to first answer of {path}: {took * 1000:.0f} ms")
        assert took < COLD_START_MAX, f"{took * 1000:.0f} ms"
        wait_until(lambda: notify.count("READY=1"), 5, "READY=1")
    finally:
        program.send(signal.SIGTERM)
        assert program.wait(30) == 0, program.stderr[-2000:]
    assert notify.count("READY=1") == 1
    assert notify.count("STOPPING=1") == 1


def test_ready_once_watchdog_and_reload(launch, notify):
    gateway = launch(workers=1, environment={"NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "1000000"})
    wait_until(lambda: notify.count("READY=1"), 5, "READY=1")
    time.sleep(2.2)
    # At least twice within the limit, from the loop itself.
    assert notify.count("WATCHDOG=1") >= 3, notify.lines
    assert notify.count("READY=1") == 1
    assert any(line.startswith("STATUS=") for line in notify.lines)
    gateway.program.send(signal.SIGHUP)
    wait_until(lambda: notify.count("RELOADING=1") and notify.count("READY=1") == 2, 10, "the reload to be told")
    assert any(line.startswith("MONOTONIC_USEC=") for line in notify.lines)
    gateway.program.send(signal.SIGTERM)
    assert gateway.program.wait(20) == 0
    assert notify.count("STOPPING=1") == 1
    assert notify.lines.index("STOPPING=1") > notify.lines.index("READY=1")


def test_a_hanging_loop_sends_no_watchdog(launch, notify):
    gateway = launch(workers=1, environment={"NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "1000000"})
    wait_until(lambda: notify.count("WATCHDOG=1"), 5, "a first ping")
    gateway.program.send(signal.SIGSTOP)
    time.sleep(0.2)
    before = notify.count("WATCHDOG=1")
    time.sleep(1.5)
    assert notify.count("WATCHDOG=1") == before
    gateway.program.send(signal.SIGCONT)
    wait_until(lambda: notify.count("WATCHDOG=1") > before, 5, "pings again")
