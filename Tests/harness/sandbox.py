"""The stand-in for Google: scripted answers, and what it has seen."""

import json
import pathlib
import re
import urllib.parse

from .programs import Program, wait_until
from .wire import Connection


class Sandbox:
    def __init__(self, logs: pathlib.Path):
        self.program = Program("antigravity-sandbox", ["--port", "0", "--pace", "0"], {}, logs)
        line = wait_until(self._listening, 10, "the sandbox's address")
        self.url = line
        parts = urllib.parse.urlsplit(line)
        self.address = (parts.hostname, parts.port)

    def _listening(self):
        assert self.program.is_running, self.program.stderr
        match = re.search(r"listening on (http://\S+)\n", self.program.stdout)
        return match and match[1]

    def script(self, *rules: dict):
        """Appends rules: the first that matches a call and has uses left decides its answer."""
        self._call("POST", "/sandbox/script", {"rules": list(rules)})

    def expire_tokens(self, account: str):
        """The access tokens it has given out for this account are refused from now on."""
        self._call("POST", "/sandbox/account", {"name": account, "expire_tokens": True})

    def revoke(self, account: str, is_revoked: bool = True):
        """Its refresh token and its access tokens are refused, or taken again."""
        self._call("POST", "/sandbox/account", {"name": account, "revoked": is_revoked})

    def reset(self):
        self._call("POST", "/sandbox/reset", {})

    # What the gateway asks by itself, when it is time: about accounts, for no client.
    OWN_CALLS = {"token", "userinfo", "loadCodeAssist", "onboardUser", "fetchAvailableModels"}

    @property
    def calls(self) -> dict:
        """What was asked. `received` is the number of the newest call; `total` counts what was asked for clients, since the rest may
        come at any time."""
        found = self._call("GET", "/sandbox/calls", None)
        found["received"] = found["total"]
        found["total"] -= sum(call["method"] in self.OWN_CALLS for call in found["calls"])
        return found

    @property
    def rejected(self) -> list[dict]:
        """What the strict rules refused: the gateway must never send such a thing."""
        return self.calls["rejected"]

    def bodies(self, method: str | None = None) -> list[dict]:
        """The generation requests of the newest calls, oldest first."""
        calls = self.calls["calls"]
        return [call["body"] for call in calls if method is None or call["method"] == method]

    def stop(self):
        return self.program.stop()

    def _call(self, method: str, path: str, body):
        with Connection(self.address) as connection:
            answer = connection.ask(method, path, body=body)
        assert answer.status == 200, (answer.status, answer.body)
        return json.loads(answer.body) if answer.body else None
