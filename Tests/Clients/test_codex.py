"""The Codex CLI itself, as its users run it, against the running gateway: it asks, runs what it is told, and goes on.

The program comes from a package of its own (requirements-current.txt); without it these tests are skipped.
"""

import json
import os
import pathlib
import subprocess

import pytest

from harness.gateway import KEY, Gateway
from harness.programs import folder, plain_environment

codex_cli = pytest.importorskip("codex_cli_bin")
PROGRAM = pathlib.Path(codex_cli.__file__).parent / "bin" / "codex"
# One that declares its tools one by one, and one whose tools stand in the input, in namespaces.
PLAIN, NESTED = "gpt-5.5", "gpt-6-sol"
CONFIGURATION = """
model_provider = "gateway"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.gateway]
name = "gateway"
base_url = "{url}/v1"
env_key = "GATEWAY_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2
"""


def call(name: str, **arguments) -> dict:
    return {"functionCall": {"name": name, "args": arguments}}


def envelope(parts: list[dict], finish: str | None = None) -> dict:
    candidate = {"content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    return {"response": {"candidates": [candidate], "usageMetadata": {
        "promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}}}


class Codex:
    """One folder to work in, and the program with a home of its own."""

    variables = {"GATEWAY_KEY": KEY}

    def __init__(self, gateway: Gateway, base: pathlib.Path):
        self.home, self.folder = base / "home", base / "work"
        for folder in (self.home, self.folder):
            folder.mkdir()
        (self.home / "config.toml").write_text(CONFIGURATION.format(url=gateway.url))
        (self.folder / "a.txt").write_text("hello from a\n")

    def run(self, prompt: str, model: str) -> list[dict]:
        """The items of the whole turn, in order; the last event is the turn's end."""
        found = subprocess.run(
            [PROGRAM, "exec", "--skip-git-repo-check", "--json", "-s", "danger-full-access", "-m", model,
             "-C", self.folder, prompt],
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), "CODEX_HOME": str(self.home), **self.variables},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)
        events = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
        assert found.returncode == 0 and events[-1]["type"] == "turn.completed", (found.stdout, found.stderr)
        assert events[-1]["usage"]["input_tokens"] > 0
        return [event["item"] for event in events if event["type"] == "item.completed"]


@pytest.fixture
def codex(launch, tmp_path):
    gateway = launch(workers=1)
    changed = gateway.admin("PATCH", "/api/config", {"proxy": {"custom_mapping": {"gpt-*": "gemini-3-flash"}}})
    assert changed.status == 200, changed.body
    return Codex(gateway, tmp_path)


class SyncedCodex(Codex):
    """Set up by the gateway alone, beside what its user has in the file."""

    variables = {}

    def __init__(self, gateway: Gateway, base: pathlib.Path, user: pathlib.Path):
        super().__init__(gateway, base)
        self.home = user / ".codex"
        self.home.mkdir()
        (self.home / "config.toml").write_text(
            "check_for_update_on_startup = false\n[analytics] # none\nenabled = false\n")


@pytest.mark.parametrize("how", ["admin API", "command"])
def test_codex_talks_to_the_gateway_after_a_sync(launch, sandbox, tmp_path, how):
    user = tmp_path / "user"
    user.mkdir()
    gateway = launch(workers=1, environment={"ANTIGRAVITY_CLI_HOME": str(user)})
    mapping = {"proxy": {"custom_mapping": {"gpt-*": "gemini-3-flash"}}}
    assert gateway.admin("PATCH", "/api/config", mapping).status == 200
    codex = SyncedCodex(gateway, tmp_path, user)
    before = (codex.home / "config.toml").read_bytes()
    if how == "command":
        subprocess.run(
            [folder() / "antigravity-supervisor", "ctl", "cli-sync", "codex", "--url", gateway.url, "--key-file", "-"],
            env={**plain_environment(), "HOME": str(user)}, input=KEY, text=True, check=True, capture_output=True)
    else:
        assert gateway.admin("POST", "/api/proxy/cli/sync", {"appType": "Codex"}).status == 200
    status = gateway.admin("POST", "/api/proxy/cli/status", {"appType": "Codex"}).json
    assert status["is_synced"] is True and status["current_base_url"] == gateway.url + "/v1"
    sandbox.script({"text": ["Synced."]})
    assert codex.run("hello", PLAIN)[-1]["text"] == "Synced."
    assert gateway.admin("POST", "/api/proxy/cli/restore", {"appType": "Codex"}).status == 200
    assert (codex.home / "config.toml").read_bytes() == before


def last_contents(sandbox) -> list[dict]:
    return [body for body in sandbox.bodies() if body and "request" in body][-1]["request"]["contents"]


def kinds(items: list[dict]) -> list[str]:
    return [item["type"] for item in items]


def test_codex_runs_commands_round_by_round(codex, sandbox):
    """Nothing is scripted: what was signed comes back signed, in its place, or the sandbox refuses it."""
    items = codex.run("sandbox: tool=exec_command rounds=2 think=4", PLAIN)
    assert kinds(items) == ["reasoning", "agent_message", "command_execution"] * 2 + ["reasoning", "agent_message"]
    contents = last_contents(sandbox)
    calls = [part for content in contents for part in content["parts"] if "functionCall" in part]
    assert len(calls) == 2 and all("skip" not in part["thoughtSignature"] for part in calls)


def test_codex_applies_a_patch(codex, sandbox):
    patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n-hello from a\n+hello from \u201cb\u201d\n*** End Patch"
    sandbox.script(
        {"times": 1, "events": [envelope([{"text": "Let me see.", "thought": True}]),
                                envelope([call("exec_command", cmd="cat a.txt")], "STOP")]},
        {"times": 1, "events": [envelope([{"text": "Patching."}]), envelope([call("apply_patch", input=patch)], "STOP")]},
        {"times": 1, "text": ["All", " done."]})
    items = codex.run("change a", PLAIN)
    assert kinds(items) == ["reasoning", "command_execution", "agent_message", "file_change", "agent_message"]
    assert items[1]["aggregated_output"] == "hello from a\n" and items[-1]["text"] == "All done."
    assert (codex.folder / "a.txt").read_text() == "hello from \u201cb\u201d\n"
    contents = last_contents(sandbox)
    assert contents[3]["parts"][-1]["functionCall"]["args"] == {"input": patch}
    assert "Success" in contents[4]["parts"][0]["functionResponse"]["response"]["result"]


def test_codex_knows_its_tools_in_namespaces(codex, sandbox):
    sandbox.script(
        {"times": 1, "events": [envelope([call(
            "functions__exec", input='text(await tools.exec_command({cmd: "cat a.txt"}));')], "STOP")]},
        {"times": 1, "events": [envelope([call("clock__sleep", duration_ms=10)], "STOP")]},
        {"times": 1, "text": ["Awake."]})
    items = codex.run("look and wait", NESTED)
    assert kinds(items) == ["command_execution", "agent_message"] and items[-1]["text"] == "Awake."
    results = [part["functionResponse"] for content in last_contents(sandbox) for part in content["parts"]
               if "functionResponse" in part]
    assert [result["name"] for result in results] == ["functions__exec", "clock__sleep"]
    assert "hello from a" in results[0]["response"]["result"]
    assert "Sleep completed" in results[1]["response"]["result"]


def test_codex_asks_again_after_a_broken_stream(codex, sandbox):
    sandbox.script({"times": 1, "text": ["Half", " an"], "end": "cut", "pace_ms": 20}, {"text": ["Whole."]})
    assert codex.run("hello", PLAIN)[-1]["text"] == "Whole."
