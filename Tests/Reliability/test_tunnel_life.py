"""The tunnel's process comes and goes, the keeper dies, the supervisor dies: what stays, what comes back, what is left behind."""

import array
import os
import pathlib
import signal
import socket
import sys
import time

import pytest

from harness import procfs
from harness.cloudflared import Cloudflared, Tunnel
from harness.gateway import KEY, Gateway, settings
from harness.programs import Program, folder, wait_until

TOKEN = "eyJhIjoiNWFiNGU5Z-tunnel-token-0123456789"


@pytest.fixture
def program(tmp_path):
    program = Cloudflared(tmp_path)
    yield program
    program.end()


@pytest.fixture
def tunnel(launch, program):
    environment = {"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(program.path)}
    return Tunnel(launch(workers=1, environment=environment), program)


def gone(pid: int, seconds: float):
    wait_until(lambda: not procfs.exists(pid), seconds, f"the end of {pid}")


def test_a_killed_process_is_back(tunnel, program):
    first = tunnel.call("start", {"wait": True})
    os.kill(first["pid"], signal.SIGKILL)
    status = wait_until(lambda: (s := tunnel.status)["state"] == "backoff" and s, 3, "the pause", every=0.02)
    assert (status["running"], status["url"], status["pid"]) == (False, None, None)
    assert status["error"].startswith("Tunnel process exited (signal: 9)") and status["retry_at"] >= time.time() - 1
    status = tunnel.wait("connected")
    assert (status["restarts"], status["error"]) == (1, None) and status["pid"] != first["pid"]
    # A quick tunnel has another address each time.
    assert status["url"] == "https://fake-tunnel-2.trycloudflare.com"
    tunnel.call("stop")
    assert program.processes == [] and tunnel.keepers == []


def test_pauses_grow_and_five_soon_endings_are_enough(tunnel, program):
    program.set("mode", "exit-1-at-once")
    tunnel.call("start")
    status = tunnel.wait("failed", 40)
    assert "429" in status["error"] and status["restarts"] == 4 and status["retry_at"] is None
    times = [call["at"] for call in program.calls]
    pauses = [later - earlier for earlier, later in zip(times, times[1:])]
    assert len(pauses) == 4
    for pause, least in zip(pauses, (0.8, 1.6, 3.2, 6.4)):
        # What the start of a process takes stands on top.
        assert least <= pause <= least * 1.5 + 3, pauses
    assert tunnel.keepers == [] and "tunnel_failed" in tunnel.gateway.health["reasons"]
    program.set("mode", "ok")
    assert tunnel.call("start", {"wait": True})["restarts"] == 0


@pytest.mark.parametrize("mode", ["invalid-token", "config-error"])
def test_status_255_is_for_good(tunnel, program, mode):
    program.set("mode", mode)
    tunnel.call("start", {"mode": "auth", "token": TOKEN})
    status = tunnel.wait("failed")
    assert "status: 255" in status["error"] and status["url"] is None
    time.sleep(2.5)
    assert len(program.calls) == 1 and tunnel.keepers == []
    assert not (tunnel.gateway.data / "tunnel").exists()


def test_connections_lost_and_found(tunnel, program):
    tunnel.call("start", {"wait": True})
    tunnel.wait("connected")
    program.set("cut", "")
    assert tunnel.wait("degraded")["running"] is True
    program.set("cut", None)
    assert tunnel.wait("connected")["ready_connections"] == 1
    assert len(program.calls) == 1


def test_what_does_not_heed_sigterm_is_killed(tunnel, program):
    program.set("mode", "ignore-SIGTERM")
    pid = tunnel.call("start", {"wait": True})["pid"]
    began = time.monotonic()
    answer = tunnel.call("stop")
    took = time.monotonic() - began
    assert answer["state"] == "stopped" and 11 < took < 15, took
    assert not procfs.exists(pid) and tunnel.keepers == []


def test_what_heeds_sigterm_ends_at_once(tunnel, program):
    tunnel.call("start", {"wait": True})
    began = time.monotonic()
    tunnel.call("stop")
    assert time.monotonic() - began < 3


def test_a_flood_of_log_lines_stops_nobody(tunnel, program):
    program.set("mode", "noisy")
    tunnel.call("start", {"wait": True})
    keeper = program.call(0)["parent"]
    time.sleep(1)
    before = procfs.resident_bytes(keeper)
    time.sleep(4)
    # The ring is full after half a second; from there on nothing grows.
    assert procfs.resident_bytes(keeper) - before < 2 << 20
    assert tunnel.status["state"] == "connected"
    assert tunnel.gateway.chat().status == 200
    began = time.monotonic()
    tunnel.call("stop")
    assert time.monotonic() - began < 4 and program.processes == []


def test_the_tunnel_outlives_its_workers_and_a_reload(tunnel, program):
    pid = tunnel.call("start", {"wait": True})["pid"]
    tunnel.gateway.kill(tunnel.gateway.ready_workers()[0])
    tunnel.gateway.wait_ready()
    tunnel.gateway.program.send(signal.SIGHUP)
    time.sleep(1)
    assert tunnel.status["pid"] == pid and len(program.calls) == 1


@pytest.mark.parametrize("mode, least, most", [("ok", 0, 8), ("ignore-SIGTERM", 11, 20)])
def test_a_killed_keeper_takes_its_process_along(tunnel, program, mode, least, most):
    program.set("mode", mode)
    first = tunnel.call("start", {"wait": True})["pid"]
    began = time.monotonic()
    os.kill(program.call(0)["parent"], signal.SIGKILL)
    wait_until(lambda: len(program.calls) == 2, 30, "the next process")
    assert not procfs.exists(first) and least < time.monotonic() - began < most
    assert tunnel.wait("connected")["restarts"] == 1


def test_a_stopped_gateway_leaves_nothing(tunnel, program):
    tunnel.call("start", {"mode": "auth", "token": TOKEN, "wait": True})
    keeper = program.call(0)["parent"]
    assert tunnel.gateway.stop() == 0
    gone(keeper, 3)
    assert program.processes == [] and not (tunnel.gateway.data / "tunnel").exists()


def test_without_a_manager_that_keeps_it_the_tunnel_ends_with_a_killed_supervisor(tunnel, program, launch):
    tunnel.call("start", {"mode": "auth", "token": TOKEN, "wait": True})
    first = program.call(0)
    tunnel.gateway.program.send(signal.SIGKILL)
    tunnel.gateway.program.wait(5)
    gone(first["pid"], 5)
    gone(first["parent"], 5)
    # The next gateway on the same state wants it as well.
    again = Tunnel(launch.again(tunnel.gateway, {"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(program.path)}), program)
    status = again.wait("connected")
    assert (status["mode"], status["restarts"]) == ("auth", 0) and program.call(1)["token"] == TOKEN
    again.call("stop")
    third = launch.again(again.gateway, {"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(program.path)}) \
        if again.gateway.stop() == 0 else None
    time.sleep(1)
    assert Tunnel(third, program).status["state"] == "stopped" and len(program.calls) == 2


def test_a_start_without_the_program_forgets_no_wish(tunnel, program, launch):
    tunnel.call("start", {"wait": True})
    assert tunnel.gateway.stop() == 0
    nowhere = {"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(program.folder / "nowhere"), "PATH": "/usr/bin:/bin"}
    again = Tunnel(launch.again(tunnel.gateway, nowhere), program)
    assert again.wait("failed")["error"] == "cloudflared is not installed"
    assert again.gateway.admin("GET", "/api/config").json["cloudflared"]["enabled"] is True
    assert "tunnel_failed" in again.gateway.health["reasons"]


class Manager:
    """A service manager that keeps descriptors: its notification socket, and starts that hand them over."""

    def __init__(self, base: pathlib.Path):
        self.path = str(base / "manager")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.kept: dict[str, int] = {}

    def look(self) -> dict[str, int]:
        while True:
            try:
                text, ancillary, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(64))
            except BlockingIOError:
                return self.kept
            lines = dict(line.split("=", 1) for line in text.decode().splitlines())
            fds = array.array("i")
            for _, _, data in ancillary:
                fds.frombytes(data[: len(data) // fds.itemsize * fds.itemsize])
            if "FDSTORE" in lines:
                assert len(fds) == 1
                if lines["FDNAME"] in self.kept:
                    os.close(self.kept[lines["FDNAME"]])
                self.kept[lines["FDNAME"]] = fds[0]
            elif "FDSTOREREMOVE" in lines and lines["FDNAME"] in self.kept:
                os.close(self.kept.pop(lines["FDNAME"]))

    def drop(self):
        """The unit is stopped for good."""
        for fd in self.look().values():
            os.close(fd)
        self.kept = {}


# Puts the kept descriptor where systemd puts it, and its own process id where systemd puts that.
STARTER = """
import os, socket, sys
fd, program, listens = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "listens"
os.dup2(fd, 3)
os.set_inheritable(3, True)
names = ["tunnel"]
if listens:
    listener = socket.create_server(("127.0.0.1", 0))
    os.dup2(listener.fileno(), 4)
    os.set_inheritable(4, True)
    names.append("http")
os.environ.update(LISTEN_FDS=str(len(names)), LISTEN_FDNAMES=":".join(names), LISTEN_PID=str(os.getpid()))
os.execv(program, [program])
"""


class KeptGateway(Gateway):
    """The next supervisor of a gateway that was started by `Manager`, perhaps with a listener that it kept as well."""

    def __init__(self, before: Gateway, manager: Manager, environment: dict, base: pathlib.Path, sandbox, listens: bool):
        base.mkdir()
        self.token, self.data, self.logs = before.token, before.data, base
        self.worker_count, self.account_count = 1, 1
        environment = {**settings(sandbox, self.data, 1), **environment,
                       "ANTIGRAVITY_ADDRESS_FILE": str(base / "address")}
        self.address_file = base / "address"
        fd = manager.look()["tunnel"]
        self.program = Program(
            sys.executable, ["-c", STARTER, str(fd), str(folder() / "antigravity-supervisor"),
                             "listens" if listens else ""], environment, base,
            pass_fds=[fd])
        self._begin(0)


@pytest.fixture
def manager(tmp_path):
    manager = Manager(tmp_path)
    yield manager
    manager.drop()


@pytest.fixture
def kept(launch, program, manager):
    environment = {"ANTIGRAVITY_GATEWAY_TUNNEL_BINARY": str(program.path), "NOTIFY_SOCKET": manager.path,
                   "ANTIGRAVITY_FD_STORE": "1"}

    class Kept:
        first = Tunnel(launch(workers=1, environment=environment), program)

        @staticmethod
        def next(before: Gateway, listens: bool = False) -> Tunnel:
            base = launch.base / f"next{len(launch.gateways)}"
            gateway = KeptGateway(before, manager, environment, base, launch.sandbox, listens)
            launch.gateways.append(gateway)
            return Tunnel(gateway, program)
    return Kept


@pytest.mark.parametrize("end, listens", [(signal.SIGKILL, False), (signal.SIGTERM, True)])
def test_the_tunnel_outlives_the_supervisor_where_the_manager_keeps_its_channel(kept, program, manager, end, listens):
    first = kept.first.call("start", {"mode": "auth", "token": TOKEN, "wait": True})
    assert set(manager.look()) == {"tunnel"}
    kept.first.gateway.program.send(end)
    kept.first.gateway.program.wait(20)
    time.sleep(1)
    assert program.processes == [first["pid"]]
    second = kept.next(kept.first.gateway, listens)
    status = second.wait("connected")
    assert (status["pid"], status["mode"], status["restarts"]) == (first["pid"], "auth", 0)
    assert abs(status["started_at"] - first["started_at"]) <= 1 and status["url"] == first["url"]
    assert len(program.calls) == 1
    # It is watched again, and held as before.
    os.kill(first["pid"], signal.SIGKILL)
    wait_until(lambda: len(program.calls) == 2, 10, "the next process")
    assert second.wait("connected")["restarts"] == 1
    assert second.call("stop")["state"] == "stopped"
    assert program.processes == [] and manager.look() == {}
    gone(program.call(0)["parent"], 3)


def test_a_process_that_ended_meanwhile_is_started_again(kept, program):
    first = kept.first.call("start", {"wait": True})
    kept.first.gateway.program.send(signal.SIGKILL)
    kept.first.gateway.program.wait(5)
    os.kill(first["pid"], signal.SIGKILL)
    gone(first["pid"], 3)
    assert kept.next(kept.first.gateway).wait("connected")["pid"] == program.call(1)["pid"]


def test_a_tunnel_that_is_not_wanted_any_more_ends_with_its_adoption(kept, program):
    pid = kept.first.call("start", {"wait": True})["pid"]
    program.set("mode", "ignore-SIGTERM")
    kept.first.gateway.program.send(signal.SIGKILL)
    kept.first.gateway.program.wait(5)
    import sqlite3
    with sqlite3.connect(kept.first.gateway.data / "state.db") as database:
        (text,) = database.execute("SELECT document FROM config").fetchone()
        text = text if isinstance(text, str) else text.decode()
        assert '"enabled":true,"mode":"quick"' in text
        database.execute("UPDATE config SET document = ?",
                         (text.replace('"enabled":true,"mode":"quick"', '"enabled":false,"mode":"quick"'),))
    second = kept.next(kept.first.gateway)
    assert second.wait("stopped")["error"] is None
    gone(pid, 3)


def test_the_tunnel_ends_when_the_manager_lets_go(kept, program, manager):
    first = kept.first.call("start", {"wait": True})
    kept.first.gateway.program.send(signal.SIGTERM)
    kept.first.gateway.program.wait(20)
    manager.drop()
    gone(first["pid"], 5)
    gone(program.call(0)["parent"], 5)
    assert KEY not in kept.first.gateway.program.stderr
