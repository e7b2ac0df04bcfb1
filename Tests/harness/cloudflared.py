"""The stand-in for cloudflared in a folder of its own, and the gateway's tunnel as a test sees it."""

import json
import os
import pathlib
import sys

from . import procfs
from .programs import wait_until

def fake() -> bytes:
    """The program as it is installed: run by this very interpreter, so that nothing of a shell stands in its environment."""
    lines = pathlib.Path(__file__).with_name("fake_cloudflared.py").read_text().split("\n", 1)
    return f"#!{sys.executable}\n{lines[1]}".encode()


class Cloudflared:
    def __init__(self, base: pathlib.Path, name: str = "cloudflared"):
        self.folder = base / f"{name}-program"
        self.folder.mkdir()
        self.path = self.folder / "cloudflared"
        self.path.write_bytes(fake())
        self.path.chmod(0o755)

    def set(self, name: str, value: str | None):
        """`mode`, `version`, `cut` and so on; None takes it away."""
        if value is None:
            (self.folder / name).unlink(missing_ok=True)
        else:
            (self.folder / name).write_text(value)

    @property
    def calls(self) -> list[dict]:
        """Every start so far: words, environment, process."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def call(self, number: int) -> dict:
        """One of them; its process is a moment older than what it has written."""
        return wait_until(lambda: len(self.calls) > number and self.calls, 10, f"start {number} of cloudflared")[number]

    @property
    def processes(self) -> list[int]:
        """Those of its processes that live."""
        return [call["pid"] for call in self.calls if procfs.exists(call["pid"]) and self._is_ours(call["pid"])]

    def _is_ours(self, pid: int) -> bool:
        return str(self.path) in procfs.command(pid)

    def end(self):
        for pid in self.processes:
            os.kill(pid, 9)


class Tunnel:
    """The four routes of one gateway."""

    def __init__(self, gateway, program: Cloudflared):
        self.gateway = gateway
        self.program = program

    def call(self, what: str, body=None, status: int = 200) -> dict:
        method = "GET" if what == "status" else "POST"
        with self.gateway.connect(40) as connection:
            fields = {"Authorization": f"Bearer {self.gateway.token}"}
            answer = connection.ask(method, f"/api/proxy/cloudflared/{what}", fields, body)
        self.gateway.description.check(method, f"/api/proxy/cloudflared/{what}", answer)
        assert answer.status == status, (answer.status, answer.body)
        return answer.json

    @property
    def status(self) -> dict:
        return self.call("status")

    def wait(self, state: str, seconds: float = 15) -> dict:
        return wait_until(
            lambda: (status := self.status)["state"] == state and status, seconds, f"the tunnel to be {state}", every=0.05)

    @property
    def keepers(self) -> list[int]:
        return [pid for pid in all_processes() if "--tunnel-keeper" in procfs.command(pid) and self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        """Of this gateway: the keeper of another test's would stand in another session."""
        parents = {call["parent"] for call in self.program.calls}
        return pid in parents or pid in procfs.children(self.gateway.program.pid)


def all_processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
