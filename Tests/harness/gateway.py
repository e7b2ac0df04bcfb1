"""A running supervisor with its workers, against a sandbox, in a data folder of its own."""

import os
import pathlib
import signal
import subprocess
import urllib.parse

from . import procfs
from .description import Description
from .programs import Program, folder, wait_until
from .sandbox import Sandbox
from .wire import Answer, Connection

KEY = "sk-test-0123456789abcdef"
ADMIN = "admin-test-0123456789"


def settings(sandbox: Sandbox | None, data: pathlib.Path, workers: int = 2) -> dict[str, str]:
    """The environment of a gateway for tests."""
    found = {
        "ANTIGRAVITY_PORT": "0",
        "ANTIGRAVITY_API_KEY": KEY,
        "ANTIGRAVITY_WEB_PASSWORD": ADMIN,
        "ANTIGRAVITY_DATA_DIR": str(data),
        # Not that of whoever runs the tests. The older spelling, so that a test may name a home in either.
        "ABV_CLI_HOME": str(data.parent / "no-home"),
        "ANTIGRAVITY_WORKERS": str(workers),
        "ANTIGRAVITY_OAUTH_CLIENT_ID": "test-client",
        "ANTIGRAVITY_OAUTH_CLIENT_SECRET": "test-secret",
        # Tests with many requests have few accounts.
        "ANTIGRAVITY_GATEWAY_SCHEDULING_MAX_INFLIGHT_PER_ACCOUNT": "0",
        "ANTIGRAVITY_ADDRESS_FILE": str(data.parent / f"{data.name}.address"),
    }
    if sandbox:
        found["ANTIGRAVITY_GOOGLE_URL"] = sandbox.url
    return found


class Gateway:
    # What the first gateway says of its admin API; every answer of a test is held against it.
    description: Description | None = None

    def __init__(self, sandbox: Sandbox, base: pathlib.Path, workers: int = 2, environment: dict | None = None,
                 accounts: int = 1, token: str = ADMIN):
        """`token` is what opens the admin API."""
        self.token = token
        self.data = base / "state"
        self.logs = base
        self.worker_count = workers
        self.account_count = accounts
        environment = {**settings(sandbox, self.data, workers), **(environment or {})}
        self.address_file = pathlib.Path(environment["ANTIGRAVITY_ADDRESS_FILE"])
        self.program = Program("antigravity-supervisor", [], environment, base)
        try:
            self._begin(accounts)
        except BaseException:
            self.end()
            raise

    def _begin(self, accounts: int):
        wait_until(self._has_address, 15, "the gateway's address")
        parts = urllib.parse.urlsplit(self.address_file.read_text().strip())
        self.address = (parts.hostname, parts.port)
        self.url = f"http://{parts.hostname}:{parts.port}"
        self.wait_ready()
        if Gateway.description is None:
            Gateway.description = Description(self.admin("GET", "/api/openapi.json").json)
        for number in range(accounts):
            self.add_account(f"1//sandbox-account{number}")

    def _has_address(self) -> bool:
        assert self.program.is_running, self.program.stderr
        return self.address_file.exists()

    def connect(self, seconds: float = 15) -> Connection:
        return Connection(self.address, seconds)

    # The two faces.

    def ai(self, method: str, path: str, body=None, key: str | None = KEY, fields: dict | None = None) -> Answer:
        fields = dict(fields or {})
        if key is not None:
            fields["Authorization"] = f"Bearer {key}"
        with self.connect() as connection:
            return connection.ask(method, path, fields, body)

    def chat(self, text: str = "hello", stream: bool = False, **members) -> Answer:
        """One chat completion; further members go into the body."""
        body = {"model": "gemini-3-flash", "messages": [{"role": "user", "content": text}], **members}
        if stream:
            body["stream"] = True
        return self.ai("POST", "/v1/chat/completions", body)

    def admin(self, method: str, path: str, body=None, token: str | None = "") -> Answer:
        """One admin call; with a `token` of its own, or with None for no token at all."""
        token = self.token if token == "" else token
        with self.connect() as connection:
            answer = connection.ask(method, path, {"Authorization": f"Bearer {token}"} if token else {}, body)
        if Gateway.description:
            Gateway.description.check(method, path, answer)
        return answer

    def forgive(self):
        """As if no account had ever been refused anything."""
        # What is on its way of an earlier test's refusals would come behind the clearing.
        self.wait_idle()
        assert self.admin("POST", "/api/accounts/limits/clear", {}).status == 200
        accounts = self.admin("GET", "/api/accounts").json["accounts"]
        if any(account["state"] != "ACTIVE" for account in accounts):
            for number in range(self.account_count):
                self.add_account(f"1//sandbox-account{number}")

    def add_account(self, refresh_token: str) -> dict:
        answer = self.admin("POST", "/api/accounts", {"refreshToken": refresh_token})
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json

    def add_key(self, name: str) -> dict:
        """An account with the sandbox's API key of this name."""
        answer = self.admin("POST", "/api/accounts", {"apiKey": f"sandbox-key-{name}", "label": f"key {name}"})
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json

    # Its processes.

    @property
    def status(self) -> dict:
        answer = self.admin("GET", "/api/proxy/status")
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json

    @property
    def health(self) -> dict:
        return self.admin("GET", "/api/health", token=None).json

    def wait_idle(self, seconds: float = 10):
        """Until the supervisor knows the end of every request: a client has its answer a moment earlier."""
        wait_until(lambda: (found := self.status["scheduling"])["leases"] == 0 and found["waiting"] == 0, seconds,
                   "no lease to be out")

    def ready_workers(self) -> list[int]:
        """Process ids of the workers that take requests."""
        return [worker["pid"] for worker in self.status["workers"] if worker["state"] == "ready"]

    def wait_ready(self, count: int | None = None, seconds: float = 10) -> list[int]:
        wanted = count if count is not None else self.worker_count
        return wait_until(
            lambda: (pids := self.ready_workers()) and len(pids) >= wanted and pids, seconds, f"{wanted} ready workers")

    def kill(self, pid: int, number: int = signal.SIGKILL):
        assert pid in procfs.children(self.program.pid) or procfs.exists(pid), f"{pid} is no process"
        os.kill(pid, number)

    def worker_processes(self) -> list[int]:
        """All living worker processes, whatever the supervisor thinks of them."""
        found = procfs.children(self.program.pid)
        return [pid for pid in found if procfs.exists(pid) and "antigravity-worker" in procfs.command(pid)]

    def stop(self, seconds: float = 60) -> int:
        """SIGTERM: drains, and gives the exit status."""
        return self.program.stop(seconds)

    def end(self):
        """Whatever state it is in: gone afterwards, with all its workers."""
        workers = procfs.children(self.program.pid)
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            if self.program.is_running:
                self.program.send(number)
                try:
                    self.program.process.wait(3)
                except subprocess.TimeoutExpired:
                    continue
        for pid in workers:
            if procfs.exists(pid) and "antigravity-worker" in procfs.command(pid):
                os.kill(pid, signal.SIGKILL)
